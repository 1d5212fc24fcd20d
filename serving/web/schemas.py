"""What every route can answer: an error."""

from pydantic import BaseModel, Field


class ProblemOut(BaseModel):
    """An error (RFC 9457): what happened, where, and the way out. `code` is stable."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    field: str | None = None
    remedy: str | None = None


class ConflictOut(ProblemOut):
    """Somebody else changed the account first: who, what, when, and the version that it is at."""

    changed_by: str | None
    changed: str | None = Field(description="the kind of the last activity")
    changed_at: str | None = Field(description="UTC, ISO 8601")
    account_version: int
