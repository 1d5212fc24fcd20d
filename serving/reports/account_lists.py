"""Lists of accounts that a manager opens from a figure: at risk, over 90 days past due, without a next step."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from heapq import nsmallest
from typing import Any

from serving.accounts.account import Account
from serving.listing.queue import PlacedAccount
from serving.reports.definitions import definitions_json
from serving.wording import money_json, told_reasons

Json = dict[str, Any]

MOST_ROWS = 200
"""Accounts of a list that are kept, the largest first; how many there are, and their money, is always told of all."""


@dataclass(frozen=True)
class AccountList:
    """One list: whose money counts, and how much of it.

    Attributes:
        money: of an account, in minor units of the reporting currency; accounts with none of it are not on the list.
        figure: the definition of that money.
    """

    name: str
    figure: str
    money: Callable[[PlacedAccount], int]


def without_next_step_minor(placed: PlacedAccount) -> int:
    """The overdue money of an account that is below what the team can work; 0 of others."""
    return placed.account.overdue_minor if placed.standing == "below_the_cut" else 0


LISTS = (
    AccountList("high-risk", "expected_late", lambda placed: placed.account.expected_late_minor or 0),
    AccountList("over-90", "over_90", lambda placed: placed.account.over_90_minor),
    AccountList("without-next-step", "coverage", without_next_step_minor),
)
"""By name. Accounts whose money has no rate to the reporting currency are on none; `without_rate` counts them."""


def list_report(
    which: AccountList,
    accounts: Sequence[PlacedAccount],
    currency: str,
    reasons_of: Callable[[PlacedAccount], list[Json]] | None = None,
) -> Json:
    """The accounts of a list by their money, the largest first.

    Args:
        accounts: everybody with open items.
        reasons_of: the reasons of an account as the API says them; None: as it has them itself.
    """
    comparable = [one for one in accounts if one.account.comparable]
    found = [(minor, one) for one in comparable if (minor := which.money(one)) > 0]
    largest = nsmallest(MOST_ROWS, found, key=lambda each: (-each[0], each[1].account.customer_id))
    return {
        "currency": currency,
        "accounts": len(found),
        "money": money_json(sum(minor for minor, _ in found), currency),
        "without_rate": len(accounts) - len(comparable),
        "rows": [_row(minor, one, (reasons_of or _own_reasons)(one)) for minor, one in largest],
        "definitions": definitions_json(which.figure),
    }


def _row(minor: int, placed: PlacedAccount, reasons: list[Json]) -> Json:
    account = placed.account
    late = account.expected_late_minor
    return {
        "customer_id": account.customer_id,
        "customer_name": account.facts.customer_name,
        "money": money_json(minor, account.currency),
        "open": money_json(account.open_minor, account.currency),
        "overdue": money_json(account.overdue_minor, account.currency),
        "expected_late": None if late is None else money_json(late, account.currency),
        "late_risk": account.late_risk,
        "oldest_dpd": account.oldest_dpd,
        "reason": _main_reason(account, reasons),
        "standing": placed.standing,
        "next_step": placed.next_action.step,
        "next_step_label": placed.next_action.label,
        "collector": placed.collector,
    }


def _own_reasons(placed: PlacedAccount) -> list[Json]:
    return [{**reason.to_json(), "item_id": reason.item_id} for reason in placed.account.reasons]


def _main_reason(account: Account, reasons: list[Json]) -> Json | None:
    """The reason that the queue tells first, without its money."""
    line = {"base": account.base, "late_risk": account.late_risk, "reasons": reasons}
    first = next(iter(told_reasons(line, 1)), None)
    return None if first is None else {name: value for name, value in first.items() if name not in ("whole", "money")}
