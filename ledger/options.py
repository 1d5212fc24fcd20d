"""What a person may say about an import, beyond the files themselves."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from ledger.errors import PayriskError
from ledger.reading.encoding import is_text_encoding
from ledger.reading.sheet import Limits
from ledger.words import shown

Mode = Literal["snapshot", "append"]
Layout = Literal["one_row_per_invoice", "one_row_per_payment", "three_tables"]


class BadOption(PayriskError):
    """An option that cannot be used."""

    code = "bad_option"
    exit_code = 2

    def __init__(self, option: str, said: str, expected: str) -> None:
        self.field = option
        super().__init__(f'The option {option} is "{shown(said)}". Expected {expected}.')


@dataclass(frozen=True)
class InputFile:
    """One file of an import; `role` (invoices, payments, customers, rates, disputes) is told by its header unless
    stated."""

    path: Path
    role: str | None = None


@dataclass(frozen=True)
class ImportOptions:
    """The options of one import; the defaults are those of the command.

    Attributes:
        as_of: day of the export; None: the newest issue, payment or knowledge date in the files, up to today.
        tenant_tz: the company's time zone (IANA name), for time stamps that name theirs.
        default_currency: currency of rows that state none.
        mode: `snapshot`: the files hold all that their system shows, so what is missing vanished; `append`: they add.
        layout: how the rows are meant; None is told by the headers.
        encoding, delimiter, decimal, date_order, sheet: override what is detected; `date_order` is dmy, mdy or ymd,
            `sheet` the name of the worksheet.
        amount_scale: amounts of the file times this are amounts of money: 0.01 for cents, 1000 for thousands.
        max_quarantine_ratio: a table with a larger share of bad rows is refused whole.
        min_snapshot_ratio: a snapshot with fewer than this share of the rows of the one before is refused,
            unless `allow_shrink`.
        allow_shift: believe a snapshot in which most invoices changed alike, or whose amounts are of another size.
        posting_lag_days: days from an event to its booking, where the file states no booking day.
        net_eom: what "net 30 EOM" means here: `then_days` (end of the issue month plus 30 days) or `then_eom` (the end
            of the month in which the 30 days end); None refuses it.
        dry_run: do everything but the loading.
        limits: what reading may cost.
    """

    as_of: date | None = None
    tenant_tz: str = "UTC"
    default_currency: str | None = None
    mode: Mode = "snapshot"
    layout: Layout | None = None
    encoding: str | None = None
    delimiter: str | None = None
    decimal: str | None = None
    date_order: str | None = None
    sheet: str | None = None
    amount_scale: Decimal | None = None
    max_quarantine_ratio: float = 0.5
    min_snapshot_ratio: float = 0.5
    allow_shrink: bool = False
    allow_shift: bool = False
    posting_lag_days: int = 0
    net_eom: Literal["then_days", "then_eom"] | None = None
    dry_run: bool = False
    max_amount: Decimal | None = None
    limits: Limits = field(default_factory=Limits)

    def __post_init__(self) -> None:
        """Raises `BadOption`."""
        if self.encoding is not None and not is_text_encoding(self.encoding):
            raise BadOption("encoding", self.encoding, 'one of text files such as "utf-8", "utf-16" or "cp1252"')
        if self.delimiter is not None and len(self.delimiter) != 1:
            raise BadOption("delimiter", self.delimiter, 'one character, such as ";"')
        if not _is_zone(self.tenant_tz):
            raise BadOption("tenant_tz", self.tenant_tz, "a zone of the IANA list such as Europe/Berlin")
        for name, allowed in (("decimal", (".", ",")), ("date_order", ("dmy", "mdy", "ymd"))):
            if getattr(self, name) not in (None, *allowed):
                raise BadOption(name, getattr(self, name), " or ".join(allowed))


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (OSError, ValueError, LookupError):
        return False
    return True
