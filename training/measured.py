"""What a backtest measured: figures with their intervals, for the page, for JSON, and flat for gates and records."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from training.calibration import Calibration
from training.metrics import Interval
from training.promotion import DECILE_SLACK

MODEL = "model"

CAPTURE_STEPS = 40
"""Equal steps of the list at which a capture curve is known."""


@dataclass(frozen=True)
class Score:
    """One contender or simple order on one set of rows.

    Attributes:
        name: `model`, `habit`, `logistic`, `stacked`; or an order: `amount`, `oldest`, `bucket`, `customer_rate`,
            `customer_mean`, `worked`.
        is_probability: whether it says a chance; the two log losses, `brier` and `ece` are NaN for an order.
        rows: rows that it had an answer for.
        auc, pr_auc: of still being unpaid.
        log_loss, money_log_loss: plain, and weighted by the open money; nats.
        brier, ece: mean squared error, and mean |said - happened|.
        found10, found20, found_calls: share of the late items in the first 10 % and 20 % of each evening's list, and
            within its first calls.
        money_found10, money_found20, money_found_calls: the same of late money. A chance is multiplied by the open
            money first, an order is taken as it is.

    Bounds that were not asked for are NaN: only the model has them all, and no month has any.
    """

    name: str
    is_probability: bool
    rows: int
    auc: Interval
    pr_auc: Interval
    log_loss: Interval
    money_log_loss: Interval
    brier: Interval
    ece: float
    found10: float
    found20: Interval
    found_calls: float
    money_found10: float
    money_found20: Interval
    money_found_calls: float


@dataclass(frozen=True)
class Difference:
    """The model less another, on the rows of both, paired.

    Attributes:
        other: its name.
        auc: above 0 the model ranks better.
        found, money_found: late items, and late money, in the first fifth of each evening's list.
        log_loss: below 0 the model's chances are better; NaN against an order.
    """

    other: str
    auc: Interval
    found: Interval
    money_found: Interval
    log_loss: Interval


@dataclass(frozen=True)
class Capture:
    """A capture curve: of the late money, the share found in the first part of each evening's list.

    Attributes:
        name: of a contender or an order.
        rows: rows that it had an answer for.
        found: shares at 0, 2.5, 5 ... 100 % of the list; empty where nothing was late, or it answered nothing.
    """

    name: str
    rows: int
    found: tuple[float, ...]


@dataclass(frozen=True)
class Segment:
    """The model on one kind of rows, against the order that was best on them.

    Attributes:
        kind, name: such as `currency` and `EUR`.
        rows, customers: how many.
        too_small: fewer rows than can be judged; then nothing below is measured.
        unpaid_share: share of the rows still unpaid.
        auc, ece: the model's.
        best, best_auc: the best simple order on these rows.
        gain: AUC of the model less that of the order, paired.
    """

    kind: str
    name: str
    rows: int
    customers: int
    too_small: bool
    unpaid_share: float
    auc: Interval
    ece: float
    best: str
    best_auc: float
    gain: Interval


@dataclass(frozen=True)
class Month:
    """One fold: what models that knew the evening `cutoff` said on evenings after it.

    Attributes:
        fold: its number, from 0.
        cutoff, first_day, last_day: days; the judged evenings are the first to the last.
        rows: rows with an answer; 0 where no outcome is known, and then there are no scores.
        unpaid_share: of them.
        scores: of every contender and order; their AUC without interval.
        best: the simple order with the highest AUC in this month.
        gain: AUC of the model less that of `best`, paired.
        lost_to: who had a higher AUC than the model: `best`, `habit`, `logistic`, `worked`; the highest first.
    """

    fold: int
    cutoff: date
    first_day: date
    last_day: date
    rows: int
    unpaid_share: float
    scores: tuple[Score, ...]
    best: str
    gain: Interval
    lost_to: tuple[str, ...]

    def score(self, name: str) -> Score | None:
        """What `name` reached; None when it was not there."""
        return next((score for score in self.scores if score.name == name), None)


@dataclass(frozen=True)
class AtHorizon:
    """Everything about one question: still unpaid `horizon` days ahead?

    Attributes:
        horizon: days.
        rows, items, customers, evenings: judged.
        not_due: rows left out because they are not due by then.
        undecided: due rows left out because the answer is not known yet.
        unpaid: rows still unpaid.
        scores: every contender and order on all rows.
        best: the simple order with the highest AUC; empty without an answer.
        best_finder: the simple order that finds most late items in the first fifth.
        differences: the model against each other.
        calibration: of the model.
        overdue_rows: rows past due on the judged evening.
        overdue: AUC of each contender and order among them; with bounds for the model and for `best`.
        segments: kinds of rows.
        months: every fold, oldest first.
        captures: of late money, by each contender and order.
        reach: share of the evenings' lists that lies within the calls of an evening.
    """

    horizon: int
    rows: int
    items: int
    customers: int
    evenings: int
    not_due: int
    undecided: int
    unpaid: int
    scores: tuple[Score, ...]
    best: str
    best_finder: str
    differences: tuple[Difference, ...]
    calibration: Calibration
    overdue_rows: int
    overdue: Mapping[str, Interval]
    segments: tuple[Segment, ...]
    months: tuple[Month, ...]
    captures: tuple[Capture, ...]
    reach: float

    @property
    def unpaid_share(self) -> float:
        """Share of the rows still unpaid; NaN without rows."""
        return self.unpaid / self.rows if self.rows else math.nan

    @property
    def losing_months(self) -> tuple[Month, ...]:
        """The months in which something simpler ranked better than the model."""
        return tuple(month for month in self.months if month.lost_to)

    def score(self, name: str) -> Score:
        """What `name` reached on all rows; `KeyError` when it was not there."""
        found = {score.name: score for score in self.scores}
        return found[name]

    def difference(self, other: str) -> Difference | None:
        """The model less `other`; None where either was not there."""
        return next((one for one in self.differences if one.other == other), None)


@dataclass(frozen=True)
class DateError:
    """How far a contender's payment dates were off, over the rows whose item was paid in full by the end.

    Attributes:
        name: of the contender.
        rows: rows with a date, no_date: rows that it saw no date for, which are not in the figures.
        mean, median: absolute days.
    """

    name: str
    rows: int
    no_date: int
    mean: Interval
    median: float


@dataclass(frozen=True)
class NeverSeenAt:
    """Rows of customers that were left out of learning, at one horizon.

    Attributes:
        rows, customers, unpaid: how many rows, whose, and how many of them were still unpaid.
        auc: of the curve that had never seen these customers.
        seen: on the same rows, of the same curve learned from all customers.
        gain: `auc` less `seen`, paired.
        best, best_auc: the best simple order on these rows.
    """

    rows: int
    customers: int
    unpaid: int
    auc: Interval
    seen: Interval
    gain: Interval
    best: str
    best_auc: float


@dataclass(frozen=True)
class NeverSeen:
    """A fold that left whole customers out of learning and is judged on them.

    Attributes:
        cutoff: the fold's; the newest.
        share: of the customers that were left out, by a hash of their id.
        left_out, learned_from: customers left out of learning, and learned from.
        horizons: by days ahead; those with too few rows of either outcome are not there.
    """

    cutoff: date
    share: float
    left_out: int
    learned_from: int
    horizons: Mapping[int, NeverSeenAt]


@dataclass(frozen=True)
class Measured:
    """A backtest's figures.

    Attributes:
        first_day, last_day: the judged evenings; None without rows.
        rows, items, customers, evenings, folds: what was judged, before any question leaves rows out.
        currency: of `money`.
        without_rate: rows whose money could not be told in that currency; they count as items, not as money.
        capacity: calls of an evening.
        horizons: the questions, by days ahead.
        dates: errors of the payment dates.
        knows_work: whether the team's own worked order is among the orders.
        knows_unseen: whether the frame told which customers the models had never seen.
        never_seen: a fold without a part of the customers; None where there was none.
    """

    first_day: date | None
    last_day: date | None
    rows: int
    items: int
    customers: int
    evenings: int
    folds: int
    currency: str
    without_rate: int
    capacity: int
    horizons: Mapping[int, AtHorizon]
    dates: tuple[DateError, ...]
    knows_work: bool
    knows_unseen: bool
    never_seen: NeverSeen | None = None

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON: days in ISO form, NaN as null, horizons keyed by their days as text."""
        return {name: _plain(value) for name, value in asdict(self).items()}

    def metrics(self) -> dict[str, float]:
        """Flat and stably named, for gates and the model registry; NaN where a measure has no answer.

        Of the model `auc_30`, `auc_30_low`, `auc_30_high`, `log_loss_30`, `ece_noise_30` and so on; of another with its
        name in front, `habit_auc_30`; of the gain over the best simple order `auc_gain_30_low`; over one in particular
        `auc_gain_over_amount_30`; of a segment `segment_currency_EUR_auc_30`.
        """
        flat: dict[str, float] = {}
        for found in self.horizons.values():
            flat |= {_at(name, found.horizon): value for name, value in _of_horizon(found)}
        for one in self.dates:
            own = "" if one.name == MODEL else f"{one.name}_"
            flat |= {f"{own}{name}": value for name, value in _bounds("date_error_days", one.mean)}
            flat[f"{own}date_error_median_days"] = one.median
            flat[f"{own}no_date_share"] = one.no_date / max(1, one.rows + one.no_date)
        for horizon, at in (self.never_seen.horizons if self.never_seen else {}).items():
            told = [*_bounds("never_seen_auc", at.auc), *_bounds("never_seen_auc_gain", at.gain)]
            flat |= {_at(name, horizon): value for name, value in told}
        return flat

    def metrics_of_others(self) -> dict[str, float]:
        """Of `metrics` what is not the model's: the rows judged, and the figures of every other contender and order."""
        names = {score.name for found in self.horizons.values() for score in found.scores}
        kept = tuple(f"{name}_" for name in ("n", "unpaid_share", *sorted(names - {MODEL})))
        return {name: value for name, value in self.metrics().items() if name.startswith(kept)}


OF_CHANCES = ("log_loss", "money_log_loss", "brier")
"""Measures that only a chance has, each with its interval."""


def _of_horizon(found: AtHorizon) -> Iterator[tuple[str, float]]:
    yield "n", float(found.rows)
    yield "unpaid_share", found.unpaid_share
    yield "losing_months", float(len(found.losing_months))
    yield "judged_months", float(sum(month.rows > 0 for month in found.months))
    for score in found.scores:
        yield from _of_score(score)
    for name, area in found.overdue.items():
        yield from _bounds("overdue_auc" if name == MODEL else f"{name}_overdue_auc", area)
    for other in found.differences:
        yield from _bounds(f"auc_gain_over_{other.other}", other.auc)
        yield from _bounds(f"found_gain_over_{other.other}", other.found)
        yield from _bounds(f"money_found_gain_over_{other.other}", other.money_found)
    if best := found.difference(found.best):
        yield from _bounds("auc_gain", best.auc)
    if finder := found.difference(found.best_finder):
        yield from _bounds("found_gain", finder.found)
    yield "ece_noise", found.calibration.ece_noise
    yield "ece_noise_high", found.calibration.ece_noise_high
    yield "deciles", float(len(found.calibration.deciles))
    yield "deciles_near", float(found.calibration.deciles_near(DECILE_SLACK))
    yield from _bounds("slope", found.calibration.slope)
    yield from _bounds("intercept", found.calibration.intercept)
    for part in found.segments:
        if not part.too_small:
            yield from _bounds(f"segment_{part.kind}_{part.name}_auc", part.auc)


def _of_score(score: Score) -> Iterator[tuple[str, float]]:
    own = "" if score.name == MODEL else f"{score.name}_"
    yield from _bounds(f"{own}auc", score.auc)
    for name in ("pr_auc", "found20", "money_found20", *(OF_CHANCES if score.is_probability else ())):
        value: Interval = getattr(score, name)
        yield from _bounds(f"{own}{name}", value) if score.name == MODEL else [(f"{own}{name}", value.value)]
    if score.is_probability:
        yield f"{own}ece", score.ece
    for name in ("found10", "found_calls", "money_found10", "money_found_calls"):
        yield f"{own}{name}", getattr(score, name)


def _bounds(name: str, value: Interval) -> Iterator[tuple[str, float]]:
    yield name, value.value
    yield f"{name}_low", value.low
    yield f"{name}_high", value.high


def _at(measure: str, horizon: int) -> str:
    """`auc_low` at 30 days is `auc_30_low`."""
    name, _, bound = measure.rpartition("_")
    return f"{name}_{horizon}_{bound}" if bound in ("low", "high") else f"{measure}_{horizon}"


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(name): _plain(inner) for name, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list | tuple) else value
