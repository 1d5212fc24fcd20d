"""Exchange rates of the simulated company: a slow random walk on every bank day, quoted in the base currency."""

import numpy as np
import pandas as pd

from simulation.bank_days import bank_day_until, is_bank_day
from simulation.chance import stream

BASE = "EUR"
PAR = {"GBP": 1.17, "SEK": 0.088, "USD": 0.92}
"""Base units for one unit of each foreign currency at the start of the walk."""

_DAILY_MOVE = 0.003


def draw_rates(seed: int, first_day: int, last_day: int) -> pd.DataFrame:
    """Columns `currency`, `base_currency`, `rate_day` (whole number), `rate` (six decimals), by currency and day.

    The first quote stands on the bank day on or before `first_day`, so that every invoice has a rate.
    """
    quoted_from = int(bank_day_until(first_day))
    days = np.arange(quoted_from, last_day + 1)
    days = days[is_bank_day(days)]
    tables = []
    for currency, par in PAR.items():
        moves = _DAILY_MOVE * stream(seed, f"rate {currency}").standard_normal(len(days))
        rates = np.round(par * np.exp(np.cumsum(moves)), 6)
        tables.append(pd.DataFrame({"currency": currency, "base_currency": BASE, "rate_day": days, "rate": rates}))
    return pd.concat(tables, ignore_index=True)
