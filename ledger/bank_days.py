"""Bank days: on which days a bank works, and where a due day moves when it does not.

Which days those are is the caller's knowledge (weekend and holidays of the agreed place), never guessed here.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from ledger.errors import PayriskError

BusinessDayRule = Literal["none", "following", "modified_following", "preceding"]
"""Where a day that is no bank day moves: nowhere; to the next one; to the next one unless that is in another month,
then to the one before; to the one before."""

_LONGEST_CLOSURE_DAYS = 60
_ONE_DAY = timedelta(days=1)


class NoBankDay(PayriskError):
    """A calendar so full of holidays that no bank day can be found near a day."""

    code = "no_bank_day"

    def __init__(self, on: date) -> None:
        self.on = on
        super().__init__(
            f"No bank day within {_LONGEST_CLOSURE_DAYS} days of {on}. Expected a calendar in which banks work; "
            "check the weekend days and the holidays given."
        )


@dataclass(frozen=True)
class BankDays:
    """The calendar of one place.

    Attributes:
        weekend: weekdays without banks, Monday 0 to Sunday 6.
        holidays: further days without banks.
    """

    weekend: frozenset[int] = frozenset({5, 6})
    holidays: frozenset[date] = frozenset()

    def works_on(self, on: date) -> bool:
        """Whether banks work on that day."""
        return on.weekday() not in self.weekend and on not in self.holidays

    def moved(self, on: date, rule: BusinessDayRule) -> date:
        """The bank day that `rule` makes of `on`; a bank day stays where it is.

        Raises:
            NoBankDay: none within 60 days, or under `modified_following` none in the month.

        >>> [str(BankDays().moved(date(2026, 1, 31), r)) for r in ("following", "modified_following", "preceding")]
        ['2026-02-02', '2026-01-30', '2026-01-30']
        """
        if rule == "none":
            return on
        if rule == "preceding":
            return self._nearest(on, -_ONE_DAY)
        following = self._nearest(on, _ONE_DAY)
        if rule == "following" or _month(following) == _month(on):
            return following
        preceding = self._nearest(on, -_ONE_DAY)
        if _month(preceding) != _month(on):
            raise NoBankDay(on)
        return preceding

    def after(self, on: date, count: int) -> date:
        """The `count`-th bank day after `on`; `on` itself for 0, bank day or not. Raises `NoBankDay`.

        >>> str(BankDays().after(date(2026, 3, 13), 2))
        '2026-03-17'
        """
        for _ in range(count):
            on = self._nearest(on + _ONE_DAY, _ONE_DAY)
        return on

    def _nearest(self, on: date, step: timedelta) -> date:
        found = on
        for _ in range(_LONGEST_CLOSURE_DAYS):
            if self.works_on(found):
                return found
            found += step
        raise NoBankDay(on)


def _month(on: date) -> tuple[int, int]:
    return on.year, on.month
