"""Scores of given invoices as of an evening: open ones of the ledger, and supposed ones. Nothing is stored.

A supposed invoice is one booked on the evening. It is scored by the version that scores the evening, from features
made by the same engine: the answer is what a ledger that was told of it would have given, and of an invoice that the
ledger has, to the last digit what the list says. All of a request stand side by side: each is scored as if the others
had been booked too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ledger.days import to_day
from ledger.money import to_minor
from ledger.supposed import SupposedInvoice, with_customer, with_invoices
from ledger.terms import due_on
from models.papers import Papers
from models.shelf import BEST_BEFORE_DAYS, Shelf
from serving.daily import GRACE_DAYS, score_table
from serving.errors import CannotScore, NotOfAccount, UnknownAccount
from serving.published.item_columns import items_json
from serving.scoring.ladder import ByRule, Scorer, scorer_of

if TYPE_CHECKING:
    from features.account_rows import AccountRows
    from ledger.book import Ledger
    from ledger.view import LedgerView

Json = dict[str, Any]

KEPT_EVENINGS = 2
"""Evenings that stay warm; each holds which facts of the ledger are whose."""

NEW_CUSTOMER = "new customer"
"""The id of a customer that the ledger does not know."""


@dataclass(frozen=True)
class Described:
    """An invoice to suppose: money in its currency, and when it is due, as a day or by its terms."""

    amount: Decimal
    currency: str
    issued_on: date
    due_on: date | None = None
    terms: str = ""


class GivenScores:
    """Scores over one ledger and one shelf; what requests of one evening share is made once and kept warm."""

    def __init__(
        self,
        ledger: "Ledger",
        shelf: Shelf,
        *,
        grace_days: int = GRACE_DAYS,
        best_before_days: int = BEST_BEFORE_DAYS,
    ) -> None:
        self.ledger, self.shelf = ledger, shelf
        self._grace_days, self._best_before_days = grace_days, best_before_days
        self._evenings: dict[tuple[int, date], tuple[LedgerView, AccountRows]] = {}
        self._scorers: dict[tuple[object, ...], Scorer | ByRule] = {}

    def score(self, as_of: date, customer_id: str | None, items: Sequence[str | Described], country: str = "") -> Json:
        """The answer of the API (`ScoresOut`).

        Args:
            as_of: the evening whose knowledge is used.
            customer_id: whose invoices they are; None for a customer that the ledger does not know.
            items: ids of open items, each once, and invoices to suppose.
            country: of a new customer, ISO 3166; '' where it is not known.

        Raises:
            UnknownAccount: no invoice of this customer was known on that evening.
            NotOfAccount: an id that is not among its open items.
            CannotScore: an invoice issued after the evening, due before it was issued, or of no money.
            UnparseableTerms, UnknownCurrency, AmountPrecision, AmountTooLarge: as their names say.
            EmptyLedger, BeforeFirstFact: what `Ledger.as_of` raises.
        """
        view, rows = self._evening(as_of)
        whose = customer_id or NEW_CUSTOMER
        if customer_id is not None and not (view.items["customer_id"] == customer_id).any():
            raise UnknownAccount(customer_id, as_of)
        ids = [one if isinstance(one, str) else f"supposed/{at}" for at, one in enumerate(items, 1)]
        supposed = [
            _invoice(name, whose, one, as_of)
            for name, one in zip(ids, items, strict=True)
            if isinstance(one, Described)
        ]
        own = view.part_of([whose])
        if customer_id is None:
            own = with_customer(own, whose, country)
        table = rows.rows(whose, own, with_invoices(own, supposed))
        place = {item_id: at for at, item_id in enumerate(table.keys["item_id"].astype(str))}
        for name in ids:
            if name not in place:
                raise NotOfAccount(name, whose, as_of)
        asked = table.take(sorted({place[name] for name in ids}))
        scored = score_table(
            self.shelf, self._scorer(as_of, view), view, asked, self._grace_days, self._best_before_days
        )
        by_id = {score.item_id: score for score in scored.scores}
        return {
            "as_of": as_of.isoformat(),
            "customer_id": customer_id,
            "mode": scored.mode,
            "model_version": scored.model_version,
            "approved": scored.approved,
            "ledger_version": view.version,
            "grace_days": scored.grace_days,
            "notices": list(scored.notices),
            "stored": False,
            "items": [
                {**told, "supposed": isinstance(one, Described)}
                for told, one in zip(items_json([by_id[name] for name in ids]), items, strict=True)
            ],
        }

    def _evening(self, as_of: date) -> "tuple[LedgerView, AccountRows]":
        from features.account_rows import AccountRows

        key = self.ledger.version, as_of
        if key not in self._evenings:
            view = self.ledger.as_of(as_of)
            self._evenings = dict([*self._evenings.items()][1 - KEPT_EVENINGS :]) | {key: (view, AccountRows(view))}
        return self._evenings[key]

    def _scorer(self, as_of: date, view: "LedgerView") -> Scorer | ByRule:
        key = self.shelf.state(), Papers(self.shelf).state(), self.ledger.version, as_of
        if key not in self._scorers:
            found = scorer_of(self.shelf, view)
            self._scorers = dict([*self._scorers.items()][1 - KEPT_EVENINGS :]) | {key: found}
        return self._scorers[key]


def _invoice(item_id: str, customer_id: str, asked: Described, as_of: date) -> SupposedInvoice:
    """Raises what `GivenScores.score` raises of one invoice."""
    due = asked.due_on if asked.due_on is not None else due_on(asked.terms, asked.issued_on)
    if asked.issued_on > as_of:
        raise CannotScore(item_id, f"it is issued on {asked.issued_on}, after the evening of {as_of}")
    if due < asked.issued_on:
        raise CannotScore(item_id, f"it is due on {due}, before it is issued on {asked.issued_on}")
    minor = to_minor(asked.amount, asked.currency)
    if minor <= 0:
        raise CannotScore(item_id, f"its amount is {asked.amount}, and only money to come has a chance to come late")
    return SupposedInvoice(
        item_id, customer_id, minor, asked.currency, to_day(asked.issued_on), to_day(due), asked.terms
    )
