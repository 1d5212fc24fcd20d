"""`Register`: who works here: added, given roles, let in by link or token, and let go."""

import hashlib
import json
import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import cast

from ledger.desk_journal import Connection
from serving.activities.people import Actor
from serving.audit.audit_store import append, take_turn
from serving.audit.chain import Change
from serving.people.company_store import CompanyStore, stop_following
from serving.people.errors import (
    BadPersonId,
    BadRoles,
    BadScopes,
    IdentityTaken,
    LastAdministrator,
    NotForService,
    PersonExists,
    UnknownPerson,
    UnknownToken,
)
from serving.people.keys import TOKEN_PREFIX, digest, new_key
from serving.people.passwords import Passwords
from serving.people.people_store import Also, Kept, PeopleStore, Token, nothing_else
from serving.people.person import ROLES, SCOPES, Person, Role, Scope

LINK_LASTS = timedelta(hours=24)
TOKEN_LASTS_DAYS = 365
PERSON_ID = re.compile(r"[a-z0-9][a-z0-9._@-]{0,63}")
"""A name to sign in with."""


class Register:
    """What an administrator does, at the command line or on the page of settings.

    Args:
        clock: gives this instant, with its zone.
        by: who does it; every change then stands in the audit log, in its own transaction. None: no log is kept.
        request_id: of the request that asks for it.
    """

    def __init__(
        self, store: PeopleStore, clock: Callable[[], datetime], by: Actor | None = None, request_id: str = ""
    ) -> None:
        self.store, self.clock, self.by, self.request_id = store, clock, by, request_id

    def everybody(self) -> list[Kept]:
        """Everybody, those who left too."""
        return self.store.people()

    def add(self, person_id: str, roles: Iterable[str], *, name: str = "", collector: str | None = None) -> Person:
        """A new person. Raises `BadPersonId`, `BadRoles`, `PersonExists`."""
        person = Person(_person_id(person_id), name or person_id, _roles(roles), collector)
        if not self.store.add(person, self.clock(), also=self._told("add", person_id, _plain(person))):
            raise PersonExists(person_id)
        return person

    def first_administrator(self) -> Person | None:
        """`admin`, administrator and manager, made where nobody is there yet; None where somebody is."""
        first = Person("admin", "Administrator", frozenset[Role](("admin", "manager")))
        told = self._told("add", first.person_id, _plain(first))
        return first if self.store.add(first, self.clock(), only_first=True, also=told) else None

    def set_roles(self, person_id: str, roles: Iterable[str], collector: str | None = None) -> Person:
        """Give a person these roles and no others; `collector` '' takes their id in the team away.

        Raises `UnknownPerson`, `BadRoles`, `LastAdministrator`, and `NotForService` for a person who would become a
        machine or the other way round.
        """
        before, given = self._known(person_id).person, _roles(roles)
        if before.is_service != ("service" in given):
            raise NotForService(person_id, before.is_service)
        entered = self._told("roles", person_id, [sorted(given), collector])

        def told(connection: Connection) -> None:
            stop_following(connection, person_id)  # what is given here stays, whatever the company's groups say
            entered(connection)

        if not self.store.change(person_id, new_roles=given, collector=collector, also=told):
            raise LastAdministrator(person_id)
        return self._known(person_id).person

    def disable(self, person_id: str) -> None:
        """Let a person go: sessions, links and tokens end; the name stays taken, for what is recorded under it.

        Raises `UnknownPerson`, `LastAdministrator`.
        """
        self._known(person_id)
        if not self.store.change(person_id, disabled_at=self.clock(), also=self._told("disable", person_id)):
            raise LastAdministrator(person_id)

    def link(self, person_id: str) -> str:
        """The key of a new one-time link. Raises `UnknownPerson`, `NotForService`."""
        if self._active(person_id).person.is_service:
            raise NotForService(person_id, True)
        key = new_key()
        self.store.add_link(digest(key), person_id, self.clock(), LINK_LASTS, self._told("link", person_id))
        return key

    def token(self, person_id: str, scopes: Iterable[str], days: int = TOKEN_LASTS_DAYS) -> tuple[str, Token]:
        """A new token: its key, which is shown once, and what is kept of it.

        Raises `UnknownPerson`, `NotForService`, `BadScopes`.
        """
        if not self._active(person_id).person.is_service:
            raise NotForService(person_id, False)
        given, at, key = _scopes(scopes), self.clock(), TOKEN_PREFIX + new_key()
        token = Token(digest(key)[:12], person_id, given, at, at + timedelta(days=days))
        self.store.add_token(digest(key), token, self._told("token", person_id, [token.token_id, *given]))
        return key, token

    def tokens_of(self, person_id: str) -> list[Token]:
        """The tokens of a machine, the newest last."""
        return self.store.tokens_of(person_id)

    def end_token(self, person_id: str, token_id: str) -> None:
        """Let a token open nothing any more. Raises `UnknownToken`."""
        if not self.store.end_token(person_id, token_id, self._told("end_token", person_id, token_id)):
            raise UnknownToken(person_id, token_id)

    def identify(self, person_id: str, issuer: str, subject: str) -> None:
        """Let a person in by an account of the company; their roles stay those given here.

        Raises `UnknownPerson`, `NotForService`, and `IdentityTaken` for an account that lets somebody in already.
        """
        if self._active(person_id).person.is_service:
            raise NotForService(person_id, True)
        told = self._told("identity", person_id, [issuer, subject])
        if not CompanyStore(self.store).identify(person_id, issuer, subject, self.clock(), told):
            raise IdentityTaken(subject)

    def set_password(self, person_id: str, password: str) -> None:
        """Set a password; every session of the person ends.

        Raises `UnknownPerson`, `NotForService`, `WeakPassword`.
        """
        if self._active(person_id).person.is_service:
            raise NotForService(person_id, True)
        self.store.set_password(person_id, Passwords().hashed(password), self._told("password", person_id))

    def _told(self, action: str, person_id: str, of: object = None) -> Also:
        """Enters a change in the audit log; see `entry`."""
        return nothing_else if self.by is None else entry(self.by, self.clock(), action, person_id, of, self.request_id)

    def _known(self, person_id: str) -> Kept:
        kept = self.store.person(person_id)
        if kept is None:
            raise UnknownPerson(person_id)
        return kept

    def _active(self, person_id: str) -> Kept:
        kept = self._known(person_id)
        if kept.disabled:
            raise UnknownPerson(person_id)
        return kept


def _plain(person: Person) -> list[object]:
    return [person.name, sorted(person.roles), person.collector]


def _person_id(told: str) -> str:
    if not PERSON_ID.fullmatch(told):
        raise BadPersonId(told)
    return told


def _roles(told: Iterable[str]) -> frozenset[Role]:
    given = frozenset(told)
    if not given or not given <= set(ROLES) or ("service" in given and len(given) > 1):
        raise BadRoles(given)
    return cast("frozenset[Role]", given)


def _scopes(told: Iterable[str]) -> tuple[Scope, ...]:
    given = frozenset(told)
    if not given or not given <= set(SCOPES):
        raise BadScopes(given)
    return tuple(scope for scope in SCOPES if scope in given)


def entry(by: Actor, at: datetime, action: str, person_id: str, of: object = None, request_id: str = "") -> Also:
    """Enters a change of a person in the audit log; `of` is what was given, of which a digest is kept: no name, no
    secret."""
    change = Change(
        actor=by.person_id, role=by.role, at=at.astimezone(UTC).isoformat(), action=f"person.{action}",
        object=f"people/{person_id}", before="", request_id=request_id,
        after=hashlib.sha256(json.dumps([person_id, of]).encode()).hexdigest(),
    )  # fmt: skip

    def enter(connection: Connection) -> None:
        take_turn(connection)
        append(connection, change)

    return enter
