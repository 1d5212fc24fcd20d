"""What can be noticed about a ledger from one evening alone; beside the export before only to know what is new."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from ledger.days import NEVER, to_date, to_day
from ledger.lookup import positions, whole
from ledger.money import money_text
from ledger.scorecard.findings import LIMITS, Finding, judged
from ledger.view import LedgerView
from ledger.words import count_text

YEAR = 365


def findings_of_one(
    view: LedgerView, current: pd.DataFrame, opened: pd.DataFrame, new: "np.ndarray[tuple[int], np.dtype[np.bool_]]"
) -> Iterator[Finding]:
    """Every check of one view.

    Args:
        current: the items as they count this evening; `new` marks those that the export before did not know.
        opened: `view.open_items()`.
    """
    fresh = current[new]
    yield from _duplicates(current, new)
    yield from _days_of_items(view, fresh)
    yield from _payments(view, current)
    yield from _cash(view)
    yield from _open_book(view, opened)
    yield from _masters(view, opened)
    zero = int((fresh["amount_minor"] == 0).sum())
    yield from judged(
        "zero_amounts", zero, zero / max(len(fresh), 1),
        f"{count_text(zero, 'new item')} over 0.",
        "Leave them out of the export, or map the column that has the amount.",
    )  # fmt: skip


def _duplicates(current: pd.DataFrame, new: "np.ndarray[tuple[int], np.dtype[np.bool_]]") -> list[Finding]:
    plausible = (current["amount_minor"] > 0).to_numpy()
    numbers = current.loc[plausible, ["amount_minor", "issued_on"]]
    # Whole numbers first: only what agrees in them is compared by its texts.
    alike = current.loc[plausible][numbers.duplicated(keep=False).to_numpy()]
    key = ["customer_id", "currency", "amount_minor", "issued_on"]
    alike = alike[alike.duplicated(key, keep=False) & ~alike.duplicated([*key, "invoice_number", "entity"], keep=False)]
    if alike.empty:
        return []
    fresh = pd.Series(new, index=current.index).loc[alike.index]
    group = alike.groupby(key, sort=False).ngroup()
    touched = alike[group.isin(group[fresh])]
    extra = touched[touched.duplicated(key)]
    money = ", ".join(money_text(int(m), str(c)) for c, m in extra.groupby("currency")["amount_minor"].sum().items())
    return judged(
        "possible_duplicates", len(extra), len(extra) / max(int(new.sum()), 1),
        f"{count_text(len(extra), 'item')} over {money} may be there twice: "
        "same customer, day and amount, another number.",
        "Compare the numbers; cancel the doubles where they were made and export again.",
    )  # fmt: skip


def _days_of_items(view: LedgerView, fresh: pd.DataFrame) -> Iterator[Finding]:
    distance = (fresh["due_on"] - fresh["issued_on"]).to_numpy()
    of = max(len(fresh), 1)
    before, later = int((distance < 0).sum()), int((distance > YEAR).sum())
    future = int((fresh["issued_on"] > to_day(view.day)).sum())
    way_out = "Check which columns hold the issue and the due date."
    yield from judged(
        "due_before_issued", before, before / of,
        f"{count_text(before, 'new item')} due before the day of issue.", way_out,
    )  # fmt: skip
    yield from judged(
        "due_a_year_later", later, later / of,
        f"{count_text(later, 'new item')} due more than a year after the day of issue.", way_out,
    )  # fmt: skip
    yield from judged(
        "future_dated", future, future / of, f"{count_text(future, 'new item')} issued after {view.day}.",
        "Check the day of the export (--as-of) and the format of its dates.",
    )  # fmt: skip


def _payments(view: LedgerView, current: pd.DataFrame) -> Iterator[Finding]:
    day = to_day(view.day)
    recent = view.applications[(view.applications["known_on"] > day - YEAR) & (view.applications["kind"] == "cash")]
    rows = positions(recent["item_id"], current["item_id"])
    issued = np.append(whole(current["issued_on"]), -NEVER)[rows]
    early = int((whole(recent["happened_on"]) < issued).sum())
    yield from judged(
        "paid_before_issued", early, early / max(len(recent), 1),
        f"{count_text(early, 'payment')} of the last year before the invoice was issued.",
        "Check which column holds the value day of payments.",
    )  # fmt: skip
    ahead = int((recent["happened_on"] > day).sum())
    yield from judged(
        "future_dated", ahead, ahead / max(len(recent), 1), f"{count_text(ahead, 'payment')} dated after {view.day}.",
        "Check the day of the export (--as-of) and the format of its dates.",
    )  # fmt: skip


def _cash(view: LedgerView) -> Iterator[Finding]:
    """Days since the last cash, and how long booking takes, against what was usual in the year before."""
    day, applied = to_day(view.day), view.applications
    cash = applied[(applied["kind"] == "cash") & (applied["known_on"] > day - YEAR)]
    days = np.unique(cash["known_on"].to_numpy(dtype=np.int64))
    if len(days) >= 26:  # some cash every other week: less says nothing
        since, longest, last = day - int(days[-1]), int(np.diff(days).max()), to_date(int(days[-1]))
        working = int(np.busday_count(last, view.day))
        if since > longest and working > LIMITS["no_cash"].warn:  # type: ignore[operator]
            yield from judged(
                "no_cash", since, float(since),
                f"No cash since {last}: {count_text(since, 'day')}; the longest gap of the year before was {longest}.",
                "Import the payments since then (was the bank's file posted?) before calling anybody.",
            )  # fmt: skip
    lag = (cash["known_on"] - cash["happened_on"]).to_numpy()
    recent = cash["known_on"].to_numpy() > day - 30
    if min(recent.sum(), (~recent).sum()) >= LIMITS["posting_lag"].least:
        now, usual = float(np.median(lag[recent])), float(np.median(lag[~recent]))
        if abs(now - usual) >= LIMITS["posting_lag"].warn:  # type: ignore[operator]
            yield from judged(
                "posting_lag", int(recent.sum()), abs(now - usual),
                f"Payments of the last 30 days were booked {now:.0f} days after their value day; "
                f"before that it was {usual:.0f}.",
                "Ask who books the bank's files; late ones make good customers look late.",
            )  # fmt: skip


def _open_book(view: LedgerView, opened: pd.DataFrame) -> Iterator[Finding]:
    of = max(len(opened), 1)
    overpaid = int(((opened["open_minor"] < 0) & (opened["amount_minor"] > 0)).sum())
    yield from judged(
        "overpaid", overpaid, overpaid / of, f"{count_text(overpaid, 'invoice')} paid more than it was for.",
        "Look whether payments were loaded twice; apply what is left, or pay it back.",
    )  # fmt: skip
    old = int((opened["dpd"] > 2 * YEAR).sum())
    yield from judged(
        "old_items", old, old / of, f"{count_text(old, 'open item')} more than two years overdue.",
        "Settle, write off or dispute them where they are booked.",
    )  # fmt: skip
    for currency, amounts in opened[opened["open_minor"] > 0].groupby("currency")["open_minor"]:
        share = float(amounts.max()) / float(amounts.sum())
        if len(amounts) >= 20 and share > LIMITS["dominant_item"].warn:  # type: ignore[operator]
            yield from judged(
                "dominant_item", 1, share,
                f"One item over {money_text(int(amounts.max()), str(currency))} is {share:.0%} of all {currency} open.",
                "Check its amount.",
            )  # fmt: skip


def _masters(view: LedgerView, opened: pd.DataFrame) -> Iterator[Finding]:
    there = pd.Index(opened["customer_id"].unique())
    current = view.customers[view.customers["superseded_on"] == NEVER]
    named = set(current.loc[current["customer_name"] != "", "customer_id"])
    nameless = sum(customer not in named for customer in there)
    if 0 < nameless < len(there):  # a ledger without any name is one without customer data
        yield from judged(
            "nameless_customers", nameless, nameless / len(there),
            f"{count_text(nameless, 'customer')} with open items has no name.", "Import the customers.",
        )  # fmt: skip
    currencies = set(opened["currency"].unique())
    bases = view.rates["base"].value_counts()
    base = str(bases.index[0]) if len(bases) else None
    quoted = set(view.rates.loc[view.rates["base"] == base, "currency"]) | {base}
    if missing := sorted(currencies - quoted) if len(currencies) > 1 else []:
        yield from judged(
            "no_rate", len(missing), len(missing) / len(currencies),
            f"No exchange rate for {', '.join(missing)}" + (f" to {base}." if base else "."), "Import a rates file.",
        )  # fmt: skip
