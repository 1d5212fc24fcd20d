"""The shelf and its pointer."""

import json
import shutil
from datetime import UTC, date, datetime, timedelta

import pytest
from model_builders import random_habit_curve

from features.catalogue import fingerprint
from models.bundle import Bundle
from models.errors import BundleRefused, DeclinedVersion, NoChampion, ShelfNotEmpty, UnknownVersion
from models.papers import Papers
from models.shelf import Shelf, mode_for

NOW = datetime(2026, 4, 1, 6, 0, tzinfo=UTC)
JANUARY, FEBRUARY, MARCH = date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31)
CURVE = random_habit_curve()


def bundle(trained: date, passed: bool = True) -> Bundle:
    return Bundle(CURVE, trained, grace_days=5, fingerprint=fingerprint(), passed=passed)


@pytest.fixture
def shelf(tmp_path):
    return Shelf(tmp_path / "shelf")


def test_an_empty_shelf_has_no_champion_and_nothing_to_pick(shelf):
    assert shelf.champion() is None
    assert shelf.pick(MARCH) is None
    assert shelf.versions() == []


def test_the_same_bundle_again_is_the_same_version(shelf):
    assert shelf.put(bundle(MARCH)) == shelf.put(bundle(MARCH))
    assert len(shelf.versions()) == 1


def test_the_first_version_is_in_use_and_not_yet_approved(shelf):
    version = shelf.put(bundle(MARCH))

    entry = shelf.install_first(version, NOW)

    assert (entry.in_use, entry.approved_by, entry.note) == (True, None, "first version, not yet approved")
    assert shelf.champion() == entry


def test_a_second_first_version_is_refused(shelf):
    shelf.install_first(shelf.put(bundle(FEBRUARY)), NOW)

    with pytest.raises(ShelfNotEmpty, match="already in use"):
        shelf.install_first(shelf.put(bundle(MARCH)), NOW)


def test_a_promotion_replaces_the_pointer_and_leaves_a_line(shelf):
    first, second = shelf.put(bundle(FEBRUARY)), shelf.put(bundle(MARCH))
    shelf.install_first(first, NOW)

    entry = shelf.promote(second, by="mara", at=NOW + timedelta(days=1))

    assert shelf.champion() == entry
    assert (entry.version, entry.approved_by, entry.note) == (second, "mara", "")
    assert [(line.what, line.version, line.before) for line in shelf.history()] == [
        ("install_first", first, None),
        ("promote", second, first),
    ]


def test_promoting_the_version_in_use_approves_it(shelf):
    version = shelf.put(bundle(MARCH))
    shelf.install_first(version, NOW)

    assert shelf.promote(version, by="mara", at=NOW).note == ""


def test_a_version_that_was_declined_is_never_put_to_use(shelf):
    version = shelf.put(bundle(MARCH, passed=False))

    with pytest.raises(DeclinedVersion):
        shelf.install_first(version, NOW)
    with pytest.raises(DeclinedVersion):
        shelf.promote(version, by="mara", at=NOW)
    assert shelf.champion() is None


def test_the_champion_scores_its_own_day_and_later(shelf):
    shelf.install_first(shelf.put(bundle(FEBRUARY)), NOW)
    shelf.put(bundle(MARCH))

    for day in (FEBRUARY, MARCH):
        picked = shelf.pick(day)
        assert picked is not None
        assert picked[1].trained_as_of == FEBRUARY


def test_a_day_before_the_champion_gets_the_newest_older_version_that_passed(shelf):
    shelf.install_first(shelf.put(bundle(MARCH)), NOW)
    older = shelf.put(bundle(JANUARY))
    shelf.put(bundle(FEBRUARY, passed=False))

    picked = shelf.pick(date(2026, 3, 15))

    assert picked is not None
    assert picked[1].version == older
    assert shelf.pick(date(2026, 1, 30)) is None


def test_a_version_whose_content_was_exchanged_is_refused(shelf):
    version, other = shelf.put(bundle(FEBRUARY)), shelf.put(bundle(MARCH))
    folder = shelf.folder_of(version)
    for name in ("bundle.json", "manifest.json"):
        (folder / name).write_bytes((shelf.folder_of(other) / name).read_bytes())

    with pytest.raises(BundleRefused, match="not the one its name was made from"):
        shelf.bundle(version)


@pytest.mark.parametrize("name", ["2020-01-01-00000000", "../champion.json", "", ".", "..", "a/b", "A" * 5_000, "a\0b"])
def test_names_that_are_no_version_are_unknown(shelf, name):
    shelf.put(bundle(MARCH))

    for asked in (shelf.bundle, shelf.entry, Papers(shelf).facts):
        with pytest.raises(UnknownVersion):
            asked(name)


def test_a_pointer_half_written_does_not_count(shelf):
    version = shelf.put(bundle(MARCH))
    shelf.install_first(version, NOW)
    (shelf.folder / ".champion.json").write_text('{"versi')

    champion = shelf.champion()

    assert champion is not None
    assert champion.version == version
    assert json.loads((shelf.folder / "champion.json").read_text())["version"] == version


def test_who_approved_a_version_is_remembered_when_another_takes_its_place(shelf):
    first, second = shelf.put(bundle(FEBRUARY)), shelf.put(bundle(MARCH))
    shelf.promote(first, by="anna", at=NOW)
    shelf.promote(first, by="mara", at=NOW)
    shelf.promote(second, by="omar", at=NOW)

    assert [(entry.version, entry.approved_by) for entry in shelf.versions()] == [(first, "mara"), (second, "omar")]
    assert shelf.choose(date(2026, 3, 15)).approved_by == "mara"


def test_a_version_is_chosen_without_loading_it(shelf):
    version = shelf.put(bundle(MARCH))
    shelf.install_first(version, NOW)
    (shelf.folder_of(version) / "habit.json").write_text("damaged")

    assert shelf.choose(MARCH).version == version
    with pytest.raises(BundleRefused):
        shelf.pick(MARCH)


@pytest.mark.parametrize("content", ["", '{"versi', "[]", '{"version": 7, "by": null}', "[" * 100_000])
def test_a_damaged_pointer_is_refused_and_a_promotion_mends_it(shelf, content):
    version = shelf.put(bundle(MARCH))
    shelf.install_first(version, NOW)
    (shelf.folder / "champion.json").write_text(content)

    with pytest.raises(NoChampion, match=f"payrisk promote VERSION --by NAME.*{version}"):
        shelf.choose(MARCH)

    assert shelf.promote(version, by="mara", at=NOW) == shelf.choose(MARCH)


def test_a_pointer_to_a_version_that_is_gone_is_refused_with_what_is_there(shelf):
    gone, there = shelf.put(bundle(MARCH)), shelf.put(bundle(FEBRUARY))
    shelf.install_first(gone, NOW)
    shutil.rmtree(shelf.folder_of(gone))

    with pytest.raises(NoChampion, match=f"{gone}.*On the shelf: {there}"):
        shelf.choose(MARCH)


def test_facts_that_cannot_be_read_refuse_their_version(shelf):
    version = shelf.put(bundle(MARCH))
    shelf.install_first(version, NOW)
    for content in ("{", "[]", '{"trained_as_of": "soon"}'):
        (shelf.folder_of(version) / "bundle.json").write_text(content)
        with pytest.raises(BundleRefused, match="cannot be read"):
            shelf.choose(MARCH)


def test_a_line_of_the_history_cut_short_takes_no_other_with_it(shelf):
    version = shelf.put(bundle(MARCH))
    shelf.promote(version, by="mara", at=NOW)
    with (shelf.folder / "history.jsonl").open("a") as file:
        file.write('{"what": "prom')

    assert [change.by for change in shelf.history()] == ["mara"]


def test_damage_changes_the_content_of_a_version_and_mending_restores_it(shelf):
    version = shelf.put(bundle(MARCH))
    before, file = shelf.content_of(version), shelf.folder_of(version) / "habit.json"
    content = file.read_bytes()

    file.write_bytes(content[:-1])
    damaged = shelf.content_of(version)
    file.write_bytes(content)

    assert damaged != before == shelf.content_of(version)


def test_a_model_past_its_best_is_called_stale_and_a_habit_a_habit(shelf):
    entry = shelf.install_first(shelf.put(bundle(JANUARY)), NOW)
    model = type(entry)(**{**vars(entry), "kind": "model"})

    assert mode_for(model, JANUARY + timedelta(days=45)) == "model"
    assert mode_for(model, JANUARY + timedelta(days=46)) == "model_stale"
    assert mode_for(model, JANUARY + timedelta(days=10), best_before_days=9) == "model_stale"
    assert mode_for(entry, JANUARY + timedelta(days=400)) == "habit"
