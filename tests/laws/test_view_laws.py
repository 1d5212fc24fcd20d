"""Laws of the ledger on random companies: the past stays as it was known."""

from datetime import date

import pandas as pd
from builders import FIRST_DAY, any_day, any_facts, known_after, known_by, ledger_of
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ledger.facts import Facts
from ledger.view import LedgerView

FRAMES = ("items", "applications", "customers", "rates")


def assert_same_view(left: LedgerView, right: LedgerView) -> None:
    for name in FRAMES:
        pd.testing.assert_frame_equal(getattr(left, name), getattr(right, name), obj=name)
    pd.testing.assert_frame_equal(left.open_items(), right.open_items(), obj="open_items")
    pd.testing.assert_frame_equal(left.settlements, right.settlements, obj="settlements")


def parts_of(facts: Facts, count: int) -> list[Facts]:
    """The facts as `count` exports, each item and its payments dealt to one of them, or to several."""
    frames = facts.frames()
    return [
        Facts.of(
            items=frames["items"][(frames["items"].index % count) <= number],
            applications=frames["applications"].iloc[number::count],
            customers=frames["customers"].iloc[number::count],
            rates=frames["rates"].iloc[number::count],
        )
        for number in reversed(range(count))
    ]


@settings(max_examples=40, deadline=None)
@given(any_facts(), any_day())
def test_facts_learned_later_do_not_change_an_evening(facts, day):
    known = known_by(facts, day)
    assume(len(known.items) > 0)
    ledger = ledger_of(known)
    before = ledger.as_of(day)

    ledger.load(known_after(facts, day))

    assert_same_view(ledger.as_of(day), before)


@settings(max_examples=25, deadline=None)
@given(any_facts(), any_day(), st.integers(1, 400))
def test_an_evening_seen_with_later_knowledge_is_the_only_way_to_see_later_facts(facts, day, later):
    assume(len(known_by(facts, day).items) > 0)
    ledger = ledger_of(facts)
    known = date.fromordinal(day.toordinal() + later)

    assert len(ledger.as_of(day, known_by=known).items) == len(ledger.as_of(known).items)
    assert_same_view(ledger.as_of(day, known_by=day), ledger.as_of(day))


@settings(max_examples=25, deadline=None)
@given(any_facts(), st.permutations(range(3)), any_day())
def test_exports_give_the_same_ledger_in_any_order(facts, order, day):
    exports = parts_of(facts, 3)
    # Payments need their item, so the items come first in both.
    first = Facts.of(items=facts.items)
    one, other = ledger_of(first, *exports), ledger_of(first, *(exports[number] for number in order))
    assume(day >= one.first_day())

    assert_same_view(one.as_of(day), other.as_of(day))


@settings(max_examples=25, deadline=None)
@given(any_facts(), any_day())
def test_a_version_can_be_replayed_after_anything_was_loaded(facts, day):
    first, *later = reversed(parts_of(facts, 3))
    only_items = Facts.of(items=first.items, customers=first.customers, rates=first.rates)
    assume(len(known_by(only_items, day).items) > 0)
    ledger = ledger_of(only_items)
    before = ledger.as_of(day)
    ledger.load(Facts.of(items=facts.items))
    for export in later:
        ledger.load(export)

    assert_same_view(ledger.as_of(day, version=1), before)


@settings(max_examples=20, deadline=None)
@given(any_facts())
def test_something_known_shows_on_the_evening_it_became_known_and_not_before(facts):
    ledger = ledger_of(facts)
    for day in {int(known) for known in facts.applications["known_on"]}:
        evening = date.fromordinal(FIRST_DAY.toordinal() + day - int(facts.customers["known_on"].min()))
        view = ledger.as_of(evening)
        assert view.applications["known_on"].max() == day
