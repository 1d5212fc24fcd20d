"""The commands of models: who trains, who approves, the way back, the file of many evenings, and MLflow beside them."""

import json
import resource
import subprocess
import sys

import pandas as pd
import pytest
from model_builders import paying_company

from payrisk.gate import Gate


@pytest.fixture
def imported(payrisk, invoices):
    payrisk("import", invoices, "--as-of", "2026-03-31")


@pytest.fixture
def second(payrisk, imported, invoices, untracked):
    """Two versions: the first one in use, approved by Maria; the second one beside it."""
    first = payrisk("train", "--json").json["version"]
    payrisk("promote", first, "--by", "Maria")
    invoices.write_text(invoices.read_text().replace("INV-2,", "INV-7,"))
    payrisk("import", invoices, "--as-of", "2026-04-01")
    return first, payrisk("train", "--json").json["version"]


def test_a_training_bears_a_name_and_nobody_approves_their_own(payrisk, imported, untracked):
    trained = payrisk("train", "--by", "Anna", "--json").json

    refused = payrisk("promote", trained["version"], "--by", " anna ")

    assert trained["trained_by"] == "Anna"
    assert (refused.code, refused.out) == (1, "")
    assert "was trained by Anna" in refused.err
    assert f"payrisk promote {trained['version']} --by NAME" in refused.err
    assert payrisk("promote", trained["version"], "--by", "Maria").code == 0


@pytest.mark.parametrize(("setting", "name"), [(None, "service"), ("payrisk-cron", "payrisk-cron")])
def test_a_scheduled_training_bears_the_name_of_the_service_account(
    payrisk, imported, untracked, monkeypatch, setting, name
):
    if setting:
        monkeypatch.setenv("PAYRISK_SERVICE_ACCOUNT", setting)

    trained = payrisk("train", "--json").json

    assert trained["trained_by"] == name
    assert payrisk("promote", trained["version"], "--by", name).code == 1
    assert payrisk("promote", trained["version"], "--by", "Anna").code == 0


@pytest.mark.parametrize("words", [("promote", "V", "--by", " "), ("train", "--by", ""), ("rollback", "--by", "\t")])
def test_a_blank_name_is_wrong_use(payrisk, words):
    done = payrisk(*words)

    assert done.code == 2
    assert "name is needed" in done.err


def test_a_rollback_puts_the_version_before_to_use_and_says_the_way_forward(payrisk, second):
    first, newer = second
    payrisk("promote", newer, "--by", "Omar")

    done = payrisk("rollback", "--by", "Vera")

    assert done.code == 0
    assert f"{first} is in use again, approved by Maria, instead of {newer}." in done.out
    assert f" promote {newer} --by NAME" in done.out
    body = payrisk("queue", "--json").json
    assert (body["model_version"], body["approved"]) == (first, True)
    again = payrisk("rollback")
    assert again.code == 1
    assert "stays in use" in again.err
    assert payrisk("models", "--json").json["history"][-1]["what"] == "rollback"


def test_a_rollback_says_what_it_passed_over(payrisk, second, home):
    first, newer = second
    payrisk("promote", newer, "--by", "Omar")
    (home / "models" / "versions" / first / "habit.json").write_text("{}")

    refused = payrisk("rollback", "--json")

    assert (refused.code, refused.json["code"]) == (1, "nothing_before")
    assert f'"{first}" is damaged' in refused.err


def test_a_rollback_costs_less_than_five_seconds_from_the_command_line(payrisk, second, home):
    """Of the processor: what a machine does besides does not count."""
    payrisk("promote", second[1], "--by", "Omar")
    before = resource.getrusage(resource.RUSAGE_CHILDREN)

    done = subprocess.run([sys.executable, "-m", "payrisk.cli", "rollback"], capture_output=True, text=True)

    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.returncode == 0, done.stderr
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 5


def test_the_shelf_is_shown_with_who_trained_who_approved_and_what_asks(payrisk, second, home):
    first, newer = second

    body, told = payrisk("models", "--json").json, payrisk("models").out

    assert (body["champion"], body["challenger"]) == (first, newer)
    assert [(entry["version"], entry["trained_by"], entry["approved_by"]) for entry in body["versions"]] == [
        (newer, "service", None),
        (first, "service", "Maria"),
    ]
    assert [line.split()[0] for line in told.splitlines()] == ["Version", newer, first]
    assert "challenger" in told.splitlines()[1]
    assert "in use" in told.splitlines()[2]
    (home / "models" / "versions" / newer / "bundle.json").write_text("{")
    assert "damaged" in payrisk("models").out
    assert payrisk("models", "--json").json["damaged"] == [newer]


def test_an_empty_shelf_says_how_to_fill_it(payrisk):
    assert "payrisk train" in " ".join(payrisk("models").out.replace("payrisk.cli", "payrisk").split())
    assert payrisk("models", "--json").json["versions"] == []


def scores(payrisk, path, *words):
    done = payrisk("score", "--out", path, "--json", *words)
    assert done.code == 0, done.err
    return done.json, pd.read_parquet(path)


def test_many_evenings_are_scored_into_one_file(payrisk, imported, untracked, tmp_path):
    payrisk("train", "--as-of", "2026-01-31")

    summary, rows = scores(
        payrisk, tmp_path / "s.parquet", "--as-of", "2026-02-01", "--until", "2026-03-31", "--every", "29"
    )

    assert rows["as_of"].astype(str).unique().tolist() == ["2026-02-01", "2026-03-02", "2026-03-31"]
    assert (summary["evenings"], summary["items"], summary["mode"]) == (3, len(rows), "habit")
    assert rows["model_version"].unique().tolist() == [summary["model_version"]]
    assert not rows["hindsight"].any()


def test_at_issue_and_another_grace_and_no_reasons_can_be_asked_for(payrisk, imported, untracked, tmp_path):
    payrisk("train", "--as-of", "2026-01-31")
    words = ("--as-of", "2026-02-01", "--until", "2026-03-31")

    summary, rows = scores(payrisk, tmp_path / "s.parquet", *words, "--at-issue", "--grace", "30", "--no-reasons")

    assert rows["item_id"].tolist() == ["INV-3"]
    assert rows["as_of"].astype(str).tolist() == ["2026-03-02"]
    assert (summary["grace_days"], rows["grace_days"].tolist(), rows["reasons"].tolist()) == (30, [30], ["[]"])


def test_a_version_trained_later_is_refused_unless_asked_for_and_then_marked(payrisk, imported, untracked, tmp_path):
    payrisk("train")
    words = ("--as-of", "2026-02-01", "--until", "2026-03-01")

    refused = payrisk("score", "--out", tmp_path / "s.parquet", *words)
    assert refused.code == 1
    assert "--allow-later-model" in refused.err
    assert not (tmp_path / "s.parquet").exists()

    summary, rows = scores(payrisk, tmp_path / "s.parquet", *words, "--allow-later-model")
    assert rows["hindsight"].all()
    assert summary["hindsight"] == len(rows)
    assert any("hindsight" in notice for notice in summary["notices"])


def test_a_version_is_scored_with_by_its_name(payrisk, second, tmp_path):
    first, newer = second

    summary, _ = scores(payrisk, tmp_path / "s.parquet", "--as-of", "2026-04-01", "--model", newer)
    default, _ = scores(payrisk, tmp_path / "d.parquet", "--as-of", "2026-04-01")

    assert (summary["model_version"], default["model_version"]) == (newer, first)
    assert payrisk("score", "--out", tmp_path / "s.parquet", "--model", "no-such").code == 1


def test_what_is_scored_is_told_in_a_sentence(payrisk, imported, untracked, tmp_path):
    payrisk("train", "--as-of", "2026-01-31")
    words = ("--as-of", "2026-02-01", "--until", "2026-03-31", "--out", tmp_path / "s.csv")

    assert "on 9 evenings from 2026-02-01 to 2026-03-31" in payrisk("score", *words).out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--as-of", "2026-03-31", "--until", "2026-03-30"), "before the first evening"),
        (("--until", "2027-01-01"), "has not come yet"),
        (("--every", "0"), "--every"),
        (("--grace", "-1"), "--grace"),
    ],
)
def test_a_range_that_cannot_be_is_refused(payrisk, imported, tmp_path, words, told):
    done = payrisk("score", "--out", tmp_path / "s.parquet", *words)

    assert done.code in (1, 2)
    assert told in done.err
    assert "Traceback" not in done.err


def test_a_damaged_store_of_mlflow_is_a_note_and_keeps_nobody_from_the_queue(payrisk, imported, home, monkeypatch):
    with monkeypatch.context() as without:
        without.setattr(Gate, "tracking", lambda _: None)
        version = payrisk("train", "--json").json["version"]
    (home / "mlflow").mkdir()
    (home / "mlflow" / "mlflow.db").write_bytes(b"damaged" * 1000)

    queue, approved = payrisk("queue", "--json"), payrisk("promote", version, "--by", "Maria")

    assert (queue.code, queue.json["model_version"]) == (0, version)
    assert "Note: MLflow's registry could not be brought in line" in queue.err
    assert (approved.code, payrisk("models", "--json").json["champion"]) == (0, version)
    assert "Note: MLflow" in approved.err


def test_a_registry_that_lags_behind_is_brought_in_line_by_the_next_command_of_models(payrisk, imported, home):
    mlflow = pytest.importorskip("mlflow")
    from training.in_line import is_in_line
    from training.tracking import MODEL

    version = payrisk("train", "--json").json["version"]
    gate = Gate.open()
    gate.shelf.promote(version, "Maria", gate.now)  # and killed before MLflow was told
    assert not is_in_line(gate.shelf, home / "mlflow")

    payrisk("queue")

    client = mlflow.MlflowClient(f"sqlite:///{home / 'mlflow' / 'mlflow.db'}")
    assert client.get_model_version_by_alias(MODEL, "champion").tags["approved_by"] == "Maria"
    assert is_in_line(gate.shelf, home / "mlflow")
    gate.close()


def test_a_registry_in_line_costs_no_mlflow(payrisk, imported, home):
    pytest.importorskip("mlflow")
    payrisk("train")
    code = (
        "import sys; sys.argv = ['payrisk', 'models']\n"
        "from payrisk.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print('mlflow' in sys.modules)"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip().splitlines()[-1] == "False"


@pytest.fixture
def company(payrisk, home, monkeypatch):
    """A home with the paying company, whose backtest is walked once and in few trees."""
    import training.backtest as backtests
    from training.fit import Recipe

    Gate.open().ledger.load(paying_company())
    walked, found = backtests.backtest, []

    def once(*words, **also):
        if not found:
            found.append(walked(*words, **also, recipe=lambda learned: Recipe(num_leaves=4, rounds=6)))
        return found[0]

    monkeypatch.setattr(backtests, "backtest", once)


def test_a_backtest_is_one_json_value_and_a_page_or_a_file_for_machines(payrisk, company, tmp_path):
    page, figures = tmp_path / "b.html", tmp_path / "b.json"

    told = payrisk("backtest", "--months", "1", "--json", "--out", page)
    spoken = payrisk("backtest", "--months", "1", "--out", figures)

    assert (told.code, spoken.code) == (0, 0)
    assert (told.json["as_of"], told.json["months"]) == ("2026-03-06", 1)
    assert {gate["name"] for gate in told.json["gates"]} >= {"knows_no_future", "calibrated"}
    assert json.loads(figures.read_text(encoding="utf-8")) == told.json
    assert page.read_text(encoding="utf-8").lstrip().lower().startswith("<!doctype html>")
    assert spoken.out.strip() == told.json["text"].strip()
    assert f"Report written: {page}" in told.err
    assert payrisk("models", "--json").json["versions"] == []


@pytest.mark.parametrize("ending", ["b.pdf", "b"])
def test_a_backtest_is_written_as_a_page_or_as_json_and_as_nothing_else(payrisk, imported, tmp_path, ending):
    refused = payrisk("backtest", "--out", tmp_path / ending)

    assert (refused.code, refused.out) == (2, "")
    assert "A report is written as .html or .json." in refused.err
    assert not (tmp_path / ending).exists()


def test_a_ledger_too_young_to_be_judged_says_so(payrisk, imported):
    refused = payrisk("backtest", "--as-of", "2025-12-01", "--json")

    assert (refused.code, refused.json["code"]) == (1, "nothing_to_judge")
    assert "By the evening of 2025-12-01 the ledger is too young to be judged" in refused.err


@pytest.mark.parametrize(
    ("command", "options"),
    [
        ("train", ("--trials", "--budget", "--seed", "--threads", "--by")),
        ("backtest", ("--months", "--out", "--as-of")),
    ],
)
def test_the_help_of_a_command_names_its_options(payrisk, command, options):
    told = payrisk(command, "--help")

    assert told.code == 0
    assert all(option in told.out for option in options)


@pytest.mark.parametrize(
    "words",
    [("train", "--trials", "-1"), ("train", "--budget", "0"), ("train", "--threads", "0"), ("train", "--seed", "-1"),
     ("backtest", "--months", "0"), ("backtest", "--months", "37")],
)  # fmt: skip
def test_a_number_that_cannot_be_is_wrong_use(payrisk, imported, words):
    refused = payrisk(*words)

    assert refused.code == 2
    assert words[1] in refused.err


def test_a_training_is_told_how_much_to_try_and_how_long_it_may_take(payrisk, imported, untracked, monkeypatch):
    from training import monthly

    plans, trained = [], monthly.train
    monkeypatch.setattr(
        monthly, "train", lambda *words, **also: (plans.append(also["plan"]), trained(*words, **also))[1]
    )

    payrisk("train", "--trials", "3", "--budget", "2.5", "--seed", "11", "--threads", "2", "--json")
    payrisk("train", "--json")

    assert plans == [monthly.Plan(trials=3, minutes=2.5, seed=11, threads=2), monthly.Plan()]
