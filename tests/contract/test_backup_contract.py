"""A backup is a committed state, whoever writes meanwhile, and comes back equal on every database."""

import os
import threading
from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd
import pytest
import sqlalchemy as sa
from builders import callback, hold, invoice, promise, random_activity, random_facts, together
from evenings import made_run, score

from ledger.book import Ledger
from ledger.errors import DatabaseNewer, DatabaseNotMigrated, PayriskError
from ledger.facts import Facts
from ledger.store import LedgerStore
from ledger.told import Told
from payrisk.archive import Archive
from payrisk.backup import back_up, restore
from payrisk.copies import DatabaseHoldsData
from payrisk.migrations.run import upgrade
from payrisk.settings import Settings
from serving.published.desk import Desk
from serving.published.store import ServingStore

NOW = datetime(2026, 4, 1, 6, 15, tzinfo=UTC)
MARCH = date(2026, 3, 31)
TIMES = int(os.environ.get("PAYRISK_TEST_EXAMPLES", "1"))
FRAMES = ("items", "applications", "customers", "rates", "contacts", "promises", "holds", "callbacks")


@pytest.fixture
def here(database_url, tmp_path) -> Settings:
    return Settings(home=tmp_path / "home", database_url=database_url)


@pytest.fixture
def there(request, database_url, tmp_path) -> Settings:
    """An empty place of the same engine."""
    sqlite = database_url.startswith("sqlite")
    url = f"sqlite:///{tmp_path / 'there' / 'ledger.db'}" if sqlite else request.getfixturevalue("empty_postgres_url")
    return Settings(home=tmp_path / "there", database_url=url)


def taken(settings: Settings, folder: Path, name: str = "b.zip", **how: bool) -> Path:
    settings.home.mkdir(exist_ok=True)
    return Path(back_up(settings, folder / name, now=NOW, program="0.1.0", **how)["backup"])


def facts_of(url: str) -> dict[str, pd.DataFrame]:
    store = LedgerStore(url)
    read = store.read()
    store.close()
    return {name: getattr(read, name) for name in FRAMES}


def assert_same(one: dict[str, pd.DataFrame], other: dict[str, pd.DataFrame]) -> None:
    for name in FRAMES:
        pd.testing.assert_frame_equal(one[name], other[name])


def all_rows(url: str) -> dict[str, list[str]]:
    """Every row of every table, as text."""
    engine = sa.create_engine(url)
    there = sa.MetaData()
    there.reflect(engine)
    with engine.connect() as connection:
        rows = {
            name: sorted(repr(tuple(row)) for row in connection.execute(sa.select(table)))
            for name, table in there.tables.items()
        }
    engine.dispose()
    return rows


def test_a_restored_database_has_every_row_of_every_table(here, there, tmp_path):
    ledger = Ledger.open(here.url)
    said = Told.of_facts(random_facts(3))
    ledger.tell(said, source="csv", as_of=MARCH, roles=["invoices"], files=[("a.csv", "00ff")], recorded_at=NOW)
    ledger.load(invoice("=cmd|'\\N \t\n\\", due_on="2026-03-14", amount=1, customer="Ünï \\. ☃"))
    told_by_collectors = (
        random_activity(3, random_facts(3)),
        hold("H\\N", "legal", from_on=MARCH, reason="\\.\n\t☃"),
        callback("B-1", due_on=MARCH, known_on=MARCH, at="14:30"),
    )
    ledger.load(together(*told_by_collectors))
    ledger.load(promise("M\\N", made_on=MARCH, promised_on=MARCH, amount=1, items=["\\.", "=cmd|'\\N", "a\tb"]))
    ledger.close()
    store = ServingStore(here.url)
    store.publish(made_run([score("Ω/1", "C-1"), score("2", "C\t2")]))

    done = restore(there, taken(here, tmp_path))

    assert all_rows(there.url) == all_rows(here.url)
    assert done["ledger_version"] == 4
    assert all(all_rows(there.url)[name] for name in ("told_contacts", "told_promises", "told_holds", "told_callbacks"))
    assert done["newest_queue"] == store.newest_run().run_id
    again = ServingStore(there.url)
    assert Desk(again).queue() == Desk(store).queue()
    for one in (store, again):
        one.close()


def test_numbers_that_were_given_out_are_not_given_again(here, there, tmp_path):
    store = LedgerStore(here.url)
    swept = store.begin_import("csv", [], [], MARCH, None)
    store.sweep()
    store.close()

    restore(there, taken(here, tmp_path))

    restored = LedgerStore(there.url)
    assert restored.begin_import("csv", [], [], MARCH, None) > swept
    restored.close()


def test_an_import_that_was_never_accepted_is_invisible_after_a_restore(here, there, tmp_path):
    ledger = Ledger.open(here.url)
    ledger.load(invoice("INV-1", due_on="2026-03-14", amount=100))
    before = facts_of(here.url)
    under_way = ledger.store.begin_import("csv", [], [], MARCH, None)
    ledger.store.write(under_way, Told.of_facts(random_facts(1)))

    restore(there, taken(here, tmp_path))
    ledger.store.accept(under_way)
    ledger.close()

    assert_same(facts_of(there.url), before)
    restored = Ledger.open(there.url)
    assert restored.version == 1
    assert restored.store.sweep() == 1
    restored.close()


def batch(number: int) -> Told:
    """Forty invoices that no other batch has."""
    row = invoice("INV", due_on="2026-03-14", amount=number + 1).items.to_dict("records")[0]
    names = [f"INV-{number}-{at}" for at in range(40)]
    return Told.of_facts(
        Facts.of(items=[{**row, "item_id": name, "source_row": at} for at, name in enumerate(names, 1)])
    )


class Importer(threading.Thread):
    """Imports one file after the other, each in four batches, until `done`."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.ledger, self.done, self.failed = Ledger.open(url), threading.Event(), []
        self.ledger.tell(batch(0), source="csv", as_of=MARCH, roles=["invoices"])

    def run(self) -> None:
        number = 1
        try:
            while not self.done.is_set():
                import_id = self.ledger.store.begin_import("csv", [], [], MARCH, None)
                for part in range(4):
                    self.ledger.store.write(import_id, batch(4 * number + part))
                self.ledger.store.accept(import_id)
                number += 1
        except Exception as error:  # told by the test
            self.failed.append(error)


def test_a_backup_taken_while_an_import_writes_is_a_committed_version(here, there, tmp_path):
    importer = Importer(here.url)
    importer.start()
    backups, versions = [], []
    try:
        while len(backups) < 40 * TIMES and (len(backups) < 4 * TIMES or versions[-1] < 3):
            backups.append(taken(here, tmp_path, f"{len(backups)}.zip", verify=len(backups) % 4 == 3))
            versions.append(Archive.open(backups[-1]).told["state"]["ledger_version"])
    finally:
        importer.done.set()
        importer.join()

    assert importer.failed == []
    assert versions == sorted(versions)
    assert versions[-1] >= 3  # imports were accepted meanwhile
    restore(there, backups[-1])
    committed = importer.ledger.store.read(versions[-1])
    assert_same(facts_of(there.url), {name: getattr(committed, name) for name in FRAMES})
    importer.ledger.close()


def test_a_backup_of_a_database_without_tables_is_refused(there, tmp_path):
    with pytest.raises(DatabaseNotMigrated):
        taken(there, tmp_path)
    assert not (tmp_path / "b.zip").exists()


def test_a_backup_of_a_newer_database_is_not_made(here, tmp_path):
    with sa.create_engine(here.url).begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(DatabaseNewer, match="Update payrisk"):
        taken(here, tmp_path)
    assert not (tmp_path / "b.zip").exists()


def test_a_database_with_rows_is_never_restored_into(here, there, tmp_path):
    path = taken(here, tmp_path)
    upgrade(there.url)
    ledger = Ledger.open(there.url)
    ledger.load(invoice("MINE", due_on="2026-03-14", amount=1))
    before = all_rows(there.url)

    with pytest.raises(DatabaseHoldsData, match="never overwrites"):
        restore(there, path)

    assert all_rows(there.url) == before
    ledger.close()


def test_an_empty_database_of_ours_may_be_restored_into(here, there, tmp_path):
    ledger = Ledger.open(here.url)
    ledger.load(random_facts(5))
    ledger.close()
    path = taken(here, tmp_path)
    upgrade(there.url)

    restore(there, path)

    assert all_rows(there.url) == all_rows(here.url)


def test_a_database_of_somebody_else_is_never_restored_into(here, there, tmp_path):
    path = taken(here, tmp_path)
    there.home.mkdir(exist_ok=True)
    with sa.create_engine(there.url).begin() as connection:
        connection.execute(sa.text("CREATE TABLE recipes (name TEXT)"))

    with pytest.raises(PayriskError, match="Nothing was changed"):
        restore(there, path)

    assert set(all_rows(there.url)) == {"recipes"}


def test_a_restore_that_fails_late_leaves_the_place_as_empty_as_it_was(here, there, tmp_path, monkeypatch):
    ledger = Ledger.open(here.url)
    ledger.load(random_facts(5))
    ledger.close()
    here.mapping_folder.mkdir(parents=True)
    (here.mapping_folder / "mine.toml").write_text("[columns]\n")
    path = taken(here, tmp_path)
    monkeypatch.setattr("payrisk.database_state.State.difference", lambda *_: "items has 1 row instead of 2")

    with pytest.raises(PayriskError, match="1 row instead of 2"):
        restore(there, path)

    monkeypatch.undo()
    assert not [file for file in there.home.rglob("*") if file.is_file()]
    restore(there, path)
    assert all_rows(there.url) == all_rows(here.url)
