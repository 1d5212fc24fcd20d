"""Which currency a list is compared in."""

from decimal import Decimal

import pandas as pd
import pytest

from ledger.view import RATE_COLUMNS
from serving.accounts.reporting import reporting_currency_of


def quotes(*bases):
    return pd.DataFrame([("GBP", base, "1.2", 1, 1) for base in bases], columns=list(RATE_COLUMNS))


@pytest.mark.parametrize(
    ("wanted", "currencies", "bases", "expected"),
    [
        ("CHF", ["EUR", "EUR"], ["EUR"], "CHF"),  # what is set counts
        (None, ["USD"], ["EUR"], "USD"),  # the only one there is
        (None, ["USD", "GBP"], ["EUR"], "EUR"),  # where the rates lead
        (None, ["USD", "GBP", "USD"], ["EUR", "CHF"], "USD"),  # most items
        (None, ["USD", "GBP"], [], "GBP"),  # equal: by name
        (None, [], [], "EUR"),
    ],
)
def test_the_reporting_currency_is_the_one_set_or_else_the_ledgers_own(wanted, currencies, bases, expected):
    assert reporting_currency_of(wanted, currencies, quotes(*bases)).currency == expected


def test_a_choice_by_counting_is_said():
    assert "No reporting currency is set" in reporting_currency_of(None, ["USD", "GBP"], quotes()).notices[0]
    assert reporting_currency_of(None, ["USD", "GBP"], quotes("EUR")).notices == ()


def test_only_rates_into_the_reporting_currency_are_used():
    reporting = reporting_currency_of("EUR", ["GBP"], quotes("EUR", "CHF"))

    assert reporting.quotes == (("GBP", 1, Decimal("1.2")),)
