"""The cash forecast: what the invoices open tonight are expected to bring, week by week, with a band of 80 %."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import numpy as np

from ledger.books.conversion import convert_each
from ledger.days import to_day
from ledger.money import EXPONENT, Rates
from ledger.ordering import Flags, Ints
from models.readings import Curves, Floats
from serving.reports.band import SHARE, WIDER, band
from serving.reports.cash_received import Week
from serving.reports.definitions import definitions_json
from serving.scoring.scored_evening import OpenMoney
from serving.wording import money_json

Json = dict[str, Any]

WEEKS = 13
PAST_WEEKS = 26
NEAR_DAYS = 30


def cash_report(opened: OpenMoney, curves: Curves | None, rates: Rates, day: date, past: Sequence[Week]) -> Json:
    """The weeks behind and ahead, seven days each; week 1 begins on the day after the evening.

    Args:
        opened: the money of every open item.
        curves: one an item, in their order; None without probabilities, and then nothing is expected.
        rates: to the reporting currency; items without a rate are not in the sums, and their number is told.
        past: what came in the past weeks, oldest first.
    """
    minor, there = _money(opened, rates, day)
    ahead = None if curves is None else _weeks_ahead(curves, minor, day, rates.base)
    return {
        "currency": rates.base,
        "past": [
            {
                "from": week.begins.isoformat(),
                "until": week.ends.isoformat(),
                "received": money_json(week.received, rates.base),
                "received_on_known": money_json(week.on_known, rates.base),
            }
            for week in past
        ],
        "weeks": [] if ahead is None else ahead,
        "all_weeks": None if curves is None else _until(7 * WEEKS, curves, minor, rates.base),
        "next_30_days": None if curves is None else _until(NEAR_DAYS, curves, minor, rates.base),
        "open": money_json(int(minor.sum()), rates.base),
        "items_without_rate": int((~there).sum()),
        "band_share": SHARE,
        "band_wider": WIDER,
        "definitions": definitions_json("expected_cash", "expected_30_days"),
    }


def _weeks_ahead(curves: Curves, minor: Ints, day: date, currency: str) -> list[Json]:
    survivals = map(curves.survival_at, range(0, 7 * WEEKS + 1, 7))
    return [
        {
            "from": (day + timedelta(days=7 * week + 1)).isoformat(),
            "until": (day + timedelta(days=7 * week + 7)).isoformat(),
            **_expected(before, after, minor, currency),
        }
        for week, (before, after) in enumerate(pairwise(survivals))
    ]


def _until(days: int, curves: Curves, minor: Ints, currency: str) -> Json:
    """What comes up to a day ahead."""
    return _expected(curves.survival_at(0), curves.survival_at(days), minor, currency)


def _expected(before: Floats, after: Floats, minor: Ints, currency: str) -> Json:
    """What comes between two days, with its band, in whole units of the smallest coin.

    Args:
        before, after: the share of each item that is open on these days.
    """
    chance = np.clip(before - after, 0.0, 1.0)
    # Band ends need no cents: they are rounded to whole units of the currency, outwards being within their accuracy.
    found = band(minor, chance)
    unit = 10 ** EXPONENT[currency]
    low, high = (round(end / unit) * unit for end in (found.low, found.high))
    expected = round(found.expected)
    return {
        "expected": money_json(expected, currency),
        "low": money_json(min(low, expected), currency),
        "high": money_json(max(high, expected), currency),
    }


def _money(opened: OpenMoney, rates: Rates, day: date) -> tuple[Ints, Flags]:
    """The open money of each item in the reporting currency, 0 without a rate; and which have one."""
    minor, currency = opened.minor, opened.currency
    told, there = np.zeros_like(minor), np.zeros(len(minor), dtype=np.bool_)
    for code in sorted(set(currency.tolist())):
        if rates.knows(code, to_day(day)):
            rows = currency == code
            told[rows] = convert_each(minor[rows], code, to_day(day), rates)
            there |= rows
    return told, there
