"""The walk forward: curves fitted on what past cutoffs knew, and what they said of the evenings after them.

One frame comes out of it, a row per item and judged evening, with what every contender said and what came. Nothing in
here decides anything: `training.judgement` measures the frame, `training.choice` and `training.promotion` decide.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

import numpy as np
import numpy.typing as npt
import pandas as pd

from features.at_issue import issue_questions
from features.compute import feature_rows
from features.questions import open_questions
from features.table import FeatureTable
from ledger.book import Ledger
from ledger.days import NEVER, to_date, to_day
from ledger.money import Rates
from ledger.view import LedgerView
from models.baseline import amount_order, bucket_order, bucket_risk, oldest_first
from models.errors import NothingToFit
from models.habit_curve import HabitCurve
from models.payment_curve import PaymentCurve
from models.readings import Curves, Days, Floats, days_until_grace
from models.scoring import SETTLED_COUNT
from models.until_due_curve import PaymentCurveUntilDue
from training.cutoffs import Fold, walk_forward
from training.fit import (
    FOLD_ROW_CAP,
    ROW_CAP,
    Recipe,
    TrainingSet,
    fit_payment_curve,
    fit_stacked_curve,
    training_sets,
)
from training.labels import Outcomes, booking_lag, outcomes, unpaid_after
from training.promotion import HORIZONS
from training.snapshot import first_evening

BUCKET_DAYS = 180
"""Days before the cutoff from which the buckets' risks are counted."""

WORKED_DAYS = 7
"""An account that the team called within so many days after an evening stood on that evening's worked list."""

HABIT_COLUMNS = {"customer_rate": "late_5_share_shrunken_365d", "customer_mean": "days_late_shrunken_365d"}
"""The simple orders by one feature each: the customer's late rate and mean lateness, drawn to the portfolio's."""

Say = Callable[[str], None]
Bools = npt.NDArray[np.bool_]
Objects = npt.NDArray[np.object_]


@dataclass(frozen=True, eq=False)
class AtIssue:
    """The items that came in the judged weeks, each once, on the evening it became known: will it be late?

    Attributes:
        ahead: days from that evening to due day plus grace, shape (n,); an item that came later than that is left out.
        fold: in which fold, shape (n,), rising.
        customer: whose, shape (n,).
        money: open, as in the judged frame, shape (n,).
        unpaid, known: whether it was unpaid on that day, and whether that is known, shape (n,).
        curves: of each contender the curves of each fold's rows, in order, before recalibration.
    """

    ahead: Days
    fold: Days
    customer: Objects
    money: Floats
    unpaid: Bools
    known: Bools
    curves: dict[str, tuple[Curves, ...]]


@dataclass(frozen=True, eq=False)
class Walk:
    """What a walk forward saw.

    Attributes:
        judged: one row per item and judged evening, ordered by fold, day, item; see `training.judgement.measure`.
        table: the feature rows of `judged`, in its order.
        curves: of each contender the curves of each fold's rows, in order, before recalibration.
        orders: the simple orders that there are.
        currency: of the column `money`.
        folds: the folds judged, oldest first.
        at_issue: what was said of new items.
        learned: what the newest cutoff knew.
        tonight: what the evening of the walk itself knows, to fit the version to be kept.
        found: what happened after the first cutoff.
        seconds_each: what a fit took on the newest fold, per interval; to tell how long a larger one will take.
        newest: the contenders that the newest fold fitted, by name, before recalibration; to hold reasons against.
    """

    judged: pd.DataFrame
    table: FeatureTable
    curves: dict[str, tuple[Curves, ...]]
    orders: tuple[str, ...]
    currency: str
    folds: tuple[Fold, ...]
    at_issue: AtIssue
    learned: TrainingSet
    tonight: TrainingSet
    found: Outcomes
    seconds_each: float = 0.0
    newest: Mapping[str, PaymentCurve | HabitCurve] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class _Judged:
    """One fold: the rows asked about, what was said of them and of its new items, and what it was learned from."""

    fold: Fold
    rows: "np.ndarray[tuple[int], np.dtype[np.intp]]"
    curves: dict[str, Curves]
    new: FeatureTable
    curves_of_new: dict[str, Curves]
    frame: pd.DataFrame
    learned: TrainingSet
    seconds_each: float


BLENDS = {"blend_25": 0.25, "blend_50": 0.5}
"""Contenders that mix the logistic regression into the hazard, with its share."""


def folds_of(view: LedgerView, folds: int) -> tuple[Fold, ...]:
    """The folds that an evening's ledger has; none when there is nothing to learn from before the newest cutoff."""
    if view.items.empty:
        return ()
    return walk_forward(first_evening(view), to_day(view.day) - booking_lag(view.applications), folds=folds)


def walk(
    ledger: Ledger,
    view: LedgerView,
    folds: Sequence[Fold],
    recipe: Callable[[TrainingSet], Recipe] = lambda learned: Recipe(),
    may_fit: Callable[[int], bool] = lambda number: True,
    say: Say = lambda line: None,
    cap: int = ROW_CAP,
    grace_days: int = 5,
) -> Walk | None:
    """Fit every contender on what each cutoff knew, and ask them about the evenings after it.

    Args:
        ledger, view: the facts, and the evening whose knowledge judges.
        folds: from `folds_of`, oldest first.
        recipe: chooses how to fit, from what the first cutoff knew; used for every fold.
        may_fit: whether there is time for a fold, by its number from 0; asked before each, the newest first.
        say: told a line per fold.
        cap: intervals that the set of `view` itself holds at most.
        grace_days: days after due within which a payment is not late.

    None when a cutoff had never seen an open item, or nothing was open on the evenings after the cutoffs. Folds of
    which nothing can be fitted, or nothing asked, are left out.
    """
    pasts = [ledger.as_of(to_date(fold.cutoff)) for fold in folds]
    try:
        tonight, *then = training_sets(ledger, [view, *pasts], cap)
    except NothingToFit:
        return None
    del pasts  # each holds its evening's facts
    asked = open_questions(view, [evening for fold in folds for evening in fold.evenings])
    table = feature_rows(view, asked)
    if len(table) == 0:
        return None
    found = outcomes(ledger, view, folds[0].cutoff)
    chosen = recipe(then[0])
    parts, orders = list[_Judged](), _orders(view, table)
    fitted: Mapping[str, PaymentCurve | HabitCurve] = {}
    for number in reversed(range(len(folds))):
        fold, learned = folds[number], then[number]
        rows = np.flatnonzero(np.isin(table.keys["day"].to_numpy(), fold.evenings))
        if learned.habit is None or len(rows) == 0 or not may_fit(number):
            continue
        here, new = table.take(rows.tolist()), _new_items(view, fold, grace_days)
        try:
            contenders, seconds = _contenders(learned.habit, learned.thinned(FOLD_ROW_CAP), chosen)
        except NothingToFit:
            continue
        curves, of_new = ({name: curve.survival(one) for name, curve in contenders.items()} for one in (here, new))
        fitted = fitted or contenders
        say(f"fold {number + 1} of {len(folds)}: learned by {to_date(fold.cutoff)}, asked about {len(rows):,} rows")
        frame = _fold_frame(number, fold, here, learned)
        parts.insert(0, _Judged(fold, rows, curves, new, of_new, frame, learned, seconds))
    if not parts:
        return None
    table = table.take(np.concatenate([one.rows for one in parts]).tolist())
    judged = _with_outcomes(pd.concat([one.frame for one in parts], ignore_index=True), table, found, view)
    by_name = {name: tuple(one.curves[name] for one in parts) for name in parts[0].curves}
    currency, money = in_one_currency(table.keys, view)
    at_issue = _at_issue(parts, found, view, currency, grace_days)
    if "worked" in orders:
        judged = judged.assign(**{f"worked_{h}": _worked(table.keys, view) for h in HORIZONS})
    kept, newest = tuple(one.fold for one in parts), parts[-1]
    judged = judged.assign(money=money)
    return Walk(
        judged, table, by_name, orders, currency, kept, at_issue, newest.learned, tonight, found,
        newest.seconds_each, fitted,
    )  # fmt: skip


def said_by(name: str, folds: Sequence[Curves]) -> dict[str, Floats]:
    """The columns that a contender has in the judged frame: a chance per horizon and the expected days ahead."""
    said = {f"{name}_{h}": np.concatenate([one.survival_at(h) for one in folds]) for h in HORIZONS}
    return said | {f"{name}_expected": np.concatenate([one.first_day_at(0.5) for one in folds])}


def asked_rows(judged: pd.DataFrame, horizon: int) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    """The rows that the question is about: due by then, with a known outcome."""
    due = judged["due_on"].to_numpy() <= judged["day"].to_numpy() + horizon
    return np.asarray(due & judged[f"known_{horizon}"].to_numpy())


def _contenders(
    habit: HabitCurve, learned: TrainingSet, recipe: Recipe
) -> tuple[dict[str, PaymentCurve | HabitCurve], float]:
    """The contenders by name; and the seconds that fitting took, per interval."""
    began = time.perf_counter()
    both, stacked = fit_payment_curve(learned, recipe, linear_share=0.5), fit_stacked_curve(learned, recipe)
    seconds = (time.perf_counter() - began) / len(learned.intervals)
    shares = {"hazard": 0.0, "logistic": 1.0, **BLENDS}
    contenders: dict[str, PaymentCurve | HabitCurve] = {name: both.blended(share) for name, share in shares.items()}
    contenders |= {"stacked": stacked, "until_due": PaymentCurveUntilDue.of(both.blended(0.0), stacked)}
    contenders["habit"] = habit
    return contenders, seconds


def _fold_frame(number: int, fold: Fold, here: FeatureTable, learned: TrainingSet) -> pd.DataFrame:
    keys = here.keys[["day", "item_id", "customer_id", "currency", "amount_minor", "open_minor", "due_on", "dpd"]]
    frame = keys.reset_index(drop=True).assign(fold=number, cutoff=fold.cutoff)
    frame["unseen"] = ~frame["customer_id"].isin(learned.customers).to_numpy()
    frame["settled_count"] = here.values[SETTLED_COUNT].to_numpy(dtype=np.float64)
    for horizon in HORIZONS:
        frame[f"amount_{horizon}"] = amount_order(here.keys)
        frame[f"oldest_{horizon}"] = oldest_first(here.keys)
        frame[f"bucket_{horizon}"] = bucket_order(here.keys, _bucket_risk(learned, horizon))
        for name, column in HABIT_COLUMNS.items():
            frame[f"{name}_{horizon}"] = here.values[column].to_numpy(dtype=np.float64)
    return frame


def _bucket_risk(learned: TrainingSet, horizon: int) -> dict[str, float]:
    """The risks of the aging buckets that the cutoff knew."""
    keys = learned.table.keys
    unpaid, known = unpaid_after(keys, learned.outcomes, horizon)
    recent = keys["day"].to_numpy() > learned.outcomes.last_observed - BUCKET_DAYS
    asked = known & recent & (keys["due_on"].to_numpy() <= keys["day"].to_numpy() + horizon)
    return bucket_risk(keys["dpd"].to_numpy()[asked], unpaid[asked])


def _new_items(view: LedgerView, fold: Fold, grace_days: int) -> FeatureTable:
    """What became known in a fold's weeks, each item on that evening, and could still be in time."""
    asked = issue_questions(view, to_date(fold.evenings[0]), to_date(fold.evenings[-1]))
    new = feature_rows(view, asked)
    return new.take(np.flatnonzero(days_until_grace(new, grace_days) > 0).tolist())


def _at_issue(parts: Sequence[_Judged], found: Outcomes, view: LedgerView, currency: str, grace_days: int) -> AtIssue:
    ahead = np.concatenate([days_until_grace(one.new, grace_days) for one in parts])
    keys = pd.concat([one.new.keys for one in parts], ignore_index=True)
    unpaid, known = unpaid_after(keys, found, ahead)
    return AtIssue(
        ahead=ahead,
        fold=np.repeat([one.frame["fold"].iloc[0] for one in parts], [len(one.new) for one in parts]),
        customer=keys["customer_id"].to_numpy(dtype=object),
        money=money_in(currency, keys, view),
        unpaid=unpaid,
        known=known,
        curves={name: tuple(one.curves_of_new[name] for one in parts) for name in parts[0].curves_of_new},
    )


def _with_outcomes(frame: pd.DataFrame, table: FeatureTable, found: Outcomes, view: LedgerView) -> pd.DataFrame:
    for horizon in HORIZONS:
        frame[f"unpaid_{horizon}"], frame[f"known_{horizon}"] = unpaid_after(table.keys, found, horizon)
    settled = view.settlements[(view.settlements["taken_back_on"] == NEVER) & view.settlements["by_cash"].eq(True)]
    cleared = settled.drop_duplicates("item_id", keep="last").set_index("item_id")["cleared_on"]
    frame["cleared_on"] = table.keys["item_id"].map(cleared).to_numpy(dtype=np.float64)
    return frame


def _orders(view: LedgerView, table: FeatureTable) -> tuple[str, ...]:
    simple = ("amount", "oldest", "bucket", *HABIT_COLUMNS)
    if view.contacts.empty:
        return simple
    called = view.contacts["happened_on"].between(table.keys["day"].min(), table.keys["day"].max() + WORKED_DAYS)
    return (*simple, "worked") if called.any() else simple


def _worked(keys: pd.DataFrame, view: LedgerView) -> Floats:
    """How often the team contacted each row's customer in the week after its evening: its own worked order."""
    calls = view.contacts[["customer_id", "happened_on"]]
    pairs = keys[["customer_id", "day"]].drop_duplicates().merge(calls, on="customer_id")
    within = pairs[(pairs["happened_on"] > pairs["day"]) & (pairs["happened_on"] <= pairs["day"] + WORKED_DAYS)]
    count = within.groupby(["customer_id", "day"]).size()
    index = pd.MultiIndex.from_frame(keys[["customer_id", "day"]])
    return np.asarray(count.reindex(index).fillna(0.0).to_numpy(dtype=np.float64))


def in_one_currency(keys: pd.DataFrame, view: LedgerView) -> tuple[str, Floats]:
    """A currency, and the open amounts of some rows in it (`money_in`).

    The base currency of the rates, or the most frequent currency where the ledger has no rates.
    """
    bases = view.rates["base"].mode()
    base = str(bases.iloc[0]) if len(bases) else str(keys["currency"].mode().iloc[0])
    return base, money_in(base, keys, view)


def money_in(base: str, keys: pd.DataFrame, view: LedgerView) -> Floats:
    """The open amounts in minor units of a currency, at the rates of each row's own evening; 0 without a rate."""
    dated = view.rates[view.rates["base"] == base]
    quotes = zip(dated["currency"], dated["rate_on"], dated["rate"], strict=True)
    rates = Rates.of(base, [(str(currency), int(day), Decimal(str(rate))) for currency, day, rate in quotes])
    rows = zip(keys["open_minor"], keys["currency"], keys["day"], strict=True)
    money = [rates.convert(int(o), str(c), int(d)) if rates.knows(str(c), int(d)) else 0 for o, c, d in rows]
    return np.array(money, dtype=np.float64)


def by_fold(judged: pd.DataFrame) -> Iterator["np.ndarray[tuple[int], np.dtype[np.bool_]]"]:
    """The rows of each fold, oldest first, as a mask."""
    fold = judged["fold"].to_numpy()
    for number in np.unique(fold):
        yield fold == number
