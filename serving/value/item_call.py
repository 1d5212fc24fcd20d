"""`ItemCall`: what a call about one item is: what it would bring forward, and what of it nobody is called about."""

from collections.abc import Mapping
from typing import NamedTuple

from serving.value.priority import Gain


class Covered(NamedTuple):
    """What of an item's open money is covered, in minor units of its currency; together at most what is open."""

    disputed_minor: int = 0
    promised_minor: int = 0


NOT_COVERED = Covered()


class ItemCall(NamedTuple):
    """A call about one item; `gain` is None where nothing was predicted."""

    gain: Gain | None = None
    covered: Covered = NOT_COVERED


NO_CALL = ItemCall()

ItemGains = Mapping[str, Gain]
"""By `item_id`; empty where nothing was predicted."""

ItemCalls = Mapping[str, ItemCall]
"""By `item_id`; an item that is not in it has neither."""


def item_calls(gains: ItemGains, covered: Mapping[str, Covered]) -> dict[str, ItemCall]:
    """Calls about the items that have a gain or something covered."""
    return {
        item_id: ItemCall(gains.get(item_id), covered.get(item_id, NOT_COVERED))
        for item_id in gains.keys() | covered.keys()
    }
