"""What recording promises on every database: one transaction, one version each, nothing changed or lost, and the ledger
hears all of it.
"""

import os
import random
import signal
import threading
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa
from builders import invoice
from desk_recording import CONTACT, MARIA, PROMISE, DeskClock, published_desk, record, recorder_of
from killed import Fatal, child, end_of

from ledger import desk_journal as journal
from ledger.book import Ledger
from ledger.days import to_day
from ledger.standing_orders import callbacks_to_keep, holds_in_force
from serving.activities.errors import AccountChanged, BadActivity, CannotUndo, KeyUsedOtherwise, StillRunning
from serving.activities.people import Actor
from serving.activities.recording import Asked
from serving.activities.said import Assignment, Callback, Dispute, Hold, Note, Resolution, Snooze, Undo
from serving.activities.worked import worked
from serving.audit.audit_store import AuditLog, first_untrue
from serving.audit.chain import first_fault
from serving.call_sheet.layout import RowKey
from serving.call_sheet.recording import record_sheet
from serving.call_sheet.rows import SheetRow
from serving.etags import etag
from serving.team.ownership import assigned_to

DAY = date(2026, 4, 1)
NEXT = DAY + timedelta(days=1)
THOROUGH = int(os.environ.get("PAYRISK_TEST_EXAMPLES", "1")) > 1


@pytest.fixture
def clock():
    return DeskClock(DAY)


@pytest.fixture
def recorder(database_url, clock):
    desk = published_desk(database_url, ("C-1", "C-2"))
    yield recorder_of(desk, clock)
    desk.store.close()


def test_what_was_worked_is_what_stands_since_the_evening_the_last_first(recorder, clock, monkeypatch):
    monkeypatch.setattr("ledger.desk_journal.ROWS_AT_ONCE", 2)
    evening = DAY - timedelta(days=1)
    assert worked(recorder.known_after(evening)) == {}
    record(recorder, CONTACT, "C-2")
    record(recorder, CONTACT)
    promise = record(recorder, PROMISE)
    undo(recorder, record(recorder, Note("a slip of the pen"), "C-2"), "C-2")

    found = worked(recorder.known_after(evening))
    assert [(customer, row.kind) for customer, row in found.items()] == [("C-1", "promise"), ("C-2", "contact")]
    undo(recorder, promise)
    assert worked(recorder.known_after(evening))["C-1"].kind == "contact"
    clock.pass_on(days=1)
    record(recorder, Note("tomorrow"), "C-2")
    assert list(worked(recorder.known_after(DAY))) == ["C-2"]


def test_the_newest_assignment_that_stands_counts_and_an_earlier_evening_knows_none(recorder, clock):
    first = record(recorder, Assignment("ada"))
    record(recorder, Assignment("bob"), "C-2")
    clock.pass_on(days=1)
    record(recorder, Assignment("bob", "ada is ill"))

    def owners(until=None):
        return assigned_to(recorder.of_kinds([Assignment.kind], until))

    assert owners() == {"C-1": "bob", "C-2": "bob"}
    assert owners(DAY) == {"C-1": "ada", "C-2": "bob"}
    assert owners(DAY - timedelta(days=1)) == {}
    recorder.undo("C-1", Undo(first), Asked(Actor("maria", "manager"), etag(recorder.version("C-1"))))
    assert owners() == {"C-1": "bob", "C-2": "bob"}, "what was taken back was not the newest"
    assert worked(recorder.known_after(DAY - timedelta(days=1))) == {}, "who looks after an account is no work on it"


@pytest.fixture
def book(database_url):
    """A ledger with the invoice that the desk's list shows."""
    ledger = Ledger.open(database_url)
    ledger.load(invoice("INV-1", due_on="2026-03-20", amount=1000))
    yield ledger
    ledger.close()


def undo(recorder, activity_id, customer="C-1"):
    return recorder.undo(customer, Undo(activity_id), Asked(MARIA, etag(recorder.version(customer))))


def entries(url):
    log = AuditLog(url)
    found, stored = log.state()
    log.close()
    return list(found), first_untrue(found, stored)


def rows(recorder, table):
    with recorder.store.reading() as connection:
        return connection.execute(sa.text(f"SELECT count(*) FROM {table}")).scalar_one()


def test_what_is_recorded_is_a_fact_of_the_evening_of_its_day_and_of_no_earlier_one(recorder, book, clock):
    before = book.version
    record(recorder, CONTACT)
    record(recorder, PROMISE)
    record(recorder, Dispute("INV-1", Decimal("200"), "EUR", "damaged"))
    record(recorder, Callback(NEXT, "14:30"))
    record(recorder, Hold("insolvency", "court letter"))
    record(recorder, Snooze(date(2026, 4, 7), "away"))
    record(recorder, Note("Ask for Mrs Öz"))
    assert book.version == before

    assert book.hear_desk() == before + 1

    assert book.hear_desk() == before + 1
    earlier, view = book.as_of(DAY - timedelta(days=1)), book.as_of(DAY)
    assert [len(frame) for frame in (earlier.contacts, earlier.promises, earlier.disputes, earlier.holds)] == [0] * 4
    assert view.contacts[["customer_id", "channel", "outcome"]].to_numpy().tolist() == [["C-1", "phone", "no_answer"]]
    assert view.promise_spans[["amount_minor", "state"]].to_numpy().tolist() == [[600_00, "pending"]]
    assert view.open_disputes()[["item_id", "amount_minor", "reason"]].to_numpy().tolist() == [
        ["INV-1", 200_00, "damaged"]
    ]
    assert callbacks_to_keep(view)[["customer_id", "due_on", "at"]].to_numpy().tolist() == [
        ["C-1", to_day(NEXT), "14:30"]
    ]
    assert holds_in_force(view, NEXT)["kind"].tolist() == ["insolvency", "snooze"]
    assert holds_in_force(view, date(2026, 4, 7))["kind"].tolist() == ["insolvency"]
    assert book.at(before).as_of(DAY).contacts.empty


@pytest.mark.parametrize("heard_between", [False, True])
def test_what_is_undone_on_its_day_never_counted(recorder, book, heard_between):
    dispute = Dispute("INV-1", Decimal("200"), "EUR", "damaged")
    made = [record(recorder, said) for said in (CONTACT, PROMISE, dispute, Callback(NEXT), Hold("legal"))]
    if heard_between:
        book.hear_desk()
    for activity_id in made:
        undo(recorder, activity_id)

    book.hear_desk()

    view = book.as_of(NEXT)
    frames = view.contacts, view.promises, view.disputes, view.callbacks, view.holds
    assert [len(frame) for frame in frames] == [0] * 5


def test_what_is_undone_later_counted_until_then(recorder, book, clock):
    promise = record(recorder, PROMISE)
    hold = record(recorder, Hold("legal"))
    callback = record(recorder, Callback(date(2026, 4, 9)))
    contact = record(recorder, CONTACT)
    book.hear_desk()
    clock.pass_on(days=1)
    for activity_id in (promise, hold, callback):
        undo(recorder, activity_id)
    with pytest.raises(CannotUndo, match="history"):
        undo(recorder, contact)
    book.hear_desk()

    assert book.as_of(DAY).promise_spans["state"].tolist() == ["pending"]
    later = book.as_of(NEXT)
    assert later.promise_spans["state"].tolist() == ["pending", "cancelled"]
    assert holds_in_force(book.as_of(DAY), NEXT)["kind"].tolist() == ["legal"]
    assert holds_in_force(later, NEXT).empty
    assert callbacks_to_keep(later).empty
    assert len(later.contacts) == 1


def test_a_promise_whose_day_has_come_is_left_to_cash(recorder, clock):
    promise = record(recorder, PROMISE)
    clock.pass_on(days=9)

    with pytest.raises(CannotUndo, match="cash says"):
        undo(recorder, promise)


def test_a_dispute_is_open_until_it_is_resolved_and_again_when_that_is_undone(recorder, book, clock):
    opened = record(recorder, Dispute("INV-1", Decimal("200"), "EUR", "damaged"))
    clock.pass_on(days=1)
    ended = record(recorder, Resolution(opened, "rejected"))
    book.hear_desk()
    assert [len(book.as_of(day).open_disputes()) for day in (DAY, NEXT)] == [1, 0]

    undo(recorder, ended)
    book.hear_desk()

    assert len(book.as_of(NEXT).open_disputes()) == 1


def test_an_import_under_way_is_not_refused_because_of_what_is_recorded_meanwhile(recorder, book):
    computed_on = book.version
    import_id = book.store.begin_import("erp", [], [], DAY, None)
    record(recorder, CONTACT)
    Ledger.hear_desk(book)

    assert book.store.accept(import_id, computed_on) == computed_on + 2


@pytest.mark.parametrize("table", ["activities", "audit_log"])
def test_the_database_itself_refuses_to_change_or_remove_what_was_recorded(recorder, table):
    record(recorder, CONTACT)
    column = {"activities": "actor", "audit_log": "actor"}[table]
    for statement in (f"UPDATE {table} SET {column} = 'jan'", f"DELETE FROM {table}"):
        with pytest.raises(sa.exc.DBAPIError, match="append-only"), recorder.store.writing() as connection:
            connection.execute(sa.text(statement))
    ways = {"sqlite": f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}", "postgresql": f"TRUNCATE {table}"}
    way = ways[recorder.store.engine.dialect.name]
    with pytest.raises(sa.exc.DBAPIError, match="append-only"), recorder.store.writing() as connection:
        connection.execute(sa.text(way))
    assert rows(recorder, table) == 1


def test_no_other_activity_takes_the_place_of_one_at_its_version_of_the_account(recorder):
    record(recorder, CONTACT)
    columns = [column.name for column in journal.activities.columns]
    other = ", ".join({"sequence": "99", "activity_id": "'other'"}.get(name, name) for name in columns)
    statement = f"INTO activities ({', '.join(columns)}) SELECT {other} FROM activities"
    or_replace = "INSERT OR REPLACE" if recorder.store.engine.dialect.name == "sqlite" else "INSERT"
    with pytest.raises(sa.exc.DBAPIError, match=r"append-only|unique"), recorder.store.writing() as connection:
        connection.execute(sa.text(f"{or_replace} {statement}"))
    assert rows(recorder, "activities") == 1


def test_many_editors_at_once_lose_no_change(recorder, database_url):
    editors, each = 20, 40 if THOROUGH else 2  # more than there are connections to the database
    done: Counter[str] = Counter()

    def edit(number):
        luck, by = random.Random(number), Actor(f"person-{number}", "collector")
        for _ in range(each):
            customer = luck.choice(["C-1", "C-2"])
            version = recorder.version(customer)
            try:
                recorder.record(customer, Note(f"{number}"), Asked(by, etag(version)))
                done[customer] += 1
            except AccountChanged:
                done["refused"] += 1

    threads = [threading.Thread(target=edit, args=(number,)) for number in range(editors)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    found, untrue = entries(database_url)
    assert done.total() == editors * each
    assert [recorder.version(customer) for customer in ("C-1", "C-2")] == [done["C-1"], done["C-2"]]
    assert len(found) == rows(recorder, "activities") == done["C-1"] + done["C-2"]
    assert (first_fault(found), untrue) == (None, None)


def test_the_same_key_at_once_has_one_effect(recorder):
    asked = Asked(MARIA, etag(0), key="k", route="r")
    answers, running = [], []

    def send():
        try:
            answers.append(recorder.record("C-1", CONTACT, asked))
        except StillRunning:
            running.append(1)

    threads = [threading.Thread(target=send) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(answers) + len(running) == 20
    assert len({answer.body["activity_id"] for answer in answers}) == 1
    assert recorder.version("C-1") == 1


def test_a_key_is_remembered_for_a_day(recorder, clock):
    asked = Asked(MARIA, etag(0), key="k", route="r")
    first = recorder.record("C-1", CONTACT, asked)
    clock.pass_on(hours=23, minutes=59)
    assert recorder.record("C-1", CONTACT, asked) == first
    with pytest.raises(KeyUsedOtherwise):
        recorder.record("C-1", PROMISE, asked)

    clock.pass_on(minutes=1)

    with pytest.raises(AccountChanged):
        recorder.record("C-1", CONTACT, asked)


def test_killed_at_any_moment_the_key_answers_and_there_is_one_effect_or_none(recorder, database_url, clock):
    """Before and after each statement and commit of a request, and between its work and its reply."""

    def request(number):
        def work():
            recorder.store.engine.dispose(close=False)  # the connections are the parent's
            fatal = Fatal(number)
            fatal.watch_statements()
            mine = recorder_of(recorder.desk, clock)
            mine.record("C-1", CONTACT, Asked(MARIA, etag(version), key=f"k{version}", route="r"))
            fatal.pass_one()  # the work is done, the reply is not sent
            return fatal.passed

        return work

    record(recorder, CONTACT)  # the first of an account asks for more
    version = recorder.version("C-1")
    moments = end_of(child(request(None)))
    assert moments > 10
    seen = set()
    chosen = range(moments) if THOROUGH else [*random.Random(3).sample(range(moments - 3), 2), moments - 2, moments - 1]
    for number in chosen:
        version = recorder.version("C-1")
        assert end_of(child(request(number))) == -signal.SIGKILL
        done = recorder.version("C-1") - version
        seen.add(done)

        again = recorder.record("C-1", CONTACT, Asked(MARIA, etag(version), key=f"k{version}", route="r"))

        assert (again.status, again.account_version) == (201, version + 1)
        assert recorder.version("C-1") == version + 1
    found, untrue = entries(database_url)
    assert seen == {0, 1}
    assert (len(found), first_fault(found), untrue) == (recorder.version("C-1"), None, None)


def test_a_ledger_killed_while_it_hears_the_desk_hears_all_of_it_the_next_time(recorder, book, database_url):
    record(recorder, CONTACT)
    record(recorder, PROMISE)
    before = book.version

    def hear(number):
        def work():
            book.store.engine.dispose(close=False)  # the connections are the parent's
            fatal = Fatal(number)
            fatal.watch_statements()
            book.hear_desk()
            return fatal.passed

        return work

    for number in range(4, 24, 2 if THOROUGH else 9):
        process = child(hear(number))
        if end_of(process) != -signal.SIGKILL:
            break
        assert book.version == before
    book.hear_desk()

    view = book.as_of(DAY)
    assert (len(view.contacts), len(view.promises)) == (1, 1)


def test_several_things_of_an_account_are_recorded_together_once_or_not_at_all(recorder):
    asked = Asked(MARIA, etag(0), "a-row", "POST call sheet")

    with pytest.raises(BadActivity):
        recorder.record_all("C-1", [CONTACT, Note("")], asked)
    assert recorder.versions() == {}
    first = recorder.record_all("C-1", [CONTACT, Note("by mail")], asked)

    assert recorder.record_all("C-1", [CONTACT, Note("by mail")], asked) == first
    assert [one["account_version"] for one in first] == [1, 2]
    assert recorder.after("C-1", 0) == first
    assert [one["kind"] for one in recorder.after("C-1", 1)] == ["note"]
    assert recorder.versions() == {"C-1": 2}


def test_a_call_sheet_that_is_imported_four_times_at_once_is_recorded_once(recorder):
    keys = [RowKey(DAY - timedelta(days=1), 0, account) for account in ("C-1", "C-2")]
    rows = [SheetRow(at, str(key), "", {"outcome": "no_answer", "note": "x"}) for at, key in enumerate(keys)]
    reports = []

    def import_it():
        reports.append(record_sheet(recorder, rows, MARIA))

    threads = [threading.Thread(target=import_it) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(reports) == 4
    assert recorder.versions() == {"C-1": 2, "C-2": 2}
