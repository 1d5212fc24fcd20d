"""Imports in SQL: who brought which files, what was said about them, the state of each, and what became of it.

An import is taken by one worker (`take_next`), which alone writes it while it is running.
"""

import hashlib
import json
from collections.abc import Callable, Container, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa

from ledger.database import storable, told, writing
from serving.audit.audit_store import append, take_turn
from serving.audit.chain import Change
from serving.published.bodies import Json
from serving.published.store import ServingStore

State = Literal["uploaded", "asking", "running", "done", "refused", "failed"]
"""uploaded: waits for its turn; asking: waits for a person; refused: nothing of it was kept, for a reason; failed: by a
fault of ours, or because its process ended."""

Stage = Literal["check", "load"]
"""What is done at its next turn: everything but the loading, or all of it."""

REPORT_LOST: Json = {
    "code": "report_lost",
    "detail": "It was imported; its process ended before the report was written.",
    "field": None,
    "remedy": "Import the files again for a report: nothing counts twice.",
}
"""What is said of an import that the ledger accepted, and of which nothing more is known."""

Keep = Callable[[sa.Connection], object]
"""Keeps something of a change in its transaction, once it is made."""


def nothing(_: sa.Connection) -> None:
    """Keeps nothing."""


OPEN: tuple[State, ...] = ("uploaded", "asking", "running")

imports_metadata = sa.MetaData()

file_imports = sa.Table(
    "file_imports",
    imports_metadata,
    sa.Column("import_id", sa.Text, primary_key=True),
    sa.Column("sequence", sa.Integer, nullable=False, unique=True),  # the order in which they came
    sa.Column("state", sa.Text, nullable=False, index=True),
    sa.Column("stage", sa.Text, nullable=False),
    sa.Column("person_id", sa.Text, nullable=False),
    sa.Column("person_name", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("via", sa.Text, nullable=False),  # page, api or command
    sa.Column("request_id", sa.Text, nullable=False),
    sa.Column("asked", sa.JSON, nullable=False),
    sa.Column("files", sa.JSON, nullable=False),
    sa.Column("created_at", sa.Text, nullable=False),  # UTC, ISO 8601, as all instants here
    sa.Column("started_at", sa.Text, nullable=True),  # of its last turn
    sa.Column("ended_at", sa.Text, nullable=True),
    sa.Column("question", sa.JSON(none_as_null=True), nullable=True),
    sa.Column("problem", sa.JSON(none_as_null=True), nullable=True),
    sa.Column("preview", sa.JSON(none_as_null=True), nullable=True),
    sa.Column("report", sa.JSON(none_as_null=True), nullable=True),
    sa.Column("ledger_version", sa.Integer, nullable=True),  # set in the transaction in which the ledger accepts it
)

_NAMES = tuple(column.name for column in file_imports.columns)


@dataclass(frozen=True)
class FileImport:
    """One import as it is kept; `asked` is an `Asked`, `files` have name, bytes and sha256."""

    import_id: str
    person_id: str
    person_name: str
    role: str
    via: str
    asked: Json
    files: list[Json]
    created_at: str
    request_id: str = ""
    state: State = "uploaded"
    stage: Stage = "load"
    sequence: int = 0
    started_at: str | None = None
    ended_at: str | None = None
    question: Json | None = None
    problem: Json | None = None
    preview: list[Json] | None = None
    report: Json | None = None
    ledger_version: int | None = None

    @property
    def version(self) -> str:
        """Another one whenever it stands otherwise, or asks something else."""
        said = json.dumps([self.state, self.stage, self.asked, self.question, self.problem, self.started_at])
        return hashlib.sha256(said.encode()).hexdigest()[:16]

    @property
    def names(self) -> str:
        """Its files by name."""
        return ", ".join(file["name"] for file in self.files)


def forget_rows(connection: sa.Connection) -> None:
    """Forget of every import that ended what may name anybody: its first rows that are shown, what it asked, and the
    sentence that it was refused with."""
    ended = file_imports.c.state.not_in(OPEN)
    connection.execute(sa.update(file_imports).where(ended).values(preview=sa.null(), question=sa.null()))
    refused = sa.select(file_imports.c.import_id, file_imports.c.problem).where(
        ended, file_imports.c.problem.is_not(None)
    )
    for import_id, problem in connection.execute(refused).all():
        this = sa.update(file_imports).where(file_imports.c.import_id == import_id)
        connection.execute(this.values(problem={**problem, "detail": None}))


class ImportStore:
    """The imports recorded beside the published lists."""

    def __init__(self, store: ServingStore) -> None:
        self.engine, self.url = store.engine, store.url

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """One transaction that writes, and in which the audit log may be appended to."""
        with told(self.url), writing(self.engine) as connection:
            take_turn(connection)
            yield connection

    def add(self, connection: sa.Connection, one: FileImport) -> FileImport:
        """Keep a new import, in the caller's transaction (`writing`)."""
        newest = connection.execute(sa.select(sa.func.coalesce(sa.func.max(file_imports.c.sequence), 0))).scalar_one()
        row = {name: getattr(one, name) for name in _NAMES} | {"sequence": int(newest) + 1}
        connection.execute(sa.insert(file_imports).values(row))
        return _read(row)

    def read(self, connection: sa.Connection, import_id: str) -> FileImport | None:
        """The import of an id, in the caller's transaction; None where there is none."""
        wanted = sa.select(file_imports).where(file_imports.c.import_id == storable(import_id))
        row = connection.execute(wanted).mappings().one_or_none()
        return None if row is None else _read(row)

    def one(self, import_id: str) -> FileImport | None:
        """The import of an id; None where there is none."""
        found = self._some(sa.select(file_imports).where(file_imports.c.import_id == storable(import_id)))
        return found[0] if found else None

    def newest(self, count: int, before: str | None = None) -> list[FileImport]:
        """The imports that came last, the newest first; with `before` those that came before that one."""
        wanted = sa.select(file_imports).order_by(file_imports.c.sequence.desc()).limit(count)
        if before is not None:
            that = sa.select(file_imports.c.sequence).where(file_imports.c.import_id == storable(before))
            wanted = wanted.where(file_imports.c.sequence < that.scalar_subquery())
        return self._some(wanted)

    def in_state(self, *states: State) -> list[FileImport]:
        """The imports in one of these states, the oldest first."""
        wanted = sa.select(file_imports).where(file_imports.c.state.in_(states)).order_by(file_imports.c.sequence)
        return self._some(wanted)

    def since(self, instant: str) -> list[FileImport]:
        """The imports that came since an instant."""
        return self._some(sa.select(file_imports).where(file_imports.c.created_at >= instant))

    def ids(self) -> frozenset[str]:
        """The ids of all imports."""
        with told(self.url), self.engine.connect() as connection:
            return frozenset(connection.execute(sa.select(file_imports.c.import_id)).scalars())

    def take_next(self, now: str, here: Container[str]) -> FileImport | None:
        """The import that has waited longest, running from now on; None where none waits.

        Args:
            here: the imports whose files are here; those of other machines are theirs.
        """
        waiting = sa.select(file_imports).where(file_imports.c.state == "uploaded").order_by(file_imports.c.sequence)
        with self.writing() as connection:
            rows = connection.execute(waiting).mappings()
            row = next((one for one in rows if one["import_id"] in here), None)
            if row is None:
                return None
            taken = {"state": "running", "started_at": now, "question": None, "problem": None}
            self.change(connection, row["import_id"], "uploaded", **taken)
            return _read({**row, **taken})

    def change(self, connection: sa.Connection, import_id: str, was: State, /, **values: Any) -> bool:
        """Set values of an import, if it still is in the state it was in; whether it was."""
        still = (file_imports.c.import_id == import_id) & (file_imports.c.state == was)
        return connection.execute(sa.update(file_imports).where(still).values(values)).rowcount == 1

    def ask(self, import_id: str, **values: Any) -> None:
        """Have a running import wait for a person."""
        with self.writing() as connection:
            self.change(connection, import_id, "running", state="asking", **values)

    def end(
        self, one: FileImport, state: State, now: str, *, was: State = "running", keep: Keep = nothing, **values: Any
    ) -> bool:
        """End an import, with its entry in the audit log (unless the ledger's acceptance made it); whether it ended."""
        with self.writing() as connection:
            ended = self.change(connection, one.import_id, was, state=state, ended_at=now, **values)
            if ended and one.ledger_version is None:
                enter(connection, one, state, now)
            if ended:
                keep(connection)
        return ended

    def _some(self, wanted: "sa.Select[Any]") -> list[FileImport]:
        with told(self.url), self.engine.connect() as connection:
            return [_read(row) for row in connection.execute(wanted).mappings()]


def enter(connection: sa.Connection, one: FileImport, what: str, now: str) -> None:
    """The entry of an import in the audit log, in the caller's transaction; what was brought is told by its hash."""
    brought = hashlib.sha256("\n".join(file["sha256"] for file in one.files).encode()).hexdigest()
    change = Change(
        actor=one.person_id, role=one.role, at=now, action=f"import.{what}", object=f"imports/{one.import_id}",
        before="", after=brought, request_id=one.request_id,
    )  # fmt: skip
    append(connection, change)


def _read(row: Any) -> FileImport:
    return FileImport(**{name: row[name] for name in _NAMES})
