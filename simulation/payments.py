"""From intentions to applications: what the ledger sees of each payment, credit, discount, bounce and write-off.

Days are whole numbers, amounts whole minor units. Every application has its value day and the day it was booked;
what is booked after the last day does not exist here.
"""

import numpy as np
import pandas as pd

from ledger.days import NEVER
from simulation.bank_days import bank_day_until, bank_days_after, month_end
from simulation.chance import Flags, Ints, stream
from simulation.customers import NEVER_SLIDES, of_type
from simulation.intentions import Intentions, next_run
from simulation.rates import BASE

LONGEST_BOOKING = 4
"""Calendar days from value day to booking, at most."""

INSOLVENCY_QUOTA = 0.05
"""Share of an insolvent customer's debt that still comes; the rest is written off."""

_PAID_TWICE = 0.0006
_FORGIVEN_SHARE_OF_SHORT_DISCOUNTS = 0.6
_COLUMNS = ["invoice_at", "kind", "amount_minor", "paid_day", "booked_day"]


def draw_payments(
    seed: int, customers: pd.DataFrame, invoices: pd.DataFrame, intentions: Intentions, last_day: int
) -> tuple[pd.DataFrame, Flags]:
    """All applications booked by `last_day` in booking order, and which invoices were paid twice by mistake.

    Columns: `payment_id`, `invoice_at` (row of `invoices`), `kind`, `amount_minor`, `paid_day`, `booked_day`.
    A credit memo that is set off against an invoice gives two rows of kind credit: positive on the invoice, negative
    on the memo. An invoice paid twice is refunded by a reversal some weeks later.
    """
    rng = stream(seed, "payments")
    amount = invoices["amount_minor"].to_numpy()
    sent = intentions.pays_on < NEVER
    booked_on = np.full(len(invoices), NEVER)
    booked_on[sent] = _booked(rng, intentions.pays_on[sent])

    credits = _credits(rng, amount, intentions)
    discounts = _discounts(amount, intentions, booked_on)
    memos = _set_off(customers, invoices, intentions, last_day)
    touched = pd.concat([credits, discounts, memos])["invoice_at"].unique()
    plain = (amount > 0) & sent
    plain[touched] = False
    short, forgiven = _short(rng, customers, invoices, intentions, plain)

    reduced = pd.concat([credits, discounts, memos])
    to_pay = amount - short - _sum_per_invoice(reduced, len(amount))
    whole = np.flatnonzero((amount > 0) & sent & (to_pay > 0))
    cash, twice = _cash(rng, customers, invoices, intentions, booked_on, to_pay, whole, plain & (short == 0))
    live = _before_default(pd.concat([credits, discounts, cash, forgiven]), customers, invoices)
    settled = _written_off(rng, pd.concat([live, memos]), customers, invoices)
    return _numbered(settled[settled["booked_day"] <= last_day]), twice


def _applications(where: Ints, kind: str, minor: Ints, paid_on: Ints, booked_on: Ints) -> pd.DataFrame:
    return pd.DataFrame(
        {"invoice_at": where, "kind": kind, "amount_minor": minor, "paid_day": paid_on, "booked_day": booked_on}
    )


def _sum_per_invoice(applied: pd.DataFrame, count: int) -> Ints:
    total = np.zeros(count, dtype=np.int64)
    np.add.at(total, applied["invoice_at"].to_numpy(), applied["amount_minor"].to_numpy())
    return total


def _booked(rng: np.random.Generator, paid_on: Ints) -> Ints:
    """The bank tells us on the same or one of the next two bank days, over a long holiday at once."""
    day = bank_days_after(paid_on, rng.choice([0, 1, 2], size=len(paid_on), p=[0.35, 0.5, 0.15]))
    return np.where(day - paid_on > LONGEST_BOOKING, paid_on, day)


def _credits(rng: np.random.Generator, amount: Ints, intentions: Intentions) -> pd.DataFrame:
    """A third of the disputes end in a credit: half of them for the whole invoice."""
    disputed = np.flatnonzero(intentions.blocked & (amount > 0))
    at = disputed[rng.random(len(disputed)) < 0.35]
    share = np.where(rng.random(len(at)) < 0.5, 1.0, rng.uniform(0.08, 0.6, len(at)))
    minor = np.round(amount[at] * share).astype(np.int64)
    return _applications(at, "credit", minor, intentions.solved_on[at], intentions.solved_on[at])


def _discounts(amount: Ints, intentions: Intentions, booked_on: Ints) -> pd.DataFrame:
    """2 % for those who paid in time for it, booked together with their money."""
    at = np.flatnonzero(intentions.with_discount & (amount > 0) & (intentions.pays_on < NEVER))
    return _applications(at, "discount", _two_percent(amount[at]), intentions.pays_on[at], booked_on[at])


def _two_percent(minor: Ints) -> Ints:
    return np.round(minor * 0.02).astype(np.int64)


def _set_off(customers: pd.DataFrame, invoices: pd.DataFrame, intentions: Intentions, last_day: int) -> pd.DataFrame:
    """Each credit memo is taken off the customer's next payment that is at least twice its size; some stay open."""
    who = invoices["customer_at"].to_numpy()
    amount, issued = invoices["amount_minor"].to_numpy(), invoices["issued_day"].to_numpy()
    usable = (amount > 0) & ~intentions.blocked & ~intentions.with_discount & (intentions.pays_on <= last_day)
    usable &= customers["defaults_on"].to_numpy()[who] == NEVER_SLIDES
    usable &= intentions.pays_on < invoices["due_day"].to_numpy() + OLD_DEBT_DAYS
    by_customer = np.argsort(who, kind="stable")
    starts = np.searchsorted(who[by_customer], np.arange(len(customers) + 1))
    memos, targets = [], []
    for memo in np.flatnonzero(amount < 0):
        own = by_customer[starts[who[memo]] : starts[who[memo] + 1]]
        fits = own[usable[own] & (intentions.pays_on[own] > issued[memo] + 7) & (amount[own] >= -2 * amount[memo])]
        if len(fits):
            target = fits[np.argmin(intentions.pays_on[fits])]
            usable[target] = False
            memos.append(memo)
            targets.append(target)
    at, on = np.array(memos, dtype=np.int64), np.array(targets, dtype=np.int64)
    day = intentions.pays_on[on]
    return pd.concat(
        [_applications(on, "credit", -amount[at], day, day), _applications(at, "credit", amount[at], day, day)]
    )


def _short(
    rng: np.random.Generator, customers: pd.DataFrame, invoices: pd.DataFrame, intentions: Intentions, plain: Flags
) -> tuple[Ints, pd.DataFrame]:
    """What plain payments fall short of, and its later write-off.

    Two reasons: a discount taken too late (2 %, most of it given up in the end), and bank charges on money from abroad
    (less than one unit, always given up).
    """
    amount, count = invoices["amount_minor"].to_numpy(), len(invoices)
    offered = customers["takes_discount"].to_numpy()[invoices["customer_at"].to_numpy()]
    offered = offered & (invoices["terms"] == "2/10 net 30").to_numpy()
    unearned = plain & offered & (rng.random(count) < 0.12)
    charged = plain & ~unearned & (invoices["currency"] != BASE).to_numpy() & (rng.random(count) < 0.03)
    short = np.where(unearned, _two_percent(amount), np.where(charged, rng.integers(5, 96, count), 0))
    given_up = charged | (unearned & (rng.random(count) < _FORGIVEN_SHARE_OF_SHORT_DISCOUNTS))
    at = np.flatnonzero(given_up & (intentions.pays_on < NEVER))
    day = bank_day_until(month_end(intentions.pays_on[at] + rng.integers(20, 90, len(at))))
    return short, _applications(at, "write_off", short[at], day, day)


def _cash(
    rng: np.random.Generator,
    customers: pd.DataFrame,
    invoices: pd.DataFrame,
    intentions: Intentions,
    booked_on: Ints,
    to_pay: Ints,
    payers: Ints,
    plain: Flags,
) -> tuple[pd.DataFrame, Flags]:
    """Money: whole, in two parts, bounced and sent again, or by mistake twice. `payers` are rows of `invoices`."""
    who = invoices["customer_at"].to_numpy()[payers]
    kind = customers["type_index"].to_numpy()[who]
    paid_on, owed = intentions.pays_on[payers], to_pay[payers]
    chance, simple = rng.random(len(payers)), plain[payers]
    parts = simple & (chance < of_type(kind, "part_payments"))
    bounced = ~parts & (chance > 1 - of_type(kind, "bounces"))
    twice = simple & ~parts & ~bounced & (rng.random(len(payers)) < _PAID_TWICE)

    share = np.where(parts, rng.integers(3, 8, len(payers)) / 10, 1.0)
    first = np.where(parts, np.round(owed * share), owed).astype(np.int64)
    money = [_applications(payers, "cash", first, paid_on, booked_on[payers])]

    def again(rows: Flags, minor: Ints, after: Ints, wait: float) -> None:
        due_again = after[rows] + np.ceil(4 + rng.exponential(wait, int(rows.sum()))).astype(np.int64)
        day = next_run(due_again, who[rows], customers)
        money.append(_applications(payers[rows], "cash", minor[rows], day, _booked(rng, day)))

    def back(rows: Flags, after: Ints, least: int, most: int) -> Ints:
        day = after.copy()
        day[rows] = bank_days_after(after[rows], rng.integers(least, most + 1, int(rows.sum())))
        money.append(_applications(payers[rows], "reversal", -owed[rows], day[rows], day[rows]))
        return day

    again(parts, owed - first, booked_on[payers], wait=32.0)
    returned_on = back(bounced, booked_on[payers], 2, 6)
    again(bounced, owed, returned_on, wait=12.0)
    again(twice, owed, booked_on[payers], wait=6.0)
    back(twice, booked_on[payers], 30, 45)
    paid_twice = np.zeros(len(invoices), dtype=np.bool_)
    paid_twice[payers[twice]] = True
    return pd.concat(money), paid_twice


def _before_default(applied: pd.DataFrame, customers: pd.DataFrame, invoices: pd.DataFrame) -> pd.DataFrame:
    """Without the money that an insolvent customer would have sent after it had none."""
    at = applied["invoice_at"].to_numpy()
    default = customers["defaults_on"].to_numpy()[invoices["customer_at"].to_numpy()[at]]
    too_late = (applied["kind"] == "cash").to_numpy() & (applied["paid_day"].to_numpy() > default)
    kept: pd.DataFrame = applied[~too_late]
    return kept


OLD_DEBT_DAYS = 300
"""From here on, in days past due, what is still open is given up at the end of a month."""


def _written_off(
    rng: np.random.Generator, applied: pd.DataFrame, customers: pd.DataFrame, invoices: pd.DataFrame
) -> pd.DataFrame:
    """The debts of an insolvent customer go two to five months after its default, very old ones at a month's end."""
    amount, who = invoices["amount_minor"].to_numpy(), invoices["customer_at"].to_numpy()
    insolvent_on = customers["defaults_on"].to_numpy() + rng.integers(60, 151, len(customers))
    old_on = invoices["due_day"].to_numpy() + OLD_DEBT_DAYS + rng.integers(0, 120, len(invoices))
    by_insolvency = insolvent_on[who] <= old_on
    give_up_on = bank_day_until(month_end(np.where(by_insolvency, insolvent_on[who], old_on)))

    at = applied["invoice_at"].to_numpy()
    in_time = applied["booked_day"].to_numpy() <= give_up_on[at]
    left = amount - _sum_per_invoice(applied[in_time], len(invoices))
    given_up = (amount > 0) & (left > 0)
    rows = np.flatnonzero(given_up)
    quota = np.where(by_insolvency[rows], np.round(left[rows] * INSOLVENCY_QUOTA), 0).astype(np.int64)
    day = give_up_on[rows]
    quotas = _applications(rows, "cash", quota, day, day)
    kept: pd.DataFrame = applied[in_time | ~given_up[at]]
    return pd.concat(
        [
            kept,
            quotas[quotas["amount_minor"] > 0],
            _applications(rows, "write_off", left[rows] - quota, day, day),
        ]
    )


def _numbered(applied: pd.DataFrame) -> pd.DataFrame:
    """In booking order, numbered as the ERP does."""
    order = ["booked_day", "paid_day", "invoice_at", "kind"]
    ordered: pd.DataFrame = applied.sort_values(order, kind="stable")[_COLUMNS].reset_index(drop=True)
    ordered.insert(0, "payment_id", [f"PAY-{number + 1:07d}" for number in range(len(ordered))])
    return ordered
