"""Items on the evening they became known."""

from datetime import date

import pytest
from builders import invoice, ledger_of, payment, reversal, together

from features.at_issue import issue_questions
from features.compute import feature_rows
from ledger.days import to_date


@pytest.fixture
def view():
    ledger = ledger_of(
        together(
            invoice("NEW", due_on="2026-04-14", amount=500, known_on="2026-03-10"),
            invoice("BEFORE", due_on="2026-03-14", amount=500, known_on="2026-03-09"),
            invoice("AFTER", due_on="2026-03-14", amount=500, known_on="2026-03-21"),
            invoice("LAST", due_on="2026-03-14", amount=500, known_on="2026-03-20"),
            invoice("CREDIT", due_on="2026-03-14", amount=-500, known_on="2026-03-12"),
            invoice("PAID-AT-ONCE", due_on="2026-03-14", amount=500, known_on="2026-03-12"),
            payment("PAID-AT-ONCE", paid_on="2026-03-12", amount=500),
            invoice("PAID-LATER", due_on="2026-03-14", amount=500, known_on="2026-03-12"),
            payment("PAID-LATER", paid_on="2026-03-13", amount=500),
            invoice("RETURNED", due_on="2026-03-14", amount=500, known_on="2026-03-12"),
            payment("RETURNED", paid_on="2026-03-12", amount=500),
            reversal("RETURNED", taken_back_on="2026-03-15", amount=500),
        )
    )
    return ledger.as_of(date(2026, 3, 31))


def test_each_item_is_asked_about_once_on_the_evening_it_became_known(view):
    asked = issue_questions(view, date(2026, 3, 10), date(2026, 3, 20))

    assert [(item, to_date(day).isoformat()) for item, day in zip(asked["item_id"], asked["day"], strict=True)] == [
        ("NEW", "2026-03-10"),
        ("PAID-LATER", "2026-03-12"),
        ("LAST", "2026-03-20"),
    ]


def test_its_questions_can_be_answered(view):
    asked = issue_questions(view, date(2026, 3, 1), date(2026, 3, 31))

    table = feature_rows(view, asked)

    assert table.keys[["item_id", "day"]].to_numpy().tolist() == asked.to_numpy().tolist()
    assert len(table) == 5


def test_between_evenings_on_which_nothing_became_known_there_are_none(view):
    assert len(issue_questions(view, date(2026, 3, 22), date(2026, 3, 31))) == 0
