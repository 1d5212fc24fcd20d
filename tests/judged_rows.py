"""Judged frames for tests: drawn by hand, or random with known truth."""

from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd

from ledger.days import to_day

ORDERS = ("amount", "oldest", "bucket", "customer_rate", "customer_mean")
FIRST = to_day(date(2025, 1, 3))


def judged_rows(model: Sequence[float], unpaid: Sequence[bool], **columns: object) -> pd.DataFrame:
    """One row per item, all on the evening of 3 January 2025, each of its own customer, 100.00 EUR, 10 days past due.

    `model` and `unpaid` hold for both horizons; any column can be told otherwise.
    """
    n = len(model)
    frame = pd.DataFrame(
        {
            "fold": 0,
            "cutoff": FIRST - 7,
            "day": FIRST,
            "item_id": [f"INV-{at}" for at in range(n)],
            "customer_id": [f"C-{at}" for at in range(n)],
            "currency": "EUR",
            "amount_minor": 10_000,
            "open_minor": 10_000,
            "money": 10_000.0,
            "due_on": FIRST - 10,
            "dpd": 10,
            "settled_count": 12.0,
            "cleared_on": np.where(unpaid, np.nan, FIRST + 5.0),
            "model_expected": 5.0,
            "amount_14": 0.0,
            "amount_30": 0.0,
        }
    )
    for horizon in (14, 30):
        frame[f"unpaid_{horizon}"] = np.asarray(unpaid, dtype=bool)
        frame[f"known_{horizon}"] = True
        frame[f"model_{horizon}"] = np.asarray(model, dtype=np.float64)
    return frame.assign(**columns)


def random_judged(rows: int, seed: int = 7, months: int = 12, worked: bool = False) -> pd.DataFrame:
    """Twelve months of a company whose customers differ; the model knows most of it, the others less."""
    rng = np.random.default_rng(seed)
    customers = max(20, rows // 25)
    habit = rng.normal(0, 1, customers)
    customer = rng.integers(0, customers, rows)
    fold = np.sort(rng.integers(0, months, rows))
    day = FIRST + fold * 30 + rng.integers(0, 4, rows) * 7
    dpd = np.maximum(-25, rng.normal(5, 25, rows)).astype(np.int64)
    open_minor = np.round(np.exp(rng.normal(11, 1.2, rows))).astype(np.int64)
    odds = {h: 0.8 * habit[customer] + 0.03 * dpd - 0.02 * (h - 14) - 0.3 for h in (14, 30)}
    uniform = rng.random(rows)
    frame = pd.DataFrame(
        {
            "fold": fold,
            "cutoff": FIRST + fold * 30 - 7,
            "day": day,
            "item_id": [f"INV-{at}" for at in range(rows)],
            "customer_id": [f"C-{at}" for at in customer],
            "currency": np.where(customer % 5 == 0, "SEK", "EUR"),
            "amount_minor": open_minor,
            "open_minor": open_minor,
            "money": open_minor.astype(np.float64),
            "due_on": day - dpd,
            "dpd": dpd,
            "settled_count": np.where(customer % 9 == 0, 1.0, 20.0),
            "cleared_on": np.where(uniform < 0.1, np.nan, day + 60 * uniform),
        }
    )
    noise = rng.normal(0, 1, rows)
    for horizon, at in odds.items():
        frame[f"unpaid_{horizon}"] = uniform < 1 / (1 + np.exp(-at))
        frame[f"known_{horizon}"] = (fold < months - 1) | (horizon == 14)
        for name, blur in (("model", 0.1), ("habit", 0.9), ("logistic", 0.5)):
            frame[f"{name}_{horizon}"] = 1 / (1 + np.exp(-at - blur * noise))
        frame[f"amount_{horizon}"] = frame["money"]
        frame[f"oldest_{horizon}"] = frame["dpd"]
        frame[f"bucket_{horizon}"] = np.digitize(dpd, [0, 30, 60, 90])
        frame[f"customer_rate_{horizon}"] = habit[customer] + rng.normal(0, 1, rows)
        frame[f"customer_mean_{horizon}"] = habit[customer] + rng.normal(0, 1.5, rows)
        if worked:
            frame[f"worked_{horizon}"] = np.where(rng.random(rows) < 0.4, dpd, np.nan)
    for name, blur in (("model", 4.0), ("habit", 9.0), ("logistic", 6.0)):
        frame[f"{name}_expected"] = np.where(rng.random(rows) < 0.02, np.nan, np.abs(60 * uniform + blur * noise))
    return frame
