"""Drawn tables, and the examples made of them: what a feature says of a ledger small enough to check in the head.

The examples of a theme stand in `examples/<theme>.md`. docs/features.md prints them word for word, and the tests read
them back from that page, so that neither can tell what the code does not do. An example is a sentence and a block:

    #### A settlement booked tomorrow does not count tonight

    ```text
    as of 2026-03-31

    settled
    invoice | customer | due_on     | paid_on    | known_on
    --------+----------+------------+------------+-----------
    INV-1   | C-1      | 2026-03-01 | 2026-03-29 | 2026-04-01

    expected
    customer | days_late_mean_90d
    ---------+-------------------
    C-1      | -
    ```

Columns are parted by `|`, days are YYYY-MM-DD. An expected cell is a number as it arises, `(10 + 4) / 2`; a text in
double quotes; or `-` for a missing value. Where it is blank nothing is said.
"""

import ast
import math
import operator
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from features.spec import Feature, Theme
from ledger.errors import PayriskError

Row = dict[str, str]

_ITEM = ("invoice", "customer", "due_on", "amount", "currency", "issued_on", "invoice_known_on")
COLUMNS: dict[str, tuple[str, ...]] = {
    "settled": (*_ITEM, "paid_on", "known_on"),
    "open": _ITEM,
    "payments": ("invoice", "paid_on", "amount", "known_on", "kind"),
    "customers": ("customer", "country", "credit_limit", "currency", "known_on"),
    "disputes": ("dispute", "invoice", "amount", "opened_on", "resolved_on", "known_on"),
    "contacts": ("customer", "happened_on", "outcome", "known_on"),
    "promises": ("promise", "customer", "amount", "made_on", "promised_on", "known_on"),
}
"""The tables that draw a ledger, and the columns that each may have."""

EXPECTED = "expected"
"""The table of what features say: by customer or by invoice, one column per feature. An example may have several."""

FOLDER = Path(__file__).with_name("examples")

_EXAMPLE = re.compile(r"^#### (?P<says>[^\n]+)\n\n```text\n(?P<block>.*?)\n```$", flags=re.MULTILINE | re.DOTALL)


class BadExample(PayriskError):
    """A drawn table or an expected cell that cannot be read."""

    code = "bad_example"


@dataclass(frozen=True)
class Example:
    """One example.

    Attributes:
        says: what it shows; a sentence that may be true or false.
        as_of: the evening, YYYY-MM-DD.
        tables: the ledger, by the names of `COLUMNS`.
        expected: by customer or invoice and feature: a number, a text, or None for a missing value.
        text: as it is written, heading and block.
    """

    says: str
    as_of: str
    tables: Mapping[str, Sequence[Row]]
    expected: Mapping[tuple[str, str], float | str | None]
    text: str

    @property
    def features(self) -> tuple[str, ...]:
        """The names of the features it shows, in the order of its columns; it is printed under the first."""
        return tuple(dict.fromkeys(name for _, name in self.expected))


def examples() -> tuple[Example, ...]:
    """All of them, theme by theme."""
    files = (FOLDER / f"{theme.name.lower()}.md" for theme in Theme)
    return tuple(example for file in files for example in examples_in(file.read_text(encoding="utf-8")))


def examples_in(page: str) -> tuple[Example, ...]:
    """The examples of a page, in their order. Raises `BadExample`, also for a sentence without a block."""
    found = tuple(_example(match) for match in _EXAMPLE.finditer(page))
    undrawn = set(re.findall(r"^#### (.+)$", page, flags=re.MULTILINE)) - {example.says for example in found}
    if undrawn:
        raise BadExample(f'"{min(undrawn)}" draws nothing. Expected a block of text, closed, after an empty line.')
    return found


def showing(feature: Feature, among: Sequence[Example]) -> tuple[Example, ...]:
    """Those with a column of this feature."""
    return tuple(example for example in among if feature.name in example.features)


def drawn(table: str) -> list[Row]:
    """The rows of a drawn table; blank cells are left out. Raises `BadExample` for a row of another length.

    >>> drawn('''
    ...     invoice | due_on     | amount
    ...     --------+------------+-------
    ...     INV-1   | 2026-03-14 |
    ... ''')
    [{'invoice': 'INV-1', 'due_on': '2026-03-14'}]
    """
    lines = [line.strip() for line in table.strip().splitlines() if set(line.strip()) - set("-+ ")]
    if not lines:
        return []
    head, *body = [[cell.strip() for cell in line.split("|")] for line in lines]
    for cells in body:
        if len(cells) != len(head):
            raise BadExample(f"A drawn row has {len(cells)} cells under {len(head)} columns: {' | '.join(cells)}")
    return [{name: cell for name, cell in zip(head, cells, strict=True) if cell} for cells in body]


def value_of(cell: str) -> float | str | None:
    """What an expected cell says. Raises `BadExample` for anything but arithmetic, a quoted text or `-`.

    >>> value_of("(10 + 4) / 2"), value_of("-"), value_of('"GBP"'), value_of("log10(1 + 99)")
    (7.0, None, 'GBP', 2.0)
    """
    if cell == "-":
        return None
    try:
        tree = ast.parse(cell, mode="eval").body
    except SyntaxError:
        raise BadExample(_NOT_ARITHMETIC.format(cell)) from None
    if isinstance(tree, ast.Constant) and isinstance(tree.value, str):
        return tree.value
    return _number(tree, cell)


_NOT_ARITHMETIC = '"{}" is no value. Expected a number as it arises, "(10 + 4) / 2", a text in quotes, or - for none.'

_BETWEEN: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}  # fmt: skip
_OF: dict[str, Callable[[float], float]] = {"log10": math.log10, "sqrt": math.sqrt}


def _number(tree: ast.expr, cell: str) -> float:
    """The number that a small arithmetic comes to."""
    match tree:
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            return float(number)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_number(operand, cell)
        case ast.BinOp(left=left, op=how, right=right) if type(how) in _BETWEEN:
            return _BETWEEN[type(how)](_number(left, cell), _number(right, cell))
        case ast.Call(func=ast.Name(id=name), args=[of], keywords=[]) if name in _OF:
            return _OF[name](_number(of, cell))
    raise BadExample(_NOT_ARITHMETIC.format(cell))


def _example(found: re.Match[str]) -> Example:
    says = found["says"]
    first, *blocks = re.split(r"\n\n+", found["block"].strip())
    evening = re.fullmatch(r"as of (\d{4}-\d{2}-\d{2})", first)
    if evening is None:
        raise BadExample(f'"{says}" begins with "{first}". Expected its evening, as in "as of 2026-03-31".')
    tables: dict[str, list[Row]] = {}
    expected: dict[tuple[str, str], float | str | None] = {}
    for block in blocks:
        name, _, table = block.partition("\n")
        rows = drawn(table)
        if name == EXPECTED:
            expected |= _expected(rows)
        else:
            _require_known(says, name, rows)
            tables[name] = rows
    if not expected:
        raise BadExample(f'"{says}" expects nothing. Add a table "{EXPECTED}".')
    return Example(says, evening[1], tables, expected, found[0])


def _expected(rows: Sequence[Row]) -> Iterator[tuple[tuple[str, str], float | str | None]]:
    for row in rows:
        (_, who), *cells = row.items()
        for name, cell in cells:
            yield (who, name), value_of(cell)


def _require_known(says: str, name: str, rows: Sequence[Row]) -> None:
    if name not in COLUMNS:
        raise BadExample(f'"{says}" draws a table "{name}". Expected one of {", ".join(COLUMNS)} or {EXPECTED}.')
    unknown = sorted({column for row in rows for column in row} - set(COLUMNS[name]))
    if unknown:
        expected = ", ".join(COLUMNS[name])
        raise BadExample(f'"{says}" draws {name} with {", ".join(unknown)}. Expected columns among {expected}.')
