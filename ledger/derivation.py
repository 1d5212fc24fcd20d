"""From what exports told to the facts of every evening: pure, and the same whatever the order of the imports.

For each thing the rows told are ordered by the day of their export. What the first one says is new; where a later one
says something else, that is a correction, known from the day of that export. Read `exports.py` first: when something
became known. Money that paid columns tell is in `paid_totals.py`.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ledger.days import NEVER
from ledger.exports import Exports
from ledger.facts import typed
from ledger.lookup import positions
from ledger.ordering import Flags, Ints, as_numbers, carried, changes, codes_of, joined, sorted_by, starts, text_starts
from ledger.paid_totals import applications_of_totals
from ledger.schema import (
    ABSENCES,
    APPLICATIONS,
    CALLBACKS,
    CONTACTS,
    CUSTOMERS,
    DISPUTES,
    HOLDS,
    ITEMS,
    PROMISES,
    RATES,
    Table,
)
from ledger.told import Told


@dataclass(frozen=True, eq=False)
class StoredFacts:
    """All facts of one version, in the columns of `ledger.view`, ordered as a view orders them."""

    version: int
    items: pd.DataFrame
    applications: pd.DataFrame
    customers: pd.DataFrame
    rates: pd.DataFrame
    disputes: pd.DataFrame
    absences: pd.DataFrame
    contacts: pd.DataFrame
    promises: pd.DataFrame
    holds: pd.DataFrame
    callbacks: pd.DataFrame


@dataclass(frozen=True, eq=False)
class _Sayings:
    """Rows told of one kind, ordered by key, then day of export; of one day by import, for the later one corrects."""

    rows: pd.DataFrame
    key: Ints

    @classmethod
    def of(cls, told: pd.DataFrame, *key_columns: str) -> "_Sayings":
        key = joined([as_numbers(told[name]) for name in key_columns])
        said, version = (told[name].to_numpy(dtype=np.int64) for name in ("said_on", "version"))
        rows, order = sorted_by(told, key, said, version)
        return cls(rows, key[order])

    def where(self, mask: Flags) -> "_Sayings":
        return self if mask.all() else _Sayings(self.rows[mask].reset_index(drop=True), self.key[mask])

    def day(self, name: str) -> Ints:
        return self.rows[name].to_numpy(dtype=np.int64)

    @property
    def present(self) -> "_Sayings":
        return self.where(self.rows["present"].to_numpy(dtype=np.bool_))

    @property
    def last_of_each_day(self) -> "_Sayings":
        """Of what was told of one day the last: it corrects the others, which never counted."""
        day = self.day("said_on")
        last = np.ones(len(day), dtype=np.bool_)
        last[:-1] = (self.key[1:] != self.key[:-1]) | (day[1:] != day[:-1])
        return self.where(last)

    @property
    def since_present(self) -> "_Sayings":
        """The last word of each day, from the first on which a thing was there: taken back before, it never was."""
        last = self.last_of_each_day
        there = last.rows["present"].to_numpy(dtype=np.int64)
        count, first = np.cumsum(there), np.flatnonzero(starts(last.key))
        before = np.repeat(count[first] - there[first], np.diff(np.append(first, len(there))))
        return last.where(count > before)


def derive(told: Told, exports: Exports, version: int) -> StoredFacts:
    """The facts of all evenings.

    Args:
        told: all rows of the imports up to `version`, with their `version`.
        exports: those imports.
    """
    said_of_items = _Sayings.of(told.items, "item_id")
    said_items = said_of_items.present.last_of_each_day
    items = _items(said_items, exports)
    first_known = items.loc[text_starts(items["item_id"]), ["item_id", "customer_id", "known_on"]]
    payments = _payments(_Sayings.of(told.payments, "application_id"), exports)
    own = told.payments.groupby("item_id")["said_on"].min()
    payments = _after_totals(payments, said_items.rows, own)
    totals = applications_of_totals(said_items.rows, own, exports)
    return StoredFacts(
        version,
        items=items,
        applications=_applications([payments, totals], first_known),
        customers=_customers(_Sayings.of(told.customers, "customer_id").present, first_known),
        rates=_rates(_Sayings.of(told.rates, "base", "currency", "rate_on").present),
        disputes=_disputes(_Sayings.of(told.disputes, "dispute_id").since_present, exports),
        absences=_absences(said_of_items),
        contacts=_contacts(_Sayings.of(told.contacts, "contact_id").last_of_each_day.present, exports),
        promises=_promises(_Sayings.of(told.promises, "promise_id").last_of_each_day.present, exports),
        holds=_orders(_Sayings.of(told.holds, "hold_id").last_of_each_day.present, HOLDS),
        callbacks=_orders(_Sayings.of(told.callbacks, "callback_id").last_of_each_day.present, CALLBACKS),
    )


def _items(said: _Sayings, exports: Exports) -> pd.DataFrame:
    """Every revision of every item, ordered by (`item_id`, `known_on`)."""
    values = [name for name in ITEMS.names if name not in ("item_id", "known_on", "source_row")]
    news = changes(said.rows, starts(said.key), values)
    said = said.where(news)
    first = starts(said.key)
    known_on = said.day("said_on").copy()
    known_on[first] = _first_known(said.where(first), "issued_on", exports)
    return _revisions(said, known_on, ITEMS)


def _first_known(said: _Sayings, happened: str, exports: Exports) -> Ints:
    stated = said.day("stated_known_on")
    rule = exports.known_on(said.day(happened), said.day("said_on"), said.day("version"))
    return np.where(stated != NEVER, stated, rule)


def _revisions(said: _Sayings, known_on: Ints, table: Table) -> pd.DataFrame:
    """The rows of a table of facts, each with the evening from which the next one of its key counts.

    What was corrected on the evening on which it became known never counted.
    """
    superseded_on = np.full(len(known_on), NEVER, dtype=np.int64)
    if len(known_on):
        superseded_on[:-1] = np.where(said.key[1:] == said.key[:-1], known_on[1:], NEVER)
    columns = {name: said.rows[name] for name in table.names if name in said.rows.columns}
    frame = pd.DataFrame({**columns, "known_on": known_on}, columns=list(table.names))
    counted = superseded_on > known_on
    frame = frame.assign(superseded_on=superseded_on)
    return frame if counted.all() else frame[counted].reset_index(drop=True)


def _payments(said: _Sayings, exports: Exports) -> pd.DataFrame:
    """Each payment of rows of its own; one that is missing or told otherwise later is taken back, and told again."""
    said = said.last_of_each_day
    begins = starts(said.key)
    first = said.where(begins)
    booked = first.day("booked_on")
    rule = exports.known_on(first.day("happened_on"), first.day("said_on"), first.day("version"))
    frame = first.rows.assign(known_on=np.where(booked != NEVER, booked, rule))[list(APPLICATIONS.names)]
    frame = frame[first.rows["present"].to_numpy(dtype=np.bool_)].reset_index(drop=True)
    corrected = changes(said.rows, begins, ["present", "amount_minor", "happened_on"]) & ~begins
    return pd.concat([frame, _corrections(said, corrected)], ignore_index=True) if corrected.any() else frame


def _after_totals(payments: pd.DataFrame, said: pd.DataFrame, own: "pd.Series[int]") -> pd.DataFrame:
    """The payments, none known while a total still tells the same money: totals count until payments have rows."""
    tells = said["tells_paid"].to_numpy(dtype=np.bool_) & (said["paid_minor"].to_numpy(dtype=np.int64) != 0)
    told = said.loc[tells, ["item_id", "said_on"]].drop_duplicates("item_id")
    until = own.reindex(told["item_id"]).fillna(-NEVER).to_numpy(dtype=np.int64)
    ended = told["said_on"].to_numpy(dtype=np.int64) < until
    if not ended.any():
        return payments
    since = np.append(until[ended], -NEVER)[positions(payments["item_id"], told["item_id"][ended])]
    return payments.assign(known_on=np.maximum(payments["known_on"].to_numpy(dtype=np.int64), since))


def _corrections(said: _Sayings, corrected: Flags) -> pd.DataFrame:
    made = []
    number: dict[Any, int] = {}
    before = said.rows.iloc[np.flatnonzero(corrected) - 1].to_dict("records")
    for key, old, new in zip(said.key[corrected], before, said.rows[corrected].to_dict("records"), strict=True):
        number[key] = n = number.get(key, 0) + 1
        # Only cash comes back; what was no cash is taken back as what it was.
        kind = "reversal" if old["kind"] == "cash" else old["kind"]
        undone = {"kind": kind, "amount_minor": -old["amount_minor"], "happened_on": old["happened_on"]}
        again: dict[str, Any] = {}
        steps = [(f"undo{n}", undone)] * int(old["present"]) + [(f"as{n}", again)] * int(new["present"])
        for name, values in steps:
            said_so = {"application_id": f"{new['application_id']}/{name}", "known_on": new["said_on"]}
            made.append(dict(new) | values | said_so | {"known_assumed": True})
    return typed(pd.DataFrame(made), APPLICATIONS)


def _applications(parts: list[pd.DataFrame], first_known: pd.DataFrame) -> pd.DataFrame:
    """All applications in the order of a view; none is known before its item."""
    filled = [part for part in parts if len(part)] or [typed(None, APPLICATIONS)]
    frame = pd.concat(filled, ignore_index=True) if len(filled) > 1 else filled[0]
    item = positions(frame["item_id"], first_known["item_id"])
    since = np.append(first_known["known_on"].to_numpy(dtype=np.int64), -NEVER)[item]
    frame = frame.assign(known_on=np.maximum(frame["known_on"].to_numpy(dtype=np.int64), since))
    if (item < 0).any():
        item = codes_of(frame["item_id"])
    keys = [item, *(frame[name].to_numpy(dtype=np.int64) for name in ("known_on", "happened_on"))]
    return sorted_by(frame, *keys, _among_equals(frame["application_id"], keys))[0]


def _among_equals(ids: "pd.Series[str]", keys: list[Ints]) -> Ints:
    """The order of the ids where rows agree in all keys; 0 elsewhere, for few do."""
    order = np.lexsort(keys[::-1])
    again = np.ones(max(len(order) - 1, 0), dtype=np.bool_)
    for key in keys:
        again &= key[order[1:]] == key[order[:-1]]
    codes = np.zeros(len(order), dtype=np.int64)
    at = np.unique(np.concatenate([order[1:][again], order[:-1][again]]))
    codes[at] = codes_of(ids.iloc[at])
    return codes


def _customers(said: _Sayings, first_known: pd.DataFrame) -> pd.DataFrame:
    """Every revision of every customer; what a file leaves out is not taken back."""
    values = [name for name in CUSTOMERS.names if name not in ("customer_id", "known_on")]
    blanks = {column.name: column.default for column in CUSTOMERS.columns if not column.required}
    begins = starts(said.key)
    kept = {name: carried(said.rows[name], begins, blank) for name, blank in blanks.items()}
    said = _Sayings(said.rows.assign(**kept), said.key)
    said = said.where(changes(said.rows, starts(said.key), values))
    first = starts(said.key)
    known_on, stated = said.day("said_on").copy(), said.day("stated_known_on")
    # A customer is known no later than its first invoice.
    earliest = first_known.groupby("customer_id", sort=False)["known_on"].min()
    invoiced = earliest.reindex(said.rows["customer_id"]).fillna(NEVER).to_numpy(dtype=np.int64)
    known_on = np.where(first, np.where(stated != NEVER, stated, np.minimum(known_on, invoiced)), known_on)
    return _revisions(*_limits_apart(said, known_on), CUSTOMERS)


def _limits_apart(said: _Sayings, known_on: Ints) -> tuple[_Sayings, Ints]:
    """A customer is known from its first invoice on, but its credit limit from the export that stated it: limits are
    cut once somebody pays late, and a limit of today told of a year ago would give that away."""
    said_on, limit = said.day("said_on"), said.day("credit_limit_minor")
    early = starts(said.key) & (known_on < said_on) & (limit >= 0) & (said.day("stated_known_on") == NEVER)
    if not early.any():
        return said, known_on
    before = said.rows[early].assign(credit_limit_minor=np.int64(-1), credit_limit_currency="")
    key, known = np.append(said.key, said.key[early]), np.append(np.where(early, said_on, known_on), known_on[early])
    order = np.lexsort((known, key))
    rows = pd.concat([said.rows, before], ignore_index=True).take(order).reset_index(drop=True)
    return _Sayings(rows, key[order]), known[order]


def _rates(said: _Sayings) -> pd.DataFrame:
    """Every rate. A published rate is known to everybody on its day, whenever a file brings it."""
    said = said.where(changes(said.rows, starts(said.key), ["rate"]))
    first, day, stated = starts(said.key), said.day("said_on"), said.day("stated_known_on")
    published = np.where(stated != NEVER, stated, said.day("rate_on"))
    known_on = np.where(first, published, np.maximum(day, published))
    return _revisions(said, known_on, RATES).drop(columns="superseded_on")


def _disputes(said: _Sayings, exports: Exports) -> pd.DataFrame:
    """Every revision of every dispute; one that is missing from a later snapshot ended on that day."""
    gone = ~said.rows["present"].to_numpy(dtype=np.bool_)
    ended = np.minimum(said.day("resolved_on"), np.where(gone, said.day("said_on"), NEVER))
    said = _Sayings(said.rows.assign(resolved_on=ended), said.key)
    values = [name for name in DISPUTES.names if name not in ("dispute_id", "known_on")]
    said = said.where(changes(said.rows, starts(said.key), values))
    first = starts(said.key)
    known_on = said.day("said_on").copy()
    known_on[first] = _first_known(said.where(first), "opened_on", exports)
    disputes = _revisions(said, known_on, DISPUTES)
    return sorted_by(disputes, codes_of(disputes["item_id"]), np.arange(len(disputes)))[0]


def _contacts(said: _Sayings, exports: Exports) -> pd.DataFrame:
    """Every contact, as it was told first, in the order of a view."""
    first = said.where(starts(said.key))
    known_on, happened_on = _first_known(first, "happened_on", exports), first.day("happened_on")
    frame = first.rows.assign(known_on=known_on)[list(CONTACTS.names)]
    return sorted_by(frame, codes_of(frame["customer_id"]), known_on, happened_on, codes_of(frame["contact_id"]))[0]


def _promises(said: _Sayings, exports: Exports) -> pd.DataFrame:
    """Every revision of every promise, ordered by (`promise_id`, `known_on`)."""
    values = [name for name in PROMISES.names if name not in ("promise_id", "known_on")]
    said = said.where(changes(said.rows, starts(said.key), values))
    first = starts(said.key)
    known_on = said.day("said_on").copy()
    known_on[first] = _first_known(said.where(first), "made_on", exports)
    return _revisions(said, known_on, PROMISES)


def _orders(said: _Sayings, table: Table) -> pd.DataFrame:
    """Every revision of every hold or callback, ordered by (its id, `known_on`).

    Their days lie ahead as often as not, so no day of theirs tells when they became known: that is stated, or it is the
    day on which they were told.
    """
    values = [name for name in table.names if name not in table.key]
    said = said.where(changes(said.rows, starts(said.key), values))
    stated = said.day("stated_known_on")
    first_known = starts(said.key) & (stated != NEVER)
    return _revisions(said, np.where(first_known, stated, said.day("said_on")), table)


def _absences(said: _Sayings) -> pd.DataFrame:
    """The spans in which an item was missing from its source's snapshots, ordered by (`item_id`, `known_on`)."""
    present, day = said.rows["present"].to_numpy(dtype=np.bool_), said.day("said_on")
    begins = starts(said.key)
    was_present = np.ones(len(present), dtype=np.bool_)
    was_present[1:] = present[:-1] | begins[1:]
    turn = present != was_present
    key, missing, day = said.key[turn], ~present[turn], day[turn]
    ended_on = np.full(len(day), NEVER, dtype=np.int64)
    if len(day):
        ended_on[:-1] = np.where(key[1:] == key[:-1], day[1:], NEVER)
    missing &= ended_on > day
    rows = said.rows["item_id"][turn][missing]
    return typed(
        pd.DataFrame({"item_id": rows.to_numpy(), "known_on": day[missing], "ended_on": ended_on[missing]}), ABSENCES
    )
