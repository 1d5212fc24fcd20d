"""Imports over the desk on every database: taken once, entered with the ledger's acceptance, and found when dead."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from import_desk import SOUND, Ended, gate_of

from ledger.options import ImportOptions
from payrisk import import_work
from payrisk.import_work import room_of, worker_of
from serving.activities.people import Actor
from serving.audit.audit_store import AuditLog
from serving.imports.asked import Asked, BadImportOption
from serving.imports.errors import ImportRunning
from serving.imports.import_store import forget_rows
from serving.imports.room import AGAIN_SECONDS, Bringer, ImportRoom
from serving.imports.work import Watch
from serving.morning.alone import alone

DORA = Bringer(Actor("dora", "admin"), "Dora Controller", "page", "request-1")


@pytest.fixture
def gate(database_url: str, tmp_path: Path):
    made = gate_of(tmp_path / "home", database_url)
    yield made
    made.close()


@pytest.fixture
def room(gate) -> ImportRoom:
    made = room_of(gate)
    made._launch = Ended
    return made


def bring(room: ImportRoom, name: str = "open.csv", content: str = SOUND, **said: Any) -> str:
    import_id = room.begin("dora")
    path = room.spool.new_file(import_id, 0, name)
    path.write_text(content, encoding="utf-8")
    file = {"name": name, "bytes": path.stat().st_size, "sha256": "0" * 64}
    room.submit(import_id, [file], Asked(**said), DORA)
    return import_id


def take(room: ImportRoom):
    return room.imports.take_next("2026-04-01T12:00:00+00:00", room.spool.here())


def entries(gate) -> list[tuple[str, str, str]]:
    log = AuditLog(gate.settings.url)
    try:
        return [(entry.change.actor, entry.change.action, entry.change.object) for entry in log.entries()]
    finally:
        log.close()


def test_an_import_is_taken_by_one_worker_in_the_order_in_which_they_came(room):
    ids = [bring(room) for _ in range(7)]
    first, second = (take(room) for _ in range(2))

    with ThreadPoolExecutor(3) as workers:
        taken = list(workers.map(lambda _: take(room), range(8)))

    assert first
    assert second
    assert [first.import_id, second.import_id] == ids[:2]
    assert sorted(one.import_id for one in taken if one) == sorted(ids[2:])


def test_the_audit_log_has_one_entry_for_each_import_with_who_brought_it(gate, room):
    done, refused = bring(room), bring(room, "open.pdf", "%PDF-1.7")
    again = bring(room)
    worker_of(gate).run()

    states = {one.import_id: one.state for one in room.newest(9)}
    assert states == {done: "done", refused: "refused", again: "done"}
    assert entries(gate) == [
        ("dora", "import.done", f"imports/{done}"),
        ("dora", "import.refused", f"imports/{refused}"),
        ("dora", "import.done", f"imports/{again}"),
    ]


def test_what_the_ledger_accepts_and_its_entry_are_there_together_or_not_at_all(gate, room, monkeypatch):
    import_id = bring(room)

    def fails(*_: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(Watch, "save_mapping", fails)  # within the transaction of the acceptance
    worker_of(gate).run()

    assert (room.one(import_id).state, gate.ledger.version) == ("failed", 0)
    assert entries(gate) == [("dora", "import.failed", f"imports/{import_id}")]


def test_an_import_whose_process_ended_is_found_and_said(gate, room):
    dead, accepted = bring(room), bring(room)
    for _ in range(2):
        assert take(room)
    with room.imports.writing() as connection:
        room.imports.change(connection, accepted, "running", ledger_version=7)

    with alone(room.spool.turn):  # somebody works
        assert room.one(dead).state == "running"
    one, other = room.one(dead), room.one(accepted)

    assert (one.state, (one.problem or {})["code"]) == ("failed", "import_interrupted")
    assert (other.state, (other.problem or {})["code"]) == ("done", "report_lost")


def test_of_two_at_once_the_one_waits_and_the_command_is_refused_with_who(gate, room, tmp_path):
    bring(room, "first.csv")
    assert take(room)
    second = bring(room, "second.csv")
    (tmp_path / "third.csv").write_text(SOUND, encoding="utf-8")

    with alone(room.spool.turn):
        with pytest.raises(ImportRunning, match=r"Dora Controller imports first\.csv right now"):
            import_work.import_files(gate, [tmp_path / "third.csv"], options=ImportOptions())
        waits = room.body(room.one(second), named=True)["waits_for"]

    assert waits == {"by": "Dora Controller", "files": "first.csv"}


def test_an_import_that_the_ledger_accepted_is_done_whatever_fails_afterwards(gate, room, monkeypatch):
    import_id = bring(room)

    def fails(*_: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr("serving.imports.work.write_quarantine", fails)
    worker_of(gate).run()
    one = room.one(import_id)

    assert (one.state, one.ledger_version, gate.ledger.version) == ("done", 1, 1)
    assert (one.problem or {})["code"] == "report_lost"
    assert entries(gate) == [("dora", "import.done", f"imports/{import_id}")]


def test_an_import_of_another_machine_is_left_to_it(gate, room, tmp_path):
    running, waiting = bring(room), bring(room)
    assert take(room)
    for import_id in (running, waiting):
        room.spool.folder.joinpath(import_id).rename(tmp_path / import_id)

    assert worker_of(gate).run() == 0
    assert [room.one(import_id).state for import_id in (running, waiting)] == ["running", "uploaded"]


def test_a_question_that_nobody_answers_ends_after_a_week(gate, room):
    import_id = bring(room, review=True)
    worker_of(gate).run()

    states = []
    for days in (6, 8):
        room._now = lambda days=days: gate.now + timedelta(days=days)
        states.append(room.one(import_id).state)

    assert states == ["asking", "refused"]
    assert import_id not in room.spool.here()


def test_an_erasure_forgets_the_rows_that_were_shown_of_imports_that_ended(room):
    ended, asking = bring(room), bring(room)
    for import_id in (ended, asking):
        shown = {"preview": [{"columns": [{"cells": ["Ada Öz"]}]}], "question": {"cell": "Ada Öz"}}
        state = "done" if import_id == ended else "asking"
        with room.imports.writing() as connection:
            assert room.imports.change(connection, import_id, "uploaded", state=state, **shown)

    with room.imports.writing() as connection:
        forget_rows(connection)

    assert [(one.preview, one.question) for one in (room.one(ended), room.one(asking))] == [
        (None, None), (shown["preview"], shown["question"]),
    ]  # fmt: skip


def cannot_start():
    raise BlockingIOError(11, "Resource temporarily unavailable")


def test_what_was_taken_in_stays_where_no_process_can_be_started_and_the_next_look_starts_one(room):
    started = []
    room._launch = cannot_start

    import_id = bring(room)

    assert room.one(import_id).state == "uploaded"
    assert import_id in room.spool.here()
    room._launch = lambda: started.append(import_id) or Ended()
    room.settle()
    assert started == [import_id]


def test_files_are_gone_of_what_is_not_taken_in(room):
    with pytest.raises(BadImportOption):
        bring(room, mapping="nobody has it")

    assert room.spool.here() == set()


def test_a_process_that_ended_in_a_fault_is_not_started_again_at_every_look(room, monkeypatch):
    now, started = [1_000.0], []
    monkeypatch.setattr("serving.imports.room.time.monotonic", lambda: now[0])
    room._launch = lambda: started.append(now[0]) or SimpleNamespace(poll=lambda: 1)
    bring(room)

    for _ in range(5):
        room.settle()
    assert started == [1_000.0]

    now[0] += AGAIN_SECONDS
    room.settle()
    assert started == [1_000.0, 1_000.0 + AGAIN_SECONDS]
