"""The monthly run on a small company, in two folds and few trees; two of its laws are in tests/laws."""

import json
import os
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
from builders import invoice, ledger_of
from model_builders import COMPANY_EVENING, OPENED, company_ledger, paying_company
from stopped import KILLED, Steps, apart

from features.compute import feature_rows
from ledger.facts import Facts
from models.errors import DeclinedVersion
from models.shelf import Shelf, mode_for
from training import card_tonight, champion, choice, drift, leak_checks, monthly, promotion
from training.card_pictures import NOT_DRAWN
from training.errors import NothingSettled
from training.fit import Recipe
from training.learned_from import data_hash
from training.monthly import Plan, train
from training.promotion import Gate
from training.tracking import NotRecorded

NOW = datetime(2026, 4, 1, 6, 0, tzinfo=UTC)
PLAN = Plan(folds=2, trials=0)
THOROUGH = int(os.environ.get("PAYRISK_TEST_EXAMPLES", "1")) > 1
EARLIER = COMPANY_EVENING - timedelta(days=80)
GATES = [
    "enough_history", "enough_of_each", "knows_no_future", "catches_a_planted_leak", "learns_nothing_from_shuffled",
    "forgets_within_customers", "no_better_backwards", "random_split_flatters_little", "ranks_better_than_chance",
    "beats_simple_orders", "no_worse_than_simpler", "calibrated", "deciles_near_the_diagonal", "no_segment_collapses",
    "no_worse_than_champion", "light_enough", "scores_stay_near_the_champion",
]  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def quick():
    """Fewer trees, fewer deals of the shuffled outcomes, no pictures, and as much as two small folds can show."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(monthly, "Recipe", partial(Recipe, rounds=50, learning_rate=0.15))
        patched.setattr(leak_checks, "DEALS", 2)
        patched.setattr(promotion, "HIGHEST_ECE", 0.1)
        patched.setattr(promotion, "HIGHEST_PSI", 5.0)
        patched.setattr(champion, "ENOUGH_TO_COMPARE", 20)
        patched.setattr(card_tonight, "pictures_of", lambda curve, sample: NOT_DRAWN)
        yield


def company() -> Facts:
    """Scattered enough that the figures of two folds leave room for chance."""
    return paying_company(scatter=25)


def trained_in(folder, facts: Facts | None = None, as_of: date = COMPANY_EVENING, **also):
    shelf = Shelf(folder)
    also = {"now": NOW, "plan": PLAN} | also
    return shelf, train(company_ledger(company() if facts is None else facts), as_of, shelf, **also)


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """The company, its shelf, and what training on its last evening said."""
    ledger, shelf = company_ledger(company()), Shelf(tmp_path_factory.mktemp("shelf") / "shelf")
    lines: list[str] = []
    result = train(ledger, COMPANY_EVENING, shelf, now=NOW, plan=PLAN, by="Anna", progress=lines.append)
    return ledger, shelf, result, lines


@pytest.fixture
def with_gate(monkeypatch):
    """Let a gate that every run asks say no: `with_gate("promotion")`."""

    def put(blocks: str) -> None:
        no = Gate("light_enough", False, "far too heavy", blocks=blocks)
        monkeypatch.setattr(monthly, "light_enough", lambda leaves, intervals: no)

    return put


def test_an_empty_shelf_gets_its_first_version_at_once(trained):
    _, shelf, result, _ = trained

    champion = shelf.champion()

    assert result.installed
    assert result.kind == "model"
    assert (champion.version, champion.note) == (result.version, "first version, not yet approved")
    assert champion.trained_by == "Anna"


def test_every_gate_has_an_answer_and_they_are_kept_with_the_version(trained):
    _, shelf, result, _ = trained

    assert [gate.name for gate in result.gates] == GATES
    assert [gate["name"] for gate in shelf.bundle(result.version).gates] == GATES


def test_its_reasons_are_held_against_the_newest_month_and_chance_and_told_on_the_way(trained):
    _, shelf, result, lines = trained

    told = json.loads(shelf.bundle(result.version).papers["card.json"])["tonight"]

    folds = shelf.bundle(result.version).learned_from["folds"]
    earlier, chance = told["reason_stability"]
    assert (earlier["against"], earlier["trained_as_of"]) == ("newest_month", folds[-1])
    assert (chance["against"], chance["trained_as_of"]) == ("redrawn", COMPANY_EVENING.isoformat())
    assert earlier["items"] == chance["items"] == told["moves"]["items"]
    assert 0.0 < chance["points_moved"] < 10.0
    assert any(line.startswith("reasons held against the newest judged month: ") for line in lines)


def test_a_curve_of_customers_with_habits_ranks_well(trained):
    _, _, result, _ = trained

    assert result.metrics["auc_30"] > 0.65
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


@pytest.mark.parametrize(("family", "kept"), [("stacked", "stacked_by_due"), ("until_due", "until_due")])
def test_the_family_that_the_folds_chose_is_fitted_kept_and_told_on_the_card(tmp_path, monkeypatch, family, kept):
    monkeypatch.setattr(choice, "_family", lambda walked: (family, f"{family}: said here"))

    shelf, result = trained_in(tmp_path / "shelf")

    bundle = shelf.bundle(result.version)
    ledger = company_ledger(company())
    scores = bundle.score(feature_rows(ledger.as_of(COMPANY_EVENING)), COMPANY_EVENING, "model")
    assert (result.kind, bundle.curve.family) == ("model", kept)
    assert bundle.learned_from["family"] == family
    assert "stacked classifier" in bundle.papers["card.html"].decode()
    for score in scores:
        assert score.base + sum(reason.points for reason in score.reasons) == pytest.approx(score.late_risk, abs=1e-9)


def test_progress_is_told_step_by_step(trained):
    *_, lines = trained

    assert len(lines) >= 4
    assert lines[-1].startswith("version ")


def test_what_it_learned_from_is_kept_with_the_version(trained):
    ledger, shelf, result, _ = trained

    told = shelf.bundle(result.version).learned_from

    assert told["data_hash"] == data_hash(ledger.as_of(COMPANY_EVENING))
    assert told["first_known"] == "2024-09-03"
    assert (told["customers"], told["seed"], told["skipped"]) == (24, 7, [])
    assert told["items"] == company().items["item_id"].nunique()
    assert len(told["folds"]) == 2
    assert told["folds"][-1] < COMPANY_EVENING.isoformat()
    assert (told["recipe"]["rounds"], told["family"]) == (50, "until_due")
    assert told["recalibration"] == {"alpha": 1.0, "beta": 1.0}
    assert told["intervals"] > told["snapshots"] > 1_000


def test_the_papers_are_kept_with_the_version(trained):
    _, shelf, result, _ = trained

    assert {"card.html", "card.json", "backtest.html", "backtest.json"} <= set(shelf.bundle(result.version).papers)


def test_a_habit_curve_waits_beside_the_model_and_does_not_ask_to_replace_it(trained):
    _, shelf, result, _ = trained

    habits = shelf.habits(COMPANY_EVENING)

    assert [entry.trained_as_of for entry in habits] == [COMPANY_EVENING]
    assert habits[0].version != result.version
    assert shelf.challenger() is None


@pytest.fixture(scope="module")
def next_month(tmp_path_factory):
    """Two trainings of different evenings, the second one beside the first one's version."""
    shelf, first = trained_in(tmp_path_factory.mktemp("shelf") / "shelf", as_of=EARLIER)
    assert (first.kind, first.installed) == ("model", True)
    return shelf, first, trained_in(shelf.folder)[1]


def test_a_second_version_waits_for_a_person(next_month):
    shelf, first, second = next_month

    assert not second.installed
    assert shelf.champion().version == first.version
    assert [gate for gate in second.gates if not gate.passed and gate.blocks] == []
    assert shelf.challenger().version == second.version
    assert {shelf.entry(version).kind for version in (first.version, second.version)} == {"model"}


def test_the_version_in_use_is_compared_with_on_the_evenings_after_its_training(next_month):
    _, first, second = next_month
    gates = {gate.name: gate for gate in second.gates}

    assert f"gain over {first.version} in 14 days: AUC " in gates["no_worse_than_champion"].reason
    assert second.metrics["champion_auc_30"] > 0.5
    assert gates["scores_stay_near_the_champion"].reason.startswith("PSI 0.")


def hash_of(folder, **also) -> tuple[str, str]:
    _, result = trained_in(folder, **also)
    return result.version, result.model_hash


@pytest.mark.parametrize("threads", [2, 3, 4] if THOROUGH else [3])
def test_the_same_data_and_seed_make_the_same_version_with_any_number_of_threads(trained, tmp_path, threads):
    result = trained[2]

    assert hash_of(tmp_path, by="Anna", plan=replace(PLAN, threads=threads)) == (result.version, result.model_hash)


def test_another_seed_makes_another_model(trained, tmp_path):
    assert hash_of(tmp_path, by="Anna", plan=replace(PLAN, seed=8))[1] != trained[2].model_hash


def test_the_data_hash_is_of_the_facts_and_not_of_their_order_and_not_of_what_came_later():
    view = company_ledger(company()).as_of(EARLIER)
    shuffled = Facts.of(**{name: frame.sample(frac=1.0, random_state=3) for name, frame in company().frames().items()})
    ended = Facts.of(
        **{
            name: frame[frame["known_on"] <= (EARLIER - date(1970, 1, 1)).days]
            for name, frame in company().frames().items()
        }
    )

    assert data_hash(company_ledger(shuffled).as_of(EARLIER)) == data_hash(view)
    assert data_hash(company_ledger(ended).as_of(EARLIER)) == data_hash(view)
    assert data_hash(company_ledger(company()).as_of(EARLIER + timedelta(days=7))) != data_hash(view)


def test_a_version_that_a_gate_of_promotion_declined_is_kept_and_cannot_be_promoted(trained, tmp_path, with_gate):
    shelf, first = trained_in(tmp_path / "shelf", as_of=OPENED + timedelta(days=100))
    with_gate("promotion")

    _, declined = trained_in(shelf.folder)

    assert (declined.kind, declined.installed) == ("model", False)
    assert not shelf.bundle(declined.version).passed
    assert shelf.champion().version == first.version
    with pytest.raises(DeclinedVersion):
        shelf.promote(declined.version, "Maria", NOW)


def test_on_an_empty_shelf_the_habit_curve_serves_where_promotion_was_declined(tmp_path, with_gate):
    with_gate("promotion")

    shelf, result = trained_in(tmp_path / "shelf")

    assert (result.kind, result.installed) == ("habit", True)
    assert shelf.champion().version == result.version
    assert [entry.kind for entry in shelf.sound_versions()] == ["habit"]


def test_a_young_ledger_gets_the_habit_curve_and_says_why(tmp_path):
    young = OPENED + timedelta(days=100)

    shelf, result = trained_in(tmp_path / "shelf", as_of=young, grace_days=3)

    assert result.kind == "habit"
    assert result.installed
    assert [(gate.name, gate.passed) for gate in result.gates] == [("enough_history", False)]
    bundle, entry = shelf.pick(young)
    assert mode_for(entry, young) == "habit"
    assert bundle.grace_days == 3


def test_a_company_whose_payments_are_chance_is_declined_and_served_by_the_habit_curve(tmp_path):
    lines: list[str] = []

    shelf, result = trained_in(tmp_path / "shelf", paying_company(2, habits=False), progress=lines.append)

    no = [gate for gate in result.gates if not gate.passed and gate.blocks == "model"]
    assert (result.kind, result.installed) == ("habit", True)
    assert {gate.name for gate in no} & {"ranks_better_than_chance", "beats_simple_orders"}
    assert any(line.startswith(f"fitted the habit curve: {no[0].reason}") for line in lines)
    assert shelf.pick(COMPANY_EVENING)[0].kind == "habit"


def test_a_ledger_without_a_settled_invoice_is_refused_in_a_sentence(tmp_path):
    ledger = ledger_of(invoice("INV-1", due_on="2026-03-01", amount=100))

    with pytest.raises(NothingSettled, match=r"\(1 open\).*ordered by rule"):
        train(ledger, date(2026, 3, 31), Shelf(tmp_path / "shelf"), now=NOW)
    assert not (tmp_path / "shelf").exists()


def test_a_ledger_that_cannot_be_judged_gets_the_habit_curve(tmp_path, monkeypatch):
    monkeypatch.setattr(monthly, "backtest", lambda *_, **__: None)

    _, result = trained_in(tmp_path / "shelf")

    assert result.kind == "habit"
    assert [gate.name for gate in result.gates if not gate.passed] == ["can_be_judged"]
    assert result.metrics == {}


def test_a_record_that_cannot_be_written_does_not_end_the_run(tmp_path):
    class Broken:
        def record(self, version, *_, **__):
            raise NotRecorded(version, "the disk is full")

    lines: list[str] = []

    shelf, result = trained_in(
        tmp_path / "shelf", as_of=OPENED + timedelta(days=100), tracking=Broken(), progress=lines.append
    )

    assert shelf.champion().version == result.version
    assert "the disk is full" in lines[-1]


@pytest.fixture(scope="module")
def hurried(tmp_path_factory):
    """A training whose time is up at once; a fold learns from 3,000 intervals at most, and so does the kept curve."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(monthly, "FOLD_ROW_CAP", 3_000)
        yield trained_in(tmp_path_factory.mktemp("shelf") / "shelf", plan=replace(PLAN, folds=3, minutes=1e-6))


def test_what_there_was_no_time_for_is_said_and_kept(hurried):
    shelf, result = hurried

    folds = [line.split(" was")[0] for line in result.skipped if line.startswith("fold")]
    assert folds == ["fold 2 of 3", "fold 1 of 3"]
    assert shelf.bundle(result.version).learned_from["skipped"] == list(result.skipped)


def test_without_time_the_kept_curve_learns_from_no_more_than_a_fold_does_and_says_so(trained, hurried):
    """Time is up before it is fitted: of all its intervals it reads as many as the folds do."""
    shelf, result = hurried

    _, unhurried, first, _ = trained
    whole = unhurried.bundle(first.version).learned_from["intervals"]
    learned = shelf.bundle(result.version).learned_from["intervals"]
    assert 2_000 < learned < 4_000 < whole
    assert f"the curve learned from {learned:,} of {whole:,} intervals (time budget of 1e-06 minutes)" in result.skipped


def test_with_time_enough_nothing_is_left_out(trained):
    assert trained[2].skipped == ()


def test_a_run_that_is_killed_while_it_writes_leaves_the_version_in_use_as_it_was(tmp_path, monkeypatch):
    """Killed before each step of putting its versions on the shelf; what follows finds what was there before."""
    few = paying_company(customers=8, invoices=300)
    shelf, first = trained_in(tmp_path / "shelf", few, as_of=OPENED + timedelta(days=100))
    monkeypatch.setattr(monthly, "backtest", lambda *_, **__: None)
    monkeypatch.setattr(drift, "important_features", lambda *_: ())  # dear, and has no part in the writing
    before = shelf.history()
    later = OPENED + timedelta(days=130)

    def run(step: int) -> int:
        steps = Steps(step)
        for name in ("replace", "rename", "fsync"):
            steps.watch(os, name)
        trained_in(shelf.folder, few, as_of=later)
        return 0

    killed = 0
    for step in range(1, 60):
        code = apart(lambda step=step: run(step))
        assert Shelf(shelf.folder).champion().version == first.version
        assert Shelf(shelf.folder).history() == before
        assert Shelf(shelf.folder).bundle(first.version).model_hash == first.model_hash
        if code == 0:
            break
        assert code == KILLED
        killed += 1
    assert killed > 0
    assert Shelf(shelf.folder).challenger() is not None
