"""Snapshots: the open items of past evenings, as rows to learn from.

One evening a week, plus the evening an invoice became known and the one after its due day. An item that stays open for
long would outvote the others, so at most `PER_ITEM` of its evenings are taken, with weights that restore the count.
What is taken depends on the item and the evening alone: never on chance, on the order of rows, or on other customers.
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from features.compute import feature_rows
from features.questions import open_balance, open_questions
from features.table import FeatureTable
from ledger.days import to_day
from ledger.settlement import tolerance_minor
from ledger.view import LedgerView
from models.readings import Floats
from training.cutoffs import HISTORY_DAYS, training_evenings

LONGEST_DPD = 365
"""Items longer past due teach nothing about those that collectors can still move."""

PER_ITEM = 8
HALF_LIFE_DAYS = 365
"""An evening counts half as much for every year it is back."""


@dataclass(frozen=True, eq=False)
class Snapshots:
    """Feature rows of past evenings, ordered by evening, then item; and how much each counts, shape (n_rows,)."""

    table: FeatureTable
    weight: Floats


def snapshots(views: Sequence[LedgerView]) -> list[Snapshots]:
    """The rows to learn from on the evening of each view: all of evenings before it.

    What is taken is chosen from each view alone. The rows are then made in one go from the newest of them, since a past
    evening asked later gives the same row to the last bit.
    """
    choices = [chosen_evenings(view) for view in views]
    asked = pd.concat([choice[["item_id", "day"]] for choice in choices], ignore_index=True)
    asked = asked.drop_duplicates(ignore_index=True)
    table = feature_rows(max(views, key=lambda view: view.day), asked)
    place = pd.Series(np.arange(len(asked)), index=pd.MultiIndex.from_frame(asked))
    return [
        Snapshots(
            table.take(place.reindex(pd.MultiIndex.from_frame(choice[["item_id", "day"]])).tolist()),
            choice["weight"].to_numpy(dtype=np.float64),
        )
        for choice in choices
    ]


def chosen_evenings(view: LedgerView) -> pd.DataFrame:
    """Which evenings of which items to learn from, and how much each counts: `item_id`, `day`, `weight`, ordered."""
    as_of = to_day(view.day)
    first_known = int(view.items["known_on"].min()) if len(view.items) else as_of
    weekly = open_questions(view, training_evenings(first_known, as_of)).assign(special=False)
    questions = pd.concat([weekly, _special_evenings(view, as_of)], ignore_index=True)
    questions = questions.sort_values(["day", "item_id", "special"], kind="stable", ignore_index=True)
    # A special evening that is also a weekly one counts once, as special.
    questions = questions.drop_duplicates(["item_id", "day"], keep="last", ignore_index=True)
    due = view.items.drop_duplicates("item_id", keep="last").set_index("item_id")["due_on"]
    questions = questions[
        questions["day"].to_numpy() - due.reindex(questions["item_id"]).to_numpy() <= LONGEST_DPD
    ].reset_index(drop=True)
    chosen = _at_most_per_item(questions)
    age = as_of - chosen["day"].to_numpy(dtype=np.float64)
    return chosen[["item_id", "day"]].assign(weight=chosen["weight"] * 0.5 ** (age / HALF_LIFE_DAYS))


def thinned(rows: pd.DataFrame, table: FeatureTable, cap: int) -> pd.DataFrame:
    """At most about `cap` person-period rows: whole snapshots are left out by a hash of item and evening.

    Args:
        rows: `row`, `k`, `paid_share`, `weight`, as `training.labels.person_periods` makes them.
        table: the snapshots that `row` points into.
        cap: rows wanted; what is kept weighs as much more as was left out.
    """
    if len(rows) <= cap:
        return rows
    keep = cap / len(rows)
    kept = _shares(table.keys["item_id"], table.keys["day"])[rows["row"].to_numpy()] < keep
    chosen = pd.DataFrame(rows[kept])
    return chosen.assign(weight=chosen["weight"] / keep).reset_index(drop=True)


def _special_evenings(view: LedgerView, as_of: int) -> pd.DataFrame:
    """The evenings on which an item became known and those after its due day, where it had money to come."""
    items = view.items[view.items["amount_minor"] > 0]
    first = items.drop_duplicates("item_id", keep="first")
    newest = items.drop_duplicates("item_id", keep="last")
    asked = pd.concat(
        [
            pd.DataFrame({"item_id": first["item_id"], "day": first["known_on"]}),
            pd.DataFrame({"item_id": newest["item_id"], "day": newest["due_on"] + 1}),
        ],
        ignore_index=True,
    ).drop_duplicates(ignore_index=True)
    asked = asked[(asked["day"] < as_of) & (asked["day"] >= as_of - HISTORY_DAYS)].reset_index(drop=True)
    # The largest tolerance an item ever had is on the safe side for each of its revisions.
    tolerance = pd.Series(
        tolerance_minor(items["amount_minor"].to_numpy(), items["currency"].to_numpy()),
        index=items["item_id"].to_numpy(),
    )
    largest = tolerance.groupby(level=0).max()
    is_open = open_balance(view, asked) > largest.reindex(asked["item_id"]).to_numpy(dtype=np.int64)
    return pd.DataFrame(asked[is_open]).assign(special=True)


def _at_most_per_item(questions: pd.DataFrame) -> pd.DataFrame:
    """Every special evening, and of the weekly ones as many as fit, evenly spread, each weighing for those left out."""
    weekly = questions[~questions["special"]]
    room = PER_ITEM - questions.groupby("item_id")["special"].sum()
    count = weekly.groupby("item_id")["day"].transform("size").to_numpy(dtype=np.int64)
    place = weekly.groupby("item_id").cumcount().to_numpy(dtype=np.int64)
    wanted = np.minimum(room.reindex(weekly["item_id"]).to_numpy(dtype=np.int64), count)
    # Evenly spread over the item's life, from a start of the item's own so that not all begin with their first week.
    stride = wanted / np.maximum(count, 1)
    start = _shares(weekly["item_id"], pd.Series(0, index=weekly.index))
    kept = np.floor((place + 1) * stride + start) > np.floor(place * stride + start)
    weekly = weekly.assign(weight=count / np.maximum(wanted, 1))[kept]
    special = questions[questions["special"]].assign(weight=1.0)
    both: pd.DataFrame = pd.concat([weekly, special])
    return both.sort_values(["day", "item_id"], kind="stable", ignore_index=True)


def _shares(items: "pd.Series[Any]", days: "pd.Series[Any]") -> Floats:
    """A number in [0, 1) for each (item, day), the same on every machine."""
    codes, names = pd.factorize(items)
    seed = np.array([zlib.crc32(str(name).encode()) for name in names], dtype=np.uint64)[codes]
    x: npt.NDArray[np.uint64] = seed * np.uint64(0x9E3779B97F4A7C15) + days.to_numpy(dtype=np.int64).astype(np.uint64)
    # splitmix64: neighbouring days land far apart.
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return ((x ^ (x >> np.uint64(31))) >> np.uint64(11)).astype(np.float64) / float(1 << 53)
