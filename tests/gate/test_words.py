"""What the commands say of themselves: results, help, hints."""

import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from evenings import made_run, score, why

from models.shelf_entry import ShelfEntry
from payrisk.doctor import examine
from payrisk.outcome import training_outcome
from payrisk.program import this_program
from payrisk.settings import Settings
from payrisk.show import show_findings, show_queue, show_training
from training.monthly import TrainingResult
from training.promotion import Gate

HABIT = "Each customer's own payment habit is used instead."


def test_training_says_what_became_of_a_habit_and_of_the_same_version_again(payrisk, invoices, untracked):
    payrisk("import", invoices, "--as-of", "2026-03-31")

    first = payrisk("train", "--json").json
    again = payrisk("train", "--json").json["outcome"]
    payrisk("promote", first["version"], "--by", "Anna")
    approved = payrisk("train").out.replace("\n", " ")

    reason = first["gates"][0]["reason"]
    little = f"Too little history for a model: {reason}. {HABIT} "
    assert first["outcome"] == little + "In use from now on: first version, not yet approved."
    assert again == little + "The same version again: it is in use. Nothing changed."
    assert "The same version again: it is in use, approved by Anna. Nothing changed." in approved
    assert "not met   enough history" in approved
    assert "refused" not in approved


def test_another_version_stands_beside_the_one_in_use(payrisk, invoices, untracked):
    payrisk("import", invoices, "--as-of", "2026-03-31")
    payrisk("train")
    more = invoices.read_text().replace("INV-2,", "INV-7,").replace("2025-12-20", "2025-12-24")
    invoices.write_text(more)
    payrisk("import", invoices, "--as-of", "2026-04-01")

    trained = payrisk("train", "--json").json

    assert f" promote {trained['version']} --by NAME (another person than service)" in trained["outcome"]
    assert "habit was learned instead" in trained["outcome"]


def test_a_version_that_its_gates_declined_is_not_said_to_want_approval():
    gates = (Gate("calibrated", False, "0.2"), Gate("enough_history", True, "700"))
    result = TrainingResult("V", "model", False, {}, gates, 1.0)
    day = date(2026, 3, 31)
    entry = ShelfEntry("V", day, "model", False, False, None, "", "service")

    told = training_outcome(result, entry, ShelfEntry("U", day, "model", True, True, "Omar", ""), day, day)

    assert told == "Kept on the shelf, and cannot be put to use (calibrated): U stays in use."


def test_a_verdict_names_what_was_not_met_and_what_was_refused(capsys):
    gates = [
        {"name": "enough_history", "passed": False, "blocks": True, "reason": "3 of 500"},
        {"name": "beats_simple_orders", "passed": False, "blocks": True, "reason": "no gain"},
        {"name": "calibrated", "passed": False, "blocks": False, "reason": "0.09"},
        {"name": "ranks", "passed": True, "blocks": True, "reason": "0.7"},
    ]
    show_training({"version": "V", "kind": "habit", "as_of": "2026-03-31", "gates": gates, "outcome": "."})

    told = [line.split()[:2] for line in capsys.readouterr().out.splitlines()[1:5]]
    assert told == [["not", "met"], ["refused", "beats"], ["to", "watch"], ["passed", "ranks:"]]


def test_the_table_tells_reasons_as_the_page_does(capsys):
    reasons = [
        why("amount", "small", -0.2), why("newness", "new here", 0.194), why("habit", "often late", 0.05),
        why("terms", "usual terms", -0.004),
    ]  # fmt: skip
    show_queue(made_run([score(reasons=reasons[:3], base=0.55, late_risk=0.594)]).body(), accounts=5)
    out = capsys.readouterr().out

    lines = [" ".join(line.split()) for line in out.splitlines()]
    at = lines.index("▲ +5: often late")
    assert lines[at : at + 3] == ["▲ +5: often late", "▼ −20: small", "▲ +19: new here"]
    assert "the typical account has (55%)" in " ".join(lines)
    assert "Money-days" in out

    show_queue(made_run([score(reasons=[reasons[2], reasons[3]], base=0.5, late_risk=0.546)]).body(), accounts=5)
    out = capsys.readouterr().out
    assert "▼ <1: usual terms" in out
    assert "-0 " not in out


def test_a_table_without_a_model_has_no_typical_account(capsys):
    show_queue(made_run([score(late_risk=None)]).body(), accounts=5)

    assert "typical account" not in capsys.readouterr().out


def test_the_version_of_the_program_can_be_asked_for(payrisk):
    done = payrisk("--version")

    assert (done.code, done.out) == (0, "payrisk 0.1.0\n")


def test_no_help_line_of_a_command_is_cut_short(payrisk, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")

    commands = payrisk("--help").out.partition("Commands:")[2]

    assert "doctor" in commands
    assert "..." not in commands


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("queue", "use only what was known by this day; default: the newest day of the ledger"),
        ("train", "use only what was known by this day; default: the newest day of the ledger"),
        ("import", "default: the newest issue or payment date in the files"),
        ("serve", "default: PAYRISK_PORT, else 8321"),
    ],
)
def test_options_tell_their_defaults(payrisk, command, told):
    assert told in " ".join(payrisk(command, "--help").out.split())


def test_a_hint_can_be_typed_as_it_stands_without_a_path(tmp_path, monkeypatch):
    program = tmp_path / "bin" / "payrisk"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(sys, "argv", [str(program)])

    monkeypatch.chdir(tmp_path)
    assert this_program() == "bin/payrisk"
    monkeypatch.chdir(program.parent)
    assert this_program() == "./payrisk"
    monkeypatch.chdir("/")
    assert (Path("/") / this_program()).samefile(program)
    monkeypatch.setattr(sys, "argv", ["payrisk"])
    assert this_program() == f"{sys.executable} -m payrisk.cli"
    monkeypatch.setenv("PATH", str(program.parent))
    assert this_program() == "payrisk"


def test_the_list_points_to_its_rest_with_the_program_that_runs(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("payrisk.show.this_program", lambda: ".venv/bin/payrisk")

    show_queue(made_run([score(f"I-{n}", f"C-{n}") for n in range(3)]).body(), accounts=1)

    assert "and 2 more: .venv/bin/payrisk queue --accounts 3" in capsys.readouterr().out


def finding(name, **settings):
    return next(found for found in examine(Settings(**settings)) if found.name == name)


def test_doctor_makes_no_file_and_shows_no_password(home, tmp_path):
    file = tmp_path / "elsewhere.db"

    found = finding("database", database_url=f"sqlite:///{file}")

    assert (found.ok, "empty" in found.found) == (True, True)
    assert not file.exists()
    server = finding("database", database_url="postgresql://maria:s3cret@127.0.0.1:1/none")
    assert (server.ok, "maria:***@127.0.0.1" in server.found) == (False, True)
    assert "s3cret" not in server.found + server.remedy
    assert "s3cret" not in str(finding("database", database_url="nonsense://maria:s3cret@host/x"))


def test_doctor_says_how_readers_of_files_are_kept_from_the_network(home, monkeypatch):
    told = finding("reading")
    assert (told.ok, told.remedy) == (True, "")
    assert told.found.endswith(("own network namespace", "sockets refused by a hook"))

    def broken():
        raise EOFError

    monkeypatch.setattr("ledger.reading.apart.isolation", broken)
    assert not finding("reading").ok
    assert "again" in finding("reading").remedy


def test_doctor_counts_the_reasons_that_a_language_has_no_words_for(home, monkeypatch):
    import features.reason_catalogue as catalogue

    assert "codes in en and de" in finding("reasons").found
    assert "for want of" not in finding("reasons").found

    monkeypatch.setattr(catalogue, "missing_translations", lambda language: ("reasons.age", "reasons.open_amount"))
    assert finding("reasons").found.endswith("; 2 told in English for want of de")
    assert finding("reasons").remedy == "features/translations/de.toml lacks reasons.age"


def test_doctor_counts_imports_in_words(payrisk, invoices):
    payrisk("import", invoices)

    assert "1 import accepted" in payrisk("doctor").out


def test_what_may_be_absent_is_called_optional_with_the_command_that_brings_it(home, monkeypatch, capsys):
    import importlib.util

    find = importlib.util.find_spec
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == "psycopg" else find(name))
    findings = [finding("psycopg")]

    show_findings(findings)

    told = capsys.readouterr().out
    assert told.startswith("optional psycopg")
    assert '.venv/bin/pip install -e ".[postgres]"' in told
    assert (findings[0].ok, findings[0].as_dict()["optional"]) == (True, True)


def test_the_program_runs_as_a_module_too():
    done = subprocess.run(
        [sys.executable, "-m", "payrisk.cli", "--version"], capture_output=True, text=True, check=True, env=os.environ
    )
    assert done.stdout.startswith("payrisk ")
