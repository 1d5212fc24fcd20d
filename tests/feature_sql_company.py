"""Random ledgers in which most facts change: for the features to be counted in more than one way."""

from datetime import date
from random import Random
from typing import Any

import pandas as pd

from ledger.activity import CHANNELS, OUTCOMES
from ledger.days import NEVER, to_date, to_day
from ledger.view import LedgerView

BEGIN, DAYS = to_day(date(2024, 2, 5)), 640
"""The first day of the random ledgers, and how many they last."""

Row = dict[str, Any]


def random_company(seed: int) -> LedgerView:
    """The last evening of a small company: three to five customers, 30 to 60 items, in up to four currencies.

    Items change their due day, amount, customer or currency, become credit memos and invoices again; payments come in
    parts, leave residues, are too large, come before their item or are told late or ahead, bounce and come again;
    disputes, contacts, promises, countries and credit limits are told, and told otherwise.
    """
    draw, pace = _Company(seed), pace_of(seed)
    draw.everything()
    return LedgerView.of_facts(
        to_date(BEGIN + pace * DAYS),
        _with_ends(_at(pace, draw.items), "item_id"),
        _at(pace, draw.applications),
        _with_ends(_at(pace, draw.customers), "customer_id"),
        disputes=_with_ends(_at(pace, draw.disputes), "dispute_id"),
        contacts=_at(pace, draw.contacts),
        promises=_with_ends(_at(pace, draw.promises), "promise_id"),
    )


def evenings_of(seed: int) -> range:
    """Every ninth evening of the company, the last one first, beginning on any of nine."""
    pace = pace_of(seed)
    return range(BEGIN + pace * DAYS - seed % 9, BEGIN, -9 * pace)


def pace_of(seed: int) -> int:
    """One company in eight lives so slowly that its days are eight: old events have faded away in it."""
    return 8 if seed % 8 == 7 else 1


def _at(pace: int, rows: list[Row]) -> pd.DataFrame | None:
    """The rows, if any, with their days so far apart."""
    if not rows:
        return None
    frame = pd.DataFrame(rows)
    days = frame[[name for name in frame.columns if name.endswith("_on")]]
    return frame.assign(**days.where(days == NEVER, BEGIN + pace * (days - BEGIN)))


def _with_ends(frame: pd.DataFrame | None, key: str) -> pd.DataFrame | None:
    """Revisions, each until the evening of the next one; of those of one evening the last counts."""
    if frame is None:
        return None
    frame = frame.drop_duplicates([key, "known_on"], keep="last").sort_values([key, "known_on"])
    ends = frame.groupby(key)["known_on"].shift(-1).fillna(NEVER).astype("int64")
    return frame.assign(superseded_on=ends).reset_index(drop=True)


class _Company:
    def __init__(self, seed: int) -> None:
        self.draw = Random(seed)
        self.names = [f"C-{number}" for number in range(self.draw.randint(3, 5))]
        self.currencies = self.draw.choice([["EUR"], ["EUR", "EUR", "USD"], ["EUR", "EUR", "USD", "JPY", "KWD"]])
        self.slowness = {name: self.draw.choice([-45, -5, 0, 4, 15, 45]) for name in self.names}
        self.run = {name: self.draw.choice([1, 7, 30]) for name in self.names}
        self.booking = self.draw.choice([1, 1, 14])
        self.items: list[Row] = []
        self.applications: list[Row] = []
        self.customers: list[Row] = []
        self.disputes: list[Row] = []
        self.contacts: list[Row] = []
        self.promises: list[Row] = []

    def everything(self) -> None:
        for name in self.names:
            self.customer(name)
        for number in range(self.draw.randint(30, 60)):
            revisions = self.item(f"I-{number:02d}")
            self.items += revisions
            if revisions[0]["amount_minor"] > 0:
                self.payments(revisions)
            if self.chance(0.25):
                self.dispute(revisions[-1])
        for name in self.names:
            for _ in range(self.draw.choice([0, 3, 8, 15])):
                self.contact(name)
            for _ in range(self.draw.choice([0, 3, 6])):
                self.promise(name)
        self.applications.append(self.applied("NOT-OURS", "cash", 100, BEGIN + 50, BEGIN + 50))

    def chance(self, of: float) -> bool:
        return self.draw.random() < of

    def customer(self, name: str) -> None:
        known = BEGIN + self.draw.choice([-30, 0, 100])
        while known < BEGIN + DAYS and self.chance(0.7):
            limit = self.draw.choice([-1, 0, 50_000, 2_000_000])
            self.customers.append(
                {
                    "customer_id": name, "customer_name": name, "known_on": known, "credit_limit_minor": limit,
                    "country": self.draw.choice(["DE", "US", "fr", "", "Germany", "XX"]),
                    "credit_limit_currency": "" if limit < 0 else self.draw.choice(["EUR", "EUR", "USD", "GBP"]),
                }
            )  # fmt: skip
            known += self.draw.randint(1, 200)

    def item(self, item_id: str) -> list[Row]:
        """All revisions of one item, some of which may be of one evening."""
        draw = self.draw
        issued = BEGIN + draw.randrange(DAYS - 40)
        amount = int(10 ** draw.uniform(2.5, 6)) if self.chance(0.95) else draw.randint(1, 150)
        row = {
            "item_id": item_id, "entity": "", "invoice_number": item_id, "terms": "", "source_row": 1,
            "customer_id": draw.choice([self.names[0], *self.names]), "currency": draw.choice(self.currencies),
            "issued_on": issued, "due_on": issued + draw.choice([0, 14, 30, 30, 60, -3]),
            "amount_minor": -amount if self.chance(0.06) else amount,
            "known_on": issued + draw.choice([0, 0, 0, 1, 5, -2]),
        }  # fmt: skip
        rows = [row]
        for _ in range(draw.choice([0, 0, 1, 1, 2, 3])):
            row = row | self.correction(row) | {"known_on": row["known_on"] + draw.randint(0, 60)}
            rows.append(row)
        return rows

    def correction(self, row: Row) -> Row:
        what = self.draw.choice(["due_on", "issued_on", "amount_minor", "customer_id", "customer_id", "currency"])
        if row["amount_minor"] < 0 and self.chance(0.5):
            return {"amount_minor": -row["amount_minor"]}
        if what in ("due_on", "issued_on"):
            return {what: row[what] + self.draw.choice([-4, 1, 7, 30])}
        if what == "amount_minor":
            factor = self.draw.choice([0.5, 0.9, 1.1, 2, -1])
            return {what: int(row[what] * factor) or 1}
        # Often between the same two, so that items go away and come back.
        return {what: self.draw.choice([*self.names[:2], *self.names] if what == "customer_id" else self.currencies)}

    def applied(self, item_id: str, kind: str, amount: int, happened: int, known: int) -> Row:
        row = {"item_id": item_id, "kind": kind, "amount_minor": amount, "happened_on": happened, "known_on": known}
        return row | {"application_id": f"A-{len(self.applications):03d}", "known_assumed": False}

    def payments(self, revisions: list[Row]) -> None:
        draw, row = self.draw, revisions[-1]
        left, item_id = abs(row["amount_minor"]), row["item_id"]
        residue = max(left // 200, 100)
        paid = row["due_on"] + self.slowness[row["customer_id"]] + draw.choice([-40, -8, -2, 0, 0, 3, 8, 20, 60])
        paid += 380 if self.chance(0.03) else 0
        paid += -paid % self.run[row["customer_id"]]
        for _ in range(5):
            if left <= 0 or self.chance(0.15):
                return
            part = draw.choice([left, left, left, left, left // 2, left // 3, left * 6 // 5])
            part -= draw.choice([0, 0, 0, residue - 1, residue, residue + 1])
            kind = draw.choice(["cash"] * 8 + ["credit", "discount", "write_off"])
            known = paid + draw.choice([0, 0, 0, 1, 3, 12, -2])
            known += -known % self.booking  # some companies book once in two weeks
            self.applications.append(self.applied(item_id, kind, part, paid, known))
            left -= part
            if self.chance(0.25):
                back = known + draw.choice([0, 1, 8, 30])
                bounced = part if self.chance(0.8) else part // 2
                self.applications.append(self.applied(item_id, "reversal", -bounced, back, back + draw.choice([0, 1])))
                left += bounced
                if self.chance(0.2):  # not bounced after all
                    again = back + draw.choice([0, 2, 10])
                    self.applications.append(self.applied(item_id, "reversal", bounced, again, again))
                    left -= bounced
            paid += draw.choice([0, 1, 7, 20, 45])

    def dispute(self, item: Row) -> None:
        draw = self.draw
        opened = item["issued_on"] + draw.randrange(60)
        row = {
            "dispute_id": f"D-{len(self.disputes):03d}", "item_id": item["item_id"], "reason": "",
            "amount_minor": max(1, abs(item["amount_minor"]) * draw.choice([1, 2, 4]) // 2), "opened_on": opened,
            "resolved_on": NEVER, "known_on": opened + draw.choice([0, 0, 1, 9, -3]),
        }  # fmt: skip
        self.disputes.append(row)
        while self.chance(0.6):
            known = row["known_on"] + draw.randint(0, 50)
            row = row | {"known_on": known, "resolved_on": draw.choice([NEVER, known - 3, known, known + 5])}
            self.disputes.append(row | {"amount_minor": row["amount_minor"] // draw.choice([1, 2]) + 1})

    def contact(self, name: str) -> None:
        happened = BEGIN + self.draw.randrange(DAYS)
        known = happened + self.draw.choice([0, 1, 7])
        known += -known % self.draw.choice([1, 30, 30])  # told once a month
        self.contacts.append(
            {
                "contact_id": f"K-{len(self.contacts):03d}", "customer_id": name,
                "channel": self.draw.choice(CHANNELS), "outcome": self.draw.choice(OUTCOMES),
                "happened_on": happened, "known_on": known,
            }
        )  # fmt: skip

    def promise(self, name: str) -> None:
        draw = self.draw
        owed = [row for row in self.items if row["customer_id"] == name] or self.items
        item = draw.choice(owed)
        paid = [row["happened_on"] for row in self.applications if row["item_id"] == item["item_id"]]
        made = draw.choice([item["due_on"] + 20, *paid]) - draw.randrange(15)
        promised = made + draw.randrange(15)
        row = {
            "promise_id": f"M-{len(self.promises):03d}", "customer_id": name, "currency": item["currency"],
            "amount_minor": max(1, abs(item["amount_minor"]) * draw.choice([1, 2, 2, 3]) // 2), "made_on": made,
            "promised_on": promised, "cancelled_on": promised - 2 if self.chance(0.1) else NEVER,
            "item_ids": draw.choice(["", item["item_id"]]), "known_on": made + draw.choice([0, 0, 1, 9]),
        }  # fmt: skip
        self.promises.append(row)
        if self.chance(0.6):
            again = {"promised_on": promised + draw.randrange(9), "known_on": row["known_on"] + draw.randrange(12)}
            self.promises.append(row | again)
