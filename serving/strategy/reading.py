"""Reading: a strategy file as a `Strategy`, or every reason why not; and which strategy rules on an evening."""

import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import cache, lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

from serving.strategy.errors import BadStrategy, NoSuchStrategy, TwoStrategies
from serving.strategy.shape import shaped
from serving.strategy.soundness import contradictions
from serving.strategy.strategy import Strategy

SHIPPED = "shipped"
"""How the strategy that payrisk ships is called where a file could be named."""

_LARGEST_BYTES = 200_000


@lru_cache(maxsize=16)  # pages ask for the rules in force at each look
def parse_strategy(text: str, file: str) -> Strategy:
    """The strategy that a text says. Raises `BadStrategy` with all that is wrong; `file` is named in it."""
    try:
        told = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadStrategy(file, [f"this is not TOML: {error}. Expected key = value, under [section] lines."]) from None
    return strategy_of(told, file)


def strategy_of(told: Mapping[str, Any], file: str) -> Strategy:
    """The strategy of a file's tables. What contradicts itself is told once every word is understood."""
    problems: list[str] = []
    strategy = shaped(Strategy, told, problems)
    if strategy is not None:
        problems.extend(contradictions(strategy))
    if strategy is None or problems:
        raise BadStrategy(file, problems)
    return strategy


def shipped_text() -> str:
    """The shipped strategy as it is written, to make one's own from."""
    return (resources.files("serving") / "strategy" / "strategies" / "1.toml").read_text("utf-8")


@cache
def shipped() -> Strategy:
    """The strategy that payrisk ships; it rules where nobody wrote another."""
    return parse_strategy(shipped_text(), SHIPPED)


def read_strategy(path: Path) -> Strategy:
    """The strategy of a file. Raises `NoSuchStrategy` when it cannot be read, else what `parse_strategy` raises."""
    try:
        with path.open("rb") as file:
            told = file.read(_LARGEST_BYTES + 1)
    except OSError as error:
        raise NoSuchStrategy(str(path), error.strerror or str(error)) from None
    if len(told) > _LARGEST_BYTES:
        raise BadStrategy(
            str(path), [f"the file has more than {_LARGEST_BYTES:,} bytes. A strategy has a few thousand."]
        )
    try:
        return parse_strategy(told.decode("utf-8-sig").replace("\r\n", "\n"), str(path))
    except UnicodeDecodeError:
        raise BadStrategy(str(path), ["the file is not UTF-8. Save it as UTF-8 text."]) from None


def named(name: str) -> Strategy:
    """The strategy of a file, or the shipped one by the word `shipped`."""
    return shipped() if name == SHIPPED else read_strategy(Path(name))


def strategy_for(folder: Path | None, as_of: date) -> Strategy:
    """The strategy that rules on an evening: of the shipped one and those of a folder the newest that is valid.

    Args:
        folder: where `*.toml` files of one's own lie; it may be empty or absent.

    Raises:
        BadStrategy: any file of the folder is wrong, also one that is not valid yet: better today than on its day.
        TwoStrategies: two have the same version or the same `valid_from`.
    """
    return in_force({SHIPPED: shipped()} | own_strategies(folder), as_of)


def own_strategies(folder: Path | None) -> dict[str, Strategy]:
    """The strategies of a folder by their path, in the order of their names; files led by a dot are an editor's own.

    Raises `NoSuchStrategy` for what is there and no folder that can be read.
    """
    if folder is None or not folder.exists():
        return {}
    try:
        found = sorted(path for path in folder.iterdir() if path.suffix == ".toml" and not path.name.startswith("."))
    except OSError as error:
        raise NoSuchStrategy(str(folder), error.strerror or str(error)) from None
    return {str(path): read_strategy(path) for path in found}


def in_force(strategies: dict[str, Strategy], as_of: date) -> Strategy:
    """Of strategies by their files the one with the newest `valid_from` that is not after `as_of`.

    Before the first of all the first rules. Raises `TwoStrategies`.
    """
    _refuse_doubles("version", strategies, lambda strategy: strategy.version)
    _refuse_doubles("valid_from", strategies, lambda strategy: strategy.valid_from.isoformat())
    by_day = sorted(strategies.values(), key=lambda strategy: strategy.valid_from)
    return [by_day[0], *(one for one in by_day if one.valid_from <= as_of)][-1]


def _refuse_doubles(key: str, strategies: dict[str, Strategy], said: Callable[[Strategy], str]) -> None:
    files: dict[str, list[str]] = defaultdict(list)
    for file, strategy in strategies.items():
        files[said(strategy)].append(file)
    for value, claiming in sorted(files.items()):
        if len(claiming) > 1:
            raise TwoStrategies(key, value, _in_words(claiming))


def _in_words(files: Iterable[str]) -> list[str]:
    return ["the shipped strategy" if file == SHIPPED else file for file in files]
