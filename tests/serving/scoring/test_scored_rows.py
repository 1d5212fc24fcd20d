"""Scored rows: what a call gains is known of what it can be about."""

import numpy as np
from curve_builders import fitted
from model_builders import random_table

from serving.scoring.scored_rows import item_gains
from serving.value.acceleration import gains
from serving.value.habits import habits_of
from serving.value.priority import Gain
from serving.value.response import prior


def test_gains_are_those_of_the_items_past_due_as_if_all_were_asked_for():
    table, answer = random_table(40, seed=11), prior()
    curves, dpd = fitted("hazard").survival(table), table.keys["dpd"].to_numpy(dtype=np.int64)
    every = gains(curves, dpd, habits_of(table), answer)
    columns = (every.days, every.days_after_waiting, every.tail, every.tail_after_waiting)
    past_due = np.flatnonzero(dpd > 0)

    found = item_gains(table, curves, answer)

    assert 0 < len(past_due) < len(table)
    assert found == {
        table.keys["item_id"].iloc[row]: Gain(*(float(column[row]) for column in columns)) for row in past_due.tolist()
    }
