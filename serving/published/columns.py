"""Columns: rows of one schema, checked and written as JSON column by column.

A run has millions of reasons, amounts and settled invoices. To make a dictionary of each, check it and write it takes
longer than to ask the same rules of a whole column and to put its cells together.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from json.encoder import encode_basestring
from types import GenericAlias, NoneType, UnionType
from typing import Annotated, Any, Literal, NotRequired, TypeAlias, Union, get_args, get_origin

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, TypeAdapter
from pydantic.fields import FieldInfo
from pydantic_core import to_json
from typing_extensions import TypedDict

from ledger.ordering import Ints

Cells = Sequence[Any]
"""A column of plain values, one a row."""

Texts: TypeAlias = pa.BinaryArray
"""JSON in UTF-8, one text a row, 2 GB in all at most; half of a letter, which has no UTF-8, stands as Python's
`surrogatepass` has it."""


class ColumnsDoNotFit(TypeError):
    """Columns that make no rows of a schema: of different lengths, or written as something else than it holds there."""


@dataclass(frozen=True)
class Written:
    """A column whose cells are JSON already, checked as they were written.

    Attributes:
        kind: what each cell is: a schema, or `list` of one.
        texts: shape (n,).
        missing: whether some are null instead.
        lengths: of lists, those of the shortest and of the longest.
        around: what stands before and behind each of the texts, put there with whatever the cells become a part of.
    """

    kind: Any
    texts: Texts
    missing: bool = False
    lengths: tuple[int, int] = (0, 0)
    around: tuple[str, str] = ("", "")

    def __len__(self) -> int:
        return len(self.texts)

    @property
    def json(self) -> Texts:
        """The cells by themselves."""
        before, behind = self.around
        return joined(before, self.texts, behind) if before else self.texts

    def where(self, there: Sequence[bool]) -> "Written":
        """The cells in the rows that have one, in their order, and null in the others."""
        flags = np.array(there, dtype=np.bool_)
        if flags.all():
            return self
        found = self.json.take(pa.array(np.cumsum(flags) - 1, mask=~flags))
        return Written(self.kind, pc.fill_null(found, b"null"), missing=True)

    def lists(self, counts: Sequence[int]) -> "Written":
        """So many of the cells together in each row, in their order."""
        ends, shortest = np.cumsum([0, *counts], dtype=np.int32), min(counts, default=0)
        before, behind = self.around if shortest else ("", "")  # an empty list has no member to stand around
        cells = self.texts if shortest else self.json
        texts = pc.binary_join(pa.ListArray.from_arrays(pa.array(ends), cells), f"{behind},{before}".encode())
        kind = GenericAlias(list, (self.kind,))
        lengths = shortest, max(counts, default=0)
        return Written(kind, texts, lengths=lengths, around=(f"[{before}", f"{behind}]"))


@dataclass(frozen=True)
class Few:
    """A column of few different cells: each of these is checked and written once.

    Attributes:
        cells: the different ones; rows: which of them each row has, shape (n,).
    """

    cells: list[Any]
    rows: Ints

    @classmethod
    def of(cls, cells: Cells, make: Callable[[Any], Any] = lambda cell: cell) -> "Few":
        """These, each as `make` makes it.

        Args:
            cells: texts, days, None: what is equal must be the same, as 1 and True are not.
        """
        different = {cell: at for at, cell in enumerate(dict.fromkeys(cells))}
        rows = np.fromiter(map(different.__getitem__, cells), dtype=np.int64, count=len(cells))
        return cls(list(map(make, different)), rows)

    def __len__(self) -> int:
        return len(self.rows)


def few(texts: Cells) -> "Few | Cells":
    """A column of texts (or None) of which few are different; whatever else is in it is left to be refused."""
    return Few.of(texts) if set(map(type, texts)) <= {str, NoneType} else texts


def joined(*parts: Texts | str) -> Texts:
    """The parts one behind the other in each row: columns, and what stands in all rows alike; at least one column."""
    return pc.binary_join_element_wise(*(part.encode() if isinstance(part, str) else part for part in parts), b"")


Column: TypeAlias = Cells | Few | Written


def objects_of(schema: type[BaseModel], members: Texts) -> Written:
    """Objects of a schema, made of their members, which are checked and complete."""
    return Written(schema, members, around=("{", "}"))


class Rows:
    """The rows of a schema.

    Args:
        only: the fields that are written here; None for all of them.
    """

    def __init__(self, schema: type[BaseModel], only: Collection[str] | None = None) -> None:
        fields = {name: field for name, field in schema.model_fields.items() if only is None or name in only}
        typed_dict: Any = TypedDict  # types are made here of fields that are known at run time only
        made = typed_dict(schema.__name__, {name: _column_rule(field) for name, field in fields.items()})
        made.__pydantic_config__ = schema.model_config
        self._schema, self._adapter = schema, TypeAdapter[Any](made)
        self._kinds = {name: _parts_of(field.annotation) for name, field in fields.items()}
        self._writers = {name: _writer(_parts_of(field.annotation)) for name, field in fields.items()}

    def written(self, **columns: Column) -> Written:
        """The rows, each an object with the members of `members`."""
        return objects_of(self._schema, self.members(**columns))

    def members(self, **columns: Column) -> Texts:
        """Of each row the names and values of the columns, in their order, as they stand within an object.

        Raises:
            ColumnsDoNotFit: see there.
            ValidationError: pydantic's, where the schema's own validation would refuse a row.
        """
        count = len(next(iter(columns.values()), ()))
        for name, column in columns.items():
            if len(column) != count or (isinstance(column, Written) and not self._allows(name, column)):
                raise ColumnsDoNotFit(
                    f"{self._schema.__name__}.{name}: {count} cells were expected, {_told(column)} came"
                )
        self._adapter.validate_python({name: _to_check(column) for name, column in columns.items()})
        parts: list[Texts | str] = []
        between = ""
        for name, column in columns.items():
            before, behind = column.around if isinstance(column, Written) else ("", "")
            parts += [f'{between}"{name}":{before}', self._texts_of(name, column)]
            between = f"{behind},"
        return joined(*parts, between.removesuffix(","))

    def _texts_of(self, name: str, column: Column) -> Texts:
        if isinstance(column, Written):
            return column.texts
        if isinstance(column, Few):
            return self._writers[name](column.cells).take(pa.array(column.rows))
        return self._writers[name](column)

    def _allows(self, name: str, column: Written) -> bool:
        kinds = self._kinds.get(name, ())
        return column.kind in kinds and (NoneType in kinds or not column.missing)


def _told(column: Column) -> str:
    kind = f" of {column.kind}{' or null' if column.missing else ''}" if isinstance(column, Written) else ""
    return f"{len(column)}{kind}"


def _to_check(column: Column) -> Any:
    """What is still to be asked of a column: its cells, and of lists that are written how many there are in each."""
    if isinstance(column, Few):
        return column.cells
    return [[None] * length for length in column.lengths] if isinstance(column, Written) else column


def _column_rule(field: FieldInfo) -> Any:
    schemas = any(_is_schema(part) for part in _parts_of(field.annotation))
    told: Any = list[None] if schemas else field.annotation
    rule: Any = GenericAlias(list, (Annotated[(told, *field.metadata)] if field.metadata else told,))
    return rule if field.is_required() else NotRequired[rule]


def _parts_of(annotation: Any) -> tuple[Any, ...]:
    """What a type is one of, without what is said beside."""
    if get_origin(annotation) in (Union, UnionType):
        return tuple(part for one in get_args(annotation) for part in _parts_of(one))
    return _parts_of(get_args(annotation)[0]) if get_origin(annotation) is Annotated else (annotation,)


def _is_schema(part: Any) -> bool:
    within = get_args(part)[0] if get_origin(part) is list else part
    return isinstance(within, type) and issubclass(within, BaseModel)


def _writer(parts: tuple[Any, ...]) -> Callable[[Cells], Texts]:
    types = {type(value) for part in parts for value in (get_args(part) if get_origin(part) is Literal else ())}
    types |= {part for part in parts if get_origin(part) is not Literal} - {NoneType}
    if types == {str}:
        return _quoted
    if types <= {int, float, bool}:
        return _numbers
    return _texts_or_numbers if types <= {str, int, float, bool} else _each


def _quoted(cells: Cells) -> Texts:
    plain = _encoded(cells)
    if _has_escapes(plain):
        return _each(cells)
    quoted = joined('"', plain, '"')
    return pc.fill_null(quoted, b"null") if quoted.null_count else quoted


def _has_escapes(plain: Texts) -> bool:
    """Whether any text has a letter that is written with an escape."""
    letters = np.frombuffer(plain.buffers()[2] or b"", dtype=np.uint8)
    return bool(((letters < 0x20) | (letters == ord('"')) | (letters == ord("\\"))).any())


def _numbers(cells: Cells) -> Texts:
    one = pa.array([to_json(cells)[1:-1]] if cells else [], pa.binary())
    return pc.list_flatten(pc.split_pattern(one, b","))


def _texts_or_numbers(cells: Cells) -> Texts:
    texts = [encode_basestring(cell) if isinstance(cell, str) else None for cell in cells]
    numbers = [None if isinstance(cell, str) else cell for cell in cells]
    return pc.coalesce(_encoded(texts), _numbers(numbers))


def _each(cells: Cells) -> Texts:
    return _encoded([encode_basestring(cell) if isinstance(cell, str) else to_json(cell).decode() for cell in cells])


def _encoded(texts: Sequence[str | None]) -> Texts:
    try:
        return pa.array(texts, pa.binary())
    except UnicodeEncodeError:  # half of a letter
        return pa.array([text and text.encode("utf-8", "surrogatepass") for text in texts], pa.binary())
