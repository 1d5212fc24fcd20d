"""The catalogue of reasons: every code, and what it says in each language.

A reason is stored with its code and its numbers, so that it can be told again in another language without scoring.
The code of a feature's fact is the feature's name; the others stand here. A code is never given another meaning:
what is no longer told keeps its code, and what is told otherwise raises `VERSION`.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from string import Formatter

from features.catalogue import CATALOGUE, CATALOGUE_BY_NAME
from features.languages import ENGLISH, LANGUAGES, Said, Speech, speech_of, stated
from features.spec import AGE, CONCEPTS, Concept
from features.wording import Value, english_phrases, is_missing, phrases_of, tell, title_of, translated_name

VERSION = 1
"""Rises with every change of codes or wording; a law keeps it with its fingerprint."""

AMOUNT = "amount"
"""The form of a value that is money: its plain amount and currency, as in `41200.00 EUR`."""


@dataclass(frozen=True)
class ReasonKind:
    """A reason that is no feature's fact.

    Attributes:
        code: stable.
        form: how its value is said: a form of the languages, or `AMOUNT`; '' where its phrase tells no value.
        further: how the other numbers of its phrase are said, by name.
    """

    code: str
    form: str = ""
    further: Mapping[str, str] = field(default_factory=dict)


TOO_LITTLE_HISTORY = "too_little_history"

SEGMENT_TERMS = ("short_terms", "terms_8_20", "terms_21_35", "terms_36_60", "terms_over_60")
"""Beginnings of the codes of the habit curve's segments, from short terms to long; `_larger` or `_smaller` follows."""

KINDS = (
    ReasonKind("age", "days_past_due"),
    ReasonKind("age_of_overdue", "days", {"oldest": "count"}),
    ReasonKind("oldest_overdue", "days_past_due"),
    ReasonKind("nothing_overdue"),
    ReasonKind("overdue_amount", AMOUNT),
    ReasonKind("overdue_amount_invoices", AMOUNT, {"count": "invoices"}),
    ReasonKind("open_amount", AMOUNT),
    ReasonKind("usual_payment_day", "days_late", {"count": "items"}),
    ReasonKind("no_payment_habit"),
    *(ReasonKind(f"{terms}_{size}") for terms in SEGMENT_TERMS for size in ("larger", "smaller")),
    ReasonKind(TOO_LITTLE_HISTORY, "items"),
)
KIND_BY_CODE = {kind.code: kind for kind in KINDS}

IDEAS = {f"idea_{concept.key}": concept for concept in CONCEPTS if concept is not AGE}
"""Of ideas that moved a risk though none of their facts points that way; the age is always told as the fact it is."""

CODES = (*CATALOGUE_BY_NAME, *IDEAS, *KIND_BY_CODE)


def tell_reason(
    code: str, value: Value = None, further: Mapping[str, float] | None = None, language: str = ENGLISH
) -> str | None:
    """What a code says of its numbers; None of a code that the catalogue does not have, or without its numbers.

    >>> tell_reason("usual_payment_day", 12.0, {"count": 5.0}), tell_reason("usual_payment_day", 12.0)
    ('usually pays 12 days late (5 settled items)', None)
    >>> tell_reason("overdue_amount", "41200.00 EUR", language="de"), tell_reason("idea_habit", language="de")
    ('41.200,00 EUR überfällig', 'das übliche Zahlungsverhalten dieses Kunden')
    """
    if code in CATALOGUE_BY_NAME:
        return tell(CATALOGUE_BY_NAME[code], value, language)
    if code in IDEAS:
        return idea_text(IDEAS[code], language)
    if code not in KIND_BY_CODE:
        return None
    kind, speech = KIND_BY_CODE[code], speech_of(language)
    if code not in speech.reasons:
        speech = speech_of(ENGLISH)
    numbers = {"value": value, **(further or {})}
    forms = {"value": kind.form, **kind.further}
    phrase = speech.reasons[code]
    if any(is_missing(numbers.get(name)) for name in placeholders(phrase)):
        return None
    return phrase.format(**{name: Said(_Saying(speech, forms[name], numbers[name])) for name in placeholders(phrase)})


def idea_text(concept: Concept, language: str = ENGLISH) -> str:
    """The idea inside a sentence: its title without the capital."""
    title = title_of(concept, language)
    return title[0].lower() + title[1:]


@cache
def placeholders(phrase: str) -> frozenset[str]:
    """The names that a phrase has filled in."""
    return frozenset(name for _, name, _, _ in Formatter().parse(phrase) if name)


@cache
def fingerprint() -> str:
    """SHA-256, in hex, over every code and everything that is said, in every language."""
    said = {
        "codes": {kind.code: [kind.form, dict(kind.further)] for kind in KINDS},
        "features": {feature.name: [feature.unit.name, *english_phrases(feature)] for feature in CATALOGUE},
        "ideas": {code: concept.title for code, concept in IDEAS.items()},
        "languages": {language: stated(language) for language in LANGUAGES},
    }
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def reasons_version() -> str:
    """The version of the catalogue, with the beginning of its fingerprint: stored with what is published."""
    return f"{VERSION}-{fingerprint()[:12]}"


def missing_translations(language: str) -> tuple[str, ...]:
    """What a language lacks and is told in English instead, by section and name; sorted."""
    own, english = stated(language), stated(ENGLISH)
    missing = [f"forms.{form}" for form in english["forms"] if form not in own["forms"]]
    missing += [f"reasons.{code}" for code in english["reasons"] if code not in own["reasons"]]
    if language != ENGLISH:
        missing += [f"concepts.{concept.key}" for concept in CONCEPTS if concept.key not in own["concepts"]]
        missing += [f"features.{translated_name(one)}" for one in CATALOGUE if phrases_of(one, language) is None]
    return tuple(sorted(set(missing)))


@dataclass(frozen=True)
class _Saying:
    """Says one value of a reason in the case that its phrase asks."""

    speech: Speech
    form: str
    value: Value

    def __call__(self, case: str) -> str:
        if self.form == AMOUNT:
            amount, currency = str(self.value).rsplit(" ", 1)
            return f"{self.speech.separated(f'{Decimal(amount):,}')} {currency}"
        return self.speech.counted(self.form, float(self.value or 0.0), case)
