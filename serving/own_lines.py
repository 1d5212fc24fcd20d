"""The head of a list of which only some lines are seen: its figures are of those."""

from collections.abc import Sequence
from decimal import Decimal

from ledger.money import to_minor
from serving.bodies import Json
from serving.wording import money_json


def head_of(head: Json, lines: Sequence[Json]) -> Json:
    """A list's head with count and money of these lines; whoever is on no list is nobody's, and counted as before."""
    summary = head["summary"]
    reporting = summary["overdue"]["currency"]
    comparable = [line for line in lines if line["overdue"]["currency"] == reporting]
    late = [line for line in comparable if line["expected_late"] is not None]
    seen = {
        "listed": len(lines),
        "overdue": _sum(comparable, "overdue", reporting),
        "open": _sum(comparable, "open", reporting),
        "expected_late": _sum(late, "expected_late", reporting) if late or not comparable else None,
    }
    return {**head, "summary": {**summary, **seen}}


def _sum(lines: Sequence[Json], name: str, currency: str) -> Json:
    return money_json(sum(to_minor(Decimal(line[name]["amount"]), currency) for line in lines), currency)
