"""What an export says, beside what was told before: the rows to tell, what is new in them, and what to remark.

The order is invoices, payments, customers, rates, disputes; each kind is one `Telling`.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from ledger.application_ids import equal_name, payment_name
from ledger.checked import Checked
from ledger.days import NEVER
from ledger.exports import BOOK, INVOICES, PAYMENTS, Exports
from ledger.facts import typed
from ledger.ordering import Flags, Ints, are_in, as_arrow
from ledger.schema import TOLD_CUSTOMERS, TOLD_DISPUTES, TOLD_ITEMS, TOLD_PAYMENTS, TOLD_RATES, Table
from ledger.telling import Export, Telling
from ledger.told import Told

CUSTOMERS, RATES, DISPUTES = "customers", "rates", "disputes"

_OF_INVOICE = (
    "customer_id", "entity", "invoice_number", "instalment", "kind", "issued_on", "due_on", "amount_minor", "currency",
    "terms",
)  # fmt: skip


@dataclass
class CheckedFiles:
    """The checked tables of one import, by role, each with the digest of its file."""

    tables: list[tuple[str, Checked, str]] = field(default_factory=list)
    payments_of_rows: list[Checked] = field(default_factory=list)
    """Payments that rows of invoices told, which are counted there."""

    def of(self, role: str) -> list[Checked]:
        """The checked tables that hold facts of a role."""
        return [*self.read(role), *(self.payments_of_rows if role == PAYMENTS else ())]

    def read(self, role: str) -> list[Checked]:
        """The checked tables of a role."""
        return [table for found, table, _ in self.tables if found == role]

    def add(self, role: str, table: Checked, sha256: str) -> None:
        self.tables.append((role, table, sha256))

    def facts(self, role: str) -> pd.DataFrame | None:
        """The accepted rows of a role, of all files; None when there is no such file."""
        found = [table.facts for table in self.of(role)]
        return pd.concat(found, ignore_index=True) if len(found) > 1 else found[0] if found else None

    @property
    def roles(self) -> frozenset[str]:
        return frozenset(role for role, _, _ in self.tables)


@dataclass
class Hearing:
    """One export beside what was told.

    Attributes:
        export, checked: what is imported; told, exports: what was told before.
        gone: customers who were erased, of whom names are left out.
    """

    export: Export
    checked: CheckedFiles
    told: Told
    exports: Exports
    gone: frozenset[str] = frozenset()

    @cached_property
    def items(self) -> Telling:
        """Invoices, credit memos and on-account cash, with what their paid columns say."""
        found = []
        for table in self.checked.of(INVOICES):
            tells = not self.checked.of(PAYMENTS) and "paid_date" in table.columns.has
            paid = {} if tells else {"paid_on": np.int64(NEVER), "paid_minor": np.int64(0)}
            found.append(table.facts.assign(tells_paid=tells, source_row=table.facts["row"], **paid))
        for table in self.checked.of(PAYMENTS):
            if table.on_account is not None and len(table.on_account):
                paid = {"paid_on": np.int64(NEVER), "paid_minor": np.int64(0)}
                found.append(table.on_account.assign(tells_paid=False, source_row=np.int64(0), **paid))
        own = frozenset({INVOICES if INVOICES in self.export.roles else PAYMENTS})
        aside = [row.invoice_id for table in self.checked.of(INVOICES) for row in table.bad if row.invoice_id]
        return self._telling(
            TOLD_ITEMS, self.told.items, found, own, vanishes=INVOICES in self.export.roles,
            set_aside=pd.Series(aside, dtype="str") if aside else None,
        )  # fmt: skip

    @cached_property
    def payments(self) -> Telling:
        """Payments of rows of their own."""
        rows = self.checked.facts(PAYMENTS)
        found = []
        if rows is not None:
            named = rows.assign(application_id=pd.array(_names(rows), dtype="str"))
            found = [named.assign(happened_on=rows["paid_on"], known_assumed=rows["booked_on"].to_numpy() == NEVER)]
        # Where each row of an invoice is a payment, a snapshot has all payments of its invoices.
        whole = bool(self.checked.payments_of_rows)
        within = self.items.new["item_id"] if whole else None
        return self._telling(
            TOLD_PAYMENTS, self.told.payments, found, frozenset({PAYMENTS}), vanishes=whole, within=within
        )

    @cached_property
    def customers(self) -> Telling:
        """Customers, of their own file or else as the newest invoice names them."""
        own = frozenset({CUSTOMERS} if CUSTOMERS in self.export.roles else BOOK)
        return self._telling(TOLD_CUSTOMERS, self.told.customers, [self._customers], own, blank_keeps=True)

    @property
    def payment_ids(self) -> "pd.Series[str]":
        """The own ids of the payments, '' where they have none, by row of `payments.new`."""
        rows = self.checked.facts(PAYMENTS)
        return pd.Series(dtype="str") if rows is None else rows["payment_id"]

    @property
    def is_paid(self) -> Flags:
        """Which items of the export were known with money applied to them, shape (n,)."""
        paid = self.items.value_before("paid_minor") != 0
        own = are_in(self.items.new["item_id"], self.told.payments["item_id"])
        return np.asarray(paid | own, dtype=np.bool_)

    def forget_items(self) -> None:
        """Look at the items anew: some were set aside, or joined them."""
        self.__dict__.pop("items", None)

    @cached_property
    def rates(self) -> Telling:
        """Exchange rates."""
        rows = self.checked.facts(RATES)
        return self._telling(TOLD_RATES, self.told.rates, [] if rows is None else [rows], frozenset({RATES}))

    @cached_property
    def disputes(self) -> Telling:
        """Disputes."""
        rows = self.checked.facts(DISPUTES)
        return self._telling(
            TOLD_DISPUTES, self.told.disputes, [] if rows is None else [rows], frozenset({DISPUTES}),
            vanishes=DISPUTES in self.export.roles,
        )  # fmt: skip

    def payable(self, without: Collection[str]) -> pd.DataFrame:
        """The items that a payment may be for, those known and those of this export, but `without` these ids.

        Columns: `item_id`, `number`, `currency`, `amount_minor`.
        """
        columns = ["item_id", "invoice_number", "currency", "amount_minor"]
        new, known = self.items.new[columns], self.items.known[columns].iloc[self.items.standing]
        both = pd.concat([known[~are_in(known["item_id"], new["item_id"])], new], ignore_index=True)
        number = both["invoice_number"].where(both["invoice_number"] != "", both["item_id"])
        found = both.assign(number=number)[["item_id", "number", "currency", "amount_minor"]]
        return found[~are_in(found["item_id"], pd.Series(sorted(without), dtype="str"))].reset_index(drop=True)

    def rows(self) -> Told:
        """All that is to be told."""
        return Told.of(
            items=self.items.rows(), payments=self.payments.rows(), customers=self.customers.rows(),
            rates=self.rates.rows(), disputes=self.disputes.rows(),
        )  # fmt: skip

    @property
    def is_book(self) -> bool:
        """Whether the export says what is owed or was paid."""
        return not BOOK.isdisjoint(self.export.roles)

    def learned(self) -> Counter[str]:
        """What is new, changed or as it was, by kind, in the words of the report."""
        learned: Counter[str] = Counter()
        same = self.items.same_in(_OF_INVOICE)
        credits = (self.items.new["kind"] == "on_account").to_numpy()
        learned.update(_counts("invoices", self.items.is_known[~credits], same[~credits]))
        learned.update(_counts("on_account_credits", self.items.is_known[credits], same[credits]))
        self._count_totals(learned)
        self._count_payments(learned)
        for kind, telling in (("customers", self.customers), ("disputes", self.disputes)):
            learned.update(_counts(kind, telling.is_known, telling.same))
        learned["vanished_invoices"] = len(self.items.vanished)
        learned["returned_invoices"] = self.items.returned
        learned["new_rates"] = int((~self.rates.same).sum())
        learned["same_rates"] = int(self.rates.same.sum())
        return Counter({kind: count for kind, count in learned.items() if count})

    def warned(self) -> Counter[str]:
        """What to remark of the rows beside what was told: code → how many."""
        return Counter(
            {
                "customer_name_conflict": self._name_conflicts(),
                "paid_total_differs": int((self._differs_from_own & self._has_own).sum()),
                "overpaid": self._overpaid(),
                "vanished_invoices": len(self.items.vanished),
            }
        )

    def _name_conflicts(self) -> int:
        """How many invoices name their customer otherwise than its newest invoice."""
        names = self._invoices["customer_name"]
        customer, _, newest = _newest_that_say(self._invoices, "customer_name")
        other = np.flatnonzero((names != "").to_numpy())
        return int((names.iloc[other].array != names.iloc[newest[customer[other]]].array).sum())

    @cached_property
    def _invoices(self) -> pd.DataFrame:
        rows = self.checked.facts(INVOICES)
        return rows if rows is not None else pd.DataFrame(
            {name: pd.Series(dtype="str") for name in ("customer_id", "customer_name", "country")}
            | {"issued_on": pd.Series(dtype=np.int64)}
        )  # fmt: skip

    @cached_property
    def _customers(self) -> pd.DataFrame:
        """One row for each customer, with the newest name, country and so on that the files state."""
        rows = _customers_of(self._invoices)
        payers = [t.on_account for t in self.checked.of(PAYMENTS) if t.on_account is not None]
        stated = pd.concat([*payers, rows, *(t.facts for t in self.checked.of(CUSTOMERS))], ignore_index=True)
        ids = pd.Series(stated["customer_id"].unique(), dtype="str")
        found = {"customer_id": ids}
        for name in ("customer_name", "country", "debtor_class", "parent_id"):
            if name in stated.columns:
                values = stated[stated[name].fillna("") != ""].drop_duplicates("customer_id", keep="last")
                found[name] = values.set_index("customer_id")[name].reindex(ids).fillna("").reset_index(drop=True)
        return pd.DataFrame(found).merge(self._credit_limits, on="customer_id", how="left")

    @property
    def _credit_limits(self) -> pd.DataFrame:
        """The last limit that the files state of a customer, with its currency."""
        columns = ["customer_id", "credit_limit_minor", "credit_limit_currency"]
        stated = [t.facts[columns] for t in self.checked.of(CUSTOMERS)] or [typed(None, TOLD_CUSTOMERS)[columns]]
        limits = pd.concat(stated, ignore_index=True)
        return limits[limits["credit_limit_minor"] >= 0].drop_duplicates("customer_id", keep="last")

    def _telling(
        self, table: Table, told: pd.DataFrame, found: Sequence[pd.DataFrame], roles: frozenset[str], *,
        vanishes: bool = False, within: "pd.Series[str] | None" = None, set_aside: "pd.Series[str] | None" = None,
        blank_keeps: bool = False,
    ) -> Telling:  # fmt: skip
        rows = pd.concat(found, ignore_index=True) if len(found) > 1 else found[0] if found else None
        rows = None if rows is None else rows.assign(said_on=np.int64(self.export.day), present=True)
        return Telling(
            table, typed(rows, table), told, self.export, self.exports, vanishes, within, set_aside, blank_keeps, roles
        )

    @cached_property
    def own_payments(self) -> "pd.Series[int]":
        """By item, what payments of rows of their own come to: those told by that day, and those of this export."""
        payments = self.payments
        parts = [payments.new[["item_id", "amount_minor"]]]
        if len(payments.told):
            state = np.array(payments.standing)
            again = payments.before[payments.is_known]
            known = payments.known.iloc[np.setdiff1d(state, again)]
            parts.append(known[["item_id", "amount_minor"]])
        both = pd.concat(parts, ignore_index=True)
        return both.groupby("item_id")["amount_minor"].sum()

    @cached_property
    def _has_own(self) -> Flags:
        """Whether rows of payments were told of an item, on any day, by new row of the items."""
        tells = self.items.new["tells_paid"].to_numpy(dtype=np.bool_)
        return tells & are_in(self.items.new["item_id"], self.told.payments["item_id"])

    @cached_property
    def _differs_from_own(self) -> Flags:
        own = self.own_payments.reindex(self.items.new["item_id"]).fillna(0).to_numpy(dtype=np.int64)
        return np.asarray(self.items.new["paid_minor"].to_numpy(dtype=np.int64) != own, dtype=np.bool_)

    def _count_totals(self, learned: Counter[str]) -> None:
        """What paid columns say more, less, or otherwise than before."""
        items = self.items
        tells = items.new["tells_paid"].to_numpy(dtype=np.bool_) & ~self._has_own
        paid, before = items.new["paid_minor"].to_numpy(dtype=np.int64), items.value_before("paid_minor")
        amount = items.new["amount_minor"].to_numpy(dtype=np.int64)
        more = tells & (paid != before) & ((paid - before < 0) == (amount < 0))
        less = tells & (paid != before) & ~more
        day, day_before = items.new["paid_on"].to_numpy(dtype=np.int64), items.value_before("paid_on", NEVER)
        as_it_was = tells & (paid == before) & (paid != 0)
        moved = as_it_was & (day != day_before)
        learned["new_payments"] += int(more.sum() + moved.sum())
        learned["new_reversals"] += int(less.sum() + moved.sum())
        learned["same_payments"] += int((as_it_was & ~moved).sum())
        learned["same_payments"] += int((self._has_own & ~self._differs_from_own).sum())

    def _count_payments(self, learned: Counter[str]) -> None:
        payments = self.payments
        same = payments.same_in(["amount_minor", "happened_on"])
        corrected = payments.is_known & ~same
        back = (payments.new["kind"] == "reversal").to_numpy()
        new = ~payments.is_known
        learned["new_reversals"] += int((new & back).sum() + corrected.sum())
        learned["new_payments"] += int((new & ~back).sum() + corrected.sum())
        learned["same_payments"] += int(same.sum())

    def _overpaid(self) -> int:
        """How many items of this export have more paid than billed."""
        items, own = self.items, self.own_payments
        ids, amount = items.new["item_id"], items.new["amount_minor"].to_numpy(dtype=np.int64)
        has_own = are_in(ids, own.index)
        paid = items.new["paid_minor"].to_numpy(dtype=np.int64).copy()
        paid[has_own] = own.reindex(ids[has_own]).to_numpy(dtype=np.int64)
        elsewhere = are_in(own.index, self.payments.new["item_id"]) & ~are_in(own.index, ids)
        others = own.iloc[np.flatnonzero(elsewhere)]
        known = items.known.iloc[items.standing].set_index("item_id")["amount_minor"]
        billed = known.reindex(others.index).fillna(0).to_numpy(dtype=np.int64)
        return _above(paid, amount) + _above(np.asarray(others, dtype=np.int64), billed)


def _newest_that_say(invoices: pd.DataFrame, column: str) -> tuple[Ints, "pd.Series[str]", Ints]:
    """The customer of each invoice as a number, the ids of the customers, and for each its newest invoice that says
    something in a text column: its row, -1 where none does."""
    encoded = as_arrow(invoices["customer_id"]).dictionary_encode()
    customer = encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    order = np.argsort(invoices["issued_on"].to_numpy(dtype=np.int64), kind="stable")
    says = order[(invoices[column] != "").to_numpy()[order]]
    newest = np.full(len(encoded.dictionary), -1, dtype=np.int64)
    newest[customer[says]] = says  # of equal customers the last stays
    return customer, pd.Series(encoded.dictionary, dtype="str"), newest


def _customers_of(invoices: pd.DataFrame) -> pd.DataFrame:
    """Each customer once, with the name and the country that its newest invoices state."""
    found: dict[str, pd.Series[str]] = {}
    for column in ("customer_name", "country"):
        _, found["customer_id"], newest = _newest_that_say(invoices, column)
        said = np.flatnonzero(newest >= 0)
        values = invoices[column].iloc[newest[said]].set_axis(said)
        found[column] = values.reindex(range(len(newest)), fill_value="").astype("str")
    return pd.DataFrame(found)


def _above(paid: Ints, billed: Ints) -> int:
    """How many are paid more than billed, in the same direction."""
    same_sign = ((paid >= 0) & (billed >= 0)) | ((paid <= 0) & (billed <= 0))
    return int(((np.abs(paid) > np.abs(billed)) & same_sign).sum())


def _counts(kind: str, known: Flags, same: Flags) -> dict[str, int]:
    counted = {"new": ~known, "changed": known & ~same, "same": same}
    return {f"{word}_{kind}": int(flags.sum()) for word, flags in counted.items()}


def _names(rows: pd.DataFrame) -> list[str]:
    """The ids of payments: their own, or what they say and the how-manieth that says so."""
    equals: Counter[tuple[str, str, int, int]] = Counter()
    names = []
    columns = (rows[name].tolist() for name in ("payment_id", "item_id", "kind", "paid_on", "amount_minor"))
    for payment_id, item_id, kind, paid_on, minor in zip(*columns, strict=True):
        if payment_id:
            names.append(payment_name(payment_id, item_id, kind))
            continue
        said = (item_id, kind, paid_on, minor)
        equals[said] += 1
        names.append(equal_name(*said, equals[said]))
    return names
