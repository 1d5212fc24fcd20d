"""`FrontDoor`: signing in by password or one-time link, and who a cookie or a token belongs to.

A session ends when nobody used it for `IDLE`, and `LONGEST` after it began at the latest. Its key exists in the
browser alone; the database holds a digest.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from threading import BoundedSemaphore

from ledger.kept_reads import KeptReads
from serving.people.errors import LinkSpent, PasswordElsewhere, SignInRefused, TryLater, UnknownPerson
from serving.people.keys import digest, new_key
from serving.people.passwords import MOST_CHARACTERS, Passwords
from serving.people.people_store import Holder, Kept, PeopleStore, Session
from serving.people.person import Person

IDLE, LONGEST = timedelta(hours=2), timedelta(hours=12)
"""A working day at most; long enough for a call and a lunch."""

SEEN_EVERY = timedelta(minutes=1)
"""How often it is kept that a session is in use: a write for every page would be a write too many."""

FREE_TRIES = {"name and address": 5, "name": 20, "address": 50, "device": 5}
"""Failures that cost nothing: of one name from one address, of one name from anywhere, of one address with any name;
and of a person in a browser in which they signed in before, who waits for nobody else's failures."""

DEVICE_KEPT = timedelta(days=180)
"""How long a browser is known without a sign-in."""

MOST_NAMES = 1_000
"""Of how many people it is remembered what they are called; a name does not change."""

AT_ONCE = BoundedSemaphore(2)
"""Passwords compared at a time; each takes 19 MiB."""

BEGINS_WITH_LINK = "link"
BEGINS_AT_COMPANY = "company"


@dataclass(frozen=True)
class Visitor:
    """Who a request comes from.

    Attributes:
        session_key: of the browser's session; '' for a token.
        via: what the session began with: `password`, `link`, `company`, or `token`.
    """

    person: Person
    session_key: str = ""
    via: str = "token"


@dataclass(frozen=True)
class Began:
    """The keys of a session that began, and of the browser it began in: what its two cookies hold."""

    session: str
    device: str


class FrontDoor:
    """Signing in and out.

    Args:
        clock: gives this instant, with its zone.
    """

    def __init__(self, store: PeopleStore, clock: Callable[[], datetime], passwords: Passwords | None = None) -> None:
        self.store, self.clock = store, clock
        self.passwords = passwords or Passwords()
        self._sessions: KeptReads[Session] = KeptReads(store.written)
        self._holders: KeptReads[Holder] = KeptReads(store.written)
        self._name = lru_cache(MOST_NAMES)(self._known_name)
        self._collectors: KeptReads[str] = KeptReads(store.written)

    def name_of(self, person_id: str) -> str:
        """What colleagues call a person; of nobody who is known the word that was told, such as a program's."""
        try:
            return self._name(person_id)
        except UnknownPerson:
            return person_id

    def collector_name(self, collector: str) -> str:
        """What colleagues call who has this id in the team; the id where nobody who signs in has it."""
        return self._collectors.get(collector, lambda: self._known_collector(collector)) or collector

    def _known_collector(self, collector: str) -> str | None:
        known = (kept.person for kept in self.store.people() if not kept.disabled)
        return next((person.name for person in known if person.collector == collector), None)

    def _known_name(self, person_id: str) -> str:
        kept = self.store.person(person_id)
        if kept is None:  # not remembered: they may be added in a moment
            raise UnknownPerson(person_id)
        return kept.person.name

    def sign_in(self, name: str, password: str, address: str, device: str = "") -> Began:
        """A new session.

        Args:
            device: the key that the browser has from an earlier sign-in; '' for none.

        Raises `SignInRefused`, with one answer for a wrong password, an unknown name and somebody who left; or
        `TryLater`, before the password is looked at.
        """
        person_id, at = name.strip().lower(), self.clock()
        known = bool(device) and self.store.knows_device(digest(device), _storable(person_id))
        told = {"device": f"{person_id} {device}"} if known else _told(person_id, address)
        keys = {kind: digest(f"{kind} {one}") for kind, one in told.items()}
        if wait := self.store.count_try({key: FREE_TRIES[kind] for kind, key in keys.items()}, at):
            raise TryLater(wait)
        kept = self.store.person(_storable(person_id))
        with AT_ONCE:
            right = self.passwords.matches(kept.password_hash if kept else None, password)
        if not right or kept is None or not _may_sign_in(kept):
            raise SignInRefused
        once = {key for kind, key in keys.items() if kind == "address"}
        self.store.forgive(set(keys.values()) - once, once=once)
        return self.begin(kept.person.person_id, "password", device)

    def sign_in_by_link(self, key: str, device: str = "") -> Began:
        """A new session; the link is spent. Raises `LinkSpent`."""
        person_id = self.store.take_link(digest(key), self.clock())
        kept = None if person_id is None else self.store.person(person_id)
        if kept is None or not _may_sign_in(kept):
            raise LinkSpent
        return self.begin(kept.person.person_id, BEGINS_WITH_LINK, device)

    def link_for(self, key: str) -> Person:
        """Whom a link signs in, without spending it. Raises `LinkSpent`."""
        person_id = self.store.link_of(digest(key), self.clock())
        kept = None if person_id is None else self.store.person(person_id)
        if kept is None or not _may_sign_in(kept):
            raise LinkSpent
        return kept.person

    def by_session(self, key: str) -> Visitor | None:
        """Whose session it is; None when it ended or never was. That it is in use is kept, now and then."""
        kept, at = digest(key), self.clock()
        session = self._sessions.get(kept, lambda: self.store.session(kept))
        if session is None or at - session.seen_at > IDLE or at - session.created_at > LONGEST:
            return None
        if at - session.seen_at >= SEEN_EVERY:
            self.store.see_session(kept, at)
        return Visitor(session.person, key, session.via)

    def by_token(self, key: str) -> Visitor | None:
        """The service whose token it is; None for one that ended or never was."""
        kept = digest(key)
        holder = self._holders.get(kept, lambda: self.store.token_holder(kept))
        return Visitor(holder.person) if holder and self.clock() < holder.expires_at else None

    def is_certain(self, key: str) -> bool:
        """Whether `by_session` or `by_token` of this key would ask the database nothing."""
        kept = digest(key)
        if session := self._sessions.known(kept):
            return self.clock() - session.seen_at < SEEN_EVERY
        return self._holders.known(kept) is not None

    def sign_out(self, key: str) -> None:
        """End a session; unknown ones are none."""
        self.store.end_session(digest(key))

    def knows(self, device: str) -> bool:
        """Whether somebody signed in with this browser's key before."""
        return self.store.knows_device(digest(device))

    def change_password(self, visitor: Visitor, old: str, new: str, address: str, device: str = "") -> Began:
        """Set a new password; every session of the person ends, and a new one begins.

        The old password is asked for, but after a one-time link: who has lost it comes by one.
        Raises `SignInRefused`, `TryLater`, `WeakPassword`, and `PasswordElsewhere` for who came from the company.
        """
        if visitor.via == BEGINS_AT_COMPANY:
            raise PasswordElsewhere
        kept = self.store.person(visitor.person.person_id)
        if kept is not None and kept.password_hash and visitor.via != BEGINS_WITH_LINK:
            proved = self.sign_in(visitor.person.person_id, old, address, device)
            self.sign_out(proved.session)
            device = proved.device
        with AT_ONCE:
            hashed = self.passwords.hashed(new)
        self.store.set_password(visitor.person.person_id, hashed)
        return self.begin(visitor.person.person_id, "password", device)

    def begin(self, person_id: str, via: str, device: str = "") -> Began:
        """A new session of somebody who proved who they are; the browser gets another key each time."""
        at, began = self.clock(), Began(new_key(), new_key())
        self.store.forget_old(
            begun_before=at - LONGEST, seen_before=at - IDLE, known_before=at - DEVICE_KEPT, now=at
        )  # fmt: skip
        self.store.know_device(digest(began.device), person_id, at, instead_of=digest(device))
        self.store.begin_session(digest(began.session), person_id, via, at)
        return began


def _told(person_id: str, address: str) -> dict[str, str]:
    return {"name and address": f"{person_id} {address}", "name": person_id, "address": address}


def _may_sign_in(kept: Kept) -> bool:
    return not kept.disabled and not kept.person.is_service


def _storable(text: str) -> str:
    """What a database can be asked for: NUL and lone surrogates are in no name, and drivers refuse them."""
    return text.encode("utf-8", "replace").decode().replace("\0", "�")[:MOST_CHARACTERS]
