"""Scoring rows: what each item is expected to do, and what a call about it brings forward, by a bundle or by rule."""

from datetime import date

import numpy as np

from features.table import FeatureTable
from models.baseline import rule_scores
from models.bundle import Bundle
from models.score import Mode, Score
from serving.acceleration import gains
from serving.habits import habits_of
from serving.item_call import ItemGains
from serving.priority import Gain
from serving.response import ResponsePrior


def scored_rows(
    table: FeatureTable, day: date, bundle: Bundle | None, mode: Mode, prior: ResponsePrior
) -> tuple[tuple[Score, ...], ItemGains]:
    """The score of every row, in their order, and the gains of calls by `item_id`; without a bundle by rule, no gains.

    Args:
        table: the open items of the evening `day`.
        prior: how customers are taken to answer a call.

    Raises what `Bundle.score` raises.
    """
    if bundle is None:
        return tuple(rule_scores(table, day)), {}
    return tuple(bundle.score(table, day, mode)), item_gains(table, bundle, prior)


def item_gains(table: FeatureTable, bundle: Bundle, prior: ResponsePrior) -> dict[str, Gain]:
    """What a call today is assumed to gain, by `item_id`."""
    if not len(table):
        return {}
    dpd = table.keys["dpd"].to_numpy(dtype=np.int64)
    found = gains(bundle.curve.survival(table), dpd, habits_of(table), prior)
    columns = (found.days, found.days_after_waiting, found.tail, found.tail_after_waiting)
    item_ids = table.keys["item_id"].astype(str).tolist()
    return {
        item_id: Gain(*gained)
        for item_id, *gained in zip(item_ids, *(column.tolist() for column in columns), strict=True)
    }
