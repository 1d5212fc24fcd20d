"""Serving's own tables: the published runs, their lines and their accounts, as the JSON that was validated once.
Beside them lies what `serving.morning.run_log` records of daily runs.

A run appears whole or not at all: one transaction writes it. Nothing is computed here.
"""

import json
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

import sqlalchemy as sa

from ledger.database import JsonText, Written, open_engine, rows_as_given, shown, storable, told, writing, written
from ledger.money import EXPONENT
from ledger.personal import ERASING, names_left_out
from serving.at_a_time import at_a_time
from serving.listing.listed_before import NOTHING_BEFORE, ListedBefore
from serving.listing.standing import Standing
from serving.published.bodies import Json, json_text
from serving.published.queue_run import QueueRun
from serving.trials.decision_log import insert_decisions

serving_metadata = sa.MetaData()

runs = sa.Table(
    "queue_runs",
    serving_metadata,
    sa.Column("run_id", sa.Text, primary_key=True),
    sa.Column("as_of", sa.Date, nullable=False),
    sa.Column("mode", sa.Text, nullable=False),
    sa.Column("model_version", sa.Text, nullable=True),
    sa.Column("ledger_version", sa.Integer, nullable=False),
    sa.Column("published_at", sa.Text, nullable=False),  # UTC, ISO 8601 to the second: sorts as it reads
    sa.Column("sequence", sa.Integer, nullable=False, unique=True),  # the order of publishing, within one second too
    sa.Column("head", sa.JSON, nullable=False),
    sa.Column("inputs", sa.JSON(none_as_null=True), nullable=True),  # None in runs of an older payrisk
    sa.Index("queue_runs_by_day", "as_of", "sequence"),
)

lines = sa.Table(
    "queue_lines",
    serving_metadata,
    sa.Column("run_id", sa.Text, sa.ForeignKey(runs.c.run_id, ondelete="CASCADE"), primary_key=True),
    sa.Column("rank", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("customer_id", sa.Text, nullable=False),
    sa.Column("overdue_minor", sa.BigInteger, nullable=True),  # reporting currency; null where no rate leads there
    sa.Column("body", sa.JSON, nullable=False),
    sa.Column("collector", sa.Text, nullable=True),  # '' for nobody; null, seen by no collector: by an older payrisk
)

accounts = sa.Table(
    "queue_accounts",
    serving_metadata,
    sa.Column("run_id", sa.Text, sa.ForeignKey(runs.c.run_id, ondelete="CASCADE"), primary_key=True),
    sa.Column("customer_id", sa.Text, primary_key=True),
    sa.Column("body", sa.JSON, nullable=False),
)

reports = sa.Table(
    "queue_reports",
    serving_metadata,
    sa.Column("run_id", sa.Text, sa.ForeignKey(runs.c.run_id, ondelete="CASCADE"), primary_key=True),
    sa.Column("report", sa.Text, primary_key=True),
    sa.Column("body", sa.JSON, nullable=False),
)
"""Read by `serving.reports.stored`; runs published before there were reports have none."""

daily_runs = sa.Table(
    "daily_runs",
    serving_metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("sequence", sa.Integer, nullable=False, unique=True),  # the order of planning
    sa.Column("as_of", sa.Date, nullable=False),
    sa.Column("plan", sa.JSON, nullable=False),
    sa.Column("attempt", sa.Integer, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=True),
    sa.Column("queue_sequence", sa.Integer, nullable=True),  # of the newest list published when the run failed
)

daily_steps = sa.Table(
    "daily_steps",
    serving_metadata,
    sa.Column("key", sa.Text, sa.ForeignKey(daily_runs.c.key, ondelete="CASCADE"), primary_key=True),
    sa.Column("step", sa.Text, primary_key=True),
    sa.Column("output_hash", sa.Text, nullable=False),
)

ONE_RUN = sa.select(runs.c.run_id, runs.c.as_of, runs.c.head, runs.c.sequence, ERASING.label("erasing"))
NEWEST = ONE_RUN.order_by(runs.c.as_of.desc(), runs.c.sequence.desc()).limit(1)
"""The run published last for the newest evening."""

ROWS_AT_ONCE = 1_000


@dataclass(frozen=True)
class PublishedRun:
    """A run as a reader finds it: its id, its evening, and the head of its body.

    Attributes:
        state: another text when the run was published again since, or anybody was erased: what was kept of it may tell
            then what its lines tell no more.
    """

    run_id: str
    as_of: date
    head: Json
    state: str

    @classmethod
    def of(cls, row: "sa.Row[Any]") -> "PublishedRun":
        """A row of `ONE_RUN`."""
        return cls(row.run_id, row.as_of, row.head, f"{row.sequence} {row.erasing}")


StoredLine = tuple[int, bytes]
"""Rank and body of a line, the body as the JSON that was stored, in UTF-8."""


class ServingStore:
    """Published runs behind a database URL; SQLite and PostgreSQL."""

    def __init__(self, url: str) -> None:
        self.engine = open_engine(url)
        self.url = shown(url)
        self._in_bytes = self.engine.dialect.name == "sqlite"

    def written(self) -> Written | None:
        """How far the database is written, without asking it; see `ledger.database.written`."""
        return written(self.engine)

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A connection to read from, for what stands beside the lists."""
        with told(self.url), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """One transaction that writes, for what stands beside the lists."""
        with told(self.url), writing(self.engine) as connection:
            yield connection

    def publish(self, run: QueueRun, *, also: Callable[[sa.Connection], object] = lambda _: None) -> None:
        """Make the run the newest of its evening, in one transaction.

        The same run published again takes the place of its earlier copy. Readers keep what they had until the end.

        Args:
            also: what is to be written in the same transaction; when it fails, nothing is published.
        """
        with told(self.url), writing(self.engine) as connection:
            if connection.dialect.name == "postgresql":  # one publisher at a time; readers are not stopped
                connection.execute(sa.text("LOCK TABLE queue_runs IN SHARE ROW EXCLUSIVE MODE"))
            # Before its earlier copy goes, so that the new one has another place.
            newest = connection.execute(sa.select(sa.func.coalesce(sa.func.max(runs.c.sequence), 0))).scalar_one()
            connection.execute(sa.delete(runs).where(runs.c.run_id == run.run_id))
            connection.execute(sa.insert(runs).values(_run_row(run, int(newest) + 1)))
            for table, rows in ((lines, _line_rows(run)), (reports, _report_rows(run))):
                for some in at_a_time(rows, ROWS_AT_ONCE):
                    connection.execute(sa.insert(table), some)
            _insert_accounts(connection, run)
            insert_decisions(connection, run.decided)
            self._leave_names_out(connection, run)
            also(connection)

    def _leave_names_out(self, connection: sa.Connection, run: QueueRun) -> None:
        """That a run which was being made while a person was erased does not bring the name back."""
        if gone := names_left_out(connection).intersection(run.accounts.customer_ids):
            from serving.published.erased_lists import erase_published  # it changes the tables of this store

            for customer_id in sorted(gone):
                erase_published(connection, customer_id, [], [run.run_id])

    def modes(self, until: date, limit: int = 30) -> list[str]:
        """The modes of the lists published last for the evenings up to `until`, the newest evening first."""
        return [
            str(run.head["mode"]) for day in self.evenings(limit, until) if (run := self.newest_run(day)) is not None
        ]

    def newest_run(self, as_of: date | None = None) -> PublishedRun | None:
        """The run published last for this evening, or for the newest evening there is; None when there is none."""
        return self._one_run(NEWEST if as_of is None else NEWEST.where(runs.c.as_of == as_of))

    def listed_before(self, as_of: date) -> ListedBefore:
        """The newest list of an earlier evening; nobody where there is none."""
        wanted = sa.select(runs.c.run_id).where(runs.c.as_of < as_of)
        wanted = wanted.order_by(runs.c.as_of.desc(), runs.c.sequence.desc()).limit(1)
        with told(self.url), self.engine.connect() as connection:
            run_id = connection.execute(wanted).scalar_one_or_none()
        return NOTHING_BEFORE if run_id is None else self.listed_in(run_id)

    def listed_in(self, run_id: str) -> ListedBefore:
        """Who stands on a published list; nobody for a run that is not there."""
        with told(self.url), self.engine.connect() as connection:
            customers = connection.execute(sa.select(lines.c.customer_id).where(lines.c.run_id == run_id)).scalars()
            return ListedBefore(run_id, frozenset(customers))

    def inputs(self, run_id: str) -> Json | None:
        """What a run was made of (`serving.published.inputs`); None where it was not kept."""
        with told(self.url), self.engine.connect() as connection:
            return connection.execute(sa.select(runs.c.inputs).where(runs.c.run_id == run_id)).scalar_one_or_none()

    def customers_of(self, run_id: str) -> list[str]:
        """The ids of every account of a run, sorted."""
        wanted = sa.select(accounts.c.customer_id).where(accounts.c.run_id == run_id).order_by(accounts.c.customer_id)
        with told(self.url), self.engine.connect() as connection:
            return list(connection.execute(wanted).scalars())

    def accounts(self, run_id: str) -> list[Json]:
        """Every account of a run, by `customer_id`."""
        wanted = sa.select(accounts.c.body).where(accounts.c.run_id == run_id).order_by(accounts.c.customer_id)
        with told(self.url), self.engine.connect() as connection:
            return list(connection.execute(wanted).scalars())

    def accounts_standing(self, run_id: str, standing: Standing) -> list[Json]:
        """The accounts of a run with this standing, by `customer_id`."""
        told_standing = accounts.c.body["standing"].as_string()
        wanted = sa.select(accounts.c.body).where(accounts.c.run_id == run_id, told_standing == standing)
        with told(self.url), self.engine.connect() as connection:
            return list(connection.execute(wanted.order_by(accounts.c.customer_id)).scalars())

    def promises(self, run_id: str, *, listed: bool) -> list[tuple[str, str, list[Json]]]:
        """Customer, collector and promises of each account of a run that has any; only of those `listed` on it."""
        told_promises, collector = accounts.c.body["promises"], accounts.c.body["collector"].as_string()
        wanted = sa.select(accounts.c.customer_id, collector, told_promises).where(accounts.c.run_id == run_id)
        if listed:
            on_list = (lines.c.run_id == accounts.c.run_id) & (lines.c.customer_id == accounts.c.customer_id)
            wanted = wanted.join(lines, on_list)
        with told(self.url), self.engine.connect() as connection:
            rows = connection.execute(wanted).all()
        return [(customer_id, owner or "", promises) for customer_id, owner, promises in rows if promises]

    def run(self, run_id: str) -> PublishedRun | None:
        """A published run by its id."""
        return self._one_run(ONE_RUN.where(runs.c.run_id == run_id))

    def evenings(self, limit: int = 60, until: date | None = None) -> list[date]:
        """The evenings (up to `until`) that have a published run, newest first."""
        wanted = sa.select(runs.c.as_of).distinct().order_by(runs.c.as_of.desc()).limit(limit)
        if until is not None:
            wanted = wanted.where(runs.c.as_of <= until)
        with told(self.url), self.engine.connect() as connection:
            return list(connection.execute(wanted).scalars())

    def lines(self, run_id: str, collectors: Collection[str] | None = None) -> list[Json]:
        """All lines of a run, or only those of some collectors, in order."""
        return [json.loads(body) for _, body in self.stored_lines(run_id, collectors=collectors)]

    def stored_lines(
        self,
        run_id: str,
        *,
        after_rank: int = 0,
        limit: int | None = None,
        min_overdue_minor: int | None = None,
        collectors: Collection[str] | None = None,
        segment: str | None = None,
    ) -> Sequence[StoredLine]:
        """Lines below a rank, in order, as they were stored; with `min_overdue_minor` only accounts whose overdue money
        reaches it.

        Accounts without a rate to the reporting currency are left out by `min_overdue_minor`. With `collectors` only
        theirs, with a `segment` of the strategy only its.
        """
        shape = (limit, min_overdue_minor, collectors, segment)
        wanted = _lines_wanted(self._in_bytes, *(one is not None for one in shape))
        asked = {
            "run_id": run_id, "after": after_rank, "count": limit, "least": min_overdue_minor,
            "collectors": None if collectors is None else sorted(collectors), "segment": segment,
        }  # fmt: skip
        given = {name: value for name, value in asked.items() if value is not None}
        with told(self.url), self.engine.connect() as connection:
            found = rows_as_given(connection.execute(wanted, given), self.engine)
        return found if self._in_bytes else [(rank, body.encode()) for rank, body in found]

    def line(self, run_id: str, customer_id: str) -> Json | None:
        """The line of one account in a run; None when it is not on the list."""
        wanted = sa.select(lines.c.body).where(lines.c.run_id == run_id, lines.c.customer_id == storable(customer_id))
        with told(self.url), self.engine.connect() as connection:
            return connection.execute(wanted).scalar_one_or_none()

    def account(self, run_id: str, customer_id: str) -> Json | None:
        """One account of a run, listed or not; None when it has no open items in it."""
        body = self.stored_account(run_id, customer_id)
        return None if body is None else json.loads(body)

    def stored_account(self, run_id: str, customer_id: str) -> bytes | None:
        """The same as the JSON that was stored, in UTF-8."""
        wanted = sa.select(_stored(accounts.c.body, self._in_bytes)).where(
            accounts.c.run_id == run_id, accounts.c.customer_id == storable(customer_id)
        )
        with told(self.url), self.engine.connect() as connection:
            body = connection.execute(wanted).scalar_one_or_none()
        return body.encode() if isinstance(body, str) else body

    def customer_of_item(self, run_id: str, item_id: str) -> str | None:
        """Whose open item it is in a run, capitals or not, as it is written first; None where nobody's. It looks
        through all accounts."""
        asked = storable(item_id)
        named = sa.cast(accounts.c.body, sa.Text).icontains(f'"item_id":{json_text(asked)}', autoescape=True)
        wanted = sa.select(accounts.c.customer_id, accounts.c.body).where(accounts.c.run_id == run_id, named)
        with told(self.url), self.engine.connect() as connection:
            found = connection.execute(wanted).all()
        owners = [  # a body names settled invoices too
            (item["item_id"] != asked, customer_id)
            for customer_id, body in found for item in body["items"]
            if item["item_id"].casefold() == asked.casefold()
        ]  # fmt: skip
        return min(owners, default=(False, None))[1]

    def last_account(self, customer_id: str) -> tuple[PublishedRun, Json] | None:
        """The newest run in which an account had open items, and the account then; None where it never had."""
        wanted = (
            ONE_RUN.add_columns(accounts.c.body)
            .join(accounts, accounts.c.run_id == runs.c.run_id)
            .where(accounts.c.customer_id == storable(customer_id))
            .order_by(runs.c.as_of.desc(), runs.c.sequence.desc())
            .limit(1)
        )
        with told(self.url), self.engine.connect() as connection:
            found = connection.execute(wanted).one_or_none()
        return None if found is None else (PublishedRun.of(found), found.body)

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()

    def _one_run(self, wanted: "sa.Select[Any]") -> PublishedRun | None:
        with told(self.url), self.engine.connect() as connection:
            found = connection.execute(wanted).one_or_none()
        return None if found is None else PublishedRun.of(found)


@cache  # made once for each shape: they are asked for every page, and making them takes as long as asking
def _lines_wanted(
    in_bytes: bool, limited: bool, from_amount: bool, of_some: bool, of_segment: bool
) -> "sa.Select[Any]":
    wanted = sa.select(lines.c.rank, _stored(lines.c.body, in_bytes))
    wanted = wanted.where(lines.c.run_id == sa.bindparam("run_id"), lines.c.rank > sa.bindparam("after"))
    if from_amount:
        wanted = wanted.where(lines.c.overdue_minor >= sa.bindparam("least"))
    if of_some:
        wanted = wanted.where(lines.c.collector.in_(sa.bindparam("collectors", expanding=True)))
    if of_segment:
        wanted = wanted.where(lines.c.body["segment"].as_string() == sa.bindparam("segment"))
    wanted = wanted.order_by(lines.c.rank)
    return wanted.limit(sa.bindparam("count")) if limited else wanted


def _stored(body: "sa.Column[Any]", in_bytes: bool) -> "sa.ColumnElement[Any]":
    # A driver would make objects of the JSON, and the answer would make the JSON again; SQLite's would make wide
    # characters of the bytes.
    return sa.cast(body, sa.LargeBinary if in_bytes else sa.Text)


def _run_row(run: QueueRun, sequence: int) -> dict[str, Any]:
    names = ("mode", "run_id", "model_version", "ledger_version", "published_at")
    return {
        **{name: run.head[name] for name in names},
        "as_of": run.as_of,
        "sequence": sequence,
        "head": run.head,
        "inputs": run.inputs,
    }


def _line_rows(run: QueueRun) -> Iterator[dict[str, Any]]:
    reporting = run.head["summary"]["overdue"]["currency"]
    for line, text in zip(run.lines, run.lines.texts, strict=True):
        yield {
            "run_id": run.run_id,
            "rank": line["rank"],
            "customer_id": line["customer_id"],
            "overdue_minor": _minor(line["overdue"], reporting),
            "body": JsonText(text.decode()),
            "collector": line["collector"],
        }


def _insert_accounts(connection: sa.Connection, run: QueueRun) -> None:
    from ledger.batches import Batch, put  # heavy: readers do without

    for some in at_a_time(zip(run.accounts.customer_ids, run.accounts.texts, strict=True), ROWS_AT_ONCE):
        customer_ids, texts = map(list, zip(*some, strict=True))
        columns = {"run_id": [run.run_id] * len(some), "customer_id": customer_ids, "body": texts}
        batch = Batch(accounts.name, {}, columns, utf8=frozenset({"body"}))
        put(connection, batch, batch.statements())


def _report_rows(run: QueueRun) -> Iterator[dict[str, Any]]:
    for name, body in run.reports.items():
        yield {"run_id": run.run_id, "report": name, "body": body}


def _minor(money: Json, reporting: str) -> int | None:
    if money["currency"] != reporting:
        return None
    return int(Decimal(money["amount"]).scaleb(EXPONENT[reporting]))
