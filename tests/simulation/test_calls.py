"""The company that answers calls."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from simulation.bank_days import is_bank_day
from simulation.calls.books import Books, item_id
from simulation.calls.callable_book import CallableBook
from simulation.calls.counters import normal, uniform
from simulation.calls.course import Course
from simulation.calls.gain import money_days
from simulation.calls.oracle import true_gains
from simulation.calls.orders import Evening, informed_oracle, largest_first, oldest_first, randomly
from simulation.calls.policy import burn_in, cash_under, work
from simulation.calls.value import jackknifed
from simulation.calls.world import FIRST_DAY, POLICY_DAYS, make_world, world
from simulation.errors import UnknownWorld

SMALL = world("small")


@pytest.fixture(scope="module")
def before():
    """The small world after its years under the old order."""
    return burn_in(make_world(SMALL, 1))


def gained(course, order):
    return money_days(cash_under(course.branch(), order), cash_under(course.branch(), None))


def test_chance_depends_on_what_is_asked_and_on_nothing_else():
    who = np.arange(5)

    assert uniform(1, "pays", who, 7).tolist() == uniform(1, "pays", who[::-1], 7)[::-1].tolist()
    assert (uniform(1, "pays", who, 7) != uniform(1, "pays", who, 8)).all()
    assert (uniform(1, "pays", who, 7) != uniform(2, "pays", who, 7)).all()
    assert (uniform(1, "pays", who, 7) != uniform(1, "reach", who, 7)).all()


def test_its_numbers_are_even_and_its_normals_normal():
    drawn, bell = uniform(3, "x", np.arange(100_000)), normal(3, "x", np.arange(100_000))

    assert np.histogram(drawn, 10, (0, 1))[0] == pytest.approx(10_000, rel=0.05)
    assert (bell.mean(), bell.std()) == (pytest.approx(0, abs=0.02), pytest.approx(1, abs=0.02))


def test_the_same_calls_make_the_same_course(before):
    assert gained(before, largest_first) == gained(before, largest_first)


def test_two_orders_that_call_nobody_differ_in_nothing(before):
    assert gained(before, None) == 0.0


def test_in_the_placebo_no_order_brings_anything_forward():
    course = burn_in(make_world(replace(SMALL, name="placebo", effect=0.0), 1))

    assert [gained(course, order) for order in (randomly, largest_first, informed_oracle)] == [0.0, 0.0, 0.0]


def test_the_informed_oracle_gains_more_than_orders_that_know_less(before):
    by_name = {
        order.__name__: gained(before, order) for order in (randomly, oldest_first, largest_first, informed_oracle)
    }

    assert max(by_name, key=by_name.get) == "informed_oracle"
    assert by_name["randomly"] > 0


def test_half_the_effect_gains_less(before):
    less = burn_in(make_world(replace(SMALL, name="half", effect=0.5), 1))

    assert 0 < gained(less, informed_oracle) < gained(before, informed_oracle)


def test_nobody_gains_from_a_call_about_what_is_paid(before):
    course = before.branch()
    items = course.sent()[:5]
    course.open_minor[items] = 0

    assert true_gains(course, items).tolist() == [0.0] * 5


def test_the_ledger_knows_what_is_booked_and_nothing_else(before):
    view, book = Books(before).view(), CallableBook(before)

    open_items = view.open_items().set_index("item_id")["open_minor"]
    sent = np.searchsorted(before.world.invoices.issued_on, before.day, side="right")
    known = {item_id(at): int(book.known_minor[at]) for at in range(sent) if book.known_minor[at] > 0}
    assert open_items[open_items > 0].to_dict() == known
    assert int(open_items.sum()) >= int(before.open_minor[:sent].sum())  # what is paid and not booked is still open


def test_no_account_is_called_while_a_promise_is_open_nor_twice_within_a_week(before):
    course = before.branch()
    work(course, largest_first, 60)

    spoken = [
        (customer, day) for customer, outcome, day in course.told.contacts if outcome in {"right_party", "promise"}
    ]
    for customer in {who for who, _ in spoken}:
        days = [day for who, day in spoken if who == customer]
        assert all(later - earlier >= 7 for earlier, later in pairwise(days))
    open_promises = [(who, made, promised) for who, _, made, promised in course.told.promises]
    assert not [
        1 for who, _, day in course.told.contacts for whose, made, promised in open_promises
        if who == whose and made < day <= promised
    ]  # fmt: skip


def test_calls_are_made_on_bank_days_and_never_more_than_the_team_can(before):
    course = before.branch()
    work(course, oldest_first, 40)

    days = [day for _, _, day in course.told.contacts if day > before.day]
    assert is_bank_day(np.array(days)).all()
    assert max(np.bincount(np.array(days) - before.day)) <= SMALL.calls


def test_an_evening_holds_only_overdue_undisputed_invoices(before):
    book = CallableBook(before)
    evening = Evening(before, book, book.items())

    assert (evening.dpd > 0).all()
    assert (evening.money > 0).all()
    disputed = {invoice for invoice, _, _, resolved in before.told.disputes if resolved > before.day}
    assert not disputed & set(evening.items.tolist())


def test_the_types_have_their_shares():
    customers = make_world(world("base"), 4).customers

    found = np.bincount(customers.temper) / len(customers)
    assert found == pytest.approx([temper.share for temper in customers.tempers], abs=0.002)
    assert sum(temper.share for temper in world("immovable_heavy").tempers()) == pytest.approx(1.0)


def test_a_jackknife_of_equal_ratios_is_certain():
    found = jackknifed(np.array([2.0, 4.0, 6.0]), np.array([4.0, 8.0, 12.0]))

    assert (found.value, found.low, found.high) == (0.5, pytest.approx(0.5), pytest.approx(0.5))
    assert np.isnan(jackknifed(np.array([1.0]), np.array([2.0])).low)


def test_an_unknown_world_is_named_with_those_there_are():
    with pytest.raises(UnknownWorld, match="placebo"):
        world("nowhere")


def test_a_course_begins_the_day_before_its_first():
    assert Course(make_world(SMALL, 1)).day == FIRST_DAY - 1
    assert POLICY_DAYS == 130
