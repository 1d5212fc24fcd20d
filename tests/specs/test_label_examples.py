"""The examples of labels/: each is run, and each with another number in any cell fails."""

from itertools import pairwise

import numpy as np
import pytest
from label_builders import LabelExample, day_of, label_example, label_examples

from features.catalogue import CATALOGUE
from features.compute import feature_rows
from features.drawn import value_of
from features.questions import open_questions
from ledger.days import to_date, to_day
from ledger.money import to_decimal
from training.labels import outcomes, person_periods, unpaid_after
from training.snapshot import HALF_LIFE_DAYS, chosen_evenings

EDGES = (0, 7, 14, 30)
DAYS = [f"{start + 1}-{end}" for start, end in pairwise(EDGES)]
NUMBERS = ("paid_share", "weight", "open", "dpd")

EXAMPLES = tuple(label_examples())


def keys_of(example: LabelExample):
    """The rows that serving made on each evening, from the evening's own view."""
    view = example.ledger.as_of(to_date(max(example.evenings)))
    return feature_rows(view, open_questions(view, example.evenings), catalogue=CATALOGUE[:1]).keys


def opened(example):
    for row in keys_of(example).itertuples():
        amount = float(to_decimal(row.open_minor, row.currency))
        yield {"invoice": row.item_id, "evening": row.day, "customer": row.customer_id, "open": amount, "dpd": row.dpd}


def learned(example):
    keys = keys_of(example)
    found = outcomes(example.ledger, example.ledger.as_of(example.as_of), min(example.evenings))
    intervals = person_periods(keys, found, EDGES, np.ones(len(keys)))
    for row, k, paid, weight in intervals[["row", "k", "paid_share", "weight"]].itertuples(index=False):
        of = keys.iloc[int(row)]
        yield {
            "invoice": of["item_id"], "evening": of["day"], "days": DAYS[int(k)], "paid_share": paid, "weight": weight,
        }  # fmt: skip


def answers(example):
    keys = keys_of(example)
    found = outcomes(example.ledger, example.ledger.as_of(example.as_of), min(example.evenings))
    for horizon in sorted({int(row["after"]) for row in example.expected["answers"]}):
        unpaid, known = unpaid_after(keys, found, horizon)
        for at, (name, day) in enumerate(zip(keys["item_id"], keys["day"], strict=True)):
            said = ("yes" if unpaid[at] else "no") if known[at] else "-"
            yield {"invoice": name, "evening": day, "after": str(horizon), "unpaid": said}


def evenings(example):
    for name, day, weight in chosen_evenings(example.ledger.as_of(example.as_of)).itertuples(index=False):
        age = to_day(example.as_of) - day
        yield {"invoice": name, "evening": day, "weight": weight / 0.5 ** (age / HALF_LIFE_DAYS)}


ANSWERS = {"open": opened, "rows": learned, "answers": answers, "evenings": evenings}


def found_of(example):
    """What the code says, by the names of the expected tables."""
    return {name: sorted(ANSWERS[name](example), key=order) for name in example.expected}


def drawn_of(example, name, rows):
    """The expected rows as values, with the only evening where none is drawn."""
    for row in rows:
        cells = {column: value_of(cell) if column in NUMBERS else cell for column, cell in row.items()}
        yield cells | {"evening": day_of(row["evening"]) if "evening" in row else example.evenings[0]}


def holds(example, name, rows, found):
    """Assert that a table of the drawing is what was found, no row more and no row less."""
    expected = sorted(drawn_of(example, name, rows), key=order)
    assert [order(row) for row in found] == [order(row) for row in expected], name
    for theirs, mine in zip(expected, found, strict=True):
        for column, value in theirs.items():
            same = mine[column] == (pytest.approx(value, rel=1e-9) if column in NUMBERS else value)
            assert same, f"{name}, {order(mine)}: {column} is {mine[column]}, expected {value}"


def order(row):
    days = row.get("days", "")
    return row["invoice"], row["evening"], DAYS.index(days) if days else -1, row.get("after", "")


each_example = pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.says)


@each_example
def test_an_example_of_the_labels_holds_and_with_any_cell_changed_or_any_row_left_out_it_does_not(example):
    found = found_of(example)
    for name, rows in example.expected.items():
        holds(example, name, rows, found[name])
        for at, row in enumerate(rows):
            before, after = rows[:at], rows[at + 1 :]
            for column in set(row) & {*NUMBERS, "unpaid", "customer"}:
                other = row | {column: f"({row[column]}) + 0.001" if column in NUMBERS else "other"}
                with pytest.raises(AssertionError, match=column):
                    holds(example, name, [*before, other, *after], found[name])
            with pytest.raises(AssertionError, match=name):
                holds(example, name, [*before, *after], found[name])


def test_every_heading_of_the_folder_is_an_example_and_says_something_of_its_own():
    assert len({example.says for example in EXAMPLES}) == len(EXAMPLES) > 40


def test_a_table_that_nobody_knows_is_refused():
    with pytest.raises(AssertionError, match="draws"):
        label_example("Misspelt", "as of 2026-05-01\n\ninvoces\ninvoice | due_on\n--------+-------")
