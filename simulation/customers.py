"""Customers of known type: who they are, what terms they have, and how they really pay.

The types and their shares are a model of a trade credit book; everything a type does is in its row of `TYPES`.
What is drawn here and not exported (type, habit, slide) is the planted truth.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from simulation.chance import Floats, Ints, stream
from simulation.names import company_names


@dataclass(frozen=True)
class CustomerType:
    """How customers of one type pay. Days are calendar days relative to the due day; shares are 0–1.

    A type pays either *by aim* (each customer has a usual day between `aim_from` and `aim_to`, met with `scatter`)
    or, where `daily_chance` > 0, *as cash allows*: from the aimed day on, every day has that chance of payment, moved
    up and down by liquidity and season (`_swing`: standard deviation or amplitude of the log chance).
    """

    name: str
    share: float
    aim_from: float
    aim_to: float
    scatter: float = 2.0
    size: float = 1.0
    frequency: float = 1.0
    daily_chance: float = 0.0
    liquidity_swing: float = 0.0
    season_swing: float = 0.0
    drift: float = 1.5
    forgets: float = 0.0
    blocked_from: float = 0.015
    blocked_to: float = 0.06
    part_payments: float = 0.015
    bounces: float = 0.002
    slides: bool = False


TYPES = (
    CustomerType("prompt", 0.30, -5, 1, frequency=1.3, drift=1.0),
    CustomerType("forgetful", 0.14, -6, 0, forgets=0.40),
    CustomerType(
        "cash_strapped", 0.13, -13, -3, daily_chance=0.085, liquidity_swing=1.0, part_payments=0.28, bounces=0.012
    ),
    CustomerType("strategic", 0.09, 24, 40, scatter=4.0, frequency=0.75),
    CustomerType("payment_run", 0.14, -10, 5, scatter=1.0, size=2.2),
    CustomerType(
        "sliding", 0.05, -9, -2, daily_chance=0.22, liquidity_swing=0.4, part_payments=0.06, bounces=0.01, slides=True
    ),
    CustomerType("seasonal", 0.07, -8, -1, daily_chance=0.12, liquidity_swing=0.3, season_swing=1.0),
    CustomerType("disputing", 0.08, -5, 1, blocked_from=0.18, blocked_to=0.30),
)

TERMS = {"NET14": 0.07, "NET30": 0.35, "NET45": 0.20, "NET60": 0.22, "2/10 net 30": 0.11, "EOM": 0.05}
"""Terms and the share of customers who have them. EOM: due on the last day of the month of issue."""

COUNTRIES = {"DE": 0.30, "FR": 0.17, "GB": 0.19, "NL": 0.13, "SE": 0.09, "US": 0.12}
CURRENCY_OF = {"DE": "EUR", "FR": "EUR", "NL": "EUR", "GB": "GBP", "SE": "SEK", "US": "USD"}

RUN_PERIODS = (1, 7, 14)
"""A customer pays on any bank day, on one weekday, or on one weekday of every second week."""


def draw_customers(seed: int, count: int, first_day: int, last_day: int) -> pd.DataFrame:
    """The customers and their truth, one row each, in order of arrival; days are whole numbers.

    Columns, told to the supplier: `customer_id`, `customer_name`, `country`, `currency`, `terms`.
    Columns of the truth: `type` and `type_index` (into `TYPES`), `aim_days`, `run_period` and `run_phase` (days),
    `blocked_share`, `takes_discount`, `season_peak` (day of the year, -1: none), `typical_amount` (base currency),
    `activity` (relative number of invoices), `starts_on`, `ends_on` (first and last day of business), `slides_on`
    and `defaults_on` (`NEVER_SLIDES` for all who do not).
    """
    rng = stream(seed, "customers")
    type_index = _types(rng, count)
    starts_on, ends_on = _spans(rng, count, first_day, last_day)
    countries = rng.choice(list(COUNTRIES), size=count, p=list(COUNTRIES.values()))
    run_period, run_phase = _runs(rng, type_index)
    slides_on, defaults_on = _slides(rng, type_index, starts_on, last_day)
    blocked = rng.uniform(of_type(type_index, "blocked_from"), of_type(type_index, "blocked_to"))
    season = np.where(of_type(type_index, "season_swing") > 0, rng.integers(0, 365, count), -1)
    activity = of_type(type_index, "frequency") * np.exp(0.8 * rng.standard_normal(count))
    # Who buys more often also buys somewhat more at a time.
    typical = of_type(type_index, "size") * 780 * activity**0.35 * np.exp(0.95 * rng.standard_normal(count))
    return pd.DataFrame(
        {
            "customer_id": [f"C-{10_001 + at}" for at in range(count)],
            "customer_name": company_names(countries, stream(seed, "names")),
            "country": countries,
            "currency": [CURRENCY_OF[country] for country in countries],
            "terms": rng.choice(list(TERMS), size=count, p=list(TERMS.values())),
            "type": [TYPES[index].name for index in type_index],
            "type_index": type_index,
            "aim_days": rng.uniform(of_type(type_index, "aim_from"), of_type(type_index, "aim_to")),
            "run_period": run_period,
            "run_phase": run_phase,
            "blocked_share": blocked,
            "takes_discount": rng.random(count) < 0.7,
            "season_peak": season,
            "typical_amount": typical,
            "activity": activity,
            "starts_on": starts_on,
            # A supplier stops delivering shortly before an insolvency: orders are held while the old ones are unpaid.
            "ends_on": np.minimum(ends_on, np.maximum(defaults_on - 20, starts_on + SHORTEST_SPAN)),
            "slides_on": slides_on,
            "defaults_on": defaults_on,
        }
    )


NEVER_SLIDES = 10**6
SHORTEST_SPAN = 21
"""Days a customer is at least in business: there is then always a bank day in it to send an invoice on."""


def of_type(type_index: Ints, field: str) -> Floats:
    """One number of `CustomerType` for every customer or invoice, from its index into `TYPES`."""
    return np.array([float(getattr(kind, field)) for kind in TYPES])[type_index]


def _types(rng: np.random.Generator, count: int) -> Ints:
    """Types in their shares to the nearest customer, in an order that says nothing."""
    steps = np.cumsum([kind.share for kind in TYPES]) * count
    return rng.permutation(np.searchsorted(steps, np.arange(count) + 0.5)).astype(np.int64)


def _spans(rng: np.random.Generator, count: int, first_day: int, last_day: int) -> tuple[Ints, Ints]:
    """First and last day of business: 55 % are there from the start, the others arrive evenly; 9 % leave."""
    latest = max(first_day, last_day - SHORTEST_SPAN)
    arrived = np.where(rng.random(count) < 0.55, first_day, rng.integers(first_day, latest + 1, count))
    starts_on = np.sort(arrived)
    leaves_on = rng.integers(starts_on + SHORTEST_SPAN, last_day + SHORTEST_SPAN + 1)
    return starts_on, np.where(rng.random(count) < 0.09, np.minimum(leaves_on, last_day), last_day)


def _runs(rng: np.random.Generator, type_index: Ints) -> tuple[Ints, Ints]:
    """Length of the payment run and its phase in days: a third of the other types pay weekly."""
    count = len(type_index)
    is_run = np.array([kind.name == "payment_run" for kind in TYPES])[type_index]
    period = np.where(is_run, rng.choice([7, 14], count), np.where(rng.random(count) < 0.33, 7, 1))
    weekday = rng.choice(5, size=count, p=[0.12, 0.18, 0.2, 0.28, 0.22])
    return period, (weekday + 7 * rng.integers(0, 2, count)) % period


def _slides(rng: np.random.Generator, type_index: Ints, starts_on: Ints, last_day: int) -> tuple[Ints, Ints]:
    """When liquidity begins to fall and when it is gone, 70 to 170 days later; some are healthy to the end."""
    slides = of_type(type_index, "slides") > 0
    begin = rng.integers(starts_on + 120, np.maximum(starts_on + 121, last_day + 60))
    default = begin + rng.integers(70, 171, len(type_index))
    return np.where(slides, begin, NEVER_SLIDES), np.where(slides, default, NEVER_SLIDES)
