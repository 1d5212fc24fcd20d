"""Why a whole file, or a mapping, is refused: nothing of it is imported then.

The codes are stable; the sentences name the file, the column or the line, and the way out.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from ledger.errors import PayriskError
from ledger.words import count_text, shown, without_control


@dataclass(frozen=True)
class Doubt:
    """What one word of a person would settle.

    Attributes:
        option: the option of the import that says it; "columns" for which header a column is.
        answers: the words that it may be; empty where any may.
        cell: what leaves it open, as it stands in the file; count: how many do.
    """

    option: str
    answers: tuple[str, ...] = ()
    cell: str = ""
    count: int = 0


class FileRefused(PayriskError):
    """A file that cannot be read or believed as it is. `code` is one of the contract's file codes.

    `line` is that of the cell in `field` which the sentence is about; None when it is about the whole file. `doubt` is
    there where one word would settle it.
    """

    def __init__(
        self,
        code: str,
        file: str,
        sentence: str,
        *,
        remedy: str | None = None,
        field: str | None = None,
        line: int | None = None,
        doubt: Doubt | None = None,
    ) -> None:
        self.code, self.file, self.remedy, self.field, self.line = code, file, remedy, field, line
        self.sentence, self.doubt = sentence, doubt
        where = file if line is None else f"{file}, line {line}, {field}"
        super().__init__(without_control(f"{where}: {sentence}" + (f" {remedy}" if remedy else "")))


class NoSuchFile(FileRefused):
    """The path does not lead to a file."""

    exit_code = 2

    def __init__(self, path: str, *, is_folder: bool = False) -> None:
        if is_folder:
            super().__init__(
                "not_a_file", path, "This is a folder.", remedy="Name the files in it, one after the other."
            )
        else:
            super().__init__("file_not_found", path, "There is no such file.", remedy="Check the spelling of the path.")


class TooLarge(FileRefused):
    """More than the limits of an import allow."""

    def __init__(self, code: str, file: str, what: str, found: int, limit: int) -> None:
        super().__init__(
            code, file, f"The file has {found:,} {what}; the limit is {limit:,}.", remedy="Export it in parts."
        )


class MissingColumns(FileRefused):
    """The columns without which the rows mean nothing."""

    def __init__(self, file: str, missing: Iterable[str], found: Iterable[str], role: str) -> None:
        self.missing = tuple(missing)
        columns = ", ".join(self.missing)
        super().__init__(
            "missing_columns",
            file,
            f"As {role}, the file lacks {columns}. Its columns: {_quoted(found)}.",
            remedy=(
                "Rename the headers, or save a mapping as mappings/NAME.toml: [columns] names them "
                '(amount = "Your header"), [constants] says what is the same in every row. '
                "Then import with --mapping NAME."
                + (" If all rows are in one currency, say --currency EUR." if "currency" in self.missing else "")
            ),
            field=self.missing[0],
            doubt=Doubt("currency") if self.missing == ("currency",) else Doubt("columns"),
        )


class MappingDoesNotFit(FileRefused):
    """A saved mapping for another file than this one: headers that it names are not there, or it leaves columns out."""

    def __init__(
        self, file: str, mapping: str, absent: Sequence[str], unsaid: Sequence[str], found: Iterable[str]
    ) -> None:
        said = [f"names {_quoted(absent, ' and ')}"] if absent else []
        said += [f"does not say which column is {', '.join(unsaid)}"] if unsaid else []
        super().__init__(
            "missing_columns",
            file,
            f'Mapping "{mapping}" {" and ".join(said)}; the file has {_quoted(found)}.',
            remedy="Correct the mapping, or import the file that it was written for.",
            field=[*absent, *unsaid][0],
            doubt=Doubt("columns"),
        )


class TooManyBadRows(FileRefused):
    """More of the file is unbelievable than may be set aside."""

    def __init__(self, file: str, bad: int, rows: int, reasons: Mapping[str, int], example: str, limit: float) -> None:
        commonest = ", ".join(f"{code} ({count:,})" for code, count in list(reasons.items())[:3])
        super().__init__(
            "too_many_bad_rows",
            file,
            f"{bad:,} of {rows:,} rows cannot be believed (over {limit:.0%} is too much); commonest: {commonest}. "
            f"First: {example}",
            remedy="Nothing was imported. Look at the columns named; --dry-run --max-bad 1 shows every reason.",
        )


class StaleExport(FileRefused):
    """An export of invoices that another source has told since."""

    def __init__(self, file: str, as_of: date, newest: date, source: str) -> None:
        self.as_of, self.newest = as_of, newest
        super().__init__(
            "stale_export",
            file,
            f'The export is of {as_of.isoformat()}; the ledger already holds one of {newest.isoformat()} ("{source}").',
            remedy="An older export is filled in only among those read by the same mapping: use that one, or name the "
            "day of this export with --as-of.",
            field="as_of",
        )


class SnapshotShrunk(FileRefused):
    """A snapshot that holds far fewer invoices than the one before."""

    def __init__(self, file: str, rows: int, before: int, ratio: float) -> None:
        super().__init__(
            "snapshot_shrunk",
            file,
            f"The snapshot has {count_text(rows, 'invoice')}; the one before had {before:,}, and less than "
            f"{ratio:.0%} of that is not believed: the others would all count as vanished.",
            remedy="Export everything again; or say --mode append if the file only adds, or --allow-shrink if it is "
            "complete.",
            doubt=Doubt("allow_shrink", ("yes",), count=before - rows),
        )


class SuspiciousChange(FileRefused):
    """Most known invoices changed alike, or new ones are of another size: a unit, a sign, a currency, a calendar."""

    def __init__(self, code: str, file: str, field: str, changed: int, known: int, how: str) -> None:
        super().__init__(
            code,
            file,
            f"The {field} of {changed:,} of {count_text(known, 'known invoice')} changed ({how})."
            if code == "suspicious_change"
            else f"{count_text(changed, 'new invoice')} look like those of another unit: {how}.",
            remedy="Look at the units, signs and dates of the export; if it is right, import it with --allow-shift.",
            field=field,
            doubt=Doubt("allow_shift", ("yes",), count=changed),
        )


class PaymentsToldTwice(FileRefused):
    """Payments of invoices whose paid columns may already have told the same money."""

    def __init__(self, file: str, first: str, count: int) -> None:
        super().__init__(
            "payments_told_twice",
            file,
            f"The file has payments of {count_text(count, 'invoice')} that paid columns told as paid so far "
            f'(first: "{shown(first)}"); the same money would count twice.',
            remedy="Go on with the paid columns and leave these payments out, or begin a new ledger with invoices "
            "and payments in files of their own.",
            field="invoice_id",
        )


class AsOfAfterToday(PayriskError):
    """An export cannot be from tomorrow."""

    code = "as_of_in_future"
    exit_code = 2
    field = "as_of"

    def __init__(self, as_of: date, today: date) -> None:
        super().__init__(f"The day of the export, {as_of.isoformat()}, is after today, {today.isoformat()}.")


class UnknownMapping(PayriskError):
    """No saved mapping of that name."""

    code = "unknown_mapping"
    exit_code = 2
    field = "mapping"

    def __init__(self, name: str, known: Iterable[str]) -> None:
        self.name = name
        super().__init__(
            f'There is no mapping "{name}". Known: {", ".join(sorted(known))}. A new one is a file mappings/NAME.toml.'
        )


class BadMapping(PayriskError):
    """A saved mapping that contradicts itself or says what cannot be understood."""

    code = "bad_mapping"
    field = "mapping"

    def __init__(self, name: str, sentence: str) -> None:
        self.name = name
        super().__init__(f'Mapping "{name}": {sentence}')


def _quoted(names: Iterable[str], between: str = ", ") -> str:
    return between.join(f'"{shown(name)}"' for name in names if name) or "none"
