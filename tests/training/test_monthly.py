"""The monthly run on a small company."""

from datetime import UTC, date, datetime, timedelta

import pytest
from builders import invoice, ledger_of
from model_builders import COMPANY_EVENING, OPENED, company_ledger, paying_company

from features.compute import feature_rows
from models.errors import NothingToFit
from models.shelf import Shelf, mode_for
from training.errors import NothingSettled
from training.monthly import train

NOW = datetime(2026, 4, 1, 6, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """The company, its shelf, and what training on its last evening said."""
    ledger, shelf = company_ledger(paying_company()), Shelf(tmp_path_factory.mktemp("shelf") / "shelf")
    lines: list[str] = []
    return ledger, shelf, train(ledger, COMPANY_EVENING, shelf, now=NOW, progress=lines.append), lines


def test_an_empty_shelf_gets_its_first_version_at_once(trained):
    _, shelf, result, _ = trained

    champion = shelf.champion()

    assert result.installed
    assert result.kind == "model"
    assert (champion.version, champion.note) == (result.version, "first version, not yet approved")


def test_every_gate_has_an_answer_and_they_are_kept_with_the_version(trained):
    _, shelf, result, _ = trained

    names = [gate.name for gate in result.gates]

    assert names == [
        "enough_history", "knows_no_future", "ranks_better_than_chance", "beats_simple_orders", "calibrated",
    ]  # fmt: skip
    assert [gate["name"] for gate in shelf.bundle(result.version).gates] == names


def test_a_curve_of_customers_with_habits_ranks_well(trained):
    _, _, result, _ = trained

    assert result.metrics["auc_14"] > 0.65
    assert result.metrics["auc_14_low"] < result.metrics["auc_14"] < result.metrics["auc_14_high"]
    assert result.metrics["n_30"] >= result.metrics["n_14"] > 0


def test_the_version_scores_the_evening_it_was_trained_on(trained):
    ledger, shelf, result, _ = trained
    bundle, entry = shelf.pick(COMPANY_EVENING)
    table = feature_rows(ledger.as_of(COMPANY_EVENING))

    scores = bundle.score(table, COMPANY_EVENING, mode_for(entry, COMPANY_EVENING))

    assert len(scores) == len(table) > 0
    assert {score.mode for score in scores} == {"model"}
    assert {score.model_version for score in scores} == {result.version}


def test_progress_is_told_step_by_step(trained):
    *_, lines = trained

    assert len(lines) >= 4
    assert lines[-1].startswith("version ")


def test_a_second_version_waits_for_a_person(trained):
    ledger, shelf, first, _ = trained

    second = train(ledger, OPENED + timedelta(days=200), shelf, now=NOW)

    assert not second.installed
    assert shelf.champion().version == first.version


def test_a_young_ledger_gets_the_habit_curve_and_says_why(tmp_path):
    ledger, shelf = company_ledger(paying_company()), Shelf(tmp_path / "shelf")
    young = OPENED + timedelta(days=100)

    result = train(ledger, young, shelf, now=NOW, grace_days=3)

    assert result.kind == "habit"
    assert result.installed
    assert [(gate.name, gate.passed) for gate in result.gates] == [("enough_history", False)]
    bundle, entry = shelf.pick(young)
    assert mode_for(entry, young) == "habit"
    assert bundle.grace_days == 3


def test_a_company_whose_payments_are_chance_is_declined(tmp_path, monkeypatch):
    monkeypatch.setattr("training.promotion.LOWEST_AUC", 0.999)
    ledger, shelf = company_ledger(paying_company()), Shelf(tmp_path / "shelf")

    result = train(ledger, COMPANY_EVENING, shelf, now=NOW)

    assert result.kind == "habit"
    assert [gate.name for gate in result.gates if not gate.passed and gate.blocks] == ["ranks_better_than_chance"]
    assert result.metrics["auc_14"] > 0


def test_a_ledger_without_a_settled_invoice_is_refused_in_a_sentence(tmp_path):
    ledger = ledger_of(invoice("INV-1", due_on="2026-03-01", amount=100))

    with pytest.raises(NothingSettled, match=r"\(1 open\).*ordered by rule"):
        train(ledger, date(2026, 3, 31), Shelf(tmp_path / "shelf"), now=NOW)
    assert not (tmp_path / "shelf").exists()


def test_a_ledger_in_which_everything_is_paid_at_once_gets_the_habit_curve(tmp_path, monkeypatch):
    monkeypatch.setattr("training.monthly.training_sets", _nothing_to_fit)
    ledger, shelf = company_ledger(paying_company()), Shelf(tmp_path / "shelf")

    assert train(ledger, COMPANY_EVENING, shelf, now=NOW).kind == "habit"


def _nothing_to_fit(*_):
    raise NothingToFit("evening with an open item")
