"""One evening: what was known, scored by what is on the shelf, ranked and published.

The steps stand below in their order. Nothing here reads a clock: the evening and the instant of publishing come in.
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from features.catalogue import fingerprint
from features.table import FeatureTable
from ledger.view import LedgerView
from models.bundle import Bundle
from models.errors import BundleRefused, ContributionsDoNotAddUp
from models.shelf import BEST_BEFORE_DAYS, Shelf, mode_for
from serving.garbage import no_search_for_cycles
from serving.listing.deciding import decided_digest, decisions_of
from serving.listing.placing import ListSettings, placed_evening
from serving.progress import Progress, silent
from serving.published.inputs import inputs_json
from serving.published.publishing import Provenance, queue_run
from serving.published.queue_run import QueueRun
from serving.reports.evening_reports import evening_reports
from serving.scoring.ladder import ByRule, Scorer, habit_for, scorer_for
from serving.scoring.notices import beyond_notices, mode_notices, vanished_notices
from serving.scoring.scored_evening import ScoredEvening
from serving.scoring.scored_rows import scored_rows
from serving.value.response import ResponsePrior, prior

if TYPE_CHECKING:
    from ledger.book import Ledger
    from serving.published.store import ServingStore

GRACE_DAYS = 5
"""Days of grace where no bundle says its own and no setting is given."""


@dataclass(frozen=True)
class EveningSettings(ListSettings):
    """What people settled beforehand about every evening.

    Attributes:
        grace_days: days after due that count as on time, where no model says its own.
        best_before_days: age of a model, in days, from which it is said to be stale.
    """

    grace_days: int = GRACE_DAYS
    best_before_days: int = BEST_BEFORE_DAYS


@no_search_for_cycles()
def score_items(
    ledger: "Ledger",
    shelf: Shelf,
    as_of: date,
    *,
    grace_days: int = GRACE_DAYS,
    best_before_days: int = BEST_BEFORE_DAYS,
    progress: Progress = silent,
) -> ScoredEvening:
    """Score every open item as of an evening, with the shelf's bundle for it, else by rule.

    A bundle that is damaged, of another feature catalogue, or whose reasons do not add up is not used: the evening is
    scored by the next step of `serving.scoring.ladder`, and a notice says why. Another notice tells of an evening after
    the ledger's newest day. Raises what `Ledger.as_of` raises: `EmptyLedger`, `BeforeFirstFact`.
    """
    progress("reading the ledger")
    view = ledger.as_of(as_of)
    from features.compute import feature_rows  # compiled loops, which a published evening does without

    progress("computing features")
    table = feature_rows(view)
    progress(f"scoring {len(table):,} open items")
    scored = score_table(shelf, scorer_for(shelf, view.day), view, table, grace_days, best_before_days)
    scored = replace(scored, features_hash=table.digest)
    return replace(scored, notices=scored.notices + vanished_notices(view) + beyond_notices(as_of, ledger.newest_day()))


def score_table(
    shelf: Shelf, scorer: Scorer | ByRule, view: LedgerView, table: FeatureTable, grace_days: int, best_before_days: int
) -> ScoredEvening:
    """Score rows of the evening of `view` with the first step of the ladder, `scorer`, or with one below it."""
    try:
        return _by(scorer, view, table, grace_days, best_before_days)
    except ContributionsDoNotAddUp as refusal:
        below = habit_for(shelf, view.day, str(refusal), beside=_version(scorer))
        return _by(below, view, table, grace_days, best_before_days)


def run_evening(
    ledger: "Ledger",
    shelf: Shelf,
    as_of: date,
    settings: EveningSettings,
    *,
    now: datetime,
    program: str = "",
    store: "ServingStore | None" = None,
    notices: tuple[str, ...] = (),
    progress: Progress = silent,
) -> QueueRun:
    """Make the list of an evening and, given a store, publish it in one transaction.

    Args:
        now: the instant of publishing, with its time zone.
        notices: what readers must know besides what the evening says itself.
        program: the version of the program, for `made_of`.
        progress: told each step as it begins.
    """
    made = made_of(ledger, shelf, as_of, settings, program)  # first: what changes meanwhile is made again next time
    evening = score_items(
        ledger,
        shelf,
        as_of,
        grace_days=settings.grace_days,
        best_before_days=settings.best_before_days,
        progress=progress,
    )
    progress("building the queue")
    run = queue_of(replace(evening, notices=evening.notices + notices), settings, now=now, made_of=made)
    if store is not None:
        progress("publishing")
        store.publish(run)
    return run


def made_of(ledger: "Ledger", shelf: Shelf, as_of: date, settings: EveningSettings, program: str = "") -> str:
    """A fingerprint of everything that decides the list of an evening, without making it.

    Equal to that of a published run: making it again would give the same list. The ledger (but for what people recorded
    after the evening, which cannot change it), the settings, the program, its features, and the version on the shelf,
    who approved it, and whether its files are as they were then.
    """
    decisive = [ledger.decisive_version(as_of), as_of, settings.digest, program, fingerprint(), _chosen(shelf, as_of)]
    return hashlib.sha256(repr(decisive).encode()).hexdigest()[:16]


def _chosen(shelf: Shelf, as_of: date) -> object:
    habits = [(entry, shelf.content_of(entry.version)) for entry in shelf.habits(as_of)]  # that may have to stand in
    try:
        entry = shelf.choose(as_of)
        return entry and (entry, shelf.content_of(entry.version)), habits
    except BundleRefused as refusal:
        return str(refusal), habits


@no_search_for_cycles()
def queue_of(evening: ScoredEvening, settings: ListSettings, *, now: datetime, made_of: str = "") -> QueueRun:
    """The run of a scored evening: accounts, ranks, sentences."""
    placed = placed_evening(evening, settings)
    decided = [decision.to_json() for decision in decisions_of(evening, placed)]
    made = Provenance(
        as_of=evening.as_of,
        mode=evening.mode,
        model_version=evening.model_version,
        ledger_version=evening.view.version,
        approved=evening.approved,
        now=now,
        notices=evening.notices + placed.notices,
        made_of=made_of,
        decided=decided_digest(decided),
    )
    run = queue_run(placed.queue, placed.rules, made)
    named = tuple({**decision, "run_id": run.run_id} for decision in decided)  # the id follows from what is decided
    reports = evening_reports(evening, placed)
    return replace(run, decisions=named, inputs=inputs_json(evening, settings), reports=reports)


def _by(
    scorer: Scorer | ByRule, view: LedgerView, table: FeatureTable, grace_days: int, best_before_days: int
) -> ScoredEvening:
    answer = prior()
    if isinstance(scorer, ByRule):
        return _by_rule(view, table, grace_days, answer, scorer.refusal)
    bundle, entry = scorer.bundle, scorer.entry
    mode, approved = mode_for(entry, view.day, best_before_days), entry.approved_by is not None
    scored = scored_rows(table, view.day, bundle, mode, answer)
    return ScoredEvening(
        view=view,
        bundle=bundle,
        **scored._asdict(),
        prior=answer,
        mode=mode,
        model_version=entry.version,
        approved=approved,
        grace_days=bundle.grace_days,
        notices=scorer.notices
        or mode_notices(
            mode,
            unapproved=entry.in_use and not approved,
            older=not entry.in_use,
            little_history=mode == "habit" and has_little_history(bundle),
        ),
    )


def _version(scorer: Scorer | ByRule) -> str | None:
    return scorer.entry.version if isinstance(scorer, Scorer) else None


def has_little_history(bundle: Bundle) -> bool:
    """Whether there is only a habit because there was too little to learn a model from."""
    return any(gate["name"] == "enough_history" and not gate["passed"] for gate in bundle.gates)


def _by_rule(
    view: LedgerView, table: FeatureTable, grace_days: int, answer: ResponsePrior, why: str = ""
) -> ScoredEvening:
    scored = scored_rows(table, view.day, None, "rule", answer)
    return ScoredEvening(
        view=view,
        **scored._asdict(),
        prior=answer,
        mode="rule",
        model_version=None,
        approved=False,
        grace_days=grace_days,
        notices=mode_notices("rule") + ((why,) if why else ()),
    )
