"""A list is the same, to the last byte, however many accounts are worked through at a time."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from builders import FIRST_DAY, law
from hypothesis import given
from hypothesis import strategies as st
from model_builders import company_ledger, paying_company, random_curve
from random_companies import random_company

from features.catalogue import fingerprint
from models.bundle import Bundle
from models.shelf import Shelf
from serving.daily import EveningSettings, run_evening
from serving.strategy.reading import shipped

EVENING = FIRST_DAY + timedelta(days=150)
NOW = datetime(2026, 4, 1, 6, 0, tzinfo=UTC)
SIZES = (1, 7, 10**9)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    shelf = Shelf(tmp_path_factory.mktemp("shelf"))
    made = Bundle(random_curve(), FIRST_DAY, grace_days=5, fingerprint=fingerprint(), passed=True)
    shelf.install_first(shelf.put(made), NOW)
    return shelf


def runs(facts, shelf, evening, settings):
    """The run of an evening, made in blocks of each size; all that is published of it."""
    ledger = company_ledger(facts)
    made = (run_evening(ledger, shelf, evening, settings, now=NOW, accounts_at_once=size) for size in SIZES)
    return [(run.head, list(run.lines.texts), list(run.accounts.texts), list(run.decisions), run.reports, run.inputs)
            for run in made]  # fmt: skip


@given(seed=st.integers(0, 2**32 - 1))
@law(examples=4)
def test_moved_invoices_promises_and_holds_say_the_same_in_any_blocks(shelf, seed):
    one, seven, whole = runs(random_company(seed, 12, 60), shelf, EVENING, EveningSettings(3))

    assert one == whole
    assert seven == whole


@pytest.mark.parametrize("left_to_rule", [(), ("unknown",)])
def test_a_company_of_habits_has_the_same_list_in_any_blocks(shelf, left_to_rule):
    company, evening = paying_company(), FIRST_DAY + timedelta(days=400)
    strategy = shipped()
    strategy = replace(strategy, scoring=replace(strategy.scoring, left_to_rule=left_to_rule))

    one, seven, whole = runs(company, shelf, evening, EveningSettings(6, strategy=strategy))

    assert len(whole[1]) == 6
    assert one == whole
    assert seven == whole


def test_without_a_model_the_list_is_the_same_in_any_blocks(tmp_path):
    one, seven, whole = runs(random_company(3, 12, 60), Shelf(tmp_path), EVENING, EveningSettings(3))

    assert one == seven == whole
    assert whole[0]["mode"] == "rule"
