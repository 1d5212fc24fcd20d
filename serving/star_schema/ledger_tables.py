"""The tables of the ledger on one evening: items, applications, disputes, customers and rates, importable again."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from ledger.aging import DEFAULT_BUCKETS
from ledger.application_ids import payment_of
from ledger.books.conversion import convert_each, rates_of
from ledger.days import NEVER, to_day
from ledger.frames import where
from ledger.item_ids import item_id_of
from ledger.lookup import positions, summed_at, whole
from ledger.notes import EXPORT_COLUMN
from ledger.ordering import Flags, Ints
from ledger.view import LedgerView
from serving.star_schema.arrow_columns import amounts, arrow_of, days, texts, whole_numbers
from serving.star_schema.tables import CUSTOMERS, DISPUTES, INVOICES, PAYMENTS, RATES

Objects = NDArray[np.object_]

UNAPPLIED = "unapplied"
"""The bucket of what is owed to the customer."""


def ledger_tables(view: LedgerView, base: str) -> dict[str, pa.Table]:
    """The tables by name, as of the view's evening and with its knowledge.

    Args:
        base: the reporting currency.
    """
    items = view.billed()
    named = _named(items)
    rows, kinds = _standing(view.applied(), items)
    return {
        "invoices": _invoices(view, items, named, base),
        "payments": _payments(rows, kinds, items, named, view.day),
        "disputes": _disputes(view, items, named),
        "customers": _customers(view, items),
        "rates": _rates(view),
    }


def buckets_of(open_minor: Ints, dpd: Ints) -> Objects:
    """The aging bucket of each open amount; '' where nothing is open."""
    names = np.array(DEFAULT_BUCKETS.names, dtype=object)[DEFAULT_BUCKETS.bucket_of(dpd)]
    return np.where(open_minor > 0, names, np.where(open_minor < 0, UNAPPLIED, ""))


def _named(items: pd.DataFrame) -> dict[str, pa.Array]:
    """Number, instalment and entity of each item, by which an import makes its id again.

    Money on account has an id that no invoice of its number would get: there the id stands for the number.
    """
    entity, number, part = items["entity"].tolist(), items["invoice_number"].tolist(), items["instalment"].tolist()
    made = [item_id_of(*named) for named in zip(entity, number, part, strict=True)]
    own = np.array(made, dtype=object) == items["item_id"].to_numpy(dtype=object)
    instalment = np.where(own, whole(items["instalment"]), 0)
    return {
        "invoice_id": texts(np.where(own, items["invoice_number"], items["item_id"])),
        "instalment": whole_numbers(instalment, unknown=instalment == 0),
        "entity": texts(items["entity"]),
    }


def _evening(day: int, count: int) -> pa.Array:
    return days(np.full(count, day, dtype=np.int64))


def _invoices(view: LedgerView, items: pd.DataFrame, named: Mapping[str, pa.Array], base: str) -> pa.Table:
    on, currency = to_day(view.day), items["currency"].tolist()
    applied = view.applied()
    at = positions(applied["item_id"], items["item_id"])
    open_minor = whole(items["amount_minor"]) - summed_at(at, whole(applied["amount_minor"]), len(items))
    claims = view.open_disputes()
    claimed = summed_at(positions(claims["item_id"], items["item_id"]), whole(claims["amount_minor"]), len(items))
    told, unknown = _told(open_minor, items["currency"], base, view)
    # An item that was corrected is the same item: known since its first revision.
    first = view.items.groupby("item_id")["known_on"].min()
    dpd = on - whole(items["due_on"])
    return arrow_of(
        INVOICES,
        {
            "item_id": texts(items["item_id"]),
            EXPORT_COLUMN: _evening(on, len(items)),
            **named,
            "customer_id": texts(items["customer_id"]),
            "document_type": texts(items["kind"].str.replace("_", " ")),
            "issue_date": days(whole(items["issued_on"])),
            "due_date": days(whole(items["due_on"])),
            "amount": amounts(whole(items["amount_minor"]), currency),
            "currency": texts(currency),
            "terms": texts(items["terms"]),
            "known_date": days(np.minimum(first.reindex(items["item_id"]).to_numpy(dtype=np.int64), on)),
            "open_amount": amounts(open_minor, currency),
            "disputed_amount": amounts(np.clip(claimed, 0, np.maximum(open_minor, 0)), currency),
            "days_past_due": whole_numbers(dpd),
            "aging_bucket": texts(buckets_of(open_minor, dpd)),
            "open_reporting": amounts(told, [base] * len(items), unknown=unknown),
            "reporting_currency": texts([base] * len(items)),
        },
    )


def _told(minor: Ints, currencies: "pd.Series[str]", base: str, view: LedgerView) -> tuple[Ints, Flags]:
    """Amounts in the reporting currency at the rate of the evening, and where there is none."""
    rates, on = rates_of(view, base), to_day(view.day)
    told, unknown = np.zeros_like(minor), np.ones(len(minor), dtype=np.bool_)
    for name, rows in currencies.groupby(currencies).indices.items():
        if rates.knows(str(name), on):
            told[rows], unknown[rows] = convert_each(minor[rows], str(name), on, rates), False
    return told, unknown


def _standing(applied: pd.DataFrame, items: pd.DataFrame) -> tuple[pd.DataFrame, Objects]:
    """The applications of the items that stand, and the kind that each is exported as.

    What was told wrongly, and taken back as if it had never been, cancels with what took it back. What is left has the
    sign of a payment or is a reversal, as files of payments have it.
    """
    at = positions(applied["item_id"], items["item_id"])
    rows = where(applied, at >= 0).reset_index(drop=True)
    sign = np.where(whole(items["amount_minor"])[at[at >= 0]] < 0, -1, 1)
    minor, kinds = whole(rows["amount_minor"]) * sign, rows["kind"].to_numpy(dtype=object)
    reversal = kinds == "reversal"
    # A reversal that lowers what is open, or a payment that raises it: it undoes another row.
    undoes = np.where(reversal, minor > 0, minor < 0)
    kept = np.ones(len(rows), dtype=np.bool_)
    kept[_cancelled(at[at >= 0], kinds, minor, undoes)] = False
    exported = np.where(undoes, np.where(reversal, "cash", "reversal"), kinds)
    return rows[kept].reset_index(drop=True), exported[kept]


def _cancelled(item: Ints, kinds: Objects, minor: Ints, undoes: Flags) -> list[int]:
    """The rows that undo another one of their item, each with the one that it undoes."""
    touched = np.flatnonzero(np.isin(item, item[undoes])).tolist()
    said = {place: (int(item[place]), str(kinds[place]), int(minor[place])) for place in touched}
    others: dict[tuple[int, str, int], list[int]] = {}
    for place, what in said.items():
        if not undoes[place]:
            others.setdefault(what, []).append(place)
    cancelled: list[int] = []
    for place, (of, kind, amount) in said.items():
        if undoes[place] and (there := others.get((of, kind, -amount))):
            cancelled += [place, there.pop()]
    return cancelled


def _payments(
    rows: pd.DataFrame, kinds: Objects, items: pd.DataFrame, named: Mapping[str, pa.Array], day: date
) -> pa.Table:
    at = positions(rows["item_id"], items["item_id"])
    currency = items["currency"].take(at).tolist()
    said = zip(
        rows["application_id"].tolist(), rows["item_id"].tolist(), rows["kind"].tolist(), kinds.tolist(), strict=True
    )
    ids = [payment_of(name, item_id, kind) if kind == exported else "" for name, item_id, kind, exported in said]
    return arrow_of(
        PAYMENTS,
        {
            "application_id": texts(rows["application_id"]),
            EXPORT_COLUMN: _evening(to_day(day), len(rows)),
            "item_id": texts(rows["item_id"]),
            "payment_id": texts(ids),
            **{name: column.take(pa.array(at)) for name, column in named.items()},
            "customer_id": texts(items["customer_id"].take(at)),
            "kind": texts(kinds),
            "amount": amounts(whole(rows["amount_minor"]), currency),
            "currency": texts(currency),
            "paid_date": days(whole(rows["happened_on"])),
            "booked_date": days(whole(rows["known_on"])),
        },
    )


def _disputes(view: LedgerView, items: pd.DataFrame, named: Mapping[str, pa.Array]) -> pa.Table:
    told = view.disputes
    found = positions(told["item_id"], items["item_id"])
    rows = where(told, (whole(told["superseded_on"]) == NEVER) & (found >= 0)).reset_index(drop=True)
    at = positions(rows["item_id"], items["item_id"])
    currency = items["currency"].take(at).tolist()
    return arrow_of(
        DISPUTES,
        {
            "dispute_id": texts(rows["dispute_id"]),
            EXPORT_COLUMN: _evening(to_day(view.day), len(rows)),
            "item_id": texts(rows["item_id"]),
            **{name: column.take(pa.array(at)) for name, column in named.items()},
            "customer_id": texts(items["customer_id"].take(at)),
            "amount": amounts(whole(rows["amount_minor"]), currency),
            "currency": texts(currency),
            "reason": texts(rows["reason"]),
            "opened_date": days(whole(rows["opened_on"])),
            "resolved_date": days(whole(rows["resolved_on"])),
        },
    )


def _customers(view: LedgerView, items: pd.DataFrame) -> pa.Table:
    """Everybody who is known by name or owes something."""
    told = where(view.customers, whole(view.customers["superseded_on"]) == NEVER)
    missing = sorted(set(items["customer_id"]) - set(told["customer_id"]))
    ids = [*told["customer_id"].tolist(), *missing]

    def of(name: str) -> list[str]:
        return [*told[name].tolist(), *([""] * len(missing))]

    limit = np.append(whole(told["credit_limit_minor"]), np.full(len(missing), -1, dtype=np.int64))
    return arrow_of(
        CUSTOMERS,
        {
            "customer_id": texts(ids),
            EXPORT_COLUMN: _evening(to_day(view.day), len(ids)),
            **{name: texts(of(name)) for name in ("customer_name", "country", "debtor_class", "parent_id")},
            "credit_limit": amounts(np.maximum(limit, 0), of("credit_limit_currency"), unknown=limit < 0),
            "credit_limit_currency": texts(of("credit_limit_currency")),
        },
    )


def _rates(view: LedgerView) -> pa.Table:
    told = view.rates.drop_duplicates(["base", "currency", "rate_on"], keep="last")
    return arrow_of(
        RATES,
        {
            "currency": texts(told["currency"]),
            EXPORT_COLUMN: _evening(to_day(view.day), len(told)),
            "base_currency": texts(told["base"]),
            "rate_date": days(whole(told["rate_on"])),
            "rate": pa.array([_rate(rate) for rate in told["rate"]], pa.decimal128(38, 18)),
        },
    )


def _rate(text: object) -> Decimal:
    """A rate to eighteen decimals, which is more than anybody quotes."""
    return round(Decimal(str(text)), 18)
