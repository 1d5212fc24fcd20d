"""What the commands of the books do: aging, the proof of it, the scorecard, each as one value."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from payrisk.errors import KnownBeforeDay

if TYPE_CHECKING:
    from ledger.report import ImportReport
    from ledger.scorecard.card import Scorecard
    from ledger.view import LedgerView
    from payrisk.gate import Gate


def aging(
    gate: "Gate",
    as_of: date | None = None,
    *,
    known_by: date | None = None,
    by_customer: bool = False,
    base: str | None = None,
    invoice_date: bool = False,
    out: Path | None = None,
) -> dict[str, Any]:
    """The aging of an evening; in a reporting currency too when `base` names one. Written to `out` when given."""
    from ledger.books.aging_report import aging
    from ledger.books.conversion import rates_of
    from payrisk.books import aging_body, write_aging

    view = _evening_known_by(gate, as_of, known_by)
    report = aging(view, rates=rates_of(view, base) if base else None, basis="invoice" if invoice_date else "due")
    body = aging_body(report, by_customer=by_customer)
    if out:
        write_aging(body, out)
    return body


def reconcile(
    gate: "Gate",
    as_of: date | None = None,
    *,
    opening: date | None = None,
    control: Path | None = None,
    base: str | None = None,
) -> dict[str, Any]:
    """The proof of an evening, and the roll-forward from an earlier one (default: the end of the month before)."""
    from ledger.books.control_file import read_control
    from ledger.books.reconcile import reconcile
    from ledger.books.roll_forward import roll_forward
    from payrisk.books import month_before, reconciliation_body

    told = None if control is None else read_control(control)
    view = _evening_known_by(gate, as_of, None)
    rolled = roll_forward(view.earlier(opening or month_before(view.day)), view, base=base)
    return reconciliation_body(reconcile(view, told), rolled)


def scorecard(gate: "Gate", report: "ImportReport") -> "Scorecard | None":
    """What there is to know of the data that an import brought; None where it brought no export of the book."""
    from payrisk.hold import examine

    if not (report.loaded and report.is_export):
        return None
    return examine(gate.ledger, report.as_of, report)


def _evening_known_by(gate: "Gate", as_of: date | None, known_by: date | None) -> "LedgerView":
    day = gate.evening(as_of)
    if known_by is not None and known_by < day:
        raise KnownBeforeDay(day, known_by)
    return gate.ledger.as_of(day, known_by=None if known_by is None else gate.evening(known_by))
