"""Errors that know their facts and their remedy.

Each is a small class with a stable `code`; its sentence is written once, here: what was expected, what came, where,
and the way out. They rise untouched to the gate, which prints them, or to the one web handler that answers them.
"""

from datetime import date
from decimal import Decimal


class PayriskError(Exception):
    """Something a user can cause and mend. `code` is stable and part of the API; `exit_code` is the command's."""

    code = "refused"
    exit_code = 1
    field: str | None = None
    remedy: str | None = None


class UnknownCurrency(PayriskError):
    """Not an active ISO 4217 code."""

    code = "bad_currency"
    field = "currency"

    def __init__(self, currency: str) -> None:
        self.currency = currency
        super().__init__(f'"{currency}" is not an active ISO 4217 currency code. Expected one such as EUR or USD.')


class AmountPrecision(PayriskError):
    """More decimals than the currency has."""

    code = "amount_precision"
    field = "amount"

    def __init__(self, amount: Decimal, currency: str, exponent: int) -> None:
        self.amount, self.currency, self.exponent = amount, currency, exponent
        super().__init__(
            f"{amount} has more decimals than {currency}, which has {exponent}; nothing is rounded silently."
        )


class AmountTooLarge(PayriskError):
    """An amount that no receivable has."""

    code = "amount_out_of_range"
    field = "amount"

    def __init__(self, amount: Decimal, currency: str) -> None:
        self.amount, self.currency = amount, currency
        super().__init__(f"{amount} {currency} is beyond any receivable (the limit is 10^15 minor units).")


class MissingRate(PayriskError):
    """No dated rate on or before the day asked for."""

    code = "missing_rate"
    field = "currency"

    def __init__(self, currency: str, base: str) -> None:
        self.currency, self.base = currency, base
        super().__init__(
            f"No exchange rate from {currency} to {base} is known by that day. "
            f"Import a rates file (currency, base_currency, rate_date, rate), or look at {currency} by itself."
        )


class UnknownItem(PayriskError):
    """An item that the ledger does not know on that evening."""

    code = "unknown_item"
    field = "item_id"

    def __init__(self, item_id: str, day: date) -> None:
        self.item_id, self.day = item_id, day
        super().__init__(f'No item "{item_id}" is known on the evening of {day.isoformat()}.')


class IncompleteFacts(PayriskError):
    """A fact without one of its required values."""

    code = "missing_required"

    def __init__(self, table: str, column: str) -> None:
        self.table, self.column, self.field = table, column, column
        super().__init__(f"A row of {table} has no {column}; every one needs it.")


class DuplicateFact(PayriskError):
    """Two rows of one import that claim to be the same fact."""

    code = "conflicting_duplicate"

    def __init__(self, table: str, key: tuple[str, ...]) -> None:
        self.table, self.key = table, key
        super().__init__(f"Two rows of {table} have the key {', '.join(key)}; one import may say each fact once.")


class UnknownKind(PayriskError):
    """An application of a kind that the ledger does not have."""

    code = "bad_kind"
    field = "kind"

    def __init__(self, kind: str) -> None:
        self.kind = kind
        super().__init__(f'"{kind}" is no kind of payment. Expected cash, credit, discount, write_off or reversal.')


class UnknownRate(PayriskError):
    """An exchange rate that is no number above zero."""

    code = "bad_rate"
    field = "rate"

    def __init__(self, rate: str) -> None:
        self.rate = rate
        super().__init__(f'"{rate}" is no exchange rate. Expected a decimal number above zero, such as 1.0842.')


class OrphanApplication(PayriskError):
    """A payment of an item that the ledger has never heard of."""

    code = "orphan_payment"
    field = "item_id"

    def __init__(self, application_id: str, item_id: str) -> None:
        self.application_id, self.item_id = application_id, item_id
        super().__init__(
            f'Payment "{application_id}" is for item "{item_id}", which the ledger does not know. '
            f"Load the invoice first."
        )


class ChangedApplication(PayriskError):
    """One id for two different payments."""

    code = "conflicting_duplicate"
    field = "application_id"

    def __init__(self, application_id: str) -> None:
        self.application_id = application_id
        super().__init__(
            f'Payment "{application_id}" is in the ledger with other values. Nothing is overwritten: '
            f"take it back with a reversal and give the new payment its own id."
        )


class SumTooLarge(PayriskError):
    """So much money that a sum over it could leave 64 bits."""

    code = "amount_out_of_range"
    field = "amount"

    def __init__(self, table: str) -> None:
        self.table = table
        super().__init__(
            f"The amounts of {table} add up to more than 4 x 10^18 minor units, beyond what can be summed exactly. "
            f"Check the file for a wrong amount scale."
        )


class BadBuckets(PayriskError):
    """Aging buckets that leave a day out or count one twice."""

    code = "bad_buckets"
    exit_code = 2
    field = "buckets"

    def __init__(self, last_days: tuple[int, ...]) -> None:
        self.last_days = last_days
        super().__init__(
            f"({', '.join(map(str, last_days))}) are no aging buckets. Expected their last days, ascending and "
            f"beginning with 0, as in (0, 30, 60, 90, 120)."
        )


class DifferentClocks(PayriskError):
    """A roll-forward between two evenings that were not seen in one way."""

    code = "different_clocks"

    def __init__(self, why: str) -> None:
        super().__init__(
            f"These two evenings cannot be rolled forward: {why}. Take the opening evening before the closing one, "
            f"each as it was known that evening, or both with the same later knowledge."
        )


class EmptyLedger(PayriskError):
    """No invoice was imported yet."""

    code = "empty_ledger"

    def __init__(self) -> None:
        super().__init__("The ledger holds no invoice yet. Load an export first: payrisk import FILE")


class BeforeFirstFact(PayriskError):
    """An evening on which the ledger knew nothing yet."""

    code = "before_first_fact"
    field = "as_of"

    def __init__(self, day: date, first_day: date) -> None:
        self.day, self.first_day = day, first_day
        super().__init__(
            f"Nothing is known by the evening of {day.isoformat()}. "
            f"The ledger begins on {first_day.isoformat()}; ask for that day or later."
        )


class BadDatabaseUrl(PayriskError):
    """Not an address of a database that can be used here."""

    code = "bad_database_url"
    exit_code = 2

    def __init__(self, url: str) -> None:
        self.url = url
        super().__init__(
            f'"{url}" is not an address of a database that can be used here. Expected sqlite:///FILE, '
            f"or postgresql://USER@HOST/NAME with payrisk[postgres] installed."
        )


class DatabaseUnreachable(PayriskError):
    """No database answers at the address."""

    code = "database_unreachable"

    def __init__(self, url: str, why: str) -> None:
        self.url, self.why = url, why
        super().__init__(
            f"The ledger's database {url} cannot be opened: {why}. Check the address, or start the server."
        )


class DatabaseNotWritable(PayriskError):
    """The database, or its directory, may not be written."""

    code = "database_not_writable"

    def __init__(self, url: str) -> None:
        self.url = url
        super().__init__(
            f"The ledger's database {url} cannot be written. Give this user write permission on it and its folder, "
            f"or point PAYRISK_HOME to another folder."
        )


class DatabaseLocked(PayriskError):
    """Another process holds the one place to write."""

    code = "database_locked"

    def __init__(self, url: str) -> None:
        self.url = url
        super().__init__(
            f"Another process is writing to the ledger's database {url}. Wait until it is done and try again."
        )


class DatabaseBusy(PayriskError):
    """More ask the database at once than it has connections for, and none of them became free."""

    code = "database_busy"

    def __init__(self, url: str) -> None:
        self.url = url
        super().__init__(f"Too many ask the ledger's database {url} at once. Try again in a moment.")


class DatabaseFull(PayriskError):
    """No space is left for the database."""

    code = "database_full"

    def __init__(self, url: str) -> None:
        self.url = url
        super().__init__(
            f"No space is left for the ledger's database {url}; nothing was loaded. Free some and try again."
        )


class NotOurDatabase(PayriskError):
    """A file or database that holds something else."""

    code = "not_our_database"

    def __init__(self, url: str) -> None:
        self.url = url
        super().__init__(
            f"{url} is not a payrisk ledger (it is another kind of file, is damaged, or holds other tables). "
            f"Nothing was changed. Name another database, or restore this one from a backup."
        )


class DatabaseNotMigrated(PayriskError):
    """The tables of an older payrisk, or none yet."""

    code = "database_not_migrated"

    def __init__(self, url: str, missing: str) -> None:
        self.url, self.missing = url, missing
        super().__init__(
            f"The ledger's database {url} has no {missing} yet: it is new, or of an older payrisk. "
            f"Any payrisk command that writes brings it up to date, such as: payrisk import FILE"
        )


class DatabaseNewer(PayriskError):
    """The tables of a newer payrisk than this one."""

    code = "database_newer"

    def __init__(self, url: str, found: str) -> None:
        self.url, self.found = url, found
        super().__init__(
            f"The ledger's database {url} was made by a newer payrisk ({found} is unknown here). Update payrisk, "
            f"or restore the backup from before the update."
        )


class ImportSwept(PayriskError):
    """An import that was given up by another one before it was accepted."""

    code = "import_swept"

    def __init__(self, import_id: int) -> None:
        self.import_id = import_id
        super().__init__(
            f"Import {import_id} was swept away before it was done, because another import was started. "
            f"Nothing of it was loaded. Run it again, one import at a time."
        )


class LedgerMoved(PayriskError):
    """Facts that were compared with an older ledger than the one they would be added to."""

    code = "ledger_moved"

    def __init__(self, computed_on: int, newest: int) -> None:
        self.computed_on, self.newest = computed_on, newest
        super().__init__(
            f"Another import was accepted meanwhile (the ledger went from version {computed_on} to {newest}). "
            f"Nothing was changed; run the import again."
        )
