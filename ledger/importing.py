"""From files to the ledger: read, recognised, checked, compared with what was known, and loaded whole or not at all."""

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from pathlib import Path

from ledger.book import MASTERS, Ledger
from ledger.check_invoices import check_invoices
from ledger.check_known import set_contradictions_aside
from ledger.check_masters import check_customers, check_rates
from ledger.check_payments import check_payments
from ledger.checked import Checked, Customer, Fact, Invoice, Payment, Rate, without_duplicates
from ledger.columns import Columns, read_columns
from ledger.days import to_date, to_day
from ledger.errors import BeforeFirstFact, EmptyLedger, LedgerMoved
from ledger.export_day import derived_day, doubt, is_export, newest_day
from ledger.layout import CUSTOMERS, INVOICES, PAYMENTS, RATES, recognise, require_named_columns
from ledger.learning import KnowledgeRule, Known, Learning
from ledger.mapping import ColumnMapping, load_mapping
from ledger.reading.files import SourceFile, read_file
from ledger.refusals import AsOfAfterToday, StaleExport, TooManyBadRows
from ledger.remarks import file_remarks, row_remarks
from ledger.report import CurrencyTotal, FileReport, ImportReport
from ledger.told_twice import refuse_moved_payments, refuse_payments_of_paid_columns

_MOSTLY_BAD = 0.5
"""A file with a larger share of bad rows is refused whole."""
_TRIES = 3
"""How often the rows are compared anew with a ledger that another import moved meanwhile."""


@dataclass
class _Read:
    """The read columns of one import, by role, each with the digest of its file."""

    files: list[SourceFile] = field(default_factory=list)
    columns: list[tuple[Columns, str]] = field(default_factory=list)

    def of(self, role: str) -> list[tuple[Columns, str]]:
        return [(columns, sha256) for columns, sha256 in self.columns if columns.table.role == role]

    @property
    def tables(self) -> list[Columns]:
        return [columns for columns, _ in self.columns]


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
) -> ImportReport:
    """Import files that belong together, as one: all of them or none.

    Args:
        ledger: where the facts go.
        paths: delimited text, .xlsx or Parquet; invoices, payments, customers and rates are told by their headers.
        mapping: name of a saved mapping, or a mapping; None reads the canonical columns.
        as_of: day of the export. None: the newest issue, payment or knowledge date in the files, up to today.
            Customers and rates alone are no export: they make the ledger no newer, and are never stale.
        today: the day of the import, by the gate's clock.
        recorded_at: the instant of the import, with its zone.
        posting_lag_days: days from an event to its booking, where the file states no booking day.
        dry_run: do everything but the loading.
        mapping_folder: where own mappings are saved.

    Returns:
        The account of every row. Files that say nothing new change nothing.

    Raises:
        FileRefused: a file cannot be read or believed; nothing was imported. Its `code` says why.
        LedgerMoved, ImportSwept: other imports were running; nothing was imported.
        UnknownMapping, BadMapping, AsOfAfterToday: the call itself is wrong.
    """
    if as_of is not None and as_of > today:
        raise AsOfAfterToday(as_of, today)
    saved = mapping if isinstance(mapping, ColumnMapping) else load_mapping(mapping, mapping_folder)
    read = _read(paths, saved, near=as_of or today)
    import_read = partial(
        _import_read, ledger, read, saved, as_of=as_of, today=today, recorded_at=recorded_at,
        posting_lag_days=posting_lag_days, dry_run=dry_run,
    )  # fmt: skip
    for _ in range(_TRIES - 1):
        with suppress(LedgerMoved):
            return import_read()
    return import_read()


def _import_read(
    ledger: Ledger,
    read: _Read,
    saved: ColumnMapping,
    *,
    as_of: date | None,
    today: date,
    recorded_at: datetime,
    posting_lag_days: int,
    dry_run: bool,
) -> ImportReport:
    """Compare what was read with the ledger as it stands, and load what is new. Raises `LedgerMoved`."""
    version = ledger.version
    newest = ledger.newest_export(saved.name)
    of_book = is_export(read.tables)
    day = as_of or derived_day(read.tables, today, newest)
    known, checked = _compared(ledger, read, day, today, version)
    while as_of is None and of_book and (accepted := _newest_accepted(checked, today)) and accepted < day:
        # The newest day stood in a row that is not believed.
        day = accepted
        known, checked = _compared(ledger, read, day, today, version)
    if of_book and newest is not None and day < newest:
        raise StaleExport(read.files[0].name, day, newest, saved.name)
    _refuse_if_another_source_is_newer(ledger, checked, saved.name, day)
    _refuse_if_mostly_bad(checked)
    earlier = max((export for export in ledger.previous_exports(saved.name) if export < day), default=None)
    rule = KnowledgeRule(to_day(day), to_day(earlier) if earlier else None, posting_lag_days)
    learning, warned = _learn(checked, known, rule)

    facts = learning.facts()
    ledger.check(facts)
    news = bool(len(facts) or learning.sightings or (of_book and (newest is None or day > newest)))
    if news and not dry_run:
        files = [(file.name, file.sha256) for file in read.files]
        source = saved.name if of_book else MASTERS + saved.name
        ledger.load(
            facts, source=source, as_of=day, recorded_at=recorded_at, files=files, computed_on=version
        )  # fmt: skip
    return ImportReport(
        source=saved.name,
        as_of=day,
        as_of_derived=as_of is None,
        files=tuple(_file_report(table, sha256) for table, sha256 in _tables(checked)),
        learned=dict(learning.learned),
        totals=_totals(checked),
        warnings=(
            *row_remarks(warned, (table for table, _ in _tables(checked)), saved),
            *file_remarks(read.files, [columns.table for columns in read.tables], mapped=not saved.is_canonical),
            *(doubt(day, today) if of_book and as_of is None else ()),
        ),
        version=ledger.version,
        dry_run=dry_run,
        loaded=news and not dry_run,
    )


def _read(paths: Sequence[Path], mapping: ColumnMapping, near: date) -> _Read:
    read = _Read()
    tables = []
    for path in paths:
        file = read_file(path, encoding=mapping.encoding, delimiter=mapping.delimiter)
        read.files.append(file)
        tables += [(table, file.sha256) for table in recognise(file.sheets, mapping)]
    require_named_columns([table for table, _ in tables], mapping)
    read.columns = [(read_columns(table, mapping, near), sha256) for table, sha256 in tables]
    return read


def _compared(ledger: Ledger, read: _Read, day: date, today: date, version: int) -> tuple[Known, _Checked]:
    """What the ledger knew by the day of the export, and the rows checked against it."""
    known = _known(ledger, day, max(day, newest_day(read.tables, (RATES,), today) or day), version)
    return known, _check(read, known, to_day(day), to_day(today))


def _newest_accepted(checked: _Checked, today: date) -> date | None:
    """The newest day, not after today, on which something in the accepted rows happened or became known."""
    days = [
        day for table, _ in checked.invoices for i in table.facts for day in (i.issued_on, i.paid_on, i.stated_known_on)
    ]
    days += [
        day for table, _ in checked.payments for payment in table.facts for day in (payment.paid_on, payment.booked_on)
    ]
    return max((to_date(day) for day in set(days) if day is not None and day <= to_day(today)), default=None)


def _refuse_if_another_source_is_newer(ledger: Ledger, checked: _Checked, source: str, day: date) -> None:
    """That no invoice of the export is in a later export which another mapping read. Raises `StaleExport`."""
    for table, _ in checked.invoices:
        newer = ledger.newer_export_of([invoice.item_id for invoice in table.facts], source, day)
        if newer:
            raise StaleExport(table.columns.table.file, day, newer.as_of, newer.source)


def _known(ledger: Ledger, day: date, rates_by: date, version: int) -> Known:
    """What to compare with: the evening of the export, and the rates of all days that the files tell."""
    try:
        view = ledger.as_of(day, version=version)
    except (EmptyLedger, BeforeFirstFact):
        return Known()
    return Known.of(view, view.rates if rates_by == day else ledger.as_of(rates_by, version=version).rates)


def _check(read: _Read, known: Known, as_of: int, today: int) -> _Checked:
    checked = _Checked()
    own_payments = bool(read.of(PAYMENTS))
    for columns, sha256 in read.of(INVOICES):
        table = check_invoices(columns, as_of, read_payments=not own_payments)
        table.warned["paid_columns_unused"] += own_payments and "paid_date" in columns.has
        checked.invoices.append((table, sha256))
    without_duplicates([table for table, _ in checked.invoices])
    disputed = {item_id for table, _ in checked.invoices for item_id in set_contradictions_aside(table, known)}
    payable = known.payable(invoice for table, _ in checked.invoices for invoice in table.facts)
    # A payment of a number that now means another invoice is nobody's.
    payable = {item_id: item for item_id, item in payable.items() if item_id not in disputed}
    checked.payments = [(check_payments(columns, as_of, payable), sha256) for columns, sha256 in read.of(PAYMENTS)]
    checked.customers = [(check_customers(columns), sha256) for columns, sha256 in read.of(CUSTOMERS)]
    checked.rates = [(check_rates(columns, today), sha256) for columns, sha256 in read.of(RATES)]
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
        refuse_payments_of_paid_columns(payments.columns.table.file, payments.facts, known)
        refuse_moved_payments(payments.facts, known)
        learning.payments(payments.facts)
    invoices = [invoice for table, _ in checked.invoices for invoice in table.facts]
    customers = [customer for table, _ in checked.customers for customer in table.facts]
    warned += learning.warned
    warned["overpaid"] = learning.overpaid(
        [invoice.item_id for invoice in invoices]
        + [payment.item_id for table, _ in checked.payments for payment in table.facts]
    )
    warned["customer_name_conflict"] = learning.customers_of(invoices, customers)
    for rates, _ in checked.rates:
        learning.exchange_rates(rates.facts)
    return learning, warned


def _tables(checked: _Checked) -> list[tuple[Checked[Fact], str]]:
    return [*checked.invoices, *checked.payments, *checked.customers, *checked.rates]  # type: ignore[list-item]


def _refuse_if_mostly_bad(checked: _Checked) -> None:
    for table, _ in _tables(checked):
        rows = table.columns.table.read - table.ignored.total()
        if len(table.bad) > _MOSTLY_BAD * rows:
            reasons = dict(Counter(row.reason for row in table.bad).most_common())
            example = str(table.bad[0])
            raise TooManyBadRows(table.columns.table.file, len(table.bad), rows, reasons, example, _MOSTLY_BAD)


def _file_report(table: Checked[Fact], sha256: str) -> FileReport:
    source = table.columns.table
    name = f"{source.file} [{source.sheet}]" if source.sheet else source.file
    return FileReport(
        name, source.role, sha256, len(table.facts), tuple(table.bad), dict(table.ignored), source.unread,
        source.skipped_sheets,
    )  # fmt: skip


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
