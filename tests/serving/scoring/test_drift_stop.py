"""A drift report that says stop: the version is not used from its evening on, and the list says why."""

import json
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta

import pandas as pd
import pytest
from model_builders import COMPANY_EVENING, company_ledger, paying_company, random_curve, random_habit_curve
from shelves import fit_bundle

from models.bundle import Bundle
from models.papers import Papers
from models.shelf import Shelf
from serving.daily import EveningSettings, made_of, run_evening
from serving.scoring.given_scores import GivenScores
from serving.scoring.ladder import ByRule, scorer_for
from serving.sentences import told
from training.drift_verdict import Finding, Matured, about_calibration

NOW = datetime(2026, 4, 1, 6, 0, tzinfo=UTC)
EVENING = COMPANY_EVENING
SETTINGS = EveningSettings(10)
OFF = Matured(2_104, 93, "2025-11-03", "2026-01-26", 0.612, 0.334, 0.278, 0.19, 0.36, ())
(FAR_OFF,) = about_calibration(OFF)
GONE = Finding("stop", "days_late_mean_180d has no value in 97% of the open items (at training 3%).", nightly=True)
MOVED = Finding("retrain", "The scores lie elsewhere.")


def bundle(curve, trained: date = EVENING, **also) -> Bundle:
    return fit_bundle(curve, trained, **also)


@pytest.fixture(scope="module")
def ledger():
    return company_ledger(paying_company())


@pytest.fixture
def shelf(tmp_path):
    """A model in use, and a habit curve beside it."""
    shelf = Shelf(tmp_path / "shelf")
    shelf.promote(shelf.put(bundle(random_curve(), EVENING - timedelta(days=20))), by="Mara", at=NOW)
    shelf.put(bundle(random_habit_curve(), EVENING - timedelta(days=20)))
    return shelf


def reports(shelf: Shelf, version: str, *findings: Finding, verdict: str = "stop", as_of: date = EVENING) -> None:
    body = {"as_of": as_of.isoformat(), "verdict": verdict, "findings": [asdict(one) for one in findings]}
    Papers(shelf).keep_drift(version, json.dumps(body).encode())


def mode_of(shelf: Shelf, as_of: date = EVENING) -> str:
    found = scorer_for(shelf, as_of, pd.DataFrame())
    return "rule" if isinstance(found, ByRule) else found.entry.kind


def test_from_the_evening_of_its_report_on_a_stopped_version_is_not_used_until_a_newer_report(shelf):
    version = shelf.champion().version
    reports(shelf, version, FAR_OFF, as_of=EVENING - timedelta(days=3))

    assert mode_of(shelf, EVENING - timedelta(days=4)) == "model"
    assert mode_of(shelf, EVENING - timedelta(days=3)) == mode_of(shelf, EVENING) == "habit"
    reports(shelf, version, MOVED, verdict="retrain")
    assert mode_of(shelf, EVENING) == "model"


def test_the_list_is_made_all_the_same_and_says_what_stopped_the_model(shelf, ledger):
    sound = run_evening(ledger, shelf, EVENING, SETTINGS, now=NOW)
    before = made_of(ledger, shelf, EVENING, SETTINGS)
    reports(shelf, shelf.champion().version, FAR_OFF)

    stopped = run_evening(ledger, shelf, EVENING, SETTINGS, now=NOW)

    assert (sound.head["mode"], stopped.head["mode"]) == ("model", "habit")
    assert made_of(ledger, shelf, EVENING, SETTINGS) != before
    assert len(stopped.accounts) == len(sound.accounts) > 0
    said = f"The drift report of {EVENING.isoformat()} says stop. {FAR_OFF.text}"
    assert said in stopped.head["notices"]
    german = told(said, "de")
    assert "sagt Stopp" in german
    assert "61,2" in german
    assert "expected" not in german


def test_a_report_that_stops_nothing_changes_no_list(shelf, ledger):
    before = made_of(ledger, shelf, EVENING, SETTINGS)

    reports(shelf, shelf.champion().version, MOVED, verdict="retrain")

    assert made_of(ledger, shelf, EVENING, SETTINGS) == before


def test_what_the_ladder_looks_for_every_evening_is_left_to_it(shelf):
    """Once the export is mended the version is used again, without another report."""
    version = shelf.champion().version
    reports(shelf, version, GONE)
    assert mode_of(shelf) == "model"

    reports(shelf, version, GONE, FAR_OFF)
    assert mode_of(shelf) == "habit"


def test_a_report_of_before_that_does_not_tell_the_two_apart_stops(shelf):
    body = {"as_of": EVENING.isoformat(), "verdict": "stop", "findings": [{"verdict": "stop", "text": "Far off."}]}
    Papers(shelf).keep_drift(shelf.champion().version, json.dumps(body).encode())

    assert mode_of(shelf) == "habit"


@pytest.mark.parametrize(
    "damaged", [b"", b"{", b"[]", b'{"verdict": "stop"}', b'{"verdict": "stop", "as_of": "soon"}', b"\xff"]
)
def test_a_report_that_cannot_be_read_stops_neither_the_model_nor_the_list(shelf, damaged):
    Papers(shelf).keep_drift(shelf.champion().version, damaged)

    assert mode_of(shelf) == "model"


def test_a_habit_curve_that_was_stopped_does_not_stand_in(shelf):
    reports(shelf, shelf.champion().version, FAR_OFF)
    reports(shelf, shelf.habits(EVENING)[0].version, FAR_OFF)

    assert mode_of(shelf) == "rule"


def test_a_habit_curve_in_use_that_was_stopped_gives_way_to_the_rule_and_to_no_older_one(tmp_path):
    shelf = Shelf(tmp_path / "habits")
    shelf.install_first(shelf.put(bundle(random_habit_curve(2))), NOW)
    shelf.put(bundle(random_habit_curve(3), EVENING - timedelta(days=30)))
    reports(shelf, shelf.champion().version, FAR_OFF)

    found = scorer_for(shelf, EVENING, pd.DataFrame())

    assert isinstance(found, ByRule)
    assert FAR_OFF.text in found.refusal


def test_who_asks_for_scores_is_answered_as_the_list_from_the_next_question_on(shelf, ledger):
    item = ledger.as_of(EVENING).open_items().iloc[0]
    given = GivenScores(ledger, shelf)

    def mode() -> str:
        return given.score(EVENING, str(item["customer_id"]), [str(item["item_id"])])["mode"]

    assert mode() == "model"
    reports(shelf, shelf.champion().version, FAR_OFF)
    assert mode() == "habit"
