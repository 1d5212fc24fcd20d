"""Facts booked directly, as frames: what was learned and the evening from which it was known.

Files come in through `ledger.importing`; tests, and whatever knows its own days, book facts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

from ledger.activity import require_believable, require_known_codes, require_sound_holds, require_times
from ledger.errors import AmountTooLarge, DuplicateFact, IncompleteFacts, PayriskError, UnknownKind, UnknownRate
from ledger.money import LARGEST_MINOR, exponent_of, to_decimal
from ledger.schema import (
    APPLICATIONS,
    CALLBACKS,
    CONTACTS,
    CUSTOMERS,
    DISPUTES,
    HOLDS,
    ITEMS,
    PROMISES,
    RATES,
    Column,
    Table,
    Type,
)
from ledger.view import APPLICATION_KINDS

DTYPES: dict[Type, Any] = {
    "text": "str", "decimal": "str", "amount": "str", "flag": "bool",
    "day": np.int64, "minor": np.int64, "whole": np.int64,
}  # fmt: skip
"""How each type of `ledger.schema` lies in a frame."""

Rows = pd.DataFrame | Sequence[Mapping[str, Any]] | None


@dataclass(frozen=True, eq=False)
class Facts:
    """What is learned at once: nine frames with the columns of `ledger.schema`, without `superseded_on` (it follows).

    The rate of a row of `rates` is the text of an exact decimal.
    """

    items: pd.DataFrame
    applications: pd.DataFrame
    customers: pd.DataFrame
    rates: pd.DataFrame
    disputes: pd.DataFrame
    contacts: pd.DataFrame
    promises: pd.DataFrame
    holds: pd.DataFrame
    callbacks: pd.DataFrame

    @classmethod
    def of(
        cls,
        items: Rows = None,
        applications: Rows = None,
        customers: Rows = None,
        rates: Rows = None,
        disputes: Rows = None,
        contacts: Rows = None,
        promises: Rows = None,
        holds: Rows = None,
        callbacks: Rows = None,
    ) -> "Facts":
        """From frames or rows; checked, in the columns and types of the schema. What is left out has its default.

        Raises:
            IncompleteFacts: a required column or value is missing.
            DuplicateFact: two rows with one key.
            UnknownCurrency, UnknownKind, UnknownRate, UnknownCode, AmountTooLarge, BadCreditLimit, BadPromise, BadHold,
                BadCallback: a value that no ledger has.
        """
        return cls(
            _checked_items(typed(items, ITEMS)),
            _checked_applications(typed(applications, APPLICATIONS)),
            _checked_customers(typed(customers, CUSTOMERS)),
            _checked_rates(typed(rates, RATES)),
            _unique(typed(disputes, DISPUTES), DISPUTES),
            _checked_contacts(typed(contacts, CONTACTS)),
            _checked_promises(typed(promises, PROMISES)),
            _checked_holds(typed(holds, HOLDS)),
            _checked_callbacks(typed(callbacks, CALLBACKS)),
        )

    @classmethod
    def empty(cls) -> "Facts":
        """Nothing learned."""
        return cls.of()

    def frames(self) -> dict[str, pd.DataFrame]:
        """The frames by the name of their table."""
        return {
            "items": self.items, "applications": self.applications, "customers": self.customers,
            "rates": self.rates, "disputes": self.disputes, "contacts": self.contacts, "promises": self.promises,
            "holds": self.holds, "callbacks": self.callbacks,
        }  # fmt: skip

    def __len__(self) -> int:
        """How many facts."""
        return sum(len(frame) for frame in self.frames().values())

    def __add__(self, other: "Facts") -> "Facts":
        """Both, as one; raises `DuplicateFact` when they overlap."""
        mine, theirs = self.frames(), other.frames()
        return Facts.of(**{name: pd.concat([mine[name], theirs[name]], ignore_index=True) for name in mine})

    def newest_known_on(self) -> int | None:
        """The last evening on which one of them became known, in whole days; None when there is none."""
        dated = [frame["known_on"].max() for frame in self.frames().values() if len(frame)]
        return int(max(dated)) if dated else None


class BadCreditLimit(PayriskError):
    """A credit limit below zero, or beyond any."""

    code = "amount_out_of_range"
    field = "credit_limit_minor"

    def __init__(self, customer_id: str, minor: int) -> None:
        self.customer_id, self.minor = customer_id, minor
        super().__init__(
            f'The credit limit of customer "{customer_id}" is {minor:,} minor units. Expected 0 to 10^15, '
            f"or -1 where none is stated."
        )


def typed_frame(columns: Mapping[str, Any], table: Table) -> pd.DataFrame:
    """Columns of plain values as a frame in the types of the schema; one that it does not know is of whole numbers."""
    types = {column.name: column.type for column in table.columns}
    return pd.DataFrame(
        {name: pd.array(values, dtype=DTYPES[types.get(name, "whole")]) for name, values in columns.items()}
    )


def typed(rows: Rows, table: Table) -> pd.DataFrame:
    """Rows in the columns of the table, their order and types. Raises `IncompleteFacts`."""
    if rows is None or len(rows) == 0:
        return pd.DataFrame({c.name: pd.Series(dtype=DTYPES[c.type]) for c in table.columns})
    frame = rows if isinstance(rows, pd.DataFrame) else pd.DataFrame(list(rows))
    columns = {c.name: _typed_column(frame, c, table).reset_index(drop=True) for c in table.columns}
    return pd.DataFrame(columns, copy=False)


def _typed_column(frame: pd.DataFrame, column: Column, table: Table) -> "pd.Series[Any]":
    if column.name in frame.columns:
        values = frame[column.name]
    elif column.required:
        raise IncompleteFacts(table.name, column.name)
    else:
        values = pd.Series(column.default, index=frame.index)
    if not column.required:
        values = values.fillna(column.default)
    if values.isna().any() or (column.required and column.type == "text" and (values == "").any()):
        raise IncompleteFacts(table.name, column.name)
    return values.astype(DTYPES[column.type])


def _unique(frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    """The frame itself. Raises `DuplicateFact` when its key is not unique."""
    key = list(table.key)
    again = frame.duplicated(key)
    if again.any():
        raise DuplicateFact(table.name, tuple(str(value) for value in frame.loc[again, key].iloc[0]))
    return frame


def _checked_items(items: pd.DataFrame) -> pd.DataFrame:
    for currency in items["currency"].unique():
        exponent_of(str(currency))
    absurd = items.loc[items["amount_minor"].abs() > LARGEST_MINOR]
    if len(absurd):
        row = absurd.iloc[0]
        raise AmountTooLarge(to_decimal(row["amount_minor"], row["currency"]), str(row["currency"]))
    sign = np.where(items["amount_minor"] < 0, "credit_memo", "invoice")
    kind = items["kind"].where(items["kind"] != "", pd.Series(sign, index=items.index, dtype="str"))
    return _unique(items.assign(kind=kind), ITEMS)


def _checked_applications(applications: pd.DataFrame) -> pd.DataFrame:
    unknown = set(applications["kind"].unique()) - set(APPLICATION_KINDS)
    if unknown:
        raise UnknownKind(str(min(unknown)))
    absurd = applications.loc[applications["amount_minor"].abs() > LARGEST_MINOR, "amount_minor"]
    if len(absurd):
        raise AmountTooLarge(Decimal(int(absurd.iloc[0])), "minor units")
    return _unique(applications, APPLICATIONS)


def _checked_customers(customers: pd.DataFrame) -> pd.DataFrame:
    limit, currency = customers["credit_limit_minor"], customers["credit_limit_currency"]
    for at in np.flatnonzero((limit < -1) | (limit > LARGEST_MINOR))[:1]:
        raise BadCreditLimit(str(customers["customer_id"].iloc[at]), int(limit.iloc[at]))
    if ((limit >= 0) & (currency == "")).any():
        raise IncompleteFacts(CUSTOMERS.name, "credit_limit_currency")
    if ((limit < 0) & (currency != "")).any():
        raise IncompleteFacts(CUSTOMERS.name, "credit_limit_minor")
    for code in currency[currency != ""].unique():
        exponent_of(str(code))
    return _unique(customers, CUSTOMERS)


def _checked_contacts(contacts: pd.DataFrame) -> pd.DataFrame:
    require_known_codes(contacts)
    return _unique(contacts, CONTACTS)


def _checked_promises(promises: pd.DataFrame) -> pd.DataFrame:
    require_believable(promises)
    return _unique(promises, PROMISES)


def _checked_holds(holds: pd.DataFrame) -> pd.DataFrame:
    require_sound_holds(holds)
    return _unique(holds, HOLDS)


def _checked_callbacks(callbacks: pd.DataFrame) -> pd.DataFrame:
    require_times(callbacks)
    return _unique(callbacks, CALLBACKS)


def _checked_rates(rates: pd.DataFrame) -> pd.DataFrame:
    for currency in pd.concat([rates["currency"], rates["base"]]).unique():
        exponent_of(str(currency))
    for text in rates["rate"].unique():
        try:
            fine = Decimal(text).is_finite() and Decimal(text) > 0
        except ArithmeticError:
            fine = False
        if not fine:
            raise UnknownRate(str(text))
    return _unique(rates, RATES)
