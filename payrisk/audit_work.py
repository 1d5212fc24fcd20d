"""The audit log at the gate: whether it and the facts that it tells are as they were written, and its anchors."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from payrisk.settings import Settings
from serving.audit.anchors import AnchorsDamaged, add_anchor, read_anchors
from serving.audit.audit_store import AuditLog, first_untrue
from serving.audit.chain import BEGINNING, Anchor, Entry, first_fault

ANCHORS = "audit.anchors"
"""The file in the home folder that keeps the end of the chain, day by day."""


def verify_audit(settings: Settings) -> dict[str, Any]:
    """Whether the audit log and what it tells are as they were written.

    Returns:
        `sound`; `entries`, how many; `anchors`, how many, and `anchored_until`, the entry of the last one (0: none);
        where it is not sound `first_bad` and `since` (`serving.audit.chain.Fault`) and the `fault` in a sentence;
        `warning`, where entries of days have no anchor behind them.
    """
    anchors = read_anchors(settings.home / ANCHORS)
    log = AuditLog(settings.url)
    try:
        entries, stored = log.state()
        fault = first_fault(entries, anchors) or first_untrue(entries, stored)
        warning = unanchored(log, anchors)
    finally:
        log.close()
    return {
        "sound": fault is None,
        "entries": len(entries),
        "anchors": len(anchors),
        "anchored_until": max((anchor.seq for anchor in anchors), default=0),
        "first_bad": fault.seq if fault else None,
        "since": fault.since if fault else None,
        "fault": fault.sentence if fault else None,
        "warning": warning,
    }


def unanchored(log: AuditLog, anchors: Sequence[Anchor]) -> str | None:
    """That entries of more than a day have no anchor behind them, so that a cut tail would not show; else None.

    The daily run adds an anchor: the entries of one day wait for theirs.
    """
    anchored_until = max((anchor.seq for anchor in anchors), default=0)
    days = log.days_after(anchored_until)
    if len(days) < 2:
        return None
    kept = f"the last anchor is of entry {anchored_until}" if anchors else f"there is no {ANCHORS}"
    return (
        f"The audit log has entries of {len(days)} days since {days[0]} and {kept}: nobody would notice if its tail "
        "were cut. Bring the file back from a copy, or keep the end from now on: payrisk verify-audit --anchor, as the "
        "daily run does"
    )


def anchor_audit(settings: Settings, on: date) -> str | None:
    """Keep the end of the chain in the file of anchors; None, or what keeps it from being kept.

    It costs two rows: that the chain is sound in between is what `verify_audit` says. Nothing is added where the last
    anchor is of this end already.
    """
    path = settings.home / ANCHORS
    try:
        anchors = read_anchors(path)
    except AnchorsDamaged as damaged:
        return str(damaged)
    log = AuditLog(settings.url)
    try:
        last = log.last()
        kept = anchors[-1] if anchors else None
        if kept is not None and not _agrees(kept, log.one(kept.seq)):
            return f"Entry {kept.seq} of the audit log is not the one of {kept.on}. Look at it: payrisk verify-audit"
    finally:
        log.close()
    now = Anchor(on.isoformat(), last.seq if last else 0, last.hash if last else BEGINNING)
    if kept is None or (kept.seq, kept.hash) != (now.seq, now.hash):
        add_anchor(path, now)
    return None


def _agrees(anchor: Anchor, entry: Entry | None) -> bool:
    return anchor.seq == 0 if entry is None else entry.hash == anchor.hash
