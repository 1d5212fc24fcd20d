"""One example of each body about the versions of the model, as the documentation shows it."""

from typing import Any

from models.errors import ShelfChanged
from models.pointer import Change
from serving.versions.errors import ShelfStateMissing
from serving.web.problems import of_error
from serving.web.queues.examples import ACCOUNT

Json = dict[str, Any]

DATA_HASH = "4f1c09d2a7e35b8860c1f4de9a2b7c5310e8d6f94b7a2c1d5e6f708192a3b48a"
OLD, NEW = "2026-02-01-7c1e0a2b", "2026-03-01-4ca6e233"

CHALLENGER: Json = {
    "version": NEW,
    "trained_as_of": "2026-03-01",
    "kind": "model",
    "state": "challenger",
    "note": "",
    "trained_by": "ann",
    "approved_by": None,
    "approved_at": None,
    "approved_because": "",
    "declined_by": [],
    "data_hash": DATA_HASH,
    "auc_30": 0.802,
    "ece_30": 0.021,
    "money_found20_30": 0.641,
}
CHAMPION: Json = {
    **CHALLENGER,
    "version": OLD,
    "trained_as_of": "2026-02-01",
    "state": "champion",
    "approved_by": "maria",
    "approved_at": "2026-02-03T09:12:00+00:00",
    "approved_because": "calmer in January than the one before",
    "auc_30": 0.794,
    "ece_30": 0.027,
    "money_found20_30": 0.618,
}
APPROVED: Json = {
    "what": "promote",
    "version": OLD,
    "by": "maria",
    "at": "2026-02-03T09:12:00+00:00",
    "before": None,
    "why": "calmer in January than the one before",
}
MODELS: Json = {
    "champion": OLD,
    "challenger": NEW,
    "versions": [CHALLENGER, CHAMPION],
    "damaged": [],
    "history": [APPROVED],
}
AUC: Json = {"value": 0.802, "low": 0.781, "high": 0.823}
MODEL: Json = {
    **CHALLENGER,
    "grace_days": 5,
    "gates": [
        {
            "name": "calibrated",
            "passed": True,
            "reason": "calibration error in 30 days: 0.021 (allowed 0.065; slope 1.04)",
            "blocks": "",
        }
    ],
    "metrics": {"auc_30": 0.802, "auc_30_low": 0.781, "auc_30_high": 0.823, "ece_30": 0.021},
    "segments": [
        {
            "kind": "history",
            "name": "new",
            "rows": 412,
            "customers": 37,
            "too_small": False,
            "unpaid_share": 0.43,
            "auc": {"value": 0.688, "low": 0.572, "high": 0.781},
            "ece": 0.06,
            "best": "customer_rate",
            "best_auc": 0.53,
            "gain": {"value": 0.158, "low": 0.033, "high": 0.274},
        }
    ],
    "never_seen": {
        "cutoff": "2026-01-27",
        "share": 0.2,
        "left_out": 119,
        "learned_from": 481,
        "horizons": {
            "30": {
                "rows": 1204,
                "customers": 97,
                "unpaid": 512,
                "auc": {"value": 0.788, "low": 0.761, "high": 0.815},
                "seen": {"value": 0.797, "low": 0.771, "high": 0.823},
                "gain": {"value": -0.009, "low": -0.021, "high": 0.004},
                "best": "customer_rate",
                "best_auc": 0.694,
            }
        },
    },
    "learned_from": {"data_hash": DATA_HASH, "items": 30000, "customers": 600, "seed": 7},
    "model_hash": "ea2b1b4366ca66a20bf6dba4946867340c22987c106128d9aba948d6848c138a",
    "warnings": [],
    "papers": ["card.html", "backtest.html"],
    "drift": None,
}

PROMOTION_SENT: Json = {"reason": "finds more late money in every month, and is as well calibrated"}
PROMOTION: Json = {**APPROVED, "version": NEW, "at": "2026-03-03T09:41:00+00:00", "before": OLD,
    "why": PROMOTION_SENT["reason"]}  # fmt: skip
ROLLBACK_SENT: Json = {"reason": "the March export was read with days and months exchanged"}
ROLLBACK: Json = {
    "what": "rollback",
    "version": OLD,
    "by": "maria",
    "at": "2026-03-04T08:02:00+00:00",
    "before": NEW,
    "why": ROLLBACK_SENT["reason"],
}
CHANGED: Json = of_error(ShelfChanged(DATA_HASH, NEW, None, Change(**PROMOTION)))
NO_STATE: Json = of_error(ShelfStateMissing())

SCORES_SENT: Json = {
    "as_of": ACCOUNT["run"]["as_of"],
    "customer_id": ACCOUNT["customer_id"],
    "items": [
        {"item_id": ACCOUNT["items"][0]["item_id"]},
        {"amount": "4200.00", "currency": "EUR", "issued_on": ACCOUNT["run"]["as_of"], "terms": "net 30"},
    ],
}
SCORES: Json = {
    "as_of": ACCOUNT["run"]["as_of"],
    "customer_id": ACCOUNT["customer_id"],
    "mode": "model",
    "model_version": OLD,
    "approved": True,
    "ledger_version": 7,
    "grace_days": 5,
    "notices": [],
    "stored": False,
    "items": [{**ACCOUNT["items"][0], "supposed": False}],
}
