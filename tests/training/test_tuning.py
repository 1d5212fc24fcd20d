"""Tuning within what the first judged cutoff knew."""

from dataclasses import replace

import numpy as np
import pytest
from model_builders import COMPANY_EVENING, company_ledger, paying_company

from models.readings import EDGES
from training import tuning
from training.fit import Recipe, leaves_for, training_sets
from training.tuning import STAGES, _split, tune

BASE = Recipe(rounds=150)


@pytest.fixture(scope="module")
def learned():
    ledger = company_ledger(paying_company(invoices=600))
    return training_sets(ledger, [ledger.as_of(COMPANY_EVENING)])[0]


@pytest.fixture(scope="module")
def tuned(learned):
    lines: list[str] = []
    return tune(learned, BASE, trials=3, say=lines.append), lines


def test_what_is_held_back_comes_after_all_that_is_fitted_and_within_what_the_cutoff_knew(learned):
    fitted, judges = _split(learned)
    day = learned.table.keys["day"].to_numpy()
    ends = day[fitted["row"]] + np.array(EDGES)[fitted["k"].to_numpy() + 1]
    begins = day[judges["row"]] + np.array(EDGES)[judges["k"].to_numpy()]

    assert len(fitted) > len(judges) > 500
    assert ends.max() + 7 <= begins.min()
    assert (day[judges["row"]] + np.array(EDGES)[judges["k"].to_numpy() + 1]).max() <= learned.outcomes.last_observed


def test_the_same_seed_finds_the_same_recipe(learned, tuned):
    assert tune(learned, BASE, trials=3) == tuned[0]


def test_the_untouched_recipe_is_tried_first_with_the_leaves_that_its_rows_choose(learned, monkeypatch):
    tried, judged = [], tuning._judged

    def watched(learned, fitted, judges, recipe):
        tried.append((recipe, recipe.curve(len(fitted)).num_leaves))
        return judged(learned, fitted, judges, recipe)

    monkeypatch.setattr(tuning, "_judged", watched)

    assert tune(learned, BASE, trials=2, may_go_on=lambda: False).tried == 1
    assert tried[0] == (BASE, leaves_for(len(_split(learned)[0])))
    assert BASE.rounds in STAGES


def test_it_is_told_how_many_were_tried_and_what_it_was_good_for(tuned):
    found, lines = tuned

    assert found.tried == 3
    assert lines == [f"tuning: {n} of 3 recipes tried" for n in (1, 2, 3)]
    assert found.why.startswith("3 of 3 recipes tried on ")
    assert "untuned" in found.why


def losing(mean: dict[int, float], monkeypatch) -> None:
    """Let trials be as good as told by their number of trees, with a scatter of .05 an interval over customers."""

    def judged(learned, fitted, judges, recipe):
        made = []
        for rounds in STAGES:
            noise = np.random.default_rng(rounds).normal(0, 0.05, len(judges))
            losses = mean[rounds] + noise - noise.mean()
            made.append(tuning._Trial(replace(recipe, rounds=rounds), losses, np.ones(len(judges))))
        return made

    monkeypatch.setattr(tuning, "_judged", judged)


def test_where_the_untouched_recipe_is_worse_the_smallest_within_one_standard_error_of_the_best_is_taken(
    learned, monkeypatch
):
    """Of 220 trees the excess is .0001, far less than its scatter; of 150, as untouched, it is .1."""
    losing({60: 0.4, 100: 0.35, 150: 0.3, 220: 0.1999, 300: 0.1998}, monkeypatch)

    found = tune(learned, replace(BASE, num_leaves=7), trials=2, may_go_on=lambda: False)

    assert found.recipe.rounds == 220
    assert found.why.endswith("0.1998 at best, 0.3000 untuned, 0.1999 by the smallest as good")


@pytest.mark.parametrize(
    ("earlier", "rounds"),
    [((0.29, 0.29), 220), ((0.31, 0.0), 150), ((0.0, 0.31), 150), ((0.2999, 0.2999), 150)],
    ids=["better in both", "worse in the one", "worse in the other", "better by chance"],
)
def test_what_was_found_is_taken_only_where_it_holds_in_the_two_stretches_before_and_beyond_chance(
    learned, monkeypatch, earlier, rounds
):
    """Untouched, with 150 trees, the loss is .3; of 220 trees, which the latest stretch finds, it is as told."""
    by_end = dict(zip([len(_split(learned, back)[0]) for back in (1, 2)], earlier, strict=True))

    def judged(learned, fitted, judges, recipe):
        found = by_end.get(len(fitted), 0.2)
        made = []
        for stage in STAGES:
            noise = np.random.default_rng(stage + len(fitted)).normal(0, 0.05, len(judges))
            losses = (found if stage == 220 else 0.3) + noise - noise.mean()
            made.append(tuning._Trial(replace(recipe, rounds=stage), losses, np.ones(len(judges))))
        return made

    monkeypatch.setattr(tuning, "_judged", judged)

    tuned = tune(learned, replace(BASE, num_leaves=7), trials=2, may_go_on=lambda: False)

    assert tuned.recipe.rounds == rounds
    assert ("did not hold in the time before" in tuned.why) == (rounds == BASE.rounds)


def test_stretches_follow_each_other_and_each_is_judged_within_its_own_time(learned):
    day, edges = learned.table.keys["day"].to_numpy(), np.array(EDGES)
    parts = [_split(learned, back)[1] for back in (2, 1, 0)]
    begins = [day[judges["row"]].min() for judges in parts]
    ends = [(day[judges["row"]] + edges[judges["k"].to_numpy() + 1]).max() for judges in parts]

    assert all(end < begin for end, begin in zip(ends[:-1], begins[1:], strict=True))
    assert len({len(_split(learned, back)[0]) for back in (0, 1, 2)}) == 3


def test_where_the_time_before_is_too_short_to_judge_by_nothing_is_tuned(learned, monkeypatch):
    losing({60: 0.4, 100: 0.35, 150: 0.3, 220: 0.1999, 300: 0.1998}, monkeypatch)
    base = replace(BASE, num_leaves=7)
    assert tune(learned, base, trials=2, may_go_on=lambda: False).recipe.rounds == 220

    def short(learned, back=0):
        fitted, judges = _split(learned, back)
        return fitted, judges.head(499) if back == 2 else judges

    monkeypatch.setattr(tuning, "_split", short)

    assert tune(learned, base, trials=2, may_go_on=lambda: False).recipe == base


def test_the_untouched_recipe_stays_where_it_is_as_good_as_the_best_though_a_smaller_one_is_too(learned, monkeypatch):
    losing({60: 0.3, 100: 0.2001, 150: 0.2000, 220: 0.1999, 300: 0.1998}, monkeypatch)

    found = tune(learned, BASE, trials=2)

    assert found.recipe == BASE
    assert found.recipe.num_leaves is None
    assert found.why.endswith("0.1998 at best, 0.2000 untuned, which is as good")


def test_where_time_is_up_the_search_ends_with_what_was_found(learned):
    answers = iter([True, False])

    assert tune(learned, BASE, trials=9, may_go_on=lambda: next(answers)).tried == 2


@pytest.mark.parametrize("trials", [0, 1])
def test_without_trials_nothing_is_tuned(learned, trials):
    found = tune(learned, BASE, trials)

    assert (found.recipe, found.tried) == (BASE, 0)
    assert "no trials" in found.why


def test_too_few_intervals_to_judge_by_tune_nothing(learned, monkeypatch):
    monkeypatch.setattr(tuning, "FEWEST_JUDGES", 10**9)

    found = tune(learned, BASE, trials=3)

    assert (found.recipe, found.tried) == (BASE, 0)
    assert "are too few" in found.why
