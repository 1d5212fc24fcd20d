"""The queue: which accounts are worked first, cut to what a team can do in a day.

Listed are accounts with overdue money. Some of them need no call and take nobody's time: too little open money
(an e-mail does), or unused credits that cover what is overdue (cash application does). Every other account has a
place, on the list or below the cut.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from ledger.money import money_text, to_minor
from ledger.words import count_text
from serving.accounts import Account
from serving.priority import CallOrder, Factor, Priority, call_order
from serving.strategy.steps import NextAction, Segment, next_action, planned_step, segment_of

Standing = Literal["listed", "below_the_cut", "routed_to_email", "routed_to_cash_application", "not_overdue"]
"""Where an account stands on one evening. Every account with open items has exactly one standing."""

MINIMUM_BALANCE = Decimal(100)
"""Open money, in reporting currency units, below which an account gets an e-mail instead of a call."""


@dataclass(frozen=True)
class QueueRules:
    """How a list is cut.

    Attributes:
        capacity: accounts that the team can work in a day, >= 0.
        currency: the reporting currency.
        grace_days: days after the due day within which a payment counts as on time, for the segments.
        minimum_balance: open money below which an e-mail does, in reporting currency units.
    """

    capacity: int
    currency: str
    grace_days: int = 5
    minimum_balance: Decimal = MINIMUM_BALANCE


@dataclass(frozen=True)
class PlacedAccount:
    """An account with its place on the evening: where it stands, why it ranks there, what to do next.

    Attributes:
        place: among all that could be called, from 1, on the list or below the cut; None of one that needs no call.
        rank_value, factors: what it is placed by; None and empty where no exchange rate is known, or no call needed.
    """

    account: Account
    standing: Standing
    segment: Segment
    next_action: NextAction
    place: int | None = None
    rank_value: float | None = None
    factors: tuple[Factor, ...] = ()


@dataclass(frozen=True)
class QueueLine:
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
    """

    lines: tuple[QueueLine, ...]
    others: tuple[PlacedAccount, ...]
    order: str
    order_sentence: str
    notices: tuple[str, ...]
    not_counted: tuple[str, ...] = ()

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
    """Place every account: rank the callable ones and cut them to capacity.

    Accounts whose money has no rate to the reporting currency cannot be compared by money: they stand after all
    others, older first, and a notice says so.
    """
    placed = [ranked_alone(account, priority, rules) for account in accounts]
    callable_ = sorted((one for one in placed if one.standing == "listed"), key=order_of)
    everybody = [
        replace(one, place=place, standing="listed" if place <= rules.capacity else "below_the_cut")
        for place, one in enumerate(callable_, start=1)
    ]
    lines = tuple(QueueLine(rank, one) for rank, one in enumerate(everybody[: rules.capacity], start=1))
    others = [one for one in placed if one.standing != "listed"] + everybody[rules.capacity :]
    return Queue(
        lines=lines,
        others=tuple(sorted(others, key=lambda one: one.account.customer_id)),
        order=priority.name,
        order_sentence=priority.sentence,
        notices=_notices(Counter(one.standing for one in others), accounts, rules),
        not_counted=priority.not_counted,
    )


def order_of(placed: PlacedAccount) -> CallOrder:
    """Where a callable account comes in the order of calling."""
    account = placed.account
    oldest = account.oldest_dpd if placed.rank_value is None else account.to_rank().oldest_dpd
    return call_order(placed.rank_value, oldest, account.customer_id)


def ranked_alone(account: Account, priority: Priority, rules: QueueRules) -> PlacedAccount:
    """An account with what it would be ranked by, whatever the others; `listed` means callable here."""
    placed = _place(account, rules)
    if placed.standing != "listed" or not account.comparable:
        return placed
    to_rank = account.to_rank()
    return replace(placed, rank_value=priority.rank_value(to_rank), factors=priority.factors(to_rank))


def _place(account: Account, rules: QueueRules) -> PlacedAccount:
    """Where an account stands before the ranking: overdue and callable, or not a matter for a call."""
    segment = segment_of(account.facts.paid_days_late, rules.grace_days)
    step = planned_step(segment, account.oldest_dpd)
    standing: Standing = "listed"
    if not account.overdue_count:
        standing = "not_overdue"
    elif account.overdue_minor and account.credit_minor >= account.overdue_minor:
        standing, step = "routed_to_cash_application", "cash_application"
    elif _too_little(account, rules):
        standing, step = "routed_to_email", "email"
    action = next_action(
        step,
        overdue=_overdue_text(account),
        oldest=f"{count_text(account.oldest_dpd, 'day')} past due",
        credits=money_text(account.credit_minor, account.currency),
    )
    return PlacedAccount(account, standing, segment, action)


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


def _too_little(account: Account, rules: QueueRules) -> bool:
    """Whether the account's whole open money is known to be below the minimum."""
    return (
        account.comparable
        and not account.other_money
        and account.open_minor < to_minor(rules.minimum_balance, rules.currency)
    )


def _notices(standings: Counter[Standing], accounts: Sequence[Account], rules: QueueRules) -> tuple[str, ...]:
    found = []
    if without_rate := [account for account in accounts if not account.comparable]:
        currencies = ", ".join(sorted({item.score.currency for account in without_rate for item in account.items}))
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
    if covered := standings["routed_to_cash_application"]:
        are = count_text(covered, "account is", "accounts are")
        found.append(f"{are} covered by unused credits: apply those first, no call needed.")
    return tuple(found)
