"""Terms of payment: from what an invoice says to the day it is due.

Only terms with one reading are believed. `net 30 EOM` has two (month end plus 30 days, or the end of the month in
which the 30 days end), so it is refused rather than guessed.
"""

import calendar
import re
from datetime import date, timedelta

from ledger.errors import PayriskError
from ledger.words import shown

_NET = re.compile(
    r"(?:\d+(?:[.,]\d+)?\s*%?\s*/\s*(?P<discount_days>\d{1,3})\s*,?\s*)?(?:NET|N)\s*/?\s*(?P<days>\d{1,3})(?:\s*DAYS?)?"
)
_AT_ONCE = frozenset(
    {
        "COD",
        "CASHONDELIVERY",
        "DUEONRECEIPT",
        "UPONRECEIPT",
        "ONRECEIPT",
        "DUEUPONRECEIPT",
        "IMMEDIATE",
        "DUEIMMEDIATELY",
    }
)
_END_OF_MONTH = frozenset({"EOM", "ENDOFMONTH"})


class UnparseableTerms(PayriskError):
    """Terms that say no due date, or more than one."""

    code = "unparseable_terms"
    field = "terms"

    def __init__(self, terms: str) -> None:
        self.terms = terms
        super().__init__(
            f'The terms "{shown(terms)}" do not say one due date. Expected NET30, "Net 30 days", "2/10 net 30", EOM '
            "or COD; or give the due date itself."
        )


def due_on(terms: str, issued_on: date) -> date:
    """The last day on which payment is on time, by calendar days from the issue day.

    Raises:
        UnparseableTerms: empty, unknown or with two readings.

    >>> str(due_on("2/10 net 30", date(2026, 1, 31))), str(due_on("EOM", date(2026, 1, 31)))
    ('2026-03-02', '2026-01-31')
    """
    words = " ".join(terms.upper().split())
    bare = re.sub(r"[\s.\-]+", "", words)
    if bare in _AT_ONCE:
        return issued_on
    if bare in _END_OF_MONTH:
        return issued_on.replace(day=calendar.monthrange(issued_on.year, issued_on.month)[1])
    found = _NET.fullmatch(words)
    if not found or (found["discount_days"] and int(found["discount_days"]) > int(found["days"])):
        raise UnparseableTerms(terms)
    return issued_on + timedelta(days=int(found["days"]))
