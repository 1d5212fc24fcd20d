"""Judging models of one ledger: what is asked on which evening, what came, and what the simple orders say.

Two tasks. *At issue*: each invoice once, on the evening it became known: will it be paid more than k days late? *In h
days* (S2): every seventh evening, each open item that is due within h days: will it be unpaid h days on? Both under the
evening convention: an item paid on the evening itself is closed and not asked about, and money that comes on the last
day counts as come.

What was said comes from a model made on a cutoff before the evening. What came is what the ledger knows at its end:
cleared in cash by the day asked about, or not. There is no answer beyond the last day of the ledger, and none for what
left by a credit memo or a write-off by then.
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.linear_model import LogisticRegression

from features.compute import feature_rows
from features.questions import open_balance, open_questions
from features.table import FeatureTable
from ledger.book import Ledger
from ledger.days import NEVER, to_day
from ledger.settlement import tolerance_minor
from ledger.view import LedgerView
from models.baseline import amount_order, bucket_order, bucket_risk, oldest_first
from models.readings import Curves, readings

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

STEP, LEARNED_DAYS = 7, 365
"""Days between two evenings, and how far before the first cutoff the simple learners may look."""

LATE_DAYS, HORIZONS = (0, 5, 30), (14, 30)
SHRINK = 3.0
"""A customer is drawn towards everybody as if so many more invoices had told so."""

LEARNER_ROWS = 40_000
"""Rows that a logistic regression reads at most, thinned by a hash."""

BASELINES = ("amount", "oldest", "bucket", "late_rate", "mean_late", "logistic")


@dataclass(frozen=True)
class Task:
    """`at_issue` more than `days` late, or unpaid in `days` days."""

    at_issue: bool
    days: int

    @property
    def name(self) -> str:
        return f"late_{self.days}" if self.at_issue else f"unpaid_{self.days}"


TASKS = (*(Task(True, k) for k in LATE_DAYS), *(Task(False, h) for h in HORIZONS))


@dataclass(frozen=True, eq=False)
class Asked:
    """All questions of a ledger with their features.

    Attributes:
        table: one row per question, those of the weeks before the first cutoff among them, for the simple learners.
        at_issue: whether the evening is the one on which the item became known, shape (n,).
        weekly: whether it is one of every seventh.
        cleared: day on which it was cleared in cash; NEVER while it was not.
        answered_until: the last day of which the answer is known.
        items: what the customers' habits are counted from, see `_items`.
    """

    table: FeatureTable
    at_issue: Bools
    weekly: Bools
    cleared: Ints
    answered_until: Ints
    items: pd.DataFrame

    @property
    def day(self) -> Ints:
        return self.table.keys["day"].to_numpy(dtype=np.int64)

    @property
    def due(self) -> Ints:
        return self.table.keys["due_on"].to_numpy(dtype=np.int64)

    def of(self, task: Task) -> Bools:
        """The questions of a task that have an answer, shape (n,)."""
        kind = self.at_issue if task.at_issue else self.weekly & (self.due <= self.day + task.days)
        return np.asarray(kind & (self.until(task) <= self.answered_until))

    def until(self, task: Task) -> Ints:
        """The last day on which it may be paid to be in time."""
        return self.due + task.days if task.at_issue else self.day + task.days

    def happened(self, task: Task) -> Bools:
        """Late, or unpaid: what a high score should foretell."""
        return self.cleared > self.until(task)


def ask(ledger: Ledger, cutoffs: Sequence[date], judged_share: float = 1.0) -> Asked:
    """Every question of every task on the evenings after the first cutoff, and in the year before it.

    Args:
        cutoffs: rising.
        judged_share: share of the items asked about, by a hash of their ids.
    """
    view = ledger.as_of(ledger.newest_day())
    first, last = to_day(cutoffs[0]) - LEARNED_DAYS, to_day(view.day)
    started = to_day(ledger.first_day())
    evenings = range(to_day(cutoffs[0]) + 1 - 52 * STEP, last - min(HORIZONS) + 1, STEP)
    weekly = open_questions(view, [day for day in evenings if day >= started])
    due = view.items.drop_duplicates("item_id", keep="last").set_index("item_id")["due_on"]
    weekly = weekly[due.reindex(weekly["item_id"]).to_numpy() <= weekly["day"].to_numpy() + max(HORIZONS)]
    questions = pd.concat(
        [_known_since(view, first).assign(at_issue=True), weekly.assign(weekly=True)], ignore_index=True
    )
    questions = questions[_share_of(questions["item_id"]) < judged_share]
    questions = questions.astype({"at_issue": "boolean", "weekly": "boolean"}).fillna(
        {"at_issue": False, "weekly": False}
    )
    questions = questions.groupby(["day", "item_id"], as_index=False)[["at_issue", "weekly"]].max()
    table = feature_rows(view, questions[["item_id", "day"]])
    items = _items(view)
    found = items.set_index("item_id").reindex(table.keys["item_id"])
    return Asked(
        table,
        questions["at_issue"].to_numpy(dtype=bool),
        questions["weekly"].to_numpy(dtype=bool),
        found["paid_on"].to_numpy(dtype=np.int64),
        np.minimum(last, found["left_on"].to_numpy(dtype=np.int64) - 1),
        items,
    )


def _known_since(view: LedgerView, first: int) -> pd.DataFrame:
    """Each invoice on the evening it became known, from the day `first`, if it was open then."""
    told = view.items[view.items["amount_minor"] > 0].drop_duplicates("item_id", keep="first")
    told = told[told["known_on"] >= first]
    asked = pd.DataFrame({"item_id": told["item_id"], "day": told["known_on"]}).reset_index(drop=True)
    residue = tolerance_minor(told["amount_minor"].to_numpy(), told["currency"].to_numpy())
    return asked[open_balance(view, asked) > residue]


def _items(view: LedgerView) -> pd.DataFrame:
    """One row per invoice: `item_id`, `customer_id`, `due_on`, `known_on`; `settled_on` and the evening from which
    that was known; `paid_on` where it was by cash; `left_on` where it was otherwise. NEVER for what was not."""
    items = view.items[view.items["amount_minor"] > 0].drop_duplicates("item_id", keep="last")
    known = view.items.drop_duplicates("item_id", keep="first").set_index("item_id")["known_on"]
    ended = view.settlements[view.settlements["taken_back_on"] == NEVER].drop_duplicates("item_id", keep="last")
    ended = ended.set_index("item_id").reindex(items["item_id"])
    settled = ended["cleared_on"].fillna(NEVER).to_numpy(dtype=np.int64)
    by_cash = ended["by_cash"].eq(True).to_numpy(dtype=bool)
    return pd.DataFrame(
        {
            "item_id": items["item_id"].to_numpy(),
            "customer_id": items["customer_id"].to_numpy(),
            "due_on": items["due_on"].to_numpy(dtype=np.int64),
            "known_on": known.reindex(items["item_id"]).to_numpy(dtype=np.int64),
            "settled_on": settled,
            "settled_known_on": ended["known_on"].fillna(NEVER).to_numpy(dtype=np.int64),
            "paid_on": np.where(by_cash, settled, NEVER),
            "left_on": np.where(by_cash, NEVER, settled),
        }
    )


def chances(curves: Curves, asked: Asked, rows: Bools, task: Task) -> Floats:
    """What curves (of these rows) say of a task: the chance of it being late, or unpaid."""
    if not task.at_issue:
        return curves.survival_at(task.days)
    day, due = asked.day[rows], asked.due[rows]
    return readings(curves, asked.until(task)[rows] - day, day - due).p_late


def simple_orders(asked: Asked, rows: Bools, learn: Bools, task: Task) -> dict[str, Floats]:
    """What each of `BASELINES` says of some rows, larger first; learned from others.

    Args:
        rows: asked of, shape (n,).
        learn: of this task, decided before the cutoff, shape (n,).
    """
    keys, past = asked.table.keys[rows], asked.table.keys[learn]
    happened = asked.happened(task)
    risk = bucket_risk(past["dpd"].to_numpy(), happened[learn])
    rate, mean = customer_habits(asked.items, keys, task.days if task.at_issue else 0)
    return {
        "amount": amount_order(keys),
        "oldest": oldest_first(keys),
        "bucket": bucket_order(keys, risk),
        "late_rate": rate,
        "mean_late": mean,
        "logistic": _logistic(asked, rows, learn, happened),
    }


def customer_habits(items: pd.DataFrame, keys: pd.DataFrame, late: int) -> tuple[Floats, Floats]:
    """Each customer's share of invoices more than `late` days late and its mean days late, as known each evening.

    What is open and overdue counts as it stands; both are drawn towards everybody's by `SHRINK` invoices.
    """
    codes, names = pd.factorize(items["customer_id"])
    asked = pd.Index(names).get_indexer(pd.Index(keys["customer_id"]))
    due, known, settled, heard = (
        items[name].to_numpy() for name in ("due_on", "known_on", "settled_on", "settled_known_on")
    )
    rate, mean = np.zeros(len(keys)), np.zeros(len(keys))
    days = keys["day"].to_numpy()
    for day in np.unique(days):
        here = days == day
        done = heard <= day
        lateness = np.where(done, settled, day) - due
        there = (known <= day) & (done | (lateness > 0))
        rate[here] = _shrunken(codes, lateness > late, there & (done | (lateness > late)), len(names))[asked[here]]
        mean[here] = _shrunken(codes, lateness, there, len(names))[asked[here]]
    return rate, mean


def _shrunken(codes: Ints, value: npt.NDArray[np.generic], counted: Bools, size: int) -> Floats:
    value = value[counted].astype(np.float64)
    everybody = value.mean() if len(value) else 0.0
    total = np.bincount(codes[counted], weights=value, minlength=size)
    count = np.bincount(codes[counted], minlength=size)
    return np.asarray((total + SHRINK * everybody) / (count + SHRINK))


def _logistic(asked: Asked, rows: Bools, learn: Bools, happened: Bools) -> Floats:
    """The chance by a logistic regression over the standardised numeric features; the mean where none can be fitted."""
    chosen = np.flatnonzero(learn)
    if len(chosen) > LEARNER_ROWS:
        share = _share_of(asked.table.keys["item_id"].iloc[chosen])
        chosen = chosen[share < LEARNER_ROWS / len(chosen)]
    label = happened[chosen]
    if label.all() or not label.any():
        return np.full(int(rows.sum()), float(label.mean()) if len(label) else 0.5)
    values = asked.table.values.select_dtypes("number").to_numpy(dtype=np.float64)
    values = values[:, ~np.isnan(values[chosen]).all(axis=0)]
    low, middle, high = np.nanquantile(values[chosen], [0.01, 0.5, 0.99], axis=0)
    inside = np.clip(np.where(np.isnan(values), middle, values), low, high)
    spread = inside[chosen].std(axis=0)
    inside = (inside - inside[chosen].mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    model = LogisticRegression(C=0.05, max_iter=300).fit(inside[chosen], label)
    said: Floats = model.predict_proba(inside[rows])[:, 1]
    return said


def _share_of(ids: "pd.Series[str]") -> Floats:
    """A number in [0, 1) for each id, the same on every machine."""
    codes, names = pd.factorize(ids)
    hashed = np.array([zlib.crc32(str(name).encode()) for name in names], dtype=np.float64) / 2.0**32
    return hashed[codes] if len(codes) else hashed
