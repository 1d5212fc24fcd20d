"""Any list of the API as a file: negotiation by weights, one content in every kind, and nothing that runs."""

import csv
import io
import subprocess
import sys
from decimal import Decimal

import pyarrow.parquet as pq
import pytest
from evenings import EVENING, NOW, made_run, score
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook
from web_clients import client_of, form_headers
from web_evenings import HOSTILE_NAMES, hostile_evening, with_reports
from web_models import rooms_of, shelf_of

from ledger.neutral import neutral, neutral_in_csv, without_apostrophes
from serving.activities.people import Actor
from serving.imports.asked import Asked
from serving.imports.room import Bringer
from serving.morning.plan import Plan
from serving.morning.run_log import RunLog
from serving.tabular.csv_file import csv_bytes
from serving.tabular.parquet_file import arrow_table
from serving.tabular.table import Column, Table
from serving.web.accept import preferred
from serving.web.file_kinds import CSV, JSON, OFFERS, PARQUET, XLSX
from serving.web.reports.schemas import ANSWERS

LISTS = (
    "queues/today", "accounts/C-1/activities", "accounts/C-1/items", "runs", "imports", "models",
    *(f"reports/{name}" for name in ANSWERS),
)  # fmt: skip


@pytest.fixture
def desk(store, recorder, imports, tmp_path):
    """Three accounts, an activity of one, two daily runs, an import, two versions of the model, and the reports."""
    shelf_of(tmp_path)
    client = client_of(store, recorder=recorder, imports=imports, models=rooms_of(store, tmp_path))
    brought = [{"name": "=open.csv", "bytes": 5, "sha256": "0" * 64}]
    imports.submit(imports.begin("root"), brought, Asked(), Bringer(Actor("root", "admin"), "Root", "api"))
    store.publish(with_reports(made_run([score(f"INV-{n}", f"C-{n}", open="1200.50", dpd=n + 1) for n in range(3)])))
    for at in range(2):
        RunLog(store).begin(Plan.of(EVENING, f"of-{at}", at + 1, NOW))
    note = {"kind": "note", "text": "=HYPERLINK(1);=2\nfor -3"}
    sent = client.post(
        "/api/v1/accounts/C-1/activities", json=note, headers=form_headers("maria") | {"if-match": '"0"'}
    )
    assert sent.status_code == 201
    return client


def get(client, path, accept, **params):
    return client.get(f"/api/v1/{path}", headers={"accept": accept}, params=params)


def csv_rows(answer):
    return list(csv.reader(io.StringIO(answer.text, newline="")))


def sheet_rows(answer):
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    return book.get_sheet_by_index(0).to_python()


ACCEPTED = {
    "": JSON, "*/*": JSON, "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8": JSON,
    "text/csv": CSV, "TEXT/CSV; charset=utf-8": CSV, "text/*": CSV, XLSX: XLSX, PARQUET: PARQUET,
    "text/csv;q=0, */*": JSON, "text/csv;q=0.0, application/json;q=0, */*;q=0.1": XLSX,
    "application/json;q=0.5, text/csv;q=0.501": CSV, "application/json, text/csv": JSON,
    "text/csv, application/json": CSV,
    "text/csv, */*": CSV, "application/*;q=0.9, text/csv;q=0.8": JSON, "*/*;q=0.2, text/csv;q=0.1": JSON,
    'text/csv;x="a,b;q=0";q=0.3, application/json;q=0.2': CSV,
    f"application/json;q=0, {PARQUET}": PARQUET,
    "text/csv;q=7": JSON, "nonsense, text/csv;q=0.1": CSV, "*/csv": JSON, "text/csv;q=": JSON,
    "text/csv;q=0": None, "image/png": None, "application/json;q=0, text/csv;q=0.000": None, "*/*;q=0": None,
}  # fmt: skip


@pytest.mark.parametrize(("accept", "kind"), ACCEPTED.items())
def test_the_kind_is_the_one_that_the_header_weighs_most(accept, kind):
    assert preferred(accept, OFFERS) == kind


@given(st.text(alphabet='textcsvapplication/json*;q=01., "\\', max_size=60))
def test_no_header_breaks_the_choice(accept):
    assert preferred(accept, OFFERS) in (*OFFERS, None)


def test_every_list_is_the_same_in_every_kind(desk, monkeypatch):
    written = []
    monkeypatch.setattr("serving.tabular.parquet_apart.parquet_bytes", lambda table: written.append(table) or b"PAR1")
    for path in LISTS:
        text, book, parquet = (get(desk, path, kind) for kind in (CSV, XLSX, PARQUET))

        assert [answer.status_code for answer in (text, book, parquet)] == [200, 200, 200]
        for answer, ending in ((text, "csv"), (book, "xlsx"), (parquet, "parquet")):
            assert answer.headers["content-disposition"].endswith(f'.{ending}"')
            assert "Accept" in answer.headers["vary"].split(", ")
        head, *rows = csv_rows(text)
        exact = arrow_table(written.pop())
        assert exact.column_names == [without_apostrophes(name) for name in head]
        assert len(rows) == exact.num_rows == len(sheet_rows(book)) - 1 > 0, path
        for at, name in enumerate(exact.column_names):
            for cell, value in zip((row[at] for row in rows), exact[name].to_pylist(), strict=True):
                assert_same(cell, value)
        assert "Accept" in get(desk, path, JSON).headers["vary"].split(", ")


def assert_same(cell, value):
    if value is None:
        assert cell == ""
    elif isinstance(value, Decimal | int | float) and not isinstance(value, bool):
        assert Decimal(cell) == Decimal(str(value))
    elif isinstance(value, str):
        assert without_apostrophes(cell) == value
    elif isinstance(value, bool):
        assert cell == str(value).lower()
    else:
        assert cell == value.isoformat()


def test_a_kind_that_there_is_not_is_refused_with_those_that_there_are(desk):
    for path in LISTS:
        answer = get(desk, path, "application/json;q=0, image/png")

        assert (answer.status_code, answer.headers["content-type"]) == (406, "application/problem+json"), path
        assert (answer.json()["code"], answer.json()["field"]) == ("not_acceptable", "Accept")
        assert PARQUET in answer.json()["remedy"]


def test_a_file_is_the_same_query_all_of_it_or_the_page_that_was_asked_for(desk):
    whole = csv_rows(get(desk, "queues/today", CSV))
    some = csv_rows(get(desk, "queues/today", CSV, min_amount="1e9"))
    first = get(desk, "queues/today", CSV, limit=2)
    rest = desk.get(first.headers["link"].partition("<")[2].partition(">")[0], headers={"accept": CSV})

    assert [row[0] for row in whole[1:]] == ["1", "2", "3"]
    assert len(some) == 1
    assert csv_rows(first)[1:] + csv_rows(rest)[1:] == whole[1:]
    assert "link" not in rest.headers


def test_a_collector_gets_the_own_lines_in_a_file_and_an_analyst_everybodys_without_a_name(store, desk):
    analyst, collector = client_of(store, "ann"), client_of(store, "ada")
    unnamed = get(analyst, "queues/today", CSV)

    assert len(csv_rows(unnamed)) == 4
    assert "C-" not in unnamed.text
    assert (
        len(csv_rows(get(collector, "queues/today", CSV)))
        == len(get(collector, "queues/today", JSON).json()["items"]) + 1
    )


def test_no_hostile_name_runs_in_any_kind_and_in_parquet_each_is_as_it_is(client, store):
    store.publish(hostile_evening())

    rows = csv_rows(get(client, "queues/today", CSV))[1:]
    cells = [cell for row in sheet_rows(get(client, "queues/today", XLSX)) for cell in row if isinstance(cell, str)]
    names = pq.read_table(io.BytesIO(get(client, "queues/today", PARQUET).content))["customer_name"].to_pylist()

    assert set(names) == set(HOSTILE_NAMES)
    assert [cell for cell in cells if neutral(cell) != cell] == []
    assert {without_apostrophes(row[3]) for row in rows} == set(HOSTILE_NAMES)
    assert "'=HYPERLINK" in get(client, "queues/today", CSV).text


FIELD = Column("name")


def cells_of(text, delimiter):
    """The cells of a CSV as a spreadsheet splits it; a quote counts where a cell begins with it."""
    return [cell for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) for cell in row]


@given(
    st.lists(st.text(alphabet="=+-@\t\n\r;|,'\" ab\u00a0\u200b＝", max_size=12), min_size=1, max_size=3),
    st.decimals(-9, 9, places=2),
)
def test_no_text_of_a_csv_runs_however_it_is_split_and_each_comes_back(texts, amount):
    table = Table((Column("account"), *(FIELD for _ in texts), Column("amount", "amount")), (("A", *texts, amount),))
    content = csv_bytes(table).decode()

    for delimiter in ",;\t|":
        for cell in cells_of(content, delimiter):
            assert neutral(cell.strip('"')) == cell.strip('"') or cell == str(amount)
    *_, row = csv.reader(io.StringIO(content, newline=""))
    assert [without_apostrophes(cell) for cell in row] == ["A", *texts, str(amount)]
    assert arrow_table(table).to_pylist()[0]["amount"] == amount


@given(st.text())
def test_what_was_made_harmless_is_read_back_as_it_was(text):
    assert without_apostrophes(neutral_in_csv(text)) == text


def test_no_heavy_library_comes_into_a_process_that_serves_lists_as_json_csv_and_parquet(tmp_path):
    code = f"""
import sys
from serving.tabular import csv_file, lists, parquet_apart, table
import serving.web.app
made = table.Table((table.Column("name"),), (("a",),))
assert csv_file.csv_bytes(made) and parquet_apart.parquet_bytes(made)[:4] == b"PAR1"
print([name for name in {("pandas", "pyarrow", "xlsxwriter")!r} if name in sys.modules])
"""
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)

    assert found.stdout.strip() == "[]"
