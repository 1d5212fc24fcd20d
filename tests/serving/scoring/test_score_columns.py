"""Scores as a file, read back by those who will read it."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from evenings import EVENING, score, why

from features.table import KEY_COLUMNS
from ledger.days import to_day
from ledger.neutral import without_apostrophes
from models.readings import Readings
from serving.errors import CannotWrite, UnknownFileKind
from serving.scoring.score_columns import ScoredRows
from serving.scoring.score_columns import write_scores as write_parts

COLUMNS = [
    "item_id", "customer_id", "as_of", "open_amount", "currency", "dpd", "p_late", "late_risk", "p_unpaid_14",
    "p_unpaid_30", "p_unpaid_60", "p_30_dpd", "p_60_dpd", "p_90_dpd", "expected_on", "expected_from", "expected_until",
    "model_version", "mode", "source_row", "reasons", "grace_days", "hindsight",
]  # fmt: skip


def write_scores(scores, path):
    """Write scores as one part, as an evening's scores are written."""
    write_parts([part(scores)], path)


def part(scores):
    """Scores as rows to write, with a grace of 5 days."""
    predicted = [one for one in scores if one.late_risk is not None]
    assert len(predicted) in (0, len(scores))
    keys = pd.DataFrame([_key(one) for one in scores], columns=list(KEY_COLUMNS))
    return ScoredRows(
        keys=keys,
        read=_readings(predicted) if predicted else None,
        reasons=[one.reasons for one in scores],
        model_version=scores[0].model_version if scores else None,
        mode=np.array([one.mode for one in scores], dtype=object),
        grace_days=5,
        hindsight=np.zeros(len(scores), dtype=bool),
    )


def _key(one):
    day = to_day(one.as_of)
    return {
        "item_id": one.item_id, "customer_id": one.customer_id, "day": day, "issued_on": day - 60,
        "due_on": day - one.dpd, "dpd": one.dpd, "amount_minor": one.open_minor, "open_minor": one.open_minor,
        "currency": one.currency, "source_row": one.source_row,
    }  # fmt: skip


def _readings(scores):
    def column(read):
        return np.array([read(one) for one in scores], dtype=np.float64)

    return Readings(
        p_late=column(lambda one: one.p_late),
        known_late=np.array([one.known_late for one in scores]),
        late_risk=column(lambda one: one.late_risk),
        late_risk_days=np.full(len(scores), 30),
        p_unpaid_14=column(lambda one: one.p_unpaid_14),
        p_unpaid_30=column(lambda one: one.p_unpaid_30),
        p_unpaid_60=column(lambda one: one.p_unpaid_60),
        p_30_dpd=column(lambda one: one.p_30_dpd),
        p_60_dpd=column(lambda one: one.p_60_dpd),
        p_90_dpd=column(lambda one: one.p_90_dpd),
        from_days=column(lambda one: 0),
        until_days=column(lambda one: np.nan),
        expected_days=column(lambda one: (one.expected_on - one.as_of).days if one.expected_on else np.nan),
    )


def test_a_scores_file_has_exactly_the_columns_promised_one_row_per_item(tmp_path):
    write_scores([score("A"), score("B", open="0.10")], tmp_path / "scores.parquet")

    read = pd.read_parquet(tmp_path / "scores.parquet")

    assert list(read.columns) == COLUMNS
    assert read["item_id"].tolist() == ["A", "B"]
    assert read["open_amount"].tolist() == [1000.0, 0.1]


def test_dates_are_dates_and_what_is_not_known_is_null(tmp_path):
    write_parts([part([score("A", expected_in=None)]), part([score("B", late_risk=None)])], tmp_path / "scores.parquet")

    table = pq.read_table(tmp_path / "scores.parquet")

    assert str(table.schema.field("as_of").type) == str(table.schema.field("expected_on").type) == "date32[day]"
    rows = table.to_pylist()
    assert (rows[0]["as_of"], rows[0]["expected_on"]) == (EVENING, None)
    assert [rows[1][name] for name in ("p_late", "late_risk", "p_unpaid_60", "model_version", "mode")] == [
        None, None, None, None, "rule",
    ]  # fmt: skip


@pytest.mark.parametrize(("amount", "currency"), [("9999999999999.99", "EUR"), ("7.0", "JPY"), ("1.005", "KWD")])
def test_an_amount_comes_back_to_the_same_minor_units(tmp_path, amount, currency):
    write_scores([score(open=amount, currency=currency)], tmp_path / "scores.parquet")

    assert str(pd.read_parquet(tmp_path / "scores.parquet")["open_amount"][0]) == amount


def test_reasons_are_json_text_with_their_arrows(tmp_path):
    reasons = [why("habit", "paid “late” <often>", 0.2), why("age", "new", -0.1)]
    write_scores([score(reasons=reasons)], tmp_path / "scores.parquet")

    uncoded = {"code": "", "value": None, "typical": None}
    assert json.loads(pd.read_parquet(tmp_path / "scores.parquet")["reasons"][0]) == [
        {"concept": "habit", "text": "paid “late” <often>", "points": 0.2, "arrow": "▲"} | uncoded,
        {"concept": "age", "text": "new", "points": -0.1, "arrow": "▼"} | uncoded,
    ]


def test_csv_says_the_same_but_no_text_can_run_as_a_formula(tmp_path):
    scores = [score("=1+1", "@C"), score("B")._replace(customer_id="+49"), score("C", expected_in=None)]
    write_scores(scores, tmp_path / "scores.csv")

    read = pd.read_csv(tmp_path / "scores.csv", dtype=str, keep_default_na=False)

    assert list(read.columns) == COLUMNS
    assert read["item_id"].tolist() == ["'=1+1", "B", "C"]
    assert read["customer_id"].tolist() == ["'@C", "'+49", "C-1"]
    assert read["expected_on"][2] == ""
    assert [json.loads(text)[0]["concept"] for text in read["reasons"]] == ["habit"] * 3


def test_the_reasons_of_a_csv_run_in_no_part_and_their_numbers_and_texts_come_back(tmp_path):
    reasons = [why("habit", 'paid; =HYPERLINK("x")|-1+1', -0.25)]
    write_scores([score(reasons=reasons)], tmp_path / "scores.csv")

    cell = pd.read_csv(tmp_path / "scores.csv", dtype=str)["reasons"][0]

    assert """paid;' =HYPERLINK""" in cell
    assert """|'-1+1""" in cell
    told = json.loads(without_apostrophes(cell))[0]
    assert (told["text"], told["points"], '"points": -0.25' in cell) == (reasons[0].fact.text, -0.25, True)


def test_an_evening_without_items_is_a_file_with_its_columns(tmp_path):
    for name in ("scores.parquet", "scores.csv"):
        write_scores([], tmp_path / name)

    assert pq.read_table(tmp_path / "scores.parquet").column_names == COLUMNS
    assert pd.read_csv(tmp_path / "scores.csv").columns.tolist() == COLUMNS


@pytest.mark.parametrize("place", ["missing/scores.parquet", "folder.parquet"])
def test_a_place_that_cannot_be_written_is_named_and_nothing_is_left_behind(tmp_path, place):
    (tmp_path / "folder.parquet").mkdir()

    with pytest.raises(CannotWrite, match=place):
        write_scores([score()], tmp_path / place)

    assert [path.name for path in tmp_path.iterdir()] == ["folder.parquet"]


def test_a_file_that_fails_in_the_middle_leaves_the_old_one(tmp_path, monkeypatch):
    path = tmp_path / "scores.parquet"
    write_scores([score("A")], path)

    def full(writer, table):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pyarrow.parquet.ParquetWriter.write_table", full)
    with pytest.raises(CannotWrite, match="No space left"):
        write_scores([score("B")], path)

    assert pd.read_parquet(path)["item_id"].tolist() == ["A"]
    assert list(tmp_path.iterdir()) == [path]


def test_another_ending_is_refused_with_the_two_that_are_known(tmp_path):
    with pytest.raises(UnknownFileKind, match=r"\.parquet or \.csv"):
        write_scores([score()], tmp_path / "scores.xls")


@pytest.mark.parametrize("name", ["scores.parquet", "scores.csv"])
def test_parts_follow_each_other_in_one_file(tmp_path, name):
    write_parts([part([score("A"), score("B")]), part([score("C")])], tmp_path / name)

    read = pd.read_parquet if name.endswith("parquet") else pd.read_csv
    assert read(tmp_path / name)["item_id"].tolist() == ["A", "B", "C"]


def test_every_row_says_its_grace_and_whether_it_was_scored_with_hindsight(tmp_path):
    told = replace(part([score("A"), score("B")]), grace_days=12, hindsight=np.array([True, False]))
    write_parts([told], tmp_path / "scores.parquet")

    read = pq.read_table(tmp_path / "scores.parquet").to_pylist()
    assert [(row["grace_days"], row["hindsight"]) for row in read] == [(12, True), (12, False)]


def test_reasons_that_were_not_asked_for_are_an_empty_list(tmp_path):
    write_parts([replace(part([score("A")]), reasons=None)], tmp_path / "scores.parquet")

    assert pd.read_parquet(tmp_path / "scores.parquet")["reasons"].tolist() == ["[]"]
