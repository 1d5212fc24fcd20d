"""Files become text cells, or a refusal that says what to do."""

import csv
import io
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from builders import law
from hypothesis import example, given
from hypothesis import strategies as st
from old_workbook import PASSWORD, compound, xls

from ledger.parsing.texts import NumberCell
from ledger.reading.files import read_file
from ledger.reading.sheet import FORMULA_WITHOUT_VALUE, Limits
from ledger.refusals import FileRefused


@pytest.fixture
def written(tmp_path):
    def write(content, name="ledger.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def records(path, **how):
    (sheet,) = read_file(path, **how).sheets
    return [sheet.record(at) for at in range(len(sheet))]


def cells(path, **how):
    return [record.cells for record in records(path, **how)]


def refusal(path, **how):
    with pytest.raises(FileRefused) as refused:
        read_file(path, **how)
    assert str(path.name) in str(refused.value)
    return refused.value.code


def workbook(path, fill, **options):
    with xlsxwriter.Workbook(path, options) as book:
        fill(book, book.add_worksheet("Open items"))
    return path


def rewritten(path, **parts):
    """The archive with parts put in, or in the place of others; `xl_workbook` stands for xl/workbook.xml."""
    with zipfile.ZipFile(path) as archive:
        stored = {name: archive.read(name) for name in archive.namelist()}
    stored |= parts
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in stored.items():
            archive.writestr(name, content)
    return path


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-32", "utf-16-le", "utf-16-be"],
)
@pytest.mark.parametrize("name", ["Müller & Söhne", '"Müller & Söhne"'])
def test_the_encoding_is_detected(written, encoding, name):
    path = written(f"id;name\n1;{name}\n".encode(encoding))
    assert cells(path) == [["id", "name"], ["1", "Müller & Söhne"]]


def test_a_stated_encoding_counts_more_than_what_is_detected(written):
    path = written("id;name\n1;Łódź\n".encode("cp1250"))
    assert cells(path, encoding="cp1250")[1] == ["1", "Łódź"]
    assert refusal(path, encoding="utf-8") == "undecodable"
    assert refusal(path, encoding="no such one") == "undecodable"
    assert refusal(path, encoding="base64") == "undecodable"


@pytest.mark.parametrize("text", ["id;name\n1;x\n", 'id;name\n1;"x"\n'])
def test_the_end_of_file_mark_of_dos_is_no_record(written, text):
    assert cells(written(text + "\x1a\x1a")) == [["id", "name"], ["1", "x"]]


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_the_delimiter_is_detected(written, mark):
    text = f"id{mark}amount{mark}name\n1{mark}2.50{mark}x\n2{mark}3.50{mark}y\n"
    assert cells(written(text))[1] == ["1", "2.50", "x"]


def test_decimal_commas_do_not_pass_for_delimiters(written):
    assert cells(written("id;a;b\n1;2,50;3,50\n2;4,50;5,50\n"))[1] == ["1", "2,50", "3,50"]


def test_the_line_that_tells_excel_the_delimiter_is_obeyed_and_no_record(written):
    path = written("sep=;\r\nid;note\r\n1;a,b,c\r\n")
    assert records(path) == [(2, ["id", "note"]), (3, ["1", "a,b,c"])]


def test_a_stated_delimiter_counts_more_than_what_is_detected(written):
    path = written("id:name;x\n1:a;x\n")
    assert cells(path, delimiter=":")[1] == ["1", "a;x"]
    assert refusal(path, delimiter="::") == "malformed_csv"
    assert cells(path, delimiter="→")[1] == ["1:a;x"]


def test_single_quotation_marks_are_text(written):
    assert cells(written("id,name\n1,'a'\n2,O'Neil\n"))[1:] == [["1", "'a'"], ["2", "O'Neil"]]


def test_a_record_is_not_a_line_and_knows_its_first_one(written):
    path = written('id,name\n1,"two\nlines"\n2,"and\r\nthree\r\n"\n3,x\n')
    assert [(line, row[0]) for line, row in records(path)] == [(1, "id"), (2, "1"), (4, "2"), (7, "3")]


def test_records_shorter_and_longer_than_the_columns_say_so(written):
    (sheet,) = read_file(written("a,b,c\n1\n\n1,2,3\n" + "1,2,3\n" * 30 + "1,2,3,,\n1,2,3,,5,\n")).sheets
    assert len(sheet.columns) == 3
    assert sheet.widths[:4].tolist() == [3, 1, 0, 3]
    assert sheet.widths[-2:].tolist() == [3, 5]
    assert sheet.record(1).cells == ["1"]
    assert sheet.record(len(sheet) - 1).cells == ["1", "2", "3"]


plain = st.text(st.sampled_from("ab1 .'é\u2028"), max_size=4)


@given(
    rows=st.lists(st.lists(plain, min_size=1, max_size=4), min_size=1, max_size=6),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    last=st.booleans(),
)
@example(rows=[["a", ""], ["", ""]], end="\n", last=False)
@law(60)
def test_a_file_without_quotation_marks_reads_as_the_judge_of_them_reads_it(tmp_path_factory, rows, end, last):
    text = end.join(";".join(row) for row in rows) + (end if last else "")
    path = tmp_path_factory.mktemp("plain") / "ledger.csv"
    path.write_bytes(text.encode())
    if not text.strip():
        return
    judged = list(csv.reader(io.StringIO(text, newline=""), delimiter=";", strict=True))
    (sheet,) = read_file(path, delimiter=";").sheets
    width = max(len(row) for row in judged)
    assert [[c[at] for c in sheet.columns] for at in range(len(sheet))] == [
        [*row, *[""] * (width - len(row))] for row in judged
    ]
    assert sheet.widths.tolist() == [len(row) for row in judged]
    assert sheet.lines.tolist() == [*range(1, len(judged) + 1)]


def test_many_records_are_read_in_several_chunks(written):
    text = "".join(f'{number},"x{number % 7}"\n' for number in range(400_000))
    (sheet,) = read_file(written(text)).sheets
    assert len(sheet) == 400_000
    assert sheet.record(399_999) == (400_000, ["399999", f"x{399_999 % 7}"])
    assert len(sheet.columns[1].distinct) == 7


def test_garbled_lines_are_counted_whole_wherever_the_blocks_end(written):
    line = "1;" + "x" * 1000 + ";MÃ¼ller\n"
    (sheet,) = read_file(written("id;a;name\n" + line * 3000)).sheets
    assert sheet.garbled == 3000


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (b"  \n\n", "empty_file"),
        (b"\x1a", "empty_file"),
        (b"id,name\n1,\x00x\n", "binary_content"),
        (b'id,name\n1,"never closed\n2,x\n', "unterminated_quote"),
        (b'id,name\n1,"closed" twice"\n2,x\n', "malformed_csv"),
        (b"id,name\n1," + b"x" * (2**24 + 1) + b"\n2\n", "malformed_csv"),
        (b"id,name\n1\x81,x\n", "undecodable"),
        (b"<html><table></table></html>", "unsupported_format"),
        ("<html><table></table></html>".encode("utf-16"), "unsupported_format"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", "corrupt_file"),
        (b"%PDF-1.7", "unsupported_format"),
        (b"\x1f\x8b\x08\x00rest", "unsupported_format"),
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


@pytest.mark.parametrize("quoted", [False, True])
def test_limits_are_enforced(written, quoted):
    path = written("a,b,c\n1,2,3\n1,2,3\n1,2,3\n" if not quoted else 'a,b,c\n1,"2",3\n1,2,3\n1,2,3\n')
    assert refusal(path, limits=Limits(max_bytes=5)) == "too_large"
    assert refusal(path, limits=Limits(max_columns=2)) == "too_many_columns"
    assert refusal(path, limits=Limits(max_rows=2)) == "too_many_rows"
    assert len(cells(path, limits=Limits(max_rows=3))) == 4


def test_a_workbook_gives_dates_in_iso_and_numbers_as_number_cells(tmp_path):
    def fill(book, sheet):
        sheet.write_row(0, 0, ["id", "amount", "issued", "open"])
        sheet.write_row(1, 0, ["0001", 12.5])
        sheet.write_datetime(1, 2, date(2026, 3, 31), book.add_format({"num_format": "yyyy-mm-dd"}))
        sheet.write_row(2, 0, [2960623488, 3, "", True])
        sheet.write_row(3, 0, ["1", 1, "12.5", False])

    rows = cells(workbook(tmp_path / "ledger.xlsx", fill))
    assert rows == [
        ["id", "amount", "issued", "open"],
        ["0001", "12.5", "2026-03-31", ""],
        ["2960623488", "3", "", "TRUE"],
        ["1", "1", "12.5", "FALSE"],
    ]
    assert [type(cell) for cell in rows[1]] == [str, NumberCell, str, str]
    assert [type(cell) for cell in rows[3]] == [str, NumberCell, str, str]


def test_days_of_a_workbook_that_counts_from_1904_are_the_days_it_shows(tmp_path):
    def fill(book, sheet):
        sheet.write_datetime(0, 0, date(2026, 3, 31), book.add_format({"num_format": "yyyy-mm-dd"}))

    assert cells(workbook(tmp_path / "ledger.xlsx", fill, date_1904=True)) == [["2026-03-31"]]


def test_rows_of_a_worksheet_keep_their_numbers(tmp_path):
    def fill(_, sheet):
        sheet.write(4, 2, "id")
        sheet.write(6, 3, 1)

    assert records(workbook(tmp_path / "ledger.xlsx", fill))[4:] == [
        (5, ["id", ""]), (6, ["", ""]), (7, ["", "1"]),
    ]  # fmt: skip


def test_errors_and_formulas_without_value_are_no_empty_cells(tmp_path):
    def fill(_, sheet):
        sheet.write_row(0, 0, ["id", "amount", "note", "last"])
        sheet.write_formula(1, 0, "=1+1", None, 2)
        sheet.write_formula(1, 1, "=A9/0", None, "#DIV/0!")
        sheet.write_formula(1, 2, "=A1", None, "")
        sheet.write_formula(2, 4, "=A1", None, "")
        sheet.write_string(1, 3, ' t="e"')

    path = workbook(tmp_path / "ledger.xlsx", fill)
    assert [row[:5] for row in cells(path)][1:] == [
        ["2", "#DIV/0!", FORMULA_WITHOUT_VALUE, ' t="e"', ""],
        ["", "", "", "", FORMULA_WITHOUT_VALUE],
    ]


def test_a_formula_whose_stored_value_is_an_empty_text_is_an_empty_cell(tmp_path):
    path = workbook(tmp_path / "ledger.xlsx", lambda _, sheet: sheet.write_row(0, 0, ["id", "x"]))
    with zipfile.ZipFile(path) as archive:
        stored = archive.read("xl/worksheets/sheet1.xml")
    row = b'<row r="2"><c r="A2" t="str"><f>IF(1,"")</f><v></v></c><c r="B2"><v>1</v></c></row></sheetData>'
    rewritten(path, **{"xl/worksheets/sheet1.xml": stored.replace(b"</sheetData>", row)})
    assert cells(path)[1] == ["", "1"]


def test_an_old_workbook_is_read(written):
    path = written(xls([["id", "Müller"], ["0001", 12.5], ["2", 3.0]]), "ledger.xls")
    rows = cells(path)
    assert rows == [["id", "Müller"], ["0001", "12.5"], ["2", "3"]]
    assert type(rows[2][1]) is NumberCell


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (xls([["id"]], first=[PASSWORD]), "encrypted_workbook"),
        (compound({"EncryptedPackage": b"x", "EncryptionInfo": b"x"}), "encrypted_workbook"),
        (xls([["id"]], _VBA_PROJECT=b"x"), "macro_workbook"),
        (compound({"WordDocument": b"x"}), "unsupported_format"),
        (xls([["id"]])[:3000], "corrupt_file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(5120, b"\0"), "corrupt_file"),
    ],
)
def test_an_old_workbook_that_cannot_be_believed_is_refused(written, content, code):
    assert refusal(written(content, "ledger.xls")) == code


def test_sectors_that_run_in_circles_are_refused_before_they_fill_the_memory(written):
    content = bytearray(xls([["id"]]))
    content[512 + 4 * 4 : 512 + 4 * 5] = (3).to_bytes(
        4, "little"
    )  # behind the third sector of the workbook: the second
    assert refusal(written(bytes(content), "ledger.xls")) == "corrupt_file"


ENTITY = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]><x>&e;</x>'
MACRO_TYPES = b'<Types><Override PartName="/xl/a.bin" ContentType="application/vnd.ms-office.vbaProject"/></Types>'
MACRO_WORKBOOK = (
    b'<Types><Override PartName="/xl/workbook.xml" ContentType="x.ms-excel.sheet.macroEnabled.main+xml"/></Types>'
)
NO_MACROS = (
    b'<Types><Default Extension="bin" ContentType="x.ms-office.vbaProject"/><x y="x.binary.macroEnabled.main"/></Types>'
)


@pytest.mark.parametrize(
    ("part", "content", "code"),
    [
        ("xl/vbaProject.bin", b"x", "macro_workbook"),
        ("[Content_Types].xml", MACRO_TYPES, "macro_workbook"),
        ("[Content_Types].xml", MACRO_WORKBOOK, "macro_workbook"),
        ("../out.xml", b"<x/>", "unsafe_archive"),
        ("/etc/out", b"x", "unsafe_archive"),
        ("a\\..\\..\\out", b"x", "unsafe_archive"),
        ("XL/workbook.xml", b"<x/>", "unsafe_archive"),
        ("docProps/custom.xml", ENTITY.encode(), "xml_entity"),
        ("docProps/custom.xml", ENTITY.encode("utf-16"), "xml_entity"),
        ("docProps/custom.xml", b"<!--" + bytes(range(48, 58)) * 800 + b"-->" + ENTITY.encode(), "xml_entity"),
        ("xl/media/picture.png", b"\0" * 2**24, "zip_bomb"),
        ("xl/workbook.xml", b"<workbook><sheets><sheet", "corrupt_file"),
    ],
)
def test_a_workbook_that_no_honest_program_writes_is_refused(tmp_path, part, content, code):
    path = workbook(tmp_path / "ledger.xlsx", lambda _, sheet: sheet.write(0, 0, "id"))
    assert refusal(rewritten(path, **{part: content})) == code


def test_a_workbook_that_could_hold_macros_and_does_not_is_read(tmp_path):
    path = workbook(tmp_path / "ledger.xlsx", lambda _, sheet: sheet.write(0, 0, "id"))
    assert cells(rewritten(path, **{"[Content_Types].xml": NO_MACROS})) == [["id"]]


def test_an_archive_of_something_else_is_no_workbook(tmp_path):
    path = tmp_path / "ledger.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("ledger.csv", "id\n1\n")
    assert refusal(path) == "unsupported_format"


def test_a_workbook_has_limits_too(tmp_path):
    path = workbook(tmp_path / "ledger.xlsx", lambda _, sheet: [sheet.write_row(row, 0, "abc") for row in range(4)])
    assert refusal(path, limits=Limits(max_columns=2)) == "too_many_columns"
    assert refusal(path, limits=Limits(max_rows=2)) == "too_many_rows"
    assert refusal(path, limits=Limits(max_uncompressed_bytes=100)) == "zip_bomb"
    assert len(cells(path, limits=Limits(max_rows=3))) == 4


def parquet(path, **columns):
    pq.write_table(pa.table(columns), path)
    return path


def test_parquet_gives_exact_decimals_and_names_columns_without_text(tmp_path):
    path = parquet(
        tmp_path / "ledger.parquet",
        id=["0001", None],
        amount=[Decimal("1250.00"), Decimal("300.00")],
        issued=[date(2026, 3, 31), None],
        extra=[[1], [2]],
    )
    (sheet,) = read_file(path).sheets
    assert [sheet.record(at).cells for at in (0, 1, 2)] == [
        ["id", "amount", "issued", "extra"],
        ["0001", "1250.00", "2026-03-31", ""],
        ["", "300.00", "", ""],
    ]
    assert sheet.lines.tolist() == [0, 1, 2]
    assert type(sheet.record(1).cells[1]) is NumberCell
    assert sheet.unreadable == {"extra"}


def test_parquet_numbers_keep_all_their_digits(tmp_path):
    path = parquet(tmp_path / "ledger.parquet", a=[0.1 + 0.2, 5.0, float("nan"), float("inf"), 1e15, None])
    assert [row[0] for row in cells(path)[1:]] == ["0.30000000000000004", "5", "nan", "inf", "1000000000000000.0", ""]


def test_parquet_time_stamps_keep_their_zone(tmp_path):
    moment = datetime(2026, 3, 31, 22, 30, tzinfo=UTC)
    path = parquet(
        tmp_path / "ledger.parquet",
        zoned=pa.array([moment], pa.timestamp("ns", "Europe/Berlin")),
        plain=pa.array([moment.replace(tzinfo=None)], pa.timestamp("ms")),
    )
    assert cells(path)[1] == ["2026-04-01T00:30:00+02:00", "2026-03-31T22:30:00"]


def test_parquet_texts_of_all_kinds_are_texts(tmp_path):
    path = parquet(
        tmp_path / "ledger.parquet",
        coded=pa.array(["a", None, "a"]).dictionary_encode(),
        bytes=pa.array([b"a", b"\xc3\xbc", None]),
        broken=pa.array([b"a", b"\xff", None]),
        truth=pa.array([True, None, False]),
    )
    (sheet,) = read_file(path).sheets
    assert sheet.record(1).cells == ["a", "a", "", "True"]
    assert sheet.record(2).cells == ["", "ü", "", ""]
    assert sheet.unreadable == {"broken"}


def test_parquet_has_limits_too(tmp_path):
    path = parquet(tmp_path / "ledger.parquet", a=[1, 2, 3], b=["x", "y", "z"])
    assert refusal(path, limits=Limits(max_columns=1)) == "too_many_columns"
    assert refusal(path, limits=Limits(max_rows=2)) == "too_many_rows"
    assert refusal(path, limits=Limits(max_uncompressed_bytes=10)) == "too_large"


def test_cells_that_read_alike_are_one_distinct_cell(tmp_path):
    (sheet,) = read_file(parquet(tmp_path / "ledger.parquet", a=["", None, "a"], b=[0.0, -0.0, None])).sheets
    for column in sheet.columns:
        told = list(zip(column.distinct.to_pylist(), column.numbers.tolist(), strict=True))
        assert len(set(told)) == len(told)
        assert column.codes.dtype == np.int32
