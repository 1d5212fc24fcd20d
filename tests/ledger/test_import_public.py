"""Four public ledgers through the shipped mappings; left out where the files are not there.

Control totals are checked against a plain sum over the file.
"""

import csv
import os
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from importing_kit import drawn

from ledger.importing import import_files

FOLDER = Path(os.environ.get("PAYRISK_PUBLIC_DATA") or Path(__file__).parents[3] / "shared" / "data")
FILES = {
    "ibm_ar": "ibm_ar/WA_Fn-UseC_-Accounts-Receivable.csv",
    "vendor_invoices": "vendor_invoices/vendor_invoices_asof_2016-06-30.csv",
    "superlender": "superlender/*.csv",
    "highradius_open_items": "highradius_open_items_sample/nulldata.csv",
}


def imported(ledger, name):
    paths = sorted(FOLDER.glob(FILES[name]))
    if not paths:
        pytest.skip(f"the public ledger {FILES[name]} is not here; name its folder with PAYRISK_PUBLIC_DATA")
    now = datetime(2026, 3, 31, 6, tzinfo=UTC)
    report = import_files(ledger, paths, mapping=name, today=now.date(), recorded_at=now)
    rows = []
    for path in paths:
        with path.open(encoding="utf-8", newline="") as file:
            rows += csv.DictReader(file)
    return report, rows


def test_the_ibm_sample_is_read_whole_and_settled_at_its_end(ledger):
    report, rows = imported(ledger, "ibm_ar")

    assert (report.accepted, len(report.quarantined), report.as_of) == (2_466, 0, date(2014, 1, 9))
    total = sum(Decimal(row["InvoiceAmount"]) for row in rows)
    assert report.as_dict()["totals"] == {"USD": {"invoices": 2_466, "amount": str(total), "paid": str(total)}}
    assert ledger.as_of(report.as_of).open_items().empty
    assert len(ledger.as_of(date(2013, 6, 30)).open_items()) > 0
    assert "currency_assumed" in {warned.code for warned in report.warnings}


def test_the_vendor_invoices_are_known_from_the_day_they_were_created(ledger):
    report, rows = imported(ledger, "vendor_invoices")

    assert (report.accepted, len(report.quarantined), report.as_of) == (6_797, 0, date(2016, 6, 30))
    total = sum(Decimal(row["Amount"]) for row in rows)
    paid = sum(Decimal(row["Amount"]) for row in rows if row["Number_of_Days_until_Payment"])
    assert report.as_dict()["totals"] == {
        "INR": {"invoices": 6_797, "amount": str(total), "paid": str(paid.quantize(Decimal("0.01")))}
    }
    view = ledger.as_of(report.as_of)
    assert len(view.open_items()) == 174
    first = view.items[view.items["source_row"] == 3]
    assert drawn(first, "customer_id", "issued_on", "due_on", "known_on") == [
        ("Mark Cordova", "2011-03-24", "2011-04-23", "2011-05-24")
    ]
    assert "undated_end_state" in {warned.code for warned in report.warnings}
    # 24 March + 61 days until payment
    assert drawn(view.applications[view.applications["item_id"].isin(first["item_id"])], "happened_on") == [
        ("2011-05-24",)
    ]


def test_the_loans_of_both_files_are_one_export_each_due_with_its_last_instalment(ledger):
    report, rows = imported(ledger, "superlender")

    assert (report.accepted, len(report.quarantined), report.as_of) == (14_571, 0, date(2017, 4, 30))
    total = sum(Decimal(row["totaldue"]) for row in rows)
    paid = sum(Decimal(row["totaldue"]) for row in rows if row["closeddate"])
    cents = Decimal("0.01")
    assert report.as_dict()["totals"] == {
        "NGN": {"invoices": 14_571, "amount": str(total.quantize(cents)), "paid": str(paid.quantize(cents))}
    }
    view = ledger.as_of(report.as_of)
    assert len(view.open_items()) == 2_269
    due = {row["systemloanid"]: row["firstduedate"][:10] for row in rows if row["termdays"] in ("15", "30")}
    short = view.items[view.items["item_id"].isin(due)]
    assert dict(drawn(short, "item_id", "due_on")) == due
    terms = {row["systemloanid"]: int(row["termdays"]) for row in rows}
    longer = view.items[~view.items["item_id"].isin(due)]
    days = (longer["due_on"] - longer["issued_on"]).tolist()
    assert days == [terms[item] for item in longer["item_id"]]
    assert "survivors_only" in {warned.code for warned in report.warnings}


def test_the_sap_style_open_items_are_all_open_and_their_conversions_rounded(ledger):
    report, rows = imported(ledger, "highradius_open_items")

    assert (report.accepted, len(report.quarantined), report.as_of) == (9_681, 0, date(2020, 5, 22))
    total = sum(Decimal(row["converted_usd"]).quantize(Decimal("0.01")) for row in rows)
    assert report.as_dict()["totals"] == {"USD": {"invoices": 9_681, "amount": str(total), "paid": "0.00"}}
    assert {warned.code: warned.count for warned in report.warnings}["amounts_rounded"] == 576
    view = ledger.as_of(report.as_of)
    assert (len(view.open_items()), len(view.applications)) == (9_681, 0)
    assert drawn(view.items[view.items["source_row"] == 1], "item_id", "customer_id", "entity", "amount_minor") == [
        ("CA02/2960623488", "0140105686", "CA02", 230979)
    ]


def test_a_public_ledger_twice_changes_nothing(ledger):
    imported(ledger, "ibm_ar")
    report, _ = imported(ledger, "ibm_ar")
    assert (report.nothing_new, ledger.version) == (True, 1)
