"""The choice of a family, and of its recalibration, by the folds of a walk forward. Walks are made up here."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from models.readings import EDGES, Curves
from models.recalibration import Recalibration
from training.choice import choose
from training.walk_forward import BLENDS, AtIssue

FAMILIES = ("until_due", "logistic", "stacked", "hazard", *BLENDS)
ROWS, CUSTOMERS = 400, 100


def curves_saying(unpaid_30):
    """Curves of even intensity that say these chances of being unpaid in 30 days."""
    edges = np.array(EDGES)
    return Curves(edges, -np.log(np.asarray(unpaid_30))[:, None] * edges[None, :] / 30.0)


def walked(folds=5, rows=ROWS, seed=1, truth=None, **families):
    """A walk in which the items of every fold are unpaid with the chance `truth`, at both horizons alike.

    `families` tells what a family says of each fold, from the chances that were true: a function of the number of the
    fold and of those chances. A family that is not told says what is true.
    """
    rng = np.random.default_rng(seed)
    chances = [rng.uniform(0.1, 0.9, rows) if truth is None else np.full(rows, truth) for _ in range(folds)]
    judged = pd.DataFrame(
        {
            "fold": np.repeat(np.arange(folds), rows),
            "day": 20_000 + 30 * np.repeat(np.arange(folds), rows),
            "cutoff": 19_993 + 30 * np.repeat(np.arange(folds), rows),
            "due_on": 19_990,
            "customer_id": [f"C-{number % CUSTOMERS:03}" for number in range(folds * rows)],
            "money": rng.uniform(1, 9, folds * rows),
        }
    )
    for horizon in (14, 30):
        chance = np.concatenate(chances) ** (horizon / 30.0)
        judged[f"unpaid_{horizon}"] = rng.random(folds * rows) < chance
        judged[f"known_{horizon}"] = True
    says = {name: families.get(name, lambda fold, chance: chance) for name in FAMILIES}
    curves = {
        name: tuple(curves_saying(say(fold, chance)) for fold, chance in enumerate(chances))
        for name, say in says.items()
    }
    return SimpleNamespace(judged=judged, curves=curves, at_issue=nothing_new(judged, curves))


def nothing_new(judged, curves):
    """No items that came in the judged weeks."""
    none = judged.iloc[:0]
    return AtIssue(
        ahead=none["day"].to_numpy(), fold=none["fold"].to_numpy(), customer=none["customer_id"].to_numpy(),
        money=none["money"].to_numpy(), unpaid=none["unpaid_30"].to_numpy(dtype=bool),
        known=none["known_30"].to_numpy(dtype=bool),
        curves={name: tuple(one.take(np.arange(0)) for one in folds) for name, folds in curves.items()},
    )  # fmt: skip


def new_items(made, other):
    """The items of another walk, as if they had come in the weeks of `made`: asked about 30 days on."""
    judged = other.judged
    return SimpleNamespace(
        judged=made.judged,
        curves=made.curves,
        at_issue=AtIssue(
            ahead=np.full(len(judged), 30), fold=judged["fold"].to_numpy(),
            customer=judged["customer_id"].to_numpy(), money=judged["money"].to_numpy(),
            unpaid=judged["unpaid_30"].to_numpy(), known=judged["known_30"].to_numpy(), curves=other.curves,
        ),
    )  # fmt: skip


def blurred(fold, chance):
    """The truth, drawn half way to its middle: it ranks as well and means less."""
    return 0.5 + 0.5 * (chance - 0.5)


def true_but_in(*lost):
    """The truth, and in these folds drawn further to the middle than `blurred`."""
    return lambda fold, chance: 0.5 + 0.2 * (chance - 0.5) if fold in lost else chance


def noisy(scatter):
    """The truth with so much scatter in its log-odds, which costs it some of its ranking."""

    def said(fold, chance):
        odds = np.log(chance / (1 - chance)) + np.random.default_rng(fold).normal(0, scatter, len(chance))
        return 1 / (1 + np.exp(-odds))

    return said


BLURRED = dict.fromkeys((*BLENDS, "hazard"), blurred)


def test_with_three_folds_no_other_family_is_preferred():
    told = choose(walked(folds=3, until_due=blurred))

    assert told.family == "until_due"
    assert "3 folds are too few" in told.why


@pytest.mark.parametrize("family", ["stacked", "hazard"])
@pytest.mark.parametrize(("lost", "wins"), [((2,), True), ((1, 3), False)])
def test_a_family_that_is_better_in_four_folds_of_five_is_chosen_and_one_better_in_three_is_not(family, lost, wins):
    others = dict.fromkeys(FAMILIES, blurred) | {"logistic": true_but_in()}
    told = choose(walked(rows=1_000, **others | {family: true_but_in(*lost)}))

    assert (told.family, told.linear_share) == (family if wins else "until_due", 0.0)
    assert "80%" in told.why


@pytest.mark.parametrize(("lost", "family"), [((), "hazard"), ((1, 3), "until_due")])
def test_what_is_said_of_new_items_on_their_first_evening_votes_too(lost, family):
    """Of the open items the two say the same, of the new ones `hazard` says more, in every month or in three."""
    others = dict.fromkeys(FAMILIES, blurred)
    new = walked(rows=1_000, seed=2, **others | {"hazard": true_but_in(*lost)})

    assert choose(new_items(walked(rows=1_000, **others), new)).family == family


@pytest.mark.parametrize(("of_all", "family"), [(True, "hazard"), (False, "until_due")])
def test_a_family_that_is_better_in_every_fold_for_one_customer_alone_is_not_chosen(of_all, family):
    """Of the customer that owes nearly everything it says what is true; of the others too, or what all families say."""

    def wrong(fold, chance):
        return 1 - chance

    def says(fold, chance):
        its = np.arange(len(chance)) % CUSTOMERS == 0
        return chance if of_all else np.where(its, chance, wrong(fold, chance))

    made = walked(rows=4_000, **dict.fromkeys(FAMILIES, wrong) | {"hazard": says})
    made.judged.loc[made.judged["customer_id"] == "C-000", "money"] *= 1_000

    told = choose(made)

    assert told.family == family
    assert "beyond chance" in told.why


def test_new_items_that_nobody_can_judge_yet_have_no_vote():
    others = dict.fromkeys(FAMILIES, blurred)
    new = walked(rows=1_000, seed=2, **others | {"hazard": true_but_in()})
    new.judged["known_30"] = False

    assert choose(new_items(walked(rows=1_000, **others), new)).family == "until_due"


def test_a_blend_that_is_better_is_chosen_with_its_share_of_the_logistic_regression():
    told = choose(walked(until_due=blurred, blend_25=blurred, stacked=blurred, hazard=blurred))

    assert (told.family, told.linear_share) == ("blend_50", 0.5)


def test_a_better_log_loss_does_not_buy_probabilities_that_mean_less():
    """The stacked one ranks better than a curve that says the mean, and is off by far more in what it says."""
    mean = {"until_due": lambda fold, chance: np.full(len(chance), chance.mean())}
    off = {"stacked": lambda fold, chance: np.clip(chance + 0.06, 0.01, 0.99)}
    lag = dict.fromkeys(("logistic", "hazard", *BLENDS), mean["until_due"])

    told = choose(walked(rows=2_000, **mean, **lag, **off))

    assert told.family == "until_due"
    assert choose(walked(rows=2_000, **mean, **lag)).family == "stacked"


def test_a_family_that_ranks_worse_than_logistic_regression_gives_way_to_the_first_blend_that_does_not():
    told = choose(walked(folds=3, until_due=noisy(1.0), blend_25=noisy(0.7), blend_50=noisy(0.1)))

    assert (told.family, told.linear_share) == ("blend_50", 0.5)
    assert "the until_due ranks worse than logistic regression by more than 0.01 (AUC 0." in told.why
    assert choose(walked(folds=3, until_due=noisy(1.0))).family == "blend_25"


def test_where_every_blend_lags_too_the_logistic_regression_serves_alone():
    told = choose(walked(folds=3, until_due=noisy(1.0), blend_25=noisy(1.0), blend_50=noisy(1.0)))

    assert (told.family, told.linear_share) == ("logistic", 1.0)
    assert told.why.startswith("logistic: the until_due ranks worse")


def test_a_little_worse_than_logistic_regression_or_worse_at_one_horizon_alone_changes_nothing():
    one_horizon = walked(folds=3, until_due=noisy(1.0))
    one_horizon.judged["unpaid_14"] = True  # nobody paid in 14 days: no ranking there to compare

    assert choose(walked(folds=3, until_due=noisy(0.1))).family == "until_due"
    assert choose(one_horizon).family == "until_due"


def test_a_fold_is_recalibrated_only_by_answers_that_were_known_on_its_cutoff():
    late = dict.fromkeys(FAMILIES, lambda fold, chance: chance**3)
    told, other = walked(folds=6, **late), walked(folds=6, **late)
    before = (other.judged["fold"] == 4).to_numpy()
    # Asked 23 days before the last cutoff: its 30 days were not over then, its 14 were.
    other.judged.loc[before, "unpaid_30"] = ~other.judged.loc[before, "unpaid_30"]
    last = (other.judged["fold"] == 5).to_numpy()

    assert np.array_equal(choose(told).said["model_30"][last], choose(other).said["model_30"][last])
    other.judged.loc[before, "unpaid_14"] = ~other.judged.loc[before, "unpaid_14"]
    assert not np.array_equal(choose(told).said["model_30"][last], choose(other).said["model_30"][last])


def test_what_a_fold_says_is_recalibrated_by_the_folds_before_it_alone():
    # Money comes three times later than it is said to.
    late = dict.fromkeys(FAMILIES, lambda fold, chance: chance**3)
    sound, absurd = walked(folds=6, **late), walked(folds=6, **late)
    last = (absurd.judged["fold"] == 5).to_numpy()
    for horizon in (14, 30):
        absurd.judged.loc[last, f"unpaid_{horizon}"] = ~absurd.judged.loc[last, f"unpaid_{horizon}"]

    told, other = choose(sound), choose(absurd)

    for name in ("model_14", "model_30", "model_expected"):
        assert np.array_equal(told.said[name], other.said[name])
    assert told.recalibration != other.recalibration
    plain = np.concatenate([one.survival_at(30) for one in sound.curves["until_due"]])
    first_three = (sound.judged["fold"] < 3).to_numpy()
    assert np.array_equal(told.said["model_30"][first_three], plain[first_three])  # two folds leave nothing out
    assert (told.said["model_30"][~first_three] > plain[~first_three]).all()
    assert told.recalibration.alpha == pytest.approx(1 / 3, abs=0.05)


def test_curves_that_mean_what_they_say_are_left_alone():
    assert choose(walked()).recalibration == Recalibration()


def test_folds_without_an_answer_decide_nothing():
    made = walked(until_due=blurred, **BLURRED, stacked=true_but_in(0, 1))
    made.judged.loc[made.judged["fold"] == 0, ["known_14", "known_30"]] = False

    told = choose(made)

    assert told.family == "until_due"  # three folds of four are not four of five
    assert len(told.said["model_30"]) == len(made.judged)
