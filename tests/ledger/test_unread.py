"""What an import did not read is said; and what cannot be read is refused in a sentence, never with a traceback."""

import datetime as dt
import random
import zipfile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from importing_kit import HEADER, TODAY, take

from ledger.importing import import_files
from ledger.mapping import ColumnMapping, load_mapping
from ledger.options import ImportOptions
from ledger.refusals import BadMapping, FileRefused

COLUMNS = ["invoice_id", "customer_id", "issue_date", "due_date", "amount", "currency"]
INVOICES = ",".join(COLUMNS) + "\n"
ROW = "INV-1,C-1,2026-02-01,2026-03-03,100.00,EUR"


def read_in(ledger, path):
    now = dt.datetime(2026, 3, 31, 6, tzinfo=dt.UTC)
    return import_files(ledger, [path], options=ImportOptions(as_of=TODAY), today=TODAY, recorded_at=now)


def codes(report):
    return [warned.code for warned in report.warnings]


def test_unread_columns_are_listed_and_doubted_when_they_look_like_payments(ledger, tmp_path):
    header = INVOICES.strip() + ",Region,Paid on,payment_terms\n"
    report = take(ledger, tmp_path, header + ROW + ",North,2026-03-01,NET30\n")

    assert "file1.csv: Columns not read: Region, Paid on, payment_terms." in report.text()
    assert 'look like payments were not read: "Paid on".' in report.text()
    assert codes(report) == ["payment_columns_unread"]
    assert report.as_dict()["files"][0]["unread_columns"] == ["Region", "Paid on", "payment_terms"]


def test_a_mapping_leaves_columns_out_knowingly(ledger, tmp_path):
    mapping = ColumnMapping.parse({"columns": {name: name for name in COLUMNS}, "unused": ["Cleared"]}, "ours")
    header = INVOICES.strip() + ",Region,Cleared\n"
    report = take(ledger, tmp_path, header + ROW + ",North,2026-03-01\n", mapping=mapping)

    assert codes(report) == []
    assert "Columns not read: Region.\n" in report.text()


def test_the_notes_beside_rows_that_were_set_aside_are_not_taken_for_payments(ledger, tmp_path):
    header = "payrisk_reason,payrisk_column,payrisk_line,payrisk_sentence," + HEADER
    report = take(ledger, tmp_path, header + "bad_date,due_date,6,no date," + ROW + ",,\n")

    assert codes(report) == []


def test_a_file_read_whole_says_nothing_of_unread_columns(ledger, tmp_path):
    assert "not read" not in take(ledger, tmp_path, HEADER + ROW + ",,\n").text()


def workbook(path, **sheets):
    with xlsxwriter.Workbook(path) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for at, row in enumerate(rows):
                sheet.write_row(at, 0, row)
    return path


def test_skipped_worksheets_are_listed(ledger, tmp_path):
    rows = [COLUMNS, ROW.split(",")]
    path = workbook(tmp_path / "a.xlsx", y2026=rows, y2025=[COLUMNS[:-1], rows[1][:-1]])
    assert "Worksheets not read: y2025." in read_in(ledger, path).text()


def test_a_workbook_with_damaged_bytes_is_refused(ledger, tmp_path):
    path = workbook(tmp_path / "a.xlsx", y2026=[COLUMNS, ROW.split(",")])
    whole, draw = path.read_bytes(), random.Random(3)
    with zipfile.ZipFile(path) as archive:
        starts = [entry.header_offset + 30 + len(entry.filename) for entry in archive.infolist()]
    for start in starts:
        path.write_bytes(whole[:start] + draw.randbytes(8) + whole[start + 8 :])
        with pytest.raises(FileRefused) as refused:
            read_in(ledger, path)
        assert refused.value.code == "corrupt_file"


@pytest.mark.parametrize(
    "column",
    [
        pa.array([10**8], pa.int32()).cast(pa.date32()),
        pa.array([9223372036854775807], pa.timestamp("us")),
        pa.array([0], pa.timestamp("us", tz="Nowhere/Bla")),
        pa.array([5], pa.duration("s")),
    ],
    ids=["day", "instant", "zone", "duration"],
)
def test_parquet_values_that_no_text_has_are_refused_where_they_are_needed(ledger, tmp_path, column):
    values = {name: pa.array([value]) for name, value in zip(COLUMNS, ROW.split(","), strict=True)}
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table(values | {"Region": column}), path)
    assert read_in(ledger, path).accepted == 1

    pq.write_table(pa.table(values | {"due_date": column}), path)
    with pytest.raises(FileRefused) as refused:
        read_in(ledger, path)
    assert (refused.value.code, refused.value.field) == ("unsupported_column_type", "due_date")


def test_parquet_bytes_that_are_no_text_are_refused(ledger, tmp_path):
    values = {name: pa.array([value]) for name, value in zip(COLUMNS, ROW.split(","), strict=True)}
    pq.write_table(pa.table(values | {"invoice_id": pa.array([b"\xff\xfe"])}), tmp_path / "a.parquet")
    with pytest.raises(FileRefused):
        read_in(ledger, tmp_path / "a.parquet")


@pytest.mark.parametrize("name", ["undefined", "punycode", "idna", "unicode-escape", "rot13", "a\0b", "nope"])
def test_an_encoding_that_no_file_has_is_a_bad_mapping(name):
    with pytest.raises(BadMapping, match="not one of text files"):
        ColumnMapping.parse({"encoding": name}, "ours")


@pytest.mark.parametrize("content", ["a=" + "[" * 5000 + "]" * 5000, "x=" + "9" * 5000], ids=["deep", "huge"])
def test_toml_that_no_one_writes_is_a_bad_mapping(tmp_path, content):
    (tmp_path / "ours.toml").write_text(content)
    with pytest.raises(BadMapping):
        load_mapping("ours", tmp_path)


@pytest.mark.parametrize("name", ["x" * 300, "a\0b"], ids=["long", "nul"])
def test_a_name_that_no_file_can_have_is_refused(ledger, tmp_path, name):
    with pytest.raises(FileRefused):
        read_in(ledger, tmp_path / name)


def test_a_long_cell_is_cut_in_the_sentence(ledger, tmp_path):
    good = "".join(ROW.replace("INV-1", f"OK-{n}") + "\n" for n in range(3))
    bad = "INV-{},C-1,2026-02-01,2026-03-03,{},{}\n"
    rows = bad.format(1, "9" * 9000, "EUR") + bad.format(2, "1.00", "E" * 9000)
    report = take(ledger, tmp_path, INVOICES + good + rows)

    assert len(report.quarantined) == 2
    assert max(len(line) for line in report.text().splitlines()) < 300


def test_no_sentence_steers_the_terminal(ledger, tmp_path):
    path = tmp_path / "a\x1b[31m.csv"
    path.write_text(INVOICES.replace("amount", "\x1b[2Jsum") + ROW + "\n")
    with pytest.raises(FileRefused) as refused:
        read_in(ledger, path)
    assert "\x1b" not in str(refused.value)

    path.write_text(INVOICES.replace("\n", ",\x1b[2Jextra\n") + ROW + ",1\n")
    assert "\x1b" not in read_in(ledger, path).text()


def test_utf8_read_as_western_text_is_said(ledger, tmp_path):
    path = tmp_path / "a.csv"
    rows = f"{ROW},Müller\n{ROW.replace('INV-1', 'INV-2')},".encode() + b"Fran\xe7ois\n"
    path.write_bytes(INVOICES.replace("\n", ",customer_name\n").encode() + rows)
    report = read_in(ledger, path)

    assert codes(report) == ["customer_name_conflict", "suspected_mojibake"]
    assert "suspected_mojibake, 1 row" in report.text()


def test_western_text_is_not_suspected(ledger, tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes((INVOICES.replace("\n", ",customer_name\n") + ROW + ",Café São\n").encode("cp1252"))
    assert codes(read_in(ledger, path)) == []
