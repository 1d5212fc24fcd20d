"""Publishing: an evening's queue as the JSON that everybody reads, validated once.

The run's id is a fingerprint of what it says, so that the same evening made again from the same knowledge is the same
run, and a replay can be compared by one word. It is none of names, nor of the sentences that name accounts, which say
in words what the figures say: a person can be erased of a run, and the run stays the one that it was.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from features.reason_catalogue import reasons_version
from models.score import Mode, Reason, Score
from serving.accounts.account import Account, Money
from serving.accounts.history import History
from serving.errors import NoSuchZone
from serving.listing.queue import PlacedAccount, Queue, QueueLine, QueueRules
from serving.published.bodies import Bodies, Json, json_text
from serving.published.queue_run import QueueRun
from serving.team.assignment import staffing_sentence
from serving.web.checks import BodyCheck
from serving.web.schemas import AccountBody, QueueHead, QueueLineOut
from serving.why.rank_explanation import RankExplanation, rank_explanations, rank_json
from serving.wording import money_json, whole_parts

_LINE, _ACCOUNT = BodyCheck(QueueLineOut), BodyCheck(AccountBody)


@dataclass(frozen=True)
class Provenance:
    """Where a run's numbers come from.

    Attributes:
        now: the instant of publishing, with its zone.
        made_of: a fingerprint of everything that decided the run, see `serving.daily.made_of`; '' for a run made alone.
        decided: a fingerprint of what is logged of the run beside what it says; '' for a run of which nothing is.
    """

    as_of: date
    mode: Mode
    model_version: str | None
    ledger_version: int
    approved: bool
    now: datetime
    notices: tuple[str, ...] = ()
    made_of: str = ""
    decided: str = ""


def queue_run(queue: Queue, rules: QueueRules, made: Provenance) -> QueueRun:
    """The run as JSON. Raises pydantic's `ValidationError` when a number is not what the schema promises."""
    if made.now.tzinfo is None:
        raise NoSuchZone(made.now.isoformat())
    whys = rank_explanations(queue, rules)
    bodies = [_line(line, why) for line, why in zip(queue.lines, whys, strict=True)]
    lines = Bodies.of(bodies)
    by_id = sorted(queue.everybody(), key=lambda one: one.account.customer_id)
    accounts = Bodies.of(account_json(one) for one in by_id)
    content = {
        "as_of": made.as_of.isoformat(),
        "mode": made.mode,
        "model_version": made.model_version,
        "ledger_version": made.ledger_version,
        "approved": made.approved,
        "notices": [*made.notices, *queue.notices],
        "summary": _summary(queue, rules),
    }
    # The first three: what a reader looks for first.
    head = {
        "as_of": content["as_of"],
        "mode": content["mode"],
        "run_id": f"{made.as_of.isoformat()}-{_fingerprint(content, bodies, accounts, by_id, made.decided)}",
        "model_version": content["model_version"],
        "ledger_version": content["ledger_version"],
        "approved": content["approved"],
        "made_of": made.made_of,
        "reasons_version": reasons_version(),
        "published_at": made.now.astimezone(UTC).isoformat(timespec="seconds"),
        "notices": content["notices"],
        "summary": content["summary"],
    }
    QueueHead.model_validate(head)
    return QueueRun(made.as_of, head, lines, accounts)


def _fingerprint(
    content: Json, lines: Sequence[Json], accounts: Bodies, placed: Sequence[PlacedAccount], decided: str
) -> str:
    digest = hashlib.sha256()
    nameless = (json_text(without_names(line)) for line in lines)
    unnamed = (_unnamed(text, one) for text, one in zip(accounts.texts, placed, strict=True))
    for text in (json_text(content), *nameless, "", *unnamed, "", decided):
        digest.update(f"{text}\n".encode())  # JSON on one line: nothing in it is the end of a line
    return digest.hexdigest()[:12]


def without_names(line: Json) -> Json:
    """A line of a list without its name and without the sentences that name accounts."""
    why = line["rank_explanation"]
    ahead, out = why["ahead"], why["way_out"]
    told = {
        **why, "sentence": "", "ahead": ahead and {**ahead, "text": ""}, "way_out": {**out, "text": ""},
    }  # fmt: skip
    return {**line, "customer_name": None, "rank_explanation": told}


def _unnamed(text: str, placed: PlacedAccount) -> str:
    """The JSON of an account without its name, which is the first thing of its key that stands there."""
    return text.replace(f'"customer_name":{json_text(placed.account.facts.customer_name)}', '"customer_name":null', 1)


def _line(line: QueueLine, why: RankExplanation) -> Json:
    placed = line.placed
    body = {
        "rank": line.rank,
        **_figures(placed),
        "rank_value": placed.rank_value,
        "factors": [{"name": f.name, "value": f.value, "unit": f.unit, "role": f.role} for f in placed.factors],
        "rank_explanation": rank_json(why),
    }
    _LINE.require(body)
    return body


def account_json(placed: PlacedAccount) -> Json:
    """An account as the API says it, validated (`AccountBody`); it has a rank where it is on the list."""
    rank = placed.place if placed.standing == "listed" else None
    items = [item_json(item.score) for item in placed.account.items]
    body = {"rank": rank, **_figures(placed), "items": items, **_history(placed.account.facts.history)}
    _ACCOUNT.require(body)
    return body


def _figures(placed: PlacedAccount) -> Json:
    account = placed.account
    return {
        "customer_id": account.customer_id,
        "customer_name": account.facts.customer_name,
        "country": account.facts.country,
        "overdue": money_json(account.overdue_minor, account.currency),
        "open": money_json(account.open_minor, account.currency),
        "expected_late": _money_or_none(account.expected_late_minor, account.currency),
        "brought_forward": _brought_forward(placed),
        "promised": money_json(account.promised_minor, account.currency),
        "disputed": money_json(account.disputed_minor, account.currency),
        "late_risk": account.late_risk,
        "late_risk_on": _day(account.late_risk_on),
        "p_late": account.p_late,
        "expected_on": _day(account.expected_on),
        "base": account.base,
        **reasons_in_money(account),
        "next_action": placed.next_action.text,
        "next_step": placed.next_action.step,
        "next_step_label": placed.next_action.label,
        "standing": placed.standing,
        "rule": placed.rule,
        "rule_reason": placed.reason,
        "rule_until": _day(placed.until),
        "collector": placed.collector,
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


def _summary(queue: Queue, rules: QueueRules) -> Json:
    listed = [line.placed.account for line in queue.lines if line.placed.account.comparable]
    late = [account.expected_late_minor for account in listed if account.expected_late_minor is not None]
    return {
        "order": queue.order,
        "order_sentence": queue.order_sentence,
        "capacity": rules.capacity,
        "minutes": rules.minutes,
        "works_on": rules.works_on.isoformat(),
        "strategy": rules.strategy.version,
        "staffing": staffing_sentence(queue.assignment, queue.unit) if queue.assignment else "",
        "assigned_by": queue.assignment.method if queue.assignment else "",
        "listed": queue.count("listed"),
        "below_the_cut": queue.count("below_the_cut"),
        "held": queue.count("held"),
        "routed_to_dispute_owner": queue.count("routed_to_dispute_owner"),
        "routed_to_email": queue.count("routed_to_email"),
        "routed_to_cash_application": queue.count("routed_to_cash_application"),
        "not_overdue": queue.count("not_overdue"),
        "overdue": money_json(sum(account.overdue_minor for account in listed), rules.currency),
        "open": money_json(sum(account.open_minor for account in listed), rules.currency),
        "expected_late": _money_or_none(sum(late) if late or not listed else None, rules.currency),
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


def _money_or_none(minor: int | None, currency: str) -> Json | None:
    return None if minor is None else money_json(minor, currency)


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
