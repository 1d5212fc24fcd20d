"""Columns of reasons as the API says them: an item's (`ReasonOut`), and an account's with their money."""

from collections.abc import Sequence
from itertools import chain, repeat
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ledger.ordering import Ints
from models.score import Fact, Reason, arrow_of
from serving.accounts.account import Account
from serving.published.columns import Rows, Texts, Written, few, joined, objects_of
from serving.published.money_columns import moneys_or_null
from serving.published.schemas import AccountReasonOut, ReasonOut
from serving.wording import whole_parts_of

_SAID, _MOVED, _TOLD, _FURTHER = (
    Rows(ReasonOut, only=names)
    for names in (("concept", "text"), ("points", "arrow"), ("code", "value", "typical"), ("further",))
)
_OF_ACCOUNT = Rows(AccountReasonOut, only=("item_id", "money"))


class Said(NamedTuple):
    """What reasons say, the members of `ReasonOut`.

    Attributes:
        of_items: of each reason of items, shape (n,); of_accounts: of each reason of accounts, shape (m,).
    """

    of_items: Texts
    of_accounts: Texts


def said_by(of_items: Sequence[Reason], of_accounts: Sequence[Reason] = ()) -> Said:
    """What each reason says; many an account has the very reasons of its only item, which are written once."""
    ids, own = _ids(of_items), _ids(of_accounts)
    order = np.argsort(ids)
    row = np.append(order, 0)[np.searchsorted(ids[order], own)]
    theirs = np.append(ids, 0)[row] == own
    further = np.flatnonzero(~theirs)
    row[further] = len(ids) + np.arange(len(further))
    texts = _members([*of_items, *(of_accounts[at] for at in further.tolist())])
    return Said(texts[: len(ids)], texts.take(pa.array(row)))


def _ids(things: Sequence[object]) -> Ints:
    return np.fromiter(map(id, things), dtype=np.int64, count=len(things))


def item_reasons(of_items: Sequence[Sequence[Reason]], said: Texts) -> Written:
    """The reasons of each item, beside which it need not be named again; `said`: what each of them says."""
    return objects_of(ReasonOut, said).lists(list(map(len, of_items)))


def account_reasons(accounts: Sequence[Account], said: Texts) -> tuple[Written, Written]:
    """The reasons of each account, each with its item and its part of the money; and the `base_money` of each.

    Args:
        said: what each of the reasons says.
    """
    bases, parts = money_of_reasons(accounts)
    currencies, counts = [account.currency for account in accounts], [len(account.reasons) for account in accounts]
    of_reasons = list(chain.from_iterable(map(repeat, currencies, counts)))
    own = _OF_ACCOUNT.members(
        item_id=[reason.item_id for account in accounts for reason in account.reasons],
        money=moneys_or_null(parts, of_reasons),
    )
    told = objects_of(AccountReasonOut, joined(said, ",", own)).lists(counts)
    return told, moneys_or_null(bases, currencies)


def money_of_reasons(accounts: Sequence[Account]) -> tuple[list[int | None], list[int | None]]:
    """What the `base` of each account is in money, and each of all their reasons, one account behind the other: they
    add up to what is expected late, to the minor unit.

    None where nothing was predicted.
    """
    counts = np.array([len(account.reasons) for account in accounts], dtype=np.int64)
    begins, parts = np.cumsum(counts) - counts, np.full(counts.sum(), None, dtype=np.object_)
    points = np.array([reason.points or 0.0 for account in accounts for reason in account.reasons])
    about = np.array([account.called_about_minor for account in accounts])
    bases = list(map(_base_minor, accounts))
    moved = np.array([
        0 if base is None else (account.expected_late_minor or 0) - base
        for account, base in zip(accounts, bases, strict=True)
    ])  # fmt: skip
    known = np.array([base is not None for base in bases], dtype=np.bool_)
    for count in np.unique(counts[known]).tolist():
        rows = np.flatnonzero(known & (counts == count))
        cells = begins[rows][:, None] + np.arange(count)
        parts[cells] = whole_parts_of(points[cells] * about[rows][:, None], moved[rows])
    return bases, parts.tolist()


def _base_minor(account: Account) -> int | None:
    """What the base is in money; of an account without reasons all that is expected late."""
    if account.base is None or account.expected_late_minor is None:
        return None
    return round(account.money_of(account.base)) if account.reasons else account.expected_late_minor


def _members(reasons: Sequence[Reason]) -> Texts:
    concepts, facts, points, _ = map(list, zip(*reasons, strict=True)) if reasons else ([], [], [], [])
    moved = _MOVED.members(points=points, arrow=few(list(map(arrow_of, points))))
    code = {concept: at for at, concept in enumerate(dict.fromkeys(concepts))}
    keys = _ids(facts) * len(code) + np.fromiter(map(code.__getitem__, concepts), np.int64, len(concepts))
    _, first, row = np.unique(keys, return_index=True, return_inverse=True)
    said, told = _facts([concepts[at] for at in first.tolist()], [facts[at] for at in first.tolist()])
    at = pa.array(row)
    return joined(said.take(at), ",", moved, ",", told.take(at))


def _facts(concepts: Sequence[str], facts: Sequence[Fact]) -> tuple[Texts, Texts]:
    """What each fact says, before the points of its reason and after them."""
    text, code, value, typical, further = map(list, zip(*facts, strict=True)) if facts else ([],) * 5
    said = _SAID.members(concept=few(concepts), text=text)
    told = _TOLD.members(code=few(code), value=value, typical=typical)
    more = _FURTHER.members(further=[dict(numbers) for numbers in further if numbers])
    has_more = pa.array(list(map(bool, further)), pa.bool_())
    return said, pc.replace_with_mask(told, has_more, joined(told.filter(has_more), ",", more))
