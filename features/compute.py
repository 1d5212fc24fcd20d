"""`feature_rows`, the only maker of feature rows.

By default the open items on the view's evening. Training asks the same kernel about past evenings, many at once; the
rows it gets are those that serving made, or would have made, on each of those evenings.
"""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from features.catalogue import CATALOGUE, fingerprint
from features.evaluate import ItemRows, Values
from features.everyone import Everyone
from features.facts import Codes, Facts
from features.from_view import facts_of
from features.kernels.arranging import put_rows
from features.oracle import answered_plainly
from features.point_in_time import Answers, Asked, Distinct, Plan, answered, blocks, distinct
from features.primitives import Expression
from features.questions import Questions, questions_of
from features.spec import Feature
from features.streams import Block
from features.table import KEY_COLUMNS, FeatureTable, Matrix
from ledger.view import LedgerView

Answering = Callable[[Plan, Block, Asked, Everyone], Answers]


def feature_rows(
    view: LedgerView,
    questions: pd.DataFrame | None = None,
    *,
    catalogue: Sequence[Feature] = CATALOGUE,
    by_oracle: bool = False,
    everyone: Everyone | None = None,
) -> FeatureTable:
    """What was known about open items, as one row per question.

    Args:
        view: one evening; its `known_by` must be its `day`.
        questions: columns `item_id` and `day` (whole days, up to the view's). The item must be known on that evening
            and have money to come. None asks about every such item on the view's own evening.
        catalogue: the features wanted.
        by_oracle: answer the slow, obvious way (`features.oracle`): for the law that compares both.
        everyone: the whole portfolio's rates on the evenings asked about, where the view holds only a part of it.

    Returns:
        A table in the order of the questions; by `item_id` when none were given. The row of a past evening equals
        the one made on that evening to the last bit, but for `source_row`, which names the newest file.

    Raises:
        FutureView: the view knows more than its evening did.
        QuestionAfterView: a question beyond the view's day.
        NotOpenThen: an item unknown, settled, or a credit memo on the evening asked about.
        BadQuestions: a column is missing or `day` is not whole.
        DayOutOfRange: a fact beyond the year 4707.
        WeightedSumTooLarge: one customer's money is more than 64 bits hold.
    """
    facts, asked = facts_of(view), questions_of(view, questions)
    answering = answered_plainly if by_oracle else answered
    matrix = feature_matrix(facts, asked, wanted_of(catalogue), answering, everyone)
    return table_of(keys_of(facts, asked), matrix, catalogue)


def wanted_of(catalogue: Sequence[Feature]) -> list[Expression]:
    """What is worked out for a catalogue: the values of its features but for the categories."""
    return [feature.value for feature in catalogue if not feature.is_category]


def table_of(keys: pd.DataFrame, matrix: Matrix, catalogue: Sequence[Feature]) -> FeatureTable:
    """The rows of a catalogue from their keys and their numbers, shape (n_rows, n_numbers)."""
    names = [feature.name for feature in catalogue if not feature.is_category]
    values = pd.DataFrame(matrix, columns=names, copy=False)
    for place, feature in enumerate(catalogue):
        if feature.is_category:  # the currency, the only one
            values.insert(place, feature.name, keys["currency"])
    return FeatureTable(keys, values, fingerprint(catalogue))


def feature_matrix(
    facts: Facts,
    questions: Questions,
    wanted: Sequence[Expression],
    answering: Answering = answered,
    everyone: Everyone | None = None,
) -> Matrix:
    """The values of expressions for each question, shape (n_questions, n_wanted), float32; NaN where missing.

    Worked out in float64 over whole numbers, block by block of customers, and rounded once at the end.
    """
    held = facts.revisions
    plan = Plan(ask for expression in wanted for ask in expression.asks())
    each = distinct(facts, Asked(held.customer[questions.revision], held.currency[questions.revision], questions.day))
    everyone = everyone or Everyone.of(facts, each.asked.day, plan.everyone)
    # Touched once in order: rows written here and there into fresh memory cost three times as much.
    matrix: Matrix = np.full((len(questions), len(wanted)), np.nan, dtype=np.float32)
    for rows, block in blocks(facts, each.asked):
        answers = answering(plan, block, each.asked.take(rows), everyone)
        places, which = _rows_of(each, rows)
        values = Values(_item_rows(facts, questions, which), answers, places)
        part: Matrix = np.empty((len(wanted), len(which)), dtype=np.float32)
        for column, expression in enumerate(wanted):
            part[column] = values.of(expression)
        put_rows(part, which, matrix)
    return matrix


def _rows_of(each: Distinct, rows: slice) -> tuple[Codes, Codes]:
    """The questions about the distinct ones at `rows`: the place of each among those, and which questions they are."""
    # Of the column's own type: other numbers would make a copy of the whole column to compare with.
    low, high = np.searchsorted(each.place, np.array([rows.start, rows.stop], dtype=np.int32))
    return each.place[low:high] - rows.start, each.order[low:high]


def _item_rows(facts: Facts, questions: Questions, which: Codes) -> ItemRows:
    return ItemRows(
        facts, questions.revision[which], questions.item[which], questions.day[which], questions.open[which]
    )


def keys_of(facts: Facts, asked: Questions) -> pd.DataFrame:
    """Whose rows these are: the columns of `KEY_COLUMNS`."""
    held, row = facts.revisions, asked.revision
    newest = np.flatnonzero(np.append(facts.first[1:], True)[: len(held)])
    day, due = asked.day.astype(np.int64), held.due[row].astype(np.int64)
    columns = {
        "item_id": facts.item_ids.take(asked.item),
        "customer_id": facts.customer_ids.take(held.customer[row]),
        "day": day,
        "issued_on": held.issued[row].astype(np.int64),
        "due_on": due,
        "dpd": day - due,
        "amount_minor": held.amount[row],
        "open_minor": asked.open,
        "currency": facts.currencies.take(held.currency[row]),
        "source_row": held.source_row[newest][asked.item].astype(np.int64),
    }
    return pd.DataFrame({name: columns[name] for name in KEY_COLUMNS})
