"""Columns of reasons as the API says them: an item's (`ReasonOut`), and an account's with their money."""

from collections.abc import Sequence
from functools import lru_cache
from itertools import chain, repeat

from models.score import Reason, arrow_of
from serving.accounts.account import Account
from serving.published.bodies import json_text
from serving.published.money_columns import moneys_or_null
from serving.web.checks import BodyCheck
from serving.web.columns import Rows, Written
from serving.web.schemas import AccountReasonOut, ReasonOut
from serving.wording import whole_parts

_FACT = BodyCheck(ReasonOut, only=("concept", "text", "code", "value", "typical", "further"))
_MOVED = Rows(ReasonOut, only=("points", "arrow"))
_OF_ACCOUNT = Rows(AccountReasonOut, only=("item_id", "money"))


def item_reasons(of_items: Sequence[Sequence[Reason]]) -> Written:
    """The reasons of each item, beside which it need not be named again."""
    reasons = list(chain.from_iterable(of_items))
    texts = [f"{{{members}}}" for members in _members(reasons)]
    return Written(ReasonOut, texts).lists([len(own) for own in of_items])


def account_reasons(accounts: Sequence[Account]) -> tuple[Written, Written]:
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
    texts = [f"{{{moved},{ours}}}" for moved, ours in zip(_members(reasons), own, strict=True)]
    told = Written(AccountReasonOut, texts).lists([len(account.reasons) for account in accounts])
    return told, moneys_or_null(bases, currencies)


def money_of_reasons(account: Account) -> tuple[int | None, Sequence[int | None]]:
    """What `base` is in money, and each reason: they add up to what is expected late, to the minor unit.

    None where nothing was predicted.
    """
    total = account.expected_late_minor
    if account.base is None or total is None:
        return None, [None] * len(account.reasons)
    base = round(account.money_of(account.base))
    parts = whole_parts([account.money_of(reason.points or 0.0) for reason in account.reasons], total - base)
    return base if parts else total, parts


def _members(reasons: Sequence[Reason]) -> list[str]:
    """The members of `ReasonOut` for each reason."""
    points = [reason.points for reason in reasons]
    moved = _MOVED.members(points=points, arrow=list(map(arrow_of, points)))
    facts = [_fact(one.concept, one.text, one.code, one.value, one.typical, one.further) for one in reasons]
    return [f"{said},{by},{fact}" for (said, fact), by in zip(facts, moved, strict=True)]


@lru_cache(maxsize=1 << 15, typed=True)
def _fact(
    concept: str,
    text: str,
    code: str,
    value: float | str | None,
    typical: float | str | None,
    further: tuple[tuple[str, float], ...],
) -> tuple[str, str]:
    """What a reason says, before its points and after them; kept, since many reasons tell the same."""
    said = {"concept": concept, "text": text}
    fact = {"code": code, "value": value, "typical": typical, **({"further": dict(further)} if further else {})}
    _FACT.require({**said, **fact})
    return json_text(said)[1:-1], json_text(fact)[1:-1]
