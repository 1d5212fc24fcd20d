"""The ladder: what scores an evening, and what does when that cannot.

The version in use (or, for an earlier evening, the newest one trained by then); where its files are damaged, where it
reads other features, its reasons do not add up, what it rests on has no values tonight or its drift report says stop,
the newest sound habit curve; and where there is none, the rule. Never a silent step down: what failed is told.
"""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from features.catalogue import fingerprint
from models.bundle import Bundle
from models.errors import BundleRefused, UnknownVersion, WrongCatalogue
from models.reference import vanished
from models.shelf import Shelf
from models.shelf_entry import ShelfEntry
from serving.scoring.drift_stop import stopped
from serving.scoring.notices import vanished_features

if TYPE_CHECKING:
    import pandas as pd

    from ledger.view import LedgerView


@dataclass(frozen=True, eq=False)
class Scorer:
    """A verified version that may score an evening.

    Attributes:
        refusal: why it stands in for the version in use, as a sentence; '' where it is the chosen one itself.
    """

    bundle: Bundle
    entry: ShelfEntry
    refusal: str = ""

    @property
    def notices(self) -> tuple[str, ...]:
        """What is to be said of a habit curve that stands in for a version; nothing of others."""
        if not self.refusal:
            return ()
        trained = self.entry.trained_as_of.isoformat()
        return (
            "The version in use could not be used: estimated from each customer's own payment habit instead "
            f'("{self.entry.version}", learned from what was known on {trained}).',
            self.refusal,
        )


@dataclass(frozen=True)
class ByRule:
    """No version may score the evening: it is ordered by rule. `refusal` says what failed; '' for an empty shelf."""

    refusal: str = ""


def scorer_for(shelf: Shelf, as_of: date, values: "pd.DataFrame") -> Scorer | ByRule:
    """The first step of the ladder that bears, for an evening.

    Args:
        values: the features of its open items, of which some may have lost their values.
    """
    try:
        picked = shelf.pick(as_of)
        if picked is None:
            return ByRule()
        bundle, entry = picked
        require_own_catalogue(bundle)
        return fit_for(shelf, Scorer(bundle, entry), as_of, values)
    except (BundleRefused, WrongCatalogue) as refusal:
        return habit_for(shelf, as_of, str(refusal))


def fit_for(shelf: Shelf, scorer: Scorer, as_of: date, values: "pd.DataFrame") -> Scorer | ByRule:
    """A version that is in order, or what stands in for it on an evening that it is not fit for.

    A habit curve that its drift report stopped is not replaced by an older one: then the rule orders the evening.
    """
    if gone := without_values(scorer, values):
        return habit_for(shelf, as_of, gone, beside=scorer.entry.version)
    if stop := stopped(shelf, scorer.entry.version, as_of):
        learned = scorer.entry.kind == "model"
        return habit_for(shelf, as_of, stop, beside=scorer.entry.version) if learned else ByRule(stop)
    return scorer


def without_values(scorer: Scorer, values: "pd.DataFrame") -> str:
    """That what a version's scores rest on has no values on an evening, as a sentence; '' where it has."""
    gone = vanished(scorer.bundle.reference, values) if scorer.bundle.reference else ()
    return vanished_features(gone) if gone else ""


def scorer_of(shelf: Shelf, view: "LedgerView") -> Scorer | ByRule:
    """What scores the list of a view's evening, for who asks about some of its items."""
    from features.portfolio import evening_rows  # compiled loops, which a published evening does without

    return scorer_for(shelf, view.day, evening_rows(view).values)


def habit_for(shelf: Shelf, as_of: date, refusal: str, beside: str | None = None) -> Scorer | ByRule:
    """The newest sound habit curve trained by an evening that no drift report stopped, or the rule.

    Args:
        refusal: why the version in use is not used.
        beside: a version that failed and is not to be tried again.
    """
    for entry in shelf.habits(as_of):
        if entry.version == beside or stopped(shelf, entry.version, as_of):
            continue
        try:
            bundle = shelf.bundle(entry.version)
            require_own_catalogue(bundle)
        except (BundleRefused, UnknownVersion, WrongCatalogue):
            continue
        return Scorer(bundle, entry, refusal)
    return ByRule(refusal)


def require_own_catalogue(bundle: Bundle) -> None:
    """That a bundle reads the features of this release. Raises `WrongCatalogue`."""
    if bundle.fingerprint != fingerprint():
        raise WrongCatalogue(bundle.fingerprint, fingerprint())
