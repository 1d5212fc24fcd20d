"""Bundles of small curves for the tests of what is kept of them."""

import json
from datetime import timedelta
from pathlib import Path

from model_builders import EVENING, random_curve, random_table

from features.catalogue import fingerprint
from models.bundle import Bundle
from models.bundle_files import canonical, sha256
from models.habit_curve import HabitCurve
from models.payment_curve import PaymentCurve
from models.reference import Reference, late_risk_of

TRAINED = EVENING - timedelta(days=20)


def bundle(curve: PaymentCurve | HabitCurve | None = None, **also: object) -> Bundle:
    """A bundle of a curve, a drawn one if none is given, trained 20 days ago."""
    facts = {"trained_as_of": TRAINED, "grace_days": 5, "fingerprint": fingerprint(), "passed": True} | also
    return Bundle(curve or random_curve(), metrics={"auc_30": 0.7, "auc_14": None}, **facts)


def resaved(folder: Path, name: str, content: bytes) -> None:
    """Put other content into a saved bundle as if it had been saved so: its hash fits."""
    manifest = json.loads((folder / "manifest.json").read_bytes())
    manifest["files"][name] = sha256(content)
    (folder / name).write_bytes(content)
    (folder / "manifest.json").write_bytes(canonical(manifest))


def with_extras(curve: PaymentCurve | HabitCurve) -> Bundle:
    """A bundle with all the files it may have."""
    table = random_table(50, seed=8)
    reference = Reference.of(table, late_risk_of(curve, table, 5), ("dpd",))
    return bundle(curve, reference=reference, papers={"card.html": b"<h1>card</h1>", "backtest.json": b"{}"})
