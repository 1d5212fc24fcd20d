"""Explaining one item or account as of an evening: its reasons, its place, and what a payment would change.

Made anew from the ledger with the version that would make the evening's queue; nothing is published or stored.
"""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from payrisk.errors import NothingOpen, NothingToExplain
from serving.daily import score_items
from serving.listing.placing import PlacedEvening, placed_evening
from serving.listing.queue import PlacedAccount
from serving.progress import Progress
from serving.published.account_body import account_json
from serving.scoring.scored_evening import ScoredEvening
from serving.why.rank_explanation import rank_explanations, rank_json
from serving.why.what_if import IfPaid, WhatIf, supposed_json

if TYPE_CHECKING:
    from ledger.view import LedgerView
    from payrisk.gate import Gate

NEAR = 3
"""How many ids that look alike are named when one is unknown."""

COMPARED = 250
"""How many on either side of an unknown id are compared letter by letter; 200,000 would take seconds."""


def explain(gate: "Gate", asked: str, as_of: date | None, if_paid: Sequence[str], progress: Progress) -> dict[str, Any]:
    """An open item, or an account with all of its open items.

    Args:
        asked: an `item_id` or a `customer_id`; what is both is taken as the item.
        if_paid: items supposed to be paid that evening, each as `ITEM` for all that is open or as `ITEM=AMOUNT`.

    Raises:
        NothingToExplain: an id that nothing has; those that look like it are named.
        NothingOpen: an item or customer without money to come.
        CannotSuppose: see `serving.why.what_if.WhatIf.paid`.
    """
    day = gate.evening(as_of)
    settled = gate.evening_settings(day)
    evening = score_items(
        gate.ledger, gate.shelf, day, grace_days=settled.grace_days, best_before_days=settled.best_before_days,
        progress=progress,
    )  # fmt: skip
    placed = placed_evening(evening, settled)
    item_id, account = _found(evening, placed, asked)
    body = account_json(account)
    items = {item["item_id"]: item for item in body["items"]}
    payments = [_payment(text, items) for text in if_paid]
    supposed = WhatIf(evening, placed).paid(payments, account.account.customer_id) if payments else None
    return {
        "as_of": day.isoformat(),
        "mode": evening.mode,
        "model_version": evening.model_version,
        "approved": evening.approved,
        "notices": [*evening.notices, *placed.notices],
        "item": items.get(item_id) if item_id else None,
        "account": body,
        "place": account.place,
        "rank_explanation": _why(placed, account),
        "what_if": supposed_json(supposed) if supposed else None,
    }


def _found(evening: ScoredEvening, placed: PlacedEvening, asked: str) -> tuple[str | None, PlacedAccount]:
    accounts = {one.account.customer_id: one for one in placed.queue.everybody()}
    owners = {score.item_id: score.customer_id for score in evening.scores}
    if asked in owners:
        return asked, accounts[owners[asked]]
    if asked in accounts:
        return None, accounts[asked]
    if what := _known_as(evening.view, asked):
        raise NothingOpen(what, asked, evening.as_of)
    raise NothingToExplain(asked, evening.as_of, [*_alike(asked, owners), *_alike(asked, accounts)])


def _alike(asked: str, ids: Collection[str]) -> list[str]:
    """At most `NEAR` ids that look like it, out of those that begin and those that end most like it."""
    end = _beside(asked[::-1], (one[::-1] for one in ids))
    return get_close_matches(asked, {*_beside(asked, ids), *(one[::-1] for one in end)}, NEAR)


def _beside(asked: str, ids: Iterable[str]) -> list[str]:
    """The `COMPARED` ids before it and those after it in the order of letters."""
    in_order = sorted(ids)
    at = bisect_left(in_order, asked)
    return in_order[max(0, at - COMPARED) : at + COMPARED]


def _known_as(view: "LedgerView", asked: str) -> str:
    """What an id without money to come is; '' when nothing has it."""
    if (view.items["item_id"] == asked).any():
        return "invoice"
    return "customer" if (view.items["customer_id"] == asked).any() else ""


def _payment(text: str, items: dict[str, Any]) -> IfPaid:
    """`ITEM` or `ITEM=AMOUNT`; an id may hold an equals sign itself."""
    item_id, equals, amount = text.rpartition("=")
    if text in items or not equals:
        return IfPaid(text)
    try:
        return IfPaid(item_id, Decimal(amount))
    except InvalidOperation:
        return IfPaid(text)


def _why(placed: PlacedEvening, account: PlacedAccount) -> dict[str, Any] | None:
    """Why a listed account has its rank; None of one that is not on the list."""
    if account.standing != "listed" or account.place is None:
        return None
    return rank_json(rank_explanations(placed.queue, placed.rules)[account.place - 1])
