"""What the activities of an account take and answer; codes and sense are checked in `serving.activities`."""

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from ledger.activity_codes import CHANNELS, HOLDS, OUTCOMES
from serving.activities import said
from serving.published.schemas import Day, Out


def _code(known: Sequence[str], description: str = "") -> Any:
    return Field(description=description, json_schema_extra={"enum": list(known)}, max_length=60)


def _said_as(pattern: str, expected: str) -> BeforeValidator:
    """Only text of this form: a number, a truth value or an instant is not read as something that it does not say."""

    def checked(value: object) -> object:
        if isinstance(value, str) and re.fullmatch(pattern, value, re.ASCII):
            return value
        raise PydanticCustomError("not_said_so", f"expected {expected}")

    return BeforeValidator(checked)


def _whole(value: object) -> object:
    if type(value) is int:
        return value
    raise PydanticCustomError("not_said_so", "expected a whole number, as in 6")


Text = Annotated[str, Field(max_length=said.MOST_CHARACTERS)]
Id = Annotated[str, Field(max_length=500)]
AMOUNT, DAY = r"[+-]?[0-9]{1,20}(\.[0-9]{1,20})?([eE][+-]?[0-9]{1,2})?", r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
Amount = Annotated[
    Decimal,
    Field(max_digits=20),
    _said_as(AMOUNT, 'an amount as text, as in "1200.50"'),
    WithJsonSchema({"type": "string", "pattern": f"^{AMOUNT}$", "description": "exact, as text"}),
]
Date = Annotated[date, _said_as(DAY, 'a day as text, as in "2026-03-31"')]
Minutes = Annotated[int, BeforeValidator(_whole)]
Currency = Annotated[str, Field(description="ISO 4217", max_length=3)]


class In(BaseModel):
    """A body sent to us: fields that it does not know are refused."""

    model_config = ConfigDict(extra="forbid")


class ContactIn(In):
    """One attempt to reach the customer."""

    kind: Literal["contact"]
    channel: str = _code(CHANNELS)
    outcome: str = _code(OUTCOMES)
    minutes: Minutes | None = Field(None, description="that it took")
    happened_on: Date | None = Field(None, description="default: today")

    def said(self) -> said.Said:
        return said.Contact(self.channel, self.outcome, self.minutes, self.happened_on)


class PromiseIn(In):
    """An amount promised by a day."""

    kind: Literal["promise"]
    amount: Amount
    currency: Currency
    promised_on: Date
    item_ids: list[Id] = Field(default=[], description="without any: all items in its currency", max_length=200)

    def said(self) -> said.Said:
        return said.Promise(self.amount, self.currency, self.promised_on, tuple(dict.fromkeys(self.item_ids)))


class DisputeIn(In):
    """A part of an item that the customer contests."""

    kind: Literal["dispute"]
    item_id: Id
    amount: Amount
    currency: Currency
    reason: Text
    owner: str = Field("", description="the department that it waits for", json_schema_extra={"enum": [*said.OWNERS]})
    due_on: Date | None = Field(None, description="by when the department is to answer")

    def said(self) -> said.Said:
        return said.Dispute(self.item_id, self.amount, self.currency, self.reason, self.owner, self.due_on)


class ResolutionIn(In):
    """How a dispute ended."""

    kind: Literal["resolution"]
    of: Id = Field(description="the activity that opened the dispute")
    outcome: str = _code(said.RESOLUTIONS)
    text: Text = ""

    def said(self) -> said.Said:
        return said.Resolution(self.of, self.outcome, self.text)


class CallbackIn(In):
    """An appointment to call."""

    kind: Literal["callback"]
    due_on: Date
    at: str = Field("", description="HH:MM, where the customer is", max_length=5)

    def said(self) -> said.Said:
        return said.Callback(self.due_on, self.at)


class HoldIn(In):
    """A reason not to call."""

    kind: Literal["hold"]
    why: str = _code([kind for kind in HOLDS if kind != "snooze"])
    reason: Text = ""
    until_on: Date | None = Field(None, description="first day on which it holds no more; default: open")

    def said(self) -> said.Said:
        return said.Hold(self.why, self.reason, self.until_on)


class SnoozeIn(In):
    """Put off until a day."""

    kind: Literal["snooze"]
    until_on: Date = Field(description="first day on which it may be called again")
    reason: Text

    def said(self) -> said.Said:
        return said.Snooze(self.until_on, self.reason)


class NoteIn(In):
    """What the next one should know."""

    kind: Literal["note"]
    text: Text

    def said(self) -> said.Said:
        return said.Note(self.text)


class ContestIn(In):
    """The list is wrong about the account."""

    kind: Literal["contest"]
    because: str = _code(said.CONTESTS, "the first three are held against what happens")
    text: Text = ""
    item_id: Id = ""

    def said(self) -> said.Said:
        return said.Contest(self.because, self.text, self.item_id)


class EscalationIn(In):
    """A manager is asked to look."""

    kind: Literal["escalation"]
    text: Text

    def said(self) -> said.Said:
        return said.Escalation(self.text)


ActivityIn = Annotated[
    ContactIn
    | PromiseIn
    | DisputeIn
    | ResolutionIn
    | CallbackIn
    | HoldIn
    | SnoozeIn
    | NoteIn
    | ContestIn
    | EscalationIn,
    Field(discriminator="kind"),
]


class UndoIn(In):
    """Why an activity is taken back."""

    reason: Text = ""


class UndoneOut(Out):
    """Who took an activity back, and when."""

    by: str
    at: str = Field(description="UTC, ISO 8601")


class ActivityOut(Out):
    """One activity, as it was recorded."""

    activity_id: str
    customer_id: str
    account_version: int = Field(description="of the account once it was recorded; quoted, it is the ETag", ge=1)
    kind: str
    said: dict[str, Any] = Field(description="the fields of its kind; what was not stated is left out")
    of: str | None = Field(description="the activity that it undoes or resolves")
    by: str
    recorded_at: str = Field(description="UTC, ISO 8601")
    known_on: Day = Field(description="the day from whose evening on lists and features know it")
    undone: UndoneOut | None


class ActivitiesOut(Out):
    """A page of what was recorded about an account, newest first."""

    customer_id: str
    account_version: int = Field(description="how many changes people made; 0: none", ge=0)
    items: list[ActivityOut]
    next_cursor: str | None


class SheetRowOut(Out):
    """What became of one row of a call sheet that was filled in; `line` is its row in the worksheet."""

    line: int
    customer_id: str = Field(description="as the row says it")
    status: Literal["recorded", "already_recorded", "conflict", "refused"]
    kinds: list[str] = Field(description="of the activities that it is")
    activity_ids: list[str] = Field(description="in the same order; of a row that was recorded before, those")
    code: str | None = Field(description="why it was not recorded, as problems are told; null where it was")
    field: str | None
    problem: str | None
    remedy: str | None


class CallSheetOut(Out):
    """What became of a call sheet: how many rows of each kind, and each row that was filled in."""

    recorded: int
    already_recorded: int
    conflict: int = Field(description="the account was changed by somebody since the sheet was written")
    refused: int
    blank: int = Field(description="rows without anything filled in")
    rows: list[SheetRowOut]
