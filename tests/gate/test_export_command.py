"""`payrisk export` and back, and a call sheet from `payrisk queue --xlsx` to `payrisk activity sheet`."""

import json

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook


@pytest.fixture
def listed(payrisk, invoices):
    """The list of 31 March is published, and it is the first of April."""
    payrisk("import", invoices, "--as-of", "2026-03-31")
    assert payrisk("daily").code == 0


def test_an_evening_is_exported_and_imported_into_an_empty_home_with_the_same_aging(
    payrisk, listed, tmp_path, monkeypatch
):
    aging = payrisk("aging", "--by", "customer", "--json").json
    folders = {kind: tmp_path / kind for kind in ("parquet", "csv")}
    done = {kind: payrisk("export", folder, "--format", kind, "--json") for kind, folder in folders.items()}

    for kind, folder in folders.items():
        about = json.loads((folder / "export.json").read_text())
        assert done[kind].json == {"folder": str(folder), **about}
        assert (about["as_of"], about["reporting_currency"], about["rows"]["queue_lines"]) == ("2026-03-31", "EUR", 1)
        assert {path.name for path in folder.iterdir()} == {
            *(f"{name}.{kind}" for name in about["rows"]),
            "export.json",
        }
        assert about["imports"] == ["invoices", "payments", "customers"]
        monkeypatch.setenv("PAYRISK_HOME", str(tmp_path / f"home-{kind}"))
        files = [folder / f"{name}.{kind}" for name in about["imports"]]
        assert payrisk("import", *files, "--as-of", "2026-03-31").code == 0
        assert payrisk("aging", "--by", "customer", "--json").json == aging


def test_a_place_that_is_taken_is_refused_in_a_sentence(payrisk, invoices, tmp_path):
    payrisk("import", invoices)
    (tmp_path / "there").mkdir()

    refused = payrisk("export", tmp_path / "there")

    assert refused.code == 1
    assert "something is there already" in refused.err
    assert payrisk("export", tmp_path / "x", "--format", "xls").code == 2
    assert payrisk("export", tmp_path / "x", "--as-of", "2027-01-01").code == 1
    assert list((tmp_path / "there").iterdir()) == []


def test_a_call_sheet_goes_out_comes_back_and_is_told_row_by_row(payrisk, listed, tmp_path):
    sheet = tmp_path / "queue.xlsx"
    assert payrisk("queue", "--xlsx", sheet).code == 0
    head, row = CalamineWorkbook.from_path(str(sheet)).get_sheet_by_name("Queue").to_python()
    cells = dict(zip(head, row, strict=True)) | {
        "Outcome": "promise",
        "Promised or disputed": 600,
        "Date": "2026-04-10",
    }

    def filled(**others):
        path = tmp_path / "filled.xlsx"
        with xlsxwriter.Workbook(str(path)) as book:
            page = book.add_worksheet()
            for at, (name, cell) in enumerate((cells | others).items()):
                page.write_string(0, at, name)
                page.write(1, at, cell)
        return path

    first = payrisk("activity", "sheet", filled(), "--by", "maria")
    again = payrisk("activity", "sheet", filled(), "--by", "maria", "--json")
    wrong = payrisk("activity", "sheet", filled(Date="soon"), "--by", "maria")
    other = payrisk("activity", "sheet", tmp_path / "nothing.xlsx", "--by", "maria")

    assert first.code == 0
    assert first.out.splitlines() == [
        "row 2: C-1: recorded (promise)",
        "1 row filled in: 1 recorded, 0 recorded before, 0 conflict, 0 refused. 0 rows left blank.",
    ]
    assert (again.code, again.json["already_recorded"]) == (0, 1)
    assert wrong.code == 1
    assert '"soon" is not a day. Write it YYYY-MM-DD' in wrong.out
    assert other.code == 2
    assert len(payrisk("activity", "list", "C-1", "--json").json["items"]) == 1
