"""Laws of past evenings, over random books: each is what its own view shows."""

from datetime import date, timedelta

from builders import law
from hypothesis import given
from hypothesis import strategies as st
from random_books import DAYS, day_number, evening, random_book

from ledger.aging import DEFAULT_BUCKETS
from ledger.books.aging_report import aging
from ledger.books.conversion import rates_of
from ledger.books.past_evenings import past_evenings
from ledger.lookup import summed_at

BOOKS = st.integers(0, 2**32 - 1)
DAYS_ASKED = st.sets(st.integers(5, DAYS + 130), min_size=1, max_size=4)


@law(4)
@given(BOOKS, DAYS_ASKED)
def test_a_past_evening_is_to_the_cent_what_its_own_view_shows(seed, asked):
    book = random_book(seed)
    days = [day_number(at) for at in sorted(asked)]
    last = evening(book, days[-1] + timedelta(30))

    for found in past_evenings(last, days, "EUR"):
        own = evening(book, found.day)
        report = aging(own, rates=rates_of(own, "EUR"))
        told = report.total_told()
        names = DEFAULT_BUCKETS.names
        buckets = summed_at(DEFAULT_BUCKETS.bucket_of(found.dpd), found.receivable, len(names))
        assert buckets.tolist() == [int(told[name]) for name in names]
        assert int(found.open_minor.sum()) == int(told["total"])
        assert len(found.item) == int(told["items"])
        assert {error.currency for error in report.missing} <= set(found.missing)


@law(4)
@given(BOOKS, st.integers(5, DAYS + 130))
def test_sales_are_the_invoices_known_and_issued_by_then(seed, at):
    book, day = random_book(seed), day_number(at)
    own = evening(book, day)
    sold = own.billed()
    sold = sold[
        (sold["kind"] == "invoice") & (sold["currency"] == "EUR") & (sold["issued_on"] <= (day - date(1970, 1, 1)).days)
    ]
    by_hand: dict[tuple[int, int], int] = {}
    for issued, minor in zip(sold["issued_on"].tolist(), sold["amount_minor"].tolist(), strict=True):
        on = date(1970, 1, 1) + timedelta(issued)
        by_hand[on.year, on.month] = by_hand.get((on.year, on.month), 0) + minor

    (found,) = past_evenings(in_euro_alone(evening(book, day + timedelta(9))), [day], "EUR")

    assert found.sales == {month: minor for month, minor in by_hand.items() if minor}


def in_euro_alone(view):
    """The view without the items of other currencies, so that no rate has a say."""
    from dataclasses import replace

    return replace(view, items=view.items[view.items["currency"] == "EUR"].reset_index(drop=True))
