"""Baselines: the simple orders that every model must beat, and the rule that ranks when there is no model.

They need no probability: each is a number by which to sort, larger first.
"""

from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from features.table import FeatureTable
from ledger.aging import BUCKETS, OLDEST_BUCKET, aging_bucket
from ledger.days import to_date
from models.fact import age_fact, amount_fact
from models.readings import Floats
from models.score import Reason, Score


def amount_order(keys: pd.DataFrame) -> Floats:
    """Largest open amount first; amounts in minor units of each row's own currency."""
    return keys["open_minor"].to_numpy(dtype=np.float64)


def oldest_first(keys: pd.DataFrame) -> Floats:
    """Longest past due first, in days."""
    return keys["dpd"].to_numpy(dtype=np.float64)


def bucket_risk(dpd: npt.ArrayLike, was_unpaid: npt.ArrayLike) -> dict[str, float]:
    """The share that stayed unpaid in each aging bucket, drawn towards the overall share by 4 items.

    Args:
        dpd: days past due of past items, shape (n,); without any, every bucket has one half.
        was_unpaid: 1 where the item stayed unpaid, else 0, shape (n,).
    """
    unpaid = np.asarray(was_unpaid, dtype=np.float64)
    buckets = np.array([aging_bucket(int(d)) for d in np.asarray(dpd)])
    overall = float(unpaid.mean()) if len(unpaid) else 0.5
    names = [name for name, _ in BUCKETS] + [OLDEST_BUCKET]
    return {
        name: float((unpaid[buckets == name].sum() + 4 * overall) / ((buckets == name).sum() + 4)) for name in names
    }


def bucket_order(keys: pd.DataFrame, risk: dict[str, float]) -> Floats:
    """By the risk of the aging bucket the row is in, as `bucket_risk` found it."""
    return np.array([risk[aging_bucket(int(d))] for d in keys["dpd"]], dtype=np.float64)


def rule_scores(table: FeatureTable, as_of: date) -> list[Score]:
    """Scores of mode `rule`: every probability None, the reasons are the facts that the rule orders by."""
    return [
        Score(
            item_id=str(row["item_id"]),
            customer_id=str(row["customer_id"]),
            as_of=as_of,
            due_on=to_date(int(row["due_on"])),
            open_minor=int(row["open_minor"]),
            currency=str(row["currency"]),
            dpd=int(row["dpd"]),
            p_late=None,
            known_late=False,
            late_risk=None,
            late_risk_on=None,
            p_unpaid_14=None,
            p_unpaid_30=None,
            p_unpaid_60=None,
            p_30_dpd=None,
            p_60_dpd=None,
            p_90_dpd=None,
            expected_on=None,
            expected_from=None,
            expected_until=None,
            base=None,
            reasons=_rule_reasons(str(row["item_id"]), int(row["open_minor"]), str(row["currency"]), int(row["dpd"])),
            thin_history=True,
            model_version=None,
            mode="rule",
            source_row=int(row["source_row"]),
        )
        for row in table.keys.to_dict("records")
    ]


def _rule_reasons(item_id: str, open_minor: int, currency: str, dpd: int) -> tuple[Reason, ...]:
    amount = amount_fact("overdue_amount" if dpd > 0 else "open_amount", open_minor, currency)
    return (
        Reason("exposure", amount, None, item_id),
        Reason("age", age_fact(dpd), None, item_id),
    )
