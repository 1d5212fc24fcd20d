"""What a change of the version in use promises on every database: one effect, one entry in the audit log, one answer,
whenever it is killed and however often it is asked for.
"""

import os
import shutil
from dataclasses import replace
from datetime import timedelta

import pytest
from killed import Fatal, child, end_of
from web_models import NOW, Here, gate_of, shelf_of

from models.errors import ShelfChanged
from models.pointer import Pointer
from models.shelf import Shelf
from serving.activities.errors import BadKey, KeyUsedOtherwise
from serving.audit.audit_store import AuditLog, first_untrue
from serving.audit.chain import first_fault
from serving.etags import etag
from serving.people.person import Person
from serving.published.store import ServingStore
from serving.side import Refused
from serving.versions.version_changes import VersionChanges, Wanted

MARIA = Person("maria", "Maria", frozenset({"manager"}))
THOROUGH = int(os.environ.get("PAYRISK_TEST_EXAMPLES", "1")) > 1


@pytest.fixture
def shelf(tmp_path):
    return shelf_of(tmp_path / "home")


def changes_of(url, home):
    shelf = Shelf(home / "models")
    return VersionChanges(ServingStore(url), shelf, Here(gate_of(home)), lambda: NOW)


@pytest.fixture
def changes(database_url, shelf, tmp_path):
    made = changes_of(database_url, tmp_path / "home")
    yield made
    made.store.close()


def now_of(shelf):
    """The ETag of the shelf as it is."""
    return etag(shelf[0].state())


def approval(shelf, key="key", why="calmer", version=None):
    return Wanted("promote", version or shelf[2], why, MARIA, now_of(shelf), key, "request-1")


def entries_of(url):
    log = AuditLog(url)
    try:
        entries, stored = log.state()
    finally:
        log.close()
    assert (first_fault(entries), first_untrue(entries, stored)) == (None, None)
    return [(entry.change.actor, entry.change.role, entry.change.action, entry.change.object) for entry in entries]


def test_a_promotion_has_one_effect_one_entry_and_one_answer_however_often_it_is_asked_for(
    changes, shelf, database_url
):
    kept, old, new = shelf

    first, again = changes.make(approval(shelf)), changes.make(approval(shelf))

    assert (first.status, first.body) == (again.status, again.body)
    assert first.body == {
        "what": "promote", "version": new, "by": "maria", "at": gate_of(kept.folder).now.isoformat(), "before": old,
        "why": "calmer",
    }  # fmt: skip
    assert kept.champion().version == new
    assert kept.champion().approved_by == "maria"
    assert [change.what for change in kept.history()] == ["promote", "promote"]
    assert entries_of(database_url) == [
        ("omar", "", "model.promote", f"models/{old}"), ("maria", "manager", "model.promote", f"models/{new}"),
    ]  # fmt: skip


def test_a_rollback_goes_back_in_the_name_of_who_asks(changes, shelf, database_url):
    kept, old, new = shelf
    changes.make(approval(shelf))

    answer = changes.make(Wanted("rollback", None, "a bad export", MARIA, now_of(shelf), "back"))

    assert (answer.body["version"], answer.body["before"], answer.body["by"]) == (old, new, "maria")
    assert changes.make(Wanted("rollback", None, "a bad export", MARIA, now_of(shelf), "back")).body == answer.body
    assert kept.history()[-1].why == "a bad export"
    assert entries_of(database_url)[-1] == ("maria", "manager", "model.rollback", f"models/{old}")


def test_without_a_key_each_request_is_one_of_its_own(changes, shelf):
    changes.make(approval(shelf, key=None))
    changes.make(approval(shelf, key=None))

    assert len(shelf[0].history()) == 3


def test_a_key_with_another_body_is_refused_and_changes_nothing(changes, shelf):
    changes.make(approval(shelf))
    before = shelf[0].state()

    for other in (approval(shelf, version=shelf[1]), approval(shelf, why="another reason")):
        with pytest.raises(KeyUsedOtherwise):
            changes.make(other)
    with pytest.raises(BadKey):
        changes.make(approval(shelf, key=""))
    assert shelf[0].state() == before


@pytest.mark.parametrize("person", [Person("ann", "Someone", MARIA.roles), Person("a.b", " aNN ", MARIA.roles)])
def test_who_trained_a_version_is_refused_by_id_and_by_name(changes, shelf, database_url, person):
    with pytest.raises(Refused) as refused:
        changes.make(replace(approval(shelf), by=person))

    assert refused.value.code == "same_person"
    assert len(shelf[0].history()) == 1
    assert entries_of(database_url) == []


def test_what_changes_between_the_look_and_the_change_itself_is_told_and_nothing_more_changes(
    changes, shelf, database_url, monkeypatch
):
    kept, old, new = shelf
    ask = changes._side.ask

    def somebody_was_first(what, body, *, seconds):
        kept.promote(new, "vera", NOW, why="first")
        return ask(what, body, seconds=seconds)

    monkeypatch.setattr(changes._side, "ask", somebody_was_first)

    for wanted in (approval(shelf, version=old), Wanted("rollback", None, "w", MARIA, now_of(shelf))):
        with pytest.raises(ShelfChanged) as told:
            changes.make(replace(wanted, if_match=now_of(shelf)))
        assert (told.value.champion, told.value.newest.by, told.value.state) == (new, "vera", kept.state())
    assert {change.by for change in kept.history()} == {"omar", "vera"}
    assert entries_of(database_url) == []


def test_a_day_later_the_same_key_is_a_new_request(changes, shelf, monkeypatch):
    changes.make(approval(shelf))
    monkeypatch.setattr(changes, "_now", lambda: NOW + timedelta(days=2))

    changes.make(approval(shelf))

    assert len(shelf[0].history()) == 3


def test_a_change_by_command_is_entered_with_the_next_one(changes, shelf, database_url):
    shelf[0].promote(shelf[2], "vera", NOW)

    changes.make(Wanted("rollback", None, "a bad export", MARIA, now_of(shelf)))

    assert [entry[0] for entry in entries_of(database_url)] == ["omar", "vera", "maria"]


def test_killed_at_any_moment_and_asked_again_a_change_has_one_effect_and_one_entry(
    changes, shelf, database_url, tmp_path
):
    home, ready, url = tmp_path / "home", tmp_path / "ready", database_url
    shutil.copytree(home, ready)
    moment, rounds, killed, seen = 0, 0, True, set()
    while killed:
        shutil.rmtree(home)
        shutil.copytree(ready, home)
        wanted = approval(shelf, key=f"key {moment}")

        def work(at=moment, wanted=wanted):
            fatal = Fatal(at)
            fatal.watch(Pointer, "_replace")
            fatal.watch_statements()
            changes_of(url, home).make(wanted)
            return 0

        code = end_of(child(work))
        killed = code != 0
        assert code in (0, -9)
        seen.add(Shelf(home / "models").champion().version)

        answer = changes.make(wanted)

        rounds += 1
        assert answer.body == changes.make(wanted).body
        assert [change.version for change in Shelf(home / "models").history()] == [shelf[1], shelf[2]]
        # The change of each round is another, for its request is; the first one is that of all.
        assert [entry[0] for entry in entries_of(url)] == ["omar", *["maria"] * rounds]
        moment += 1 if THOROUGH else 5
    assert seen == {shelf[1], shelf[2]}
