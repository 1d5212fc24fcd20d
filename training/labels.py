"""Labels: what happened next to each snapshot row. The only caller of the door forward.

For every interval ahead: which share of what was open at its start came in cash, and how much of tonight's balance was
still at stake. A credit leaves the book and is no payment; a write-off ends what we may look at; an interval that is
not over by the end of our knowledge is not used at all, not even the payments already seen in it.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from ledger.book import Ledger
from ledger.days import to_date, to_day
from ledger.outcomes import outcomes_after
from ledger.settlement import tolerance_minor
from ledger.view import LedgerView
from models.readings import Floats

Ints = npt.NDArray[np.int64]
FAR = 10**6


@dataclass(frozen=True, eq=False)
class Outcomes:
    """Everything that happened to receivables after the first snapshot, as known on one evening.

    Attributes:
        events: one row per event, ordered: `item_id`, `kind` (cash, exit, write_off), `amount_minor` (lowers the open
            amount when positive), `happened_on`, `known_on`, whole days.
        last_observed: the last day of which we may say that nothing more will be booked.
    """

    events: pd.DataFrame
    last_observed: int


@dataclass(frozen=True, eq=False)
class Paths:
    """The balance of n snapshot rows at the edges ahead.

    Attributes:
        open_share: what is open at each edge as a share of tonight's balance, shape (n, K + 1), from 1.
        paid_share: share of what is open at the start of each interval that came in cash within it, shape (n, K).
        observed: whether the interval was over before the end of knowledge or a write-off, shape (n, K).
        left_otherwise: whether any part left by credit, discount or write-off up to each edge, shape (n, K + 1).
    """

    open_share: Floats
    paid_share: Floats
    observed: npt.NDArray[np.bool_]
    left_otherwise: npt.NDArray[np.bool_]


def booking_lag(applications: pd.DataFrame) -> int:
    """Days within which 95 % of payments were booked, at least 0; 0 where the file had no booking days."""
    stated = applications[~applications["known_assumed"].astype(bool)]
    if stated.empty:
        return 0
    lag = (stated["known_on"] - stated["happened_on"]).to_numpy(dtype=np.float64)
    return max(0, int(np.ceil(np.quantile(lag, 0.95))))


def outcomes(ledger: Ledger, view: LedgerView, first_snapshot: int) -> Outcomes:
    """What the evening `view.day` knows of the time after the evening `first_snapshot`."""
    as_of = to_day(view.day)
    after = outcomes_after(ledger, to_date(first_snapshot), max(0, as_of - first_snapshot))
    kind = after["kind"].map({"cash": "cash", "reversal": "cash", "write_off": "write_off"}).fillna("exit")
    paid = after[["item_id", "amount_minor", "happened_on", "known_on"]].assign(kind=kind)
    events = pd.concat([paid, _corrections(view.items, first_snapshot)], ignore_index=True)
    ordered = events.sort_values(["item_id", "known_on", "happened_on", "kind", "amount_minor"], kind="stable")
    return Outcomes(ordered.reset_index(drop=True), as_of - booking_lag(view.applications))


def paths(keys: pd.DataFrame, found: Outcomes, edges: tuple[int, ...]) -> Paths:
    """The balance of each row of a feature table's `keys`, followed along the edges (days ahead)."""
    n, size = len(keys), len(edges) - 1
    day = keys["day"].to_numpy(dtype=np.int64)
    tonight = keys["open_minor"].to_numpy(dtype=np.float64)
    joined = keys[["item_id"]].assign(row=np.arange(n)).merge(found.events, on="item_id", how="inner")
    joined = joined[joined["known_on"].to_numpy() > day[joined["row"].to_numpy()]]
    row = joined["row"].to_numpy(dtype=np.int64)
    # What was paid by tonight but booked later is, for tonight's knowledge, paid tomorrow.
    ahead = np.maximum(joined["happened_on"].to_numpy(dtype=np.int64) - day[row], 1)
    k = np.searchsorted(edges, ahead, side="left") - 1
    amount = joined["amount_minor"].to_numpy(dtype=np.float64)
    kind = joined["kind"].to_numpy()

    cash = _summed(row, k, amount, (kind == "cash") & (k < size), n, size)
    other = _summed(row, k, amount, (kind != "cash") & (k < size), n, size)
    left_open = tonight[:, None] - np.cumsum(cash + other, axis=1)
    residue = tolerance_minor(keys["amount_minor"].to_numpy(), keys["currency"].to_numpy()).astype(np.float64)[:, None]
    closed = left_open <= residue
    start = np.concatenate([tonight[:, None], np.where(closed, 0.0, left_open)], axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        paid = np.where(closed & (other == 0) & (cash > 0), 1.0, cash / start[:, :-1])
        open_share = np.clip(start / tonight[:, None], 0.0, 1.0)
    paid = np.where(start[:, :-1] > 0, np.clip(np.nan_to_num(paid), 0.0, 1.0), 0.0)

    written_off = np.full(n, FAR, dtype=np.int64)
    off = kind == "write_off"
    np.minimum.at(written_off, row[off], ahead[off])
    ends = np.array(edges[1:], dtype=np.int64)
    observed = (day[:, None] + ends <= found.last_observed) & (ends < written_off[:, None])
    gone = np.cumsum(np.abs(other), axis=1) > 0
    return Paths(open_share, paid, observed, np.concatenate([np.zeros((n, 1), dtype=bool), gone], axis=1))


def person_periods(keys: pd.DataFrame, found: Outcomes, edges: tuple[int, ...], weight: Floats) -> pd.DataFrame:
    """The observed intervals to learn from: `row`, `k`, `paid_share`, `weight`, ordered by row and interval.

    Args:
        keys: of the snapshot rows.
        found: what happened.
        edges: days ahead, from 0.
        weight: of each row, multiplied by the share still open, shape (n,).
    """
    path = paths(keys, found, edges)
    weights = path.open_share[:, :-1] * weight[:, None]
    row, k = np.nonzero(path.observed & (weights > 0))
    return pd.DataFrame({"row": row, "k": k, "paid_share": path.paid_share[row, k], "weight": weights[row, k]})


def unpaid_after(
    keys: pd.DataFrame, found: Outcomes, horizon: int
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Whether each row was still unpaid `horizon` days later, and whether that question has an answer.

    It has none before the end of knowledge, and none for what left mostly by credit, discount or write-off: paid in
    cash less a discount is paid, as in `ledger.settlement`.
    """
    path = paths(keys, found, (0, horizon))
    unpaid, mostly_cash = path.open_share[:, 1] > 0, path.paid_share[:, 0] >= 0.5
    return unpaid, path.observed[:, 0] & ~(path.left_otherwise[:, 1] & ~unpaid & ~mostly_cash)


def _corrections(items: pd.DataFrame, first_snapshot: int) -> pd.DataFrame:
    """A later revision of an amount moves the balance like a credit (or a further invoice) on the day it was known."""
    facts = items.sort_values(["item_id", "known_on"], kind="stable")
    change = facts.groupby("item_id", sort=False)["amount_minor"].diff()
    moved = facts[(change.fillna(0) != 0) & (facts["known_on"] > first_snapshot)]
    return pd.DataFrame(
        {
            "item_id": moved["item_id"],
            "amount_minor": -change[moved.index].astype(np.int64),
            "happened_on": moved["known_on"],
            "known_on": moved["known_on"],
            "kind": "exit",
        }
    )


def _summed(row: Ints, k: Ints, amount: Floats, chosen: npt.NDArray[np.bool_], n: int, size: int) -> Floats:
    flat = np.bincount(row[chosen] * size + k[chosen], weights=amount[chosen], minlength=n * size)
    return flat.reshape(n, size).astype(np.float64)
