"""Drift is found where it is planted, and sound months are left alone."""

import json
import os
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from functools import cache

import numpy as np
import pandas as pd
import pytest
from builders import invoice, ledger_of, payment
from drifting import PLANTINGS, DriftingCompany
from model_builders import random_curve, random_table

from models.errors import TrainedLater
from models.overruled import Overruled
from training.drift import RUNS, DriftReport, drift_report, matured_outcomes, reported, said_and_happened
from training.drift_page import drift_page
from training.drift_verdict import Moved, about_features, limit_of, state_of

COMPANIES = 20 if int(os.environ.get("PAYRISK_TEST_EXAMPLES", "1")) > 1 else 1
"""One company has three sound months and each kind of drift once; `make test-all` looks at twenty."""

SOUND_AGES = (14, 28, 42)
DAY = date(2026, 3, 31)

CALM = Moved(
    name="dpd",
    psi=0.02,
    usual=0.05,
    limit=0.25,
    missing_then=0.0,
    missing_now=0.0,
    strange=0.0,
    commonest_then=0.1,
    commonest_now=0.1,
    is_text=False,
    of_the_evening=False,
    important=True,
    state="fine",
)


@cache
def company(seed: int) -> DriftingCompany:
    return DriftingCompany(seed)


def report(moved: list[Moved] | None = None, **also: object) -> DriftReport:
    """A report 28 days after training, in which nothing is found but what is given."""
    facts: dict[str, object] = {
        "version": "V", "trained_as_of": DAY - timedelta(days=28), "now": random_table(40), "matured_from": DAY
    }  # fmt: skip
    return reported(DAY, moved or [CALM], [], also.pop("matured", None), **(facts | also))  # type: ignore[arg-type]


def test_sound_months_raise_at_most_one_alarm_in_thirty():
    alarms = {
        (seed, age): found.verdict
        for seed in range(COMPANIES)
        for age in SOUND_AGES
        if (found := company(seed).report(age)).verdict != "fine"
    }

    assert len(alarms) <= COMPANIES * len(SOUND_AGES) / 30, alarms


def test_planted_drift_is_found_in_95_of_100_trials():
    missed = Counter[str]()
    for seed in range(COMPANIES):
        for kind, planting in PLANTINGS.items():
            found, (chosen, _) = company(seed).planted_report(planting)
            named = any(chosen in finding.text or "day off" in finding.text for finding in found.findings)
            missed[kind] += not (found.verdict != "fine" and named)

    assert missed.total() <= 0.05 * COMPANIES * len(PLANTINGS), missed


def test_a_quarter_of_the_customers_who_stop_paying_is_found_in_the_outcomes():
    found_in = 0
    for seed in range(COMPANIES):
        found = company(seed).report(75, company(seed).without_payments(0.25))
        found_in += found.matured is not None and any("too few expected" in one.text for one in found.findings)

    assert found_in >= 0.95 * COMPANIES


def test_an_important_feature_without_values_stops_the_version():
    gone = replace(CALM, psi=5.0, missing_now=1.0, state=state_of(5.0, 0.05, (0.0, 1.0), 0.0, (0.1, 0.0)))

    found = report([gone])

    assert found.verdict == "stop"
    assert found.findings[0].text.startswith("dpd has no value in 100% of the open items (at training 0%)")
    assert report([replace(gone, important=False)]).verdict == "watch"


def test_only_what_every_list_looks_for_by_itself_is_marked_so():
    """Missing values are gone with the next sound export; one value for all is not seen by a list."""
    gone = replace(CALM, psi=5.0, missing_now=1.0, state="broken")
    constant = replace(CALM, psi=5.0, commonest_then=0.1, commonest_now=1.0, state="broken")

    assert [(one.verdict, one.nightly) for one in report([gone]).findings] == [("stop", True)]
    assert [(one.verdict, one.nightly) for one in report([constant]).findings] == [("stop", False)]
    assert report([gone]).as_dict()["findings"][0]["nightly"] is True


def test_an_important_feature_with_one_value_for_all_stops_the_version():
    assert state_of(3.0, 0.05, (0.0, 0.0), 0.0, (0.2, 0.99)) == "broken"
    assert state_of(3.0, 0.05, (0.0, 0.0), 0.0, (0.91, 0.99)) == "act"  # it nearly had before
    assert state_of(0.0, 0.05, (0.0, 0.0), 0.0, (0.8, 1.0), text=True) == "fine"  # all in one currency


def test_values_never_seen_before_are_broken_unless_the_feature_always_moves_on():
    assert state_of(4.0, 0.05, (0.0, 0.0), 0.51, (0.1, 0.1)) == "broken"
    assert state_of(4.0, 5.0, (0.0, 0.0), 0.51, (0.1, 0.1)) == "fine"  # days as a customer only grow
    assert state_of(None, 0.0, (0.0, 0.0), 1.0, (1.0, 1.0)) == "broken"  # a feature of the evening, a hundredfold
    assert state_of(None, 0.0, (0.0, 0.0), 0.0, (1.0, 1.0)) == "fine"


def test_the_limit_is_never_below_a_quarter_and_three_times_what_is_usual():
    assert limit_of(0.01) == 0.25
    assert limit_of(0.2) == 3 * 0.2
    assert state_of(0.24, 0.05, (0, 0), 0, (0, 0)) == "watch"
    assert state_of(0.26, 0.05, (0, 0), 0, (0, 0)) == "act"
    assert state_of(0.26, 0.30, (0, 0), 0, (0, 0)) == "fine"  # no more than it usually moves


def test_in_a_young_ledger_moving_is_no_drift_but_vanishing_is():
    assert limit_of(None) is None
    assert state_of(9.0, None, (0.0, 0.0), 1.0, (0.1, 0.1)) == "fine"
    assert state_of(9.0, None, (0.0, 1.0), 0.0, (0.1, 0.0)) == "broken"
    assert "–" in drift_page(report([replace(CALM, usual=None, limit=None), replace(CALM, name="late_risk")]))


def test_an_important_feature_or_the_score_beyond_its_limit_asks_for_a_new_version():
    moved = replace(CALM, psi=0.4, state="act")

    assert report([moved]).verdict == "retrain"
    assert report([replace(moved, name="late_risk", important=False)]).verdict == "retrain"


def test_five_other_features_beyond_their_limit_are_worth_a_look_and_four_are_not():
    others = [replace(CALM, name=f"other_{n}", psi=0.4, state="act", important=False) for n in range(5)]

    assert [one.verdict for one in about_features(others)] == ["watch"]
    assert about_features(others[:4]) == []


def test_a_currency_never_seen_in_training_is_told_above_one_item_in_twenty():
    euro = replace(CALM, name="currency", is_text=True)

    assert report([replace(euro, strange=0.06)]).verdict == "watch"
    assert report([replace(euro, strange=0.05)]).verdict == "fine"


def test_chances_that_came_true_are_fine_and_the_interval_counts_customers_not_rows():
    customer = pd.Series([f"C-{n // 10}" for n in range(400)])
    happened = np.repeat([1.0, 0.0] * 20, 10)  # each customer pays all or nothing

    clustered = said_and_happened(np.full(400, 0.5), happened, customer, ("2026-01-02", "2026-02-27"))
    alone = said_and_happened(np.full(400, 0.5), happened, pd.Series(range(400)), ("2026-01-02", "2026-02-27"))

    assert (clustered.said, clustered.happened, clustered.difference) == (0.5, 0.5, 0.0)
    assert clustered.customers == 40
    assert clustered.high == pytest.approx(alone.high * 10**0.5, rel=0.02)
    assert clustered.fifths[0] == (80, 0.5, 0.5)
    assert report(matured=clustered).verdict == "fine"


@pytest.mark.parametrize(("said", "verdict"), [(0.30, "fine"), (0.38, "retrain"), (0.62, "stop")])
def test_chances_off_by_more_than_chance_ask_for_a_new_version_and_far_off_ones_stop_it(said, verdict):
    happened = (np.arange(4_000) % 10 < 3).astype(np.float64)
    matured = said_and_happened(np.full(4_000, said), happened, pd.Series(range(4_000)), ("2026-01-02", "2026-02-27"))

    assert report(matured=matured).verdict == verdict


def test_outcomes_are_asked_for_only_once_30_days_and_the_booking_lag_are_over():
    young, older = company(0).report(28), company(0).report(75)

    assert young.matured is None
    assert (young.matured_from - young.trained_as_of).days >= 30
    assert older.matured is not None
    assert older.trained_as_of.isoformat() <= older.matured.first
    lag = (older.matured_from - older.trained_as_of).days - 30
    assert date.fromisoformat(older.matured.last) <= older.as_of - timedelta(days=30 + lag)


def test_outcomes_are_those_of_items_due_within_30_days_and_at_most_a_year_past_due():
    """Of each customer's five items two are on the edge of what is judged, and three beyond it or not at all."""
    looked, asked_on = DAY - timedelta(days=30), (-400, -366, -365, 30, 31)
    facts = [
        invoice(f"INV-{who}-{due}", customer=f"C-{who}", due_on=looked + timedelta(days=due), amount=100,
                issued_on=looked - timedelta(days=500))
        for who in range(20) for due in asked_on
    ]  # fmt: skip
    ledger = ledger_of(*facts)

    found = matured_outcomes(ledger, ledger.as_of(DAY), random_curve(), looked)

    assert found is not None
    assert (found.rows, found.customers, found.first, found.last) == (
        20 * 2,
        20,
        looked.isoformat(),
        looked.isoformat(),
    )
    assert found.happened == 1.0


def test_lists_made_without_the_model_are_counted_among_the_newest_thirty():
    assert report(modes=["model"] * 23 + ["habit"] * 7).verdict == "watch"
    assert report(modes=["model"] * RUNS + ["rule"] * 500).fallback_share == 0
    assert report(modes=["model"] * 24 + ["model_stale"] * 6).verdict == "fine"
    assert report().fallback_share is None


def test_a_version_past_its_best_before_day_asks_for_a_new_one():
    assert report(trained_as_of=DAY - timedelta(days=45)).verdict == "fine"
    assert report(trained_as_of=DAY - timedelta(days=46)).verdict == "retrain"


def test_a_version_without_a_reference_is_reported_on_where_nothing_is_open():
    paid = ledger_of(invoice("INV-1", due_on=DAY, amount=100), payment("INV-1", paid_on=DAY, amount=100))

    found = drift_report(paid, random_curve(), None, DAY, version="V", trained_as_of=DAY, grace_days=5)

    assert (found.verdict, found.features, found.score, found.matured, found.rows) == ("fine", (), None, None, 3)
    assert "Not looked at" in drift_page(found)


def test_an_evening_before_training_is_refused():
    with pytest.raises(TrainedLater):
        company(0).report(-1)


def overrides(overruled: int, worked: int = 200) -> tuple[Overruled, ...]:
    recent = Overruled("last 30 days", worked, overruled, 0, overruled)
    return recent, Overruled("2026-02", 90, 3, 4, 6), Overruled("2026-03", worked, overruled, 0, overruled)


def test_a_list_that_people_overrule_for_more_than_a_fifth_of_the_accounts_they_work_is_watched():
    found = report(overrides=overrides(41))

    assert (found.verdict, found.override_share) == ("watch", 0.205)
    assert found.findings[0].text.startswith(
        "20% of 200 accounts worked on in 30 days were contested or put off by hand"
    )
    assert report(overrides=overrides(40)).verdict == "fine"
    assert report(overrides=overrides(49, worked=49)).verdict == "fine"  # too few to say anything
    assert report(overrides=overrides(50, worked=50)).verdict == "watch"


def test_overrides_stand_on_the_page_and_in_the_report_month_by_month():
    found = report(overrides=overrides(12))

    page = drift_page(found)
    assert "Last 30 days: 6% of 200 accounts worked on were overruled (12 contested, 0 put off by hand)." in page
    assert "2026-02: 7% of 90 accounts worked on were overruled (3 contested, 4 put off by hand)." in page
    assert [one["period"] for one in found.as_dict()["overrides"]] == ["last 30 days", "2026-02", "2026-03"]


def test_where_nobody_recorded_any_work_nothing_is_said_of_overrides():
    assert report().override_share is None
    assert report(overrides=overrides(0, worked=0)).override_share is None
    assert "nobody recorded work on an account by then" in drift_page(report())


def test_the_report_is_plain_json_and_the_same_each_time():
    found = company(0).report(28)

    told = json.dumps(found.as_dict(), allow_nan=False)

    assert json.dumps(company(0).report(28).as_dict()) == told
    assert json.loads(told)["as_of"] == found.as_of.isoformat()
    assert {one["name"] for one in json.loads(told)["features"] if one["important"]} == set(
        company(0).reference.important
    )


def test_the_page_tells_the_verdict_its_figures_and_no_markup_of_others():
    hostile = replace(CALM, name="<script>", psi=0.4, state="act")

    page = drift_page(report([hostile, replace(CALM, name="late_risk", important=False)]))

    assert "Retrain: the version no longer fits what it sees" in page
    assert "index 0.40, more than 0.25" in page
    assert "<script" not in page
