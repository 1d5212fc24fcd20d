"""Laws of labels and snapshots on random companies: what is learned later changes nothing, no order of facts does, a
clerk who follows one item after the other says the same, and every open evening counts once."""

from collections import defaultdict
from datetime import timedelta
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from builders import FIRST_DAY, RANDOM_DAYS, invoice, law, payment, together
from hypothesis import given
from hypothesis import strategies as st
from label_builders import FactsLedger
from model_builders import COMPANY_EVENING, paying_company
from random_companies import LAST_DAY, MUTATIONS, random_company

from features.catalogue import CATALOGUE
from features.compute import feature_rows
from features.questions import open_questions
from ledger.days import NEVER, to_date, to_day
from ledger.facts import Facts
from ledger.returned_cash import standing_cash
from ledger.settlement import tolerance_minor
from training.cutoffs import training_evenings
from training.labels import outcomes, paths, person_periods
from training.snapshot import HALF_LIFE_DAYS, LONGEST_DPD, PER_ITEM, chosen_evenings, first_evening

EDGES = (0, 7, 14, 30, 60)

seeds = st.integers(min_value=0, max_value=2**32 - 1)
evenings = st.integers(min_value=60, max_value=RANDOM_DAYS).map(lambda days: FIRST_DAY + timedelta(days=days))


def keys_of(view, asked):
    return feature_rows(view, asked, catalogue=CATALOGUE[:1]).keys.drop(columns="source_row")


def learned(facts: Facts, as_of) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, int]:
    """All that labels and snapshots say on an evening: the evenings chosen, whose they are, intervals, last day."""
    ledger = FactsLedger(facts)
    view = ledger.as_of(as_of)
    chosen = chosen_evenings(view)
    keys = keys_of(view, chosen)
    found = outcomes(ledger, view, int(chosen["day"].min()) if len(chosen) else to_day(as_of))
    return chosen, keys, person_periods(keys, found, EDGES, chosen["weight"].to_numpy()), found.last_observed


def same(one, other) -> bool:
    return one[-1] == other[-1] and all(mine.equals(theirs) for mine, theirs in zip(one[:-1], other[:-1], strict=True))


# ------------------------------------------------------------------ the future, and the order of facts


@law(5)
@given(seed=seeds, day=evenings)
def test_whatever_is_done_to_facts_learned_later_changes_no_label_and_no_snapshot(seed, day):
    facts, rng = random_company(seed), np.random.default_rng(seed)
    told = learned(facts, day)
    for mutation in MUTATIONS:
        assert same(learned(mutation(facts, to_day(day), rng), day), told), mutation.__name__


SEEN_IN_LABELS = [each for each in MUTATIONS if each.__name__ not in ("other_customers", "other_words")]
"""Whose invoice it is, and what was said of it, is no label."""


@pytest.mark.parametrize("mutation", SEEN_IN_LABELS, ids=lambda mutation: mutation.__name__)
def test_each_way_of_tampering_shows_in_the_labels_once_its_evenings_have_come(mutation):
    day = FIRST_DAY + timedelta(days=150)
    facts, rng = random_company(3), np.random.default_rng(3)
    assert not same(learned(mutation(facts, to_day(day), rng), LAST_DAY), learned(facts, LAST_DAY))


@law(8)
@given(seed=seeds)
def test_the_order_in_which_facts_came_changes_no_label_and_no_snapshot(seed):
    facts = random_company(seed)
    dealt = {name: frame.sample(frac=1.0, random_state=seed % 2**31) for name, frame in facts.frames().items()}
    assert same(learned(Facts.of(**dealt), LAST_DAY), learned(facts, LAST_DAY))


@law(8)
@given(seed=seeds, day=evenings)
def test_a_label_of_an_interval_that_is_over_asks_for_no_other_row(seed, day):
    """Rows asked about alone, backwards, and all together have the same labels."""
    ledger = FactsLedger(random_company(seed))
    view = ledger.as_of(day)
    keys = keys_of(view, chosen_evenings(view)[["item_id", "day"]])
    if len(keys) == 0:
        return
    found = outcomes(ledger, view, int(keys["day"].min()))
    backwards = paths(keys.iloc[::-1].reset_index(drop=True), found, EDGES)
    together_ = paths(keys, found, EDGES)
    assert np.array_equal(backwards.paid_share[::-1], together_.paid_share)
    assert np.array_equal(backwards.open_share[::-1], together_.open_share)
    assert np.array_equal(backwards.observed[::-1], together_.observed)


# ------------------------------------------------------------------ what a clerk says


@law(6)
@given(seed=seeds, day=evenings)
def test_the_labels_are_what_a_clerk_says_who_follows_one_item_after_the_other(seed, day):
    ledger = FactsLedger(random_company(seed))
    view = ledger.as_of(day)
    keys = keys_of(view, open_questions(view, range(to_day(FIRST_DAY), to_day(day), 5)))
    found = outcomes(ledger, view, to_day(FIRST_DAY))
    intervals = person_periods(keys, found, EDGES, np.ones(len(keys)))
    mine = {(int(row), int(k)): (paid, weight) for row, k, paid, weight in intervals.itertuples(index=False)}
    theirs = {
        (row, k): said
        for row, key in enumerate(keys.to_dict("records"))
        for k, said in clerk(view, key, found.last_observed)
    }
    assert mine.keys() == theirs.keys()
    assert mine == {at: pytest.approx(said, rel=1e-9) for at, said in theirs.items()}


def clerk(view, key, last_observed):
    """The intervals of one row, by going through the facts of its item: (k, (paid share, weight))."""
    item, tonight = key["item_id"], key["day"]
    revisions = view.items[view.items["item_id"] == item].sort_values("known_on").to_dict("records")
    applications = view.applications[view.applications["item_id"] == item]
    cash, exits, moved, ends = defaultdict(int), defaultdict(int), defaultdict(int), NEVER

    def ahead(on):
        return max(on, tonight + 1)

    is_cash = applications["kind"].isin(["cash", "reversal"])
    unexplained = defaultdict(int)
    for row in applications[is_cash].to_dict("records"):
        unexplained[row["known_on"]] += row["amount_minor"]
    for part in standing_cash(applications[is_cash]).to_dict("records"):
        unexplained[part["known_on"]] -= part["amount_minor"]
        unexplained[part["taken_back_on"]] += part["amount_minor"]
        if part["taken_back_on"] == NEVER and part["known_on"] > tonight:
            cash[ahead(part["happened_on"])] += part["amount_minor"]
        if part["known_on"] <= tonight < part["taken_back_on"] < NEVER:
            exits[ahead(part["happened_on"])] -= part["amount_minor"]
    for known, minor in unexplained.items():
        if tonight < known < NEVER:
            exits[known] += minor
    residue = int(tolerance_minor(np.array([key["amount_minor"]]), np.array([key["currency"]]))[0])
    for row in applications[~is_cash & (applications["known_on"] > tonight)].to_dict("records"):
        exits[ahead(row["happened_on"])] += row["amount_minor"]
        if row["kind"] == "write_off" and row["amount_minor"] > residue:
            ends = min(ends, ahead(row["happened_on"]))
    for before, after in pairwise(revisions):
        if after["known_on"] > tonight:
            moved[after["known_on"]] += after["amount_minor"] - before["amount_minor"]
            if after["currency"] != before["currency"]:
                exits[after["known_on"]] += 10**15

    balance, amount = key["open_minor"], key["amount_minor"]
    left = balance
    for k, (start, end) in enumerate(pairwise(EDGES)):
        days = range(tonight + start + 1, tonight + end + 1)
        came, went = sum(cash[day] for day in days), sum(exits[day] - moved[day] for day in days)
        amount += sum(moved[day] for day in days)
        balance -= came + went
        tolerated = int(tolerance_minor(np.array([amount]), np.array([key["currency"]]))[0])
        after = 0 if balance <= tolerated else balance
        at_stake = left + max(-went, 0)
        if left > 0 and days[-1] <= last_observed and days[-1] < ends:
            cleared = after == 0 and came > 0 and at_stake - came <= tolerated
            yield k, (1.0 if cleared else min(max(came / at_stake, 0.0), 1.0), min(left / key["open_minor"], 1.0))
        left = after


@law(12)
@given(seed=seeds, day=evenings)
def test_what_happened_after_an_evening_adds_up_to_what_is_open_in_the_end(seed, day):
    """Of every row but those restated in another currency, to the cent."""
    ledger = FactsLedger(random_company(seed))
    view = ledger.as_of(day)
    keys = keys_of(view, open_questions(view, range(to_day(FIRST_DAY), to_day(day), 5)))
    path = paths(keys, outcomes(ledger, view, to_day(FIRST_DAY)), (0, 2_000))
    now = view.billed().set_index("item_id")
    applied = view.applications.groupby("item_id")["amount_minor"].sum()
    left = (now["amount_minor"] - applied.reindex(now.index, fill_value=0)).reindex(keys["item_id"]).to_numpy()
    residue = tolerance_minor(now["amount_minor"].to_numpy(), now["currency"].to_numpy())
    tolerated = pd.Series(residue, index=now.index).reindex(keys["item_id"]).to_numpy()
    expected = np.where(left <= tolerated, 0.0, np.minimum(left / keys["open_minor"], 1.0))
    currencies = view.items.groupby("item_id")["currency"].nunique().reindex(keys["item_id"]).to_numpy()
    assert path.open_share[currencies == 1, 1] == pytest.approx(expected[currencies == 1], abs=1e-12)


# ------------------------------------------------------------------ snapshots


@law(5)
@given(seed=seeds, day=evenings)
def test_the_weights_of_an_item_add_up_to_the_evenings_on_which_it_was_open(seed, day):
    """Counted from the own view of each evening: open on a Friday, when it became known, or when its due day passed."""
    view = FactsLedger(random_company(seed)).as_of(day)
    chosen = chosen_evenings(view)
    undone = chosen["weight"] / 0.5 ** ((to_day(day) - chosen["day"]) / HALF_LIFE_DAYS)
    first, weekly = first_evening(view), {*training_evenings(first_evening(view), to_day(day))}
    counted, overdue_before = defaultdict(int), set()
    for evening in range(int(view.items["known_on"].min()), to_day(day)):
        own = view.earlier(to_date(evening))
        open_items = own.open_items()
        due = own.billed().set_index("item_id")
        new_today = set(own.items.loc[own.items["amount_minor"] > 0].groupby("item_id")["known_on"].min()[
            lambda known, evening=evening: known == evening
        ].index)  # fmt: skip
        passed = set(due.index[(due["due_on"] + 1 == evening) & (due["amount_minor"] > 0)]) - overdue_before
        overdue_before |= passed
        to_come = open_items[
            (open_items["amount_minor"] > 0) & (open_items["open_minor"] > 0) & ~open_items["open_within_tolerance"]
        ]
        for item in to_come.itertuples():
            special = item.item_id in new_today or item.item_id in passed
            if evening >= first and (evening in weekly or special) and item.dpd <= LONGEST_DPD:
                counted[item.item_id] += 1
    found = undone.groupby(chosen["item_id"]).sum()
    assert found.to_dict() == pytest.approx(dict(counted), rel=1e-9)
    assert chosen.groupby("item_id").size().max() <= PER_ITEM
    assert (chosen["day"] < to_day(day)).all()


@law(5)
@given(seed=seeds)
def test_the_evenings_of_one_customer_do_not_depend_on_the_others(seed):
    # An invoice settled on the first day: from then on every ledger shows who pays.
    first = to_day(FIRST_DAY) - 40
    anchor = together(
        invoice("ANCHOR", customer="ANCHOR", issued_on=to_date(first), due_on=to_date(first), amount=9),
        payment("ANCHOR", paid_on=to_date(first), amount=9),
    )
    facts = together(anchor, random_company(seed))
    everyone = chosen_evenings(FactsLedger(facts).as_of(LAST_DAY))
    for customer in ("C-0", "C-1", "C-2"):
        mine = set(facts.items.loc[facts.items["customer_id"].isin([customer, "ANCHOR"]), "item_id"])
        items = facts.items[facts.items["item_id"].isin(mine)]
        alone = Facts.of(items=items, applications=facts.applications[facts.applications["item_id"].isin(mine)])
        expected = everyone[everyone["item_id"].isin(mine)].reset_index(drop=True)
        pd.testing.assert_frame_equal(chosen_evenings(FactsLedger(alone).as_of(LAST_DAY)), expected, check_exact=True)


# ------------------------------------------------------------------ open items are learned from, too


def test_training_on_closed_items_only_would_teach_other_rows_than_ours():
    """The usual notebook's trap; `chosen_evenings` has no way to ask for it."""
    facts = paying_company(customers=12, invoices=200)
    ledger = FactsLedger(facts)
    view = ledger.as_of(COMPANY_EVENING)
    chosen = chosen_evenings(view)
    still_open = chosen["item_id"].isin(view.open_items()["item_id"]).to_numpy()
    keys = keys_of(view, chosen[["item_id", "day"]])
    found = outcomes(ledger, view, int(chosen["day"].min()))

    ours = person_periods(keys, found, EDGES, np.ones(len(keys)))
    closed = ours[~still_open[ours["row"].to_numpy()]]

    open_rows = ours[still_open[ours["row"].to_numpy()]]
    assert len(open_rows) > 0
    assert open_rows["paid_share"].mean() < 0.5 * closed["paid_share"].mean()
    assert np.average(closed["paid_share"], weights=closed["weight"]) > np.average(
        ours["paid_share"], weights=ours["weight"]
    )
