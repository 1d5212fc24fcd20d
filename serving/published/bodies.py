"""Bodies: what a run says of each account, written as JSON once and read again only where somebody asks.

The text is what is hashed, staged and stored, so it is made one time, and a run of many accounts holds no tree of
objects for each of them.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, overload

from pydantic_core import PydanticSerializationError, from_json, to_json

from ledger.database import JsonText

Json = dict[str, Any]

T = TypeVar("T")


class MadeWhenRead(Sequence[T]):
    """As many things as there are, each made anew whenever it is read, so that they are never all there at once."""

    def __init__(self, count: int, make: Callable[[int], T]) -> None:
        self._rows, self._make = range(count), make

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, at: int) -> T: ...

    @overload
    def __getitem__(self, at: slice) -> list[T]: ...

    def __getitem__(self, at: int | slice) -> T | list[T]:
        return [self._make(row) for row in self._rows[at]] if isinstance(at, slice) else self._make(self._rows[at])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]  # as of a list


@dataclass(frozen=True)
class Bodies(Sequence[Json]):
    """Bodies with a `customer_id` each, in order; every one that is read is read from its text anew.

    Attributes:
        customer_ids: of each, shape (n,); texts: each as JSON, in UTF-8.
    """

    customer_ids: tuple[str, ...] = ()
    texts: Sequence[bytes] = ()

    @classmethod
    def of(cls, bodies: Iterable[Json]) -> "Bodies":
        """These bodies, each written and let go before the next is asked for."""
        written = [(str(body["customer_id"]), json_bytes(body)) for body in bodies]
        return cls(tuple(customer_id for customer_id, _ in written), tuple(text for _, text in written))

    def __len__(self) -> int:
        return len(self.texts)

    @overload
    def __getitem__(self, at: int) -> Json: ...

    @overload
    def __getitem__(self, at: slice) -> list[Json]: ...

    def __getitem__(self, at: int | slice) -> Json | list[Json]:
        return [json.loads(text) for text in self.texts[at]] if isinstance(at, slice) else json.loads(self.texts[at])

    def __iter__(self) -> Iterator[Json]:
        return map(json.loads, self.texts)


def json_text(value: object) -> JsonText:
    """A value as JSON, the same for equal values whose keys stand in the same order.

    >>> json_text({"amount": "1.10", "share": 0.5, "name": "Ümit"})
    '{"amount":"1.10","share":0.5,"name":"Ümit"}'
    """
    return JsonText(json_bytes(value).decode())


def json_bytes(value: object) -> bytes:
    """The same in UTF-8."""
    try:
        return to_json(value)
    except PydanticSerializationError:  # a lone surrogate of a broken file has no UTF-8
        return json.dumps(value, allow_nan=False).encode()


def read_json(told: bytes) -> Any:
    """What such JSON says, in two thirds of the time that `json` takes for a list of some hundred lines.

    >>> read_json(json_bytes({"share": 0.1, "name": "Ümit"})), read_json(b'"\\ud800"') == chr(0xD800)
    ({'share': 0.1, 'name': 'Ümit'}, True)
    """
    try:
        return from_json(told)
    except ValueError:  # half of a letter, as above
        return json.loads(told)
