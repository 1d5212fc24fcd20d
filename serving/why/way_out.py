"""The way out of the list: how much of its overdue money an account has to pay until it is not called any more.

It leaves when another account has more to gain from the call, when an e-mail does, when its credits cover the rest, or
when nothing is overdue. Nobody is called about what is promised or disputed, so that lowers a place as a payment does.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from ledger.money import money_text, to_minor
from serving.accounts.account import Account, Money
from serving.listing.queue import PlacedAccount, QueueRules

Cause = Literal["below_the_cut", "routed_to_email", "routed_to_cash_application", "not_overdue"]
"""Where it stands once it has left."""

CLEARLY = 1 - 1e-12
"""What is below another value by less than this share of it is a tie, and ties do not take anybody off the list."""

MOVED_BY = ("payment", "promise", "dispute")
"""What lowers an account's place."""


@dataclass(frozen=True)
class WayOut:
    """The least that has to happen until an account leaves the list, the others staying as they are.

    Attributes:
        paid: of its overdue money, in the account's currency; None where money in other currencies keeps it.
        cause: where it stands then; None with `paid`.
        about: whether it depends on which invoices are paid, or on how its other invoices are then seen: `paid` is at
            the mean value of its money.
        text: the same in words.
    """

    paid: Money | None
    cause: Cause | None
    about: bool
    text: str


def way_out(placed: PlacedAccount, next_below: PlacedAccount | None, rules: QueueRules) -> WayOut:
    """The way out of a listed account; `next_below` is the first below the cut, None where nobody waits."""
    account = placed.account
    found = [*_by_rule(account, rules), *([] if _kept_by_a_rule(placed) else _below(placed, next_below))]
    if not found:
        also = " and ".join(money_text(other.overdue_minor, other.currency) for other in account.other_money)
        return WayOut(None, None, False, f"Leaves the list only when {also} is paid too: it has no exchange rate.")
    minor, cause = min(found, key=lambda way: way[0])
    by_item = cause == "below_the_cut" or (cause == "routed_to_cash_application" and account.disputed_minor > 0)
    about = (account.overdue_count > 1 and by_item) or (placed.expects is not None and cause == "below_the_cut")
    return WayOut(Money(minor, account.currency), cause, about, _text(account, minor, cause, about, next_below, rules))


def _kept_by_a_rule(placed: PlacedAccount) -> bool:
    """Whether a rule or the lot listed it, whatever its value."""
    return placed.chance is not None and placed.chance.design in ("quota", "explore")


def _by_rule(account: Account, rules: QueueRules) -> Iterator[tuple[int, Cause]]:
    """What the rules ask for, whoever else is on the list."""
    by_credits = rules.strategy.route.credits
    if by_credits and account.overdue_minor and account.credit_minor:
        yield max(1, account.overdue_minor - account.credit_minor), "routed_to_cash_application"
    if any(other.overdue_minor for other in account.other_money):
        return
    if by_credits and account.credited_minor and account.disputed_minor and not account.promised_minor:
        yield max(1, account.callable_minor), "routed_to_cash_application"
    yield account.overdue_minor, "not_overdue"
    too_much = account.open_minor - to_minor(rules.minimum_balance, rules.currency) + 1
    if account.comparable and not account.other_money and 0 < too_much < account.overdue_minor:
        yield too_much, "routed_to_email"


def _below(placed: PlacedAccount, next_below: PlacedAccount | None) -> Iterator[tuple[int, Cause]]:
    """What brings the account behind the first one below the cut: its value falls as the money to call about does."""
    value, money = placed.rank_value, placed.account.callable_minor
    if next_below is None or next_below.rank_value is None or not value:
        return
    least = int(money * (1 - next_below.rank_value / value))
    for minor in range(max(1, least - 1), min(least + 3, money)):
        if value * ((money - minor) / money) < next_below.rank_value * CLEARLY:
            yield minor, "below_the_cut"
            return


def _text(
    account: Account, minor: int, cause: Cause, about: bool, next_below: PlacedAccount | None, rules: QueueRules
) -> str:
    amount, overdue = money_text(minor, account.currency), money_text(account.overdue_minor, account.currency)
    if cause == "not_overdue":
        return f"Leaves the list at the latest when all of its {overdue} overdue is paid."
    if cause == "below_the_cut" and next_below is not None:
        waiting = next_below.account.facts.customer_name or next_below.account.customer_id
        return (
            f"Leaves the list when {'about ' * about}{amount} of its {overdue} overdue is paid, promised or disputed: "
            f"then {waiting}, who waits below the cut, comes first."
        )
    leaves = f"Leaves the list when {amount} of its {overdue} overdue is paid: "
    if cause == "routed_to_email":
        least = money_text(to_minor(rules.minimum_balance, rules.currency), rules.currency)
        return f"{leaves}less than {least} is open then, and an e-mail does."
    return f"{leaves}its unused credits cover the rest."
