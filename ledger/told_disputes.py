"""The disputes of one item as exports told them last, read without deriving a ledger, for recording one more."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from ledger.desk_journal import DESK

# By name: the tables of the store come with libraries that a process which serves pages does without.
_IMPORTS = sa.table("imports", *map(sa.column, ("import_id", "version", "source")))
_TOLD = sa.table(
    "told_disputes",
    *map(sa.column, ("import_id", "dispute_id", "item_id", "amount_minor", "opened_on", "resolved_on", "said_on")),
    sa.column("present", sa.Boolean),
)


def disputes_told_of(connection: sa.Connection, item_id: str) -> Sequence[Mapping[Any, Any]]:
    """The last row of each dispute of an item, without those that are gone from their source, by `dispute_id`.

    The last is that of the newest export, of one day the one accepted last, as in `ledger.derivation`. What the desk
    recorded is in its journal, and not here.
    """
    told = sa.join(_TOLD, _IMPORTS, _TOLD.c.import_id == _IMPORTS.c.import_id)
    said = sa.select(_TOLD).select_from(told).order_by(_TOLD.c.said_on, _IMPORTS.c.version)
    of_item = said.where(_TOLD.c.item_id == item_id, _IMPORTS.c.version.is_not(None), _IMPORTS.c.source != DESK)
    last = {row["dispute_id"]: row for row in connection.execute(of_item).mappings()}
    return [last[one] for one in sorted(last) if last[one]["present"]]
