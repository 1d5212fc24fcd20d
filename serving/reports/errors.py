"""Errors of the reports."""

from datetime import date

from ledger.errors import PayriskError


class NoReports(PayriskError):
    """An evening whose list was published by a payrisk that made no reports yet."""

    code = "no_reports"
    field = "as_of"

    def __init__(self, as_of: date) -> None:
        self.as_of = as_of
        self.remedy = f"Publish the evening again: payrisk queue --as-of {as_of.isoformat()}"
        super().__init__(f"The list of {as_of.isoformat()} was published without reports.")
