"""`PaymentCurveUntilDue`: the hazard, and until an item is due half of the stacked classifier.

The two err in different places. The hazard learned from yesterday's payments too, and knows best what becomes of an
item that is late. The stacked classifier learned from whole stretches, so that nothing it says of a far day is a chain
of small steps: it ranks better what is weeks from its due day. Money that is past due is looked at by the hazard alone,
and costs what it did.
"""

from dataclasses import replace
from typing import Self

import numpy as np

from features.table import FeatureTable
from models.payment_curve import PaymentCurve
from models.readings import Curves, Floats
from models.stacked_curve import PaymentCurveStacked

STACKED_SHARE = 0.5
"""Of -log S of an item that is not past due: half, as nothing is known of which is better there."""


class PaymentCurveUntilDue(PaymentCurve):
    """The hazard, with a stacked classifier beside it: made by `of`, from two curves fitted on the same snapshots.

    -log S is the mean of the two while an item is not past due, so that S stays a curve that never rises and what each
    column adds to it is the mean of what it adds to either.

    Attributes:
        stacked_: the classifier beside it, told against the same typical item.
    """

    family = "until_due"
    stacked_: PaymentCurveStacked

    @classmethod
    def of(cls, hazard: PaymentCurve, stacked: PaymentCurveStacked) -> Self:
        """The two together; neither is changed."""
        made = cls(**hazard.get_params())
        made.__dict__.update(vars(hazard), _found=None)
        made.stacked_ = stacked.blended(stacked.linear_share)
        return made

    @property
    def leaves(self) -> int:
        """Leaves of all trees of both."""
        return super().leaves + self.stacked_.leaves

    def parts(self, table: FeatureTable) -> list[tuple[PaymentCurve, Floats]]:
        """The hazard, and the stacked classifier for what is not past due."""
        self._typical_item()  # of both
        share = self.stacked_share(table)
        return [(self, 1.0 - share), (self.stacked_, share)]

    def stacked_share(self, table: FeatureTable) -> Floats:
        """The part that the stacked classifier has in each row, shape (n,): none once the due day has passed."""
        return np.where(table.keys["dpd"].to_numpy() > 0, 0.0, STACKED_SHARE)

    def plain_survival(self, table: FeatureTable) -> Curves:
        """The curve of each row before recalibration."""
        hazard, share = super().plain_survival(table), self.stacked_share(table)
        rows = np.flatnonzero(share)
        stacked = self.stacked_.plain_survival(table.take(rows.tolist()))
        mixed, counted = hazard.intensity.copy(), share[rows, None]
        mixed[rows] = (1.0 - counted) * mixed[rows] + counted * stacked.intensity
        return replace(hazard, intensity=mixed)

    def tell_against(self, typical: FeatureTable) -> None:
        """Make the mean of these rows the typical item of both."""
        super().tell_against(typical)
        self.stacked_.tell_against(typical)
