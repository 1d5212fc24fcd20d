"""The schema as data agrees with the views, the store and the page made from it."""

import pytest
from builders import random_facts

from ledger.facts import Facts
from ledger.schema import (
    ABSENCES,
    APPLICATIONS,
    CALLBACKS,
    CONTACTS,
    CUSTOMERS,
    DISPUTES,
    FILE_LAYOUTS,
    HOLDS,
    IMPORTS,
    ITEMS,
    PROMISES,
    RATES,
    TOLD_TABLES,
    data_contract_markdown,
)
from ledger.store import metadata
from ledger.view import (
    ABSENCE_COLUMNS,
    APPLICATION_COLUMNS,
    CALLBACK_COLUMNS,
    CONTACT_COLUMNS,
    CUSTOMER_COLUMNS,
    DISPUTE_COLUMNS,
    HOLD_COLUMNS,
    ITEM_COLUMNS,
    PROMISE_COLUMNS,
    RATE_COLUMNS,
)

DERIVED = {"superseded_on"}


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        (ITEMS, ITEM_COLUMNS),
        (APPLICATIONS, APPLICATION_COLUMNS),
        (CUSTOMERS, CUSTOMER_COLUMNS),
        (RATES, RATE_COLUMNS),
        (DISPUTES, DISPUTE_COLUMNS),
        (ABSENCES, ABSENCE_COLUMNS),
        (CONTACTS, CONTACT_COLUMNS),
        (PROMISES, PROMISE_COLUMNS),
        (HOLDS, HOLD_COLUMNS),
        (CALLBACKS, CALLBACK_COLUMNS),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_a_view_shows_what_is_stored_and_what_is_derived(table, columns):
    assert sorted(table.names) == sorted(name for name in columns if name not in DERIVED)


def test_every_table_of_the_schema_is_a_table_of_the_store():
    assert set(metadata.tables) == {table.name for table in (*TOLD_TABLES, IMPORTS)}
    for table in TOLD_TABLES:
        assert tuple(metadata.tables[table.name].columns.keys()) == ("import_id", *table.names)


@pytest.mark.parametrize("table", [*TOLD_TABLES, IMPORTS, *FILE_LAYOUTS.values()], ids=lambda table: table.name)
def test_every_column_says_what_it_means_and_every_key_is_a_column(table):
    assert all(column.meaning for column in table.columns)
    assert set(table.key) <= set(table.names)
    assert len(set(table.names)) == len(table.names)


def test_the_data_contract_names_every_column():
    page = data_contract_markdown()

    for table in (*TOLD_TABLES, IMPORTS, *FILE_LAYOUTS.values()):
        assert f"### {table.name}" in page
        assert all(f"| `{name}` |" in page for name in table.names)


def test_facts_keep_the_types_of_the_schema_even_when_there_are_none():
    some, none = random_facts(1), Facts.empty()

    for name, frame in some.frames().items():
        if len(frame):
            assert frame.dtypes.astype(str).tolist() == none.frames()[name].dtypes.astype(str).tolist()
