"""Promotion by another person, rollback, and what the shelf remembers of both."""

import shutil
import threading
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from model_builders import random_curve, random_habit_curve

from features.catalogue import fingerprint
from models.bundle import Bundle
from models.errors import (
    DeclinedVersion,
    NoChampion,
    NothingBefore,
    SamePerson,
    ShelfNotWritten,
    UnknownVersion,
    WrongCatalogue,
)
from models.pointer import Change
from models.shelf import Shelf

NOW = datetime(2026, 4, 1, 6, 0, tzinfo=UTC)
MONTHS = [date(2026, month, 28) for month in (1, 2, 3)]
CURVE, MODEL = random_habit_curve(), random_curve()


def bundle(trained: date, curve=CURVE, **also) -> Bundle:
    return Bundle(curve, trained, **{"grace_days": 5, "fingerprint": fingerprint(), "passed": True, **also})


@pytest.fixture
def shelf(tmp_path):
    return Shelf(tmp_path / "shelf")


@pytest.fixture
def three(shelf):
    """Three versions, each promoted in its turn: the last one is in use."""
    versions = [shelf.put(bundle(day)) for day in MONTHS]
    for day, version in enumerate(versions):
        shelf.promote(version, by=f"person {day}", at=NOW + timedelta(days=day))
    return versions


def damage(shelf: Shelf, version: str) -> None:
    (shelf.folder_of(version) / "habit.json").write_text("damaged")


@pytest.mark.parametrize("by", ["Mara Öz", "mara öz", "  MARA  ÖZ ", "Mara O\u0308z"])
def test_nobody_approves_what_they_trained_however_they_spell_their_name(shelf, by):
    version = shelf.put(bundle(MONTHS[0], trained_by="Mara Öz"))

    with pytest.raises(SamePerson, match=f"trained by Mara Öz.*promote {version} --by NAME"):
        shelf.promote(version, by=by, at=NOW)

    assert shelf.champion() is None
    assert shelf.promote(version, by="Omar", at=NOW).approved_by == "Omar"


def test_who_trained_the_first_version_does_not_approve_it_either(shelf):
    version, installed = shelf.keep(bundle(MONTHS[0], trained_by="Mara"), NOW)

    assert installed
    with pytest.raises(SamePerson):
        shelf.promote(version, by="mara", at=NOW)
    assert shelf.champion().approved_by is None


def test_a_version_of_another_catalogue_is_not_put_to_use(shelf):
    version = shelf.put(bundle(MONTHS[0], fingerprint="0" * 64))

    with pytest.raises(WrongCatalogue):
        shelf.promote(version, by="Omar", at=NOW)


def test_a_first_version_is_put_to_use_and_a_second_one_is_only_kept(shelf):
    first, second = shelf.keep(bundle(MONTHS[0]), NOW), shelf.keep(bundle(MONTHS[1]), NOW)

    assert (first[1], second[1]) == (True, False)
    assert shelf.champion().version == first[0]
    assert shelf.keep(bundle(MONTHS[0]), NOW) == (first[0], False)


def test_a_declined_first_version_is_kept_and_not_put_to_use(shelf):
    version, installed = shelf.keep(bundle(MONTHS[0], passed=False), NOW)

    assert not installed
    assert shelf.champion() is None
    assert shelf.bundle(version).passed is False


def test_a_damaged_pointer_does_not_lose_what_was_trained_and_puts_nothing_to_use(shelf, three):
    (shelf.folder / "champion.json").write_text("{")

    version, installed = shelf.keep(bundle(date(2026, 4, 28)), NOW)

    assert not installed
    assert shelf.bundle(version).version == version


def test_a_rollback_goes_to_the_version_in_use_before_as_it_was_approved(shelf, three):
    done = shelf.rollback("Vera", NOW)

    assert (done.entry.version, done.instead_of, done.skipped) == (three[1], three[2], ())
    assert done.entry.approved_by == "person 1"
    assert shelf.champion() == done.entry
    assert shelf.history()[-1] == Change("rollback", three[1], "Vera", NOW.isoformat(), three[2])


def test_a_rollback_of_a_rollback_goes_further_back_and_never_forward_again(shelf, three):
    shelf.rollback(None, NOW)

    assert shelf.rollback(None, NOW).entry.version == three[0]
    with pytest.raises(NothingBefore, match=f'"{three[0]}" stays in use'):
        shelf.rollback(None, NOW)
    assert shelf.champion().version == three[0]


def test_after_a_promotion_a_rollback_goes_to_what_that_took_the_place_of(shelf, three):
    shelf.rollback(None, NOW)
    shelf.promote(three[0], by="Omar", at=NOW)

    assert shelf.rollback(None, NOW).entry.version == three[1]


def test_an_approval_of_the_version_in_use_is_nothing_to_go_back_to(shelf, three):
    shelf.promote(three[2], by="Omar", at=NOW)

    assert shelf.rollback(None, NOW).entry.version == three[1]


@pytest.mark.parametrize("how", ["gone", "damaged", "facts unreadable"])
def test_a_version_that_cannot_be_used_is_passed_over_and_said(shelf, three, how):
    if how == "gone":
        shutil.rmtree(shelf.folder_of(three[1]))
    elif how == "damaged":
        damage(shelf, three[1])
    else:
        (shelf.folder_of(three[1]) / "bundle.json").write_text("{")

    done = shelf.rollback(None, NOW)

    assert done.entry.version == three[0]
    assert len(done.skipped) == 1
    assert three[1] in done.skipped[0]


def test_where_nothing_before_can_be_used_the_version_in_use_stays_and_the_way_out_is_told(shelf, three):
    damage(shelf, three[0])
    shutil.rmtree(shelf.folder_of(three[1]))

    with pytest.raises(NothingBefore) as refused:
        shelf.rollback(None, NOW)

    told = str(refused.value)
    assert all(word in told for word in (three[0], "damaged", three[1], "no longer on the shelf", "payrisk promote"))
    assert shelf.champion().version == three[2]


def test_a_damaged_champion_can_be_rolled_back(shelf, three):
    damage(shelf, three[2])
    shutil.rmtree(shelf.folder_of(three[2]))

    assert shelf.rollback(None, NOW).entry.version == three[1]


def test_on_an_empty_shelf_there_is_nothing_to_go_back_to(shelf):
    with pytest.raises(NothingBefore, match="No version is in use"):
        shelf.rollback(None, NOW)


def test_a_pointer_that_cannot_be_read_is_for_a_person_to_mend(shelf, three):
    (shelf.folder / "champion.json").write_text("{")

    with pytest.raises(NoChampion):
        shelf.rollback(None, NOW)


def test_a_first_version_that_nobody_approved_is_still_not_approved_after_a_rollback(shelf):
    first, _ = shelf.keep(bundle(MONTHS[0]), NOW)
    shelf.promote(shelf.put(bundle(MONTHS[1])), by="Omar", at=NOW)

    done = shelf.rollback("Vera", NOW)

    assert (done.entry.version, done.entry.approved_by) == (first, None)
    assert done.entry.note == "first version, not yet approved"


def test_a_history_that_was_lost_still_leads_one_step_back(shelf, three):
    (shelf.folder / "history.jsonl").unlink()

    assert shelf.rollback(None, NOW).entry.version == three[1]


def test_a_pointer_of_an_early_release_is_read_as_it_was_meant(shelf):
    version = shelf.put(bundle(MONTHS[0]))
    (shelf.folder / "champion.json").write_text(
        f'{{"version": "{version}", "by": "Mara", "at": "2026-01-29T06:00:00+00:00"}}'
    )

    assert shelf.champion().approved_by == "Mara"
    shelf.promote(shelf.put(bundle(MONTHS[1])), by="Omar", at=NOW)
    assert [(change.what, change.by) for change in shelf.history()] == [("promote", "Mara"), ("promote", "Omar")]
    assert shelf.rollback(None, NOW).entry.version == version


def test_lines_later_than_the_pointer_never_took_effect(shelf, three):
    """A backup takes the pointer first: a promotion meanwhile may leave its line and not its pointer."""
    pointer = (shelf.folder / "champion.json").read_bytes()
    later = shelf.put(bundle(date(2026, 4, 28)))
    shelf.promote(later, by="Omar", at=NOW + timedelta(days=9))
    (shelf.folder / "champion.json").write_bytes(pointer)

    assert [change.version for change in shelf.history()] == three
    assert shelf.rollback(None, NOW).entry.version == three[1]
    assert later not in [change.version for change in shelf.history()]


def test_the_challenger_is_the_newest_version_that_passed_and_was_never_in_use(shelf, three):
    assert shelf.challenger() is None
    shelf.put(bundle(date(2026, 2, 10)))  # older than the champion
    assert shelf.challenger() is None
    asks = shelf.put(bundle(date(2026, 4, 28)))
    shelf.put(bundle(date(2026, 5, 28), passed=False))
    assert shelf.challenger().version == asks

    shelf.promote(asks, by="Omar", at=NOW)
    shelf.rollback(None, NOW)

    assert shelf.challenger() is None  # what a rollback left asks no more


def test_a_habit_of_the_champions_day_stands_beside_it_and_does_not_ask_to_replace_it(shelf):
    shelf.keep(bundle(MONTHS[0], MODEL), NOW)
    habit = shelf.put(bundle(MONTHS[0]))

    assert shelf.challenger() is None
    assert [entry.version for entry in shelf.habits(MONTHS[0])] == [habit]
    assert shelf.choose(MONTHS[0]).kind == "model"


def test_of_one_day_a_model_scores_it_rather_than_the_habit_beside_it(shelf):
    shelf.put(bundle(MONTHS[0], MODEL))
    shelf.put(bundle(MONTHS[0]))
    shelf.promote(shelf.put(bundle(MONTHS[2])), by="Omar", at=NOW)

    assert shelf.choose(MONTHS[1]).kind == "model"


def test_who_trained_a_version_stands_in_its_entry(shelf):
    shelf.put(bundle(MONTHS[0], trained_by="service"))

    assert [entry.trained_by for entry in shelf.versions()] == ["service"]


def test_one_damaged_version_does_not_hide_the_others(shelf, three):
    (shelf.folder_of(three[0]) / "bundle.json").write_text("{")

    assert [entry.version for entry in shelf.sound_versions()] == three[1:]
    assert shelf.damaged() == (three[0],)


def test_an_entry_can_be_asked_for_by_its_version(shelf, three):
    assert shelf.entry(three[0]).version == three[0]
    for name in ("2020-01-01-00000000", "../champion.json"):
        with pytest.raises(UnknownVersion):
            shelf.entry(name)


def test_a_shelf_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "shelf").write_text("in the way")

    with pytest.raises(ShelfNotWritten, match="shelf"):
        Shelf(tmp_path / "shelf").put(bundle(MONTHS[0]))


def test_the_state_changes_with_everything_that_the_registry_tells(shelf):
    seen = [shelf.state()]
    first = shelf.put(bundle(MONTHS[0]))
    seen.append(shelf.state())
    shelf.install_first(first, NOW)
    seen.append(shelf.state())
    shelf.promote(first, by="Omar", at=NOW)
    seen.append(shelf.state())
    shelf.promote(shelf.put(bundle(MONTHS[1])), by="Omar", at=NOW)
    seen.append(shelf.state())
    shelf.rollback(None, NOW)

    assert len({*seen, shelf.state()}) == 6


def test_many_at_once_put_promote_and_roll_back_and_every_change_is_remembered_once(shelf):
    bundles = [bundle(date(2026, 1, day)) for day in range(1, 9)]
    first, _ = shelf.keep(bundle(date(2025, 12, 1)), NOW)
    refused: list[str] = []

    def work(number: int) -> None:
        own = Shelf(shelf.folder)
        for each in (bundles[0], bundles[number]):  # all of them put the same one, too
            version, installed = own.keep(each, NOW)
            assert not installed
            own.promote(version, by=f"person {number}", at=NOW + timedelta(seconds=number))
        try:
            own.rollback(f"person {number}", NOW)
        except NothingBefore as nothing:
            refused.append(str(nothing))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(len(bundles))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    history = shelf.history()
    assert len(history) == 1 + 2 * len(bundles) + len(bundles) - len(refused)
    assert history[0].version == first
    assert all(now.before == past.version for past, now in pairwise(history))
    assert shelf.champion().version == history[-1].version
    assert len(shelf.versions()) == 1 + len(bundles)


def test_of_two_first_trainings_at_once_one_is_put_to_use(shelf):
    bundles = [bundle(day) for day in MONTHS]
    done: list[tuple[str, bool]] = []
    threads = [threading.Thread(target=lambda each=each: done.append(shelf.keep(each, NOW))) for each in bundles]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [version for version, installed in done if installed] == [shelf.champion().version]
    assert len(shelf.history()) == 1


def test_a_request_asked_again_changes_nothing_more(shelf, three):
    first = shelf.promote(three[0], "Omar", NOW, why="calmer", request="a")
    back = shelf.rollback("Vera", NOW, why="a bad export", request="b")
    before = shelf.state()

    assert shelf.promote(three[0], "Omar", NOW, why="calmer", request="a") == replace(first, in_use=False)
    assert shelf.rollback("Vera", NOW, why="a bad export", request="b") == back
    assert shelf.state() == before
    assert shelf.change_of("a").why == "calmer"
    assert shelf.change_of("") is None


def test_a_person_is_known_by_any_of_their_names(shelf):
    version = shelf.put(bundle(MONTHS[0], trained_by="Mara Öz"))

    with pytest.raises(SamePerson):
        shelf.promote(version, "m.oez", NOW, also_called=("mara öz",))

    assert shelf.promote(version, "m.oez", NOW, also_called=("Mara Özkan", "")).approved_by == "m.oez"


def test_a_declined_version_says_which_gates_said_no(shelf):
    gates = (
        {"name": "calibrated", "passed": False, "reason": "0.081", "blocks": ""},
        {"name": "no_segment_collapses", "passed": False, "reason": "currency SEK", "blocks": "promotion"},
        {"name": "light_enough", "passed": True, "reason": "4,650 leaves", "blocks": "promotion"},
    )
    version = shelf.put(bundle(MONTHS[0], passed=False, gates=gates))

    with pytest.raises(DeclinedVersion, match=r"It failed: no segment collapses \(currency SEK\)\.$"):
        shelf.promote(version, "Omar", NOW)
