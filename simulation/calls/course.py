"""The course of a world: one day after the other, with the calls that somebody decides to make.

The same calls on the same seed give the same course. What happens is told as facts (`simulation.calls.books` makes a
ledger of them); what is hidden (who forgot what, whom a call has hurried) stays here.
"""

from collections import defaultdict
from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from simulation.bank_days import bank_day_from, bank_days_after, is_bank_day
from simulation.calls.counters import between, uniform
from simulation.calls.world import (
    ECONOMY_MEMORY,
    FADES_DAYS,
    FIRST_DAY,
    LIQUIDITY_MEMORY,
    LOST_AT_DEFAULT,
    NEVER,
    World,
)
from simulation.chance import Flags, Floats, Ints

FORGOTTEN_CHANCE, REMEMBERED_CHANCE, SOLVED_CHANCE = 0.012, 0.35, 0.25
"""Daily chance of payment of what lies somewhere, of what somebody asked for, and of what is no longer disputed."""

REMEMBERS, REMEMBERS_BY_VOICEMAIL = 0.95, 0.25
SOLVING_DAYS, ENDS_IN_CREDIT = 13.0, 0.35
TIRES = 0.6
"""A connected call within three weeks of another works exp(-0.6) as much."""

PULL_FROM_DPD = 4
CALL_AGAIN_DAYS = 21

Kind = Literal["cash", "credit", "write_off"]


@dataclass(eq=False)
class Told:
    """The facts so far, as parallel lists: whole days, cents, indices into the world's customers and invoices."""

    applications: list[tuple[int, Kind, int, int, int]] = field(
        default_factory=list
    )  # invoice, kind, cents, day, known
    contacts: list[tuple[int, str, int]] = field(default_factory=list)  # customer, outcome, day
    promises: list[tuple[int, int, int, int]] = field(default_factory=list)  # customer, cents, made, promised
    disputes: list[tuple[int, int, int, int]] = field(default_factory=list)  # invoice, cents, opened, resolved


class Course:
    """A world as it stands at the end of a day.

    Attributes:
        day: the last day lived; before the first it is the one before.
        open_minor: of every invoice, also of those not sent yet; `aim`: days past due from which its money may come.
        asked: whether a forgotten invoice was asked for; `solved_on`: when a block is over, `NEVER` while it is not.
        known_block: whether somebody was told of the block.
        promised_on: the day on which a promise that will be kept brings the money.
        hurry: by how much each customer's daily chance is raised, less 1; it fades.
    """

    def __init__(self, world: World) -> None:
        invoices, customers = world.invoices, world.customers
        self.world, self.day, self.told = world, FIRST_DAY - 1, Told()
        self.open_minor = invoices.amount_minor.copy()
        self.aim = invoices.aim.copy()
        self.asked = ~invoices.forgotten
        self.solved_on = np.where(invoices.blocked, NEVER, FIRST_DAY - 1)
        self.known_block = np.zeros(len(invoices), dtype=np.bool_)
        self.in_parts = invoices.in_parts.copy()
        self.promised_on = np.full(len(invoices), NEVER)
        self.pulled = np.zeros(len(invoices))
        self.hurry = np.zeros(len(customers))
        self.connected_on: dict[int, list[int]] = defaultdict(list)

    def branch(self) -> "Course":
        """The same course, to be lived on apart from this one."""
        other = object.__new__(Course)
        other.__dict__ = {name: value if name == "world" else deepcopy(value) for name, value in self.__dict__.items()}
        return other

    def live(self, called: Iterable[int] = ()) -> None:
        """Let the next day pass, with calls to these customers in its morning (on a bank day)."""
        self.day += 1
        self.hurry *= 0.5 ** (1.0 / FADES_DAYS)
        for customer in called:
            self._call(customer)
        self._find_blocks()
        self._defaults()
        if is_bank_day(self.day)[()]:
            self._end_disputes()
            self._pay()

    def sent(self) -> Ints:
        """Invoices sent by today with money open, as indices."""
        last = np.searchsorted(self.world.invoices.issued_on, self.day, side="right")
        return np.flatnonzero(self.open_minor[:last] > 0)

    def overdue_of(self, customer: int) -> Ints:
        """The open invoices of a customer past due today."""
        items = self.sent()
        invoices = self.world.invoices
        return np.asarray(items[(invoices.customer[items] == customer) & (invoices.due_on[items] < self.day)])

    def _call(self, customer: int) -> None:
        world, day = self.world, self.day
        seed, effect = world.seed, world.spec.effect
        overdue = self.overdue_of(customer)
        if uniform(seed, "reach", customer, day)[()] >= world.customers.reach[customer]:
            message = uniform(seed, "voicemail", customer, day)[()] < 0.5
            self.told.contacts.append((customer, "message_left" if message else "no_answer", day))
            if message:
                heard = uniform(seed, "heard", overdue, day) < REMEMBERS_BY_VOICEMAIL * effect
                self.asked[overdue[heard]] = True
            return
        self.asked[overdue[uniform(seed, "asked", overdue, day) < REMEMBERS * effect]] = True
        self._hurry(customer)
        self._pull(customer, overdue)
        shown = overdue[self._is_hidden(overdue) & (uniform(seed, "shown", overdue, day) < effect)]
        self._show(shown)
        promised = self._promise(customer, overdue)
        self.connected_on[customer].append(day)
        outcome = "dispute" if len(shown) else "promise" if promised else "right_party"
        self.told.contacts.append((customer, outcome, day))

    def gain(self, customer: Ints, day: int, calls_before: Floats) -> Floats:
        """By how much a connected call raises each customer's daily chance, less 1."""
        customers = self.world.customers
        gain = (customers.of("speed_up")[customer] - 1.0) * self.world.spec.effect * np.exp(-TIRES * calls_before)
        peak = np.cos(2 * np.pi * (day - customers.season_peak[customer]) / 365.25)
        gain = np.where((customers.of("season")[customer] > 0) & (peak < 0), 0.25 * gain, gain)
        return np.asarray(gain * health(self.world, customer, day))

    def _hurry(self, customer: int) -> None:
        before = sum(self.day - day <= CALL_AGAIN_DAYS for day in self.connected_on[customer])
        gain = self.gain(np.array([customer]), self.day, np.array([float(before)]))[0]
        self.hurry[customer] = max(self.hurry[customer], gain)

    def _pull(self, customer: int, overdue: Ints) -> None:
        customers, invoices = self.world.customers, self.world.invoices
        if not customers.of("pulls_to")[customer]:
            return
        ripe = overdue[self.day - invoices.due_on[overdue] >= PULL_FROM_DPD]
        share = uniform(self.world.seed, "pull", ripe, self.day)
        days = between(customers.of("pulls_from")[customer], customers.of("pulls_to")[customer], share)
        self.aim[ripe] -= days * self.world.spec.effect * 0.5 ** self.pulled[ripe]
        self.pulled[ripe] += 1

    def _is_hidden(self, items: Ints) -> Flags:
        return np.asarray(self.world.invoices.blocked[items] & ~self.known_block[items])

    def _show(self, items: Ints) -> None:
        """Somebody is told of these blocks: a dispute is opened and will be solved."""
        if not len(items):
            return
        longer = -np.log(uniform(self.world.seed, "solving", items)) - np.log(uniform(self.world.seed, "again", items))
        solved = bank_day_from(self.day + np.ceil(SOLVING_DAYS / 2 * longer).astype(np.int64))
        self.known_block[items] = True
        self.solved_on[items] = solved
        self.told.disputes += [
            (item, int(self.open_minor[item]), self.day, int(end))
            for item, end in zip(items.tolist(), solved.tolist(), strict=True)
        ]

    def _promise(self, customer: int, overdue: Ints) -> bool:
        world, day, customers = self.world, self.day, self.world.customers
        told = overdue[~world.invoices.blocked[overdue] | (self.solved_on[overdue] < day)]
        if not len(told) or uniform(world.seed, "promises", customer, day)[()] >= customers.of("promises")[customer]:
            return False
        ahead = 5 + int(6 * uniform(world.seed, "promised day", customer, day)[()])
        if customers.run_period[customer] > 1:  # who pays in runs names the run
            ahead = next(
                (n for n in range(1, 29) if pays_on_run(world, np.array([customer]), day + n)[0]
                 and (day + n - world.invoices.due_on[told] >= self.aim[told]).all()), 0,
            )  # fmt: skip
            if not ahead:
                return False
        promised = int(bank_day_from(day + ahead)[()])
        self.told.promises.append((customer, int(self.open_minor[told].sum()), day, promised))
        keeps = customers.of("keeps")[customer] * world.spec.effect
        if customers.run_period[customer] == 1 and uniform(world.seed, "keeps", customer, day)[()] < keeps:
            self.promised_on[told] = np.minimum(self.promised_on[told], promised)
        return True

    def _find_blocks(self) -> None:
        items = self.sent()
        hidden = items[self._is_hidden(items)]
        self._show(hidden[self.world.invoices.found_on[hidden] <= self.day])

    def _end_disputes(self) -> None:
        items = self.sent()
        over = items[(self.solved_on[items] == self.day) & self.world.invoices.blocked[items]]
        credited = over[uniform(self.world.seed, "credited", over) < ENDS_IN_CREDIT]
        self._apply(credited, "credit", self.open_minor[credited], self.day)

    def _defaults(self) -> None:
        customers = self.world.customers
        gone = np.flatnonzero(customers.defaults_on == self.day)
        if not len(gone):
            return
        items = self.sent()
        lost = items[np.isin(self.world.invoices.customer[items], gone)]
        rest = np.round(self.open_minor[lost] * (1 - LOST_AT_DEFAULT)).astype(np.int64)
        self._apply(lost[rest > 0], "cash", rest[rest > 0], self.day)
        self._apply(lost, "write_off", self.open_minor[lost], self.day)

    def _pay(self) -> None:
        items, day = self.sent(), self.day
        chance = daily_chance(self, items, day, self.hurry[self.world.invoices.customer[items]])
        kept = (self.promised_on[items] <= day) & (self.solved_on[items] < day)
        paid = kept | (uniform(self.world.seed, "pays", items, day) < chance)
        items, kept = items[paid], kept[paid]
        half = self.in_parts[items] & ~kept
        first = np.round(self.open_minor[items] * between(0.3, 0.7, uniform(self.world.seed, "part", items)))
        self.in_parts[items] = False
        self._apply(items, "cash", np.where(half, first, self.open_minor[items]).astype(np.int64), day)

    def _apply(self, items: Ints, kind: Kind, minor: Ints, day: int) -> None:
        if not len(items):
            return
        self.open_minor[items] -= minor
        late = np.searchsorted(np.array([0.35, 0.85]), uniform(self.world.seed, "booked", items, day))
        known = bank_days_after(np.full(len(items), day), late) if kind == "cash" else np.full(len(items), day)
        self.told.applications += [
            (item, kind, cents, day, by)
            for item, cents, by in zip(items.tolist(), minor.tolist(), known.tolist(), strict=True)
        ]


def health(world: World, customer: Ints, day: int) -> Floats:
    """1 while a customer is well, falling to 0 from the day it begins to slide until it is insolvent."""
    starts, ends = world.customers.slides_on[customer], world.customers.defaults_on[customer]
    return np.asarray(np.clip((ends - day) / np.maximum(ends - starts, 1), 0.0, 1.0) ** 1.5)


def pays_on_run(world: World, customer: Ints, day: int) -> Flags:
    """Whether a day is one of the customer's payment runs (any day of those who have none)."""
    period = world.customers.run_period[customer]
    return np.asarray((day + 3 - world.customers.run_phase[customer]) % period == 0)


def mood(world: World, customer: Ints, day: int, since: int | None = None) -> Floats:
    """Logarithm by which liquidity, season and economy move each customer's daily chance on a day.

    With `since` as it is expected on that earlier day: what is known fades with the memory of the waves.
    """
    known = day if since is None else since
    week, ahead = (known - FIRST_DAY) // 7, (day - known) / 7.0
    customers = world.customers
    season = customers.of("season")[customer] * np.cos(2 * np.pi * (day - customers.season_peak[customer]) / 365.25)
    fades, slower = LIQUIDITY_MEMORY**ahead, ECONOMY_MEMORY**ahead
    return np.asarray(world.liquidity[week, customer] * fades + world.economy[week] * slower + season)


def willing_chance(world: World, customer: Ints, day: int, hurry: Floats, since: int | None = None) -> Floats:
    """Daily chance of payment of an invoice whose time has come, with nothing in its way."""
    customers = world.customers
    chance = customers.of("daily_chance")[customer] * np.exp(mood(world, customer, day, since)) * (1.0 + hurry)
    chance = np.where(pays_on_run(world, customer, day), chance, 0.0)
    slides = customers.slides_on[customer] <= day
    return np.asarray(np.minimum(np.where(slides, chance * health(world, customer, day), chance), 0.95))


def daily_chance(course: Course, items: Ints, day: int, hurry: Floats) -> Floats:
    """Chance of payment of each invoice on a bank day, as the course knows itself."""
    world, invoices = course.world, course.world.invoices
    customer, dpd = invoices.customer[items], day - invoices.due_on[items]
    chance = willing_chance(world, customer, day, hurry)
    forgotten = invoices.forgotten[items]
    chance = np.where(forgotten & course.asked[items], np.maximum(chance, REMEMBERED_CHANCE), chance)
    chance = np.where(forgotten & ~course.asked[items], FORGOTTEN_CHANCE, chance)
    chance = np.where(invoices.blocked[items], np.maximum(chance, SOLVED_CHANCE), chance)
    open_to_it = (dpd >= course.aim[items]) & (course.solved_on[items] < day)
    return np.where(open_to_it, chance, 0.0)
