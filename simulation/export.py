"""The files that the company's ERP would export, in the canonical layout of `ledger.schema`.

UTF-8, commas, ISO dates, dots in decimals. The planted truth is not in them.
"""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from ledger.money import to_decimal
from simulation.company import Company


def write_export(company: Company, folder: Path) -> list[Path]:
    """Write customers.csv, invoices.csv, payments.csv and rates.csv into `folder` (made if missing, files replaced).

    Returns the four paths in that order. The same company gives the same bytes.
    """
    folder.mkdir(parents=True, exist_ok=True)
    customers, invoices, payments, rates = company.customers, company.invoices, company.payments, company.rates
    return [
        _write(folder / "customers.csv", {name: customers[name] for name in customers.columns}),
        _write(
            folder / "invoices.csv",
            {
                "invoice_id": invoices["invoice_id"],
                "customer_id": invoices["customer_id"],
                "issue_date": _iso(invoices["issued_day"]),
                "due_date": _iso(invoices["due_day"]),
                "amount": _amounts(invoices),
                "currency": invoices["currency"],
                "terms": invoices["terms"],
                "known_date": _iso(invoices["known_day"]),
            },
        ),
        _write(
            folder / "payments.csv",
            {
                "payment_id": payments["payment_id"],
                "invoice_id": payments["invoice_id"],
                "kind": payments["kind"],
                "amount": _amounts(payments),
                "currency": payments["currency"],
                "paid_date": _iso(payments["paid_day"]),
                "booked_date": _iso(payments["booked_day"]),
            },
        ),
        _write(
            folder / "rates.csv",
            {
                "currency": rates["currency"],
                "base_currency": rates["base_currency"],
                "rate_date": _iso(rates["rate_day"]),
                "rate": [f"{rate:.6f}" for rate in rates["rate"]],
            },
        ),
    ]


def _write(path: Path, columns: dict[str, Iterable[object]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(zip(*columns.values(), strict=True))
    return path


def _iso(days: pd.Series) -> Sequence[str]:
    return [str(day) for day in np.datetime_as_string(days.to_numpy(dtype=np.int64).astype("datetime64[D]"))]


def _amounts(rows: pd.DataFrame) -> list[str]:
    """Exact decimals with the decimals of each row's currency."""
    return [str(to_decimal(minor, code)) for minor, code in zip(rows["amount_minor"], rows["currency"], strict=True)]
