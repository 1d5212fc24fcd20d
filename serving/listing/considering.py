"""Considering: every account of an evening as the rules of a strategy see it."""

from features.working_days import next_working_day
from ledger.days import to_day
from ledger.money import Rates, exponent_of
from serving.accounts.account import Account
from serving.strategy.considered import Broken, Considered, DueSoon
from serving.strategy.segments import Conduct, segment_by
from serving.strategy.strategy import Strategy
from serving.value.rule_order import rule_for

SOON_DAYS = 14


def considered(
    account: Account, value: float | None, strategy: Strategy, rates: Rates, grace_days: int, works_on: int
) -> Considered:
    """One account.

    Args:
        value: what it ranks by; None where no rate leads to the reporting currency.
        rates: to the reporting currency.
        grace_days: days after due that count as on time, for the segment.
        works_on: the whole day on which the list is worked.
    """
    dealings = account.facts.dealings
    unit, today = 10.0 ** -exponent_of(account.currency), to_day(account.as_of)
    broken = [
        Broken(money, one.days_ago)
        for one in dealings.broken
        if (money := _told(one.amount_minor, one.currency, account, rates)) is not None
    ]
    return Considered(
        customer_id=account.customer_id,
        value=value,
        minutes=account.facts.answers.minutes,
        segment=segment_by(
            Conduct(account.facts.paid_days_late, grace_days, account.oldest_dpd, dealings.disputed_share),
            strategy.segments,
        ),
        oldest_dpd=account.oldest_dpd,
        open=_units(account.open_minor, unit),
        overdue=_units(account.overdue_minor, unit),
        country=account.facts.country or "",
        debtor_class=dealings.debtor_class,
        promised=_units(account.promised_minor, unit),
        disputed=_units(account.disputed_minor, unit),
        credits=_units(account.credit_minor, unit),
        credited=_units(account.credited_minor, unit),
        other_overdue=any(other.overdue_minor for other in account.other_money),
        other_open=not account.comparable or bool(account.other_money),
        credit_limit=_told(dealings.credit_limit_minor, dealings.credit_limit_currency, account, rates),
        holds=dealings.holds,
        hold_ends=dealings.hold_ends,
        callback=dealings.callback,
        tries=dealings.tries,
        talks=dealings.talks,
        broken=tuple(broken),
        due_soon=_due_soon(account, unit, scored=not rule_for(account, strategy)),
        overdue_since_days=0 if dealings.overdue_since is None else today - dealings.overdue_since + 1,
        promised_until=dealings.promised_until,
        open_again=next_working_day(account.facts.country or "", works_on),
    )


def _units(minor: int, unit: float) -> float:
    """Money in units; of nothing the one 0 that all share."""
    return minor * unit if minor else 0.0


def _due_soon(account: Account, unit: float, *, scored: bool) -> tuple[DueSoon, ...]:
    """The items due soon; of an account that is left to the rule order without their chances."""
    soon = [item for item in account.items if -SOON_DAYS <= item.score.dpd <= 0 and item.minor is not None]
    if not soon:
        return ()
    return tuple(
        DueSoon(
            (item.minor or 0) * unit, -item.score.dpd, item.score.p_late if scored else None,
            account.facts.dealings.only_one,
        )
        for item in sorted(soon, key=lambda item: (-item.score.dpd, item.score.item_id))
    )  # fmt: skip


def _told(minor: int, currency: str, account: Account, rates: Rates) -> float | None:
    """An amount in units of the account's currency; None where it is not stated, or no rate leads there."""
    if minor < 0 or not currency:
        return None
    if currency == account.currency:
        return minor * 10.0 ** -exponent_of(currency)
    if account.currency != rates.base or not rates.knows(currency, to_day(account.as_of)):
        return None
    return rates.convert(minor, currency, to_day(account.as_of)) * 10.0 ** -exponent_of(rates.base)
