"""What the backtest measures."""

import numpy as np
import pandas as pd
import pytest

from ledger.days import NEVER
from training.backtest import judged
from training.labels import Outcomes


def rows(n: int, due_in: int = -10) -> pd.DataFrame:
    day = 20_000
    return pd.DataFrame(
        {
            "item_id": [f"INV-{i}" for i in range(n)],
            "customer_id": [f"C-{i}" for i in range(n)],
            "day": day,
            "due_on": day + due_in,
            "amount_minor": 10_000,
            "open_minor": 10_000,
            "currency": "EUR",
        }
    )


def paid(keys: pd.DataFrame, chosen: list[int], after: int) -> Outcomes:
    events = keys.iloc[chosen][["item_id"]].assign(
        kind="cash", amount_minor=10_000, happened_on=20_000 + after, known_on=20_000 + after
    )
    return Outcomes(events, last_observed=NEVER)


def measures(keys, found, model, horizon=14):
    n = len(keys)
    simple = {"amount": np.arange(n, dtype=float), "oldest": np.zeros(n), "bucket": np.zeros(n)}
    return judged(
        keys, found, horizon, {"model": np.asarray(model), "habit": np.full(n, 0.5)}, simple, np.arange(1.0, n + 1)
    )


def test_a_model_that_knows_who_pays_has_an_auc_of_one():
    keys = rows(4)

    found = measures(keys, paid(keys, [0, 1], after=5), [0.1, 0.2, 0.8, 0.9])

    assert (found["n_14"], found["unpaid_share_14"], found["auc_14"]) == (4, 0.5, 1.0)
    assert found["habit_auc_14"] == 0.5


def test_items_not_due_by_the_horizon_are_not_asked_about():
    keys = pd.concat([rows(4), rows(4, due_in=15)], ignore_index=True).assign(item_id=[f"INV-{i}" for i in range(8)])

    assert measures(keys, paid(keys, [0, 1], after=5), np.linspace(0, 1, 8))["n_14"] == 4
    assert measures(keys, paid(keys, [0, 1], after=5), np.linspace(0, 1, 8), horizon=30)["n_30"] == 8


def test_paid_after_the_horizon_is_unpaid_at_it():
    keys = rows(2)

    assert measures(keys, paid(keys, [0], after=15), [0.2, 0.9])["unpaid_share_14"] == 1.0
    assert measures(keys, paid(keys, [0], after=14), [0.2, 0.9])["unpaid_share_14"] == 0.5


def test_the_gain_is_measured_against_the_best_simple_order():
    keys = rows(4)

    found = measures(keys, paid(keys, [0, 2], after=5), [0.1, 0.9, 0.1, 0.9])

    assert found["amount_auc_14"] == 3 / 4
    assert found["auc_gain_14"] == pytest.approx(1 - 3 / 4)


def test_the_late_money_behind_the_first_forty_calls_is_counted_each_evening():
    keys = rows(41)  # worth 1, 2, ... 41; the last one pays

    found = measures(keys, paid(keys, [40], after=5), [0.9] * 40 + [0.001])

    assert found["money_found_14"] == pytest.approx(1.0)  # the model leaves out the payer
    assert found["amount_money_found_14"] == pytest.approx(1 - 1 / sum(range(1, 41)))  # by amount, the smallest debtor


def test_a_backtest_without_outcomes_measures_nothing_and_breaks_nothing():
    keys = rows(3)

    found = measures(keys, Outcomes(paid(keys, [0], 5).events, last_observed=20_000), [0.1, 0.2, 0.3])

    assert found["n_14"] == 0
    assert np.isnan(found["auc_14"])
    assert "auc_gain_14" not in found
