"""Features against Polars: the same history columns, the same ledger, the same run.

Both sides answer the same questions (item, evening) with eleven columns: the count and the mean days late over 90, 180
and 365 days, their spread and maximum over 365 days, the last days late, and the customer's open and overdue amount.
Both start from the same columns of events and end with one array per column; values must agree before times are shown.
The Polars side is written as one would for speed: running sums looked up by as-of joins; the windowed maximum, which
has no running sum, by `rolling`. Polars runs on one thread, as our engine does.

    python benchmarks/history_features.py [--invoices 100000] [--questions 250000] [--json]
"""

import os

os.environ["POLARS_MAX_THREADS"] = "1"

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import polars as pl
from measure import arguments, peak_mb, show, timed

from features.compute import answers_to, feature_rows, open_questions
from features.facts import Facts, facts_of
from features.point_in_time import Asked
from features.primitives import Ask, count, largest, last, mean, open_money, overdue_money, std
from ledger.days import NEVER, to_day
from ledger.view import LedgerView

WINDOWS = (90, 180, 365)
Columns = dict[str, np.ndarray]


def random_view(invoices: int, seed: int = 7) -> LedgerView:
    """A ledger of three years: one customer per 50 invoices, own payment habits, some parts, some bounced payments."""
    rng = np.random.default_rng(seed)
    first, last_day = to_day(date(2023, 1, 1)), to_day(date(2025, 12, 31))
    customers = max(1, invoices // 50)
    customer = rng.integers(0, customers, invoices)
    issued = rng.integers(first, last_day + 1, invoices)
    due = issued + rng.choice([14, 30, 60], customers)[customer]
    amount = rng.lognormal(7, 1.2, invoices).astype(np.int64) * 100 + rng.integers(1, 100, invoices)
    known = issued + rng.integers(0, 3, invoices)
    item_id = np.char.add("INV-", np.char.zfill(np.arange(invoices).astype(str), 8))
    items = pd.DataFrame(
        {
            "item_id": item_id, "customer_id": np.char.add("C-", np.char.zfill(customer.astype(str), 6)), "entity": "",
            "invoice_number": item_id, "issued_on": issued, "due_on": due, "amount_minor": amount,
            "currency": rng.choice(["EUR", "USD", "GBP"], customers, p=[0.7, 0.2, 0.1])[customer], "terms": "",
            "known_on": known, "superseded_on": NEVER, "source_row": np.arange(1, invoices + 1),
        }
    )  # fmt: skip
    days_late = np.round(rng.gamma(2.0, 8.0, customers)[customer] - 10 + rng.normal(0, 6, invoices)).astype(np.int64)
    paid = np.maximum(due + days_late, issued)
    booked = np.maximum(paid + rng.integers(0, 4, invoices), known)
    parts = rng.random(invoices) < 0.05
    part = np.where(parts, amount // 2, amount)
    applications = pd.concat(
        [
            _payments(item_id, part, paid, booked, "A"),
            _payments(item_id[parts], (amount - part)[parts], paid[parts] + 20, booked[parts] + 20, "B"),
            _bounced(item_id, part, paid, booked, rng.random(invoices) < 0.001),
        ],
        ignore_index=True,
    )
    return LedgerView.of_facts(date(2025, 12, 31), items, applications)


def _payments(item_id: np.ndarray, amount: np.ndarray, paid: np.ndarray, booked: np.ndarray, mark: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "application_id": np.char.add(mark, item_id.astype(str)), "item_id": item_id, "kind": "cash",
            "amount_minor": amount, "happened_on": paid, "known_on": booked, "known_assumed": False,
        }
    )  # fmt: skip


def _bounced(
    item_id: np.ndarray, amount: np.ndarray, paid: np.ndarray, booked: np.ndarray, which: np.ndarray
) -> pd.DataFrame:
    back = _payments(item_id[which], -amount[which], paid[which] + 5, booked[which] + 5, "R")
    return back.assign(kind="reversal")


# ------------------------------------------------------------------ ours

ASKS: dict[str, Ask] = {
    **{f"count_{window}": count("settled").within(window) for window in WINDOWS},
    **{f"mean_{window}": mean("days_late", over="settled").within(window) for window in WINDOWS},
    "std_365": std("days_late", over="settled").within(365),
    "max_365": largest("days_late", over="settled").within(365),
    "last": last("days_late", over="settled"),
    "open": open_money(),
    "overdue": overdue_money(),
}


def ours(facts: Facts, asked: Asked) -> Columns:
    """The columns by our engine; timelines and running sums are made anew."""
    answers = answers_to(list(ASKS.values()), facts, asked)
    return {name: answers[ask] for name, ask in ASKS.items()}


# ------------------------------------------------------------------ polars


def polars_frames(facts: Facts) -> dict[str, pl.DataFrame]:
    """The events as columns, before the clock starts; the same arrays that our engine gets."""
    held, applied, episodes = facts.revisions, facts.applications, facts.episodes
    return {
        "items": pl.DataFrame(
            {"item": held.item, "customer": held.customer, "currency": held.currency, "amount": held.amount,
             "due": held.due, "known": held.known}
        ),
        "applications": pl.DataFrame({"item": applied.item, "amount": applied.amount, "known": applied.known}),
        "settled": pl.DataFrame(
            {"item": episodes.item, "customer": episodes.customer, "day": episodes.known, "cleared": episodes.cleared,
             "late": episodes.days_late, "by_cash": episodes.by_cash}
        ).filter("by_cash"),
    }  # fmt: skip


def by_polars(frames: dict[str, pl.DataFrame], questions: pl.DataFrame) -> Columns:
    """The columns by Polars; like our engine it answers once per customer, currency and day."""
    key = ["customer", "currency", "day"]
    each = questions.select(key).unique().sort("day")
    answers = each.with_columns(**{name: pl.Series(values) for name, values in _answers(frames, each).items()})
    return {
        name: column.to_numpy()
        for name, column in questions.join(answers, on=key, how="left", maintain_order="left")
        .select(list(ASKS))
        .to_dict()
        .items()
    }


def _answers(frames: dict[str, pl.DataFrame], questions: pl.DataFrame) -> Columns:
    """Running sums and as-of joins; `questions` holds customer, currency, day, sorted by day."""
    events = (
        frames["settled"]
        .sort("customer", "day", "cleared", "item")
        .with_columns(
            n=pl.int_range(1, pl.len() + 1).over("customer"),
            total=pl.col("late").cum_sum().over("customer"),
            squares=(pl.col("late") ** 2).cum_sum().over("customer"),
        )
        .group_by("customer", "day", maintain_order=True)
        .agg(pl.col("n", "total", "squares", "late").last(), largest=pl.col("late").max())
    )
    now = _looked_up(questions, events.select("customer", "day", "n", "total", "squares", "late"), 0)
    columns = {"last": now["late"].cast(pl.Float64).fill_null(float("nan")).to_numpy()}
    for window in WINDOWS:
        then = _looked_up(questions, events.select("customer", "day", "n", "total", "squares"), window)
        between = pl.DataFrame(
            {name: now[name].fill_null(0) - then[name].fill_null(0) for name in ("n", "total", "squares")}
        ).cast(pl.Float64)
        n, total, squares = (between[name] for name in ("n", "total", "squares"))
        columns[f"count_{window}"] = n.to_numpy()
        columns[f"mean_{window}"] = (total / n).to_numpy()
        if window == 365:
            spread = ((n * squares - total * total) / (n * (n - 1))).sqrt()
            columns["std_365"] = pl.select(pl.when(n >= 2).then(spread).otherwise(float("nan"))).to_series().to_numpy()
    columns["max_365"] = _rolling_max(events, questions, 365)
    columns["open"], columns["overdue"] = _money(frames, questions)
    return columns


def _looked_up(questions: pl.DataFrame, running: pl.DataFrame, days_before: int) -> pl.DataFrame:
    asked = questions.select("customer", day=pl.col("day") - days_before)
    return asked.join_asof(running, on="day", by="customer", check_sortedness=False)


def _rolling_max(events: pl.DataFrame, questions: pl.DataFrame, window: int) -> np.ndarray:
    blank = questions.select("customer", "day").unique().with_columns(largest=pl.lit(None, dtype=pl.Int64))
    both = pl.concat([events.select("customer", "day", "largest"), blank]).sort("customer", "day")
    rolled = both.rolling("day", period=f"{window}i", group_by="customer").agg(pl.col("largest").max())
    found = questions.join(
        rolled.unique(["customer", "day"], keep="last"), on=["customer", "day"], how="left", maintain_order="left"
    )
    return found["largest"].cast(pl.Float64).fill_null(float("nan")).to_numpy()


def _money(frames: dict[str, pl.DataFrame], questions: pl.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    items, key = frames["items"], ["customer", "currency"]
    paid = frames["applications"].join(items.drop("amount", "known"), on="item").with_columns(amount=-pl.col("amount"))
    moves = pl.concat([items.select(*key, "known", "due", "amount"), paid.select(*key, "known", "due", "amount")])
    answers = []
    for day in (pl.col("known"), pl.max_horizontal("known", pl.col("due") + 1)):
        running = (
            moves.with_columns(day=day)
            .sort(*key, "day")
            .with_columns(money=pl.col("amount").cum_sum().over(key))
            .group_by(*key, "day", maintain_order=True)
            .agg(pl.col("money").last())
        )
        found = questions.join_asof(running, on="day", by=key, check_sortedness=False)
        answers.append(found["money"].fill_null(0).cast(pl.Float64).to_numpy())
    return answers[0], answers[1]


# ------------------------------------------------------------------ the comparison


def main() -> None:
    options = arguments(__doc__ or "", invoices=100_000, questions=250_000)
    view = random_view(options.invoices)
    evenings = range(to_day(date(2024, 1, 7)), to_day(view.day) + 1, 7)
    questions = open_questions(view, evenings)
    step = max(1, len(questions) // options.questions)
    questions = questions.iloc[::step].head(options.questions).reset_index(drop=True)

    # A fresh view each time: the settlements and the encoding of its facts are part of the work.
    whole = timed(lambda: feature_rows(replace(view), questions), repeat=1)
    facts = facts_of(view)
    steady = _steady(facts, whole.result.keys)
    # The engine's fast path on the customers it serves; both sides get the same arrays.
    asked = Asked(steady["customer"].to_numpy(), steady["currency"].to_numpy(), steady["day"].to_numpy())
    frames = polars_frames(facts)
    we = timed(lambda: ours(facts, asked), options.repeat)
    they = timed(lambda: by_polars(frames, steady), options.repeat)
    _require_equal(we.result, they.result)

    facts_told = {
        "invoices": options.invoices, "questions": len(asked.day), "columns": len(ASKS),
        "ratio_vs_polars": round(they.cpu_s / we.cpu_s, 2), "ratio_vs_polars_wall": round(they.wall_s / we.wall_s, 2),
        "cpu_s": round(we.cpu_s, 4), "wall_s": round(we.wall_s, 4), "polars_cpu_s": round(they.cpu_s, 4),
        "polars_wall_s": round(they.wall_s, 4), "catalogue_questions": len(questions),
        "catalogue_columns": whole.result.values.shape[1], "catalogue_cpu_s": round(whole.cpu_s, 3),
        "catalogue_wall_s": round(whole.wall_s, 3), "peak_mb": round(peak_mb(), 1), "polars": pl.__version__,
    }  # fmt: skip
    rows = [
        ("", "rows", "columns", "CPU s", "wall s", "times ours (CPU)"),
        ("our engine, one pass over prefix sums", len(asked.day), len(ASKS), we.cpu_s, we.wall_s, 1.0),
        (f"polars {pl.__version__}, as-of joins and rolling", len(asked.day), len(ASKS), they.cpu_s, they.wall_s,
         they.cpu_s / we.cpu_s),
        ("our whole catalogue, from the view, with taken-back facts", len(questions), whole.result.values.shape[1],
         whole.cpu_s, whole.wall_s, "-"),
    ]  # fmt: skip
    show(
        f"Features over {options.invoices:,} invoices; equal values; peak {peak_mb():,.0f} MB",
        rows,
        facts_told,
        options.json,
    )


def _steady(facts: Facts, keys: pd.DataFrame) -> pl.DataFrame:
    asked = pl.DataFrame(
        {
            "customer": facts.customer_ids.get_indexer(pd.Index(keys["customer_id"])).astype(np.int64),
            "currency": facts.currencies.get_indexer(pd.Index(keys["currency"])).astype(np.int64),
            "day": keys["day"].to_numpy(dtype=np.int64),
        }
    )
    return asked.filter(asked["day"].to_numpy() < facts.unsteady_from[asked["customer"].to_numpy()])


def _require_equal(we: Columns, they: Columns) -> None:
    for name, values in we.items():
        np.testing.assert_allclose(values, they[name], rtol=1e-12, atol=0, equal_nan=True, err_msg=name)


if __name__ == "__main__":
    main()
