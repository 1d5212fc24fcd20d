"""Rank explanations: why an account is number n on the list, what stands above it, and what would take it off.

Everything said here is arithmetic on the list as it stands: the factors multiply to the rank value, and an order that
does not know what a call changes says so.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ledger.money import EXPONENT, money_text
from ledger.words import count_text, percent
from serving.listing.choosing import callee_of
from serving.listing.queue import PlacedAccount, Queue, QueueRules
from serving.strategy.rules import VALUE
from serving.value.priority import Factor
from serving.why.decomposition import Decomposition, FactorRatio, log_of, outranked_share
from serving.why.way_out import MOVED_BY, WayOut, way_out
from serving.wording import money_json

Json = dict[str, Any]
LABELS = {
    "callable_money": "to call about",
    "late_risk_of_it": "late risk",
    "days_sooner": "days sooner than by waiting a week",
    "not_a_payment_run": "not bound to a payment run",
    "reach": "chance to reach somebody",
    "freshness": "of its effect left after earlier calls",
    "on_the_list_before": "for having been on the list",
    "minutes": "minutes a call",
    "oldest_days_past_due": "days past due, the oldest",
}
"""Factors in words; of others the name is told."""


@dataclass(frozen=True)
class RankedFactor:
    """One factor with what it adds to the logarithm of the value (None where it is 0), and the share of the other
    accounts that could be called which it alone would rank lower (None without others)."""

    factor: Factor
    log: float | None
    outranks: float | None


@dataclass(frozen=True)
class Ahead:
    """The account one place higher and how its factors compare; `times`: its value over this one's, None from 0."""

    placed: PlacedAccount
    times: float | None
    ratios: tuple[FactorRatio, ...]
    text: str


@dataclass(frozen=True)
class RankExplanation:
    """Why an account is number `rank` of the `callable_count` accounts that could be called.

    Attributes:
        admitted_by: the rule that put it on the list; `because` says why, as a sentence.
        decomposition: of its rank value; None where it has none.
        ahead: None at the top of the list and where values are not known.
        assumed: what of it is assumed and not measured, as a sentence; '' for nothing.
        sentence: all of it in one line, with what the order does not count and what it assumes.
    """

    rank: int
    callable_count: int
    admitted_by: str
    because: str
    decomposition: Decomposition | None
    factors: tuple[RankedFactor, ...]
    ahead: Ahead | None
    way_out: WayOut
    not_counted: tuple[str, ...]
    assumed: str
    sentence: str


def rank_explanations(queue: Queue, rules: QueueRules) -> tuple[RankExplanation, ...]:
    """One explanation per line of the list, in its order. Raises `FactorsDoNotMultiply`."""
    in_order = queue.in_order()
    made = [_decomposed(placed) for placed in in_order]
    below = _first_below(in_order[len(queue.lines) :], rules)
    columns = _columns(made)
    found = []
    for at, line in enumerate(queue.lines):
        own, above = made[at], made[at - 1] if at else None
        found.append(
            RankExplanation(
                rank=line.rank,
                callable_count=len(in_order),
                admitted_by=line.placed.rule,
                because=line.placed.reason,
                decomposition=own,
                factors=tuple(_ranked(factor, columns[factor.name]) for factor in own.factors) if own else (),
                ahead=_ahead(in_order[at - 1], above, own, rules.currency) if own and above else None,
                way_out=way_out(line.placed, below.get(line.placed.collector), rules),
                not_counted=queue.not_counted,
                assumed=queue.assumed,
                sentence=_sentence(line.placed, line.rank, len(in_order), queue, rules.currency),
            )
        )
    return tuple(found)


def _first_below(waiting: Sequence[PlacedAccount], rules: QueueRules) -> dict[str, PlacedAccount]:
    """By collector the first below the cut whom that one may call."""
    found: dict[str, PlacedAccount] = {}
    for one in waiting:
        for collector in rules.team.fits(callee_of(one.considered)):
            found.setdefault(collector, one)
        if len(found) == len(rules.team.collectors):
            break
    return found


def factor_text(factor: Factor, currency: str) -> str:
    """A factor as it is said.

    >>> factor_text(Factor("callable_money", 41200.0, "money"), "EUR")
    '41,200.00 EUR to call about'
    """
    return f"{_value_text(factor, currency)} {LABELS.get(factor.name, factor.name.replace('_', ' '))}"


def rank_json(why: RankExplanation) -> Json:
    """The explanation as the API says it (`RankExplanationOut`)."""
    ahead, out = why.ahead, why.way_out
    return {
        "sentence": why.sentence,
        "callable_accounts": why.callable_count,
        "admitted_by": why.admitted_by,
        "because": why.because,
        "log_value": why.decomposition.log_value if why.decomposition else None,
        "factors": [{"name": one.factor.name, "log": one.log, "outranks": one.outranks} for one in why.factors],
        "not_counted": list(why.not_counted),
        "assumed": why.assumed,
        "ahead": None
        if ahead is None
        else {
            "customer_id": ahead.placed.account.customer_id,
            "times": ahead.times,
            "factors": [{"name": one.name, "value": one.other, "times": one.times} for one in ahead.ratios],
            "text": ahead.text,
        },
        "way_out": {
            "paid": None if out.paid is None else money_json(out.paid.minor, out.paid.currency),
            "standing": out.cause,
            "about": out.about,
            "moved_by": list(MOVED_BY),
            "text": out.text,
        },
    }


def _decomposed(placed: PlacedAccount) -> Decomposition | None:
    return None if placed.rank_value is None else Decomposition.of(placed.rank_value, placed.factors)


def _columns(made: Sequence[Decomposition | None]) -> dict[str, list[float]]:
    """The values of each factor over all accounts, ascending."""
    columns: dict[str, list[float]] = defaultdict(list)
    for decomposition in made:
        for factor in decomposition.factors if decomposition else ():
            columns[factor.name].append(factor.value)
    return {name: sorted(values) for name, values in columns.items()}


def _ranked(factor: Factor, everybodys: Sequence[float]) -> RankedFactor:
    return RankedFactor(factor, log_of(factor), outranked_share(factor, everybodys))


def _ahead(placed: PlacedAccount, above: Decomposition, own: Decomposition, currency: str) -> Ahead:
    ratios = own.against(above)
    times = above.value / own.value if own.value > 0 else None
    return Ahead(placed, times, ratios, _ahead_text(placed, above, own, currency))


def _ahead_text(placed: PlacedAccount, above: Decomposition, own: Decomposition, currency: str) -> str:
    """What the account above has more of, the factor that matters most first; equal ones are left out."""
    name = f"#{placed.place} {_name(placed)}"
    if above.value < own.value:
        return f"{name} comes first by a rule. {placed.reason}"
    if above.value == own.value:
        return f"{name} ranks by the same value, and its oldest overdue invoice is at least as old."
    mine = {factor.name: factor for factor in own.factors}
    ratios = [ratio for ratio in own.against(above) if ratio.times != 1.0]
    ratios.sort(key=lambda ratio: (ratio.times is not None, -(ratio.times or 0.0)))
    theirs = {factor.name: factor for factor in above.factors}
    told = [
        f"{factor_text(theirs[ratio.name], currency)} against {_value_text(mine[ratio.name], currency)}"
        for ratio in ratios
    ]
    return f"{name} has {', '.join(told)}."


def _sentence(placed: PlacedAccount, rank: int, count: int, queue: Queue, currency: str) -> str:
    head = f"#{rank} {_name(placed)}: "
    if placed.rank_value is None:
        return f"{head}no exchange rate to {currency} is known, so it stands after all others, the older first."
    told = [factor for factor in placed.factors if not _changes_nothing(factor)]
    by = " × ".join(factor_text(factor, currency) for factor in told if factor.role == "times")
    per = "".join(f" / {factor_text(factor, currency)}" for factor in told if factor.role == "per")
    ties = "".join(
        f" (between equals: {factor_text(factor, currency)})" for factor in placed.factors if factor.role == "tie_break"
    )
    others = count - 1
    among = "the only account to call" if not others else f"before {_of_others(count - rank, others)}"
    rule = "" if placed.rule in ("", VALUE) else f" On the list by a rule: {placed.reason}"
    return f"{head}{by}{per}{ties}, {among}.{rule}{_not_counted(queue.not_counted)} {queue.assumed}".rstrip()


def _changes_nothing(factor: Factor) -> bool:
    return factor.value == 1.0 and factor.unit in ("share", "times")


def _of_others(behind: int, others: int) -> str:
    """How many of the other accounts come later."""
    if behind == others:
        return "the other account" if others == 1 else f"all {others:,} others"
    return f"{behind:,} of {count_text(others, 'other')}"


def _not_counted(what: Sequence[str]) -> str:
    if not what:
        return ""
    listed = what[0] if len(what) == 1 else f"{', '.join(what[:-1])} and {what[-1]}"
    return f" Not measured yet, so not counted: {listed}."


def _name(placed: PlacedAccount) -> str:
    return placed.account.facts.customer_name or placed.account.customer_id


def _value_text(factor: Factor, currency: str) -> str:
    if factor.unit == "money":
        return money_text(round(factor.value * 10 ** EXPONENT[currency]), currency)
    if factor.unit == "share":
        return percent(factor.value)
    if factor.unit == "times":
        return f"{factor.value:.2f} times"
    if factor.unit == "days" and factor.role == "times":
        return f"{factor.value:,.1f}"
    return f"{factor.value:,.4g} {factor.unit}" if factor.name not in LABELS else f"{factor.value:,.4g}"
