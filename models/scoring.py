"""Scoring: curves and their explanations, put together as the `Score` of each open item."""

import math
from collections.abc import Callable, Hashable, Mapping
from datetime import date, timedelta
from functools import cache, partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from features.spec import AGE, Direction
from features.table import FeatureTable
from features.wording import Value, reads_alike, speaker
from ledger.days import to_date
from models.explanation import Contributions, explain
from models.fact import Fact, age_fact, fact_of
from models.habit_curve import HabitCurve
from models.payment_curve import PaymentCurve
from models.readings import Days, Floats, Readings, days_until_grace, readings
from models.reasons import concepts_of, is_interval_column, reasons, too_little_history
from models.score import Mode, Reason, Score

THIN = 3
"""Below this many settled items an estimate stands on the segment more than on the account."""

SETTLED_COUNT = "settled_count"
"""The feature that counts an account's settled items."""


def scores_of(
    curve: PaymentCurve | HabitCurve, table: FeatureTable, as_of: date, grace_days: int, version: str, mode: Mode
) -> list[Score]:
    """One `Score` a row, in the table's order; `base + sum of points` is its `late_risk`."""
    if len(table) == 0:
        return []
    read = readings_of(curve, table, grace_days)
    told, found = _told(curve, table, read.late_risk_days)
    thin = _settled_counts(curve, table) < THIN
    keys = table.keys.to_dict("records")
    return [
        _score(row, key, read, found, told[row], bool(thin[row]), as_of, version, mode) for row, key in enumerate(keys)
    ]


def readings_of(curve: PaymentCurve | HabitCurve, table: FeatureTable, grace_days: int) -> Readings:
    """What is read of each row's curve, seen from the row's own evening (`day`); rows may be of many evenings.

    The grace is that of `p_late` and of the horizon of `late_risk`; the curve itself knows none.
    """
    return readings(
        curve.survival(table), days_until_grace(table, grace_days), table.keys["dpd"].to_numpy(dtype=np.int64)
    )


def reasons_of(curve: PaymentCurve | HabitCurve, table: FeatureTable, horizons: Days) -> list[tuple[Reason, ...]]:
    """The reasons of each row's `late_risk` at its horizon (days ahead of its evening), largest first.

    Of a row with too little history the last one says so.
    """
    return _told(curve, table, horizons)[0] if len(table) else []


Told = tuple[list[tuple[Reason, ...]], Contributions]


def _told(curve: PaymentCurve | HabitCurve, table: FeatureTable, horizons: Days) -> Told:
    if isinstance(curve, HabitCurve):
        told, found = _habit_reasons(curve, table, horizons)
    else:
        told, found = _model_reasons(curve, table, horizons)
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


def _model_reasons(curve: PaymentCurve, table: FeatureTable, horizons: Days) -> Told:
    found = explain(curve, table, horizons)
    dpd: list[int] = table.keys["dpd"].to_numpy(dtype=np.int64).tolist()
    columns = {str(name): table.values[name].to_numpy() for name in table.values.columns}
    typical = curve.typical_values_

    @cache
    def told_by(column: str) -> tuple[list[Value], Callable[[Value], Fact]]:
        name = speaker(column).name
        return _plain(columns[name]), cache(partial(fact_of, name, typical=typical.get(name)))

    age, named = cache(partial(age_fact, typical=typical.get("dpd"))), cache(lambda idea: fact_of(f"idea_{idea}"))

    def fact(column: str, row: int) -> Fact:
        if is_interval_column(column):
            return age(dpd[row])
        values, tell = told_by(column)
        return tell(values[row])

    def idea(concept: str, row: int) -> Fact:
        return age(dpd[row]) if concept == AGE.key else named(concept)

    item_ids = table.keys["item_id"].astype(str).tolist()
    return reasons(found, concepts_of(found.columns), fact, _fits(curve, found, columns), idea, item_ids), found


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
    return reasons(found, steps, lambda step, row: facts[step][row], item_ids=item_ids), found


def _score(
    row: int,
    key: Mapping[Hashable, Any],
    read: Readings,
    found: Contributions,
    why: tuple[Reason, ...],
    thin: bool,
    as_of: date,
    version: str,
    mode: Mode,
) -> Score:
    return Score(
        item_id=str(key["item_id"]),
        customer_id=str(key["customer_id"]),
        as_of=as_of,
        due_on=to_date(int(key["due_on"])),
        open_minor=int(key["open_minor"]),
        currency=str(key["currency"]),
        dpd=int(key["dpd"]),
        p_late=float(read.p_late[row]),
        known_late=bool(read.known_late[row]),
        late_risk=float(read.late_risk[row]),
        late_risk_on=as_of + timedelta(days=int(read.late_risk_days[row])),
        p_unpaid_14=float(read.p_unpaid_14[row]),
        p_unpaid_30=float(read.p_unpaid_30[row]),
        p_unpaid_60=float(read.p_unpaid_60[row]),
        p_30_dpd=float(read.p_30_dpd[row]),
        p_60_dpd=float(read.p_60_dpd[row]),
        p_90_dpd=float(read.p_90_dpd[row]),
        expected_on=_day(as_of, read.expected_days[row]),
        expected_from=_day(as_of, read.from_days[row]),
        expected_until=_day(as_of, read.until_days[row]),
        base=float(found.base[row]),
        reasons=why,
        thin_history=thin,
        model_version=version,
        mode=mode,
        source_row=int(key["source_row"]),
    )


def _day(as_of: date, ahead: float) -> date | None:
    """The day so many days ahead; None where none is in sight (NaN)."""
    return None if math.isnan(ahead) else as_of + timedelta(days=int(ahead))
