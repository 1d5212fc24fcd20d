"""The files of the simulated ERP: canonical layout, the same bytes every time, nothing of the planted truth."""

import hashlib
import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pandas as pd

from ledger.schema import CUSTOMER_FILE, INVOICE_FILE, PAYMENT_FILE, RATE_FILE
from simulation.company import Company
from simulation.customers import TYPES
from simulation.export import write_export

LAYOUTS = {"customers": CUSTOMER_FILE, "invoices": INVOICE_FILE, "payments": PAYMENT_FILE, "rates": RATE_FILE}

IN_A_PROCESS_OF_ITS_OWN = """
import sys
from datetime import date
from pathlib import Path
from simulation.company import generate
from simulation.export import write_export
write_export(generate(3, date(2026, 3, 29), customers=60, invoices=1_500, years=2.0), Path(sys.argv[1]))
"""


def digests(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


def test_the_files_have_the_canonical_columns_and_every_required_one(small: Company, tmp_path: Path) -> None:
    paths = write_export(small, tmp_path / "new" / "export")

    assert [path.name for path in paths] == ["customers.csv", "invoices.csv", "payments.csv", "rates.csv"]
    for path in paths:
        layout = LAYOUTS[path.stem]
        header = path.read_text("utf-8").split("\n", 1)[0].split(",")
        assert set(header) <= set(layout.names)
        assert {column.name for column in layout.columns if column.required} <= set(header)


def test_the_bytes_do_not_depend_on_the_process(small: Company, tmp_path: Path) -> None:
    write_export(small, tmp_path / "here")
    root = Path(__file__).resolve().parents[2]
    environment = {**os.environ, "PYTHONHASHSEED": "12345", "PYTHONPATH": str(root)}
    there = [sys.executable, "-c", IN_A_PROCESS_OF_ITS_OWN, str(tmp_path / "there")]
    subprocess.run(there, check=True, cwd=tmp_path, env=environment, timeout=60)

    assert digests(tmp_path / "here") == digests(tmp_path / "there")


def test_reading_the_files_back_gives_the_company_to_the_cent(small: Company, tmp_path: Path) -> None:
    _, invoices, payments, _ = (pd.read_csv(path, dtype=str) for path in write_export(small, tmp_path))

    for told, true, date_names, day_names in (
        (invoices, small.invoices, ("issue_date", "due_date", "known_date"), ("issued_day", "due_day", "known_day")),
        (payments, small.payments, ("paid_date", "booked_date"), ("paid_day", "booked_day")),
    ):
        assert [int(Decimal(amount) * 100) for amount in told["amount"]] == true["amount_minor"].tolist()
        for name, day in zip(date_names, day_names, strict=True):
            assert told[name].str.fullmatch(r"\d{4}-\d\d-\d\d").all()
            days = told[name].to_numpy().astype("datetime64[D]").astype("int64")
            assert days.tolist() == true[day].tolist()


def test_rates_are_dated_and_above_zero(small: Company, tmp_path: Path) -> None:
    rates = pd.read_csv(write_export(small, tmp_path)[3], dtype=str)

    assert set(rates["base_currency"]) == {"EUR"}
    assert rates["rate"].str.fullmatch(r"\d+\.\d{6}").all()
    assert (rates["rate"].astype(float) > 0).all()
    assert not rates.duplicated(["currency", "rate_date"]).any()


def test_the_planted_truth_is_not_in_the_files(small: Company, tmp_path: Path) -> None:
    text = "".join(path.read_text("utf-8") for path in write_export(small, tmp_path))

    for secret in ("forgotten", "blocked", "liquidity", *(kind.name for kind in TYPES)):
        assert secret not in text


def test_names_outside_ascii_are_written_as_utf8(demo: Company, tmp_path: Path) -> None:
    customers = write_export(demo, tmp_path)[0].read_bytes()

    assert "ü".encode() in customers
    assert not customers.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in customers
