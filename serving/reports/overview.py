"""The overview: six figures of an evening, each the sum of a report or of a list."""

from collections.abc import Mapping
from typing import Any

from ledger.measures.effectiveness import over_90_pct, past_due_pct
from ledger.measures.ratios import pct
from serving.listing.queue import PlacedAccount
from serving.reports.book_year import Stand, number
from serving.reports.definitions import definitions_json
from serving.reports.past_due import OVER_90
from serving.wording import money_json

Json = dict[str, Any]

FIGURES = ("open", "past_due", "expected_late", "over_90", "expected_30_days", "coverage")


def overview_report(
    now: Stand, currency: str, items: int, accounts: tuple[PlacedAccount, ...], others: Mapping[str, Json]
) -> Json:
    """The six figures.

    Args:
        now: the evening; currency: the reporting currency.
        items: open invoices.
        accounts: everybody with open items.
        others: the reports that some of them are sums of: cash-forecast and the lists.
    """
    over_90 = sum(now.buckets[OVER_90:])
    late = others["high-risk"]
    predicted = any(one.account.late_risk is not None for one in accounts)
    overdue = [one for one in accounts if one.account.overdue_count]
    idle = sum(one.standing == "below_the_cut" for one in overdue)
    return {
        "currency": currency,
        "open": {
            "money": money_json(now.open, currency),
            "items": items,
            "accounts": len(accounts),
        },
        "past_due": {
            "money": money_json(now.past_due, currency),
            "share_pct": number(past_due_pct(now.past_due, now.open)),
        },
        "expected_late": {"money": late["money"], "accounts": late["accounts"]} if predicted else None,
        "over_90": {
            "money": money_json(over_90, currency),
            "share_pct": number(over_90_pct(over_90, now.open)),
            "accounts": others["over-90"]["accounts"],
        },
        "expected_30_days": others["cash-forecast"]["next_30_days"],
        "coverage": {
            "share_pct": number(pct(len(overdue) - idle, len(overdue))),
            "past_due_accounts": len(overdue),
            "without_next_step": idle,
        },
        "definitions": definitions_json(*FIGURES),
    }
