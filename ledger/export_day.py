"""The day of an export: named at the gate, or else the newest day on which something in its files happened.

Only invoices and payments make an export of the book. Customers and rates alone say nothing of what was paid up to
their day, so they make the ledger no newer and are never stale.
"""

from collections.abc import Iterable, Sequence
from datetime import date

from ledger.columns import Columns
from ledger.days import to_date, to_day
from ledger.layout import INVOICES, PAYMENTS, RATES
from ledger.report import Warned
from ledger.words import count_text

_OLD_DAYS = 2
"""A derived day that lies further back is doubted aloud."""
_NONE = -1_000_000
"""Before all days that are believed."""


def is_export(tables: Iterable[Columns]) -> bool:
    """Whether they say what is owed or was paid."""
    return any(columns.table.role in (INVOICES, PAYMENTS) for columns in tables)


def derived_day(tables: Sequence[Columns], today: date, newest_export: date | None) -> date:
    """The newest day on which something was invoiced, paid or became known, not after today; else today.

    Customers and rates alone are as of the newest rate or the newest export, whichever is later.
    """
    if is_export(tables):
        return newest_day(tables, (INVOICES, PAYMENTS), today) or today
    days = [day for day in (newest_day(tables, (RATES,), today), newest_export) if day is not None]
    return max(days, default=today)


def newest_day(tables: Iterable[Columns], roles: Sequence[str], today: date) -> date | None:
    """The newest day, not after today, in the tables of these roles; None when there is none."""
    limit = to_day(today)
    days = [columns.days() for columns in tables if columns.table.role in roles]
    newest = max((int(some[some <= limit].max(initial=_NONE)) for some in days), default=_NONE)
    return to_date(newest) if newest != _NONE else None


def doubt(derived: date, today: date) -> tuple[Warned, ...]:
    """What to say when a derived day lies back: perhaps nothing happened since, perhaps the files are older."""
    ago = (today - derived).days
    if ago <= _OLD_DAYS:
        return ()
    sentence = (
        f"No day was named, and the newest day in the files is {count_text(ago, 'day')} ago. If this export was made "
        f"on {today.isoformat()}, import it with --as-of {today.isoformat()}."
    )
    return (Warned("old_day_derived", 0, sentence),)
