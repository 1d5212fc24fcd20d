"""Evidence: the very invoices, payments, promises, disputes and contacts behind one value of one item.

Every row is a fact as the ledger knew it that evening, with its two days and the part that it plays. Rows are enough:
a ledger that holds nothing else gives the same value to the last bit. Of a figure of everyone it is told how many
invoices stand behind it, not whose.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from features.evaluate import ItemRows, Values
from features.everyone import Everyone
from features.evidence.invoice_rows import rows_of
from features.evidence.looked_at import block_of, looked_at
from features.evidence.row import EvidenceRow
from features.facts import Days
from features.from_view import facts_of
from features.point_in_time import Answers, Asked, Plan, answered
from features.primitives import Ask, Combined, Expression
from features.questions import questions_of, require_own_evening
from features.spec import Feature
from ledger.days import NEVER, to_day
from ledger.view import LedgerView


@dataclass(frozen=True)
class OfEveryone:
    """What all customers together contribute to a value.

    Attributes:
        invoices: how many invoices stand behind it, of all customers; whose is not told.
        figure: what they come to, in the unit of the feature; None where there are none.
    """

    invoices: int
    figure: float | None


@dataclass(frozen=True)
class Evidence:
    """What stands behind one value.

    Attributes:
        feature: what was asked.
        item_id, customer_id: of the item asked about, as known that evening.
        value: worked out again from the customer's facts alone (and everyone's figures, where the feature has them), as
            in a `FeatureTable`: a number of 32 bits, a text for a category, None where it is missing.
        rows: the facts, those that decide first, each followed by what supports it.
        of_others: items among them that are another customer's this evening (a correction moved them): the value rests
            on them, and nothing of them is to be shown to whoever may see this customer alone.
        everyone: of a feature that looks at all customers.
    """

    feature: Feature
    item_id: str
    customer_id: str
    as_of: date
    value: float | str | None
    rows: tuple[EvidenceRow, ...]
    of_others: frozenset[str]
    everyone: OfEveryone | None


def evidence_of(view: LedgerView, item_id: str, feature: Feature) -> Evidence:
    """The evidence behind a feature of an open item, on the view's own evening.

    Raises `NotOpenThen` for an item that was not known or had no money to come, and `FutureView`.
    """
    return ItemEvidence(view, item_id).behind(feature)


class ItemEvidence:
    """The evidence behind any feature of one open item; its customer's facts are taken from the view once.

    Raises the errors of `evidence_of`.
    """

    def __init__(self, view: LedgerView, item_id: str) -> None:
        require_own_evening(view)
        self.view, self.item_id, self.day = view, item_id, to_day(view.day)
        held = view.items.loc[view.items["item_id"] == item_id, "customer_id"]
        self.customer_id = str(held.iloc[-1]) if len(held) else ""
        self.own = view.part_of([self.customer_id])
        self.facts = facts_of(self.own)
        now = self.own.items[self.own.items["superseded_on"] == NEVER]
        self.of_others = frozenset(now.loc[now["customer_id"] != self.customer_id, "item_id"])
        asked = {"item_id": pd.Series([item_id], dtype="str"), "day": pd.Series([self.day], dtype="int64")}
        self.question = questions_of(self.own, pd.DataFrame(asked))
        held_now = self.facts.revisions
        self.asked = Asked(
            held_now.customer[self.question.revision], held_now.currency[self.question.revision], self.question.day
        )

    def behind(self, feature: Feature) -> Evidence:
        """What stands behind one value."""
        customer, currency = int(self.asked.customer[0]), int(self.asked.currency[0])
        looked = looked_at(feature.value, self.facts, customer, currency, self.day)
        of_all = _answers_of_everyone(self.view, looked.everyone, self.question.day)
        values = self._values(looked.asks, of_all)
        rows = rows_of(self.own, self.facts, looked, self.customer_id, self.item_id)
        return Evidence(
            feature,
            self.item_id,
            self.customer_id,
            self.view.day,
            str(self.facts.currencies[currency]) if feature.is_category else _number(values, feature.value),
            rows,
            self.of_others & {row.item_id for row in rows},
            _of_everyone(feature.value, values, looked.everyone, of_all),
        )

    def _values(self, asks: frozenset[Ask], of_all: Answers) -> Values:
        """The value of any expression for the one question, answered from the customer's facts."""
        facts, question = self.facts, self.question
        block = block_of(facts, int(self.asked.customer[0]))
        plan = Plan(asks)
        answers = answered(plan, block, self.asked, Everyone.of(facts, question.day, plan.everyone))
        rows = ItemRows(facts, question.revision, question.item, question.day, question.open)
        return Values(rows, {**answers, **of_all}, np.zeros(1, dtype=np.int64))


def _number(values: Values, expression: Expression) -> float | None:
    """Rounded once, as in a `FeatureTable`; None where it is missing."""
    value = float(np.float32(values.of(expression)[0]))
    return None if np.isnan(value) else value


# ------------------------------------------------------------------ everyone


def _answers_of_everyone(view: LedgerView, asks: frozenset[Ask], day: Days) -> Answers:
    if not asks:
        return {}
    everyone = Everyone.of(facts_of(view), day, asks)
    return {ask: everyone.answer(ask, day) for ask in asks}


def _of_everyone(expression: Expression, values: Values, asks: frozenset[Ask], answers: Answers) -> OfEveryone | None:
    if not asks:
        return None
    counts = [answers[ask][0] for ask in asks if ask.primitive in ("count", "open_count")]
    figure = _figure_of_everyone(expression)
    return OfEveryone(int(sum(counts)), None if figure is None else _number(values, figure))


def _figure_of_everyone(expression: Expression) -> Expression | None:
    """The largest part that is about everyone alone."""
    asks = tuple(expression.asks())
    if asks and not expression.of_the_item and all(ask.everyone for ask in asks):
        return expression
    parts = expression.parts if isinstance(expression, Combined) else ()
    return next((found for part in parts if (found := _figure_of_everyone(part)) is not None), None)
