"""The one id of an item: it depends on its row alone, so that it is the same in every import."""

import pyarrow as pa
import pyarrow.compute as pc

_SLASH, _HASH = (pa.scalar(sign, pa.large_string()) for sign in "/#")


def item_id_of(entity: str, number: str, instalment: int = 0) -> str:
    """The one id of an item: the invoice number, led by the legal entity and followed by the instalment, where stated.

    >>> item_id_of("", "INV-1"), item_id_of("US01", "INV-1"), item_id_of("", "INV-1", 2)
    ('INV-1', 'US01/INV-1', 'INV-1#2')
    """
    return (f"{entity}/{number}" if entity else number) + (f"#{instalment}" if instalment else "")


def joined_ids(entity: pa.Array, number: pa.Array, instalment: pa.Array) -> pa.Array:
    """The ids of many items as `item_id_of` makes them; '' is no entity and no instalment. Arrays of large strings."""
    ids = number
    if pc.any(pc.not_equal(entity, "")).as_py():
        ids = pc.if_else(pc.equal(entity, ""), ids, pc.binary_join_element_wise(entity, ids, _SLASH))
    if pc.any(pc.not_equal(instalment, "")).as_py():
        ids = pc.if_else(pc.equal(instalment, ""), ids, pc.binary_join_element_wise(ids, instalment, _HASH))
    return ids
