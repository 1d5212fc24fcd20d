"""Accounts: the scored items of one customer, added up the way a collector reads them.

Sums are over *money still to come*, in the reporting currency at the rate of the day. What a call is about are the
items past due (of an account without any, all items): risk, expected day and reasons are money-weighted over these, so
`overdue × late risk = expected late` holds on every line of the list. Unused credits stand beside the sums and are
never netted silently; of what somebody is called about they take their part off. Money without an exchange rate is
listed by its currency and added to nothing.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from operator import mul
from typing import NamedTuple

from features.spec import AGE
from features.wording import naming
from ledger.days import to_day
from ledger.money import EXPONENT, Rates
from models.fact import age_fact, amount_fact, fact_of
from models.score import Reason, Score
from serving.accounts.dealings import NO_DEALINGS, Dealings
from serving.accounts.history import NO_HISTORY, History
from serving.accounts.set_off import set_off
from serving.value.item_call import NO_CALL, NOT_COVERED, ItemCall, ItemCalls
from serving.value.priority import ANYBODY, AccountToRank, Answers, Gain, ItemToRank


class Money(NamedTuple):
    """An amount in minor units of its currency."""

    minor: int
    currency: str


class OtherMoney(NamedTuple):
    """Open money of an account in a currency that has no rate to the account's figures: not in any sum."""

    currency: str
    open_minor: int
    overdue_minor: int


class CustomerFacts(NamedTuple):
    """What the ledger says of a customer beside the scored items.

    Attributes:
        credits: unused credits by document currency, positive amounts.
        paid_days_late: days late of the invoices settled last, oldest first, at most 12.
        history: what the customer did lately.
        dealings: what stands between us, as the rules of a strategy ask for it.
        answers: how the customer is taken to answer a call.
        was_listed: whether it stood on the list published before.
    """

    customer_name: str | None = None
    country: str | None = None
    credits: tuple[Money, ...] = ()
    paid_days_late: tuple[int, ...] = ()
    history: History = NO_HISTORY
    dealings: Dealings = NO_DEALINGS
    answers: Answers = ANYBODY
    was_listed: bool = False


NO_FACTS = CustomerFacts()


class AccountItem(NamedTuple):
    """One scored item.

    Attributes:
        minor: its open money in the account's currency, None where no rate leads there.
        gain: what a call about it brings forward; None where nothing was predicted.
        disputed_minor, promised_minor: of `minor`, what is covered; credited_minor: of the rest, what unused credits
            are set off on. Together at most all of it.
    """

    score: Score
    minor: int | None
    gain: Gain | None = None
    disputed_minor: int = 0
    promised_minor: int = 0
    credited_minor: int = 0

    @property
    def callable_minor(self) -> int:
        """Overdue money that a call is about, in the account's currency."""
        if self.minor is None or self.score.dpd <= 0:
            return 0
        return self.minor - self.covered_minor

    @property
    def covered_minor(self) -> int:
        """What nobody is called about, in the account's currency."""
        return self.disputed_minor + self.promised_minor + self.credited_minor


class Account(NamedTuple):
    """A customer with all its open items on one evening.

    Attributes:
        currency: of all figures below: the reporting currency, or for an account without any item that has a rate to
            it (`comparable` False) the currency of most of its items.
        open_minor, overdue_minor: money still to come, and the part of it with dpd > 0.
        expected_late_minor: sum of money × late risk over the items a call is about; None in mode `rule`.
        credit_minor: unused credits that can be told in `currency`; not netted.
        late_risk, p_late, base: money-weighted over the items a call is about; None in mode `rule`.
        late_risk_on: the day `late_risk` speaks of for most of the money (the earlier at a tie).
        expected_on: the day by which half of the money a call is about is expected, each item on its own median
            day; None when half is not in sight.
        reasons: money-weighted points by concept: base + sum of points = late_risk; each told by the item that moves it
            most. In mode `rule` the rule's facts.
        oldest_dpd: days past due of the oldest overdue item in any currency; 0 when none is.
        thin_history: too little history behind every one of the items.
        item_ids: of the items, sorted.
        disputed_minor: of the overdue money, what is disputed; promised_minor: of the rest, what is promised and not
            broken; callable_minor: what is neither, less the unused credits.
        over_90_minor: what is more than 90 days past due.
        items: oldest due day first; none of a `bare` account.
    """

    customer_id: str
    as_of: date
    currency: str
    comparable: bool
    facts: CustomerFacts
    open_minor: int
    overdue_minor: int
    expected_late_minor: int | None
    credit_minor: int
    late_risk: float | None
    late_risk_on: date | None
    p_late: float | None
    expected_on: date | None
    base: float | None
    reasons: tuple[Reason, ...]
    oldest_dpd: int
    overdue_count: int
    thin_history: bool
    item_ids: tuple[str, ...]
    disputed_minor: int
    promised_minor: int
    callable_minor: int
    over_90_minor: int
    items: tuple[AccountItem, ...]
    other_money: tuple[OtherMoney, ...] = ()

    @property
    def credited_minor(self) -> int:
        """Of the overdue money that is neither promised nor disputed, what unused credits are set off on."""
        return self.overdue_minor - self.disputed_minor - self.promised_minor - self.callable_minor

    @property
    def called_about_minor(self) -> int:
        """The money that a call is about: past due, or of an account with none past due all that is open."""
        return self.overdue_minor or self.open_minor

    def money_of(self, share: float) -> float:
        """What a share of `late_risk` (the base, a reason's points) is in minor units of expected late money.

        Sums need no independence of the items: base and points of an account, each as money, add up to what is
        expected late.
        """
        return share * self.called_about_minor

    def bare(self) -> "Account":
        """The account without what only its own body tells: its items, their reasons, and all facts but its name."""
        return self._replace(reasons=(), items=(), facts=CustomerFacts(self.facts.customer_name))

    def to_rank(self) -> AccountToRank:
        """The account as a priority sees it: the items whose money is in the figures."""
        unit, units = 10.0 ** -EXPONENT[self.currency], 10 ** EXPONENT[self.currency]
        return AccountToRank(
            self.customer_id,
            tuple(
                ItemToRank(
                    item.minor / units,  # of whole numbers: the nearest double of the exact amount
                    item.score.dpd,
                    item.score.late_risk,
                    covered=item.covered_minor * unit,
                    gain=item.gain,
                )
                for item in self.items
                if item.minor is not None
            ),
            self.facts.answers,
            self.facts.was_listed,
        )


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
    items = tuple(
        _account_item(score, calls.get(score.item_id, NO_CALL), currency, rates)
        for score in sorted(scores, key=lambda score: (score.due_on, score.item_id))
    )
    if facts.credits:
        items = _less_credits(items, {one.currency: _in_currency(one, currency, rates, as_of) for one in facts.credits})
    counted = [(item.score, item.minor) for item in items if item.minor is not None]
    weighted = _called_about(counted)
    weights = [weight for _, weight in weighted]
    late_risk = _money_weighted([score.late_risk for score, _ in weighted], weights)
    open_minor = sum(minor for _, minor in counted)
    overdue_minor = sum(minor for score, minor in counted if score.dpd > 0)
    overdue = [item for item in items if item.score.dpd > 0]
    oldest_dpd = max(0, *(score.dpd for score in scores))
    return Account(
        customer_id=scores[0].customer_id,
        as_of=as_of,
        currency=currency,
        comparable=comparable,
        facts=facts,
        open_minor=open_minor,
        overdue_minor=overdue_minor,
        expected_late_minor=None if late_risk is None else round((overdue_minor or open_minor) * late_risk),
        credit_minor=sum(_in_currency(credit, currency, rates, as_of) or 0 for credit in facts.credits),
        late_risk=late_risk,
        late_risk_on=_day_of_most_money(weighted),
        p_late=_money_weighted([score.p_late for score, _ in weighted], weights),
        expected_on=_half_of_the_money_by(weighted),
        base=_money_weighted([score.base for score, _ in weighted], weights),
        reasons=(
            _with_age_of_account(reasons_of(weighted), weighted)
            if late_risk is not None
            else rule_reasons(items, currency)
        ),
        oldest_dpd=oldest_dpd,
        overdue_count=len(overdue),
        thin_history=all(score.thin_history for score in scores),
        item_ids=tuple(sorted(score.item_id for score in scores)),
        disputed_minor=sum(item.disputed_minor for item in overdue),
        promised_minor=sum(item.promised_minor for item in overdue),
        callable_minor=sum(item.callable_minor for item in overdue),
        over_90_minor=sum(item.minor or 0 for item in overdue if item.score.dpd > 90),
        items=items,
        other_money=_other_money(items),
    )


def _account_item(score: Score, call: ItemCall, currency: str, rates: Rates) -> AccountItem:
    def told(minor: int) -> int | None:
        return _in_currency(Money(minor, score.currency), currency, rates, score.as_of) if minor else 0

    minor = _in_currency(Money(score.open_minor, score.currency), currency, rates, score.as_of)
    if minor is None:
        return AccountItem(score, None)
    if call.covered == NOT_COVERED:
        return AccountItem(score, minor, call.gain)
    disputed = min(minor, told(call.covered.disputed_minor) or 0)
    promised = min(minor - disputed, told(call.covered.promised_minor) or 0)  # each is rounded by itself
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


def reasons_of(weighted: Sequence[tuple[Score, int]]) -> tuple[Reason, ...]:
    """The reasons of an account, largest first: per concept the money-weighted points of its items' reasons.

    Each is told by the item that carries most of it: the fact that moves the most money the way the sum goes. Among
    several items the one that a fact is about is named. Of one item they are its own.
    """
    if len(weighted) == 1:
        score, _ = weighted[0]
        reasons = [reason if reason.item_id else reason._replace(item_id=score.item_id) for reason in score.reasons]
    else:
        reasons = _reasons_of_several(weighted)
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
        reasons.append(teller._replace(text=naming(teller.text, item_id), points=moved / total, item_id=item_id))
    return reasons


def _with_age_of_account(reasons: tuple[Reason, ...], weighted: Sequence[tuple[Score, int]]) -> tuple[Reason, ...]:
    """The reasons with `age` told of all the overdue money, since one item's age is not the account's."""
    overdue = [(score.dpd, weight) for score, weight in weighted if score.dpd > 0]
    if not overdue:
        return reasons
    oldest = max(dpd for dpd, _ in overdue)
    if len({dpd for dpd, _ in overdue}) == 1:
        told = age_fact(oldest)
    else:
        mean = sum(dpd * weight for dpd, weight in overdue) / sum(weight for _, weight in overdue)
        told = fact_of("age_of_overdue", mean, oldest=float(oldest))
    return tuple(
        told._replace(typical=reason.typical).reason(AGE.key, reason.points, reason.item_id)
        if reason.concept == AGE.key
        else reason
        for reason in reasons
    )


def rule_reasons(items: Sequence[AccountItem], currency: str) -> tuple[Reason, ...]:
    """The facts that an order without a model goes by; nothing was predicted, so they carry no points.

    Money in `currency` first; what has no rate to it is told by its own currency, after the age.
    """
    overdue = [item for item in items if item.score.dpd > 0]
    if not overdue:
        return (fact_of("nothing_overdue").reason(AGE.key, None),)
    counted = [item.minor for item in overdue if item.minor is not None]
    amounts = [(sum(counted), currency, len(counted))] if counted else []
    for other in _other_money(overdue):
        amounts.append((other.overdue_minor, other.currency, _count_in(overdue, other.currency)))
    first, *others = (
        amount_fact("overdue_amount_invoices", minor, of, count=float(count)).reason("exposure", None)
        for minor, of, count in amounts
    )
    oldest = max(overdue, key=lambda item: (item.score.dpd, item.score.item_id))
    age = fact_of("oldest_overdue" if len(overdue) > 1 else "age", float(oldest.score.dpd))
    return first, age.reason(AGE.key, None, oldest.score.item_id), *others


def _count_in(items: Sequence[AccountItem], currency: str) -> int:
    return sum(item.minor is None and item.score.currency == currency for item in items)


def _currency_of(scores: Sequence[Score], rates: Rates) -> tuple[str, bool]:
    """The currency of an account's figures, and whether it is the reporting currency."""
    if any(rates.knows(score.currency, to_day(score.as_of)) for score in scores):
        return rates.base, True
    counts = Counter(score.currency for score in scores)
    return min(counts, key=lambda currency: (-counts[currency], currency)), False


def _in_currency(money: Money, currency: str, rates: Rates, as_of: date) -> int | None:
    if money.currency == currency:
        return money.minor
    if currency != rates.base or not rates.knows(money.currency, to_day(as_of)):
        return None
    return rates.convert(money.minor, money.currency, to_day(as_of))


def _money_weighted(values: Sequence[float | None], weights: Sequence[int]) -> float | None:
    """The mean, weighted by money; None as soon as one value is missing, for a part would pass for the whole."""
    known = [value for value in values if value is not None]
    return None if len(known) < len(values) else math.fsum(map(mul, known, weights)) / sum(weights)


def _day_of_most_money(weighted: Sequence[tuple[Score, int]]) -> date | None:
    by_day: dict[date, int] = defaultdict(int)
    for score, weight in weighted:
        if score.late_risk_on is not None:
            by_day[score.late_risk_on] += weight
    return min(by_day, key=lambda day: (-by_day[day], day), default=None)


def _half_of_the_money_by(weighted: Sequence[tuple[Score, int]]) -> date | None:
    half, so_far = sum(weight for _, weight in weighted) / 2, 0
    in_sight = [(score.expected_on, weight) for score, weight in weighted if score.expected_on is not None]
    for day, weight in sorted(in_sight):
        so_far += weight
        if so_far >= half:
            return day
    return None


def _other_money(items: Sequence[AccountItem]) -> tuple[OtherMoney, ...]:
    sums: dict[str, tuple[int, int]] = {}
    for item in items:
        if item.minor is None:
            opened, overdue = sums.get(item.score.currency, (0, 0))
            money = item.score.open_minor
            sums[item.score.currency] = (opened + money, overdue + (money if item.score.dpd > 0 else 0))
    return tuple(OtherMoney(currency, *sums[currency]) for currency in sorted(sums))
