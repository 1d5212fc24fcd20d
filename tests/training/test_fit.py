"""What a curve is fitted on where a ledger holds more than it needs."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from builders import invoice, ledger_of
from model_builders import COMPANY_EVENING, company_ledger, paying_company, random_curve, random_table

from models.errors import NothingToFit
from models.stacked_curve import PaymentCurveStacked
from training import fit
from training.fit import FOLD_ROW_CAP, ROW_CAP, TrainingSet, fit_stacked_curve, training_sets

EARLIER = COMPANY_EVENING - timedelta(days=90)


@pytest.fixture(scope="module")
def ledger():
    return company_ledger(paying_company())


@pytest.fixture(scope="module")
def whole(ledger) -> TrainingSet:
    """All there is to learn from on the last evening."""
    return training_sets(ledger, [ledger.as_of(COMPANY_EVENING)])[0]


def named(learned: TrainingSet) -> set[tuple[str, int, int]]:
    """The intervals by item, evening and number, wherever their rows stand."""
    keys, rows = learned.table.keys, learned.intervals
    at = keys[["item_id", "day"]].iloc[rows["row"].to_numpy()]
    return set(zip(at["item_id"], at["day"], rows["k"], strict=True))


def test_a_ledger_under_the_cap_is_learned_from_whole(ledger, whole):
    (under,) = training_sets(ledger, [ledger.as_of(COMPANY_EVENING)], cap=len(whole.intervals))

    assert whole.share == under.share == 1.0
    pd.testing.assert_frame_equal(under.intervals, whole.intervals, check_exact=True)
    pd.testing.assert_frame_equal(under.table.values, whole.table.values, check_exact=True)


def test_under_a_cap_fewer_rows_stand_for_all(ledger, whole):
    """Feature rows are made for what is kept, and little more."""
    cap = len(whole.intervals) // 5

    (few,) = training_sets(ledger, [ledger.as_of(COMPANY_EVENING)], cap=cap)

    assert len(few.intervals) == pytest.approx(cap, rel=0.1)
    assert len(few.table) < 0.25 * len(whole.table)
    assert few.intervals["weight"].sum() == pytest.approx(whole.intervals["weight"].sum(), rel=0.1)
    assert named(few) < named(whole)
    assert few.customers == whole.customers == set(whole.table.keys["customer_id"])


def test_thinned_twice_is_as_thin_as_asked_and_still_stands_for_all(ledger, whole):
    cap = len(whole.intervals) // 10
    (once,) = training_sets(ledger, [ledger.as_of(COMPANY_EVENING)], cap=3 * cap)

    twice, at_once = once.thinned(cap), whole.thinned(cap)

    assert len(twice.intervals) == pytest.approx(cap, rel=0.15)
    assert twice.share == pytest.approx(at_once.share, rel=0.1)
    assert twice.intervals["weight"].sum() == pytest.approx(whole.intervals["weight"].sum(), rel=0.15)
    fewer, more = sorted([named(twice), named(at_once)], key=len)
    assert fewer <= more


def test_the_newest_evening_has_the_larger_cap(ledger):
    views = [ledger.as_of(EARLIER), ledger.as_of(COMPANY_EVENING)]

    earlier, newest = training_sets(ledger, views, cap=6_000, fold_cap=1_500)

    assert FOLD_ROW_CAP < ROW_CAP
    assert len(earlier.intervals) == pytest.approx(1_500, rel=0.1)
    assert len(newest.intervals) == pytest.approx(6_000, rel=0.1)


def test_an_earlier_evening_has_the_same_intervals_with_a_later_one_beside_it(ledger):
    _, beside = training_sets(ledger, [ledger.as_of(COMPANY_EVENING), ledger.as_of(EARLIER)], fold_cap=1_500)
    (alone,) = training_sets(ledger, [ledger.as_of(EARLIER)], cap=1_500)

    pd.testing.assert_frame_equal(beside.intervals, alone.intervals, check_exact=True)
    pd.testing.assert_frame_equal(beside.table.values, alone.table.values, check_exact=True)


def test_an_evening_before_which_nothing_was_open_is_refused_in_a_sentence():
    ledger = ledger_of(invoice("INV-1", issued_on="2026-03-31", due_on="2026-04-30", amount=100))

    with pytest.raises(NothingToFit, match="evening with an open item"):
        training_sets(ledger, [ledger.as_of(date(2026, 3, 31))])


def test_a_matrix_written_in_parts_is_the_one_written_whole(monkeypatch):
    curve, table = random_curve(), random_table(50)
    rows, k = np.repeat(np.arange(49, -1, -1), 3), np.tile([0, 2, 5], 50)
    whole = curve.interval_matrix(table, rows, k)

    monkeypatch.setattr("models.payment_curve.CHUNK", 7)

    assert curve.interval_matrix(table, rows, k).tobytes() == whole.tobytes()
    assert np.array_equal(whole[:3, -2], np.array(curve.edges, dtype=np.float32)[[0, 2, 5]])
    assert np.array_equal(whole[0, :-2], curve.encoding_.matrix(table.values)[49], equal_nan=True)


def weights_of_stretches(learned: TrainingSet, monkeypatch) -> pd.Series:
    """What the stacked classifier is given to learn from: the weight of each row of the table that it uses."""
    given = []
    monkeypatch.setattr(
        PaymentCurveStacked, "fit", lambda self, table, rows, *more: given.append(rows.groupby("row")["weight"].max())
    )
    fit_stacked_curve(learned)
    return given[0]


@pytest.mark.parametrize("share", [1.0, 0.2])
def test_the_first_evening_of_an_item_counts_four_times_in_the_stacked_classifier(whole, monkeypatch, share):
    """The first that thinning left, and no evening that it took."""
    learned = whole.thinned(int(share * len(whole.intervals)))

    found = weights_of_stretches(learned, monkeypatch)

    kept = learned.table.keys.iloc[learned.intervals["row"].unique()]
    first = kept.groupby("item_id")["day"].transform("min") == kept["day"]
    expected = learned.weight[kept.index] * np.where(first, 4.0, 1.0)
    assert set(found.index) <= set(kept.index)
    assert first.loc[found.index].any()
    assert not first.loc[found.index].all()
    assert found.tolist() == pd.Series(expected, kept.index)[found.index].tolist()


@pytest.mark.parametrize("share", [1.0, 0.2])
def test_above_its_own_cap_the_stacked_classifier_reads_fewer_evenings_which_stand_for_all(whole, monkeypatch, share):
    learned = whole.thinned(int(share * len(whole.intervals)))
    all_of_them = weights_of_stretches(learned, monkeypatch)
    monkeypatch.setattr(fit, "STACKED_ROW_CAP", 700)

    fewer = weights_of_stretches(learned, monkeypatch)

    assert set(fewer.index) < set(all_of_them.index)
    more = fewer / all_of_them[fewer.index]  # by as much as was left out, the same for all
    assert more.min() == pytest.approx(more.max())
    assert fewer.sum() == pytest.approx(all_of_them.sum(), rel=0.2)
