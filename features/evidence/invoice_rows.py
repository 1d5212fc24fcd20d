"""The rows of evidence about invoices: from the events that a value looks at to the facts that the ledger holds.

An item comes with every statement made of it, and with its money where the value looks at money, so that whoever has
the rows alone comes to the same value.
"""

from collections.abc import Iterator

import numpy as np

from features.evidence.kinds import Part
from features.evidence.looked_at import LookedAt
from features.evidence.row import EvidenceRow, in_reading_order, records_by
from features.evidence.said_rows import contact_rows, customer_rows, items_paid_towards, promise_rows
from features.facts import Facts
from features.primitives import STREAMS
from ledger.days import NEVER, to_date, to_day
from ledger.view import LedgerView

_WITHOUT_MONEY = {"billed", "billed_in_currency", "credited_in_currency", "disputed", "contacted"}
MONEY_STREAMS = frozenset(STREAMS) - _WITHOUT_MONEY | {""}
"""What is asked over these, and of the open book (''), rests on all that was applied to items."""

SETTLEMENTS = frozenset({"settled", "settled_in_currency", "cleared"})
MONEY_FACTS = frozenset({"open", "paid", "disputed"})
"""What an item shows that rests on what was applied to it."""


def rows_of(own: LedgerView, facts: Facts, looked: LookedAt, customer_id: str, item_id: str) -> tuple[EvidenceRow, ...]:
    """The rows behind what was looked at: what decides first, the newest first, each followed by its supports.

    Args:
        own: the view of the one customer; facts: the same in numbers.
        item_id: the item asked about.
    """
    invoices = _Invoices(own, facts, looked, customer_id, item_id)
    promises = promise_rows(own, looked, customer_id)
    ids = {str(facts.item_ids[event.owner]) for event in looked.parts if event.kind not in ("contact", "promise")}
    ids |= {one for group in promises for one in items_paid_towards(own, group, customer_id)}
    ids |= {item_id} if looked.of_item else set()
    return in_reading_order(
        [
            *(invoices.rows(one) for one in ids),
            *([row] for row in contact_rows(own, looked)),
            *promises,
            customer_rows(own, looked, customer_id),
        ]
    )


class _Invoices:
    """The items of one customer with what was said of them."""

    def __init__(self, own: LedgerView, facts: Facts, looked: LookedAt, customer_id: str, asked: str) -> None:
        self.facts, self.looked, self.customer_id, self.asked = facts, looked, customer_id, asked
        self.day = to_day(own.day)
        self.items = records_by(own.items, "item_id")
        self.applied = records_by(own.applications, "item_id")
        self.disputes = records_by(own.disputes, "item_id")
        self.codes = {str(item_id): code for code, item_id in enumerate(facts.item_ids)}
        streams = {ask.over for ask in looked.asks}
        self.settlements = bool(streams & SETTLEMENTS)
        self.all_money = bool(streams & MONEY_STREAMS or looked.of_item & MONEY_FACTS)
        self.credits = "credited_in_currency" in streams
        # What each event of an item does, by (kind, item) and then by the days that tell it from others.
        self.parts: dict[tuple[str, str], dict[tuple[int, int], Part]] = {}
        for event, part in looked.parts.items():
            if event.kind not in ("contact", "promise"):
                key = event.kind, str(facts.item_ids[event.owner])
                self.parts.setdefault(key, {})[event.day, event.happened] = part

    def rows(self, item_id: str) -> list[EvidenceRow]:
        """The statement of an item that counts, the others, its money, its disputes."""
        told = sorted(self._statements(item_id), key=lambda row: row.days_late is None)
        return [*told, *self._money(item_id), *self._disputes(item_id)]

    def _statements(self, item_id: str) -> Iterator[EvidenceRow]:
        settled = self._settled(item_id)
        for told in self.items[item_id]:
            current = told["superseded_on"] == NEVER
            counts = told["known_on"] == settled[0] if self.settlements and settled else current
            ours = told["customer_id"] == self.customer_id
            until = settled[1] if settled else self.day
            yield EvidenceRow(
                "invoice",
                self._part_of(item_id) if counts and ours else "supports",
                item_id,
                told["invoice_number"] or item_id,
                to_date(told["issued_on"]),
                to_date(told["known_on"]),
                to_date(told["due_on"]),
                told["amount_minor"],
                told["currency"],
                until - told["due_on"] if counts and ours else None,
                _state(ours=ours, counts=counts, current=current, settled=settled is not None),
            )

    def _part_of(self, item_id: str) -> Part:
        """What the item itself does; of one that is only the place of a payment or dispute, it supports that."""
        itself: Part = "itself" if item_id == self.asked and self.looked.of_item else "supports"
        return self.parts.get(("invoice", item_id), {}).get((0, 0), itself)

    def _settled(self, item_id: str) -> tuple[int, int] | None:
        """When the statement became known that counted as the item was settled, and the day of the money; whole days.
        None where it is not settled this evening."""
        code, told = self.codes[item_id], self.facts.settled
        at = np.flatnonzero((told.item == code) & (told.known <= self.day) & (self.day < told.taken_back))
        if not len(at):
            return None
        return int(self.facts.revisions.known[told.revision[at[0]]]), int(told.cleared[at[0]])

    def _money(self, item_id: str) -> Iterator[EvidenceRow]:
        """What was applied to an item, as far as the value looks at it."""
        for told in self.applied.get(item_id, ()):
            credit = told["kind"] not in ("cash", "reversal")
            if self.all_money or (self.credits and credit):
                counts = credit or (told["kind"] == "cash" and told["amount_minor"] > 0)
                parts = self.parts.get(("credit" if credit else "payment", item_id), {})
                day = max(told["known_on"], self._first_known(item_id))
                yield EvidenceRow(
                    told["kind"],
                    parts.get((day, told["happened_on"]), "supports") if counts else "supports",
                    item_id,
                    told["application_id"],
                    to_date(told["happened_on"]),
                    to_date(told["known_on"]),
                    amount_minor=told["amount_minor"],
                    currency=self._currency(item_id),
                )

    def _disputes(self, item_id: str) -> Iterator[EvidenceRow]:
        """What is contested of an item, every statement of it, where the value looks at disputes."""
        parts = self.parts.get(("dispute", item_id), {})
        open_now = item_id == self.asked and "disputed" in self.looked.of_item
        if not parts and not open_now:
            return
        began: dict[str, int] = {}
        for told in self.disputes.get(item_id, ()):
            first = told["dispute_id"] not in began
            start = began.setdefault(
                told["dispute_id"], max(told["known_on"], told["opened_on"], self._first_known(item_id))
            )
            current = told["superseded_on"] == NEVER
            stands = current and told["resolved_on"] > self.day
            part: Part = parts.get((start, 0), "supports") if first else "supports"
            yield EvidenceRow(
                "dispute",
                "counted" if open_now and stands else part,
                item_id,
                told["dispute_id"],
                to_date(told["opened_on"]),
                to_date(told["known_on"]),
                amount_minor=told["amount_minor"],
                currency=self._currency(item_id),
                state="standing" if stands else "resolved" if current else "corrected",
            )

    def _first_known(self, item_id: str) -> int:
        """The evening on which the item was known first; nothing is known of it before, whatever a file says."""
        return int(min(told["known_on"] for told in self.items[item_id]))

    def _currency(self, item_id: str) -> str:
        return str(self.items[item_id][-1]["currency"])


def _state(*, ours: bool, counts: bool, current: bool, settled: bool) -> str:
    """What a statement of an item is."""
    if not ours:
        return "moved"
    if not counts:
        return "later" if current else "corrected"
    return "settled" if settled else "open"
