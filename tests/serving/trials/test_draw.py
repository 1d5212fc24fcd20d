"""The draw: exactly so many, each with exactly its chance, the same one in any order and at any time."""

import math
from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serving.trials.draw import Seed, _in_parts, drawn
from serving.trials.errors import NotADesign

EVENING = date(2026, 3, 31)


def seed(salt="salt", team="", as_of=EVENING):
    return Seed(as_of, team, str(salt))


@st.composite
def chances(draw):
    """Chances that add up to a whole number, some of them 0 or 1."""
    weights = draw(st.lists(st.floats(0.01, 1.0), min_size=2, max_size=40))
    places = draw(st.integers(0, len(weights)))
    low, high = 0.0, 1e6
    for _ in range(100):  # so steep that the smaller of 1 and weight × steepness add up
        middle = (low + high) / 2
        low, high = (middle, high) if math.fsum(min(1, w * middle) for w in weights) < places else (low, middle)
    found = {f"C-{n}": min(1.0, w * high) for n, w in enumerate(weights)}
    return found | {"never": 0.0, "always": 1.0}


@given(chances(), st.text(max_size=5))
def test_exactly_as_many_are_drawn_as_their_chances_add_up_to(chances, salt):
    found = drawn(chances, seed(salt))

    assert len(found) == round(math.fsum(chances.values()))
    assert "always" in found
    assert "never" not in found


@given(chances())
def test_what_rounding_leaves_is_given_to_somebody_and_nobody_is_more_than_sure(chances):
    open_ = [chance for chance in chances.values() if 0 < chance < 1]
    places = round(math.fsum(open_))
    parts = _in_parts(open_, places)

    assert sum(parts) == places * 2**40
    assert all(0 <= part <= 2**40 for part in parts)
    assert [part / 2**40 for part in parts] == pytest.approx(open_, abs=1e-8)


@given(chances(), st.text(max_size=5), st.randoms(use_true_random=False))
def test_the_order_of_the_accounts_does_not_matter(chances, salt, random):
    shuffled = list(chances.items())
    random.shuffle(shuffled)

    assert drawn(dict(shuffled), seed(salt)) == drawn(chances, seed(salt))


@pytest.mark.parametrize(
    "chances",
    [
        {f"C-{n}": 0.3 for n in range(10)},
        {"A": 0.9, "B": 0.75, "C": 0.6, "D": 0.5, "E": 0.2, "F": 0.05, "G": 1.0},
        {f"C-{n}": 2 * n / (19 * 20) * 4 for n in range(20)},
    ],
)
def test_over_many_salts_each_is_drawn_as_often_as_its_chance_says(chances):
    draws = 4_000
    counts = Counter(account for salt in range(draws) for account in drawn(chances, seed(salt)))

    for account, chance in chances.items():
        four_errors = 4 * math.sqrt(chance * (1 - chance) / draws)
        assert abs(counts[account] / draws - chance) <= four_errors, account


def test_any_two_accounts_are_drawn_together_sometimes_whatever_their_order():
    chances = {f"C-{n}": 0.25 for n in range(8)}
    together = Counter()
    for salt in range(1_000):
        together[frozenset(drawn(chances, seed(salt)))] += 1

    assert len(together) == 8 * 7 / 2


def test_another_evening_team_or_salt_is_another_draw():
    chances = {f"C-{n}": 0.5 for n in range(40)}
    others = [seed(as_of=EVENING + timedelta(days=1)), seed(team="north"), seed(salt="other")]

    assert all(drawn(chances, other) != drawn(chances, seed()) for other in others)


def test_a_draw_of_long_ago_is_the_same_for_ever():
    chances = {f"C-{n}": 0.25 for n in range(12)}

    assert sorted(drawn(chances, seed())) == ["C-10", "C-11", "C-9"]
    assert seed().seed_id == "8ef0d085ce12d5bd"


def test_a_seed_does_not_show_its_salt():
    assert "hunter2" not in repr(seed("hunter2"))


@pytest.mark.parametrize("chances", [{"A": 0.5}, {"A": 1.5, "B": 0.5}, {"A": -0.5, "B": 0.5}, {"A": math.nan}])
def test_chances_from_which_nobody_can_be_drawn_are_refused(chances):
    with pytest.raises(NotADesign, match="Expected"):
        drawn(chances, seed())


def test_from_nobody_nobody_is_drawn():
    assert drawn({}, seed()) == frozenset()
