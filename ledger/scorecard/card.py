"""The scorecard of an import: is the ledger still believable, and what should somebody look at?

It never changes anything. What it finds is told with a severity; `hold` means that the daily run should wait for a
person. Every limit stands in `ledger.scorecard.findings.LIMITS` with its reason.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

import numpy as np
import pandas as pd

from ledger.days import NEVER
from ledger.ordering import are_in
from ledger.report import Warned
from ledger.scorecard.findings import Finding, judged
from ledger.scorecard.shifts import Measures, changed, gone, measures_of, moved, strange_new
from ledger.scorecard.soundness import findings_of_one
from ledger.view import LedgerView
from ledger.words import count_text

_ORDER = {"hold": 0, "warn": 1, "info": 2}
_DUE_DERIVED = "due_date_derived"
_ITEM = ["item_id", "customer_id", "amount_minor", "currency", "issued_on", "due_on"]


class ImportCounts(Protocol):
    """What is asked of an import's report (`ledger.report.ImportReport`)."""

    @property
    def accepted(self) -> int: ...

    @property
    def quarantined(self) -> Sequence[object]: ...

    @property
    def warnings(self) -> Sequence[Warned]: ...


@dataclass(frozen=True)
class Scorecard:
    """What was noticed about the evening of an export, the worst first.

    `measures` are the evening's figures; kept, and given to later scorecards as `history`, they tell what is usual.
    """

    day: date
    findings: tuple[Finding, ...]
    measures: Measures = field(default_factory=dict)

    @property
    def holds(self) -> bool:
        """Whether a person should look before the daily run goes on."""
        return any(finding.severity == "hold" for finding in self.findings)

    def text(self) -> str:
        """For people: one line per finding, the way out behind it."""
        if not self.findings:
            return f"Data of {self.day.isoformat()}: nothing unusual."
        lines = [f"Data of {self.day.isoformat()}:" + " look at this before anybody works with it." * self.holds]
        lines += [f"  {f.severity:<4}  {f.sentence} {f.way_out} ({f.code})" for f in self.findings]
        return "\n".join(lines)

    def as_dict(self) -> dict[str, Any]:
        """For machines: plain values."""
        return {
            "day": self.day.isoformat(),
            "holds": self.holds,
            "findings": [finding.as_dict() for finding in self.findings],
            "measures": dict(self.measures),
        }


def scorecard(
    view: LedgerView,
    before: LedgerView | None = None,
    report: ImportCounts | None = None,
    history: Sequence[Measures] = (),
) -> Scorecard:
    """Judge the evening of an export.

    Args:
        view: that evening, with what the export brought.
        before: the evening of the export before, with the ledger as it stood then; None for the first.
        report: the account of the import: rows set aside, due days derived.
        history: `measures` of earlier scorecards, oldest first; with six or more, what moves a lot may.
    """
    current, opened = _current(view), view.open_items()
    measures = measures_of(view, current, opened)
    findings: list[Finding] = list(_of_report(report)) if report is not None else []
    if before is None:
        new = np.ones(len(current), dtype=np.bool_)
    else:
        earlier, earlier_opened = _current(before), before.open_items()
        new = ~are_in(current["item_id"], earlier["item_id"])
        findings += changed(earlier_opened[_ITEM], current[_ITEM])
        findings += strange_new(before, earlier, current[new])
        findings += moved(measures, measures_of(before, earlier, earlier_opened), history)
        findings += gone(earlier_opened, opened)
        findings += _vanished(view, opened, len(earlier_opened))
    findings += findings_of_one(view, current, opened, new)
    findings.sort(key=lambda finding: (_ORDER[finding.severity], finding.code, finding.sentence))
    return Scorecard(view.day, tuple(findings), measures)


def _current(view: LedgerView) -> pd.DataFrame:
    return view.items[view.items["superseded_on"] == NEVER].reset_index(drop=True)


def _of_report(report: ImportCounts) -> Iterator[Finding]:
    aside, read = len(report.quarantined), report.accepted + len(report.quarantined)
    yield from judged(
        "rows_set_aside", aside, aside / max(read, 1), f"{count_text(aside, 'row')} of {read:,} set aside.",
        "Correct the lines that the report names and import the file again.",
    )  # fmt: skip
    derived = sum(warned.count for warned in report.warnings if warned.code == _DUE_DERIVED)
    yield from judged(
        "due_dates_derived", derived, derived / max(report.accepted, 1),
        f"{count_text(derived, 'invoice')} had no due day of its own; it was derived.", "Map the column that has it.",
    )  # fmt: skip


def _vanished(view: LedgerView, opened: pd.DataFrame, opened_before: int) -> list[Finding]:
    """Open items that are missing from their source's newest snapshot although nothing settled them."""
    count = len(view.vanished.intersection(opened["item_id"])) if view.vanished else 0
    return judged(
        "vanished", count, count / max(opened_before, 1),
        f"{count_text(count, 'item')} open before is not in the export, and nothing settled it.",
        "Was the export filtered? If they were closed elsewhere, export the documents that closed them.",
    )  # fmt: skip
