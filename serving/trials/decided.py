"""Decided: decisions as columns.

A run decides about every account, and to make a `Decision` of each takes longer than to check and write them all.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
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

    def components(self) -> list[str]:
        """Of each decision, as `json.dumps` writes them."""
        return [f"{{{members}}}" for members in _within(self.column("components"), "}, {")]

    def item_ids(self) -> list[str]:
        """Of each decision, as `json.dumps` writes them."""
        return [f"[{members}]" for members in _within(self.column("item_ids"), "], [")]

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values."""
        return vars(self) | {"as_of": self.as_of.isoformat()}

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> "Decided":
        """What `to_json` told."""
        day, columns = date.fromisoformat(told["as_of"]), dict(told["columns"])
        columns["item_ids"] = list(map(tuple, columns["item_ids"]))
        return cls(**{**told, "as_of": day, "columns": columns})


def _within(column: Column, between: str) -> list[str]:
    """What stands within the brackets of each cell, as `json.dumps` writes it."""
    cells = json.dumps(column)[2:-2].split(between)  # all of them at once: half the work
    return cells if len(cells) == len(column) else [json.dumps(cell)[1:-1] for cell in column]  # a text has it within
