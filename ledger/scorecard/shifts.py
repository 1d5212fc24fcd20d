"""What can be noticed about a ledger by comparing an evening with that of the export before."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from math import exp, log

import numpy as np
import numpy.typing as npt
import pandas as pd

from ledger.days import to_day
from ledger.lookup import positions, whole
from ledger.ordering import are_in
from ledger.scorecard.findings import LIMITS, Finding, judged
from ledger.view import LedgerView
from ledger.words import count_text

Measures = Mapping[str, float]
Whole = npt.NDArray[np.int64]

_ENOUGH = 20
"""Items below which a book is too small for any share of it to mean something."""
_STEADY = 50
"""Items of one currency below which its sum hangs on single invoices."""
_LOOK = "Compare the file with the one before: was it cut, filtered, or made with other settings?"
_UNITS = "Compare a few amounts, signs and dates of the file with the invoices themselves before anybody works with it."


def measures_of(view: LedgerView, current: pd.DataFrame, opened: pd.DataFrame) -> dict[str, float]:
    """The figures of an evening that should move slowly: counts, minor units, shares."""
    count = max(len(opened), 1)
    figures = {
        "open_items": float(len(opened)),
        "customers": float(opened["customer_id"].nunique()),
        "average_amount": float(opened["open_minor"].abs().median()) if len(opened) else 0.0,
        "overdue_share": float((opened["dpd"] > 0).sum()) / count,
        "paid_share": 1 - len(opened) / max(len(current), 1),
    }
    sums = opened.groupby("currency")["open_minor"].agg(["size", "sum"])
    sums = sums[sums["size"] >= _STEADY]
    return figures | {f"open_amount {currency}": float(total) for currency, total in sums["sum"].items()}


def moved(now: Measures, before: Measures, history: Sequence[Measures] = ()) -> Iterator[Finding]:
    """What jumped since the export before: more than the limits, and more than it usually does.

    With five or more steps in `history` (oldest first, `before` the last) a jump must also be six times the usual one,
    in both directions: a ledger that breathes is not held for it, and one that never moves is.
    """
    if before["open_items"] < _ENOUGH:
        return
    for name in sorted(before.keys() & now.keys()):
        code, _, currency = name.partition(" ")
        shares = code in _SHARES
        step = abs(now[name] - before[name]) if shares else _factor(now[name], before[name])
        if step < (LIMITS[code].warn or 0) or not _unusual(name, step, history):
            continue
        told = f"{before[name]:.0%}, now {now[name]:.0%}" if shares else f"{before[name]:,.0f}, now {now[name]:,.0f}"
        count = max(int(now["open_items"]), LIMITS[code].least)
        yield from judged(code, count, step, f"{f'{_SAID[code]} {currency}'.rstrip()}: before {told}.", _LOOK)


def gone(before: pd.DataFrame, opened: pd.DataFrame) -> Iterator[Finding]:
    """Currencies with many open items before and none now. Both frames: open items."""
    counts = before["currency"].value_counts()
    for currency in sorted(set(counts[counts >= _ENOUGH].index) - set(opened["currency"])):
        sentence = f"{count_text(int(counts[currency]), 'open item')} in {currency} before, none now."
        yield from judged("currency_gone", int(counts[currency]), 1.0, sentence, _LOOK)


_SHARES = ("overdue_share", "paid_share")
_SAID = {
    "open_items": "Open items", "customers": "Customers with open items", "average_amount": "Median open amount",
    "overdue_share": "Overdue share of open items", "paid_share": "Settled share of all items",
    "open_amount": "Open amount, in minor units of",
}  # fmt: skip


def _factor(now: float, before: float) -> float:
    if now == before:
        return 1.0
    if now * before <= 0:
        return 1_000.0
    return exp(abs(log(now / before)))


def _unusual(name: str, step: float, history: Sequence[Measures]) -> bool:
    values = [measures[name] for measures in history if name in measures]
    if len(values) < 6:
        return True
    shares = name in _SHARES
    steps = [abs(b - a) if shares else log(_factor(b, a)) for a, b in pairwise(values)]
    return (step if shares else log(step)) > 6 * float(np.median(steps))


def changed(before: pd.DataFrame, current: pd.DataFrame) -> Iterator[Finding]:
    """Items open before whose amount, currency or days are told differently now. Both frames: one row per item."""
    rows = positions(before["item_id"], current["item_id"])
    then, now = before[rows >= 0], current.iloc[rows[rows >= 0]]
    of = max(len(then), 1)
    old, new = whole(then["amount_minor"]), whole(now["amount_minor"])
    amounts = int((old != new).sum())
    yield from judged(
        "changed_amounts", amounts, amounts / of,
        f"{count_text(amounts, 'open item')} ({amounts / of:.0%}) changed in amount{_ratio(old, new)}.",
        _UNITS,
    )  # fmt: skip
    currencies = int((then["currency"].array != now["currency"].array).sum())
    yield from judged(
        "changed_currencies", currencies, currencies / of,
        f"{count_text(currencies, 'open item')} ({currencies / of:.0%}) is in another currency than before.", _UNITS,
    )  # fmt: skip
    due = whole(now["due_on"]) - whole(then["due_on"])
    issued = whole(now["issued_on"]) - whole(then["issued_on"])
    days = int(((due != 0) | (issued != 0)).sum())
    yield from judged(
        "changed_dates", days, days / of,
        f"{count_text(days, 'open item')} ({days / of:.0%}) has other days than before{_shift(due, issued)}.",
        _UNITS,
    )  # fmt: skip


def _ratio(old: Whole, new: Whole) -> str:
    different = (old != new) & (old != 0)
    ratios, counts = np.unique(np.round(new[different] / old[different], 6), return_counts=True)
    if len(ratios) and counts.max() > 0.8 * different.sum():
        return f", mostly {ratios[counts.argmax()]:g} times as much"
    return ""


def _shift(due: Whole, issued: Whole) -> str:
    shifts = np.where(due != 0, due, issued)
    days, counts = np.unique(shifts[shifts != 0], return_counts=True)
    return f", mostly {days[counts.argmax()]:+d} days" if len(days) and counts.max() > 0.8 * counts.sum() else ""


def strange_new(before: LedgerView, known: pd.DataFrame, new: pd.DataFrame) -> Iterator[Finding]:
    """New items that are unlike what was known: in size, sign, currency, day. Both frames: one row per item."""
    if len(new) == 0 or len(known) < _ENOUGH:
        return
    of = len(new)
    negative, usual = int((new["amount_minor"] < 0).sum()), float((known["amount_minor"] < 0).mean())
    if negative / of > max(3 * usual, 0.1):
        sentence = f"{count_text(negative, 'new item')} of {of:,} is negative; before, {usual:.1%} were."
        yield from judged("new_signs", negative, negative / of, sentence, _UNITS)

    mine = known[are_in(known["customer_id"], new["customer_id"])]
    fresh = new[are_in(new["customer_id"], mine["customer_id"])]
    if len(fresh):
        yield from _currencies(mine, fresh)
        yield from _sizes(mine, fresh)

    lag = (known["known_on"] - known["issued_on"]).to_numpy()
    late = to_day(before.day) - 7 - int(np.quantile(lag, 0.99))
    old = int((new["issued_on"] < late).sum())
    sentence = f"{count_text(old, 'new item')} of {of:,} issued long before the last export, which did not have it."
    yield from judged("new_dates", old, old / of, sentence, _UNITS)
    yield from _weekdays(known, new)


def _currencies(mine: pd.DataFrame, fresh: pd.DataFrame) -> Iterator[Finding]:
    usual = mine[["customer_id", "currency"]].drop_duplicates()
    billed = fresh[["customer_id", "currency"]].merge(usual, how="left", indicator=True)
    other, of = int((billed["_merge"] == "left_only").sum()), len(fresh)
    sentence = f"{count_text(other, 'new item')} of {of:,} is in a currency in which its customer was never billed."
    yield from judged("new_currencies", other, other / of, sentence, _UNITS)


def _sizes(mine: pd.DataFrame, fresh: pd.DataFrame) -> Iterator[Finding]:
    """Each new amount against the usual one of its customer, whatever the currency: a switch moves it as well."""
    usual = mine[mine["amount_minor"] > 0].groupby("customer_id")["amount_minor"].median()
    ratios = (fresh["amount_minor"].abs() / fresh["customer_id"].map(usual)).to_numpy(dtype=np.float64)
    ratios = np.log(ratios[ratios > 0])
    if len(ratios) < LIMITS["new_amounts"].least:
        return
    middle = float(np.median(ratios))
    factor = exp(abs(middle))
    if factor >= (LIMITS["new_amounts"].warn or 0):
        sentence = f"New amounts are typically {exp(middle):.2g} times what the same customers were billed before."
        yield from judged("new_amounts", len(ratios), factor, sentence, _UNITS)


def _weekdays(known: pd.DataFrame, new: pd.DataFrame) -> Iterator[Finding]:
    usual = np.bincount((known["issued_on"].to_numpy() + 3) % 7, minlength=7)  # 1970-01-01 was a Thursday
    if usual.sum() < 10 * _ENOUGH:
        return
    never = usual < 0.005 * usual.sum()
    strange, of = int(never[(new["issued_on"].to_numpy() + 3) % 7].sum()), len(new)
    sentence = f"{count_text(strange, 'new item')} of {of:,} issued on a day of the week that hardly ever had any."
    yield from judged("new_weekdays", strange, strange / of, sentence, _UNITS)
