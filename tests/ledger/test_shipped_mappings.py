"""The shipped mappings on a few rows of our own making, in the layouts of their ledgers."""

from datetime import date

from importing_kit import TODAY, drawn, take

IBM = (
    "countryCode,customerID,PaperlessDate,invoiceNumber,InvoiceDate,DueDate,InvoiceAmount,Disputed,SettledDate,"
    "PaperlessBill,DaysToSettle,DaysLate\n"
)
VENDOR = (
    "Description,Vendor_Name,Created,Invoice_Date,Due_Date,Amount,Settled,Outstanding,Number_of_Days_until_Payment\n"
)
LOANS = (
    "customerid,systemloanid,loannumber,approveddate,creationdate,loanamount,totaldue,termdays,closeddate,referredby,"
    "firstduedate,firstrepaiddate\n"
)
SAP = (
    ",business_code,cust_number,name_customer,clear_date,buisness_year,doc_id,posting_date,due_in_date,"
    "baseline_create_date,cust_payment_terms,converted_usd\n"
)


def test_the_ibm_layout_reads_months_first_and_never_its_outcomes(ledger, tmp_path):
    rows = "391,A-1,4/6/2025,00123,1/2/2026,2/1/2026,55.94,Yes,1/15/2026,Paper,13,0\n"
    take(ledger, tmp_path, IBM + rows, mapping="ibm_ar")

    view = ledger.as_of(TODAY)
    assert drawn(view.items, "item_id", "issued_on", "due_on", "amount_minor", "currency") == [
        ("00123", "2026-01-02", "2026-02-01", 5594, "USD")
    ]
    assert drawn(view.applications, "amount_minor", "happened_on") == [(5594, "2026-01-15")]
    assert drawn(view.customers, "customer_id", "country") == [("A-1", "391")]


def test_the_vendor_layout_makes_its_key_counts_equal_rows_and_knows_each_from_the_day_it_was_created(ledger, tmp_path):
    row = "Paper,Ann Lee,05-02-2026 09:40,03-Feb-26,05-Mar-26,100.5,50.0,50.5,"
    take(ledger, tmp_path, VENDOR + row + "10\n" + row + "\n", mapping="vendor_invoices")

    view = ledger.as_of(TODAY)
    assert drawn(view.items, "item_id", "issued_on", "known_on", "amount_minor") == [
        ("Ann Lee|05-02-2026 09:40|Paper|100.5", "2026-02-03", "2026-02-05", 10050),
        ("Ann Lee|05-02-2026 09:40|Paper|100.5|2", "2026-02-03", "2026-02-05", 10050),
    ]
    # 3 February + 10 days, in full: what was settled in the end has no day and is not read.
    assert drawn(view.applications, "amount_minor", "happened_on") == [(10050, "2026-02-13")]
    assert view.invoice("Ann Lee|05-02-2026 09:40|Paper|100.5|2").open_minor == 10050
    assert ledger.as_of(date(2026, 2, 5)).open_items()["open_minor"].sum() == 2 * 10050


def test_the_vendor_layout_refuses_days_that_are_no_number(ledger, tmp_path):
    row = "Paper,Ann Lee,05-02-2026 09:40,03-Feb-26,05-Mar-26,{},0.0,1.0,{}\n"
    report = take(
        ledger, tmp_path, VENDOR + row.format("1.00", "") + row.format("2.00", "5") + row.format("3.00", "soon"),
        mapping="vendor_invoices",
    )  # fmt: skip
    assert [(bad.row, bad.column, bad.reason) for bad in report.quarantined] == [(3, "paid_date", "bad_date")]


def loan(number, term, first_due, closed=""):
    """A loan approved in the evening of 2 January 2026, over 13,000, of which 10,000 were lent."""
    return (
        f"C-1,{number},1,2026-01-02 18:22:40.000000,2026-01-02 17:22:32.000000,10000.0000,13000.0000,{term},{closed},,"
        f"{first_due} 00:00:00.000000,2026-01-20 09:00:00.000000\n"
    )


def test_the_loan_layout_is_due_with_its_only_instalment_or_at_the_end_of_a_longer_term(ledger, tmp_path):
    loans = [
        loan("15", 15, "2026-01-19"),  # 17 January is a Saturday
        loan("30", 30, "2026-02-02"),
        loan("60", 60, "2026-02-02"),
        loan("90", 90, "2026-02-02"),
    ]
    take(ledger, tmp_path, LOANS + "".join(loans), mapping="superlender")

    assert drawn(ledger.as_of(TODAY).items, "item_id", "issued_on", "due_on") == [
        ("15", "2026-01-02", "2026-01-19"),
        ("30", "2026-01-02", "2026-02-02"),
        ("60", "2026-01-02", "2026-03-03"),  # 2 January + 60 days
        ("90", "2026-01-02", "2026-04-02"),  # 2 January + 90 days
    ]


def test_the_loan_layout_owes_what_is_due_from_its_approval_until_it_is_closed(ledger, tmp_path):
    take(
        ledger, tmp_path, LOANS + loan("1", 30, "2026-02-02", closed="2026-02-05 00:04:15.000000")
        + loan("2", 30, "2026-02-02"), mapping="superlender",
    )  # fmt: skip

    view = ledger.as_of(TODAY)
    assert drawn(view.items, "item_id", "customer_id", "known_on", "amount_minor", "currency") == [
        ("1", "C-1", "2026-01-02", 13000_00, "NGN"),
        ("2", "C-1", "2026-01-02", 13000_00, "NGN"),
    ]
    # The first payment of 20 January has no amount and is not read.
    assert drawn(view.applications, "item_id", "amount_minor", "happened_on", "known_on") == [
        ("1", 13000_00, "2026-02-05", "2026-02-05")
    ]
    assert set(ledger.as_of(date(2026, 2, 4)).open_items()["item_id"]) == {"1", "2"}


def test_the_loan_layout_sets_a_loan_aside_whose_term_or_first_due_day_is_needed_and_cannot_be_read(ledger, tmp_path):
    report = take(
        ledger, tmp_path, LOANS + loan("1", "soon", "2026-02-02") + loan("2", 30, "2026-02-31")
        + loan("3", 60, "2026-02-31") + loan("4", "", "2026-02-02"), mapping="superlender",
    )  # fmt: skip
    assert [(bad.row, bad.column, bad.reason) for bad in report.quarantined] == [
        (1, "due_date", "bad_date"),
        (2, "due_date", "bad_date"),
    ]
    # A loan of 60 days does not ask when its first instalment was due; one without a term has no other day.
    assert drawn(ledger.as_of(TODAY).items, "item_id", "due_on") == [("3", "2026-03-03"), ("4", "2026-02-02")]


def test_the_sap_layout_joins_entity_and_document_and_rounds_conversions_aloud(ledger, tmp_path):
    rows = (
        "3,CA02,0140000001,ACME llc,,2026.0,2960000001.0,2026-02-28,2026-03-12,2026-03-02,CA10,2309.7899999999995\n"
        "7,U001,0200000002,BEST us,,2026.0,2960000001.0,2026-03-01,2026-03-16,2026-03-01,NAA8,64982.589\n"
    )
    report = take(ledger, tmp_path, SAP + rows, mapping="highradius_open_items")

    view = ledger.as_of(TODAY)
    assert drawn(view.items, "item_id", "customer_id", "issued_on", "amount_minor", "terms") == [
        ("CA02/2960000001", "0140000001", "2026-03-02", 230979, "CA10"),
        ("U001/2960000001", "0200000002", "2026-03-01", 6498259, "NAA8"),
    ]
    assert view.applications.empty
    assert {warned.code: warned.count for warned in report.warnings} == {"amounts_rounded": 1, "converted_amounts": 2}
