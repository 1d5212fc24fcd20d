"""Decided: decisions as columns.

A run decides about every account, and to make a `Decision` of each takes longer than to check and write them all.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from json.encoder import encode_basestring
from typing import Any

from serving.trials.decision import CHECKED, Decision, require_decisions

_FIELDS = sorted({one.name for one in fields(Decision)} - {"run_id", "as_of"})

AT_ONCE = 1_000
"""Decisions that are made together; more would not be faster."""

Column = Sequence[Any]


@dataclass(frozen=True)
class Decided:
    """What one run decided about some accounts: every field of `Decision`, as a column or as one value for all.

    Attributes:
        shared: the fields that are the same for all of these accounts.
        columns: the others, `account_id` and `item_ids` among them; each of shape (n,).
    """

    run_id: str
    as_of: date
    shared: Mapping[str, Any]
    columns: Mapping[str, Column]

    def __post_init__(self) -> None:
        """Raises `NotADecision` where one of the decisions would; `TypeError` where fields or cells are missing."""
        there, lengths = [*self.shared, *self.columns], {len(column) for column in self.columns.values()}
        if sorted(there) != _FIELDS or len(lengths) != 1:
            raise TypeError(f"Decided: columns of one length and the fields {_FIELDS} were expected, {there} came.")
        require_decisions({name: self.column(name) for name in CHECKED})

    def __len__(self) -> int:
        return len(self.columns["account_id"])

    def column(self, name: str) -> Column:
        """A field of each decision, beside the run and its evening."""
        return self.columns[name] if name in self.columns else [self.shared[name]] * len(self)

    def decisions(self) -> Iterator[Decision]:
        """Each by itself."""
        for row in zip(*self.columns.values(), strict=True):
            told = dict(zip(self.columns, row, strict=True))
            yield Decision(run_id=self.run_id, as_of=self.as_of, **self.shared, **told)

    def texts(self) -> Iterator[str]:
        """Each as JSON: the text that `json.dumps` makes of its fields, sorted by name, with every letter as it is."""
        same = {"run_id": self.run_id, "as_of": self.as_of.isoformat(), **self.shared}
        shared = {name: _json(value).replace("%", "%%") for name, value in same.items()}
        varied = sorted(self.columns)
        members = (f'"{name}": {shared.get(name, "%s")}' for name in sorted([*shared, *varied]))
        row = f"{{{', '.join(members)}}}"
        return map(row.__mod__, zip(*(_WRITERS.get(name, _texts)(self.columns[name]) for name in varied), strict=True))

    def components(self) -> list[str]:
        """Of each decision, as `json.dumps` writes them."""
        return _objects(self.column("components"), json.dumps)

    def item_ids(self) -> list[str]:
        """Of each decision, as `json.dumps` writes them."""
        return _lists(self.column("item_ids"), json.dumps)

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values."""
        return vars(self) | {"as_of": self.as_of.isoformat()}

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> "Decided":
        """What `to_json` told."""
        day, columns = date.fromisoformat(told["as_of"]), dict(told["columns"])
        columns["item_ids"] = list(map(tuple, columns["item_ids"]))
        return cls(**{**told, "as_of": day, "columns": columns})


_json = json.JSONEncoder(ensure_ascii=False, sort_keys=True).encode


def _texts(column: Column) -> list[str]:
    return ["null" if cell is None else encode_basestring(cell) for cell in column]


def _numbers(column: Column) -> list[str]:
    return _json(column)[1:-1].split(", ") if column else []


def _objects(column: Column, write: Callable[[Column], str] = _json) -> list[str]:
    return [f"{{{members}}}" for members in _within(column, "}, {", write)]


def _lists(column: Column, write: Callable[[Column], str] = _json) -> list[str]:
    return [f"[{members}]" for members in _within(column, "], [", write)]


def _within(column: Column, between: str, write: Callable[[Column], str]) -> list[str]:
    """What stands within the brackets of each cell."""
    cells = write(column)[2:-2].split(between)  # all of them at once: half the work
    return cells if len(cells) == len(column) else [write(cell)[1:-1] for cell in column]  # a text has it within


_WRITERS: dict[str, Callable[[Column], list[str]]] = {
    "components": _objects, "item_ids": _lists,
    "callable_minor": _numbers, "eligible": _numbers, "eps": _numbers, "gain_now": _numbers, "gain_wait": _numbers,
    "k": _numbers, "pi": _numbers, "rank": _numbers, "score": _numbers,
}  # fmt: skip
"""Of columns that are no texts."""
