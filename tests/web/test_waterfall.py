"""The waterfall: a chain from the typical account to this one, within its picture, whose points add up as shown."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pictured import drawn, kept_as, reasoned

from serving.web.desk.waterfall import evidence_href, waterfall
from serving.web.navigation import account_href

SHARE = st.floats(0, 1, allow_nan=False)
SMALL = st.floats(-1, 1, allow_nan=False)


@st.composite
def any_body(draw):
    base, risk = draw(SHARE), draw(SHARE)
    points = draw(st.lists(SMALL, max_size=12))
    body = reasoned(base, *points, risk - base - sum(points))
    return {**body, "late_risk": risk}


def test_it_leads_from_the_typical_account_to_this_one():
    steps = waterfall(reasoned(0.25, 0.5, -0.25)).steps

    assert [(step.text, step.x, step.width) for step in steps] == [
        ("Typical account", 0, 25),
        ("reason 0", 25, 50),
        ("reason 1", 50, 25),
        ("This account", 0, 50),
    ]
    assert [step.whole for step in steps] == [25, 50, -25, 50]
    assert [step.kind for step in steps] == ["typical", "up", "down", "total"]


def test_what_only_says_how_little_is_known_is_no_step():
    body = reasoned(0.25, 0.5)
    thin = {**body, "reasons": [*body["reasons"], {**body["reasons"][0], "code": "too_little_history", "points": 0.0}]}

    assert waterfall(thin) == waterfall(body)


@given(any_body())
def test_every_bar_stays_in_the_picture_and_spans_what_its_reason_moved(body):
    picture = waterfall(body)

    assert all(step.x >= 0 and step.width > 0 and step.x + step.width <= 100.005 for step in picture.steps)
    assert all(0 <= x <= 100 for x, _ in picture.grid)
    for step in picture.steps[1:-1]:
        assert abs(step.width - max(0.8, abs(step.after - step.before))) < 0.011
        assert step.x <= min(step.before, step.after) + 0.011


@given(any_body())
def test_the_chain_has_no_gap_and_ends_at_the_risk(body):
    picture = waterfall(body)

    assert all(above.after == below.before for above, below in pairwise(picture.steps))
    nothing, everything = picture.grid[0][0], picture.grid[-1][0]
    at = {name: nothing + body[name] * (everything - nothing) for name in ("base", "late_risk")}
    assert picture.steps[0].after == pytest.approx(at["base"], abs=0.02)
    assert picture.steps[-1].before == pytest.approx(at["late_risk"], abs=0.02)


@given(any_body())
def test_the_points_shown_add_up_to_the_percent_shown(body):
    first, *reasons, last = waterfall(body).steps

    assert first.whole + sum(step.whole for step in reasons) == last.whole == round(body["late_risk"] * 100)


def test_reasons_that_lead_beyond_everything_on_the_way_are_drawn_where_they_lead():
    picture = waterfall(reasoned(0.5, 0.75, -0.5))

    assert picture.grid == ((0, "0%"), (20, "25%"), (40, "50%"), (60, "75%"), (80, "100%"))
    assert [(step.x, step.width) for step in picture.steps] == [(0, 40), (40, 60), (60, 40), (0, 60)]


def test_smaller_reasons_stand_together_and_lose_nothing():
    steps = waterfall(reasoned(0.1, *[0.05] * 8), shown=3).steps

    assert steps[-2].text == "5 smaller reasons"
    assert sum(step.whole for step in steps[:-1]) == steps[-1].whole == 50


def test_without_prediction_it_is_the_bare_facts():
    facts = [{"concept": "age", "text": "9 days past due", "points": None, "arrow": ""}]
    picture = waterfall({"base": None, "late_risk": None, "reasons": facts})

    assert [(step.text, step.whole) for step in picture.steps] == [("9 days past due", None)]
    assert (picture.grid, "svg" in drawn("waterfall", picture, False)) == ((), False)


def test_a_reason_leads_to_its_evidence_and_one_without_documents_nowhere():
    body = reasoned(0.1, 0.2, 0.1, 0.1, 0.1, codes=True)
    body["reasons"][1]["code"] = ""

    _, *hrefs, _ = (step.href for step in waterfall(body, customer_id="C-1", as_of="2026-03-31").steps)

    query = "as_of=2026-03-31"
    assert hrefs == [
        f"/accounts/C-1/evidence/age?item=INV-0&{query}",
        "",
        f"/accounts/C-1/evidence/usual_payment_day?item=INV-2&{query}",
        "",
    ]
    assert not any(step.href for step in waterfall(body).steps)


def test_an_address_holds_whatever_an_id_holds():
    hostile = 'a/b?c=d&e#f "ü\ud800'

    assert account_href(hostile) == "/accounts/a%2Fb%3Fc%3Dd%26e%23f%20%22%C3%BC%3F"
    assert evidence_href("C/1", {"code": "age"}, "I&1", "2026-03-31") == (
        "/accounts/C%2F1/evidence/age?item=I%261&as_of=2026-03-31"
    )


def test_the_picture_is_the_kept_one():
    body = reasoned(0.31, 0.254, 0.124, -0.048, 0.0, codes=True)
    body["reasons"][1]["text"] = "<script>alert(1)</script>"

    assert kept_as("waterfall.html", drawn("waterfall", waterfall(body, customer_id="C-1", as_of="2026-03-31")))
