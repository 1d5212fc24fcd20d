"""Laws of the ledger on random companies: the past stays as it was known."""

from datetime import date, timedelta

import pandas as pd
from builders import FIRST_DAY, RANDOM_DAYS, any_day, any_facts, known_after, known_by, law, ledger_of
from hypothesis import assume, given
from hypothesis import strategies as st

from ledger.book import Ledger
from ledger.days import NEVER, to_date, to_day
from ledger.facts import Facts
from ledger.view import LedgerView

FRAMES = ("items", "applications", "customers", "rates")


def assert_same_view(left: LedgerView, right: LedgerView) -> None:
    for name in FRAMES:
        pd.testing.assert_frame_equal(getattr(left, name), getattr(right, name), obj=name)
    pd.testing.assert_frame_equal(left.open_items(), right.open_items(), obj="open_items")
    pd.testing.assert_frame_equal(left.settlements, right.settlements, obj="settlements")


def export_of(ledger: Ledger, day: date) -> Facts:
    """What a full export of that evening tells, learned that evening: every item as it stands, and every payment."""
    view = ledger.as_of(day)
    learned = {"known_on": to_day(day)}
    return Facts.of(
        items=view.items[view.items["superseded_on"] == NEVER].assign(**learned),
        applications=view.applications.assign(**learned),
        customers=view.customers[view.customers["superseded_on"] == NEVER].assign(**learned),
        rates=view.rates.assign(**learned),
    )


@law(12)
@given(any_facts(), any_day())
def test_facts_learned_later_do_not_change_an_evening(facts, day):
    known = known_by(facts, day)
    assume(len(known.items) > 0)
    ledger = ledger_of(known)
    before = ledger.as_of(day)

    ledger.load(known_after(facts, day))

    assert_same_view(ledger.as_of(day), before)


@law(8)
@given(any_facts(), any_day(), st.integers(1, 400))
def test_an_evening_seen_with_later_knowledge_is_the_only_way_to_see_later_facts(facts, day, later):
    assume(len(known_by(facts, day).items) > 0)
    ledger = ledger_of(facts)
    known = day + timedelta(days=later)

    assert len(ledger.as_of(day, known_by=known).items) == len(ledger.as_of(known).items)
    assert_same_view(ledger.as_of(day, known_by=day), ledger.as_of(day))


@law(5)
@given(any_facts(), st.sampled_from([(0, 2, 1), (1, 0, 2), (2, 1, 0)]))
def test_exports_give_the_same_ledger_in_any_order(facts, order):
    days = [FIRST_DAY + timedelta(days=days) for days in (80, 150, RANDOM_DAYS)]
    company = ledger_of(facts)
    exports = [export_of(company, day) for day in days]
    in_order, otherwise = ledger_of(), ledger_of()
    for number, other in zip(range(3), order, strict=True):
        in_order.load(exports[number], as_of=days[number])
        otherwise.load(exports[other], as_of=days[other])

    for day in days:
        assert_same_view(otherwise.as_of(day), in_order.as_of(day))


@law(6)
@given(any_facts(), any_day())
def test_a_version_can_be_replayed_after_anything_was_loaded(facts, day):
    other_half = facts.items.index % 2 == 1
    half = Facts.of(items=facts.items[~other_half], customers=facts.customers.iloc[::2])
    assume(len(known_by(half, day).items) > 0)
    ledger = ledger_of(half)
    before = ledger.as_of(day)

    ledger.load(Facts.of(items=facts.items[other_half], applications=facts.applications, rates=facts.rates))

    assert_same_view(Ledger(ledger.store).as_of(day, version=1), before)


@law(6)
@given(any_facts())
def test_something_known_shows_on_the_evening_it_became_known_and_not_before(facts):
    ledger = ledger_of(facts)
    for day in sorted(set(facts.applications["known_on"]))[::3]:
        assert ledger.as_of(to_date(day)).applications["known_on"].max() == day
