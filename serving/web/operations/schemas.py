"""What the people who run payrisk are told: whether it is alive and ready, and how the daily runs went."""

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from serving.morning.run_log import State
from serving.published.schemas import Day, Out


class HealthOut(Out):
    """The process answers."""

    status: Literal["ok"]


class ReadyOut(Out):
    """The database answers with the tables of this version, and a list is published."""

    status: Literal["ready"]


class DailyRunOut(Out):
    """One daily run, planned once; an interrupted one goes on as the next attempt."""

    id: str
    as_of: Day
    state: State = Field(
        description="running: under way or interrupted; given_up: interrupted, and another was planned"
    )
    reason: str | None = Field(description="why it failed; null where it did not")
    attempt: int = Field(ge=1)
    ledger_version: int = Field(description="the ledger is read as it stood after so many imports")
    planned_at: str = Field(description="UTC, ISO 8601; its list was published as of this instant")
    asked_by: str | None = Field(
        None, description="the person, or the account that commands run under; null before that was kept"
    )
    steps_done: list[str] = Field(description="of planned, ingested, validated, staged, published, reported")


class DailyRunsOut(Out):
    """A page of the daily runs, those planned last first."""

    items: list[DailyRunOut]
    next_cursor: str | None = Field(description="give it as cursor for the next page; null on the last one")


class AuditEntryOut(Out):
    """One change: who did what to what, and its place in the chain."""

    seq: int = Field(ge=1)
    actor: str = Field(description="the person or machine; `console` of a command")
    role: str
    at: str = Field(description="UTC, ISO 8601")
    action: str
    object: str
    before: str = Field(description="SHA-256 of what stood there; empty for nothing")
    after: str = Field(description="SHA-256 of what stands there since; empty for nothing")
    request_id: str
    prev_hash: str
    hash: str


class AuditOut(Out):
    """A page of the audit log, the newest entry first."""

    items: list[AuditEntryOut]
    next_cursor: int | None = Field(description="give it as cursor for the next page; null on the last one")


class RunIn(BaseModel):
    """Which evening's list is to be made."""

    model_config = ConfigDict(extra="forbid")

    as_of: date | None = Field(None, description="default: the newest evening that the ledger knows")


class RunStartedOut(Out):
    """A daily run that was started, or whose list stands already."""

    state: Literal["running", "stands", "published"] = Field(
        description="running: under way, follow it at run; stands: the list would be made the same, nothing was done"
    )
    id: str = Field(description="of the run; the same inputs have the same id")
    run: str | None = Field(description="its address; null where the list that stands was made by no daily run")
