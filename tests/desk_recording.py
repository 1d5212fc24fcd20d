"""A recorder over a database with a published list, for the tests of activities: on a day, by somebody."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from evenings import made_run, score

from serving.activities.people import Actor
from serving.activities.recording import Asked, Recorder
from serving.activities.said import Contact, Promise, Said
from serving.etags import etag
from serving.published.desk import Desk
from serving.published.store import ServingStore

MARIA = Actor("maria", "collector")
CONTACT = Contact("phone", "no_answer", 3)
PROMISE = Promise(Decimal("600"), "EUR", date(2026, 4, 10))


class DeskClock:
    """A day and an instant that a test moves."""

    def __init__(self, day: date) -> None:
        self.at = datetime.combine(day, time(9, 30), tzinfo=UTC)

    def today(self) -> date:
        return self.at.date()

    def now(self) -> datetime:
        return self.at

    def pass_on(self, **much: int) -> None:
        self.at += timedelta(**much)


def published_desk(url: str, customers: Sequence[str] = ("C-1",), *, item: str = "INV-1", amount: int = 1000) -> Desk:
    """A desk whose list has an open item of each customer: `INV-1` of the first, then `INV-1/1`, and so on."""
    store = ServingStore(url)
    items = [item if not at else f"{item}/{at}" for at in range(len(customers))]
    store.publish(made_run([score(one, customer, open=amount) for one, customer in zip(items, customers, strict=True)]))
    return Desk(store)


def recorder_of(desk: Desk, clock: DeskClock) -> Recorder:
    return Recorder(desk, today=clock.today, now=clock.now)


def record(recorder: Recorder, said: Said, customer: str = "C-1", by: Actor = MARIA) -> str:
    """Record it on whatever version the account is at; returns the activity's id."""
    answer = recorder.record(customer, said, Asked(by, etag(recorder.version(customer))))
    return str(answer.body["activity_id"])
