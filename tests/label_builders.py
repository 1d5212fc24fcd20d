"""Ledgers for the tests of labels: facts in memory that answer `as_of`, and drawn examples of what is learned of them.

An example is a heading, a sentence or two of working out, and a block:

    #### A part that is paid is that share of what was open

    60 of 100 come in the first week.

    ```text
    as of 2026-05-01
    from 2026-03-01

    invoices
    invoice | due_on     | amount
    --------+------------+-------
    INV-1   | 2026-02-20 | 100

    payments
    invoice | paid_on    | amount
    --------+------------+-------
    INV-1   | 2026-03-05 | 60

    rows
    invoice | days  | paid_share | weight
    --------+-------+------------+-------
    INV-1   | 1-7   | 60 / 100   | 1
    INV-1   | 8-14  | 0          | 0.4
    INV-1   | 15-30 | 0          | 0.4
    ```

`as of` is the evening on which one learns, `from` the evenings looked back at. An invoice is issued 30 days before it
is due and known on that day, a payment is cash known on its value day. A second row of an invoice is a revision of it.
Each expected table is complete: what stands in no row of it must not come out, and under the head alone nothing does.

- `open`: the items with money to come on each evening;
- `rows`: the intervals learned from, days ahead, all weights 1 to begin with;
- `answers`: whether it was unpaid after so many days: yes, no, or `-` for no answer;
- `evenings`: which evenings of the history are learned from; weights before the half-life.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd
from builders import derived_from, invoice, payment, together

from features.drawn import Row, drawn
from ledger.days import NEVER, to_day
from ledger.facts import Facts
from ledger.view import LedgerView

FOLDER = Path(__file__).parent / "specs" / "labels"

EXPECTED = ("open", "rows", "answers", "evenings")
GIVEN = ("invoices", "payments", "disputes", "absences")

_EXAMPLE = re.compile(r"^#### (?P<says>[^\n]+)\n(?P<why>.*?)```text\n(?P<block>.*?)\n```$", re.MULTILINE | re.DOTALL)


class FactsLedger:
    """Facts in memory with the one method of a `Ledger` that labels need."""

    def __init__(self, facts: Facts, absences: pd.DataFrame | None = None) -> None:
        self.stored = derived_from(facts)
        self.absences = self.stored.absences if absences is None else absences

    def as_of(self, day: date) -> LedgerView:
        """What was known on the evening of `day`."""
        stored = self.stored
        return LedgerView.of_facts(
            day, stored.items, stored.applications, stored.customers, stored.rates, disputes=stored.disputes,
            absences=self.absences, contacts=stored.contacts, promises=stored.promises,
        )  # fmt: skip


@dataclass(frozen=True)
class LabelExample:
    """One drawn example: the evening of learning, the evenings looked from, the ledger and what is expected of it."""

    says: str
    as_of: date
    evenings: tuple[int, ...]
    ledger: FactsLedger
    expected: dict[str, list[Row]]


def label_examples() -> Iterator[LabelExample]:
    """All of the folder, file by file."""
    for path in sorted(FOLDER.glob("*.md")):
        text = path.read_text(encoding="utf-8")
        found = [label_example(match["says"], match["block"]) for match in _EXAMPLE.finditer(text)]
        assert len(found) == text.count("\n#### "), f"{path.name}: a heading without its block"
        yield from found


def label_example(says: str, block: str) -> LabelExample:
    """One block, read."""
    first, *parts = re.split(r"\n\n+", block.strip())
    when = dict(line.split(" ", 1) if line.startswith("from") else line.rsplit(" ", 1) for line in first.splitlines())
    tables = {name: drawn(table) for name, _, table in (part.partition("\n") for part in parts)}
    assert set(tables) <= {*GIVEN, *EXPECTED}, f"{says}: draws {sorted(set(tables) - {*GIVEN, *EXPECTED})}"
    expected = {name: tables[name] for name in EXPECTED if name in tables}
    assert expected, f"{says}: expects nothing"
    return LabelExample(
        says,
        date.fromisoformat(when["as of"]),
        tuple(day_of(text) for text in when.get("from", "").split()),
        _ledger(tables),
        expected,
    )


def day_of(text: str) -> int:
    """A drawn day as a whole number."""
    return to_day(date.fromisoformat(text))


def _ledger(tables: dict[str, list[Row]]) -> FactsLedger:
    invoices = {row["invoice"]: row for row in tables["invoices"]}
    revisions, known = [], set()
    for row in tables["invoices"]:
        assert row["invoice"] not in known or "known_on" in row, (
            f"a revision of {row['invoice']} says when it was known"
        )
        known.add(row["invoice"])
        revisions.append(
            invoice(
                row["invoice"], due_on=row["due_on"], amount=row.get("amount", "100"), issued_on=row.get("issued_on"),
                known_on=row.get("known_on"), customer=row.get("customer", "C-1"), currency=row.get("currency", "EUR"),
            )
        )  # fmt: skip
    payments = [
        payment(
            row["invoice"], paid_on=row["paid_on"], amount=row["amount"], known_on=row.get("known_on"),
            kind=row.get("kind", "cash"), known_assumed=row.get("booking_day") == "assumed", payment_id=f"P-{number}",
            currency=row.get("currency", invoices[row["invoice"]].get("currency", "EUR")),
        )
        for number, row in enumerate(tables.get("payments", ()))
    ]  # fmt: skip
    disputes = [
        {
            "dispute_id": row["dispute"], "item_id": row["invoice"], "amount_minor": int(row["amount"]) * 100,
            "opened_on": day_of(row["opened_on"]), "known_on": day_of(row["opened_on"]), "resolved_on": NEVER,
        }
        for row in tables.get("disputes", ())
    ]  # fmt: skip
    absences = [
        {
            "item_id": row["invoice"],
            "known_on": day_of(row["missing_from"]),
            "ended_on": day_of(row["back_on"]) if "back_on" in row else NEVER,
        }
        for row in tables.get("absences", ())
    ]
    facts = together(*revisions, *payments, Facts.of(disputes=disputes))
    return FactsLedger(facts, pd.DataFrame(absences) if absences else None)
