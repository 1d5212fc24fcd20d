"""For whom a version is worse, as its card says it: kinds of customers and money, and the months it lost."""

import math

from ledger.words import count_text
from models.scoring import THIN
from training.backtest_text import HEADLINE, losing_months, never_seen
from training.card_figures import Metrics, figure
from training.figures import between, decimal, name, segment, signed, signed_between
from training.judgement import SMALLEST_SEGMENT
from training.measured import MODEL, AtHorizon, Measured, Segment
from training.promotion import HIGHEST_ECE, HORIZONS

NEW = ("history", "new")


def worse_for(measured: Measured | None, metrics: Metrics) -> list[str]:
    """For whom and when it is worse, in sentences; none without a backtest."""
    found = measured.horizons.get(HEADLINE) if measured else None
    kinds = [_new_customers(found), *_worse_than(found), *_badly_calibrated(found)] if found and found.rows else []
    return kinds + (never_seen(measured) if measured else []) + _lost(measured, metrics)


def _new_customers(found: AtHorizon) -> str:
    new = next((one for one in found.segments if (one.kind, one.name) == NEW), None)
    if new is None or new.too_small:
        rows = new.rows if new else 0
        return (
            f"New customers (fewer than {THIN} settled items): {count_text(rows, 'row')}, too few to judge "
            f"({SMALLEST_SEGMENT} needed)."
        )
    overall = decimal(found.score(MODEL).auc.value)
    return (
        f"New customers (fewer than {THIN} settled items): AUC {decimal(new.auc.value)} "
        f"(95% {between(new.auc)}), {overall} over all. Their estimates stand on customers like them, and are "
        "flagged."
    )


def _worse_than(found: AtHorizon) -> list[str]:
    """Kinds of rows on which an order is better, or the model clearly weaker than over all."""
    judged = [one for one in found.segments if not one.too_small]
    overall = found.score(MODEL).auc.value
    beaten = [one for one in judged if one.gain.high < 0]
    weaker = [one for one in judged if one.auc.high < overall and one not in beaten]
    told = [
        f"A simple order is better for {segment(one)}: {name(one.best)} by {decimal(-one.gain.value)} in AUC "
        f"(95% {signed_between(one.gain)})."
        for one in beaten
    ]
    told += [
        f"It ranks less well than over all for {segment(one)}: AUC {decimal(one.auc.value)} (95% {between(one.auc)})."
        for one in weaker
        if (one.kind, one.name) != NEW
    ]
    small = [segment(one) for one in found.segments if one.too_small and (one.kind, one.name) != NEW]
    if not told and judged:
        told.append(
            f"Of {count_text(len(judged), 'kind')} of rows judged, none is ranked clearly worse than the whole."
        )
    return told + ([f"Too few rows to judge: {', '.join(small)}."] if small else [])


def _badly_calibrated(found: AtHorizon) -> list[str]:
    off = [one for one in found.segments if not one.too_small and one.ece > HIGHEST_ECE]
    return [
        f"Its chances are less right for {segment(one)}: calibration error {decimal(one.ece)} (allowed {HIGHEST_ECE})."
        for one in off
    ]


def _lost(measured: Measured | None, metrics: Metrics) -> list[str]:
    """The losing months of each question, counted, and by name where the backtest is there."""
    told = []
    for horizon in HORIZONS:
        lost, judged = (figure(metrics, f"{what}_months_{horizon}") for what in ("losing", "judged"))
        if math.isnan(lost):
            continue
        found = measured.horizons.get(horizon) if measured else None
        by_name = f" {losing_months(found)}" if found and found.losing_months else ""
        told.append(f"In {horizon} days: {lost:.0f} of {judged:.0f} months were lost to something simpler.{by_name}")
    return told


def mark(one: Segment) -> str:
    """How a kind of rows did against its best simple order, in a word."""
    if math.isnan(one.gain.low):
        return "–"
    return "better" if one.gain.low > 0 else "worse" if one.gain.high < 0 else "no detectable difference"


def gain_text(one: Segment) -> str:
    """The gain over the best simple order of a kind of rows."""
    return f"{signed(one.gain.value)} over {name(one.best)}" if one.best else "–"
