"""The past due accounts of a published run in brief, read from their bodies by the database: a page about thousands of
accounts needs a few words of each."""

from datetime import date
from typing import NamedTuple

import sqlalchemy as sa

from ledger.database import told
from serving.listing.standing import Standing
from serving.published.store import ServingStore, accounts


class Brief(NamedTuple):
    """A past due account as the evening knew it.

    Attributes:
        overdue, currency: the money past due, in the reporting currency; of an account without a rate to it in its own.
        until: the day from which the rule that holds it no longer speaks; None where no day is known.
        contacted_on: the day of the newest contact; None for none within what is kept.
    """

    customer_id: str
    name: str
    standing: Standing
    rule: str
    until: date | None
    collector: str
    overdue: str
    currency: str
    oldest_dpd: int
    contacted_on: date | None


def past_due(store: ServingStore, run_id: str) -> list[Brief]:
    """The accounts of a run with anything past due, by `customer_id`."""
    body = accounts.c.body
    texts = [body[name].as_string() for name in ("customer_name", "standing", "rule", "rule_until", "collector")]
    money = [body[("overdue", name)].as_string() for name in ("amount", "currency")]
    others = [body["oldest_dpd"].as_integer(), body["contacts"]]
    wanted = sa.select(*[accounts.c.customer_id, *texts, *money, *others])
    wanted = wanted.where(accounts.c.run_id == run_id, body["overdue_items"].as_integer() > 0)
    with told(store.url), store.engine.connect() as connection:
        rows = connection.execute(wanted.order_by(accounts.c.customer_id)).all()
    return [
        Brief(
            customer_id, name or customer_id, standing, rule or "", _day(until), collector or "", overdue, currency,
            dpd,
            max((date.fromisoformat(one["happened_on"]) for one in contacts or ()), default=None),
        )
        for customer_id, name, standing, rule, until, collector, overdue, currency, dpd, contacts in rows
    ]  # fmt: skip


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
