"""Laws of reading: a ledger written in any dialect, encoding, number and date style is read as it was meant.

Or it is refused because it can be read in two ways; it never becomes another ledger.
"""

import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

from builders import law, new_database
from hypothesis import given
from hypothesis import strategies as st
from nasty.clean import AS_OF, COLUMNS, Invoice, Maker
from nasty.judging import current_ledger, known_rows, meant_rows
from nasty.writing import day_month, grouped, iso, month_day, plain, records, text

from ledger.book import Ledger
from ledger.importing import import_files
from ledger.options import ImportOptions, InputFile
from ledger.refusals import FileRefused


class AmbiguousFile(Exception):
    """Refused, because it can be read in two ways."""


AMBIGUOUS = {"ambiguous_number_format", "ambiguous_date_order"}

AMOUNTS: dict[str, Callable[[Decimal], str]] = {
    "1234.50": plain, "1234,50": grouped("", ","), "1,234.50": grouped(",", "."), "1.234,50": grouped(".", ","),
    "1'234.50": grouped("'", "."), "1 234,50": grouped("\u00a0", ","), "1 234.50": grouped(" ", "."),
}  # fmt: skip
NEGATIVES: dict[str, Callable[[str], str]] = {
    "-1": lambda text: f"-{text}", "1-": lambda text: f"{text}-", "(1)": lambda text: f"({text})",
    "1 CR": lambda text: f"{text} CR",
}  # fmt: skip
DATES: dict[str, Callable[[date], str]] = {
    "2025-03-31": iso, "20250331": lambda day: day.strftime("%Y%m%d"), "2025/03/31": lambda day: f"{day:%Y/%m/%d}",
    "31/03/2025": day_month("/"), "03/31/2025": month_day("/"), "31-03-2025": day_month("-"),
    "31.03.2025": day_month("."), "3/31/2025": lambda day: f"{day.month}/{day.day}/{day.year}",
    "31 Mar 2025": lambda day: f"{day.day} {day:%b} {day.year}",
    "March 31, 2025": lambda day: f"{day:%B} {day.day}, {day.year}",
    "2025-03-31T23:59:59": lambda day: f"{day.isoformat()}T23:59:59",
}  # fmt: skip
NAMES = {"cp1252": "Müller & Søn “Zur Post”", "latin-1": "Besançon; d'Art|Co, Ltd"}


@dataclass(frozen=True)
class Style:
    """How one file is written."""

    delimiter: str
    eol: str
    quote_all: bool
    encoding: str
    amounts: str
    negatives: str
    dates: str
    order: tuple[str, ...]

    def write(self, bills: Sequence[Invoice]) -> bytes:
        def money(amount: Decimal) -> str:
            positive = AMOUNTS[self.amounts](abs(amount))
            return NEGATIVES[self.negatives](positive) if amount < 0 else positive

        rows = records(bills, self.order, DATES[self.dates], money)
        return text(rows, self.delimiter, self.eol, self.quote_all).encode(self.encoding)


styles = st.builds(
    Style,
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
    eol=st.sampled_from(["\n", "\r\n"]),
    quote_all=st.booleans(),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252", "latin-1"]),
    amounts=st.sampled_from(sorted(AMOUNTS)),
    negatives=st.sampled_from(sorted(NEGATIVES)),
    dates=st.sampled_from(sorted(DATES)),
    order=st.permutations(COLUMNS).map(tuple),
)


def any_ledger(seed: int, prefix: str, encoding: str) -> list[Invoice]:
    """A few invoices in three currencies, credit memos among them, some of whose amounts and days read both ways."""
    make = Maker(seed)
    currencies = make.rng.choices(["EUR", "USD", "JPY", "KWD"], k=make.rng.randrange(1, 9))
    bills = [make.invoice(currency) for currency in currencies]
    if make.rng.random() < 0.5:
        bills = make.on_days(bills, [1, 5, 9, 12], [2, 4, 11])
    if make.rng.random() < 0.5:
        bills = [bill.but(amount=Decimal(make.rng.randrange(1, 2_000_000))).paid(None) for bill in bills]
    bills = [bill.but(amount=-bill.amount).paid(None) if make.rng.random() < 0.15 else bill for bill in bills]
    name = NAMES.get(encoding, "株式会社 Łódź, Ltd")
    return [
        bill.but(invoice_id=f"{prefix}{at}", customer_id=f"{prefix}C", customer_name=name)
        for at, bill in enumerate(bills)
    ]


def with_evidence(bills: Sequence[Invoice]) -> list[Invoice]:
    """The same after one invoice whose amounts and days read in one way only."""
    sure = bills[0].but(
        invoice_id=f"{bills[0].invoice_id}-sure", currency="EUR", amount=Decimal("12345.67"),
        issue_date=date(2024, 3, 25), due_date=date(2024, 4, 24),
    )  # fmt: skip
    return [sure.paid(date(2024, 5, 28)), *bills]


def read(files: Sequence[bytes]) -> list[dict[str, str | None]]:
    """The ledger after one import of these files. Raises `AmbiguousFile`."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / f"{at}.csv" for at in range(len(files))]
        for path, content in zip(paths, files, strict=True):
            path.write_bytes(content)
        ledger = Ledger.open(new_database(Path(folder)))
        try:
            report = import_files(
                ledger, [InputFile(path) for path in paths], options=ImportOptions(as_of=AS_OF), today=AS_OF,
                recorded_at=datetime(2025, 6, 30, 18, tzinfo=UTC),
            )  # fmt: skip
            assert report.verdict == "accept", report.text()
            return current_ledger(ledger)
        except FileRefused as refused:
            if refused.code in AMBIGUOUS:
                raise AmbiguousFile from refused
            raise
        finally:
            ledger.close()


@law(15)
@given(st.lists(st.tuples(styles, st.integers(0, 2**32)), min_size=12, max_size=12))
def test_files_whose_conventions_show_are_read_as_they_were_meant(drawn):
    ledgers = [with_evidence(any_ledger(seed, f"F{at}-", style.encoding)) for at, (style, seed) in enumerate(drawn)]

    known = read([style.write(bills) for (style, _), bills in zip(drawn, ledgers, strict=True)])

    assert known_rows(known) == meant_rows([bill for bills in ledgers for bill in bills])


@law(30)
@given(styles, st.integers(0, 2**32))
def test_a_file_that_may_read_in_two_ways_is_read_as_it_was_meant_or_refused(style, seed):
    bills = any_ledger(seed, "F-", style.encoding)
    content = style.write(bills)
    with suppress(AmbiguousFile):
        assert known_rows(read([content])) == meant_rows(bills)
