"""Habits: what the features say of how an item's customer pays, as `serving.value.acceleration` asks for it."""

import numpy as np
import numpy.typing as npt

from features.table import FeatureTable
from serving.value.acceleration import Habits


def habits_of(table: FeatureTable) -> Habits:
    """Of each row. With fewer than five settled invoices the slowest of the last year stands for the slow day."""
    slow_day = _column(table, "days_late_q80")
    return Habits(
        slow_day=np.where(np.isnan(slow_day), _column(table, "days_late_max_365d"), slow_day),
        spread=_column(table, "days_late_std_365d"),
        late_share=_column(table, "late_5_share_365d"),
        settled=np.nan_to_num(_column(table, "settled_count")),
    )


def _column(table: FeatureTable, name: str) -> npt.NDArray[np.float64]:
    return table.values[name].to_numpy(dtype=np.float64)
