"""Laws of aging, over random books: every evening ties to the cent, and every period closes."""

from datetime import date, timedelta
from itertools import pairwise

import pandas as pd
from builders import law
from hypothesis import given
from hypothesis import strategies as st
from random_books import DAYS, Book, by_hand, day_number, evening, random_book

from ledger.aging import Buckets
from ledger.books.aging_report import aging
from ledger.books.control import Control
from ledger.books.conversion import rates_of
from ledger.books.entries import LINES
from ledger.books.reconcile import reconcile
from ledger.books.roll_forward import roll_forward
from ledger.days import NEVER, to_day
from ledger.view import LedgerView

SHELVES = 4
"""For each law, each of 50 ledgers: 200 of them, and 10,000 by `make test-all`, which asks for 50 times as many."""

BOOKS = st.integers(0, 2**32 - 1)
EVENINGS = st.integers(20, DAYS + 130).map(day_number)
LATER = st.sampled_from([0, 0, 1, 20, 150])
PERIODS = st.lists(EVENINGS, min_size=3, max_size=3, unique=True).map(sorted)

FRAMES = ("items", "applications", "customers", "rates", "disputes", "absences")
MEASURES = ("current", "1-30", "31-60", "61-90", "91-120", ">120", "unapplied", "total", "disputed", "past_due")


def keyed(table: pd.DataFrame, *columns: str) -> dict[tuple[str, str], tuple[int, ...]]:
    """A table by (entity, currency), without what is zero all over."""
    rows = table.set_index(["entity", "currency"])[list(columns)]
    told = zip(rows.index.tolist(), rows.itertuples(index=False, name=None), strict=True)
    return {key: values for key, values in told if any(values)}


@law(SHELVES)
@given(BOOKS, EVENINGS, LATER)
def test_an_aging_ties_to_the_open_items_and_to_what_a_clerk_adds_up(seed, day, later):
    book, known_by = random_book(seed), day + timedelta(days=later)
    view = evening(book, day, known_by)
    clerk = by_hand(book, day, known_by)

    proof = reconcile(view)

    assert proof.ties, proof.variances
    assert not proof.rows["difference"].any()
    assert keyed(proof.aging.rows, *MEASURES) == {
        key: values for key, sums in clerk.items() if any(values := tuple(sums[name] for name in MEASURES))
    }
    assert keyed(proof.rows, "billed", "applied") == {
        key: values for key, sums in clerk.items() if any(values := (sums["billed"], sums["applied"]))
    }


@law(SHELVES)
@given(BOOKS, EVENINGS, st.sets(st.integers(1, 200), max_size=6))
def test_buckets_are_a_partition_and_every_table_adds_up(seed, day, last_days):
    view = evening(random_book(seed), day)
    buckets = Buckets((0, *sorted(last_days)))
    report = aging(view, rates=rates_of(view, "EUR"), buckets=buckets)
    names = list(buckets.names)

    for rows, customers in ((report.rows, report.customers), (report.rows_told, report.customers_told)):
        assert (rows[names].sum(axis=1) + rows["unapplied"] == rows["total"]).all()
        assert (rows[names] >= 0).all(axis=None)
        assert (rows["unapplied"] <= 0).all()
        assert (rows["disputed"] <= rows[names].sum(axis=1)).all()
        assert (customers["collectible"] >= 0).all()
        same = [*names, "unapplied", "total", "disputed", "past_due", "vanished", "items"]
        by_customer = customers.groupby("currency")[same].sum()
        pd.testing.assert_frame_equal(by_customer, rows.groupby("currency")[same].sum())
    for late, (young, old) in enumerate(pairwise(buckets.bucket_of(range(-5, 260)).tolist()), start=-5):
        assert old - young == (late in buckets.last_days)


@law(SHELVES)
@given(BOOKS, PERIODS)
def test_a_roll_forward_closes_in_every_currency_and_two_periods_make_the_whole(seed, days):
    a, b, c = (evening(random_book(seed), day) for day in days)
    first, second, whole = (roll_forward(x, y, base="EUR") for x, y in ((a, b), (b, c), (a, c)))

    for rolled, opening, closing in ((first, a, b), (second, b, c), (whole, a, c)):
        assert rolled.closes, rolled.unexplained
        _assert_it_leads_from(opening, closing, rolled.rows)
        _assert_it_leads_from(opening, closing, rolled.told, [error.currency for error in rolled.missing], "fx")
    assert keyed(whole.rows, *LINES) == _added(first.rows, second.rows, LINES)
    if not whole.missing:
        assert keyed(whole.told, *LINES, "fx") == _added(first.told, second.told, (*LINES, "fx"))


@law(SHELVES)
@given(BOOKS, PERIODS)
def test_a_roll_forward_by_the_day_things_happened_closes_too(seed, days):
    book = random_book(seed)
    opening, closing = evening(book, days[0], days[2]), evening(book, days[1], days[2])

    rolled = roll_forward(opening, closing, base="EUR")

    assert rolled.closes, rolled.unexplained
    _assert_it_leads_from(opening, closing, rolled.rows)
    _assert_it_leads_from(opening, closing, rolled.told, [error.currency for error in rolled.missing], "fx")
    assert not rolled.rows["back_dated"].any()


@law(SHELVES)
@given(BOOKS, PERIODS)
def test_a_past_evening_asked_from_a_later_one_is_that_evenings_own(seed, days):
    book = random_book(seed)
    own, asked = evening(book, days[0]), evening(book, days[2]).earlier(days[0])
    known_then = LedgerView.of_facts(days[0], **known_by(book, days[0]))

    for other in (asked, known_then):
        for name in FRAMES:
            pd.testing.assert_frame_equal(getattr(other, name), getattr(own, name), obj=name)
        pd.testing.assert_frame_equal(aging(other).rows, aging(own).rows)
        pd.testing.assert_frame_equal(aging(other).customers, aging(own).customers)
        assert other.vanished == own.vanished


@law(SHELVES)
@given(BOOKS, PERIODS, st.integers(0, 10**6))
def test_a_payment_that_is_lost_is_named_by_its_item(seed, days, which):
    book = random_book(seed)
    opening, closing = evening(book, days[0]), evening(book, days[2])
    counted = opening.applications[
        (opening.applications["amount_minor"] != 0) & opening.applications["item_id"].isin(closing.billed()["item_id"])
    ]
    if counted.empty:
        return
    entity_of = closing.billed().set_index("item_id")["entity"]
    # One of each ledger is lost, so that one answer proves fifty.
    shuffled = counted.sample(frac=1, random_state=which)
    lost = shuffled[~shuffled["item_id"].map(entity_of).str[:2].duplicated()]
    kept = book | {
        "applications": book["applications"][~book["applications"]["application_id"].isin(lost["application_id"])]
    }
    should = dict(zip(lost["item_id"], lost["amount_minor"], strict=True))

    proof = reconcile(evening(kept, days[2]), control_of(closing))
    rolled = roll_forward(opening, evening(kept, days[2]))

    assert {variance.item_id: variance.difference_minor for variance in proof.variances} == should
    assert {item.item_id: item.difference_minor for item in rolled.unexplained} == should


def known_by(book: Book, day: date) -> Book:
    """The book as it was written that evening, in any order: without what came later, and without any end of it."""
    by = to_day(day)
    written = {name: frame[frame["known_on"] <= by].iloc[::-1] for name, frame in book.items()}
    for frame, name in (("items", "superseded_on"), ("disputes", "superseded_on"), ("disputes", "resolved_on"),
                        ("absences", "ended_on")):  # fmt: skip
        end = written[frame][name]
        written[frame] = written[frame].assign(**{name: end.where(end <= by, NEVER)})
    return written


def control_of(view: LedgerView) -> Control:
    """What the sub-ledger of that evening lists."""
    items: dict[tuple[str, str], dict[str, int]] = {}
    for row in view.open_items().itertuples(index=False):
        items.setdefault((row.entity, row.currency), {})[row.item_id] = row.open_minor
    return Control("subledger.csv", by_entity=True, items=items)


def _assert_it_leads_from(opening, closing, table, without=(), *more) -> None:
    told = bool(more)
    for name, view in (("opening", opening), ("closing", closing)):
        report = aging(view, rates=rates_of(view, "EUR"))
        rows = report.rows_told if told else report.rows
        assert keyed(table, name) == keyed(rows[~rows["currency"].isin(without)].rename(columns={"total": name}), name)
    assert not table["difference"].any()
    assert (table["opening"] + table[[*LINES, *more]].sum(axis=1) == table["closing"]).all()
    if told:
        assert not table.loc[table["currency"] == "EUR", "fx"].any()


def _added(left, right, columns) -> dict[tuple[str, str], tuple[int, ...]]:
    both = pd.concat([left, right]).groupby(["entity", "currency"], as_index=False)[list(columns)].sum()
    return keyed(both, *columns)
