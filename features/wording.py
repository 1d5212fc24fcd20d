"""A value in the collector's words: the feature's phrase with its number, or the phrase for having none.

It states; whether that is good or bad news is told by the arrow beside it. English phrases stand in the features'
declarations, those of other languages in `translations/`.
"""

import math
from collections.abc import Callable
from functools import cache
from string import Formatter
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from features.catalogue import CATALOGUE_BY_NAME
from features.languages import ENGLISH, Speech, speech_of
from features.primitives import FASTEST_DAYS, SLOWEST_DAYS
from features.spec import Concept, Feature, Unit

Value = float | str | None

_TOLD_STEPS = {
    Unit.SHARE: 0.01, Unit.RATIO: 0.01, Unit.TIMES: 0.1, Unit.MONEY_LOG10: 0.01, Unit.MONEY_LOG10_PLUS_1: 0.01
}  # fmt: skip
"""By how much a figure has to move before people notice; of the units not named here by a whole one."""

_EXACT_ZERO = frozenset({Unit.SHARE, Unit.TIMES, Unit.MONEY_LOG10_PLUS_1})
"""Units of which a little is not told as nothing; of the others what rounds to 0 is."""


class Phrases(NamedTuple):
    """What a feature says in one language; `zero` is '' where it has no words of its own for 0."""

    phrase: str
    missing: str
    zero: str


def tell(feature: Feature, value: Value, language: str = ENGLISH) -> str:
    """The fact in words; the phrase for missing when `value` is None or NaN.

    A feature that lacks a phrase in the language is told in English, its numbers too.

    >>> tell(CATALOGUE_BY_NAME["days_late_mean_180d"], 12.2)
    'paid 12 days late on average over the last 180 days'
    >>> tell(CATALOGUE_BY_NAME["days_late_mean_180d"], float("nan"))
    'no invoice settled in the last 180 days'
    >>> tell(CATALOGUE_BY_NAME["days_late_mean_180d"], 12.2, "de")
    'in den letzten 180 Tagen im Mittel 12 Tage verspätet gezahlt'
    """
    phrases = phrases_of(feature, language)
    if phrases is None:
        language, phrases = ENGLISH, english_phrases(feature)
    if is_missing(value):
        phrase = phrases.missing
    elif phrases.zero and _reads_as_zero(feature.unit, value):
        phrase = phrases.zero
    else:
        phrase = phrases.phrase
    if "{" not in phrase:
        return phrase
    return "".join([
        text if case is None else f"{text}{format_value(feature.unit, value, language, case)}"
        for text, case in _pieces(phrase, feature.window.days if feature.window else 0, language)
    ])  # fmt: skip


@cache
def _pieces(phrase: str, days: int, language: str) -> tuple[tuple[str, str | None], ...]:
    """The texts of a phrase with its window told, each with the case of the value behind it; None for none."""
    speech, texts, pieces = speech_of(language), "", list[tuple[str, str | None]]()
    for text, name, case, _ in Formatter().parse(phrase):
        texts += text
        if name == "window":
            texts += speech.counted("days", days, case or "")
        elif name is not None:
            pieces.append((texts, case or ""))
            texts = ""
    return (*pieces, (texts, None))


def english_phrases(feature: Feature) -> Phrases:
    """What the declaration says."""
    return Phrases(feature.phrase, feature.phrase_when_missing, feature.phrase_when_zero)


def phrases_of(feature: Feature, language: str) -> Phrases | None:
    """What the feature says in the language; None where a phrase is missing that English has."""
    if language == ENGLISH:
        return english_phrases(feature)
    found = speech_of(language).features.get(translated_name(feature), {})
    phrases = Phrases(found.get("phrase", ""), found.get("missing", ""), found.get("zero", ""))
    complete = phrases.phrase and phrases.missing and bool(phrases.zero) >= bool(feature.phrase_when_zero)
    return phrases if complete else None


def translated_name(feature: Feature) -> str:
    """The name under which translations hold it: one for all its windows.

    >>> translated_name(CATALOGUE_BY_NAME["late_5_share_90d"]), translated_name(CATALOGUE_BY_NAME["late_5_share"])
    ('late_5_share_window', 'late_5_share')
    """
    return feature.name.removesuffix(f"{feature.window.days}d") + "window" if feature.window else feature.name


def title_of(concept: Concept, language: str = ENGLISH) -> str:
    """What the idea is called; in English where the language has no name for it."""
    return speech_of(language).concepts.get(concept.key, concept.title)


def speaker(name: str) -> Feature:
    """The feature that tells a column: itself, or the plain one behind a smoothed one."""
    return CATALOGUE_BY_NAME[CATALOGUE_BY_NAME[name].spoken_by or name]


def format_value(unit: Unit, value: Value, language: str = ENGLISH, case: str = "") -> str:
    """A value that is there, with its unit in words; in the grammatical `case` where the language tells it apart.

    >>> [format_value(Unit.DAYS_LATE, days) for days in (12.0, 1.0, 0.2, -3.0)]
    ['12 days late', '1 day late', 'on the due day', '3 days early']
    >>> format_value(Unit.SHARE, 0.71), format_value(Unit.TIMES, 3.42), format_value(Unit.INVOICES, 1)
    ('71 %', '3.4 times', '1 invoice')
    >>> format_value(Unit.TIMES, 3.42, "de"), format_value(Unit.DAYS, 12.0, "de", "dative")
    ('3,4-mal', '12 Tagen')
    """
    if unit is Unit.CATEGORY:
        return str(value)
    speech, number = speech_of(language), float(value or 0.0)
    if unit in _FORMATS:
        return _FORMATS[unit](speech, number)
    return speech.counted(unit.name.lower(), number, case)


_THIS_INVOICE = {
    "this invoice": "invoice {item}",
    "diese Rechnung": "die Rechnung {item}",
    "dieser Rechnung": "der Rechnung {item}",
}
"""How a fact says which invoice it is about, and how it says so among several."""


def naming(text: str, item_id: str) -> str:
    """The fact with the invoice named, where it says "this invoice", in any language.

    >>> naming("50 % of this invoice is paid or credited already", "INV-1")
    '50 % of invoice INV-1 is paid or credited already'
    """
    for said, named in _THIS_INVOICE.items():
        if said in text:
            text = text.replace(said, named.format(item=item_id))
    return text


def reads_alike(unit: Unit, values: npt.NDArray[np.float64], other: float) -> npt.NDArray[np.bool_]:
    """Which of the values are told by the same figure as `other`, or nearly so; shape as `values`, NaN is not.

    >>> reads_alike(Unit.SHARE, np.array([0.0202, 0.03, np.nan]), 0.02).tolist()
    [True, False, False]
    >>> reads_alike(Unit.DAYS_LATE, np.array([11.6, 13.0]), 12.0).tolist()
    [True, False]
    """
    step = _TOLD_STEPS.get(unit, 1.0)
    return np.asarray(np.round(values / step) == np.round(other / step))


def is_missing(value: Value) -> bool:
    """None and NaN of any width; pandas' missing text counts too, being unequal to itself."""
    return value is None or value != value


def _reads_as_zero(unit: Unit, value: Value) -> bool:
    if isinstance(value, str) or value is None:
        return False
    return value == 0 if unit in _EXACT_ZERO else round(value) == 0


def _days_late_held(speech: Speech, value: float) -> str:
    if value >= SLOWEST_DAYS:
        return speech.form("days_late_held", "most", SLOWEST_DAYS)
    if value <= FASTEST_DAYS:
        return speech.form("days_late_held", "least", -FASTEST_DAYS)
    return speech.counted("days_late_held", value)


def _share(speech: Speech, value: float) -> str:
    percent = round(100 * value)
    if percent == 0 and value > 0:
        return speech.form("share", "little")
    if percent == 100 and value < 1:
        return speech.form("share", "nearly")
    return speech.forms["share"]["many"].format(n=percent)


def _times(speech: Speech, value: float) -> str:
    if value < 0.05:
        return speech.form("times", "little", 0.1, decimals=1)
    return speech.form("times", "many", value, decimals=1 if value < 10 else 0)


def _money_amount(speech: Speech, amount: float) -> str:
    """As an amount "about" so much: four figures of it are told, for a rounded logarithm knows no more."""
    if amount >= 10_000:
        step = 10 ** (math.floor(math.log10(amount)) - 3)
        return speech.separated(f"{round(amount / step) * step:,}")
    return speech.number(amount, 2 if amount < 10 else 0)


_FORMATS: dict[Unit, Callable[[Speech, float], str]] = {
    Unit.DAYS_LATE_HELD: _days_late_held,
    Unit.SHARE: _share,
    Unit.RATIO: _share,
    Unit.TIMES: _times,
    Unit.MONEY_LOG10: lambda speech, value: _money_amount(speech, 10.0**value),
    Unit.MONEY_LOG10_PLUS_1: lambda speech, value: _money_amount(speech, 10.0**value - 1.0),
    Unit.WEEKDAY: lambda speech, value: speech.weekdays[round(value)],
    Unit.MONTH: lambda speech, value: speech.months[round(value) - 1],
}
"""The units that are more than a count; the others are told by the language's forms of their name."""
