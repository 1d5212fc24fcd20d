"""Who calls whom: nobody over time, nobody twice, nobody who may not; and as much value as could be had."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from serving.team import placing_calls
from serving.team.assignment import Candidate, assigned, staffing_sentence

EVERYBODY = {"ada": 1.0, "bob": 1.0, "cem": 1.0}


def candidate(rank, value, minutes=8.0, fits=None, forced=False):
    return Candidate(f"C-{rank}", rank, value, minutes, EVERYBODY if fits is None else fits, forced)


def fits(names):
    return st.dictionaries(st.sampled_from(names), st.sampled_from([0.8, 0.9, 1.0]))


@st.composite
def problems(draw, most=14, lengths=(4.0, 8.0, 12.5, 30.0)):
    """Candidates, and minutes by collector; among them nobody who may call, no time, and equal values."""
    names = ["ada", "bob", "cem"][: draw(st.integers(1, 3))]
    minutes = {name: draw(st.sampled_from([0.0, 7.0, 16.0, 24.0, 50.0])) for name in names}
    values = st.one_of(st.sampled_from([0.0, 10.0, 100.0]), st.floats(0.0, 1e6, allow_subnormal=False))
    candidates = [
        Candidate(
            f"C-{rank}", rank, draw(values), draw(st.sampled_from(lengths)), draw(fits([*names, "away"])),
            draw(st.booleans()) if draw(st.booleans()) else False,
        )
        for rank in range(1, draw(st.integers(0, most)) + 1)
    ]  # fmt: skip
    return candidates, minutes


@settings(deadline=None)
@given(problems())
def test_no_collector_has_more_calls_than_time_and_none_that_is_not_theirs(problem):
    candidates, minutes = problem
    found = assigned(candidates, minutes)

    by_id = {one.customer_id: one for one in candidates}
    for name, time in minutes.items():
        assert sum(by_id[customer].minutes for customer, who in found.of.items() if who == name) <= time + 1e-6
    assert all(who in by_id[customer].fits and minutes[who] > 0 for customer, who in found.of.items())
    assert set(found.of) | set(found.left_out) == set(by_id)
    assert not set(found.of) & set(found.left_out)


@settings(deadline=None)
@given(problems())
def test_the_bound_is_not_below_the_value_and_prices_are_not_below_nothing(problem):
    candidates, minutes = problem
    found = assigned(candidates, minutes)

    assert found.value == pytest.approx(sum(one.value for one in candidates if one.customer_id in found.of))
    assert found.bound >= found.value
    assert 0.0 <= found.gap <= 1.0
    assert set(found.price_of_an_hour) == {name for name, time in minutes.items() if time > 0}
    assert min(found.price_of_an_hour.values(), default=0.0) >= 0.0


@settings(deadline=None)
@given(problems(), st.randoms(use_true_random=False))
def test_the_order_of_candidates_and_collectors_does_not_matter(problem, random):
    candidates, minutes = problem
    others, turned = candidates[:], list(minutes.items())
    random.shuffle(others)
    random.shuffle(turned)

    assert assigned(others, dict(turned)) == assigned(candidates, minutes)


def best_by_hand(candidates, minutes):
    """The most that any placing is worth, by trying them all."""
    best = 0.0
    for placing in itertools.product([None, *minutes], repeat=len(candidates)):
        used = dict.fromkeys(minutes, 0.0)
        for one, who in zip(candidates, placing, strict=True):
            if who is not None:
                used[who] += one.minutes if who in one.fits else np.inf
        if all(used[name] <= minutes[name] for name in minutes):
            best = max(best, sum(one.value for one, who in zip(candidates, placing, strict=True) if who is not None))
    return best


@settings(max_examples=30, deadline=None)
@given(problems(most=6))
def test_no_placing_is_worth_noticeably_more_than_the_one_found(problem):
    by_value = sorted(problem[0], key=lambda one: -one.value / one.minutes)  # as a list ranks them
    candidates = [one._replace(forced=False, rank=rank) for rank, one in enumerate(by_value, 1)]
    minutes = problem[1]
    found, best = assigned(candidates, minutes), best_by_hand(candidates, minutes)

    assert found.value >= best * (1 - placing_calls.GAP - placing_calls.FIT_WEIGHT) - 1e-6
    assert found.bound >= best - 1e-6 * best


@settings(deadline=None)
@given(problems())
def test_value_per_minute_alone_never_finds_more(problem):
    candidates, minutes = problem
    names = [name for name, time in minutes.items() if time > 0]
    if not candidates or not names:
        return
    calls = placing_calls.Calls(
        value=np.array([one.value for one in candidates]),
        minutes=np.array([one.minutes for one in candidates]),
        time=np.array([minutes[name] for name in names]),
        fit=np.array([[one.fits.get(name, np.nan) for name in names] for one in candidates]).reshape(-1, len(names)),
    )
    greedy, (found, relaxed) = placing_calls.placed_greedily(calls), placing_calls.placed_by_milp(calls)

    rounding = 1e-6 * max(relaxed.bound, calls.value.max())  # of the solver, by the largest value
    assert calls.value[greedy >= 0].sum() <= calls.value[found >= 0].sum() <= relaxed.bound + rounding


@given(st.lists(st.floats(0, 1e6), max_size=20), st.integers(0, 25))
def test_with_one_collector_and_calls_of_one_length_it_is_the_beginning_of_the_list(values, count):
    candidates = [candidate(rank, value, fits={"ada": 1.0 - rank % 3 / 10}) for rank, value in enumerate(values, 1)]
    found = assigned(candidates, {"ada": count * 8.0})

    assert list(found.of) == [f"C-{rank}" for rank in range(1, min(count, len(values)) + 1)]
    assert (found.method, found.gap) == ("in_order", 0.0)


def test_who_is_forced_comes_first_and_of_too_many_the_best():
    candidates = [candidate(1, 900), candidate(2, 50, forced=True), candidate(3, 70, forced=True), candidate(4, 80)]
    fitting = assigned(candidates, {"ada": 24, "bob": 0})
    crowded = assigned([one._replace(minutes=8 + one.rank) for one in candidates], {"ada": 7, "bob": 12})

    assert sorted(fitting.of) == ["C-1", "C-2", "C-3"]
    assert list(crowded.of) == ["C-3"]
    assert crowded.forced_left_out == ("C-2",)
    assert "1 that a rule admitted found no time" in staffing_sentence(crowded)


def test_a_better_fit_decides_who_calls_and_never_whom():
    candidates = [
        candidate(1, 100, fits={"ada": 0.8, "bob": 0.8}),
        candidate(2, 99, fits={"ada": 0.8, "bob": 1.0}),
        candidate(3, 98, fits={"ada": 1.0, "bob": 1.0}),
    ]

    assert dict(assigned(candidates, {"ada": 8, "bob": 8}).of) == {"C-1": "ada", "C-2": "bob"}


def test_the_only_one_who_may_call_an_account_is_kept_for_it():
    candidates = [candidate(1, 100), candidate(2, 90, fits={"bob": 1.0}), candidate(3, 10)]

    assert dict(assigned(candidates, {"ada": 8, "bob": 8}).of) == {"C-1": "ada", "C-2": "bob"}


def test_small_accounts_that_only_one_may_call_are_not_forgotten_beside_many_large_ones():
    many = [candidate(rank, 1000.0, fits={"ada": 1.0}) for rank in range(1, 30)]
    small = candidate(99, 1.0, fits={"bob": 1.0})

    assert assigned([*many, small], {"ada": 8, "bob": 8}).of["C-99"] == "bob"


def test_equals_go_by_their_rank():
    candidates = [candidate(rank, 50.0) for rank in range(1, 9)]

    assert sorted(assigned(candidates, {"ada": 16, "bob": 17}).of) == ["C-1", "C-2", "C-3", "C-4"]


def test_accounts_that_cannot_be_compared_are_placed_when_time_is_left():
    candidates = [candidate(1, 5.0), candidate(2, 4.0, minutes=9), candidate(3, 0.0)]

    assert "C-3" in assigned(candidates, {"ada": 8, "bob": 20}).of
    assert assigned(candidates, {"ada": 8, "bob": 10}).left_out == ("C-3",)


def test_one_more_hour_is_worth_the_calls_that_it_would_have_time_for():
    candidates = [candidate(rank, 100.0 - rank) for rank in range(1, 10)]
    alone, two = assigned(candidates, {"ada": 16}), assigned(candidates, {"ada": 16, "bob": 8})

    assert alone.price_of_an_hour == {"ada": pytest.approx(60 / 8 * (100 - 3))}
    assert two.price_of_an_hour["bob"] == pytest.approx(60 / 8 * (100 - 4))
    assert staffing_sentence(alone) == (
        "2 of 9 accounts have a caller. One more hour of ada would bring about 728 money-days more."
    )
    assert "would bring nothing more" in staffing_sentence(assigned(candidates, {"ada": 16, "bob": 80}))


def test_without_anybody_who_has_time_the_list_is_empty_and_says_why():
    found = assigned([candidate(1, 100, forced=True)], {"ada": 0.0})

    assert (dict(found.of), found.left_out, found.forced_left_out) == ({}, ("C-1",), ("C-1",))
    assert staffing_sentence(found).startswith("Nobody has time for calls on this day, so the list is empty.")


def test_when_the_solver_gives_up_the_list_goes_by_value_per_minute_and_says_so(monkeypatch):
    monkeypatch.setattr(placing_calls, "milp", lambda *_, **__: type("Nothing", (), {"x": None})())
    candidates = [candidate(1, 100, minutes=20), candidate(2, 90, minutes=8), candidate(3, 80, minutes=8)]
    found = assigned(candidates, {"ada": 16, "bob": 8})

    assert found.method == "greedy"
    assert sorted(found.of) == ["C-2", "C-3"]


def test_a_large_team_is_placed_within_a_hundredth_of_the_best():
    luck = np.random.default_rng(1)
    names = [f"k{n:02}" for n in range(12)]
    candidates = [
        candidate(
            rank,
            float(luck.lognormal(5, 1.5)),
            minutes=float(luck.choice([4, 6, 8, 12, 20])),
            fits={name: 0.8 for name in names if luck.random() < 0.5},
        )
        for rank in range(1, 401)
    ]
    found = assigned(candidates, dict.fromkeys(names, 100.0))

    assert found.method == "milp"
    assert found.gap < 0.01
