"""The sorted events under the engine: what an evening includes, and the tower of maxima."""

import numpy as np

from features.timeline import Timeline


def days(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.int64)


def test_the_end_of_an_evening_lies_after_all_events_of_that_day():
    line = Timeline(days(1, 0, 1, 1), days(5, 9, 5, 6), {})
    assert line.end(days(1, 1, 1, 0, 2), days(4, 5, 6, 99, 99)).tolist() == [1, 3, 4, 1, 4]
    assert line.start(days(0, 1, 2)).tolist() == [0, 1, 4]


def test_the_tower_of_maxima_agrees_with_looking_at_every_event():
    rng = np.random.default_rng(1)
    values = rng.integers(-50, 50, 40)
    line = Timeline(np.zeros(40, dtype=np.int64), np.arange(40), {"days_late": values})
    low, high = np.array([(i, j) for i in range(40) for j in range(i + 1, 41)]).T
    expected = [values[i:j].max() for i, j in zip(low, high, strict=True)]
    assert line.largest("days_late", low, high).tolist() == expected


def test_events_of_one_day_follow_the_tie_not_the_order_of_import():
    first = Timeline(days(0, 0), days(3, 3), {"x": days(1, 2)}, tie=(days(8, 4),))
    second = Timeline(days(0, 0), days(3, 3), {"x": days(2, 1)}, tie=(days(4, 8),))
    assert first.columns["x"].tolist() == second.columns["x"].tolist() == [2, 1]
