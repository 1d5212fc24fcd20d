"""An account as its panel and its page show it: the body of the API with its pictures and its words."""

from typing import Any

from serving.web.desk.account_words import chances_words, range_words
from serving.web.desk.opening import if_paid, opening
from serving.web.desk.timeline import timeline
from serving.web.desk.waterfall import waterfall

Json = dict[str, Any]

ITEMS_IN_PANEL = 10
ITEMS_ON_PAGE = 100
"""Open invoices beside the list and on the account's page, those due first; a page says how many more there are."""

STANDINGS = {
    "listed": "",
    "below_the_cut": "Overdue, and below what the team can work today.",
    "held": "Held: nobody calls.",
    "routed_to_dispute_owner": "For the dispute owner.",
    "routed_to_email": "An e-mail instead of a call.",
    "routed_to_cash_application": "For cash application.",
    "not_overdue": "Nothing to call about.",
}


def account_parts(body: Json, most_items: int, *, item_pictures: bool = True) -> Json:
    """An account's body with its pictures and the words of its first `most_items` items, each with a picture of its own
    where it is wanted; a history that older bodies lack is empty."""
    whose = {"customer_id": body["customer_id"], "as_of": body["run"]["as_of"]}
    return {
        "account": body,
        "waterfall": waterfall(body, **whose),
        "timeline": timeline(body),
        "promises": body.get("promises", ()),
        "contacts": body.get("contacts", ()),
        "opening": opening(body),
        "items": [
            {
                **item,
                "main": _main_reason(item["reasons"]),
                "waterfall": waterfall(item, of="invoice", **whose) if item_pictures else None,
                "told_range": range_words(item),
                "told_chances": chances_words(item),
                "if_paid": if_paid(item, body),
            }
            for item in body["items"][:most_items]
        ],
    }


def _main_reason(reasons: list[Json]) -> Json | None:
    """The largest reason but for the item's age, which stands beside it anyway."""
    return next((reason for reason in reasons if reason["concept"] != "age"), reasons[0] if reasons else None)
