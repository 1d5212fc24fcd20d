"""`feature_rows`: whose rows there are, and which questions are refused."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from builders import invoice, payment, together

from features.catalogue import CATALOGUE, fingerprint
from features.compute import feature_rows
from features.errors import BadQuestions, FutureView, NotOpenThen, QuestionAfterView
from features.questions import open_balance, open_questions
from features.table import KEY_COLUMNS
from ledger.days import NEVER, to_day
from ledger.facts import Facts
from ledger.view import LedgerView

MARCH_31 = date(2026, 3, 31)
TODAY = to_day(MARCH_31)


def view_of(*facts: Facts, day: date = MARCH_31, known_by: date | None = None) -> LedgerView:
    known = together(*facts)
    items = known.items.assign(superseded_on=NEVER, source_row=np.arange(1, len(known.items) + 1))
    return LedgerView.of_facts(day, items, known.applications, known_by=known_by)


def asked(*questions: tuple[str, int]) -> pd.DataFrame:
    return pd.DataFrame(list(questions), columns=["item_id", "day"])


def test_rows_are_the_open_invoices_with_money_to_come():
    view = view_of(
        invoice("OPEN", due_on="2026-03-14", amount=100),
        invoice("PAID", due_on="2026-03-14", amount=100),
        invoice("RESIDUE", due_on="2026-03-14", amount=100),
        invoice("PART", due_on="2026-03-14", amount=100),
        invoice("CREDIT", due_on="2026-03-14", amount=-30),
        payment("PAID", paid_on="2026-03-20", amount=100),
        payment("RESIDUE", paid_on="2026-03-20", amount="99.50"),
        payment("PART", paid_on="2026-03-20", amount="40.25"),
    )
    rows = feature_rows(view)
    assert rows.keys["item_id"].tolist() == ["OPEN", "PART"]
    assert rows.keys["open_minor"].tolist() == [100_00, 59_75]
    assert rows.keys["dpd"].tolist() == [17, 17]


def test_keys_and_values_have_their_agreed_columns():
    rows = feature_rows(view_of(invoice("INV-1", due_on="2026-04-14", amount=100)))
    assert tuple(rows.keys.columns) == KEY_COLUMNS
    assert tuple(rows.values.columns) == tuple(feature.name for feature in CATALOGUE)
    numbers = rows.values.drop(columns="currency")
    assert set(numbers.dtypes) == {np.dtype("float32")}
    assert rows.fingerprint == fingerprint()


def test_rows_laid_aside_are_the_same_rows():
    rows = feature_rows(view_of(*(invoice(f"INV-{at}", due_on="2026-04-14", amount=100 + at) for at in range(3))))
    aside = rows.laid_aside()
    assert aside.digest == rows.digest
    pd.testing.assert_frame_equal(aside.take([2, 0]).values, rows.take([2, 0]).values)


def test_a_ledger_without_open_items_gives_no_rows_in_the_same_columns():
    rows = feature_rows(view_of())
    assert len(rows) == 0
    assert tuple(rows.keys.columns) == KEY_COLUMNS
    assert set(rows.values.drop(columns="currency").dtypes) == {np.dtype("float32")}


def test_questions_are_answered_in_the_order_given():
    view = view_of(invoice("A", due_on="2026-03-14", amount=100), invoice("B", due_on="2026-03-20", amount=100))
    rows = feature_rows(view, asked(("B", TODAY), ("A", TODAY - 20), ("A", TODAY), ("B", TODAY)))
    assert rows.values["dpd"].tolist() == [11, -3, 17, 11]


def test_open_questions_lists_each_evening_in_turn():
    view = view_of(
        invoice("A", due_on="2026-03-14", issued_on="2026-03-30", amount=100),
        invoice("B", due_on="2026-03-20", issued_on="2026-03-01", amount=100),
        payment("B", paid_on="2026-03-29", known_on="2026-03-31", amount=100),
    )
    questions = open_questions(view, [TODAY, TODAY - 1, TODAY - 2])
    assert questions.values.tolist() == [["B", TODAY - 2], ["A", TODAY - 1], ["B", TODAY - 1], ["A", TODAY]]


def test_open_balance_follows_what_was_known_each_evening():
    view = view_of(
        invoice("A", due_on="2026-03-14", amount=100),
        payment("A", paid_on="2026-03-28", known_on="2026-03-30", amount=40),
    )
    assert open_balance(view, asked(("A", TODAY - 2), ("A", TODAY), ("A", TODAY - 300))).tolist() == [10000, 6000, 0]


def test_a_view_with_later_knowledge_is_refused():
    view = view_of(invoice("A", due_on="2026-03-14", amount=100), known_by=date(2026, 4, 2))
    with pytest.raises(FutureView, match="knows facts up to 2026-04-02"):
        feature_rows(view)


def test_a_question_beyond_the_views_day_is_refused():
    view = view_of(invoice("A", due_on="2026-03-14", amount=100))
    with pytest.raises(QuestionAfterView, match="2026-04-01 cannot be answered from the evening of 2026-03-31"):
        feature_rows(view, asked(("A", TODAY + 1)))
    with pytest.raises(QuestionAfterView):
        open_questions(view, [TODAY + 1])


def test_a_question_about_an_item_not_known_or_settled_then_is_refused():
    view = view_of(invoice("A", due_on="2026-03-14", amount=100), payment("A", paid_on="2026-03-20", amount=100))
    with pytest.raises(NotOpenThen, match='Item "A" had no money to come on the evening of 2026-03-31'):
        feature_rows(view, asked(("A", TODAY)))
    with pytest.raises(NotOpenThen, match='Item "B" was not known on the evening of 2026-03-31'):
        feature_rows(view, asked(("B", TODAY)))
    with pytest.raises(NotOpenThen, match=r"was not known .* \(and 1 more questions like it\)"):
        feature_rows(view, asked(("A", TODAY - 300), ("B", TODAY)))
    with pytest.raises(NotOpenThen):
        feature_rows(view_of(), asked(("A", TODAY)))


def test_questions_without_whole_days_are_refused():
    view = view_of(invoice("A", due_on="2026-03-14", amount=100))
    with pytest.raises(BadQuestions, match="without day"):
        feature_rows(view, pd.DataFrame({"item_id": ["A"]}))
    with pytest.raises(BadQuestions, match="the day 1099511627776"):
        feature_rows(view, asked(("A", 2**40)))
    with pytest.raises(BadQuestions, match="the day"):
        open_questions(view, [10**12])
    with pytest.raises(BadQuestions, match="item ids of type int64"):
        feature_rows(view, pd.DataFrame({"item_id": [7], "day": [TODAY]}))
    with pytest.raises(BadQuestions, match="without an item or a day"):
        feature_rows(view, pd.DataFrame({"item_id": ["A"], "day": pd.array([None], dtype="Int64")}))
    with pytest.raises(BadQuestions, match="float64"):
        feature_rows(view, pd.DataFrame({"item_id": ["A"], "day": [1.5]}))
