"""The figures of the decision-value table, from money-days that fit in the head."""

import json

import numpy as np
import pytest

from payrisk.show_simulated import show_simulated
from simulation.calls.gain import Gained, gained
from simulation.calls.outcome import DAYS, Outcome
from simulation.calls.value import Took, value_of

FULL, RISK = "expected_acceleration", "overdue_times_risk"


def of(money_days):
    nothing = dict.fromkeys(("dso_days", "bad_debt_avoided", "over_90_less", "excess_calls", "value"), 0)
    return Gained(money_days=float(money_days), calls=100, **nothing)


def two_seeds(**orders):
    tables = [{name: of(days[seed]) for name, days in orders.items()} for seed in (0, 1)]
    return value_of("base", (1, 2), tables, (Took(3.0, 2.0), Took(5.0, 4.0)))


TABLE = {
    "oldest_first": (50, 70),
    RISK: (60, 100),
    FULL: (90, 90),
    "ledger_ceiling": (100, 100),
    "informed_oracle": (100, 140),
}


def outcome(cash, receivables, **others):
    told = {"sales": 190.0 * 100, "written_off": 0.0, "over_90": 0.0, "calls": 0, "excess_calls": 0}
    return Outcome(cash=cash, receivables=receivables, **{**told, **others})


def test_a_ratio_is_that_of_the_sums_over_the_seeds():
    table = two_seeds(**TABLE)

    assert table.ratio(FULL).value == (90 + 90) / (100 + 140)
    assert table.ratio(FULL, "oldest_first").value == (90 + 90) / (50 + 70)
    assert table.attainment(FULL).value == (90 + 90) / (100 + 100)
    assert table.skill(FULL).value == (40 + 20) / (50 + 70)


def test_orders_are_compared_seed_by_seed():
    table = two_seeds(**TABLE)

    assert table.ahead(FULL, RISK).value == pytest.approx(100 * (30 - 10) / 240)
    assert table.wins(FULL, RISK) == 0.5
    assert table.pairs() == [(FULL, RISK)]


def test_the_json_of_a_table_names_every_figure():
    told = json.loads(json.dumps(two_seeds(**TABLE).to_json()))

    assert set(told) == {"world", "seeds", "orders", "paired", "took"}
    assert set(told["orders"]) == set(TABLE)
    order = told["orders"][FULL]
    assert set(order) == {
        "decision_value_ratio", "skill", "attainment", "times_oldest_first", "money_days", "mean",
    }  # fmt: skip
    assert set(order["decision_value_ratio"]) == {"value", "low", "high"}
    assert order["money_days"] == [90.0, 90.0]
    assert order["mean"]["calls"] == 100
    assert set(told["paired"][0]) == {"order", "against", "points", "share_of_seeds_won"}
    assert told["took"][1] == {"seed": 2, "seconds": 5.0, "cpu_seconds": 4.0}


def test_a_single_seed_has_no_interval_and_no_ceiling_where_none_was_asked():
    table = value_of("base", (1,), [{"oldest_first": of(50), "informed_oracle": of(100)}], (Took(1.0, 1.0),))

    told = table.to_json()["orders"]["oldest_first"]
    assert told["decision_value_ratio"] == {"value": 0.5, "low": None, "high": None}
    assert told["attainment"] is None


def test_what_an_order_gains_is_told_against_nobody_calling():
    none, day = np.zeros(DAYS), np.arange(DAYS)
    under = outcome(np.where(day >= 10, 500.0, 0.0), np.full(DAYS, 1_000.0), written_off=20.0, over_90=70.0, calls=5)
    without = outcome(none, np.full(DAYS, 1_300.0), written_off=50.0, over_90=90.0)

    found = gained(under, without)

    assert found.money_days == 500.0 * (DAYS - 10)
    assert found.dso_days == (1_300 - 1_000) / 100
    assert (found.bad_debt_avoided, found.over_90_less) == (50 - 20, 90 - 70)
    assert found.value == 0.12 / 365 * found.money_days + 30 - 8 * 5


def test_the_table_reads_with_its_warning_and_with_what_it_does_not_say(capsys):
    show_simulated(two_seeds(**TABLE, late_risk=(10, 14)))

    said = capsys.readouterr().out
    assert "late risk alone (a warning)" in said
    assert "+8.3" in said  # points ahead of money x risk
    assert "this order captured 75% of the best possible gain (95 % interval" in " ".join(said.split())
    assert "It is not a forecast for your firm." in " ".join(said.split())
    assert max(map(len, said.splitlines())) <= 120


def test_a_world_in_which_calls_change_nothing_says_so(capsys):
    show_simulated(two_seeds(oldest_first=(0, 0), informed_oracle=(0, 0)))

    assert "every order brings 0 money-days" in capsys.readouterr().out
