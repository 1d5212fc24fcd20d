"""Adding up: the account of each customer from its scored items, see `account.py`."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from operator import mul

from ledger.days import to_day
from ledger.money import Rates
from models.score import Score
from serving.accounts.account import NO_FACTS, Account, AccountItem, CustomerFacts, other_money_of
from serving.accounts.account_reasons import reasons_of, rule_reasons, with_age_of_account
from serving.accounts.set_off import set_off
from serving.value.item_call import NO_CALL, NOT_COVERED, ItemCall, ItemCalls

NO_CALLS: ItemCalls = {}


def accounts_of(
    scores: Iterable[Score], customers: Mapping[str, CustomerFacts], rates: Rates, calls: ItemCalls = NO_CALLS
) -> list[Account]:
    """One account per customer with scored items, ordered by `customer_id`; `rates.base` is the reporting currency."""
    by_customer: dict[str, list[Score]] = defaultdict(list)
    for score in scores:
        by_customer[score.customer_id].append(score)
    return [
        account_of(by_customer[customer_id], customers.get(customer_id, NO_FACTS), rates, calls)
        for customer_id in sorted(by_customer)
    ]


def account_of(scores: Sequence[Score], facts: CustomerFacts, rates: Rates, calls: ItemCalls = NO_CALLS) -> Account:
    """The account of one customer from its scored items, at least one."""
    as_of = scores[0].as_of
    currency, comparable = _currency_of(scores, rates)
    if len(scores) > 1:
        scores = sorted(scores, key=lambda score: (score.due_on, score.item_id))
    items = tuple([_account_item(score, calls.get(score.item_id, NO_CALL), currency, rates) for score in scores])
    if facts.credits:
        credits = {one.currency: _in_currency(*one, currency, rates, as_of) for one in facts.credits}
        items = _less_credits(items, credits)
    counted = [(item.score, item.minor) for item in items if item.minor is not None]
    weighted = _called_about(counted)
    weights = [weight for _, weight in weighted]
    late_risk = _money_weighted([score.late_risk for score, _ in weighted], weights)
    overdue = [item for item in items if item.score.dpd > 0]
    open_minor = sum([minor for _, minor in counted])
    overdue_minor = sum([item.minor or 0 for item in overdue])
    return Account(
        customer_id=scores[0].customer_id,
        as_of=as_of,
        currency=currency,
        comparable=comparable,
        facts=facts,
        open_minor=open_minor,
        overdue_minor=overdue_minor,
        expected_late_minor=None if late_risk is None else round((overdue_minor or open_minor) * late_risk),
        credit_minor=sum([_in_currency(*credit, currency, rates, as_of) or 0 for credit in facts.credits]),
        late_risk=late_risk,
        late_risk_on=_day_of_most_money(weighted),
        p_late=_money_weighted([score.p_late for score, _ in weighted], weights),
        expected_on=_half_of_the_money_by(weighted),
        base=_money_weighted([score.base for score, _ in weighted], weights),
        reasons=(
            with_age_of_account(reasons_of(weighted), weighted)
            if late_risk is not None
            else rule_reasons(items, currency)
        ),
        oldest_dpd=max([item.score.dpd for item in overdue], default=0),
        overdue_count=len(overdue),
        thin_history=all(score.thin_history for score in scores),
        item_ids=tuple(sorted([score.item_id for score in scores])),
        disputed_minor=sum([item.disputed_minor for item in overdue]),
        promised_minor=sum([item.promised_minor for item in overdue]),
        callable_minor=sum([item.callable_minor for item in overdue]),
        over_90_minor=sum([item.minor or 0 for item in overdue if item.score.dpd > 90]),
        items=items,
        other_money=() if len(counted) == len(items) else other_money_of(items),
    )


def _account_item(score: Score, call: ItemCall, currency: str, rates: Rates) -> AccountItem:
    minor = _in_currency(score.open_minor, score.currency, currency, rates, score.as_of)
    if minor is None:
        return AccountItem(score, None)
    if call.covered == NOT_COVERED:
        return AccountItem(score, minor, call.gain)
    of, day, covered = score.currency, score.as_of, call.covered
    disputed = min(minor, _in_currency(covered.disputed_minor, of, currency, rates, day) or 0)
    promised = _in_currency(covered.promised_minor, of, currency, rates, day) or 0  # each is rounded by itself
    promised = min(minor - disputed, promised)
    return AccountItem(score, minor, call.gain, disputed, promised)


def _less_credits(items: tuple[AccountItem, ...], credits: Mapping[str, int | None]) -> tuple[AccountItem, ...]:
    parts = set_off(
        ((item.score.currency, item.callable_minor) for item in items),
        {of: minor or 0 for of, minor in credits.items()},
    )
    return tuple(item._replace(credited_minor=part) if part else item for item, part in zip(items, parts, strict=True))


def _called_about(counted: Sequence[tuple[Score, int]]) -> list[tuple[Score, int]]:
    """The items a call is about, with their weight: those past due; of an account without any, all."""
    about = [(score, minor) for score, minor in counted if score.dpd > 0] or list(counted)
    if any(minor for _, minor in about):
        return about
    return [(score, 1) for score, _ in about]  # less than a minor unit each: every item weighs the same


def _currency_of(scores: Sequence[Score], rates: Rates) -> tuple[str, bool]:
    """The currency of an account's figures, and whether it is the reporting currency."""
    if any(score.currency == rates.base or rates.knows(score.currency, to_day(score.as_of)) for score in scores):
        return rates.base, True
    counts = Counter(score.currency for score in scores)
    return min(counts, key=lambda currency: (-counts[currency], currency)), False


def _in_currency(minor: int, of: str, currency: str, rates: Rates, as_of: date) -> int | None:
    """Minor units of one currency in another; None where no rate leads there."""
    if of == currency:
        return minor
    if currency != rates.base or not rates.knows(of, to_day(as_of)):
        return None
    return rates.convert(minor, of, to_day(as_of))


def _money_weighted(values: Sequence[float | None], weights: Sequence[int]) -> float | None:
    """The mean, weighted by money; None as soon as one value is missing, for a part would pass for the whole."""
    known = [value for value in values if value is not None]
    return None if len(known) < len(values) else math.fsum(map(mul, known, weights)) / sum(weights)


def _day_of_most_money(weighted: Sequence[tuple[Score, int]]) -> date | None:
    if len(weighted) == 1:
        return weighted[0][0].late_risk_on
    by_day: dict[date, int] = defaultdict(int)
    for score, weight in weighted:
        if score.late_risk_on is not None:
            by_day[score.late_risk_on] += weight
    return min(by_day, key=lambda day: (-by_day[day], day), default=None)


def _half_of_the_money_by(weighted: Sequence[tuple[Score, int]]) -> date | None:
    if len(weighted) == 1:
        return weighted[0][0].expected_on
    half, so_far = sum(weight for _, weight in weighted) / 2, 0
    in_sight = [(score.expected_on, weight) for score, weight in weighted if score.expected_on is not None]
    for day, weight in sorted(in_sight):
        so_far += weight
        if so_far >= half:
            return day
    return None
