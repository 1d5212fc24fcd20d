"""When a customer means to pay each invoice: habit, liquidity, forgetting, silent blocks.

This is the hidden part of the simulation: `payments.py` turns intentions into the applications a ledger sees.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ledger.days import NEVER
from simulation.bank_days import bank_day_from, bank_day_until
from simulation.chance import Flags, Floats, Ints, slow_waves, stream
from simulation.customers import of_type
from simulation.rates import PAR


@dataclass(frozen=True, eq=False)
class Intentions:
    """One entry per invoice.

    Attributes:
        pays_on: the bank day on which money is sent, `NEVER` when it is not by the end of the simulated time.
        forgotten: the invoice lay somewhere until a reminder.
        blocked: a dispute that nobody was told of held it back.
        solved_on: the day that dispute was settled; `NEVER` for the others.
        with_discount: paid within ten days for the cash discount.
    """

    pays_on: Ints
    forgotten: Flags
    blocked: Flags
    solved_on: Ints
    with_discount: Flags


def draw_intentions(
    seed: int, customers: pd.DataFrame, invoices: pd.DataFrame, first_day: int, last_day: int
) -> Intentions:
    """What happens to each row of `invoices` (see `draw_invoices`); credit memos get a day that nobody uses."""
    rng = stream(seed, "intentions")
    who = invoices["customer_at"].to_numpy()
    kind = customers["type_index"].to_numpy()[who]
    issued, due = invoices["issued_day"].to_numpy(), invoices["due_day"].to_numpy()
    count = len(invoices)

    waves = slow_waves(rng, len(customers), (last_day - first_day) // 7 + 20, memory=0.93)
    by_aim = _by_aim(rng, customers, invoices, waves, first_day)
    as_cash_allows = _as_cash_allows(rng, customers, invoices, waves, first_day, last_day)
    day = np.where(of_type(kind, "daily_chance") > 0, as_cash_allows, by_aim)

    # A new customer's first invoices wait until the supplier is set up in their system.
    day = day + np.where(invoices["nth"].to_numpy() < 2, rng.exponential(7.0, count), 0.0)

    forgotten = rng.random(count) < of_type(kind, "forgets")
    reminded = due + np.minimum(rng.geometric(0.012, count), rng.uniform(30, 130, count)) + rng.uniform(1, 6, count)
    day = np.where(forgotten, np.maximum(day, reminded), day)

    blocked = rng.random(count) < customers["blocked_share"].to_numpy()[who]
    # Found when somebody calls about it; one in seven drags on.
    found = due + rng.uniform(10, 80, count) + np.where(rng.random(count) < 0.14, rng.uniform(60, 300, count), 0)
    solved = bank_day_from(np.ceil(found + rng.gamma(2.0, 6.5, count)).astype(np.int64))
    day = np.where(blocked, np.maximum(day, solved + rng.uniform(2, 12, count)), day)

    offered = (invoices["terms"] == "2/10 net 30").to_numpy() & customers["takes_discount"].to_numpy()[who]
    with_discount = offered & ~forgotten & ~blocked & (rng.random(count) < 0.85)
    with_discount &= ~(of_type(kind, "slides") > 0) | (issued + 10 < customers["slides_on"].to_numpy()[who])
    early = bank_day_until(issued + rng.integers(5, 11, count))

    earliest = np.maximum(invoices["known_day"].to_numpy(), issued + 2)
    pays_on = next_run(np.maximum(np.ceil(np.minimum(day, NEVER)).astype(np.int64), earliest), who, customers)
    pays_on = np.where(with_discount, np.maximum(early, bank_day_from(earliest)), pays_on)
    with_discount &= pays_on <= issued + 10
    return Intentions(
        pays_on=np.where(pays_on > last_day, NEVER, pays_on),
        forgotten=forgotten,
        blocked=blocked,
        solved_on=np.where(blocked, solved, NEVER),
        with_discount=with_discount,
    )


def next_run(days: Ints, who: Ints, customers: pd.DataFrame) -> Ints:
    """The first payment run of customer `who` on or after each day, moved to the next bank day."""
    period = customers["run_period"].to_numpy()[who]
    phase = customers["run_phase"].to_numpy()[who]
    usable = np.minimum(days, NEVER // 20)  # the calendar of bank days does not reach to NEVER
    monday_based = usable + 3
    return np.where(days > usable, NEVER, bank_day_from(usable + (phase - monday_based) % period))


def _by_aim(
    rng: np.random.Generator, customers: pd.DataFrame, invoices: pd.DataFrame, waves: Floats, first_day: int
) -> Floats:
    """Due day plus the customer's usual distance; larger invoices pass more desks, habits drift over the months."""
    who, due = invoices["customer_at"].to_numpy(), invoices["due_day"].to_numpy()
    kind = customers["type_index"].to_numpy()[who]
    week = np.clip((due - first_day) // 7, 0, waves.shape[1] - 1)
    amount = np.log(np.abs(invoices["amount_minor"].to_numpy()))
    usual = np.log(customers["typical_amount"] * 100 / customers["currency"].map(PAR).fillna(1.0)).to_numpy()[who]
    # Who pays once a week picks the run that meets the aim on average; a fixed run does not look at due days.
    early_for_run = np.where(customers["type"] == "payment_run", 0, (customers["run_period"].to_numpy() - 1) / 2)
    return np.asarray(
        due
        + customers["aim_days"].to_numpy()[who]
        - early_for_run[who]
        + of_type(kind, "scatter") * rng.standard_normal(len(who))
        + of_type(kind, "drift") * waves[who, week]
        + 1.2 * np.clip(amount - usual, -2, 2)
    )


def _as_cash_allows(
    rng: np.random.Generator,
    customers: pd.DataFrame,
    invoices: pd.DataFrame,
    waves: Floats,
    first_day: int,
    last_day: int,
) -> Floats:
    """The day on which the summed daily chance of payment since the aimed day passes an exponential threshold.

    One running sum per customer serves all its invoices: they wait for the same money.
    """
    day = np.full(len(invoices), float(NEVER))
    who = invoices["customer_at"].to_numpy()
    waiting = np.flatnonzero(of_type(customers["type_index"].to_numpy()[who], "daily_chance") > 0)
    if not len(waiting):
        return day
    mine = customers[of_type(customers["type_index"].to_numpy(), "daily_chance") > 0]
    row_of = np.full(len(customers), -1)
    row_of[mine.index.to_numpy()] = np.arange(len(mine))
    row = row_of[who[waiting]]

    days = np.arange(first_day, last_day + 1)
    economy = 0.2 * slow_waves(rng, 1, waves.shape[1], memory=0.97)
    chance = _daily_chance(mine, waves[mine.index.to_numpy()], economy, days)
    summed = np.concatenate([np.zeros((len(mine), 1)), np.cumsum(chance, axis=1)], axis=1)
    step = float(summed[:, -1].max()) + 1.0
    stacked = (summed + step * np.arange(len(mine))[:, None]).ravel()

    aimed = invoices["due_day"].to_numpy()[waiting] + customers["aim_days"].to_numpy()[who[waiting]]
    begin = np.clip(np.ceil(aimed).astype(np.int64) - first_day, 0, len(days))
    threshold = summed[row, begin] + rng.standard_exponential(len(waiting))
    at = np.searchsorted(stacked, threshold + step * row) - row * summed.shape[1]
    day[waiting] = np.where(threshold <= summed[row, -1], first_day + at - 1.0, float(NEVER))
    return day


def _daily_chance(customers: pd.DataFrame, waves: Floats, economy: Floats, days: Ints) -> Floats:
    """Expected payments per day of one waiting invoice, shape (customers, days)."""
    kind = customers["type_index"].to_numpy()
    week = (days - days[0]) // 7
    season = np.cos(2 * np.pi * (days[None, :] - customers["season_peak"].to_numpy()[:, None]) / 365.25)
    swing = of_type(kind, "season_swing")[:, None] * season - of_type(kind, "liquidity_swing")[:, None] * waves[:, week]
    healthy = of_type(kind, "daily_chance")[:, None] * np.exp(swing + economy[0, week])
    slides_on, defaults_on = (customers[name].to_numpy()[:, None] for name in ("slides_on", "defaults_on"))
    left = np.clip((defaults_on - days) / np.maximum(defaults_on - slides_on, 1), 0, 1)
    return np.asarray(np.where(days < slides_on, healthy, healthy * left**1.5))
