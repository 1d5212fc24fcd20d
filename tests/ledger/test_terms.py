"""Terms of payment give one due date, or none."""

from datetime import date

import pytest

from ledger.terms import UnparseableTerms, due_on

ISSUED = date(2026, 1, 31)


@pytest.mark.parametrize(
    ("terms", "due"),
    [
        ("NET30", date(2026, 3, 2)),
        ("net 30", date(2026, 3, 2)),
        ("Net 30 days", date(2026, 3, 2)),
        ("2/10 net 30", date(2026, 3, 2)),
        ("1.5%/10, NET 30", date(2026, 3, 2)),
        ("EOM", date(2026, 1, 31)),
        ("NET0", ISSUED),
        ("COD", ISSUED),
        ("Due on receipt", ISSUED),
    ],
)
def test_terms_with_one_reading_give_the_due_date(terms, due):
    assert due_on(terms, ISSUED) == due


def test_end_of_month_knows_leap_years():
    assert due_on("EOM", date(2024, 2, 5)) == date(2024, 2, 29)


@pytest.mark.parametrize("terms", ["", "NAA8", "net 30 EOM", "10th prox", "NET", "NET 9999", "2/40 net 30", "CREDIT"])
def test_terms_with_no_reading_or_two_are_refused(terms):
    with pytest.raises(UnparseableTerms, match="do not say one due date"):
        due_on(terms, ISSUED)
