"""How reasons are told, on the page and by the commands alike."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.words import percent
from serving.wording import points, told_reasons, whole_parts, whole_parts_of, whole_points

shares = st.lists(st.floats(-0.2, 0.2), max_size=9)


@given(st.floats(0, 1), shares)
def test_points_as_shown_always_add_up_to_the_risk_as_shown(base, moved):
    total = base + sum(moved)

    shown = whole_points(base, moved, total)

    assert round(base * 100) + sum(shown) == round(total * 100)
    assert all(abs(whole - share * 100) <= 2 for whole, share in zip(shown, moved, strict=True))


def test_nothing_predicted_has_no_points():
    assert whole_points(None, [None, None], None) == [None, None]
    assert whole_points(None, [], None) == []


def test_a_chance_is_never_shown_as_certain_when_it_is_not():
    assert [percent(share) for share in (0.0, 0.004, 0.5, 0.996, 1.0)] == ["0%", "<1%", "50%", ">99%", "100%"]


def line(base, **moved):
    reasons = [
        {"concept": concept, "text": f"{concept} fact", "points": share, "arrow": "▲" if share > 0 else "▼"}
        for concept, share in sorted(moved.items(), key=lambda pair: -abs(pair[1]))
    ]
    return {"base": base, "late_risk": base + sum(moved.values()), "reasons": reasons}


@pytest.mark.parametrize(
    ("moved", "told"),
    [
        ({"age": -0.2, "habit": 0.1, "amount": 0.05}, ["habit", "age", "amount"]),
        ({"newness": 0.2, "terms": 0.1, "habit": 0.02}, ["habit", "newness", "terms"]),
        ({"season": 0.2, "age": -0.1}, ["season", "age"]),  # nothing else raises it
        ({"age": -0.2, "habit": -0.1}, ["age", "habit"]),
    ],
)
def test_why_an_account_is_here_stands_first_and_is_something_to_call_about(moved, told):
    assert [reason["concept"] for reason in told_reasons(line(0.5, **moved))] == told
    assert len(told_reasons(line(0.5, **moved), 1)) == 1


def test_what_moves_less_than_a_point_is_told_as_that_and_never_as_minus_nothing():
    shown = told_reasons(line(0.5, habit=0.1, terms=-0.002))

    assert [points(reason["whole"]) for reason in shown] == ["+10", "<1"]


def test_too_little_history_is_said_in_the_third_place_and_without_points():
    made = line(0.5, habit=0.1, age=-0.05, terms=0.04)
    made["reasons"].append(
        {"concept": "history", "text": "thin", "points": 0.0, "arrow": "", "code": "too_little_history"}
    )

    shown = told_reasons(made)

    assert [reason["concept"] for reason in shown] == ["habit", "age", "history", "terms"]
    assert [reason["whole"] for reason in shown] == [10, -5, None, 4]


@given(shares, st.integers(-30, 130))
def test_parts_that_are_nothing_stay_nothing_and_the_others_add_up(parts, total):
    whole = whole_parts([*parts, 0.0], total)

    assert sum(whole) == total
    assert whole[-1] == 0 or not any(parts)


def test_facts_without_points_keep_their_order():
    facts = [{"concept": c, "text": c, "points": None, "arrow": ""} for c in ("newness", "age")]

    told = told_reasons({"base": None, "late_risk": None, "reasons": facts})

    assert [(reason["text"], reason["whole"]) for reason in told] == [("newness", None), ("age", None)]


rows_of_parts = st.integers(1, 6).flatmap(
    lambda count: st.lists(
        st.tuples(
            st.lists(st.sampled_from([0.0, -0.0, 0.5, -0.5]) | st.floats(-1e16, 1e16), min_size=count, max_size=count),
            st.integers(-20, 20),
        ),
        min_size=1,
        max_size=5,
    )
)


@given(rows_of_parts)
def test_many_rows_are_rounded_as_each_is_by_itself(rows):
    parts = np.array([row for row, _ in rows])
    totals = np.array([round(sum(row)) + off for row, off in rows])

    found = whole_parts_of(parts, totals)

    assert found.tolist() == [whole_parts(row, total) for (row, _), total in zip(rows, totals.tolist(), strict=True)]
