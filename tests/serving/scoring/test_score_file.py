"""Many past evenings in one file: each row is what its evening alone would have given."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from builders import known_by
from model_builders import OPENED, company_ledger, paying_company, random_curve, random_habit_curve
from shelves import fit_bundle

from features.compute import feature_rows
from features.portfolio import evening_rows
from ledger.days import to_day
from models.bundle import Bundle
from models.errors import DeclinedVersion, TrainedLater, UnknownVersion, WrongCatalogue
from models.papers import Papers
from models.reference import Reference
from models.shelf import Shelf
from serving.daily import score_items
from serving.errors import CannotWrite, UnknownFileKind
from serving.scoring import score_file
from serving.scoring.score_file import ScoreRequest, score_to_file

NOW = datetime(2026, 4, 1, 6, 0, tzinfo=UTC)
TRAINED = OPENED + timedelta(days=300)
LAST = OPENED + timedelta(days=400)
NAMES = [
    "item_id", "customer_id", "as_of", "dpd", "p_late", "late_risk", "p_unpaid_14", "p_unpaid_30", "p_unpaid_60",
    "p_30_dpd", "p_60_dpd", "p_90_dpd", "expected_on", "expected_from", "expected_until", "model_version", "mode",
]  # fmt: skip
"""What a `Score` and a row both say, but for the newest file's row."""


def bundle(curve, trained: date = TRAINED, **also) -> Bundle:
    return fit_bundle(curve, trained, **also)


CURVES = {"model": random_curve(), "habit": random_habit_curve()}


@pytest.fixture(scope="module")
def ledger():
    return company_ledger(paying_company())


@pytest.fixture
def shelf(tmp_path):
    shelf = Shelf(tmp_path / "shelf")
    shelf.install_first(shelf.put(bundle(CURVES["model"])), NOW)
    return shelf


def asked(first: date = TRAINED, last: date = LAST, **also) -> ScoreRequest:
    return ScoreRequest(first, last, **also)


def written(ledger, shelf, request, tmp_path, name="scores.parquet"):
    summary = score_to_file(ledger, shelf, request, tmp_path / name)
    return summary, pd.read_parquet(tmp_path / name)


def said(scores) -> list[tuple]:
    """What scores say, as `NAMES`; reasons as text and points."""
    return [
        (*(getattr(one, name) for name in NAMES), tuple((reason.fact.text, reason.points) for reason in one.reasons))
        for one in scores
    ]


def said_by_rows(rows: pd.DataFrame) -> list[tuple]:
    import json

    frame = rows.assign(expected_on=rows["expected_on"].astype(object).where(rows["expected_on"].notna(), None))
    told = [tuple((reason["text"], reason["points"]) for reason in json.loads(text)) for text in rows["reasons"]]
    return [(*values, reasons) for values, reasons in zip(frame[NAMES].itertuples(index=False), told, strict=True)]


@pytest.mark.parametrize("kind", CURVES)
def test_every_row_is_to_the_last_bit_what_its_evening_alone_would_have_given(kind, ledger, tmp_path, monkeypatch):
    monkeypatch.setattr(score_file, "ROWS_AT_ONCE", 150)  # several calls and several parts in each
    monkeypatch.setattr(score_file, "PART", 37)
    shelf = Shelf(tmp_path / "shelf")
    shelf.install_first(shelf.put(bundle(CURVES[kind])), NOW)

    summary, rows = written(ledger, shelf, asked(every=25), tmp_path)

    evenings = [TRAINED + timedelta(days=days) for days in (0, 25, 50, 75, 100)]
    alone = [score for evening in evenings for score in _alone(evening, shelf)]
    assert len(rows) == len(alone) > 300
    assert said_by_rows(rows) == said(alone)
    assert (summary["evenings"], summary["items"]) == (5, len(rows))
    stale = {"model": {"model", "model_stale"}, "habit": {"habit"}}[kind]
    assert set(rows["mode"]) == set(summary["modes"]) == stale


def _alone(evening: date, shelf: Shelf):
    """The scores of an evening in a ledger that was never told what came later."""
    return score_items(company_ledger(known_by(paying_company(), evening)), shelf, evening).scores


def test_at_issue_each_item_stands_once_on_the_evening_it_became_known(ledger, shelf, tmp_path):
    summary, rows = written(ledger, shelf, asked(at_issue=True), tmp_path)
    _, daily = written(ledger, shelf, asked(every=1), tmp_path, "daily.parquet")

    known = ledger.as_of(LAST).items.groupby("item_id")["known_on"].min()
    days = (pd.to_datetime(rows["as_of"]) - pd.Timestamp("1970-01-01")).dt.days
    assert rows["item_id"].is_unique
    assert len(rows) > 100
    assert days.tolist() == known.reindex(rows["item_id"]).tolist()
    first = daily.merge(rows[["item_id", "as_of"]], on=["item_id", "as_of"])
    pd.testing.assert_frame_equal(first, rows)
    assert summary["evenings"] == rows["as_of"].nunique()


def test_grace_is_restated_in_p_late_and_in_the_horizon_and_said_in_each_row(ledger, shelf, tmp_path):
    summary, own = written(ledger, shelf, asked(TRAINED, TRAINED), tmp_path)
    restated, longer = written(ledger, shelf, asked(TRAINED, TRAINED, grace_days=40), tmp_path)

    assert (summary["grace_days"], restated["grace_days"]) == (5, 40)
    assert set(own["grace_days"]) == {5}
    assert set(longer["grace_days"]) == {40}
    young = own["dpd"].between(-60, -1)
    assert (longer.loc[young, "p_late"] < own.loc[young, "p_late"]).all()
    beyond_30_days = own["dpd"].between(-60, 9)
    assert (longer.loc[beyond_30_days, "late_risk"] < own.loc[beyond_30_days, "late_risk"]).any()
    assert longer["p_unpaid_30"].equals(own["p_unpaid_30"])
    assert (own.loc[own["dpd"].between(5, 39), "p_late"] == 1.0).all()
    assert (longer.loc[own["dpd"].between(5, 39), "p_late"] < 1.0).all()


def test_a_version_trained_later_than_the_first_evening_is_refused_with_the_way_out(ledger, shelf, tmp_path):
    early = TRAINED - timedelta(days=1)
    for request in (asked(early, LAST), asked(early, early, at_issue=True), asked(early, early, version=_only(shelf))):
        with pytest.raises(TrainedLater, match="--allow-later-model"):
            score_to_file(ledger, shelf, request, tmp_path / "scores.parquet")

    assert not (tmp_path / "scores.parquet").exists()


def test_hindsight_that_was_asked_for_is_marked_in_each_row_and_told(ledger, shelf, tmp_path):
    request = asked(TRAINED - timedelta(days=14), TRAINED, allow_later=True)
    summary, rows = written(ledger, shelf, request, tmp_path)

    marked = pd.to_datetime(rows["as_of"]) < pd.Timestamp(TRAINED)
    assert rows["hindsight"].tolist() == marked.tolist()
    assert 0 < summary["hindsight"] == marked.sum() < len(rows)
    assert any("hindsight" in notice and TRAINED.isoformat() in notice for notice in summary["notices"])


def test_a_single_evening_before_every_version_is_ordered_by_rule_as_its_queue_is(ledger, shelf, tmp_path):
    early = TRAINED - timedelta(days=1)
    summary, rows = written(ledger, shelf, asked(early, early), tmp_path)

    assert (summary["mode"], summary["model_version"]) == ("rule", None)
    assert rows["p_late"].isna().all()
    assert said_by_rows(rows)[0][-1] == said(_alone(early, shelf))[0][-1]


def test_any_version_on_the_shelf_can_be_asked_for_and_the_one_in_use_stays(ledger, shelf, tmp_path):
    declined = shelf.put(bundle(CURVES["habit"], passed=False))
    champion = shelf.champion().version

    summary, rows = written(ledger, shelf, asked(version=declined), tmp_path)

    assert set(rows["model_version"]) == {declined} == {summary["model_version"]}
    assert any("did not pass its gates" in notice for notice in summary["notices"])
    assert shelf.champion().version == champion
    with pytest.raises(DeclinedVersion):
        shelf.promote(declined, by="Mara", at=NOW)


def test_a_version_that_is_not_there_or_of_another_catalogue_is_refused(ledger, shelf, tmp_path):
    other = shelf.put(bundle(CURVES["habit"], fingerprint="0" * 64))

    with pytest.raises(UnknownVersion):
        score_to_file(ledger, shelf, asked(version="2020-01-01-00000000"), tmp_path / "scores.csv")
    with pytest.raises(WrongCatalogue):
        score_to_file(ledger, shelf, asked(version=other), tmp_path / "scores.csv")


def test_without_reasons_everything_else_is_the_same(ledger, shelf, tmp_path, monkeypatch):
    _, full = written(ledger, shelf, asked(every=50), tmp_path)

    def explained(*_):
        raise AssertionError("nothing was to be explained")

    monkeypatch.setattr("models.scoring.explain", explained)
    _, bare = written(ledger, shelf, asked(every=50, with_reasons=False), tmp_path)

    assert set(bare["reasons"]) == {"[]"}
    assert set(full["reasons"]) != {"[]"}
    pd.testing.assert_frame_equal(bare.drop(columns="reasons"), full.drop(columns="reasons"))


def test_the_time_left_is_told_as_it_goes(ledger, shelf, tmp_path, monkeypatch):
    monkeypatch.setattr(score_file, "PART", 50)
    told: list[str] = []

    score_to_file(ledger, shelf, asked(every=25), tmp_path / "scores.parquet", progress=told.append)

    assert told[0] == "reading the ledger"
    assert "left" not in told[1]
    assert "% done, about" in told[-1]
    assert told[-1].endswith("left")


def test_a_file_that_cannot_be_written_is_refused_before_anything_is_computed(ledger, shelf, tmp_path, monkeypatch):
    def computed(*_):
        raise AssertionError("nothing was to be computed")

    monkeypatch.setattr("features.compute.feature_rows", computed)
    with pytest.raises(UnknownFileKind):
        score_to_file(ledger, shelf, asked(), tmp_path / "scores.xls")
    with pytest.raises(CannotWrite):
        score_to_file(ledger, shelf, asked(), tmp_path / "missing" / "scores.parquet")


def test_evenings_without_an_item_make_a_file_with_its_columns(ledger, shelf, tmp_path):
    known = set(ledger.as_of(LAST).items["known_on"])
    quiet = next(day for day in (OPENED + timedelta(days=n) for n in range(20, 300)) if to_day(day) not in known)
    summary, rows = written(ledger, Shelf(tmp_path / "empty"), asked(quiet, quiet, at_issue=True), tmp_path)

    assert (summary["mode"], summary["items"], len(rows)) == ("rule", 0, 0)
    assert "hindsight" in rows.columns


@pytest.fixture
def resting(shelf, ledger, tmp_path):
    """A shelf whose version in use knows what its scores rest on, with a habit curve beside it; and that feature."""
    table = evening_rows(ledger.as_of(TRAINED))
    (name, *_) = [name for name in table.values.select_dtypes("number") if not table.values[name].isna().any()]
    rests = Reference.of(table, np.full(len(table), 0.5), [name])
    shelf = Shelf(tmp_path / "resting")
    shelf.install_first(shelf.put(bundle(CURVES["model"], reference=rests)), NOW)
    return shelf, shelf.put(bundle(CURVES["habit"])), name


def emptied(monkeypatch, name: str, *evenings: date) -> None:
    """On these evenings the feature has no value, whoever asks."""
    made, days = feature_rows, [to_day(one) for one in evenings]

    def without(view, asked):
        table = made(view, asked)
        gone = table.keys["day"].isin(days).to_numpy()
        return replace(table, values=table.values.assign(**{name: table.values[name].mask(gone)}))

    monkeypatch.setattr("features.compute.feature_rows", without)


@pytest.mark.parametrize("at_once", [1, 10_000])
def test_on_evenings_whose_features_are_gone_the_habit_stands_in_as_on_their_lists(
    resting, ledger, tmp_path, monkeypatch, at_once
):
    monkeypatch.setattr(score_file, "ROWS_AT_ONCE", at_once)
    shelf, habit, name = resting
    days = [TRAINED + timedelta(days=7 * at) for at in range(4)]
    emptied(monkeypatch, name, days[1], days[2])

    summary, rows = written(ledger, shelf, asked(TRAINED, days[3]), tmp_path)

    by_day = rows.groupby(pd.to_datetime(rows["as_of"]).dt.date)[["mode", "model_version"]].agg(set)
    assert by_day["mode"].tolist() == [{"model"}, {"habit"}, {"habit"}, {"model"}]
    assert by_day["model_version"].tolist() == [{in_use(shelf)}, {habit}, {habit}, {in_use(shelf)}]
    assert summary["modes"] == {"habit": (rows["mode"] == "habit").sum(), "model": (rows["mode"] == "model").sum()}
    told = [line for line in summary["notices"] if f"({name}): look at the newest import" in line]
    assert len(told) == 1
    assert told[0].startswith(
        f"On 2 evenings ({days[1].isoformat()} to {days[2].isoformat()}) the version was not used"
    )


def test_a_version_that_was_asked_for_scores_all_the_same_and_it_is_said(resting, ledger, tmp_path, monkeypatch):
    shelf, _, name = resting
    emptied(monkeypatch, name, TRAINED)

    summary, rows = written(ledger, shelf, asked(TRAINED, TRAINED, version=in_use(shelf)), tmp_path)

    assert set(rows["mode"]) == {"model"}
    assert any("the version that was asked for would not have made a list" in one for one in summary["notices"])


@pytest.mark.parametrize("named", [True, False])
def test_at_issue_the_open_items_of_the_last_evening_speak_for_all(resting, ledger, tmp_path, monkeypatch, named):
    shelf, habit, name = resting
    monkeypatch.setattr(
        "features.portfolio.evening_rows",
        lambda view: (made := evening_rows(view)) and replace(made, values=made.values.assign(**{name: np.nan})),
    )

    version = in_use(shelf) if named else None
    summary, rows = written(ledger, shelf, asked(TRAINED, LAST, at_issue=True, version=version), tmp_path)

    assert set(rows["model_version"]) == {in_use(shelf) if named else habit}
    assert sum("look at the newest import" in line for line in summary["notices"]) == 1


def test_a_drift_report_that_says_stop_holds_from_its_evening_on(resting, ledger, tmp_path):
    shelf, habit, _ = resting
    days = [TRAINED + timedelta(days=7 * at) for at in range(3)]
    told = {"as_of": days[1].isoformat(), "verdict": "stop", "findings": [{"verdict": "stop", "text": "Far off."}]}
    Papers(shelf).keep_drift(in_use(shelf), json.dumps(told).encode())

    summary, rows = written(ledger, shelf, asked(TRAINED, days[2]), tmp_path)

    by_day = rows.groupby(pd.to_datetime(rows["as_of"]).dt.date)["model_version"].agg(set).tolist()
    assert by_day == [{in_use(shelf)}, {habit}, {habit}]
    assert any(
        line.endswith(f"The drift report of {days[1].isoformat()} says stop. Far off.") for line in summary["notices"]
    )


def in_use(shelf: Shelf) -> str:
    return shelf.champion().version


def _only(shelf: Shelf) -> str:
    return shelf.versions()[0].version
