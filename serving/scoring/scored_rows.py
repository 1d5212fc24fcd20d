"""Scoring rows: what each item is expected to do, and what a call about it brings forward, by a bundle or by rule."""

from datetime import date
from typing import NamedTuple

import numpy as np

from features.table import FeatureTable
from models.baseline import rule_scores
from models.bundle import Bundle
from models.readings import Curves
from models.score import Mode, Score
from serving.value.acceleration import gains
from serving.value.habits import habits_of
from serving.value.item_call import ItemGains
from serving.value.priority import Gain
from serving.value.response import ResponsePrior


class Scored(NamedTuple):
    """Rows that were scored.

    Attributes:
        scores: one a row, in their order.
        gains: what a call gains, by `item_id` of what is past due; empty by rule.
        curves: the payment curve of each row; None by rule, and of no rows.
    """

    scores: tuple[Score, ...]
    gains: ItemGains
    curves: Curves | None


def scored_rows(table: FeatureTable, day: date, bundle: Bundle | None, mode: Mode, prior: ResponsePrior) -> Scored:
    """The score of every row, the gains of calls, and the curves; without a bundle by rule.

    Args:
        table: the open items of the evening `day`.
        prior: how customers are taken to answer a call.

    Raises what `Bundle.score` raises.
    """
    if bundle is None:
        return Scored(tuple(rule_scores(table, day)), {}, None)
    curves = bundle.survival(table, day) if len(table) else None
    scores = tuple(bundle.score(table, day, mode, curves))
    return Scored(scores, {} if curves is None else item_gains(table, curves, prior), curves)


def item_gains(table: FeatureTable, curves: Curves, prior: ResponsePrior) -> dict[str, Gain]:
    """What a call today is assumed to gain, by `item_id`, of the items that a call can be about: those past due."""
    past_due = np.flatnonzero(table.keys["dpd"].to_numpy() > 0)
    table, curves = table.take(past_due.tolist()), curves.take(past_due)
    found = gains(curves, table.keys["dpd"].to_numpy(dtype=np.int64), habits_of(table), prior)
    columns = (found.days, found.days_after_waiting, found.tail, found.tail_after_waiting)
    item_ids = table.keys["item_id"].astype(str).tolist()
    return {
        item_id: Gain(*gained)
        for item_id, *gained in zip(item_ids, *(column.tolist() for column in columns), strict=True)
    }
