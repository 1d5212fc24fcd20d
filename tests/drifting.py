"""Simulated companies with a version in use, sound and with drift planted, for the campaign of `test_drift`."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import numpy as np
import pandas as pd
from builders import ledger_of

from features.catalogue import CATALOGUE
from features.table import FeatureTable
from ledger.book import Ledger
from ledger.days import to_day
from ledger.facts import Facts
from models.payment_curve import PaymentCurve
from models.reference import Reference, late_risk_of
from models.reference_column import MONTH
from simulation.company import Company, generate
from training.cutoffs import STEP
from training.drift import DriftReport, compared, drift_report, open_items, reference_of, reported
from training.fit import training_sets

ENDS = date(2026, 3, 29)
GRACE = 5
TREES, LEAVES = 40, 7
"""Enough for a model that ranks; the drift of its features does not ask for more."""

Planting = Callable[[FeatureTable, str, str], FeatureTable]
"""Open items, an important feature and another one -> the items as they would be with the drift."""


@dataclass(frozen=True, eq=False)
class DriftingCompany:
    """A company, the version that was trained on one of its evenings, and what comes after."""

    seed: int
    customers: int = 200
    invoices: int = 8_000
    years: float = 2.5

    @cached_property
    def company(self) -> Company:
        return generate(self.seed, ENDS, customers=self.customers, invoices=self.invoices, years=self.years)

    @property
    def trained_as_of(self) -> date:
        """Another evening of the year for each company."""
        return ENDS - timedelta(days=90 + self.seed * 37 % 180)

    @cached_property
    def ledger(self) -> Ledger:
        return ledger_of(facts_of(self.company))

    @cached_property
    def curve(self) -> PaymentCurve:
        (learned,) = training_sets(self.ledger, [self.ledger.as_of(self.trained_as_of)], cap=60_000)
        monotone = {feature.name: feature.monotone for feature in CATALOGUE if feature.monotone}
        curve = PaymentCurve(monotone=monotone, num_leaves=LEAVES, rounds=TREES)
        return curve.fit(learned.table, learned.intervals)

    @cached_property
    def reference(self) -> Reference:
        found = reference_of(self.ledger.as_of(self.trained_as_of), self.curve, GRACE)
        assert found is not None
        return found

    def report(self, age: int, ledger: Ledger | None = None) -> DriftReport:
        """The report `age` days after training."""
        return drift_report(
            ledger or self.ledger,
            self.curve,
            self.reference,
            self.trained_as_of + timedelta(days=age),
            version="sound",
            trained_as_of=self.trained_as_of,
            grace_days=GRACE,
        )

    def planted_report(self, planting: Planting, age: int = 28) -> tuple[DriftReport, tuple[str, str]]:
        """The report with drift planted in the features of the open items, and the features it was planted in."""
        as_of = self.trained_as_of + timedelta(days=age)
        now = open_items(self.ledger.as_of(as_of), [to_day(as_of) - STEP * back for back in range(MONTH)])
        chosen, other = self.two_important()
        drifted = planting(now, chosen, other)
        moved = compared(self.reference, drifted, late_risk_of(self.curve, drifted, GRACE))
        report = reported(
            as_of, moved, self.reference.exchanged(drifted.values), None, version="drifted",
            trained_as_of=self.trained_as_of, now=drifted, matured_from=as_of,
        )  # fmt: skip
        return report, (chosen, other)

    def two_important(self) -> tuple[str, str]:
        """Two of the ten important features, others for each company; neither is text or the same for all items."""
        columns = self.reference.columns
        there = [
            name for name in self.reference.important if not columns[name].is_text and not columns[name].of_the_evening
        ]
        first, second = np.random.default_rng(self.seed).choice(len(there), size=2, replace=False)
        return there[first], there[second]

    def without_payments(self, share: float) -> Ledger:
        """The ledger in which this share of the customers pays nothing after the evening of training."""
        facts = facts_of(self.company)
        customers = self.company.customers["customer_id"]
        silent = customers[np.random.default_rng(self.seed).random(len(customers)) < share]
        owed = facts.items.loc[facts.items["customer_id"].isin(silent), "item_id"]
        paid = facts.applications
        lost = paid["item_id"].isin(owed) & (paid["happened_on"] > to_day(self.trained_as_of))
        return ledger_of(Facts.of(items=facts.items, applications=paid[~lost], customers=facts.customers))


def facts_of(company: Company) -> Facts:
    """What a simulated company's files would say."""
    told, paid = company.invoices, company.payments
    items = told.rename(columns={"invoice_id": "item_id", "issued_day": "issued_on", "due_day": "due_on"})
    applications = paid.rename(
        columns={
            "payment_id": "application_id", "invoice_id": "item_id", "paid_day": "happened_on", "booked_day": "known_on"
        }
    )  # fmt: skip
    return Facts.of(
        items=items.rename(columns={"known_day": "known_on"}),
        applications=applications.drop(columns="currency").assign(known_assumed=False),
        customers=company.customers.assign(known_on=int(told["known_day"].min())),
    )


def _with(table: FeatureTable, **changed: "pd.Series[float]") -> FeatureTable:
    return FeatureTable(table.keys, table.values.assign(**changed), table.fingerprint)


def _changed(change: Callable[["pd.Series[float]"], "pd.Series[float]"]) -> Planting:
    return lambda table, chosen, other: _with(table, **{chosen: change(table.values[chosen]).astype(np.float32)})


def _third_missing(values: "pd.Series[float]") -> "pd.Series[float]":
    return values.where(np.arange(len(values)) % 3 > 0)


def _swapped(table: FeatureTable, chosen: str, other: str) -> FeatureTable:
    return _with(table, **{chosen: table.values[other], other: table.values[chosen]})


def _dates_a_day_later(table: FeatureTable, chosen: str, other: str) -> FeatureTable:
    """All dates of the invoices read as one day later: the terms stay, the weekdays move."""
    keys, values = table.keys, table.values
    keys = keys.assign(issued_on=keys["issued_on"] + 1, due_on=keys["due_on"] + 1, dpd=keys["dpd"] - 1)
    earlier = {name: values[name] - 1 for name in ("dpd", "habit_gap", "habit_excess", "oldest_open_dpd")}
    moved = values.assign(**earlier, due_weekday=(values["due_weekday"] + 1) % 7)
    return FeatureTable(keys, moved, table.fingerprint)


PLANTINGS: dict[str, Planting] = {
    "half a standard deviation up": _changed(lambda values: values + 0.5 * values.std()),
    "half a standard deviation down": _changed(lambda values: values - 0.5 * values.std()),
    "missing": _changed(lambda values: values * np.nan),
    "missing in a third": _changed(_third_missing),
    "hundredfold": _changed(lambda values: values * 100),
    "hundredth": _changed(lambda values: values / 100),
    "other sign": _changed(lambda values: -values),
    "constant": _changed(lambda values: values * 0 + values.median()),
    "swapped with another": _swapped,
    "dates a day later": _dates_a_day_later,
}
