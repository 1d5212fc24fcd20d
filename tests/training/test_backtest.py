"""The backtest of a small company as one object: who is measured, which gates it answers, and the version in use."""

import pytest
from model_builders import COMPANY_EVENING, company_ledger, paying_company

from ledger.days import to_date
from models.errors import WrongCatalogue
from training import leak_checks
from training.backtest import _champion, backtest
from training.fit import Recipe, fit_habit_curve
from training.walk_forward import folds_of

RECIPE = Recipe(num_leaves=4, rounds=6)


@pytest.fixture(scope="module")
def judged():
    """The company, its evening, and its backtest beside a version trained between the two folds."""
    ledger = company_ledger(paying_company())
    view = ledger.as_of(COMPANY_EVENING)
    folds = folds_of(view, 2)
    trained_on = folds[1].cutoff
    champion = fit_habit_curve(ledger.as_of(to_date(trained_on))).survival
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(leak_checks, "DEALS", 2)
        found = backtest(ledger, view, folds, recipe=lambda learned: RECIPE, champion=(champion, trained_on))
    return view, trained_on, found


def test_the_chosen_model_is_measured_beside_every_contender_and_simple_order(judged):
    _, _, found = judged

    names = {score.name for score in found.measured.horizons[30].scores}

    assert names >= {"model", "hazard", "logistic", "stacked", "habit", "champion", "amount", "oldest", "bucket"}
    assert found.measured.folds == 2
    assert found.recipe == RECIPE
    assert found.leaks.planted_caught is True
    assert found.leaks.suspects == ()


def test_the_version_in_use_is_asked_about_evenings_after_its_training_alone(judged):
    _, trained_on, found = judged
    newest = found.walked.judged["day"] > trained_on
    asked = newest & found.walked.judged["known_30"] & (
        found.walked.judged["due_on"] <= found.walked.judged["day"] + 30
    )  # fmt: skip

    assert not newest.all()
    assert found.measured.horizons[30].score("champion").rows == asked.sum()
    assert found.measured.metrics()["auc_gain_over_champion_30"] > -1


def test_a_version_that_was_trained_later_or_reads_other_features_is_not_compared_with(judged):
    _, _, found = judged

    def other(table):
        raise WrongCatalogue("one", "another")

    last = int(found.walked.judged["day"].max())
    assert _champion(found.walked, other, last - 1) is None
    assert _champion(found.walked, other, last) is None


def test_every_gate_that_a_backtest_can_answer_has_an_answer(judged):
    _, _, found = judged

    gates = {gate.name: gate for gate in found.gates("V-1")}

    assert list(gates) == [
        "enough_of_each", "knows_no_future", "catches_a_planted_leak", "learns_nothing_from_shuffled",
        "forgets_within_customers", "no_better_backwards", "random_split_flatters_little",
        "ranks_better_than_chance", "beats_simple_orders", "no_worse_than_simpler", "calibrated",
        "deciles_near_the_diagonal", "no_segment_collapses", "no_worse_than_champion",
    ]  # fmt: skip
    assert "gain over V-1" in gates["no_worse_than_champion"].reason
    assert "no version in use can be asked" in found.gates()[-1].reason


def test_without_folds_there_is_no_backtest():
    ledger = company_ledger(paying_company())

    assert backtest(ledger, ledger.as_of(COMPANY_EVENING), ()) is None
