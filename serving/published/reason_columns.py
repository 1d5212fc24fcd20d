"""Columns of reasons as the API says them: an item's (`ReasonOut`), and an account's with their money."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, repeat
from operator import attrgetter
from typing import Any

from models.score import Reason, arrow_of
from serving.accounts.account import Account
from serving.published.columns import Rows, Written
from serving.published.money_columns import moneys_or_null
from serving.published.schemas import AccountReasonOut, ReasonOut
from serving.wording import whole_parts

_SAID, _MOVED = Rows(ReasonOut, only=("concept", "text")), Rows(ReasonOut, only=("points", "arrow"))
_TOLD, _FURTHER = Rows(ReasonOut, only=("code", "value", "typical")), Rows(ReasonOut, only=("further",))
_OF_ACCOUNT = Rows(AccountReasonOut, only=("item_id", "money"))

_Fact = tuple[Any, ...]
"""Concept, text, code, value, typical and further of a reason."""

_fact = attrgetter("concept", "text", "code", "value", "typical", "further")

Said = Mapping[int, str]
"""What reasons say, by the `id` of each: many an account has the very reasons of its only item."""


def said_by(reasons: Iterable[Reason]) -> Said:
    """The members of `ReasonOut` for each reason; what many of them say is written once."""
    every = {id(reason): reason for reason in reasons}
    return dict(zip(every, _members(list(every.values())), strict=True))


def item_reasons(of_items: Sequence[Sequence[Reason]], said: Said) -> Written:
    """The reasons of each item, beside which it need not be named again."""
    texts = [f"{{{said[id(reason)]}}}" for reason in chain.from_iterable(of_items)]
    return Written(ReasonOut, texts).lists(list(map(len, of_items)))


def account_reasons(accounts: Sequence[Account], said: Said) -> tuple[Written, Written]:
    """The reasons of each account, each with its item and its part of the money; and the `base_money` of each."""
    parts, bases = [], []
    for account in accounts:
        base, money = money_of_reasons(account)
        bases.append(base)
        parts.append(money)
    reasons = list(chain.from_iterable(account.reasons for account in accounts))
    currencies = [account.currency for account in accounts]
    of_reasons = list(chain.from_iterable(repeat(one.currency, len(one.reasons)) for one in accounts))
    own = _OF_ACCOUNT.members(
        item_id=[reason.item_id for reason in reasons],
        money=moneys_or_null(list(chain.from_iterable(parts)), of_reasons),
    )
    texts = [f"{{{said[id(reason)]},{ours}}}" for reason, ours in zip(reasons, own, strict=True)]
    told = Written(AccountReasonOut, texts).lists([len(account.reasons) for account in accounts])
    return told, moneys_or_null(bases, currencies)


def money_of_reasons(account: Account) -> tuple[int | None, Sequence[int | None]]:
    """What `base` is in money, and each reason: they add up to what is expected late, to the minor unit.

    None where nothing was predicted.
    """
    total = account.expected_late_minor
    if account.base is None or total is None:
        return None, [None] * len(account.reasons)
    base, about = round(account.money_of(account.base)), account.called_about_minor
    parts = whole_parts([(reason.points or 0.0) * about for reason in account.reasons], total - base)
    return base if parts else total, parts


def _members(reasons: Sequence[Reason]) -> list[str]:
    points = [reason.points for reason in reasons]
    moved = _MOVED.members(points=points, arrow=list(map(arrow_of, points)))
    facts = list(map(_fact, reasons))
    written = _facts(list(dict.fromkeys(facts)))
    return [f"{said},{by},{told}" for (said, told), by in zip(map(written.__getitem__, facts), moved, strict=True)]


def _facts(facts: Sequence[_Fact]) -> dict[_Fact, tuple[str, str]]:
    """What each fact says, before the points of its reason and after them."""
    concept, text, code, value, typical, further = map(list, zip(*facts, strict=True)) if facts else [[]] * 6
    said = _SAID.members(concept=concept, text=text)
    told = _TOLD.members(code=code, value=value, typical=typical)
    beside = _FURTHER.members(further=[dict(numbers) for numbers in further])
    tails = [f"{tail},{more}" if numbers else tail for tail, more, numbers in zip(told, beside, further, strict=True)]
    return dict(zip(facts, zip(said, tails, strict=True), strict=True))
