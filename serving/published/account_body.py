"""The body of an account: everything that is said of it, as the API says it, validated.

What the list decides of an account stands together in it (`place_json`), so that it can be written before the list is
made.
"""

from datetime import date

from models.score import Reason, Score
from serving.accounts.account import Account, Money
from serving.accounts.history import History
from serving.listing.queue import PlacedAccount
from serving.published.bodies import Json
from serving.web.checks import BodyCheck
from serving.web.schemas import AccountBody
from serving.wording import money_json, whole_parts

PLACE = (
    "next_action", "next_step", "next_step_label", "standing", "rule", "rule_reason", "rule_until", "collector",
)  # fmt: skip
"""Of the figures of an account, what the list decides; beside them the rank."""

_ACCOUNT, _PLACE = BodyCheck(AccountBody), BodyCheck(AccountBody, only=("rank", *PLACE))


def account_json(placed: PlacedAccount) -> Json:
    """An account as the API says it, validated (`AccountBody`); it has a rank where it is on the list."""
    items = [item_json(item.score) for item in placed.account.items]
    body = {"rank": _rank(placed), **figures_json(placed), "items": items, **_history(placed.account.facts.history)}
    _ACCOUNT.require(body)
    return body


def place_json(placed: PlacedAccount) -> tuple[int | None, Json]:
    """What the list decides of an account: its rank, and what else of its figures, validated."""
    rank, place = _rank(placed), _place(placed)
    _PLACE.require({"rank": rank, **place})
    return rank, place


def _rank(placed: PlacedAccount) -> int | None:
    return placed.place if placed.standing == "listed" else None


def figures_json(placed: PlacedAccount) -> Json:
    """The figures that a line of the list and the account share (`AccountFigures`)."""
    account = placed.account
    return {
        "customer_id": account.customer_id,
        "customer_name": account.facts.customer_name,
        "country": account.facts.country,
        "overdue": money_json(account.overdue_minor, account.currency),
        "open": money_json(account.open_minor, account.currency),
        "expected_late": money_or_none(account.expected_late_minor, account.currency),
        "brought_forward": _brought_forward(placed),
        "promised": money_json(account.promised_minor, account.currency),
        "disputed": money_json(account.disputed_minor, account.currency),
        "late_risk": account.late_risk,
        "late_risk_on": _day(account.late_risk_on),
        "p_late": account.p_late,
        "expected_on": _day(account.expected_on),
        "base": account.base,
        **reasons_in_money(account),
        **_place(placed),
        "segment": placed.segment,
        "open_items": len(account.items),
        "overdue_items": account.overdue_count,
        "oldest_dpd": account.oldest_dpd,
        "thin_history": account.thin_history,
        "unapplied_credits": _credits(account),
        "other_money": [
            {
                "open": money_json(other.open_minor, other.currency),
                "overdue": money_json(other.overdue_minor, other.currency),
            }
            for other in account.other_money
        ],
        "paid_days_late": list(account.facts.paid_days_late),
    }


def _place(placed: PlacedAccount) -> Json:
    return {
        "next_action": placed.next_action.text,
        "next_step": placed.next_action.step,
        "next_step_label": placed.next_action.label,
        "standing": placed.standing,
        "rule": placed.rule,
        "rule_reason": placed.reason,
        "rule_until": _day(placed.until),
        "collector": placed.collector,
    }


def _history(history: History) -> Json:
    return {
        "settled_invoices": history.settled_count,
        "history": [
            {
                "item_id": one.item_id,
                "due_on": one.due_on.isoformat(),
                "settled_on": one.settled_on.isoformat(),
                "days_late": one.days_late,
                "amount": money_json(one.amount_minor, one.currency),
            }
            for one in history.settled
        ],
        "promises": [
            {
                "promise_id": one.promise_id,
                "promised_on": one.promised_on.isoformat(),
                "amount": money_json(one.amount_minor, one.currency),
                "state": one.state,
            }
            for one in history.promises
        ],
        "contacts": [
            {
                "happened_on": one.happened_on.isoformat(),
                "channel": one.channel,
                "outcome": one.outcome,
                "reached": one.reached,
            }
            for one in history.contacts
        ],
    }


def item_json(score: Score) -> Json:
    """An open item as the API says it (`ItemOut`)."""
    return {
        "item_id": score.item_id,
        "due_on": score.due_on.isoformat(),
        "dpd": score.dpd,
        "open": money_json(score.open_minor, score.currency),
        "p_late": score.p_late,
        "known_late": score.known_late,
        "late_risk": score.late_risk,
        "late_risk_on": _day(score.late_risk_on),
        "p_unpaid_14": score.p_unpaid_14,
        "p_unpaid_30": score.p_unpaid_30,
        "p_unpaid_60": score.p_unpaid_60,
        "p_30_dpd": score.p_30_dpd,
        "p_60_dpd": score.p_60_dpd,
        "p_90_dpd": score.p_90_dpd,
        "expected_on": _day(score.expected_on),
        "expected_from": _day(score.expected_from),
        "expected_until": _day(score.expected_until),
        "base": score.base,
        "reasons": [reason.to_json() for reason in score.reasons],
        "thin_history": score.thin_history,
        "source_row": score.source_row,
    }


def reasons_in_money(account: Account) -> Json:
    """An account's reasons, each with its money: `base_money` and they add up to what is expected late, to the cent."""
    total = account.expected_late_minor
    if account.base is None or total is None:
        return {"reasons": [_reason(reason, None) for reason in account.reasons], "base_money": None}
    base = round(account.money_of(account.base))
    parts = whole_parts([account.money_of(reason.points or 0.0) for reason in account.reasons], total - base)
    told = [
        _reason(reason, money_json(part, account.currency)) for reason, part in zip(account.reasons, parts, strict=True)
    ]
    return {"reasons": told, "base_money": money_json(base if parts else total, account.currency)}


def _reason(reason: Reason, money: Json | None) -> Json:
    return {**reason.to_json(), "item_id": reason.item_id, "money": money}


def _brought_forward(placed: PlacedAccount) -> Json | None:
    """What a call is expected to bring forward, in whole money-days."""
    expects = placed.expects
    if expects is None:
        return None
    return {
        "money_days": round(expects.money_days),
        "money": money_json(placed.account.callable_minor, placed.account.currency),
        "days": expects.days,
        "measured": False,
        "prior": expects.prior,
    }


def _credits(account: Account) -> list[Json]:
    return [money_json(credit.minor, credit.currency) for credit in sorted(account.facts.credits, key=_by_currency)]


def _by_currency(money: Money) -> tuple[str, int]:
    return money.currency, money.minor


def money_or_none(minor: int | None, currency: str) -> Json | None:
    """An amount as the API says it; None for None."""
    return None if minor is None else money_json(minor, currency)


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
