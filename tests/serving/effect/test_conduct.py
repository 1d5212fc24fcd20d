"""Whether kinds of customers are treated alike at equal priority."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from builders import contact, customer, invoice, ledger_of, together

from serving.effect.conduct import conduct_of

FIRST, LAST = date(2026, 2, 2), date(2026, 3, 31)
ACCOUNTS, EVENINGS = 120, 20


def log_of(seed: int, *, less: float = 1.0, poor: float = 1.0) -> pd.DataFrame:
    """Decisions about accounts of which every third is French; the higher the score, the likelier the listing.

    less: how often a French account is listed where another of its score would be. poor: its score, times another's.
    """
    drawn = np.random.default_rng(seed)
    french = np.arange(ACCOUNTS) % 3 == 0
    rows = []
    for evening in range(EVENINGS):
        score = drawn.random(ACCOUNTS) * np.where(french, poor, 1.0)
        listed = drawn.random(ACCOUNTS) < 0.6 * score * np.where(french, less, 1.0)
        for number in range(ACCOUNTS):
            rows.append(
                {"account_id": f"C-{number}", "as_of": FIRST + timedelta(evening), "eligible": True,
                 "score": score[number], "listed": listed[number], "callable_minor": 1_000 + 7 * number}
            )  # fmt: skip
    return pd.DataFrame(rows)


def view_of(*more):
    facts = [
        customer(
            f"C-{number}",
            country="DE" if number % 3 else "FR",
            known_on="2023-01-01" if number >= 40 else "2025-12-01",
        )
        for number in range(ACCOUNTS)
    ]
    return ledger_of(together(*facts, invoice("INV-1", due_on="2026-01-01", amount=1), *more)).as_of(LAST)


VIEW = view_of()


def ratios(decisions, view=VIEW):
    return {(one.of, one.value, one.what): one for one in conduct_of(decisions, view)}


def test_a_kind_that_is_listed_less_often_at_the_same_priority_is_named():
    found = ratios(log_of(1, less=0.5))

    assert found["Country", "FR", "listed"].ratio == pytest.approx(0.5, abs=0.15)
    assert not found["Country", "FR", "listed"].alike
    assert "Country FR: 40 accounts listed in" in found["Country", "FR", "listed"].text


@pytest.mark.parametrize("seed", range(5))
def test_a_kind_that_is_listed_less_often_because_less_is_at_stake_is_treated_alike(seed):
    found = ratios(log_of(seed, poor=0.5))
    french = found["Country", "FR", "listed"]

    decisions = log_of(seed, poor=0.5)
    by_country = decisions.groupby(decisions["account_id"].str[2:].astype(int) % 3 == 0)["listed"].mean()
    assert by_country[True] < 0.7 * by_country[False]
    assert french.alike, french.text


def test_sizes_debtors_and_new_customers_are_told_apart_too():
    found = ratios(log_of(2))

    assert {(of, value) for of, value, _ in found} == {
        ("Country", "DE"), ("Country", "FR"), ("Customers", "known for a year"), ("Customers", "new"),
        ("Size", "large"), ("Size", "middle"), ("Size", "small"),
    }  # fmt: skip


def test_of_whom_the_ledger_knows_nothing_it_is_not_said_that_they_are_customers_for_a_year():
    stranger = log_of(2).assign(
        account_id=lambda rows: rows["account_id"].replace({f"C-{n}": f"X-{n}" for n in range(40, 80)})
    )
    known = ratios(stranger)["Customers", "known for a year", "listed"]

    assert known.accounts == ACCOUNTS - 80


def test_calls_within_four_days_are_compared_as_listings_are():
    calls = [
        contact(f"T-{number}-{evening}", customer=f"C-{number}", happened_on=FIRST + timedelta(evening + 1))
        for number in range(ACCOUNTS) for evening in range(0, EVENINGS, 10) if number % 3
    ]  # fmt: skip

    found = ratios(log_of(3), view_of(*calls))

    assert found["Country", "FR", "called"].ratio == 0.0
    assert found["Country", "FR", "listed"].alike


def test_few_accounts_those_who_could_not_be_listed_and_the_last_four_days_say_nothing():
    decisions = log_of(4)

    assert ratios(decisions[decisions["account_id"].isin([f"C-{n}" for n in range(29)])]) == {}
    assert ratios(decisions.assign(eligible=False)) == {}
    assert ratios(decisions.assign(as_of=LAST - timedelta(3))) == {}
