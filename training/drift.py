"""Drift: whether a version still lives in the world it was trained on.

Compared are like with like: all open items of the last four weekly evenings, tonight's among them, with all open items
of the weekly evenings up to training (never the weighted snapshots that were learned from). Four evenings a week apart
hold every phase of a month. Outcomes are asked for only where they are known: 30 days and the booking lag later.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from features.compute import feature_rows
from features.questions import open_questions
from features.table import FeatureTable
from ledger.book import Ledger
from ledger.days import to_date, to_day
from ledger.view import LedgerView
from models.errors import TrainedLater
from models.overruled import Overruled
from models.readings import HEADLINE_DAYS, Floats
from models.reference import SCORE, Curve, Reference, important_features, late_risk_of
from models.reference_column import MONTH
from models.shelf import BEST_BEFORE_DAYS
from training.customer_places import place_of
from training.cutoffs import STEP
from training.drift_verdict import (
    ISSUED_WEEKDAY,
    Finding,
    Matured,
    Moved,
    Verdict,
    about_calibration,
    about_categories,
    about_exchanged,
    about_features,
    about_overrides,
    about_score,
    about_use,
    limit_of,
    state_of,
    worst,
)
from training.labels import booking_lag, outcomes, unpaid_after
from training.snapshot import LONGEST_DPD

YEAR = 52
"""Weekly evenings before training that the reference is made of."""

MATURED_EVENINGS = 13
"""The newest evenings, at most, whose outcomes are looked at."""

ROW_CAP = 200_000
"""Rows that are compared at most: beyond, whole customers are left out by a hash of their id."""

RUNS = 30
"""Published lists that the fallback share is taken over."""

LEAST_CUSTOMERS = 20
"""Matured outcomes of fewer customers say nothing about the rest."""


@dataclass(frozen=True)
class DriftReport:
    """What was found about one version on one evening.

    Attributes:
        as_of, version, trained_as_of: the evening, the version and its evening of training.
        age_days: between the two.
        rows, customers: open items compared, over four evenings, and whose they are.
        verdict: the gravest of the findings; `findings`: each with its sentence.
        score: how far the scores moved; None without a reference.
        features: how far each feature moved, the important ones first in their order, then by index.
        matured: what was said and what happened; None while too little has matured.
        matured_from: the first evening on which the outcomes of the evening of training are known.
        runs: published lists looked at; `fallback_share`: of these, the share not in mode `model`; None without any.
        overrides: how often people overruled the list: in the last 30 days, then by month; empty where nobody worked.
        override_share: of the last 30 days; None without any work on an account in them.
    """

    as_of: date
    version: str
    trained_as_of: date
    age_days: int
    rows: int
    customers: int
    verdict: Verdict
    findings: tuple[Finding, ...]
    score: Moved | None
    features: tuple[Moved, ...]
    matured: Matured | None
    matured_from: date
    runs: int
    fallback_share: float | None
    overrides: tuple[Overruled, ...] = ()
    override_share: float | None = None

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values; days in ISO form."""
        days = {name: getattr(self, name).isoformat() for name in ("as_of", "trained_as_of", "matured_from")}
        return asdict(self) | days


def reference_of(view: LedgerView, curve: Curve, grace_days: int) -> Reference | None:
    """The reference of a curve trained on the evening of `view`; None where nothing was open in the year before."""
    table = open_items(view, [to_day(view.day) - STEP * back for back in range(YEAR)])
    if len(table) == 0:
        return None
    important = important_features(curve, table, grace_days)
    return Reference.of(_with_weekday(table), late_risk_of(curve, table, grace_days), important)


def drift_report(
    ledger: Ledger,
    curve: Curve,
    reference: Reference | None,
    as_of: date,
    *,
    version: str,
    trained_as_of: date,
    grace_days: int,
    modes: Sequence[str] = (),
    overrides: Sequence[Overruled] = (),
) -> DriftReport:
    """Look at a version on the evening of `as_of`, with what is known then.

    Args:
        ledger: the facts.
        curve, reference: of the version, and its name, evening of training and grace. Without a reference (an older
            version) only outcomes, age and use are looked at.
        as_of: not before the evening of training.
        modes: of the published lists, the newest first; the first `RUNS` count.
        overrides: what people did in the last 30 days, then by month.

    Raises `TrainedLater` for an evening before training.
    """
    if as_of < trained_as_of:
        raise TrainedLater(trained_as_of, as_of)
    view = ledger.as_of(as_of)
    now = open_items(view, [to_day(as_of) - STEP * back for back in range(MONTH)])
    moved = compared(reference, now, late_risk_of(curve, now, grace_days)) if reference and len(now) else ()
    return reported(
        as_of,
        moved,
        reference.exchanged(now.values) if reference and len(now) else (),
        matured_outcomes(ledger, view, curve, trained_as_of),
        version=version,
        trained_as_of=trained_as_of,
        now=now,
        matured_from=to_date(to_day(trained_as_of) + HEADLINE_DAYS + booking_lag(view.applications)),
        modes=modes,
        overrides=overrides,
    )


def reported(
    as_of: date,
    moved: Sequence[Moved],
    exchanged: Sequence[tuple[str, str]],
    matured: Matured | None,
    *,
    version: str,
    trained_as_of: date,
    now: FeatureTable,
    matured_from: date,
    modes: Sequence[str] = (),
    overrides: Sequence[Overruled] = (),
) -> DriftReport:
    """The report of what was measured; see `drift_report`. Pure."""
    features = [one for one in moved if one.name != SCORE]
    score = next((one for one in moved if one.name == SCORE), None)
    age, recent = (as_of - trained_as_of).days, list(modes[:RUNS])
    fallback = sum(mode != "model" for mode in recent) / len(recent) if recent else None
    findings = [
        *about_features(features),
        *(about_score(score) if score else ()),
        *about_categories([(one.name, one.strange) for one in features if one.is_text]),
        *about_exchanged(exchanged),
        *about_calibration(matured),
        *about_use(fallback, len(recent), age, BEST_BEFORE_DAYS),
        *about_overrides(overrides[0] if overrides else None),
    ]
    return DriftReport(
        as_of=as_of,
        version=version,
        trained_as_of=trained_as_of,
        age_days=age,
        rows=len(now),
        customers=int(now.keys["customer_id"].nunique()),
        verdict=worst(findings),
        findings=tuple(findings),
        score=score,
        features=tuple(features),
        matured=matured,
        matured_from=matured_from,
        runs=len(recent),
        fallback_share=fallback,
        overrides=tuple(overrides),
        override_share=overrides[0].share if overrides else None,
    )


def open_items(view: LedgerView, evenings: Sequence[int]) -> FeatureTable:
    """Every open item of these evenings (whole days), or of a sample of customers where they are more than `ROW_CAP`.

    Who is in the sample depends on the customer's id alone.
    """
    asked = open_questions(view, evenings)
    if len(asked) > ROW_CAP:
        newest = view.items.drop_duplicates("item_id", keep="last").set_index("item_id")["customer_id"]
        customer = newest.reindex(asked["item_id"])
        asked = asked[place_of(customer) < ROW_CAP / len(asked)].reset_index(drop=True)
    return feature_rows(view, asked)


def compared(reference: Reference, now: FeatureTable, late_risk: Floats) -> tuple[Moved, ...]:
    """How far each column has moved: the score, the important features in their order, then the others by index."""
    rows = reference.psi(_with_weekday(now).values, late_risk).to_dict("records")
    found = [_moved(reference, {str(name): value for name, value in row.items()}) for row in rows]
    place = {name: at for at, name in enumerate((SCORE, *reference.important))}
    return tuple(sorted(found, key=lambda one: (place.get(one.name, len(place)), -(one.psi or 0.0), one.name)))


def matured_outcomes(ledger: Ledger, view: LedgerView, curve: Curve, trained_as_of: date) -> Matured | None:
    """What the version says of the weekly evenings from training on, where 30 days later is known.

    Judged is what the backtest judges, items due by then, and of these what is learned from: at most `LONGEST_DPD` days
    past due. That an item not yet due is unpaid, or one of years ago, is no news that a version could be blamed for.

    None while there is no such evening, or fewer than `LEAST_CUSTOMERS` customers had such an item on them.
    """
    first, last = to_day(trained_as_of), to_day(view.day) - booking_lag(view.applications) - HEADLINE_DAYS
    evenings = range(last, first - 1, -STEP)[:MATURED_EVENINGS]
    if not evenings:
        return None
    table = open_items(view, evenings)
    dpd = table.keys["dpd"].to_numpy()
    table = table.take(np.flatnonzero((dpd >= -HEADLINE_DAYS) & (dpd <= LONGEST_DPD)).tolist())
    if len(table) == 0:
        return None
    unpaid, known = unpaid_after(table.keys, outcomes(ledger, view, min(evenings)), HEADLINE_DAYS)
    said = curve.survival(table).survival_at(HEADLINE_DAYS)[known]
    customer = table.keys["customer_id"][known]
    if customer.nunique() < LEAST_CUSTOMERS:
        return None
    days = table.keys["day"][known]
    span = to_date(int(days.min())).isoformat(), to_date(int(days.max())).isoformat()
    return said_and_happened(said, unpaid[known].astype(np.float64), customer, span)


def said_and_happened(said: Floats, happened: Floats, customer: "pd.Series[Any]", span: tuple[str, str]) -> Matured:
    """Compare chances with what happened, 1 or 0, row by row, each of shape (n,) with n at least 1.

    The interval lets the rows of one customer move together: its width comes from the customers' sums.
    """
    gap = said - happened
    code = pd.factorize(customer)[0]
    sums = np.bincount(code, weights=gap - gap.mean())
    customers = len(sums)
    spread = np.sqrt((sums**2).sum() * customers / max(1, customers - 1)) / len(gap)
    fifths = np.array_split(np.argsort(said, kind="stable"), 5)
    return Matured(
        rows=len(said),
        customers=customers,
        first=span[0],
        last=span[1],
        said=float(said.mean()),
        happened=float(happened.mean()),
        difference=float(gap.mean()),
        low=float(gap.mean() - 1.96 * spread),
        high=float(gap.mean() + 1.96 * spread),
        fifths=tuple((len(at), float(said[at].mean()), float(happened[at].mean())) for at in fifths if len(at)),
    )


def _with_weekday(table: FeatureTable) -> FeatureTable:
    """The table with the weekday of issue as one more column."""
    issued = ((table.keys["issued_on"].to_numpy(dtype=np.int64) + 3) % 7).astype(np.float32)
    return FeatureTable(table.keys, table.values.assign(**{ISSUED_WEEKDAY: issued}), table.fingerprint)


def _moved(reference: Reference, row: dict[str, Any]) -> Moved:
    text = reference.columns[row["name"]].is_text
    psi = None if np.isnan(row["psi"]) else float(row["psi"])
    missing = float(row["missing_then"]), float(row["missing_now"])
    commonest = float(row["commonest_then"]), float(row["commonest_now"])
    usual, strange = reference.columns[row["name"]].usual, float(row["strange"])
    return Moved(
        name=row["name"],
        psi=psi,
        usual=usual,
        limit=limit_of(usual),
        missing_then=missing[0],
        missing_now=missing[1],
        strange=strange,
        commonest_then=commonest[0],
        commonest_now=commonest[1],
        is_text=text,
        of_the_evening=bool(row["of_the_evening"]),
        important=bool(row["important"]),
        state=state_of(psi, usual, missing, strange, commonest, text),
    )
