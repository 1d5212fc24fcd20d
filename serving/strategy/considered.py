"""What the rules of a strategy see of an account on one evening: plain numbers, no frames, no clock.

Money is in reporting currency units. Days since something count back from the evening: 0 is the evening itself.
"""

from typing import NamedTuple

from serving.strategy.codes import Segment

BACK_DAYS = 90
"""How far back contacts and broken promises count."""


class Broken(NamedTuple):
    """A promise that was broken and not followed by another.

    Attributes:
        money: promised and not come, in reporting currency units.
        days_ago: since it counts as broken, which is the day after its grace has passed; >= 0.
    """

    money: float
    days_ago: int


class DueSoon(NamedTuple):
    """An item that is not due yet.

    Attributes:
        in_days: until it is due, >= 0.
        p_late: chance to be later than the grace; None where nothing was predicted.
        first: of a customer who never had another one.
    """

    money: float
    in_days: int
    p_late: float | None = None
    first: bool = False


class Callback(NamedTuple):
    """An appointment to call: the whole day (`ledger.days`) and the time as told ("14:30", '' where none was)."""

    on: int
    at: str = ""


class Considered(NamedTuple):
    """One account with open items, as the rules see it.

    Attributes:
        value: what it ranks by (the larger, the earlier); None where no rate leads to the reporting currency.
        minutes: that a call takes, > 0.
        country: as the ledger tells it (ISO 3166 alpha-2), '' where it does not.
        debtor_class: legal_person, natural_person, or '' (unknown, treated as natural).
        oldest_dpd: days past due of the oldest overdue item in any currency; 0 where nothing is overdue.
        open, overdue: money still to come, and the part of it past due.
        promised, disputed: of the overdue money, what an open promise or an open dispute covers; together at most
            `overdue`.
        credits: unused credits, as a positive amount.
        credited: of the overdue money that is neither promised nor disputed, what they are set off on.
        other_overdue: whether money is overdue that no rate leads to.
        other_open: whether money is open that no rate leads to.
        credit_limit: None where none is stated.
        holds: the kinds of the holds that are in force tonight (`ledger.activity.HOLDS`), each once, sorted.
        callback: the earliest appointment that is still to be kept.
        tries, talks: days since each contact of the last 90 days, and since each that reached a person; newest first.
        broken: promises broken in the last 90 days, newest first.
        due_soon: items due within the next 14 days, soonest first.
        overdue_since_days: for how many days without a break something of the account has been overdue.
        promised_until: the whole day from which the first of the open promises may be called about, should it be
            broken; None where there is none, or nobody asked.
        hold_ends: of each of `holds` the whole day from which it no longer holds, None where no end is told; empty
            where nobody asked.
        open_again: the first whole day from that of the list on that its country works; None where that is not known.
    """

    customer_id: str
    value: float | None
    minutes: float
    segment: Segment
    oldest_dpd: int
    open: float
    overdue: float
    country: str = ""
    debtor_class: str = ""
    promised: float = 0.0
    disputed: float = 0.0
    credits: float = 0.0
    credited: float = 0.0
    other_overdue: bool = False
    other_open: bool = False
    credit_limit: float | None = None
    holds: tuple[str, ...] = ()
    callback: Callback | None = None
    tries: tuple[int, ...] = ()
    talks: tuple[int, ...] = ()
    broken: tuple[Broken, ...] = ()
    due_soon: tuple[DueSoon, ...] = ()
    overdue_since_days: int = 0
    promised_until: int | None = None
    hold_ends: tuple[int | None, ...] = ()
    open_again: int | None = None

    @property
    def callable_money(self) -> float:
        """Overdue money that is neither promised nor disputed, less what unused credits are set off on."""
        return max(0.0, self.overdue - self.promised - self.disputed - self.credited)
