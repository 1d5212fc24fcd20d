"""Who is on the list of a day, by which rule, who calls them, and how likely that was."""

from collections import Counter
from dataclasses import replace
from datetime import date

import pytest
from builders import law
from hypothesis import given
from hypothesis import strategies as st

from ledger.days import to_day
from serving.listing.choosing import EXPLORATION, NO_RATE, Day, choose
from serving.strategy.considered import Broken, Callback, Considered
from serving.strategy.reading import shipped
from serving.team.team import Collector, Team

EVENING, MORNING = date(2026, 3, 31), date(2026, 4, 1)
DAY = Day(EVENING, MORNING, book_overdue=1e9, salt="salt")
RULES = shipped()
TODAY = to_day(EVENING)
DESIGNS = ("slice", "smooth")


def one(customer: str, value: float | None = 1.0, **also) -> Considered:
    told = {"minutes": 8.0, "segment": "mixed", "oldest_dpd": 20, "open": 500.0, "overdue": 500.0}
    return Considered(customer, value, **{"talks": (1,), "tries": (1,), "overdue_since_days": 20, **told, **also})


def exploring(design: str, ceiling: float = 1e9):
    return replace(
        RULES, exploration=replace(RULES.exploration, on=True, design=design, share=0.2, exposure_ceiling=ceiling)
    )


def listed(chosen) -> list[tuple[str, str]]:
    return [(admitted.customer_id, admitted.rule) for admitted in chosen.listed]


def test_the_list_is_the_beginning_of_the_order_by_value():
    chosen = choose([one(f"C-{n}", float(n)) for n in range(5)], RULES, Team.of_capacity(2, 8.0), DAY)

    assert listed(chosen) == [("C-4", "value"), ("C-3", "value")]
    assert chosen.below == ("C-2", "C-1", "C-0")
    assert [chosen.chances[f"C-{n}"].pi for n in range(5)] == [0, 0, 0, 1, 1]


def test_appointments_come_first_at_their_time_whatever_they_are_worth():
    asked = [
        one("LATE", 0.0, callback=Callback(TODAY + 1, "14:30")),
        one("EARLY", 0.0, callback=Callback(TODAY + 1, "09:00")),
        one("ANY", 9.0, callback=Callback(TODAY + 1)),
        one("PAST", 0.0, callback=Callback(TODAY - 3, "16:00")),
        one("AHEAD", 5.0, callback=Callback(TODAY + 9, "08:00")),
    ]

    chosen = choose([*asked, one("BEST", 99.0)], RULES, Team.of_capacity(6, 8.0), DAY)

    assert [customer for customer, _ in listed(chosen)] == ["PAST", "EARLY", "LATE", "ANY", "BEST", "AHEAD"]
    assert [rule for _, rule in listed(chosen)] == ["callback.due"] * 4 + ["value"] * 2


def test_what_value_would_have_listed_anyway_is_there_by_value_and_says_what_a_rule_asks():
    broken = (Broken(400.0, 1),)
    accounts = [
        one("WORTH", 9.0, broken=broken),
        one("LITTLE", 0.1, broken=broken),
        *(one(f"C-{n}") for n in range(20)),
    ]

    chosen = choose(accounts, RULES, Team.of_capacity(14, 8.0), DAY)

    rules = dict(listed(chosen))
    assert rules["WORTH"] == "value"
    assert rules["LITTLE"] == "quota.broken_promises"
    reason = next(admitted.reason for admitted in chosen.listed if admitted.customer_id == "WORTH")
    assert "Broke a promise 1 day ago" in reason


def test_what_cannot_be_compared_comes_after_all_others_and_only_where_time_is_left():
    accounts = [one("C-1"), one("FOREIGN", None, oldest_dpd=90), one("OLDER", None, oldest_dpd=120)]

    assert listed(choose(accounts, RULES, Team.of_capacity(3, 8.0), DAY))[1:] == [
        ("OLDER", NO_RATE),
        ("FOREIGN", NO_RATE),
    ]
    assert listed(choose(accounts, RULES, Team.of_capacity(1, 8.0), DAY)) == [("C-1", "value")]


def test_nobody_with_time_leaves_an_empty_list_and_everybody_below():
    away = Team((Collector("ada", "Ada", 0.0),))

    chosen = choose([one("C-1"), one("C-2")], RULES, away, DAY)

    assert chosen.listed == ()
    assert set(chosen.below) == {"C-1", "C-2"}


@pytest.mark.parametrize("design", DESIGNS)
def test_the_lot_lists_as_many_as_fit_with_the_chances_it_says(design):
    accounts = [one(f"C-{n:02d}", float(n)) for n in range(40)]
    team = Team.of_capacity(10, 8.0)

    times = dict.fromkeys((account.customer_id for account in accounts), 0)
    for salt in range(400):
        chosen = choose(accounts, exploring(design), team, replace(DAY, salt=str(salt)))
        assert len(chosen.listed) == 10
        for admitted in chosen.listed:
            times[admitted.customer_id] += 1
    for customer, count in times.items():
        pi = chosen.chances[customer].pi
        assert abs(count / 400 - pi) <= 4 * (pi * (1 - pi) / 400) ** 0.5 + 1e-9, (customer, pi, count)
    assert sum(chance.pi for chance in chosen.chances.values()) == pytest.approx(10)


def test_a_slice_keeps_the_best_for_certain_and_draws_below_the_cut():
    accounts = [one(f"C-{n:02d}", float(n)) for n in range(20)]

    chosen = choose(accounts, exploring("slice"), Team.of_capacity(10, 8.0), DAY)

    assert [customer for customer, rule in listed(chosen) if rule == "value"] == [f"C-{n}" for n in range(19, 11, -1)]
    assert sum(rule == EXPLORATION for _, rule in listed(chosen)) == 2
    assert {chosen.chances[f"C-{n:02d}"].pi for n in range(12)} == {2 / 12}


def test_a_large_account_is_never_left_to_the_lot():
    accounts = [one("LARGE", 0.0, overdue=9000.0, open=9000.0), *(one(f"C-{n}", 1.0 + n) for n in range(20))]

    smooth = choose(accounts, exploring("smooth", ceiling=9000.0), Team.of_capacity(5, 8.0), DAY)
    slice_ = choose(accounts, exploring("slice", ceiling=9000.0), Team.of_capacity(5, 8.0), DAY)

    best = [one("LARGE", 9e9, overdue=9000.0, open=9000.0), *accounts[1:]]
    kept = [choose(best, exploring(design, ceiling=9000.0), Team.of_capacity(5, 8.0), DAY) for design in DESIGNS]

    assert [chosen.chances["LARGE"].pi for chosen in (smooth, slice_)] == [0.0, 0.0]
    assert [chosen.chances["LARGE"].pi for chosen in kept] == [1.0, 1.0]
    assert all(chosen.listed[0].customer_id == "LARGE" for chosen in kept)


ACCOUNTS = st.lists(
    st.tuples(
        st.one_of(st.none(), st.floats(0, 100)), st.sampled_from([5.0, 8.0, 12.0]), st.sampled_from(["DE", "FR", ""])
    ),
    max_size=14,
)
TEAM = Team(
    (Collector("ada", "Ada", 30.0, countries=frozenset({"DE"})), Collector("ben", "Ben", 25.0)),
)


@law(examples=60)
@given(told=ACCOUNTS, shuffled=st.randoms(use_true_random=False), design=st.sampled_from(["off", "slice", "smooth"]))
def test_the_list_is_the_same_whatever_the_order_and_no_minute_is_spent_twice(told, shuffled, design):
    accounts = [
        one(f"C-{n}", value, minutes=minutes, country=country) for n, (value, minutes, country) in enumerate(told)
    ]
    rules = RULES if design == "off" else exploring(design)

    chosen = choose(accounts, rules, TEAM, DAY)
    mixed = list(accounts)
    shuffled.shuffle(mixed)

    assert choose(mixed, rules, TEAM, DAY) == chosen
    assert {*(admitted.customer_id for admitted in chosen.listed), *chosen.below} == {a.customer_id for a in accounts}
    by_id = {account.customer_id: account for account in accounts}
    for name, minutes in (("ada", 30.0), ("ben", 25.0)):
        spent = sum(by_id[admitted.customer_id].minutes for admitted in chosen.listed if admitted.collector == name)
        assert spent <= minutes + 1e-6
    for admitted in chosen.listed:
        assert chosen.chances[admitted.customer_id].pi > 0
        assert admitted.collector != "ada" or by_id[admitted.customer_id].country in ("DE", "")


def test_no_appointment_is_left_to_the_lot():
    asked = [one(f"A-{n:02d}", 0.0, callback=Callback(TODAY + 1)) for n in range(12)]
    others = [one(f"C-{n:02d}", float(n)) for n in range(20)]

    for design in DESIGNS:
        chosen = choose([*asked, *others], exploring(design), Team.of_capacity(12, 8.0), DAY)
        assert {admitted.customer_id for admitted in chosen.listed} == {account.customer_id for account in asked}
        assert {chosen.chances[account.customer_id].pi for account in asked} == {1.0}


@pytest.mark.parametrize("design", DESIGNS)
def test_where_chance_has_a_share_who_reached_everybody_last_leaves_the_others_their_part_of_good_accounts(design):
    accounts = [one(f"C-{n:02}", float(90 - n)) for n in range(90)]
    everybody = frozenset(account.customer_id for account in accounts)

    def calls(reached: frozenset[str]) -> tuple[list[int], int]:
        team = Team((Collector("ada", "Ada", 240, reached=reached), Collector("bob", "Bob", 240)))
        of = choose(accounts, exploring(design), team, DAY).assignment.of
        return sorted(Counter(of.values()).values()), sum(int(who[2:]) for who in of)

    (of_each, places), (_, places_otherwise) = calls(everybody), calls(frozenset())
    assert of_each == [30, 30]
    assert places < 1.1 * places_otherwise, "the best of the list are as likely to be called"
