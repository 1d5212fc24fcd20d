"""What if an invoice were paid today: the account scored again as the evening would know it. Nothing is stored.

A supposed payment is cash booked on the evening. The account's other open items are scored by the same version from
features made by the same engine, everyone's rates moved along, so the answer is what a ledger that was told of the
payment would have given. The other accounts keep their scores: that everyone's rates move by this one payment is left
out of them. The list is chosen again, with all of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ledger.money import money_text, to_minor
from ledger.supposed import SupposedPayment, with_payments
from ledger.words import shown
from serving.accounts.account import Account, CustomerFacts
from serving.accounts.adding_up import account_of
from serving.accounts.covered import covered_of
from serving.accounts.customers import LAST_PAID
from serving.errors import CannotSuppose
from serving.listing.placing import PlacedEvening
from serving.listing.queue import PlacedAccount, callable_again, queue_in_places, ranked_alone
from serving.published.account_body import account_json
from serving.scoring.scored_evening import ScoredEvening
from serving.scoring.scored_rows import scored_rows
from serving.value.item_call import item_calls
from serving.wording import money_json

if TYPE_CHECKING:
    from features.account_rows import AccountRows
    from features.table import FeatureTable

Json = dict[str, Any]


HISTORY = frozenset({"settled_invoices", "history", "promises", "contacts"})
"""What an account's body tells of the past, which no supposition changes."""


@dataclass(frozen=True)
class IfPaid:
    """A payment to suppose: of an open item, all of it or an amount in its currency."""

    item_id: str
    amount: Decimal | None = None


@dataclass(frozen=True)
class Supposed:
    """An account as it is and as it would be.

    Attributes:
        payments: what was supposed, with the currency of each.
        before, after: with their places; `after` is None where no money would be left to come.
    """

    payments: tuple[tuple[SupposedPayment, str], ...]
    before: PlacedAccount
    after: PlacedAccount | None


class WhatIf:
    """Suppositions about one scored evening; what all of them share is made once, when first needed."""

    def __init__(self, evening: ScoredEvening, placed: PlacedEvening) -> None:
        self._evening, self._placed = evening, placed
        self._scores = {score.item_id: score for score in evening.scores}
        self._accounts = {one.account.customer_id: one for one in placed.queue.everybody()}

    def paid(self, asked: Sequence[IfPaid], customer_id: str | None = None) -> Supposed:
        """The account of these items if they were paid on the evening, in full or in part.

        Args:
            customer_id: whose items they have to be; None for whoever's they are.

        Raises:
            CannotSuppose: no item, one without money to come, one named twice, items of several customers or of another
                one, or an amount that is no number, not above 0 or more than what is open.
        """
        payments = [self._payment(one) for one in asked]
        customers = {self._scores[one.item_id].customer_id for one, _ in payments}
        if len({one.item_id for one, _ in payments}) < len(payments):
            raise CannotSuppose("an invoice is named twice", "Name each invoice once, with the sum of what is paid.")
        if len(customers) != 1:
            told = ", ".join(sorted(customers)) or "none"
            raise CannotSuppose(f"one customer is asked about at a time, here {told}", "Ask for each customer alone.")
        before = self._accounts[customers.pop()]
        if customer_id not in (None, before.account.customer_id):
            raise CannotSuppose(
                f"{asked[0].item_id} is not an invoice of {customer_id}", f"It is of {before.account.customer_id}."
            )
        return Supposed(tuple(payments), before, self._again(before, [one for one, _ in payments]))

    def _payment(self, asked: IfPaid) -> tuple[SupposedPayment, str]:
        score = self._scores.get(asked.item_id)
        if score is None:
            raise CannotSuppose(
                f'"{shown(asked.item_id)}" has no money to come on {self._evening.as_of.isoformat()}',
                "Name an invoice that is open on that evening.",
            )
        if asked.amount is not None and not asked.amount.is_finite():
            raise CannotSuppose(
                f"{asked.amount} is no amount of money", f"Suppose a number, such as 250.00, in {score.currency}."
            )
        minor = score.open_minor if asked.amount is None else to_minor(asked.amount, score.currency)
        if not 0 < minor <= score.open_minor:
            raise CannotSuppose(
                f"{money_text(minor, score.currency)} cannot be paid on {asked.item_id}",
                f"{money_text(score.open_minor, score.currency)} is open of it; suppose more than nothing and at most "
                "that.",
            )
        return SupposedPayment(asked.item_id, minor), score.currency

    def _again(self, before: PlacedAccount, payments: Sequence[SupposedPayment]) -> PlacedAccount | None:
        """The account scored and placed with these payments among its facts."""
        customer_id = before.account.customer_id
        known = self._evening.view.part_of([customer_id])
        paid = with_payments(known, payments)
        table = self._rows.rows(customer_id, known, paid)
        if not len(table):
            return None
        bundle, day = self._evening.bundle, self._evening.as_of
        scored = scored_rows(table, day, bundle, self._evening.mode, self._evening.prior)
        calls = item_calls(scored.gains, covered_of(paid, self._placed.rules.strategy.promises.grace_bank_days))
        account = account_of(scored.scores, _paid_lately(before.account, table), self._placed.rates, calls)
        return self._in_place(ranked_alone(account, self._placed.priority, self._placed.rules))

    def _in_place(self, alone: PlacedAccount) -> PlacedAccount:
        """With its place among the others, who stay as they are: the whole list is chosen again."""
        others = [one for customer, one in self._callable.items() if customer != alone.account.customer_id]
        queue = queue_in_places([*others, alone], self._placed.priority, self._placed.rules)
        return next(one for one in queue.everybody() if one.account.customer_id == alone.account.customer_id)

    @cached_property
    def _callable(self) -> dict[str, PlacedAccount]:
        """Everybody who could be called, to be chosen from again; who is written to below the cut keeps that step."""
        return {one.account.customer_id: callable_again(one) for one in self._placed.queue.in_order()}

    @cached_property
    def _rows(self) -> "AccountRows":
        from features.account_rows import AccountRows  # compiled loops, which the desk does without

        return AccountRows(self._evening.view)


def _paid_lately(account: Account, left: "FeatureTable") -> CustomerFacts:
    """The facts of an account with the supposed payments: what is settled by them is what was settled last."""
    still_open = set(left.keys["item_id"].astype(str))
    settled = tuple(item.score.dpd for item in account.items if item.score.item_id not in still_open)
    return account.facts._replace(paid_days_late=(*account.facts.paid_days_late, *settled)[-LAST_PAID:])


def supposed_json(supposed: Supposed) -> Json:
    """The supposition as commands and API say it: the payments, the account before and after, and what moved."""
    before, after = supposed.before, supposed.after
    return {
        "if_paid": [{"item_id": one.item_id, **money_json(one.amount_minor, of)} for one, of in supposed.payments],
        "stored": False,
        "before": _stand(before),
        "after": None if after is None else _stand(after),
        "reasons": _moved(before, after),
    }


def _stand(placed: PlacedAccount) -> Json:
    """The account as the API says it, with its place; its history is that of the evening and left out."""
    body = {name: value for name, value in account_json(placed).items() if name not in HISTORY}
    return {"place": placed.place, **body}


def _moved(before: PlacedAccount, after: PlacedAccount | None) -> list[Json]:
    """Points of the account's reasons by idea, before and after, the largest move first; None where none is told."""
    then = {reason.concept: reason.points for reason in before.account.reasons}
    now = {reason.concept: reason.points for reason in after.account.reasons} if after else {}
    moved: list[Json] = [
        {"concept": concept, "before": then.get(concept), "after": now.get(concept)} for concept in {**then, **now}
    ]
    return sorted(moved, key=lambda one: (-abs((one["after"] or 0.0) - (one["before"] or 0.0)), one["concept"]))
