"""The daily run in one process: once, in order, from where it stopped, and honest about what failed."""

import errno
import json
import os
import resource
from datetime import UTC, date, datetime, timedelta

import pytest
from builders import invoice, new_database
from evenings import made_run, score
from killed import Fatal, child, end_of
from morning_runs import (
    BEFORE,
    EVENING,
    LATER,
    NOW,
    prepared,
    published,
    rooms_of,
    started,
)

from ledger.book import Ledger
from ledger.errors import BeforeFirstFact, PayriskError
from serving.errors import NoSuchZone
from serving.morning import runner
from serving.morning.alone import alone
from serving.morning.errors import RunNotWritten, RunTakenOver
from serving.morning.outputs import Outputs
from serving.morning.plan import STEPS, Plan
from serving.morning.run_log import RunLog
from serving.morning.staged import staged_lines, staged_run
from serving.published.desk import Desk
from serving.published.store import ServingStore
from serving.published.which import Which


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    """A database and a home with the list of the evening before, and what an undisturbed run publishes there."""
    folder = tmp_path_factory.mktemp("company")
    url = new_database(folder)
    prepared(url, folder / "home")
    return folder


@pytest.fixture
def place(company, tmp_path):
    """A copy of them of one's own: the URL and the home."""
    import shutil

    shutil.copytree(company, tmp_path / "place")
    return f"sqlite:///{tmp_path / 'place' / 'ledger.db'}", tmp_path / "place" / "home"


@pytest.fixture(scope="module")
def undisturbed(company, tmp_path_factory):
    import shutil

    folder = tmp_path_factory.mktemp("undisturbed")
    shutil.copytree(company, folder / "place")
    url = f"sqlite:///{folder / 'place' / 'ledger.db'}"
    assert started(url, folder / "place" / "home").state == "published"
    return published(url)


class Stop(BaseException):
    """An interruption that no handler of errors sees, as Ctrl-C is."""


class HeldBack(PayriskError):
    code = "held_back"


def stopping_at(step):
    """A progress that interrupts the run as the step begins."""

    def say(what):
        if what == step:
            raise Stop

    return say


def at(step, do):
    """A progress that does something, once, as the step begins."""
    done = []

    def say(what):
        if what == step and not done:
            done.append(do())

    return say


def refusing(*_):
    raise HeldBack("The export looks wrong.")


def read(url, as_of=None):
    store = ServingStore(url)
    try:
        return Desk(store).queue(Which(as_of))
    finally:
        store.close()


def logged(url, key):
    store = ServingStore(url)
    try:
        return RunLog(store).run(key)
    finally:
        store.close()


def newest_key(url):
    store = ServingStore(url)
    try:
        return RunLog(store).newest_keys(1)[0]
    finally:
        store.close()


def test_a_run_publishes_the_list_of_its_evening_and_reports_it(place):
    url, home = place

    done = started(url, home)

    body = read(url)
    assert (done.state, done.run_id) == ("published", body["run_id"])
    assert body["as_of"] == "2026-03-31"
    assert body["published_at"] == "2026-04-01T04:30:00+00:00"
    report = json.loads((home / "runs" / done.key / "report.json").read_text(encoding="utf-8"))
    assert report == done.report
    assert (report["run_id"], report["mode"], report["published_at"]) == (done.run_id, "habit", body["published_at"])
    assert (report["counts"]["listed"], report["counts"]["capacity"]) == (5, 5)
    assert report["counts"]["rows"]["items"] == 12 * 3
    assert list(report["seconds"]) == ["ingested", "validated", "staged", "published"]
    run = logged(url, done.key)
    assert (run.state, set(run.steps)) == ("done", set(STEPS) - {"planned"})


def test_a_list_that_stands_is_not_made_again(place, monkeypatch):
    url, home = place
    first = started(url, home)
    before = published(url)
    monkeypatch.setattr(runner, "run_evening", None)

    again = started(url, home, LATER)

    assert (again.state, again.key, again.run_id) == ("stands", first.key, first.run_id)
    assert published(url) == before


def test_another_setting_is_another_run_and_back_again_the_first(place):
    url, home = place
    ends = [started(url, home, capacity=capacity) for capacity in (5, 3, 5)]

    assert [one.state for one in ends] == ["published"] * 3
    assert ends[0].key == ends[2].key != ends[1].key
    assert ends[0].run_id == ends[2].run_id == read(url)["run_id"]


@pytest.mark.parametrize("step", ["ingested", "validated", "staged", "published", "reported"])
def test_an_interrupted_run_goes_on_with_the_step_it_was_at_and_ends_as_if_undisturbed(place, undisturbed, step):
    url, home = place
    with pytest.raises(Stop):
        started(url, home, progress=stopping_at(step))
    steps = []

    done = started(url, home, LATER, progress=lambda what: steps.append(what) if what in STEPS else None)

    assert done.state == "published"
    assert steps == list(STEPS[STEPS.index(step) :])
    assert published(url) == undisturbed


@pytest.mark.parametrize("step", ["ingested", "validated", "staged"])
@pytest.mark.parametrize("harm", ["gone", "cut", "altered", "emptied"])
def test_a_damaged_output_is_made_again(place, undisturbed, step, harm):
    url, home = place
    with pytest.raises(Stop):
        started(url, home, progress=stopping_at("published"))
    path = home / "runs" / newest_key(url) / f"{step}.json"
    content = path.read_bytes()
    if harm == "gone":
        path.unlink()
    else:
        path.write_bytes({"cut": content[:-9], "altered": content.replace(b"1", b"2", 1), "emptied": b""}[harm])

    assert started(url, home, LATER).state == "published"
    assert published(url) == undisturbed


def test_what_is_published_is_what_was_staged_not_what_would_be_made_now(place, undisturbed, monkeypatch):
    url, home = place
    with pytest.raises(Stop):
        started(url, home, progress=stopping_at("published"))
    monkeypatch.setattr(runner, "run_evening", None)

    started(url, home, LATER)

    assert published(url) == undisturbed


def test_what_another_program_staged_in_another_form_is_made_again(place, undisturbed, monkeypatch):
    url, home = place
    monkeypatch.setattr("serving.morning.staged.FORM", 1)
    with pytest.raises(Stop):
        started(url, home, progress=stopping_at("published"))
    monkeypatch.setattr("serving.morning.staged.FORM", 2)
    steps = []

    started(url, home, progress=steps.append)

    assert "staged" in steps
    assert published(url) == undisturbed


def test_a_staged_run_is_read_back_to_the_last_bit():
    run = made_run([score(f"I-{n}\ud800☃", f"C-{n}", open="1000.10", late_risk=0.1 + 0.2 / (n + 1)) for n in range(9)])

    content = b"".join(line + b"\n" for line in staged_lines(run))

    assert staged_run(content.split(b"\n")) == run


# ---- Failures: the list published before stays, and says so


def test_held_data_fail_the_run_and_readers_get_the_list_before_with_the_reason(place, undisturbed):
    url, home = place
    old = read(url)

    with pytest.raises(HeldBack):
        started(url, home, NOW - timedelta(hours=1), examine=refusing)

    run = logged(url, newest_key(url))
    assert (run.state, run.reason) == ("failed", "The export looks wrong.")
    flagged = read(url)
    assert flagged == old | {
        "mode": "last_queue",
        "notices": [
            "Today's list could not be made: this is the last published one. The export looks wrong.", *old["notices"]
        ],
    }  # fmt: skip
    assert read(url, BEFORE) == old  # who asks for that evening gets just its list
    assert started(url, home).state == "published"  # planned anew: it says its own instant
    assert published(url) == undisturbed
    assert read(url)["mode"] == "habit"


def test_every_answer_about_the_last_queue_says_that_it_is_one(place):
    url, home = place
    with pytest.raises(HeldBack):
        started(url, home, examine=refusing)
    store = ServingStore(url)
    desk = Desk(store)
    customer_id = desk.queue()["items"][0]["customer_id"]
    page = desk.queue(Which(limit=2))

    assert {desk.account(customer_id)["run"]["mode"], desk.queue_item(customer_id)["run"]["mode"]} == {"last_queue"}
    assert page["mode"] == desk.queue(Which(limit=2, cursor=page["next_cursor"]))["mode"] == "last_queue"
    store.close()


def test_a_list_published_since_is_no_last_queue(place):
    url, home = place
    with pytest.raises(HeldBack):
        started(url, home, examine=refusing)
    store = ServingStore(url)
    store.publish(made_run([score("INV-1", "C-1")], as_of=EVENING))

    assert Desk(store).queue()["mode"] == "model"
    store.close()


def test_an_evening_before_the_first_fact_fails_the_run(place):
    url, home = place

    with pytest.raises(BeforeFirstFact):
        started(url, home, as_of=date(2020, 1, 1))

    assert logged(url, newest_key(url)).state == "failed"
    assert "2020-01-01" in read(url)["notices"][0]


def test_an_error_that_nobody_foresaw_is_told_by_its_kind_alone(place, monkeypatch):
    url, home = place
    monkeypatch.setattr(runner, "run_evening", lambda *_, **__: {}["C-1 owes 5 EUR"])

    with pytest.raises(KeyError):
        started(url, home)

    assert logged(url, newest_key(url)).reason == "An unexpected error (KeyError)."


def test_a_disk_that_is_full_while_staging_fails_the_run_and_the_next_start_makes_the_list(
    place, undisturbed, monkeypatch
):
    url, home = place
    old, fsync = published(url), os.fsync

    def full(handle):
        if "staged" in os.readlink(f"/proc/self/fd/{handle}"):
            raise OSError(errno.ENOSPC, "No space left on device")
        fsync(handle)

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(RunNotWritten, match=r"staged\.json cannot be written: No space left on device\. The list"):
        started(url, home, LATER)

    assert published(url) == old
    assert "No space left" in read(url)["notices"][0]
    monkeypatch.undo()
    assert started(url, home).state == "published"
    assert published(url) == undisturbed


@pytest.mark.parametrize("kilobytes", [2, 8, 24, 64, 160, 320, 640])
def test_no_file_that_may_not_grow_makes_half_a_list(place, undisturbed, kilobytes):
    url, home = place
    old = published(url)

    def work():
        resource.setrlimit(resource.RLIMIT_FSIZE, (kilobytes * 1024, kilobytes * 1024))
        try:
            return 1 if started(url, home).state == "published" else 5
        except PayriskError:
            return 2

    end = end_of(child(work))

    assert end in (1, 2)
    # The list may stand already where only the last word about its run found no room.
    assert published(url) in ([undisturbed] if end == 1 else [old, undisturbed])
    if end == 2:
        assert read(url)["run_id"]
        assert started(url, home).state == "published"
        assert published(url) == undisturbed


def test_a_report_that_cannot_be_written_fails_no_published_list(place, monkeypatch):
    url, home = place
    write = Outputs.write

    def full(outputs, step, body):
        if step == "report":
            raise RunNotWritten(outputs.path(step), "No space left on device")
        return write(outputs, step, body)

    monkeypatch.setattr(Outputs, "write", full)
    with pytest.raises(RunNotWritten):
        started(url, home)

    assert read(url)["mode"] == "habit"
    monkeypatch.undo()
    before = published(url)
    assert started(url, home, LATER).report["seconds"] == {}
    assert published(url) == before


# ---- The world goes on while it runs


def test_an_import_in_the_middle_is_of_the_next_run(place, undisturbed):
    url, home = place

    def imported():
        ledger = Ledger.open(url)
        ledger.load(invoice("NEW", customer="C-01", due_on="2026-03-01", amount=9_000_000, known_on="2026-03-02"))
        ledger.close()

    first = started(url, home, progress=at("ingested", imported))
    assert published(url) == undisturbed

    second = started(url, home)

    assert second.state == "published"
    assert second.report["ledger_version"] == first.report["ledger_version"] + 1
    assert read(url)["items"][0]["customer_id"] == "C-01"


def test_an_interrupted_run_of_another_ledger_is_given_up(place):
    url, home = place
    with pytest.raises(Stop):
        started(url, home, progress=stopping_at("published"))
    stale = newest_key(url)
    ledger = Ledger.open(url)
    ledger.load(invoice("NEW", customer="C-01", due_on="2026-03-01", amount=9_000_000, known_on="2026-03-02"))
    ledger.close()

    assert started(url, home, LATER).state == "published"

    assert logged(url, stale).state == "given_up"
    assert read(url)["items"][0]["customer_id"] == "C-01"


@pytest.mark.parametrize(
    ("planned", "resumed"),
    [
        (datetime(2028, 2, 28, 23, 59, 59, 999_999, UTC), datetime(2028, 2, 29, 0, 0, 1, tzinfo=UTC)),  # a leap day
        (
            datetime(2026, 3, 29, 0, 59, 59, tzinfo=UTC),
            datetime(2026, 3, 29, 0, 59, 58, tzinfo=UTC),
        ),  # a clock set back
        (datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC), datetime(2027, 1, 1, 7, tzinfo=UTC)),
    ],
)
def test_a_run_says_the_instant_at_which_it_was_planned_whatever_the_clock_does(place, planned, resumed):
    url, home = place
    with pytest.raises(Stop):
        started(url, home, planned, progress=stopping_at("staged"))

    started(url, home, resumed)

    assert read(url)["as_of"] == "2026-03-31"
    assert read(url)["published_at"] == planned.replace(microsecond=0).isoformat()


def test_an_instant_without_its_zone_is_refused():
    with pytest.raises(NoSuchZone):
        Plan.of(EVENING, "abc", 1, datetime.fromisoformat("2026-04-01T04:30"))


# ---- Two at once


def test_while_one_works_another_leaves_and_changes_nothing(place):
    url, home = place
    before = published(url)
    with alone(home / "runs" / ".alone") as free:
        assert free
        assert started(url, home).state == "under_way"

    assert published(url) == before
    assert started(url, home).state == "published"


def test_a_runner_that_was_only_thought_dead_neither_records_nor_publishes(place, undisturbed):
    url, home = place

    def taken_over():
        store = ServingStore(url)
        log = RunLog(store)
        log.take_over(log.run(log.newest_keys(1)[0]))
        store.close()

    for step in ("staged", "published"):
        with pytest.raises(RunTakenOver, match="was taken over by another runner"):
            started(url, home, progress=at(step, taken_over))
        assert read(url, BEFORE)
        assert logged(url, newest_key(url)).state == "running"

    assert started(url, home, LATER).state == "published"
    assert published(url) == undisturbed


def test_the_lock_ends_with_its_process(tmp_path):
    path = tmp_path / "runs" / ".alone"

    def work():
        fatal = Fatal(0)
        with alone(path) as free:
            fatal.pass_one()
            return int(free)

    assert end_of(child(work)) == -9
    with alone(path) as free:
        assert free


def test_the_outputs_of_old_runs_are_removed(place, monkeypatch):
    url, home = place
    monkeypatch.setattr(runner, "KEPT_RUNS", 2)

    keys = [started(url, home, capacity=capacity).key for capacity in (5, 4, 3)]

    assert {path.name for path in (home / "runs").iterdir() if path.is_dir()} == set(keys[1:])


def test_the_ledger_at_a_version_stays_there(place):
    url, home = place
    rooms = rooms_of(url, home)
    then = rooms.ledger.at(rooms.ledger.version)
    items = len(then.as_of(EVENING).items)
    rooms.ledger.load(invoice("NEW", customer="C-01", due_on="2026-03-01", amount=1, known_on="2026-03-02"))

    assert len(rooms.ledger.as_of(EVENING).items) == items + 1
    assert len(then.as_of(EVENING).items) == items
    assert (then.version, len(then.imports()), rooms.ledger.version) == (1, 1, 2)
    rooms.ledger.close()
    rooms.store.close()
