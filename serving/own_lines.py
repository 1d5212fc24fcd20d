"""The head of a list of which only some lines are seen: its figures are of those."""

from collections.abc import Sequence
from decimal import Decimal

from ledger.money import to_minor
from serving.bodies import Json
from serving.wording import money_json


def figures_of(lines: Sequence[Json], reporting: str) -> Json:
    """Count and money of these lines, as a list's summary names them, in the reporting currency."""
    comparable = [line for line in lines if line["overdue"]["currency"] == reporting]
    late = [line for line in comparable if line["expected_late"] is not None]
    return {
        "listed": len(lines),
        "overdue": _sum(comparable, "overdue", reporting),
        "open": _sum(comparable, "open", reporting),
        "expected_late": _sum(late, "expected_late", reporting) if late or not comparable else None,
    }


def head_of(head: Json, figures: Json) -> Json:
    """A list's head with these figures; whoever is on no list is nobody's, and counted as before."""
    return {**head, "summary": {**head["summary"], **figures}}


def _sum(lines: Sequence[Json], name: str, currency: str) -> Json:
    return money_json(sum(to_minor(Decimal(line[name]["amount"]), currency) for line in lines), currency)
