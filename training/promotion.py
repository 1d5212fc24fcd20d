"""Promotion: the gates a version must pass, each with its reason. Pure.

Two kinds say no. A gate of trust asks whether the learned curve may be believed: where one says no, the curve gives way
to the habit curve, and the reasons are kept with the version and shown. A gate of promotion asks whether the version
may take the place of the one in use: where one says no, the version stays on the shelf and cannot be promoted.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from ledger.words import count_text

ENOUGH_CLEARED = 500
ENOUGH_MONTHS = 6.0
LOWEST_AUC = 0.55
HIGHEST_ECE = 0.065
ENOUGH_OF_EACH = 30
"""Judged items that stayed unpaid, and that were paid, below which no figure means anything."""

ALLOWED_AUC_LOSS = 0.01
"""By how much a learned curve may rank worse than a simpler one."""

STRAIGHT_SHARE = 0.8
"""Of the deciles of what was said, how many must lie near the diagonal."""

DECILE_SLACK = 0.05
"""By how much what was said may lie outside the interval of what happened."""

ALLOWED_SEGMENT_LOSS = 0.05
SLOPES = (0.8, 1.25)
HIGHEST_PSI = 0.25
MOST_LEAVES = 40_000
"""Leaves of a whole model, of both curves where two speak: the price of every morning's scores and reasons."""

HORIZONS = (14, 30)

Metrics = Mapping[str, float]


@dataclass(frozen=True)
class Gate:
    """One gate's answer.

    Attributes:
        name: stable key.
        passed: its answer.
        reason: with figures, for a person.
        blocks: what a no keeps from happening: `model` the learned curve from serving at all, `promotion` the version
            from taking the champion's place, '' nothing: it is a warning.
    """

    name: str
    passed: bool
    reason: str
    blocks: Literal["model", "promotion", ""] = "model"


def may_serve(gates: Iterable[Gate]) -> bool:
    """Whether the learned curve may be believed: no gate of trust said no."""
    return all(gate.passed or gate.blocks != "model" for gate in gates)


def may_be_promoted(gates: Iterable[Gate]) -> bool:
    """Whether no gate of promotion said no."""
    return all(gate.passed or gate.blocks != "promotion" for gate in gates)


def enough_history(cleared: int, months: float) -> Gate:
    """At least 500 settled items over at least 6 months, or there is too little to learn a curve from."""
    passed = cleared >= ENOUGH_CLEARED and months >= ENOUGH_MONTHS
    return Gate(
        "enough_history",
        passed,
        f"{count_text(cleared, 'settled item')} over {months:.1f} months "
        f"(needed: {ENOUGH_CLEARED} over {ENOUGH_MONTHS:.0f})",
    )


def ranks_better_than_chance(metrics: Metrics) -> Gate:
    """The lower 95 % bound of the backtest's AUC reaches .55 at 14 or at 30 days.

    Reads `auc_14`, `auc_14_low`, `auc_30`, `auc_30_low`; a missing or undefined bound counts as below.
    """
    reached = [h for h in HORIZONS if _number(metrics, f"auc_{h}_low") >= LOWEST_AUC]
    told = ", ".join(
        f"{h} days: {_say(metrics, f'auc_{h}')} (at least {_say(metrics, f'auc_{h}_low')})" for h in HORIZONS
    )
    return Gate("ranks_better_than_chance", bool(reached), f"AUC of who is overdue and unpaid in {told}")


def beats_simple_orders(metrics: Metrics) -> Gate:
    """At one horizon it is better than the best simple order beyond chance, in AUC or in late items found first.

    Reads `auc_gain_14`, `auc_gain_14_low`, `found_gain_14_low` and so on: differences to the best simple order.
    """
    better = [
        h for h in HORIZONS if max(_number(metrics, f"auc_gain_{h}_low"), _number(metrics, f"found_gain_{h}_low")) > 0
    ]
    told = "; ".join(
        f"{h} days: AUC {_say(metrics, f'auc_gain_{h}', '+.3f')} "
        f"(at least {_say(metrics, f'auc_gain_{h}_low', '+.3f')}), "
        f"late items in the first fifth {_say(metrics, f'found_gain_{h}', '+.3f')} "
        f"(at least {_say(metrics, f'found_gain_{h}_low', '+.3f')})"
        for h in HORIZONS
    )
    return Gate("beats_simple_orders", bool(better), f"gain over the best of the simple orders in {told}")


def enough_of_each(metrics: Metrics) -> Gate:
    """Of the judged items at least 30 stayed unpaid and 30 were paid, at 14 or at 30 days; else nothing can be judged.

    Reads `n_14`, `unpaid_share_14` and so on.
    """
    unpaid = {h: _count(metrics, f"n_{h}", _number(metrics, f"unpaid_share_{h}")) for h in HORIZONS}
    paid = {h: _count(metrics, f"n_{h}", 1.0 - _number(metrics, f"unpaid_share_{h}")) for h in HORIZONS}
    told = "; ".join(f"{h} days: {unpaid[h]:,} unpaid, {paid[h]:,} paid" for h in HORIZONS)
    passed = any(min(unpaid[h], paid[h]) >= ENOUGH_OF_EACH for h in HORIZONS)
    return Gate("enough_of_each", passed, f"judged items in {told} (needed: {ENOUGH_OF_EACH} of each)")


def no_worse_than_simpler(metrics: Metrics) -> Gate:
    """Neither logistic regression nor the customers' own habit ranks better by more than .01 at both horizons.

    Reads `auc_14`, `logistic_auc_14`, `habit_auc_14` and so on; a rival without a figure is no rival.
    """
    losses = {
        rival: [_number(metrics, f"{rival}_auc_{h}") - _number(metrics, f"auc_{h}") for h in HORIZONS]
        for rival in ("logistic", "habit")
    }
    passed = not any(min(loss) > ALLOWED_AUC_LOSS for loss in losses.values())
    told = "; ".join(
        f"{h} days: {_say(metrics, f'auc_{h}')} (logistic {_say(metrics, f'logistic_auc_{h}')}, "
        f"habit {_say(metrics, f'habit_auc_{h}')})"
        for h in HORIZONS
    )
    return Gate("no_worse_than_simpler", passed, f"AUC against simpler curves in {told}")


def calibrated(metrics: Metrics) -> Gate:
    """What was said and what happened differ by at most .065, or by no more than chance shows on these items.

    Reads `ece_14`, `ece_noise_14_high`, `slope_14_low`, `habit_ece_14` and so on. Too large an error blocks the curve
    where the habit curve, which would serve instead, is the better calibrated of the two; else it is a warning. So is a
    slope outside .8 to 1.25 beyond its interval: chances that are too timid or too bold and yet near what happens.
    """
    errors = {h: _number(metrics, f"ece_{h}") for h in HORIZONS}
    allowed = {h: max(HIGHEST_ECE, _number(metrics, f"ece_noise_{h}_high")) for h in HORIZONS}
    slopes = [(_number(metrics, f"slope_{h}_low"), metrics.get(f"slope_{h}_high", math.nan)) for h in HORIZONS]
    straight = all(not (high < SLOPES[0] or low > SLOPES[1]) for low, high in slopes)
    near = all(-math.inf < errors[h] <= allowed[h] for h in HORIZONS)
    habit = [_number(metrics, f"habit_ece_{h}") for h in HORIZONS]
    instead = min(habit) > -math.inf and sum(habit) < sum(errors.values())
    told = ", ".join(
        f"{h} days: {_say(metrics, f'ece_{h}')} (allowed {allowed[h]:.3f}; slope {_say(metrics, f'slope_{h}', '.2f')})"
        for h in HORIZONS
    )
    blocks: Literal["model", ""] = "model" if instead and not near else ""
    return Gate("calibrated", near and straight, f"calibration error in {told}", blocks)


def deciles_near_the_diagonal(metrics: Metrics) -> Gate:
    """In at least eight of ten deciles what was said lies within .05 of the interval of what happened.

    Reads `deciles_14` (fewer than ten where chances repeat), `deciles_near_14` and so on. A horizon without any is left
    out.
    """
    counts = {h: (_number(metrics, f"deciles_near_{h}"), _number(metrics, f"deciles_{h}")) for h in HORIZONS}
    known = {h: (int(near), int(count)) for h, (near, count) in counts.items() if count > 0}
    passed = all(near >= STRAIGHT_SHARE * count for near, count in known.values())
    told = ", ".join(f"{h} days: {near} of {count}" for h, (near, count) in known.items()) or "not measurable"
    return Gate("deciles_near_the_diagonal", passed, f"deciles of the chances near the diagonal in {told}", "promotion")


def no_segment_collapses(segments: Iterable[tuple[str, float, float]]) -> Gate:
    """In no kind of customer or money is the best simple order better by more than .05 AUC beyond its interval.

    Args:
        segments: name, gain in AUC over the best simple order, and its upper 95 % bound, of each large enough segment.
    """
    told = [
        f"{name} {gain:+.3f} (at most {high:+.3f})"
        for name, gain, high in segments
        if not math.isnan(high) and high < -ALLOWED_SEGMENT_LOSS
    ]
    reason = (
        "; ".join(told)
        if told
        else "in no segment of 200 rows or more is a simple order better by more than .05 beyond its interval"
    )
    return Gate("no_segment_collapses", not told, reason, blocks="promotion")


def no_worse_than_champion(metrics: Metrics, champion: str | None) -> Gate:
    """On evenings after the champion's training neither AUC nor late items or money found fall by .01 beyond chance.

    Reads `auc_gain_over_champion_30`, `..._high`, `found_gain_over_champion_30_high` and so on. Without a champion, or
    without an evening that came after its training and has its outcome by now, there is nothing to compare: it passes.
    """
    compared = [f"{what}_gain_over_champion_{h}_high" for h in HORIZONS for what in ("auc", "found", "money_found")]
    highs = [metrics.get(name, math.nan) for name in compared]
    known = [high for high in highs if not math.isnan(high)]
    if champion is None or not known:
        why = f"no judged evening came after {champion} was trained" if champion else "no version in use can be asked"
        return Gate("no_worse_than_champion", True, f"nothing to compare with: {why}", blocks="promotion")
    told = "; ".join(
        f"{h} days: AUC {_say(metrics, f'auc_gain_over_champion_{h}', '+.3f')}, "
        f"late items in the first fifth {_say(metrics, f'found_gain_over_champion_{h}', '+.3f')}, "
        f"late money {_say(metrics, f'money_found_gain_over_champion_{h}', '+.3f')}"
        for h in HORIZONS
    )
    passed = min(known) >= -ALLOWED_AUC_LOSS
    return Gate("no_worse_than_champion", passed, f"gain over {champion} in {told}", blocks="promotion")


def scores_stay_near_the_champion(psi: float | None) -> Gate:
    """Tonight's late risk is spread much as the champion's: a PSI below .25; None without a champion that can say."""
    passed = psi is None or psi < HIGHEST_PSI
    told = (
        "not asked: no learned version in use, or fewer than 200 open items"
        if psi is None
        else f"PSI {psi:.3f} (allowed {HIGHEST_PSI})"
    )
    return Gate("scores_stay_near_the_champion", passed, told, blocks="promotion")


def light_enough(leaves: int, intervals: int) -> Gate:
    """The model's leaves in all its trees stay within what every morning can pay for."""
    told = f"{leaves:,} leaves at {intervals} intervals (allowed {MOST_LEAVES:,})"
    return Gate("light_enough", leaves <= MOST_LEAVES, told, blocks="promotion")


def _count(metrics: Metrics, name: str, share: float) -> int:
    rows = _number(metrics, name)
    return round(rows * share) if rows > 0 and -math.inf < share < math.inf else 0


def _number(metrics: Metrics, name: str) -> float:
    value = metrics.get(name, math.nan)
    return -math.inf if math.isnan(value) else value


def _say(metrics: Metrics, name: str, shape: str = ".3f") -> str:
    value = metrics.get(name, math.nan)
    return "not measurable" if math.isnan(value) else format(value, shape)
