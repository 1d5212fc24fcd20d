"""Laws of exports: a ledger that is exported and imported into an empty home is the same ledger, to the cent.

The ledgers are read from files, twice: what the second export says otherwise is corrected, taken back or gone.
"""

import csv
import tempfile
from collections import Counter
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

import pandas as pd
import pyarrow as pa
import pytest
from builders import law, new_database
from hypothesis import given
from hypothesis import strategies as st

from ledger.book import Ledger
from ledger.books.aging_report import aging
from ledger.books.conversion import rates_of
from ledger.importing import import_files
from ledger.money import EXPONENT
from ledger.neutral import neutral
from ledger.options import ImportOptions
from ledger.view import LedgerView
from serving.errors import CannotWrite
from serving.star_schema.ledger_tables import ledger_tables
from serving.star_schema.writing import write_folder

BEGIN, FIRST, SECOND = date(2025, 10, 1), date(2026, 2, 27), date(2026, 3, 31)
NAMES = (
    '=HYPERLINK("http://x")', "+49 30", "-5", "@cmd", "'=1+1", "''=x", "abc;=1+1", 'a";"=2', "Ümit, Söhne; -3", "'s-H",
    "two\nlines", "\t=tab", "＝wide", "plain", '"quoted"', "a|+b", "-", "1.5",
)  # fmt: skip
CURRENCIES = ("EUR", "EUR", "USD", "JPY", "KWD")
IMPORTED = ("invoices", "payments", "customers", "rates", "disputes")


class Company:
    """Files of a company that has every kind of document, drawn from a seed."""

    def __init__(self, seed: int) -> None:
        self.rng = Random(seed)
        self.customers = [f"{self.rng.choice(['C', '-', '=', '0'])}{at}" for at in range(4)]
        self.invoices = [self._invoice(at) for at in range(self.rng.randrange(2, 12))]
        self.payments = [row for bill in self.invoices for row in self._payments(bill)]
        self.payments += [self._on_account(at) for at in range(self.rng.randrange(3))]

    def _day(self, first: date, last: date) -> date:
        return first + timedelta(self.rng.randrange((last - first).days + 1))

    def _amount(self, currency: str, most: int = 400_000) -> Decimal:
        return Decimal(self.rng.randrange(1, most)).scaleb(-EXPONENT[currency])

    def _invoice(self, at: int) -> dict[str, object]:
        issued, currency = self._day(BEGIN, FIRST), self.rng.choice(CURRENCIES)
        kind = self.rng.choice(["", "", "", "", "credit memo", "on account"])
        amount = self._amount(currency)
        return {
            "invoice_id": f"{self.rng.choice(['INV', '=I', '-', '@'])}{at // 2}", "instalment": at % 2 + 1,
            "entity": self.rng.choice(["", "DE01", "=US"]), "customer_id": self.rng.choice(self.customers),
            "customer_name": self.rng.choice(NAMES), "issue_date": issued,
            "due_date": issued + timedelta(self.rng.randrange(60)), "amount": -amount if kind else amount,
            "currency": currency, "document_type": kind, "terms": self.rng.choice(["", "NET30", "=30 days"]),
            "known_date": self.rng.choice(["", issued]),
        }  # fmt: skip

    def _payments(self, bill: dict[str, object]) -> list[dict[str, object]]:
        rows = []
        sign = -1 if bill["amount"] < 0 else 1
        for _ in range(self.rng.randrange(4)):
            kind = self.rng.choice(["cash", "cash", "cash", "credit", "discount", "write_off", "reversal"])
            amount = self._amount(str(bill["currency"]), 200_000) * (-sign if kind == "reversal" else sign)
            paid = self._day(bill["issue_date"], FIRST)
            named = {name: bill[name] for name in ("invoice_id", "instalment", "entity", "currency")}
            paying = self.rng.choice(["", f"={len(rows)}/{bill['invoice_id']}{bill['instalment']}{bill['entity']}"])
            rows.append(
                named | {"payment_id": paying, "customer_id": "", "kind": kind, "amount": amount, "paid_date": paid,
                         "booked_date": self.rng.choice(["", min(paid + timedelta(3), FIRST)])}
            )  # fmt: skip
            if self.rng.random() < 0.2:
                rows.append(rows[-1])  # the same again: without an id it is another one
        return rows

    def _on_account(self, at: int) -> dict[str, object]:
        currency = self.rng.choice(CURRENCIES)
        return {
            "payment_id": f"A/{at}%", "invoice_id": "", "instalment": "", "entity": self.rng.choice(["", "DE01"]),
            "customer_id": self.rng.choice(self.customers), "kind": "cash", "amount": self._amount(currency),
            "currency": currency, "paid_date": self._day(BEGIN, FIRST), "booked_date": "",
        }  # fmt: skip

    def changed(self) -> None:
        """A month later: some invoices are corrected or gone, some payments told otherwise."""
        for bill in self.invoices:
            if self.rng.random() < 0.2:
                bill["due_date"] = self._day(bill["issue_date"], SECOND)
            if self.rng.random() < 0.2:
                bill["customer_name"] = self.rng.choice(NAMES)
        for row in self.payments:
            if row["payment_id"] and row["invoice_id"] and self.rng.random() < 0.3:
                row["amount"] *= 2
        paid = {row["invoice_id"] for row in self.payments}
        self.invoices = [one for one in self.invoices if one["invoice_id"] in paid or self.rng.random() < 0.8]

    def files(self, folder: Path) -> list[Path]:
        folder.mkdir()
        rates = [
            {"currency": currency, "base_currency": "EUR", "rate_date": BEGIN, "rate": rate}
            for currency, rate in (("USD", "0.91234567"), ("JPY", "0.0061"))
        ]
        names = ["'=looks like ours", self.rng.choice(NAMES)]
        customers = [
            {"customer_id": one, "customer_name": name, "country": "DE", "credit_limit": "10.5",
             "credit_limit_currency": "EUR"} for one, name in zip(self.customers, names, strict=False)
        ]  # fmt: skip
        disputes = [
            {"dispute_id": f"=D{at}", "amount": abs(bill["amount"]), "reason": self.rng.choice(NAMES),
             "opened_date": bill["issue_date"], "resolved_date": self.rng.choice(["", FIRST]),
             **{name: bill[name] for name in ("invoice_id", "instalment", "entity", "currency")}}
            for at, bill in enumerate(self.invoices) if bill["amount"] > 0 and at % 3 == 0
        ]  # fmt: skip
        tables = zip(IMPORTED, (self.invoices, self.payments, customers, rates, disputes), strict=True)
        return [_csv(folder / f"{name}.csv", rows) for name, rows in tables if rows]


def _csv(path: Path, rows: list[dict[str, object]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return path


def take(ledger: Ledger, paths: list[Path], as_of: date, decimal: str | None = ".") -> int:
    """Import the files; how many rows were set aside."""
    options = ImportOptions(as_of=as_of, decimal=decimal, max_quarantine_ratio=1.0, allow_shrink=True, allow_shift=True)
    now = datetime(2026, 4, 1, 6, tzinfo=UTC)
    report = import_files(ledger, paths, options=options, today=SECOND, recorded_at=now)
    return sum(len(file.quarantined) for file in report.files)


def exported(view: LedgerView, folder: Path, kind: str) -> list[Path]:
    """The files of an export that import: those that hold something."""
    tables = ledger_tables(view, "EUR")
    write_folder(folder, tables, {}, kind)
    return [folder / f"{name}.{kind}" for name in IMPORTED if len(tables[name])]


def open_items(view: LedgerView) -> list[tuple[object, ...]]:
    """What is open, by the id that the export gives an item."""
    names = ("customer_id", "entity", "issued_on", "due_on", "currency", "terms", "kind", "amount_minor", "open_minor")
    rows = view.open_items()
    number = [number for number, _ in _numbers(rows)]
    return sorted(zip(number, *(rows[name].tolist() for name in names), strict=True))


def _numbers(items: pd.DataFrame) -> list[tuple[str, str]]:
    """The id that the export gives each item, and its own."""
    return [
        (f"{entity}/{item}" if item.startswith("on-account/") and entity else item, item)
        for item, entity in zip(items["item_id"], items["entity"], strict=True)
    ]


def figures(view: LedgerView) -> list[list[dict[str, object]]]:
    """The aging, by entity and by customer, as it is owed and in euros; which items a source has lost is its own."""
    report = aging(view, rates=rates_of(view, "EUR"))
    tables = report.rows, report.customers, report.rows_told, report.disputed
    return [table.drop(columns="vanished", errors="ignore").to_dict("records") for table in tables]


def applied(view: LedgerView) -> dict[tuple[str, str], int]:
    """What was applied to each item, by kind, but for what came to nothing."""
    numbers = {item: number for number, item in _numbers(view.billed())}
    sums: Counter[tuple[str, str]] = Counter()
    rows = view.applications
    for item, kind, minor in zip(rows["item_id"], rows["kind"], rows["amount_minor"], strict=True):
        if item in numbers:
            sums[numbers[item], kind] += minor
    return {of: minor for of, minor in sums.items() if minor}


def known_names(view: LedgerView) -> dict[str, str]:
    there = view.customers[view.customers["superseded_on"] == 1_000_000]
    return dict(zip(there["customer_id"], there["customer_name"], strict=True))


@given(st.integers(0, 2**32 - 1), st.sampled_from(["csv", "parquet"]))
@law(4)
def test_an_exported_ledger_imported_into_an_empty_one_has_the_same_open_items_aging_and_names(seed, kind):
    with tempfile.TemporaryDirectory() as place, ExitStack() as opened:
        folder = Path(place)
        company = Company(seed)
        (folder / "a").mkdir()
        ledger = Ledger.open(new_database(folder / "a"))
        opened.callback(ledger.close)
        take(ledger, company.files(folder / "first"), FIRST)
        company.changed()
        take(ledger, company.files(folder / "second"), SECOND)
        view = ledger.as_of(SECOND)

        (folder / "b").mkdir()
        again = Ledger.open(new_database(folder / "b"))
        opened.callback(again.close)
        set_aside = take(again, exported(view, folder / "export", kind), SECOND, decimal=None)

        other = again.as_of(SECOND)
        assert set_aside == 0
        assert open_items(other) == open_items(view)
        assert figures(other) == figures(view)
        assert applied(other) == applied(view)
        assert known_names(other).items() >= known_names(view).items()


def test_no_text_of_an_exported_csv_runs_and_its_numbers_stay_numbers(tmp_path):
    view = _small(tmp_path)
    tables = ledger_tables(view, "EUR")
    write_folder(tmp_path / "export", tables, {}, "csv")

    for name, table in tables.items():
        rows = list(csv.DictReader((tmp_path / "export" / f"{name}.csv").open(encoding="utf-8", newline="")))
        for row, exact in zip(rows, table.to_pylist(), strict=True):
            for column, cell in row.items():
                if isinstance(exact[column], Decimal):
                    assert Decimal(cell) == exact[column]
                elif isinstance(exact[column], str):
                    assert neutral(cell) == cell


def test_a_folder_is_written_whole_or_not_at_all_and_never_over_another(tmp_path, monkeypatch):
    table = {"a": pa.table({"x": ["1"]}), "b": pa.table({"x": [1]})}
    write_folder(tmp_path / "export", table, {"as_of": "2026-03-31"}, "csv")
    before = sorted(path.name for path in tmp_path.iterdir())

    for taken in ("export", "empty", "file"):
        (tmp_path / "empty").mkdir(exist_ok=True)
        (tmp_path / "file").touch()
        with pytest.raises(CannotWrite, match="already"):
            write_folder(tmp_path / taken, table, {}, "csv")
    with pytest.raises(CannotWrite):
        write_folder(tmp_path / "nowhere" / "export", table, {}, "csv")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("serving.star_schema.writing.sync", full)
    with pytest.raises(CannotWrite, match="No space left"):
        write_folder(tmp_path / "other", table, {}, "parquet")
    assert sorted(path.name for path in (tmp_path / "export").iterdir()) == ["a.csv", "b.csv", "export.json"]
    assert before == ["export"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty", "export", "file"]


def _small(tmp_path: Path) -> LedgerView:
    company = Company(7)
    (tmp_path / "a").mkdir()
    ledger = Ledger.open(new_database(tmp_path / "a"))
    take(ledger, company.files(tmp_path / "first"), FIRST)
    view = ledger.as_of(FIRST)
    ledger.close()
    return view
