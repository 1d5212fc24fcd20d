"""What holds for a payment curve of any family."""

import dataclasses
from datetime import timedelta

import numpy as np
import pytest
from curve_builders import DUE_DAY, FAMILIES, SIGNS, fitted, with_values
from model_builders import EVENING, random_table

from features.table import FeatureTable
from models import payment_curve
from models.explanation import explain
from models.payment_curve import PaymentCurve, softplus
from models.readings import EDGES, LAST_DAY, Curves, Floats
from models.typical_item import typical_rows

HORIZONS = [*EDGES, 1, 3, 13, 15, 29, 31, 44, 59, 75, 120, 179, 181, 365, 719, LAST_DAY, 900]

every_family = pytest.mark.parametrize("family", FAMILIES)


def strange_table(rows: int = 60) -> FeatureTable:
    """Rows from far before to years past their due day, a third of them without any number at all."""
    table = random_table(rows, seed=77)
    dpd = np.resize([-900, -120, -61, -60, -31, -30, -14, -1, 0, 1, 6, 29, 90, 400, 539, 540, 541, 3000], rows)
    keys = table.keys.assign(dpd=dpd, due_on=table.keys["day"] - dpd)
    empty = np.arange(rows) % 3 == 0
    values = {name: table.values[name].mask(empty) for name in table.values.columns}
    return with_values(dataclasses.replace(table, keys=keys), **values)


def raw_of(curve: PaymentCurve, table: FeatureTable) -> Floats:
    """Log-odds of every row in every interval, shape (n, K)."""
    count = len(EDGES) - 1
    row, k = np.repeat(np.arange(len(table)), count), np.tile(np.arange(count), len(table))
    return curve.raw_scores(curve.interval_matrix(table, row, k), k).reshape(-1, count)


@every_family
def test_a_curve_starts_at_one_never_rises_and_is_finite_on_all_720_days(family):
    curves = fitted(family).survival(strange_table())

    s = np.stack([curves.survival_at(day) for day in range(LAST_DAY + 1)], axis=1)

    assert np.isfinite(s).all()
    assert (s[:, 0] == 1.0).all()
    assert (np.diff(s, axis=1) <= 0.0).all()
    assert (s >= 0.0).all()
    assert (s[:, 30] < 1.0).all()


@every_family
def test_the_day_a_share_is_reached_is_the_first_whole_day_at_which_it_is(family):
    curves = fitted(family).survival(strange_table())
    s = np.stack([curves.survival_at(day) for day in range(1, LAST_DAY + 1)], axis=1)

    for share in (0.99, 0.8, 0.5, 0.2, 0.01):
        there = s <= share
        first = np.where(there.any(axis=1), there.argmax(axis=1) + 1.0, np.nan)

        assert np.array_equal(curves.first_day_at(share), first, equal_nan=True)


@every_family
def test_base_and_points_are_the_survival_at_any_horizon(family):
    curve, table = fitted(family), strange_table()
    curves = curve.survival(table)

    for horizon in HORIZONS:
        found = explain(curve, table, np.full(len(table), horizon))

        assert np.abs(found.base + found.points.sum(axis=1) - curves.survival_at(horizon)).max() < 1e-9


@every_family
def test_the_base_is_what_the_typical_item_would_have(family):
    curve, table = fitted(family), strange_table()
    typical = typical_rows(curve._last_week, lambda some: curve.survival(some).survival_at(30))
    edges = np.zeros((len(table), len(EDGES)))
    for part, share in curve.parts(table):
        raw = raw_of(part, typical).mean(axis=0)[None, :]
        edges[:, 1:] += share[:, None] * part.accumulated(softplus(raw))
    usual = curve.recalibration_.curves(Curves(np.array(EDGES), edges, table.keys["dpd"].to_numpy(), DUE_DAY))

    for horizon in (7, 30, 52, 180, 500):
        found = explain(curve, table, np.full(len(table), horizon))

        assert found.base == pytest.approx(usual.survival_at(horizon), abs=1e-9)


@every_family
def test_a_curve_says_what_its_scores_say_interval_by_interval_to_the_byte(family, monkeypatch):
    curve, table = fitted(family), strange_table()
    own = [share[:, None] * part.accumulated(softplus(raw_of(part, table))) for part, share in curve.parts(table)]

    said = curve.plain_survival(table).intensity

    assert said[:, 1:].tobytes() == sum(own[1:], own[0]).tobytes()
    monkeypatch.setattr(payment_curve, "CHUNK", 7)
    assert curve.plain_survival(table).intensity.tobytes() == said.tobytes()


@every_family
def test_an_empty_table_has_neither_curves_nor_reasons(family):
    curve, nothing = fitted(family), random_table(0)

    assert curve.survival(nothing).first_day_at(0.5).shape == (0,)
    assert explain(curve, nothing, np.zeros(0, dtype=np.int64)).points.shape == (0, len(curve.columns_))


@every_family
def test_what_is_known_to_slow_payment_never_lowers_the_risk(family):
    """5,000 pairs of items that differ in one habit alone, by any step, at any horizon up to the last edge."""
    curve, rng, table = fitted(family), np.random.default_rng(5), random_table(5_000, seed=6)
    names, chosen = list(SIGNS), rng.integers(0, len(SIGNS), 5_000)
    step = rng.exponential(1.5, 5_000)
    slower = {
        name: table.values[name] - np.where(chosen == at, step * SIGNS[name], 0.0) for at, name in enumerate(names)
    }
    calm, slow = curve.survival(table), curve.survival(with_values(table, **slower))

    higher = 0
    for horizon in (1, 7, 14, 30, 52, 90, 180):
        change = slow.survival_at(horizon) - calm.survival_at(horizon)
        assert change.min() >= -1e-12
        higher += int((change > 1e-6).sum())
    assert higher > 500


@every_family
def test_a_curve_of_an_unseen_day_or_customer_is_a_curve(family):
    table = random_table(20, seed=3, evening=EVENING + timedelta(days=900))
    table = with_values(table, **dict.fromkeys(fitted(family).encoding_.categories, "never seen"))

    assert np.isfinite(fitted(family).survival(table).survival_at(30)).all()
