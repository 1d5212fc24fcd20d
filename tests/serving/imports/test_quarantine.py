import csv
from datetime import date
from pathlib import Path

import pytest
from builders import new_database
from importing_kit import HEADER, take

from ledger.book import Ledger
from ledger.neutral import neutral
from serving.imports.quarantine import write_quarantine

GOOD = "INV-1,C1,2026-01-05,2026-02-04,100.00,EUR,,\n"
DAY = date(2026, 3, 31)


@pytest.fixture
def books(tmp_path):
    """Two new ledgers, each with a folder of its own."""
    opened = []
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        opened.append((Ledger.open(new_database(folder)), folder))
    yield opened
    for ledger, _ in opened:
        ledger.close()


def rows_of(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def write(path: Path, rows: list[list[str]]) -> str:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(rows)
    return path.read_text(encoding="utf-8")


def facts(ledger: Ledger) -> list[list[object]]:
    view = ledger.as_of(DAY)
    items = view.items.drop(columns=["source_row"]).values.tolist()
    return [items, view.applications.drop(columns=["application_id"]).values.tolist(), view.customers.values.tolist()]


def test_rows_set_aside_corrected_and_appended_make_the_ledger_that_was_meant_at_once(books):
    (ledger, folder), (meant, other) = books
    wrong = "INV-2,C2,2026-01-06,2026-02-05,12x.50,EUR,2026-03-01,12.50\nINV-3,C3,2026-01-07,2026-02-06,7.00,EURO,,\n"
    report = take(ledger, folder, HEADER + GOOD + wrong, max_quarantine_ratio=1.0)
    (path,) = write_quarantine(report, folder / "aside")
    rows = rows_of(path)
    amount, currency = rows[0].index("amount"), rows[0].index("currency")

    assert [row[0] for row in rows[1:]] == ["bad_amount", "bad_currency"]

    rows[1][amount], rows[2][currency] = "12.50", "EUR"
    again = take(ledger, folder, write(path, rows), mode="append")
    take(meant, other, HEADER + GOOD + wrong.replace("12x", "12").replace("EURO", "EUR"))

    assert (again.accepted, again.quarantined, again.files[0].unread_columns) == (2, (), ())
    assert facts(ledger) == facts(meant)


def test_no_cell_of_the_file_is_a_formula_and_none_of_them_is_lost(books):
    (ledger, folder), (meant, other) = books
    ids = ["=1+1", "+SUM(A1)", "-2+3", "@cmd", "'=quoted", "''=twice", "'s-Gravenhage", "＝wide", "-5.00", "  =late"]
    lines = [f"{name},C{at},2026-01-05,2026-02-04,?,EUR,,\n" for at, name in enumerate(ids)]
    report = take(ledger, folder, HEADER + "".join(lines) + GOOD, max_quarantine_ratio=1.0)
    (path,) = write_quarantine(report, folder / "aside")
    rows = rows_of(path)
    at = rows[0].index("amount")

    harmless = [cell for row in rows for cell in row if cell != "-5.00" and neutral(cell) != cell]
    assert harmless == []

    corrected = [[*row[:at], "8.00", *row[at + 1 :]] for row in rows[1:]]
    take(ledger, folder, write(path, [rows[0], *corrected]), mode="append")
    take(meant, other, HEADER + "".join(lines).replace("?", "8.00") + GOOD)

    assert facts(ledger) == facts(meant)


def test_rows_of_too_many_or_too_few_fields_stay_wrong_until_they_are_corrected(books):
    (ledger, folder), (meant, other) = books
    long = "INV-2,C2,2026-01-05,2026-02-04,1,250.00,EUR,2026-03-01,1250.00\n"
    report = take(
        ledger, folder, HEADER + GOOD + long + "INV-3,C3,2026-01-05,2026-02-04,9.00,EUR\n", max_quarantine_ratio=1.0
    )
    (path,) = write_quarantine(report, folder / "aside")
    rows = rows_of(path)

    untouched = take(ledger, folder, path.read_text(encoding="utf-8"), mode="append", max_quarantine_ratio=1.0)
    assert [row.reason for row in untouched.quarantined] == ["wrong_field_count"] * 2

    rows[1] = [*rows[1][:8], "1250.00", *rows[1][10:]]
    rows[2] += ["", "", ""]
    again = take(ledger, folder, write(path, rows), mode="append")
    take(
        meant, other,
        HEADER + GOOD + "INV-2,C2,2026-01-05,2026-02-04,1250.00,EUR,2026-03-01,1250.00\n"
        "INV-3,C3,2026-01-05,2026-02-04,9.00,EUR,,\n",
    )  # fmt: skip

    assert again.accepted == 2
    assert facts(ledger) == facts(meant)


def test_rows_that_are_set_aside_again_have_one_set_of_notes(books):
    ledger, folder = books[0]
    report = take(ledger, folder, HEADER + GOOD + "=INV,C2,2026-01-06,2026-02-05,?,EUR,,\n", max_quarantine_ratio=1.0)
    (path,) = write_quarantine(report, folder / "aside")
    once = rows_of(path)

    second = take(ledger, folder, path.read_text(encoding="utf-8"), mode="append", max_quarantine_ratio=1.0)
    (path,) = write_quarantine(second, folder / "again")

    assert [row[:2] + row[4:] for row in rows_of(path)] == [row[:2] + row[4:] for row in once]
