"""What a filled row of a call sheet says: one activity, and a note where there is one beside it.

Days and amounts come as Excel's own or as text, in whichever order and with whichever decimal mark the rest of the
sheet proves; what can be read in two ways is refused, never guessed.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date
from decimal import Decimal

from ledger.activity_codes import OUTCOMES
from ledger.days import to_date
from ledger.money import to_decimal
from ledger.parsing.amounts import AmbiguousNumberFormat, MixedNumberFormats, parse_amount, settle_decimal, shown_mark
from ledger.parsing.bad_cell import BadCell
from ledger.parsing.dates import (
    SERIALS,
    AmbiguousDateOrder,
    DateReader,
    MixedDateOrders,
    are_serials,
    settle_order,
    shown_order,
)
from ledger.parsing.texts import EITHER, spoilt
from ledger.words import shown
from serving.activities.errors import BadActivity
from serving.activities.said import AccountNow, Callback, Contact, Dispute, Note, Promise, Said
from serving.call_sheet.rows import SheetRow

_BY_EMAIL = frozenset({"sent"})
_NEEDS = {"promise": ("amount", "day"), "callback": ("day",), "dispute": ("amount", "note")}
_TAKES = {
    "promise": ("amount", "day", "item"), "callback": ("day",), "dispute": ("amount", "item"),
}  # fmt: skip
"""Of the columns beside outcome and note; every other outcome is a contact, which takes its day and its minutes."""
_OF_A_CONTACT = ("day", "minutes")


@dataclass(frozen=True)
class Reader:
    """How a sheet writes its days and amounts; None where nothing shows it.

    Attributes:
        near: the day around which days fall.
    """

    order: str | None
    decimal: str | None
    near: date

    @classmethod
    def of(cls, rows: Sequence[SheetRow], near: date) -> "Reader":
        """What all rows together show."""
        days = [row.cell("day") for row in rows if not are_serials([row.cell("day")])]
        order = decimal = None
        with suppress(AmbiguousDateOrder, MixedDateOrders):
            order = settle_order(days)
        with suppress(AmbiguousNumberFormat, MixedNumberFormats):
            decimal = settle_decimal(row.cell("amount") for row in rows)
        return cls(order, decimal, near)

    def said(self, row: SheetRow, account: AccountNow, currency: str) -> list[Said]:
        """What a row says, in the order in which it is recorded.

        Args:
            account: what is open of it; currency: the one that the sheet shows its amounts in.

        Raises `BadActivity` with the field, for what cannot be read or does not fit its outcome.
        """
        outcome = "_".join(row.cell("outcome").lower().replace("-", " ").split())
        note = row.cell("note")
        if bad := spoilt(note, is_name=True):
            raise BadActivity("bad_text", "note", bad.sentence)
        if not outcome:
            _refuse_beside("note", row, ())
            return [Note(note)]
        if outcome not in OUTCOMES:
            told = f'"{shown(outcome)}" is no outcome. Expected one of {", ".join(OUTCOMES)}.'
            raise BadActivity("bad_outcome", "outcome", told)
        _refuse_beside(outcome, row, _TAKES.get(outcome, _OF_A_CONTACT))
        for name in _NEEDS.get(outcome, ()):
            if not row.cell(name):
                raise BadActivity("missing_text", name, f"It is empty. A row with the outcome {outcome} needs it.")
        if outcome == "dispute":
            return [self._dispute(row, account, note)]
        first = self._first(outcome, row, account, currency)
        return [first, Note(note)] if note else [first]

    def _first(self, outcome: str, row: SheetRow, account: AccountNow, currency: str) -> Said:
        if outcome == "promise":
            items = (row.cell("item"),) if row.cell("item") else ()
            owed = _owed_in(account, items, currency)
            return Promise(self._amount(row, owed), owed, self._day(row), items)
        if outcome == "callback":
            return Callback(self._day(row))
        happened_on = self._day(row) if row.cell("day") else None
        return Contact("email" if outcome in _BY_EMAIL else "phone", outcome, _minutes(row), happened_on)

    def _dispute(self, row: SheetRow, account: AccountNow, reason: str) -> Said:
        item = row.cell("item") or _only(account)
        _, currency = account.open_of(item, "item")
        return Dispute(item, self._amount(row, currency), currency, reason)

    def _day(self, row: SheetRow) -> date:
        cell = row.cell("day")
        own = shown_order(cell)
        if self.order is None and own == EITHER:
            told = f'"{shown(cell)}" can be read in two ways. Write it YYYY-MM-DD, as in 2026-03-31.'
            raise BadActivity("bad_day", "day", told)
        order = SERIALS if are_serials([cell]) else own if own in ("dmy", "mdy") else self.order or "dmy"
        read = DateReader(order, self.near, UTC).parse(cell)
        if read is None or isinstance(read, BadCell):
            raise BadActivity("bad_day", "day", f'"{shown(cell)}" is not a day. Write it YYYY-MM-DD, as in 2026-03-31.')
        return to_date(read.day)

    def _amount(self, row: SheetRow, currency: str) -> Decimal:
        cell = row.cell("amount")
        if self.decimal is None and shown_mark(cell) == EITHER:
            told = f'"{shown(cell)}" can be read in two ways. Write it without thousands, as in 1200.50.'
            raise BadActivity("bad_amount", "amount", told)
        own = shown_mark(cell)
        read = parse_amount(cell, currency, own if own in (".", ",") else self.decimal or ".")
        if isinstance(read, BadCell):
            raise BadActivity("bad_amount", "amount", read.sentence)
        if read is None:
            raise BadActivity("bad_amount", "amount", f'"{shown(cell)}" is no amount. Expected one such as 1200.50.')
        return to_decimal(read.minor, currency)


def _refuse_beside(outcome: str, row: SheetRow, takes: Iterable[str]) -> None:
    """Nothing that was filled in is left out silently."""
    wrong = next((name for name in ("amount", "day", "minutes", "item") if row.cell(name) and name not in takes), None)
    if wrong:
        of_what = "a note alone" if outcome == "note" else f"the outcome {outcome}"
        told = f"It is filled in, and {of_what} has none. Clear it, or choose the outcome that it belongs to."
        raise BadActivity("bad_outcome", wrong, told)


def _minutes(row: SheetRow) -> int | None:
    cell = row.cell("minutes")
    if not cell:
        return None
    if not (cell.isascii() and cell.isdigit() and len(cell) <= 4):
        raise BadActivity(
            "bad_minutes", "minutes", f'"{shown(cell)}" is no number of minutes. Expected a whole number.'
        )
    return int(cell)


def _owed_in(account: AccountNow, items: Sequence[str], currency: str) -> str:
    """The currency of a promise: what is owed in the currency that the sheet shows.

    A sheet may show in one currency what is owed in another: then the number filled in could be either.
    """
    owed = {account.open_of(item, "item")[1] for item in items} or {
        code for minor, code in account.open_items.values() if minor > 0
    }
    if owed - {currency} and (items or currency not in owed):
        told = f"It owes {' and '.join(sorted(owed))}, and the sheet shows {currency}. Record it at the account's page."
        raise BadActivity("bad_currency", "amount", told)
    return currency


def _only(account: AccountNow) -> str:
    """The one item that is owed. Raises `BadActivity` where there are several."""
    owed = [item for item, (minor, _) in account.open_items.items() if minor > 0]
    if len(owed) != 1:
        told = f"It is empty, and the account has {len(owed)} open items. Fill in the one that is disputed."
        raise BadActivity("missing_text", "item", told)
    return owed[0]
