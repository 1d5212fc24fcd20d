"""Rows on their way into SQL: every one arrives, whatever a batch writes once or many times."""

import sqlite3

import pandas as pd
import pytest
from builders import invoice, new_database

from ledger.batches import BATCH_ROWS, Batch, batches
from ledger.book import Ledger
from ledger.facts import Facts
from ledger.told import Told


def some(count: int, **values: object) -> Told:
    """Told invoices that differ in their ids alone, but for the values given."""
    facts = Facts.of(items=pd.concat([invoice("INV", due_on="2026-03-14", amount=1).items] * count).assign(
        item_id=[f"INV-{number:06d}" for number in range(count)], **values,
    ))  # fmt: skip
    return Told.of_facts(facts)


@pytest.mark.parametrize("count", [1, 9, 10, 11, BATCH_ROWS - 1, BATCH_ROWS + 1])
def test_every_row_is_in_one_statement_and_no_row_in_two(count):
    rows = 0
    for batch in batches(some(count), import_id=1):
        for statement, values in batch.statements():
            rows += len(values) * statement.count("(1, ")

    assert rows == count


@pytest.mark.parametrize("terms", ["", "2/10 net 30", "'; DROP TABLE imports; --", "%s ? :a"])
@pytest.mark.parametrize("amount", [0, -7, 10**14])
def test_what_all_rows_have_in_common_comes_back_as_it_was(tmp_path, terms, amount):
    ledger = Ledger.open(new_database(tmp_path))
    said = some(23, terms=terms, amount_minor=amount)
    import_id = ledger.store.begin_import("csv", [], [], pd.Timestamp("2026-03-31").date(), None)
    ledger.store.write(import_id, said)
    ledger.store.accept(import_id)

    items = ledger.store.told().items

    pd.testing.assert_frame_equal(items.drop(columns="version"), said.items)


def test_what_is_common_is_bound_in_no_row():
    (batch,) = batches(some(30, amount_minor=5), import_id=4)

    assert "item_id" in batch.columns
    assert "amount_minor" not in batch.columns
    assert batch.common["amount_minor"] == 5
    assert batch.common["import_id"] == 4


def test_texts_that_come_in_utf8_are_the_same_texts_in_sqlite():
    texts = [f"{number} → Ümit 企業 \U0001f600" for number in range(13)]
    batch = Batch(
        "some", {"of": 4}, {"number": [*range(13)], "told": [text.encode() for text in texts]}, frozenset({"told"})
    )
    connection = sqlite3.connect(":memory:")
    connection.execute('CREATE TABLE some ("of" INTEGER, number INTEGER, told JSON)')

    for statement, values in batch.statements():
        connection.executemany(statement, values)

    rows = connection.execute("SELECT told, typeof(told) FROM some ORDER BY number").fetchall()
    assert rows == [(text, "text") for text in texts]
    connection.close()
