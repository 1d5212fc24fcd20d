"""Laws of the reports: what is learned later changes none of them, and a figure is the same wherever it stands."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from builders import known_by, rate, together
from model_builders import OPENED, company_ledger, paying_company, random_curve

from features.catalogue import fingerprint
from models.bundle import Bundle
from models.shelf import Shelf
from serving.daily import EveningSettings, queue_of, score_items
from serving.listing.placing import ListSettings
from serving.morning.staged import staged_lines, staged_run
from serving.web.reports.schemas import REPORTS

EVENING = OPENED + timedelta(days=400)
NOW = datetime(2026, 4, 1, 6, 0, tzinfo=UTC)
SETTINGS = ListSettings(6, reporting_currency="EUR")


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    shelf = Shelf(tmp_path_factory.mktemp("shelf"))
    made = Bundle(random_curve(), OPENED + timedelta(days=300), grace_days=5, fingerprint=fingerprint(), passed=True)
    shelf.install_first(shelf.put(made), NOW)
    return shelf


def company():
    """The paying company, with a rate for its dollars."""
    return together(paying_company(), rate("USD", "0.9", rate_on=OPENED))


@pytest.fixture(scope="module")
def run(shelf):
    ledger = company_ledger(known_by(company(), EVENING))
    return queue_of(score_items(ledger, shelf, EVENING), SETTINGS, now=NOW)


def test_facts_learned_later_change_no_report(run, shelf):
    later = queue_of(score_items(company_ledger(company()), shelf, EVENING), SETTINGS, now=NOW)

    assert later.reports == run.reports
    assert list(run.reports) == list(REPORTS)


def test_a_figure_is_the_same_wherever_it_stands(run):
    reports = run.reports
    overview, aging, forecast = reports["overview"], reports["aging"], reports["cash-forecast"]
    newest = reports["past-due"]["points"][-1]

    assert overview["open"]["money"] == aging["now"]["open"] == newest["open"]
    assert overview["past_due"]["money"] == aging["now"]["past_due"] == newest["past_due"]
    assert overview["past_due"]["share_pct"] == newest["past_due_pct"]
    assert overview["expected_late"]["money"] == reports["high-risk"]["money"]
    assert overview["over_90"]["money"] == reports["over-90"]["money"]
    assert overview["expected_30_days"] == forecast["next_30_days"]
    assert overview["coverage"]["without_next_step"] == reports["without-next-step"]["accounts"]
    late = sum(Decimal(body["expected_late"]["amount"]) for body in run.accounts)
    assert Decimal(overview["expected_late"]["money"]["amount"]) == late
    assert Decimal(overview["open"]["money"]["amount"]) == sum(Decimal(body["open"]["amount"]) for body in run.accounts)
    closed = reports["effectiveness"]["months"][-1]
    assert closed["closing"] == reports["dso"]["month_ends"][-1]["open"] == aging["month_ends"][-1]["open"]


def test_reports_pass_through_the_disk_unchanged(run):
    again = staged_run(list(staged_lines(run)))

    assert again.reports == run.reports
    assert again == run


def test_the_id_of_a_list_is_the_same_with_and_without_its_reports(run, shelf, monkeypatch):
    monkeypatch.setattr("serving.daily.evening_reports", lambda *_: {})
    ledger = company_ledger(known_by(company(), EVENING))
    without = queue_of(score_items(ledger, shelf, EVENING), EveningSettings(6, reporting_currency="EUR"), now=NOW)

    assert without.reports == {}
    assert without.run_id == run.run_id
