"""What exports told, as frames: the only thing that is stored. The facts follow from it (`ledger.derivation`).

A row says: on the day of that export (`said_on`) this was so. It is kept only where it says something else than was
told of that day before; an export that says nothing new adds nothing.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import pandas as pd

from ledger.days import NEVER
from ledger.facts import Facts, typed
from ledger.ordering import are_in
from ledger.schema import TOLD_TABLES, Table

BY_KIND: Mapping[str, Table] = {table.name.removeprefix("told_"): table for table in TOLD_TABLES}
"""The table of each kind: items, payments, customers, rates, disputes, contacts, promises, holds, callbacks."""


@dataclass(frozen=True, eq=False)
class Told:
    """Nine frames with the columns of their tables in `ledger.schema`; those that were read carry `version` too."""

    items: pd.DataFrame
    payments: pd.DataFrame
    customers: pd.DataFrame
    rates: pd.DataFrame
    disputes: pd.DataFrame
    contacts: pd.DataFrame
    promises: pd.DataFrame
    holds: pd.DataFrame
    callbacks: pd.DataFrame

    @classmethod
    def of(cls, **kinds: pd.DataFrame) -> "Told":
        """From frames by kind; what is left out is empty."""
        return cls(**{kind: typed(kinds.get(kind), table) for kind, table in BY_KIND.items()})

    @classmethod
    def of_facts(cls, facts: Facts) -> "Told":
        """Facts that state their own days: each said on the evening on which it became known."""
        said: dict[str, Any] = {"said_on": lambda frame: frame["known_on"], "present": True}
        stated = {**said, "stated_known_on": lambda frame: frame["known_on"]}
        return cls.of(
            items=facts.items.assign(**stated, tells_paid=False, paid_on=np.int64(NEVER), paid_minor=np.int64(0)),
            payments=facts.applications.assign(**said, booked_on=lambda frame: frame["known_on"]),
            customers=facts.customers.assign(**stated),
            rates=facts.rates.assign(**stated),
            disputes=facts.disputes.assign(**stated),
            contacts=facts.contacts.assign(**stated),
            promises=facts.promises.assign(**stated),
            holds=facts.holds.assign(**stated),
            callbacks=facts.callbacks.assign(**stated),
        )

    def names_any_of(self, customers: Collection[str]) -> bool:
        """Whether the name of one of these customers is told."""
        wanted = pd.Series(sorted(customers), dtype="str")
        frames = (self.items, self.customers) if customers else ()
        return any(bool((are_in(one["customer_id"], wanted) & (one["customer_name"] != "")).any()) for one in frames)

    def with_news(self, said: "Told", version: int) -> "Told":
        """Together with the rows of the import that became `version`."""
        news = {kind: frame.assign(version=np.int64(version)) for kind, frame in said.frames().items()}
        return Told(
            **{
                kind: pd.concat([frame, news[kind]], ignore_index=True) if len(frame) else news[kind]
                for kind, frame in self.frames().items()
            }
        )

    def frames(self) -> dict[str, pd.DataFrame]:
        """The frames by kind."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def __len__(self) -> int:
        """How many rows."""
        return sum(len(frame) for frame in self.frames().values())
