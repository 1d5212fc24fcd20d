"""`payrisk simulate`: what it asks of the simulated companies, and how it tells the answer."""

import pytest

from simulation.calls import decision_value as table
from simulation.calls.gain import Gained
from simulation.calls.value import Took, value_of

NOTHING = dict.fromkeys(("dso_days", "bad_debt_avoided", "over_90_less", "excess_calls", "value"), 0)
MONEY_DAYS = {"oldest_first": 50.0, "expected_acceleration": 90.0, "informed_oracle": 100.0}


@pytest.fixture
def asked(monkeypatch):
    """What was asked, in place of months of simulated calling."""
    found = []

    def answered(world, seeds, orders, jobs, _progress):
        found.append((world, tuple(seeds), tuple(orders), jobs))
        gained = {name: Gained(money_days=days, calls=9, **NOTHING) for name, days in MONEY_DAYS.items()}
        return value_of(world, seeds, [gained] * len(seeds), (Took(3.0, 2.0),) * len(seeds))

    monkeypatch.setattr(table, "decision_value", answered)
    return found


def test_the_first_of_the_fixed_seeds_are_asked_and_every_order_is_told_with_its_interval(payrisk, asked):
    body = payrisk("simulate", "--world", "base", "--seeds", "3", "--json").json

    assert asked == [("base", tuple(table.SEEDS[:3]), tuple(table.ORDERS), 1)]
    ratio = body["orders"]["expected_acceleration"]["decision_value_ratio"]
    assert ratio["low"] <= ratio["value"] == 0.9 <= ratio["high"]
    assert set(body["orders"]) == set(MONEY_DAYS)


def test_people_read_a_table_that_is_no_forecast(payrisk, asked):
    done = payrisk("simulate", "--order", "oldest_first", "--jobs", "2")

    assert asked == [("base", tuple(table.SEEDS[:1]), ("oldest_first",), 2)]
    assert (done.code, "It is not a forecast for your firm." in done.out) == (0, True)


def test_a_world_or_a_number_that_there_is_not_is_told_with_those_that_there_are(payrisk):
    unknown, too_many = payrisk("simulate", "--world", "utopia"), payrisk("simulate", "--seeds", "11")

    assert unknown.code == 2
    assert "placebo" in unknown.err
    assert too_many.code == 2
