"""Erasing a person from what was told: the name and the reasons that somebody wrote are emptied where they lie.

Nothing else of the told tables changes, so every fact of every evening stays as it was, to the cent. What imports say
of the name afterwards is left out (`ledger.left_out`), and said to be.
"""

import sqlalchemy as sa

from ledger.desk_journal import activities
from ledger.personal import empty_texts
from ledger.store import tables

_customers, _items = tables["told_customers"], tables["told_items"]
_disputes, _holds = tables["told_disputes"], tables["told_holds"]


def is_known(connection: sa.Connection, customer_id: str) -> bool:
    """Whether anything was ever told or recorded of a customer."""
    return any(
        connection.execute(sa.select(table.c.customer_id).where(table.c.customer_id == customer_id).limit(1)).first()
        for table in (_items, _customers, activities)
    )


def names_of(connection: sa.Connection, customer_id: str) -> list[str]:
    """The names that a customer was told under, the longest first."""
    found: set[str] = set()
    for table in (_customers, _items):
        wanted = sa.select(table.c.customer_name).where(table.c.customer_id == customer_id).distinct()
        found |= set(connection.execute(wanted).scalars())
    return sorted(found - {""}, key=lambda name: (-len(name), name))


def reasons_of(connection: sa.Connection, customer_id: str) -> list[str]:
    """What was written of a customer's disputes and holds, as far as exports told it or the ledger heard it."""
    found: set[str] = set()
    for table, of in ((_disputes, _disputed(customer_id)), (_holds, _holds.c.customer_id == customer_id)):
        found |= set(connection.execute(sa.select(table.c.reason).where(of).distinct()).scalars())
    return sorted(found - {""})


def erase_told(connection: sa.Connection, customer_id: str) -> None:
    """Empty the names, the reasons and the texts of a customer, in the caller's transaction."""
    for table in (_customers, _items):
        theirs = sa.update(table).where(table.c.customer_id == customer_id, table.c.customer_name != "")
        connection.execute(theirs.values(customer_name=""))
    for table, of in ((_disputes, _disputed(customer_id)), (_holds, _holds.c.customer_id == customer_id)):
        connection.execute(sa.update(table).where(of, table.c.reason != "").values(reason=""))
    empty_texts(connection, customer_id)


def _disputed(customer_id: str) -> "sa.ColumnElement[bool]":
    theirs = sa.select(_items.c.item_id).where(_items.c.customer_id == customer_id)
    return _disputes.c.item_id.in_(theirs)
