"""The call sheet: written, filled in by people who live in a spreadsheet, read back; every row accounted for, once."""

import os
import random
import zipfile
from datetime import date, datetime

import pytest
import sqlalchemy as sa
import xlsxwriter
from all_tables import make_tables
from desk_recording import MARIA, DeskClock, recorder_of
from evenings import made_run, score
from python_calamine import CalamineWorkbook

from ledger.refusals import FileRefused
from serving.accounts.account import CustomerFacts
from serving.activities.people import Actor
from serving.call_sheet.layout import KEY_HEADER, RowKey
from serving.call_sheet.reading import read_sheet
from serving.call_sheet.recording import record_sheet
from serving.call_sheet.rows import SheetRow
from serving.people.access import Sight
from serving.published.desk import Desk
from serving.published.erased_lists import forget_answers
from serving.published.store import ServingStore
from serving.published.workbook import write_queue

JAN = Actor("jan", "collector")
HOSTILE = "=1+1;\u00fc/C"
ACCOUNTS = ("C-0", "C-1", "C-2", "C-3", HOSTILE, "007")
TODAY = date(2026, 4, 1)


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    """A database with a list of six accounts, each owing one invoice of 1,000.00 EUR."""
    path = tmp_path_factory.mktemp("desk") / "desk.db"
    store = ServingStore(f"sqlite:///{path}")
    make_tables(store)
    scores = [score(f"INV-{at}", one, open=1000, dpd=20 - at) for at, one in enumerate(ACCOUNTS)]
    store.publish(made_run(scores, {HOSTILE: CustomerFacts('=cmd|"/C calc"!A0')}))
    store.close()
    return path.read_bytes()


@pytest.fixture
def clock():
    return DeskClock(TODAY)


@pytest.fixture
def recorder(database, tmp_path, clock):
    path = tmp_path / "desk.db"
    path.write_bytes(database)
    store = ServingStore(f"sqlite:///{path}")
    yield recorder_of(Desk(store), clock)
    store.close()


@pytest.fixture
def sheet(recorder, tmp_path):
    """The sheet as it is written: its headers, and its rows by account."""
    write_queue(recorder.desk.queue(), tmp_path / "queue.xlsx", recorder.versions())
    head, *rows = CalamineWorkbook.from_path(str(tmp_path / "queue.xlsx")).get_sheet_by_name("Queue").to_python()
    return Filled(head, {RowKey.read(row[head.index(KEY_HEADER)]).customer_id: row for row in rows}, tmp_path)


class Filled:
    """A sheet in somebody's hands."""

    def __init__(self, head, rows, folder):
        self.head, self.folder = head, folder
        self.rows = [dict(zip(head, row, strict=True)) for row in rows.values()]
        self.of = dict(zip(rows, self.rows, strict=True))

    def fill(self, account, **cells):
        names = {"outcome": "Outcome", "amount": "Promised or disputed", "day": "Date", "minutes": "Minutes",
                 "item": "Item", "note": "Note"}  # fmt: skip
        self.of[account] |= {names[name]: cell for name, cell in cells.items()}
        return self

    def saved(self, name="filled.xlsx"):
        """Saved by a spreadsheet: days are its own, texts are texts."""
        path = self.folder / name
        with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False}) as book:
            page = book.add_worksheet("Queue")
            day = book.add_format({"num_format": "dd/mm/yyyy"})
            for at, column in enumerate(self.head):
                page.write_string(0, at, column)
                for row, cells in enumerate(self.rows, start=1):
                    cell = cells[column]
                    if isinstance(cell, date):
                        page.write_datetime(row, at, datetime(cell.year, cell.month, cell.day), day)  # noqa: DTZ001
                    elif cell != "":
                        page.write(row, at, cell)
        return path

    def rows_read(self):
        return read_sheet(self.saved())


def statuses(report):
    return {row.customer_id: row.status for row in report.rows}


def told(recorder, account):
    return [(one["kind"], one["said"]) for one in reversed(recorder.activities(account)["items"])]


def test_the_list_carries_columns_to_fill_in_with_the_outcomes_to_choose_and_a_hidden_key(recorder, tmp_path, sheet):
    assert sheet.head[-7:] == ["Outcome", "Promised or disputed", "Date", "Minutes", "Item", "Note", KEY_HEADER]
    assert set(sheet.of) == set(ACCOUNTS)
    page = zipfile.ZipFile(tmp_path / "queue.xlsx").read("xl/worksheets/sheet1.xml").decode()
    assert '"no_answer,message_left,sent,' in page
    assert 'hidden="1"' in page
    assert "<f>" not in page
    plain = tmp_path / "plain.xlsx"
    write_queue(recorder.desk.queue(), plain)
    assert KEY_HEADER not in CalamineWorkbook.from_path(str(plain)).get_sheet_by_name("Queue").to_python()[0]


def test_each_filled_row_becomes_what_it_says(recorder, sheet):
    sheet.fill("C-0", outcome="promise", amount=600.5, day=date(2026, 4, 10), note="Ms Öz; =promised\nby mail")
    sheet.fill("C-1", outcome="No answer", minutes=3).fill("C-2", outcome="callback", day="2026-04-03")
    sheet.fill("C-3", outcome="dispute", amount="20,50", note="damaged").fill(HOSTILE, note="+49 30 1234")

    report = record_sheet(recorder, sheet.rows_read(), MARIA)

    assert report.to_json() | {"rows": []} == {
        "recorded": 5, "already_recorded": 0, "conflict": 0, "refused": 0, "blank": 1, "rows": [],
    }  # fmt: skip
    assert told(recorder, "C-0") == [
        ("promise", {"amount": "600.50", "currency": "EUR", "promised_on": "2026-04-10"}),
        ("note", {"text": "Ms Öz; =promised\nby mail"}),
    ]
    assert told(recorder, "C-1") == [("contact", {"channel": "phone", "outcome": "no_answer", "minutes": 3})]
    assert told(recorder, "C-2") == [("callback", {"due_on": "2026-04-03"})]
    (dispute,) = told(recorder, "C-3")
    assert (dispute[0], dispute[1]["item_id"], dispute[1]["amount"]) == ("dispute", "INV-3", "20.50")
    assert told(recorder, HOSTILE) == [("note", {"text": "+49 30 1234"})]


def test_a_sheet_comes_back_any_number_of_times_in_any_order_and_records_once(recorder, sheet, clock):
    sheet.fill("C-0", outcome="promise", amount=600, day="10.04.2026", note="by mail").fill("007", outcome="sent")
    sheet.rows.append(dict(sheet.of["007"]))  # the same row twice
    first = record_sheet(recorder, sheet.rows_read(), MARIA)
    later = []
    for seed in range(3):
        clock.pass_on(days=2)  # no idempotency key is remembered that long
        random.Random(seed).shuffle(sheet.rows)
        later.append(record_sheet(recorder, sheet.rows_read(), MARIA))

    assert [row.status for row in first.rows] == ["recorded", "recorded", "already_recorded"]
    assert [set(statuses(report).values()) for report in later] == [{"already_recorded"}] * 3
    assert {row.activity_ids for report in later for row in report.rows} == {row.activity_ids for row in first.rows}
    assert [recorder.version(one) for one in ("C-0", "007")] == [2, 1]


def test_what_somebody_else_recorded_meanwhile_is_a_conflict_that_is_said_and_stops_no_other_row(recorder, sheet):
    sheet.fill("C-0", outcome="refusal").fill("C-1", outcome="no_answer")
    rows = sheet.rows_read()
    record_sheet(recorder, [row for row in rows if row.account == "C-0"], JAN)

    report = record_sheet(recorder, rows, MARIA)

    assert statuses(report) == {"C-0": "conflict", "C-1": "recorded"}
    (conflict,) = (row for row in report.rows if row.status == "conflict")
    assert "jan recorded a contact" in conflict.problem
    assert conflict.remedy
    assert recorder.version("C-0") == 1


def test_two_calls_to_one_account_in_one_sheet_are_both_recorded(recorder, sheet):
    sheet.fill("C-0", outcome="no_answer")
    sheet.rows.append(sheet.of["C-0"] | {"Outcome": "message_left"})

    for status in ("recorded", "already_recorded"):
        assert [row.status for row in record_sheet(recorder, sheet.rows_read(), MARIA).rows] == [status, status]
    assert recorder.version("C-0") == 2


def test_columns_may_move_and_go_and_a_csv_of_it_is_read_too(recorder, sheet):
    sheet.fill("C-0", outcome="no_answer").fill("007", outcome="sent").fill(HOSTILE, outcome="paid_already")
    sheet.head = [KEY_HEADER, "Minutes", "Outcome", "Note"]
    path = sheet.folder / "filled.csv"
    lines = [";".join(f'"{row[name]}"' for name in sheet.head) for row in sheet.rows]
    path.write_text("\n".join([";".join(sheet.head), *lines]), encoding="utf-8-sig")

    assert statuses(record_sheet(recorder, sheet.rows_read(), MARIA)) == dict.fromkeys(
        ("C-0", "007", HOSTILE), "recorded"
    )
    assert set(statuses(record_sheet(recorder, read_sheet(path), MARIA)).values()) == {"already_recorded"}


REFUSED = {
    "bad_outcome": {"outcome": "voicemail"},
    "more_than_open": {"outcome": "promise", "amount": 1000.01, "day": "2026-04-10"},
    "missing_text": {"outcome": "promise", "day": "2026-04-10"},
    "bad_minutes": {"outcome": "no_answer", "minutes": "ten"},
    "item_not_open": {"outcome": "promise", "amount": 5, "day": "2026-04-10", "item": "INV-9"},
    "bad_text": {"note": "#REF!\ufffd"},
}


def test_a_row_that_may_not_be_believed_names_its_field_and_the_way_out_and_the_others_are_recorded(recorder, sheet):
    for account, (_, cells) in zip(ACCOUNTS, REFUSED.items(), strict=True):
        sheet.fill(account, **cells)
    sheet.rows.append(sheet.of["C-0"] | {"Outcome": "no_answer"})

    report = record_sheet(recorder, sheet.rows_read(), MARIA)

    assert [row.code for row in report.rows] == [*REFUSED, None]
    assert all(row.field and row.problem and row.remedy for row in report.rows[:-1])
    assert report.rows[-1].status == "recorded"
    assert [recorder.version(account) for account in ACCOUNTS] == [1, 0, 0, 0, 0, 0]


def test_nothing_that_was_filled_in_is_left_out_silently(recorder, sheet):
    sheet.fill("C-0", outcome="no_answer", amount=5).fill("C-1", note="x", day="2026-04-10")
    sheet.fill("C-2", outcome="promise", amount=5, day="2026-04-10", minutes=4)

    report = record_sheet(recorder, sheet.rows_read(), MARIA)

    assert [(row.code, row.field) for row in report.rows] == [
        ("bad_outcome", "amount"), ("bad_outcome", "day"), ("bad_outcome", "minutes"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("days", "found"),
    [
        ((date(2026, 4, 10), date(2026, 5, 3)), ("2026-04-10", "2026-05-03")),
        (("10.04.2026", "3/5/2026"), ("2026-04-10", None)),  # dots say nothing of slashes
        (("13/04/2026", "3/5/2026"), ("2026-04-13", "2026-05-03")),
        (("4/13/2026", "5/3/2026"), ("2026-04-13", "2026-05-03")),
        ((46122, "10 Apr 2026"), ("2026-04-10", "2026-04-10")),
        (("31/04/2026", "soon"), (None, None)),
    ],
)
def test_days_are_read_however_a_spreadsheet_holds_them_or_refused_never_guessed(recorder, sheet, days, found):
    for account, day in zip(("C-0", "C-1"), days, strict=True):
        sheet.fill(account, outcome="callback", day=day)

    report = record_sheet(recorder, sheet.rows_read(), MARIA)

    recorded = [told(recorder, one) for one in ("C-0", "C-1")]
    assert tuple(one[0][1]["due_on"] if one else None for one in recorded) == found
    assert [row.code for row in report.rows] == [None if day else "bad_day" for day in found]


@pytest.mark.parametrize(
    ("amounts", "found"),
    [
        ((12.5, "1.000,00"), ("12.50", "1000.00")),
        (("1,000", "12.50"), ("1000.00", "12.50")),
        (("1,000", 12), (None, "12.00")),
        (("12.345", "€ 7"), (None, "7.00")),
        (("USD 5", -5), (None, None)),
    ],
)
def test_amounts_are_read_with_the_mark_that_the_sheet_proves(recorder, sheet, amounts, found):
    for account, amount in zip(("C-0", "C-1"), amounts, strict=True):
        sheet.fill(account, outcome="promise", amount=amount, day="2026-04-10")

    record_sheet(recorder, sheet.rows_read(), MARIA)

    recorded = [told(recorder, one) for one in ("C-0", "C-1")]
    assert tuple(one[0][1]["amount"] if one else None for one in recorded) == found


def test_a_key_that_was_dragged_on_or_a_column_sorted_alone_is_refused(recorder, sheet):
    for account in ("C-0", "C-1", "C-2"):
        sheet.fill(account, outcome="no_answer")
    sheet.of["C-0"][KEY_HEADER] = sheet.of["C-0"][KEY_HEADER].replace("C-0", "C-1")
    sheet.of["C-1"]["Account"], sheet.of["C-2"]["Account"] = "C-2", "C-1"

    report = record_sheet(recorder, sheet.rows_read(), MARIA)

    assert [row.code for row in report.rows] == ["no_row_key", "row_mixed_up", "row_mixed_up"]
    assert recorder.versions() == {}


def test_without_the_keys_a_file_is_no_call_sheet(sheet, tmp_path):
    sheet.head.remove(KEY_HEADER)

    with pytest.raises(FileRefused, match="Payrisk row") as refused:
        sheet.rows_read()

    assert refused.value.code == "no_call_sheet"
    (tmp_path / "x.xlsx").write_bytes(b"PK\x03\x04 not a workbook")
    with pytest.raises(FileRefused):
        read_sheet(tmp_path / "x.xlsx")


def test_an_account_that_is_not_seen_is_unknown(recorder, sheet):
    sheet.fill("C-0", outcome="no_answer")

    report = record_sheet(recorder, sheet.rows_read(), JAN, sight=Sight("none"))

    assert [row.code for row in report.rows] == ["unknown_account"]


def test_of_a_row_of_two_activities_both_are_recorded_or_none(recorder, sheet):
    sheet.fill("C-0", outcome="no_answer", note="x" * 2001)

    report = record_sheet(recorder, sheet.rows_read(), MARIA)

    assert [row.code for row in report.rows] == ["too_long"]
    assert recorder.version("C-0") == 0


def test_every_recorded_row_is_in_the_audit_log_under_who_imported_it(recorder, sheet):
    sheet.fill("C-0", outcome="promise", amount=600, day="2026-04-10", note="by mail")
    record_sheet(recorder, sheet.rows_read(), MARIA)

    with recorder.store.reading() as connection:
        found = [tuple(row) for row in connection.execute(sa.text("SELECT actor, action FROM audit_log ORDER BY seq"))]
    assert found == [("maria", "activity.promise"), ("maria", "activity.note")]


def test_an_erasure_forgets_what_rows_of_sheets_were_answered(recorder, sheet):
    sheet.fill("C-0", outcome="no_answer", note="her daughter Wilhelmina answers")
    sheet.fill("C-1", outcome="no_answer", note="ask for Bolt")
    record_sheet(recorder, sheet.rows_read(), MARIA)

    with recorder.store.writing() as connection:
        forget_answers(connection, "C-0")
        kept = [str(one) for one in connection.execute(sa.text("SELECT answer FROM idempotency_keys")).scalars()]

    assert [("Wilhelmina" in one, "Bolt" in one) for one in kept] == [(False, True)]


CELLS = {
    "outcome": ("no_answer", "promise", "callback", "dispute", "Sent", "x", "=1"),
    "amount": ("1", "600,50", "1.200", "1,200.5", "-3", "1e5", "€ 5", "5 USD", "NaN", "0", "٣"),
    "day": ("2026-04-10", "10.04.2026", "4/5/2026", "46122", "46122.5", "9999-12-31", "31/12/99", "?"),
    "minutes": ("3", "3.0", "٣", "99999", "-1"),
    "item": ("INV-0", "INV-1", "x"),
    "note": ("x", "=1", "#REF!", "\x00", "\ud800", "y" * 2001),
}


@pytest.mark.parametrize("seed", range(2 * int(os.environ.get("PAYRISK_TEST_EXAMPLES", "1"))))
def test_whatever_is_filled_in_every_row_is_accounted_for_and_a_second_import_records_nothing(recorder, seed):
    draw = random.Random(seed)
    for _ in range(4):
        rows = []
        for line in range(15):
            filled = {name: draw.choice(cells) for name, cells in CELLS.items() if draw.random() < 0.4}
            key = RowKey(date(2026, 3, 31), draw.choice((0, 0, 0, 7)), draw.choice(ACCOUNTS))
            numbers = tuple(name for name in filled if draw.random() < 0.3)
            rows.append(SheetRow(line, str(key)[draw.random() < 0.1 :], "", filled, numbers))

        first = record_sheet(recorder, rows, MARIA)
        versions = recorder.versions()
        again = record_sheet(recorder, rows, MARIA)

        assert len(first.rows) + first.blank == len(rows)
        assert all((row.code is None) == bool(row.activity_ids) for row in first.rows)
        assert all(row.remedy for row in first.rows if row.code)
        assert [row.line for row in again.rows if row.status == "recorded"] == []
        done = [{row.line for row in report.rows if row.activity_ids} for report in (first, again)]
        assert done[0] == done[1]
        assert recorder.versions() == versions
