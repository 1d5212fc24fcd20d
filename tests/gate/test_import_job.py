"""The process that imports: it outlives the web process that started it, and is found when it ended before its time."""

import os
import signal
import subprocess
import sys
import time

import pytest
from import_desk import HEADER, SOUND

from payrisk.gate import Gate
from payrisk.import_job import launch
from serving.imports.spool import Spool

KILLED_WEB = """
import os, signal, sys
from pathlib import Path
from payrisk.gate import Gate
from serving.activities.people import Actor
from serving.imports.asked import Asked
from serving.imports.room import Bringer

room = Gate.open(prepare=False).import_room
import_id = room.begin("dora")
path = room.spool.new_file(import_id, 0, "open.csv")
path.write_bytes(Path(sys.argv[1]).read_bytes())
file = {"name": "open.csv", "bytes": path.stat().st_size, "sha256": "0" * 64}
room.submit(import_id, [file], Asked(), Bringer(Actor("dora", "admin"), "Dora", "api"))
assert not {"pandas", "pyarrow", "scipy"} & set(sys.modules), "the web process stays light"
print(import_id, room._launched.pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def bring(home, tmp_path):
    """Brings a file in a process that is killed at once; the import's id, and its process."""

    Gate.open().close()  # the tables are there

    def brought(content):
        path = tmp_path / "brought.csv"
        path.write_text(content, encoding="utf-8")
        web = [sys.executable, "-c", KILLED_WEB, str(path)]
        done = subprocess.run(web, capture_output=True, text=True, timeout=120)
        assert done.returncode == -signal.SIGKILL, done.stderr
        import_id, pid = done.stdout.split()
        return import_id, int(pid)

    return brought


def wait(room, import_id, *states):
    for _ in range(6_000):
        one = room.imports.one(import_id)
        if one.state in states:
            return one
        time.sleep(0.01)
    pytest.fail(f"still {one.state}")


def test_an_import_goes_on_without_the_web_process_and_is_said_to_have_failed_without_its_own(bring):
    many = [f"X-{n},C-{n % 99},Acme,2026-01-05,2026-02-04,{n}.00,EUR,," for n in range(1, 60_000)]
    import_id, pid = bring("\n".join([HEADER, *many]))
    room = Gate.open().import_room
    wait(room, import_id, "running")
    os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + 20
    while (one := room.one(import_id)).state == "running" and time.monotonic() < deadline:
        time.sleep(0.05)

    assert (one.state, one.problem["code"]) == ("failed", "import_interrupted")
    assert Gate.open().ledger.version == 0

    import_id, _ = bring(SOUND)
    done = wait(room, import_id, "done", "failed", "refused")

    assert (done.state, done.report["rows_accepted"], done.ledger_version) == ("done", 3, 1)


def test_what_stops_it_before_its_turn_is_said_without_anybodys_data(home):
    gate = Gate.open()
    gate.close()
    faults = Spool(gate.settings.import_folder).faults

    fault = subprocess.run([sys.executable, "-c", BROKEN], capture_output=True, text=True, timeout=120)
    (home / "payrisk.toml").write_text("grace_days = 'many'\n")
    slip = launch(gate.settings)

    assert (fault.returncode, slip.wait(120)) == (1, 1)
    assert faults.read_text().startswith("payrisk: the process that imports ended: ")
    assert "grace_days" in faults.read_text()
    assert faults.parent.stat().st_mode & 0o077 == 0
    assert "builtins.ValueError" in fault.stderr
    assert "Quillfeather" not in fault.stderr


BROKEN = """
import payrisk.import_work
from payrisk.import_job import main

def worker_of(gate):
    raise ValueError("Quillfeather")

payrisk.import_work.worker_of = worker_of
main()
"""
