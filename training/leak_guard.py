"""The leak guard: looks for features that know the future, by what they do rather than by how they are written.

Two looks. A feature of a past evening must not change when later facts are added: the evening is asked from its own
view and from a later one, bit for bit. And no honest feature tells late payers apart nearly perfectly by itself: what
does has seen the answer. Neither sees a leak that is weak and the same from both views; for that there is the
backtest.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from features.questions import open_questions
from ledger.days import to_date
from ledger.view import LedgerView
from training.metrics import auc

FeatureMaker = Callable[[LedgerView, pd.DataFrame], pd.DataFrame]
"""Makes a frame of features, one row per question (`item_id`, `day`), from what a view knows."""

HIGHEST_AUC = 0.95
"""What no single honest feature reached on any ledger we know, over items due within the horizon."""

ENOUGH = 30
"""Rows of each outcome below which an AUC says nothing."""

FEW = 20
"""A number with so many values or fewer may tell by which one it is, not by how large."""


@dataclass(frozen=True)
class Suspect:
    """A feature that may know the future, and why we think so."""

    feature: str
    why: str


def changed_by_later_facts(make: FeatureMaker, view: LedgerView, evenings: Iterable[int]) -> list[Suspect]:
    """The features of past evenings that come out otherwise once later facts are known.

    Args:
        make: how features are made.
        view: what is known now.
        evenings: whole days before the view's; evenings without open items say nothing.

    Returns:
        One suspect per feature, in the order of the columns, with the first evening on which it changed.
    """
    found: dict[str, Suspect] = {}
    for evening in evenings:
        questions = open_questions(view, [evening])
        then, now = make(view.earlier(to_date(evening)), questions), make(view, questions)
        for name in dict.fromkeys([*now.columns, *then.columns]):
            if name not in now or name not in then:
                why = f"is there for {to_date(evening)} only with, or only without, later facts"
            elif changed := _differs(then[name], now[name]):
                rows = f"{changed:,} of {len(questions):,} rows of {to_date(evening)}"
                why = f"changed in {rows} when later facts were added"
            else:
                continue
            found.setdefault(str(name), Suspect(str(name), why))
    return list(found.values())


def implausible_alone(values: pd.DataFrame, happened: npt.ArrayLike, highest: float = HIGHEST_AUC) -> list[Suspect]:
    """The features that by themselves tell apart where it happened, with an AUC above `highest` in either direction.

    A missing value is a value too: a column that is empty for exactly those who have not paid is found. Texts, and
    numbers of few values, are judged on every other row by the rate of their value in the rows between.

    Args:
        values: one column per feature, n rows.
        happened: 1 where the item was late, else 0, shape (n,).

    Returns:
        Nothing when fewer than 30 rows have either outcome: then any order may look perfect.
    """
    y = np.asarray(happened, dtype=np.float64)
    if min(y.sum(), len(y) - y.sum()) < ENOUGH:
        return []
    found = []
    for name in values.columns:
        reached = max(_power(column, y) for column in _as_numbers(values[name], y))
        if reached > highest:
            why = f"alone has an AUC of {reached:.3f} (suspicious above {highest:.2f})"
            found.append(Suspect(str(name), why))
    return found


def _differs(one: "pd.Series[float]", other: "pd.Series[float]") -> int:
    """In how many rows; a missing value equals a missing one."""
    same = (one.to_numpy() == other.to_numpy()) | (one.isna().to_numpy() & other.isna().to_numpy())
    return int((~same).sum())


def _as_numbers(column: "pd.Series[Any]", y: npt.NDArray[np.float64]) -> list[npt.NDArray[np.float64]]:
    """The column as scores to judge: its values with missing ones last and first, and where it has few values (or is no
    number) also the rate of each, learned on every other row; a missing value is a value of its own."""
    scores = []
    missing = column.isna().to_numpy()
    if pd.api.types.is_datetime64_any_dtype(column):
        column = column.astype("int64").where(~missing)
    if pd.api.types.is_numeric_dtype(column):
        number = column.to_numpy(dtype=np.float64, na_value=np.nan)
        far = np.abs(number[~missing]).max(initial=0.0) + 1.0
        scores = [np.where(missing, far, number), np.where(missing, -far, number)]
    value = column.astype("str").where(~missing, "\0missing")
    if not scores or value.nunique() <= FEW:
        learn = np.arange(len(y)) % 2 == 0
        rates = pd.Series(y[learn]).groupby(value.to_numpy()[learn]).mean()
        score = pd.Series(value.to_numpy()).map(rates).fillna(float(y[learn].mean())).to_numpy(np.float64)
        scores.append(np.where(learn, np.nan, score))
    if not pd.api.types.is_numeric_dtype(column):
        scores.append(missing.astype(np.float64))
    return scores


def _power(score: npt.NDArray[np.float64], y: npt.NDArray[np.float64]) -> float:
    judged = ~np.isnan(score)
    area = auc(score[judged], y[judged])
    return max(area, 1.0 - area) if area == area else 0.0
