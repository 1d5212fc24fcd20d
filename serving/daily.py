"""One evening: what was known, scored by what is on the shelf, ranked and published.

The steps stand below in their order. Nothing here reads a clock: the evening and the instant of publishing come in.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from features.catalogue import fingerprint
from features.table import FeatureTable
from ledger.blocks import blocks
from ledger.mapped import laid_aside, letting_go
from ledger.ordering import Ints
from ledger.view import LedgerView
from models.bundle import Bundle
from models.errors import BundleRefused, ContributionsDoNotAddUp
from models.readings import Curves
from models.shelf import BEST_BEFORE_DAYS, Shelf, mode_for
from models.shelf_entry import ShelfEntry
from serving.garbage import give_back, no_search_for_cycles
from serving.listing.deciding import decided, decided_digest
from serving.listing.placing import ListSettings, Placing
from serving.listing.queue import PlacedAccount
from serving.progress import Progress, silent
from serving.published.inputs import inputs_json
from serving.published.publishing import Provenance, queue_run
from serving.published.queue_run import QueueRun
from serving.published.told_accounts import ToldAccounts, told_at_once
from serving.reports.evening_reports import BookReports, evening_reports
from serving.scoring.drift_stop import stopped
from serving.scoring.ladder import ByRule, Scorer, habit_for, scorer_for
from serving.scoring.notices import beyond_notices, mode_notices, vanished_notices
from serving.scoring.scored_evening import OpenMoney, ScoredEvening
from serving.scoring.scored_rows import Scored, scored_rows
from serving.value.response import prior

if TYPE_CHECKING:
    from ledger.book import Ledger
    from serving.published.store import ServingStore

GRACE_DAYS = 5
"""Days of grace where no bundle says its own and no setting is given."""

ACCOUNTS_AT_ONCE = 10_000
"""Accounts of a large book that are scored and told in full at a time."""

T = TypeVar("T")
_Money = tuple[Ints, OpenMoney, Curves | None]


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
    view, table = _rows(ledger, as_of, progress)
    scored = score_table(shelf, scorer_for(shelf, view.day, table.values), view, table, grace_days, best_before_days)
    scored = replace(scored, features_hash=table.digest)
    return replace(scored, notices=scored.notices + _view_notices(ledger, view))


def _rows(ledger: "Ledger", as_of: date, progress: Progress) -> tuple[LedgerView, FeatureTable]:
    progress("reading the ledger")
    view = ledger.as_of(as_of)
    from features.portfolio import evening_rows  # compiled loops, which a published evening does without

    progress("computing features")
    table = evening_rows(view)
    progress(f"scoring {len(table):,} open items")
    return view, table


def _view_notices(ledger: "Ledger", view: LedgerView) -> tuple[str, ...]:
    return vanished_notices(view) + beyond_notices(view.day, ledger.newest_day())


def score_table(
    shelf: Shelf, scorer: Scorer | ByRule, view: LedgerView, table: FeatureTable, grace_days: int, best_before_days: int
) -> ScoredEvening:
    """Score rows of the evening of `view` with the first step of the ladder, `scorer`, or with one below it."""
    return _by_ladder(
        shelf, scorer, view.day, lambda step: _scored(_unscored(step, view, grace_days, best_before_days), table)
    )


def _by_ladder(shelf: Shelf, scorer: Scorer | ByRule, day: date, make: Callable[[Scorer | ByRule], T]) -> T:
    """What the first step of the ladder makes, or the one below it where its reasons do not add up."""
    try:
        return make(scorer)
    except ContributionsDoNotAddUp as refusal:
        return make(habit_for(shelf, day, str(refusal), beside=_version(scorer)))


@letting_go()
@no_search_for_cycles()
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
    accounts_at_once: int = ACCOUNTS_AT_ONCE,
) -> QueueRun:
    """Make the list of an evening and, given a store, publish it in one transaction.

    Args:
        now: the instant of publishing, with its time zone.
        notices: what readers must know besides what the evening says itself.
        program: the version of the program, for `made_of`.
        progress: told each step as it begins.
        accounts_at_once: how many are scored and told in full at a time; the list is the same whatever the number.
    """
    made = made_of(ledger, shelf, as_of, settings, program)  # first: what changes meanwhile is made again next time
    view, table = _rows(ledger, as_of, progress)
    from features.from_view import forget_facts

    forget_facts(view)
    give_back()
    digest, notices = table.digest, _view_notices(ledger, view) + notices
    table = table.kept_by(laid_aside)

    def made_by(step: Scorer | ByRule) -> QueueRun:
        evening = _unscored(step, view, settings.grace_days, settings.best_before_days)
        evening = replace(evening, features_hash=digest, notices=evening.notices + notices)
        currencies = table.keys["currency"].tolist()
        placing = Placing.of(evening, settings, currencies)
        size = accounts_at_once if placing.block_by_block else len(table)
        return _queue_of(evening, placing, _blocks(evening, table, size), now=now, made_of=made, progress=progress)

    run = _by_ladder(shelf, scorer_for(shelf, view.day, table.values), view.day, made_by)
    if store is not None:
        progress("publishing")
        store.publish(run)
    return run


@dataclass(frozen=True, eq=False)
class _Block:
    """Some accounts of an evening, scored with all their items; `rows`: which rows of the evening these are."""

    evening: ScoredEvening
    rows: Ints


def _blocks(evening: ScoredEvening, table: FeatureTable, size: int) -> Iterator[_Block]:
    """The rows of an evening, scored account by account in the order of their ids; at least one block."""
    for rows, view in blocks(evening.view, table.keys["customer_id"], max(size, 1)):
        part = table if len(rows) == len(table) else table.take(rows.tolist())
        yield _Block(_scored(replace(evening, view=view), part), rows)
        del view, part  # before the next is taken


def made_of(ledger: "Ledger", shelf: Shelf, as_of: date, settings: EveningSettings, program: str = "") -> str:
    """A fingerprint of everything that decides the list of an evening, without making it.

    Equal to that of a published run: making it again would give the same list. The ledger (but for what people recorded
    after the evening, which cannot change it), the settings, the program, its features, and the version on the shelf,
    who approved it, whether its files are as they were then, and whether a drift report stopped it.
    """
    decisive = [ledger.decisive_version(as_of), as_of, settings.digest, program, fingerprint(), _chosen(shelf, as_of)]
    return hashlib.sha256(repr(decisive).encode()).hexdigest()[:16]


def _chosen(shelf: Shelf, as_of: date) -> object:
    habits = [_with_content(shelf, entry, as_of) for entry in shelf.habits(as_of)]  # that may have to stand in
    try:
        entry = shelf.choose(as_of)
        return entry and _with_content(shelf, entry, as_of), habits
    except BundleRefused as refusal:
        return str(refusal), habits


def _with_content(shelf: Shelf, entry: ShelfEntry, as_of: date) -> tuple[object, ...]:
    """A version, the hash of its files, and why its drift report stopped it, where it did."""
    stop = stopped(shelf, entry.version, as_of)
    return (entry, shelf.content_of(entry.version), *([stop] if stop else []))


@no_search_for_cycles()
def queue_of(evening: ScoredEvening, settings: ListSettings, *, now: datetime, made_of: str = "") -> QueueRun:
    """The run of a scored evening: accounts, ranks, sentences."""
    placing = Placing.of(evening, settings, (score.currency for score in evening.scores))
    whole = _Block(evening, np.arange(len(evening.scores)))
    return _queue_of(evening, placing, (whole,), now=now, made_of=made_of)


def _queue_of(
    evening: ScoredEvening,
    placing: Placing,
    blocks: Iterable[_Block],
    *,
    now: datetime,
    made_of: str,
    progress: Progress = silent,
) -> QueueRun:
    """The run of an evening whose accounts come block by block, each told in full and kept in short.

    Args:
        evening: the whole of it; its scores are not looked at.
    """
    told, alone, money, rules = ToldAccounts(), list[PlacedAccount](), list[_Money](), placing.rules
    book = BookReports.of(evening.view, rules.rates)
    give_back()
    for block in blocks:
        ranked, rules = placing.ranked_alone(block.evening)
        for some in told_at_once(ranked):
            told.tell(some)
            alone += [one._replace(account=one.account.bare()) for one in some]
        money.append((block.rows, OpenMoney.of(block.evening.scores), _curves_aside(block.evening.curves)))
        del block, ranked  # before the next is scored
        give_back()
    progress("building the queue")
    placed = placing.placed(alone, rules)
    made = Provenance(
        as_of=evening.as_of,
        mode=evening.mode,
        model_version=evening.model_version,
        ledger_version=evening.view.version,
        approved=evening.approved,
        now=now,
        notices=evening.notices + placed.notices,
        made_of=made_of,
        decided=decided_digest(decided(evening, placed)),
    )
    run = queue_run(placed.queue, placed.rules, made, told)
    reports = evening_reports(book, *_together(money), placed, told.reasons)
    named = decided(evening, placed, run.run_id)  # the id follows from what is decided
    return replace(run, decided=named, inputs=inputs_json(evening, placing.settings), reports=reports)


def _curves_aside(curves: Curves | None) -> Curves | None:
    """The curves of a block until all are asked for."""
    return None if curves is None else replace(curves, intensity=laid_aside(curves.intensity), raw=None)


def _together(parts: Sequence[_Money]) -> tuple[OpenMoney, Curves | None]:
    """The money and the curves of all rows, in the order of the rows."""
    if len(parts) == 1:
        return parts[0][1:]
    rows = np.argsort(np.concatenate([rows for rows, _, _ in parts]), kind="stable")
    minor, currency = (np.concatenate([getattr(one, name) for _, one, _ in parts]) for name in ("minor", "currency"))
    curves = [curve for _, _, curve in parts if curve is not None]
    return OpenMoney(minor[rows], currency[rows]), Curves.together(curves).take(rows) if curves else None


def _unscored(scorer: Scorer | ByRule, view: LedgerView, grace_days: int, best_before_days: int) -> ScoredEvening:
    """The evening as this step of the ladder scores it, without any score yet."""
    nothing = Scored((), {}, None)._asdict()
    if isinstance(scorer, ByRule):
        return ScoredEvening(
            view=view,
            **nothing,
            prior=prior(),
            mode="rule",
            model_version=None,
            approved=False,
            grace_days=grace_days,
            notices=mode_notices("rule") + ((scorer.refusal,) if scorer.refusal else ()),
        )
    bundle, entry = scorer.bundle, scorer.entry
    mode, approved = mode_for(entry, view.day, best_before_days), entry.approved_by is not None
    return ScoredEvening(
        view=view,
        bundle=bundle,
        **nothing,
        prior=prior(),
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


def _scored(evening: ScoredEvening, table: FeatureTable) -> ScoredEvening:
    """With the scores of these rows, whose customers its view knows."""
    scored = scored_rows(table, evening.as_of, evening.bundle, evening.mode, evening.prior)
    return replace(evening, **scored._asdict())


def _version(scorer: Scorer | ByRule) -> str | None:
    return scorer.entry.version if isinstance(scorer, Scorer) else None


def has_little_history(bundle: Bundle) -> bool:
    """Whether there is only a habit because there was too little to learn a model from."""
    return any(gate["name"] == "enough_history" and not gate["passed"] for gate in bundle.gates)
