"""Why a version is not put to use, beside what the shelf itself refuses."""

from ledger.errors import PayriskError


class ShelfStateMissing(PayriskError):
    """A change of the version in use that does not say which state of the versions it was made on."""

    code = "if_match_missing"
    field = "If-Match"
    remedy = "Send the ETag of GET /api/v1/models as If-Match."

    def __init__(self) -> None:
        super().__init__("A change of the version in use must say which state of the versions it was made on.")
