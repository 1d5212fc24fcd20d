"""The tabs of the list: which accounts stand under each, and in which order. An account may stand under several.

Whoever was worked since the evening leaves all of them for *Done today*, but for an appointment on this very day: that
comes back at its time.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from ledger.desk_journal import Recorded
from serving.listing.standing import Standing
from serving.strategy.rules import CALLBACK, time_of
from serving.web.desk.list_view import TABS, ListView, Tab
from serving.web.languages import tr
from serving.web.words import money

Json = dict[str, Any]
Lines = Sequence[Json]

LARGE_SHARE = 4
"""One account in so many is large."""


NOTHING_THERE: Mapping[Tab, tuple[str, str]] = {
    "callbacks": ("No callback is due.", "Nobody who is still to work asked to be called today."),
    "broken": ("No promise is broken.", "Nobody who is still to work broke their newest promise in the last 90 days."),
    "large": ("No large account is left.", "What is still to work owes less."),
    "disputed": ("Nothing is disputed.", "No account that is still to work has an open dispute on overdue money."),
}
"""What an empty tab says: that it is, and what that means."""


@dataclass(frozen=True)
class Worked:
    """What was done since the evening of a list.

    Attributes:
        rows: customer → the newest row that stands, the account worked last first.
        today: the day on which the list is worked.
    """

    rows: Mapping[str, Recorded]
    today: date

    def comes_back_at(self, customer_id: str) -> str | None:
        """The time of an appointment that was made today for today ('' without one); None where there is none."""
        row = self.rows.get(customer_id)
        if row is None or row.kind != "callback" or date.fromisoformat(row.said["due_on"]) > self.today:
            return None
        return str(row.said.get("at", ""))


@dataclass(frozen=True)
class OffList:
    """Whoever stands on no list but under a tab, read only where it is shown or counted anew.

    Attributes:
        read: gives the accounts of a standing; counts: how many there are of each.
    """

    read: Callable[[Standing], Lines]
    counts: Mapping[str, int]

    def of(self, tab: Tab, view: ListView) -> Lines | None:
        """The accounts off the list that a tab shows; None where their number is enough."""
        standing = OFF_LIST.get(tab)
        if standing is None:
            return []
        if view.tab != tab and not view.narrowed:
            return None
        return [
            {**one, "rank": None, "call_at": "", "has_callback": False}
            for one in self.read(standing)
            if view.shows(one)
        ]


OFF_LIST: Mapping[Tab, Standing] = {"held": "held", "disputed": "routed_to_dispute_owner"}
"""The standing of the accounts that a tab shows besides those of the list."""


@dataclass(frozen=True)
class Tabs:
    """The lines under the tab that is looked at, and how many stand under each."""

    shown: Lines
    counts: Mapping[Tab, int]
    names: Mapping[Tab, str]

    @property
    def any(self) -> bool:
        """Whether anything stands under any tab."""
        return any(self.counts.values())


def tabs_of(view: ListView, lines: Lines, worked: Worked, broken: Collection[str], off_list: OffList) -> Tabs:
    """What stands under each tab of a list, and what filters and search leave of it.

    Args:
        broken: the accounts whose newest promise is broken.
    """
    large = large_from(lines)
    seen = [with_time(line, worked) for line in lines if view.shows(line)]
    todo = [line for line in seen if line["customer_id"] not in worked.rows]
    back = [line for line in seen if worked.comes_back_at(line["customer_id"]) is not None]
    of = {line["customer_id"]: line for line in seen}
    on_list: dict[Tab, Lines] = {
        "todo": todo,
        "callbacks": sorted([one for one in todo if one["rule"] == CALLBACK] + back, key=_by_time),
        "broken": [line for line in todo if line["customer_id"] in broken],
        "large": [line for line in todo if large is not None and _overdue(line) >= large],
        "disputed": [line for line in todo if Decimal((line["disputed"] or NOTHING)["amount"]) > 0],
        "held": [],
        "done": [of[customer_id] for customer_id in worked.rows if customer_id in of],
    }
    beside = {tab: off_list.of(tab, view) for tab in TABS}
    counts = {tab: len(on_list[tab]) + _count(tab, beside[tab], off_list) for tab in TABS}
    names = {**TABS} if large is None else {**TABS, "large": tr("Over {money}", money=money(_in(large, lines)))}
    return Tabs([*on_list[view.tab], *(beside[view.tab] or ())], counts, names)


def with_time(line: Json, worked: Worked) -> Json:
    """A line with the time of its appointment (`call_at`, '' for none) and whether it is for today (`has_callback`)."""
    again = worked.comes_back_at(line["customer_id"])
    if again is not None:
        return {**line, "call_at": again, "has_callback": True}
    due = line["rule"] == CALLBACK
    return {**line, "call_at": time_of(line["rule_reason"]) if due else "", "has_callback": due}


def large_from(lines: Lines) -> int | None:
    """The round amount from which an account of this list is large: one in `LARGE_SHARE` reaches it. None of a few.

    >>> owed = [{"overdue": {"amount": str(at), "currency": "EUR"}} for at in (900, 70_000, 31_000, 12, 5, 8, 4, 2)]
    >>> large_from(owed), large_from(owed[:3])
    (25000, None)
    """
    owed = sorted(map(_overdue, lines), reverse=True)
    at = len(owed) // LARGE_SHARE
    if not at or owed[at - 1] < 1:
        return None
    size = Decimal(10) ** owed[at - 1].adjusted()
    return max(int(step * size) for step in map(Decimal, ("1", "2.5", "5")) if step * size <= owed[at - 1])


NOTHING = {"amount": "0"}


def _overdue(line: Json) -> Decimal:
    return Decimal(line["overdue"]["amount"])


def _in(amount: int, lines: Lines) -> Json:
    return {"amount": str(amount), "currency": lines[0]["overdue"]["currency"]}


def _by_time(line: Json) -> tuple[bool, str, int]:
    """By the time that was told; those without one after them."""
    return not line["call_at"], line["call_at"], line["rank"]


def _count(tab: Tab, beside: Lines | None, off_list: OffList) -> int:
    return off_list.counts.get(OFF_LIST[tab], 0) if beside is None else len(beside)
