"""The leak guard finds planted leaks, each of ten kinds, and lets the catalogue pass."""

from datetime import timedelta

import numpy as np
import pandas as pd
import pytest
from model_builders import COMPANY_EVENING, company_ledger, paying_company

from features.compute import feature_rows
from features.questions import open_questions
from ledger.days import to_day
from training.labels import outcomes, unpaid_after
from training.leak_guard import changed_by_later_facts, implausible_alone

HORIZON = 30


@pytest.fixture(scope="module")
def company():
    """A company, what it knows on its last evening, and who was late on the evenings of two months before."""
    ledger = company_ledger(paying_company())
    view = ledger.as_of(COMPANY_EVENING)
    last = to_day(COMPANY_EVENING)
    evenings = list(range(last - 120, last - HORIZON - 10, 7))
    table = feature_rows(view, open_questions(view, evenings))
    unpaid, known = unpaid_after(table.keys, outcomes(ledger, view, evenings[0]), HORIZON)
    asked = known & (table.keys["due_on"].to_numpy() <= table.keys["day"].to_numpy() + HORIZON)
    yield view, evenings, table, asked, unpaid
    ledger.close()


def made(view, questions):
    return feature_rows(view, questions).values


def of_settlements(column):
    """A column of the settlements as the view knows them, whatever the evening asked about."""

    def leak(view, questions):
        told = view.settlements.drop_duplicates("item_id", keep="last").set_index("item_id")[column]
        return told.reindex(questions["item_id"]).to_numpy(dtype=np.float64)

    return leak


def open_now(view, questions):
    return questions["item_id"].isin(view.open_items()["item_id"]).to_numpy(dtype=np.float64)


def paid_so_far(view, questions):
    paid = view.applications.groupby("item_id")["amount_minor"].sum()
    return paid.reindex(questions["item_id"]).fillna(0).to_numpy(dtype=np.float64)


def customers_mean_over_all_rows(view, questions):
    late = view.settlements.groupby("customer_id")["days_late"].mean()
    owner = view.items.drop_duplicates("item_id").set_index("item_id")["customer_id"]
    return late.reindex(owner.reindex(questions["item_id"])).to_numpy(dtype=np.float64)


def newest_known_day(view, questions):
    return np.full(len(questions), float(view.items["known_on"].max()))


def invoices_after(view, questions):
    later = view.items.groupby("customer_id")["item_id"].nunique()
    owner = view.items.drop_duplicates("item_id").set_index("item_id")["customer_id"]
    return later.reindex(owner.reindex(questions["item_id"])).to_numpy(dtype=np.float64)


def days_to_next_payment(view, questions):
    first = view.applications.groupby("item_id")["known_on"].min()
    return (first.reindex(questions["item_id"]).to_numpy() - questions["day"].to_numpy()).astype(np.float64)


def rows_of_the_ledger(view, questions):
    return np.full(len(questions), float(len(view.items)))


PLANTED = {
    "cleared_on": of_settlements("cleared_on"),
    "days_late_of_itself": of_settlements("days_late"),
    "settled_known_on": of_settlements("known_on"),
    "open_flag": open_now,
    "paid_so_far": paid_so_far,
    "customer_mean_over_all_rows": customers_mean_over_all_rows,
    "newest_known_day": newest_known_day,
    "invoices_of_all_time": invoices_after,
    "days_to_next_payment": days_to_next_payment,
    "rows_of_the_ledger": rows_of_the_ledger,
}


@pytest.mark.parametrize("name", PLANTED)
def test_a_feature_that_uses_later_facts_is_caught(company, name):
    view, evenings, *_ = company

    def make(seen, questions):
        return made(seen, questions).assign(**{name: PLANTED[name](seen, questions)})

    assert [suspect.feature for suspect in changed_by_later_facts(make, view, evenings[::4])] == [name]


def test_the_catalogue_is_not_suspected(company):
    view, evenings, table, asked, unpaid = company
    assert changed_by_later_facts(made, view, evenings) == []
    assert implausible_alone(table.values[asked], unpaid[asked]) == []


@pytest.mark.parametrize("seed", range(10))
def test_a_feature_made_of_the_answer_and_some_noise_is_caught(company, seed):
    *_, table, asked, unpaid = company
    y, noise = unpaid[asked].astype(np.float64), np.random.default_rng(seed).normal(0, 0.3, int(asked.sum()))
    values = table.values[asked].assign(planted=y + noise, plain=noise)
    assert [suspect.feature for suspect in implausible_alone(values, y)] == ["planted"]


def test_a_column_that_is_empty_where_it_was_late_is_caught(company):
    *_, asked, unpaid = company
    y = unpaid[asked].astype(np.float64)
    values = pd.DataFrame({"emptied": np.where(y == 1, np.nan, 7.0), "text": np.where(y == 1, "open", "closed")})
    assert [suspect.feature for suspect in implausible_alone(values, y)] == ["emptied", "text"]


def test_what_is_empty_or_coded_where_it_was_late_is_caught_whatever_its_type():
    y = np.tile([0, 1], 200)
    values = pd.DataFrame(
        {
            "reference": [None if late else f"PAY-{row}" for row, late in enumerate(y)],
            "paid_at": pd.Series(pd.date_range("2026-01-01", periods=400, freq="h")).where(y == 0),
            "code": np.where(y == 1, np.arange(400) // 2 % 2 * 2, 1),
            "honest": np.arange(400) % 7,
        }
    )
    y = y[np.argsort(np.arange(400) % 13, kind="stable")]
    values = values.iloc[np.argsort(np.arange(400) % 13, kind="stable")].reset_index(drop=True)
    assert [suspect.feature for suspect in implausible_alone(values, y)] == ["reference", "paid_at", "code"]


def test_a_column_that_only_later_facts_make_is_caught(company):
    view, evenings, *_ = company

    def make(seen, questions):
        values = made(seen, questions)
        return values.assign(later=1.0) if seen.day == view.day else values

    assert [suspect.feature for suspect in changed_by_later_facts(make, view, evenings[:1])] == ["later"]


def test_few_rows_say_nothing():
    assert implausible_alone(pd.DataFrame({"a": [0.0, 1.0]}), [0, 1]) == []


def test_an_evening_without_open_items_says_nothing(company):
    view, *_ = company
    first = to_day(view.day - timedelta(days=5_000))
    assert changed_by_later_facts(made, view, [first]) == []
