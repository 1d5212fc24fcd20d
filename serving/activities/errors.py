"""Why an activity is not recorded."""

from ledger.desk_journal import Recorded
from ledger.errors import PayriskError


class BadActivity(PayriskError):
    """Something said that may not be believed; `code` and `field` say what of it."""

    def __init__(self, code: str, field: str, sentence: str) -> None:
        self.code, self.field = code, field
        super().__init__(f"{field}: {sentence}")


class VersionMissing(PayriskError):
    """A change that does not say which version of the account it was made on."""

    code = "if_match_missing"
    field = "If-Match"
    remedy = "Send the ETag of GET /api/v1/accounts/{customer_id} as If-Match."

    def __init__(self) -> None:
        super().__init__("A change of an account must say which version it was made on.")


class AccountChanged(PayriskError):
    """Somebody else changed the account first."""

    code = "account_changed"
    field = "If-Match"
    remedy = "Read the account again, and record it once more if it still holds."

    def __init__(self, version: int, newest: Recorded | None) -> None:
        self.version, self.newest = version, newest
        told = "Nothing was recorded about the account yet"
        if newest is not None:
            at = newest.recorded_at.isoformat(timespec="seconds")
            told = f"{newest.actor} recorded a {newest.kind} at {at}"
        super().__init__(f"{told}: the account is at version {version}, and the change was made on another one.")


class UnknownActivity(PayriskError):
    """An id that is no activity of the account."""

    code = "unknown_activity"
    field = "activity_id"
    remedy = "The account's activities: GET /api/v1/accounts/{customer_id}/activities"

    def __init__(self, activity_id: str) -> None:
        self.activity_id = activity_id
        super().__init__(f'"{activity_id[:60]}" is no activity of this account.')


class CannotUndo(PayriskError):
    """An activity that cannot be taken back, or not any more."""

    def __init__(self, code: str, sentence: str, remedy: str | None = None) -> None:
        self.code, self.remedy = code, remedy
        super().__init__(sentence)


class NotADispute(PayriskError):
    """A resolution of something that is no open dispute."""

    code = "not_a_dispute"
    field = "of"

    def __init__(self, activity_id: str) -> None:
        super().__init__(f'"{activity_id[:60]}" is no dispute of this account that is still open.')


class KeyUsedOtherwise(PayriskError):
    """An idempotency key that came with another request before."""

    code = "idempotency_key_reused"
    field = "Idempotency-Key"
    remedy = "Give each change a key of its own; send the same one only with the same body."

    def __init__(self) -> None:
        super().__init__("This key came with another body within the last 24 hours. Nothing was changed.")


class StillRunning(PayriskError):
    """The first request with this key has not been answered yet."""

    code = "still_running"
    field = "Idempotency-Key"
    remedy = "Ask again in a moment with the same key."

    def __init__(self) -> None:
        super().__init__("The first request with this key is still at work.")


class BadKey(PayriskError):
    """An idempotency key that is none."""

    code = "bad_idempotency_key"
    field = "Idempotency-Key"

    def __init__(self, characters: int) -> None:
        super().__init__(f"A key of {characters} characters. Expected 1 to 200 that can be printed.")
