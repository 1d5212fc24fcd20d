"""Who was right, the list or the person who contested it: on drawn ledgers, and in their totals."""

from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest

from serving.activities.contests import (
    BOOKED_WITHIN_DAYS,
    Contested,
    Paid,
    by_code,
    right_by_chance,
    verdict,
)

EVENING, SAID, LATE = date(2026, 3, 31), date(2026, 4, 1), date(2026, 4, 30)
LATER = LATE + timedelta(BOOKED_WITHIN_DAYS)


def contested(because, late_risk=0.6, **items):
    return Contested(because, SAID, EVENING, late_risk, LATE, items or {"INV-1": 1000})


def cash(minor, paid_on, known_on=None, item="INV-1"):
    return Paid(item, minor, date.fromisoformat(paid_on), date.fromisoformat(known_on or paid_on))


@pytest.mark.parametrize(
    ("because", "paid", "expected"),
    [
        # the list expects 60 % unpaid on 30 April
        ("pays_sooner", [cash(1000, "2026-04-20")], "person"),
        ("pays_sooner", [cash(500, "2026-04-20")], "person"),  # 50 % unpaid
        ("pays_sooner", [cash(300, "2026-04-20")], "list"),  # 70 % unpaid
        ("pays_sooner", [], "list"),
        ("pays_sooner", [cash(1000, "2026-05-01")], "list"),  # a day too late
        ("pays_later", [], "person"),
        ("pays_later", [cash(1000, "2026-04-20")], "list"),
        ("pays_sooner", [cash(400, "2026-04-20")], "not_scored"),  # exactly as expected
        ("pays_sooner", [cash(1000, "2026-03-20", "2026-03-31")], "list"),  # the list knew it
        ("paid_already", [cash(1000, "2026-03-30", "2026-04-02")], "person"),
        ("paid_already", [cash(1000, "2026-04-02")], "list"),  # paid after it was said
        ("paid_already", [cash(499, "2026-03-30", "2026-04-02")], "list"),
        ("wrong_data", [cash(1000, "2026-04-02")], "not_scored"),
    ],
)
def test_the_verdict_follows_from_cash_once_it_can_be_known(because, paid, expected):
    assert verdict(contested(because), paid, LATER) == expected


@pytest.mark.parametrize("because", ["pays_sooner", "pays_later", "paid_already"])
def test_nobody_is_judged_before_the_outcome_can_be_known(because):
    assert verdict(contested(because), [], LATE if because != "paid_already" else SAID) == "waiting"


def test_what_is_paid_already_is_decided_as_soon_as_it_is_booked():
    assert verdict(contested("paid_already"), [cash(900, "2026-03-30", "2026-04-02")], date(2026, 4, 2)) == "person"


def test_where_nothing_was_predicted_only_what_was_paid_already_is_decided():
    assert verdict(contested("pays_sooner", None), [cash(1000, "2026-04-02")], LATER) == "not_scored"
    assert verdict(contested("paid_already", None), [cash(1000, "2026-03-30", "2026-04-02")], LATER) == "person"


def test_more_than_was_open_of_one_item_counts_for_no_other():
    two = contested("pays_sooner", 0.4, **{"INV-1": 100, "INV-2": 900})

    assert verdict(two, [cash(5000, "2026-04-02")], LATER) == "list"  # 90 % is unpaid


def drawn(seed):
    draw = Random(seed)
    items = {f"INV-{n}": draw.randint(1, 900) for n in range(draw.randint(1, 4))}
    paid = [
        Paid(
            draw.choice(list(items)), draw.randint(1, 900),
            paid_on := EVENING + timedelta(draw.randint(-20, 50)), paid_on + timedelta(draw.randint(0, 15)),
        )
        for _ in range(draw.randint(0, 6))
    ]  # fmt: skip
    because = draw.choice(["paid_already", "pays_sooner", "pays_later"])
    return replace(contested(because, draw.random()), open_minor=items), paid, EVENING + timedelta(draw.randint(1, 70))


@pytest.mark.parametrize("seed", range(200))
def test_what_became_known_later_changes_no_verdict_and_the_opposite_claim_has_the_opposite_one(seed):
    claim, paid, known_by = drawn(seed)
    known = [one for one in paid if one.known_on <= known_by]

    assert verdict(claim, paid, known_by) == verdict(claim, known, known_by)
    if claim.because != "paid_already":
        opposite = replace(claim, because="pays_later" if claim.because == "pays_sooner" else "pays_sooner")
        found = {verdict(claim, paid, known_by), verdict(opposite, paid, known_by)}
        assert found in ({"person", "list"}, {"waiting"}, {"not_scored"})
        assert right_by_chance(claim) + right_by_chance(opposite) == pytest.approx(1.0)


def test_people_who_guess_are_right_as_often_as_the_exact_chances_say():
    draw, told = Random(5), []
    for _ in range(4000):
        claim = contested(draw.choice(["pays_sooner", "pays_later"]), draw.uniform(0.05, 0.95))
        unpaid = draw.random() < claim.late_risk
        told.append((claim, verdict(claim, [] if unpaid else [cash(1000, "2026-04-09")], LATER)))

    for one in by_code(told):
        assert one.person_right / one.judged == pytest.approx(one.expected_right / one.judged, abs=0.03)


def test_the_totals_add_up_and_name_nobody():
    told = [
        (contested("pays_sooner", 0.6), "person"), (contested("pays_sooner", 0.2), "list"),
        (contested("pays_sooner"), "waiting"), (contested("other"), "not_scored"),
    ]  # fmt: skip
    other, sooner = by_code(told)

    assert (other.contests, other.judged, other.expected_right, other.not_scored) == (1, 0, None, 1)
    assert (sooner.contests, sooner.judged, sooner.person_right, sooner.waiting) == (3, 2, 1, 1)
    assert sooner.expected_right == pytest.approx((1 - 0.6) + (1 - 0.2))
