"""The ledger of a course: what the supplier's own books know of it, as frames for a `LedgerView`.

Nothing hidden comes through: an order that reads the view knows what a real one would know.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ledger.days import NEVER, to_date
from ledger.frames import APPLICATION_COLUMNS, CONTACT_COLUMNS, DISPUTE_COLUMNS, ITEM_COLUMNS, PROMISE_COLUMNS
from ledger.view import LedgerView
from simulation.calls.course import Course
from simulation.calls.world import TERMS, World
from simulation.names import company_names

CURRENCY = "EUR"


def customer_id(customer: int) -> str:
    """As the ledger names a customer; in the order of their indices."""
    return f"C-{10_001 + customer:05d}"


def item_id(invoice: int) -> str:
    """As the ledger names an invoice; in the order of issue."""
    return f"INV-{invoice:07d}"


def index_of_item(item_id: str) -> int:
    """The invoice that a ledger's id means."""
    return int(item_id[4:])


class Books:
    """The frames of one course, grown day by day; invoices and names are written once."""

    def __init__(self, course: Course) -> None:
        self._course = course
        self._items = _items(course.world)
        self._customers = _customers(course.world)

    def view(self) -> LedgerView:
        """What is known on the evening of the course's day."""
        course, told = self._course, self._course.told
        sent = np.searchsorted(course.world.invoices.issued_on, course.day, side="right")
        return LedgerView.of_facts(
            to_date(course.day),
            self._items.iloc[:sent],
            _applications(told.applications),
            self._customers,
            disputes=_disputes(told.disputes),
            contacts=_contacts(told.contacts),
            promises=_promises(told.promises),
            ordered=True,
        )


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


def _applications(told: Sequence[tuple[int, str, int, int, int]]) -> pd.DataFrame:
    if not told:
        return pd.DataFrame({name: [] for name in APPLICATION_COLUMNS})
    invoice, kinds, minor, day, known = (np.array(column) for column in zip(*told, strict=True))
    order = np.lexsort((day, known, invoice))
    frame = pd.DataFrame(
        {
            "application_id": _text([f"P-{at:07d}" for at in order.tolist()]),
            "item_id": _text([item_id(at) for at in invoice[order].tolist()]),
            "kind": _text(kinds[order]),
            "amount_minor": minor[order],
            "happened_on": day[order],
            "known_on": known[order],
            "known_assumed": False,
        }
    )
    return frame[list(APPLICATION_COLUMNS)]


def _contacts(told: Sequence[tuple[int, str, int]]) -> pd.DataFrame | None:
    if not told:
        return None
    customer, outcome, day = (np.array(column) for column in zip(*told, strict=True))
    order = np.lexsort((day, customer))
    return pd.DataFrame(
        {
            "contact_id": _text([f"K-{at:07d}" for at in order.tolist()]),
            "customer_id": _text([customer_id(at) for at in customer[order].tolist()]),
            "channel": _text(["phone"] * len(order)),
            "outcome": _text(outcome[order]),
            "happened_on": day[order],
            "known_on": day[order],
        }
    )[list(CONTACT_COLUMNS)]


def _promises(told: Sequence[tuple[int, int, int, int]]) -> pd.DataFrame | None:
    if not told:
        return None
    customer, minor, made, promised = (np.array(column) for column in zip(*told, strict=True))
    return pd.DataFrame(
        {
            "promise_id": _text([f"R-{at:07d}" for at in range(len(customer))]),
            "customer_id": _text([customer_id(at) for at in customer.tolist()]),
            "currency": _text([CURRENCY] * len(customer)),
            "amount_minor": minor,
            "made_on": made,
            "promised_on": promised,
            "cancelled_on": NEVER,
            "item_ids": _text([""] * len(customer)),
            "known_on": made,
            "superseded_on": NEVER,
        }
    )[list(PROMISE_COLUMNS)]


def _disputes(told: Sequence[tuple[int, int, int, int]]) -> pd.DataFrame | None:
    """An open dispute, and from the day of its end on the same with that day: one revision each."""
    if not told:
        return None
    invoice, minor, opened, resolved = (np.array(column) for column in zip(*told, strict=True))
    ids, items = [f"D-{at:07d}" for at in range(len(told))], [item_id(at) for at in invoice.tolist()]
    base = {"dispute_id": ids, "item_id": items, "amount_minor": minor, "reason": "other", "opened_on": opened}
    open_ = pd.DataFrame(base | {"resolved_on": NEVER, "known_on": opened, "superseded_on": resolved})
    over = pd.DataFrame(base | {"resolved_on": resolved, "known_on": resolved, "superseded_on": NEVER})
    frame = pd.concat([open_, over]).sort_values(["item_id", "dispute_id", "known_on"], kind="stable")
    for name in ("dispute_id", "item_id", "reason"):
        frame[name] = frame[name].astype("str")
    return frame[list(DISPUTE_COLUMNS)].reset_index(drop=True)


def _text(values: object) -> "pd.Series[str]":
    return pd.Series(values, dtype="str")
