"""What every store must do, on SQLite and on PostgreSQL alike."""

import threading
from datetime import UTC, date, datetime

import pandas as pd
import pytest
from builders import (
    callback,
    contact,
    customer,
    hold,
    invoice,
    ledger_of,
    payment,
    promise,
    random_activity,
    random_facts,
    random_orders,
    rate,
    reversal,
    together,
)

from ledger.book import Ledger
from ledger.days import NEVER, to_day
from ledger.errors import ImportSwept, LedgerMoved, SumTooLarge
from ledger.facts import Facts
from ledger.store import LARGEST_SUM, LedgerStore
from ledger.told import Told

MARCH = date(2026, 3, 31)
MANY = [f"INV-{number}" for number in range(7)]


def many_invoices() -> Facts:
    return together(*(invoice(item_id, due_on="2026-03-14", amount=1) for item_id in MANY))


def test_a_late_booked_payment_is_invisible_before_it_is_known(ledger):
    ledger.load(invoice("INV-1", due_on="2026-03-14", amount=100))
    ledger.load(payment("INV-1", paid_on="2026-03-28", known_on="2026-04-03", amount=100))

    assert ledger.as_of(MARCH).invoice("INV-1").open_minor == 100_00
    assert ledger.as_of(date(2026, 4, 3)).invoice("INV-1").open_minor == 0


def test_corrections_and_reversals_count_from_their_evening(ledger):
    ledger.load(invoice("INV-1", due_on="2026-03-14", amount=100))
    ledger.load(payment("INV-1", paid_on="2026-03-10", amount=100))
    ledger.load(reversal("INV-1", taken_back_on="2026-03-20", amount=100))
    ledger.load(invoice("INV-1", due_on="2026-03-14", amount=90, known_on="2026-03-25"))

    opened = [ledger.as_of(date(2026, 3, day)).invoice("INV-1").open_minor for day in (9, 10, 20, 25)]

    assert opened == [100_00, 0, 100_00, 90_00]


def test_what_is_written_comes_back_exactly(ledger):
    ledger.load(
        together(
            invoice("007", due_on="1999-12-31", amount="9999999999999.99", customer=" Ünï ☃", terms="2/10 net 30"),
            invoice("CM", due_on="2026-03-14", amount="-0.01"),
            payment("007", paid_on="1970-01-01", known_on="2026-03-14", amount="0.01", known_assumed=True),
            customer("C-1", name="Robert'); DROP TABLE items;--", country="DE"),
            rate("JPY", "0.00612345678901234567890", rate_on="1999-12-31"),
            customer("C-2", credit_limit="9999999999.999", limit_currency="KWD"),
            contact("Ω'1", happened_on="1999-12-31", customer=" Ünï ☃", channel="letter", outcome="sent"),
            promise("\\N", made_on="1970-01-01", promised_on="2026-03-14", amount="0.01", items=["007", "a\\.", "\t☃"]),
            hold("\\.", "legal", from_on="1969-12-31", reason="';--\t☃", customer=" Ünï ☃"),
            callback("B'1", due_on="2026-03-14", at="09:05", known_on="1999-12-31", cancelled_on="2026-03-10"),
        )
    )

    stored = ledger.store.read()

    assert stored.items.loc[0, ["item_id", "customer_id", "terms"]].tolist() == ["007", " Ünï ☃", "2/10 net 30"]
    assert stored.items["amount_minor"].tolist() == [999_999_999_999_999, -1]
    assert stored.applications[["happened_on", "known_assumed"]].values.tolist() == [[0, True]]
    assert stored.customers["customer_name"].tolist() == ["Robert'); DROP TABLE items;--", ""]
    assert stored.customers["credit_limit_minor"].tolist() == [-1, 9_999_999_999_999]
    assert stored.customers["credit_limit_currency"].tolist() == ["", "KWD"]
    assert stored.contacts[["contact_id", "customer_id", "outcome"]].values.tolist() == [["Ω'1", " Ünï ☃", "sent"]]
    assert stored.promises[["promise_id", "made_on", "item_ids"]].values.tolist() == [["\\N", 0, "007\na\\.\n\t☃"]]
    assert stored.holds[["hold_id", "customer_id", "reason", "from_on", "until_on"]].values.tolist() == [
        ["\\.", " Ünï ☃", "';--\t☃", -1, NEVER]
    ]
    assert stored.callbacks[["callback_id", "at", "cancelled_on"]].values.tolist() == [
        ["B'1", "09:05", to_day(date(2026, 3, 10))]
    ]
    assert stored.rates["rate"].tolist() == ["0.00612345678901234567890"]


@pytest.mark.parametrize("seed", range(3))
def test_the_frames_are_the_same_in_every_store(ledger, seed):
    facts = random_facts(seed)
    facts = together(facts, random_activity(seed, facts), random_orders(seed, facts))
    ledger.load(facts)

    here, there = ledger.store.read(), ledger_of(facts).store.read()

    assert len(here.contacts)
    assert len(here.promises)
    assert len(here.holds)
    assert len(here.callbacks)
    for name in ("items", "applications", "customers", "rates", "contacts", "promises", "holds", "callbacks"):
        pd.testing.assert_frame_equal(getattr(here, name), getattr(there, name))


def test_an_import_is_read_by_nobody_until_it_is_accepted(ledger):
    ledger.load(invoice("INV-1", due_on="2026-03-14", amount=100))
    before = ledger.store.read()

    import_id = ledger.store.begin_import("csv", ["a.csv"], ["00ff"], MARCH, datetime(2026, 4, 1, tzinfo=UTC))
    ledger.store.write(import_id, Told.of_facts(invoice("INV-2", due_on="2026-03-14", amount=100)))

    assert ledger.version == 1
    pd.testing.assert_frame_equal(ledger.store.read().items, before.items)
    assert ledger.store.accept(import_id) == 2
    assert len(ledger.store.read().items) == 2


def test_an_accepted_import_is_told_with_its_files(ledger):
    recorded_at = datetime(2026, 4, 1, 5, 30, tzinfo=UTC)
    said, files = Told.of_facts(many_invoices()), [("a.csv", "00ff")]
    ledger.tell(said, source="ibm_ar", as_of=MARCH, roles=["invoices"], recorded_at=recorded_at, files=files)

    (record,) = ledger.imports()

    assert (record.source, record.files, record.file_sha256) == ("ibm_ar", ("a.csv",), ("00ff",))
    assert (record.as_of, record.version, record.recorded_at, record.rows) == (MARCH, 1, recorded_at, len(MANY))


def test_a_dead_import_is_swept_and_leaves_the_ledger_as_it_was(ledger):
    ledger.load(many_invoices())
    before = ledger.store.read()
    dead = ledger.store.begin_import("csv", [], [], MARCH, None)
    ledger.store.write(dead, Told.of_facts(random_facts(1)))

    assert ledger.store.sweep() == 1
    assert ledger.store.sweep() == 0
    pd.testing.assert_frame_equal(ledger.store.read().items, before.items)
    assert [record.version for record in ledger.imports()] == [1]


def test_a_swept_import_can_neither_go_on_nor_be_accepted(ledger):
    swept = ledger.store.begin_import("csv", [], [], MARCH, None)
    ledger.store.sweep()

    with pytest.raises(ImportSwept, match="Run it again"):
        ledger.store.write(swept, Told.of_facts(many_invoices()))
    with pytest.raises(ImportSwept):
        ledger.store.accept(swept)
    assert ledger.store.begin_import("csv", [], [], MARCH, None) != swept


def test_an_import_is_accepted_once(ledger):
    import_id = ledger.store.begin_import("csv", [], [], MARCH, None)
    ledger.store.accept(import_id)

    with pytest.raises(ImportSwept):
        ledger.store.accept(import_id)


def test_facts_may_be_written_in_several_calls(ledger):
    import_id = ledger.store.begin_import("csv", [], [], MARCH, None)
    for item_id in MANY:
        ledger.store.write(import_id, Told.of_facts(invoice(item_id, due_on="2026-03-14", amount=1)))
    ledger.store.accept(import_id)

    assert ledger.store.read().items["item_id"].tolist() == MANY
    assert ledger.imports()[0].rows == len(MANY)


def test_a_batch_that_fails_leaves_nothing_of_itself(ledger):
    import_id = ledger.store.begin_import("csv", [], [], MARCH, None)
    ledger.store.write(import_id, Told.of_facts(invoice("INV-1", due_on="2026-03-14", amount=1)))
    with pytest.raises(Exception, match=r"(?i)unique|duplicate"):
        ledger.store.write(import_id, Told.of_facts(many_invoices()))
    ledger.store.accept(import_id)

    assert ledger.store.read().items["item_id"].tolist() == ["INV-1"]


def test_two_imports_at_once_get_two_versions(database_url):
    ledger = Ledger.open(database_url)

    def load(number: int) -> None:
        mine = Ledger.open(database_url)
        for part in range(3):
            mine.load(invoice(f"INV-{number}-{part}", due_on="2026-03-14", amount=1))
        mine.close()

    workers = [threading.Thread(target=load, args=[number]) for number in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert [record.version for record in ledger.imports()] == list(range(1, 10))
    assert len(ledger.store.read().items) == 9
    ledger.close()


def test_of_two_imports_compared_with_the_same_version_only_one_is_accepted(database_url):
    ledger = Ledger.open(database_url)
    ledger.load(invoice("INV-0", due_on="2026-03-14", amount=1))
    said: list[str] = []

    def load(number: int) -> None:
        mine = Ledger.open(database_url)
        try:
            rows = Told.of_facts(invoice(f"INV-{number}", due_on="2026-03-14", amount=1))
            mine.tell(rows, source="sap", as_of=MARCH, roles=["invoices"], computed_on=1)
        except LedgerMoved as moved:
            said.append(str(moved))
        mine.close()

    workers = [threading.Thread(target=load, args=[number]) for number in (1, 2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert ledger.version == 2
    assert said == [
        "Another import was accepted meanwhile (the ledger went from version 1 to 2). "
        "Nothing was changed; run the import again."
    ]
    assert len(ledger.store.read().items) == 2
    ledger.close()


def test_a_past_version_can_be_read_again(ledger):
    ledger.load(invoice("INV-1", due_on="2026-03-14", amount=100, source_row=1))
    before = ledger.as_of(MARCH)
    ledger.load(
        together(
            invoice("INV-1", due_on="2026-03-14", amount=80, source_row=9),
            payment("INV-1", paid_on="2026-03-01", amount=80),
        )
    )

    replayed = ledger.as_of(MARCH, version=1)

    assert ledger.as_of(MARCH).invoice("INV-1").open_minor == 0
    pd.testing.assert_frame_equal(replayed.items, before.items)
    pd.testing.assert_frame_equal(replayed.applications, before.applications)


def test_sums_that_could_leave_64_bits_are_refused_whole(ledger, monkeypatch):
    assert 2 * LARGEST_SUM <= 2**63
    monkeypatch.setattr("ledger.store.LARGEST_SUM", 250_00)
    ledger.load(invoice("INV-1", due_on="2026-03-14", amount=100))
    ledger.load(invoice("CM-1", due_on="2026-03-14", amount=-100))

    with pytest.raises(SumTooLarge, match="amount scale"):
        ledger.load(invoice("INV-2", due_on="2026-03-14", amount=100))

    assert ledger.version == 2


def test_promises_that_add_up_to_too_much_are_refused_too(ledger, monkeypatch):
    monkeypatch.setattr("ledger.store.LARGEST_SUM", 250_00)
    ledger.load(promise("M-1", made_on="2026-03-01", promised_on="2026-03-14", amount=200))

    with pytest.raises(SumTooLarge):
        ledger.load(promise("M-2", made_on="2026-03-01", promised_on="2026-03-14", amount=100))


def test_a_store_remembers_after_it_was_closed(database_url):
    first = Ledger.open(database_url)
    first.load(many_invoices())
    first.close()

    assert len(LedgerStore(database_url).read().items) == len(MANY)
