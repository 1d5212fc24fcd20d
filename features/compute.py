"""`feature_rows`, the only maker of feature rows; and which rows can be asked for.

By default the open items on the view's evening. Training asks the same kernel about past evenings, many at once; the
rows it gets are those that serving made, or would have made, on each of those evenings.
"""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from features.catalogue import CATALOGUE, fingerprint
from features.errors import BadQuestions, FutureView, NotOpenThen, QuestionAfterView
from features.evaluate import ItemRows, evaluate
from features.facts import BoolArray, Facts, FloatArray, IntArray, facts_of, pack
from features.point_in_time import Asked, Engine
from features.primitives import Ask
from features.sweep import swept
from features.table import KEY_COLUMNS, FeatureTable
from ledger.days import NEVER, to_date, to_day
from ledger.money import EXPONENT
from ledger.view import LedgerView


def feature_rows(
    view: LedgerView, questions: pd.DataFrame | None = None, *, every_row_swept: bool = False
) -> FeatureTable:
    """What was known about open items, as one row per question.

    Args:
        view: one evening; its `known_by` must be its `day`.
        questions: columns `item_id` and `day` (whole days, up to the view's). The item must be known on that evening
            and have money to come. None asks about every such item on the view's own evening.
        every_row_swept: answer all rows the slow, obvious way (`features.sweep`): for the law that compares both.

    Returns:
        A table in the order of the questions; by `item_id` when none were given. The row of a past evening equals
        the one made on that evening to the last bit, but for `source_row`, which names the newest file.

    Raises:
        FutureView: the view knows more than its evening did.
        QuestionAfterView: a question beyond the view's day.
        NotOpenThen: an item unknown, settled, or a credit memo on the evening asked about.
        BadQuestions: a column is missing or `day` is not whole.
    """
    _require_own_evening(view)
    facts = facts_of(view)
    if questions is None:
        questions = open_questions(view, [to_day(view.day)])
    item, day = _read_questions(facts, questions, to_day(view.day))
    row, open_minor = _open_then(facts, questions, item, day)

    values = _values(facts, row, day, every_row_swept)
    return FeatureTable(_keys(facts, row, day, open_minor), values, fingerprint())


def open_questions(view: LedgerView, days: Iterable[int]) -> pd.DataFrame:
    """Every item with money to come on each of the given evenings, as questions for `feature_rows`.

    Money to come: an invoice known by that evening whose open amount is above the clearing tolerance; credit memos
    and residues are left out.

    Args:
        view: one evening, not before the last of `days`.
        days: whole days, in any order; each counts once.

    Returns:
        Columns `item_id` and `day`, ordered by day, then item_id.
    """
    _require_own_evening(view)
    facts, asked = facts_of(view), sorted({int(day) for day in days})
    _require_not_after(asked, to_day(view.day))
    item, start, end = _spans_to_come(facts)
    found = [item[(start <= day) & (day < end)] for day in asked]
    codes = np.concatenate([np.empty(0, dtype=np.int64), *(np.sort(codes) for codes in found)])
    return pd.DataFrame(
        {
            "item_id": facts.item_ids.take(codes),
            "day": np.repeat(np.array(asked, dtype=np.int64), [len(f) for f in found]),
        }
    )


def open_balance(view: LedgerView, questions: pd.DataFrame) -> IntArray:
    """The open amount of each question's item on its evening, exact, in minor units of its currency.

    0 where the item was not known then; negative for an unused credit. Shape (n_questions,).
    """
    _require_own_evening(view)
    facts = facts_of(view)
    item, day = _read_questions(facts, questions, to_day(view.day))
    row = facts.revision_at(item, day)
    known = row >= 0
    open_minor = np.zeros(len(row), dtype=np.int64)
    open_minor[known] = facts.revisions.amount[row[known]] - facts.applied_by(item[known], day[known])
    return open_minor


# ------------------------------------------------------------------ the values


def _values(facts: Facts, row: IntArray, day: IntArray, every_row_swept: bool) -> pd.DataFrame:
    held = facts.revisions
    currency = held.currency[row]
    rows = ItemRows(day, held.issued[row], held.due[row], held.amount[row], _exponents(facts)[currency])
    asks = list(dict.fromkeys(ask for feature in CATALOGUE for ask in feature.value.asks()))
    answers = answers_to(asks, facts, Asked(held.customer[row], currency, day), every_row_swept)
    return pd.DataFrame(
        {
            feature.name: facts.currencies.take(currency).to_numpy(dtype=object)
            if feature.is_category
            else evaluate(feature.value, rows, answers)
            for feature in CATALOGUE
        }
    )


def answers_to(asks: Sequence[Ask], facts: Facts, asked: Asked, every_row_swept: bool = False) -> dict[Ask, FloatArray]:
    """Answered once per customer, currency and evening, and handed to all its items: fast where the customer is steady,
    by the sweep from the evening on that something had been taken back."""
    account = asked.customer * max(1, len(facts.currencies)) + asked.currency
    _, first, back = np.unique(pack(account, asked.day), return_index=True, return_inverse=True)
    each = Asked(asked.customer[first], asked.currency[first], asked.day[first])
    engine = Engine(facts, each)
    answers = {ask: engine.answer(ask) for ask in asks}
    unsteady = np.flatnonzero((each.day >= facts.unsteady_from[each.customer]) | every_row_swept)
    slow = swept(facts, Asked(each.customer[unsteady], each.currency[unsteady], each.day[unsteady]), asks)
    for ask in asks:
        answers[ask][unsteady] = slow[ask]
    return {ask: values[back] for ask, values in answers.items()}


def _exponents(facts: Facts) -> IntArray:
    return np.array([EXPONENT[code] for code in facts.currencies], dtype=np.int64)


def _keys(facts: Facts, row: IntArray, day: IntArray, open_minor: IntArray) -> pd.DataFrame:
    held = facts.revisions
    newest = np.flatnonzero(np.append(held.first[1:], True)[: len(held.first)])
    columns = {
        "item_id": facts.item_ids.take(held.item[row]),
        "customer_id": facts.customer_ids.take(held.customer[row]),
        "day": day,
        "issued_on": held.issued[row],
        "due_on": held.due[row],
        "dpd": day - held.due[row],
        "amount_minor": held.amount[row],
        "open_minor": open_minor,
        "currency": facts.currencies.take(held.currency[row]),
        "source_row": held.source_row[newest][held.item[row]],
    }
    return pd.DataFrame({name: columns[name] for name in KEY_COLUMNS})


# ------------------------------------------------------------------ the questions


def _require_own_evening(view: LedgerView) -> None:
    if view.known_by > view.day:
        raise FutureView(view.day, view.known_by)


def _require_not_after(days: "list[int] | IntArray", last: int) -> None:
    beyond = max((int(day) for day in days), default=last)
    if beyond > last:
        raise QuestionAfterView(to_date(beyond), to_date(last))


def _read_questions(facts: Facts, questions: pd.DataFrame, last: int) -> tuple[IntArray, IntArray]:
    """Item codes (-1 unknown) and days."""
    missing = {"item_id", "day"} - set(questions.columns)
    if missing:
        raise BadQuestions(f"a frame without {', '.join(sorted(missing))}")
    if len(questions) and not pd.api.types.is_integer_dtype(questions["day"]):
        raise BadQuestions(f"days of type {questions['day'].dtype}")
    day = questions["day"].to_numpy(dtype=np.int64)
    if len(day):
        _require_not_after([int(day.max())], last)
    return facts.item_ids.get_indexer(pd.Index(questions["item_id"])).astype(np.int64), day


def _open_then(facts: Facts, questions: pd.DataFrame, item: IntArray, day: IntArray) -> tuple[IntArray, IntArray]:
    """The revision that counts for each question and its open amount; refuses what was not open."""
    row = facts.revision_at(item, day)
    _refuse(questions, row, row < 0)
    open_minor = facts.revisions.amount[row] - facts.applied_by(item, day)
    _refuse(questions, row, ~_has_money_to_come(facts, row, open_minor))
    return row, open_minor


def _refuse(questions: pd.DataFrame, row: IntArray, wrong: BoolArray) -> None:
    if wrong.any():
        first = int(np.argmax(wrong))
        item_id, day = str(questions["item_id"].iloc[first]), to_date(int(questions["day"].iloc[first]))
        raise NotOpenThen(item_id, day, known=bool(row[first] >= 0), others=int(wrong.sum()) - 1)


def _has_money_to_come(facts: Facts, row: IntArray, open_minor: IntArray) -> BoolArray:
    held = facts.revisions
    return (held.amount[row] > 0) & (open_minor > held.tolerance[row])


def _spans_to_come(facts: Facts) -> tuple[IntArray, IntArray, IntArray]:
    """Spans of evenings on which an item had money to come: item, first evening, evening after the last."""
    held, applied = facts.revisions, facts.applications
    item = np.concatenate([held.item, held.item, applied.item])
    day = np.concatenate([held.known, held.superseded, applied.known])
    turn = np.unique(pack(item, day), return_index=True)[1]
    item, day = item[turn], day[turn]
    row = facts.revision_at(item, day)
    to_come = (row >= 0) & _has_money_to_come(facts, row, held.amount[row] - facts.applied_by(item, day))
    last = np.append(item[1:] != item[:-1], True)[: len(item)]
    until = np.where(last, NEVER, np.append(day[1:], NEVER)[: len(day)])
    return item[to_come], day[to_come], until[to_come]
