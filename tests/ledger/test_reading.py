"""Files become text cells, or a refusal that says what to do."""

from datetime import date
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from ledger.parsing.texts import NumberCell
from ledger.reading.files import read_file
from ledger.reading.sheet import Limits
from ledger.refusals import FileRefused


@pytest.fixture
def written(tmp_path):
    def write(content, name="ledger.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def cells(path, **how):
    (sheet,) = read_file(path, **how).sheets
    return [record.cells for record in sheet.records]


def refusal(path, **how):
    with pytest.raises(FileRefused) as refused:
        read_file(path, **how)
    assert str(path.name) in str(refused.value)
    return refused.value.code


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_the_encoding_is_detected(written, encoding):
    assert cells(written("id;name\n1;Müller & Söhne\n".encode(encoding))) == [["id", "name"], ["1", "Müller & Söhne"]]


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_the_delimiter_is_detected(written, mark):
    text = f"id{mark}amount{mark}name\n1{mark}2.50{mark}x\n2{mark}3.50{mark}y\n"
    assert cells(written(text))[1] == ["1", "2.50", "x"]


def test_decimal_commas_do_not_pass_for_delimiters(written):
    assert cells(written("id;a;b\n1;2,50;3,50\n2;4,50;5,50\n"))[1] == ["1", "2,50", "3,50"]


def test_a_record_is_not_a_line_and_knows_its_first_one(written):
    (sheet,) = read_file(written('id,name\n1,"two\nlines"\n2,x\n')).sheets
    assert [(record.line, record.cells[0]) for record in sheet.records] == [(1, "id"), (2, "1"), (4, "2")]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (b"  \n\n", "empty_file"),
        (b"id,name\n1,\x00x\n", "binary_content"),
        (b'id,name\n1,"never closed\n2,x\n', "unterminated_quote"),
        (b"<html><table></table></html>", "unsupported_format"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", "unsupported_format"),
        (b"%PDF-1.7", "unsupported_format"),
        (b"PK\x03\x04not a zip", "corrupt_file"),
        (b"PAR1 but cut off", "corrupt_file"),
    ],
)
def test_what_is_no_ledger_file_is_refused_by_its_content(written, content, code):
    assert refusal(written(content)) == code


def test_a_missing_file_and_a_folder_are_wrong_use(tmp_path):
    with pytest.raises(FileRefused, match="no such file") as missing:
        read_file(tmp_path / "nowhere.csv")
    with pytest.raises(FileRefused, match="folder") as folder:
        read_file(tmp_path)
    assert (missing.value.exit_code, folder.value.exit_code) == (2, 2)


def test_limits_are_enforced(written):
    path = written("a,b,c\n1,2,3\n1,2,3\n1,2,3\n")
    assert refusal(path, limits=Limits(max_bytes=5)) == "too_large"
    assert refusal(path, limits=Limits(max_columns=2)) == "too_many_columns"
    assert refusal(path, limits=Limits(max_rows=2)) == "too_many_rows"
    assert len(cells(path, limits=Limits(max_rows=3))) == 4


def test_a_workbook_gives_dates_in_iso_and_numbers_as_number_cells(tmp_path):
    path = tmp_path / "ledger.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Open items")
        sheet.write_row(0, 0, ["id", "amount", "issued"])
        sheet.write_row(1, 0, ["0001", 12.5])
        sheet.write_datetime(1, 2, date(2026, 3, 31), book.add_format({"num_format": "yyyy-mm-dd"}))
        sheet.write_row(2, 0, [2960623488, 3])
    rows = cells(path)
    assert rows == [["id", "amount", "issued"], ["0001", "12.5", "2026-03-31"], ["2960623488", "3", ""]]
    assert [type(cell) for cell in rows[1]] == [str, NumberCell, str]


def test_parquet_gives_exact_decimals_and_names_columns_without_text(tmp_path):
    path = tmp_path / "ledger.parquet"
    pq.write_table(
        pa.table(
            {
                "id": ["0001", None],
                "amount": [Decimal("1250.00"), Decimal("300.00")],
                "issued": [date(2026, 3, 31), None],
                "extra": [[1], [2]],
            }
        ),
        path,
    )
    (sheet,) = read_file(path).sheets
    assert [r.cells for r in sheet.records[1:]] == [["0001", "1250.00", "2026-03-31", ""], ["", "300.00", "", ""]]
    assert sheet.unreadable == {"extra"}
