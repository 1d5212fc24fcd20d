"""The judge: imports a case and says what is wrong with what came of it."""

import json
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from builders import new_database
from nasty.case import Outcome, Step
from nasty.clean import EXPONENTS, Invoice

from ledger.book import Ledger

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks"))
from import_adapter import current_ledger, import_step

Known = Counter[tuple[str, ...]]


@dataclass
class Judgement:
    """What is wrong with a case: `notes` in words; `silent`: wrong facts that got into the ledger without a word."""

    notes: list[str]
    silent: list[tuple[str, ...]]


def judge(steps: Sequence[Step], folder: Path) -> Judgement:
    """Import the steps in order into one fresh ledger and hold each to its outcomes."""
    ledger = Ledger.open(new_database(folder))
    try:
        notes: list[str] = []
        silent: list[tuple[str, ...]] = []
        before: tuple[Invoice, ...] = ()
        for number, step in enumerate(steps, 1):
            got = _import(ledger, step, folder)
            found = known_rows(current_ledger(ledger))
            wrong = [(_unlike(got, found, outcome, before), outcome) for outcome in step.outcomes]
            least, outcome = min(wrong, key=lambda pair: len(pair[0]))
            notes += [f"step {number}: {note}" for note in least]
            silent += _silently_wrong(found, [_ledger(other, before) for other in step.outcomes])
            before = _ledger(outcome, before)
        return Judgement(notes, silent)
    finally:
        ledger.close()


def _import(ledger: Ledger, step: Step, folder: Path) -> dict[str, Any]:
    for name, content in step.files.items():
        (folder / name).write_bytes(content)
    files = [{"name": name, "role": step.roles.get(name, "ledger")} for name in step.files]
    options = {"as_of": step.as_of.isoformat(), "tenant_tz": "Europe/Berlin", **step.options}
    return import_step(ledger, folder, json.loads(json.dumps({"files": files, "options": options})))


def _ledger(outcome: Outcome, before: tuple[Invoice, ...]) -> tuple[Invoice, ...]:
    return before if outcome.ledger is None else outcome.ledger


def known_rows(rows: Sequence[dict[str, Any]]) -> Known:
    """Rows of the adapter's ledger, to compare."""
    names = ("invoice_id", "customer_id", "issue_date", "due_date", "amount", "currency", "paid_date", "paid_amount")
    return Counter(tuple(str(row[name] or "") for name in (*names, "customer_name")) for row in rows)


def meant_rows(bills: Sequence[Invoice]) -> Known:
    """The same, of what was meant: amounts with all the decimals of their currency."""

    def money(bill: Invoice, value: Any) -> str:
        return "" if value is None else f"{value:.{EXPONENTS[bill.currency]}f}"

    return Counter(
        (
            bill.invoice_id, bill.customer_id, bill.issue_date.isoformat(), bill.due_date.isoformat(),
            money(bill, bill.amount), bill.currency, bill.paid_date.isoformat() if bill.paid_date else "",
            money(bill, bill.paid_amount), bill.customer_name or bill.customer_id,
        )
        for bill in bills
    )  # fmt: skip


def _nameless(known: Known) -> Known:
    return Counter(row[:-1] for row in known.elements())


def _unlike(got: dict[str, Any], found: Known, outcome: Outcome, before: tuple[Invoice, ...]) -> list[str]:
    """In what the account and the ledger differ from this outcome."""
    if got["verdict"] != outcome.verdict:
        said = f" ({got['error_code']}: {got['error']})" if got["error"] else ""
        why = sorted({row["reason"] for row in got["quarantine"]})
        return [f"verdict {got['verdict']}{said} {why or ''} instead of {outcome.verdict}", "…", "…", "…"]
    notes = []
    if outcome.verdict == "reject":
        if got["error_code"] not in outcome.codes:
            notes.append(f"refused as {got['error_code']} instead of {'|'.join(sorted(outcome.codes))}: {got['error']}")
        notes += [f"does not mention {word}: {got['error']}" for word in outcome.mentions if word not in got["error"]]
    else:
        notes += _unlike_counts(got, outcome)
    meant = meant_rows(_ledger(outcome, before))
    if not outcome.names:
        meant, found = _nameless(meant), _nameless(found)
    more, less = found - meant, meant - found
    if more or less:
        notes.append(f"in the ledger: {next(iter(more), None)}; meant: {next(iter(less), None)} ({len(less)} such)")
    return notes


def _unlike_counts(got: dict[str, Any], outcome: Outcome) -> list[str]:
    notes = []
    if got["rows_accepted"] != outcome.accepted:
        notes.append(f"{got['rows_accepted']} accepted instead of {outcome.accepted}")
    if got["rows_ignored"] < outcome.ignored:
        notes.append(f"{got['rows_ignored']} ignored instead of {outcome.ignored}")
    if outcome.quarantined is not None:
        reasons = {row["row"]: row["reason"] for row in got["quarantine"]}
        if sorted(reasons) != sorted(outcome.quarantined):
            notes.append(f"set aside {reasons} instead of {sorted(outcome.quarantined)}")
        notes += [
            f"row {row} is {reasons[row]} instead of {'|'.join(sorted(codes))}"
            for row, codes in outcome.quarantined.items()
            if row in reasons and reasons[row] not in codes
        ]
    missed = outcome.warnings - set(got["warnings"])
    return [*notes, *([f"no warning {sorted(missed)}"] if missed else [])]


def _silently_wrong(found: Known, allowed: Sequence[tuple[Invoice, ...]]) -> list[tuple[str, ...]]:
    """Facts that no outcome has; a customer's name alone is not one of them."""
    meant: set[tuple[str, ...]] = set().union(*(_nameless(meant_rows(bills)) for bills in allowed))
    return sorted(set(_nameless(found)) - meant)
