"""A list is the same, to the last byte, however many accounts are worked through at a time; so are its features."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from builders import FIRST_DAY, RANDOM_DAYS, law
from hypothesis import given
from hypothesis import strategies as st
from model_builders import company_ledger, paying_company, random_curve
from random_companies import LAST_DAY, MUTATIONS, bits, random_company, view_of

from features.catalogue import fingerprint
from features.compute import feature_rows
from features.portfolio import evening_rows
from ledger.blocks import NOT_ASKED, blocks, item_runs
from ledger.days import to_day
from ledger.view import LedgerView
from models.bundle import Bundle
from models.shelf import Shelf
from serving.daily import EveningSettings, run_evening
from serving.strategy.floor import FLOOR
from serving.strategy.reading import shipped
from serving.strategy.strategy import Floor

EVENING = FIRST_DAY + timedelta(days=150)
NOW = datetime(2026, 4, 1, 6, 0, tzinfo=UTC)
SIZES = (1, 7, 10**9)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    shelf = Shelf(tmp_path_factory.mktemp("shelf"))
    made = Bundle(random_curve(), FIRST_DAY, grace_days=5, fingerprint=fingerprint(), passed=True)
    shelf.install_first(shelf.put(made), NOW)
    return shelf


def runs(facts, shelf, evening, settings):
    """The run of an evening, made in blocks of each size; all that is published of it."""
    ledger = company_ledger(facts)
    made = (run_evening(ledger, shelf, evening, settings, now=NOW, accounts_at_once=size) for size in SIZES)
    return [(run.head, list(run.lines.texts), list(run.accounts.texts), list(run.decided), run.reports, run.inputs)
            for run in made]  # fmt: skip


@given(seed=st.integers(0, 2**32 - 1))
@law(examples=4)
def test_moved_invoices_promises_and_holds_say_the_same_in_any_blocks(shelf, seed):
    one, seven, whole = runs(random_company(seed, 12, 60), shelf, EVENING, EveningSettings(3))

    assert one == whole
    assert seven == whole


@pytest.mark.parametrize("left_to_rule", [(), ("unknown",)])
def test_a_company_of_habits_has_the_same_list_in_any_blocks(shelf, left_to_rule):
    company, evening = paying_company(), FIRST_DAY + timedelta(days=400)
    strategy = shipped()
    strategy = replace(strategy, scoring=replace(strategy.scoring, left_to_rule=left_to_rule), floor=Floor(1))

    one, seven, whole = runs(company, shelf, evening, EveningSettings(6, strategy=strategy))

    assert len(whole[1]) == 6
    assert any(decision.rule == FLOOR for some in whole[3] for decision in some.decisions())
    assert one == whole
    assert seven == whole


def test_without_a_model_the_list_is_the_same_in_any_blocks(tmp_path):
    one, seven, whole = runs(random_company(3, 12, 60), Shelf(tmp_path), EVENING, EveningSettings(3))

    assert one == seven == whole
    assert whole[0]["mode"] == "rule"


# ------------------------------------------------------------------ features

evenings = st.integers(min_value=20, max_value=RANDOM_DAYS + 60).map(lambda days: FIRST_DAY + timedelta(days=days))


@given(seed=st.integers(0, 2**32 - 1), day=evenings)
@law(examples=8)
def test_features_are_the_same_to_the_last_bit_in_any_blocks(seed, day):
    """Of moved invoices, promises about an invoice, bounced payments: customer by customer, and everybody at once."""
    facts = random_company(seed, 8, 40)
    whole = feature_rows(view_of(facts, day))

    for size in SIZES:
        table = evening_rows(view_of(facts, day), items_at_once=size)
        assert bits(table) == bits(whole), size
        assert table.digest == whole.digest
        assert (table.values.dtypes == whole.values.dtypes).all()
        assert (table.keys.dtypes == whole.keys.dtypes).all()


@given(seed=st.integers(0, 2**32 - 1), day=evenings)
@law(examples=3)
def test_the_future_does_not_matter_to_features_in_blocks(seed, day):
    facts, rng = random_company(seed, 5, 30), np.random.default_rng(seed)
    rows = bits(evening_rows(view_of(facts, day), items_at_once=7))

    for mutation in MUTATIONS:
        changed = view_of(mutation(facts, to_day(day), rng), day)
        assert bits(evening_rows(changed, items_at_once=7)) == rows, mutation.__name__


def test_an_evening_without_money_to_come_has_features_of_no_rows_in_any_blocks():
    paid = random_company(1, 3, 9)
    view = view_of(paid, LAST_DAY)
    settled = LedgerView.of_facts(LAST_DAY, view.items.assign(amount_minor=-1), view.applications)

    tables = [evening_rows(settled, items_at_once=size) for size in SIZES]

    assert [len(table) for table in tables] == [0, 0, 0]
    assert [list(table.values) for table in tables] == [list(feature_rows(settled).values)] * 3


# ------------------------------------------------------------------ the parts themselves


def part_by_rule(view: LedgerView, customers: list[str]) -> dict[str, pd.DataFrame]:
    """What `LedgerView.part_of` keeps, as its docstring says it, row by row."""

    def ever(frame: pd.DataFrame, key: str) -> "pd.Series[bool]":
        return frame[key].isin(frame.loc[frame["customer_id"].isin(customers), key])

    promises = view.promises[ever(view.promises, "promise_id")]
    named = {name for ids in promises["item_ids"] for name in ids.split("\n")}
    items = ever(view.items, "item_id") | view.items["item_id"].isin(
        view.items.loc[view.items["item_id"].isin(named), "item_id"]
    )
    ids = view.items.loc[items, "item_id"]
    kept = {
        "items": view.items[items],
        "promises": promises,
        "holds": view.holds[ever(view.holds, "hold_id")],
        "callbacks": view.callbacks[ever(view.callbacks, "callback_id")],
    }
    for name in ("applications", "disputes", "absences"):
        frame = getattr(view, name)
        kept[name] = frame[frame["item_id"].isin(ids)]
    for name in ("customers", "contacts"):
        frame = getattr(view, name)
        kept[name] = frame[frame["customer_id"].isin(customers)]
    return {name: frame.reset_index(drop=True) for name, frame in kept.items()}


@given(seed=st.integers(0, 2**32 - 1), size=st.sampled_from((1, 3)))
@law(examples=10)
def test_a_block_of_customers_holds_what_the_rule_says_of_them_in_the_order_of_the_view(seed, size):
    view, rng = view_of(random_company(seed, 6, 30), LAST_DAY), np.random.default_rng(seed)
    # Promises about whoever's invoices, or about one that nobody knows.
    anybodys = ["", *view.items["item_id"], "INV-unknown"]
    named = ["\n".join(rng.choice(anybodys, 2)) for _ in range(len(view.promises))]
    view = replace(view, promises=view.promises.assign(item_ids=pd.Series(named, dtype="str")))
    owners = view.items["customer_id"]
    seen = []

    for rows, part in blocks(view, owners, size):
        customers = owners.iloc[rows].unique().tolist()
        seen += customers
        for name, expected in part_by_rule(view, customers).items():
            expected = expected.drop(columns=list(NOT_ASKED.get(name, ())))
            pd.testing.assert_frame_equal(getattr(part, name), expected, obj=name)

    assert sorted(seen) == sorted(owners.unique())


@given(seed=st.integers(0, 2**32 - 1), size=st.integers(1, 20))
@law(examples=10)
def test_runs_of_items_hold_each_item_once_with_all_that_was_applied_to_it(seed, size):
    view = view_of(random_company(seed), LAST_DAY)
    runs = list(item_runs(view, size))

    for name in ("items", "applications"):
        together = pd.concat([getattr(run, name) for run in runs], ignore_index=True)
        pd.testing.assert_frame_equal(together, getattr(view, name))
    told = [set(run.items["item_id"]) for run in runs]
    assert sum(map(len, told)) == len(set.union(*told))
    assert all(set(run.applications["item_id"]) <= ids for run, ids in zip(runs, told, strict=True))
    assert all(len(run.items) < size + 12 for run in runs)
