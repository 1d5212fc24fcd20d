"""Facts that an older payrisk stored become what exports told, and every evening stays as it was."""

import pandas as pd
import pytest
import sqlalchemy as sa
from builders import callback, customer, hold, ledger_of, random_facts, together

from ledger.book import Ledger
from ledger.database import open_engine, writing
from payrisk.migrations.run import migrate, upgrade

OLD_COLUMNS = {
    "items": (
        "item_id", "customer_id", "entity", "invoice_number", "issued_on", "due_on", "amount_minor", "currency",
        "terms", "known_on",
    ),
    "applications": (
        "application_id", "item_id", "kind", "amount_minor", "happened_on", "known_on", "known_assumed",
    ),
    "customers": ("customer_id", "customer_name", "country", "known_on"),
    "rates": ("currency", "base", "rate", "rate_on", "known_on"),
}  # fmt: skip


def old_database(url, facts):
    """A database of revision 0002 with these facts in one accepted import, and one import of rates alone."""
    engine = open_engine(url)
    imports = (
        "INSERT INTO imports (source, files, file_sha256, as_of, rows, version) VALUES ('{}', '[]', '[]', {}, 0, {})"
    )
    with writing(engine) as connection:
        migrate(connection, to="0002")
        connection.execute(sa.text(imports.format("sap", 20_000, 1)))
        connection.execute(sa.text(imports.format("masters/sap", 20_100, 2)))
        for table, columns in OLD_COLUMNS.items():
            frame = facts.frames()[table]
            marks = ", ".join(f":{name}" for name in columns)
            insert = f"INSERT INTO {table} (import_id, {', '.join(columns)}) VALUES (1, {marks})"
            rows = [{name: getattr(v, "item", lambda v=v: v)() for name, v in row.items()} for row in
                    frame[list(columns)].to_dict("records")]  # fmt: skip
            if rows:
                connection.execute(sa.text(insert), rows)
        first = facts.items.iloc[0]["item_id"]
        sighting = "INSERT INTO sightings (import_id, item_id, source_row) VALUES (1, :item, 7)"
        connection.execute(sa.text(sighting), {"item": first})
    engine.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def empty_url(request, tmp_path):
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'ledger.db'}"
    return str(request.getfixturevalue("empty_postgres_url"))


@pytest.mark.parametrize("seed", range(3))
def test_facts_of_an_older_payrisk_are_told_and_every_evening_stays_as_it_was(empty_url, seed):
    facts = together(random_facts(seed))
    old_database(empty_url, facts)

    upgrade(empty_url)
    ledger = Ledger.open(empty_url)
    found, expected = ledger.store.read(), ledger_of(facts).store.read()

    for name in ("items", "applications", "customers", "rates"):
        one, other = (getattr(stored, name).drop(columns="source_row", errors="ignore") for stored in (found, expected))
        pd.testing.assert_frame_equal(one, other)
    assert found.items["source_row"].max() == 7
    assert [(r.source, r.mode, r.is_book) for r in ledger.imports()] == [
        ("sap", "append", True),
        ("sap", "append", False),
    ]
    ledger.close()


def test_customers_that_an_older_payrisk_was_told_of_state_no_credit_limit(empty_url):
    engine = open_engine(empty_url)
    with writing(engine) as connection:
        migrate(connection, to="0003")
        connection.execute(
            sa.text(
                "INSERT INTO imports (source, files, file_sha256, as_of, rows, version, mode, roles, posting_lag_days)"
                " VALUES ('sap', '[]', '[]', 20000, 1, 1, 'append', '[\"customers\"]', 0)"
            )
        )
        connection.execute(
            sa.text(
                "INSERT INTO told_customers (import_id, customer_id, said_on, present, customer_name, country,"
                " debtor_class, parent_id, stated_known_on) VALUES (1, 'C-1', 20000, true, 'Elm', 'GB', '', '', 20000)"
            )
        )
    engine.dispose()

    upgrade(empty_url)
    ledger = Ledger.open(empty_url)
    ledger.load(customer("C-1", credit_limit=5, known_on="2024-10-10"))
    found = ledger.store.read()

    limits = found.customers[["customer_name", "credit_limit_minor", "credit_limit_currency"]]
    assert limits.values.tolist() == [["Elm", -1, ""], ["Elm", 500, "EUR"]]
    assert found.contacts.empty
    assert found.promises.empty
    ledger.close()


def test_a_ledger_that_knew_neither_holds_nor_callbacks_keeps_its_facts_and_learns_them(empty_url):
    facts = random_facts(7)
    engine = open_engine(empty_url)
    with writing(engine) as connection:
        migrate(connection, to="0005")
        connection.execute(
            sa.text(
                "INSERT INTO imports (source, files, file_sha256, as_of, rows, version, mode, roles, posting_lag_days)"
                " VALUES ('direct', '[]', '[]', 20000, 1, 1, 'append', '[\"contacts\"]', 0)"
            )
        )
        connection.execute(
            sa.text(
                "INSERT INTO told_contacts (import_id, contact_id, said_on, present, customer_id, channel, outcome,"
                " happened_on, stated_known_on)"
                " VALUES (1, 'K-1', 20000, true, 'C-1', 'phone', 'no_answer', 20000, 20000)"
            )
        )
    engine.dispose()

    upgrade(empty_url)
    ledger = Ledger.open(empty_url)
    before = ledger.store.read()
    ledger.load(facts)
    ledger.load(hold("H-1", "legal", from_on="2024-10-10"))
    ledger.load(callback("B-1", due_on="2024-10-14", known_on="2024-10-10"))
    found = ledger.store.read()

    assert (len(before.holds), len(before.callbacks)) == (0, 0)
    assert found.contacts["contact_id"].tolist() == before.contacts["contact_id"].tolist() == ["K-1"]
    assert (found.holds["hold_id"].tolist(), found.callbacks["callback_id"].tolist()) == (["H-1"], ["B-1"])
    ledger.close()
