"""Logistic regression whose terms can be told."""

import json

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from models import linear
from models.linear import KNOTS, Linear

ROWS = 600


def drawn(rows: int = ROWS, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """A matrix of two habits, a day ahead and the days past due then, some missing; and the interval of each row."""
    rng = np.random.default_rng(seed)
    k = rng.integers(0, 3, rows)
    habits = rng.normal(0, 1, (rows, 2))
    habits[rng.random((rows, 2)) < 0.1] = np.nan
    return np.column_stack([habits, k * 7.0, rng.integers(-80, 200, rows)]).astype(np.float32), k


def paid(matrix: np.ndarray, k: np.ndarray, seed: int = 2) -> np.ndarray:
    """Who was paid: the first habit slows, the second does nothing, later intervals and older items pay less."""
    log_odds = 1.0 - 1.2 * np.nan_to_num(matrix[:, 0]) - 0.5 * k - matrix[:, -1] / 60.0
    return (np.random.default_rng(seed).random(len(k)) < 1 / (1 + np.exp(-log_odds))).astype(float)


def fit(matrix, k, share=None, weight=None, **also) -> Linear:
    share = paid(matrix, k) if share is None else share
    return Linear().fit(matrix, share, np.ones(len(k)) if weight is None else weight, k, **also)


def test_it_finds_what_the_payments_follow():
    matrix, k = drawn(6_000)

    found = fit(matrix, k)

    chance = 1 / (1 + np.exp(-found.raw(matrix, k)))
    assert found.coefficients_[0] == pytest.approx(-1.2, abs=0.2)
    assert abs(found.coefficients_[1]) < 0.1
    for interval in range(3):
        assert chance[k == interval].mean() == pytest.approx(paid(matrix, k)[k == interval].mean(), abs=0.01)
    oldest, newest = found.raw(
        np.array([[np.nan, np.nan, 7, d] for d in (150, -50)], dtype=np.float32), np.array([1, 1])
    )
    assert oldest < newest


def test_contributions_add_up_to_the_log_odds():
    matrix, k = drawn()
    found = fit(matrix, k)

    told = found.contributions(matrix, k)

    assert told.shape == (ROWS, 5)
    assert np.abs(told.sum(axis=1) - found.raw(matrix, k)).max() < 1e-12
    assert np.array_equal(told[:, -1], found.levels_[k])


def test_a_part_at_a_time_says_the_same_to_the_bit(monkeypatch):
    matrix, k = drawn()
    found = fit(matrix, k)
    whole = found.raw(matrix, k)

    monkeypatch.setattr(linear, "CHUNK", 7)

    assert found.raw(matrix, k).tobytes() == whole.tobytes()


def test_a_missing_value_adds_nothing():
    matrix, k = drawn()
    found = fit(matrix, k)
    matrix[:, 0] = np.nan

    assert (found.contributions(matrix, k)[:, 0] == 0.0).all()


def test_a_value_beyond_nearly_all_others_counts_as_the_outermost_of_them():
    matrix, k = drawn()
    found = fit(matrix, k)
    far, farther = matrix.copy(), matrix.copy()
    far[:, 0], farther[:, 0] = 50.0, np.inf

    assert np.array_equal(found.raw(far, k), found.raw(farther, k))
    assert np.isfinite(found.raw(far, k)).all()


@pytest.mark.parametrize("same", [3.0, np.nan])
def test_a_column_that_is_all_the_same_or_all_missing_takes_no_part(same):
    matrix, k = drawn()
    share = paid(matrix, k)
    matrix[:, 1] = same
    found = fit(matrix, k, share)
    other = matrix.copy()
    other[:, 1] = 1e6

    assert np.isfinite(found.coefficients_).all()
    assert np.array_equal(found.raw(matrix, k), found.raw(other, k))
    assert Linear.from_json(found.to_json()).raw(other, k).tobytes() == found.raw(other, k).tobytes()


def test_a_skipped_column_takes_no_part():
    matrix, k = drawn()
    share = paid(matrix, k)
    other = matrix.copy()
    other[:, 0] = 9.0

    found = fit(matrix, k, share, skipped=[0])

    assert np.array_equal(found.raw(matrix, k), found.raw(other, k))
    assert np.array_equal(found.coefficients_[1:], fit(other, k, share, skipped=[0]).coefficients_[1:])


def test_half_paid_is_one_paid_and_one_not():
    matrix, k = drawn(100)
    both, ks = np.vstack([matrix, matrix]), np.concatenate([k, k])

    soft = fit(both, ks, np.full(200, 0.5))
    hard = fit(both, ks, np.repeat([1.0, 0.0], 100))

    assert soft.coefficients_ == pytest.approx(hard.coefficients_, abs=1e-9)
    assert soft.levels_ == pytest.approx(hard.levels_, abs=1e-9)


def test_a_share_weighs_as_much_as_so_many_rows_paid():
    matrix, k = drawn(400)
    share = np.random.default_rng(3).choice([0.0, 0.25, 0.75, 1.0], 400)
    four, ks = np.vstack([matrix] * 4), np.concatenate([k] * 4)
    hard = np.concatenate([share > at for at in (0.0, 0.25, 0.5, 0.75)]).astype(float)

    soft = fit(four, ks, np.tile(share, 4))

    assert soft.coefficients_ == pytest.approx(fit(four, ks, hard).coefficients_, abs=1e-9)


def test_only_how_weights_compare_counts():
    matrix, k = drawn()
    weight = np.random.default_rng(4).uniform(0.5, 2, ROWS)

    assert fit(matrix, k, weight=weight).coefficients_ == pytest.approx(
        fit(matrix, k, weight=weight * 1000).coefficients_, abs=1e-9
    )
    assert not np.allclose(fit(matrix, k, weight=weight).coefficients_, fit(matrix, k).coefficients_, atol=1e-4)


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_where_nothing_or_all_was_paid_every_item_is_said_to_be_alike(share):
    matrix, k = drawn()

    raw = fit(matrix, k, np.full(ROWS, share)).raw(matrix, k)

    assert raw == pytest.approx(np.full(ROWS, np.log(ROWS + 1) * (1 if share else -1)))


def test_the_same_numbers_come_of_one_two_and_four_threads():
    matrix, k = drawn(5_000)
    matrix = np.hstack([np.random.default_rng(5).normal(size=(5_000, 60)).astype(np.float32), matrix])
    found = []
    for threads in (1, 2, 4):
        with threadpool_limits(limits=threads):
            found.append(json.dumps(fit(matrix, k).to_json()))

    assert found[0] == found[1] == found[2]


def test_more_rows_than_are_read_are_drawn_from_all_intervals(monkeypatch):
    """Rows lie interval by interval: of every eighth row, all would be of one interval."""
    matrix, _ = drawn(1_600)
    k = np.tile(np.arange(8), 200)
    share = (k % 2).astype(float)
    monkeypatch.setattr(linear, "FIT_ROWS", 200)

    found = fit(matrix, k, share)

    chance = 1 / (1 + np.exp(-found.levels_))
    assert len(chance) == 8
    assert (chance[1::2] > 0.5).all()
    assert (chance[::2] < 0.5).all()
    assert found.to_json() == fit(matrix, k, share).to_json()


def test_a_column_learned_against_its_sign_is_left_out_and_the_others_learned_anew():
    """The second habit is nearly the first, and paid faster: it takes credit back, until it may not."""
    matrix, k = drawn(4_000)
    share = paid(matrix, k)
    matrix[:, 1] = matrix[:, 0] + np.random.default_rng(6).normal(0, 0.5, 4_000)
    free = fit(matrix, k, 1.0 - share)
    alone = matrix.copy()
    alone[:, :2] = np.nan
    other = fit(alone, k, 1.0 - share, skipped=[0, 1])

    kept = fit(matrix, k, 1.0 - share, signs=[-1, -1, 0, 0])

    assert free.coefficients_[0] > 0.5
    assert (kept.coefficients_[:2] == 0.0).all()
    assert kept.coefficients_[2:] == pytest.approx(other.coefficients_[2:], abs=1e-9)


def test_a_column_learned_along_its_sign_stays():
    matrix, k = drawn(4_000)

    assert fit(matrix, k, signs=[-1, 0, 0, 0]).to_json() == fit(matrix, k).to_json()


def test_a_column_that_turns_when_another_has_gone_is_left_out_too():
    """Alone the first habit slows; the second explains it away and contradicts, and without it the first one does."""
    rng = np.random.default_rng(8)
    cause = rng.normal(size=4_000)
    matrix, k = drawn(4_000)
    matrix[:, 0], matrix[:, 1] = cause + rng.normal(0, 0.3, 4_000), cause + rng.normal(0, 0.3, 4_000)
    share = (rng.random(4_000) < 1 / (1 + np.exp(-(3.0 * matrix[:, 0] - 1.0 * matrix[:, 1])))).astype(float)
    free = fit(matrix, k, share)

    kept = fit(matrix, k, share, signs=[-1, -1, 0, 0])

    assert free.coefficients_[0] > 0 > free.coefficients_[1]  # only the first contradicts, while both are there
    assert (kept.coefficients_[:2] == 0.0).all()


def test_a_piece_of_lateness_learned_against_its_sign_is_left_out():
    """Older items pay less, but from 15 to 60 days past due, where they pay more."""
    matrix, k = drawn(8_000)
    late = np.clip(matrix[:, -1], -60, 180)
    odds = 1.0 - late / 60.0 + np.clip(late - 15, 0, 45) / 15.0
    share = (np.random.default_rng(2).random(8_000) < 1 / (1 + np.exp(-odds))).astype(float)
    assert fit(matrix, k, share).coefficients_[-4:][2] > 0.5

    kept = fit(matrix, k, share, signs=[0, 0, 0, 1])

    assert kept.coefficients_[-4:][[0, 1, 3]].tolist() == [0.0, 0.0, 0.0]
    assert kept.coefficients_[-4:][2] > 0.0


def test_lateness_bends_at_its_knots_and_is_flat_outside():
    matrix, k = drawn(4_000)
    found = fit(matrix, k)

    def at(*days):
        rows = np.array([[np.nan, np.nan, 0.0, day] for day in days], dtype=np.float32)
        return found.raw(rows, np.zeros(len(days), dtype=np.int64))

    assert at(-60, 180) == pytest.approx(at(-500, 900))
    for low, high in KNOTS:
        low_end, middle, high_end = at(low, (low + high) / 2, high)
        assert middle == pytest.approx((low_end + high_end) / 2)
    assert found.contributions(np.array([[1, 1, 0, 0]], dtype=np.float32), np.array([0]))[0, 3] == 0.0


def test_it_comes_back_from_json_to_the_last_bit():
    matrix, k = drawn()
    found = fit(matrix, k, skipped=[2])

    again = Linear.from_json(json.loads(json.dumps(found.to_json())))

    assert again.to_json() == found.to_json()
    assert again.raw(matrix, k).tobytes() == found.raw(matrix, k).tobytes()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("coefficients", [0.0]),
        ("levels", []),
        ("levels", [[1.0]]),
        ("scale", [1.0, 0.0, 1.0, 1.0]),
        ("scale", [1.0, -1.0, 1.0, 1.0]),
        ("centre", [0.0, float("nan"), 0.0, 0.0]),
        ("low", [9e9, 0.0, 0.0, 0.0]),
        ("skipped", [4]),
        ("skipped", [-1]),
    ],
)
def test_numbers_that_no_fit_leaves_behind_are_refused(name, value):
    matrix, k = drawn(100)

    with pytest.raises(ValueError, match="expected"):
        Linear.from_json(fit(matrix, k).to_json() | {name: value})
