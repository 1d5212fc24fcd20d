"""A company whose customers answer calls: who they are, what they buy, and what a call does to each of them.

Unlike `simulation.company`, which writes three years of a ledger at once, this world lives day by day: somebody calls,
somebody pays earlier for it. All that happens by chance is a hash (`simulation.calls.counters`); all that is not
chance stands here, in the types and in the world's own settings. `simulation.calls.course` lets the days pass.
"""

from dataclasses import dataclass, replace

import numpy as np

from simulation.bank_days import bank_day_from
from simulation.calls.counters import between, normal, uniform
from simulation.chance import Flags, Floats, Ints
from simulation.errors import UnknownWorld

BURN_IN_DAYS, POLICY_DAYS, RUN_OUT_DAYS = 480, 130, 60
"""Days under the old order, from which models learn; under the order that is judged; and after its last call."""

RANDOM_CALLS_DAYS = 260
"""The last days of the burn-in, in which a quarter of the calls goes to anybody."""

FIRST_DAY = 18_993
"""A Monday: 3 January 2022."""

NEVER = 10**6


@dataclass(frozen=True)
class Temper:
    """How customers of one type pay, and what a connected call does to them; days are calendar days past due.

    Attributes:
        share: of the customers. `size`: of their invoices, relative.
        aim_from, aim_to: days past due from which money may come; each customer has its own.
        daily_chance: of payment, on each bank day from there on.
        swing: standard deviation of the logarithm of that chance over the months (liquidity).
        season: amplitude of its logarithm over the year.
        forgets: share of invoices that lie somewhere until somebody asks.
        blocked_from, blocked_to: share of invoices held back by a dispute that nobody was told of.
        part_payments: share of invoices paid in two parts.
        speed_up: factor of the daily chance after a connected call, fading with a half-life of `FADES_DAYS`.
        pulls_from, pulls_to: days by which a call moves the day aimed at.
        promises, keeps: share of connected calls that end in a promise, and of promises that are kept.
    """

    name: str
    share: float
    size: float = 1.0
    aim_from: float = -3.0
    aim_to: float = 1.0
    daily_chance: float = 0.45
    swing: float = 0.0
    season: float = 0.0
    forgets: float = 0.0
    blocked_from: float = 0.015
    blocked_to: float = 0.06
    part_payments: float = 0.02
    speed_up: float = 1.1
    pulls_from: float = 0.0
    pulls_to: float = 0.0
    promises: float = 0.1
    keeps: float = 0.8
    runs: bool = False
    slides: bool = False


TEMPERS = (
    Temper("prompt", 0.30),
    Temper("forgetful", 0.14, forgets=0.45),
    Temper("cash_strapped", 0.13, aim_from=-2, aim_to=6, daily_chance=0.042, swing=0.8, part_payments=0.28,
           speed_up=2.6, promises=0.50, keeps=0.42),
    Temper("strategic", 0.09, aim_from=24, aim_to=40, daily_chance=0.35, pulls_from=7, pulls_to=16, promises=0.4,
           keeps=0.30),
    Temper("payment_run", 0.14, size=2.2, aim_from=6, aim_to=40, daily_chance=1.0, speed_up=1.02, promises=0.5,
           keeps=1.0, runs=True),
    Temper("sliding", 0.05, aim_from=-2, aim_to=4, daily_chance=0.12, swing=0.3, speed_up=3.0, promises=0.5, keeps=0.5,
           slides=True),
    Temper("seasonal", 0.07, aim_from=-2, aim_to=6, daily_chance=0.07, swing=0.2, season=1.0, speed_up=2.3,
           promises=0.3, keeps=0.5),
    Temper("disputing", 0.08, blocked_from=0.24, blocked_to=0.24, promises=0.1),
)  # fmt: skip

FADES_DAYS = 7.0
LIQUIDITY_MEMORY, ECONOMY_MEMORY = 0.93, 0.97
"""Correlation from week to week."""

LOST_AT_DEFAULT = 0.95
TERMS = (14, 30, 45, 60)
TERMS_SHARE = (0.10, 0.42, 0.23, 0.25)


@dataclass(frozen=True)
class WorldSpec:
    """One world.

    Attributes:
        effect: how much of a call's effect comes true; 0 is the placebo, in which calls change nothing.
        calls: that the team makes on a working day.
        heavier: types whose share is multiplied, by name; the others give way.
        shock: from the first day of the order that is judged, the logarithm by which everybody's daily chance falls,
            fading over a quarter; and which share of the cash-strapped slides as well.
    """

    name: str
    effect: float = 1.0
    customers: int = 600
    calls: int = 10
    heavier: tuple[tuple[str, float], ...] = ()
    shock: float = 0.0

    def tempers(self) -> tuple[Temper, ...]:
        """The types with the shares that they have in this world; they sum to 1."""
        factor = dict(self.heavier)
        shares = [temper.share * factor.get(temper.name, 1.0) for temper in TEMPERS]
        return tuple(replace(temper, share=share / sum(shares)) for temper, share in zip(TEMPERS, shares, strict=True))


WORLDS = {
    spec.name: spec
    for spec in (
        WorldSpec("base"),
        WorldSpec("placebo", effect=0.0),
        WorldSpec("half_effect", effect=0.5),
        WorldSpec("immovable_heavy", heavier=(("payment_run", 2.5),)),
        WorldSpec("forgetful_heavy", heavier=(("forgetful", 2.5),)),
        WorldSpec("shock", heavier=(("cash_strapped", 1.5), ("sliding", 1.5)), shock=0.7),
        WorldSpec("capacity_5", calls=5),
        WorldSpec("capacity_20", calls=20),
        WorldSpec("capacity_40", calls=40),
        WorldSpec("large", customers=2_400, calls=40),
        WorldSpec("small", customers=150, calls=3),
    )
}


def world(name: str) -> WorldSpec:
    """A world by its name. Raises `UnknownWorld`."""
    if name not in WORLDS:
        raise UnknownWorld(name, WORLDS)
    return WORLDS[name]


@dataclass(frozen=True, eq=False)
class Customers:
    """The customers' truth, one entry each; customer `c` is "C-10001" + c. Hidden from every order but the oracle's."""

    tempers: tuple[Temper, ...]
    temper: Ints
    aim: Floats
    reach: Floats
    run_period: Ints
    run_phase: Ints
    season_peak: Floats
    slides_on: Ints
    defaults_on: Ints
    typical_minor: Floats

    def __len__(self) -> int:
        return len(self.temper)

    def of(self, field: str) -> Floats:
        """One number of each customer's type."""
        return np.array([float(getattr(temper, field)) for temper in self.tempers])[self.temper]


@dataclass(frozen=True, eq=False)
class Invoices:
    """All invoices that will ever be sent, in the order of issue; nothing that people do changes this plan.

    Attributes:
        customer: whose, an index into `Customers`.
        issued_on, due_on: days; `amount_minor`: in cents.
        aim: days past due from which its money may come, undisturbed.
        forgotten, blocked, in_parts: what lies in store for it.
        found_on: the day on which a block comes out by itself.
    """

    customer: Ints
    issued_on: Ints
    due_on: Ints
    amount_minor: Ints
    aim: Floats
    forgotten: Flags
    blocked: Flags
    in_parts: Flags
    found_on: Ints

    def __len__(self) -> int:
        return len(self.customer)


@dataclass(frozen=True, eq=False)
class World:
    """One seed of one world: everything that is settled before anybody calls.

    Attributes:
        liquidity: log of each customer's daily chance by week, shape (weeks, customers); `economy`: everybody's.
    """

    spec: WorldSpec
    seed: int
    customers: Customers
    invoices: Invoices
    liquidity: Floats
    economy: Floats

    @property
    def policy_starts_on(self) -> int:
        return FIRST_DAY + BURN_IN_DAYS

    @property
    def policy_ends_on(self) -> int:
        """The day after the last call."""
        return self.policy_starts_on + POLICY_DAYS

    @property
    def ends_on(self) -> int:
        return self.policy_ends_on + RUN_OUT_DAYS


def make_world(spec: WorldSpec, seed: int) -> World:
    """The world of a seed; the same for the same two arguments."""
    customers = _customers(spec, seed)
    invoices = _invoices(seed, customers)
    weeks = (BURN_IN_DAYS + POLICY_DAYS + RUN_OUT_DAYS) // 7 + 60
    return World(spec, seed, customers, invoices, *_waves(spec, seed, customers, weeks))


def _customers(spec: WorldSpec, seed: int) -> Customers:
    who, tempers = np.arange(spec.customers), spec.tempers()
    steps = np.cumsum([temper.share for temper in tempers])
    ranks = np.argsort(np.argsort(uniform(seed, "type", who)))
    temper = np.searchsorted(steps, (ranks + 0.5) / spec.customers).astype(np.int64)
    drawn = Customers(
        tempers, temper, *(np.zeros(spec.customers),) * 2, *(np.zeros(spec.customers, dtype=np.int64),) * 2,
        np.zeros(spec.customers), *(np.zeros(spec.customers, dtype=np.int64),) * 2, np.zeros(spec.customers),
    )  # fmt: skip
    runs = drawn.of("runs") > 0
    period = np.where(uniform(seed, "fortnight", who) < 0.5, 7, 14)
    slides = drawn.of("slides") > 0
    if spec.shock:
        poor = np.array([tempers[index].name == "cash_strapped" for index in temper])
        slides |= poor & (uniform(seed, "shocked", who) < 0.1)
    whole = BURN_IN_DAYS + POLICY_DAYS + RUN_OUT_DAYS
    begins = FIRST_DAY + np.floor(between(60, whole, uniform(seed, "slide", who))).astype(np.int64)
    lasts = np.floor(between(70, 170, uniform(seed, "slide length", who))).astype(np.int64)
    return replace(
        drawn,
        aim=between(drawn.of("aim_from"), drawn.of("aim_to"), uniform(seed, "aim", who)),
        reach=between(0.4, 0.8, uniform(seed, "reach", who)),
        run_period=np.where(runs, period, 1),
        run_phase=np.where(runs, _run_phase(seed, who), 0),
        season_peak=365.25 * uniform(seed, "season", who),
        slides_on=np.where(slides, begins, NEVER),
        defaults_on=np.where(slides, begins + lasts, NEVER),
        typical_minor=100.0 * 1_500 * drawn.of("size") * np.exp(0.9 * normal(seed, "size", who)),
    )  # fmt: skip


def _run_phase(seed: int, who: Ints) -> Ints:
    """A weekday, Monday to Friday, of one week or the other."""
    weekday = np.floor(5 * uniform(seed, "run day", who)).astype(np.int64)
    return weekday + 7 * (uniform(seed, "week", who) < 0.5).astype(np.int64)


INVOICES_A_DAY = 0.07
"""Per customer on average, which leaves some 2,600 open items to 600 customers."""


def _invoices(seed: int, customers: Customers) -> Invoices:
    days = BURN_IN_DAYS + POLICY_DAYS + RUN_OUT_DAYS
    who = np.arange(len(customers))
    pace = np.exp(0.7 * normal(seed, "pace", who))
    pace *= INVOICES_A_DAY / pace.mean()
    day, customer = (grid.ravel() for grid in np.meshgrid(np.arange(days), who, indexing="ij"))
    # Long before the first day nothing was sold: the first weeks fill the book, which the burn-in outlives.
    sold = uniform(seed, "sold", customer, day) < 1.4 * pace[customer]
    issued = FIRST_DAY + day
    sold &= (issued + 3) % 7 < 5  # Monday to Friday
    sold &= issued < customers.defaults_on[customer] - 20  # deliveries stop shortly before an insolvency
    customer, issued = customer[sold], issued[sold]
    number = np.arange(len(customer))
    terms = np.array(TERMS)[np.searchsorted(np.cumsum(TERMS_SHARE), uniform(seed, "terms", customer))]
    due = issued + terms
    blocked_share = between(customers.of("blocked_from"), customers.of("blocked_to"), uniform(seed, "blocks", who))
    blocked = uniform(seed, "blocked", number) < blocked_share[customer]
    return Invoices(
        customer=customer,
        issued_on=issued,
        due_on=due,
        amount_minor=np.maximum(
            2_000, np.round(customers.typical_minor[customer] * np.exp(0.8 * normal(seed, "amount", number)))
        ).astype(np.int64),
        aim=np.where(
            customers.of("runs")[customer] > 0,
            customers.aim[customer],
            customers.aim[customer] + 2.0 * normal(seed, "item aim", number),
        ),
        forgotten=uniform(seed, "forgotten", number) < customers.of("forgets")[customer],
        blocked=blocked,
        in_parts=uniform(seed, "in parts", number) < customers.of("part_payments")[customer],
        found_on=bank_day_from(due + np.ceil(20 - 90 * np.log(uniform(seed, "found", number))).astype(np.int64)),
    )


def _waves(spec: WorldSpec, seed: int, customers: Customers, weeks: int) -> tuple[Floats, Floats]:
    """Liquidity (AR(1) by week) and economy, as logarithms of the daily chance."""
    who = np.arange(len(customers))
    levels = np.empty((weeks, len(customers)))
    economy = np.empty(weeks)
    level, everybody = normal(seed, "liquidity", who, 0), 0.0
    for week in range(weeks):
        level = LIQUIDITY_MEMORY * level + np.sqrt(1 - LIQUIDITY_MEMORY**2) * normal(seed, "liquidity", who, week + 1)
        everybody = ECONOMY_MEMORY * everybody + np.sqrt(1 - ECONOMY_MEMORY**2) * float(
            normal(seed, "economy", 0, week)[()]
        )
        levels[week], economy[week] = level, 0.15 * everybody
    if spec.shock:
        since = np.arange(weeks) - BURN_IN_DAYS // 7
        economy -= np.where(since >= 0, spec.shock * 0.5 ** (np.maximum(since, 0) / 13.0), 0.0)
    return levels * customers.of("swing"), economy
