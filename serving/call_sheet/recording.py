"""What a call sheet says, recorded: each row by itself, once, and every row accounted for.

A row is recorded on the version of the account that the sheet was written at. What stands in the journal since then in
the same words by the same person is that row, imported before: it is not recorded again, however often and in whatever
order a sheet comes back. Anything else since then is somebody's change, and the row is a conflict.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from ledger.errors import AmountPrecision, AmountTooLarge, PayriskError, UnknownCurrency
from ledger.neutral import neutral, neutral_in_csv
from serving.activities.errors import AccountChanged, BadActivity, StillRunning
from serving.activities.people import Actor
from serving.activities.recording import Asked, Recorder, open_of
from serving.activities.said import Said
from serving.call_sheet.layout import RowKey
from serving.call_sheet.rows import SheetRow
from serving.call_sheet.saying import Reader
from serving.errors import UnknownAccount
from serving.etags import etag
from serving.people.access import EVERYTHING, Sight

Json = dict[str, Any]
Status = Literal["recorded", "already_recorded", "conflict", "refused"]

STATUSES: tuple[Status, ...] = ("recorded", "already_recorded", "conflict", "refused")
ROUTE = "POST call sheet"
"""What the idempotency keys of rows belong to."""

OF_THE_ROW = (
    BadActivity, AccountChanged, UnknownAccount, UnknownCurrency, AmountPrecision, AmountTooLarge, StillRunning,
)  # fmt: skip
"""What is wrong with one row; anything else, such as a database that does not answer, stops the sheet."""

CONFLICT_REMEDY = "Look at the account; if the row still holds, record it there, or fill it into a new sheet."


@dataclass(frozen=True)
class RowResult:
    """What became of a row that was filled in.

    Attributes:
        line: of the worksheet. kinds, activity_ids: what it was recorded as, or had been before.
        code, field, problem, remedy: why it was not, as errors are told; None where it was.
    """

    line: int
    customer_id: str
    status: Status
    kinds: tuple[str, ...] = ()
    activity_ids: tuple[str, ...] = ()
    code: str | None = None
    field: str | None = None
    problem: str | None = None
    remedy: str | None = None

    @classmethod
    def of_error(cls, row: SheetRow, customer_id: str, error: PayriskError) -> "RowResult":
        """A row that an error kept from being recorded."""
        changed = isinstance(error, AccountChanged)
        remedy = CONFLICT_REMEDY if changed else error.remedy or "Correct the cell, and import the sheet again."
        status: Status = "conflict" if changed else "refused"
        return cls(row.line, customer_id, status, code=error.code, field=error.field, problem=str(error), remedy=remedy)


@dataclass(frozen=True)
class SheetReport:
    """What became of a sheet: of each row that was filled in, and how many were left blank."""

    rows: tuple[RowResult, ...]
    blank: int

    @property
    def counts(self) -> Counter[str]:
        """How many rows have each status."""
        return Counter(row.status for row in self.rows)

    @property
    def is_whole(self) -> bool:
        """Whether every filled row is recorded."""
        return not (self.counts["refused"] or self.counts["conflict"])

    def to_json(self) -> Json:
        """As the API and the command say it."""
        counts = self.counts
        rows = [asdict(row) | {"kinds": list(row.kinds), "activity_ids": list(row.activity_ids)} for row in self.rows]
        return {**{status: counts[status] for status in STATUSES}, "blank": self.blank, "rows": rows}


def record_sheet(
    recorder: Recorder, rows: Sequence[SheetRow], by: Actor, *, sight: Sight = EVERYTHING, request_id: str = ""
) -> SheetReport:
    """Record the rows of a sheet in their order; one that cannot be recorded stops no other.

    Args:
        by: who says so; sight: whose accounts they see, others are unknown.

    Raises what the database says; what was recorded until then stays, and the sheet can be imported again.
    """
    filled = [row for row in rows if not row.is_blank]
    sheet = _Sheet(recorder, Reader.of(filled, recorder.day()), by, sight, request_id)
    return SheetReport(tuple(sheet.take(row) for row in filled), len(rows) - len(filled))


class _Sheet:
    """One sheet on its way in."""

    def __init__(self, recorder: Recorder, reader: Reader, by: Actor, sight: Sight, request_id: str) -> None:
        self.recorder, self.reader, self.by, self.sight, self.request_id = recorder, reader, by, sight, request_id
        # Rows of one account follow each other: what the first of them did is no change by somebody else.
        self.reached: dict[RowKey, int] = {}

    def take(self, row: SheetRow) -> RowResult:
        key = RowKey.read(row.key)
        customer_id = key.customer_id if key else row.account
        try:
            if key is None:
                raise _no_key(row)
            if row.account and row.account not in _spellings(key.customer_id):
                raise _mixed_up(row, key)
            return self._recorded(row, key, self._said(row, key.customer_id))
        except OF_THE_ROW as error:
            return RowResult.of_error(row, customer_id, error)

    def _said(self, row: SheetRow, customer_id: str) -> list[Said]:
        body = self.recorder.desk.account(customer_id, sight=self.sight)
        return self.reader.said(row, open_of(body), body["open"]["currency"])

    def _recorded(self, row: SheetRow, key: RowKey, said: Sequence[Said]) -> RowResult:
        since = self.recorder.after(key.customer_id, key.version)
        found = {at: old for at, one in enumerate(said) if (old := self._told(one, since)) is not None}
        missing = [at for at in range(len(said)) if at not in found]
        if missing:
            found |= zip(missing, self._record(key, [said[at] for at in missing], found.values()), strict=True)
        self.reached[key] = max(one["account_version"] for one in found.values())
        ids = tuple(str(found[at]["activity_id"]) for at in sorted(found))
        status: Status = "recorded" if missing else "already_recorded"
        return RowResult(row.line, key.customer_id, status, tuple(one.kind for one in said), ids)

    def _record(self, key: RowKey, said: Sequence[Said], found: Iterable[Json]) -> list[Json]:
        on = max([self.reached.get(key, key.version), *(one["account_version"] for one in found)])
        told = json.dumps([str(key), *((one.kind, one.as_json()) for one in said)], sort_keys=True)
        named = hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()
        asked = Asked(self.by, etag(on), named, ROUTE, self.request_id)
        return self.recorder.record_all(key.customer_id, said, asked)

    def _told(self, said: Said, since: Iterable[Json]) -> Json | None:
        """What was recorded since in the same words by the same person."""
        return next((old for old in since if self._is(said, old)), None)

    def _is(self, said: Said, old: Json) -> bool:
        return bool(old["by"] == self.by.person_id and old["kind"] == said.kind and old["said"] == said.as_json())


def _spellings(customer_id: str) -> Iterable[str]:
    """How an account's cell may look: as it is, or made harmless for a spreadsheet."""
    return customer_id, neutral(customer_id), neutral_in_csv(customer_id)


def _no_key(row: SheetRow) -> BadActivity:
    error = BadActivity(
        "no_row_key", "row", "It does not say whom it is about: its hidden cell is gone or was changed."
    )
    error.remedy = "Fill it into a new sheet: payrisk queue --xlsx FILE"
    return error


def _mixed_up(row: SheetRow, key: RowKey) -> BadActivity:
    told = f'It shows the account "{row.account[:60]}" and was written for "{key.customer_id[:60]}".'
    error = BadActivity("row_mixed_up", "account", f"{told} Some columns were sorted without the others.")
    error.remedy = "Undo the sorting, or fill it into a new sheet: payrisk queue --xlsx FILE"
    return error
