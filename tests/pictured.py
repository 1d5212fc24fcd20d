"""Bodies of accounts for tests of pictures, and pictures as their templates draw them."""

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from ledger.days import to_date, to_day
from serving.web.pages import Pages

Json = dict[str, Any]

EVENING = date(2026, 3, 31)
GOLDEN = Path(__file__).resolve().parent / "golden"


CODES = ("age", "paid_share", "usual_payment_day", "idea_drift")
"""Codes of reasons; behind the last there are no documents."""


def euro(amount: str = "100.00") -> Json:
    return {"amount": amount, "currency": "EUR"}


def reasoned(base: float, *points: float, codes: bool = False) -> Json:
    """A body with these points; its texts are `reason 0`, `reason 1`, …"""
    reasons = [
        {
            "concept": f"c{n}",
            "text": f"reason {n}",
            "points": p,
            "arrow": "▲" if p > 0 else "▼" if p < 0 else "",
            "code": CODES[n] if codes else "",
            "item_id": f"INV-{n}" if codes else "",
        }
        for n, p in enumerate(points)
    ]
    return {"base": base, "late_risk": base + sum(points), "reasons": reasons}


def past(
    settled: Sequence[tuple[int, int]] = (),
    opened: Sequence[int] = (),
    promises: Sequence[tuple[int, str]] = (),
    contacts: Sequence[tuple[int, bool]] = (),
    *,
    in_all: int | None = None,
    as_of: date = EVENING,
) -> Json:
    """The body of an account: `settled` as (days ago due, days late), `opened` as days past due, `promises` as
    (days ago promised, state), `contacts` as (days ago, whether somebody was reached)."""
    return {
        "run": {"as_of": as_of.isoformat()},
        "settled_invoices": len(settled) if in_all is None else in_all,
        "history": [
            {
                "item_id": f"INV-{n}",
                "due_on": (as_of - timedelta(ago)).isoformat(),
                "settled_on": to_date(to_day(as_of) - ago + late).isoformat(),
                "days_late": late,
                "amount": euro(),
            }
            for n, (ago, late) in enumerate(settled)
        ],
        "items": [
            {"item_id": f"OPEN-{n}", "due_on": (as_of - timedelta(dpd)).isoformat(), "dpd": dpd, "open": euro()}
            for n, dpd in enumerate(opened)
        ],
        "promises": [
            {
                "promise_id": f"P-{n}",
                "promised_on": (as_of - timedelta(ago)).isoformat(),
                "amount": euro(),
                "state": state,
            }
            for n, (ago, state) in enumerate(promises)
        ],
        "contacts": [
            {
                "happened_on": (as_of - timedelta(ago)).isoformat(),
                "channel": "phone",
                "outcome": "no_answer",
                "reached": reached,
            }
            for n, (ago, reached) in enumerate(contacts)
        ],
    }


def drawn(macro: str, *arguments: Any) -> str:
    """A picture as its macro in `pictures.html` draws it, without blank lines."""
    templates = Pages(demo=False, static_version="0").templates
    text = str(getattr(templates.get_template("pictures.html").module, macro)(*arguments))
    return "\n".join(line.rstrip() for line in text.splitlines() if line.strip()) + "\n"


def kept_as(name: str, text: str) -> bool:
    """Whether the picture is the kept one. To keep a new one, having looked at it: delete the file and run the test."""
    path = GOLDEN / name
    if not path.exists():
        path.write_text(text, encoding="utf-8")
        raise AssertionError(f"{name} was kept anew: look at it, and run the tests again.")
    return path.read_text(encoding="utf-8") == text
