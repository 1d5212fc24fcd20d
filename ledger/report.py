"""`ImportReport`: what became of every row of every file, and what the ledger learned."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from ledger.layout import INVOICES, PAYMENTS
from ledger.money import money_text, to_decimal
from ledger.words import count_text, shown, without_control

_SHOWN = 20
"""Rows that `text()` shows of those set aside; `as_dict()` has all."""


@dataclass(frozen=True)
class QuarantinedRow:
    """A row that was set aside: `row` the data row from 1, `line` its line in the file or row in the worksheet.

    `cells` are those of the file, in the order of its headers; none where they are `left_out` for a person who was
    erased.
    """

    file: str
    row: int
    line: int
    column: str
    value: str
    reason: str
    sentence: str
    invoice_id: str = ""
    cells: tuple[str, ...] = ()
    left_out: bool = False

    def __str__(self) -> str:
        where = f"{self.file}, line {self.line}" + (f", {self.column}" if self.column else "")
        return f"{where}: {self.sentence}"


@dataclass(frozen=True)
class FileReport:
    """One table of one file: `read` = `accepted` + quarantined + ignored.

    `unread_columns` are headers that nothing was read from, `skipped_sheets` worksheets of the file without a table.
    """

    name: str
    role: str
    sha256: str
    accepted: int
    quarantined: tuple[QuarantinedRow, ...]
    ignored: Mapping[str, int]
    unread_columns: tuple[str, ...] = ()
    skipped_sheets: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()

    @property
    def read(self) -> int:
        """Rows below the header, of every kind."""
        return self.accepted + len(self.quarantined) + sum(self.ignored.values())


@dataclass(frozen=True)
class Warned:
    """Something to know that stopped nothing: how many rows (0 when it is about none), and what was done."""

    code: str
    count: int
    sentence: str


@dataclass(frozen=True)
class CurrencyTotal:
    """Control totals of the accepted rows in one currency, in its minor units."""

    invoices: int = 0
    amount_minor: int = 0
    paid_minor: int = 0


@dataclass(frozen=True)
class ImportReport:
    """The account of one import.

    Attributes:
        source: the mapping that read the files.
        as_of: the day of the export; `as_of_derived` when it was taken from the files.
        files: one per table.
        learned: what is new or changed, by kind: `new_invoices`, `changed_invoices`, `same_invoices`, `new_payments`,
            `new_reversals`, `new_customers`, `changed_customers`, `new_rates`.
        totals: by currency, of the accepted rows.
        warnings: in order of their codes.
        version: of the ledger afterwards; what it would have been is not known in a dry run.
        dry_run: everything was done but the loading.
        loaded: whether the ledger changed.
    """

    source: str
    as_of: date
    as_of_derived: bool
    files: tuple[FileReport, ...]
    learned: Mapping[str, int]
    totals: Mapping[str, CurrencyTotal]
    warnings: tuple[Warned, ...] = ()
    version: int = 0
    dry_run: bool = False
    loaded: bool = False
    reasons: Mapping[str, int] = field(init=False)

    def __post_init__(self) -> None:
        counted = Counter(row.reason for file in self.files for row in file.quarantined)
        object.__setattr__(self, "reasons", dict(counted.most_common()))

    @property
    def accepted(self) -> int:
        """Rows accepted, over all files."""
        return sum(file.accepted for file in self.files)

    @property
    def quarantined(self) -> tuple[QuarantinedRow, ...]:
        """Rows set aside, over all files, in file order."""
        return tuple(row for file in self.files for row in file.quarantined)

    @property
    def ignored(self) -> int:
        """Rows that are no facts, over all files."""
        return sum(sum(file.ignored.values()) for file in self.files)

    @property
    def verdict(self) -> str:
        """`accept` or `accept_with_quarantine`; a refusal is an error and has no report."""
        return "accept_with_quarantine" if self.quarantined else "accept"

    @property
    def is_export(self) -> bool:
        """Whether it says what is owed or was paid up to its day; customers and rates alone do not."""
        return any(file.role in (INVOICES, PAYMENTS) for file in self.files)

    @property
    def nothing_new(self) -> bool:
        """Whether the files say nothing that the ledger did not know."""
        return not any(count for kind, count in self.learned.items() if not kind.startswith("same_"))

    def text(self) -> str:
        """The account for people: files, day, totals, what is new, what was set aside and why, warnings."""
        lines = [
            f"{file.name} ({file.role}): {count_text(file.read, 'row')} read = {file.accepted:,} accepted + "
            f"{len(file.quarantined):,} quarantined + {sum(file.ignored.values()):,} ignored{_in_words(file.ignored)}"
            for file in self.files
        ]
        lines += [line for file in self.files if (line := _unread_text(file))]
        lines.append(f"{self._day_text()}. Read as {self.source}.")
        lines += [
            f"{currency}: {count_text(total.invoices, 'invoice')} over {money_text(total.amount_minor, currency)}, "
            f"payments of {money_text(total.paid_minor, currency)}"
            for currency, total in self.totals.items()
        ]
        lines.append(self._learned_text())
        if self.quarantined:
            lines.append(f"Set aside ({', '.join(f'{code} {count:,}' for code, count in self.reasons.items())}):")
            lines += [f"  {row}" for row in self.quarantined[:_SHOWN]]
            if len(self.quarantined) > _SHOWN:
                lines.append(f"  … and {len(self.quarantined) - _SHOWN:,} more (all with --json)")
            lines.append("Correct these lines and import the file again: what is known already counts once.")
        lines += [f"Note: {warned.sentence} ({_code_text(warned)})" for warned in self.warnings]
        return "\n".join(without_control(line) for line in lines)

    def as_dict(self) -> dict[str, Any]:
        """The account for machines: plain values, money as text beside its currency, days as YYYY-MM-DD."""
        return {
            "verdict": self.verdict,
            "source": self.source,
            "as_of": self.as_of.isoformat(),
            "as_of_derived": self.as_of_derived,
            "is_export": self.is_export,
            "dry_run": self.dry_run,
            "loaded": self.loaded,
            "nothing_new": self.nothing_new,
            "ledger_version": self.version,
            "rows_read": sum(file.read for file in self.files),
            "rows_accepted": self.accepted,
            "rows_quarantined": len(self.quarantined),
            "rows_ignored": self.ignored,
            "learned": dict(self.learned),
            "reasons": dict(self.reasons),
            "totals": {
                currency: {
                    "invoices": total.invoices,
                    "amount": str(to_decimal(total.amount_minor, currency)),
                    "paid": str(to_decimal(total.paid_minor, currency)),
                }
                for currency, total in self.totals.items()
            },
            "warnings": [{"code": w.code, "rows": w.count, "sentence": w.sentence} for w in self.warnings],
            "files": [_file_dict(file) for file in self.files],
        }

    def _day_text(self) -> str:
        if not self.is_export:
            return "No invoices or payments: the newest day of the ledger stays as it was"
        derived = ", the newest day in the files; name another with --as-of" if self.as_of_derived else ""
        return f"Export of {self.as_of.isoformat()}{derived}"

    def _learned_text(self) -> str:
        if self.nothing_new and self.loaded:
            return f"Nothing new, but that it was still so on {self.as_of.isoformat()} (version {self.version})."
        if self.nothing_new:
            return f"Nothing new: the ledger knew all of it and stays as it was (version {self.version})."
        counts = {_words(kind).removesuffix("s"): count for kind, count in self.learned.items() if count}
        said = ", ".join(count_text(count, kind) for kind, count in counts.items())
        if self.dry_run:
            return f"Dry run: {said}. Nothing was imported."
        return f"Learned: {said}. The ledger is at version {self.version}."


def _file_dict(file: FileReport) -> dict[str, Any]:
    return {
        "name": file.name,
        "role": file.role,
        "sha256": file.sha256,
        "rows_read": file.read,
        "rows_accepted": file.accepted,
        "rows_quarantined": len(file.quarantined),
        "rows_ignored": sum(file.ignored.values()),
        "ignored": dict(file.ignored),
        "unread_columns": list(file.unread_columns),
        "skipped_sheets": list(file.skipped_sheets),
        "quarantine": [
            {
                "row": row.row,
                "line": row.line,
                "invoice_id": row.invoice_id,
                "column": row.column,
                "value": row.value,
                "reason": row.reason,
                "sentence": row.sentence,
            }
            for row in file.quarantined
        ],
    }


def _in_words(ignored: Mapping[str, int]) -> str:
    said = ", ".join(count_text(count, _words(code)) for code, count in ignored.items() if count)
    return f" ({said})" if said else ""


def _unread_text(file: FileReport) -> str:
    said = [
        f"{what} not read: {', '.join(shown(name) for name in names)}."
        for what, names in (("Columns", file.unread_columns), ("Worksheets", file.skipped_sheets))
        if names
    ]
    return f"{file.name}: {' '.join(said)}" if said else ""


def _code_text(warned: Warned) -> str:
    return f"{warned.code}, {count_text(warned.count, 'row')}" if warned.count else warned.code


def _words(code: str) -> str:
    return code.replace("_", " ")
