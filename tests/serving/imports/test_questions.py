"""Questions: what an importer refuses and one word settles, asked in words with the option's own answers."""

from datetime import date

import pytest

from ledger.refusals import Doubt, FileRefused, MissingColumns, SnapshotShrunk, TooManyBadRows
from serving.imports.questions import question_of

NEAR = date(2026, 3, 31)


def asked(doubt, code="code", field="issue_date", columns=None):
    return question_of(FileRefused(code, "a.csv", "It is so.", field=field, doubt=doubt), NEAR, columns or {})


@pytest.mark.parametrize(
    ("doubt", "title", "labels"),
    [
        (Doubt("date_order", ("dmy", "mdy"), "03/04/2026", 2), "Is 03/04/2026 the 3rd of April or March 4th?",
         ["3 April (day first)", "4 March (month first)"]),
        (Doubt("date_order", ("dmy", "ymd"), "26/01/05", 2), "Is 26/01/05 the 26th of January or January 5th?",
         ["26 January (day first)", "5 January (year first)"]),
        (Doubt("date_order", ("dmy", "mdy"), "2/1/26 25:00", 1), "Which part of 2/1/26 25:00 is the day?",
         ["As written (day first)", "As written (month first)"]),
        (Doubt("decimal", (".", ","), "1.234", 2), "Does 1.234 mean 1.234 or 1,234?",
         ["1.234 (the dot before the cents)", "1,234 (the comma before the cents)"]),
        (Doubt("decimal", (".", ","), "12,500", 2), "Does 12,500 mean 12,500 or 12.500?",
         ["12,500 (the dot before the cents)", "12.500 (the comma before the cents)"]),
        (Doubt("sheet", ("2025", "2026")), "Which worksheet is meant?", ["2025", "2026"]),
        (Doubt("columns", ("Betrag", "Wert"), "amount"), "Which of these columns is the amount?", ["Betrag", "Wert"]),
    ],
)  # fmt: skip
def test_each_doubt_is_asked_with_both_readings(doubt, title, labels):
    question = asked(doubt)

    assert question["title"] == title
    assert [answer["label"] for answer in question["answers"]] == labels
    assert all(answer["option"] == doubt.option for answer in question["answers"])


def test_a_column_is_called_by_its_header_and_one_that_no_row_needs_may_be_left_out():
    columns = {"paid_date": "Zahltag", "issue_date": "Vom"}
    doubt = Doubt("date_order", ("dmy", "mdy"), "03/04/2026", 1204)

    paid = asked(doubt, "ambiguous_date_order", "paid_date", columns)
    assert paid["why"].startswith("“Zahltag” has 1,204 dates that can be read both ways")
    assert (paid["may_leave_out"], asked(doubt, field="issue_date", columns=columns)["may_leave_out"]) == (True, False)


def test_what_no_word_settles_is_no_question():
    assert question_of(TooManyBadRows("a.csv", 9, 10, {"bad_date": 9}, "first", 0.5), NEAR, {}) is None
    assert question_of(MissingColumns("a.csv", ["currency"], ["x"], "invoices"), NEAR, {})["option"] == "currency"
    assert (
        question_of(MissingColumns("a.csv", ["amount", "currency"], ["x"], "invoices"), NEAR, {})["column"] == "amount"
    )
    shrunk = question_of(SnapshotShrunk("a.csv", 4, 20, 0.5), NEAR, {})
    assert [(answer["option"], answer["value"]) for answer in shrunk["answers"]] == [
        ("mode", "append"), ("allow_shrink", "yes"),
    ]  # fmt: skip
