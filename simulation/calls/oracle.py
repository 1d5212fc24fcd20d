"""The informed oracle: ranks by what a call truly changes, knowing everything but the draws to come.

Types, hidden states, parameters, even the days of insolvency are known to it; which number the next chance event
draws is not. A strong, informed order, not a proven optimum.
"""

import numpy as np

from simulation.bank_days import is_bank_day
from simulation.calls.course import (
    CALL_AGAIN_DAYS,
    ENDS_IN_CREDIT,
    FORGOTTEN_CHANCE,
    PULL_FROM_DPD,
    REMEMBERED_CHANCE,
    REMEMBERS,
    SOLVED_CHANCE,
    SOLVING_DAYS,
    Course,
    willing_chance,
)
from simulation.calls.world import FADES_DAYS, NEVER
from simulation.chance import Floats, Ints

HORIZON_DAYS, WAIT_DAYS, PATIENCE = 60, 7, 0.8
FOUND_AFTER_DAYS, FOUND_MEAN_DAYS = 20, 90.0
"""A block comes out by itself from so many days past due on, after so long on average."""


def true_gains(course: Course, items: Ints) -> Floats:
    """Days that a try this morning truly brings each unit of money forward, less most of what one in a week would.

    Args:
        items: open invoices, shape (n,); what was paid and is not booked yet gains nothing.

    Returns:
        Expected days, shape (n,), before the draws to come; the chance to reach anybody is in them.
    """
    idle = _unpaid_days(course, items, None)
    gain = idle - _unpaid_days(course, items, 0)
    later = idle - _unpaid_days(course, items, WAIT_DAYS)
    reach = course.world.customers.reach[course.world.invoices.customer[items]]
    return np.asarray(np.where(course.open_minor[items] > 0, (gain - PATIENCE * later) * reach, 0.0))


def _unpaid_days(course: Course, items: Ints, called_in: int | None) -> Floats:
    """Expected days unpaid within the horizon of each invoice, with a connected call in so many days or without."""
    world, invoices = course.world, course.world.invoices
    customer, due = invoices.customer[items], invoices.due_on[items]
    effect = world.spec.effect
    hurry = course.hurry[customer].copy()
    calls_before = np.array(
        [
            sum(course.day - day <= CALL_AGAIN_DAYS for day in course.connected_on.get(who, ()))
            for who in customer.tolist()
        ]
    )
    aim = course.aim[items].copy()
    lost = np.where(invoices.forgotten[items] & ~course.asked[items], 1.0, 0.0)  # chance that it still lies somewhere
    hidden = np.where(invoices.blocked[items] & ~course.known_block[items], 1.0, 0.0)
    solving = np.where((course.solved_on[items] > course.day) & (hidden == 0), 1.0, 0.0)
    solved_on = course.solved_on[items]
    credited = np.zeros(len(items))
    unpaid, days = np.ones(len(items)), np.zeros(len(items))
    was_blocked = invoices.blocked[items]
    for ahead in range(1, HORIZON_DAYS + 1):
        day = course.day + ahead
        hurry *= 0.5 ** (1.0 / FADES_DAYS)
        if called_in is not None and ahead == called_in + 1:
            hurry = np.maximum(hurry, course.gain(customer, day, calls_before))
            overdue = day > due
            lost = np.where(overdue, lost * (1.0 - REMEMBERS * effect), lost)
            shown = np.where(overdue, hidden * effect, 0.0)
            hidden, solving = hidden - shown, solving + shown
            solved_on = np.where(shown > 0, NEVER, solved_on)
            pull = (world.customers.of("pulls_from") + world.customers.of("pulls_to"))[customer] / 2.0
            ripe = day - due >= PULL_FROM_DPD
            aim = np.where(ripe, aim - pull * effect * 0.5 ** course.pulled[items], aim)
        found = np.where(day - due > FOUND_AFTER_DAYS, hidden / FOUND_MEAN_DAYS, 0.0)
        hidden, solving = hidden - found, solving + found
        ends = np.where(solved_on < NEVER, (solved_on == day) * solving, solving / SOLVING_DAYS)
        solving, credited = solving - ends, credited + ends * ENDS_IN_CREDIT
        if is_bank_day(day)[()]:
            free = np.clip(1.0 - hidden - solving, 0.0, 1.0)
            chance = willing_chance(world, customer, day, hurry, since=course.day)
            asked = np.where(invoices.forgotten[items], np.maximum(chance, REMEMBERED_CHANCE), chance)
            asked = np.where(was_blocked, np.maximum(asked, SOLVED_CHANCE), asked)
            today = lost * FORGOTTEN_CHANCE + (1.0 - lost) * asked
            ready = (day - due >= aim) & (day < world.customers.defaults_on[customer])
            today = np.where(ready, today * free, 0.0)
            kept = (course.promised_on[items] <= day) & (free > 0.5)
            unpaid = unpaid * (1.0 - np.where(kept, 1.0, today))
        days += unpaid
    return days * (1.0 - credited)
