"""The gains of calls about the open items of an evening, by the curve that predicts them."""

from typing import TYPE_CHECKING

import numpy as np

from features.table import FeatureTable
from serving.acceleration import gains
from serving.habits import habits_of
from serving.priority import Gain
from serving.response import ResponsePrior

if TYPE_CHECKING:
    from models.habit_curve import HabitCurve
    from models.payment_curve import PaymentCurve


def item_gains(table: FeatureTable, curve: "PaymentCurve | HabitCurve | None", prior: ResponsePrior) -> dict[str, Gain]:
    """What a call about each row's item brings forward, by `item_id`; of none without a curve."""
    if curve is None or not len(table):
        return {}
    found = gains(curve.survival(table), table.keys["dpd"].to_numpy(dtype=np.int64), habits_of(table), prior)
    columns = (found.days, found.days_after_waiting, found.tail, found.tail_after_waiting)
    item_ids = table.keys["item_id"].astype(str).tolist()
    return {
        item_id: Gain(*gained)
        for item_id, *gained in zip(item_ids, *(column.tolist() for column in columns), strict=True)
    }
