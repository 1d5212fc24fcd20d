"""Accounts as the API says them, listed or not: their figures, reasons, open items and history, as JSON.

Some accounts are told at a time, column by column (`columns.py`): what is checked and written is the same as
of each by itself. What the list decides of an account stands together in its text (`place_members`), so that the text
can be written before the list is made.
"""

import json
from collections.abc import Sequence
from itertools import chain
from typing import Any

from ledger.money import EXPONENT
from serving.accounts.account import Account
from serving.listing.queue import PlacedAccount
from serving.published.bodies import Json
from serving.published.columns import Column, Rows, Texts, Written, few
from serving.published.history_columns import history_columns
from serving.published.item_columns import items
from serving.published.money_columns import days, moneys, moneys_or_null
from serving.published.reason_columns import account_reasons, said_by
from serving.published.schemas import AccountBody, BroughtForwardOut, OtherMoneyOut
from serving.value.priority import BroughtForward

PLACE = (
    "next_action", "next_step", "next_step_label", "standing", "rule", "rule_reason", "rule_until", "collector",
)  # fmt: skip
"""Of the figures of an account, what the list decides; beside them the rank."""

_ACCOUNT, _RANK, _PLACE = Rows(AccountBody), Rows(AccountBody, only=("rank",)), Rows(AccountBody, only=PLACE)
_BROUGHT_FORWARD, _OTHER_MONEY = Rows(BroughtForwardOut), Rows(OtherMoneyOut)

Columns = dict[str, Column]


def account_json(placed: PlacedAccount) -> Json:
    """An account as the API says it, validated (`AccountBody`); it has a rank where it is on the list."""
    found: Json = json.loads(account_texts([placed])[0].as_py())
    return found


def account_texts(placed: Sequence[PlacedAccount]) -> Texts:
    """The same of some accounts as JSON. Raises pydantic's `ValidationError`."""
    scores = [[item.score for item in one.account.items] for one in placed]
    every = list(chain.from_iterable(scores))
    of_items = list(chain.from_iterable(one.reasons for one in every))
    said = said_by(of_items, list(chain.from_iterable(one.account.reasons for one in placed)))
    told = _ACCOUNT.written(
        rank=[_rank(one) for one in placed],
        **_figures(placed, said.of_accounts),
        items=items(every, said.of_items).lists(list(map(len, scores))),
        **history_columns([one.account.facts.history for one in placed]),
    )
    return told.json


def place_members(placed: Sequence[PlacedAccount]) -> list[tuple[bytes, bytes]]:
    """What the list decides of accounts: the rank of each, and what else of its figures, as it stands in its body."""
    ranks, places = _RANK.members(rank=[_rank(one) for one in placed]), _PLACE.members(**_place(placed))
    return list(zip(ranks.to_pylist(), places.to_pylist(), strict=True))


def _rank(placed: PlacedAccount) -> int | None:
    return placed.place if placed.standing == "listed" else None


def _figures(placed: Sequence[PlacedAccount], said: Texts) -> Columns:
    """The figures that a line of the list and the account share (`AccountFigures`); `said`: what each of the reasons of
    the accounts says."""
    accounts = [one.account for one in placed]
    currencies = [account.currency for account in accounts]
    reasons, base_money = account_reasons(accounts, said)

    def column(name: str) -> list[Any]:
        return [getattr(account, name) for account in accounts]

    return {
        "customer_id": column("customer_id"),
        "customer_name": [account.facts.customer_name for account in accounts],
        "country": few([account.facts.country for account in accounts]),
        "overdue": moneys(column("overdue_minor"), currencies),
        "open": moneys(column("open_minor"), currencies),
        "expected_late": moneys_or_null(column("expected_late_minor"), currencies),
        "brought_forward": _brought_forward(placed),
        "promised": moneys(column("promised_minor"), currencies),
        "disputed": moneys(column("disputed_minor"), currencies),
        "late_risk": column("late_risk"),
        "late_risk_on": days(column("late_risk_on")),
        "p_late": column("p_late"),
        "expected_on": days(column("expected_on")),
        "base": column("base"),
        "reasons": reasons,
        "base_money": base_money,
        **_place(placed),
        "segment": few([one.segment for one in placed]),
        "open_items": [len(account.items) for account in accounts],
        "overdue_items": column("overdue_count"),
        "oldest_dpd": column("oldest_dpd"),
        "thin_history": column("thin_history"),
        "unapplied_credits": _credits(placed),
        "other_money": _other_money(placed),
        "paid_days_late": [list(account.facts.paid_days_late) for account in accounts],
    }


def _place(placed: Sequence[PlacedAccount]) -> Columns:
    return {
        "next_action": [one.next_action.text for one in placed],
        "next_step": few([one.next_action.step for one in placed]),
        "next_step_label": few([one.next_action.label for one in placed]),
        "standing": few([one.standing for one in placed]),
        "rule": few([one.rule for one in placed]),
        "rule_reason": few([one.reason for one in placed]),
        "rule_until": days([one.until for one in placed]),
        "collector": few([one.collector for one in placed]),
    }


def _brought_forward(placed: Sequence[PlacedAccount]) -> Written:
    """What a call to each is expected to bring forward, in whole money-days; null where nobody knows."""
    known = [(one.account, one.expects) for one in placed if one.expects is not None]
    told = _BROUGHT_FORWARD.written(
        money_days=[round(expects.money_days) for _, expects in known],
        money=moneys([of.callable_minor for of, _ in known], [of.currency for of, _ in known]),
        days=[expects.days for _, expects in known],
        measured=[False for _ in known],
        prior=[expects.prior for _, expects in known],
        **_worth(known),
    )
    return told.where([one.expects is not None for one in placed])


def _worth(known: Sequence[tuple[Account, BroughtForward]]) -> Columns:
    """What a call to each is worth; no column where nobody said what money costs."""
    minor = [None if one.worth is None else round(one.worth * 10 ** EXPONENT[of.currency]) for of, one in known]
    if all(one is None for one in minor):
        return {}
    return {"worth": moneys_or_null(minor, [of.currency for of, _ in known])}


def _credits(placed: Sequence[PlacedAccount]) -> Written:
    """The unused credits of each account, by currency."""
    own = [sorted((credit.currency, credit.minor) for credit in one.account.facts.credits) for one in placed]
    every = list(chain.from_iterable(own))
    return moneys([minor for _, minor in every], [of for of, _ in every]).lists(list(map(len, own)))


def _other_money(placed: Sequence[PlacedAccount]) -> Written:
    own = [one.account.other_money for one in placed]
    every = list(chain.from_iterable(own))
    currencies = [other.currency for other in every]
    told = _OTHER_MONEY.written(
        open=moneys([other.open_minor for other in every], currencies),
        overdue=moneys([other.overdue_minor for other in every], currencies),
    )
    return told.lists(list(map(len, own)))
