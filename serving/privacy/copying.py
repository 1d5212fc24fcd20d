"""The copy of what is stored about a person, for whoever asks for it (GDPR, art. 15 and 20): one JSON value.

Days are ISO 8601, amounts minor units of the currency beside them; what is not stated is null.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from ledger.days import NEVER, to_date
from ledger.schema import TOLD_TABLES

Json = dict[str, Any]

_DAYS = {table.name: frozenset(c.name for c in table.columns if c.type == "day") for table in TOLD_TABLES}


def copy_of(customer_id: str, found: Mapping[str, list[Json]], recorded: list[Json], erased_at: str | None) -> Json:
    """The copy.

    Args:
        found: rows by table, as `PersonalStore.copied` gives them; recorded: what people recorded, with its texts.
        erased_at: when the names and texts were erased; None where they were not.
    """
    return {
        "customer_id": customer_id,
        "erased_at": erased_at,
        "told": {name: [_row(name, row) for row in found[name]] for name in _DAYS if name in found},
        "recorded": recorded,
        "decisions": [_plain(row) for row in found["decisions"]],
        "published": [_plain(row) for row in found["lists"]],
    }


def _row(table: str, row: Json) -> Json:
    return {name: _day(value) if name in _DAYS[table] else value for name, value in row.items()}


def _day(value: int) -> str | None:
    return None if value >= NEVER else to_date(value).isoformat()


def _plain(row: Json) -> Json:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in row.items()}
