"""The version in use, as a training run sees it: whether there is one, and how far a new curve's scores are from it."""

from datetime import date
from math import isnan

import numpy as np

from features.catalogue import fingerprint
from features.table import FeatureTable
from models.bundle import Bundle
from models.errors import BundleRefused
from models.payment_curve import PaymentCurve
from models.reference import SCORE, Reference, late_risk_of
from models.shelf import Shelf

ENOUGH_TO_COMPARE = 200
"""Open items below which an index of ten bins is chance."""


def in_use(shelf: Shelf) -> bool:
    """Whether a version is in use; a damaged pointer counts as one, for a person must say which."""
    try:
        return shelf.champion() is not None
    except BundleRefused:
        return True


def comparable_version(shelf: Shelf, as_of: date) -> tuple[str | None, Bundle | None]:
    """The version in use, where it can be compared with: whole, and not trained later than this run."""
    try:
        entry = shelf.champion()
        if entry is None:
            return None, None
        bundle = shelf.bundle(entry.version)
    except BundleRefused:
        return None, None
    return entry.version, bundle if bundle.trained_as_of <= as_of else None


def is_learned_likewise(champion: Bundle) -> bool:
    """Whether a version is a learned curve that reads the same features."""
    return champion.kind == "model" and champion.fingerprint == fingerprint()


def scores_moved(champion: Bundle | None, curve: PaymentCurve, tonight: FeatureTable, grace_days: int) -> float | None:
    """PSI of the open items' late risk between the version in use and a new curve; None where the one cannot say."""
    if champion is None or not is_learned_likewise(champion):
        return None  # a learned curve is meant to spread its scores otherwise than habits do
    if len(tonight) < ENOUGH_TO_COMPARE:
        return None
    ours, theirs = (late_risk_of(one, tonight, grace_days) for one in (curve, champion.curve))
    moved = Reference.of(tonight, theirs).psi(tonight.values, ours)
    psi = float(moved["psi"].to_numpy(dtype=np.float64)[moved["name"].to_numpy() == SCORE][0])
    return None if isnan(psi) else psi
