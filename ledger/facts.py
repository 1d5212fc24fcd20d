"""Facts: what an import or a record brings, as frames, and how stored revisions become validity.

Frames that go into the store say what was learned and when (`known_on`); until when it counted (`superseded_on`)
is never stored but derived, so that an older export that comes late falls into its place.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

from ledger.days import NEVER
from ledger.errors import AmountTooLarge, DuplicateFact, IncompleteFacts, UnknownKind, UnknownRate
from ledger.money import LARGEST_MINOR, exponent_of, to_decimal
from ledger.schema import APPLICATIONS, CUSTOMERS, ITEMS, RATES, SIGHTINGS, Table, Type
from ledger.view import APPLICATION_KINDS

DTYPES: dict[Type, Any] = {
    "text": "str", "decimal": "str", "amount": "str", "flag": "bool",
    "day": np.int64, "minor": np.int64, "whole": np.int64,
}  # fmt: skip
"""How each type of `ledger.schema` lies in a frame."""

Rows = pd.DataFrame | Sequence[Mapping[str, Any]] | None


@dataclass(frozen=True, eq=False)
class Facts:
    """What is learned at once: four frames with the columns of `ledger.schema`, and where the items stood in a file.

    Attributes:
        items, applications, customers, rates: the facts, without `superseded_on` (it is derived). The rate of a row
            of `rates` is the text of an exact decimal.
        sightings: `item_id`, `source_row` (data row, from 1, of the file); may name items the ledger knew before.
    """

    items: pd.DataFrame
    applications: pd.DataFrame
    customers: pd.DataFrame
    rates: pd.DataFrame
    sightings: pd.DataFrame

    @classmethod
    def of(
        cls,
        items: Rows = None,
        applications: Rows = None,
        customers: Rows = None,
        rates: Rows = None,
        sightings: Rows = None,
    ) -> "Facts":
        """From frames or rows; checked, in the columns and types of the schema. Optional text left out is ''.

        Raises:
            IncompleteFacts: a required column or value is missing.
            DuplicateFact: two rows with one key (of sightings, the first row of an item counts).
            UnknownCurrency, UnknownKind, UnknownRate, AmountTooLarge: a value that no ledger has.
        """
        return cls(
            _checked_items(_typed(items, ITEMS)),
            _checked_applications(_typed(applications, APPLICATIONS)),
            _unique(_typed(customers, CUSTOMERS), CUSTOMERS),
            _checked_rates(_typed(rates, RATES)),
            _typed(sightings, SIGHTINGS).drop_duplicates("item_id", ignore_index=True),
        )

    @classmethod
    def empty(cls) -> "Facts":
        """Nothing learned."""
        return cls.of()

    def frames(self) -> dict[str, pd.DataFrame]:
        """The frames by the name of their table."""
        return {
            "items": self.items, "applications": self.applications, "customers": self.customers,
            "rates": self.rates, "sightings": self.sightings,
        }  # fmt: skip

    def __len__(self) -> int:
        """How many facts; sightings are not facts."""
        return len(self.items) + len(self.applications) + len(self.customers) + len(self.rates)

    def __add__(self, other: "Facts") -> "Facts":
        """Both, as one; raises `DuplicateFact` when they overlap."""
        mine, theirs = self.frames(), other.frames()
        return Facts.of(**{name: pd.concat([mine[name], theirs[name]], ignore_index=True) for name in mine})

    def newest_known_on(self) -> int | None:
        """The last evening on which one of them became known, in whole days; None when there is none."""
        dated = [frame["known_on"].max() for name, frame in self.frames().items() if name != "sightings" and len(frame)]
        return int(max(dated)) if dated else None


def revisions(facts: pd.DataFrame, key: Sequence[str]) -> pd.DataFrame:
    """Stored rows of all imports as revisions, each with the evening from which the next one counts.

    Args:
        facts: rows with the `key` columns, `known_on` and `version` (that of their import); any order.
        key: what a revision is one of.

    Returns:
        The rows that ever count, ordered by (`key`, `known_on`), with `superseded_on` (`NEVER` for the newest) and
        without `version`. Of rows with the same key and `known_on` the one of the later import counts; a row that
        says the same as the revision before it is none, so exports give the same ledger in any order.
    """
    ordered = facts.sort_values([*key, "known_on", "version"], kind="stable").drop(columns="version")
    again = ordered.duplicated(list(key), keep=False).to_numpy()
    if not again.any():
        return ordered.assign(superseded_on=np.int64(NEVER)).reset_index(drop=True)

    repeated = ordered[again].drop_duplicates([*key, "known_on"], keep="last")
    said = [name for name in repeated.columns if name != "known_on"]
    before = repeated[said].shift()
    news = ~(repeated[said] == before).all(axis=1)
    repeated = repeated[news]
    until = repeated.groupby(list(key), sort=False)["known_on"].shift(-1, fill_value=NEVER)
    parts = [ordered[~again].assign(superseded_on=np.int64(NEVER)), repeated.assign(superseded_on=until)]
    return pd.concat(parts).sort_values([*key, "known_on"], kind="stable").reset_index(drop=True)


def first_known(applications: pd.DataFrame) -> pd.DataFrame:
    """Each application once, known since the earliest evening on which an export brought it; without `version`."""
    ordered = applications.sort_values(
        ["item_id", "known_on", "happened_on", "application_id", "version"], kind="stable"
    )
    return ordered.drop_duplicates("application_id").drop(columns="version").reset_index(drop=True)


def typed_frame(columns: Mapping[str, Any], table: Table) -> pd.DataFrame:
    """Columns of plain values as a frame in the types of the schema."""
    types = {column.name: column.type for column in table.columns}
    return pd.DataFrame(
        {name: pd.array(values, dtype=DTYPES[types.get(name, "whole")]) for name, values in columns.items()}
    )


def _typed(rows: Rows, table: Table) -> pd.DataFrame:
    """The columns of the table, in order and type. Raises `IncompleteFacts`."""
    if rows is None or len(rows) == 0:
        return pd.DataFrame({c.name: pd.Series(dtype=DTYPES[c.type]) for c in table.columns})
    frame = rows if isinstance(rows, pd.DataFrame) else pd.DataFrame(list(rows))
    columns = {}
    for column in table.columns:
        if column.name in frame.columns:
            values = frame[column.name]
        elif column.required:
            raise IncompleteFacts(table.name, column.name)
        else:
            values = pd.Series("", index=frame.index)
        if not column.required:
            values = values.fillna("")
        if values.isna().any() or (column.required and column.type == "text" and (values == "").any()):
            raise IncompleteFacts(table.name, column.name)
        columns[column.name] = values.astype(DTYPES[column.type])
    return pd.DataFrame(columns).reset_index(drop=True)


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
    return _unique(items, ITEMS)


def _checked_applications(applications: pd.DataFrame) -> pd.DataFrame:
    unknown = set(applications["kind"].unique()) - set(APPLICATION_KINDS)
    if unknown:
        raise UnknownKind(str(min(unknown)))
    absurd = applications.loc[applications["amount_minor"].abs() > LARGEST_MINOR, "amount_minor"]
    if len(absurd):
        raise AmountTooLarge(Decimal(int(absurd.iloc[0])), "minor units")
    return _unique(applications, APPLICATIONS)


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
