"""Laws of holds and callbacks on random companies: what is learned later changes no evening, and what is in force and
what is still to be kept agree with a reckoning by hand."""

from datetime import date, timedelta
from typing import Any

import pandas as pd
from builders import (
    any_day,
    any_facts,
    derived_from,
    known_after,
    known_by,
    law,
    ledger_of,
    random_activity,
    random_facts,
    random_orders,
    together,
)
from hypothesis import assume, given
from hypothesis import strategies as st

from ledger.days import NEVER, to_day
from ledger.derivation import StoredFacts
from ledger.facts import Facts
from ledger.standing_orders import callbacks_to_keep, holds_in_force
from ledger.view import LedgerView

SEEDS = st.integers(min_value=0, max_value=2**32 - 1)


def company(facts: Facts, seed: int) -> Facts:
    return together(facts, random_activity(seed, facts), random_orders(seed, facts))


def view_of(stored: StoredFacts, evening: date, *, ordered: bool = True) -> LedgerView:
    return LedgerView.of_facts(
        evening, stored.items, stored.applications, stored.customers, stored.rates, contacts=stored.contacts,
        holds=stored.holds, callbacks=stored.callbacks, ordered=ordered,
    )  # fmt: skip


def answers(view: LedgerView) -> list[pd.DataFrame]:
    days = [view.day + timedelta(days=ahead) for ahead in (-30, 0, 1, 30)]
    return [view.holds, view.callbacks, callbacks_to_keep(view), *(holds_in_force(view, day) for day in days)]


def assert_same_answers(one: LedgerView, other: LedgerView) -> None:
    for left, right in zip(answers(one), answers(other), strict=True):
        pd.testing.assert_frame_equal(left, right)


@law(12)
@given(any_facts(), SEEDS, any_day(), st.integers(0, 90))
def test_holds_and_callbacks_learned_later_do_not_change_an_evening(facts, seed, day, later):
    everything = company(facts, seed)
    stored = derived_from(everything)
    own = view_of(stored, day)

    assert_same_answers(view_of(derived_from(known_by(everything, day)), day), own)
    assert_same_answers(view_of(stored, day, ordered=False), own)
    assert_same_answers(view_of(stored, day + timedelta(days=later)).earlier(day), own)


@law(4)
@given(any_facts(), SEEDS, any_day())
def test_a_later_load_changes_no_evening_before_it(facts, seed, day):
    everything = company(facts, seed)
    known = known_by(everything, day)
    assume(len(known.items) > 0)
    ledger = ledger_of(known)
    before = ledger.as_of(day)

    ledger.load(known_after(everything, day))

    assert_same_answers(ledger.as_of(day), before)


def in_force_by_hand(facts: Facts, evening: int, on: int) -> set[str]:
    newest: dict[str, dict[str, Any]] = {}
    for row in sorted(facts.holds.to_dict("records"), key=lambda row: row["known_on"]):
        if row["known_on"] <= evening:
            newest[row["hold_id"]] = row
    return {name for name, row in newest.items() if row["from_on"] <= on < row["until_on"]}


def to_keep_by_hand(facts: Facts, evening: int) -> set[str]:
    newest: dict[str, dict[str, Any]] = {}
    for row in sorted(facts.callbacks.to_dict("records"), key=lambda row: row["known_on"]):
        if row["known_on"] <= evening:
            newest[row["callback_id"]] = row
    calls = [
        row for row in facts.contacts.to_dict("records") if row["known_on"] <= evening and row["outcome"] != "sent"
    ]
    left = set()
    for name, row in newest.items():
        keeps = [
            call
            for call in calls
            if call["customer_id"] == row["customer_id"]
            and call["happened_on"] >= row["due_on"]
            and not (call["happened_on"] == row["due_on"] == row["known_on"] and call["outcome"] == "callback")
        ]
        if not keeps and row["cancelled_on"] > evening:
            left.add(name)
    return left


@law(12)
@given(any_facts(), SEEDS, any_day())
def test_what_holds_and_what_is_to_be_kept_is_what_is_reckoned_by_hand(facts, seed, day):
    everything, evening = company(facts, seed), to_day(day)
    view = view_of(derived_from(everything), day)

    turns = {day for name in ("from_on", "until_on") for day in everything.holds[name] if day != NEVER}
    for on in {evening, evening + 1, *turns, *(turn - 1 for turn in turns)}:
        held = holds_in_force(view, day + timedelta(days=on - evening))
        assert set(held["hold_id"]) == in_force_by_hand(everything, evening, on)
    assert set(callbacks_to_keep(view)["callback_id"]) == to_keep_by_hand(everything, evening)


def test_the_companies_have_holds_that_end_and_callbacks_that_are_kept_moved_and_withdrawn():
    lifted = kept = withdrawn = left = 0
    for seed in range(10):
        facts = company(random_facts(seed), seed)
        last = view_of(derived_from(facts), date(2026, 3, 1))
        standing = last.callbacks[last.callbacks["superseded_on"] == NEVER]
        gone = set(standing.loc[standing["cancelled_on"] != NEVER, "callback_id"])
        open_ones = set(callbacks_to_keep(last)["callback_id"])
        lifted += int((last.holds["superseded_on"] != NEVER).sum())
        kept += len(set(standing["callback_id"]) - gone - open_ones)
        withdrawn, left = withdrawn + len(gone), left + len(open_ones)
    assert min(lifted, kept, withdrawn, left) > 2
