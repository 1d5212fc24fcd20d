"""The decision log: every decision of every published run, added once and never changed.

The database itself refuses to change or remove a row (`payrisk/migrations`). A run's decisions are written in the
transaction that publishes it, so that neither is there without the other.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar

import sqlalchemy as sa

from ledger.database import open_engine, pages_at_hand, shown, told
from serving.trials.decided import Decided
from serving.trials.decision import Decision, decision_id
from serving.trials.errors import DecisionsChanged

if TYPE_CHECKING:
    import pandas as pd

log_metadata = sa.MetaData()

Row = TypeVar("Row")

decision_log = sa.Table(
    "decision_log",
    log_metadata,
    sa.Column("decision_id", sa.Text, primary_key=True),
    sa.Column("run_id", sa.Text, nullable=False),
    sa.Column("as_of", sa.Date, nullable=False),
    sa.Column("team", sa.Text, nullable=False),
    sa.Column("account_id", sa.Text, nullable=False),
    sa.Column("item_ids", sa.JSON, nullable=False),
    sa.Column("callable_minor", sa.BigInteger, nullable=True),
    sa.Column("currency", sa.Text, nullable=False),
    sa.Column("policy_name", sa.Text, nullable=False),
    sa.Column("policy_version", sa.Text, nullable=False),
    sa.Column("model_version", sa.Text, nullable=True),
    sa.Column("feature_snapshot_hash", sa.Text, nullable=False),
    sa.Column("response_prior_version", sa.Text, nullable=False),
    sa.Column("score", sa.Float, nullable=True),
    sa.Column("rank", sa.Integer, nullable=True),
    sa.Column("gain_now", sa.Float, nullable=True),
    sa.Column("gain_wait", sa.Float, nullable=True),
    sa.Column("components", sa.JSON, nullable=False),
    sa.Column("rule", sa.Text, nullable=False),
    sa.Column("standing", sa.Text, nullable=False),
    sa.Column("eligible", sa.Boolean, nullable=False),
    sa.Column("exclusion_reason", sa.Text, nullable=False),
    sa.Column("pi", sa.Float, nullable=False),
    sa.Column("design", sa.Text, nullable=False),
    sa.Column("stratum", sa.Text, nullable=False),
    sa.Column("seed_id", sa.Text, nullable=False),
    sa.Column("eps", sa.Float, nullable=False),
    sa.Column("k", sa.Integer, nullable=False),
    sa.Column("action_planned", sa.Text, nullable=False),
    sa.Column("collector", sa.Text, nullable=False),
    sa.Index("decision_log_by_evening", "as_of", "run_id"),
    sa.Index("decision_log_by_run", "run_id"),
)

_published = sa.table("queue_runs", sa.column("run_id"), sa.column("as_of", sa.Date), sa.column("sequence"))

INDEX_KILOBYTES = 16_000
"""For the index of the ids of decisions, which come in no order: with half a million of a run it saves a third of the
time, and twice as much saves no more."""

_NAMES = [one.name for one in fields(Decision)]


def insert_decisions(connection: sa.Connection, decided: Iterable[Decided]) -> int:
    """Add the decisions of runs in the caller's transaction; returns how many were added.

    A run that is in the log already must say the same again, and nothing is added. Of two that write at once the
    caller lets one wait (`ServingStore.publish` does).

    Raises:
        DecisionsChanged: a run in the log with other decisions; the caller's transaction must not be committed.
        IntegrityError: sqlalchemy's, for an account that a new run decides about twice.
    """
    logged: dict[str, dict[str, Decision]] = {}
    told: dict[str, set[str]] = defaultdict(set)
    differing: dict[str, set[str]] = defaultdict(set)
    added = 0
    with pages_at_hand(connection, INDEX_KILOBYTES):
        for part in decided:
            run_id = part.run_id
            if run_id not in logged:
                logged[run_id] = {there.account_id: there for there in _read(connection, run_id)}
            if known := logged[run_id]:
                differing[run_id] |= {one.account_id for one in part.decisions() if known.get(one.account_id) != one}
                told[run_id].update(part.column("account_id"))
            else:
                _put(connection, part)
                added += len(part)
    for run_id, known in logged.items():
        if changed := differing[run_id] | (known.keys() - told[run_id]):
            raise DecisionsChanged(run_id, min(changed))
    return added


class DecisionLog:
    """The log behind a database URL, for reading; SQLite and PostgreSQL."""

    def __init__(self, url: str) -> None:
        self.engine = open_engine(url)
        self.url = shown(url)

    def of_run(self, run_id: str) -> tuple[Decision, ...]:
        """The decisions of one run, by account; empty for a run that has none."""
        with told(self.url), self.engine.connect() as connection:
            return tuple(_read(connection, run_id))

    def decisions(self, first: date, last: date, *, every_run: bool = False) -> "pd.DataFrame":
        """The decisions of the evenings from `first` to `last`, both included: one row each.

        Of an evening that was published more than once the run published last counts, unless `every_run`.

        Returns:
            A column for each field of `Decision`, `decision_id`, and `listed`; by evening, run and account.
        """
        import pandas as pd  # heavy: a published evening does without

        wanted = sa.select(decision_log).where(decision_log.c.as_of.between(first, last))
        if not every_run:
            wanted = wanted.where(decision_log.c.run_id.in_(_last_runs(first, last)))
        with told(self.url), self.engine.connect() as connection:
            rows = connection.execute(wanted).all()
        frame = pd.DataFrame.from_records(rows, columns=[column.name for column in decision_log.c])
        frame["listed"] = frame["standing"] == "listed"
        # Sorted here: the order of texts is the database's own affair.
        return frame.sort_values(["as_of", "run_id", "account_id"], ignore_index=True)

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()


def _last_runs(first: date, last: date) -> "sa.Select[Any]":
    newest = (
        sa.select(sa.func.max(_published.c.sequence))
        .where(_published.c.as_of.between(first, last))
        .group_by(_published.c.as_of)
    )
    return sa.select(_published.c.run_id).where(_published.c.sequence.in_(newest))


def _read(connection: sa.Connection, run_id: str) -> Sequence[Decision]:
    columns = [decision_log.c[name] for name in _NAMES]
    rows = connection.execute(sa.select(*columns).where(decision_log.c.run_id == run_id)).all()
    found = [Decision(**{**row._mapping, "item_ids": tuple(row.item_ids)}) for row in rows]
    return sorted(found, key=lambda one: one.account_id)


def _put(connection: sa.Connection, part: Decided) -> None:
    from ledger.batches import Batch, put  # heavy: reading the log does without

    columns: dict[str, list[Any]] = {
        "decision_id": [decision_id(part.run_id, account_id) for account_id in part.column("account_id")],
        "run_id": [part.run_id] * len(part),
        "as_of": [part.as_of.isoformat()] * len(part),
        **{name: [*part.column(name)] for name in (*part.shared, *part.columns)},
        "item_ids": part.item_ids(),
        "components": part.components(),
    }
    batch = Batch(decision_log.name, {}, columns)
    put(connection, batch, batch.statements())
