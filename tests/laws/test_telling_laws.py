"""Laws of what exports tell: whatever their order, the same facts on every evening, and nothing told twice."""

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import pandas as pd
from builders import law
from hypothesis import given
from hypothesis import strategies as st

from ledger.days import NEVER, to_date
from ledger.derivation import StoredFacts, derive
from ledger.exports import Exports, ImportRecord
from ledger.facts import typed
from ledger.schema import FACT_TABLES, TOLD_ITEMS
from ledger.telling import Export, Telling
from ledger.told import Told

FIRST = 20_000
"""A day; the exports of the random histories are the days after it."""
ITEMS = ("A", "B", "C", "D")


@dataclass(frozen=True)
class Said:
    """What one export says of one invoice."""

    amount: int
    due: int
    paid: int
    paid_on: int


@dataclass(frozen=True)
class Exported:
    """One export: its day, its mode, and what it holds by invoice."""

    day: int
    mode: str
    rows: dict[str, Said]


def sayings(day: int) -> st.SearchStrategy[Said]:
    return st.builds(
        Said,
        amount=st.sampled_from([100, 90]),
        due=st.sampled_from([FIRST + 5, FIRST + 9]),
        paid=st.sampled_from([0, 40, 90]),
        paid_on=st.integers(max(FIRST, day - 3), day),
    )


@st.composite
def histories(draw: st.DrawFn) -> list[Exported]:
    """Exports of different days, each with any of the invoices in any state."""
    days = draw(st.lists(st.integers(FIRST + 1, FIRST + 12), min_size=2, max_size=5, unique=True))
    made = []
    for day in sorted(days):
        mode = draw(st.sampled_from(["snapshot", "snapshot", "append"]))
        rows = draw(st.dictionaries(st.sampled_from(ITEMS), sayings(day), min_size=1))
        made.append(Exported(day, mode, rows))
    return made


def frame_of(export: Exported) -> pd.DataFrame:
    rows = [
        {
            "item_id": item, "said_on": export.day, "present": True, "customer_id": "C-1", "issued_on": FIRST,
            "due_on": said.due, "amount_minor": said.amount, "currency": "EUR", "tells_paid": True,
            "paid_minor": said.paid, "paid_on": said.paid_on if said.paid else NEVER,
        }
        for item, said in export.rows.items()
    ]  # fmt: skip
    return typed(rows, TOLD_ITEMS)


class Book:
    """Imports, in the order in which they are made."""

    def __init__(self) -> None:
        self.told = Told.of()
        self.told = Told(**{kind: f.assign(version=np.int64(0)) for kind, f in self.told.frames().items()})
        self.records: list[ImportRecord] = []

    def take(self, export: Exported) -> int:
        """Import it; how many rows were told."""
        heard = Export("erp", export.day, export.mode, frozenset({"invoices"}))
        telling = Telling(TOLD_ITEMS, frame_of(export), self.told.items, heard, Exports(self.records), vanishes=True)
        said = telling.rows()
        version = len(self.records) + 1
        self.told = self.told.with_news(Told.of(items=said), version)
        recorded = datetime(2026, 1, 1, tzinfo=UTC)
        self.records.append(
            ImportRecord(
                version, "erp", (), (), to_date(export.day), version, recorded, len(said), export.mode, ("invoices",), 0
            )
        )
        return len(said)

    @property
    def facts(self) -> StoredFacts:
        return derive(self.told, Exports(self.records), len(self.records))


def assert_same_facts(left: StoredFacts, right: StoredFacts) -> None:
    for table in FACT_TABLES:
        one, other = (getattr(facts, table.name).drop(columns="source_row", errors="ignore") for facts in (left, right))
        pd.testing.assert_frame_equal(one, other, obj=table.name)


@law(15)
@given(histories(), st.randoms(use_true_random=False))
def test_snapshots_and_additions_give_the_same_facts_in_any_order(history, chance):
    in_order, otherwise = Book(), Book()
    for export in history:
        in_order.take(export)
    for export in chance.sample(history, len(history)):
        otherwise.take(export)

    assert_same_facts(otherwise.facts, in_order.facts)


@law(8)
@given(histories())
def test_an_export_again_tells_nothing(history):
    book = Book()
    for export in history:
        book.take(export)

    assert book.take(history[-1]) == 0
    assert book.take(history[0]) == 0


@law(8)
@given(histories())
def test_on_its_day_the_facts_are_what_the_export_said(history):
    book = Book()
    for export in history:
        book.take(export)
    facts = book.facts

    for export in history:
        items = facts.items[(facts.items["known_on"] <= export.day) & (facts.items["superseded_on"] > export.day)]
        items = items.set_index("item_id")
        paid = facts.applications[facts.applications["known_on"] <= export.day].groupby("item_id")["amount_minor"].sum()
        gone = facts.absences[(facts.absences["known_on"] <= export.day) & (facts.absences["ended_on"] > export.day)]
        for item, said in export.rows.items():
            assert (items.loc[item, "amount_minor"], items.loc[item, "due_on"]) == (said.amount, said.due)
            assert paid.get(item, 0) == said.paid
        assert not set(gone["item_id"]) & set(export.rows)
        if export.mode == "snapshot":
            assert set(gone["item_id"]) == set(items.index) - set(export.rows)


def test_what_is_between_two_exports_was_known_at_neither_before_nor_after_its_time():
    """A history that two sides of the same story tell: day 2 arrives last, and says something of its own."""
    paid = Said(100, FIRST + 5, 40, FIRST + 1)
    story = [
        Exported(FIRST + 1, "snapshot", {"A": Said(100, FIRST + 5, 0, FIRST)}),
        Exported(FIRST + 3, "snapshot", {"A": paid}),
        Exported(FIRST + 2, "snapshot", {"A": Said(90, FIRST + 5, 0, FIRST)}),
    ]
    book = Book()
    for export in story:
        book.take(export)

    items = book.facts.items
    assert items[["amount_minor", "known_on"]].values.tolist() == [[100, FIRST], [90, FIRST + 2], [100, FIRST + 3]]
    applications = book.facts.applications
    assert applications[["amount_minor", "known_on"]].values.tolist() == [[40, FIRST + 3]]
