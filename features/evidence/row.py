"""`EvidenceRow`: one fact of the ledger behind a value, as it was known on one evening."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from features.evidence.kinds import PARTS, Part, RowKind

Told = dict[str, Any]
"""A row of a frame of the view."""


@dataclass(frozen=True)
class EvidenceRow:
    """One fact behind a value.

    Attributes:
        kind: an invoice (one statement of it), what was applied to it, or what else the ledger knows.
        part: what it does for the value.
        item_id: the item it is about; '' for contacts, promises and the customer's own data.
        document_id: the number of an invoice; the id of what was applied, of a dispute, contact or promise.
        happened_on: issued, paid, raised, tried, promised (the day it was said); of the customer's own data, told.
        known_on: when the ledger learned it.
        due_on: the due day of an invoice, the day that a promise is for; else None.
        amount_minor, currency: of a customer's own data the credit limit; None and '' where nothing is stated.
        days_late: of a settled invoice, days from its due day to the money; of an open one, days past due; negative for
            early and not yet due. None for statements that do not count, and for all else.
        state: of an invoice settled, open, corrected (another statement came later), later (it came after the one that
            counts) or moved (another customer had it then); the outcome of a contact, the state of a promise; of a
            dispute standing, resolved or corrected; of a customer the country.
    """

    kind: RowKind
    part: Part
    item_id: str
    document_id: str
    happened_on: date
    known_on: date
    due_on: date | None = None
    amount_minor: int | None = None
    currency: str = ""
    days_late: int | None = None
    state: str = ""


def in_reading_order(groups: Iterable[list[EvidenceRow]]) -> tuple[EvidenceRow, ...]:
    """Groups of a fact and its supports: the invoice asked about, then what decides, then what it is held beside; each
    the newest first."""

    def place(group: list[EvidenceRow]) -> tuple[int, int, str]:
        part = min(PARTS.index(row.part) for row in group)
        newest = max(row.known_on for row in group if PARTS.index(row.part) == part)
        return -1 if PARTS[part] == "itself" else part, -newest.toordinal(), group[0].item_id or group[0].document_id

    return tuple(row for group in sorted((group for group in groups if group), key=place) for row in group)


def records_by(frame: pd.DataFrame, key: str) -> dict[str, list[Told]]:
    """The rows of a frame by a text column, each in the frame's order."""
    found: dict[str, list[Told]] = defaultdict(list)
    for told in frame.to_dict("records"):
        found[str(told[key])].append({str(name): value for name, value in told.items()})
    return found
