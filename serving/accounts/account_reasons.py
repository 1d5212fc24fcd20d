"""The reasons of an account: of its items' reasons, or in mode `rule` the rule's facts."""

import math
from collections import defaultdict
from collections.abc import Sequence

from features.spec import AGE
from features.wording import naming
from models.fact import age_fact, amount_fact, fact_of
from models.score import Fact, Reason, Score
from serving.accounts.account import AccountItem, other_money_of


def reasons_of(weighted: Sequence[tuple[Score, int]]) -> tuple[Reason, ...]:
    """The reasons of an account, largest first: per concept the money-weighted points of its items' reasons.

    Each is told by the item that carries most of it: the fact that moves the most money the way the sum goes. Among
    several items the one that a fact is about is named. Of one item they are its own.
    """
    score = weighted[0][0]
    if len(weighted) == 1 and not score.thin_history:  # in order; that history is thin an item says last of all
        return score.reasons
    reasons = score.reasons if len(weighted) == 1 else _reasons_of_several(weighted)
    return tuple(sorted(reasons, key=lambda reason: (-abs(reason.points or 0.0), reason.concept)))


def _reasons_of_several(weighted: Sequence[tuple[Score, int]]) -> list[Reason]:
    told: dict[str, list[tuple[float, str, Reason]]] = defaultdict(list)
    for score, weight in weighted:
        for reason in score.reasons:
            told[reason.concept].append((weight * (reason.points or 0.0), score.item_id, reason))
    total = sum(weight for _, weight in weighted)
    reasons = []
    for parts in told.values():
        moved = math.fsum(part for part, _, _ in parts)
        sign = -1 if moved < 0 else 1
        _, item_id, teller = min(parts, key=lambda part: (-sign * part[0], part[1]))
        reasons.append(Reason(teller.concept, _naming(teller.fact, item_id), moved / total, item_id))
    return reasons


def _naming(fact: Fact, item_id: str) -> Fact:
    text = naming(fact.text, item_id)
    return fact if text == fact.text else fact._replace(text=text)


def with_age_of_account(reasons: tuple[Reason, ...], weighted: Sequence[tuple[Score, int]]) -> tuple[Reason, ...]:
    """The reasons with `age` told of all the overdue money, since one item's age is not the account's."""
    overdue = [(score.dpd, weight) for score, weight in weighted if score.dpd > 0]
    at = next((at for at, reason in enumerate(reasons) if reason.concept == AGE.key), None)
    if not overdue or at is None:
        return reasons
    own, oldest = reasons[at], max(dpd for dpd, _ in overdue)
    if len({dpd for dpd, _ in overdue}) == 1:
        if own.fact.code == "age" and own.fact.value == oldest:
            return reasons
        told = age_fact(oldest)
    else:
        mean = sum(dpd * weight for dpd, weight in overdue) / sum(weight for _, weight in overdue)
        told = fact_of("age_of_overdue", mean, oldest=float(oldest))
    return (*reasons[:at], own._replace(fact=told._replace(typical=own.fact.typical)), *reasons[at + 1 :])


def rule_reasons(items: Sequence[AccountItem], currency: str) -> tuple[Reason, ...]:
    """The facts that an order without a model goes by; nothing was predicted, so they carry no points.

    Money in `currency` first; what has no rate to it is told by its own currency, after the age.
    """
    overdue = [item for item in items if item.score.dpd > 0]
    if not overdue:
        return (Reason(AGE.key, fact_of("nothing_overdue"), None),)
    counted = [item.minor for item in overdue if item.minor is not None]
    amounts = [(sum(counted), currency, len(counted))] if counted else []
    for other in other_money_of(overdue):
        amounts.append((other.overdue_minor, other.currency, _count_in(overdue, other.currency)))
    first, *others = (
        Reason("exposure", amount_fact("overdue_amount_invoices", minor, of, count=float(count)), None)
        for minor, of, count in amounts
    )
    oldest = max(overdue, key=lambda item: (item.score.dpd, item.score.item_id))
    age = fact_of("oldest_overdue" if len(overdue) > 1 else "age", float(oldest.score.dpd))
    return first, Reason(AGE.key, age, None, oldest.score.item_id), *others


def _count_in(items: Sequence[AccountItem], currency: str) -> int:
    return sum(item.minor is None and item.score.currency == currency for item in items)
