"""Columns refuse what their schema refuses, and say of each row what the row says by itself."""

import json
import types
from functools import cache
from typing import get_args, get_origin

import pyarrow as pa
import pytest
from broken_bodies import WRONG, broken_bodies, full_run, refused
from builders import law
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from serving.published.bodies import json_text
from serving.published.columns import ColumnsDoNotFit, Rows, Written, few
from serving.published.schemas import (
    AccountBody,
    AccountReasonOut,
    BroughtForwardOut,
    ItemOut,
    MoneyOut,
    OtherMoneyOut,
    Out,
    ReasonOut,
    SettledOut,
)


def texts(*cells):
    return pa.array(cells, pa.binary())


def in_columns(schema, rows):
    """The rows of a schema written by columns, those within them too."""
    if not rows:
        return Written(schema, texts())
    columns = {}
    for name in rows[0]:
        cells = [row[name] for row in rows]
        field = schema.model_fields.get(name)
        within = next(iter(schemas_in(field.annotation)), None) if field else None
        columns[name] = cells if within is None else written_within(within, cells)
    return rows_writer(schema).written(**columns)


rows_writer = cache(Rows)


def written_within(kind, cells):
    if not all(isinstance(cell, get_origin(kind) or dict | None) for cell in cells):
        raise TypeError("no cells of this kind")
    if get_origin(kind) is list:
        schema, counts = get_args(kind)[0], [len(cell) for cell in cells]
        return in_columns(schema, [one for cell in cells for one in cell]).lists(counts)
    return in_columns(kind, [cell for cell in cells if cell is not None]).where([cell is not None for cell in cells])


def schemas_in(annotation):
    parts = get_args(annotation) if isinstance(annotation, types.UnionType) else (annotation,)
    for part in parts:
        within = get_args(part)[0] if get_origin(part) is list else part
        if isinstance(within, type) and issubclass(within, Out):
            yield part


def written(schema, rows):
    try:
        return [text.decode() for text in in_columns(schema, rows).json.to_pylist()]
    except (ValidationError, ColumnsDoNotFit, KeyError, TypeError, AttributeError):
        return None


def checked(schema, rows):
    try:
        for row in rows:
            schema.model_validate(row)
    except ValidationError:
        return None
    return [json_text(row) for row in rows]


def test_columns_refuse_exactly_what_the_schema_refuses_of_each_broken_body():
    body = full_run().accounts[0]
    assert written(AccountBody, [body]) == [json_text(body)]

    differing = [
        path for path, broken in broken_bodies(body) if written(AccountBody, [broken]) != checked(AccountBody, [broken])
    ]

    assert differing == []


TEXTS = st.one_of(st.text(max_size=6), st.sampled_from(["2026-03-31", "EUR", "12.50", "-3", "▲", "▼", "", "phone"]))
NUMBERS = st.one_of(st.floats(), st.floats(0, 1), st.integers(-3, 2**70), st.sampled_from([0.0, -0.0, 1e-7, 1e16]))
CELLS = st.one_of(TEXTS, NUMBERS, st.booleans(), st.none(), st.sampled_from(WRONG))


def rows_of(schema):
    """Rows that are mostly sound, for cells of any kind would hardly ever make one that is."""
    return st.lists(st.fixed_dictionaries({name: cells_of(field) for name, field in schema.model_fields.items()}),
                    min_size=1, max_size=5)  # fmt: skip


def cells_of(field):
    return st.one_of(*[sound(part, field) for part in get_args(field.annotation) or (field.annotation,)] * 3, CELLS)


def sound(kind, field):
    if kind is float:
        return st.floats(0, 1)
    if kind is str:
        return TEXTS if not field.metadata else st.sampled_from(["2026-03-31", "EUR", "12.50"])
    return {int: st.integers(0, 9), bool: st.booleans(), type(None): st.none()}.get(kind, CELLS)


@pytest.mark.parametrize(
    "schema", [MoneyOut, ReasonOut, AccountReasonOut, SettledOut, OtherMoneyOut, BroughtForwardOut]
)
@given(data=st.data())
@law(examples=60)
def test_columns_of_any_cells_say_what_each_row_says_or_are_refused_with_it(schema, data):
    plain = [name for name, field in schema.model_fields.items() if not any(schemas_in(field.annotation))]
    rows = [{name: row[name] for name in plain} for row in data.draw(rows_of(schema))]
    money = {"amount": "1.00", "currency": "EUR"}
    rows = [row | {name: money for name in schema.model_fields if name not in plain} for row in rows]

    assert written(schema, rows) == checked(schema, rows)


def test_what_is_written_as_something_else_fits_nowhere():
    money = Rows(MoneyOut).written(amount=["1.00"], currency=["EUR"])
    item = full_run().accounts[0]["items"][0]
    columns = {name: [value] for name, value in item.items()} | {"reasons": Written(list[ReasonOut], texts(b"[]"))}
    assert Rows(ItemOut).written(**(columns | {"open": money})).texts
    for column in (
        Written(ReasonOut, texts(b"{}")),
        money.where([False]),
        Written(MoneyOut, texts()),
        money.lists([1]),
    ):
        with pytest.raises(ColumnsDoNotFit, match=r"ItemOut\.open"):
            Rows(ItemOut).written(**(columns | {"open": column}))


def test_lists_keep_the_most_that_their_schema_allows():
    body = full_run().accounts[0]
    settled = body["history"][0]
    for count, kept in ((60, True), (61, False)):
        long = body | {"history": [settled] * count}
        assert (written(AccountBody, [body, long]) is not None) is kept
        assert refused(AccountBody.model_validate, long) is not kept


def test_every_letter_is_written_as_json_has_it_in_a_column_of_its_own():
    of_text = Rows(ReasonOut, only=("text",))
    for cell in (f"a{chr(letter)}b" for letter in range(0x250)):
        expected = f'"text":{json.dumps(cell, ensure_ascii=False)}'.encode()
        assert of_text.members(text=[cell]).to_pylist() == of_text.members(text=few([cell])).to_pylist() == [expected]


def test_few_different_texts_are_checked_and_written_as_each_by_itself():
    of_arrow = Rows(ReasonOut, only=("arrow",))
    cells = ["▲", "", "▼", "▲", ""]

    assert of_arrow.members(arrow=few(cells)).to_pylist() == of_arrow.members(arrow=cells).to_pylist()
    assert of_arrow.members(arrow=few([])).to_pylist() == []
    for wrong in ("?", None, 1, ["▲"]):
        with pytest.raises(ValidationError):
            of_arrow.members(arrow=few([*cells, wrong]))
