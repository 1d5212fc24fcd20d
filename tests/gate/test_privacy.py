"""`payrisk privacy`: a person is copied, held, erased; no byte of name or note is left, and the money stays."""

import csv
import json
import os
import shutil
import sqlite3
from datetime import date

import pytest
import sqlalchemy as sa
from contract_databases import temporary_database
from killed import Fatal, child, end_of

from features.compute import feature_rows
from ledger.database import open_engine
from ledger.options import ImportOptions
from payrisk.gate import Gate
from payrisk.import_work import import_files
from payrisk.privacy_work import Privacy
from serving.activities.people import Actor
from serving.imports.asked import Asked
from serving.imports.room import Bringer

NAME, NOTE, WHY = "Zoë Quillfeather", "Her sister Wilhelmina answers", "the Featherington crate was damaged"
WORDS = ("Quillfeather", "Wilhelmina", "Featherington")
BY = ("--by", "ada", "--reason", "request of 3 March")
HEADER = "invoice_id,customer_id,customer_name,issue_date,due_date,amount,currency,paid_date,paid_amount\n"


def export(folder, day, paid="", name=NAME):
    """Three customers with an overdue invoice each; that of the person is paid on a day, or open."""
    path = folder / f"{day}.csv"
    path.write_text(
        HEADER
        + f"INV-1,C-1,{name},2026-01-05,2026-02-04,1200.00,EUR,{paid},{'1200.00' if paid else ''}\n"
        + "INV-2,C-2,Bolt BV,2026-01-02,2026-02-01,900.50,EUR,,\n"
        + "INV-3,C-3,Crate SA,2026-01-10,2026-02-10,1500.00,EUR,,\n",
        encoding="utf-8",
    )
    return path


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """Where a home with two lists stays, for all tests of the module that need one on SQLite."""
    return tmp_path_factory.mktemp("kept") / "home"


def two_mornings(payrisk, folder, monkeypatch):
    """A list with the person, of whom things are written; then the export that says that she paid, and its list."""
    (folder / "customers.csv").write_text(
        f"customer_id,customer_name,debtor_class\nC-1,{NAME},natural person\nC-2,Bolt BV,b2b\nC-3,Crate SA,\n"
    )
    assert payrisk("import", export(folder, "2026-03-31"), folder / "customers.csv", "--as-of", "2026-03-31").code == 0
    assert payrisk("daily").code == 0
    by = ("--by", "maria")
    for command in (
        ("note", "C-1", NOTE, *by),
        ("dispute", "C-1", "INV-1", "20", "EUR", WHY, *by),
        ("snooze", "C-1", "2026-04-07", f"back then: {NOTE}", *by),
        ("contest", "C-1", "other", "--text", NOTE, *by),
        ("note", "C-2", "a note that stays", *by),
    ):
        assert payrisk("activity", *command).code == 0
    dispute = next(
        one for one in payrisk("activity", "list", "C-1", "--json").json["items"] if one["kind"] == "dispute"
    )
    assert payrisk("activity", "resolve", "C-1", dispute["activity_id"], "accepted", "--text", NOTE, *by).code == 0
    monkeypatch.setenv("PAYRISK_TODAY", "2026-04-03")
    assert payrisk("import", export(folder, "2026-04-02", "2026-04-01"), "--as-of", "2026-04-02").code == 0
    assert payrisk("daily").code == 0
    assert payrisk("people", "add", "ada", "admin").code == 0


@pytest.fixture
def mornings(payrisk, tmp_path, monkeypatch, home, kept):
    if not kept.exists():
        two_mornings(payrisk, tmp_path, monkeypatch)
        shutil.copytree(home, kept)
    else:
        shutil.copytree(kept, home)
        monkeypatch.setenv("PAYRISK_TODAY", "2026-04-03")
    return home


def left_in(home):
    """The files of the home, and what lies beside them, that hold one of the words."""
    spelled = [one for word in WORDS for one in (word.encode(), word.encode("utf-16-le"))]
    return [path.name for path in home.rglob("*") if path.is_file() and any(w in path.read_bytes() for w in spelled)]


def leave_behind(home):
    """What a database keeps in its file of rows that are long gone, where it was not told to wipe them."""
    with sqlite3.connect(home / "payrisk.db") as database:
        database.execute("PRAGMA secure_delete=OFF")
        database.execute("CREATE TABLE gone (text TEXT)")
        database.executemany("INSERT INTO gone VALUES (?)", [(NAME,)] * 20_000)
        database.execute("DROP TABLE gone")
    database.close()


def left_in_tables(url):
    engine, found = open_engine(url), []
    with engine.connect() as connection:
        for table in sa.inspect(connection).get_table_names():
            text = str(connection.execute(sa.text(f"SELECT * FROM {table}")).all())
            found += [(table, word) for word in WORDS if word in text]
    engine.dispose()
    return found


def state():
    """The books of both evenings, the features of the first, and whether the lists can be made again."""
    gate = Gate.open()
    view = gate.ledger.as_of(gate.ledger.newest_day())
    first = gate.ledger.as_of(date(2026, 3, 31))
    told = (
        [gate.ledger.reconcile(v.day).to_csv() for v in (first, view)],
        feature_rows(first).digest,
        gate.ledger.version,
    )
    gate.close()
    return told


def replayed(payrisk):
    return [payrisk("replay", day, "--json").json for day in ("2026-03-31", "2026-04-02")]


def test_an_erased_person_is_in_no_byte_of_the_home_and_the_money_stays(payrisk, mornings, home):
    before = state()
    leave_behind(home)
    shutil.copytree(mornings / "cache", home / "runs" / "left-over", dirs_exist_ok=True)
    assert any(name.startswith("payrisk.db") for name in left_in(home))  # in the file, or in its journal
    assert left_in_tables(f"sqlite:///{home / 'payrisk.db'}")

    done = payrisk("privacy", "erase", "C-1", *BY, "--json")

    assert (done.code, done.json["erased"]) == (0, [{"customer_id": "C-1", "lists": 1}])
    assert (done.json["swept"], done.json["found_in"]) == (True, [])
    assert left_in(home) == []
    assert state() == before
    assert left_in(home) == []  # the columns were made again, without the name
    assert payrisk("verify-audit").out.startswith("10 entries, each as it was written")


def test_a_backup_of_afterwards_has_none_of_it_either(payrisk, mornings, home, tmp_path, monkeypatch):
    assert payrisk("privacy", "erase", "C-1", *BY).code == 0
    assert payrisk("backup", tmp_path / "after.zip").code == 0
    monkeypatch.setenv("PAYRISK_HOME", str(tmp_path / "restored"))

    assert payrisk("restore", tmp_path / "after.zip").code == 0

    assert left_in(tmp_path / "restored") == []
    assert payrisk("verify-audit").code == 0


def test_a_replay_says_how_many_persons_were_erased_and_finds_no_difference(payrisk, mornings):
    assert [(one["same"], one["erased"]) for one in replayed(payrisk)] == [(True, 0), (True, 0)]

    payrisk("privacy", "erase", "C-1", *BY)

    assert [(one["same"], one["features_same"], one["reports_same"], one["erased"]) for one in replayed(payrisk)] == [
        (True, True, True, 1), (True, True, True, 0),
    ]  # fmt: skip
    told = payrisk("replay", "2026-03-31")
    assert (told.code, "1 person of it was erased since" in told.out) == (0, True)


def test_the_lists_say_that_somebody_was_erased_and_who_else_is_on_them_keeps_the_name(payrisk, mornings):
    payrisk("privacy", "erase", "C-1", *BY)

    body = payrisk("queue", "--as-of", "2026-03-31", "--json").json
    assert body["erased"] == 1
    names = {line["customer_id"]: line["customer_name"] for line in body["items"]}
    assert names == {"C-1": None, "C-2": "Bolt BV", "C-3": "Crate SA"}
    ahead = {line["customer_id"]: line["rank_explanation"]["ahead"] for line in body["items"]}
    assert "C-1" in json.dumps(ahead)
    gate = Gate.open()
    texts = [one["said"].get("text") for one in gate.recorder.recorded("C-1")["items"]]
    assert "(erased)" in texts
    assert [one["said"] for one in gate.recorder.recorded("C-2")["items"]] == [{"text": "a note that stays"}]
    gate.close()


def test_a_process_that_has_the_ledger_open_reads_no_name_afterwards(payrisk, mornings):
    gate = Gate.open()
    view = gate.ledger.as_of(gate.ledger.newest_day())
    assert NAME in set(view.customers["customer_name"])

    assert payrisk("privacy", "erase", "C-1", *BY).code == 0

    names = set(gate.ledger.as_of(view.day).customers["customer_name"])
    gate.close()
    assert (NAME in names, "Bolt BV" in names) == (False, True)


def erase(customer_id):
    gate = Gate.open(prepare=False)
    done = Privacy(gate).erase(customer_id, "ada", "request of 3 March")
    gate.close()
    return done


def test_what_a_reader_took_out_before_an_erasure_is_not_kept_after_it(mornings, home, monkeypatch):
    """The desk reads a large ledger, whose columns are not kept yet, while the person is erased."""
    shutil.rmtree(home / "cache")
    reading = Gate.open(prepare=False)
    told, done = reading.ledger.store.told, []

    def meanwhile(version=None):
        found = told(version)
        done.append(done or erase("C-1"))
        return found

    monkeypatch.setattr(reading.ledger.store, "told", meanwhile)
    assert (reading.ledger.told().items["customer_name"] == NAME).any()
    reading.close()

    assert done[0]["swept"]
    assert left_in(home / "cache") == []


def test_what_an_import_heard_before_an_erasure_is_not_kept_after_it(mornings, home, tmp_path, monkeypatch):
    importing = Gate.open(prepare=False)
    begin, done = importing.ledger.store.begin_import, []

    def meanwhile(*told, **named):
        done.append(done or erase("C-1"))
        return begin(*told, **named)

    monkeypatch.setattr(importing.ledger.store, "begin_import", meanwhile)
    renamed = export(tmp_path, "2026-04-03", "2026-04-01", f"{NAME} II")
    import_files(importing, [renamed], options=ImportOptions(as_of=date(2026, 4, 3)))
    importing.close()

    reading = Gate.open(prepare=False)
    told = reading.ledger.told().items
    reading.close()
    assert done
    assert set(told.loc[told["customer_id"] == "C-1", "customer_name"]) == {""}
    assert left_in(home / "cache") == []


def test_who_is_erased_again_after_being_readmitted_is_read_nowhere(payrisk, mornings, tmp_path):
    assert payrisk("privacy", "erase", "C-1", *BY).code == 0
    assert payrisk("privacy", "readmit", "C-1", *BY).code == 0
    named = tmp_path / "named.csv"
    named.write_text(f"customer_id,customer_name\nC-1,{NAME} II\n", encoding="utf-8")
    assert payrisk("import", named, "--as-of", "2026-04-03").code == 0
    reading = Gate.open(prepare=False)
    assert f"{NAME} II" in set(reading.ledger.told().customers["customer_name"])

    assert payrisk("privacy", "erase", "C-1", *BY).code == 0

    assert not set(reading.ledger.told().customers["customer_name"]) & {NAME, f"{NAME} II"}
    reading.close()


def test_erased_again_changes_nothing_but_for_columns_left_behind_and_is_entered_once(payrisk, mornings, home):
    shutil.copytree(home / "cache", home.parent / "cache")
    payrisk("privacy", "erase", "C-1", *BY)
    rows = rows_of(home)
    shutil.copytree(home.parent / "cache", home / "cache", dirs_exist_ok=True)  # by an older payrisk, see CHANGELOG.md
    assert left_in(home / "cache")
    again = payrisk("privacy", "erase", "C-1", *BY, "--json")

    assert (again.code, again.json["swept"]) == (0, True)
    assert left_in(home / "cache") == []
    assert rows_of(home) == rows


def rows_of(home):
    with sqlite3.connect(home / "payrisk.db") as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: database.execute(f"SELECT * FROM {name}").fetchall() for name in sorted(tables)}


def test_who_owes_or_is_held_is_not_erased_and_the_sentence_says_why(payrisk, mornings, home):
    rows = rows_of(home)
    owes = payrisk("privacy", "erase", "C-2", *BY)
    assert (owes.code, "1 item open" in owes.err) == (1, True)
    assert rows_of(home) == rows

    assert payrisk("privacy", "hold", "C-1", "--by", "ada", "--reason", "lawsuit 12/26").code == 0
    held = payrisk("privacy", "erase", "C-1", *BY)
    assert (held.code, "a legal hold by ada since 2026-04-03" in held.err) == (1, True)
    assert payrisk("privacy", "hold", "C-1", *BY).code == 1
    assert payrisk("privacy", "release", "C-1", *BY).code == 0
    assert payrisk("privacy", "release", "C-1", *BY).code == 1
    assert payrisk("privacy", "erase", "C-1", *BY).code == 0
    assert payrisk("verify-audit").code == 0


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("erase", "C-404", *BY), "nobody_known"),
        (("erase", "C-1", "--by", "ada", "--reason", f"{NAME} asked"), "reason_names_the_person"),
        (("erase", "C-1", "--by", "ada", "--reason", " "), "no_reason"),
        (("erase", "C-1", "--by", "maria", "--reason", "asked"), "not_an_administrator"),
        (("readmit", "C-1", *BY), "not_erased"),
        (("export", "C-404", "--by", "ada"), "nobody_known"),
    ],
)
def test_what_may_not_be_is_refused_and_changes_nothing(payrisk, mornings, home, capsys, words, code):
    rows = rows_of(home)

    refused = payrisk("privacy", *words, *(() if words[0] == "export" else ("--json",)))

    assert refused.code == (2 if code == "no_reason" else 1)
    assert refused.out == "" if words[0] == "export" else refused.json["code"] == code
    assert rows_of(home) == rows


def test_an_import_leaves_the_name_out_and_says_so_until_the_person_is_readmitted(
    payrisk, mornings, home, tmp_path, monkeypatch
):
    payrisk("privacy", "erase", "C-1", *BY)
    monkeypatch.setenv("PAYRISK_TODAY", "2026-04-04")
    told = payrisk("import", export(tmp_path, "2026-04-03", "2026-04-01"), "--as-of", "2026-04-03", "--json").json

    warned = {one["code"]: one["rows"] for one in told["warnings"]}
    assert warned["erased_names_left_out"] == 1
    assert left_in(home) == []

    payrisk("privacy", "readmit", "C-1", *BY)
    monkeypatch.setenv("PAYRISK_TODAY", "2026-04-05")
    again = payrisk("import", export(tmp_path, "2026-04-04", "2026-04-01"), "--as-of", "2026-04-04", "--json").json
    assert "erased_names_left_out" not in {one["code"] for one in again["warnings"]}
    assert "payrisk.db" in "".join(left_in(home))
    assert payrisk("privacy", "erase", "C-1", *BY).code == 0
    assert left_in(home) == []
    assert payrisk("verify-audit").code == 0


def bad_rows(folder, day):
    """An export with rows that are set aside: of the person, of nobody who can be read, of somebody else."""
    path = export(folder, day, "2026-04-01")
    with path.open("a", encoding="utf-8") as out:
        out.write(f"INV-7,C-1,{NAME},{NAME},2026-03-04,10.00,EUR,,\n")
        out.write(f"INV-8,,{NAME},2026-02-01,2026-03-04,10.00,EUR,,\n")
        out.write(f"INV-9,C-1,{NAME},{NAME},2026-02-01,2026-03-04,10.00,EUR,,\n")
        out.write("INV-10,C-2,Bolt BV,2026-02-30,2026-03-04,10.00,EUR,,\n")
    return path


def set_aside(home):
    return "".join(path.read_text("utf-8") for path in (home / "imports").rglob("*") if path.is_file())


def test_an_erasure_reaches_the_rows_that_imports_set_aside_and_why_imports_were_refused(
    payrisk, mornings, home, tmp_path
):
    payrisk("import", bad_rows(tmp_path, "2026-04-02"), "--as-of", "2026-04-02", "--max-bad", "1")
    refused = payrisk("import", bad_rows(tmp_path, "2026-04-02"), "--as-of", "2026-04-02", "--max-bad", "0.01")
    assert (refused.code, NAME in refused.err) == (1, True)
    assert NAME in set_aside(home)

    done = payrisk("privacy", "erase", "C-1", *BY, "--json")

    assert (done.json["swept"], done.json["found_in"]) == (True, [])
    assert (left_in(home), left_in_tables(f"sqlite:///{home / 'payrisk.db'}")) == ([], [])


def test_rows_that_an_import_sets_aside_after_an_erasure_are_kept_where_they_are_read_as_somebody_elses(
    payrisk, mornings, home, tmp_path, monkeypatch
):
    payrisk("privacy", "erase", "C-1", *BY)
    aside = tmp_path / "aside"
    told = payrisk(
        "import",
        bad_rows(tmp_path, "2026-04-02"),
        "--as-of",
        "2026-04-02",
        "--quarantine",
        aside,
        "--json",
        "--max-bad",
        "1",
    )
    payrisk("import", bad_rows(tmp_path, "2026-04-02"), "--as-of", "2026-04-02", "--max-bad", "0.01")

    rows = told.json["files"][0]["quarantine"]
    assert {row["line"]: "is kept" in row["sentence"] for row in rows} == {5: True, 6: True, 7: True, 8: False}
    assert (left_in(home), left_in(aside), WORDS[0] in told.out) == ([], [], False)
    assert "INV-10" in set_aside(home)
    monkeypatch.setenv("PAYRISK_TODAY", "2026-04-05")
    payrisk("privacy", "readmit", "C-1", *BY)
    payrisk("import", bad_rows(tmp_path, "2026-04-04"), "--as-of", "2026-04-04", "--max-bad", "1")
    assert NAME in set_aside(home)


def test_payments_set_aside_after_an_erasure_are_kept_of_invoices_that_are_known_to_be_somebody_elses(
    payrisk, mornings, home, tmp_path
):
    payrisk("privacy", "erase", "C-1", *BY)
    path = tmp_path / "payments.csv"
    path.write_text(
        "payment_id,invoice_id,payment_date,amount,currency,payer\n"
        f"P-1,INV-1,2026-13-01,5.00,EUR,{NAME}\nP-2,INV-404,2026-13-01,5.00,EUR,{NAME}\n"
        "P-3,INV-2,2026-13-01,5.00,EUR,Bolt BV\nP-4,INV-2,2026-04-01,5.00,EUR,Bolt BV\n"
    )
    aside = tmp_path / "aside"
    told = payrisk("import", path, "--as-of", "2026-04-02", "--mode", "append", "--max-bad", "1", "--quarantine", aside)

    assert told.code == 0, told.err
    assert (left_in(home), left_in(aside)) == ([], [])
    with next(aside.iterdir()).open(encoding="utf-8-sig", newline="") as file:
        assert [row["payment_id"] for row in csv.DictReader(file)] == ["P-3"]


def test_an_erasure_is_not_swept_while_an_import_waits_with_files_that_may_hold_the_name(
    payrisk, mornings, home, tmp_path
):
    gate = Gate.open()
    room = gate.import_room
    room._launch = lambda: None
    import_id = room.begin("ada")
    where = room.spool.new_file(import_id, 0, "waits.csv")
    shutil.copy(export(tmp_path, "2026-04-02"), where)
    by = Bringer(Actor("ada", "admin"), "Ada", "api")
    room.submit(import_id, [{"name": "waits.csv", "bytes": 1, "sha256": "0"}], Asked("", {}, review=True), by)
    gate.close()

    done = payrisk("privacy", "erase", "C-1", *BY, "--json").json
    assert (done["swept"], done["why_not"]) == (False, "an import waits, and its files may hold the name (waits.csv)")
    assert done["found_in"] == [str(where)]

    gate = Gate.open()
    waits = gate.import_room.imports.one(import_id)
    gate.import_room.imports.end(waits, "refused", gate.now.isoformat(), was="uploaded")
    gate.import_room.spool.drop(import_id)
    gate.close()
    again = payrisk("privacy", "erase", "C-1", *BY, "--json").json
    assert (again["swept"], left_in(home)) == (True, [])


def test_an_erasure_reaches_the_files_that_a_killed_process_left_beside_an_import_that_ended(
    payrisk, mornings, home, tmp_path
):
    gate = Gate.open()
    room = gate.import_room
    ended = next(iter(room.imports.ids()))
    where = room.spool.new_file(ended, 0, "left.csv")
    shutil.copy(export(tmp_path, "2026-04-02"), where)
    gate.close()

    done = payrisk("privacy", "erase", "C-1", *BY, "--json").json

    assert (done["swept"], where.exists(), left_in(home)) == (True, False, [])


def test_an_erasure_is_not_swept_while_files_are_uploaded_and_reaches_those_of_an_upload_that_was_cut_off(
    payrisk, mornings, home, tmp_path
):
    gate = Gate.open()
    coming = gate.import_room.begin("ada")
    where = gate.import_room.spool.new_file(coming, 0, "comes.csv")
    shutil.copy(export(tmp_path, "2026-04-02"), where)
    folder = gate.settings.import_folder / coming
    gate.close()

    done = payrisk("privacy", "erase", "C-1", *BY, "--json").json

    assert (done["swept"], done["why_not"]) == (
        False, "files are being uploaded, or were within the last hour, and may hold the name",
    )  # fmt: skip
    long_ago = where.stat().st_mtime - 7200
    for path in (where, where.parent, where.parent.parent, folder):
        os.utime(path, (long_ago, long_ago))
    again = payrisk("privacy", "erase", "C-1", *BY, "--json").json
    assert (again["swept"], where.exists(), left_in(home)) == (True, False, [])


def test_the_copy_holds_all_that_is_stored_of_a_person_and_of_nobody_else(payrisk, mornings, tmp_path):
    done = payrisk("privacy", "export", "C-1", "--by", "ada", "--out", tmp_path / "copy.json")

    assert done.code == 0
    text = (tmp_path / "copy.json").read_text(encoding="utf-8")
    copy = json.loads(text)
    assert NAME in text
    assert [one["said"].get("text") for one in copy["recorded"] if one["kind"] == "note"] == [NOTE]
    assert copy["told"]["told_items"][0]["due_on"] == "2026-02-04"
    assert copy["told"]["told_disputes"][0]["reason"] == WHY
    assert [one["as_of"] for one in copy["published"]] == ["2026-03-31"]
    assert "Bolt BV" not in text.replace(json.dumps(copy["published"]), "")
    assert payrisk("verify-audit").code == 0


def test_retention_shows_first_and_erases_when_told_to(payrisk, mornings, home):
    rows = rows_of(home)
    shown = payrisk("privacy", "retention", "--older-than", "2027-01-01", "--json").json

    assert shown["dry_run"] is True
    assert [one["customer_id"] for one in shown["goes"]] == ["C-1"]
    assert {one["customer_id"]: one["why"] for one in shown["kept"]} == {"C-3": ["1 item open"]}  # C-2 is a company
    assert payrisk("privacy", "retention", "--older-than", "2026-02-01", "--json").json["goes"] == []
    assert rows_of(home) == rows

    assert payrisk("privacy", "retention", "--older-than", "2027-01-01", "--erase", *BY).code == 0
    assert left_in(home) == []
    assert payrisk("privacy", "retention", "--older-than", "2027-01-01", "--json").json["goes"] == []


def test_killed_at_any_moment_all_is_there_or_the_next_command_finishes_it(payrisk, mornings, home, tmp_path):
    """Every seventh statement, and every file that is thrown away."""

    def erase(at):
        def work():
            fatal = Fatal(at)
            fatal.watch_statements()
            gate = Gate.open()
            Privacy(gate).erase("C-1", "ada", "request of 3 March")
            gate.close()
            (tmp_path / "moments").write_text(str(fatal.passed))
            return 0

        return end_of(child(work))

    shutil.copytree(home, tmp_path / "as-it-was")
    assert erase(None) == 0
    moments = int((tmp_path / "moments").read_text())

    for at in range(1, moments, max(1, moments // 7)):
        shutil.rmtree(home)
        shutil.copytree(tmp_path / "as-it-was", home)
        erase(at)
        gone = payrisk("privacy", "erase", "C-1", *BY, "--json")
        assert (gone.code, gone.json["swept"], left_in(home)) == (0, True, []), at
        found = payrisk("verify-audit")
        assert (found.code, found.out[:10]) == (0, "10 entries"), at


@pytest.mark.postgres
def test_the_same_holds_in_postgresql(payrisk, home, tmp_path, monkeypatch):
    with temporary_database() as url:
        monkeypatch.setenv("PAYRISK_DATABASE_URL", url)
        two_mornings(payrisk, tmp_path, monkeypatch)
        before, tables = state(), {table for table, _ in left_in_tables(url)}
        assert {"told_items", "told_customers", "queue_accounts", "queue_lines", "personal_texts"} <= tables

        assert payrisk("privacy", "erase", "C-1", *BY, "--json").json["swept"] is True

        assert (left_in_tables(url), left_in(home)) == ([], [])
        engine = open_engine(url)
        with engine.connect() as connection:  # nor in the samples that the planner keeps
            samples = str(connection.execute(sa.text("SELECT * FROM pg_stats WHERE schemaname = 'public'")).all())
        engine.dispose()
        assert not any(word in samples for word in WORDS)
        assert state() == before
        assert [(one["same"], one["erased"]) for one in replayed(payrisk)] == [(True, 1), (True, 0)]
        assert payrisk("verify-audit").out.startswith("10 entries")
