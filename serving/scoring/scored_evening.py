"""`ScoredEvening`: every open item scored as of one evening, and by what; made by `serving.daily.score_items`."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import numpy.typing as npt

from ledger.ordering import Ints
from ledger.view import LedgerView
from models.bundle import Bundle
from models.readings import Curves
from models.score import Mode, Score
from serving.value.item_call import ItemGains
from serving.value.response import ResponsePrior, prior


@dataclass(frozen=True, eq=False)
class OpenMoney:
    """The open money of items.

    Attributes:
        minor: of each, in minor units of its currency, shape (n,).
        currency: text, shape (n,).
    """

    minor: Ints
    currency: npt.NDArray[np.object_]

    def __len__(self) -> int:
        return len(self.minor)

    @classmethod
    def of(cls, scores: Sequence[Score]) -> "OpenMoney":
        """Of scored items, in their order."""
        minor = np.array([score.open_minor for score in scores], dtype=np.int64)
        return cls(minor, np.array([score.currency for score in scores], dtype=object))


@dataclass(frozen=True, eq=False)
class ScoredEvening:
    """Every open item with money still to come, scored as of one evening.

    Attributes:
        view: what was known.
        scores: one per item, in the order of the feature rows.
        mode, model_version, approved: where the numbers come from; `approved` is False without a model.
        grace_days: the grace that `p_late` speaks of.
        notices: what readers must know, in sentences.
        bundle: what scored it; None by rule.
        gains: what a call about each item past due would bring forward.
        features_hash: SHA-256 of the rows of features that were scored.
        prior: how customers are taken to answer a call.
        curves: the payment curve of each score, in their order; None by rule.
    """

    view: LedgerView
    scores: tuple[Score, ...]
    mode: Mode
    model_version: str | None
    approved: bool
    grace_days: int
    notices: tuple[str, ...]
    bundle: Bundle | None = None
    gains: ItemGains = field(default_factory=dict)
    features_hash: str = ""
    prior: ResponsePrior = field(default_factory=prior)
    curves: Curves | None = None

    @property
    def as_of(self) -> date:
        """The evening looked at."""
        return self.view.day
