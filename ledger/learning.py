"""What an export teaches: checked rows against what the ledger knew, as facts with their day of knowledge.

Where a file states no day of knowledge, `known_on = min(as_of, max(happened_on + posting lag, day after the newest
earlier export))`, and a correction is known on the day of the export that tells it, `as_of`: between two exports nobody
knew. Both depend on the exports' own days, never on when they were imported.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pandas as pd

from ledger.application_ids import equal_name, payment_name, told_by_total, total_name
from ledger.checked import Customer, Invoice, KnownItem, Payment, Rate
from ledger.days import NEVER
from ledger.facts import Facts
from ledger.view import LedgerView


@dataclass(frozen=True)
class KnowledgeRule:
    """When a fact of an export became known; whole days. `previous` is the newest earlier export of its source.

    What has no day of its own (a correction) is known on the day of the export, `as_of`.
    """

    as_of: int
    previous: int | None = None
    posting_lag_days: int = 0

    def known_on(self, happened_on: int) -> int:
        """The evening from which something new that happened that day was known."""
        lagged = happened_on + self.posting_lag_days
        after_previous = self.previous + 1 if self.previous is not None else lagged
        return min(self.as_of, max(lagged, after_previous))


@dataclass(frozen=True)
class Application:
    """A payment that the ledger knows."""

    application_id: str
    kind: str
    amount_minor: int
    happened_on: int
    known_on: int


@dataclass
class Known:
    """What the ledger knew by the day of the export, by id: the newest revision of each thing."""

    items: dict[str, dict[str, Any]] = field(default_factory=dict)
    first_known_on: dict[str, int] = field(default_factory=dict)
    applications: defaultdict[str, list[Application]] = field(default_factory=lambda: defaultdict(list))
    customers: dict[str, dict[str, Any]] = field(default_factory=dict)
    rates: dict[tuple[str, str, int], tuple[Decimal, int]] = field(default_factory=dict)

    @classmethod
    def of(cls, view: LedgerView, rates: pd.DataFrame) -> "Known":
        """From the view of the evening of the export; rates are known by their own days, also after it."""
        known = cls()
        known.first_known_on = {
            str(item): int(day) for item, day in view.items.groupby("item_id", sort=False)["known_on"].min().items()
        }
        current = view.items[view.items["superseded_on"] == NEVER]
        known.items = {row["item_id"]: row for row in _rows(current)}
        for row in _rows(view.applications.drop(columns="known_assumed")):
            known.applications[row.pop("item_id")].append(Application(**row))
        newest = view.customers[view.customers["superseded_on"] == NEVER]
        known.customers = {row["customer_id"]: row for row in _rows(newest)}
        for row in _rows(rates):
            known.rates[row["base"], row["currency"], row["rate_on"]] = (Decimal(row["rate"]), row["known_on"])
        return known

    def payable(self, invoices: Iterable[Invoice]) -> dict[str, KnownItem]:
        """The items that a payment may be for: those known before, and those of this import."""
        items = {
            item_id: KnownItem(row["invoice_number"] or item_id, row["currency"], row["amount_minor"])
            for item_id, row in self.items.items()
        }
        return items | {i.item_id: KnownItem(i.number, i.currency, i.amount_minor) for i in invoices}


class Learning:
    """Collects the facts of one import, in the order invoices, payments, customers, rates."""

    def __init__(self, known: Known, rule: KnowledgeRule) -> None:
        self.known, self.rule = known, rule
        self.learned: Counter[str] = Counter()
        self.warned: Counter[str] = Counter()
        self.items: list[dict[str, Any]] = []
        self.applications: list[dict[str, Any]] = []
        self.customers: list[dict[str, Any]] = []
        self.rates: list[dict[str, Any]] = []
        self.sightings: list[dict[str, Any]] = []
        self._customer_known_on: dict[str, int] = {}
        self._item_known_on: dict[str, int] = {}

    def facts(self) -> Facts:
        """All that was learned."""
        return Facts.of(self.items, self.applications, self.customers, self.rates, self.sightings)

    def invoices(self, invoices: Sequence[Invoice], *, with_payments: bool) -> None:
        """New items and corrected ones; with their paid totals, when the rows state them."""
        for invoice in invoices:
            item_id = invoice.item_id
            values = {
                "item_id": item_id, "customer_id": invoice.customer_id, "entity": invoice.entity,
                "invoice_number": invoice.number, "issued_on": invoice.issued_on, "due_on": invoice.due_on,
                "amount_minor": invoice.amount_minor, "currency": invoice.currency, "terms": invoice.terms,
            }  # fmt: skip
            before = self.known.items.get(item_id)
            if before is None:
                stated = invoice.stated_known_on
                known_on = stated if stated is not None else self.rule.known_on(invoice.issued_on)
                self._learn("new_invoices", self.items, values, known_on)
            elif any(before[name] != value for name, value in values.items()):
                self._learn("changed_invoices", self.items, values, self.rule.as_of)
            else:
                self.learned["same_invoices"] += 1
            first = self.known.first_known_on.get(item_id)
            first = self.items[-1]["known_on"] if first is None else first
            self._item_known_on[item_id] = first
            earliest = self._customer_known_on.get(invoice.customer_id)
            self._customer_known_on[invoice.customer_id] = first if earliest is None else min(first, earliest)
            if before is None or before["source_row"] != invoice.row:
                self.sightings.append({"item_id": item_id, "source_row": invoice.row})
            if with_payments:
                self._paid_total(invoice)

    def payments(self, payments: Sequence[Payment]) -> None:
        """Payments of their own rows: new ones, and known ones whose row now says something else."""
        by_id = {a.application_id: a for applications in self.known.applications.values() for a in applications}
        equals: Counter[tuple[str, str, int, int]] = Counter()
        for payment in payments:
            if payment.payment_id:
                name = payment_name(payment.payment_id, payment.item_id, payment.kind)
            else:
                said = (payment.item_id, payment.kind, payment.paid_on, payment.amount_minor)
                equals[said] += 1
                name = equal_name(*said, equals[said])
            before = by_id.get(name)
            if before is None:
                self._apply(
                    name, payment.item_id, payment.kind, payment.amount_minor, payment.paid_on, payment.booked_on
                )
                continue
            self._same_or_corrected(name, payment, by_id)

    def overpaid(self, item_ids: Iterable[str]) -> int:
        """How many of these items have more paid than billed, by what was known and what this import adds."""
        billed = {item_id: row["amount_minor"] for item_id, row in self.known.items.items()}
        billed |= {row["item_id"]: row["amount_minor"] for row in self.items}
        paid = Counter({i: sum(a.amount_minor for a in found) for i, found in self.known.applications.items()})
        for row in self.applications:
            paid[row["item_id"]] += row["amount_minor"]
        return sum(abs(paid[i]) > abs(billed[i]) and paid[i] * billed[i] >= 0 for i in set(item_ids))

    def customers_of(self, invoices: Sequence[Invoice], customers: Sequence[Customer]) -> int:
        """New and changed customers, of their own file or else as the newest invoice names them.

        Returns how many invoices name their customer otherwise.
        """
        said: dict[str, tuple[str, str]] = {}
        for invoice in sorted(invoices, key=lambda invoice: invoice.issued_on):
            name, country = said.get(invoice.customer_id, ("", ""))
            said[invoice.customer_id] = (invoice.customer_name or name, invoice.country or country)
        conflicts = sum(bool(i.customer_name) and i.customer_name != said[i.customer_id][0] for i in invoices)
        for customer in customers:
            name, country = said.get(customer.customer_id, ("", ""))
            said[customer.customer_id] = (customer.customer_name or name, customer.country or country)
        for customer_id, (name, country) in said.items():
            self._customer(customer_id, name, country)
        return conflicts

    def exchange_rates(self, rates: Sequence[Rate]) -> None:
        """New and corrected rates. A published rate is known to everybody on its day, whenever a file brings it."""
        for rate in rates:
            before = self.known.rates.get((rate.base, rate.currency, rate.rate_on))
            if before is not None and before[0] == rate.rate:
                self.learned["same_rates"] += 1
                continue
            values = {
                "currency": rate.currency, "base": rate.base, "rate": format(rate.rate, "f"), "rate_on": rate.rate_on,
            }  # fmt: skip
            known_on = rate.rate_on if before is None else max(self.rule.as_of, before[1])
            self._learn("new_rates", self.rates, values, known_on)

    def _same_or_corrected(self, name: str, payment: Payment, by_id: Mapping[str, Application]) -> None:
        """A payment that the ledger knows under `name`: as it was, or taken back and told again."""
        before, correction = by_id[name], 1
        while (later := by_id.get(f"{name}/as{correction}")) is not None:
            before, correction = later, correction + 1
        if (before.amount_minor, before.happened_on) == (payment.amount_minor, payment.paid_on):
            self.learned["same_payments"] += 1
            return
        known_on = self.rule.as_of
        self._take_back(f"{name}/undo{correction}", payment.item_id, before, known_on)
        again, minor, paid_on = f"{name}/as{correction}", payment.amount_minor, payment.paid_on
        self._apply(again, payment.item_id, payment.kind, minor, paid_on, known_on, assumed=True)

    def _paid_total(self, invoice: Invoice) -> None:
        """The difference between what the row says was paid and what the ledger knows."""
        item_id = invoice.item_id
        before = self.known.applications.get(item_id, [])
        difference = invoice.paid_minor - sum(a.amount_minor for a in before)
        if any(not told_by_total(a.application_id, item_id) for a in before):
            # Its payments have files of their own: a total, or an empty cell, neither adds to them nor undoes them.
            if difference:
                self.warned["paid_total_differs"] += 1
            else:
                self.learned["same_payments"] += 1
        elif difference:
            raised = (difference < 0) == (invoice.amount_minor < 0)
            if raised and invoice.paid_on is not None:
                name = total_name(item_id, "cash", invoice.paid_on, difference, _ids(before))
                self._apply(name, item_id, "cash", difference, invoice.paid_on, None)
            else:
                # Nobody said when it was taken back: on the evening on which we learned of it.
                known_on = self.rule.as_of
                name = total_name(item_id, "reversal", known_on, difference, _ids(before))
                self._apply(name, item_id, "reversal", difference, known_on, known_on, assumed=True)
        elif before and invoice.paid_on is not None:
            self._paid_day(invoice, before, invoice.paid_on)

    def _paid_day(self, invoice: Invoice, before: Sequence[Application], paid_on: int) -> None:
        """The same total on another day: the last payment is taken back and told again."""
        undone = {a.application_id.removesuffix("/undo") for a in before if a.application_id.endswith("/undo")}
        standing = [a for a in before if a.kind == "cash" and a.application_id not in undone]
        last = max(standing, key=lambda a: (a.known_on, a.happened_on), default=None)
        if last is None or last.happened_on == paid_on:
            self.learned["same_payments"] += 1
            return
        known_on = self.rule.as_of
        self._take_back(f"{last.application_id}/undo", invoice.item_id, last, known_on)
        again = f"{last.application_id}/again"
        self._apply(again, invoice.item_id, "cash", last.amount_minor, paid_on, known_on, assumed=True)

    def _take_back(self, name: str, item_id: str, before: Application, known_on: int) -> None:
        """Undo a payment that was told wrongly, as if it had never been on that day."""
        self._apply(name, item_id, "reversal", -before.amount_minor, before.happened_on, known_on, assumed=True)

    def _apply(
        self,
        name: str,
        item_id: str,
        kind: str,
        minor: int,
        happened_on: int,
        stated_known_on: int | None,
        *,
        assumed: bool = False,
    ) -> None:
        known_on = stated_known_on if stated_known_on is not None else self.rule.known_on(happened_on)
        item_known_on = self._item_known_on.get(item_id, self.known.first_known_on.get(item_id, known_on))
        values = {
            "application_id": name, "item_id": item_id, "kind": kind, "amount_minor": minor, "happened_on": happened_on,
            "known_assumed": assumed or stated_known_on is None,
        }  # fmt: skip
        self._learn(
            "new_reversals" if kind == "reversal" else "new_payments",
            self.applications,
            values,
            max(known_on, item_known_on),
        )

    def _customer(self, customer_id: str, name: str, country: str) -> None:
        before = self.known.customers.get(customer_id)
        values = {"customer_id": customer_id, "customer_name": name, "country": country}
        if before is None:
            # A customer is known no later than its first invoice.
            known_on = self._customer_known_on.get(customer_id, self.rule.as_of)
            self._learn("new_customers", self.customers, values, known_on)
            return
        # What a file leaves out is not taken back.
        values["customer_name"] = name or before["customer_name"]
        values["country"] = country or before["country"]
        if any(before[column] != value for column, value in values.items()):
            self._learn("changed_customers", self.customers, values, self.rule.as_of)
        else:
            self.learned["same_customers"] += 1

    def _learn(self, kind: str, facts: list[dict[str, Any]], values: dict[str, Any], known_on: int) -> None:
        self.learned[kind] += 1
        facts.append({**values, "known_on": known_on})


def _ids(applications: Iterable[Application]) -> set[str]:
    return {application.application_id for application in applications}


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]
