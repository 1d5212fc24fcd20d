"""From the ledger to a file of scores: one evening, or many past ones from one version.

The rows of all evenings are asked of one view, that of the last evening: the row of a past evening is what that
evening alone would have given, to the last bit (but for `source_row`, which names the newest file). Rows are made,
scored and written part by part, so that memory does not grow with the number of evenings.
"""

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from features.table import FeatureTable
from ledger.days import to_day
from ledger.view import LedgerView
from ledger.words import count_text
from models.baseline import rule_scores
from models.bundle import Bundle
from models.errors import TrainedLater
from models.scoring import readings_of, reasons_of
from models.shelf import BEST_BEFORE_DAYS, Shelf, mode_for
from models.shelf_entry import ShelfEntry
from serving.daily import GRACE_DAYS, has_little_history
from serving.progress import Progress, silent
from serving.scoring.file_steps import FileSteps
from serving.scoring.ladder import ByRule, Scorer, fit_for, require_own_catalogue, scorer_of
from serving.scoring.notices import beyond_notices, mode_notices, vanished_notices
from serving.scoring.score_columns import ScoredRows, require_file_kind, write_scores

if TYPE_CHECKING:
    from ledger.book import Ledger

ROWS_AT_ONCE = 400_000
"""Feature rows made in one call, some 160 MB; more where one evening has more, for an evening is looked at whole."""

PART = 25_000
"""Rows scored and written at once; the intervals of their curves take some 100 MB."""


@dataclass(frozen=True)
class ScoreRequest:
    """What is to be scored, and how.

    Attributes:
        first, last: evenings, both included; the same for one evening.
        every: days from one evening to the next, from `first` on.
        at_issue: each item once, on the evening it became known, in place of all open items of each evening.
        version: the version to score with; None: the one that scores `first` (see `serving.scoring.ladder`).
        allow_later: score with a version trained after `first`, which has seen what it would predict; each such row
            is marked.
        grace_days: restates `p_late` and the horizon of `late_risk`; None: the version's own grace.
        with_reasons: False leaves `reasons` empty, which is many times faster.
        rule_grace_days: the grace of rows without a version.
        best_before_days: age of a model, in days, from which its rows say `model_stale`.
    """

    first: date
    last: date
    every: int = 7
    at_issue: bool = False
    version: str | None = None
    allow_later: bool = False
    grace_days: int | None = None
    with_reasons: bool = True
    rule_grace_days: int = GRACE_DAYS
    best_before_days: int = BEST_BEFORE_DAYS

    @property
    def is_one_evening(self) -> bool:
        """Whether it asks for nothing but the open items of one evening, by whatever may score it."""
        return self.first == self.last and not (self.at_issue or self.version or self.allow_later)

    @property
    def days(self) -> list[int]:
        """The evenings as whole days."""
        return list(range(to_day(self.first), to_day(self.last) + 1, self.every))


def score_to_file(
    ledger: "Ledger", shelf: Shelf, request: ScoreRequest, path: Path, *, progress: Progress = silent
) -> dict[str, Any]:
    """Write the file and tell what was written.

    Returns:
        `as_of` and `until` (the evenings), `evenings` and `items` (how many evenings and rows), `mode` (of most rows)
        and `modes` (rows by mode), `model_version`, `trained_as_of`, `grace_days`, `hindsight` (how many rows were
        scored by a version that has seen what followed), `notices`, `out`.

    Raises:
        UnknownFileKind, CannotWrite: the file; before anything is computed where that can be told.
        TrainedLater: the version was trained after the first evening and `allow_later` was not asked for.
        UnknownVersion, BundleRefused, WrongCatalogue: the version asked for.
        EmptyLedger, BeforeFirstFact: what `Ledger.as_of` raises for the last evening.
    """
    require_file_kind(path)
    named = None if request.is_one_evening else _scorer(shelf, request)
    progress("reading the ledger")
    view = ledger.as_of(request.last)
    scorer = named or scorer_of(shelf, view)
    asked = _questions(view, request)
    each = named is not None and not request.at_issue
    steps = FileSteps(shelf, scorer, is_named=request.version is not None, each_evening=each)
    if request.at_issue and isinstance(scorer, Scorer):
        from features.portfolio import evening_rows  # compiled loops, which a published evening does without

        # What comes has too few rows an evening to be looked at: the open items of the last evening speak for them.
        values = evening_rows(view).values
        if request.version is not None:
            steps.looked_at(request.last, values)
        else:
            scorer = steps.scorer = fit_for(shelf, scorer, request.first, values)
    written = _Written(Counter(), set())
    write_scores(written.counted(_parts(view, asked, steps, request, progress)), path)
    most = max(written.modes, key=lambda mode: (written.modes[mode], mode), default=None)
    entry = scorer.entry if isinstance(scorer, Scorer) else None
    return {
        "as_of": request.first.isoformat(),
        "until": request.last.isoformat(),
        "evenings": len(written.days) if request.at_issue else len(request.days),
        "items": sum(written.modes.values()),
        "mode": most or _mode_of_no_row(scorer, request),
        "modes": dict(sorted(written.modes.items())),
        "model_version": entry.version if entry else None,
        "trained_as_of": entry.trained_as_of.isoformat() if entry else None,
        "grace_days": _grace(scorer, request),
        "hindsight": written.hindsight,
        "notices": [
            *_notices(view, scorer, request, written),
            *steps.notices,
            *beyond_notices(request.last, ledger.newest_day()),
        ],
        "out": str(path),
    }


@dataclass
class _Written:
    """What went into the file, counted as it goes."""

    modes: Counter[str]
    days: set[int]
    hindsight: int = 0

    def counted(self, parts: Iterator[ScoredRows]) -> Iterator[ScoredRows]:
        for part in parts:
            self.modes.update(part.mode.tolist())
            self.days.update(part.keys["day"].unique().tolist())
            self.hindsight += int(part.hindsight.sum())
            yield part


def _scorer(shelf: Shelf, request: ScoreRequest) -> Scorer | ByRule:
    if request.version is not None:
        return _loaded(shelf, shelf.entry(request.version), request)
    entry = shelf.choose(request.first) or shelf.champion()
    return _loaded(shelf, entry, request) if entry else ByRule()


def _loaded(shelf: Shelf, entry: ShelfEntry, request: ScoreRequest) -> Scorer:
    if entry.trained_as_of > request.first and not request.allow_later:
        raise TrainedLater(entry.trained_as_of, request.first)
    bundle = shelf.bundle(entry.version)
    require_own_catalogue(bundle)
    return Scorer(bundle, entry)


def _questions(view: LedgerView, request: ScoreRequest) -> pd.DataFrame:
    from features.at_issue import issue_questions
    from features.questions import open_questions

    if request.at_issue:
        return issue_questions(view, request.first, request.last)
    return open_questions(view, request.days)


def _parts(
    view: LedgerView, asked: pd.DataFrame, steps: FileSteps, request: ScoreRequest, progress: Progress
) -> Iterator[ScoredRows]:
    from features.compute import feature_rows  # compiled loops, which a published evening does without

    began, total = time.perf_counter(), len(asked)
    for start, stop in _whole_evenings(asked["day"].to_numpy()):
        progress(f"computing features of {count_text(total, 'row')}{_left(began, start, total)}")
        table = feature_rows(view, asked.iloc[start:stop])
        for first, last, scorer in steps.of(table):
            for at in range(first, last, PART):
                progress(f"scoring {count_text(total, 'row')}{_left(began, start + at, total)}")
                yield _scored(_slice(table, at, min(at + PART, last)), scorer, request)


def _whole_evenings(day: "np.ndarray[Any, np.dtype[np.int64]]") -> Iterator[tuple[int, int]]:
    """Runs of rows, ordered by day, of whole evenings: as many as make no more than `ROWS_AT_ONCE`, at least one."""
    ends = [*(np.flatnonzero(day[1:] != day[:-1]) + 1).tolist(), len(day)] if len(day) else []
    start = end = 0
    for after in ends:
        if after - start > ROWS_AT_ONCE and end > start:
            yield start, end
            start = end
        end = after
    if end > start:
        yield start, end


def _left(began: float, done: int, total: int) -> str:
    """What to say of the time left: nothing before there is something to judge by."""
    if not done:
        return ""
    seconds = (time.perf_counter() - began) * (total - done) / done
    left = f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"
    return f": {100 * done // total} % done, about {left} left"


def _slice(table: FeatureTable, start: int, stop: int) -> FeatureTable:
    return FeatureTable(
        table.keys.iloc[start:stop].reset_index(drop=True),
        table.values.iloc[start:stop].reset_index(drop=True),
        table.fingerprint,
    )


def _scored(table: FeatureTable, scorer: Scorer | ByRule, request: ScoreRequest) -> ScoredRows:
    grace = _grace(scorer, request)
    if isinstance(scorer, ByRule):
        told = [score.reasons for score in rule_scores(table, request.last)] if request.with_reasons else None
        none = np.zeros(len(table), dtype=np.bool_)
        return ScoredRows(table.keys, None, told, None, np.full(len(table), "rule", dtype=object), grace, none)
    curve, age = scorer.bundle.curve, table.keys["day"].to_numpy(np.int64) - to_day(scorer.entry.trained_as_of)
    read = readings_of(curve, table, grace)
    return ScoredRows(
        keys=table.keys,
        read=read,
        reasons=reasons_of(curve, table, read.late_risk_days) if request.with_reasons else None,
        model_version=scorer.entry.version,
        mode=_modes(scorer.bundle, age > request.best_before_days),
        grace_days=grace,
        hindsight=age < 0,
    )


def _modes(bundle: Bundle, stale: "np.ndarray[Any, np.dtype[np.bool_]]") -> "np.ndarray[Any, np.dtype[np.object_]]":
    """What each row is called; see `models.shelf.mode_for`."""
    if bundle.kind == "habit":
        return np.full(len(stale), "habit", dtype=object)
    return np.where(stale, "model_stale", "model").astype(object)


def _mode_of_no_row(scorer: Scorer | ByRule, request: ScoreRequest) -> str:
    if isinstance(scorer, ByRule):
        return "rule"
    age = (request.last - scorer.entry.trained_as_of).days
    return str(_modes(scorer.bundle, np.array([age > request.best_before_days]))[0])


def _grace(scorer: Scorer | ByRule, request: ScoreRequest) -> int:
    if request.grace_days is not None:
        return request.grace_days
    return scorer.bundle.grace_days if isinstance(scorer, Scorer) else request.rule_grace_days


def _notices(view: LedgerView, scorer: Scorer | ByRule, request: ScoreRequest, written: _Written) -> tuple[str, ...]:
    said = vanished_notices(view) if request.is_one_evening else ()
    if isinstance(scorer, ByRule):
        return mode_notices("rule") + ((scorer.refusal,) if scorer.refusal else ()) + said
    if scorer.refusal:
        return scorer.notices + said
    entry = scorer.entry
    mode = "model_stale" if "model_stale" in written.modes else mode_for(entry, entry.trained_as_of)
    told = mode_notices(
        mode,
        unapproved=entry.in_use and entry.approved_by is None,
        older=not entry.in_use and request.version is None,
        little_history=mode == "habit" and has_little_history(scorer.bundle),
    )
    marks = (
        f'"{entry.version}" did not pass its gates: its numbers are for looking, not for calling.' if not entry.passed
        else "",
        f"{count_text(written.hindsight, 'row')} scored with hindsight: the version was trained as of "
        f"{entry.trained_as_of.isoformat()}, after the evenings scored. They are marked, and say nothing of how well "
        "it predicts." if written.hindsight else "",
    )  # fmt: skip
    return told + tuple(sentence for sentence in marks if sentence) + said
