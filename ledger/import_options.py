"""What may be said with an import; everything else is detected, or refused."""

from dataclasses import dataclass, field
from datetime import tzinfo
from zoneinfo import ZoneInfo

from ledger.money import exponent_of
from ledger.parsing.dates import ORDERS
from ledger.reading.sheet import Limits
from ledger.refusals import BadOption


@dataclass(frozen=True)
class ImportOptions:
    """The options of one import; what is stated here goes before the mapping, which goes before what is detected.

    Attributes:
        zone: the company's time zone, for time stamps that name theirs.
        default_currency: for rows or files that name none.
        decimal: '.' or ','; date_order: 'dmy', 'mdy' or 'ymd'; encoding, delimiter: of text files.
        sheet: the worksheet to read.
        max_quarantine_ratio: a file with a larger share of bad rows is refused whole.
        limits: what one file may cost.
    """

    zone: tzinfo = field(default_factory=lambda: ZoneInfo("UTC"))
    default_currency: str | None = None
    decimal: str | None = None
    date_order: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    max_quarantine_ratio: float = 0.5
    limits: Limits = field(default_factory=Limits)

    def __post_init__(self) -> None:
        """Raises `UnknownCurrency` or `BadOption`: wrong options are wrong use, not a wrong file."""
        if self.default_currency is not None:
            exponent_of(self.default_currency)
        if self.decimal not in (None, ".", ","):
            raise BadOption("decimal", str(self.decimal), '"." or ","')
        if self.date_order is not None and self.date_order not in ORDERS:
            raise BadOption("date_order", self.date_order, ", ".join(ORDERS))
        if self.delimiter is not None and len(self.delimiter) != 1:
            raise BadOption("delimiter", self.delimiter, "one character")
