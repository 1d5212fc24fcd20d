"""Laws of importing, on files: any order of daily exports gives the same ledger and the same features of each day."""

import tempfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
from builders import law, ledger_of
from hypothesis import given
from hypothesis import strategies as st

from features.compute import feature_rows
from ledger.book import Ledger
from ledger.importing import import_files
from ledger.options import ImportOptions

FIRST = date(2026, 1, 5)
TODAY = date(2026, 4, 30)
HEADER = "invoice_id,customer_id,customer_name,issue_date,due_date,amount,currency,paid_date,paid_amount\n"
FRAMES = ("items", "applications", "customers", "disputes", "absences")


def exports_of(seed: int) -> list[tuple[date, str]]:
    """Four or five snapshots of one company: new invoices, payments in parts, corrections of everything, some lost."""
    rng = np.random.default_rng(seed)
    days = sorted({FIRST + timedelta(days=int(d)) for d in rng.choice(60, size=5, replace=False)})
    book: dict[int, dict[str, object]] = {}
    made = []
    for day in days:
        for _ in range(int(rng.integers(2, 6))):
            issued = day - timedelta(days=int(rng.integers(0, 20)))
            book[len(book)] = {
                "customer": int(rng.integers(3)), "issued": issued, "due": issued + timedelta(days=30),
                "amount": int(rng.integers(50, 500)) * 100, "paid": 0, "paid_on": None,
            }  # fmt: skip
        for row in book.values():
            _move(row, day, rng)
        shown = {number: row for number, row in book.items() if rng.random() > 0.08}
        made.append((day, HEADER + "".join(_line(number, row) for number, row in shown.items())))
    return made


def _move(row: dict[str, object], day: date, rng: np.random.Generator) -> None:
    """What happened to an invoice since the export before: paid in part, corrected, taken back, extended."""
    chance = rng.random()
    if chance < 0.35:
        row["paid"] = min(int(row["amount"]), int(row["paid"]) + int(rng.integers(10, 300)) * 100)  # type: ignore[call-overload]
        row["paid_on"] = day - timedelta(days=int(rng.integers(0, 4)))
    elif chance < 0.42:
        row["paid"], row["paid_on"] = 0, None
    elif chance < 0.5 and row["paid"]:
        row["paid_on"] = day - timedelta(days=int(rng.integers(0, 9)))
    elif chance < 0.56:
        row["amount"] = int(row["amount"]) + 100  # type: ignore[call-overload]
    elif chance < 0.6:
        row["due"] = day + timedelta(days=10)


def _line(number: int, row: dict[str, object]) -> str:
    paid = f"{row['paid_on']},{int(row['paid']) / 100:.2f}" if row["paid"] else ","  # type: ignore[call-overload]
    amount = f"{int(row['amount']) / 100:.2f}"  # type: ignore[call-overload]
    return (
        f"I-{number},C-{row['customer']},Customer {row['customer']},{row['issued']},{row['due']},{amount},EUR,{paid}\n"
    )


def imported(exports: list[tuple[date, str]]) -> Ledger:
    ledger = ledger_of()
    with tempfile.TemporaryDirectory() as folder:
        for day, content in exports:
            path = Path(folder) / "export.csv"
            path.write_text(content, encoding="utf-8")
            options = ImportOptions(as_of=day, allow_shrink=True, allow_shift=True)
            recorded_at = datetime(2026, 4, 30, tzinfo=UTC)
            report = import_files(ledger, [path], options=options, today=TODAY, recorded_at=recorded_at)
            assert not report.quarantined
    return ledger


@law(5)
@given(st.integers(0, 2**32 - 1), st.randoms(use_true_random=False))
def test_daily_exports_in_any_order_give_the_same_ledger_and_the_same_features_of_each_day(seed, chance):
    exports = exports_of(seed)
    in_order, otherwise = imported(exports), imported(chance.sample(exports, len(exports)))

    for day, _ in exports:
        for ahead in (0, 1):
            one, other = (ledger.as_of(day + timedelta(days=ahead)) for ledger in (in_order, otherwise))
            for name in FRAMES:
                left, right = (getattr(v, name).drop(columns="source_row", errors="ignore") for v in (one, other))
                pd.testing.assert_frame_equal(left, right, obj=name)
            pd.testing.assert_frame_equal(feature_rows(one).values, feature_rows(other).values)


@law(3)
@given(st.integers(0, 2**32 - 1))
def test_what_was_known_of_a_day_stays_when_later_exports_come(seed):
    exports = exports_of(seed)
    early, whole = imported(exports[:2]), imported(exports)

    day = exports[1][0]
    for name in FRAMES:
        left, right = (getattr(ledger.as_of(day), name) for ledger in (early, whole))
        pd.testing.assert_frame_equal(left, right, obj=name)
