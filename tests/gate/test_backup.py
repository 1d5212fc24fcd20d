"""Backup and restore as a user meets them: proved, never in the way of what is there, refused with the way out."""

import gc
import json
import os
import resource
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest


@pytest.fixture
def worked(payrisk, invoices, home, untracked):
    """A home with a ledger, a champion that Maria approved, a published queue, a mapping and settings."""
    payrisk("import", invoices, "--as-of", "2026-03-31")
    version = payrisk("train", "--json").json["version"]
    payrisk("promote", version, "--by", "Maria")
    (home / "mappings").mkdir()
    (home / "mappings" / "mine.toml").write_text('[columns]\ninvoice_id = "Beleg"\n', encoding="utf-8")
    (home / "payrisk.toml").write_text("calls_per_day = 7\n", encoding="utf-8")
    payrisk("queue")
    return home


@pytest.fixture(scope="module")
def kept(tmp_path_factory) -> Path:
    """Where the one backup that most tests restore is kept, once it was made."""
    return tmp_path_factory.mktemp("kept") / "kept.zip"


@pytest.fixture
def backup(kept, tmp_path, request) -> Path:
    if not kept.exists():
        request.getfixturevalue("worked")
        assert request.getfixturevalue("payrisk")("backup", kept).code == 0
    return shutil.copy(kept, tmp_path / "kept.zip")


@pytest.fixture
def elsewhere(backup, tmp_path, monkeypatch) -> Path:
    """From now on the home is another folder, not there yet."""

    monkeypatch.setenv("PAYRISK_HOME", str(tmp_path / "elsewhere"))
    return tmp_path / "elsewhere"


def files_below(folder: Path) -> dict[str, bytes]:
    """All of a home by name, but for the cache, which is made again, what imports leave, and the locks of those who
    write."""
    left_out = {"cache", "imports", ".lock"}
    paths = [path for path in folder.rglob("*") if path.is_file() and not left_out & set(path.parts)]
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def repacked(backup: Path, to: Path, change) -> Path:
    """The backup with other members: `change(members)` edits the dict of name and content."""
    with zipfile.ZipFile(backup) as packed:
        members = {name: packed.read(name) for name in packed.namelist()}
    members = change(members) or members
    with zipfile.ZipFile(to, "w") as packed:
        for name, content in members.items():
            packed.writestr(name, content)
    return to


def told(packed: dict[str, bytes], **changes: object) -> dict[str, bytes]:
    """The members with another manifest."""
    manifest = json.loads(packed["manifest.json"]) | changes
    return {**packed, "manifest.json": json.dumps(manifest).encode()}


def test_what_was_backed_up_is_all_there_after_a_restore(payrisk, worked, tmp_path, monkeypatch):
    queue = payrisk("queue", "--json").json
    before = files_below(worked)
    payrisk("backup", tmp_path / "b.zip")
    home = tmp_path / "elsewhere"
    monkeypatch.setenv("PAYRISK_HOME", str(home))

    done = payrisk("restore", tmp_path / "b.zip", "--json").json

    assert (done["ledger_version"], done["newest_day"]) == (1, "2026-03-31")
    assert (done["newest_queue"], done["champion"]) == (queue["run_id"], queue["model_version"])
    after = files_below(home)
    database = {name for name in {*before, *after} if "payrisk.db" in name}
    assert {n: c for n, c in after.items() if n not in database} == {
        n: c for n, c in before.items() if n not in database
    }
    assert payrisk("queue", "--json").json == queue


def test_a_database_with_pages_of_before_is_backed_up_and_restored_as_it_is(payrisk, worked, tmp_path, monkeypatch):
    older = tmp_path / "older"
    shutil.copytree(worked, older, ignore=shutil.ignore_patterns("payrisk.db*"))
    with sqlite3.connect(worked / "payrisk.db") as newer:
        newer.execute("PRAGMA page_size=4096")
        newer.execute("VACUUM INTO ?", (str(older / "payrisk.db"),))
    newer.close()
    monkeypatch.setenv("PAYRISK_HOME", str(older))
    queue = payrisk("queue", "--json").json

    assert payrisk("backup", tmp_path / "b.zip").code == 0
    monkeypatch.setenv("PAYRISK_HOME", str(tmp_path / "elsewhere"))
    assert payrisk("restore", tmp_path / "b.zip").code == 0

    assert payrisk("queue", "--json").json == queue
    with sqlite3.connect(tmp_path / "elsewhere" / "payrisk.db") as restored:
        assert restored.execute("PRAGMA page_size").fetchone() == (4096,)
    restored.close()


def test_a_folder_is_given_a_new_backup_each_time(payrisk, worked, tmp_path):
    (tmp_path / "nightly").mkdir()

    made = [payrisk("backup", tmp_path / "nightly", "--json").json for _ in range(2)]

    assert [Path(one["backup"]).name for one in made] == [
        "payrisk-2026-04-01T120000Z.zip",
        "payrisk-2026-04-01T120000Z-2.zip",
    ]
    assert all(one["verified"] for one in made)
    assert len(list((tmp_path / "nightly").iterdir())) == 2


def test_people_read_what_was_taken_and_what_was_not(payrisk, worked, tmp_path):
    done = payrisk("backup", tmp_path / "b.zip")

    assert "restored on trial and found equal" in done.out
    assert "Ledger version 1, newest queue 2026-03-31-" in done.out
    assert "mlflow/" in done.out


def test_a_backup_can_be_read_by_nobody_else(backup):
    assert backup.stat().st_mode & 0o077 == 0


def test_a_backup_never_replaces_a_file(payrisk, worked, backup):
    before = backup.read_bytes()

    done = payrisk("backup", backup)

    assert done.code == 1
    assert "never replaces" in done.err
    assert backup.read_bytes() == before


@pytest.mark.parametrize("target", ["no/such/folder/b.zip", "file/b.zip", "no-such-folder"])
def test_a_backup_that_cannot_be_written_says_so(payrisk, worked, tmp_path, target):
    (tmp_path / "file").write_text("")

    done = payrisk("backup", tmp_path / target)

    assert done.code == 1
    assert "could not be written" in done.err
    assert "Traceback" not in done.err


def test_an_empty_home_has_nothing_to_back_up(payrisk, home, tmp_path):
    done = payrisk("backup", tmp_path / "b.zip")

    assert done.code == 1
    assert "payrisk import FILE" in done.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("room", [4_000, 60_000])
def test_a_full_disk_leaves_no_half_backup(worked, tmp_path, room):
    """Room for so many bytes in each file; the least that works is some 15 kB for the file, 100 kB for the copy."""
    target = tmp_path / "small"
    target.mkdir()

    code = "from payrisk.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "backup", str(target)],
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (room, room)),
    )

    if done.returncode == 0:
        assert len(list(target.iterdir())) == 1
    else:
        assert "could not be written" in done.stderr or "No space is left" in done.stderr, done.stderr
        assert "Traceback" not in done.stderr
        assert list(target.iterdir()) == []


def test_a_full_disk_leaves_no_half_restore(worked, backup, tmp_path):
    home = tmp_path / "small"
    code = "from payrisk.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "restore", str(backup)],
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2]), "PAYRISK_HOME": str(home)},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000)),
    )

    assert done.returncode == 1
    assert "could not be restored" in done.stderr
    assert files_below(home) == {}


@pytest.mark.parametrize("holds", ["a ledger", "models", "mappings"])
def test_a_home_that_holds_something_is_never_overwritten(payrisk, backup, elsewhere, invoices, holds):
    if holds == "a ledger":
        payrisk("import", invoices)
    else:
        (elsewhere / holds).mkdir(parents=True)
        (elsewhere / holds / "mine").write_text("mine")
    before = files_below(elsewhere)

    done = payrisk("restore", backup)

    assert done.code == 1
    assert "never overwrites" in done.err
    assert "PAYRISK_HOME" in done.err
    logs = ("payrisk.db-wal", "payrisk.db-shm")  # written home by whoever closes the database last
    assert {n: c for n, c in files_below(elsewhere).items() if n not in logs} == {
        name: content for name, content in before.items() if name not in logs
    }


def test_an_empty_ledger_is_no_hindrance(payrisk, backup, elsewhere):
    payrisk("queue")  # makes the database, and finds it empty
    gc.collect()  # as the end of a process would, let go of its connections

    assert payrisk("restore", backup).code == 0
    assert payrisk("queue").code == 0


def test_a_ledger_in_use_is_not_restored_into(payrisk, backup, elsewhere):
    import sqlite3

    payrisk("queue")
    other = sqlite3.connect(elsewhere / "payrisk.db")
    other.execute("SELECT count(*) FROM imports").fetchall()

    done = payrisk("restore", backup)
    other.close()

    assert done.code == 1
    assert "Another process" in done.err


def test_a_write_ahead_log_without_its_database_is_not_lost(payrisk, backup, elsewhere):
    elsewhere.mkdir()
    (elsewhere / "payrisk.db-wal").write_bytes(b"what was written last")

    assert payrisk("restore", backup).code == 1
    assert (elsewhere / "payrisk.db-wal").read_bytes() == b"what was written last"


def test_settings_that_are_there_are_kept(payrisk, backup, elsewhere):
    elsewhere.mkdir()
    (elsewhere / "payrisk.toml").write_text("calls_per_day = 9\n")

    done = payrisk("restore", backup)

    assert (elsewhere / "payrisk.toml").read_text() == "calls_per_day = 9\n"
    assert (elsewhere / "payrisk.toml.from-backup").read_text() == "calls_per_day = 7\n"
    assert "payrisk.toml.from-backup" in done.out


def test_settings_that_lead_to_another_database_are_not_put_to_use(payrisk, worked, tmp_path, monkeypatch):
    elsewhere = tmp_path / "elsewhere"
    (worked / "payrisk.toml").write_text(f'database_url = "sqlite:///{worked / "payrisk.db"}"\n')
    payrisk("backup", tmp_path / "b.zip")
    monkeypatch.setenv("PAYRISK_HOME", str(elsewhere))

    assert payrisk("restore", tmp_path / "b.zip").code == 0

    assert not (elsewhere / "payrisk.toml").exists()
    assert (elsewhere / "payrisk.toml.from-backup").exists()


def test_the_demo_stays_a_demo(payrisk, worked, tmp_path, monkeypatch, invoices):
    (worked / "demo.json").write_text('{"ends_on": "2026-03-31", "seed": 7}')
    payrisk("backup", tmp_path / "b.zip")
    monkeypatch.setenv("PAYRISK_HOME", str(tmp_path / "elsewhere"))
    payrisk("restore", tmp_path / "b.zip")

    assert "never mixed" in payrisk("import", invoices).err


def test_a_backup_of_another_engine_is_refused(payrisk, backup, elsewhere, monkeypatch):
    monkeypatch.setenv("PAYRISK_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")

    done = payrisk("restore", backup)

    assert done.code == 1
    assert "sqlite database" in done.err


def without(members: dict[str, bytes], name: str) -> dict[str, bytes]:
    return {member: content for member, content in members.items() if member != name}


DAMAGES = {
    "a flipped byte in a member": (lambda m: {**m, "payrisk.toml": b"calls_per_day = 8\n"}, "payrisk.toml"),
    "a member gone": (lambda m: without(m, "database/payrisk.db"), "database/payrisk.db"),
    "a member more": (lambda m: {**m, "models/extra.txt": b"x"}, "extra.txt"),
    "no manifest": (lambda m: without(m, "manifest.json"), "no manifest.json"),
    "an unreadable manifest": (lambda m: {**m, "manifest.json": b"{"}, "manifest.json"),
    "a manifest of somebody else": (lambda m: told(m, product="recipes"), "payrisk backup"),
    "a manifest that is a list": (lambda m: {**m, "manifest.json": b"[]"}, "not ours"),
    "a newer format": (lambda m: told(m, format=2), "format 2"),
    "no state": (lambda m: told(m, state=None), "what was taken"),
    "members that are no list": (lambda m: told(m, members=[1]), "list the members"),
}


@pytest.mark.parametrize(("change", "said"), DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_or_foreign_backup_is_refused_untouched(payrisk, backup, elsewhere, tmp_path, change, said):
    done = payrisk("restore", repacked(backup, tmp_path / "other.zip", change))

    assert done.code == 1
    assert said in done.err
    assert "Traceback" not in done.err
    assert not elsewhere.exists()


def test_a_backup_of_a_newer_database_is_refused(payrisk, backup, elsewhere, tmp_path):
    def newer(members):
        state = json.loads(members["manifest.json"])["state"] | {"revision": "9999"}
        return told(members, state=state)

    done = payrisk("restore", repacked(backup, tmp_path / "newer.zip", newer))

    assert done.code == 1
    assert "Update payrisk" in done.err
    assert not elsewhere.exists()


def test_a_database_that_is_not_the_one_of_the_manifest_is_refused(payrisk, backup, elsewhere, tmp_path):
    def other(members):
        state = json.loads(members["manifest.json"])["state"] | {"ledger_version": 2}
        return told(members, state=state)

    done = payrisk("restore", repacked(backup, tmp_path / "other.zip", other))

    assert done.code == 1
    assert "ledger_version is 1 instead of 2" in done.err
    assert files_below(elsewhere) == {}


@pytest.mark.parametrize(
    "name",
    ["../evil.toml", "models/../../evil", "/etc/evil", "models//evil", "models/.evil", "a\\b", "C:/evil", "models/"],
)
def test_a_name_that_leads_elsewhere_is_refused(payrisk, backup, elsewhere, tmp_path, name):
    import hashlib

    def evil(members):
        listed = json.loads(members["manifest.json"])["members"]
        listed[name] = {"size": 4, "sha256": hashlib.sha256(b"evil").hexdigest()}
        return {**told(members, members=listed), name: b"evil"}

    done = payrisk("restore", repacked(backup, tmp_path / "evil.zip", evil))

    assert done.code == 1
    assert "name that no backup of ours has" in done.err
    assert not elsewhere.exists()
    assert not list(tmp_path.rglob("*evil*.toml"))


def test_every_cut_and_every_flipped_byte_is_found(backup, tmp_path):
    """A part of the file is never a backup; a changed byte is found, or changes nothing that is restored."""
    from ledger.errors import PayriskError
    from payrisk.archive import Archive

    whole, other = backup.read_bytes(), tmp_path / "other.zip"
    sound = Archive.open(backup)
    for cut in range(0, len(whole), max(1, len(whole) // 60)):
        other.write_bytes(whole[:cut])
        with pytest.raises(PayriskError):
            Archive.open(other)
    for at in range(0, len(whole), max(1, len(whole) // 300)):
        other.write_bytes(whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :])
        try:
            found = Archive.open(other)
        except PayriskError:
            continue
        assert (found.told, found.members) == (sound.told, sound.members)


def test_an_older_database_is_backed_up_as_it_is_and_restored_to_the_newest(payrisk, home, tmp_path, monkeypatch):
    from ledger.database import open_engine, writing
    from payrisk.migrations.run import head, migrate

    home.mkdir()
    engine = open_engine(f"sqlite:///{home / 'payrisk.db'}")
    with writing(engine) as connection:
        migrate(connection, "0001")
        connection.exec_driver_sql(
            "INSERT INTO imports (source, files, file_sha256, as_of, rows, version) "
            "VALUES ('x', '[]', '[]', 20000, 0, 1)"
        )
    engine.dispose()

    assert payrisk("backup", tmp_path / "b.zip").code == 0
    monkeypatch.setenv("PAYRISK_HOME", str(tmp_path / "elsewhere"))
    done = payrisk("restore", tmp_path / "b.zip", "--json").json

    assert done["ledger_version"] == 1
    with zipfile.ZipFile(tmp_path / "b.zip") as packed:
        assert json.loads(packed.read("manifest.json"))["state"]["revision"] == "0001" != head()


def test_a_trial_that_fails_leaves_no_backup(payrisk, worked, tmp_path, monkeypatch):
    import payrisk.backup as room
    from payrisk.database_state import State

    monkeypatch.setattr(State, "difference", lambda *_: "items has 3 rows instead of 4")

    done = payrisk("backup", tmp_path / "b.zip")

    assert room.BackupUnproven.code == "backup_unproven"
    assert done.code == 1
    assert "3 rows instead of 4" in done.err
    assert not (tmp_path / "b.zip").exists()
    assert payrisk("backup", tmp_path / "b.zip", "--no-verify").code == 0
