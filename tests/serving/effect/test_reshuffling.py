"""Two orders compared in a trial with arms."""

import numpy as np
import pytest

from serving.effect.answer import NotEnough
from serving.effect.logged import BadLog
from serving.effect.reshuffling import arms_differ


def trial(seed, accounts=400, evenings=3, effect=0.3):
    """Accounts in two arms; either order lists the account or not, and a listing brings `effect`."""
    rng = np.random.default_rng(seed)
    cluster = np.tile(np.arange(accounts), evenings)
    arm = rng.integers(0, 2, accounts)[cluster]
    own = rng.random(accounts)[cluster]
    ours = rng.random(len(cluster)) < 0.3
    theirs = np.where(rng.random(len(cluster)) < 0.6, ours, rng.random(len(cluster)) < 0.3)
    listed = np.where(arm == 1, ours, theirs)
    moved = np.where(ours, effect, effect / 2)  # ours finds those whom a call moves
    outcome = own + moved * listed + 0.1 * rng.standard_normal(len(cluster))
    truth = (moved * ours - moved * theirs).mean()
    return (arm, ours, theirs, outcome, cluster), truth


def test_it_finds_the_difference_and_is_more_exact_than_the_arms_alone():
    found, plain, truths = [], [], []
    for seed in range(40):
        data, truth = trial(seed)
        found.append(arms_differ(*data, draws=20).value)
        plain.append(arms_differ(*data, reshuffled=False, draws=20).value)
        truths.append(truth)
    gap, without = np.array(found) - truths, np.array(plain) - truths

    assert abs(gap.mean()) < 3 * gap.std() / np.sqrt(40)
    assert gap.std() < 0.8 * without.std()


def test_its_interval_holds_the_difference():
    data, truth = trial(99)

    told = arms_differ(*data)

    assert told.low < truth < told.high


def test_orders_that_do_the_same_are_not_compared():
    (arm, ours, _, outcome, cluster), _ = trial(1)

    assert isinstance(arms_differ(arm, ours, ours, outcome, cluster), NotEnough)


def test_an_account_in_both_arms_is_refused():
    (arm, ours, theirs, outcome, cluster), _ = trial(1)
    arm = arm.copy()
    arm[0] = 1 - arm[0]

    with pytest.raises(BadLog):
        arms_differ(arm, ours, theirs, outcome, cluster)
