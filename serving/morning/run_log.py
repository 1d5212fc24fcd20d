"""What is recorded of daily runs: the plan, each step that is done with the hash of what it made, and how it ended.

A run belongs to the runner that took it last: every record says which attempt it is of, and one of an older attempt is
refused (`RunTakenOver`), so that a runner that was only thought dead can neither record nor publish.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa

from ledger.database import storable, told, writing
from serving.morning.errors import RunTakenOver
from serving.morning.plan import STEPS, Plan
from serving.published.bodies import Json
from serving.published.store import NEWEST, PublishedRun, ServingStore, daily_runs, daily_steps
from serving.published.store import runs as queue_runs

State = Literal["running", "done", "failed", "given_up"]
"""running: under way, or interrupted; given_up: interrupted, and another run was planned since."""

_ONE_RUNNER = 0x7061_7964_6169_6C  # "paydail": the number of the lock that a runner holds on PostgreSQL

_NEWEST_QUEUE = sa.select(sa.func.coalesce(sa.func.max(queue_runs.c.sequence), 0))

_NEWEST_RUN = sa.select(daily_runs).order_by(daily_runs.c.sequence.desc()).limit(1).subquery()
# One question, for it is asked with every page.
_NEWEST_LIST = NEWEST.add_columns(
    sa.select(_NEWEST_RUN.c.reason)
    .where(_NEWEST_RUN.c.state == "failed", _NEWEST_RUN.c.queue_sequence >= _NEWEST_QUEUE.scalar_subquery())
    .scalar_subquery().label("failure")
)  # fmt: skip


@dataclass(frozen=True)
class LoggedRun:
    """A run as it is recorded; `steps` are those done, with the hash of what each made."""

    plan: Plan
    attempt: int
    state: State
    reason: str | None
    steps: Mapping[str, str]

    def to_json(self) -> Json:
        """As the API tells it (`DailyRunOut`)."""
        return {
            "id": self.plan.key,
            "as_of": self.plan.as_of.isoformat(),
            "state": self.state,
            "reason": self.reason,
            "attempt": self.attempt,
            "ledger_version": self.plan.ledger_version,
            "planned_at": self.plan.now.isoformat(),
            "asked_by": self.plan.asked_by or None,
            "steps_done": [step for step in STEPS if step == "planned" or step in self.steps],
        }


class RunLog:
    """The runs recorded beside the published lists."""

    def __init__(self, store: ServingStore) -> None:
        self.engine, self.url = store.engine, store.url

    def run(self, key: str) -> LoggedRun | None:
        """The run of a key; None when none was planned."""
        found = self._logged(sa.select(daily_runs).where(daily_runs.c.key == storable(key)))
        return found[0] if found else None

    def newest(self, count: int, before: str | None = None) -> list[LoggedRun]:
        """The runs planned last, the newest first; with `before` those planned before the run of that key."""
        wanted = sa.select(daily_runs).order_by(daily_runs.c.sequence.desc()).limit(count)
        if before is not None:
            that = sa.select(daily_runs.c.sequence).where(daily_runs.c.key == storable(before))
            wanted = wanted.where(daily_runs.c.sequence < that.scalar_subquery())
        return self._logged(wanted)

    def _logged(self, wanted: "sa.Select[Any]") -> list[LoggedRun]:
        with told(self.url), self.engine.connect() as connection:
            rows = connection.execute(wanted).all()
            of_these = daily_steps.c.key.in_([row.key for row in rows])
            steps = connection.execute(sa.select(daily_steps).where(of_these)).all()
        done: dict[str, dict[str, str]] = {row.key: {} for row in rows}
        for step in steps:
            done[step.key][step.step] = step.output_hash
        return [LoggedRun(Plan.from_json(row.plan), row.attempt, row.state, row.reason, done[row.key]) for row in rows]

    def begin(self, plan: Plan) -> int:
        """Record a plan as the newest run; returns the number of its attempt. Interrupted runs are given up."""
        with self._writing() as connection:
            ours = daily_runs.c.key == plan.key
            attempt = connection.execute(sa.select(daily_runs.c.attempt).where(ours)).scalar_one_or_none() or 0
            newest = connection.execute(sa.select(sa.func.coalesce(sa.func.max(daily_runs.c.sequence), 0))).scalar_one()
            connection.execute(sa.update(daily_runs).where(daily_runs.c.state == "running").values(state="given_up"))
            connection.execute(sa.delete(daily_steps).where(daily_steps.c.key == plan.key))
            connection.execute(sa.delete(daily_runs).where(ours))
            row = {
                "key": plan.key, "sequence": newest + 1, "as_of": plan.as_of, "plan": plan.to_json(),
                "attempt": attempt + 1, "state": "running",
            }  # fmt: skip
            connection.execute(sa.insert(daily_runs).values(row))
        return int(attempt) + 1

    def take_over(self, run: LoggedRun) -> int:
        """Go on with an interrupted run; returns the number of the new attempt. Raises `RunTakenOver`."""
        with self._writing() as connection:
            self._require_ours(connection, run.plan.key, run.attempt, attempt=run.attempt + 1)
        return run.attempt + 1

    def record(self, key: str, attempt: int, step: str, output_hash: str) -> None:
        """That a step is done. Raises `RunTakenOver`."""
        with self._writing() as connection:
            self._record(connection, key, attempt, step, output_hash)

    def recording(self, key: str, attempt: int, step: str, output_hash: str) -> Callable[[sa.Connection], None]:
        """The same within the transaction of somebody else, who fails with it."""
        return lambda connection: self._record(connection, key, attempt, step, output_hash)

    def finish(self, key: str, attempt: int, step: str, output_hash: str) -> None:
        """That the last step is done, and the run with it. Raises `RunTakenOver`."""
        with self._writing() as connection:
            self._record(connection, key, attempt, step, output_hash)
            connection.execute(sa.update(daily_runs).where(daily_runs.c.key == key).values(state="done"))

    def fail(self, key: str, attempt: int, reason: str) -> None:
        """That the run failed before it published; the list published before stays. Raises `RunTakenOver`."""
        with self._writing() as connection:
            newest = connection.execute(_NEWEST_QUEUE).scalar_one()
            self._require_ours(connection, key, attempt, state="failed", reason=reason, queue_sequence=newest)

    def newest_list(self) -> tuple[PublishedRun, str | None] | None:
        """The newest published list, and why the newest daily run failed, where it did and no list was published since;
        None where none was published."""
        with told(self.url), self.engine.connect() as connection:
            found = connection.execute(_NEWEST_LIST).one_or_none()
        return None if found is None else (PublishedRun.of(found), found.failure)

    def newest_keys(self, count: int) -> list[str]:
        """The keys of the runs planned last, the newest first."""
        wanted = sa.select(daily_runs.c.key).order_by(daily_runs.c.sequence.desc()).limit(count)
        with told(self.url), self.engine.connect() as connection:
            return list(connection.execute(wanted).scalars())

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """Whether no runner of another machine works on this database: always so on SQLite, which has one machine.

        The lock is the connection's, and ends with it. When the connection is lost while the run goes on, another
        runner may take the run over; then this one is refused at its next record.
        """
        if self.engine.dialect.name != "postgresql":
            yield True
            return
        with told(self.url):
            connection = self.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            got = connection.execute(sa.select(sa.func.pg_try_advisory_lock(_ONE_RUNNER))).scalar_one()
        try:
            yield bool(got)
        finally:
            with suppress(sa.exc.SQLAlchemyError):  # a connection that was lost holds no lock any more
                connection.invalidate()
                connection.close()

    @contextmanager
    def _writing(self) -> Iterator[sa.Connection]:
        with told(self.url), writing(self.engine) as connection:
            yield connection

    def _record(self, connection: sa.Connection, key: str, attempt: int, step: str, output_hash: str) -> None:
        self._require_ours(connection, key, attempt, attempt=attempt)
        ours = (daily_steps.c.key == key) & (daily_steps.c.step == step)
        connection.execute(sa.delete(daily_steps).where(ours))
        connection.execute(sa.insert(daily_steps).values(key=key, step=step, output_hash=output_hash))

    def _require_ours(self, connection: sa.Connection, key: str, attempt: int, /, **values: Any) -> None:
        """Set values of a run under way, if it is still this attempt's; its row is locked until the end."""
        ours = (daily_runs.c.key == key) & (daily_runs.c.attempt == attempt) & (daily_runs.c.state == "running")
        if connection.execute(sa.update(daily_runs).where(ours).values(values)).rowcount != 1:
            raise RunTakenOver(key)
