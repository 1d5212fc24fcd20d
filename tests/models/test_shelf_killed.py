"""A process killed at any step of a change of the shelf leaves the old version in use, or the new one."""

import os
import shutil
from datetime import UTC, date, datetime

import pytest
from model_builders import random_habit_curve
from stopped import KILLED, Steps, apart

from features.catalogue import fingerprint
from models.bundle import Bundle
from models.shelf import Shelf

NOW = datetime(2026, 4, 1, 6, 0, tzinfo=UTC)
CURVE = random_habit_curve(items=40, customers=3)
OLD, NEW = (Bundle(CURVE, date(2026, month, 28), 5, fingerprint(), passed=True) for month in (1, 2))


def change(shelf: Shelf, what: str) -> None:
    if what == "put":
        shelf.put(NEW)
    elif what == "first":
        shelf.keep(NEW, NOW)
    elif what == "promote":
        shelf.promote(NEW.version, by="Omar", at=NOW)
    else:
        shelf.rollback("Vera", NOW)


def prepare(shelf: Shelf, what: str) -> None:
    if what == "first":
        return
    shelf.promote(shelf.put(OLD), by="Mara", at=NOW)
    if what != "put":
        shelf.put(NEW)
    if what == "rollback":
        shelf.promote(NEW.version, by="Omar", at=NOW)


def in_use(shelf: Shelf) -> str | None:
    champion = shelf.champion()
    return champion and champion.version


@pytest.mark.parametrize("what", ["put", "first", "promote", "rollback"])
def test_killed_at_any_step_the_old_version_is_in_use_or_the_new_one_and_the_next_change_works(tmp_path, what):
    ready, place = tmp_path / "ready", tmp_path / "shelf"
    prepare(Shelf(ready), what)
    ready.mkdir(exist_ok=True)
    before = in_use(Shelf(ready))
    after = {"put": before, "first": NEW.version, "promote": NEW.version, "rollback": OLD.version}[what]
    seen, step, code = set(), 0, KILLED
    while code == KILLED:
        step += 1
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(ready, place)
        code = apart(lambda step=step: stopped(place, what, step))

        shelf = Shelf(place)
        seen.add(in_use(shelf))
        assert in_use(shelf) in (before, after)
        for entry in shelf.versions():
            shelf.bundle(entry.version)  # none is half there
        if in_use(shelf):
            assert shelf.history()[-1].version == in_use(shelf)
        # What was interrupted is done again, and nothing of the torso is left.
        if code == KILLED and not (what == "rollback" and in_use(shelf) == after):
            change(shelf, what)
        assert in_use(shelf) == after
        assert [change.version for change in shelf.history()][-1:] == [after]
        assert len(shelf.history()) == len({(one.what, one.version, one.before) for one in shelf.history()})
        assert not list((place / "versions").glob(".unfinished-*"))

    assert code == 0
    assert step > 4
    assert seen == {before, after}


def stopped(place, what: str, step: int) -> int:
    steps = Steps(step)
    for name in ("replace", "rename", "fsync", "open"):
        steps.watch(os, name)
    steps.watch_writing()
    change(Shelf(place), what)
    return 0
