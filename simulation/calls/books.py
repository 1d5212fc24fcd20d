"""The ledger of a course: what the supplier's own books know of it, as frames for a `LedgerView`.

Nothing hidden comes through: an order that reads the view knows what a real one would know.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ledger.days import NEVER, to_date
from ledger.frames import APPLICATION_COLUMNS, CONTACT_COLUMNS, DISPUTE_COLUMNS, ITEM_COLUMNS, PROMISE_COLUMNS
from ledger.view import LedgerView
from simulation.calls.course import Course
from simulation.calls.world import TERMS, World
from simulation.chance import Ints
from simulation.names import company_names

CURRENCY = "EUR"

Texts = pd.api.extensions.ExtensionArray
Column = npt.NDArray[Any]


def customer_id(customer: int) -> str:
    """As the ledger names a customer; in the order of their indices."""
    return f"C-{10_001 + customer:05d}"


def item_id(invoice: int) -> str:
    """As the ledger names an invoice; in the order of issue."""
    return f"INV-{invoice:07d}"


class Books:
    """The frames of one course, grown day by day; invoices and names are written once."""

    def __init__(self, course: Course) -> None:
        self._course = course
        self._items = _items(course.world)
        self._customers = _customers(course.world)
        # Text is made once and taken by its place, facts are read once: all anew each evening took most of the time.
        self._item_ids, self._customer_ids = self._items["item_id"].array, self._customers["customer_id"].array
        self._read = {name: _Columns() for name in ("applications", "disputes", "contacts", "promises")}

    def item_ids(self, items: Ints) -> Texts:
        """The ledger's ids of invoices."""
        ids: Texts = self._item_ids.take(items)
        return ids

    def view(self) -> LedgerView:
        """What is known on the evening of the course's day."""
        course = self._course
        read = {name: columns.of(getattr(course.told, name)) for name, columns in self._read.items()}
        sent = np.searchsorted(course.world.invoices.issued_on, course.day, side="right")
        return LedgerView.of_facts(
            to_date(course.day),
            self._items.iloc[:sent],
            _applications(read["applications"], self._item_ids),
            self._customers,
            disputes=_disputes(read["disputes"], self._item_ids),
            contacts=_contacts(read["contacts"], self._customer_ids),
            promises=_promises(read["promises"], self._customer_ids),
            ordered=True,
        )


class _Columns:
    """A growing list of facts as columns."""

    def __init__(self) -> None:
        self._columns: tuple[Column, ...] = ()

    def of(self, told: Sequence[tuple[Any, ...]]) -> "tuple[Column, ...]":
        """One array a column; none while nothing was told."""
        new = told[len(self._columns[0]) if self._columns else 0 :]
        if new:
            arrays = tuple(np.array(column) for column in zip(*new, strict=True))
            kept = self._columns or tuple(array[:0] for array in arrays)
            self._columns = tuple(np.concatenate(both) for both in zip(kept, arrays, strict=True))
        return self._columns


def _items(world: World) -> pd.DataFrame:
    invoices, count = world.invoices, len(world.invoices)
    number = [item_id(at) for at in range(count)]
    names = np.array([customer_id(at) for at in range(len(world.customers))], dtype=object)
    terms = dict(zip(TERMS, (f"NET{days}" for days in TERMS), strict=True))
    return pd.DataFrame(
        {
            "item_id": _text(number),
            "customer_id": _text(names[invoices.customer]),
            "entity": _text([""] * count),
            "invoice_number": _text(number),
            "issued_on": invoices.issued_on,
            "due_on": invoices.due_on,
            "amount_minor": invoices.amount_minor,
            "currency": _text([CURRENCY] * count),
            "terms": _text([terms[days] for days in (invoices.due_on - invoices.issued_on).tolist()]),
            "kind": _text(["invoice"] * count),
            "instalment": 0,
            "known_on": invoices.issued_on,
            "superseded_on": NEVER,
            "source_row": np.arange(1, count + 1),
        }
    )[list(ITEM_COLUMNS)]


def _customers(world: World) -> pd.DataFrame:
    count = len(world.customers)
    countries = np.array(["DE"] * count)
    return pd.DataFrame(
        {
            "customer_id": _text([customer_id(at) for at in range(count)]),
            "customer_name": _text(company_names(countries, np.random.default_rng(world.seed))),
            "country": _text(countries),
            "known_on": int(world.invoices.issued_on[0]),
            "superseded_on": NEVER,
        }
    )


def _applications(told: tuple[Column, ...], item_ids: Texts) -> pd.DataFrame:
    if not told:
        return pd.DataFrame({name: [] for name in APPLICATION_COLUMNS})
    invoice, kinds, minor, day, known = told
    order = np.lexsort((day, known, invoice))
    frame = pd.DataFrame(
        {
            "application_id": _numbered("P", len(order)).take(order),
            "item_id": item_ids.take(invoice[order]),
            "kind": _codes(kinds[order]),
            "amount_minor": minor[order],
            "happened_on": day[order],
            "known_on": known[order],
            "known_assumed": False,
        }
    )
    return frame[list(APPLICATION_COLUMNS)]


def _contacts(told: tuple[Column, ...], customer_ids: Texts) -> pd.DataFrame | None:
    if not told:
        return None
    customer, outcome, day = told
    order = np.lexsort((day, customer))
    return pd.DataFrame(
        {
            "contact_id": _numbered("K", len(order)).take(order),
            "customer_id": customer_ids.take(customer[order]),
            "channel": _codes(np.full(len(order), "phone")),
            "outcome": _codes(outcome[order]),
            "happened_on": day[order],
            "known_on": day[order],
        }
    )[list(CONTACT_COLUMNS)]


def _promises(told: tuple[Column, ...], customer_ids: Texts) -> pd.DataFrame | None:
    if not told:
        return None
    customer, minor, made, promised = told
    return pd.DataFrame(
        {
            "promise_id": _numbered("R", len(customer)),
            "customer_id": customer_ids.take(customer),
            "currency": _codes(np.full(len(customer), CURRENCY)),
            "amount_minor": minor,
            "made_on": made,
            "promised_on": promised,
            "cancelled_on": NEVER,
            "item_ids": _codes(np.full(len(customer), "")),
            "known_on": made,
            "superseded_on": NEVER,
        }
    )[list(PROMISE_COLUMNS)]


def _disputes(told: tuple[Column, ...], item_ids: Texts) -> pd.DataFrame | None:
    """An open dispute, and from the day of its end on the same with that day: one revision each."""
    if not told:
        return None
    invoice, minor, opened, resolved = (np.repeat(column, 2) for column in told)
    over = np.arange(len(invoice)) % 2 == 1
    order = np.argsort(invoice, kind="stable")
    frame = pd.DataFrame(
        {
            "dispute_id": _numbered("D", len(told[0])).take(np.arange(len(invoice)) // 2),
            "item_id": item_ids.take(invoice),
            "amount_minor": minor,
            "reason": _codes(np.full(len(invoice), "other")),
            "opened_on": opened,
            "resolved_on": np.where(over, resolved, NEVER),
            "known_on": np.where(over, resolved, opened),
            "superseded_on": np.where(over, NEVER, resolved),
        }
    )
    return frame[list(DISPUTE_COLUMNS)].take(order).reset_index(drop=True)


def _numbered(letter: str, count: int) -> Texts:
    """Ids in the order in which things were told, the same on every evening."""
    return _enough(letter, 1 << count.bit_length())[:count]


@cache
def _enough(letter: str, count: int) -> Texts:
    return _text([f"{letter}-{at:07d}" for at in range(count)]).array


def _codes(values: Column) -> Texts:
    """A column of few different words."""
    words, place = np.unique(values, return_inverse=True)
    return _text(words.tolist()).array.take(place)


def _text(values: object) -> "pd.Series[str]":
    return pd.Series(values, dtype="str")
