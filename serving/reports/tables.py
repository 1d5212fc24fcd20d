"""Reports as tables: the same figures in rows, for files; amounts are numbers beside their currency."""

from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any

from serving.tabular.table import Column, Kind, Table, amount_of

Json = dict[str, Any]

_TEXTS = (
    "figure", "currency", "definition", "what", "entity", "customer_id", "customer_name", "main_reason", "standing",
    "next_step", "caller",
)  # fmt: skip
_DAYS = ("as_of", "from", "until", "opened_on", "closed_on")
_WHOLE = ("accounts", "more_than_days", "months_without_sales", "oldest_dpd", "promises ")
_NUMBERS = (
    "share_pct", "past_due_pct", "over_90_pct", "dso", "add_portfolio", "delinquent ", "cei_pct", "promises_kept_pct",
    "roll ", "late_risk",
)  # fmt: skip
_KINDS: Mapping[Kind, tuple[str, ...]] = {
    "text": _TEXTS, "day": _DAYS, "whole": _WHOLE, "number": _NUMBERS, "flag": ("month_end",),
}  # fmt: skip
"""The columns that hold no amount of money, by the beginning of their names."""


def table_of(report: Json) -> Table:
    """The rows of a report's body; an empty report keeps two columns."""
    rows = _ROWS[report["report"]](report)
    names = tuple(rows[0]) if rows else ("as_of", "currency")
    return Table.of([Column(name, _kind(name)) for name in names], rows)


def _kind(name: str) -> Kind:
    return next((kind for kind, starts in _KINDS.items() if name.startswith(starts)), "amount")


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
                "amount": amount_of(money),
                "low": amount_of(found.get("low")),
                "high": amount_of(found.get("high")),
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
    buckets = dict(zip(report["buckets"], (amount_of(money) for money in one["buckets"]), strict=True))
    also = {name: amount_of(one[name]) for name in ("open", "past_due", "unapplied", "total")}
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
        | {name: amount_of(week.get(name)) for name in names}
        for what, week in weeks
    ]


def _accounts(report: Json) -> list[Json]:
    return [
        {
            "as_of": report["as_of"],
            "customer_id": row["customer_id"],
            "customer_name": row["customer_name"],
            "money": amount_of(row["money"]),
            "open": amount_of(row["open"]),
            "overdue": amount_of(row["overdue"]),
            "expected_late": amount_of(row["expected_late"]),
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
    cells = {name: amount_of(value) if isinstance(value, dict) else value for name, value in one.items()}
    return {**cells, "currency": currency}
