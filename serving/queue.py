"""The queue: which accounts are worked first, cut to what a team can do in a day.

Listed are accounts with overdue money. Some of them need no call and take nobody's time: too little open money
(an e-mail does), or unused credits that cover what is overdue (cash application does). Every other account has a
place, on the list or below the cut.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from ledger.money import money_text, to_minor
from ledger.words import count_text
from serving.accounts import Account
from serving.priority import Factor, Priority, ranked
from serving.strategy import NextAction, Segment, next_action, planned_step, segment_of

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
    """An account with its place on the evening: where it stands, why it ranks there, what to do next."""

    account: Account
    standing: Standing
    segment: Segment
    next_action: NextAction
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
    """

    lines: tuple[QueueLine, ...]
    others: tuple[PlacedAccount, ...]
    order: str
    order_sentence: str
    notices: tuple[str, ...]

    def count(self, standing: Standing) -> int:
        """Accounts with this standing."""
        return len(self.lines) if standing == "listed" else sum(placed.standing == standing for placed in self.others)


def build_queue(accounts: Sequence[Account], priority: Priority, rules: QueueRules) -> Queue:
    """Place every account: rank the callable ones and cut them to capacity.

    Accounts whose money has no rate to the reporting currency cannot be compared by money: they stand after all
    others, older first, and a notice says so.
    """
    placed = [_place(account, rules) for account in accounts]
    callable_ = {one.account.customer_id: one for one in placed if one.standing == "listed"}
    in_order = _ordered([one.account for one in callable_.values()], priority)
    everybody = [
        PlacedAccount(
            account,
            "listed" if place < rules.capacity else "below_the_cut",
            callable_[account.customer_id].segment,
            callable_[account.customer_id].next_action,
            value,
            priority.factors(account.to_rank()) if value is not None else (),
        )
        for place, (account, value) in enumerate(in_order)
    ]
    lines = tuple(QueueLine(rank, one) for rank, one in enumerate(everybody[: rules.capacity], start=1))
    others = [one for one in placed if one.standing != "listed"] + everybody[rules.capacity :]
    return Queue(
        lines=lines,
        others=tuple(sorted(others, key=lambda one: one.account.customer_id)),
        order=priority.name,
        order_sentence=priority.sentence,
        notices=_notices(Counter(one.standing for one in others), accounts, rules),
    )


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


def _ordered(accounts: Sequence[Account], priority: Priority) -> list[tuple[Account, float | None]]:
    by_id = {account.customer_id: account for account in accounts}
    by_money = ranked([account.to_rank() for account in accounts if account.comparable], priority)
    by_age = sorted(
        (account for account in accounts if not account.comparable),
        key=lambda account: (-account.oldest_dpd, account.customer_id),
    )
    return [(by_id[account.customer_id], value) for account, value in by_money] + [
        (account, None) for account in by_age
    ]


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
