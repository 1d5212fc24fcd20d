"""Which decisions enter, and in which order."""

import numpy as np
import pytest
from simulated_logs import World, simulated

from serving.effect.logged import BadLog, Logged


def rows(pi, **changed):
    n = len(pi)
    usual = {"listed": 1, "outcome": 0.5, "balance": 100.0, "expected": 0.2, "gain": 0.1, "day": 1}
    columns = {name: [value] * n for name, value in usual.items()}
    return columns | {"account": range(n), "pi": pi, "orders": {"engine": range(n)}} | changed


def test_only_decisions_that_a_lot_decided_enter_and_the_others_are_counted():
    log = Logged.of(**rows([0.0, 0.3, 1.0, 0.99, 0.9, 1.0]))

    assert log.account.tolist() == [1, 4]
    assert (log.never, log.by_rule, log.nearly_sure) == (1, 2, 1)
    assert log.orders["engine"].tolist() == [1.0, 4.0]


def test_they_stand_in_the_order_of_evening_and_account():
    log = Logged.of(**rows([0.5] * 3, account=[7, 3, 3], day=[2, 2, 1], balance=[1.0, 2.0, 3.0]))

    assert log.balance.tolist() == [3.0, 2.0, 1.0]
    assert log.clusters.tolist() == [0, 0, 1]


def test_places_count_anew_every_evening_and_slots_are_what_the_chances_add_up_to():
    columns = rows([0.5] * 4, account=[1, 2, 1, 2], day=[1, 1, 2, 2], orders={"engine": [5.0, 9.0, 9.0, 5.0]})

    log = Logged.of(**columns)

    assert log.place("engine").tolist() == [2, 1, 1, 2]
    assert log.slots().tolist() == [1, 1, 1, 1]
    assert log.on_the_evening().tolist() == [2, 2, 2, 2]


def test_very_large_balances_are_capped():
    log = Logged.of(**rows([0.5] * 100, balance=[100.0] * 99 + [1e9]))

    assert log.money.max() < 1e9


@pytest.mark.parametrize(
    "changed",
    [{"day": [1]}, {"outcome": [0.5, 1.5]}, {"account": [1, 1]}, {"balance": [0.0, 1.0]}, {"gain": [np.nan, 0.1]}],
)
def test_a_log_that_cannot_be_is_refused(changed):
    with pytest.raises(BadLog):
        Logged.of(**rows([0.5, 0.5], **changed))


def test_a_simulated_log_lists_what_its_chances_say():
    world = World(evenings=3)
    log = simulated(world, 1)

    assert len(log) + log.nearly_sure == 3 * world.accounts
    assert log.listed.sum() == pytest.approx(log.pi.sum(), abs=12)
