"""Logged decisions that a lot decided, with what came of each: the rows that every estimate stands on.

A decision is an account on an evening on which it could be listed. Where the probability to be listed was 0 or 1 nobody
drew, so nothing is learned about what calling changes there: such rows are counted and left out. So are those that were
listed all but for certain: they would stand on the one account in many that was left out, which no interval can tell.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from ledger.errors import PayriskError

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

BALANCE_CAP = 0.98
"""Balances count up to this quantile: a handful of very large accounts would otherwise decide alone."""

NEARLY_SURE = 0.97
"""A chance to be listed above which a row counts as listed for certain. Source: the idea is that of Crump, Hotz, Imbens
and Mitnik, Dealing with limited overlap in estimation of average treatment effects (2009); their bound is 0.9."""


class BadLog(PayriskError):
    """Columns of the log that do not fit together."""

    code = "bad_decision_log"

    def __init__(self, what: str) -> None:
        super().__init__(f"The decision log cannot be judged: {what}.")


@dataclass(frozen=True, eq=False)
class Logged:
    """Decisions with 0 < pi <= `NEARLY_SURE` in the order of (day, account); all columns of shape (n,).

    Make it with `Logged.of`, which orders and selects. Days are whole (`ledger.days`).

    Attributes:
        account: whole numbers, one per account, from 0.
        listed: 1 where the lot put the account on the list, else 0.
        pi: probability with which it was to be put there.
        outcome: share of its callable money-days that came in within the 45 days after, in [0, 1].
        balance: callable money that evening, in reporting currency units, > 0.
        expected: share that was expected without a call (of the payment curve), in [0, 1].
        gain: share that a call was expected to add, by the response prior.
        stratum: whole numbers; accounts of one stratum were drawn together.
        orders: by name, the score of each order that is compared; larger is called first.
        known: by name, other figures that were known before the lot was drawn.
        by_rule: how many decisions were left out because pi was 1; `never`: because it was 0; `nearly_sure`: because
            it was above `NEARLY_SURE`.
    """

    account: Ints
    day: Ints
    listed: Floats
    pi: Floats
    outcome: Floats
    balance: Floats
    expected: Floats
    gain: Floats
    stratum: Ints
    orders: Mapping[str, Floats] = field(default_factory=dict)
    known: Mapping[str, Floats] = field(default_factory=dict)
    by_rule: int = 0
    never: int = 0
    nearly_sure: int = 0

    @classmethod
    def of(
        cls,
        account: npt.ArrayLike,
        day: npt.ArrayLike,
        listed: npt.ArrayLike,
        pi: npt.ArrayLike,
        outcome: npt.ArrayLike,
        balance: npt.ArrayLike,
        expected: npt.ArrayLike,
        gain: npt.ArrayLike,
        stratum: npt.ArrayLike | None = None,
        orders: Mapping[str, npt.ArrayLike] | None = None,
        known: Mapping[str, npt.ArrayLike] | None = None,
    ) -> "Logged":
        """The rows that a lot decided, in an order that does not depend on how they came in.

        Raises `BadLog` where columns differ in length, an account occurs twice on a day, or a value is out of range.
        """
        accounts, days = np.asarray(account, dtype=np.int64), np.asarray(day, dtype=np.int64)
        chance = np.asarray(pi, dtype=np.float64)
        n = len(accounts)
        columns: dict[str, Floats | Ints] = {
            "day": days,
            "listed": np.asarray(listed, dtype=np.float64),
            "pi": chance,
            "outcome": np.asarray(outcome, dtype=np.float64),
            "balance": np.asarray(balance, dtype=np.float64),
            "expected": np.asarray(expected, dtype=np.float64),
            "gain": np.asarray(gain, dtype=np.float64),
            "stratum": np.zeros(n, dtype=np.int64) if stratum is None else np.asarray(stratum, dtype=np.int64),
        }
        scores = {name: np.asarray(score, dtype=np.float64) for name, score in (orders or {}).items()}
        others = {name: np.asarray(figure, dtype=np.float64) for name, figure in (known or {}).items()}
        _require_sound(accounts, {**columns, **scores, **others})
        by_lot = (chance > 0) & (chance <= NEARLY_SURE)
        kept = np.flatnonzero(by_lot)
        kept = kept[np.lexsort((accounts[kept], days[kept]))]
        again = (np.diff(days[kept]) == 0) & (np.diff(accounts[kept]) == 0)
        if again.any():
            raise BadLog("an account stands twice on one evening")
        return cls(
            account=accounts[kept],
            **{name: column[kept] for name, column in columns.items()},
            orders={name: score[kept] for name, score in scores.items()},
            known={name: figure[kept] for name, figure in others.items()},
            by_rule=int((chance >= 1).sum()),
            never=int((chance <= 0).sum()),
            nearly_sure=int(((chance > NEARLY_SURE) & (chance < 1)).sum()),
        )

    def __len__(self) -> int:
        return len(self.account)

    @cached_property
    def clusters(self) -> Ints:
        """The account of each row, numbered from 0 without gaps in the order of the accounts."""
        return np.unique(self.account, return_inverse=True)[1].astype(np.int64)

    @property
    def accounts(self) -> int:
        """How many accounts occur."""
        return int(self.clusters.max(initial=-1)) + 1

    @cached_property
    def money(self) -> Floats:
        """The balance of each row, capped at the quantile `BALANCE_CAP` of the balances."""
        return np.minimum(self.balance, np.quantile(self.balance, BALANCE_CAP)) if len(self) else self.balance

    def slots(self) -> Ints:
        """How many accounts were drawn on the evening of each row: the capacity that was open to the lot."""
        _, at = np.unique(self.day, return_inverse=True)
        return np.rint(np.bincount(at, weights=self.pi))[at].astype(np.int64)

    def on_the_evening(self) -> Ints:
        """How many accounts of the log there were on the evening of each row."""
        _, at, count = np.unique(self.day, return_inverse=True, return_counts=True)
        return np.asarray(count[at], dtype=np.int64)

    def place(self, order: str) -> Ints:
        """Where each row stands among those of its evening, from 1; of equal scores the smaller account first."""
        by_score = np.lexsort((self.account, -self.orders[order], self.day))
        first = np.searchsorted(self.day, self.day[by_score])
        place = np.empty(len(self), dtype=np.int64)
        place[by_score] = np.arange(len(self)) - first + 1
        return place


def _require_sound(account: Ints, columns: Mapping[str, Floats | Ints]) -> None:
    for name, column in columns.items():
        if column.shape != account.shape:
            raise BadLog(f"{name} has {len(column)} rows, account has {len(account)}")
        if np.isnan(column.astype(np.float64)).any():
            raise BadLog(f"{name} is not known of every decision")
    for name in ("listed", "pi", "outcome"):
        column = columns[name].astype(np.float64)
        if (column < 0).any() or (column > 1).any():
            raise BadLog(f"{name} is not between 0 and 1")
    if (columns["balance"].astype(np.float64) <= 0).any():
        raise BadLog("a decision has no callable money")
