"""`Dealings`: what stands between us and a customer on one evening, as the rules of a strategy ask for it."""

from typing import NamedTuple

from serving.strategy.considered import Callback


class BrokenPromise(NamedTuple):
    """A promise of which nothing came: minor units of `currency`, and the days since it counts as broken."""

    amount_minor: int
    currency: str
    days_ago: int


class Dealings(NamedTuple):
    """One customer's.

    Attributes:
        debtor_class: legal_person, natural_person or '' (not stated).
        credit_limit_minor: in minor units of `credit_limit_currency`; -1 where none is stated.
        holds: kinds in force on the day that the list is worked, each once, sorted.
        hold_ends: of each of them the whole day from which it no longer holds, None where no end is told.
        callback: the earliest appointment still to be kept.
        tries, talks: days since each contact of the last 90 days, and since each that reached a person; newest first.
        broken: of the last 90 days, newest first; none once another promise was made after it.
        promised_until: the whole day from which the first of the open promises may be called about; None without one.
        disputed_share: of the invoices issued in the last year, how many were ever disputed.
        overdue_since: the first whole day since when something has been overdue without a break; None when nothing is.
        only_one: whether the customer never had a second invoice.
    """

    debtor_class: str = ""
    credit_limit_minor: int = -1
    credit_limit_currency: str = ""
    holds: tuple[str, ...] = ()
    hold_ends: tuple[int | None, ...] = ()
    callback: Callback | None = None
    tries: tuple[int, ...] = ()
    talks: tuple[int, ...] = ()
    broken: tuple[BrokenPromise, ...] = ()
    promised_until: int | None = None
    disputed_share: float = 0.0
    overdue_since: int | None = None
    only_one: bool = False


NO_DEALINGS = Dealings()
