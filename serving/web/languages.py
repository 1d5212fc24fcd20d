"""The language of a page: the person's own choice, else what their browser asks for; and the words of a page in it.

A page is written in English. `translations/<language>.toml` has the words of another language by the English ones; the
same word is the same everywhere. What was stored as an English sentence, and what an error says, is told again by
`serving.sentences`. The API is English, but for what its `language` asks for.
"""

import tomllib
from collections.abc import Mapping
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any, cast

from fastapi import Request
from markupsafe import Markup, escape

from features.languages import ENGLISH, LANGUAGES, Language, Speech, speech_of
from serving import sentences
from serving.people.person import Person

TRANSLATIONS = Path(__file__).parent / "translations"

LANGUAGE: ContextVar[Language] = ContextVar("language", default=ENGLISH)
"""Of the page being made: set by the door for each request, read by templates and words."""


def tr(text: str, /, **values: object) -> str:
    """A text of a page in its language, with its values; English where the catalogue lacks it.

    What stands behind a bar tells two words apart that are one in English. Where a value is markup the text
    is markup too: everything else of it is escaped.

    >>> tr("of {money} open", money="€5"), tr("Open|verb")
    ('of €5 open', 'Open')
    """
    told = catalogue(LANGUAGE.get()).get(text) or text.partition("|")[0]
    if not values:
        return told
    if any(isinstance(value, Markup) for value in values.values()):
        return escape(told).format(**values)
    return told.format(**values)


def retold(text: object) -> str:
    """A sentence of ours that was stored, or that an error says, in the language of the page; others as they are."""
    return sentences.told(str(text), LANGUAGE.get())


def counted(count: int, one: str, many: str, /, **values: object) -> str:
    """A text for one or for many, with `{count}` and its values.

    >>> counted(1, "{count} invoice", "{count} invoices"), counted(1200, "{count} invoice", "{count} invoices")
    ('1 invoice', '1,200 invoices')
    """
    return tr(one if count == 1 else many, count=speech().number(count), **values)


def speech() -> Speech:
    """How the language of the page says numbers and days."""
    return speech_of(LANGUAGE.get())


@cache
def catalogue(language: Language) -> Mapping[str, str]:
    """The words of a language by the English ones; none for English."""
    if language == ENGLISH:
        return {}
    told: dict[str, Any] = tomllib.loads((TRANSLATIONS / f"{language}.toml").read_text(encoding="utf-8"))
    return cast("Mapping[str, str]", told["words"])


def language_of(request: Request, person: Person | None) -> Language:
    """The language to answer a request in: that of the API is English, whoever asks."""
    if request.url.path.startswith("/api/"):
        return ENGLISH
    return chosen(person.language if person else "", request.headers.get("accept-language", ""))


def chosen(own: str, accepts: str) -> Language:
    """The language to speak: a person's own, else the first that the browser accepts, else English.

    >>> chosen("", "de-AT,de;q=0.9,en;q=0.5"), chosen("en", "de"), chosen("", "fr, *;q=0.1"), chosen("", "en;q=0.4, de")
    ('de', 'en', 'en', 'de')
    """
    wanted = [own, *_by_preference(accepts)]
    return next((known for one in wanted for known in LANGUAGES if one == known), ENGLISH)


def _by_preference(accepts: str) -> list[str]:
    """The languages of an Accept-Language header, the most wanted first."""
    asked: list[tuple[float, str]] = []
    for part in accepts[:200].split(","):
        tag, _, quality = part.strip().partition(";q=")
        try:
            asked.append((float(quality or 1), tag.partition("-")[0].strip().lower()))
        except ValueError:
            continue
    return [tag for _, tag in sorted(asked, key=lambda one: -one[0])]
