"""The public ledgers where they are, else small files of our own in the same layouts."""

import csv
import os
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest

from ledger.days import to_date
from ledger.money import to_decimal
from simulation.company import generate

PUBLIC = Path(os.environ.get("PAYRISK_PUBLIC_DATA") or Path(__file__).resolve().parents[3] / "shared" / "data")


@pytest.fixture(scope="session")
def ledger_file(tmp_path_factory) -> Callable[[str], Path]:
    """The file of a layout by the name of its mapping: the public one if it is here, else ours."""
    ours = tmp_path_factory.mktemp("ledgers")

    def find(mapping: str) -> Path:
        pattern, write = _LAYOUTS[mapping]
        found = sorted(PUBLIC.glob(pattern))
        return found[0] if found else write(ours / f"{mapping}.csv")

    return find


def _paid_documents(ends_on: date) -> pd.DataFrame:
    """One row per invoice of a small company: its fields, and the day on which cash settled it (missing: open)."""
    company = generate(3, ends_on, customers=80, invoices=3_000, years=2.0)
    cash = company.payments[company.payments["kind"] == "cash"].groupby("invoice_id")["paid_day"].max()
    bills = company.invoices[company.invoices["amount_minor"] > 0]
    return bills.assign(paid_day=bills["invoice_id"].map(cash))


def _write(path: Path, header: str, rows: Iterable[Iterable[object]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header.split(","))
        writer.writerows(rows)
    return path


def _mdy(day: date) -> str:
    return f"{day.month}/{day.day}/{day.year}"


def _ibm(path: Path) -> Path:
    """Everything settled at the end, month before day."""
    bills = _paid_documents(date(2013, 12, 31)).dropna(subset=["paid_day"])
    return _write(
        path,
        "countryCode,customerID,PaperlessDate,invoiceNumber,InvoiceDate,DueDate,InvoiceAmount,Disputed,SettledDate,PaperlessBill,DaysToSettle,DaysLate",
        (
            (391, b.customer_id, "4/6/2013", b.invoice_id, _mdy(to_date(b.issued_day)), _mdy(to_date(b.due_day)),
             to_decimal(b.amount_minor, b.currency), "No", _mdy(to_date(b.paid_day)), "Paper",
             int(b.paid_day - b.issued_day), max(0, int(b.paid_day - b.due_day)))
            for b in bills.itertuples()
        ),
    )  # fmt: skip


def _vendor(path: Path) -> Path:
    """No invoice number; the day of recording; payment as days after the invoice date."""

    def cells(b):
        issued = to_date(b.issued_day)
        days = "" if pd.isna(b.paid_day) else int(b.paid_day - b.issued_day)
        created = f"{issued + timedelta(days=1):%d-%m-%Y} 09:30"
        amount = to_decimal(b.amount_minor, b.currency)
        return ("Goods", b.customer_id, created, f"{issued:%d-%b-%y}", f"{to_date(b.due_day):%d-%b-%y}", amount,
                0 if days == "" else amount, amount if days == "" else 0, days)  # fmt: skip

    return _write(
        path,
        "Description,Vendor_Name,Created,Invoice_Date,Due_Date,Amount,Settled,Outstanding,Number_of_Days_until_Payment",
        map(cells, _paid_documents(date(2016, 6, 30)).itertuples()),
    )


def _open_items(path: Path) -> Path:
    """SAP-style open items: ids and amounts written as floats, nothing settled."""
    bills = _paid_documents(date(2020, 5, 22))
    still_open = bills[bills["paid_day"].isna()]
    return _write(
        path,
        "index,business_code,cust_number,name_customer,clear_date,buisness_year,doc_id,posting_date,due_in_date,"
        "baseline_create_date,cust_payment_terms,converted_usd",
        (
            (n, "U001", b.customer_id, f"Customer {b.customer_id}", "", 2020.0, f"{2960000000 + n}.0",
             to_date(b.issued_day), to_date(b.due_day), to_date(b.issued_day), "NAA8",
             float(to_decimal(b.amount_minor, b.currency)))
            for n, b in enumerate(still_open.itertuples())
        ),
    )  # fmt: skip


_LAYOUTS: dict[str, tuple[str, Callable[[Path], Path]]] = {
    "ibm_ar": ("ibm_ar/*.csv", _ibm),
    "vendor_invoices": ("vendor_invoices/*.csv", _vendor),
    "highradius_open_items": ("highradius_open_items_sample/*.csv", _open_items),
}
