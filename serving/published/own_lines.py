"""A list of which only some lines are seen: its figures are of those, and no line tells of an account beside them."""

from collections.abc import Collection, Sequence
from decimal import Decimal

from ledger.money import to_minor
from serving.published.bodies import Json
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


def without_others(line: Json, seen: Collection[str]) -> Json:
    """A line that tells of no other account than these: nothing of the one above it where that is not among them."""
    why = line["rank_explanation"]
    if why["ahead"] is None or why["ahead"]["customer_id"] in seen:
        return line
    return {**line, "rank_explanation": {**why, "ahead": None}}


def _sum(lines: Sequence[Json], name: str, currency: str) -> Json:
    return money_json(sum(to_minor(Decimal(line[name]["amount"]), currency) for line in lines), currency)
