"""Invoices and stand-alone credit memos: when they are sent, for how much, and when they fall due.

Days are whole numbers, amounts whole minor units of the customer's currency.
"""

import numpy as np
import pandas as pd

from ledger.money import EXPONENT
from simulation.bank_days import bank_day_until, bank_days_after, bank_days_left_in_month, is_bank_day, month_end
from simulation.chance import Floats, Ints, stream
from simulation.rates import PAR

MEMO_SHARE = 0.009
"""Share of all documents that are stand-alone credit memos (negative amount)."""

_NET_DAYS = {"NET14": 14, "NET30": 30, "NET45": 45, "NET60": 60, "2/10 net 30": 30}
_YEARLY_GROWTH = 0.22
_MONTH_FACTOR = np.array([0.95, 0.95, 1.1, 1.0, 1.0, 1.1, 0.95, 0.75, 1.1, 1.1, 1.15, 0.9])
_SMALLEST_AMOUNT = 25.0


def draw_invoices(seed: int, customers: pd.DataFrame, count: int, first_day: int, last_day: int) -> pd.DataFrame:
    """`count` documents in the order of their numbers.

    Columns: `invoice_id`, `customer_at` (row in `customers`), `issued_day`, `due_day`, `known_day`, `amount_minor`
    (negative for a credit memo), `currency`, `terms`, `nth` (0 for the customer's first document).
    """
    memos = round(MEMO_SHARE * count)
    frame = _bills(seed, customers, count - memos, first_day, last_day)
    frame = pd.concat([frame, _memos(seed, frame, memos, last_day)], ignore_index=True)
    frame["tie"] = stream(seed, "numbering").random(len(frame))
    frame = frame.sort_values(["issued_day", "tie"], kind="stable").drop(columns="tie").reset_index(drop=True)
    frame.insert(0, "invoice_id", _numbers(frame))
    frame["nth"] = frame.groupby("customer_at", sort=False).cumcount()
    return frame


def _bills(seed: int, customers: pd.DataFrame, count: int, first_day: int, last_day: int) -> pd.DataFrame:
    rng = stream(seed, "invoices")
    busy = _busy(first_day, last_day)
    # Customers with EOM terms are billed early: due on the month's last day, they would else have no time.
    first, last = (customers[name].to_numpy() - first_day for name in ("starts_on", "ends_on"))
    has_early_days = busy[1, last + 1] > busy[1, first]
    curve = ((customers["terms"] == "EOM").to_numpy() & has_early_days).astype(np.int64)
    begin, end = busy[curve, first], busy[curve, last + 1]
    who = _who(rng, count, customers["activity"].to_numpy() * (end - begin))
    position = begin[who] + rng.random(count) * (end - begin)[who]
    issued = np.empty(count, dtype=np.int64)
    for at, curve_values in enumerate(busy):
        mine = curve[who] == at
        issued[mine] = first_day + np.searchsorted(curve_values, position[mine], side="right") - 1
    terms = customers["terms"].to_numpy()[who]
    currency = customers["currency"].to_numpy()[who]
    return pd.DataFrame(
        {
            "customer_at": who,
            "issued_day": issued,
            "due_day": _due(issued, terms),
            "known_day": _known(rng, issued, last_day),
            "amount_minor": _amounts(rng, customers["typical_amount"].to_numpy()[who], currency),
            "currency": currency,
            "terms": terms,
        }
    )


def _busy(first_day: int, last_day: int) -> Floats:
    """Cumulated weight of the days for sending invoices, shape (2, days + 1): usual customers, EOM customers."""
    days = np.arange(first_day, last_day + 1)
    month = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) % 12
    left = bank_days_left_in_month(days)
    usual = _MONTH_FACTOR[month] * np.exp(_YEARLY_GROWTH * (days - first_day) / 365.25) * is_bank_day(days)
    peak = np.select([left == 0, left == 1], [5.0, 2.5], default=1.0)
    early = (month_end(days) - days >= 15).astype(float)
    weights = np.vstack([usual * peak, usual * early])
    weights /= np.maximum(weights.sum(axis=1, keepdims=True), 1e-12)
    return np.asarray(np.concatenate([np.zeros((2, 1)), np.cumsum(weights, axis=1)], axis=1))


def _who(rng: np.random.Generator, count: int, weight: Floats) -> Ints:
    """Which customer gets each invoice: one each as far as they go, the others by weight."""
    each = np.arange(len(weight))[:count]
    more = rng.choice(len(weight), size=count - len(each), p=weight / weight.sum())
    return np.asarray(np.concatenate([each, more]), dtype=np.int64)


def _due(issued: Ints, terms: np.ndarray) -> Ints:
    net = np.array([_NET_DAYS.get(term, 0) for term in terms], dtype=np.int64)
    return np.asarray(np.where(terms == "EOM", month_end(issued), issued + net))


def _known(rng: np.random.Generator, issued: Ints, last_day: int) -> Ints:
    """Most documents are posted on the day of issue, some up to five bank days later, none after the last day."""
    late = bank_days_after(issued, rng.choice([0, 1, 2, 5], size=len(issued), p=[0.92, 0.05, 0.02, 0.01]))
    return np.where(late <= last_day, late, issued)


def _amounts(rng: np.random.Generator, typical: Floats, currency: np.ndarray) -> Ints:
    """Minor units in the document currency; one in eight is a round sum."""
    size = len(typical)
    amount = typical * np.exp(0.75 * rng.standard_normal(size)) / np.array([PAR.get(code, 1.0) for code in currency])
    amount = np.where(rng.random(size) < 0.12, np.round(amount / 50) * 50, amount)
    unit = np.array([10 ** EXPONENT[code] for code in currency])
    return np.asarray(np.round(np.maximum(amount, _SMALLEST_AMOUNT) * unit), dtype=np.int64)


def _memos(seed: int, bills: pd.DataFrame, count: int, last_day: int) -> pd.DataFrame:
    """Credit memos for 5 to 40 % of an invoice sent 5 to 40 days before: goods sent back, prices put right."""
    rng = stream(seed, "memos")
    of = rng.choice(len(bills), size=count, replace=False)
    memo = bills.iloc[of].reset_index(drop=True)
    earliest = memo["issued_day"].to_numpy()
    issued = bank_day_until(np.minimum(earliest + rng.integers(5, 41, count), last_day))
    issued = np.maximum(issued, earliest)
    memo["amount_minor"] = -np.round(memo["amount_minor"] * rng.uniform(0.05, 0.4, count)).astype(np.int64)
    return memo.assign(issued_day=issued, due_day=issued, known_day=issued)


def _numbers(frame: pd.DataFrame) -> list[str]:
    """INV-2024-000123 and CRN-2024-000004: numbered within their year, as the ERP does."""
    year = frame["issued_day"].to_numpy().astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970
    kind = np.where(frame["amount_minor"] < 0, "CRN", "INV")
    running = frame.groupby([kind, year]).cumcount() + 1
    return [f"{k}-{y}-{n:06d}" for k, y, n in zip(kind, year, running, strict=True)]
