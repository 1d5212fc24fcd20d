"""Accounts: the scored items of one customer, added up the way a collector reads them, as values.

Sums are over *money still to come*, in the reporting currency at the rate of the day. What a call is about are the
items past due (of an account without any, all items): risk, expected day and reasons are money-weighted over these, so
`overdue × late risk = expected late` holds on every line of the list. Unused credits stand beside the sums and are
never netted silently; of what somebody is called about they take their part off. Money without an exchange rate is
listed by its currency and added to nothing. How they are added up: `adding_up.py`.
"""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from ledger.money import EXPONENT
from models.score import Reason, Score
from serving.accounts.dealings import NO_DEALINGS, Dealings
from serving.accounts.history import NO_HISTORY, History
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
        gain: what a call about it brings forward; None where nothing was predicted, and of what is not past due.
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
        """The account without what only its own body tells: items, reasons, `p_late`, and all facts but the name."""
        return self._replace(p_late=None, reasons=(), items=(), facts=CustomerFacts(self.facts.customer_name))

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


def other_money_of(items: Sequence[AccountItem]) -> tuple[OtherMoney, ...]:
    """The open money of items without a rate to the account's figures, by currency."""
    sums: dict[str, tuple[int, int]] = {}
    for item in items:
        if item.minor is None:
            opened, overdue = sums.get(item.score.currency, (0, 0))
            money = item.score.open_minor
            sums[item.score.currency] = (opened + money, overdue + (money if item.score.dpd > 0 else 0))
    return tuple(OtherMoney(currency, *sums[currency]) for currency in sorted(sums))
