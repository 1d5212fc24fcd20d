"""The decision-value table: what must hold whatever the orders gain."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from serving.value.priority import AccountToRank, ItemToRank
from simulation.bank_days import is_bank_day
from simulation.calls import decision_value as table
from simulation.calls.books import Books
from simulation.calls.callable_book import CallableBook
from simulation.calls.ceiling import EVERY_DAYS, Ceiling, Lessons
from simulation.calls.course import Course
from simulation.calls.decision_value import ORDERS, decision_value, order_makers, seed_table
from simulation.calls.ledger_eyes import LedgerEyes
from simulation.calls.orders import ORACLE, Evening, largest_first, legacy, oldest_first, randomly
from simulation.calls.outcome import DAYS, outcome_of
from simulation.calls.policy import burn_in, outcome_under, work
from simulation.calls.rivals import AgingPoints, LateRisk
from simulation.calls.value import CEILING
from simulation.calls.world import WORLDS, make_world, world
from simulation.errors import NoSuchOrder

SMALL = world("small")


def evening_of(course):
    book = CallableBook(course)
    return Evening(course, book, book.items())


def tried(course, since):
    return {customer for customer, _, day in course.told.contacts if day > since}


def test_in_the_placebo_no_order_moves_a_single_payment():
    lessons = Lessons(legacy)
    course = burn_in(make_world(replace(SMALL, name="placebo", effect=0.0), 1), lessons)
    makers, nobody = order_makers(course, ORDERS, lessons), course.branch()
    work(nobody, None, 40)

    for name in ORDERS:
        called = course.branch()
        work(called, makers[name](), 10)
        work(called, None, 30)
        assert tried(called, course.day), name
        assert called.told.applications == nobody.told.applications, name
        assert (called.open_minor == nobody.open_minor).all(), name


def test_two_orders_differ_only_through_the_calls_they_make(answering):
    course, _ = answering
    one, other = course.branch(), course.branch()
    work(one, largest_first, 60)
    work(other, oldest_first, 60)

    called = tried(one, course.day) | tried(other, course.day)
    owner = course.world.invoices.customer
    alone = [[cash for cash in told.told.applications if owner[cash[0]] not in called] for told in (one, other)]
    assert alone[0] == alone[1]
    assert len(alone[0]) > len([cash for cash in course.told.applications if owner[cash[0]] not in called])
    assert one.told.applications != other.told.applications


def test_the_same_calls_by_other_hands_make_the_same_course_to_the_last_bit(answering):
    course, _ = answering
    worked, repeated = course.branch(), course.branch()
    work(worked, randomly, 60)
    by_day = {}
    for customer, _, day in worked.told.contacts:
        by_day.setdefault(day, []).append(customer)
    for day in range(course.day + 1, course.day + 61):
        repeated.live(by_day.get(day, []))

    assert vars(repeated.told) == vars(worked.told)
    for name in ("open_minor", "aim", "asked", "solved_on", "promised_on", "pulled", "hurry"):
        assert (getattr(repeated, name) == getattr(worked, name)).all(), name


def test_a_seed_is_burnt_in_once_and_no_order_sees_what_another_did(monkeypatch):
    courses = []
    monkeypatch.setattr(table, "burn_in", lambda *made: courses.append(burn_in(*made)) or courses[-1])

    found = seed_table(SMALL, 1, ("oldest_first", "largest_first", ORACLE), lambda _: None)

    assert len(courses) == 1
    assert max(day for _, _, day in courses[0].told.contacts) <= courses[0].day
    assert found == {
        **seed_table(SMALL, 1, ("largest_first",), lambda _: None),
        **seed_table(SMALL, 1, (ORACLE, "oldest_first"), lambda _: None),
    }


def test_to_note_what_the_oracle_says_changes_nothing(answering):
    course, lessons = answering

    assert vars(course.told) == vars(burn_in(make_world(SMALL, 1)).told)
    assert max(lessons.day) <= course.day
    assert len(lessons.day) >= 30
    assert len({day % 7 for day in lessons.day}) == 5  # the evenings before Monday to Friday
    assert {day % EVERY_DAYS for day in lessons.day} == {0}


def test_the_ceiling_learns_from_the_burn_in_and_from_nothing_after_it(answering):
    course, lessons = answering
    invoices = course.world.invoices
    later = invoices.issued_on > course.day
    amount = np.where(later, invoices.amount_minor * 3, invoices.amount_minor)
    changed = replace(course.world, invoices=replace(invoices, amount_minor=amount, blocked=invoices.blocked | later))
    other_lessons = Lessons(legacy)
    other = burn_in(changed, other_lessons)

    gains = [
        Ceiling(*learned).gains(LedgerEyes(), evening_of(course)).tolist()
        for learned in ((course, lessons), (other, other_lessons))
    ]
    assert later.any()
    assert gains[0] == gains[1]
    assert len(set(gains[0])) > 20


def test_books_that_grew_show_what_books_made_anew_show(answering):
    course = answering[0].branch()
    grown = Books(course)
    for _ in range(4):
        work(course, largest_first, 9)
        seen, fresh = grown.view(), Books(course).view()
        for name in ("items", "applications", "disputes", "contacts", "promises"):
            pd.testing.assert_frame_equal(getattr(seen, name), getattr(fresh, name))


def test_an_outcome_ends_with_what_is_truly_open(answering):
    course = answering[0].branch()
    outcome = outcome_under(course, oldest_first)

    sent = course.world.invoices.issued_on < course.world.ends_on
    assert outcome.receivables[-1] == pytest.approx(course.open_minor[sent].sum() / 100)
    assert len(outcome.cash) == len(outcome.receivables) == DAYS
    assert 0 < outcome.over_90 < outcome.receivables[-1]
    assert outcome.calls == sum(day > answering[0].day for _, _, day in course.told.contacts)


def test_a_call_is_too_soon_within_fourteen_days_of_the_one_before():
    course = Course(make_world(SMALL, 1))
    starts = course.world.ends_on - DAYS
    course.told.contacts = [(7, "no_answer", starts - 3), (7, "no_answer", starts + 11), (8, "no_answer", starts + 11)]
    course.told.contacts += [(7, "right_party", starts + 26), (8, "no_answer", starts + 20)]

    outcome = outcome_of(course)

    assert (outcome.calls, outcome.excess_calls) == (4, 2)  # 14 and 9 days after the one before; 15 is not


def test_points_come_of_the_oldest_bucket_and_of_the_class_of_the_money():
    def points(*items):
        return AgingPoints().rank_value(AccountToRank("C-1", tuple(ItemToRank(*item, None) for item in items)))

    assert int(points((300, 95), (900, 5))) == 90 + 20
    assert int(points((60_000, 31))) == 50 + 80
    assert points((900, 5)) > points((300, 5))
    assert points((900, -5)) == 0.0


def test_late_risk_alone_does_not_look_at_the_amount():
    small, large = (
        LateRisk().rank_value(AccountToRank("C-1", (ItemToRank(money, 9, 0.4),))) for money in (10.0, 10_000.0)
    )

    assert small == pytest.approx(large) == pytest.approx(0.4)
    assert LateRisk().rank_value(AccountToRank("C-1", (ItemToRank(10.0, -9, 0.4),))) == 0.0


def test_the_order_by_what_a_call_brings_beats_oldest_first_on_a_seed_of_the_small_world():
    found = decision_value("small", (1,), ("expected_acceleration",), progress=lambda _: None)

    assert found.orders == ("oldest_first", "expected_acceleration", ORACLE)
    assert found.ratio("expected_acceleration", "oldest_first").value > 1.2
    assert found.took[0].cpu_seconds > 0
    assert CEILING not in found.orders


def test_an_order_that_is_none_of_ours_is_named_with_those_there_are():
    with pytest.raises(NoSuchOrder, match="aging_points"):
        decision_value("small", (1,), ("by_mood",))


@pytest.mark.parametrize("name", sorted(set(WORLDS) - {"large"}))
def test_every_world_lives(name):
    course = Course(make_world(replace(world(name), customers=80), 3))
    work(course, oldest_first, 90)

    assert is_bank_day(np.array([day for _, _, day in course.told.contacts])).all()
    assert {kind for _, kind, _, _, _ in course.told.applications} >= {"cash"}
