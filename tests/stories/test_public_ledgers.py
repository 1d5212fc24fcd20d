"""Three ledgers of other people, from the file to the queue, with the commands a user types."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

THOROUGH = int(os.environ.get("PAYRISK_TEST_EXAMPLES", "1")) > 1

COLUMNS = [
    *("item_id", "customer_id", "as_of", "open_amount", "currency", "dpd"),
    *("p_late", "late_risk", "p_unpaid_14", "p_unpaid_30", "p_unpaid_60", "p_30_dpd", "p_60_dpd", "p_90_dpd"),
    *("expected_on", "expected_from", "expected_until"),
    *("model_version", "mode", "source_row", "reasons", "grace_days", "hindsight"),
]


def payrisk(home: Path, *words: object, code: int = 0) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "payrisk.cli", *map(str, words)],
        capture_output=True,
        text=True,
        env={"PAYRISK_HOME": str(home), "PATH": "/usr/bin:/bin", "OMP_WAIT_POLICY": "passive"},
    )
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done


def scores_of(home: Path, evening: str) -> pd.DataFrame:
    payrisk(home, "score", "--as-of", evening, "--out", home / "scores.parquet")
    table = pq.read_table(home / "scores.parquet")
    assert table.column_names == COLUMNS
    return table.to_pandas()


LEDGERS = [("ibm_ar", "2013-06-30"), ("vendor_invoices", "2016-03-31")]
"""Mapping and evening; `make test` takes the smaller one, `make test-all` both."""


@pytest.mark.parametrize(("mapping", "evening"), LEDGERS if THOROUGH else LEDGERS[:1])
def test_a_ledger_with_history_is_imported_trained_scored_and_queued(tmp_path, ledger_file, mapping, evening):
    imported = json.loads(payrisk(tmp_path, "import", ledger_file(mapping), "--mapping", mapping, "--json").stdout)
    assert imported["rows_read"] == sum(imported[f"rows_{end}"] for end in ("accepted", "quarantined", "ignored"))
    assert imported["rows_quarantined"] == 0

    trained = json.loads(payrisk(tmp_path, "train", "--as-of", evening, "--trials", 2, "--json").stdout)
    assert (trained["kind"], trained["installed"]) == ("model", True)

    scores = scores_of(tmp_path, evening)
    assert set(scores["mode"]) == {"model"}
    assert scores["item_id"].is_unique
    assert scores["source_row"].is_unique
    assert (scores["open_amount"] > 0).all()
    assert scores[["p_late", "late_risk", "p_unpaid_14", "p_unpaid_30", "p_unpaid_60"]].stack().between(0, 1).all()
    assert (scores["p_unpaid_14"] >= scores["p_unpaid_30"]).all()
    assert (scores["p_unpaid_30"] >= scores["p_unpaid_60"]).all()
    assert (scores.loc[scores["dpd"] > 5, "p_late"] == 1).all()
    assert all(json.loads(reasons) for reasons in scores["reasons"])

    body = json.loads(payrisk(tmp_path, "queue", "--as-of", evening, "--json").stdout)
    assert (body["as_of"], body["mode"], body["approved"]) == (evening, "model", False)
    assert [line["rank"] for line in body["items"]] == list(range(1, len(body["items"]) + 1))
    assert all(line["reasons"] for line in body["items"])


def test_open_items_without_history_are_queued_by_rule_and_say_so(tmp_path, ledger_file):
    payrisk(tmp_path, "import", ledger_file("highradius_open_items"), "--mapping", "highradius_open_items")

    refused = payrisk(tmp_path, "train", code=1)
    assert "nothing to learn from" in refused.stderr

    body = json.loads(payrisk(tmp_path, "queue", "--json").stdout)
    assert body["mode"] == "rule"
    assert any("ordered by overdue amount" in notice for notice in body["notices"])
    assert all(line["reasons"] and line["late_risk"] is None for line in body["items"])

    scores = scores_of(tmp_path, body["as_of"])
    assert scores["p_late"].isna().all()
    assert set(scores["mode"]) == {"rule"}
