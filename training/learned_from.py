"""What a version learned from, as its bundle tells it: the data window, the recipe, and what was left out."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd

from ledger.days import to_date
from ledger.view import LedgerView
from training.backtest import Backtest


def learned_from(
    view: LedgerView, judged: Backtest | None, seed: int, skipped: Sequence[str], tuning: str
) -> Mapping[str, Any]:
    """As plain JSON values.

    Args:
        judged: the walk forward that chose the recipe; None of a version without one.
        skipped: what was left out to keep the time budget, in sentences.
        tuning: how the recipe was found, in a sentence.
    """
    told: dict[str, Any] = {
        "ledger_version": view.version,
        "data_hash": data_hash(view),
        "first_known": to_date(int(view.items["known_on"].min())).isoformat(),
        "items": int(view.items["item_id"].nunique()),
        "customers": int(view.items["customer_id"].nunique()),
        "seed": seed,
        "skipped": list(skipped),
    }
    if judged is not None:
        told |= {
            "snapshots": len(judged.walked.tonight.table),
            "intervals": len(judged.walked.tonight.intervals),
            "folds": [to_date(fold.cutoff).isoformat() for fold in judged.walked.folds],
            "recipe": asdict(judged.recipe),
            "tuning": tuning,
            "family": judged.choice.family,
            "family_why": judged.choice.why,
            "recalibration": asdict(judged.choice.recalibration),
        }
    return told


def data_hash(view: LedgerView) -> str:
    """SHA-256 over the facts that an evening knows, whatever their order: the same facts, the same hash."""
    digest = hashlib.sha256()
    facts = (view.items, view.applications, view.customers, view.rates, view.disputes)
    for frame in (*facts, view.absences, view.contacts, view.promises):
        rows = pd.util.hash_pandas_object(frame.astype(str), index=False).to_numpy()
        digest.update(np.sort(rows).tobytes())
    return digest.hexdigest()
