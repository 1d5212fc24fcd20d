"""The versions of the model as desk and API tell of them: from the shelf and its papers, and nothing is computed."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from typing import Any, Literal

from models.errors import BundleRefused, ShelfChanged, UnknownVersion
from models.papers import Papers, declining
from models.pointer import Change
from models.shelf import Shelf
from models.shelf_entry import ShelfEntry
from serving.etags import etag

Json = dict[str, Any]

State = Literal["champion", "challenger", "retired", "declined", "waiting", "damaged"]
"""champion: in use; challenger: asks to replace it; retired: was in use; declined: a gate said no; waiting: passed and
does not ask, such as the habit curve beside a model; damaged: its files are not what was saved."""

HEADLINE = "30"
"""The question that figures of a version answer: still unpaid in 30 days."""

FIGURES = ("auc", "ece", "money_found20")

KEPT = 8
"""Versions whose papers stay in memory while nothing changes on the shelf."""


class VersionShelf:
    """What is told of the versions on one shelf."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf, self.papers = shelf, Papers(shelf)
        self._kept: tuple[object, dict[str, Json]] = None, {}

    def overview(self) -> Json:
        """Every version, the newest first, with its state; and the changes of the one in use (`ModelsOut`).

        Raises `NoChampion` where the version in use cannot be told.
        """
        return self._once("", self._overview)

    def etag(self) -> str:
        """The ETag of the state that a change is made on: what is there, what is in use, and what changed that."""
        return etag(self.shelf.state())

    def version(self, version: str) -> Json:
        """One version with its gates, figures, segments and papers (`ModelOut`).

        Raises `UnknownVersion`, `BundleRefused`, `NoChampion`.
        """
        return self._once(version, lambda: self._version(version))

    def _once(self, name: str, make: Callable[[], Json]) -> Json:
        """What was made of the shelf as it lies there now, made again once something on it has changed."""
        now = self.shelf.state(), self.papers.state()
        state, kept = self._kept
        if state != now or len(kept) > KEPT:
            kept = {}
            self._kept = now, kept
        if (found := kept.get(name)) is None:
            found = kept[name] = make()
        return found

    def _overview(self) -> Json:
        champion, challenger = self.shelf.champion(), self.shelf.challenger()
        return {
            "champion": champion.version if champion else None,
            "challenger": challenger.version if challenger else None,
            "versions": [*self._lines(champion, challenger)],
            "damaged": list(self.shelf.damaged()),
            "history": [change_json(change) for change in reversed(self.shelf.history())],
        }

    def newest_drift(self) -> Json | None:
        """The newest drift report of any version, whichever is in use; None where none was made."""
        found: Json | None = self._once("drift", self._newest_drift)["report"]
        return found

    def backtest(self, version: str) -> Json | None:
        """The backtest that judged a version; None where it was judged by none."""
        return _read(self.papers.paper(version, "backtest.json"))

    def paper(self, version: str, name: str) -> bytes:
        """A paper of a version. Raises `UnknownVersion`, `BundleRefused`."""
        found = self.papers.paper(version, name)
        if found is None:
            raise UnknownVersion(f"{version}/{name}")
        return found

    def _lines(self, champion: ShelfEntry | None, challenger: ShelfEntry | None) -> Iterator[Json]:
        used = {change.version for change in self.shelf.history()}
        approvals = {change.version: change for change in self.shelf.history() if change.what == "promote"}
        for entry in reversed(self.shelf.sound_versions()):
            try:
                facts = self.papers.facts(entry.version)
            except BundleRefused:
                facts = None
            state = _state_of(entry, champion, challenger, used) if facts is not None else "damaged"
            yield _line(entry, state, facts or {}, approvals.get(entry.version))

    def _newest_drift(self) -> Json:
        reports = (_read(self.papers.drift(entry.version)) for entry in self.shelf.sound_versions())
        made = [report for report in reports if report is not None]
        return {"report": max(made, key=lambda report: report["as_of"], default=None)}

    def _version(self, version: str) -> Json:
        line = next((one for one in self.overview()["versions"] if one["version"] == version), None)
        if line is None:
            raise UnknownVersion(version)
        facts, backtest = self.papers.facts(version), self.backtest(version)
        card = _read(self.papers.paper(version, "card.json")) or {}
        measured = (backtest or {}).get("measured") or {}
        found = measured.get("horizons", {}).get(HEADLINE)
        return {
            **line,
            "grace_days": facts["grace_days"],
            "gates": [_gate(gate) for gate in facts["gates"]],
            "metrics": facts["metrics"],
            "segments": [_segment(one) for one in found["segments"]] if found else None,
            "never_seen": measured.get("never_seen"),
            "learned_from": facts["learned_from"],
            "model_hash": card.get("model_hash"),
            "warnings": card.get("warnings", []),
            "papers": [name for name in ("card.html", "backtest.html") if self.papers.paper(version, name)],
            "drift": _read(self.papers.drift(version)),
        }


def change_json(change: Change) -> Json:
    """A change of the version in use, as the API tells it (`ModelChangeOut`)."""
    told = asdict(change)
    return {name: told[name] for name in ("what", "version", "by", "at", "before", "why")}


def conflict_json(error: ShelfChanged) -> Json:
    """How the versions stand, and the ETag to go on from (`ModelsConflictOut`)."""
    return {
        "champion": error.champion,
        "challenger": error.challenger,
        "newest_change": change_json(error.newest) if error.newest else None,
        "etag": etag(error.state),
    }


def _state_of(entry: ShelfEntry, champion: ShelfEntry | None, challenger: ShelfEntry | None, used: set[str]) -> State:
    if champion is not None and entry.version == champion.version:
        return "champion"
    if challenger is not None and entry.version == challenger.version:
        return "challenger"
    if not entry.passed:
        return "declined"
    return "retired" if entry.version in used else "waiting"


def _line(entry: ShelfEntry, state: State, facts: Mapping[str, Any], approval: Change | None) -> Json:
    metrics = facts.get("metrics", {})
    return {
        "version": entry.version,
        "trained_as_of": entry.trained_as_of.isoformat(),
        "kind": entry.kind,
        "state": state,
        "note": entry.note,
        "trained_by": entry.trained_by,
        "approved_by": entry.approved_by,
        "approved_at": approval.at if approval else None,
        "approved_because": approval.why if approval else "",
        "declined_by": declining(facts.get("gates", ())) if state == "declined" else [],
        "data_hash": facts.get("learned_from", {}).get("data_hash"),
        **{f"{name}_{HEADLINE}": metrics.get(f"{name}_{HEADLINE}") for name in FIGURES},
    }


def _gate(gate: Mapping[str, Any]) -> Json:
    return {name: gate.get(name, "") for name in ("name", "passed", "reason", "blocks")}


def _segment(one: Mapping[str, Any]) -> Json:
    names = ("kind", "name", "rows", "customers", "too_small", "unpaid_share", "auc", "ece", "best", "best_auc", "gain")
    return {name: one[name] for name in names}


def _read(paper: bytes | None) -> Json | None:
    if paper is None:
        return None
    found: Json = json.loads(paper)
    return found
