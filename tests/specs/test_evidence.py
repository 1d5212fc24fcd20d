"""The documents behind a feature, kind by kind of question, on ledgers small enough to check in the head."""

import pytest

from features.catalogue import CATALOGUE_BY_NAME
from features.drawn import drawn, examples
from features.errors import NotOpenThen
from features.evidence.behind import evidence_of

AS_OF = "2026-03-31"

PAID = """
    invoice | customer | due_on     | paid_on
    --------+----------+------------+-----------
    INV-1   | C-1      | 2026-01-05 | 2026-01-25
    INV-2   | C-1      | 2026-01-20 | 2026-01-26
    INV-3   | C-1      | 2026-02-10 | 2026-02-10
    INV-4   | C-1      | 2026-02-20 | 2026-02-22
    INV-5   | C-1      | 2026-03-01 | 2026-03-04
    OTHER   | C-2      | 2026-03-01 | 2026-03-31
"""
"""C-1 paid 20 days late, 6 late, on the day, 2 late, 3 late."""

OPEN = """
    invoice | customer | due_on
    --------+----------+-----------
    DUE-70  | C-1      | 2026-01-20
    DUE-40  | C-1      | 2026-02-19
    DUE-NOW | C-1      | 2026-03-31
"""

WORDS = {
    "contacts": """
        customer | happened_on | outcome
        ---------+-------------+-------------
        C-1      | 2026-03-01  | no_answer
        C-1      | 2026-03-10  | right_party
        C-1      | 2026-03-15  | no_answer
        C-1      | 2026-03-16  | sent
        C-1      | 2026-03-20  | message_left
        C-2      | 2026-03-02  | no_answer
    """,
    "promises": """
        promise | customer | made_on    | promised_on | amount
        --------+----------+------------+-------------+-------
        KEPT    | C-1      | 2026-03-01 | 2026-03-05  | 90
        BROKEN  | C-1      | 2026-03-10 | 2026-03-15  | 500
        PENDING | C-1      | 2026-03-29 | 2026-04-02  | 500
    """,
    "disputes": """
        dispute | invoice | opened_on  | resolved_on
        --------+---------+------------+------------
        D-1     | DUE-40  | 2026-03-02 | 2026-03-09
        D-2     | DUE-NOW | 2026-03-10 |
    """,
}


@pytest.fixture
def parts(drawn_view):
    """What each document does for a feature of DUE-NOW, without what only supports another."""

    def found(feature, settled=PAID, opened=OPEN, **more):
        tables = {"settled": settled, "open": opened, **WORDS, **more}
        view = drawn_view(AS_OF, {name: drawn(table) for name, table in tables.items()}, ["C-1"])
        rows = evidence_of(view, "DUE-NOW", CATALOGUE_BY_NAME[feature]).rows
        return {row.document_id: row.part for row in rows if row.part != "supports"}

    return found


@pytest.mark.parametrize(
    ("feature", "expected"),
    [
        ("settled_count", dict.fromkeys(["INV-1", "INV-2", "INV-3", "INV-4", "INV-5"], "counted")),
        ("days_late_mean_90d", dict.fromkeys(["INV-1", "INV-2", "INV-3", "INV-4", "INV-5"], "counted")),
        ("days_late_last", {"INV-5": "figure"}),
        ("days_late_last_3", dict.fromkeys(["INV-3", "INV-4", "INV-5"], "counted")),
        ("on_time_streak", {"INV-3": "counted", "INV-4": "counted", "INV-5": "counted", "INV-2": "ends"}),
        ("on_time_streak_longest", {"INV-3": "counted", "INV-4": "counted", "INV-5": "counted", "INV-2": "ends"}),
        ("days_late_usual", dict.fromkeys(["INV-1", "INV-2", "INV-3", "INV-4", "INV-5"], "counted")),
        ("days_late_max_365d", {"INV-1": "figure", **dict.fromkeys(["INV-2", "INV-3", "INV-4", "INV-5"], "counted")}),
        ("days_late_q80", {"INV-2": "figure", **dict.fromkeys(["INV-1", "INV-3", "INV-4", "INV-5"], "counted")}),
        ("days_since_payment", {"A-4": "figure"}),
        ("customer_days", {"INV-1": "figure"}),
        ("open_count", dict.fromkeys(["DUE-70", "DUE-40", "DUE-NOW"], "counted")),
        ("oldest_open_dpd", {"DUE-70": "figure"}),
        ("contacts_unanswered", {"K-2": "counted", "K-4": "counted", "K-1": "ends"}),
        ("dispute_count_365d", {"D-1": "counted", "D-2": "counted"}),
        ("disputed_share", {"D-2": "counted", "DUE-NOW": "itself"}),
        ("promises_open_count", {"PENDING": "counted"}),
        ("promises_kept_count_365d", {"KEPT": "counted"}),
        ("dpd", {"DUE-NOW": "itself"}),
        ("currency", {"DUE-NOW": "itself"}),
    ],
)
def test_the_documents_behind_a_figure_are_those_that_it_is_made_of(parts, feature, expected):
    assert parts(feature) == expected


def test_of_a_share_those_in_the_count_are_told_from_those_only_in_the_whole(parts):
    assert parts("late_5_share_90d") == {
        **dict.fromkeys(["INV-1", "INV-2", "DUE-70", "DUE-40"], "counted"),
        **dict.fromkeys(["INV-3", "INV-4", "INV-5"], "whole"),
    }
    assert parts("promises_broken_share_365d") == {"BROKEN": "counted", "KEPT": "whole"}


def test_what_an_aging_bucket_takes_off_again_has_no_part_in_it(parts):
    assert parts("overdue_31_60_count") == {"DUE-40": "counted"}
    assert parts("overdue_31_60_share") == {"DUE-40": "counted", "DUE-70": "whole", "DUE-NOW": "whole"}


def test_payments_of_the_commonest_weekday_count_and_the_others_are_in_the_whole(parts):
    paid = """
        invoice | customer | due_on     | paid_on
        --------+----------+------------+-----------
        INV-1   | C-1      | 2026-01-05 | 2026-01-05
        INV-2   | C-1      | 2026-01-05 | 2026-01-12
        INV-3   | C-1      | 2026-01-05 | 2026-01-13
    """
    assert parts("pay_weekday_share_365d", paid) == {"A-0": "counted", "A-1": "counted", "A-2": "whole"}


def test_a_window_and_what_was_booked_later_keep_documents_out(parts):
    paid = """
        invoice  | customer | due_on     | paid_on    | known_on
        ---------+----------+------------+------------+-----------
        OLD      | C-1      | 2025-11-01 | 2025-12-31 | 2025-12-31
        IN-TIME  | C-1      | 2026-03-01 | 2026-03-20 | 2026-03-21
        TOMORROW | C-1      | 2026-03-01 | 2026-03-20 | 2026-04-01
    """
    assert parts("days_late_mean_90d", paid) == {"IN-TIME": "counted"}


def test_a_promise_stands_with_the_money_that_came_for_it(drawn_view):
    tables = {name: drawn(table) for name, table in {"settled": PAID, "open": OPEN, **WORDS}.items()}
    view = drawn_view(AS_OF, tables, ["C-1"])

    rows = evidence_of(view, "DUE-NOW", CATALOGUE_BY_NAME["promises_kept_count_365d"]).rows

    # INV-5 was paid on 4 March, within the promise of the 1st for the 5th.
    assert [(row.kind, row.document_id, row.part) for row in rows] == [
        ("promise", "KEPT", "counted"), ("invoice", "INV-5", "supports"), ("cash", "A-4", "supports"),
    ]  # fmt: skip


def test_each_row_has_its_two_days_its_due_day_its_money_and_its_lateness(drawn_view):
    paid = """
        invoice | customer | issued_on  | due_on     | paid_on    | known_on   | amount
        --------+----------+------------+------------+------------+------------+-------
        INV-1   | C-1      | 2026-01-15 | 2026-02-14 | 2026-03-01 | 2026-03-03 | 250
    """
    view = drawn_view(AS_OF, {"settled": drawn(paid)}, ["C-1"])

    invoice, money = evidence_of(view, "ASKED-C-1", CATALOGUE_BY_NAME["days_late_last"]).rows

    days = (invoice.happened_on, invoice.known_on, invoice.due_on, money.happened_on, money.known_on)
    assert [str(day) for day in days] == ["2026-01-15", "2026-01-15", "2026-02-14", "2026-03-01", "2026-03-03"]
    assert (invoice.days_late, invoice.state, invoice.amount_minor, invoice.currency) == (15, "settled", 250_00, "EUR")
    assert (money.kind, money.item_id, money.amount_minor, money.due_on) == ("cash", "INV-1", 250_00, None)


def test_a_corrected_invoice_is_shown_with_what_it_said_before(drawn_view):
    opened = """
        invoice | customer | due_on     | invoice_known_on
        --------+----------+------------+-----------------
        INV-1   | C-1      | 2026-03-01 | 2026-02-01
        INV-1   | C-1      | 2026-03-21 | 2026-03-05
    """
    view = drawn_view(AS_OF, {"open": drawn(opened)}, [])

    rows = evidence_of(view, "INV-1", CATALOGUE_BY_NAME["dpd"]).rows

    assert [(row.part, row.state, row.days_late) for row in rows] == [
        ("itself", "open", 10), ("supports", "corrected", None),
    ]  # fmt: skip


def test_of_an_invoice_corrected_after_it_was_settled_the_statement_of_then_counts(drawn_view):
    paid = """
        invoice | customer | due_on     | invoice_known_on | paid_on
        --------+----------+------------+------------------+-----------
        INV-1   | C-1      | 2026-02-01 | 2026-01-02       | 2026-02-11
    """
    corrected = """
        invoice | customer | due_on     | invoice_known_on
        --------+----------+------------+-----------------
        INV-1   | C-1      | 2026-02-10 | 2026-03-01
        INV-9   | C-1      | 2026-04-10 | 2026-03-11
    """
    view = drawn_view(AS_OF, {"settled": drawn(paid), "open": drawn(corrected)}, [])

    rows = evidence_of(view, "INV-9", CATALOGUE_BY_NAME["days_late_last"]).rows

    assert [(row.kind, row.part, row.state, row.days_late) for row in rows] == [
        ("invoice", "figure", "settled", 10), ("invoice", "supports", "later", None), ("cash", "supports", "", None),
    ]  # fmt: skip


def test_of_an_invoice_that_was_moved_here_the_customer_before_is_not_named(drawn_view):
    opened = """
        invoice | customer | due_on     | invoice_known_on
        --------+----------+------------+-----------------
        INV-1   | C-BEFORE | 2026-03-01 | 2026-02-01
        INV-1   | C-1      | 2026-03-01 | 2026-03-05
    """
    view = drawn_view(AS_OF, {"open": drawn(opened)}, [])

    evidence = evidence_of(view, "INV-1", CATALOGUE_BY_NAME["open_count"])

    assert [row.state for row in evidence.rows] == ["open", "moved"]
    assert "C-BEFORE" not in repr(evidence)


def test_of_everyone_it_is_told_how_many_invoices_and_not_whose(drawn_view):
    view = drawn_view(AS_OF, {"settled": drawn(PAID), "open": drawn(OPEN)}, ["C-1"])

    climate = evidence_of(view, "DUE-NOW", CATALOGUE_BY_NAME["portfolio_late_share_90d"])
    shrunken = evidence_of(view, "DUE-NOW", CATALOGUE_BY_NAME["days_late_shrunken_365d"])

    # Six settled, and the two that are more than five days overdue; late are those two, INV-1, INV-2 and OTHER.
    assert (climate.everyone.invoices, climate.everyone.figure) == (8, climate.value)
    assert climate.value == pytest.approx(5 / 8)
    assert climate.rows == ()
    assert (shrunken.everyone.invoices, shrunken.everyone.figure) == (6, pytest.approx((20 + 6 + 0 + 2 + 3 + 30) / 6))
    assert "OTHER" not in repr(shrunken)


def test_a_credit_limit_stands_with_the_open_invoices_that_use_it(drawn_view):
    limits = """
        customer | credit_limit | currency | known_on
        ---------+--------------+----------+-----------
        C-1      | 500          | EUR      | 2026-01-01
        C-1      | 1000         | EUR      | 2026-02-01
    """
    view = drawn_view(AS_OF, {"open": drawn(OPEN), "customers": drawn(limits)}, [])

    rows = evidence_of(view, "DUE-40", CATALOGUE_BY_NAME["credit_limit_use"]).rows

    assert [(row.amount_minor, row.part) for row in rows if row.kind == "customer"] == [
        (1000_00, "itself"), (500_00, "supports"),
    ]  # fmt: skip
    assert {row.document_id for row in rows if row.part == "counted"} == {"DUE-70", "DUE-40", "DUE-NOW"}


@pytest.mark.parametrize("item_id", ["INV-1", "NOBODYS"])
def test_of_an_invoice_that_was_settled_or_unknown_there_is_no_evidence(drawn_view, item_id):
    view = drawn_view(AS_OF, {"settled": drawn(PAID), "open": drawn(OPEN)}, [])

    with pytest.raises(NotOpenThen):
        evidence_of(view, item_id, CATALOGUE_BY_NAME["dpd"])


def test_the_evidence_of_an_example_of_the_page_comes_to_its_value(drawn_view):
    for example in examples()[::5]:
        (who, feature), expected = next(iter(example.expected.items()))
        view = drawn_view(example.as_of, example.tables, [who])
        opened = view.open_items()
        mine = ((opened["customer_id"] == who) | (opened["item_id"] == who)) & (opened["amount_minor"] > 0)
        item_id = opened.loc[mine & ~opened["open_within_tolerance"], "item_id"].iloc[0]
        evidence = evidence_of(view, item_id, CATALOGUE_BY_NAME[feature])
        value = pytest.approx(expected, rel=1e-6) if isinstance(expected, float) else expected
        assert evidence.value == value, (example.says, who, feature)
