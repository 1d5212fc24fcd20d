"""The whole star schema of an evening, as Arrow tables by name."""

from collections.abc import Mapping

import pyarrow as pa

from ledger.view import LedgerView
from serving.published.store import ServingStore
from serving.star_schema.desk_tables import desk_tables
from serving.star_schema.ledger_tables import ledger_tables
from serving.star_schema.measure_tables import bucket_table, calendar_table, measure_tables
from serving.star_schema.tables import TABLES
from serving.trials.decision_log import DecisionLog


def star_schema(
    view: LedgerView, store: ServingStore, log: DecisionLog, base: str, names: Mapping[str, str]
) -> dict[str, pa.Table]:
    """Every table of `TABLES`, in their order.

    Args:
        view: the evening, with its own knowledge.
        base: the reporting currency.
        names: collectors of the team, by id.
    """
    made = {
        **ledger_tables(view, base),
        **measure_tables(view, base),
        **desk_tables(store, log, view.day, names),
        "buckets": bucket_table(),
    }
    made["calendar"] = calendar_table(made.values())
    return {table.name: made[table.name] for table in TABLES}
