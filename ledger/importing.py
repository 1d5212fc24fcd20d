"""From files to the ledger: read, recognised, checked, compared with what was known, and loaded whole or not at all."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from ledger.book import Ledger
from ledger.check_invoices import check_invoices
from ledger.check_masters import check_customers, check_rates
from ledger.check_payments import check_payments
from ledger.checked import Checked, Customer, Fact, Invoice, Payment, Rate, without_duplicates
from ledger.columns import Columns, read_columns
from ledger.days import to_date, to_day
from ledger.errors import BeforeFirstFact, EmptyLedger
from ledger.import_options import ImportOptions
from ledger.layout import CUSTOMERS, INVOICES, PAYMENTS, RATES, recognise, require_named_columns
from ledger.learning import KnowledgeRule, Known, Learning
from ledger.mapping import ColumnMapping, load_mapping
from ledger.reading.files import SourceFile, read_file
from ledger.refusals import AsOfAfterToday, StaleExport, TooManyBadRows
from ledger.report import CurrencyTotal, FileReport, ImportReport, Warned

_DEFAULTS = ImportOptions()

_WARNINGS = {
    "amounts_rounded": "Amounts with more decimals than their currency has were rounded, as the mapping says.",
    "customer_name_conflict": "Customers appear under different names; the newest is shown.",
    "customer_name_missing": "Customers have no name in some rows; their id stands for it.",
    "due_date_derived": "Due dates were missing and derived from the terms.",
    "excel_serial_dates": "Dates were spreadsheet day numbers, read in the 1900 system.",
    "overpaid": "More was paid than billed.",
    "paid_amount_assumed_full": "There is no paid amount; a paid date counts as paid in full.",
    "paid_before_issue": "Payments lie before the issue of their invoice: prepayments.",
    "paid_columns_unused": "Payments have a file of their own; the paid columns of the invoices were not read.",
    "two_digit_year": "Years have two digits and were completed to within 50 years.",
    "zero_amount": "Invoices over zero are kept, and never ranked.",
}


@dataclass
class _Read:
    """The read columns of one import, by role, each with the digest of its file."""

    files: list[SourceFile] = field(default_factory=list)
    columns: list[tuple[Columns, str]] = field(default_factory=list)

    def of(self, role: str) -> list[tuple[Columns, str]]:
        return [(columns, sha256) for columns, sha256 in self.columns if columns.table.role == role]


@dataclass
class _Checked:
    """The checked tables of one import, by role, each with the digest of its file."""

    invoices: list[tuple[Checked[Invoice], str]] = field(default_factory=list)
    payments: list[tuple[Checked[Payment], str]] = field(default_factory=list)
    customers: list[tuple[Checked[Customer], str]] = field(default_factory=list)
    rates: list[tuple[Checked[Rate], str]] = field(default_factory=list)


def import_files(
    ledger: Ledger,
    paths: Sequence[Path],
    *,
    mapping: str | ColumnMapping | None = None,
    as_of: date | None = None,
    today: date,
    recorded_at: datetime,
    posting_lag_days: int = 0,
    dry_run: bool = False,
    mapping_folder: Path | None = None,
    options: ImportOptions = _DEFAULTS,
) -> ImportReport:
    """Import files that belong together, as one: all of them or none.

    Args:
        ledger: where the facts go.
        paths: delimited text, .xlsx or Parquet; invoices, payments, customers and rates are told by their headers.
        mapping: name of a saved mapping, or a mapping; None reads the canonical columns.
        as_of: day of the export. None: the newest issue, payment or knowledge date in the files, up to today.
        today: the day of the import, by the gate's clock.
        recorded_at: the instant of the import, with its zone.
        posting_lag_days: days from an event to its booking, where the file states no booking day.
        dry_run: do everything but the loading.
        mapping_folder: where own mappings are saved.
        options: how the files are written, where that is not to be detected.

    Returns:
        The account of every row. Files that say nothing new change nothing.

    Raises:
        FileRefused: a file cannot be read or believed; nothing was imported. Its `code` says why.
        UnknownMapping, BadMapping, AsOfAfterToday: the call itself is wrong.
    """
    if as_of is not None and as_of > today:
        raise AsOfAfterToday(as_of, today)
    saved = mapping if isinstance(mapping, ColumnMapping) else load_mapping(mapping, mapping_folder)
    read = _read(paths, saved, options, near=as_of or today)
    newest = ledger.newest_export(saved.name)
    day = as_of or _newest_day(read, today, newest)
    if newest is not None and day < newest:
        raise StaleExport(read.files[0].name, day, newest, saved.name)

    known = _known(ledger, day)
    checked = _check(read, known, to_day(day))
    _refuse_if_mostly_bad(checked, options.max_quarantine_ratio)
    earlier = max((export for export in ledger.previous_exports(saved.name) if export < day), default=None)
    rule = KnowledgeRule(to_day(day), to_day(earlier) if earlier else None, posting_lag_days)
    learning, warned = _learn(checked, known, rule)

    facts = learning.facts()
    ledger.check(facts)
    news = bool(len(facts) or learning.sightings or newest is None or day > newest)
    if news and not dry_run:
        files = [(file.name, file.sha256) for file in read.files]
        ledger.load(facts, source=saved.name, as_of=day, recorded_at=recorded_at, files=files)
    return ImportReport(
        source=saved.name,
        as_of=day,
        as_of_derived=as_of is None,
        files=tuple(_file_report(table, sha256) for table, sha256 in _tables(checked)),
        learned=dict(learning.learned),
        totals=_totals(checked),
        warnings=_warnings(warned, saved, checked),
        version=ledger.version,
        dry_run=dry_run,
        loaded=news and not dry_run,
    )


def _read(paths: Sequence[Path], mapping: ColumnMapping, options: ImportOptions, near: date) -> _Read:
    read = _Read()
    tables = []
    for path in paths:
        file = read_file(
            path,
            options.limits,
            encoding=options.encoding or mapping.encoding,
            delimiter=options.delimiter or mapping.delimiter,
        )
        read.files.append(file)
        found = recognise(file.sheets, mapping, sheet=options.sheet, default_currency=options.default_currency)
        tables += [(table, file.sha256) for table in found]
    require_named_columns([table for table, _ in tables], mapping)
    read.columns = [(read_columns(table, mapping, options, near), sha256) for table, sha256 in tables]
    return read


def _newest_day(read: _Read, today: date, newest_export: date | None) -> date:
    """The newest day on which something in the files happened, not after today.

    Files without invoices and payments (customers, rates) are as of the newest export, if that is later.
    """
    limit = to_day(today)
    days = {day for columns, _ in read.columns for day in columns.days() if day <= limit}
    newest = to_date(max(days)) if days else None
    if not read.of(INVOICES) and not read.of(PAYMENTS):
        return max((day for day in (newest, newest_export) if day is not None), default=today)
    return newest or today


def _known(ledger: Ledger, day: date) -> Known:
    try:
        return Known.of(ledger.as_of(day))
    except (EmptyLedger, BeforeFirstFact):
        return Known()


def _check(read: _Read, known: Known, as_of: int) -> _Checked:
    checked = _Checked()
    own_payments = bool(read.of(PAYMENTS))
    for columns, sha256 in read.of(INVOICES):
        table = check_invoices(columns, as_of, read_payments=not own_payments)
        table.warned["paid_columns_unused"] += own_payments and "paid_date" in columns.has
        checked.invoices.append((table, sha256))
    without_duplicates([table for table, _ in checked.invoices])
    payable = known.payable(invoice for table, _ in checked.invoices for invoice in table.facts)
    checked.payments = [(check_payments(columns, as_of, payable), sha256) for columns, sha256 in read.of(PAYMENTS)]
    checked.customers = [(check_customers(columns), sha256) for columns, sha256 in read.of(CUSTOMERS)]
    checked.rates = [(check_rates(columns, as_of), sha256) for columns, sha256 in read.of(RATES)]
    without_duplicates([table for table, _ in checked.payments])
    without_duplicates([table for table, _ in checked.customers])
    without_duplicates([table for table, _ in checked.rates])
    return checked


def _learn(checked: _Checked, known: Known, rule: KnowledgeRule) -> tuple[Learning, Counter[str]]:
    learning = Learning(known, rule)
    warned: Counter[str] = Counter()
    for table, _ in checked.invoices:
        states_payments = not checked.payments and "paid_date" in table.columns.has
        learning.invoices(table.facts, with_payments=states_payments)
    for payments, _ in checked.payments:
        learning.payments(payments.facts)
    invoices = [invoice for table, _ in checked.invoices for invoice in table.facts]
    customers = [customer for table, _ in checked.customers for customer in table.facts]
    warned["customer_name_conflict"] = learning.customers_of(invoices, customers)
    for rates, _ in checked.rates:
        learning.exchange_rates(rates.facts)
    return learning, warned


def _tables(checked: _Checked) -> list[tuple[Checked[Fact], str]]:
    return [*checked.invoices, *checked.payments, *checked.customers, *checked.rates]  # type: ignore[list-item]


def _refuse_if_mostly_bad(checked: _Checked, limit: float) -> None:
    for table, _ in _tables(checked):
        rows = table.columns.table.read - table.ignored.total()
        if len(table.bad) > limit * rows:
            reasons = dict(Counter(row.reason for row in table.bad).most_common())
            raise TooManyBadRows(table.columns.table.file, len(table.bad), rows, reasons, str(table.bad[0]), limit)


def _file_report(table: Checked[Fact], sha256: str) -> FileReport:
    source = table.columns.table
    name = f"{source.file} [{source.sheet}]" if source.sheet else source.file
    return FileReport(name, source.role, sha256, len(table.facts), tuple(table.bad), dict(table.ignored))


def _totals(checked: _Checked) -> dict[str, CurrencyTotal]:
    """Control totals of the accepted rows, by currency."""
    invoices: Counter[str] = Counter()
    amounts: Counter[str] = Counter()
    paid: Counter[str] = Counter()
    for table, _ in checked.invoices:
        for invoice in table.facts:
            invoices[invoice.currency] += 1
            amounts[invoice.currency] += invoice.amount_minor
            paid[invoice.currency] += invoice.paid_minor
    for payments, _ in checked.payments:
        for payment in payments.facts:
            paid[payment.currency] += payment.amount_minor
    return {
        currency: CurrencyTotal(invoices[currency], amounts[currency], paid[currency])
        for currency in sorted({*invoices, *paid})
    }


def _warnings(warned: Counter[str], mapping: ColumnMapping, checked: _Checked) -> tuple[Warned, ...]:
    """What stopped nothing and should be known: of the rows, and of the mapping itself."""
    for table, _ in _tables(checked):
        warned.update(table.warned)
    rows = sum(len(table.facts) for table, _ in _tables(checked))
    said = [Warned(code, warned[code], _WARNINGS[code]) for code in sorted(warned) if warned[code]]
    return (*said, *(Warned(code, rows, sentence) for code, sentence in sorted(mapping.warnings.items())))
