"""The look for leaks of a small company: what it finds, what it always does, and what it leaves out without time."""

from dataclasses import replace

import numpy as np
import pytest
from model_builders import COMPANY_EVENING, company_ledger, paying_company

from training import leak_look
from training.budget import Budget, Until
from training.fit import Recipe
from training.leak_guard import Suspect
from training.leak_look import OLDER, looked_for_leaks
from training.walk_forward import folds_of, walk

RECIPE = Recipe(num_leaves=4, rounds=6)


@pytest.fixture(scope="module")
def walked():
    ledger = company_ledger(paying_company())
    view = ledger.as_of(COMPANY_EVENING)
    return view, walk(ledger, view, folds_of(view, 1), lambda learned: RECIPE)


def looked(walked, time):
    view, found = walked
    return looked_for_leaks(view, found, found.judged, RECIPE, time)


@pytest.fixture
def evenings(monkeypatch):
    """The past evenings that are asked twice, as they are; nothing is made of them."""
    asked: list[int] = []
    monkeypatch.setattr(leak_look, "changed_by_later_facts", lambda make, view, past: asked.extend(past) or [])
    return asked


def test_with_time_everything_is_looked_at_and_nothing_of_the_catalogue_is_suspected(walked):
    time = Until(Budget(60.0), 0.7)

    found = looked(walked, time)

    assert (found.suspects, found.planted_caught) == ((), True)
    assert found.within.true > 0.6
    assert abs(found.within.dealt - 0.5) <= 3 * found.within.error
    assert found.splits is not None
    assert found.splits.rows > 500
    assert time.budget.skipped == []


def test_without_time_the_least_that_trust_rests_on_is_done_and_the_rest_is_said(walked, evenings):
    time = Until(Budget(0.0), 0.7)

    found = looked(walked, time)

    assert evenings == [walked[1].folds[-1].cutoff]
    assert (found.planted_caught, found.within.deals, found.splits) == (True, 2, None)
    assert [line.split(" (")[0] for line in time.budget.skipped] == [
        "2 of 3 past evenings were not asked twice",
        "4 of 6 deals of shuffled outcomes were not made",
        "4 of 6 deals of outcomes within customers were not made",
        "splits turned round in time and at random were not compared",
    ]


def test_with_time_three_evenings_are_asked_twice_the_newest_first(walked, evenings):
    looked(walked, Until.ever())

    newest = walked[1].folds[-1].cutoff
    assert evenings == [newest, *(newest - days for days in OLDER)]


def test_the_same_seed_finds_the_same(walked, evenings):
    assert looked(walked, Until.ever()) == looked(walked, Until.ever())


def test_a_feature_that_tells_the_answer_is_a_suspect(walked, evenings):
    view, found = walked
    noise = np.random.default_rng(1).normal(0, 0.1, len(found.judged))
    leak = found.judged["unpaid_30"].astype(float) + noise
    values = found.table.values.assign(dpd=leak.to_numpy())
    tampered = replace(found, table=type(found.table)(found.table.keys, values, found.table.fingerprint))

    suspects = looked((view, tampered), Until.ever()).suspects

    assert [one.feature for one in suspects] == ["dpd"]


def test_of_many_rows_every_second_or_third_is_screened_and_a_leak_is_found_all_the_same(walked, evenings, monkeypatch):
    view, found = walked
    rows = len(found.judged)
    monkeypatch.setattr(leak_look, "SCREENED_ROWS", rows // 3)
    values = found.table.values.assign(dpd=found.judged["unpaid_30"].astype(float).to_numpy())
    tampered = replace(found, table=type(found.table)(found.table.keys, values, found.table.fingerprint))
    screened = []
    monkeypatch.setattr(
        leak_look, "implausible_alone", lambda values, unpaid: screened.append(len(values)) or [Suspect("dpd", "why")]
    )

    suspects = looked((view, tampered), Until.ever()).suspects

    assert [one.feature for one in suspects] == ["dpd"]
    assert max(screened) <= rows // 3
