"""Labels: what happened next to each snapshot row. The only caller of the door forward.

For every interval ahead: which share of what was open at its start came in cash, and how much of tonight's balance was
still at stake. A credit leaves the book and is no payment; money that bounced never came; a write-off ends what we may
look at; an interval that is not over by the end of our knowledge is not used at all, not even the payments already seen
in it. tests/specs/labels/ draws each of these.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from ledger.days import NEVER, to_date, to_day
from ledger.outcomes import outcomes_after
from ledger.returned_cash import standing_cash
from ledger.settlement import tolerance_minor
from ledger.view import Evenings, LedgerView
from models.readings import Floats

Ints = npt.NDArray[np.int64]
FAR = 10**6

_CASH = ("cash", "reversal")
_EVENT_COLUMNS = ("item_id", "kind", "amount_minor", "happened_on", "known_on")

ALL_OF_IT = 10**15
"""More minor units than an item can have: an exit of so much leaves nothing open."""


@dataclass(frozen=True, eq=False)
class Outcomes:
    """Everything that happened to receivables after the first snapshot, as known on one evening.

    Attributes:
        events: one row per event, ordered: `item_id`, `kind`, `amount_minor` (lowers the open amount when positive),
            `happened_on`, `known_on`, whole days. Kinds: cash that stayed; exit (credit, discount); correction of the
            amount; taken_back, cash that bounced and its return, both on the day of the cash; write_off; vanished, an
            open item that its source no longer shows.
        last_observed: the last day of which we may say that nothing more will be booked.
    """

    events: pd.DataFrame
    last_observed: int


@dataclass(frozen=True, eq=False)
class Paths:
    """The balance of n snapshot rows at the edges ahead.

    Attributes:
        open_share: what is open at each edge as a share of tonight's balance, at most 1, shape (n, K + 1), from 1.
        paid_share: share of what was open at the start of each interval, and of what was added to it within, that came
            in cash within it; 1 where no more than the clearing tolerance is left, shape (n, K).
        observed: whether the interval was over before the end of knowledge, a write-off or a vanishing, shape (n, K).
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


def outcomes(ledger: Evenings, view: LedgerView, first_snapshot: int) -> Outcomes:
    """What the evening `view.day` knows of the time after the evening `first_snapshot`."""
    as_of = to_day(view.day)
    after = outcomes_after(ledger, to_date(first_snapshot), max(0, as_of - first_snapshot))
    bounced = after.loc[after["kind"] == "reversal", "item_id"].unique()
    apart = after["item_id"].isin(bounced) & after["kind"].isin(_CASH)
    kind = after["kind"].map({"cash": "cash", "write_off": "write_off"}).fillna("exit")
    # What a reversal took back may have come before the first snapshot, so its item is matched from its beginning.
    matched = view.applications[view.applications["item_id"].isin(bounced) & view.applications["kind"].isin(_CASH)]
    returns = _returns(matched)
    parts = [
        after[~apart].assign(kind=kind[~apart]),
        returns[returns["known_on"] > first_snapshot],
        _corrections(view.items, first_snapshot),
        _vanished(view),
    ]
    events = pd.concat([part[list(_EVENT_COLUMNS)] for part in parts], ignore_index=True)
    ordered = events.sort_values(["item_id", "known_on", "happened_on", "kind", "amount_minor"], kind="stable")
    return Outcomes(ordered.reset_index(drop=True), as_of - booking_lag(view.applications))


def paths(keys: pd.DataFrame, found: Outcomes, edges: tuple[int, ...]) -> Paths:
    """The balance of each row of a feature table's `keys`, followed along the edges (days ahead)."""
    n, size = len(keys), len(edges) - 1
    day = keys["day"].to_numpy(dtype=np.int64)
    tonight = keys["open_minor"].to_numpy(dtype=np.float64)
    joined = keys[["item_id"]].assign(row=np.arange(n)).merge(found.events, on="item_id", how="inner")
    news = joined["known_on"].to_numpy() > day[joined["row"].to_numpy()]
    joined = joined[news | (joined["kind"].to_numpy() == "vanished")]
    row = joined["row"].to_numpy(dtype=np.int64)
    # What was paid by tonight but booked later is, for tonight's knowledge, paid tomorrow.
    ahead = np.maximum(joined["happened_on"].to_numpy(dtype=np.int64) - day[row], 1)
    k = np.searchsorted(edges, ahead, side="left") - 1
    amount = joined["amount_minor"].to_numpy(dtype=np.float64)
    kind = joined["kind"].to_numpy()

    cash = _summed(row, k, amount, (kind == "cash") & (k < size), n, size)
    other = _summed(row, k, amount, (kind != "cash") & (k < size), n, size)
    corrected = _summed(row, k, amount, (kind == "correction") & (k < size), n, size)
    residue_tonight = tolerance_minor(keys["amount_minor"].to_numpy(), keys["currency"].to_numpy())
    residue = _residues(keys, residue_tonight, corrected)
    left_open = tonight[:, None] - np.cumsum(cash + other, axis=1)
    closed = left_open <= residue
    start = np.concatenate([tonight[:, None], np.where(closed, 0.0, left_open)], axis=1)
    at_stake = start[:, :-1] + np.maximum(-other, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        paid = np.where(closed & (at_stake - cash <= residue) & (cash > 0), 1.0, cash / at_stake)
        open_share = np.clip(start / tonight[:, None], 0.0, 1.0)
    paid = np.where(start[:, :-1] > 0, np.clip(np.nan_to_num(paid), 0.0, 1.0), 0.0)

    # Writing off a residue decides nothing: such an item has its answer.
    decided = (kind == "write_off") & (amount > residue_tonight[row])
    censored = _first_days(row, ahead, decided | (kind == "vanished"), n)
    ends = np.array(edges[1:], dtype=np.int64)
    observed = (day[:, None] + ends <= found.last_observed) & (ends < censored[:, None])
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


def stretches(keys: pd.DataFrame, found: Outcomes, edges: tuple[int, ...], weight: Floats) -> pd.DataFrame:
    """The observed stretches from tonight to each edge, for the stacked curve: columns as of `person_periods`.

    `k` is the stretch that ends at edge k + 1 and `paid_share` the share of tonight's balance that came in cash by
    then. From where a part of it left otherwise a row is not used: what it would have paid is not known.
    """
    path = paths(keys, found, edges)
    came = np.cumsum(path.paid_share * path.open_share[:, :-1], axis=1)
    by_cash = (path.open_share[:, 1:] == 0) & (came >= 0.5)  # less a discount or a residue: paid, as in unpaid_after
    used = path.observed & (~path.left_otherwise[:, 1:] | by_cash)
    row, k = np.nonzero(used & (weight[:, None] > 0))
    return pd.DataFrame({"row": row, "k": k, "paid_share": 1.0 - path.open_share[row, k + 1], "weight": weight[row]})


def unpaid_after(
    keys: pd.DataFrame, found: Outcomes, horizon: int | Ints
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Whether each row was still unpaid `horizon` days later (one for all, or one a row, above 0), and whether that
    question has an answer.

    It has none before the end of knowledge, and none for what left mostly by credit, discount or write-off: paid in
    cash less a discount is paid, as in `ledger.settlement`.
    """
    if not isinstance(horizon, int):
        unpaid, known = np.zeros(len(keys), dtype=bool), np.zeros(len(keys), dtype=bool)
        for days in np.unique(horizon):
            rows = horizon == days
            unpaid[rows], known[rows] = unpaid_after(keys[rows], found, int(days))
        return unpaid, known
    path = paths(keys, found, (0, horizon))
    unpaid, mostly_cash = path.open_share[:, 1] > 0, path.paid_share[:, 0] >= 0.5
    return unpaid, path.observed[:, 0] & ~(path.left_otherwise[:, 1] & ~unpaid & ~mostly_cash)


def _returns(cash: pd.DataFrame) -> pd.DataFrame:
    """The cash of some items as events, where reversals took some of it back.

    A payment that bounced never was: it and its return meet on the day of the payment. Whoever looked between the two
    sees the balance rise tomorrow; whoever looked before sees neither. What a reversal takes beyond the cash there was
    raises the balance on the day it is known, so that events add up to what the ledger says is open.

    Args:
        cash: the applications of kinds cash and reversal of those items, from their beginning.
    """
    parts = standing_cash(cash)
    stays = parts["taken_back_on"] == NEVER
    bounced = parts[~stays].assign(kind="taken_back")
    back = bounced.assign(amount_minor=-bounced["amount_minor"], known_on=bounced["taken_back_on"])
    matched = pd.concat([parts[stays].assign(kind="cash"), bounced, back], ignore_index=True)[list(_EVENT_COLUMNS)]
    by_evening = ["item_id", "known_on"]
    told = cash.groupby(by_evening)["amount_minor"].sum()
    rest = told.sub(matched.groupby(by_evening)["amount_minor"].sum(), fill_value=0)
    unmatched = rest[rest != 0].astype(np.int64).reset_index()
    return pd.concat([matched, unmatched.assign(kind="exit", happened_on=unmatched["known_on"])], ignore_index=True)


def _corrections(items: pd.DataFrame, first_snapshot: int) -> pd.DataFrame:
    """A later revision of an amount moves the balance like a credit (or a further invoice) on the day it was known.

    One in another currency takes the item back: what is open then is another balance.
    """
    facts = items.sort_values(["item_id", "known_on"], kind="stable")
    again = facts["item_id"].eq(facts["item_id"].shift())
    other_currency = again & facts["currency"].ne(facts["currency"].shift())
    change = facts["amount_minor"].diff().where(again, 0)
    moved = ((change != 0) | other_currency) & (facts["known_on"] > first_snapshot)
    lowers = np.where(other_currency, ALL_OF_IT, -change)[moved].astype(np.int64)
    return pd.DataFrame(
        {
            "item_id": facts.loc[moved, "item_id"],
            "kind": np.where(other_currency[moved], "exit", "correction"),
            "amount_minor": lowers,
            "happened_on": facts.loc[moved, "known_on"],
            "known_on": facts.loc[moved, "known_on"],
        }
    )


def _vanished(view: LedgerView) -> pd.DataFrame:
    """Items that their source shows no more and that nothing has settled: what became of them is not known."""
    open_items = view.open_items()
    unsettled = open_items.loc[~open_items["open_within_tolerance"], "item_id"]
    absent = view.absences[(view.absences["ended_on"] == NEVER) & view.absences["item_id"].isin(unsettled)]
    return pd.DataFrame(
        {
            "item_id": absent["item_id"],
            "kind": "vanished",
            "amount_minor": 0,
            "happened_on": absent["known_on"],
            "known_on": absent["known_on"],
        }
    )


def _residues(keys: pd.DataFrame, tonight: Ints, corrected: Floats) -> Floats:
    """The clearing tolerance at the end of each interval, of the amount as corrected by then; shape (n, K)."""
    residue = np.repeat(tonight[:, None], corrected.shape[1], axis=1)
    rows = np.flatnonzero(corrected.any(axis=1))
    amount = keys["amount_minor"].to_numpy(dtype=np.int64)[rows, None] - np.cumsum(corrected[rows], axis=1)
    currency = np.repeat(keys["currency"].to_numpy()[rows], corrected.shape[1])
    residue[rows] = tolerance_minor(amount.ravel(), currency).reshape(amount.shape)
    return residue.astype(np.float64)


def _first_days(row: Ints, ahead: Ints, chosen: npt.NDArray[np.bool_], n: int) -> Ints:
    """The first of the chosen days of each row, `FAR` where there is none; shape (n,)."""
    first = np.full(n, FAR, dtype=np.int64)
    np.minimum.at(first, row[chosen], ahead[chosen])
    return first


def _summed(row: Ints, k: Ints, amount: Floats, chosen: npt.NDArray[np.bool_], n: int, size: int) -> Floats:
    flat = np.bincount(row[chosen] * size + k[chosen], weights=amount[chosen], minlength=n * size)
    return flat.reshape(n, size).astype(np.float64)
