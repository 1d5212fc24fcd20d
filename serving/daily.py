"""One evening: what was known, scored by what is on the shelf, ranked and published.

The steps stand below in their order. Nothing here reads a clock: the evening and the instant of publishing come in.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from features.compute import feature_rows
from features.table import FeatureTable
from ledger.money import Rates
from ledger.view import LedgerView
from models.baseline import rule_scores
from models.errors import BundleRefused, WrongCatalogue
from models.score import Mode, Score
from models.shelf import BEST_BEFORE_DAYS, Shelf, mode_for
from serving.accounts import accounts_of
from serving.customers import customer_facts
from serving.notices import mode_notices
from serving.priority import OverdueThenAge, OverdueTimesRisk, Priority
from serving.publishing import Provenance, QueueRun, queue_run
from serving.queue import MINIMUM_BALANCE, QueueRules, build_queue
from serving.reporting import reporting_currency_of

if TYPE_CHECKING:
    from ledger.book import Ledger
    from serving.store import ServingStore

Progress = Callable[[str], None]

GRACE_DAYS = 5
"""Days of grace where no bundle says its own and no setting is given."""


@dataclass(frozen=True, eq=False)
class ScoredEvening:
    """Every open item with money still to come, scored as of one evening.

    Attributes:
        view: what was known.
        scores: one per item, in the order of the feature rows.
        mode, model_version, approved: where the numbers come from; `approved` is False without a model.
        grace_days: the grace that `p_late` speaks of.
        notices: what readers must know, in sentences.
    """

    view: LedgerView
    scores: tuple[Score, ...]
    mode: Mode
    model_version: str | None
    approved: bool
    grace_days: int
    notices: tuple[str, ...]

    @property
    def as_of(self) -> date:
        """The evening looked at."""
        return self.view.day


def _silent(_: str) -> None:
    pass


def score_items(
    ledger: "Ledger",
    shelf: Shelf,
    as_of: date,
    *,
    grace_days: int = GRACE_DAYS,
    best_before_days: int = BEST_BEFORE_DAYS,
    progress: Progress = _silent,
) -> ScoredEvening:
    """Score every open item as of an evening, with the shelf's bundle for it, else by rule.

    A bundle that is damaged or of another feature catalogue is not used: the evening is scored by rule and a notice
    says why. Raises what `Ledger.as_of` raises: `EmptyLedger`, `BeforeFirstFact`.
    """
    progress("reading the ledger")
    view = ledger.as_of(as_of)
    progress("computing features")
    table = feature_rows(view)
    progress(f"scoring {len(table):,} open items")
    try:
        scored = _by_bundle(view, table, shelf, best_before_days)
    except (BundleRefused, WrongCatalogue) as refusal:
        return _by_rule(view, table, grace_days, str(refusal))
    return scored or _by_rule(view, table, grace_days)


def run_evening(
    ledger: "Ledger",
    shelf: Shelf,
    as_of: date,
    *,
    capacity: int,
    now: datetime,
    reporting_currency: str | None = None,
    minimum_balance: Decimal = MINIMUM_BALANCE,
    grace_days: int = GRACE_DAYS,
    best_before_days: int = BEST_BEFORE_DAYS,
    store: "ServingStore | None" = None,
    progress: Progress = _silent,
) -> QueueRun:
    """Make the list of an evening and, given a store, publish it in one transaction.

    Args:
        capacity: accounts the team can work in a day.
        now: the instant of publishing, with its time zone.
        reporting_currency: what money is compared in; None: see `serving.reporting`.
        minimum_balance: open money below which an account gets an e-mail instead of a call, in reporting currency.
        grace_days: days after due that count as on time, where no model says its own.
        best_before_days: age of a model, in days, from which it is said to be stale.
        progress: told each step as it begins.
    """
    evening = score_items(
        ledger, shelf, as_of, grace_days=grace_days, best_before_days=best_before_days, progress=progress
    )
    progress("building the queue")
    run = queue_of(
        evening,
        capacity=capacity,
        now=now,
        reporting_currency=reporting_currency,
        minimum_balance=minimum_balance,
    )
    if store is not None:
        progress("publishing")
        store.publish(run)
    return run


def queue_of(
    evening: ScoredEvening,
    *,
    capacity: int,
    now: datetime,
    reporting_currency: str | None = None,
    minimum_balance: Decimal = MINIMUM_BALANCE,
) -> QueueRun:
    """The run of a scored evening: accounts, ranks, sentences."""
    reporting = reporting_currency_of(reporting_currency, evening.scores, evening.view.rates)
    rates = Rates.of(reporting.currency, reporting.quotes)
    accounts = accounts_of(evening.scores, customer_facts(evening.view), rates)
    rules = QueueRules(capacity, reporting.currency, evening.grace_days, minimum_balance)
    queue = build_queue(accounts, priority_of(evening.mode), rules)
    made = Provenance(
        as_of=evening.as_of,
        mode=evening.mode,
        model_version=evening.model_version,
        ledger_version=evening.view.version,
        approved=evening.approved,
        now=now,
        notices=evening.notices + reporting.notices,
    )
    return queue_run(queue, rules, made)


def priority_of(mode: Mode) -> Priority:
    """What ranks a list of this mode: without probabilities, overdue money and age."""
    return OverdueThenAge() if mode == "rule" else OverdueTimesRisk()


def _by_bundle(view: LedgerView, table: FeatureTable, shelf: Shelf, best_before_days: int) -> ScoredEvening | None:
    picked = shelf.pick(view.day)
    if picked is None:
        return None
    bundle, entry = picked
    mode = mode_for(entry, view.day, best_before_days)
    approved = entry.approved_by is not None
    return ScoredEvening(
        view=view,
        scores=tuple(bundle.score(table, view.day, mode)),
        mode=mode,
        model_version=entry.version,
        approved=approved,
        grace_days=bundle.grace_days,
        notices=mode_notices(mode, unapproved=entry.in_use and not approved, older=not entry.in_use),
    )


def _by_rule(view: LedgerView, table: FeatureTable, grace_days: int, why: str = "") -> ScoredEvening:
    return ScoredEvening(
        view=view,
        scores=tuple(rule_scores(table, view.day)),
        mode="rule",
        model_version=None,
        approved=False,
        grace_days=grace_days,
        notices=mode_notices("rule") + ((why,) if why else ()),
    )
