"""What dots, commas, days and months mean in a table: settled by its cells, or refused.

A refusal names the first cell in file order that leaves it open, with its line and column, and how many others do.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ledger.layout import Table
from ledger.parsing.amounts import AmbiguousNumberFormat, MixedNumberFormats, settle_decimal, shown_mark
from ledger.parsing.dates import AmbiguousDateOrder, MixedDateOrders, may_lead_with_year, settle_order, shown_order
from ledger.parsing.texts import EITHER, NumberCell, clean_text
from ledger.refusals import FileRefused
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


def decimal_mark(table: Table, columns: Sequence[str]) -> str:
    """The decimal mark of these columns together, '.' or ','.

    Raises:
        FileRefused: `ambiguous_number_format` or `mixed_number_formats`.
    """
    cells = {cell for name in columns for cell in table.columns[name] if not isinstance(cell, NumberCell)}
    try:
        return settle_decimal(cells)
    except MixedNumberFormats:
        raise _mixed("mixed_number_formats", table, _places(table, columns, shown_mark), _DECIMAL) from None
    except AmbiguousNumberFormat:
        raise _open("ambiguous_number_format", table, _places(table, columns, shown_mark), _DECIMAL) from None


def date_order(table: Table, column: str) -> str:
    """How a column writes its dates, as `settle_order` says.

    Raises:
        FileRefused: `ambiguous_date_order` or `mixed_date_orders`.
    """
    try:
        return settle_order(table.columns[column])
    except MixedDateOrders:
        raise _mixed("mixed_date_orders", table, _places(table, [column], shown_order), _ORDER) from None
    except AmbiguousDateOrder:
        found = _places(table, [column], shown_order)
        question = _SHORT_YEAR if may_lead_with_year(found[EITHER][0].text) else _ORDER
        raise _open("ambiguous_date_order", table, found, question) from None


def _places(table: Table, columns: Sequence[str], shown: Callable[[str], str]) -> dict[str, list[_Place]]:
    """By what a cell shows: all cells that show it, in file order."""
    found: defaultdict[str, list[_Place]] = defaultdict(list)
    for line, *cells in zip(table.lines, *(table.columns[name] for name in columns), strict=True):
        for name, cell in zip(columns, cells, strict=True):
            if answer := shown(cell):
                found[answer].append(_Place(line, name, clean_text(cell)))
    return found


def _mixed(code: str, table: Table, found: Mapping[str, list[_Place]], question: _Question) -> FileRefused:
    """Evidence both ways: the rarer answer is named, of two equally common ones the later."""
    answers = [answer for answer in found if answer != EITHER]
    rarer = min(reversed(answers), key=lambda answer: len(found[answer]))
    commoner = next(answer for answer in answers if answer != rarer)
    first, more, others = found[rarer][0], len(found[rarer]) - 1, len(found[commoner])
    has = f"and {more:,} more have" if more else "has"
    rest = (
        f"the {count_text(others, f'other {question.noun}')} have" if others > 1 else f"the other {question.noun} has"
    )
    return FileRefused(
        code, table.file,
        f'"{shown(first.text)}" {has} {question.answers[rarer][0]}; {rest} {question.answers[commoner][1]}.',
        remedy=f'Correct it, or say {question.setting} = "{rarer}" or "{commoner}" in a mapping.',
        field=first.column, line=first.line,
    )  # fmt: skip


def _open(code: str, table: Table, found: Mapping[str, list[_Place]], question: _Question) -> FileRefused:
    """No evidence, and it matters."""
    first, *more = found[EITHER]
    one, other = question.answers
    count = f"{count_text(1 + len(more), question.noun)} can be read both ways, and no other shows which."
    return FileRefused(
        code, table.file, f'"{shown(first.text)}" {question.doubt}. {count}',
        remedy=f'Say {question.setting} = "{one}" or "{other}" in a mapping, and import with --mapping NAME.',
        field=first.column, line=first.line,
    )  # fmt: skip
