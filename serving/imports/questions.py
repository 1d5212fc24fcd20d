"""A refusal that one word of a person settles, as a question with its answers.

The word goes into the same option of the importer that `payrisk import` has; nothing is guessed for anybody.
"""

from datetime import UTC, date

from ledger.days import to_date
from ledger.parsing.dates import DateReader, ReadDate
from ledger.refusals import Doubt, FileRefused
from ledger.words import count_text, shown
from serving.published.bodies import Json

_ORDER_NAMES = {"dmy": "day first", "mdy": "month first", "ymd": "year first"}
_NAMES = {
    "invoice_id": "invoice number", "customer_id": "customer", "customer_name": "customer's name",
    "issue_date": "issue date", "due_date": "due date", "paid_date": "payment date", "paid_amount": "paid amount",
}  # fmt: skip
_NEEDED = frozenset({
    "invoice_id", "customer_id", "issue_date", "due_date", "amount", "currency", "rate_date", "rate", "opened_date",
    "base_currency", "dispute_id",
})  # fmt: skip


def question_of(refused: FileRefused, near: date, columns: dict[str, str]) -> Json | None:
    """The question behind a refusal; None where no word would settle it.

    Args:
        near: the day around which two-digit years fall.
        columns: canonical column → header, as far as it is told, for naming columns in the file's own words.
    """
    doubt = refused.doubt
    if doubt is None:
        return None
    ask = {
        "date_order": _date, "decimal": _decimal, "currency": _currency, "sheet": _sheet, "columns": _columns,
        "allow_shrink": _shrunk, "allow_shift": _shifted,
    }[doubt.option]  # fmt: skip
    title, answers = ask(refused, doubt, near)
    field = refused.field or ""
    return {
        "code": refused.code,
        "title": title,
        "why": _why(refused, doubt, columns.get(field, field)),
        "option": doubt.option,
        "column": (doubt.cell or field if doubt.option == "columns" else field) or None,
        "answers": [{"option": option, "value": value, "label": label} for option, value, label in answers],
        "may_leave_out": doubt.option == "date_order" and field not in _NEEDED and field in columns,
    }


def confirm(rows: int, accepted: int) -> Json:
    """The question whether files are to be imported as they were read."""
    return {
        "code": "confirm",
        "title": f"Import {count_text(rows, 'row')} like this?",
        "why": f"{accepted:,} would be accepted. Nothing is in the ledger yet; where a column is wrong, correct it.",
        "option": None,
        "column": None,
        "answers": [],
        "may_leave_out": False,
    }


Answers = list[tuple[str, str, str]]


def _date(_: FileRefused, doubt: Doubt, near: date) -> tuple[str, Answers]:
    days = {order: _day(doubt.cell, order, near) for order in doubt.answers}
    answers = [("date_order", order, f"{_short(day)} ({_ORDER_NAMES[order]})") for order, day in days.items()]
    one, other = ([*days.values(), None, None])[:2]
    if one and other:
        return f"Is {shown(doubt.cell)} the {_ordinal(one)} or {_american(other)}?", answers
    return f"Which part of {shown(doubt.cell)} is the day?", answers


def _decimal(_: FileRefused, doubt: Doubt, near: date) -> tuple[str, Answers]:
    cell = shown(doubt.cell)
    read = {mark: cell.replace({".": ",", ",": "."}[mark], "").replace(mark, ".") for mark in doubt.answers}
    names = {".": "the dot before the cents", ",": "the comma before the cents"}
    answers = [("decimal", mark, f"{_grouped(text)} ({names[mark]})") for mark, text in read.items()]
    return f"Does {cell} mean {' or '.join(_grouped(text) for text in read.values())}?", answers


def _currency(_: FileRefused, doubt: Doubt, near: date) -> tuple[str, Answers]:
    return "Which currency are these amounts in?", [("currency", code, code) for code in ("EUR", "USD", "GBP", "CHF")]


def _sheet(_: FileRefused, doubt: Doubt, near: date) -> tuple[str, Answers]:
    return "Which worksheet is meant?", [("sheet", name, shown(name)) for name in doubt.answers]


def _columns(refused: FileRefused, doubt: Doubt, near: date) -> tuple[str, Answers]:
    name = _NAMES.get(doubt.cell or refused.field or "", (doubt.cell or refused.field or "").replace("_", " "))
    if not doubt.answers:
        return f"Which column is the {name}?", []
    return f"Which of these columns is the {name}?", [("columns", header, shown(header)) for header in doubt.answers]


def _shrunk(_: FileRefused, doubt: Doubt, near: date) -> tuple[str, Answers]:
    return f"Did {count_text(doubt.count, 'invoice')} really vanish?", [
        ("mode", "append", "No, the file only adds"),
        ("allow_shrink", "yes", "Yes, it is complete"),
    ]


def _shifted(_: FileRefused, doubt: Doubt, near: date) -> tuple[str, Answers]:
    return "Is this change true?", [("allow_shift", "yes", "Yes, it is right")]


def _why(refused: FileRefused, doubt: Doubt, header: str) -> str:
    if doubt.option == "date_order" and refused.code == "ambiguous_date_order":
        return (
            f"“{shown(header)}” has {count_text(doubt.count, 'date')} that can be read both ways, and none settles it. "
            "We never guess a date."
        )
    if doubt.option == "decimal" and refused.code == "ambiguous_number_format":
        return f"{count_text(doubt.count, 'amount')} can be read both ways, and none settles it. We never guess money."
    if doubt.option == "columns" and not doubt.answers:
        return (
            "No header of the file can mean only that, and without it the rows mean nothing. Choose the column above."
        )
    where = f"Line {refused.line}: " if refused.line else ""
    return where + refused.sentence


def _day(cell: str, order: str, near: date) -> date | None:
    read = DateReader(order, near, UTC).parse(cell)
    return to_date(read.day) if isinstance(read, ReadDate) else None


def _short(day: date | None) -> str:
    return f"{day.day} {day:%B}" if day else "As written"


def _ordinal(day: date) -> str:
    ending = "th" if 10 < day.day < 14 else {1: "st", 2: "nd", 3: "rd"}.get(day.day % 10, "th")
    return f"{day.day}{ending} of {day:%B}"


def _american(day: date) -> str:
    ending = "th" if 10 < day.day < 14 else {1: "st", 2: "nd", 3: "rd"}.get(day.day % 10, "th")
    return f"{day:%B} {day.day}{ending}"


def _grouped(text: str) -> str:
    """A plain number with its thousands apart; what is none stays as it is."""
    whole, dot, cents = text.partition(".")
    return f"{int(whole):,}{dot}{cents}" if whole.isascii() and whole.isdigit() else text
