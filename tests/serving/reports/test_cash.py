"""Cash behind and ahead: what came in which week, what the curves expect, and whether old bands held."""

from datetime import date, timedelta

import numpy as np
import pytest
from builders import invoice, ledger_of, payment, reversal, together
from evenings import rates, score
from model_builders import random_curve, random_table

from models.readings import Curves, cash_by_week
from serving.reports.cash_forecast import PAST_WEEKS, WEEKS, cash_report
from serving.reports.cash_received import received_by_week
from serving.reports.weeks_inside import WeeksInside, weeks_inside
from serving.scoring.scored_evening import OpenMoney

EVENING = date(2026, 3, 31)
IN_EURO = rates(USD="0.5")


def amount(money):
    return float(money["amount"])


@pytest.fixture(scope="module")
def forecast():
    curves = random_curve().survival(random_table(40))
    scores = [score(f"I-{n}", open=1000 + n) for n in range(40)]
    return cash_report(OpenMoney.of(scores), curves, IN_EURO, EVENING, []), curves, [1000 + n for n in range(40)]


def test_the_weeks_are_the_drops_of_the_curves_times_the_open_money(forecast):
    report, curves, opened = forecast

    assert [amount(week["expected"]) for week in report["weeks"]] == pytest.approx(
        cash_by_week(curves, opened, WEEKS).tolist(), abs=0.01
    )
    assert amount(report["all_weeks"]["expected"]) == pytest.approx(
        sum(amount(week["expected"]) for week in report["weeks"]), abs=0.01 * WEEKS
    )
    assert amount(report["open"]) == sum(opened)


def test_weeks_follow_each_other_from_the_day_after_the_evening(forecast):
    weeks = forecast[0]["weeks"]

    assert weeks[0]["from"] == "2026-04-01"
    assert [date.fromisoformat(week["until"]) for week in weeks] == [EVENING + timedelta(7 * n) for n in range(1, 14)]
    assert all(amount(week["low"]) <= amount(week["expected"]) <= amount(week["high"]) for week in weeks)


def test_money_without_a_rate_is_counted_and_not_added_up():
    curves = Curves(np.array([0, 7, 30]), np.array([[0.0, 5.0, 9.0]] * 3))
    scores = [score("A", open=100), score("B", open=100, currency="USD"), score("C", open=100, currency="CAD")]
    report = cash_report(OpenMoney.of(scores), curves, IN_EURO, EVENING, [])

    assert report["open"]["amount"] == "150.00"
    assert report["items_without_rate"] == 1
    assert amount(report["weeks"][0]["expected"]) == pytest.approx(150 * (1 - np.exp(-5.0)), abs=0.01)


def test_without_probabilities_nothing_is_expected():
    report = cash_report(OpenMoney.of([score(late_risk=None)]), None, IN_EURO, EVENING, [])

    assert report["weeks"] == []
    assert report["all_weeks"] is None
    assert report["next_30_days"] is None


def test_cash_stands_in_the_week_in_which_it_was_booked_less_what_came_back():
    view = ledger_of(
        together(
            invoice("A", due_on="2026-03-01", amount=900),
            invoice("NEW", issued_on="2026-03-26", due_on="2026-04-20", amount=70),
            payment("A", paid_on="2026-03-16", amount=500, known_on="2026-03-26"),
            payment("A", paid_on="2026-03-02", amount=40),
            reversal("A", taken_back_on="2026-03-24", amount=40),
            payment("A", paid_on="2026-03-26", amount=25, kind="credit"),
            payment("NEW", paid_on="2026-03-28", amount=70),
        )
    ).as_of(EVENING)
    weeks = received_by_week(view, IN_EURO, 5)

    assert [(week.begins.isoformat(), week.received) for week in weeks] == [
        ("2026-02-25", 40_00), ("2026-03-04", 0), ("2026-03-11", 0), ("2026-03-18", -40_00), ("2026-03-25", 570_00),
    ]  # fmt: skip
    assert weeks[-1].on_known == 500_00  # NEW was not known on the evening before
    assert len(received_by_week(view, IN_EURO, PAST_WEEKS)) == PAST_WEEKS


def told(low, high, currency="EUR"):
    money = {name: {"amount": str(value), "currency": currency} for name, value in (("low", low), ("high", high))}
    return {"currency": currency, "weeks": [money] if low is not None else []}


def test_old_bands_are_held_against_what_came_on_the_invoices_they_spoke_of():
    past = [
        {"from": f"2026-03-{day:02d}", "received_on_known": {"amount": came, "currency": "EUR"}}
        for day, came in ((1, "100.00"), (8, "100.00"), (15, "100.00"), (22, "100.00"), (25, "100.00"))
    ]
    earlier = {
        date(2026, 2, 28): told(90, 110),
        date(2026, 3, 7): told("100.01", 110),
        date(2026, 3, 14): told(None, None),  # by rule
        date(2026, 3, 21): told(90, 110, "USD"),
    }

    assert weeks_inside({"currency": "EUR", "past": past}, earlier) == WeeksInside(checked=2, inside=1)
    assert weeks_inside({"currency": "EUR", "past": past}, {}) == WeeksInside(0, 0)
