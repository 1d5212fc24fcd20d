"""What the commands share: arguments, the gate, and one answer for machines or for people."""

import json
import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from payrisk.gate import Gate


def parse_day(text: str) -> date:
    """A day given on the command line, ISO only: 03/04/2026 would be a guess."""
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        raise typer.BadParameter(f'"{text}" is not a date. Expected YYYY-MM-DD, as in 2026-03-31.')
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f'"{text}" is not a day of the calendar. Expected YYYY-MM-DD.') from None


AsOf = Annotated[
    date | None,
    typer.Option(
        "--as-of",
        parser=parse_day,
        metavar="YYYY-MM-DD",
        help="use only what was known by this day; default: the newest day of the ledger",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="one JSON value on standard output, nothing else")]


def parse_currency(text: str) -> str:
    """An ISO currency given on the command line, in any case."""
    from ledger.money import EXPONENT

    if text.upper() not in EXPONENT:
        raise typer.BadParameter(f'"{text}" is not an active ISO 4217 currency code. Expected one such as EUR.')
    return text.upper()


def parse_scale(text: str) -> Decimal:
    """A factor given on the command line: a number above zero, with a decimal point."""
    try:
        scale = Decimal(text)
    except InvalidOperation:
        scale = Decimal(0)
    if not scale.is_finite() or scale <= 0:
        raise typer.BadParameter(f'"{text}" is no factor. Expected a number above zero, as in 0.01.')
    return scale


Base = Annotated[
    str | None,
    typer.Option("--in", parser=parse_currency, metavar="EUR", help="tell it in this currency too, at dated rates"),
]


def open_gate(*, prepare: bool = True) -> "Gate":
    """The gate, its heavy rooms not yet loaded."""
    from payrisk.gate import Gate

    return Gate.open(prepare=prepare)


def answer(value: Any, as_json: bool, for_people: Callable[[], None]) -> None:
    """One JSON value for machines, or what people read."""
    if as_json:
        print(json.dumps(value, ensure_ascii=False, default=str))
    else:
        for_people()
