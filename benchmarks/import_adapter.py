"""Our importer behind the protocol of a corpus of nasty files, so that a checker that does not know us can judge it.

    python benchmarks/import_adapter.py TASK_DIR WORK_DIR

TASK_DIR holds `task.json`, `{"steps": [{"files": [{"name", "role"}], "options": {...}}]}` with the options of
docs/importing.md, and the files. The steps are imported in order into one fresh ledger in WORK_DIR, each on the
day of its export. One JSON object goes to standard output, when all is done: `steps` (verdict, counts, reasons, error,
warnings of each) and `ledger`, all invoices that are known afterwards, the vanished ones too. An error that nobody
foresaw prints a traceback and no JSON, and ends with 1.
"""

import json
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from ledger.book import Ledger
from ledger.days import NEVER, to_date
from ledger.errors import PayriskError
from ledger.importing import import_files
from ledger.money import to_decimal
from ledger.options import ImportOptions, InputFile
from ledger.reading.sheet import Limits
from payrisk.migrations.run import upgrade


def run_task(folder: Path, work: Path) -> dict[str, Any]:
    """Import the steps of `folder/task.json` into a new ledger in `work`: the account of each, and the ledger."""
    url = f"sqlite:///{work / 'ledger.db'}"
    upgrade(url)
    ledger = Ledger.open(url)
    try:
        task = json.loads((folder / "task.json").read_text(encoding="utf-8"))
        return {"steps": [import_step(ledger, folder, s) for s in task["steps"]], "ledger": current_ledger(ledger)}
    finally:
        ledger.close()


def import_step(ledger: Ledger, folder: Path, step: Mapping[str, Any]) -> dict[str, Any]:
    """Import the files of one step; a refusal is an account, too. A ledger is told by its header.

    `rows_accepted` are rows of invoices where there are any: masters and payments beside them are not counted.
    """
    roles = {file["name"]: None if file["role"] == "ledger" else file["role"] for file in step["files"]}
    options, now = options_of(step["options"]), datetime.now(UTC)
    account: dict[str, Any] = {"rows_accepted": 0, "rows_quarantined": 0, "rows_ignored": 0, "quarantine": []}
    try:
        report = import_files(
            ledger, [InputFile(folder / name, role) for name, role in roles.items()], options=options,
            mapping=step["options"].get("mapping"), today=options.as_of or now.date(), recorded_at=now,
        )  # fmt: skip
    except PayriskError as error:
        return {**account, "verdict": "reject", "error_code": error.code, "error": str(error), "warnings": []}
    counted = [file for file in report.files if file.role == "invoices"] or report.files
    bad = report.quarantined
    return {
        "verdict": report.verdict, "error_code": None, "error": None,
        "rows_accepted": sum(file.accepted for file in counted),
        "rows_quarantined": len(bad), "rows_ignored": report.ignored,
        "quarantine": [{"row": row.row, "invoice_id": row.invoice_id, "reason": row.reason} for row in bad],
        "warnings": [warned.code for warned in report.warnings],
    }  # fmt: skip


def options_of(said: Mapping[str, Any]) -> ImportOptions:
    """The options of a step; what it leaves out or null is as usual."""
    limits = {name: value for name, value in (said.get("limits") or {}).items() if value is not None}
    given = {name: value for name, value in {**said, **limits}.items() if value is not None}
    decimals = {name: Decimal(str(given[name])) for name in ("amount_scale", "max_amount") if name in given}
    day = {"as_of": date.fromisoformat(given["as_of"])} if "as_of" in given else {}
    within = Limits(**{field.name: limits[field.name] for field in fields(Limits) if field.name in limits})
    known = {field.name for field in fields(ImportOptions)}
    return ImportOptions(**{n: v for n, v in {**given, **decimals, **day, "limits": within}.items() if n in known})


def current_ledger(ledger: Ledger) -> list[dict[str, str | None]]:
    """Every invoice as the newest export tells it, by id.

    Amounts are exact decimals. `paid_amount` is what was paid and not taken back, `paid_date` the newest day of it;
    both are null where nothing is. The name is that of the document's own
    row; where no invoice says one, that of the table of customers; else it is the customer's id.
    """
    if not ledger.imports():
        return []
    view = ledger.as_of(max(record.as_of for record in ledger.imports()))
    told = ledger.told().items.sort_values(["said_on", "version"], kind="stable")
    names = dict(zip(told["item_id"], told["customer_name"], strict=True))
    masters = view.customers.sort_values(["customer_id", "known_on"], kind="stable")
    called = {} if any(names.values()) else dict(zip(masters["customer_id"], masters["customer_name"], strict=True))
    paid = _payments(view.applications.to_dict("records"))
    items = view.items[view.items["superseded_on"] == NEVER].sort_values("item_id")
    return [
        _row(item, names.get(item["item_id"]) or called.get(item["customer_id"]), paid[item["item_id"]])
        for item in items.to_dict("records")
    ]


def _payments(applications: Sequence[Mapping[Any, Any]]) -> defaultdict[str, list[list[int]]]:
    """Of each item: [day, minor units] of the cash that stands. What was taken back is the payment of that amount
    where there is one, else the newest ones."""
    standing: defaultdict[str, list[list[int]]] = defaultdict(list)
    for row in sorted(applications, key=lambda row: (row["kind"] == "reversal", row["happened_on"])):
        payments, day, minor = standing[row["item_id"]], row["happened_on"], row["amount_minor"]
        if row["kind"] == "cash":
            payments.append([day, minor])
        elif row["kind"] == "reversal":
            same = [payment for payment in payments if payment[1] == -minor and payment[0] <= day]
            for payment in [*same[-1:], *reversed(payments)]:
                taken = min(-minor, payment[1], key=abs)
                payment[1] -= taken
                minor += taken
    return standing


def _row(item: Mapping[Any, Any], name: str | None, paid: Sequence[Sequence[int]]) -> dict[str, str | None]:
    money = {day: minor for day, minor in paid if minor}
    currency = item["currency"]
    return {
        "invoice_id": item["invoice_number"] or item["item_id"], "customer_id": item["customer_id"],
        "customer_name": name or item["customer_id"],
        "issue_date": to_date(item["issued_on"]).isoformat(), "due_date": to_date(item["due_on"]).isoformat(),
        "amount": str(to_decimal(item["amount_minor"], currency)), "currency": currency,
        "paid_date": to_date(max(money)).isoformat() if money else None,
        "paid_amount": str(to_decimal(sum(minor for _, minor in paid), currency)) if money else None,
        "terms": item["terms"] or None,
    }  # fmt: skip


if __name__ == "__main__":
    print(json.dumps(run_task(Path(sys.argv[1]), Path(sys.argv[2])), ensure_ascii=False))
