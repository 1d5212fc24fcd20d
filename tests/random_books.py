"""Random books for the laws of aging: whole fact frames, drawn from a seed, and what a clerk makes of them by hand.

A shelf of many small ledgers is one book, since the cost of a law is per frame: no two ledgers share an entity, an item
or a customer, and every law speaks of each entity and item by itself.

Three entities, currencies with 0, 2 and 3 decimals and dated rates; instalments, credit memos and cash on account with
their allocations, partial payments, overpayments, discounts, write-offs, debit adjustments, reversals; corrections that
change amount, due day, entity or currency; withdrawals and returns; entries dated back and ahead; disputes; absences.
"""

from collections import defaultdict
from datetime import date, timedelta
from random import Random
from typing import Any

import pandas as pd

from ledger.days import NEVER, to_day
from ledger.view import (
    ABSENCE_COLUMNS,
    APPLICATION_COLUMNS,
    CUSTOMER_COLUMNS,
    DISPUTE_COLUMNS,
    ITEM_COLUMNS,
    RATE_COLUMNS,
    LedgerView,
)

BEGIN = date(2025, 1, 1)
DAYS = 200
LEDGERS = 50
COLUMNS = {
    "items": ITEM_COLUMNS, "applications": APPLICATION_COLUMNS, "customers": CUSTOMER_COLUMNS,
    "rates": RATE_COLUMNS, "disputes": DISPUTE_COLUMNS, "absences": ABSENCE_COLUMNS,
}  # fmt: skip
ORDER = {
    "items": ["item_id", "known_on"],
    "applications": ["item_id", "known_on", "happened_on", "application_id"],
    "customers": ["customer_id", "known_on"],
    "rates": ["base", "currency", "rate_on", "known_on"],
    "disputes": ["item_id", "dispute_id", "known_on"],
    "absences": ["item_id", "known_on"],
}

Book = dict[str, pd.DataFrame]


def evening(book: Book, day: date, known_by: date | None = None) -> LedgerView:
    """The view of an evening of the book."""
    return LedgerView.of_facts(day, **book, known_by=known_by, ordered=True)


def day_number(days: int) -> date:
    """A day of the book, counted from its beginning."""
    return BEGIN + timedelta(days=days)


def random_book(seed: int, ledgers: int = LEDGERS, items: int = 9) -> Book:
    """That many ledgers as one book; the same for the same seed."""
    draw = _Draw(seed)
    for ledger in range(ledgers):
        draw.ledger = f"{ledger:02d}"
        draw.invoices.clear()
        for number in range(items):
            draw.item(number)
    draw.rates()
    return draw.book()


class _Draw:
    def __init__(self, seed: int) -> None:
        self.rng = Random(seed)
        self.ledger = ""
        self.invoices: list[dict[str, Any]] = []
        self.begin = to_day(BEGIN)
        self.rows: dict[str, list[dict[str, Any]]] = {name: [] for name in COLUMNS}

    def book(self) -> Book:
        frames = {}
        for name, columns in COLUMNS.items():
            empty = evening_of_nothing(name)
            frame = pd.DataFrame(self.rows[name], columns=list(columns)) if self.rows[name] else empty
            frames[name] = frame.astype(empty.dtypes.to_dict()).sort_values(ORDER[name]).reset_index(drop=True)
        return frames

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def days(self, low: int, high: int) -> int:
        return self.rng.randrange(low, high)

    def item(self, number: int) -> None:
        kind = self.rng.choice(["invoice"] * 7 + ["credit_memo", "on_account"])
        issued = self.begin + self.days(0, DAYS - 60)
        first = {
            "item_id": f"{self.ledger}/I-{number}", "customer_id": f"{self.ledger}/C-{self.days(0, 3)}",
            "entity": self.ledger + self.rng.choice(["", "/DE01", "/US01"]), "invoice_number": f"{number // 2}",
            "issued_on": issued, "due_on": issued + self.days(-2, 75),
            "amount_minor": self.days(1, 500_000) * (1 if kind == "invoice" else -1),
            "currency": self.rng.choice(["EUR", "EUR", "USD", "JPY", "KWD"]), "terms": "", "kind": kind,
            "instalment": number % 2, "known_on": issued + self.rng.choice([0, 0, 1, 5, 30]),
            "superseded_on": NEVER, "source_row": number + 1,
        }  # fmt: skip
        applied = len(self.rows["applications"])
        revisions = [first]
        while self.chance(0.35) and len(revisions) < 4:
            revisions.append(self.correction(revisions[-1]))
        if kind == "invoice":
            self.payments(first)
            self.dispute(first)
        elif self.chance(0.6):
            self.allocation(first)
        if len(self.rows["applications"]) == applied and self.chance(
            0.15
        ):  # withdrawn; sometimes it comes back, and may be paid then
            last = revisions[-1]
            last["superseded_on"] = last["known_on"] + self.days(1, 20)
            if self.chance(0.5):
                back = last["superseded_on"] + self.days(1, 20)
                revisions.append(last | {"known_on": back, "superseded_on": NEVER})
                if kind == "invoice" and self.chance(0.5):
                    self.apply(first["item_id"], "cash", last["amount_minor"] // 2, back + self.days(0, 9))
        self.rows["items"] += revisions
        if kind == "invoice" and len(revisions) == 1 and first["superseded_on"] == NEVER:
            self.invoices.append(first)
        if self.chance(0.2):
            gone = first["known_on"] + self.days(1, 60)
            end = gone + self.days(1, 40) if self.chance(0.5) else NEVER
            self.rows["absences"].append({"item_id": first["item_id"], "known_on": gone, "ended_on": end})

    def correction(self, before: dict[str, Any]) -> dict[str, Any]:
        known = before["known_on"] + self.days(1, 40)
        before["superseded_on"] = known
        after = before | {"known_on": known, "superseded_on": NEVER}
        change = self.days(0, 5)
        if change <= 1:
            after["amount_minor"] = before["amount_minor"] * self.days(8, 13) // 10 or before["amount_minor"]
        elif change == 2:
            after["due_on"] = before["due_on"] + self.days(-10, 40)
        elif change == 3:
            after["entity"] = self.ledger + self.rng.choice(["", "/DE01", "/US01"])
        else:
            after["currency"] = self.rng.choice(["EUR", "USD", "JPY", "KWD"])
        return after

    def payments(self, item: dict[str, Any]) -> None:
        left, at = int(item["amount_minor"]), item["known_on"] + self.days(0, 40)
        while self.chance(0.7):
            amount = left if self.chance(0.4) else max(1, abs(left) // self.days(2, 5))
            kind = self.rng.choice(["cash"] * 5 + ["credit", "discount", "write_off"])
            if self.chance(0.08):
                kind, amount = "credit", -max(1, abs(amount) // 10)  # a debit adjustment
            if self.chance(0.08):
                amount = abs(amount) * 2 + 1  # overpaid
            known = self.apply(item["item_id"], kind, amount, at)
            left -= amount
            if kind == "cash" and amount and self.chance(0.2):
                self.apply(item["item_id"], "reversal", -amount, known + self.days(0, 12))
                left += amount
            at += self.days(0, 30)

    def allocation(self, credit: dict[str, Any]) -> None:
        """Use a part of a credit on an invoice of the same currency, if there is one: two legs, one day."""
        kind = "credit" if credit["kind"] == "credit_memo" else "cash"
        part = abs(credit["amount_minor"]) // self.days(1, 4)
        at = credit["known_on"] + self.days(1, 40)
        self.apply(credit["item_id"], kind, -part, at)
        fits = [
            row for row in self.invoices if row["known_on"] <= at and row["currency"] == credit["currency"]
        ]  # fmt: skip
        if fits:
            self.apply(fits[0]["item_id"], kind, part, at)

    def apply(self, item_id: str, kind: str, amount: int, at: int) -> int:
        known = at
        happened = at + self.rng.choice([0, 0, 0, -1, -3, -45, 2])  # dated back; or ahead, as a cheque is
        self.rows["applications"].append(
            {
                "application_id": f"P-{len(self.rows['applications']):05d}", "item_id": item_id, "kind": kind,
                "amount_minor": amount, "happened_on": happened, "known_on": known, "known_assumed": False,
            }
        )  # fmt: skip
        return known

    def dispute(self, item: dict[str, Any]) -> None:
        while self.chance(0.3):
            opened = item["known_on"] + self.days(0, 40)
            first = {
                "dispute_id": f"D-{len(self.rows['disputes']):04d}", "item_id": item["item_id"],
                "amount_minor": self.days(1, 600_000), "reason": "price", "opened_on": opened, "resolved_on": NEVER,
                "known_on": opened + self.days(0, 4), "superseded_on": NEVER,
            }  # fmt: skip
            self.rows["disputes"].append(first)
            if self.chance(0.6):
                first["superseded_on"] = first["known_on"] + self.days(1, 30)
                end = {"resolved_on": first["superseded_on"] - self.days(0, 2), "known_on": first["superseded_on"]}
                self.rows["disputes"].append(first | end | {"superseded_on": NEVER})

    def rates(self) -> None:
        for currency, low, high in (("USD", 0.8, 1.1), ("JPY", 0.005, 0.007), ("KWD", 2.9, 3.1)):
            if currency == "KWD" and self.chance(0.2):
                continue  # a currency that nobody knows a rate of
            for day in sorted({-60, *self.rng.sample(range(DAYS), 6)}):
                row = {"currency": currency, "base": "EUR", "rate": f"{self.rng.uniform(low, high):.5f}"}
                self.rows["rates"].append(row | {"rate_on": self.begin + day, "known_on": self.begin + day})


def evening_of_nothing(name: str) -> pd.DataFrame:
    """The empty frame of that name."""
    numbers = {"issued_on", "due_on", "happened_on", "instalment", "source_row", "known_on", "superseded_on",
               "ended_on", "opened_on", "resolved_on", "rate_on", "amount_minor", "credit_limit_minor"}  # fmt: skip
    types = {column: "int64" if column in numbers else "str" for column in COLUMNS[name]}
    types |= {"known_assumed": "bool"} if name == "applications" else {}
    return pd.DataFrame({column: pd.Series(dtype=types[column]) for column in COLUMNS[name]})


def by_hand(book: Book, day: date, known_by: date | None = None) -> dict[tuple[str, str], dict[str, int]]:
    """The aging as a clerk writes it, row by row, without the code it is to prove: by (entity, currency)."""
    at, by = to_day(day), to_day(known_by or day)
    later = by > at
    payments, disputes = (_by_item(book[name]) for name in ("applications", "disputes"))
    found: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for item in book["items"].to_dict("records"):
        if not item["known_on"] <= by < item["superseded_on"]:
            continue
        if later and item["issued_on"] > at and item["known_on"] > at:
            continue
        paid = [
            row["amount_minor"] for row in payments[item["item_id"]]
            if row["known_on"] <= by and (not later or row["happened_on"] <= at)
        ]  # fmt: skip
        claims = [
            row["amount_minor"] for row in disputes[item["item_id"]] if row["known_on"] <= by < row["superseded_on"]
            and row["opened_on"] <= at and (row["resolved_on"] > at or row["resolved_on"] > by)
        ]  # fmt: skip
        left, late = item["amount_minor"] - sum(paid), at - item["due_on"]
        sums = found[item["entity"], item["currency"]]
        sums["billed"] += item["amount_minor"]
        sums["applied"] += sum(paid)
        sums["total"] += left
        if left < 0:
            sums["unapplied"] += left
        elif left > 0:
            sums[_bucket(late)] += left
            sums["disputed"] += min(left, sum(claims))
            sums["past_due"] += left if late > 0 else 0
    return found


def _by_item(frame: pd.DataFrame) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in frame.to_dict("records"):
        found[row["item_id"]].append(row)
    return found


def _bucket(late: int) -> str:
    if late <= 0:
        return "current"
    if late > 120:
        return ">120"
    return next(name for name, last in [("1-30", 30), ("31-60", 60), ("61-90", 90), ("91-120", 120)] if late <= last)
