"""Imports in the words of their page: how a cell is understood, what became of the rows, who brought what and when."""

import re
from collections.abc import Container, Sequence
from decimal import Decimal, InvalidOperation
from itertools import count
from typing import Any

from ledger.file_layouts import FILE_LAYOUTS
from serving.web.languages import retold, speech, tr
from serving.web.words import count as number_words
from serving.web.words import day

Json = dict[str, Any]

COLUMN_NAMES = {
    "invoice_id": "invoice number", "customer_id": "customer", "customer_name": "customer name",
    "issue_date": "issue date", "due_date": "due date", "paid_date": "payment date", "paid_amount": "paid amount",
    "known_date": "recorded on", "document_type": "kind of document", "payment_id": "payment number",
    "booked_date": "booking date", "debtor_class": "kind of debtor", "parent_id": "parent customer",
    "base_currency": "into currency", "rate_date": "rate of day", "opened_date": "opened on",
    "resolved_date": "resolved on", "dispute_id": "dispute number",
}  # fmt: skip
"""A canonical column as people call it; where it is not here, its name without underscores."""

ROLE_NAMES = {
    "invoices": "invoices", "payments": "payments", "customers": "customers", "rates": "exchange rates",
    "disputes": "disputes", "": "not recognised yet",
}  # fmt: skip

STATE_NAMES = {
    "uploaded": "Waiting", "asking": "Waits for you", "running": "Running", "done": "Done", "refused": "Refused",
    "failed": "Failed",
}  # fmt: skip

IGNORED_NAMES = {
    "blank": ("blank line", "blank lines"), "exact_duplicate": ("exact duplicate", "exact duplicates"),
    "repeated_header": ("repeated header", "repeated headers"), "total": ("sub-total", "sub-totals"),
}  # fmt: skip

LEARNED_NAMES = {
    "new_invoices": ("new invoice", "new invoices"), "changed_invoices": ("changed invoice", "changed invoices"),
    "same_invoices": ("unchanged invoice", "unchanged invoices"), "new_payments": ("new payment", "new payments"),
    "new_reversals": ("payment taken back", "payments taken back"),
    "new_customers": ("new customer", "new customers"), "changed_customers": ("changed customer", "changed customers"),
    "new_rates": ("new exchange rate", "new exchange rates"),
}  # fmt: skip

STEP_WORDS = {
    "reading": "Reading {done} of {count} rows", "checking": "Checked {done} of {count} rows",
    "comparing": "Compared {done} of {count} rows", "writing": "Written {done} of {count} rows",
}  # fmt: skip

TODO = {
    "conflicting_duplicate": "Keep the right row; all of them are held back.",
    "paid_in_future": "Check the day of the export, or the row.",
    "issue_in_future": "Check the day of the export, or the row.",
    "missing_currency": "Add it, or say the currency of the file.",
    "missing_required": "Fill the cell.",
    "due_before_issue": "Correct one of the two days.",
    "paid_date_without_amount": "Fill or empty both.",
    "paid_amount_without_date": "Fill or empty both.",
    "orphan_payment": "Import its invoice first.",
}
"""What to do about a row whose sentence does not say it, by reason."""

MOST_SELECTS = 80
"""Headers whose column may be chosen on the page; a form has no more fields."""

_SENTENCE_END = re.compile(r"(?<=\.) (?=[A-Z])")


def column_name(name: str) -> str:
    """A canonical column in words.

    >>> column_name("invoice_id"), column_name("credit_limit"), column_name("")
    ('invoice number', 'credit limit', 'not used')
    """
    return tr(COLUMN_NAMES.get(name, name.replace("_", " ")) if name else "not used")


def choices(role: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """What a header may be read as: by kind of table, those of the table's own first; (canonical name, words)."""
    roles = sorted(FILE_LAYOUTS, key=lambda one: (one != role, list(FILE_LAYOUTS).index(one)))
    seen: set[str] = set()
    groups = []
    for one in roles if not role else roles[:1]:
        names = [name for name in FILE_LAYOUTS[one].names if name not in seen]
        seen.update(names)
        groups.append((tr(ROLE_NAMES[one]), [(name, column_name(name)) for name in names]))
    return groups


def understood(read_as: str, cell: Json, *, is_open: bool = False) -> str:
    """What a cell is read as, in words.

    >>> understood("amount", {"cell": "52.632,50", "value": "52632.50", "problem": ""})
    '52,632.50'
    >>> understood("paid_date", {"cell": "", "value": None, "problem": ""}), understood("", {"cell": "4711"})
    ('still open', '—')
    """
    if not read_as:
        return "—"
    if is_open:
        return tr("not settled yet")
    if cell["problem"]:
        return retold(cell["problem"])
    value = cell["value"]
    if value is None:
        return tr("still open" if read_as in ("paid_date", "paid_amount") else "nothing stated")
    if read_as.endswith("_date"):
        return day(value)
    if read_as.endswith("_id") or read_as == "entity":
        return tr("leading zeros kept" if re.fullmatch(r"0\d+", value) else "kept as text")
    return _grouped(value) if read_as in ("amount", "paid_amount", "credit_limit") else str(value)


def ignored_words(report: Json) -> str:
    """The rows that are no facts, by kind: `512 exact duplicates, 37 sub-totals`; '' for none."""
    counts: dict[str, int] = {}
    for file in report["files"]:
        for code, rows in file["ignored"].items():
            counts[code] = counts.get(code, 0) + rows
    return ", ".join(_counted(rows, IGNORED_NAMES, code) for code, rows in counts.items() if rows)


def learned_words(report: Json) -> str:
    """What the ledger learned: `4 new invoices, 1 new customer`."""
    said = [_counted(rows, LEARNED_NAMES, kind) for kind, rows in report["learned"].items() if rows]
    return ", ".join(said) or tr("nothing new")


def row_bar(report: Json) -> list[tuple[str, float, float]]:
    """The rows as parts of one bar: kind, beginning and width, in percent; what is there is never too thin to see."""
    counts = [("accepted", report["rows_accepted"]), ("aside", report["rows_quarantined"]),
              ("ignored", report["rows_ignored"])]  # fmt: skip
    wide = [(kind, max(100 * rows / report["rows_read"], 0.8)) for kind, rows in counts if rows]
    total, at, parts = sum(width for _, width in wide), 0.0, []
    for kind, width in wide:
        parts.append((kind, at, 100 * width / total))
        at += 100 * width / total
    return parts


def money_rows(report: Json) -> list[Json]:
    """By currency: what is open after the import, and whether the ledger's control total is the same to the cent."""
    rows: dict[str, list[Decimal]] = {}
    for row in report["open"]:
        opened, difference = rows.setdefault(row["currency"], [Decimal(0), Decimal(0)])
        rows[row["currency"]] = [opened + Decimal(row["open"]), difference + abs(Decimal(row["difference"]))]
    return [
        {
            "open": {"amount": str(opened), "currency": currency},
            "control": {"amount": str(opened - difference), "currency": currency},
            "ties": not difference,
        }
        for currency, (opened, difference) in rows.items()
    ]


def seen_and_todo(row: Json) -> tuple[str, str]:
    """What was seen in a row that was set aside, and what to do: the parts of its sentence.

    >>> seen_and_todo({"sentence": '"31/02/2026" is not a date. Expected YYYY-MM-DD, as in 2026-03-31.'})
    ('“31/02/2026” is not a date', 'Expected YYYY-MM-DD, as in 2026-03-31.')
    """
    first, *rest = _SENTENCE_END.split(retold(row["sentence"]))
    todo = tr(TODO.get(row.get("reason", ""), "Correct the row."))
    return _quoted(first).rstrip("."), _quoted(" ".join(rest)) or todo


def progress_words(progress: Json | None) -> str:
    """How far an import is: `Checked 12,590 of 20,314 rows · about 3 s left`."""
    if progress is None or progress["rows"] is None:
        return tr("Reading the file")
    left, done = progress["seconds_left"], {name: number_words(progress[name]) for name in ("rows_done", "rows")}
    rows = tr(STEP_WORDS[progress["step"]], done=done["rows_done"], count=done["rows"])
    return rows + (f" · {tr('about {time} left', time=_duration(left))}" if left is not None else "")


def progress_share(progress: Json | None) -> float:
    """The same as a share of 100."""
    if progress is None or not progress["rows"]:
        return 3.0
    share: float = 100 * progress["rows_done"] / progress["rows"]
    return max(3.0, min(100.0, share))


def mapping_slug(files: Sequence[Json], taken: Container[str] = ()) -> str:
    """A name to save a mapping under, from that of the first file, and none that is taken.

    >>> mapping_slug([{"name": "open_items_2026-03-03.csv"}]), mapping_slug([{"name": "2026.csv"}], ["our-export"])
    ('open_items', 'our-export-2')
    """
    stem = re.sub(r"[^A-Za-z0-9]+", "_", files[0]["name"].rpartition(".")[0] or files[0]["name"])
    name = re.sub(r"[0-9_]+$", "", stem)[:40].lstrip("_") or "our-export"
    return next(one for number in count(1) if (one := f"{name}-{number}" if number > 1 else name) not in taken)


def _duration(seconds: int) -> str:
    return f"{seconds} s" if seconds < 90 else f"{round(seconds / 60)} min"


def _counted(rows: int, names: dict[str, tuple[str, str]], code: str) -> str:
    word = code.replace("_", " ")
    return f"{number_words(rows)} {tr(names.get(code, (word, word + 's'))[rows != 1])}"


def _quoted(text: str) -> str:
    """A sentence with the quotation marks of the language of the page."""
    opening, closing = tr("“quotes”").split("quotes")
    return re.sub(r'"([^"]*)"', rf"{opening}\1{closing}", text)


def _grouped(value: str) -> str:
    try:
        return speech().separated(f"{Decimal(value):,}")
    except InvalidOperation:
        return value
