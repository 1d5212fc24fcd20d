"""The columns of `benchmarks/feature_speed.py` by Polars, DuckDB and pandas, each written as one would for speed.

Polars and DuckDB keep running sums by customer and look them up by as-of joins, one join for each window and each age
of the open book; pandas takes one customer at a time.
"""

import os

os.environ["POLARS_MAX_THREADS"] = "1"

from collections.abc import Sequence

import duckdb
import numpy as np
import pandas as pd
import polars as pl
from feature_speed import BUCKETS, LATE, WINDOWS, Columns, Company

SUMS = ("n", "total", "squares", *(f"late_{days}" for days in LATE), "to_pay")


def require_equal(names: Sequence[str], we: np.ndarray, they: Columns) -> None:
    """That every value agrees to what float32 holds."""
    for at, name in enumerate(names):
        np.testing.assert_allclose(we[:, at], they[name], rtol=2e-6, atol=1e-6, equal_nan=True, err_msg=name)


# ------------------------------------------------------------------ polars


def by_polars(told: Company) -> Columns:
    """By as-of joins over running sums, on one thread."""
    items, paid, ended = (pl.DataFrame(columns) for columns in (told.items, told.payments, told.settled))
    asked = items.select("item", "customer", day="known").sort("day")
    settled = (
        ended.sort("customer", "known", "cleared", "item")
        .with_columns(late=pl.col("days_late").cast(pl.Int64))
        .with_columns(
            n=pl.int_range(1, pl.len() + 1).over("customer"),
            total=pl.col("late").cum_sum().over("customer"),
            squares=(pl.col("late") ** 2).cum_sum().over("customer"),
            to_pay=pl.col("days_to_pay").cast(pl.Int64).cum_sum().over("customer"),
            **{f"late_{days}": (pl.col("late") > days).cast(pl.Int64).cum_sum().over("customer") for days in LATE},
        )
        .group_by("customer", "known", maintain_order=True)
        .agg(pl.col(*SUMS, "late").last())
        .rename({"known": "day"})
        .sort("day")
    )
    now = _polars_at(asked, settled, 0)
    found = _statistics({name: now[name].fill_null(0).to_numpy() for name in SUMS}, "all")
    for window in WINDOWS:
        then = _polars_at(asked, settled.drop("late"), window)
        between = {name: (now[name].fill_null(0) - then[name].fill_null(0)).to_numpy() for name in SUMS}
        found |= _statistics(between, str(window))
    found["last"] = now["late"].cast(pl.Float64).fill_null(float("nan")).to_numpy()

    owner = items.select("item", "customer", "due", "amount", "known")
    paid = paid.join(owner.select("item", "customer", "due"), on="item", maintain_order="left")
    newest = (
        paid.sort("known").with_columns(newest=pl.col("happened").cum_max().over("customer"))
        .select("customer", "newest", day="known")
    )  # fmt: skip
    pay_day = asked.join_asof(newest, on="day", by="customer", check_sortedness=False)["newest"]
    asked_day = asked["day"].to_numpy()
    since = asked_day - pay_day.cast(pl.Float64).fill_null(float("nan")).to_numpy()
    found["since_paid"] = np.maximum(since, 0.0)
    billed = (
        items.sort("known").with_columns(
            billed=pl.int_range(1, pl.len() + 1).over("customer"), oldest=pl.col("issued").cum_min().over("customer"),
            sum=pl.col("amount").cum_sum().over("customer"),
        ).select("customer", "billed", "oldest", "sum", day="known")
    )  # fmt: skip
    seen = asked.join_asof(billed, on="day", by="customer", check_sortedness=False)
    found["tenure"] = np.maximum(asked_day - seen["oldest"].to_numpy(), 0).astype(float)
    found["billed"] = seen["billed"].to_numpy().astype(float)
    found["usual"] = seen["sum"].to_numpy() / found["billed"]

    cleared = items.select("item", "known", "due", "customer").join(
        ended.select("item", ended="known"), on="item", how="left", maintain_order="left"
    )
    moves = pl.concat([owner.select("customer", "due", "known", "amount"),
                       paid.select("customer", "due", "known", amount=-pl.col("amount"))])  # fmt: skip
    counts, money = [], []
    for low in (None, *BUCKETS):
        entered = pl.col("known") if low is None else pl.max_horizontal("known", pl.col("due") + low + 1)
        left = pl.max_horizontal(pl.col("ended"), entered)
        turns = pl.concat(
            [cleared.select("customer", day=entered, one=pl.lit(1)),
             cleared.filter(pl.col("ended").is_not_null()).select("customer", day=left, one=pl.lit(-1))]
        )  # fmt: skip
        counts.append(_polars_running(asked, turns, "one"))
        money.append(_polars_running(asked, moves.select("customer", "amount", day=entered), "amount"))
    order = np.argsort(asked["item"].to_numpy(), kind="stable")
    return _finished(told, {name: column[order] for name, column in found.items()},
                     [one[order] for one in counts], [one[order] for one in money])  # fmt: skip


def _polars_at(asked: pl.DataFrame, running: pl.DataFrame, days_before: int) -> pl.DataFrame:
    return asked.with_columns(day=pl.col("day") - days_before).join_asof(
        running, on="day", by="customer", check_sortedness=False
    )


def _polars_running(asked: pl.DataFrame, moves: pl.DataFrame, column: str) -> np.ndarray:
    running = moves.sort("day").with_columns(sum=pl.col(column).cast(pl.Int64).cum_sum().over("customer"))
    joined = asked.join_asof(running.select("customer", "day", "sum"), on="day", by="customer", check_sortedness=False)
    return joined["sum"].fill_null(0).to_numpy().astype(float)


# ------------------------------------------------------------------ duckdb


def by_duckdb(told: Company) -> Columns:
    """By ASOF joins over window sums, on one thread."""
    db = duckdb.connect(config={"threads": 1})
    for name, columns in (("items", told.items), ("paid", told.payments), ("ended", told.settled)):
        db.register(f"{name}_told", pl.DataFrame(columns).to_arrow())
        db.execute(f"create table {name} as select * from {name}_told")
    sums = ", ".join(f"sum({what})::bigint as {name}" for name, what in zip(SUMS, _SQL_VALUES, strict=True))
    running = ", ".join(f"(sum({name}) over w)::bigint as {name}" for name in SUMS)
    db.execute(
        f"create table settled as with days as (select customer, known as day, {sums}, "
        "arg_max(days_late, cleared * 4294967296::bigint + item) as late from ended group by all) "
        f"select customer, day, late, {running} from days window w as (partition by customer order by day)"
    )
    joins, picks = [], [f"coalesce(now.{name}, 0) as {name}_all" for name in SUMS]
    for window in WINDOWS:
        joins.append(f"asof left join settled w{window} on a.customer = w{window}.customer "
                     f"and a.known - {window} >= w{window}.day")  # fmt: skip
        picks += [f"coalesce(now.{name}, 0) - coalesce(w{window}.{name}, 0) as {name}_{window}" for name in SUMS]
    db.execute(
        "create table pays as select customer, p.known as day, "
        "max(max(happened)) over (partition by customer order by p.known) as newest "
        "from paid p join items using (item) group by customer, p.known"
    )
    db.execute(
        "create table bills as select customer, known as day, (sum(count(*)) over w)::bigint as billed, "
        "min(min(issued)) over w as oldest, (sum(sum(amount)) over w)::bigint as total from items "
        "group by customer, known window w as (partition by customer order by known)"
    )
    ages: list[str] = []
    for low in (None, *BUCKETS):
        name = "any" if low is None else str(low)
        entered = "i.known" if low is None else f"greatest(i.known, i.due + {low} + 1)"
        paid_on = "p.known" if low is None else f"greatest(p.known, i.due + {low} + 1)"
        db.execute(
            f"create table turns_{name} as with t as (select customer, {entered} as day, 1 as one from items i "
            f"union all select i.customer, greatest(e.known, {entered}), -1 from ended e join items i using (item)) "
            "select customer, day, (sum(sum(one)) over w)::bigint as one from t group by customer, day "
            "window w as (partition by customer order by day)"
        )
        db.execute(
            f"create table moves_{name} as with t as (select customer, {entered} as day, amount from items i union all "
            f"select i.customer, {paid_on}, -p.amount from paid p join items i using (item)) "
            "select customer, day, (sum(sum(amount)) over w)::bigint as amount from t group by customer, day "
            "window w as (partition by customer order by day)"
        )
        for table, column in ((f"turns_{name}", "one"), (f"moves_{name}", "amount")):
            joins.append(f"asof left join {table} on a.customer = {table}.customer and a.known >= {table}.day")
            picks.append(f"coalesce({table}.{column}, 0) as {table}")
            ages.append(table)
    rows = db.execute(
        f"select {', '.join(picks)}, now.late as last, a.known - pays.newest as since_paid, "
        "a.known - bills.oldest as tenure, bills.billed, bills.total from items a "
        "asof left join settled now on a.customer = now.customer and a.known >= now.day "
        "asof left join pays on a.customer = pays.customer and a.known >= pays.day "
        "asof left join bills on a.customer = bills.customer and a.known >= bills.day "
        f"{' '.join(joins)} order by a.item"
    ).fetchnumpy()
    got = {name: np.ma.filled(np.ma.asarray(column).astype(np.float64), np.nan) for name, column in rows.items()}
    found: Columns = {}
    for window in ("all", *map(str, WINDOWS)):
        found |= _statistics({name: got[f"{name}_{window}"] for name in SUMS}, window)
    found |= {
        "last": got["last"], "since_paid": np.maximum(got["since_paid"], 0.0), "billed": got["billed"],
        "tenure": np.maximum(got["tenure"], 0.0), "usual": got["total"] / got["billed"],
    }  # fmt: skip
    return _finished(told, found, [got[name] for name in ages[::2]], [got[name] for name in ages[1::2]])


_SQL_VALUES = (
    "1", "days_late", "days_late::bigint * days_late", *(f"(days_late > {days})::int" for days in LATE), "days_to_pay"
)  # fmt: skip


# ------------------------------------------------------------------ pandas


def by_pandas(told: Company) -> Columns:
    """One customer at a time, one invoice at a time: the way it is usually written."""
    items, paid, ended = (pd.DataFrame(columns) for columns in (told.items, told.payments, told.settled))
    paid = paid.merge(items[["item", "customer", "due"]], on="item")
    items = items.merge(ended[["item", "known"]].rename(columns={"known": "ended"}), on="item", how="left")
    by_customer = {name: dict(list(frame.groupby("customer"))) for name, frame in (("paid", paid), ("ended", ended))}
    none = {"paid": paid.iloc[:0], "ended": ended.iloc[:0]}
    rows = []
    for customer, theirs in items.groupby("customer"):
        pays = by_customer["paid"].get(customer, none["paid"])
        ends = by_customer["ended"].get(customer, none["ended"])
        for item, day in zip(theirs["item"], theirs["known"], strict=True):
            rows.append(_pandas_row(item, day, theirs[theirs["known"] <= day], pays[pays["known"] <= day],
                                    ends[ends["known"] <= day]))  # fmt: skip
    table = pd.DataFrame(rows).sort_values("item")
    counts = [table[f"count_{at}"].to_numpy() for at in range(len(BUCKETS) + 1)]
    money = [table[f"money_{at}"].to_numpy() for at in range(len(BUCKETS) + 1)]
    found = {name: table[name].to_numpy(dtype=float) for name in table if not name.startswith(("count__", "money__"))}
    return _finished(told, found, counts, money)


def _pandas_row(item: int, day: int, bills: pd.DataFrame, pays: pd.DataFrame, ends: pd.DataFrame) -> dict[str, float]:
    row: dict[str, float] = {"item": item}
    for name, window in (("all", 1 << 20), *((str(window), window) for window in WINDOWS)):
        late = ends[ends["known"] > day - window]["days_late"]
        row |= {f"count_{name}": len(late), f"mean_{name}": late.mean(), f"std_{name}": late.std()}
        row |= {f"late_{days}_{name}": (late > days).mean() for days in LATE}
        row[f"to_pay_{name}"] = ends[ends["known"] > day - window]["days_to_pay"].mean()
    newest = ends.sort_values(["known", "cleared", "item"])["days_late"]
    row["last"] = newest.iloc[-1] if len(newest) else np.nan
    row["since_paid"] = max(day - pays["happened"].max(), 0) if len(pays) else np.nan
    row |= {"tenure": max(day - bills["issued"].min(), 0), "billed": len(bills), "usual": bills["amount"].mean()}
    is_open = ~(bills["ended"] <= day)
    for at, low in enumerate((-(1 << 20), *BUCKETS)):
        aged = day - bills["due"] > low
        row[f"count_{at}"] = (is_open & aged).sum()
        row[f"money_{at}"] = bills["amount"][aged].sum() - pays["amount"][day - pays["due"] > low].sum()
    return row


# ------------------------------------------------------------------ arithmetic of all peers


def _statistics(sums: Columns, window: str) -> Columns:
    n = sums["n"].astype(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        total = sums["total"].astype(float)
        spread = np.sqrt((n * sums["squares"] - total * total) / (n * (n - 1)))
        found = {f"count_{window}": n, f"mean_{window}": total / n, f"std_{window}": np.where(n >= 2, spread, np.nan)}
        found |= {f"late_{days}_{window}": sums[f"late_{days}"] / n for days in LATE}
        return found | {f"to_pay_{window}": sums["to_pay"] / n}


def _finished(told: Company, found: Columns, counts: list[np.ndarray], money: list[np.ndarray]) -> Columns:
    """With what follows from the invoice itself, and the buckets as differences; columns in the order of items."""
    items = told.items
    amount = items["amount"].astype(float)
    counts, money = [*counts, np.zeros(len(amount))], [*money, np.zeros(len(amount))]
    found |= {
        "amount_ratio": amount / found["usual"], "terms": (items["due"] - items["issued"]).astype(float),
        "weekday": ((items["due"].astype(np.int64) + 3) % 7).astype(float), "open_count": counts[0], "open": money[0],
        "item_share": np.clip(_own_open(told) / money[0], 0, 1), "overdue_share": np.clip(money[1] / money[0], 0, 1),
    }  # fmt: skip
    for at, low in enumerate(BUCKETS):
        found[f"count_over_{low}"] = counts[at + 1] - counts[at + 2]
        found[f"money_over_{low}"] = money[at + 1] - money[at + 2]
    return found


def _own_open(told: Company) -> np.ndarray:
    """What was open of each invoice on its own evening."""
    left = told.items["amount"].astype(float).copy()
    early = told.payments["known"] <= told.items["known"][told.payments["item"]]
    np.subtract.at(left, told.payments["item"][early], told.payments["amount"][early])
    return left
