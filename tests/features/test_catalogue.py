"""The catalogue: complete declarations, unique names, a fingerprint that notices what matters."""

from dataclasses import replace

import pytest

from features import primitives
from features.catalogue import CATALOGUE, CATALOGUE_BY_NAME, checked, fingerprint
from features.errors import BadCatalogue
from features.primitives import mean, overdue_count, share
from features.reference import features_markdown
from features.spec import CONCEPTS, DRIFT, HABIT, Direction, Feature, Theme, Unit, windows


def a_feature(**changed) -> Feature:
    declared = {
        "name": "late", "theme": Theme.PAYMENT_HISTORY, "concept": HABIT,
        "value": mean("days_late", over="settled"), "unit": Unit.DAYS_LATE,
        "direction": Direction.OPEN, "phrase": "paid {value}", "phrase_when_missing": "nothing yet", "why": "because",
    }  # fmt: skip
    return Feature(**(declared | changed))


def test_every_name_is_declared_once():
    assert len(CATALOGUE_BY_NAME) == len(CATALOGUE)


def test_two_features_of_one_name_are_refused():
    with pytest.raises(BadCatalogue, match=r"declared more than once: late\."):
        checked([a_feature(), a_feature()])


def test_a_speaker_that_does_not_exist_is_refused():
    with pytest.raises(BadCatalogue, match="spoken_by names no feature"):
        checked([a_feature(spoken_by="nobody")])


def test_a_feature_without_a_reason_to_exist_is_refused():
    with pytest.raises(BadCatalogue, match="why we believe"):
        a_feature(why="")


def test_every_concept_is_told_by_some_feature():
    assert {feature.concept for feature in CATALOGUE} == set(CONCEPTS)


def test_the_sure_habits_carry_signs_and_age_amount_and_calendar_are_free():
    signs = {feature.name: feature.monotone for feature in CATALOGUE}
    assert signs["late_5_share_365d"] == signs["days_late_recent"] == signs["days_late_drift"] == -1
    assert signs["oldest_open_dpd"] == -1
    assert signs["on_time_streak"] == 1
    assert signs["dpd"] == signs["habit_gap"] == signs["amount_log10"] == signs["month"] == 0


def test_windows_reach_events_but_not_states():
    declared = a_feature(value=share(mean("days_late", over="settled"), overdue_count()))
    (in_90, in_180) = windows((90, 180), declared)
    assert (in_90.name, in_180.name) == ("late_90d", "late_180d")
    assert [ask.window for ask in in_90.value.asks()] == [90, 90, None]


def test_the_fingerprint_notices_a_changed_value_and_overlooks_a_better_phrase(monkeypatch):
    before = fingerprint([a_feature()])
    assert fingerprint([a_feature(phrase="pays {value}")]) == before
    assert fingerprint([a_feature(value=mean("late", over="settled"))]) != before
    assert fingerprint([a_feature(concept=DRIFT)]) != before
    assert fingerprint([a_feature(), replace(a_feature(), name="later")]) != before
    monkeypatch.setitem(primitives.VERSIONS, "sum", 99)
    assert fingerprint([a_feature()]) != before


def test_the_reference_page_tells_every_feature_with_and_without_a_number():
    page = features_markdown()
    assert all(f"### `{feature.name}`" in page for feature in CATALOGUE)
    assert "paid 12 days late on average over the last 180 days" in page
    assert "no invoice settled in the last 180 days" in page
    assert "{value}" not in page
    assert "{window}" not in page


def test_the_fingerprint_notices_other_holidays(monkeypatch):
    before = fingerprint()
    monkeypatch.setattr(primitives, "version", lambda package: "0.1")
    assert fingerprint() != before
