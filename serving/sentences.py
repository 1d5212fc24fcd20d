"""Sentences of ours in another language, also long after they were stored: notices, next steps, why a rule spoke, why
an account has its rank, what an error says.

A list keeps its sentences in English, as they were published. `translations/<language>.toml` has the pattern of each
with the same sentence in another language; what stands in its braces are the values, said as that language says numbers
and days. A sentence that no pattern fits is told as it was stored.
"""

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from pathlib import Path

from features.languages import ENGLISH, Speech, speech_of

TRANSLATIONS = Path(__file__).parent / "translations"

NARROW = "\u00a0"
_KEPT = 20_000
"""Sentences that were told lately and need no second look; most lines of a list say the same few."""

_MOST_TOGETHER = 8
"""Sentences in a row that one pattern may tell: more are looked at one by one, so that a text of thousands takes no
longer than its length says."""

_MOST_IN_A_NAME = 40
"""Ends of sentences in a text that tells of somebody by name, those of the name counted, that are looked at."""

_PLACE = re.compile(r"(?:[a-z_]+|[^:\"]+\.[A-Za-z0-9]{2,8}): ")
"""Where something is wrong, a field or a file, before the sentence that says what."""

_NAMING = ("#", "Leaves the list when ")
"""How the texts begin that have a name of a debtor in them."""

_NUMBER = r"[-−+]?[0-9][0-9,]*(?:\.[0-9]+)?(?:e[-+][0-9]+)?"
_MONEY = rf"{_NUMBER} [A-Z]{{3}}"
_SHARE = r"[<>]?[0-9]+%|–"
_DAY = r"[0-9]{1,2} [A-Z][a-z]+ [0-9]{4}"

KINDS: Mapping[str, str] = {
    "": r".{1,500}?",  # some of them in a pattern: without an end, a hostile name would take minutes
    "count": r"[0-9][0-9,]*",
    "number": _NUMBER,
    "money": _MONEY,
    "share": _SHARE,
    "times": r"[0-9]+\.[0-9]{2} times",
    "value": rf"{_MONEY}|{_SHARE}|[0-9]+\.[0-9]{{2}} times|{_NUMBER}",
    "day": _DAY,
    "time": r"[0-9]{2}:[0-9]{2}",
    "iso": r"[0-9]{4}-[0-9]{2}-[0-9]{2}",
    "month": "|".join(speech_of(ENGLISH).months),
    "nth": r"[0-9]{1,2}(?:st|nd|rd|th)",
    "code": r"[a-z_]+",
    "file": r"[^:]+\.[A-Za-z0-9]{2,8}",
    "name": r".{1,500}",
    "losses": r"[a-z0-9_]+ [0-9.]+(?:, [a-z0-9_]+ [0-9.]+)*",
    "told": r".+?",
    "parts": r".+?",
    "factors": r"(?:(?!: ).)+?",
    "ratios": r"[-0-9<>–−](?:(?!: ).)*? against (?:(?!: ).)+?",
    "reason": r"(?:(?!: (?:[-0-9<>–−]|no exchange)| against | ranks by ).)+",
    "holds": r".+?",
}
"""What may stand in the braces of a pattern behind a colon, as it is written in English: a number, an amount, a day; a
sentence or phrase of its own (`told`), several of them between marks (`parts`; `factors` have no colon, which a name
before them may have), or between semicolons alone (`holds`). A `name` is as much of the text as can be one; what
stands behind one, `ratios` or a `reason`, has no factors of another sentence in it. Without a kind: words that
stay."""

_MARKS = re.compile(r"( × | / |; |, (?!the oldest)| and )")
_SENTENCE_END = re.compile(r"(?<=[.!?]) (?=[A-Z0-9#\"])")
_BRACES = re.compile(r"\{([a-z_]+)(?::([a-z]+))?\}")


@dataclass(frozen=True)
class Pattern:
    """An English sentence with its values left open, and the same in another language.

    Attributes:
        begins, holds: the beginning of the English, and the longest piece of it between values: most texts lack them.
        english: the pattern as a regular expression.
        kinds: value → what it is, see `KINDS`.
    """

    begins: str
    holds: str
    english: str
    kinds: Mapping[str, str]
    other: str


def told(sentence: str, language: str) -> str:
    """A sentence, or some of them in a row, in a language; of several lines each by itself.

    >>> told("On hold: with the lawyers until 3 March 2026.", "de")
    'Gesperrt: bei den Anwälten bis 3. März 2026.'
    >>> told("Nothing is overdue. Ask Maria.", "de"), told("Ask Maria.", "de")
    ('Nichts ist überfällig. Ask Maria.', 'Ask Maria.')
    """
    if language == ENGLISH or not sentence:
        return sentence
    return "\n".join(_line(line, language) for line in sentence.split("\n"))


def _line(line: str, language: str) -> str:
    try:
        return _told(line, language)
    except RecursionError:  # sentences within sentences, as nobody but who means harm writes them
        return line


@lru_cache(_KEPT)
def _told(text: str, language: str) -> str:
    if place := _PLACE.match(text):
        what = text[place.end() :]
        if (said := _told(what, language)) != what:
            return f"{place[0]}{said}"
    ends = [*(end.start() for end in _SENTENCE_END.finditer(text)), len(text)]
    return _of_somebody(text, ends, language) if text.startswith(_NAMING) else _in_a_row(text, ends, language)


def _of_somebody(text: str, ends: Sequence[int], language: str) -> str:
    """A text that begins with a sentence that has a name in it: the most that one pattern tells, for the name may read
    like sentences of ours; where none does all of it stays, so that no name is told in part."""
    for end in reversed(ends[:_MOST_IN_A_NAME]):
        if (found := _matched(text[:end], language)) is not None:
            return f"{found} {_told(text[end + 1 :], language)}".rstrip()
    return text


def _in_a_row(text: str, ends: Sequence[int], language: str) -> str:
    parts, start, at = list[str](), 0, 0
    while at < len(ends):
        # The fewest sentences that one pattern tells: what somebody wrote may end like a sentence, a value has none.
        for last in range(at, min(at + _MOST_TOGETHER, len(ends))):
            if (found := _matched(text[start : ends[last]], language)) is not None:
                break
        else:
            last, found = at, text[start : ends[at]]
        parts.append(found)
        start, at = ends[last] + 1, last + 1
    return " ".join(parts)


def _matched(text: str, language: str) -> str | None:
    exact, patterns = catalogue(language)
    if text in exact:
        return exact[text]
    for pattern in patterns:
        if not text.startswith(pattern.begins) or pattern.holds not in text:
            continue
        if match := _compiled(pattern.english).fullmatch(text):
            say = _sayings(language)
            values = {name: say[kind](match[name]) for name, kind in pattern.kinds.items()}
            return pattern.other.format(**values)
    return None


@cache
def catalogue(language: str) -> tuple[Mapping[str, str], tuple[Pattern, ...]]:
    """The sentences of a language: those without values, and the patterns of the others, the most particular first."""
    known: dict[str, str] = tomllib.loads((TRANSLATIONS / f"{language}.toml").read_text(encoding="utf-8"))["sentences"]
    exact = {english: other for english, other in known.items() if not _BRACES.search(english)}
    open_ = sorted(known.keys() - exact.keys(), key=lambda one: (-len(_BRACES.sub("", one)), one))
    return exact, tuple(_pattern(english, known[english]) for english in open_)


def _pattern(english: str, other: str) -> Pattern:
    kinds = {found[1]: found[2] or "" for found in _BRACES.finditer(english)}
    parts = _BRACES.split(english)  # a text, a name, its kind, and so on
    regex = re.escape(parts[0])
    for name, kind, text in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
        regex += f"(?P<{name}>{KINDS[kind or '']}){re.escape(text)}"
    return Pattern(parts[0], max(parts[::3], key=len), regex, kinds, other)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """When it is first needed: most patterns never are."""
    return re.compile(pattern, re.DOTALL)


@cache
def _sayings(language: str) -> Mapping[str, Callable[[str], str]]:
    """How each kind of value is said."""
    speech = speech_of(language)

    def value(text: str) -> str:
        return speech.separated(text).replace("%", f"{NARROW}%").replace(" times", f"{NARROW}×")

    def between(marks: re.Pattern[str]) -> Callable[[str], str]:
        return lambda text: "".join(_told(part, language) for part in marks.split(text))

    plain: dict[str, Callable[[str], str]] = {
        "": str,
        "day": lambda text: _day(text, speech),
        "iso": lambda text: _iso(text, speech),
        "month": lambda text: speech.months[speech_of(ENGLISH).months.index(text)],
        "nth": lambda text: f"{text[:-2]}.",
        "code": str,
        "file": str,
        "name": str,
        "time": str,
        "told": lambda text: _told(text, language),
        "parts": between(_MARKS),
        "factors": between(_MARKS),
        "ratios": between(_MARKS),
        "reason": lambda text: _told(text, language),
        "holds": between(re.compile(r"(; )")),
    }
    return {kind: plain.get(kind, value) for kind in KINDS}


def _day(text: str, speech: Speech) -> str:
    number, month, year = text.split(" ")
    months = speech_of(ENGLISH).months
    return _iso(f"{year}-{months.index(month) + 1:02}-{number:0>2}", speech, text) if month in months else text


def _iso(text: str, speech: Speech, otherwise: str = "") -> str:
    """A day of the calendar as the language writes it; what only looks like one stays, for anybody may have written
    it."""
    try:
        return day_told(date.fromisoformat(text), speech)
    except ValueError:
        return otherwise or text


def day_told(day: date, speech: Speech) -> str:
    """A day as another language than English writes it."""
    return f"{day.day}. {speech.months[day.month - 1]} {day.year}"
