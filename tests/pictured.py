"""Bodies of accounts for tests of pictures, and pictures as their templates draw them."""

import difflib
import os
import re
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


RENEW = os.environ.get("PAYRISK_RENEW_GOLDENS") == "1"
"""`make goldens`: what is drawn now is kept, to be looked at (`git diff tests/golden`) and committed."""


def kept_as(name: str, text: str) -> bool:
    """Whether a fragment is the kept one; where it is not, the error shows line by line what is different."""
    path = GOLDEN / name
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    if text != before and RENEW:
        path.write_text(text, encoding="utf-8")
    elif text != before:
        lines = difflib.unified_diff(before.splitlines(), text.splitlines(), f"tests/golden/{name}", "now", lineterm="")
        raise AssertionError("\n".join([*lines, "", "If this is wanted: make goldens, look at the change, commit it."]))
    return True


def fragment(page: str, tag: str, mark: str) -> str:
    """The first element of a page with this tag and `mark` in its opening tag, a line for each element that begins, and
    without what differs between two runs: the key of a form, the versions of files, the ids of what was recorded."""
    start = next(at.start() for at in re.finditer(f"<{tag}\\b[^>]*>", page) if mark in at[0])
    depth = 0
    for at in re.finditer(f"<(/?){tag}\\b[^>]*>", page[start:]):
        depth += -1 if at[1] else 1
        if not depth:
            text = page[start : start + at.end()]
            break
    text = re.sub(r'(name="(?:form_key|once|of)" value=")[^"]*', r"\1…", text)
    text = re.sub(r">\s*<(?!/)", ">\n<", re.sub(r"\?v=\w+", "", text))
    return "\n".join(line.strip() for line in text.splitlines() if line.strip()) + "\n"
