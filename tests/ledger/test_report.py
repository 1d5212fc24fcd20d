"""The report accounts for every row: accepted, set aside with a reason, or ignored with one."""

import json

import pytest
from importing_kit import HEADER, TODAY, take

from ledger.refusals import TooManyBadRows

GOOD = "".join(f"OK-{n},C-1,2026-02-01,2026-03-03,10.00,EUR,,\n" for n in range(6))


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        ("X,C-1,31/02/2026,2026-03-03,1.00,EUR,,", "issue_date", "bad_date"),
        ("X,C-1,2026-02-01,,1.00,EUR,,", "due_date", "missing_required"),
        ("X,C-1,2026-02-01,2026-01-03,1.00,EUR,,", "due_date", "due_before_issue"),
        ("X,C-1,2026-04-02,2026-05-03,1.00,EUR,,", "issue_date", "issue_in_future"),
        ("X,C-1,2026-02-01,2026-03-03,1.00,EUR,2026-04-01,1.00", "paid_date", "paid_in_future"),
        ("X,C-1,2026-02-01,2026-03-03,1.00,EUR,2026-03-01,", "paid_amount", "paid_date_without_amount"),
        ("X,C-1,2026-02-01,2026-03-03,1.00,EUR,,1.00", "paid_date", "paid_amount_without_date"),
        ("X,C-1,2026-02-01,2026-03-03,1.00,EUR,2026-03-01,-1.00", "paid_amount", "payment_sign_mismatch"),
        ("X,C-1,2026-02-01,2026-03-03,abc,EUR,,", "amount", "bad_amount"),
        ("X,C-1,2026-02-01,2026-03-03,1.005,EUR,,", "amount", "amount_precision"),
        ("X,C-1,2026-02-01,2026-03-03,1e9,EUR,,", "amount", "amount_scientific"),
        ("X,C-1,2026-02-01,2026-03-03,99999999999999999,EUR,,", "amount", "amount_out_of_range"),
        ("X,C-1,2026-02-01,2026-03-03,,EUR,,", "amount", "missing_required"),
        ("X,C-1,2026-02-01,2026-03-03,1.00,,,", "currency", "missing_currency"),
        ("X,C-1,2026-02-01,2026-03-03,1.00,EURO,,", "currency", "bad_currency"),
        ("X,C-1,2026-02-01,2026-03-03,1.00,$,,", "currency", "ambiguous_currency"),
        (",C-1,2026-02-01,2026-03-03,1.00,EUR,,", "invoice_id", "missing_required"),
        ("1.23E+11,C-1,2026-02-01,2026-03-03,1.00,EUR,,", "invoice_id", "id_mangled_by_spreadsheet"),
        ("X,C-1,2026-02-01,2026-03-03,1.00", "", "wrong_field_count"),
    ],
)
def test_a_bad_row_is_set_aside_with_its_line_column_value_and_reason(ledger, tmp_path, row, column, reason):
    report = take(ledger, tmp_path, HEADER + GOOD + "OK-7,C-1,2026-02-01,2026-03-03,5.5,EUR,2026-03-01,5.5\n" + row)

    (bad,) = report.quarantined
    assert (bad.row, bad.line, bad.column, bad.reason) == (8, 9, column, reason)
    assert bad.sentence.endswith(".")
    assert (report.accepted, report.verdict) == (7, "accept_with_quarantine")
    assert "X" not in set(ledger.as_of(TODAY).items["item_id"])
    assert f"file1.csv, line 9{', ' + column if column else ''}: {bad.sentence}" in report.text()


def test_read_is_accepted_plus_quarantined_plus_ignored(ledger, tmp_path):
    rows = (
        GOOD
        + GOOD.splitlines()[0] + "\n"  # once more
        + "\n,,,,,,,\n"
        + HEADER
        + "Total,,,,60.00,EUR,,\n"
        + "*** end of list ***\n"
        + "BAD,C-1,2026-02-01,2026-03-03,abc,EUR,,\n"
    )  # fmt: skip
    (file,) = take(ledger, tmp_path, HEADER + rows).files

    assert file.ignored == {"exact_duplicate": 1, "blank": 2, "repeated_header": 1, "total": 2}
    assert file.read == file.accepted + len(file.quarantined) + sum(file.ignored.values()) == 6 + 1 + 6


def test_one_number_with_two_contents_is_set_aside_in_all_its_versions(ledger, tmp_path):
    twice = "X,C-1,2026-02-01,2026-03-03,1.00,EUR,,\nX,C-1,2026-02-01,2026-03-03,2.00,EUR,,\n"
    report = take(ledger, tmp_path, HEADER + GOOD + twice)

    assert [(row.row, row.reason) for row in report.quarantined] == [
        (7, "conflicting_duplicate"),
        (8, "conflicting_duplicate"),
    ]
    assert "line 9" in report.quarantined[0].sentence


def test_duplicates_are_found_across_files(ledger, tmp_path):
    report = take(
        ledger, tmp_path,
        HEADER + GOOD + "X,C-1,2026-02-01,2026-03-03,1.00,EUR,,\n",
        HEADER + GOOD + "X,C-1,2026-02-01,2026-03-03,2.00,EUR,,\nY,C-1,2026-02-01,2026-03-03,2.00,EUR,,\n",
    )  # fmt: skip
    assert [file.accepted for file in report.files] == [6, 1]
    assert report.reasons == {"conflicting_duplicate": 2}
    assert report.files[1].ignored == {"exact_duplicate": 6}


def test_control_totals_are_kept_by_currency_and_never_added_up(ledger, tmp_path):
    rows = (
        "1,C-1,2026-02-01,2026-03-03,100.00,EUR,2026-03-01,40.00\n2,C-1,2026-02-01,2026-03-03,-30.00,EUR,,\n"
        "3,C-1,2026-02-01,2026-03-03,1200,JPY,,\n"
    )
    report = take(ledger, tmp_path, HEADER + rows)

    assert report.as_dict()["totals"] == {
        "EUR": {"invoices": 2, "amount": "70.00", "paid": "40.00"},
        "JPY": {"invoices": 1, "amount": "1200", "paid": "0"},
    }
    assert "EUR: 2 invoices over 70.00 EUR, payments of 40.00 EUR" in report.text()


def test_warnings_say_what_was_done_with_how_many_rows(ledger, tmp_path):
    header = "invoice_id,customer_id,issue_date,due_date,amount,currency,paid_date,terms\n"
    rows = (
        "1,C-1,2026-02-01,2026-03-03,100.00,EUR,2026-03-01,\n2,C-1,2026-02-01,2026-03-03,5.00,EUR,2026-01-01,\n"
        "3,C-1,2026-02-01,,1.00,EUR,,NET30\n4,C-1,2026-02-01,2026-03-03,0.00,EUR,,\n"
    )
    report = take(ledger, tmp_path, header + rows)

    assert {warned.code: warned.count for warned in report.warnings} == {
        "due_date_derived": 1, "paid_amount_assumed_full": 2, "paid_before_issue": 1, "zero_amount": 1,
    }  # fmt: skip


def test_terms_that_cannot_be_read_are_set_aside_when_the_due_date_hangs_on_them(ledger, tmp_path):
    header = "invoice_id,customer_id,issue_date,due_date,amount,currency,terms\n"
    rows = (
        "1,C-1,2026-02-01,2026-03-03,1.00,EUR,NAA8\n2,C-1,2026-02-01,,1.00,EUR,NAA8\n3,C-1,2026-02-01,,1.00,EUR,EOM\n"
    )
    report = take(ledger, tmp_path, header + rows)
    assert [(row.invoice_id, row.reason) for row in report.quarantined] == [("2", "unparseable_terms")]


def test_a_file_that_is_mostly_bad_is_refused_with_the_commonest_reasons(ledger, tmp_path):
    bad = "".join(f"B-{n},C-1,2026-02-01,2026-03-03,abc,EUR,,\n" for n in range(7))
    with pytest.raises(TooManyBadRows, match=r"7 of 13 rows .* bad_amount \(7\)"):
        take(ledger, tmp_path, HEADER + GOOD + bad)
    assert ledger.version == 0


def test_the_report_for_machines_is_plain_json(ledger, tmp_path):
    report = take(ledger, tmp_path, HEADER + GOOD + "X,C-1,2026-02-01,2026-03-03,abc,EUR,,\n")
    told = json.loads(json.dumps(report.as_dict()))

    assert (told["rows_read"], told["rows_accepted"], told["rows_quarantined"], told["ledger_version"]) == (7, 6, 1, 1)
    assert told["files"][0]["quarantine"][0] == {
        "row": 7, "line": 8, "invoice_id": "X", "column": "amount", "value": "abc", "reason": "bad_amount",
        "sentence": '"abc" is not an amount. Expected a number as in 1234.50.',
    }  # fmt: skip


def test_one_is_told_in_the_singular_and_two_are_not(ledger, tmp_path):
    one = "1,C-1,2026-02-01,2026-03-03,100.00,EUR,2026-03-01,40.00\n"
    text = take(ledger, tmp_path, HEADER + one + one).text()

    assert "file1.csv (invoices): 2 rows read = 1 accepted + 0 quarantined + 1 ignored (1 exact duplicate)\n" in text
    assert "Learned: 1 new invoice, 1 new payment, 1 new customer. The ledger" in text
    assert "EUR: 1 invoice over 100.00 EUR, payments of 40.00 EUR" in text

    two = "".join(f"{n},C-{n},2026-02-01,2026-03-03,0.00,EUR,,\n" for n in (2, 3))
    text = take(ledger, tmp_path, HEADER + one + one + one + two).text()

    assert "5 rows read = 3 accepted + 0 quarantined + 2 ignored (2 exact duplicates)" in text
    assert "Learned: 2 new invoices, 2 new customers, 1 same" not in text
    assert "2 new invoices" in text
    assert "Note: Invoices over zero are kept, and never ranked. (zero_amount, 2 rows)" in text
    single = take(ledger, tmp_path, HEADER + two.splitlines()[0], mode="append").text()
    assert "(invoices): 1 row read = 1 accepted" in single
    assert "(zero_amount, 1 row)" in single
