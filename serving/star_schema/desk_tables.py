"""What was published and done: the lists, the decisions and the activities up to an evening, and their dimensions."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import pyarrow as pa

from features.catalogue import CATALOGUE_BY_NAME
from features.languages import ENGLISH, speech_of
from features.reason_catalogue import CODES, IDEAS, idea_text
from ledger import desk_journal as journal
from ledger.desk_journal import Recorded
from ledger.money import to_decimal
from serving.activities.bodies import activity_json
from serving.published.desk import run_body
from serving.published.store import PublishedRun, ServingStore
from serving.star_schema.tables import ACCOUNT_RISK, ACTIVITIES, COLLECTORS, DECISIONS, QUEUE_LINES, REASONS, StarTable
from serving.tabular.lists import activity_row, queue_table
from serving.tabular.parquet_file import arrow_table
from serving.tabular.table import Cell, Table, amount_of
from serving.trials.decision import Decision
from serving.trials.decision_log import DecisionLog

MOST_EVENINGS = 400
"""Published evenings looked back on: somewhat more than a year of working days."""


def desk_tables(store: ServingStore, log: DecisionLog, until: date, names: Mapping[str, str]) -> dict[str, pa.Table]:
    """The tables by name.

    Args:
        until: the last evening that counts, of lists and of what was recorded.
        names: collectors of the team, by id.
    """
    evenings = sorted(store.evenings(MOST_EVENINGS, until))
    runs = [run for day in evenings if (run := store.newest_run(day)) is not None]
    tonight = [run for run in runs if run.as_of == until]
    with store.reading() as connection:
        recorded = [row for row in journal.after(connection, 0) if row.known_on <= until]
    tables = {
        "activities": _table(ACTIVITIES, map(activity_row, _activities(recorded))),
        "account_risk": _table(ACCOUNT_RISK, (row for run in tonight for row in _accounts(store, run))),
        "queue_lines": _table(QUEUE_LINES, (row for run in runs for row in _lines(store, run))),
        "decisions": _table(DECISIONS, (_decision(one) for run in tonight for one in log.of_run(run.run_id))),
        "reasons": _table(REASONS, ({"code": code, "reason": _reason(code)} for code in sorted(CODES))),
    }
    who = [("activities", "by"), ("queue_lines", "collector"), ("decisions", "collector")]
    found = {one for name, column in who for one in tables[name][column].to_pylist() if one} | names.keys()
    rows = ({"collector": one, "collector_name": names.get(one, "")} for one in sorted(found))
    return tables | {"collectors": _table(COLLECTORS, rows)}


def _table(declared: StarTable, rows: Iterable[Mapping[str, Cell]]) -> pa.Table:
    return arrow_table(Table.of(declared.columns, rows))


def _activities(recorded: Sequence[Recorded]) -> Iterable[dict[str, object]]:
    """As the API says them; `recorded` holds what undid or resolved them, as far as it was known."""
    referring: dict[str, list[Recorded]] = {}
    for row in recorded:
        if row.refers_to:
            referring.setdefault(row.refers_to, []).append(row)
    return (activity_json(row, referring.get(row.activity_id, ())) for row in recorded)


def _lines(store: ServingStore, run: PublishedRun) -> Iterable[dict[str, Cell]]:
    table = queue_table({**run_body(run), "items": store.lines(run.run_id)})
    return (dict(zip(table.names, row, strict=True)) for row in table.rows)


def _accounts(store: ServingStore, run: PublishedRun) -> Iterable[dict[str, Cell]]:
    """Everybody with open items on an evening."""
    for body in store.accounts(run.run_id):
        told = {**body, "as_of": run.as_of.isoformat(), "run_id": run.run_id, "currency": body["open"]["currency"]}
        yield {
            column.name: amount_of(told.get(column.name)) if column.kind == "amount" else told.get(column.name)
            for column in ACCOUNT_RISK.columns
        }


def _decision(one: Decision) -> dict[str, Cell]:
    known = one.callable_minor is not None and one.currency
    return {
        **{name: getattr(one, name) for name in _OWN},
        "as_of": one.as_of.isoformat(),
        "customer_id": one.account_id,
        "rank_value": one.score,
        "chance": one.pi,
        "callable_amount": to_decimal(one.callable_minor or 0, one.currency) if known else None,
    }


_OWN = (
    "standing", "listed", "rank", "design", "eligible", "exclusion_reason", "rule", "collector", "action_planned",
    "currency", "model_version", "run_id",
)  # fmt: skip


def _reason(code: str) -> str:
    """What a reason is about: the idea behind a feature's fact, or the phrase of another one."""
    if code in CATALOGUE_BY_NAME:
        return idea_text(CATALOGUE_BY_NAME[code].concept)
    return idea_text(IDEAS[code]) if code in IDEAS else speech_of(ENGLISH).reasons[code]
