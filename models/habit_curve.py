"""`HabitCurve`: when the money will come, from the account's own past alone.

The fallback when there is too little to learn a `PaymentCurve` from, or when a learned one was declined. On the axis of
days past due it is a Kaplan-Meier curve of the account's own items, drawn towards the curve of items with similar terms
and size: (n * own + 4 * segment) / (n + 4). Given that the item is open tonight, the rest of the curve is its future.
"""

from collections.abc import Mapping
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from features.reason_catalogue import SEGMENT_TERMS
from features.table import FeatureTable
from ledger.days import NEVER, to_day
from ledger.ordering import are_in
from ledger.view import LedgerView
from models.errors import NothingToFit
from models.explanation import Contributions
from models.fact import age_fact, fact_of
from models.readings import EDGES, Curves, Days, Floats
from models.rhythm import FIRST_DAY, Rhythm
from models.rhythm import LAST_DAY as LAST_GRID_DAY
from models.score import Fact

GRID = np.arange(FIRST_DAY, LAST_GRID_DAY + 1)
"""Days past due on which hazards are counted; what is paid earlier counts on the first."""

OWN_WEIGHT, SEGMENT_WEIGHT = 4.0, 20.0
REMEMBERED = 50
"""Items remembered of each account: its newest."""

TERMS = (("short terms", 7), ("terms of 8-20 days", 20), ("terms of 21-35 days", 35), ("terms of 36-60 days", 60))
LONGEST_TERMS = "terms over 60 days"
LARGER, SMALLER = ", a larger amount", ", a smaller amount"

SEGMENT_CODES = {
    f"{terms}{words}": f"{code}_{size}"
    for (terms, _), code in zip((*TERMS, (LONGEST_TERMS, 0)), SEGMENT_TERMS, strict=True)
    for words, size in ((LARGER, "larger"), (SMALLER, "smaller"))
}
"""Segment of the curve -> code of the reason that tells it."""


def history_of(view: LedgerView) -> pd.DataFrame:
    """What was known by the view's evening of how items were paid, one row per receivable.

    Columns: `customer_id`, `currency`, `amount_minor`, `terms_days`; `entered` and `ended`, days past due when we first
    knew the item and when it was cleared or last seen open; `settled`, whether cash ended it (else it was still open,
    or left otherwise). Ordered by the day it ended, then item.
    """
    items = view.items[(view.items["amount_minor"] > 0)]
    first_known = items.groupby("item_id")["known_on"].min()
    now = items[items["superseded_on"] == NEVER].set_index("item_id")
    found = view.settlements
    cleared = found[found["taken_back_on"] == NEVER].drop_duplicates("item_id", keep="last").set_index("item_id")
    open_items = view.open_items().set_index("item_id")
    alive = open_items.index[(open_items["open_minor"] > 0) & ~open_items["open_within_tolerance"]]
    seen = are_in(now.index, cleared.index) | are_in(now.index, alive)
    frame = now[seen].join(cleared[["cleared_on", "by_cash"]])
    ended_on = frame["cleared_on"].fillna(to_day(view.day)).astype(np.int64)
    history = pd.DataFrame(
        {
            "customer_id": frame["customer_id"],
            "currency": frame["currency"],
            "amount_minor": frame["amount_minor"],
            "terms_days": frame["due_on"] - frame["issued_on"],
            "entered": first_known.reindex(frame.index) - frame["due_on"],
            "ended": ended_on - frame["due_on"],
            "settled": frame["by_cash"].eq(True),
            "ended_on": ended_on,
        }
    )
    ordered = history.reset_index().sort_values(["ended_on", "item_id"], kind="stable")
    return ordered.drop(columns=["ended_on", "item_id"]).reset_index(drop=True)


def rhythm_of(history: pd.DataFrame) -> Rhythm:
    """On which days past due the items of a `history_of` frame were paid."""
    at_risk, paid = _counts(history, np.zeros(len(history), dtype=np.int64), 1)
    return Rhythm.of(at_risk[0], paid[0])


class HabitCurve:
    """The same readings as a `PaymentCurve`, without a model."""

    def __init__(self, edges: tuple[int, ...] = EDGES) -> None:
        self.edges = edges

    def fit(self, history: pd.DataFrame) -> Self:
        """Count. `history` is a frame of `history_of`. Raises `NothingToFit` when no item was ever settled."""
        if not history["settled"].any():
            raise NothingToFit("settled item")
        at_risk, paid = _counts(history, np.zeros(len(history), dtype=np.int64), 1)
        # Where all were paid on the first day they were known, something may still stay open for a day.
        everyday = min(paid.sum() / at_risk.sum(), 0.999)
        self.portfolio_ = ((paid + everyday) / (at_risk + 1.0))[0]
        late = GRID > 120
        self.tail_ = float((paid[0, late].sum() + everyday) / (at_risk[0, late].sum() + 1.0))
        # A median per currency makes "large" mean the same in yen and in euros.
        self.usual_amount_ = {str(c): float(v) for c, v in history.groupby("currency")["amount_minor"].median().items()}

        names = self._segments(history)
        labels, codes = np.unique(names, return_inverse=True)
        at_risk, paid = _counts(history, codes, len(labels))
        hazards = (paid + SEGMENT_WEIGHT * self.portfolio_) / (at_risk + SEGMENT_WEIGHT)
        self.segments_ = {str(name): hazards[i] for i, name in enumerate(labels)}

        entered, ended = _on_grid(history)
        own = pd.DataFrame(
            {"customer": history["customer_id"], "from": entered, "to": ended, "paid": history["settled"]}
        )
        newest = own.groupby("customer", sort=True).tail(REMEMBERED)
        self.customers_ = {
            str(customer): [[int(a), int(b), int(c)] for a, b, c in zip(g["from"], g["to"], g["paid"], strict=True)]
            for customer, g in newest.groupby("customer", sort=True)
        }
        return self

    def survival(self, table: FeatureTable) -> Curves:
        """The curve of each row, given that it is open on its evening; in the table's order."""
        _, _, mixed = self._log_survival(table)
        dpd = table.keys["dpd"].to_numpy(dtype=np.int64)
        columns = [mixed.fall(dpd, np.full(len(table), u)) for u in self.edges]
        intensity = np.maximum.accumulate(np.stack(columns, axis=1), axis=1)
        rhythm = Rhythm(np.asarray(-np.log1p(-self.portfolio_), dtype=np.float64))
        return Curves(np.array(self.edges, dtype=np.int64), intensity, dpd, rhythm)

    def contributions(self, table: FeatureTable, horizons: Days) -> Contributions:
        """An ordered account of S(horizon): an item of the portfolio due today (the base), then this item's age, then
        its terms and size, then the account's own habit. The steps add up by construction."""
        portfolio, segment, _ = self._log_survival(table)
        dpd = table.keys["dpd"].to_numpy(dtype=np.int64)
        base = np.exp(-portfolio.fall(np.zeros_like(dpd), horizons))
        aged = np.exp(-portfolio.fall(dpd, horizons))
        in_segment = np.exp(-segment.fall(dpd, horizons))
        # The last step ends where the curve itself reads, with its constant intensity between edges.
        final = self.survival(table).survival_at(horizons)
        points = np.stack([aged - base, in_segment - aged, final - in_segment], axis=1)
        return Contributions(base, ("age", "terms", "habit"), points)

    def settled_count(self, customer_id: str) -> int:
        """How many remembered items of this account were settled in cash."""
        return sum(paid for _, _, paid in self.customers_.get(customer_id, ()))

    def facts(self, table: FeatureTable) -> dict[str, list[Fact]]:
        """The fact behind each step of `contributions`, row by row."""
        habits = {str(name): self._habit(str(name)) for name in table.keys["customer_id"].unique()}
        like = _like_history(table.keys)
        return {
            "age": [age_fact(int(dpd)) for dpd in table.keys["dpd"]],
            "terms": [
                fact_of(SEGMENT_CODES[str(name)], float(terms))
                for name, terms in zip(self._segments(like), like["terms_days"], strict=True)
            ],
            "habit": [habits[str(name)] for name in table.keys["customer_id"]],
        }

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values; `from_json` is the way back, to the last bit."""
        return {
            "edges": list(self.edges),
            "portfolio": self.portfolio_.tolist(),
            "tail": self.tail_,
            "usual_amount": self.usual_amount_,
            "segments": {name: hazards.tolist() for name, hazards in self.segments_.items()},
            "customers": self.customers_,
        }

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> "HabitCurve":
        curve = cls(tuple(found["edges"]))
        curve.portfolio_ = np.array(found["portfolio"], dtype=np.float64)
        curve.tail_ = float(found["tail"])
        curve.usual_amount_ = dict(found["usual_amount"])
        curve.segments_ = {name: np.array(hazards, dtype=np.float64) for name, hazards in found["segments"].items()}
        curve.customers_ = {name: [list(seen) for seen in rows] for name, rows in found["customers"].items()}
        return curve

    def _habit(self, customer_id: str) -> Fact:
        days = [to for _, to, paid in self.customers_.get(customer_id, ()) if paid]
        if not days:
            return fact_of("no_payment_habit")
        return fact_of("usual_payment_day", float(np.floor(np.median(days))), count=float(len(days)))

    def _log_survival(self, table: FeatureTable) -> tuple["_LogSurvival", "_LogSurvival", "_LogSurvival"]:
        """Of each row: the portfolio's, its segment's and its account's curve along days past due."""
        n = len(table)
        portfolio = _LogSurvival(np.log1p(-self.portfolio_)[None, :].cumsum(axis=1), np.zeros(n, np.intp), self.tail_)
        names = self._segments(_like_history(table.keys))
        labels, inverse = np.unique(names, return_inverse=True)
        of_row = inverse.astype(np.intp)
        hazards = np.array([self.segments_.get(str(name), self.portfolio_) for name in labels]).reshape(-1, len(GRID))
        segments = np.log1p(-hazards).cumsum(axis=1)

        customers = table.keys["customer_id"].astype(str)
        known = customers.where(customers.isin(list(self.customers_)), "")
        pairs = pd.DataFrame({"customer": known, "segment": of_row})
        of_pair = pairs.groupby(["customer", "segment"], sort=True).ngroup().to_numpy(dtype=np.intp)
        pair = pairs.drop_duplicates().sort_values(["customer", "segment"], kind="stable")
        mixed = np.empty((len(pair), len(GRID)))
        for at, (customer, code) in enumerate(zip(pair["customer"], pair["segment"], strict=True)):
            mixed[at] = self._own(self.customers_.get(customer), hazards[code], segments[code])
        return portfolio, _LogSurvival(segments, of_row, self.tail_), _LogSurvival(mixed, of_pair, self.tail_)

    @staticmethod
    def _own(seen: list[list[int]] | None, hazards: Floats, segment: Floats) -> Floats:
        if not seen:
            return segment
        rows = np.array(seen, dtype=np.int64)
        at_risk, paid = _count(rows[:, 0], rows[:, 1], rows[:, 2] > 0, np.zeros(len(rows), dtype=np.int64), 1)
        # Where the account has never been seen, the segment speaks for it.
        own = np.where(at_risk[0] > 0, paid[0] / np.maximum(at_risk[0], 1.0), hazards)
        n = len(rows)
        with np.errstate(divide="ignore"):
            log_own = np.log1p(-own).cumsum()
        mixed: Floats = np.logaddexp(np.log(n) + log_own, np.log(OWN_WEIGHT) + segment) - np.log(n + OWN_WEIGHT)
        return mixed

    def _segments(self, history: pd.DataFrame) -> npt.NDArray[np.object_]:
        terms = history["terms_days"].to_numpy()
        names = np.full(len(history), LONGEST_TERMS, dtype=object)
        for name, last in reversed(TERMS):
            names[terms <= last] = name
        usual = history["currency"].astype(str).map(self.usual_amount_).to_numpy(dtype=np.float64)
        large = history["amount_minor"].to_numpy(dtype=np.float64) > usual
        sizes = np.where(large, LARGER, SMALLER).astype(object)
        return np.asarray(names + sizes, dtype=object)


class _LogSurvival:
    """log S along `GRID` for a few curves, and which of them each row follows; beyond the grid `tail` a day."""

    def __init__(self, log_s: Floats, of_row: npt.NDArray[np.integer[Any]], tail: float) -> None:
        self.log_s, self.of_row, self.tail = log_s, of_row, tail

    def fall(self, dpd: Days, ahead: npt.ArrayLike) -> Floats:
        """-log of the chance that what is open at `dpd` is still open `ahead` days later, shape (n_rows,)."""
        later = dpd + np.asarray(ahead, dtype=np.int64)
        return np.maximum(self._at(dpd) - self._at(later), 0.0)

    def _at(self, day: Days) -> Floats:
        if len(day) == 0:
            return np.zeros(0)
        inside = np.clip(day - FIRST_DAY, 0, len(GRID) - 1)
        value: Floats = self.log_s[self.of_row, inside] - self.tail * np.maximum(day - LAST_GRID_DAY, 0)
        return np.where(day < FIRST_DAY, 0.0, value)


def _like_history(keys: pd.DataFrame) -> pd.DataFrame:
    return keys[["currency", "amount_minor"]].assign(terms_days=keys["due_on"] - keys["issued_on"])


def _on_grid(history: pd.DataFrame) -> tuple[Days, Days]:
    ended = np.clip(history["ended"].to_numpy(dtype=np.int64), FIRST_DAY, LAST_GRID_DAY)
    entered = np.clip(history["entered"].to_numpy(dtype=np.int64), FIRST_DAY - 1, ended - 1)
    return entered, ended


def _counts(history: pd.DataFrame, group: npt.NDArray[np.int64], groups: int) -> tuple[Floats, Floats]:
    entered, ended = _on_grid(history)
    return _count(entered, ended, history["settled"].to_numpy(dtype=bool), group, groups)


def _count(
    entered: Days, ended: Days, settled: npt.NDArray[np.bool_], group: npt.NDArray[np.int64], groups: int
) -> tuple[Floats, Floats]:
    """How many were open going into each day of the grid, and how many were paid on it; shape (groups, n_days)."""
    width = len(GRID) + 1
    start, end = entered + 1 - FIRST_DAY, ended - FIRST_DAY
    size = groups * width
    came = np.bincount(group * width + start, minlength=size).reshape(groups, width)
    left = np.bincount(group * width + end, minlength=size).reshape(groups, width)
    paid = np.bincount(group * width + end, weights=settled.astype(np.float64), minlength=size).reshape(groups, width)
    gone = np.concatenate([np.zeros((groups, 1)), np.cumsum(left, axis=1)[:, :-1]], axis=1)
    at_risk = np.cumsum(came, axis=1) - gone
    return at_risk[:, :-1].astype(np.float64), paid[:, :-1].astype(np.float64)
