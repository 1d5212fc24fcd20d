"""Scoring: curves and their explanations, put together as the `Score` of each open item."""

import math
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from functools import cache, partial
from itertools import repeat
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from features.spec import AGE, Direction
from features.table import FeatureTable
from features.wording import Value, reads_alike, speaker
from ledger.days import to_date
from models.explanation import Contributions, explain
from models.fact import age_fact, fact_of
from models.habit_curve import HabitCurve
from models.payment_curve import PaymentCurve
from models.readings import Curves, Days, Floats, Readings, days_until_grace, readings
from models.reasons import concepts_of, is_interval_column, reasons, too_little_history
from models.score import Fact, Mode, Reason, Score

THIN = 3
"""Below this many settled items an estimate stands on the segment more than on the account."""

SETTLED_COUNT = "settled_count"
"""The feature that counts an account's settled items."""


def scores_of(
    curve: PaymentCurve | HabitCurve,
    table: FeatureTable,
    as_of: date,
    grace_days: int,
    version: str,
    mode: Mode,
    survival: Curves | None = None,
) -> list[Score]:
    """One `Score` a row, in the table's order; `base + sum of points` is its `late_risk`.

    Args:
        survival: what `curve` says of these rows, where it was asked already.
    """
    if len(table) == 0:
        return []
    curves = curve.survival(table) if survival is None else survival
    read = readings(curves, *_days_of(table, grace_days))
    told, found = _told(curve, table, read.late_risk_days, curves.raw)
    ahead = partial(_days_ahead, as_of)

    def key(name: str) -> list[Any]:
        return table.keys[name].tolist()

    columns: dict[str, Iterable[Any]] = {
        "item_id": map(str, key("item_id")),
        "customer_id": map(str, key("customer_id")),
        "as_of": repeat(as_of),
        "due_on": map(to_date, key("due_on")),
        "open_minor": key("open_minor"),
        "currency": map(str, key("currency")),
        "dpd": key("dpd"),
        "p_late": read.p_late.tolist(),
        "known_late": read.known_late.tolist(),
        "late_risk": read.late_risk.tolist(),
        "late_risk_on": ahead(read.late_risk_days),
        "p_unpaid_14": read.p_unpaid_14.tolist(),
        "p_unpaid_30": read.p_unpaid_30.tolist(),
        "p_unpaid_60": read.p_unpaid_60.tolist(),
        "p_30_dpd": read.p_30_dpd.tolist(),
        "p_60_dpd": read.p_60_dpd.tolist(),
        "p_90_dpd": read.p_90_dpd.tolist(),
        "expected_on": ahead(read.expected_days),
        "expected_from": ahead(read.from_days),
        "expected_until": ahead(read.until_days),
        "base": found.base.tolist(),
        "reasons": told,
        "thin_history": (_settled_counts(curve, table) < THIN).tolist(),
        "model_version": repeat(version),
        "mode": repeat(mode),
        "source_row": key("source_row"),
    }
    return list(map(Score, *(columns[name] for name in Score._fields)))


def readings_of(curve: PaymentCurve | HabitCurve, table: FeatureTable, grace_days: int) -> Readings:
    """What is read of each row's curve, seen from the row's own evening (`day`); rows may be of many evenings.

    The grace is that of `p_late` and of the horizon of `late_risk`; the curve itself knows none.
    """
    return readings(curve.survival(table), *_days_of(table, grace_days))


def _days_of(table: FeatureTable, grace_days: int) -> tuple[Days, Days]:
    return days_until_grace(table, grace_days), table.keys["dpd"].to_numpy(dtype=np.int64)


def reasons_of(curve: PaymentCurve | HabitCurve, table: FeatureTable, horizons: Days) -> list[tuple[Reason, ...]]:
    """The reasons of each row's `late_risk` at its horizon (days ahead of its evening), largest first.

    Of a row with too little history the last one says so.
    """
    return _told(curve, table, horizons)[0] if len(table) else []


Rows = npt.NDArray[np.intp]
Told = tuple[list[tuple[Reason, ...]], Contributions]


def _told(curve: PaymentCurve | HabitCurve, table: FeatureTable, horizons: Days, raw: Floats | None = None) -> Told:
    if isinstance(curve, HabitCurve):
        told, found = _habit_reasons(curve, table, horizons)
    else:
        told, found = _model_reasons(curve, table, horizons, raw)
    settled, item_ids = _settled_counts(curve, table), table.keys["item_id"].astype(str).tolist()
    for row in np.flatnonzero(settled < THIN):
        told[row] = (*told[row], too_little_history(float(settled[row]), item_ids[row]))
    return told, found


def _settled_counts(curve: PaymentCurve | HabitCurve, table: FeatureTable) -> Floats:
    """How many settled items stand behind each row's estimate, shape (n,)."""
    if isinstance(curve, HabitCurve):
        counts = table.keys["customer_id"].astype(str).map(curve.settled_count)
    else:
        counts = table.values[SETTLED_COUNT].fillna(0.0)  # no count is no history
    return counts.to_numpy(dtype=np.float64)


def _model_reasons(curve: PaymentCurve, table: FeatureTable, horizons: Days, raw: Floats | None) -> Told:
    found = explain(curve, table, horizons, raw)
    dpd = table.keys["dpd"].to_numpy(dtype=np.int64)
    columns = {str(name): table.values[name].to_numpy() for name in table.values.columns}
    typical = curve.typical_values_

    age = cache(partial(age_fact, typical=typical.get("dpd")))

    def ages(rows: Rows) -> list[Fact]:
        return [age(days) for days in dpd[rows].tolist()]

    def facts(column: str, rows: Rows) -> list[Fact]:
        if is_interval_column(column):
            return ages(rows)
        name = speaker(column).name
        told = cache(partial(fact_of, name, typical=typical.get(name)))
        return [told(value) for value in _plain(columns[name][rows])]

    def ideas(concept: str, rows: Rows) -> list[Fact]:
        return ages(rows) if concept == AGE.key else [fact_of(f"idea_{concept}")] * len(rows)

    item_ids = table.keys["item_id"].astype(str).tolist()
    return reasons(found, concepts_of(found.columns), facts, _fits(curve, found, columns), ideas, item_ids), found


def _fits(curve: PaymentCurve, found: Contributions, columns: Mapping[str, npt.NDArray[Any]]) -> npt.NDArray[np.bool_]:
    """Whether each fact points where its contribution does, against the typical item's value; shape (n, n_columns).

    A fact without an expected direction, without a number or without a typical value to compare with always fits.
    """
    fits = np.ones(found.points.shape, dtype=np.bool_)
    for at, column in enumerate(found.columns):
        if is_interval_column(column):
            continue
        spoken = speaker(column)
        typical = curve.typical_values_.get(spoken.name)
        if spoken.direction is Direction.OPEN or not isinstance(typical, float):
            continue
        riskier = 1.0 if spoken.direction is Direction.MORE_IS_RISKIER else -1.0
        values = columns[spoken.name].astype(np.float64)
        away = (values - typical) * riskier * found.points[:, at]
        # What is as usual explains nothing, nor what reads so; a missing number compares as false.
        fits[:, at] = ~((away <= 0) | reads_alike(spoken.unit, values, typical))
    return fits


def _plain(column: npt.NDArray[Any]) -> list[Value]:
    """A column of a feature table as plain numbers (NaN where missing) or texts (None)."""
    if np.issubdtype(column.dtype, np.number):
        numbers: list[Value] = column.astype(np.float64).tolist()
        return numbers
    return [value if isinstance(value, str) else None if value is pd.NA else float(value) for value in column]


def _habit_reasons(curve: HabitCurve, table: FeatureTable, horizons: Days) -> Told:
    found, facts = curve.contributions(table, horizons), curve.facts(table)
    item_ids = table.keys["item_id"].astype(str).tolist()
    steps = {step: step for step in found.columns}
    return reasons(found, steps, lambda step, rows: [facts[step][row] for row in rows], item_ids=item_ids), found


def _days_ahead(as_of: date, ahead: Floats | Days) -> list[date | None]:
    """The day so many days ahead of each row; None where none is in sight (NaN)."""
    day = cache(lambda days: as_of + timedelta(days=int(days)))
    return [None if math.isnan(days) else day(days) for days in ahead.tolist()]
