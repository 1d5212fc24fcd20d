"""`PaymentCurveStacked`: one classifier of "paid by the day `days_ahead`", with the day as a column.

The challenger of the hazard. Its rows are (snapshot, day ahead) pairs stacked on each other. That the chance of having
been paid rises with the day is a constraint on the trees: on the day itself and on how late the item will then be,
which move together. So its curve is coherent as well. One pass of SHAP at the horizon explains it. A row is learned
from only when its whole stretch was observed.
"""

import numpy as np
import numpy.typing as npt

from models.payment_curve import PaymentCurve
from models.readings import LAST_DAY, Days, Floats

Ints = npt.NDArray[np.int64]


class PaymentCurveStacked(PaymentCurve):
    """The same face as `PaymentCurve`; `intervals` of `fit` are stretches from tonight to edge k + 1.

    Its `paid_share` is the share of tonight's balance that came in cash by that edge.
    """

    family = "stacked_by_due"
    """Not `stacked`, whose column of lateness was tonight's: a curve kept then would misread what is made now."""

    def levels(self, found: Floats) -> Floats:
        """Rising with the day: the longer stretches were seen of fewer snapshots, whose share may be lower."""
        return np.asarray(np.maximum.accumulate(found), dtype=np.float64)

    def accumulated(self, intensity: Floats) -> Floats:
        """Each stretch says -log S at its end by itself; rounding may not let it fall."""
        return np.maximum.accumulate(intensity, axis=1)

    def interval_columns(
        self, dpd: npt.NDArray[np.float32], k: Ints
    ) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """The last day of the stretch, and the days past due on it."""
        end = np.array(self.edges, dtype=np.float32)[k + 1]
        return end, dpd + end

    def steps_until(self, horizons: Days, dpd: Days) -> tuple[Ints, Ints, Floats]:
        """The two edges around each row's horizon with the weight of each; past the last edge the line goes on."""
        edges = np.asarray(self.edges, dtype=np.int64)
        ahead = np.clip(np.asarray(horizons, dtype=np.int64), 0, LAST_DAY)
        end = np.clip(np.searchsorted(edges, ahead, side="left"), 1, len(edges) - 1)
        into = self.rhythm_.into(dpd, edges[end - 1], edges[end], ahead)
        rows = np.repeat(np.arange(len(ahead)), 2)
        edge = np.stack([end - 1, end], axis=1).ravel()
        share = np.stack([1.0 - into, into], axis=1).ravel()
        told = edge > 0  # nothing has come by tonight
        return rows[told], edge[told] - 1, share[told].astype(np.float64)

    def _signs(self) -> list[int]:
        signs = super()._signs()
        signs[-2:] = [1, 1]
        return signs
