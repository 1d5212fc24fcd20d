"""Languages: how numbers, days and counts are said, and what stands in `translations/`.

English is the language that everything is declared in; whatever another language lacks is told in English.
"""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, Literal, get_args

from features.errors import UnknownLanguage

Language = Literal["en", "de"]

LANGUAGES: tuple[Language, ...] = get_args(Language)
ENGLISH: Language = "en"


@dataclass(frozen=True)
class Speech:
    """One language, as its file states it.

    Attributes:
        name: of the language, in itself.
        thousands, decimal: what stands between thousands and before decimals.
        weekdays, months: from Monday, from January.
        forms: a counted thing -> its forms by number: `one`, `many`, and where it has them `zero`, `minus_one`,
            `minus_many`, `least`, `most`, and any of these with a case at its end (`many_dative`).
        concepts: concept -> its title; empty in English, where the titles stand with the concepts.
        features: feature, `window` in place of the window's days -> its `phrase`, `missing` and `zero`; empty in
            English, where the phrases stand in the declarations.
        reasons: code of a reason that is no feature's -> its phrase.
    """

    name: str
    thousands: str
    decimal: str
    weekdays: tuple[str, ...]
    months: tuple[str, ...]
    forms: Mapping[str, Mapping[str, str]]
    concepts: Mapping[str, str] = field(default_factory=dict)
    features: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)

    def number(self, value: float, decimals: int = 0) -> str:
        """A number with its thousands.

        >>> speech_of("de").number(41200.5, 2), speech_of("en").number(41200.5, 2)
        ('41.200,50', '41,200.50')
        """
        if abs(value) <= 999 and not decimals:
            return f"{value:.0f}"  # most of what is told: nothing to separate
        return self.separated(f"{value:,.{decimals}f}")

    def separated(self, written: str) -> str:
        """A number written with commas and a dot, with the separators of this language."""
        if (self.thousands, self.decimal) == (",", "."):
            return written
        return written.translate({ord(","): self.thousands, ord("."): self.decimal})

    def counted(self, form: str, value: float, case: str = "") -> str:
        """A number of days, invoices, …: rounded, and in words where the language has words for it.

        >>> [speech_of("de").counted("days_late", days) for days in (12.2, 1.0, 0.3, -3.0)]
        ['12 Tage verspätet', '1 Tag verspätet', 'am Fälligkeitstag', '3 Tage vor Fälligkeit']
        >>> speech_of("de").counted("days", 1200, case="dative")
        '1.200 Tagen'
        """
        whole = round(abs(value))
        forms = self.forms[form]
        name = "zero" if whole == 0 and "zero" in forms else "one" if whole == 1 else "many"
        if value < 0 and whole and f"minus_{name}" in forms:
            name = f"minus_{name}"
        return self.form(form, name, whole, case)

    def form(self, form: str, name: str, number: float = 0, case: str = "", decimals: int = 0) -> str:
        """One form of a thing by its name, with its number; `case` where the language tells it apart."""
        forms = self.forms[form]
        return forms.get(f"{name}_{case}", forms[name]).format(n=self.number(number, decimals))


class Said:
    """A value in a phrase: `{value}` says it, `{value:dative}` in the case that the phrase asks."""

    def __init__(self, say: Callable[[str], str]) -> None:
        self.say = say

    def __format__(self, case: str) -> str:
        return self.say(case)


@cache
def speech_of(language: str) -> Speech:
    """The language of this key; forms that its file lacks are the English ones. Raises `UnknownLanguage`."""
    said = stated(language)
    forms = {**stated(ENGLISH)["forms"], **said["forms"]}
    return Speech(**{**said, "forms": forms, "weekdays": tuple(said["weekdays"]), "months": tuple(said["months"])})


@cache
def stated(language: str) -> Mapping[str, Any]:
    """The file of a language, as it is. Raises `UnknownLanguage`."""
    if language not in LANGUAGES:
        raise UnknownLanguage(language, LANGUAGES)
    return tomllib.loads(files("features").joinpath("translations", f"{language}.toml").read_text(encoding="utf-8"))
