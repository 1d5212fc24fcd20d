"""Errors of the serving room: nothing published, an account nobody knows, a cursor of another list."""

from datetime import date

from ledger.errors import PayriskError


class NothingPublished(PayriskError):
    """No list was published, at all or for the evening asked for."""

    code = "nothing_published"
    field = "as_of"

    def __init__(self, as_of: date | None) -> None:
        self.as_of = as_of
        self.remedy = f"Make one: payrisk queue{f' --as-of {as_of.isoformat()}' if as_of else ''}"
        super().__init__(
            f"No queue was published for the evening of {as_of.isoformat()}."
            if as_of
            else "No queue was published yet."
        )


class UnknownAccount(PayriskError):
    """An account without open money on the evening looked at."""

    code = "unknown_account"
    field = "customer_id"
    remedy = "Ask without as_of for the newest evening, or check the account's id in the ledger."

    def __init__(self, customer_id: str, as_of: date) -> None:
        self.customer_id, self.as_of = customer_id, as_of
        super().__init__(f'No account "{customer_id}" has open items on the evening of {as_of.isoformat()}.')


class BadCursor(PayriskError):
    """A cursor that this list did not give out."""

    code = "bad_cursor"
    field = "cursor"
    remedy = "Ask again without a cursor, then follow next_cursor."

    def __init__(self, cursor: str) -> None:
        self.cursor = cursor
        super().__init__(f'"{cursor[:60]}" is not a cursor of this list.')


class BadQueryDay(PayriskError):
    """A day that is neither a date nor `today`."""

    code = "bad_date"
    field = "as_of"

    def __init__(self, text: str) -> None:
        self.text = text
        super().__init__(f'"{text[:60]}" is not a day. Expected YYYY-MM-DD, as in 2026-03-31, or today.')


class CannotWrite(PayriskError):
    """A file that cannot be written."""

    code = "cannot_write"
    field = "out"

    def __init__(self, path: str, why: str) -> None:
        self.path, self.why = path, why
        super().__init__(f"{path} cannot be written: {why}. Name a file in a folder that exists and is writable.")


class UnknownFileKind(PayriskError):
    """A file ending that says neither Parquet nor CSV."""

    code = "unknown_file_kind"
    field = "out"
    exit_code = 2

    def __init__(self, path: str) -> None:
        self.path = path
        super().__init__(f"{path}: expected a name that ends in .parquet or .csv, as in scores.parquet.")


class NoSuchZone(PayriskError):
    """An instant without its zone, where a moment of the world is meant."""

    code = "naive_instant"
    field = "now"

    def __init__(self, now: str) -> None:
        super().__init__(f"{now} does not say its time zone. Expected an instant such as 2026-04-01T05:10:00+00:00.")
