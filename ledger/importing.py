"""From files to the ledger: read, recognised, checked, compared with what was told, and loaded whole or not at all."""

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from pathlib import Path

import pandas as pd

from ledger.book import Ledger
from ledger.check_disputes import check_disputes
from ledger.check_invoices import check_invoices, split_payments
from ledger.check_known import set_contradictions_aside
from ledger.check_masters import check_customers, check_rates, set_unknown_customers_aside, take_last_names
from ledger.check_payments import check_payments
from ledger.checked import Checked, without_duplicates
from ledger.columns import Columns, read_columns
from ledger.days import to_date, to_day
from ledger.errors import LedgerMoved
from ledger.export_day import derived_day, doubt, is_export
from ledger.exports import INVOICES, PAYMENTS
from ledger.hearing import CUSTOMERS, DISPUTES, RATES, CheckedFiles, Hearing
from ledger.layout import recognise, require_named_columns
from ledger.left_out import set_aside_without_erased, without_erased
from ledger.mapping import ColumnMapping, load_mapping
from ledger.options import ImportOptions, InputFile
from ledger.ordering import are_in
from ledger.plausibility import refuse_implausible
from ledger.reading.apart import read_apart
from ledger.reading.files import SourceFile
from ledger.refusals import AsOfAfterToday, FileRefused, StaleExport, TooManyBadRows
from ledger.remarks import file_remarks, row_remarks
from ledger.report import CurrencyTotal, FileReport, ImportReport
from ledger.telling import Export
from ledger.told_twice import refuse_moved_payments, refuse_payments_of_paid_columns
from ledger.watch import NOBODY, ImportWatch

_TRIES = 3
"""How often the rows are compared anew with a ledger that another import moved meanwhile."""


@dataclass(frozen=True)
class _Import:
    """What was read of one import, and how it is meant."""

    files: Sequence[SourceFile]
    tables: Sequence[tuple[Columns, str]]
    mapping: ColumnMapping
    options: ImportOptions
    today: date
    recorded_at: datetime

    def of(self, role: str) -> list[tuple[Columns, str]]:
        return [(columns, sha256) for columns, sha256 in self.tables if columns.table.role == role]

    @property
    def columns(self) -> list[Columns]:
        return [columns for columns, _ in self.tables]


def import_files(
    ledger: Ledger,
    files: Sequence[Path | InputFile],
    *,
    mapping: str | ColumnMapping | Mapping[str, str] | None = None,
    options: ImportOptions | None = None,
    today: date,
    recorded_at: datetime,
    mapping_folder: Path | None = None,
    watch: ImportWatch = NOBODY,
) -> ImportReport:
    """Import files that belong together, as one: all of them or none.

    Args:
        ledger: where it goes.
        files: delimited text, workbooks or Parquet; invoices, payments, customers, rates and disputes are told by
            their headers. They are read in a process of their own, with limits.
        mapping: name of a saved mapping, a mapping, or canonical column → header; None reads the canonical columns,
            also under their commonest names in other languages.
        options: see `ImportOptions`. Customers and rates alone are no export: they make the ledger no newer.
        today: the day of the import, by the gate's clock.
        recorded_at: the instant of the import, with its zone.
        mapping_folder: where own mappings are saved.
        watch: who is told how far it is.

    Returns:
        The account of every row. Files that say nothing new change nothing.

    Raises:
        FileRefused: a file cannot be read or believed; nothing was imported. Its `code` says why.
        LedgerMoved, ImportSwept: other imports were running; nothing was imported.
        UnknownMapping, BadMapping, AsOfAfterToday: the call itself is wrong.
    """
    options = options or ImportOptions()
    if options.as_of is not None and options.as_of > today:
        raise AsOfAfterToday(options.as_of, today)
    meant = _mapping(mapping, mapping_folder)
    options = replace(options, layout=options.layout or meant.layout)
    read = _read([_input(file) for file in files], meant, options, today, recorded_at, watch)
    compare_and_load = partial(_compare_and_load, ledger, read, watch)
    for _ in range(_TRIES - 1):
        with suppress(LedgerMoved):
            return compare_and_load()
    return compare_and_load()


def _input(file: Path | InputFile) -> InputFile:
    return file if isinstance(file, InputFile) else InputFile(file)


def _mapping(said: str | ColumnMapping | Mapping[str, str] | None, folder: Path | None) -> ColumnMapping:
    if isinstance(said, ColumnMapping):
        return said
    if isinstance(said, Mapping):
        return ColumnMapping.of_columns(said)
    return load_mapping(said, folder)


def _read(
    files: Sequence[InputFile],
    mapping: ColumnMapping,
    options: ImportOptions,
    today: date,
    recorded_at: datetime,
    watch: ImportWatch,
) -> _Import:
    encoding, delimiter = options.encoding or mapping.encoding, options.delimiter or mapping.delimiter
    watch.step("reading", 0, 0)
    read = read_apart([file.path for file in files], options.limits, encoding=encoding, delimiter=delimiter)
    watch.read(read)
    tables = []
    for file, source in zip(files, read, strict=True):
        if not source.sheets:
            raise FileRefused("empty_file", source.name, "The workbook holds no cell.", remedy="Export it again.")
        tables += [(table, source.sha256) for table in recognise(source.sheets, mapping, options, file.role)]
    require_named_columns([table for table, _ in tables], mapping)
    near = options.as_of or today
    rows, done = sum(len(table) for table, _ in tables), 0
    columns: list[tuple[Columns, str]] = []
    for table, sha256 in tables:
        watch.step("checking", done, rows)
        columns.append((read_columns(table, mapping, options, near=near), sha256))
        done += len(table)
    watch.step("comparing", 0, rows)
    return _Import(read, columns, mapping, options, today, recorded_at)


def _compare_and_load(ledger: Ledger, read: _Import, watch: ImportWatch) -> ImportReport:
    """Compare what was read with the ledger as it stands, and load what is new. Raises `LedgerMoved`."""
    version = ledger.version
    hearing = _hear(ledger, read, version)
    day = to_date(hearing.export.day)
    options, of_book = read.options, hearing.is_book
    said = hearing.rows()
    news = bool(len(said) or (of_book and day not in ledger.previous_exports(read.mapping.name)))
    if news and not options.dry_run:
        ledger.tell(
            said, source=read.mapping.name, as_of=day, roles=hearing.export.roles, mode=options.mode,
            posting_lag_days=options.posting_lag_days, recorded_at=read.recorded_at,
            files=[(file.name, file.sha256) for file in read.files], computed_on=version,
            wrote=lambda done: watch.step("writing", done, len(said)), also=watch.accepting,
        )  # fmt: skip
    tables = hearing.checked.tables
    return ImportReport(
        source=read.mapping.name,
        as_of=day,
        as_of_derived=options.as_of is None,
        files=tuple(_file_report(table, sha256) for _, table, sha256 in tables),
        learned=dict(hearing.learned()),
        totals=_totals(hearing.checked),
        warnings=(
            *row_remarks(hearing.warned(), (table for _, table, _ in tables), read.mapping),
            *file_remarks(read.files, [c.table for c in read.columns], mapped=not read.mapping.is_canonical),
            *(doubt(day, read.today) if of_book and options.as_of is None else ()),
        ),
        version=ledger.version,
        dry_run=options.dry_run,
        loaded=news and not options.dry_run,
    )


def _hear(ledger: Ledger, read: _Import, version: int) -> Hearing:
    """What the export says beside what was told before. Raises `FileRefused` for what cannot be believed."""
    told, exports, (_, gone) = ledger.told(version), ledger.exports(version), ledger.store.erased()
    newest = max(exports.book_days(read.mapping.name), default=None)
    day = read.options.as_of or derived_day(read.columns, read.today, newest)
    roles = frozenset(columns.table.role for columns in read.columns)
    roles |= {PAYMENTS} if read.options.layout == "one_row_per_payment" else frozenset()
    while True:
        export = Export(read.mapping.name, to_day(day), read.options.mode, roles)
        hearing = Hearing(export, CheckedFiles(), told, exports, gone)
        disputed = _check(read, hearing)
        accepted = _newest_accepted(hearing.checked, read.today)
        if read.options.as_of is not None or not is_export(read.columns) or not accepted or accepted >= day:
            break
        # The newest day stood in a row that is not believed.
        day = accepted
    _refuse_what_cannot_be(hearing, read, disputed)
    return hearing


def _check(read: _Import, hearing: Hearing) -> int:
    """Check every table into `hearing`; how many invoices contradict what was told."""
    as_of, checked, options = hearing.export.day, hearing.checked, read.options
    left_out = partial(without_erased, gone=hearing.gone, told_items=hearing.told.items)
    own_payments = bool(read.of(PAYMENTS))
    for columns, sha256 in read.of(INVOICES):
        table = check_invoices(columns, as_of, read_payments=not own_payments, options=options)
        table.warned["paid_columns_unused"] += own_payments and "paid_date" in columns.has
        if options.layout == "one_row_per_payment":
            table, payments = split_payments(table)
            checked.payments_of_rows.append(payments)
        checked.add(INVOICES, left_out(table), sha256)
    without_duplicates(checked.of(INVOICES))
    if options.layout == "three_tables":
        _set_invoices_of_nobody_aside(read, hearing)
    disputed = set_contradictions_aside(hearing)
    pays = read.of(PAYMENTS) or read.of(DISPUTES) or checked.payments_of_rows
    payable = hearing.payable(without=disputed) if pays else pd.DataFrame()
    for payments in checked.payments_of_rows:
        payments.facts = payments.facts[are_in(payments.facts["item_id"], payable["item_id"])].reset_index(drop=True)
    for columns, sha256 in read.of(PAYMENTS):
        checked.add(PAYMENTS, left_out(check_payments(columns, as_of, payable, options)), sha256)
    for columns, sha256 in read.of(CUSTOMERS):
        checked.add(CUSTOMERS, left_out(check_customers(columns)), sha256)
    for columns, sha256 in read.of(RATES):
        checked.add(RATES, check_rates(columns, to_day(read.today)), sha256)
    for columns, sha256 in read.of(DISPUTES):
        checked.add(DISPUTES, left_out(check_disputes(columns, as_of, payable)), sha256)
    take_last_names(checked.read(CUSTOMERS))
    for role in (PAYMENTS, CUSTOMERS, RATES, DISPUTES):
        without_duplicates(checked.read(role))
    if read.of(PAYMENTS):
        hearing.forget_items()
    for _, table, _ in checked.tables:
        table.bad = set_aside_without_erased(table, hearing.gone, hearing.told.items)
    return len(disputed)


def _set_invoices_of_nobody_aside(read: _Import, hearing: Hearing) -> None:
    """Where customers have a table of their own, an invoice is of one of them or of one known before."""
    named = {name for columns, _ in read.of(CUSTOMERS) for name in columns.texts["customer_id"].values.to_pylist()}
    if named - {""}:
        known = named | set(hearing.told.customers["customer_id"])
        for table in hearing.checked.of(INVOICES):
            set_unknown_customers_aside(table, known)


def _refuse_what_cannot_be(hearing: Hearing, read: _Import, disputed: int) -> None:
    _refuse_if_mostly_bad(hearing.checked, read.options.max_quarantine_ratio)
    later = hearing.items.told_by_others_later()
    if later.any():
        names = {record.source: record for record in hearing.exports.records if record.source != read.mapping.name}
        newer = max(names.values(), key=lambda record: record.as_of)
        raise StaleExport(read.files[0].name, to_date(hearing.export.day), newer.as_of, newer.source)
    set_aside = sum(len(table.bad) for table in hearing.checked.of(INVOICES))
    refuse_implausible(hearing, read.options, read.files[0].name, set_aside)
    payments = hearing.checked.of(PAYMENTS)
    if payments:
        refuse_payments_of_paid_columns(hearing, payments[0].columns.table.file)
        refuse_moved_payments(hearing)


def _newest_accepted(checked: CheckedFiles, today: date) -> date | None:
    """The newest day, not after today, on which something in the accepted rows happened or became known."""
    limit, days = to_day(today), set[int]()
    for role, names in ((INVOICES, ("issued_on", "paid_on", "stated_known_on")), (PAYMENTS, ("paid_on", "booked_on"))):
        for table in checked.of(role):
            for name in names:
                days.update(table.facts.loc[table.facts[name] <= limit, name].nlargest(1).tolist())
    return to_date(max(days)) if days else None


def _refuse_if_mostly_bad(checked: CheckedFiles, limit: float) -> None:
    for _, table, _ in checked.tables:
        rows = table.columns.table.read - table.ignored.total()
        if len(table.bad) > limit * rows:
            reasons = dict(Counter(row.reason for row in table.bad).most_common())
            example = str(table.bad[0])
            raise TooManyBadRows(table.columns.table.file, len(table.bad), rows, reasons, example, limit)


def _file_report(table: Checked, sha256: str) -> FileReport:
    source = table.columns.table
    name = f"{source.file} [{source.sheet}]" if source.sheet else source.file
    return FileReport(
        name, source.role, sha256, table.accepted,
        tuple(row if row.left_out else replace(row, cells=tuple(source.cells_of(row.line))) for row in table.bad),
        dict(table.ignored), source.unread, source.skipped_sheets, source.headers,
    )  # fmt: skip


def _totals(checked: CheckedFiles) -> dict[str, CurrencyTotal]:
    """Control totals of the accepted rows, by currency."""
    invoices, payments = checked.facts(INVOICES), checked.facts(PAYMENTS)
    parts = []
    if invoices is not None:
        billed = invoices[["currency", "amount_minor", "paid_minor"]]
        parts.append(billed.assign(invoices=1))
    if payments is not None:
        paid = payments[["currency"]].assign(amount_minor=0, paid_minor=payments["amount_minor"], invoices=0)
        parts.append(paid)
    for table in checked.of(PAYMENTS):
        on_account = table.on_account[["currency"]]
        parts.append(on_account.assign(amount_minor=0, paid_minor=-table.on_account["amount_minor"], invoices=0))
    if not parts:
        return {}
    sums = pd.concat(parts, ignore_index=True).groupby("currency", sort=True).sum()
    return {
        str(currency): CurrencyTotal(int(row["invoices"]), int(row["amount_minor"]), int(row["paid_minor"]))
        for currency, row in sums.iterrows()
    }
