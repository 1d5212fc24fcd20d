"""Imports over the API, field by field: how one stands, what it asks, how its files are read, what became of them."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from serving.imports.import_store import Stage, State
from serving.published.schemas import Out

Told = dict[str, Any]


class BroughtFileOut(Out):
    """A file that was brought."""

    name: str
    bytes: int
    sha256: str


class ProgressOut(Out):
    """How far a running import is; rows are an estimate, by the share of its steps."""

    step: Literal["reading", "checking", "comparing", "writing"]
    rows_done: int
    rows: int | None = Field(description="null until the files are read")
    seconds_left: int | None


class TurnOut(Out):
    """The import that has its turn now."""

    by: str
    files: str


class ImportChoiceOut(Out):
    """An answer that is given as `options: {option: value}`; of `columns` as a column's header."""

    option: str
    value: str
    label: str


class QuestionOut(Out):
    """What an import waits for; `code` is that of the refusal that it would have been, or `confirm`."""

    code: str
    title: str | None = Field(description="null where it quotes a cell that the reader may not see")
    why: str | None
    option: str | None = Field(description="the option that settles it; columns: which header a column is")
    column: str | None = Field(description="the canonical column that it is about")
    answers: list[ImportChoiceOut]
    may_leave_out: bool = Field(description="whether the column may be left unread instead")


class ImportProblemOut(Out):
    """Why an import was refused, or cannot go on yet."""

    code: str
    detail: str | None = Field(description="null where it may quote cells that the reader may not see")
    field: str | None
    remedy: str | None


class PreviewCellOut(Out):
    """A cell as it stands in the file, and as it is read; `problem` says why it is not believed."""

    cell: str
    value: str | None
    problem: str


class PreviewColumnOut(Out):
    """A header, and the column that it is read as; '' where nothing is read from it. `is_open`: not settled."""

    header: str
    read_as: str
    cells: list[PreviewCellOut] = Field(description="of the first rows; empty for who may not see them")
    is_open: bool


class PreviewTableOut(Out):
    """One table of a file; `role` is '' where its headers do not tell what it holds."""

    file: str
    sheet: str
    role: str
    rows: int
    columns: list[PreviewColumnOut]


class ImportOut(Out):
    """One import: it is uploaded, asks, runs, and ends as done, refused or failed."""

    id: str
    state: State
    stage: Stage = Field(description="check: nothing is loaded at its next turn; load")
    by: str
    via: Literal["page", "api", "command"]
    created_at: str
    started_at: str | None
    ended_at: str | None
    files: list[BroughtFileOut]
    mapping: str | None
    options: dict[str, str]
    progress: ProgressOut | None
    waits_for: TurnOut | None
    question: QuestionOut | None
    problem: ImportProblemOut | None
    preview: list[PreviewTableOut] | None = Field(description="how the files are read; null in lists")
    report: Told | None = Field(
        description="the account of every row, as `payrisk import --json` gives it but for the rows themselves; of an "
        "import that is only checked, what it would be. Beside it `seconds`, the `scorecard`, and what is `open`"
    )
    ledger_version: int | None = Field(description="of the ledger that it made; null where nothing was new, or loaded")


class ImportsOut(Out):
    """A page of the imports, those that came last first."""

    items: list[ImportOut]
    next_cursor: str | None = Field(description="give it as cursor for the next page; null on the last one")


class SetAsideRowOut(Out):
    """A row that was set aside: what was seen, and why it is not believed."""

    file: str
    row: int
    line: int
    invoice_id: str
    column: str
    value: str
    reason: str
    sentence: str


class QuarantineOut(Out):
    """A page of the rows that were set aside, in the order of the files."""

    items: list[SetAsideRowOut]
    next_cursor: int | None


class AnswerIn(BaseModel):
    """An answer to an import that asks: any of these, and at least one."""

    model_config = ConfigDict(extra="forbid")

    options: dict[str, str] = Field(default_factory=dict, description="option → word, as in the question")
    columns: Annotated[dict[str, str], Field(max_length=100)] | None = Field(
        None, description="canonical column → header, all that are read; it is saved as a mapping (`save_as`)"
    )
    save_as: str = Field("", max_length=60, description="the name of the new mapping")
    go: bool = Field(False, description="import it now")
    withdraw: bool = Field(False, description="forget it; nothing is imported")
