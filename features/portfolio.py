"""The rows of a whole evening, and everyone's rates on it, a part of the ledger at a time.

What all items add up to is added up over runs of items; then the rows are made customer by customer, each of its own
facts and of those sums. So a large book takes the memory of a part of it, and the rows are those of `feature_rows` to
the last bit.
"""

from collections.abc import Sequence
from functools import reduce
from operator import add

import numpy as np
import pandas as pd

from features.catalogue import CATALOGUE
from features.compute import feature_matrix, keys_of, table_of, wanted_of
from features.everyone import Everyone
from features.from_view import facts_of
from features.point_in_time import Plan
from features.questions import questions_of
from features.spec import Feature
from features.table import FeatureTable, Matrix
from ledger.blocks import blocks, item_runs
from ledger.days import to_day
from ledger.view import LedgerView

ITEMS_AT_ONCE = 250_000
"""Revisions of items of a large book that are laid out at a time."""


def evening_rows(
    view: LedgerView, *, catalogue: Sequence[Feature] = CATALOGUE, items_at_once: int = ITEMS_AT_ONCE
) -> FeatureTable:
    """`feature_rows(view, catalogue=catalogue)`, with little of the ledger laid out at a time.

    Args:
        items_at_once: how many revisions of items, about; the rows are the same whatever the number.

    Raises what `feature_rows` raises; `WeightedSumTooLarge` for customers with money to come alone.
    """
    keys, rates = [], []
    for run in item_runs(view, items_at_once):
        keys.append(keys_of(facts_of(run), questions_of(run, None)))
        rates.append(_everyone(run, catalogue))
    asked, everyone, wanted = pd.concat(keys, ignore_index=True), reduce(add, rates), wanted_of(catalogue)
    owners = asked["customer_id"]
    matrix: Matrix = np.full((len(asked), len(wanted)), np.nan, dtype=np.float32)
    for rows, part in blocks(view, owners, -(-owners.nunique() // len(rates)) or 1):
        questions = questions_of(part, asked.iloc[rows])
        matrix[rows] = feature_matrix(facts_of(part), questions, wanted, everyone=everyone)
    return table_of(asked, matrix, catalogue)


def everyone_on(view: LedgerView) -> Everyone:
    """The answers about everyone that the catalogue asks for on the view's own evening."""
    return reduce(add, (_everyone(run, CATALOGUE) for run in item_runs(view, ITEMS_AT_ONCE)))


def _everyone(view: LedgerView, catalogue: Sequence[Feature]) -> Everyone:
    plan = Plan(ask for expression in wanted_of(catalogue) for ask in expression.asks())
    return Everyone.of(facts_of(view), np.array([to_day(view.day)]), plan.everyone)
