"""History features at each invoice's own evening: our engine against Polars, DuckDB and pandas in one run.

48 columns that every peer can compute: counts, means, scatter, shares late and days to pay of settled invoices over 90,
180, 365 and all days, the newest payment, the aging of the open book by count and money, amounts and terms. Each
side starts from the same columns of numbers (items, payments, settlements in the order in which they came), answers for
every invoice on the evening on which it was known, and ends with one column per feature in the order of the invoices;
before a figure is shown the values are compared. Polars and DuckDB run on one thread, as our engine does. pandas, one
group at a time, is timed on 10,000 invoices (`--pandas`) and told for more in proportion, which flatters it.

    python benchmarks/feature_speed.py [--invoices 1000000] [--peers 1] [--morning 1] [--cutoffs 36] [--json]

`--peers 0` leaves the peers out (10,000,000 invoices), `--morning 1` asks about the open invoices of the last evening,
`--cutoffs 36` about the open invoices of so many month ends, each with the whole catalogue. Memory is the most that the
process held, with the columns it starts from; it is measured before a peer runs.
"""

import os

os.environ["POLARS_MAX_THREADS"] = "1"

import multiprocessing
import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
from measure import arguments, peak_mb, show, timed

from features.cash import paid_of
from features.catalogue import CATALOGUE
from features.clusters import Layout
from features.compute import feature_matrix
from features.facts import (
    Applications,
    Contacted,
    CustomerRevisions,
    Disputed,
    Facts,
    Promised,
    Revisions,
    Settled,
    taken,
)
from features.kernels.arranging import arranged
from features.primitives import (
    Expression,
    count,
    days_since_newest,
    days_since_oldest,
    last,
    mean,
    minus,
    of_item,
    open_count,
    open_money,
    overdue_count,
    overdue_money,
    ratio,
    share,
    std,
    total,
)
from features.questions import Questions
from ledger.days import NEVER, to_day

FIRST_DAY, LAST_DAY = to_day(date(2022, 1, 1)), to_day(date(2025, 12, 31))
WINDOWS = (90, 180, 365)
LATE = (0, 5, 30)
BUCKETS = (0, 30, 60, 90)
Columns = dict[str, np.ndarray]


@dataclass(frozen=True)
class Company:
    """The columns that every side starts from; whole days, minor units, codes. Rows in no order of customers."""

    items: Columns
    payments: Columns
    settled: Columns


def company(invoices: int, seed: int = 7) -> Company:
    """Four years: one customer per 50 invoices with its own terms and habits; a twentieth pays in two parts."""
    rng = np.random.default_rng(seed)
    customers = max(1, invoices // 50)
    customer = rng.integers(0, customers, invoices, dtype=np.int32)
    # Numbered as they became known, so that ties between invoices are broken alike by everybody.
    known = np.sort(rng.integers(FIRST_DAY, LAST_DAY + 1, invoices, dtype=np.int32))
    issued = known - rng.integers(0, 3, invoices, dtype=np.int32)
    due = issued + rng.choice(np.array([14, 30, 60], dtype=np.int32), customers)[customer]
    amount = np.exp(rng.normal(7, 1.2, invoices)).astype(np.int64) * 100 + 1_000
    late = rng.gamma(2.0, 8.0, customers)[customer] - 10 + rng.normal(0, 6, invoices)
    cleared = np.maximum(due + np.round(late).astype(np.int32), issued)
    booked = np.maximum(cleared + rng.integers(0, 4, invoices, dtype=np.int32), known)
    parts = np.flatnonzero(rng.random(invoices) < 0.05).astype(np.int32)
    first_part = np.where(np.isin(np.arange(invoices), parts), amount // 2, amount)
    item = np.arange(invoices, dtype=np.int32)
    later = cleared[parts] + 20
    payments = {
        "item": np.concatenate([item, parts]),
        "amount": np.concatenate([first_part, (amount - first_part)[parts]]),
        "happened": np.concatenate([cleared, later]),
        "known": np.concatenate([booked, booked[parts] + 20]),
    }
    cleared[parts], booked[parts] = later, booked[parts] + 20
    seen = booked <= LAST_DAY
    told = payments["known"] <= LAST_DAY
    return Company(
        {"item": item, "customer": customer, "amount": amount, "issued": issued, "due": due, "known": known},
        {name: column[told] for name, column in payments.items()},
        {
            "item": item[seen], "customer": customer[seen], "days_late": (cleared - due)[seen],
            "days_to_pay": (cleared - issued)[seen], "cleared": cleared[seen], "known": booked[seen],
        },
    )  # fmt: skip


def made_apart(invoices: int) -> Company:
    """The same, drawn in a process of its own: the random numbers take no memory of ours."""
    with tempfile.TemporaryDirectory() as folder:
        child = multiprocessing.get_context("spawn").Process(target=_write, args=(invoices, folder))
        child.start()
        child.join()
        tables = [dict(np.load(Path(folder) / f"{name}.npz")) for name in ("items", "payments", "settled")]
    return Company(*tables)


def _write(invoices: int, folder: str) -> None:
    told = company(invoices)
    for name, columns in vars(told).items():
        np.savez(Path(folder) / f"{name}.npz", **columns)


# ------------------------------------------------------------------ ours


def wanted() -> dict[str, Expression]:
    """The columns, declared as features are."""
    late, settled = "days_late", "settled"
    plain: dict[str, Expression] = {"count": count(settled), "mean": mean(late, settled), "std": std(late, settled)}
    plain |= {f"late_{days}": share(total(f"late_{days}", settled), count(settled)) for days in LATE}
    plain["to_pay"] = mean("days_to_pay", settled)
    columns = {f"{name}_all": expression for name, expression in plain.items()}
    columns |= {f"{name}_{window}": one.within(window) for window in WINDOWS for name, one in plain.items()}
    usual = mean("amount", over="billed_in_currency")
    columns |= {
        "last": last(late, settled), "since_paid": days_since_newest("happened", over="paid"),
        "tenure": days_since_oldest("issued", over="billed"), "billed": count("billed"), "usual": usual,
        "amount_ratio": ratio(of_item("amount"), usual), "terms": of_item("terms_days"),
        "weekday": of_item("due_weekday"), "open_count": open_count(), "open": open_money(),
        "item_share": share(of_item("open"), open_money()),
    }  # fmt: skip
    for low, high in zip(BUCKETS, (*BUCKETS[1:], None), strict=True):
        one, money = overdue_count(low), overdue_money(low)
        columns[f"count_over_{low}"] = one if high is None else minus(one, overdue_count(high))
        columns[f"money_over_{low}"] = money if high is None else minus(money, overdue_money(high))
    return columns | {"overdue_share": share(overdue_money(), open_money())}


def laid_out(told: Company) -> Facts:
    """The columns as the engine wants them: customer by customer. Part of what is timed."""
    items, paid, ended = told.items, told.payments, told.settled
    invoices, customers = len(items["item"]), int(items["customer"].max()) + 1
    layout = Layout.of(items["item"], items["customer"], items["known"], invoices, customers)
    code = np.empty(invoices, dtype=np.int32)
    code[layout.item_rank] = np.arange(invoices, dtype=np.int32)
    never, zero = np.full(invoices, NEVER, dtype=np.int32), np.zeros(invoices, dtype=np.int32)
    at = layout.order
    revisions = Revisions(
        layout.item, layout.customer, zero, *(taken(items[name], at) for name in ("amount", "issued", "due", "known")),
        never, zero,
    )  # fmt: skip
    owner = taken(code, paid["item"])
    _, order = arranged(owner, (paid["known"].astype(np.int64) << 32) + paid["happened"], invoices)
    applications = Applications(
        taken(owner, order), taken(paid["amount"], order), taken(paid["happened"], order), taken(paid["known"], order),
        np.zeros(len(order), dtype=np.int8),
    )  # fmt: skip
    owner = taken(code, ended["item"])
    _, order = arranged(owner, ended["known"], invoices)
    item = taken(owner, order)
    settled = Settled(
        item, item, taken(ended["cleared"], order), taken(ended["known"], order), never[: len(item)],
        np.ones(len(item), dtype=np.bool_),
    )  # fmt: skip
    no_code, no_sum, no_flag = (np.empty(0, dtype=kind) for kind in (np.int32, np.int64, np.bool_))
    return Facts(
        pd.RangeIndex(invoices), pd.RangeIndex(customers), pd.Index(["EUR"]), pd.Index([]), layout.item_rank,
        layout.cluster, revisions, applications, paid_of(applications), settled,
        Disputed(no_code, no_code, no_code, no_sum, no_flag),
        Contacted(no_code, no_code, no_flag), Promised(no_code, no_code, no_code, no_code, no_flag, no_flag, no_flag),
        CustomerRevisions(no_code, no_code, no_code, no_code, no_sum, no_code),
    )  # fmt: skip


def at_issue(facts: Facts) -> Questions:
    """Each invoice on the evening on which it was known, in the order in which the invoices came."""
    code = np.empty(len(facts.item_rank), dtype=np.int32)
    code[facts.item_rank] = np.arange(len(code), dtype=np.int32)
    day = facts.revisions.known[code]
    return Questions(code, day, code, facts.revisions.amount[code] - facts.applied_by(code, day))


def open_on(facts: Facts, days: list[int]) -> Questions:
    """The open invoices of each of these evenings."""
    spans = facts.to_come
    found = [np.flatnonzero((spans.start <= day) & (day < spans.end)) for day in days]
    rows, day = np.concatenate(found), np.repeat(np.array(days, dtype=np.int32), [len(one) for one in found])
    item, row = spans.item[rows], spans.revision[rows]
    return Questions(item, day, row, facts.revisions.amount[row] - facts.applied_by(item, day))


def ours(told: Company) -> np.ndarray:
    """All columns by our engine, from the columns as they came."""
    facts = laid_out(told)
    return feature_matrix(facts, at_issue(facts), list(wanted().values()))


def month_ends(count: int) -> list[int]:
    """The last `count` month ends."""
    months = np.datetime64("2026-01") - np.arange(count)
    return sorted((months.astype("datetime64[D]").astype(np.int64) - 1).tolist())


CATALOGUE_NUMBERS = [feature.value for feature in CATALOGUE if not feature.is_category]


def main() -> None:
    sizes = {"invoices": 1_000_000, "pandas": 10_000, "peers": 1, "morning": 1, "cutoffs": 36}
    options = arguments(__doc__ or "", scale=("invoices", "pandas"), **sizes)
    if options.small:
        options.invoices, options.pandas = max(1, options.invoices // 5), max(1, options.pandas // 5)
    # Compiled before anything is timed, as every process but the first of an installation finds it.
    ours(company(2_000))
    feature_matrix(warm := laid_out(company(2_000)), at_issue(warm), CATALOGUE_NUMBERS)
    base_mb = peak_mb()

    told = made_apart(options.invoices)
    we = timed(lambda: ours(told), options.repeat)
    names, peak = list(wanted()), peak_mb()
    facts_told: dict[str, object] = {
        "invoices": options.invoices, "columns": len(names), "cpu_s": round(we.cpu_s, 3),
        "wall_s": round(we.wall_s, 3), "peak_mb": round(peak, 1), "start_mb": round(base_mb, 1),
        "bytes_per_invoice": round(peak * 1e6 / options.invoices), "catalogue_columns": len(CATALOGUE_NUMBERS),
    }  # fmt: skip
    rows: list[tuple[object, ...]] = [
        ("", "rows", "columns", "CPU s", "wall s", "times ours (CPU)"),
        ("our engine", options.invoices, len(names), we.cpu_s, we.wall_s, 1.0),
    ]

    def also(name: str, label: str, questions: Questions, facts: Facts) -> None:
        run = timed(lambda: feature_matrix(facts, questions, CATALOGUE_NUMBERS), 1)
        facts_told[f"{name}_cpu_s"], facts_told[f"{name}_rows"] = round(run.cpu_s, 3), len(questions)
        rows.append((label, len(questions), len(CATALOGUE_NUMBERS), run.cpu_s, run.wall_s, "-"))

    if options.peers:
        import feature_peers as peers

        for label, call in (("polars", peers.by_polars), ("duckdb", peers.by_duckdb)):
            they = timed(lambda call=call: call(told), options.repeat)
            peers.require_equal(names, we.result, they.result)
            facts_told[f"ratio_vs_{label}"] = round(they.cpu_s / we.cpu_s, 2)
            facts_told[f"ratio_vs_{label}_wall"] = round(they.wall_s / we.wall_s, 2)
            facts_told[f"{label}_cpu_s"] = round(they.cpu_s, 3)
            rows.append((label, options.invoices, len(names), they.cpu_s, they.wall_s, they.cpu_s / we.cpu_s))
            del they
        small = company(min(options.pandas, options.invoices))
        they = timed(lambda: peers.by_pandas(small), 1)
        peers.require_equal(names, ours(small), they.result)
        seconds = they.cpu_s * options.invoices / len(small.items["item"])
        facts_told["ratio_vs_pandas"] = round(seconds / we.cpu_s)
        rows.append((f"pandas, from {len(small.items['item']):,}", options.invoices, len(names), seconds, seconds,
                     seconds / we.cpu_s))  # fmt: skip
    del we
    if options.morning or options.cutoffs:
        lay = timed(lambda: laid_out(told), 1)
        rows.append(("laying out the columns alone", options.invoices, "-", lay.cpu_s, lay.wall_s, "-"))
        facts_told["lay_out_cpu_s"] = round(lay.cpu_s, 3)
        facts = lay.result
        if options.peers:
            also("catalogue", "whole catalogue, each invoice's evening", at_issue(facts), facts)
        if options.morning:
            also("morning", "whole catalogue, one morning", open_on(facts, [LAST_DAY]), facts)
        if options.cutoffs:
            questions = open_on(facts, month_ends(options.cutoffs))
            also("cutoffs", f"whole catalogue, {options.cutoffs} month ends", questions, facts)
    facts_told["peak_mb_at_end"] = round(peak_mb(), 1)
    show(
        f"Features of {options.invoices:,} invoices; equal values; our peak {peak:,.0f} MB",
        rows,
        facts_told,
        options.json,
    )


if __name__ == "__main__":
    main()
