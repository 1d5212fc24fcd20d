"""The ladder: the version in use, a habit curve, the rule; and what is said at each step down."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from builders import invoice, ledger_of, payment, together
from model_builders import (
    COMPANY_EVENING,
    company_ledger,
    paying_company,
    random_curve,
    random_habit_curve,
    random_table,
)

from features.catalogue import fingerprint
from features.portfolio import evening_rows
from models.bundle import Bundle
from models.errors import ContributionsDoNotAddUp
from models.explanation import explain
from models.reference import Reference
from models.shelf import Shelf
from serving.daily import EveningSettings, made_of, run_evening, score_items
from serving.scoring.given_scores import GivenScores
from serving.scoring.ladder import ByRule, Scorer, scorer_for
from serving.scoring.score_file import ScoreRequest, score_to_file

NOW = datetime(2026, 4, 1, 6, 0, tzinfo=UTC)
EVENING = date(2026, 3, 31)
MODEL, HABIT = random_curve(), random_habit_curve()


def bundle(curve, trained: date = EVENING, **also) -> Bundle:
    return Bundle(curve, trained, **{"grace_days": 5, "fingerprint": fingerprint(), "passed": True, **also})


@pytest.fixture
def shelf(tmp_path):
    """A model in use, approved by Mara."""
    shelf = Shelf(tmp_path / "shelf")
    shelf.promote(shelf.put(bundle(MODEL)), by="Mara", at=NOW)
    return shelf


@pytest.fixture
def ledger():
    return ledger_of(
        together(
            invoice("INV-1", customer="C-1", due_on="2026-03-14", amount=1000),
            invoice("INV-2", customer="C-2", due_on="2026-04-14", amount=500),
            payment("INV-2", paid_on="2026-03-20", amount=100),
        )
    )


def damage(shelf: Shelf, version: str, name: str = "trees.txt") -> None:
    (shelf.folder_of(version) / name).write_bytes(b"damaged")


def test_a_sound_champion_scores_and_nothing_is_said(shelf):
    found = scorer_for(shelf, EVENING, pd.DataFrame())

    assert isinstance(found, Scorer)
    assert (found.entry.kind, found.notices) == ("model", ())


@pytest.mark.parametrize("name", ["trees.txt", "bundle.json", "manifest.json"])
def test_a_damaged_champion_gives_way_to_the_newest_habit_curve(shelf, ledger, name):
    champion = shelf.champion().version
    shelf.put(bundle(HABIT, EVENING - timedelta(days=60)))
    newest = shelf.put(bundle(HABIT, EVENING - timedelta(days=30)))
    damage(shelf, champion, name)

    evening = score_items(ledger, shelf, EVENING)

    assert (evening.mode, evening.model_version, evening.approved) == ("habit", newest, False)
    assert {score.mode for score in evening.scores} == {"habit"}
    assert f'instead ("{newest}"' in evening.notices[0]
    assert champion in evening.notices[1]
    assert "was refused" in evening.notices[1]


def test_a_habit_that_is_damaged_declined_or_learned_later_does_not_stand_in(shelf, ledger):
    older = shelf.put(bundle(HABIT, EVENING - timedelta(days=90)))
    broken = shelf.put(bundle(HABIT, EVENING - timedelta(days=3)))
    shelf.put(bundle(HABIT, EVENING - timedelta(days=2), passed=False))
    shelf.put(bundle(HABIT, EVENING + timedelta(days=1)))
    shelf.put(bundle(HABIT, EVENING - timedelta(days=1), fingerprint="0" * 64))
    damage(shelf, shelf.champion().version)
    damage(shelf, broken, "habit.json")

    assert score_items(ledger, shelf, EVENING).model_version == older


def test_without_a_habit_curve_the_evening_is_ordered_by_rule_and_says_what_failed(shelf, ledger):
    damage(shelf, shelf.champion().version)

    evening = score_items(ledger, shelf, EVENING)

    assert evening.mode == "rule"
    assert "trees.txt" in evening.notices[1]


def test_an_empty_shelf_has_nothing_that_failed(tmp_path):
    assert scorer_for(Shelf(tmp_path), EVENING, pd.DataFrame()) == ByRule("")


def test_a_champion_of_another_catalogue_gives_way_too(tmp_path, ledger, monkeypatch):
    shelf = Shelf(tmp_path)
    with monkeypatch.context() as earlier:
        earlier.setattr("features.catalogue.fingerprint", lambda: "0" * 64)
        shelf.promote(shelf.put(bundle(MODEL, fingerprint="0" * 64)), by="Mara", at=NOW)
    habit = shelf.put(bundle(HABIT))

    evening = score_items(ledger, shelf, EVENING)

    assert (evening.mode, evening.model_version) == ("habit", habit)
    assert "Train again" in evening.notices[1]


def reference_of(table) -> Reference:
    """What a table looked like, its score resting on three features of which most rows have a value."""
    there = [name for name in table.values.columns if table.values[name].isna().mean() < 0.3]
    return Reference.of(table, np.full(len(table), 0.5), there[:3])


@pytest.fixture
def resting(tmp_path):
    """A shelf whose version in use knows what its scores rest on, with a habit beside it; and such rows."""
    shelf, table = Shelf(tmp_path / "shelf"), random_table(200)
    shelf.promote(shelf.put(bundle(MODEL, reference=reference_of(table))), by="Mara", at=NOW)
    return shelf, shelf.put(bundle(HABIT)), table.values


def test_whatever_feature_loses_its_values_the_model_stops_and_the_habit_stands_in(resting):
    shelf, habit, values = resting
    important = scorer_for(shelf, EVENING, values).bundle.reference.important

    assert len(important) == 3
    for name in important:
        found = scorer_for(shelf, EVENING, values.assign(**{name: np.nan}))
        assert (found.entry.version, name in found.refusal) == (habit, True)
        assert "look at the newest import" in found.notices[1]


def test_what_was_missing_before_what_does_not_matter_and_few_rows_stop_nothing(resting):
    shelf, _, values = resting
    important = scorer_for(shelf, EVENING, values).bundle.reference.important
    gone = values.assign(**{important[0]: np.nan})
    half = values.assign(**{important[0]: values[important[0]].where(np.arange(200) % 5 == 0)})
    other = values.assign(**{name: np.nan for name in values.columns if name not in important})

    for sound in (values, half, other, gone.head(29)):
        assert scorer_for(shelf, EVENING, sound).refusal == ""
    assert scorer_for(shelf, EVENING, gone.head(30)).refusal


def test_a_list_of_an_evening_whose_features_are_gone_is_made_all_the_same_and_says_so(tmp_path, monkeypatch):
    ledger, evening = company_ledger(paying_company()), COMPANY_EVENING
    table = evening_rows(ledger.as_of(evening))
    shelf = Shelf(tmp_path / "shelf")
    shelf.promote(shelf.put(bundle(MODEL, evening, reference=reference_of(table))), by="Mara", at=NOW)
    habit = shelf.put(bundle(HABIT, evening))
    name = shelf.bundle(shelf.champion().version).reference.important[0]
    emptied = replace(table, values=table.values.assign(**{name: np.float32(np.nan)}))

    item = table.keys.iloc[0]

    def given():
        return GivenScores(ledger, shelf).score(evening, str(item["customer_id"]), [str(item["item_id"])])

    def in_a_file():
        return score_to_file(ledger, shelf, ScoreRequest(evening, evening), tmp_path / "scores.csv")

    assert (given()["mode"], in_a_file()["mode"]) == ("model", "model")
    sound = run_evening(ledger, shelf, evening, EveningSettings(10), now=NOW)
    monkeypatch.setattr("features.portfolio.evening_rows", lambda _: emptied)
    broken = run_evening(ledger, shelf, evening, EveningSettings(10), now=NOW)

    assert (sound.head["mode"], broken.head["mode"], broken.head["model_version"]) == ("model", "habit", habit)
    assert any(f"({name}): look at the newest import" in notice for notice in broken.head["notices"])
    assert len(broken.accounts) == len(sound.accounts) > 0
    asked = given()
    assert (asked["mode"], asked["model_version"]) == ("habit", habit)
    assert set(asked["notices"]) <= set(broken.head["notices"])
    assert (in_a_file()["mode"], in_a_file()["model_version"]) == ("habit", habit)


def test_reasons_that_do_not_add_up_are_not_shown_and_the_habit_stands_in(shelf, ledger, monkeypatch):
    habit = shelf.put(bundle(HABIT))

    def does_not(*_):
        raise ContributionsDoNotAddUp(0.5, 1e-4)

    monkeypatch.setattr("models.scoring.explain", does_not)
    evening = score_items(ledger, shelf, EVENING)

    assert (evening.mode, evening.model_version) == ("habit", habit)
    assert "such reasons are not shown" in evening.notices[1]


def test_a_habit_that_comes_to_the_shelf_changes_what_a_list_is_made_of(shelf, ledger):
    settings = EveningSettings(10)
    damage(shelf, shelf.champion().version)
    before = made_of(ledger, shelf, EVENING, settings)

    shelf.put(bundle(HABIT))

    assert made_of(ledger, shelf, EVENING, settings) != before


def test_nothing_is_said_twice_of_a_habit_in_use(tmp_path, ledger):
    shelf = Shelf(tmp_path)
    shelf.install_first(shelf.put(bundle(HABIT)), NOW)

    evening = score_items(ledger, shelf, EVENING)

    assert replace(evening, notices=()).mode == "habit"
    assert not any("could not be used" in notice for notice in evening.notices)


def test_reasons_that_do_not_add_up_in_one_block_have_the_habit_stand_in_for_the_whole_list(shelf, ledger, monkeypatch):
    habit, blocks = shelf.put(bundle(HABIT)), []

    def fails_later(*asked):
        blocks.append(asked)
        if len(blocks) > 1:
            raise ContributionsDoNotAddUp(0.5, 1e-4)
        return explain(*asked)

    monkeypatch.setattr("models.scoring.explain", fails_later)
    run = run_evening(ledger, shelf, EVENING, EveningSettings(10), now=NOW, accounts_at_once=1)

    assert (run.head["mode"], run.head["model_version"], len(blocks)) == ("habit", habit, 2)
    assert len(run.accounts) == 2
