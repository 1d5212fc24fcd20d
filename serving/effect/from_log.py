"""From the decision log and the ledger to what may be said: the decisions that a lot decided, judged and told."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from ledger.money import exponent_of
from ledger.view import LedgerView
from ledger.words import count_text
from serving.effect.answer import Answer, NotEnough
from serving.effect.checks import PAID_BEFORE, Check, checks_of
from serving.effect.doubly_robust import effect_of, scores_of, too_few
from serving.effect.evidence import SliceEvidence, Study
from serving.effect.logged import NEARLY_SURE, Flags, Logged
from serving.effect.outcomes import HORIZON_DAYS, CameOf, outcomes_of
from serving.effect.ranking import (
    Area,
    per_listing,
    policy_value,
    rank_effect,
    ranks_ahead,
    toc_curve,
    top_of_evenings,
)
from serving.effect.resampling import DRAWS, Difference, Statistic, interval
from serving.effect.weighting import value_of_listing
from serving.progress import Progress, silent

TOP_SHARE = 0.2
ENGINE, LARGEST = "engine", "largest_first"

ARMS = (
    "The arms are listed and not listed, as the lot decided, each account weighted by its chance; whether it was then "
    "reached does not count."
)


@dataclass(frozen=True, eq=False)
class Judged:
    """Decisions by lot with what came of them.

    Attributes:
        logged: the rows that count.
        whole_list: whether the best of the list were left to the lot too.
        called_listed, called_unlisted: share called within four days, by arm.
        without_outcome: how many by lot had no callable money in a currency that a rate leads from.
        first, last: evenings of the rows that count.
    """

    logged: Logged
    whole_list: bool
    called_listed: float
    called_unlisted: float
    without_outcome: int
    first: date
    last: date


def by_lot(decisions: pd.DataFrame) -> Flags:
    """Which decisions a lot decided."""
    pi = decisions["pi"].to_numpy(dtype=np.float64)
    return np.asarray((pi > 0) & (pi < 1))


def judged(decisions: pd.DataFrame, view: LedgerView, base: str) -> Judged | None:
    """The decisions by lot whose 45 days have passed by the view's evening; None where there is none.

    Args:
        decisions: as `serving.trials.decision_log.DecisionLog.decisions` returns them.
        view: the evening that is looked back from.
        base: the currency in which money counts; decisions written down in another one are left out.
    """
    able = decisions["eligible"].to_numpy(dtype=np.bool_)
    minor = pd.to_numeric(decisions["callable_minor"]).fillna(0).to_numpy(dtype=np.float64)
    asked = decisions.loc[able & (minor > 0) & (decisions["currency"] == base).to_numpy()].reset_index(drop=True)
    came = outcomes_of(asked, view, base)
    lots = by_lot(asked)
    counts = came.judged & lots
    if not counts.any():
        return None
    logged = _logged(asked, came, base)
    free = counts & (asked["pi"] <= NEARLY_SURE).to_numpy()
    evenings = asked.loc[counts, "as_of"]
    listed = asked["listed"].to_numpy(dtype=np.bool_)
    core = ((asked["design"] == "core") & (asked["pi"] >= 1)).to_numpy()
    passed = (asked["as_of"] <= evenings.max()).to_numpy()
    return Judged(
        logged=logged,
        whole_list=not (core & asked["as_of"].isin(evenings.unique()).to_numpy()).any(),
        called_listed=_share(came.called, free & listed),
        called_unlisted=_share(came.called, free & ~listed),
        without_outcome=int((lots & passed & ~came.judged).sum()),
        first=evenings.min(),
        last=evenings.max(),
    )


def evidence_of(found: Judged, base: str, *, draws: int = DRAWS, progress: Progress = silent) -> SliceEvidence:
    """What a lot showed: the top of the list, a random account, and the checks of the log."""
    logged, scores = found.logged, scores_of(found.logged)
    everybody = np.ones(len(logged), dtype=np.bool_)
    progress("drawing the accounts anew")
    anyone = _told(logged, per_listing(logged, scores, HORIZON_DAYS), everybody, draws)
    top: Answer | None = None
    ahead: Answer | None = None
    if found.whole_list:
        first = top_of_evenings(logged, ENGINE, TOP_SHARE)
        of_first = per_listing(logged, scores, HORIZON_DAYS, ENGINE, TOP_SHARE)
        top = _told(logged, of_first, first, draws)
        ahead = _told(logged, Difference(of_first, per_listing(logged, scores, HORIZON_DAYS)), first, draws)
    progress("checking the log")
    checks = () if isinstance(anyone, NotEnough) else checks_of(logged, scores)
    return SliceEvidence(
        study=Study(
            found.first, found.last, len(logged), logged.accounts, ARMS, tuple(_excluded(found, base)), HORIZON_DAYS
        ),
        reach="whole_list" if found.whole_list else "below_the_cut",
        anyone=anyone,
        currency=base,
        top=top,
        ahead=ahead,
        checks=checks,
        called_listed=found.called_listed,
        called_unlisted=found.called_unlisted,
    )


def figures_of(found: Judged, checks: tuple[Check, ...], *, draws: int = DRAWS) -> dict[str, Answer]:
    """What an analyst asks beyond the sentences, by name; nothing where a check failed.

    `effect` on the share of money-days; `autoc` and `qini` of the engine's order, and ahead of the largest first;
    `policy_value` of either order, in money-days per listing; `came_in` the share of money-days that comes in where
    each evening is listed by either order, by weighting (refused where too few decisions agree). Of a slice only the
    effect: orders are compared on a list that was drawn as a whole, and there the intervals of their difference were
    found too narrow.
    """
    if not all(check.passed for check in checks):
        return {}
    logged, scores = found.logged, scores_of(found.logged)
    figures = {"effect": effect_of(logged, scores, draws=draws)}
    if not found.whole_list:
        return figures
    areas: tuple[Area, ...] = ("autoc", "qini")
    for kind in areas:
        figures[kind] = rank_effect(logged, scores, ENGINE, kind, draws=draws)
        figures[f"{kind}_ahead_of_{LARGEST}"] = ranks_ahead(logged, scores, ENGINE, LARGEST, kind, draws=draws)
    for order in (ENGINE, LARGEST):
        figures[f"policy_value_{order}"] = policy_value(logged, scores, order, days=HORIZON_DAYS, draws=draws)
        first = top_of_evenings(logged, order).astype(np.float64)
        figures[f"came_in_{order}"] = value_of_listing(
            logged.listed, logged.pi, logged.outcome, first, logged.money, logged.clusters, draws=draws
        )
    return figures


def curves_of(found: Judged, checks: tuple[Check, ...]) -> dict[str, list[float]]:
    """The TOC of either order at even shares of the money: how much larger the effect is over the first of an order
    than over all, in shares of money-days. Nothing where a check failed, or where only a slice was drawn."""
    if not found.whole_list or not all(check.passed for check in checks):
        return {}
    scores = scores_of(found.logged)
    curves = {order: toc_curve(found.logged, scores, order) for order in (ENGINE, LARGEST)}
    ahead = {order: curve.ahead.tolist() for order, curve in curves.items()}
    return {"share": curves[ENGINE].share.tolist(), **ahead}


def _logged(asked: pd.DataFrame, came: CameOf, base: str) -> Logged:
    rows = asked.loc[came.judged]
    balance = rows["callable_minor"].to_numpy(dtype=np.float64) / 10.0 ** exponent_of(base)
    gain = pd.to_numeric(rows["gain_now"]).fillna(0.0).to_numpy(dtype=np.float64) / (HORIZON_DAYS * balance)
    score = pd.to_numeric(rows["score"]).fillna(0.0).to_numpy(dtype=np.float64)
    before = came.before[came.judged]
    return Logged.of(
        account=pd.factorize(rows["account_id"], sort=True)[0],
        day=np.array([day.toordinal() for day in rows["as_of"]], dtype=np.int64) - date(1970, 1, 1).toordinal(),
        listed=rows["listed"].to_numpy(dtype=np.float64),
        pi=rows["pi"].to_numpy(dtype=np.float64),
        outcome=came.share[came.judged],
        balance=balance,
        expected=before,  # of the curve the log keeps no day: how the account paid lately stands in, recalibrated
        gain=np.clip(gain, 0.0, 1.0),
        stratum=pd.factorize(rows["stratum"], sort=True)[0],
        orders={ENGINE: score, LARGEST: balance},
        known={PAID_BEFORE: before},
    )


def _told(logged: Logged, statistic: Statistic, chosen: Flags, draws: int) -> Answer:
    """The statistic with its interval; refused where too little was drawn among the chosen."""
    return too_few(logged, chosen) or interval(statistic, int(chosen.sum()), draws=draws)


def _excluded(found: Judged, base: str) -> Iterator[str]:
    logged = found.logged
    if logged.by_rule:
        yield (
            f"Not in it: {count_text(logged.by_rule, 'decision')} made by rule (appointments, quotas, large accounts, "
            "the sure part of a list)."
        )
    if logged.nearly_sure:
        yield (
            f"Not in it: {count_text(logged.nearly_sure, 'decision')} at the very top of the lists, whose chance to be "
            f"listed was above {NEARLY_SURE:.0%}: hardly any was left out."
        )
    if found.without_outcome:
        yield f"Not in it: {count_text(found.without_outcome, 'decision')} without overdue money in a known currency."
    if len(logged):
        yield f"An account counts with at most {logged.money.max():,.0f} {base} of its money: 98 of 100 have less."


def _share(flags: Flags, rows: Flags) -> float:
    return float(flags[rows].mean()) if rows.any() else 0.0
