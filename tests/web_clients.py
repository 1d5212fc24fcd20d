"""Desks with people who are signed in, for the tests of the web: `client_of(store)` is a manager's client.

client_of(store, "ada")     # a collector, `ada` in the team
"""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from typing import Any

from argon2 import PasswordHasher
from fastapi import FastAPI
from starlette.testclient import TestClient

from serving.audit.audit_store import audit_metadata
from serving.people.front_door import FrontDoor
from serving.people.keys import digest, form_key
from serving.people.pace import Pace
from serving.people.passwords import Passwords
from serving.people.people_store import PeopleStore
from serving.people.people_tables import people_metadata
from serving.people.person import Person
from serving.published.desk import Desk
from serving.published.store import ServingStore
from serving.web.app import create_app
from serving.web.door import FORM_HEADER, PLAIN_COOKIE

NOW = datetime(2026, 4, 1, 8, tzinfo=UTC)
ADDRESS = "http://127.0.0.1:8321"
PASSWORD = "correct horse battery"
CHEAP = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))

PEOPLE = (
    Person("maria", "Maria", frozenset({"manager"})),
    Person("ada", "Ada", frozenset({"collector"}), "ada"),
    Person("bob", "Bob", frozenset({"collector"}), "bob"),
    Person("ann", "Ann", frozenset({"analyst"})),
    Person("root", "Root", frozenset({"admin"})),
    Person("all", "All", frozenset({"admin", "analyst", "collector"}), "ada"),
    Person("erp", "ERP", frozenset({"service"})),
)


def front_of(url: str, clock: Callable[[], datetime] = lambda: NOW) -> FrontDoor:
    """A front door to a database in which these people are, each signed in already and with the same password."""
    store = PeopleStore(url)
    for metadata in (people_metadata, audit_metadata):
        metadata.create_all(store.engine)
    front = FrontDoor(store, clock, CHEAP)
    for person in PEOPLE:
        if store.add(person, clock()) and not person.is_service:
            store.set_password(person.person_id, _hashed())
            store.begin_session(digest(session_of(person.person_id)), person.person_id, "password", clock())
    return front


def session_of(person_id: str) -> str:
    """The key of the session that a person has from the beginning."""
    return f"session of {person_id}".replace(" ", "-")


def cookies_of(person_id: str) -> dict[str, str]:
    """What the browser of a person sends."""
    return {PLAIN_COOKIE: session_of(person_id)}


def form_headers(person_id: str) -> dict[str, str]:
    """What a page of a person's session sends with what changes something."""
    return {FORM_HEADER: form_key(session_of(person_id))}


def app_of(store: ServingStore, **settings: Any) -> FastAPI:
    """A desk over that store, and these people."""
    front = settings.pop("front", None) or front_of(url_of(store))
    return create_app(Desk(store), front, **{"pace": Pace(1e6, 10_000), **settings})


def client_of(store: ServingStore, who: str = "maria", *, base_url: str = ADDRESS, **settings: Any) -> TestClient:
    """The client of one of these people; faults of ours come as answers, as a browser would get them."""
    app = settings.pop("app", None) or app_of(store, **settings)
    return TestClient(app, base_url=base_url, raise_server_exceptions=False, cookies=cookies_of(who))


def url_of(store: ServingStore) -> str:
    """A database beside that of a store, so that a test may break the one and still be let in by the other."""
    return f"{store.engine.url}.people"


@cache
def _hashed() -> str:
    return CHEAP.hashed(PASSWORD)
