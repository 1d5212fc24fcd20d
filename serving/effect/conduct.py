"""Conduct: whether kinds of customers are listed and called as often as others of the same priority.

No rule asks for a country, a size or an age; a list may prefer one all the same. Each kind is compared with everybody
else within the tenths of an evening's order, so that a difference in money at stake is no difference in treatment.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ledger.days import NEVER, to_day
from ledger.frames import where
from ledger.lookup import whole
from ledger.view import LedgerView
from ledger.words import count_text, percent
from serving.effect.logged import Flags, Floats, Ints
from serving.effect.outcomes import WORKED_WITHIN_DAYS, called_for

LEAST, MOST = 0.8, 1.25
"""Ratios within which two kinds count as treated alike."""

FEWEST_ACCOUNTS, FEWEST_EXPECTED = 30, 20.0
"""Accounts of a kind, and listings or calls to be expected of it, below which a ratio says nothing."""

TENTHS = 10
NEW_DAYS = 365
SIZES = ("small", "middle", "large")


@dataclass(frozen=True)
class Treated:
    """How often one kind of customers was listed or called, beside others of the same priority.

    Attributes:
        of: what kind it is, such as country; `value`: which one.
        what: listed, or called (within four days).
        accounts, decisions: how many of the kind.
        rate, matched: its share, and that of the others in the same tenths; ratio: the one over the other.
    """

    of: str
    value: str
    what: str
    accounts: int
    decisions: int
    rate: float
    matched: float
    ratio: float

    @property
    def alike(self) -> bool:
        """Whether it is treated as others are."""
        return LEAST <= self.ratio <= MOST

    @property
    def text(self) -> str:
        """As a sentence with its figures."""
        return (
            f"{self.of} {self.value}: {count_text(self.accounts, 'account')} {self.what} in {percent(self.rate)} of "
            f"{count_text(self.decisions, 'decision')}, others of the same priority in {percent(self.matched)} "
            f"({self.ratio:.2f} times)."
        )

    def to_json(self) -> dict[str, Any]:
        """Its fields, whether it is alike, and the sentence."""
        return {**asdict(self), "alike": self.alike, "text": self.text}


def conduct_of(decisions: pd.DataFrame, view: LedgerView) -> tuple[Treated, ...]:
    """Each kind with enough accounts and enough to be expected, by kind; none before four days have passed.

    Args:
        decisions: as `serving.trials.decision_log.DecisionLog.decisions` returns them.
        view: the evening that is looked back from.
    """
    day = np.array([to_day(on) for on in decisions["as_of"]], dtype=np.int64)
    passed = day <= to_day(view.day) - WORKED_WITHIN_DAYS
    able = decisions["eligible"].to_numpy(dtype=np.bool_) & decisions["score"].notna().to_numpy() & passed
    if not able.any():
        return ()
    rows, day = decisions.loc[able].reset_index(drop=True), day[able]
    tenth = _tenths(rows, day)
    done = {"listed": rows["listed"].to_numpy(dtype=np.bool_), "called": _called(rows, day, view)}
    return tuple(
        found
        for of, values in _kinds(rows, day, view)
        for value in sorted(set(values.tolist()) - {""})
        for what, flags in done.items()
        if (found := _treated(of, value, what, values == value, flags, tenth, rows["account_id"])) is not None
    )


def _treated(
    of: str, value: str, what: str, own: Flags, done: Flags, tenth: Ints, accounts: "pd.Series[str]"
) -> Treated | None:
    n, others = _counted(tenth, own), _counted(tenth, ~own)
    both = (n > 0) & (others > 0)
    inside = own & both[tenth]
    count = int(n[both].sum())
    if accounts[inside].nunique() < FEWEST_ACCOUNTS or accounts[~own].nunique() < FEWEST_ACCOUNTS:
        return None
    expected = float((n[both] * _counted(tenth, ~own & done)[both] / others[both]).sum())
    if expected < FEWEST_EXPECTED:
        return None
    rate = float(done[inside].sum()) / count
    matched = expected / count
    return Treated(of, value, what, int(accounts[inside].nunique()), count, rate, matched, rate / matched)


def _counted(tenth: Ints, rows: Flags) -> Floats:
    return np.bincount(tenth[rows], minlength=TENTHS).astype(np.float64)


def _tenths(rows: pd.DataFrame, day: Ints) -> Ints:
    """In which tenth of its evening's order each account stands, 0 the last; shape (n,)."""
    place = rows["score"].astype(np.float64).groupby(day).rank(method="average", pct=True).to_numpy()
    return np.minimum((place * TENTHS).astype(np.int64), TENTHS - 1)


def _called(rows: pd.DataFrame, day: Ints, view: LedgerView) -> Flags:
    found = np.zeros(len(rows), dtype=np.bool_)
    for one in np.unique(day):
        of_day = day == one
        found[of_day] = rows.loc[of_day, "account_id"].isin(called_for(view.contacts, int(one))).to_numpy()
    return found


def _kinds(rows: pd.DataFrame, day: Ints, view: LedgerView) -> Iterator[tuple[str, npt.NDArray[np.object_]]]:
    """What kind of customer each row is about, by several ways to tell them apart; '' where that is not known."""
    now = where(view.customers, whole(view.customers["superseded_on"]) == NEVER).set_index("customer_id")
    for of, column in (("Country", "country"), ("Class of debtor", "debtor_class")):
        yield of, rows["account_id"].map(now[column]).fillna("").to_numpy(dtype=np.object_)
    since = rows["account_id"].map(view.customers.groupby("customer_id")["known_on"].min())
    age = np.where(day - since.to_numpy(dtype=np.float64) < NEW_DAYS, "new", "known for a year").astype(np.object_)
    yield "Customers", np.where(since.isna(), "", age)
    money = pd.to_numeric(rows["callable_minor"]).astype(np.float64)
    share = money.groupby(day).rank(method="average", pct=True).to_numpy()
    third = np.minimum(np.nan_to_num(share, nan=0.0) * len(SIZES), len(SIZES) - 1).astype(np.int64)
    yield "Size", np.where(money.isna(), "", np.array(SIZES, dtype=np.object_)[third])
