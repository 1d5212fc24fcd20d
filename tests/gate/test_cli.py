"""The commands as a user meets them: they work, they refuse with a sentence, they leave nothing half done."""

import socket
import subprocess
import sys

import pyarrow.parquet as pq
import pytest


def test_an_import_accounts_for_every_row(payrisk, invoices):
    done = payrisk("import", invoices)

    assert done.code == 0
    assert "4 rows read = 4 accepted + 0 quarantined + 0 ignored" in done.out


def test_the_same_file_twice_changes_nothing(payrisk, invoices):
    payrisk("import", invoices)
    before = payrisk("queue", "--json").json

    again = payrisk("import", invoices, "--json").json

    assert again["nothing_new"]
    assert again["ledger_version"] == before["ledger_version"]
    assert payrisk("queue", "--json").json == before


def test_a_dry_run_leaves_the_ledger_empty(payrisk, invoices):
    assert payrisk("import", invoices, "--dry-run").code == 0

    refused = payrisk("queue")

    assert refused.code == 1
    assert "payrisk import" in refused.err


def test_without_a_model_the_queue_orders_by_rule_and_says_so(payrisk, invoices):
    payrisk("import", invoices, "--as-of", "2026-03-31")

    body = payrisk("queue", "--json").json

    assert (body["as_of"], body["mode"]) == ("2026-03-31", "rule")
    assert [(line["rank"], line["customer_id"]) for line in body["items"]] == [(1, "C-1")]
    assert body["items"][0]["overdue"] == {"amount": "1200.00", "currency": "EUR"}
    assert body["items"][0]["late_risk"] is None
    assert all(line["reasons"] for line in body["items"])


def test_scores_hold_one_row_per_item_with_money_to_come(payrisk, invoices, tmp_path):
    payrisk("import", invoices, "--as-of", "2026-03-31")

    done = payrisk("score", "--as-of", "2026-03-31", "--out", tmp_path / "scores.parquet")

    assert done.code == 0, done.err
    rows = pq.read_table(tmp_path / "scores.parquet").to_pylist()
    assert [(row["item_id"], row["open_amount"], row["dpd"], row["source_row"]) for row in rows] == [
        ("INV-1", 1200.00, 55, 1),
        ("INV-3", 90.50, -1, 3),
    ]
    assert {row["mode"] for row in rows} == {"rule"}


def test_a_new_version_on_an_empty_shelf_serves_at_once_and_says_that_nobody_approved_it(payrisk, invoices, home):
    payrisk("import", invoices, "--as-of", "2026-03-31")

    trained = payrisk("train", "--json").json
    body = payrisk("queue", "--json").json

    assert (trained["kind"], trained["installed"]) == ("habit", True)
    assert (body["mode"], body["approved"], body["model_version"]) == ("habit", False, trained["version"])
    assert any("not yet approved" in notice for notice in body["notices"])
    assert (home / "mlflow" / "mlflow.db").is_file()


def test_a_version_that_a_person_approved_no_longer_says_so(payrisk, invoices, untracked):
    payrisk("import", invoices, "--as-of", "2026-03-31")
    version = payrisk("train", "--json").json["version"]
    payrisk("queue")

    assert payrisk("promote", version, "--by", "Maria").code == 0

    body = payrisk("queue", "--json").json
    assert body["approved"] is True
    assert not any("not yet approved" in notice for notice in body["notices"])


def test_the_queue_tells_its_reasons_in_german_and_refuses_a_language_that_nobody_wrote(payrisk, invoices):
    payrisk("import", invoices)

    german = payrisk("queue", "--language", "de", "--json").json
    refused = payrisk("queue", "--language", "fr")

    assert all("überfällig" in line["reasons"][0]["text"] for line in german["items"])
    assert refused.code != 0
    assert "Expected one of en, de" in refused.err


def test_the_queue_prints_as_a_table_and_writes_a_workbook(payrisk, invoices, tmp_path):
    payrisk("import", invoices, "--as-of", "2026-03-31")

    done = payrisk("queue", "--xlsx", tmp_path / "queue.xlsx")

    assert "Acme Ltd" in done.out
    assert "31 March 2026" in done.out
    assert (tmp_path / "queue.xlsx").read_bytes().startswith(b"PK")


def test_an_evening_after_the_newest_export_is_served_with_a_warning(payrisk, invoices, tmp_path):
    payrisk("import", invoices, "--as-of", "2026-03-20")

    done = payrisk("score", "--as-of", "2026-03-31", "--out", tmp_path / "s.csv", "--json")

    assert any("2026-03-20" in notice for notice in done.json["notices"])


REFUSALS = [
    (["import", "nowhere.csv"], 2, "nowhere.csv"),
    (["import", "{invoices}", "--mapping", "no-such"], 2, "ibm_ar"),
    (["import", "{invoices}", "--as-of", "31/03/2026"], 2, "YYYY-MM-DD"),
    (["import", "{invoices}", "--as-of", "2026-02-30"], 2, "calendar"),
    (["import", "{invoices}", "--as-of", "2027-01-01"], 2, "2026-04-01"),
    (["import", "{invoices}", "--amount-scale", "cents"], 2, "above zero"),
    (["import", "{invoices}", "--amount-scale", "-1"], 2, "above zero"),
    (["queue", "--as-of", "2024-01-01"], 1, "begins on"),
    (["queue", "--as-of", "2030-01-01"], 1, "has not come yet"),
    (["train", "--as-of", "2024-01-01"], 1, "begins on"),
    (["score", "--out", "scores.docx"], 2, ".parquet"),
    (["promote", "no-such", "--by", "Maria"], 1, "no-such"),
    (["serve", "--port", "99999"], 2, "--port"),
]


@pytest.mark.parametrize(("words", "code", "told"), REFUSALS, ids=[" ".join(words) for words, _, _ in REFUSALS])
def test_a_refusal_is_a_sentence_with_the_way_out(payrisk, invoices, words, code, told):
    payrisk("import", invoices, "--as-of", "2026-03-31")

    done = payrisk(*(word.format(invoices=invoices) for word in words))

    assert done.code == code
    assert told in done.err
    assert "Traceback" not in done.err


HEADER = "invoice_id,customer_id,issue_date,due_date,amount,currency\n"
GOOD = "GOOD,C-1,2026-01-05,2026-02-04,77.00,EUR\n"
BROKEN_FILES = {
    "no due date": (HEADER.replace("due_date,", "") + GOOD.replace("2026-02-04,", ""), "due_date"),
    "no such day": (
        HEADER + GOOD + "A,C-1,2026-02-30,2026-03-01,1,EUR\nB,C-1,2026-02-30,2026-03-01,1,EUR\n",
        "2026-02-30",
    ),
    "absurd amount": (
        HEADER + GOOD + "A,C-1,2026-01-05,2026-02-04,1e30,EUR\nB,C-1,2026-01-05,2026-02-04,1e30,EUR\n",
        "1e30",
    ),
    "no currency": (HEADER.replace(",currency", "") + GOOD.replace(",EUR", ""), "currency"),
    "empty": ("", "empty"),
}


@pytest.mark.parametrize(("text", "told"), BROKEN_FILES.values(), ids=BROKEN_FILES)
def test_a_broken_file_is_refused_whole(payrisk, invoices, tmp_path, text, told):
    payrisk("import", invoices, "--as-of", "2026-03-30")
    before = payrisk("queue", "--json").json
    (tmp_path / "broken.csv").write_text(text, encoding="utf-8")

    done = payrisk("import", tmp_path / "broken.csv", "--as-of", "2026-03-31")

    assert done.code == 1
    assert told in done.err
    assert payrisk("queue", "--json").json == before


def test_one_bad_line_is_set_aside_and_named(payrisk, invoices):
    invoices.write_text(invoices.read_text() + "INV-9,C-2,Bolt BV,2026-02-30,2026-03-30,5.00,EUR,,\n", encoding="utf-8")

    done = payrisk("import", invoices)

    assert done.code == 0
    assert "4 accepted + 1 quarantined" in done.out
    assert "line 6" in done.out
    assert "2026-02-30" in done.out


def test_a_refusal_with_json_is_still_one_json_value(payrisk):
    done = payrisk("queue", "--json")

    assert done.code == 1
    assert done.json["code"] == "empty_ledger"


def test_a_taken_port_is_named_with_the_way_out(payrisk, invoices):
    payrisk("import", invoices)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        done = payrisk("serve", "--port", port)

    assert done.code == 1
    assert str(port) in done.err
    assert "--port" in done.err


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("PAYRISK_HOME", "/dev/null/home", "PAYRISK_HOME"),
        ("PAYRISK_DATABASE_URL", "sqlite:////dev/null/ledger.db", "ledger.db"),
        ("PAYRISK_DATABASE_URL", "nonsense", "nonsense"),
        ("PAYRISK_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none", "127.0.0.1"),
        ("PAYRISK_GRACE_DAYS", "99", "GRACE_DAYS"),
        ("PAYRISK_REPORTING_CURRENCY", "EURO", "REPORTING_CURRENCY"),
        ("PAYRISK_TODAY", "tomorrow", "TODAY"),
    ],
)
def test_a_setting_that_cannot_work_is_named(payrisk, invoices, monkeypatch, name, value, told):
    monkeypatch.setenv(name, value)

    done = payrisk("import", invoices)

    assert done.code in (1, 2)
    assert told in done.err
    assert "Traceback" not in done.err


def test_doctor_says_what_is_there(payrisk):
    findings = payrisk("doctor", "--json").json

    assert {finding["name"] for finding in findings} >= {"python", "home", "database", "lightgbm"}
    assert all(finding["ok"] for finding in findings)


def test_help_loads_nothing_heavy():
    code = (
        "import sys; sys.argv = ['payrisk', '--help']\n"
        "from payrisk.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = ('pandas', 'numpy', 'lightgbm', 'sqlalchemy', 'fastapi', 'pydantic', 'mlflow')\n"
        "print([m for m in heavy if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip().splitlines()[-1] == "[]"
