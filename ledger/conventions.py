"""What dots, commas, days and months mean in a table: settled by its cells, or refused.

A refusal names the first cell in file order that leaves it open, with its line and column, and how many others do.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ledger.layout import Table
from ledger.parsing.amounts import shown_mark
from ledger.parsing.dates import AmbiguousDateOrder, MixedDateOrders, may_lead_with_year, settle_order, shown_order
from ledger.parsing.plain import shown_marks
from ledger.parsing.texts import EITHER, clean_text
from ledger.reading.sheet import Cells
from ledger.refusals import Doubt, FileRefused
from ledger.words import count_text, shown


class _Place(NamedTuple):
    """A cell of the file."""

    line: int
    column: str
    text: str


@dataclass(frozen=True)
class _Question:
    """One convention in the words of a refusal: each answer as the first cell has it, and as the others do."""

    noun: str
    setting: str
    doubt: str
    answers: Mapping[str, tuple[str, str]]

    @property
    def option(self) -> str:
        """What says it for one import."""
        return f"--{self.setting.replace('_', '-')}"


_DECIMAL = _Question(
    "amount", "decimal", "could be thousands or decimals",
    {".": ("a decimal dot", "a dot"), ",": ("a decimal comma", "a comma")},
)  # fmt: skip
_ORDER = _Question(
    "date", "date_order", "could have the day or the month first",
    {"dmy": ("the day first", "the day first"), "mdy": ("the month first", "the month first")},
)  # fmt: skip
_SHORT_YEAR = _Question(
    "date", "date_order", "could have the day or the year first",
    {"dmy": ("the day first", "the day first"), "ymd": ("the year first", "the year first")},
)  # fmt: skip


@dataclass(frozen=True)
class _Found:
    """The cells that show one answer: the first in file order, and how many there are."""

    first: _Place
    count: int


def decimal_mark(table: Table, columns: Sequence[str]) -> str:
    """The decimal mark of these columns together, '.' or ','.

    Raises:
        FileRefused: `ambiguous_number_format` or `mixed_number_formats`.
    """
    marks = [_marks(table.columns[name]) for name in columns]
    shown = {str(mark) for column in marks for mark in np.unique(column)}
    if {".", ","} <= shown:
        raise _mixed("mixed_number_formats", table, _places(table, columns, marks), _DECIMAL)
    if EITHER in shown and not shown & {".", ","}:
        raise _open("ambiguous_number_format", table, _places(table, columns, marks), _DECIMAL)
    return "," if "," in shown else "."


def date_order(table: Table, column: str, texts: Iterable[str] | None = None, *, years_behind: bool = False) -> str:
    """How a column writes its dates, as `settle_order` says; `texts` are its distinct cells, where they are at hand.

    Raises:
        FileRefused: `ambiguous_date_order` or `mixed_date_orders`.
    """
    cells = table.columns.get(column)
    if cells is None:
        return "dmy"
    try:
        return settle_order(cells.distinct.to_pylist() if texts is None else texts, years_behind=years_behind)
    except MixedDateOrders:
        raise _mixed("mixed_date_orders", table, _places(table, [column], [_orders(cells)]), _ORDER) from None
    except AmbiguousDateOrder:
        found = _places(table, [column], [_orders(cells)])
        question = _SHORT_YEAR if may_lead_with_year(found[EITHER].first.text) else _ORDER
        raise _open("ambiguous_date_order", table, found, question) from None


def _marks(cells: Cells) -> NDArray[np.str_]:
    """The decimal mark that each distinct cell shows; numbers show none."""
    marks = shown_marks(cells.distinct)
    marks[cells.numbers] = ""
    unclear = np.flatnonzero(marks == "x")
    marks[unclear] = [shown_mark(text) for text in cells.distinct.take(pa.array(unclear)).to_pylist()]
    return marks


def _orders(cells: Cells) -> NDArray[np.str_]:
    return np.array([shown_order(text) for text in cells.distinct.to_pylist()], dtype="<U3")


def _places(table: Table, columns: Sequence[str], answers: Sequence[NDArray[np.str_]]) -> dict[str, _Found]:
    """By what a cell shows: the first cell in file order that shows it, and their number; in that order."""
    by_row = [answer[table.columns[name].codes] for name, answer in zip(columns, answers, strict=True)]
    found: list[tuple[int, int, str, int]] = []
    for answer in {str(answer) for column in answers for answer in np.unique(column)} - {""}:
        at = [np.flatnonzero(column == answer) for column in by_row]
        row, column = min((int(rows[0]), place) for place, rows in enumerate(at) if len(rows))
        found.append((row, column, answer, sum(map(len, at))))
    return {
        answer: _Found(
            _Place(int(table.lines[row]), columns[column], clean_text(table.columns[columns[column]][row])), count
        )
        for row, column, answer, count in sorted(found)
    }


def _mixed(code: str, table: Table, found: Mapping[str, _Found], question: _Question) -> FileRefused:
    """Evidence both ways: the rarer answer is named, of two equally common ones the later."""
    answers = [answer for answer in found if answer != EITHER]
    rarer = min(reversed(answers), key=lambda answer: found[answer].count)
    commoner = next(answer for answer in answers if answer != rarer)
    first, more, others = found[rarer].first, found[rarer].count - 1, found[commoner].count
    has = f"and {more:,} more have" if more else "has"
    rest = (
        f"the {count_text(others, f'other {question.noun}')} have" if others > 1 else f"the other {question.noun} has"
    )
    return FileRefused(
        code, table.file,
        f'"{shown(first.text)}" {has} {question.answers[rarer][0]}; {rest} {question.answers[commoner][1]}.',
        remedy=f'Correct it, or say {question.option} "{rarer}" or "{commoner}" ({question.setting} in a mapping).',
        field=first.column, line=first.line,
        doubt=Doubt(question.setting, tuple(question.answers), first.text, found[rarer].count),
    )  # fmt: skip


def _open(code: str, table: Table, found: Mapping[str, _Found], question: _Question) -> FileRefused:
    """No evidence, and it matters."""
    first = found[EITHER].first
    one, other = question.answers
    count = f"{count_text(found[EITHER].count, question.noun)} can be read both ways, and no other shows which."
    return FileRefused(
        code, table.file, f'"{shown(first.text)}" {question.doubt}. {count}',
        remedy=f'Import it with {question.option} "{one}" or "{other}" ({question.setting} in a mapping).',
        field=first.column, line=first.line,
        doubt=Doubt(question.setting, tuple(question.answers), first.text, found[EITHER].count),
    )  # fmt: skip
