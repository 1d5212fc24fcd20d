"""Scoring: curves and their explanations, put together as the `Score` of each open item."""

import math
from collections.abc import Hashable, Mapping
from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from features.catalogue import CATALOGUE_BY_NAME
from features.spec import AGE, CONCEPT_BY_KEY, Direction
from features.table import FeatureTable
from features.wording import speaker, tell
from ledger.days import to_date
from models.explanation import Contributions, age_text, explain, is_interval_column, reasons
from models.habit_curve import HabitCurve
from models.payment_curve import INTERVAL_COLUMNS, PaymentCurve
from models.readings import Days, Readings, readings
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
    if isinstance(curve, HabitCurve):
        settled = table.keys["customer_id"].astype(str).map(curve.settled_count)
    else:
        settled = table.values[SETTLED_COUNT].fillna(0.0)  # no count is no history
    thin = (settled < THIN).to_numpy()
    keys = table.keys.to_dict("records")
    return [
        _score(row, key, read, found, told[row], bool(thin[row]), as_of, version, mode) for row, key in enumerate(keys)
    ]


def readings_of(curve: PaymentCurve | HabitCurve, table: FeatureTable, grace_days: int) -> Readings:
    """What is read of each row's curve, seen from the row's own evening (`day`); rows may be of many evenings.

    The grace is that of `p_late` and of the horizon of `late_risk`; the curve itself knows none.
    """
    days_to_grace = table.keys["due_on"].to_numpy(dtype=np.int64) + grace_days - table.keys["day"].to_numpy(np.int64)
    return readings(curve.survival(table), days_to_grace)


def reasons_of(curve: PaymentCurve | HabitCurve, table: FeatureTable, horizons: Days) -> list[tuple[Reason, ...]]:
    """The reasons of each row's `late_risk` at its horizon (days ahead of its evening), largest first."""
    return _told(curve, table, horizons)[0] if len(table) else []


Told = tuple[list[tuple[Reason, ...]], Contributions]


def _told(curve: PaymentCurve | HabitCurve, table: FeatureTable, horizons: Days) -> Told:
    if isinstance(curve, HabitCurve):
        return _habit_reasons(curve, table, horizons)
    return _model_reasons(curve, table, horizons)


def _model_reasons(curve: PaymentCurve, table: FeatureTable, horizons: Days) -> Told:
    found = explain(curve, table, horizons)
    concepts = {name: CATALOGUE_BY_NAME[name].concept.key for name in curve.encoding_.columns}
    concepts |= dict.fromkeys(INTERVAL_COLUMNS, AGE.key)
    dpd = table.keys["dpd"].to_numpy()
    columns = {str(name): table.values[name].to_numpy() for name in table.values.columns}

    def fact(column: str, row: int) -> str:
        if is_interval_column(column):
            return age_text(int(dpd[row]))
        spoken = speaker(column)
        return tell(spoken, columns[spoken.name][row])

    def idea(concept: str, row: int) -> str:
        return age_text(int(dpd[row])) if concept == AGE.key else _lower(CONCEPT_BY_KEY[concept].title)

    return reasons(found, concepts, fact, _fits(curve, found, columns), idea), found


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
        if spoken.direction is Direction.OPEN or typical is None:
            continue
        riskier = 1.0 if spoken.direction is Direction.MORE_IS_RISKIER else -1.0
        away = (columns[spoken.name].astype(np.float64) - typical) * riskier * found.points[:, at]
        # What is as usual explains nothing; a missing number compares as false.
        fits[:, at] = ~(away <= 0)
    return fits


def _lower(title: str) -> str:
    return title[0].lower() + title[1:]


def _habit_reasons(curve: HabitCurve, table: FeatureTable, horizons: Days) -> Told:
    found, facts = curve.contributions(table, horizons), curve.facts(table)
    return reasons(found, {step: step for step in found.columns}, lambda step, row: facts[step][row]), found


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
    expected = float(read.expected_days[row])
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
        expected_on=None if math.isnan(expected) else as_of + timedelta(days=int(expected)),
        base=float(found.base[row]),
        reasons=why,
        thin_history=thin,
        model_version=version,
        mode=mode,
        source_row=int(key["source_row"]),
    )
