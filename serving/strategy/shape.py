"""Shape: the tables of a file made into the values that their types ask for; everything wrong is told, not the first.

Strict: every key is needed unless its class has a value for it, an unknown key is refused by name, and nothing is
turned into something else (only a whole number stands for a number with decimals).
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from difflib import get_close_matches
from functools import cache
from typing import Annotated, Any, Literal, TypeVar, get_args, get_origin, get_type_hints

from ledger.words import shown
from serving.strategy.strategy import Within

T = TypeVar("T")
_WRONG: Any = object()
_LARGEST_WHOLE = 10**18
_KINDS: dict[type, str] = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "text in quotation marks",
    date: "a day without quotation marks, as in 2026-03-31",
}


def shaped(kind: type[T], told: Mapping[str, Any], problems: list[str]) -> T | None:
    """A value of `kind` from the tables of a file; None when something is wrong, which is added to `problems`."""
    found = _Shape(problems).value(kind, told, "")
    return None if found is _WRONG else found


def did_you_mean(said: str, known: Iterable[str]) -> str:
    """A sentence with the nearest known word, and with all of them where there are few.

    >>> did_you_mean("atempts", ["attempts", "days"])
    'Did you mean attempts? Known: attempts, days.'
    """
    words = list(known)
    near = get_close_matches(said, words, n=1)
    meant = f"Did you mean {near[0]}? " if near else ""
    return f"{meant}Known: {', '.join(words)}."


class _Shape:
    """One file being read; `problems` are told in the order of its classes."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems

    def value(self, hint: Any, told: Any, key: str, within: Within | None = None) -> Any:
        """What `told` is as the type `hint`; `_WRONG` when it is not."""
        origin = get_origin(hint)
        if origin is Annotated:
            base, *notes = get_args(hint)
            return self.value(base, told, key, next(note for note in notes if isinstance(note, Within)))
        if origin is Literal:
            return self._word(get_args(hint), told, key)
        if origin is tuple:
            return self._list(get_args(hint)[0], told, key)
        if origin is Mapping:
            names, entry = get_args(hint)
            return self._table(names, entry, told, key)
        return self._section(hint, told, key) if is_dataclass(hint) else self._plain(hint, told, key, within)

    def _section(self, kind: Any, told: Any, key: str) -> Any:
        hints = _hints(kind)
        if not isinstance(told, dict):
            return self._wrong(key, "a table", told)
        self._refuse_unknown(told, list(hints), key)
        needed = {field.name for field in fields(kind) if field.default is MISSING}
        found = {name: self._entry(hint, told, _under(key, name), name in needed) for name, hint in hints.items()}
        if any(entry is _WRONG for entry in found.values()):
            return _WRONG
        return kind(**{name: entry for name, entry in found.items() if entry is not None})

    def _entry(self, hint: Any, told: Mapping[str, Any], key: str, needed: bool) -> Any:
        name = key.rpartition(".")[2]
        if name in told:
            return self.value(hint, told[name], key)
        return self._missing(key) if needed else None

    def _table(self, key_hint: Any, hint: Any, told: Any, key: str) -> Any:
        """A table whose keys are codes, all of which are needed, or free names."""
        if not isinstance(told, dict):
            return self._wrong(key, "a table", told)
        if get_origin(key_hint) is not Literal:
            found = {name: self.value(hint, entry, _under(key, shown(name))) for name, entry in told.items()}
        else:
            names = get_args(key_hint)
            self._refuse_unknown(told, names, key)
            found = {name: self._entry(hint, told, _under(key, name), True) for name in names}
        return _WRONG if any(entry is _WRONG for entry in found.values()) else found

    def _list(self, hint: Any, told: Any, key: str) -> Any:
        if not isinstance(told, list):
            return self._wrong(key, "a list in square brackets", told)
        found = [self.value(hint, entry, f"{key}[{at}]") for at, entry in enumerate(told, start=1)]
        return _WRONG if any(entry is _WRONG for entry in found) else tuple(found)

    def _word(self, known: tuple[str, ...], told: Any, key: str) -> Any:
        if isinstance(told, str) and told in known:
            return told
        hint = did_you_mean(told, known) if isinstance(told, str) else f"Known: {', '.join(known)}."
        return self._wrong(key, "one of our words", told, hint)

    def _plain(self, kind: Any, told: Any, key: str, within: Within | None) -> Any:
        number: Any = float(told) if kind is float and type(told) is int and abs(told) <= _LARGEST_WHOLE else told
        expected = _expected(kind, within)
        if type(number) is not kind or (kind is float and not math.isfinite(number)):
            return self._wrong(key, expected, told)
        size = len(number.strip()) if kind is str else number
        return self._wrong(key, expected, told) if within and not within.least <= size <= within.most else number

    def _refuse_unknown(self, told: Mapping[str, Any], known: Iterable[str], key: str) -> None:
        for name in told:
            if name not in known:
                self.problems.append(f"{shown(_under(key, name))} is no key of a strategy. {did_you_mean(name, known)}")

    def _missing(self, key: str) -> Any:
        self.problems.append(f"{key} is missing. Write it as `payrisk strategy show` does.")
        return _WRONG

    def _wrong(self, key: str, expected: str, told: Any, way_out: str = "") -> Any:
        self.problems.append(f"{key}: expected {expected}, came {_as_written(told)}. {way_out}".rstrip())
        return _WRONG


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind, include_extras=True)


def _expected(kind: type, within: Within | None) -> str:
    """In words, as in "a whole number from 1 to 90"."""
    if within is None:
        return _KINDS[kind]
    if kind is str:
        return f"text of at most {within.most:,.0f} letters, and not none"
    return f"{_KINDS[kind]} from {within.least:,.0f} to {within.most:,.0f}"


def _as_written(told: Any) -> str:
    """A value as TOML writes it, cut."""
    if isinstance(told, str):
        return f'"{shown(told)}"'
    try:
        return str(told).lower() if isinstance(told, bool) else shown(str(told))
    except ValueError:  # Python writes no whole number of more than 4,300 digits
        return "a number far too long"


def _under(key: str, name: str) -> str:
    return f"{key}.{name}" if key else name
