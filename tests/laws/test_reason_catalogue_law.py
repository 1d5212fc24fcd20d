"""The catalogue of reasons: every code in every language, told without a name of the program, under one version.

Where codes or words change on purpose, raise `features.reason_catalogue.VERSION` (once for what is released together)
and write the kept version anew: `python tests/laws/test_reason_catalogue_law.py`.
"""

import json
import math
import re
from pathlib import Path

import pytest

from features.catalogue import CATALOGUE
from features.languages import ENGLISH, LANGUAGES, Speech, speech_of, stated
from features.reason_catalogue import (
    CODES,
    IDEAS,
    KINDS,
    TOO_LITTLE_HISTORY,
    VERSION,
    fingerprint,
    missing_translations,
    placeholders,
    tell_reason,
)
from features.spec import Unit
from features.wording import english_phrases, phrases_of, tell, translated_name

KEPT = Path(__file__).resolve().parents[1] / "golden" / "reasons.json"

NUMBERS = (None, math.nan, 0.0, 0.004, 0.4, 0.996, 1.0, 2.0, -1.0, -3.4, 12.0, 365.0, 4_321.0, 1e6)
"""Values of every kind: missing, nothing, nearly nothing or all, one, early, typical, held at a bound, extreme."""

OTHERS = [language for language in LANGUAGES if language != ENGLISH]


def values_of(unit):
    if unit is Unit.CATEGORY:
        return [None, math.nan, "EUR", "XAU"]
    if unit is Unit.MONTH:
        return [None, math.nan, 1.0, 3.0, 12.0]
    if unit is Unit.WEEKDAY:
        return [None, math.nan, 0.0, 6.0]
    if unit in (Unit.MONEY_LOG10, Unit.MONEY_LOG10_PLUS_1):
        return [None, math.nan, 0.0, math.log10(1.5), 3.6, 12.0]
    return list(NUMBERS)


def current():
    return {"version": VERSION, "fingerprint": fingerprint()}


def test_codes_and_words_move_only_with_the_version():
    kept = json.loads(KEPT.read_text(encoding="utf-8"))
    assert kept == current(), "codes or words changed: raise VERSION, and write tests/golden/reasons.json anew"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_has_words_of_its_own_in_every_language(language):
    assert missing_translations(language) == ()
    assert all(phrases_of(feature, language) for feature in CATALOGUE)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_of_a_translation_is_for_a_code_that_is_not_there(language):
    said = stated(language)
    assert set(said["reasons"]) == {kind.code for kind in KINDS}
    assert set(said["forms"]) == set(stated(ENGLISH)["forms"])
    if language != ENGLISH:
        assert set(said["features"]) == {translated_name(feature) for feature in CATALOGUE}


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_that_is_told_holds_a_name_of_the_program(language):
    names = {feature.name for feature in CATALOGUE if "_" in feature.name} | {"dpd", "nan", "None", "inf"}
    for feature in CATALOGUE:
        for value in values_of(feature.unit):
            told = tell(feature, value, language)
            words = set(re.findall(r"[\w]+", told))
            assert told.strip()
            assert not words & names, told
            assert not {"{", "}", "_"} & set(told), told
    for code in (*IDEAS, *(kind.code for kind in KINDS)):
        told = told_by(code, language)
        assert told
        assert not {"{", "}", "_"} & set(told), told


def told_by(code, language, number=3.0):
    further = {"count": number, "oldest": number}
    amount = code in ("overdue_amount", "overdue_amount_invoices", "open_amount")
    return tell_reason(code, "1234.50 EUR" if amount else number, further, language)


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_tells_the_numbers_that_the_english_tells(language):
    for feature in CATALOGUE:
        english, translated = english_phrases(feature), phrases_of(feature, language)
        for name in ("phrase", "missing", "zero"):
            pair = getattr(english, name), getattr(translated, name)
            assert placeholders(pair[0]) == placeholders(pair[1]), feature.name
            assert re.findall(r"\d+", pair[0]) == re.findall(r"\d+", pair[1]) or "five" in pair[0], feature.name
    for code, phrase in stated(ENGLISH)["reasons"].items():
        assert placeholders(phrase) == placeholders(stated(language)["reasons"][code]), code


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_is_not_the_english(language):
    for code in CODES:
        if code != "currency":
            assert tell_any(code, language) != tell_any(code, ENGLISH), code


def tell_any(code, language):
    feature = next((feature for feature in CATALOGUE if feature.name == code), None)
    return tell(feature, values_of(feature.unit)[-1], language) if feature else told_by(code, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_form_tells_its_number_and_one_is_told_apart_from_many(language):
    for form, words in speech_of(language).forms.items():
        for name, text in words.items():
            if name not in ("zero", "little", "nearly") and (form, name) != ("tries", "one"):
                assert "{n}" in text, (form, name)
        assert words["many"] != words.get("one") or form == "count"


def test_a_phrase_that_is_missing_is_told_in_english_and_counted(monkeypatch):
    import features.reason_catalogue as catalogue
    import features.wording as wording

    less = {**stated("de"), "reasons": {}, "features": {}, "concepts": {}}
    german = speech_of("de")
    poor = Speech(german.name, german.thousands, german.decimal, german.weekdays, german.months, german.forms)
    for module in (catalogue, wording):
        monkeypatch.setattr(module, "speech_of", lambda key: poor if key == "de" else speech_of(key))
    monkeypatch.setattr(catalogue, "stated", lambda key: less if key == "de" else stated(key))

    features = {f"features.{translated_name(feature)}" for feature in CATALOGUE}
    assert features < set(missing_translations("de"))
    assert f"reasons.{TOO_LITTLE_HISTORY}" in missing_translations("de")
    assert "concepts.habit" in missing_translations("de")
    for code in CODES:
        assert tell_any(code, "de") == tell_any(code, ENGLISH)


if __name__ == "__main__":
    KEPT.write_text(json.dumps(current(), indent=2) + "\n", encoding="utf-8")
    print(KEPT)
