"""Which rows can be asked for: items with money to come, on evenings up to the view's own."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from features.errors import BadQuestions, FutureView, NotOpenThen, QuestionAfterView
from features.facts import BoolArray, Codes, Days, Facts, IntArray
from features.from_view import facts_of
from ledger.days import NEVER, to_date, to_day
from ledger.view import LedgerView


@dataclass(frozen=True, eq=False)
class Questions:
    """Questions that can be answered; each of shape (n,).

    Attributes:
        item, day: code of the item, whole day.
        revision: row of the revision that counts on that evening.
        open: the open amount, minor units.
    """

    item: Codes
    day: Days
    revision: Codes
    open: IntArray

    def __len__(self) -> int:
        return len(self.item)


def open_questions(view: LedgerView, days: Iterable[int]) -> pd.DataFrame:
    """Every item with money to come on each of the given evenings, as questions for `feature_rows`.

    Money to come: an invoice known by that evening whose open amount is above the clearing tolerance; credit memos
    and residues are left out.

    Args:
        view: one evening, not before the last of `days`.
        days: whole days, in any order; each counts once.

    Returns:
        Columns `item_id` and `day`, ordered by day, then item_id.

    Raises `FutureView`, `QuestionAfterView`, and `BadQuestions` for days that cannot be.
    """
    require_own_evening(view)
    facts, asked = facts_of(view), sorted({int(day) for day in days})
    _require_believable(np.array(asked, dtype=object))
    _require_not_after(asked, to_day(view.day))
    item, day = _open_on(facts, asked)
    return pd.DataFrame({"item_id": facts.item_ids.take(item), "day": day})


def open_balance(view: LedgerView, questions: pd.DataFrame) -> IntArray:
    """The open amount of each question's item on its evening, exact, in minor units of its currency.

    0 where the item was not known then; negative for an unused credit. Shape (n_questions,). Raises `FutureView`,
    `QuestionAfterView` and `BadQuestions`.
    """
    require_own_evening(view)
    facts = facts_of(view)
    item, day = _read(facts, questions, to_day(view.day))
    row = facts.revision_at(item, day)
    known = row >= 0
    open_minor = np.zeros(len(row), dtype=np.int64)
    open_minor[known] = facts.revisions.amount[row[known]] - facts.applied_by(item[known], day[known])
    return open_minor


def questions_of(view: LedgerView, asked: pd.DataFrame | None) -> Questions:
    """The questions of a frame (`item_id`, `day`), or all open items on the view's own evening.

    Raises the errors of `feature_rows`.
    """
    require_own_evening(view)
    facts = facts_of(view)
    if asked is None:
        item, day = _open_on(facts, [to_day(view.day)])
    else:
        item, day = _read(facts, asked, to_day(view.day))
    row = facts.revision_at(item, day)
    if asked is not None:
        _refuse(asked, row, row < 0)
    held = facts.revisions
    open_minor = held.amount[row] - facts.applied_by(item, day)
    if asked is not None:
        _refuse(asked, row, ~((held.amount[row] > 0) & (open_minor > facts.tolerance(held.take(row)))))
    return Questions(item.astype(np.int32), day.astype(np.int32), row.astype(np.int32), open_minor)


def require_own_evening(view: LedgerView) -> None:
    """That the view knows no more than its evening did; raises `FutureView`."""
    if view.known_by > view.day:
        raise FutureView(view.day, view.known_by)


def _open_on(facts: Facts, days: list[int]) -> tuple[IntArray, IntArray]:
    """Items and days, by day, then the order of ids."""
    spans, found = facts.to_come, []
    for day in days:
        item = spans.item[(spans.start <= day) & (day < spans.end)].astype(np.int64)
        found.append(item[np.argsort(facts.item_rank[item])])
    none = np.empty(0, dtype=np.int64)
    counts = [len(item) for item in found]
    return np.concatenate([none, *found]), np.repeat(np.array(days, dtype=np.int64), counts)


def _require_believable(days: "IntArray | npt.NDArray[Any]") -> None:
    """That days can be days at all: within ± `NEVER`, the years 0 to 4707."""
    for day in days[np.abs(days) >= NEVER][:1]:
        raise BadQuestions(f"the day {int(day)}")


def _require_not_after(days: "list[int] | IntArray", last: int) -> None:
    beyond = max((int(day) for day in days), default=last)
    if beyond > last:
        raise QuestionAfterView(to_date(beyond), to_date(last))


def _read(facts: Facts, questions: pd.DataFrame, last: int) -> tuple[IntArray, IntArray]:
    """Item codes (-1 unknown) and days."""
    missing = {"item_id", "day"} - set(questions.columns)
    if missing:
        raise BadQuestions(f"a frame without {', '.join(sorted(missing))}")
    if len(questions) and not pd.api.types.is_integer_dtype(questions["day"]):
        raise BadQuestions(f"days of type {questions['day'].dtype}")
    if questions["day"].isna().any() or questions["item_id"].isna().any():
        raise BadQuestions("a question without an item or a day")
    if len(questions) and not pd.api.types.is_string_dtype(questions["item_id"]):
        raise BadQuestions(f"item ids of type {questions['item_id'].dtype}")
    day = questions["day"].to_numpy(dtype=np.int64)
    _require_believable(day)
    if len(day):
        _require_not_after([int(day.max())], last)
    return facts.items_of(questions["item_id"]), day


def _refuse(questions: pd.DataFrame, row: IntArray, wrong: BoolArray) -> None:
    if wrong.any():
        first = int(np.argmax(wrong))
        item_id, day = str(questions["item_id"].iloc[first]), to_date(int(questions["day"].iloc[first]))
        raise NotOpenThen(item_id, day, known=bool(row[first] >= 0), others=int(wrong.sum()) - 1)
