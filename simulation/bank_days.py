"""The days on which banks move money and offices send invoices: no weekends, no 1 January, 1 May, 25 and 26 December.

Days are whole numbers (`ledger.days`). One calendar serves every country of the simulated company.
"""

import numpy as np
import numpy.typing as npt

from simulation.chance import Flags, Ints

_HOLIDAYS = [f"{year}-{day}" for year in range(1980, 2101) for day in ("01-01", "05-01", "12-25", "12-26")]
_CALENDAR = np.busdaycalendar(holidays=np.array(_HOLIDAYS, dtype="datetime64[D]"))


def is_bank_day(days: npt.ArrayLike) -> Flags:
    """Whether each day is a bank day."""
    return np.asarray(np.is_busday(_dates(days), busdaycal=_CALENDAR), dtype=np.bool_)


def bank_day_from(days: npt.ArrayLike) -> Ints:
    """The day itself when it is a bank day, else the next one."""
    return bank_days_after(days, 0)


def bank_day_until(days: npt.ArrayLike) -> Ints:
    """The day itself when it is a bank day, else the one before."""
    return np.busday_offset(_dates(days), 0, roll="backward", busdaycal=_CALENDAR).astype(np.int64)


def bank_days_after(days: npt.ArrayLike, count: npt.ArrayLike) -> Ints:
    """The bank day `count` >= 0 bank days after `bank_day_from(days)`."""
    return np.busday_offset(_dates(days), np.asarray(count), roll="forward", busdaycal=_CALENDAR).astype(np.int64)


def month_end(days: npt.ArrayLike) -> Ints:
    """The last calendar day of each day's month."""
    return ((_dates(days).astype("datetime64[M]") + 1).astype("datetime64[D]") - 1).astype(np.int64)


def bank_days_left_in_month(days: npt.ArrayLike) -> Ints:
    """Bank days after each day until its month ends: 0 on the month's last bank day."""
    dates = _dates(days)
    after = (dates.astype("datetime64[M]") + 1).astype("datetime64[D]")
    return np.asarray(np.busday_count(dates + 1, after, busdaycal=_CALENDAR), dtype=np.int64)


def _dates(days: npt.ArrayLike) -> npt.NDArray[np.datetime64]:
    return np.asarray(days, dtype=np.int64).astype("datetime64[D]")
