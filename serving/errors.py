"""Errors of the serving room: nothing published, an account nobody knows, a cursor of another list."""

from collections.abc import Sequence
from datetime import date

from ledger.errors import PayriskError
from ledger.words import shown


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
        super().__init__(f'No account "{shown(customer_id)}" has open items on the evening of {as_of.isoformat()}.')


class NotListed(PayriskError):
    """An account with open items that is not on the list of its evening."""

    code = "not_listed"
    field = "customer_id"
    remedy = "Its own figures and reasons: GET /api/v1/accounts/{customer_id}"

    def __init__(self, customer_id: str, as_of: date, standing: str) -> None:
        self.customer_id, self.as_of, self.standing = customer_id, as_of, standing
        stands = standing.replace("_", " ")
        super().__init__(f'"{shown(customer_id)}" is not on the list of {as_of.isoformat()}; it stands: {stands}.')


class NotOfAccount(PayriskError):
    """An item that is not among the open ones of an account on the evening looked at."""

    code = "unknown_item"
    field = "item"
    remedy = "The account's open items: GET /api/v1/accounts/{customer_id}"

    def __init__(self, item_id: str, customer_id: str, as_of: date) -> None:
        self.item_id, self.customer_id, self.as_of = item_id, customer_id, as_of
        super().__init__(
            f'Account "{shown(customer_id)}" had no open item "{shown(item_id)}" on the evening of {as_of.isoformat()}.'
        )


class NoEvidence(PayriskError):
    """A code of a reason that nobody knows, or that no document stands behind."""

    code = "no_evidence"
    field = "code"
    remedy = "The codes are those of an account's reasons: GET /api/v1/accounts/{customer_id}"

    def __init__(self, reason: str, known: bool) -> None:
        self.reason, self.known = reason, known
        why = "has no documents of its own behind it" if known else "is not the code of a reason"
        super().__init__(f'"{reason[:60]}" {why}.')


class NoLedger(PayriskError):
    """Published lists are shown without the ledger they were made from."""

    code = "no_ledger"
    remedy = "Serve them with: payrisk serve, in the home of the ledger."

    def __init__(self) -> None:
        super().__init__("The ledger behind these lists is not at hand: the documents behind a reason cannot be shown.")


class LedgerNotThatFar(PayriskError):
    """The ledger has fewer imports than the run was made from."""

    code = "ledger_not_that_far"
    remedy = "Restore the backup that belongs to these lists, or publish the evening again: payrisk queue"

    def __init__(self, wanted: int, found: int) -> None:
        self.wanted, self.found = wanted, found
        super().__init__(
            f"The list was made from version {wanted} of the ledger; the ledger at hand is at version {found}."
        )


class OtherLedger(PayriskError):
    """The ledger at hand does not tell of an item what a list made from its own ledger tells."""

    code = "other_ledger"
    remedy = "Restore the backup that belongs to these lists, or publish the evening again: payrisk queue"

    def __init__(self, as_of: date) -> None:
        super().__init__(
            f"The ledger at hand is not the one that the list of {as_of.isoformat()} was made from: it does "
            "not hold its invoices."
        )


class UnknownRun(PayriskError):
    """A daily run that nobody planned."""

    code = "unknown_run"
    field = "run_id"
    remedy = "The runs there are: GET /api/v1/runs"

    def __init__(self, run_id: str) -> None:
        self.run_id = run_id
        super().__init__(f'No daily run has the id "{shown(run_id)}".')


class RunUnderWay(PayriskError):
    """A daily run asked for while another one is at work."""

    code = "run_under_way"

    def __init__(self, run_id: str | None) -> None:
        self.run_id = run_id
        self.remedy = f"Follow it: GET /api/v1/runs/{run_id}" if run_id else "Follow it: GET /api/v1/runs"
        super().__init__("Another daily run is at work; nothing was started.")


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


class NotAcceptable(PayriskError):
    """A list was asked for in no kind that there is."""

    code = "not_acceptable"
    field = "Accept"

    def __init__(self, accept: str, offers: Sequence[str]) -> None:
        self.remedy = f"Send Accept with one of {', '.join(offers)}; without it a list is JSON."
        super().__init__(f'"{shown(accept)}" takes none of the kinds that this list is given in.')


class ChildFailed(PayriskError):
    """A process that was to do a part of the work ended without having done it."""

    code = "child_failed"
    remedy = "Try again; if it happens again, tell the person who runs payrisk."

    def __init__(self, module: str, why: str) -> None:
        super().__init__(f"{module} could not do its work: {why}.")


class NoCallSheet(PayriskError):
    """A file that cannot be read as a call sheet; `reason` is the code of what reading found."""

    code = "no_call_sheet"
    field = "file"

    def __init__(self, reason: str, sentence: str, remedy: str | None) -> None:
        self.reason, self.remedy = reason, remedy
        super().__init__(sentence)


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


class FactorsDoNotMultiply(PayriskError):
    """A rank value that is not the product of what it is said to be made of."""

    code = "factors_do_not_multiply"

    def __init__(self, value: float, found: str) -> None:
        self.value, self.found = value, found
        super().__init__(f"The factors of the rank value {value} do not explain it: {found}.")


class CannotSuppose(PayriskError):
    """A supposition that cannot be made of this evening: what is wrong with it, and what can be asked instead."""

    code = "cannot_suppose"
    field = "if_paid"

    def __init__(self, why: str, remedy: str) -> None:
        self.remedy = remedy
        super().__init__(f"That cannot be supposed: {why}. {remedy}")


class CannotScore(PayriskError):
    """An invoice to suppose that cannot be one on the evening asked about."""

    code = "cannot_score"
    field = "items"
    remedy = "Give an amount above zero, and days in their order: issued, then due, issued by the evening asked about."

    def __init__(self, item_id: str, why: str) -> None:
        self.item_id, self.why = item_id, why
        super().__init__(f"{item_id} cannot be scored: {why}.")


class NoRoomToWork(PayriskError):
    """The accounts of a list, laid aside while it is made, have no room on the disk."""

    code = "no_room_to_work"
    remedy = "Make room, or name a folder with room in TMPDIR: a large book takes some kilobytes for each account."

    def __init__(self, why: str) -> None:
        super().__init__(f"The accounts of the list cannot be laid aside on the disk: {why}. {self.remedy}")
