"""Which lines of a published list are asked for, and the cursor with which a page says where the next one begins."""

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from serving.errors import BadCursor
from serving.people.access import EVERYTHING, Sight


@dataclass(frozen=True)
class Which:
    """Lines of a list; as it stands all those of the newest one.

    Attributes:
        as_of: the evening; its newest run is meant. None: the newest list that was published; when the newest daily
            run failed since, in mode `last_queue`.
        sight: whose lines are seen; ranks stay those of the whole list, the figures are of what is seen.
        min_amount: overdue money in the reporting currency that a line has at least.
        collector: who is to call, by the id in the team; '' for nobody. segment: of the strategy.
        cursor: `next_cursor` of the page before; it stays with the run that gave it.
        limit: lines of this page; None: all of them.
    """

    as_of: date | None = None
    sight: Sight = EVERYTHING
    min_amount: Decimal | None = None
    collector: str | None = None
    segment: str | None = None
    cursor: str | None = None
    limit: int | None = None


NEWEST_LIST = Which()


def read_cursor(cursor: str) -> tuple[str, int]:
    """The run and the rank that a cursor names. Raises `BadCursor`."""
    try:
        run_id, rank = json.loads(base64.urlsafe_b64decode(cursor.encode("ascii") + b"=="))
        if not (
            isinstance(run_id, str)
            and run_id.isascii()
            and run_id.isprintable()
            and type(rank) is int
            and 0 < rank < 2**31
        ):
            raise ValueError
    except (ValueError, TypeError, binascii.Error, RecursionError):
        raise BadCursor(cursor) from None
    return run_id, rank


def cursor_of(run_id: str, rank: int) -> str:
    """The cursor of a page that ends with a rank of a run."""
    return base64.urlsafe_b64encode(json.dumps([run_id, rank]).encode()).decode().rstrip("=")
