"""Columns of what accounts did lately, as the API says it: settled invoices, promises, contacts."""

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any

from serving.accounts.history import Contacted, History, Promised, Settled
from serving.published.columns import Column, Rows, Written, few
from serving.published.money_columns import days, moneys
from serving.published.schemas import ContactOut, PromiseOut, SettledOut

_SETTLED, _PROMISE, _CONTACT = Rows(SettledOut), Rows(PromiseOut), Rows(ContactOut)


def history_columns(histories: Sequence[History]) -> dict[str, Column]:
    """The columns of an account's body that tell its history."""
    return {
        "settled_invoices": [one.settled_count for one in histories],
        "history": _settled([one.settled for one in histories]),
        "promises": _promises([one.promises for one in histories]),
        "contacts": _contacts([one.contacts for one in histories]),
    }


def _settled(of_accounts: Sequence[Sequence[Settled]]) -> Written:
    item_id, due_on, settled_on, days_late, minor, currency = _columns(of_accounts, 6)
    told = _SETTLED.written(
        item_id=item_id, due_on=days(due_on), settled_on=days(settled_on), days_late=days_late,
        amount=moneys(minor, currency),
    )  # fmt: skip
    return told.lists(list(map(len, of_accounts)))


def _promises(of_accounts: Sequence[Sequence[Promised]]) -> Written:
    promise_id, promised_on, minor, currency, state = _columns(of_accounts, 5)
    told = _PROMISE.written(
        promise_id=promise_id,
        promised_on=days(promised_on),
        amount=moneys(minor, currency),
        state=few(state),
    )
    return told.lists(list(map(len, of_accounts)))


def _contacts(of_accounts: Sequence[Sequence[Contacted]]) -> Written:
    happened_on, channel, outcome, reached = _columns(of_accounts, 4)
    told = _CONTACT.written(happened_on=days(happened_on), channel=few(channel), outcome=few(outcome), reached=reached)
    return told.lists(list(map(len, of_accounts)))


def _columns(of_accounts: Iterable[Iterable[tuple[Any, ...]]], count: int) -> list[list[Any]]:
    """The fields of everybody's, each as one column."""
    found = [list(column) for column in zip(*chain.from_iterable(of_accounts), strict=True)]
    return found or [[] for _ in range(count)]
