"""The preview of files: what it shows is what the import will read; what is not settled is shown as open."""

from datetime import date
from decimal import Decimal

import pytest

from ledger.mapping import ColumnMapping
from ledger.options import ImportOptions
from ledger.preview import ROWS, preview
from ledger.reading.files import SourceFile, read_file
from ledger.reading.sheet import Limits

NEAR = date(2026, 3, 31)
GERMAN = """Belegnummer;Debitor;Kundenname;Belegdatum;Fälligkeit;Betrag;Währung;Zahlungsdatum;Kostenstelle
0001;0017;Null;31.01.2026;02.03.2026;1.200,50;EUR;;4711
0002;0017;Acme;01.02.2026;31.02.2026;90,00;JPY;;4711
"""


@pytest.fixture
def shown(tmp_path):
    def of(content: str, mapping: ColumnMapping | None = None, **options):
        path = tmp_path / "open.csv"
        path.write_text(content, encoding="utf-8")
        files: list[SourceFile] = [read_file(path, Limits())]
        [table] = preview(files, mapping or ColumnMapping(), ImportOptions(**options), near=NEAR)
        return table

    return of


def values(table, name):
    [column] = [column for column in table.columns if column.read_as == name]
    return [cell.value for cell in column.cells]


def test_the_first_rows_are_shown_as_the_import_reads_them(shown):
    table = shown(GERMAN)

    assert (table.role, table.rows) == ("invoices", 2)
    assert values(table, "invoice_id") == ["0001", "0002"]
    assert values(table, "customer_name") == ["Null", "Acme"]
    assert values(table, "issue_date") == ["2026-01-31", "2026-02-01"]
    assert values(table, "amount") == ["1200.50", "90"]
    assert values(table, "paid_date") == [None, None]
    [due] = [column for column in table.columns if column.read_as == "due_date"]
    assert [cell.problem[:26] for cell in due.cells] == ["", '"31.02.2026" is not a date']
    assert [column.header for column in table.columns if not column.read_as] == ["Kostenstelle"]


def test_what_the_file_does_not_settle_is_open_and_an_option_settles_it(shown):
    unclear = GERMAN.replace("31.01.2026", "03/01/2026").replace("01.02.2026", "02/01/2026")

    table = shown(unclear)
    [issued] = [column for column in table.columns if column.read_as == "issue_date"]
    assert (issued.is_open, values(table, "issue_date")) == (True, [None, None])
    assert values(shown(unclear, date_order="mdy"), "issue_date") == ["2026-03-01", "2026-02-01"]
    assert (
        values(shown(GERMAN.replace("1.200,50", "1.200").replace("90,00", "90"), decimal=","), "amount")[0] == "1200.00"
    )


def test_all_rows_settle_how_the_first_ones_are_read(shown):
    first = "".join(f"1{n:03};0017;Acme;03/01/2026;02.03.2026;1,00;EUR;;\n" for n in range(ROWS + 2))
    last = "9;0017;Acme;31/01/2026;02.03.2026;1,00;EUR;;\n"

    assert values(shown(GERMAN.splitlines()[0] + "\n" + first + last), "issue_date") == ["2026-01-03"] * ROWS


def test_a_file_whose_columns_are_not_known_shows_its_headers_and_cells(shown):
    table = shown("Beleg,Kunde,Wert\nA-1,C-1,10\n")

    assert (table.role, [column.header for column in table.columns]) == ("", ["Beleg", "Kunde", "Wert"])
    assert [column.cells[0].cell for column in table.columns] == ["A-1", "C-1", "10"]


def test_a_mapping_and_a_stated_currency_are_shown_as_they_count(shown):
    mapping = ColumnMapping.parse(
        {"columns": {"invoice_id": "Beleg", "customer_id": "Kunde", "amount": "Wert", "issue_date": "Vom",
                     "due_date": "Bis"}}, "ours",
    )  # fmt: skip

    table = shown("Beleg,Kunde,Wert,Vom,Bis\nA-1,C-1,10.5,2026-01-02,2026-02-02\n", mapping, default_currency="eur")

    assert values(table, "currency") == ["EUR"]
    assert Decimal(values(table, "amount")[0]) == Decimal("10.5")
