"""`Reference`: what the open items looked like when a version was trained, to notice when they no longer look so.

Kept with the version as plain JSON, without a customer or an item in it: of each feature, and of `late_risk`, how many
rows fell into each of some ten bins. Against it the population stability index says how far tonight's open items have
moved. What such a number means differs from company to company: with a hundred customers an index of 0.2 is an ordinary
month. So the reference also holds how far each feature *usually* moves, found by replaying the year before training.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Protocol

import numpy as np
import pandas as pd

from features.table import FeatureTable
from models.readings import Curves, Floats, days_until_grace, horizon_days
from models.reference_column import QUARTER, Column, column_of, commonest_share, psi

SCORE = "late_risk"
"""The name of the score among the columns."""

IMPORTANT = 10
"""How many features count as important."""

EXCHANGED = 0.20
"""The least sum of two indices for two columns to be looked at as exchanged."""

VANISHED, WAS_THERE = 0.90, 0.50
"""A feature is gone where so large a share of rows is without a value, and no larger a share than the other was."""

FEWEST_ROWS = 30
"""Open items below which nothing is made of features without values."""

PROBES = 400
"""Rows on which importance is measured."""


class Curve(Protocol):
    """Whatever gives a payment curve for each row."""

    def survival(self, table: FeatureTable) -> Curves:
        """The curve of each row, in the table's order."""


@dataclass(frozen=True)
class Reference:
    """The columns of a version, the score last; and which features move its score most.

    Attributes:
        columns: name -> how its values lay.
        important: the ten features whose values move `late_risk` most, the strongest first.
        rows: rows of the last quarter; `customers`: whose they are; `evenings`: how many evenings were replayed.
    """

    columns: Mapping[str, Column]
    important: tuple[str, ...]
    rows: int
    customers: int
    evenings: int

    @classmethod
    def of(cls, table: FeatureTable, late_risk: Floats, important: Sequence[str] = ()) -> "Reference":
        """From the open items of the weekly evenings up to training.

        Args:
            table: every open item of each evening, not the weighted snapshots: tonight's items are compared with it.
                `training.drift.reference_of` makes it. At least one row.
            late_risk: the score of each row, shape (n_rows,), see `late_risk_of`.
            important: the features that move the score most, see `important_features`.
        """
        day = table.keys["day"].to_numpy(dtype=np.int64)
        evenings, evening = np.unique(day, return_inverse=True)
        recent = evening >= len(evenings) - QUARTER
        customers = int(table.keys["customer_id"][recent].nunique())
        values = table.values.assign(**{SCORE: np.asarray(late_risk, dtype=np.float32)})
        found = {str(name): column_of(values[name], evening, recent) for name in values.columns}
        return cls(found, tuple(important), int(recent.sum()), customers, len(evenings))

    def psi(self, values: pd.DataFrame, late_risk: Floats) -> pd.DataFrame:
        """How far these rows are from the reference, one row a column, in its order.

        Args:
            values: feature values of open items; a column that is not there counts as missing throughout.
            late_risk: their scores, shape (n_rows,).

        Returns:
            `name`; `psi`, the population stability index, NaN for a feature of the evening; `missing_then`,
            `missing_now`, `strange` (see `Column.strange`), `commonest_then`, `commonest_now`: shares; `usual`, how far
            it usually moves, None where that is not known; `of_the_evening`, `important`: flags.
        """
        now = values.assign(**{SCORE: np.asarray(late_risk, dtype=np.float32)})
        return pd.DataFrame([self._compared(name, column, now) for name, column in self.columns.items()])

    def _compared(self, name: str, column: Column, now: pd.DataFrame) -> dict[str, Any]:
        values = now[name] if name in now.columns else pd.Series(np.nan, index=now.index)
        held = column.counted(values)
        return {
            "name": name,
            "psi": np.nan if column.of_the_evening else psi(np.array(column.counts), held),
            "usual": column.usual,
            "missing_then": column.missing(),
            "missing_now": held[-1] / max(1, held.sum()),
            "strange": column.strange(values),
            "commonest_then": column.commonest,
            "commonest_now": commonest_share(values),
            "of_the_evening": column.of_the_evening,
            "important": name in self.important,
        }

    def exchanged(self, values: pd.DataFrame) -> list[tuple[str, str]]:
        """Pairs of important numbers of which each looks like the other did: two columns that changed places.

        Each has moved, together by more than `EXCHANGED`, and crosswise they have moved less than half as far. Twins,
        such as one measure over two windows, may change places without either going beyond its own limit.
        """
        names = [name for name in self.important if not self.columns[name].is_text and name in values.columns]
        counts = {name: np.array(self.columns[name].counts) for name in names}

        def index(then: str, now: str) -> float:
            return psi(counts[then], self.columns[then].counted(values[now]))

        found = []
        for one, other in combinations(names, 2):
            straight = index(one, one) + index(other, other)
            if straight > EXCHANGED and index(one, other) + index(other, one) < straight / 2:
                found.append((one, other))
        return found

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values; `from_json` is the way back, to the last bit."""
        return {
            "columns": [
                {
                    "name": name,
                    "cuts": list(column.cuts),
                    "categories": list(column.categories),
                    "rare": list(column.rare),
                    "counts": list(column.counts),
                    "usual": column.usual,
                    "commonest": column.commonest,
                    "is_text": column.is_text,
                    "of_the_evening": column.of_the_evening,
                }
                for name, column in self.columns.items()
            ],
            "important": list(self.important),
            "rows": self.rows,
            "customers": self.customers,
            "evenings": self.evenings,
        }

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> "Reference":
        columns = {
            str(told["name"]): Column(
                cuts=tuple(told["cuts"]),
                categories=tuple(told["categories"]),
                rare=tuple(told["rare"]),
                counts=tuple(told["counts"]),
                usual=told["usual"],
                commonest=told["commonest"],
                is_text=told["is_text"],
                of_the_evening=told["of_the_evening"],
            )
            for told in found["columns"]
        }
        return cls(columns, tuple(found["important"]), found["rows"], found["customers"], found["evenings"])


def late_risk_of(curve: Curve, table: FeatureTable, grace_days: int) -> Floats:
    """The score of each row on its own evening, shape (n_rows,)."""
    return curve.survival(table).survival_at(horizon_days(days_until_grace(table, grace_days)))


def vanished(reference: Reference, values: pd.DataFrame) -> tuple[str, ...]:
    """The important features that nearly no row has a value of, though most had one in training; none of few rows."""
    if len(values) < FEWEST_ROWS:
        return ()
    return tuple(
        name
        for name in reference.important
        if name in values.columns
        and reference.columns[name].missing() <= WAS_THERE
        and float(values[name].isna().mean()) >= VANISHED
    )


def important_features(curve: Curve, table: FeatureTable, grace_days: int) -> tuple[str, ...]:
    """The `IMPORTANT` features that move `late_risk` most when a row is given another row's value, strongest first.

    Measured on at most `PROBES` rows, evenly spread over the table, in log-odds. Of any curve, whatever it is made of;
    features that move nothing are left out.
    """
    rows = np.unique(np.linspace(0, len(table) - 1, min(PROBES, len(table))).astype(np.int64))
    probe = table.take(rows.tolist())
    # A fixed order that has nothing to do with that of the rows, the same for each feature.
    other = np.random.default_rng(7).permutation(len(probe))
    plain = _log_odds(late_risk_of(curve, probe, grace_days))
    moved = {}
    for name in probe.values.columns:
        mixed = probe.values.assign(**{str(name): probe.values[name].iloc[other].to_numpy()})
        changed = late_risk_of(curve, FeatureTable(probe.keys, mixed, probe.fingerprint), grace_days)
        moved[str(name)] = float(np.abs(_log_odds(changed) - plain).mean())
    ranked = sorted(moved, key=lambda name: (-moved[name], name))
    return tuple(name for name in ranked[:IMPORTANT] if moved[name] > 0)


def _log_odds(p: Floats) -> Floats:
    kept = np.clip(p, 1e-6, 1 - 1e-6)
    return np.asarray(np.log(kept) - np.log1p(-kept), dtype=np.float64)
