"""The queue: which accounts are worked first, cut to what a team can do in a day.

Every account with open items has exactly one standing. The strategy says who is no matter for a call: held, routed to
somebody else, or nothing overdue. Every other account has a place, on the list or below the cut (`choosing.py`).
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from features.reason_catalogue import placeholders
from ledger.days import to_date, to_day
from ledger.money import EXPONENT, Rates, money_text, to_minor
from ledger.words import count_text
from serving.accounts.account import Account
from serving.listing.choosing import Admitted, Chance, Day, choose
from serving.listing.considering import considered
from serving.listing.standing import Standing
from serving.strategy.codes import Segment, Step
from serving.strategy.considered import Considered
from serving.strategy.floor import FLOOR, WRITTEN, days_alone, written_because
from serving.strategy.pre_due import PreDueStep, pre_due_steps
from serving.strategy.reading import shipped
from serving.strategy.rules import VALUE, Ruling, rule_on
from serving.strategy.steps import PRE_DUE, NextAction, next_action, planned_step
from serving.strategy.strategy import NO_FLOOR, NOT_SAID, Strategy, Worth
from serving.team.assignment import Assignment
from serving.team.team import Team
from serving.value.priority import BroughtForward, Factor, Priority, value_of
from serving.value.rule_order import SENTENCES, RuleOrder, order_for, rule_for


@dataclass(frozen=True)
class QueueRules:
    """How a list is made.

    Attributes:
        currency: the reporting currency; rates: to it.
        grace_days: days after the due day within which a payment counts as on time, for the segments.
        strategy: the rules; team: who calls, and for how long.
        usual_minutes: that a call takes where nobody knows better.
        works_on: the day on which the list is worked.
        salt: the secret of the draws.
        typical_days: that a call about a unit of money brings it sooner on average, for who is left to the rule order.
    """

    currency: str
    rates: Rates
    team: Team
    works_on: date
    strategy: Strategy = field(default_factory=shipped)
    grace_days: int = 5
    usual_minutes: float = 1.0
    salt: str = ""
    typical_days: float = 1.0

    @property
    def minimum_balance(self) -> Decimal:
        """Open money below which an account gets an e-mail instead of a call, in reporting currency units."""
        return Decimal(str(self.strategy.route.minimum_balance))

    @property
    def minutes(self) -> float:
        """Of calling that the team has on the day."""
        return sum(self.team.minutes_on(self.works_on).values())

    @property
    def capacity(self) -> int:
        """How many calls of the usual length the team has time for."""
        return int(self.minutes / self.usual_minutes + 1e-9)


class PlacedAccount(NamedTuple):
    """An account with its place on the evening: where it stands and by which rule, why it ranks there, what to do next.

    Attributes:
        considered: what the rules saw.
        rule, reason: which rule admitted, routed, held or writes to it (`serving.strategy`), and why, as a sentence.
        until: the day from which that rule no longer speaks; None where that is not known.
        place: among all that could be called, from 1, on the list or below the cut; None of one that needs no call.
        rank_value, factors: what it is placed by; None and empty where no exchange rate is known, or no call needed.
        expects: what a call is expected to bring forward; None where nobody knows, or no call is needed.
        collector: who calls, as the team names them; '' for nobody.
        chance: to be listed, before anything was drawn; None of one that needs no call.
        left_to_rule: the rule that places it by money and age instead of by its score; '' where none does.
    """

    account: Account
    considered: Considered
    standing: Standing
    segment: Segment
    next_action: NextAction
    rule: str = ""
    reason: str = ""
    until: date | None = None
    place: int | None = None
    rank_value: float | None = None
    factors: tuple[Factor, ...] = ()
    expects: BroughtForward | None = None
    collector: str = ""
    chance: Chance | None = None
    left_to_rule: str = ""


class QueueLine(NamedTuple):
    """One account on the list; ranks count from 1."""

    rank: int
    placed: PlacedAccount


@dataclass(frozen=True)
class Queue:
    """One evening's list, and every other account with its standing.

    Attributes:
        lines: the list, ranked from 1 without gaps.
        others: the accounts that are not on it, by `customer_id`.
        order: the priority's key; `order_sentence` says it in words.
        notices: what a reader of this list has to know, in sentences.
        not_counted: what a call depends on and the order does not know, in words.
        assumed: what the order assumes and nobody measured, as a sentence; '' for nothing.
        unit: what the value of a whole call is in, in words; '' where values cannot be added up.
        assignment: who calls whom, and what more time would bring; None of a list that nobody made.
    """

    lines: tuple[QueueLine, ...]
    others: tuple[PlacedAccount, ...]
    order: str
    order_sentence: str
    notices: tuple[str, ...]
    not_counted: tuple[str, ...] = ()
    assumed: str = ""
    unit: str = ""
    assignment: Assignment | None = None

    def everybody(self) -> tuple[PlacedAccount, ...]:
        """Every account with open items, on the list or not."""
        return (*(line.placed for line in self.lines), *self.others)

    def in_order(self) -> tuple[PlacedAccount, ...]:
        """Every account that could be called, on the list and below the cut, in the order of calling."""
        below = [placed for placed in self.others if placed.place is not None]
        return (*(line.placed for line in self.lines), *sorted(below, key=lambda placed: placed.place or 0))

    def count(self, standing: Standing) -> int:
        """Accounts with this standing."""
        return len(self.lines) if standing == "listed" else sum(placed.standing == standing for placed in self.others)


def build_queue(accounts: Sequence[Account], priority: Priority, rules: QueueRules) -> Queue:
    """Place every account: what the rules say of it, then the callable ones by value within the team's time.

    Accounts whose money has no rate to the reporting currency cannot be compared by money: they stand after all
    others, older first, and a notice says so.
    """
    return queue_in_places([ranked_alone(account, priority, rules) for account in accounts], priority, rules)


def queue_in_places(alone: Sequence[PlacedAccount], priority: Priority, rules: QueueRules) -> Queue:
    """The queue of accounts that are ranked already, each by `ranked_alone`."""
    by_id = {one.account.customer_id: one for one in alone}
    callable_ = [one for one in alone if one.standing == "listed"]
    as_of = alone[0].account.as_of if alone else date.min
    overdue = sum(one.considered.overdue for one in alone if one.account.comparable)
    day = Day(as_of, rules.works_on, overdue, rules.salt)
    chosen = choose([one.considered for one in callable_], rules.strategy, rules.team, day)
    lines = tuple(
        QueueLine(rank, _listed(by_id[admitted.customer_id], admitted, rank, chosen.chances[admitted.customer_id]))
        for rank, admitted in enumerate(chosen.listed, start=1)
    )
    below = [
        by_id[customer]._replace(standing="below_the_cut", place=place, chance=chosen.chances[customer])
        for place, customer in enumerate(chosen.below, start=len(lines) + 1)
    ]
    if rules.strategy.floor != NO_FLOOR:
        below = [_not_alone(one, rules) for one in below]
    written = _written_to(alone, rules)
    others = [written.get(one.account.customer_id, one) for one in alone if one.standing != "listed"] + below
    notices = _notices(others, [one.account for one in alone], rules)
    if left := sum(bool(one.left_to_rule) for one in callable_):
        stand = count_text(left, "account stands", "accounts stand")
        notices = (*notices, f"{stand} by overdue money and age: the strategy leaves their class of debtor to that.")
    if callable_ and rules.strategy.exploration.on and not any(0.0 < one.pi < 1.0 for one in chosen.chances.values()):
        notices = (*notices, "Exploration is on, but nothing was left to chance: its share has no time for a call.")
    return Queue(
        lines=lines,
        others=tuple(sorted(others, key=lambda one: one.account.customer_id)),
        order=priority.name,
        order_sentence=priority.sentence,
        notices=notices,
        not_counted=priority.not_counted,
        assumed=priority.assumed,
        unit=priority.unit,
        assignment=chosen.assignment,
    )


def _written_to(alone: Sequence[PlacedAccount], rules: QueueRules) -> dict[str, PlacedAccount]:
    """The accounts that the strategy writes to before anything is due, each with that as its next step."""
    if not alone:
        return {}
    as_of = alone[0].account.as_of
    steps = pre_due_steps(
        [one.considered for one in alone], rules.strategy,
        as_of=to_day(as_of), works_on=to_day(rules.works_on),
    )  # fmt: skip
    by_id = {one.account.customer_id: one for one in alone}
    return {
        customer: by_id[customer]._replace(
            rule=PRE_DUE, next_action=_pre_due_action(by_id[customer], step, rules.strategy)
        )
        for customer, step in steps.items()
    }


def _pre_due_action(one: PlacedAccount, step: PreDueStep, strategy: Strategy) -> NextAction:
    currency = one.account.currency
    money = money_text(round(sum(item.money for item in step.items) * 10 ** EXPONENT[currency]), currency)
    days, label = step.items[-1].in_days, strategy.steps[step.step].label
    when = f"within {count_text(days, 'day')}" if days else "today"
    text = f"{label} before the due day: {money} falls due {when}. Ask whether it arrived and what blocks it."
    return NextAction(step.step, text, label)


def _not_alone(one: PlacedAccount, rules: QueueRules) -> PlacedAccount:
    """An account below the cut, with an e-mail as its next step where the strategy does not leave it alone."""
    days = days_alone(one.considered, rules.strategy, works_on=to_day(rules.works_on))
    if days is None:
        return one
    action = _in_words(WRITTEN, one.account, _asked_text, rules.strategy)
    written = one._replace(rule=FLOOR, reason=written_because(days), next_action=action)
    return _by_rule_order(written, one.left_to_rule) if one.left_to_rule else written


def callable_again(placed: PlacedAccount) -> PlacedAccount:
    """An account that could be called, to be chosen again by `queue_in_places`; rule and step stay as they were."""
    return placed._replace(standing="listed", place=None, collector="", chance=None)


def ranked_alone(account: Account, priority: Priority, rules: QueueRules) -> PlacedAccount:
    """An account with its ruling and what it is ranked by, whatever the others; `listed` means callable here."""
    usual = rules.team.handling.usual
    order, to_rank = order_for(account, priority, rules.strategy, rules.typical_days, usual), account.to_rank()
    left_to_rule = "" if order is priority else rule_for(account, rules.strategy)
    works_on = to_day(rules.works_on)
    factors = order.factors(to_rank) if account.comparable else ()
    value = value_of(factors) if account.comparable else None
    seen = considered(account, value, rules.strategy, rules.rates, rules.grace_days, works_on)
    if isinstance(order, RuleOrder):
        seen = seen._replace(minutes=order.minutes)
    as_of = to_day(account.as_of)
    ruling = rule_on(seen, rules.strategy, as_of=as_of, works_on=works_on)
    ranked = ruling.standing == "callable" and account.comparable
    placed = PlacedAccount(
        account, seen, _standing(ruling), seen.segment, _next_action(account, seen, ruling, rules.strategy),
        ruling.rule, ruling.reason, None if ruling.until is None else to_date(ruling.until),
        rank_value=seen.value if ranked else None,
        factors=factors if ranked else (),
        expects=_priced(order.brings_forward(to_rank), rules.strategy.worth) if ranked else None,
    )  # fmt: skip
    return _by_rule_order(placed, left_to_rule) if ranked and left_to_rule else placed


def _by_rule_order(one: PlacedAccount, rule: str) -> PlacedAccount:
    """An account whose place no score decides, which says so: as its rule where no other speaks, and in its reason."""
    reason = f"{one.reason} {SENTENCES[rule]}"
    return one._replace(rule=rule if one.rule == VALUE else one.rule, reason=reason, left_to_rule=rule)


def _priced(expects: BroughtForward | None, worth: Worth) -> BroughtForward | None:
    if expects is None or worth == NOT_SAID:
        return expects
    return expects.priced(worth.cost_of_money, worth.cost_of_contact)


def _standing(ruling: Ruling) -> Standing:
    return "listed" if ruling.standing == "callable" else ruling.standing


def _listed(one: PlacedAccount, admitted: Admitted, rank: int, chance: Chance) -> PlacedAccount:
    listed = one._replace(
        place=rank, rule=admitted.rule, reason=admitted.reason, collector=admitted.collector, chance=chance
    )
    return _by_rule_order(listed, one.left_to_rule) if one.left_to_rule else listed


def _next_action(account: Account, seen: Considered, ruling: Ruling, strategy: Strategy) -> NextAction:
    step, callable_ = _step(account, seen, ruling, strategy), ruling.standing == "callable"
    if ruling.standing == "held":
        return NextAction(step, ruling.reason, strategy.steps[step].label)
    return _in_words(step, account, _asked_text if callable_ else _overdue_text, strategy)


def _in_words(step: Step, account: Account, overdue: Callable[[Account], str], strategy: Strategy) -> NextAction:
    """The step in the strategy's words; what its sentence does not name is not put in words."""
    texts = {"overdue": overdue, "oldest": _oldest_text, "credits": _credits_text}
    told = {name: texts[name](account) for name in placeholders(strategy.steps[step].sentence)}
    return next_action(step, **told, strategy=strategy)


def _oldest_text(account: Account) -> str:
    return f"{count_text(account.oldest_dpd, 'day')} past due"


def _credits_text(account: Account) -> str:
    return money_text(account.credit_minor, account.currency)


_ROUTED: dict[str, Step] = {
    "routed_to_cash_application": "cash_application",
    "routed_to_email": "email",
    "routed_to_dispute_owner": "dispute_owner",
    "held": "wait",
}


def _step(account: Account, seen: Considered, ruling: Ruling, strategy: Strategy) -> Step:
    """What a route asks for; of an account that could be called what the plan of its segment and stage does."""
    return _ROUTED.get(ruling.standing) or planned_step(seen.segment, account.oldest_dpd, strategy)


def _asked_text(account: Account) -> str:
    """The money that a call asks for: what is promised, disputed or covered by credits is named beside it."""
    covered = account.overdue_minor - account.callable_minor
    others = [money_text(other.overdue_minor, other.currency) for other in account.other_money if other.overdue_minor]
    mine = [money_text(account.callable_minor, account.currency)] if account.callable_minor else []
    if not covered or not (mine or others):  # a strategy without the routes calls about what is covered
        return _overdue_text(account)
    beside = money_text(covered, account.currency)
    how = "promised, disputed or covered by credits" if account.credited_minor else "promised or disputed"
    return f"{' and '.join(mine + others)} (beside {beside} {how})"


def _overdue_text(account: Account) -> str:
    """The overdue money of an account as it is asked for on the telephone.

    What is all in one other currency is told as it stands on the invoices, then in the account's currency.
    """
    if not account.overdue_minor and account.other_money:
        return " and ".join(money_text(other.overdue_minor, other.currency) for other in account.other_money)
    told = money_text(account.overdue_minor, account.currency)
    overdue = [item.score for item in account.items if item.score.dpd > 0]
    currencies = {score.currency for score in overdue}
    if len(currencies) != 1 or account.currency in currencies:
        return told
    return f"{money_text(sum(score.open_minor for score in overdue), currencies.pop())} ({told})"


def _notices(others: Sequence[PlacedAccount], accounts: Sequence[Account], rules: QueueRules) -> tuple[str, ...]:
    standings: Counter[Standing] = Counter(one.standing for one in others)
    found = []
    if without_rate := [account for account in accounts if not account.comparable]:
        theirs = {account.currency for account in without_rate}
        theirs |= {other.currency for account in without_rate for other in account.other_money}
        currencies = ", ".join(sorted(theirs))
        found.append(
            f"{count_text(len(without_rate), 'account')} in {currencies} cannot be compared in {rules.currency}: no "
            "exchange rate is known by that day. They stand after the others, older first. Import a rates file."
        )
    if partly := Counter(other.currency for account in accounts if account.comparable for other in account.other_money):
        found.append(
            f"Open money in {', '.join(sorted(partly))} has no exchange rate to {rules.currency} by that day; "
            "it is listed on its accounts and added to no figure."
        )
    if few := standings["routed_to_email"]:
        minimum = money_text(to_minor(rules.minimum_balance, rules.currency), rules.currency)
        owe = count_text(few, "account owes", "accounts owe")
        found.append(f"{owe} less than {minimum} in all: send an e-mail instead of calling.")
    if alone := sum(one.rule == FLOOR for one in others):
        get = count_text(alone, "account below the cut gets", "accounts below the cut get")
        days = count_text(rules.strategy.floor.email_after_days, "day")
        found.append(f"{get} an e-mail today, after {days} or more without a contact; each says why.")
    if held := standings["held"]:
        are = count_text(held, "account is", "accounts are")
        found.append(f"{are} held by a rule; each says which, and until when.")
    if written := sum(one.rule == PRE_DUE for one in others):
        are = count_text(written, "account is", "accounts are")
        found.append(f"{are} to be written to before anything is due; each says why.")
    if disputed := standings["routed_to_dispute_owner"]:
        are = count_text(disputed, "account is", "accounts are")
        found.append(f"{are} disputed as a whole: settle the disputes first, no call needed.")
    if covered := standings["routed_to_cash_application"]:
        are = count_text(covered, "account is", "accounts are")
        found.append(f"{are} covered by unused credits: apply those first, no call needed.")
    return tuple(found)
