"""Reports as tables: the same figures in rows, for CSV and workbooks; amounts are numbers beside their currency."""

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any

from serving.files import neutral

Json = dict[str, Any]
Cell = str | int | float | Decimal | None


@dataclass(frozen=True)
class Table:
    """A report in rows; every row has a cell for each name."""

    names: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def table_of(report: Json) -> Table:
    """The rows of a report's body."""
    rows = _ROWS[report["report"]](report)
    names = tuple(rows[0]) if rows else ("as_of", "currency")
    return Table(names, tuple(tuple(row[name] for name in names) for row in rows))


def csv_of(report: Json) -> bytes:
    """A report as CSV, UTF-8, lines ending in CR LF; no text in it can run as a formula, numbers stay numbers."""
    out = io.StringIO(newline="")
    write = csv.writer(out, lineterminator="\r\n").writerow
    table = table_of(report)
    write(table.names)
    for row in table.rows:
        write([neutral(cell) if isinstance(cell, str) else cell for cell in row])
    return out.getvalue().encode("utf-8", "replace")


def _overview(report: Json) -> list[Json]:
    definitions = report["definitions"]
    rows = []
    for name, one in definitions.items():
        found = report[name] or {}
        money = found.get("money") or found.get("expected")
        rows.append(
            {
                "as_of": report["as_of"],
                "figure": one["label"],
                "amount": _amount(money),
                "low": _amount(found.get("low")),
                "high": _amount(found.get("high")),
                "currency": report["currency"],
                "share_pct": found.get("share_pct"),
                "accounts": found.get("accounts", found.get("past_due_accounts")),
                "definition": one["text"],
            }
        )
    return rows


def _aging(report: Json) -> list[Json]:
    evenings = [("evening", report["now"]), ("month before", report["month_before"])]
    evenings += [("month end", one) for one in report["month_ends"]]
    rows = [_aged(report, what, one, one["as_of"], "", report["currency"]) for what, one in evenings if one]
    as_of = report["as_of"]
    return rows + [
        _aged(report, "evening, in its currency", one, as_of, one["entity"], one["currency"])
        for one in report["by_entity"]
    ]


def _aged(report: Json, what: str, one: Json, as_of: str, entity: str, currency: str) -> Json:
    buckets = dict(zip(report["buckets"], (_amount(money) for money in one["buckets"]), strict=True))
    also = {name: _amount(one[name]) for name in ("open", "past_due", "unapplied", "total")}
    return {"what": what, "as_of": as_of, "entity": entity, "currency": currency, **buckets, **also}


def _past_due(report: Json) -> list[Json]:
    return [_flat(one, report["currency"]) for one in report["points"]]


def _dso(report: Json) -> list[Json]:
    return [
        _flat({name: value for name, value in one.items() if name != "delinquent_dso"}, report["currency"])
        | {f"delinquent {bucket}": days for bucket, days in (one["delinquent_dso"] or {}).items()}
        for one in report["month_ends"]
        if one["delinquent_dso"] is not None
    ]


def _effectiveness(report: Json) -> list[Json]:
    buckets = report["buckets"]
    pairs = [f"roll {young} to {old}, %" for young, old in pairwise(buckets)]
    rows = []
    for one in report["months"]:
        plain = {name: value for name, value in one.items() if name not in ("promises", "roll_rates_pct")}
        rates = one["roll_rates_pct"] or [None] * len(pairs)
        promises = {f"promises {state}": count for state, count in one["promises"].items()}
        rows.append(_flat(plain, report["currency"]) | promises | dict(zip(pairs, rates, strict=True)))
    return rows


def _cash(report: Json) -> list[Json]:
    weeks = [("past", week) for week in report["past"]] + [("ahead", week) for week in report["weeks"]]
    names = ("received", "received_on_known", "expected", "low", "high")
    return [
        {"what": what, "from": week["from"], "until": week["until"], "currency": report["currency"]}
        | {name: _amount(week.get(name)) for name in names}
        for what, week in weeks
    ]


def _accounts(report: Json) -> list[Json]:
    return [
        {
            "as_of": report["as_of"],
            "customer_id": row["customer_id"],
            "customer_name": row["customer_name"],
            "money": _amount(row["money"]),
            "open": _amount(row["open"]),
            "overdue": _amount(row["overdue"]),
            "expected_late": _amount(row["expected_late"]),
            "currency": report["currency"],
            "late_risk": row["late_risk"],
            "oldest_dpd": row["oldest_dpd"],
            "main_reason": (row["reason"] or {}).get("text"),
            "standing": row["standing"],
            "next_step": row["next_step_label"],
            "caller": row["collector"],
        }
        for row in report["rows"]
    ]


_ROWS: dict[str, Callable[[Json], list[Json]]] = {
    "overview": _overview,
    "aging": _aging,
    "past-due": _past_due,
    "dso": _dso,
    "effectiveness": _effectiveness,
    "cash-forecast": _cash,
    "high-risk": _accounts,
    "over-90": _accounts,
    "without-next-step": _accounts,
}


def _flat(one: Json, currency: str) -> Json:
    """A row whose amounts are numbers in one currency, named last."""
    cells = {name: _amount(value) if isinstance(value, dict) else value for name, value in one.items()}
    return {**cells, "currency": currency}


def _amount(money: Json | None) -> Decimal | None:
    return None if money is None else Decimal(money["amount"])
