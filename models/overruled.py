"""`Overruled`: how often people said that the list is wrong, counted by the desk and judged by drift."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Overruled:
    """What people did in a time; each account counts once a day.

    Attributes:
        period: a month, `2026-03`, or `last 30 days`.
        worked: accounts, by day, that somebody recorded anything about.
        contested: of these, said to be wrong on the list; put_off: put off by hand; overruled: either.
    """

    period: str
    worked: int
    contested: int
    put_off: int
    overruled: int

    @property
    def share(self) -> float | None:
        """Of the accounts worked those that were overruled; None where nobody worked."""
        return self.overruled / self.worked if self.worked else None
