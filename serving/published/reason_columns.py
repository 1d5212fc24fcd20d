"""Columns of reasons as the API says them: an item's (`ReasonOut`), and an account's with their money."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, repeat

import pyarrow as pa
import pyarrow.compute as pc

from models.score import Fact, Reason, arrow_of
from serving.accounts.account import Account
from serving.published.columns import Rows, Texts, Written, joined
from serving.published.money_columns import moneys_or_null
from serving.published.schemas import AccountReasonOut, ReasonOut
from serving.wording import whole_parts

_SAID, _MOVED = Rows(ReasonOut, only=("concept", "text")), Rows(ReasonOut, only=("points", "arrow"))
_TOLD, _FURTHER = Rows(ReasonOut, only=("code", "value", "typical")), Rows(ReasonOut, only=("further",))
_OF_ACCOUNT = Rows(AccountReasonOut, only=("item_id", "money"))

_Key = tuple[str, int]
"""The concept of a reason, and the `id` of its fact, which many reasons share."""


@dataclass(frozen=True)
class Said:
    """What reasons say, the members of `ReasonOut`: many an account has the very reasons of its only item.

    Attributes:
        rows: of each reason, by its `id`.
        texts: what each says, shape (n,).
    """

    rows: Mapping[int, int]
    texts: Texts

    def of(self, reasons: Iterable[Reason]) -> Texts:
        """What some of them say, one after the other."""
        return self.texts.take(pa.array(list(map(self.rows.__getitem__, map(id, reasons))), pa.int64()))


def said_by(reasons: Iterable[Reason]) -> Said:
    """What each reason says; what many of them say is written once."""
    every = {id(reason): reason for reason in reasons}
    return Said(dict(zip(every, range(len(every)), strict=True)), _members(list(every.values())))


def item_reasons(of_items: Sequence[Sequence[Reason]], said: Said) -> Written:
    """The reasons of each item, beside which it need not be named again."""
    texts = joined("{", said.of(chain.from_iterable(of_items)), "}")
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
    told = Written(AccountReasonOut, joined("{", said.of(reasons), ",", own, "}"))
    return told.lists([len(account.reasons) for account in accounts]), moneys_or_null(bases, currencies)


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


def _members(reasons: Sequence[Reason]) -> Texts:
    concepts, facts, points, _ = map(list, zip(*reasons, strict=True)) if reasons else ([], [], [], [])
    moved = _MOVED.members(points=points, arrow=list(map(arrow_of, points)))
    keys = list(zip(concepts, map(id, facts), strict=True))
    own = dict(zip(keys, facts, strict=True))
    at = dict(zip(own, range(len(own)), strict=True))
    rows = pa.array(list(map(at.__getitem__, keys)), pa.int64())
    said, told = _facts(own)
    return joined(said.take(rows), ",", moved, ",", told.take(rows))


def _facts(facts: Mapping[_Key, Fact]) -> tuple[Texts, Texts]:
    """What each fact says, before the points of its reason and after them."""
    text, code, value, typical, further = map(list, zip(*facts.values(), strict=True)) if facts else ([],) * 5
    said = _SAID.members(concept=[concept for concept, _ in facts], text=text)
    told = _TOLD.members(code=code, value=value, typical=typical)
    more = _FURTHER.members(further=[dict(numbers) for numbers in further if numbers])
    has_more = pa.array(list(map(bool, further)), pa.bool_())
    return said, pc.replace_with_mask(told, has_more, joined(told.filter(has_more), ",", more))
