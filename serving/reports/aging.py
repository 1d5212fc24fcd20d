"""The aging report: an evening by how late its money is, with the proof that it ties to the ledger."""

from typing import Any

from ledger.books.reconcile import Reconciliation
from serving.reports.book_year import BUCKETS, BookYear, Stand
from serving.reports.definitions import definitions_json
from serving.wording import money_json

Json = dict[str, Any]

MOST_VARIANCES = 50
"""Variances named in a report; how many there are is always said."""

NAMES = BUCKETS.names


def aging_report(proof: Reconciliation, year: BookYear) -> Json:
    """The aging of the evening, a month before and at the past month ends, with its proof.

    Args:
        proof: of the evening, its aging told in the reporting currency.
        year: the same evening and the past.
    """
    aged, currency = proof.aging, year.currency
    told = aged.rows_told
    assert told is not None, "the proof is made with the rates of the reporting currency"
    sums = told[[*NAMES, "unapplied", "total", "disputed", "past_due", "items"]].sum()
    native = _rows(aged.rows)
    return {
        "currency": currency,
        "basis": aged.basis,
        "buckets": list(NAMES),
        "now": {
            **_row([int(sums[name]) for name in NAMES], int(sums["unapplied"]), currency),
            "as_of": proof.as_of.isoformat(),
            "disputed": money_json(int(sums["disputed"]), currency),
            "items": int(sums["items"]),
        },
        "month_before": None if year.month_before is None else _stand(year.month_before, currency),
        "month_ends": [_stand(one, currency) for one in year.month_ends],
        "by_currency": _summed(native, "currency"),
        "by_entity": _summed(native, "entity"),
        "proof": _proof(proof),
        "without_rate": [str(error) for error in aged.missing],
        "definitions": definitions_json("open", "past_due"),
    }


def _stand(stand: Stand, currency: str) -> Json:
    return {"as_of": stand.day.isoformat(), **_row(list(stand.buckets), stand.unapplied, currency)}


def _row(buckets: list[int], unapplied: int, currency: str) -> Json:
    """Buckets, gross, with their sum; unused credits beside it, and both together."""
    return {
        "buckets": [money_json(minor, currency) for minor in buckets],
        "open": money_json(sum(buckets), currency),
        "past_due": money_json(sum(buckets[1:]), currency),
        "unapplied": money_json(unapplied, currency),
        "total": money_json(sum(buckets) + unapplied, currency),
    }


def _rows(table: Any) -> list[Json]:
    names = ["entity", "currency", *NAMES, "unapplied", "disputed", "items"]
    return [dict(zip(names, row, strict=True)) for row in zip(*(table[name].tolist() for name in names), strict=True)]


def _summed(rows: list[Json], by: str) -> list[Json]:
    """One row per currency, or per entity and currency: amounts of two currencies are never added up."""
    keys = ("currency",) if by == "currency" else ("entity", "currency")
    found: dict[tuple[str, ...], list[Json]] = {}
    for row in rows:
        found.setdefault(tuple(row[key] for key in keys), []).append(row)
    return [
        {
            **dict(zip(keys, key, strict=True)),
            **_row([_sum(group, name) for name in NAMES], _sum(group, "unapplied"), key[-1]),
            "disputed": money_json(_sum(group, "disputed"), key[-1]),
            "items": _sum(group, "items"),
        }
        for key, group in sorted(found.items())
    ]


def _sum(rows: list[Json], name: str) -> int:
    return sum(int(row[name]) for row in rows)


def _proof(proof: Reconciliation) -> Json:
    amounts = ("buckets", "unapplied", "open", "billed", "applied", "difference")
    names = ["entity", "currency", "open_items", *amounts]
    rows = []
    for values in zip(*(proof.rows[name].tolist() for name in names), strict=True):
        row = dict(zip(names, values, strict=True))
        owed = {name: _owed(row[name], row["currency"]) for name in amounts}
        rows.append({"entity": row["entity"], "currency": row["currency"], "open_items": row["open_items"], **owed})
    return {
        "ties": proof.ties,
        "rows": rows,
        "variances": [
            {
                "code": one.code,
                "sentence": one.sentence,
                "entity": one.entity,
                "currency": one.currency,
                "item_id": one.item_id,
                "ours": _owed(one.ours_minor, one.currency),
                "theirs": _owed(one.theirs_minor, one.currency),
                "difference": _owed(one.difference_minor, one.currency),
            }
            for one in proof.variances[:MOST_VARIANCES]
        ],
        "variances_count": len(proof.variances),
    }


def _owed(minor: int, currency: str) -> Json | None:
    """An amount; None where the currency is not known, as of a payment on an item that nobody knows."""
    return money_json(minor, currency) if currency else None
