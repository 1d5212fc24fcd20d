"""The star schema: every column declared, its measures those of the reports, and the example of docs/power-bi.md."""

import csv
import re
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from all_tables import make_tables
from builders import customer, invoice, ledger_of, payment, rate, together
from evenings import NOW
from shelves import ShelfWith

from ledger.neutral import without_apostrophes
from serving.activities.people import Actor
from serving.activities.recording import Asked, Recorder
from serving.activities.said import Note, Promise, Undo
from serving.daily import EveningSettings, run_evening
from serving.published.desk import Desk
from serving.published.store import ServingStore
from serving.star_schema.export import star_schema
from serving.star_schema.tables import TABLES
from serving.star_schema.writing import write_folder
from serving.tabular.parquet_file import arrow_table, schema_of
from serving.tabular.table import Table
from serving.trials.decision_log import DecisionLog

EVENING = date(2026, 3, 31)
PAGE = (Path(__file__).parents[2] / "docs" / "power-bi.md").read_text(encoding="utf-8")
DAX = "\n".join(re.findall(r"```dax\n(.*?)```", PAGE, re.DOTALL))

GOLDEN = together(
    customer("C-1", name="Acme", country="DE", known_on="2026-01-01"),
    invoice("JAN-1", issued_on="2026-01-10", due_on="2026-02-09", amount=400_000),
    invoice("JAN-2", issued_on="2026-01-20", due_on="2026-02-19", amount=300_000, customer="C-2"),
    invoice("FEB", issued_on="2026-02-15", due_on="2026-03-17", amount=800_000),
    invoice("MAR", issued_on="2026-03-15", due_on="2026-04-14", amount=900_000, customer="C-3"),
    payment("JAN-2", paid_on="2026-03-10", amount=300_000),
)
HARDER = together(
    rate("USD", "0.5", rate_on="2025-01-01"),
    rate("USD", "0.91", rate_on="2026-02-10"),
    invoice("OLD", issued_on="2025-09-20", due_on="2025-10-20", amount=777.77, currency="USD"),
    invoice("ZERO", issued_on="2025-12-01", due_on="2025-12-31", amount=120, customer="C-2"),
    invoice("FEB", issued_on="2026-02-15", due_on="2026-03-17", amount=333.33, currency="USD"),
    invoice("MAR", issued_on="2026-03-15", due_on="2026-04-14", amount=900, customer="C-3"),
    invoice("MAR", issued_on="2026-03-15", due_on="2026-03-20", amount=950, customer="C-3", known_on="2026-03-25"),
    invoice("CM", issued_on="2026-03-01", due_on="2026-03-01", amount=-50, customer="C-3"),
    payment("OLD", paid_on="2026-01-05", amount=100, currency="USD"),
    payment("ZERO", paid_on="2026-01-20", amount=120, known_on="2026-03-03"),
)


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """Makes the tables and the reports of an evening of some facts."""
    opened = []

    def make(facts):
        folder = tmp_path_factory.mktemp("star")
        url = f"sqlite:///{folder / 'queues.db'}"
        store, log = ServingStore(url), DecisionLog(url)
        opened.extend((store, log))
        make_tables(store)
        ledger = ledger_of(facts)
        run = run_evening(ledger, ShelfWith(folder), EVENING, EveningSettings(10), now=NOW, store=store)
        tables = star_schema(ledger.as_of(EVENING), store, log, "EUR", {"ada": "Ada"})
        return store, run.reports, tables, ledger

    yield make
    for one in opened:
        one.close()


@pytest.fixture(scope="module")
def golden(exported):
    return exported(GOLDEN)


@pytest.fixture(scope="module")
def harder(exported):
    return exported(HARDER)


def frames(tables):
    """The tables as a tool has them, amounts as numbers."""
    found = {}
    for name in ("balances", "sales", "account_risk"):
        frame = tables[name].to_pandas()
        amounts = [column.name for column in _declared(name).columns if column.kind == "amount"]
        found[name] = frame.assign(**{one: pd.to_numeric(frame[one]) for one in amounts})
    return found


def _declared(name):
    return next(table for table in TABLES if table.name == name)


def measures(tables, t):
    """The measures of docs/power-bi.md, as its DAX says them, for one month end."""
    balances, sales = (frames(tables)[name] for name in ("balances", "sales"))

    def receivables(day, which=lambda rows: rows["days_past_due"] < 10**6):
        rows = balances[balances["as_of"] == day]
        return rows.loc[which(rows), "receivable_reporting"].sum()

    owed, current = receivables(t), receivables(t, lambda rows: rows["days_past_due"] <= 0)
    months = sales[sales["as_of"] == t]
    three = months[months["months_before"] <= 2]
    sold, days = three["sales_reporting"].sum(), three["days"].sum()
    counted = 0.0
    for month in months.itertuples():
        newer = months.loc[months["months_before"] < month.months_before, "sales_reporting"].sum()
        rest = owed - newer
        part = 1 if month.sales_reporting == 0 else min(1, rest / month.sales_reporting)
        counted += 0 if rest <= 0 else month.days * part
    opened = (pd.Timestamp(t).replace(day=1) - pd.Timedelta(days=1)).date()
    could = receivables(opened) + months.loc[months["months_before"] == 0, "sales_reporting"].sum()
    return {
        "Receivables": owed,
        "Not past due": current,
        "Past due": owed - current,
        "Past due %": 100 * (owed - current) / owed,
        "Over 90 %": 100 * receivables(t, lambda rows: rows["days_past_due"] > 90) / owed,
        "Sales, three months": sold,
        "Days, three months": days,
        "DSO": owed * days / sold,
        "Best possible DSO": current * days / sold,
        "Average days delinquent": (owed - current) * days / sold,
        "DSO, countback": counted if owed <= months["sales_reporting"].sum() else None,
        "Collection effectiveness %": 100 * (could - owed) / (could - current) if could != current else None,
        "Expected late": frames(tables)["account_risk"]["expected_late"].sum(),
    }


def reported(reports):
    """The same of the product's own reports, for the newest month end."""
    dso, month, late = reports["dso"]["month_ends"][-1], reports["effectiveness"]["months"][-1], reports["past-due"]
    point = late["points"][-1]

    def value(money):
        return float(money["amount"])

    return {
        "Receivables": value(dso["open"]),
        "Not past due": value(month["closing_current"]),
        "Past due": value(point["past_due"]),
        "Past due %": point["past_due_pct"],
        "Over 90 %": point["over_90_pct"],
        "Sales, three months": value(dso["sales_three_months"]),
        "DSO": dso["dso"],
        "Best possible DSO": dso["dso_best_possible"],
        "Average days delinquent": dso["add_portfolio"],
        "DSO, countback": dso["dso_countback"],
        "Collection effectiveness %": month["cei_pct"],
        "Expected late": value(reports["overview"]["expected_late"]["money"]),
    }


def test_the_worked_example_of_the_page_is_what_the_tables_and_the_reports_say(golden):
    _, reports, tables, _ = golden
    page = {name: float(value) for name, value in re.findall(r"^\| ([A-Z][^|]*?) \| ([\d.]+) \|$", PAGE, re.MULTILINE)}

    found = measures(tables, EVENING)

    assert {name: pytest.approx(value, abs=0.005) for name, value in found.items()} == page
    for name, value in reported(reports).items():
        assert page[name] == pytest.approx(value, abs=0.005), name


def test_every_measure_of_the_page_is_the_reports_own_on_a_harder_book(harder):
    _, reports, tables, _ = harder

    found = measures(tables, EVENING)

    for name, value in reported(reports).items():
        assert found[name] == pytest.approx(value, abs=0.005), name
    for month in reports["past-due"]["points"]:
        there = measures(tables, date.fromisoformat(month["as_of"]))
        assert there["Receivables"] == pytest.approx(float(month["open"]["amount"]))
        assert there["Past due %"] == pytest.approx(month["past_due_pct"], abs=0.005)


def test_the_page_names_columns_that_there_are_and_defines_each_measure_that_is_tested(golden):
    columns = {(table.name, column.name) for table in TABLES for column in table.columns}
    named = set(re.findall(r"\b([a-z_]+)\[([a-z_]+)\]", PAGE))
    defined = set(re.findall(r"^(?!VAR )([A-Z][^=\n\[]*?) =", DAX, re.MULTILINE))

    assert named <= columns
    assert set(measures(golden[2], EVENING)) | {"As of"} == defined


def test_every_table_has_its_declared_columns_its_key_and_what_it_leads_to(golden):
    _, _, tables, _ = golden

    assert list(tables) == [table.name for table in TABLES]
    for declared in TABLES:
        table = tables[declared.name]
        assert table.schema.equals(schema_of(declared.columns)), declared.name
        assert table.group_by(list(declared.key)).aggregate([]).num_rows == table.num_rows, declared.name
        for column, to in declared.joins.items():
            name, _, key = to.partition(".")
            there = tables[name][key or (column if column in tables[name].column_names else _declared(name).key[0])]
            wanted = {one for one in table[column].to_pylist() if one not in (None, "")}
            assert wanted <= set(there.to_pylist()), (declared.name, column)


def test_invoices_add_up_to_the_balances_and_the_aging_of_the_evening(harder):
    _, reports, tables, _ = harder
    invoices, now = tables["invoices"], reports["aging"]["now"]
    owed = invoices.filter(pc.greater(invoices["open_reporting"], 0))
    buckets = owed.group_by("aging_bucket").aggregate([("open_reporting", "sum")]).to_pylist()

    found = {row["aging_bucket"]: float(row["open_reporting_sum"]) for row in buckets}

    shown = zip(reports["aging"]["buckets"], now["buckets"], strict=True)
    assert found == {name: float(money["amount"]) for name, money in shown if float(money["amount"])}
    assert tables["buckets"]["aging_bucket"].to_pylist() == [*reports["aging"]["buckets"], "unapplied"]


def test_what_was_recorded_and_decided_by_the_evening_is_there_and_nothing_later(golden):
    store, _, before, ledger = golden
    clock = [datetime.combine(EVENING, NOW.timetz())]
    recorder = Recorder(Desk(store), today=lambda: clock[0].date(), now=lambda: clock[0])
    ada = Actor("ada", "collector")
    promise = Promise(Decimal("600.50"), "EUR", date(2026, 4, 10))
    made = recorder.record("C-1", promise, Asked(ada, '"0"')).body
    clock[0] = clock[0].replace(month=4, day=2)
    recorder.undo("C-1", Undo(made["activity_id"]), Asked(ada, '"1"'))
    recorder.record("C-1", Note("=later"), Asked(ada, '"2"'))

    log = DecisionLog(str(store.engine.url))
    tables = star_schema(ledger.as_of(EVENING), store, log, "EUR", {})
    log.close()

    (row,) = tables["activities"].to_pylist()
    assert (row["activity_id"], row["kind"], row["amount"]) == (made["activity_id"], "promise", Decimal("600.5"))
    assert row["undone_by"] is None  # it was undone later
    assert "ada" in tables["collectors"]["collector"].to_pylist()
    assert before["collectors"].to_pylist()[0] == {"collector": "ada", "collector_name": "Ada"}
    assert sorted(before["decisions"]["customer_id"].to_pylist()) == ["C-1", "C-3"]
    assert before["queue_lines"]["customer_id"].to_pylist() == ["C-1"]


def test_every_table_is_the_same_in_csv_as_in_parquet(golden, tmp_path):
    tables = golden[2]
    said = {"activity_id": "a", "customer_id": "=C;-1", "kind": "note", "text": "two\n=lines", "account_version": 1,
            "recorded_at": "2026-04-01T09:41:07+02:00", "known_on": "2026-04-01"}  # fmt: skip
    declared = next(table for table in TABLES if table.name == "activities")
    row = {column.name: said.get(column.name) for column in declared.columns}
    tables = tables | {"activities": arrow_table(Table.of(declared.columns, [row]))}
    for kind in ("csv", "parquet"):
        write_folder(tmp_path / kind, tables, {}, kind)

    for declared in TABLES:
        exact = pq.read_table(tmp_path / "parquet" / f"{declared.name}.parquet")
        with (tmp_path / "csv" / f"{declared.name}.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        assert exact.equals(tables[declared.name])
        assert len(rows) == exact.num_rows
        for cells, values in zip(rows, exact.to_pylist(), strict=True):
            assert [_read(cells[one.name], one.kind) for one in declared.columns] == [
                values[one.name] or ("" if one.kind == "text" else values[one.name]) for one in declared.columns
            ]


def _read(cell, kind):
    """A cell of a CSV as a tool reads it."""
    readers = {
        "text": without_apostrophes, "whole": int, "amount": Decimal, "rate": Decimal, "number": float,
        "day": date.fromisoformat, "instant": datetime.fromisoformat, "flag": lambda text: text == "true",
    }  # fmt: skip
    return readers[kind](cell) if cell or kind == "text" else None
