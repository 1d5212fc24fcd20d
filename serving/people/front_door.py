"""`FrontDoor`: signing in by password or one-time link, and who a cookie or a token belongs to.

A session ends when nobody used it for `IDLE`, and `LONGEST` after it began at the latest. Its key exists in the
browser alone; the database holds a digest.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from threading import BoundedSemaphore

from serving.people.errors import LinkSpent, SignInRefused, TryLater, UnknownPerson
from serving.people.keys import digest, new_key
from serving.people.passwords import MOST_CHARACTERS, Passwords
from serving.people.people_store import Kept, PeopleStore
from serving.people.person import Person

IDLE, LONGEST = timedelta(hours=2), timedelta(hours=12)
"""A working day at most; long enough for a call and a lunch."""

SEEN_EVERY = timedelta(minutes=1)
"""How often it is kept that a session is in use: a write for every page would be a write too many."""

FREE_TRIES = {"name and address": 5, "name": 20, "address": 50}
"""Failures that cost nothing: of one name from one address, of one name from anywhere, of one address with any name."""

MOST_NAMES = 1_000
"""Of how many people it is remembered what they are called; a name does not change."""

AT_ONCE = BoundedSemaphore(2)
"""Passwords compared at a time; each takes 19 MiB."""

BEGINS_WITH_LINK = "link"


@dataclass(frozen=True)
class Visitor:
    """Who a request comes from.

    Attributes:
        session_key: of the browser's session; '' for a token.
        via: what the session began with: `password`, `link`, or `token`.
    """

    person: Person
    session_key: str = ""
    via: str = "token"


class FrontDoor:
    """Signing in and out.

    Args:
        clock: gives this instant, with its zone.
    """

    def __init__(self, store: PeopleStore, clock: Callable[[], datetime], passwords: Passwords | None = None) -> None:
        self.store, self.clock = store, clock
        self.passwords = passwords or Passwords()

        self._name = lru_cache(MOST_NAMES)(self._known_name)
        self._collector = lru_cache(MOST_NAMES)(self._known_collector)

    def name_of(self, person_id: str) -> str:
        """What colleagues call a person; of nobody who is known the word that was told, such as a program's."""
        try:
            return self._name(person_id)
        except UnknownPerson:
            return person_id

    def collector_name(self, collector: str) -> str:
        """What colleagues call who has this id in the team; the id where nobody who signs in has it."""
        try:
            return self._collector(collector)
        except UnknownPerson:
            return collector

    def _known_collector(self, collector: str) -> str:
        for kept in self.store.people():
            if kept.person.collector == collector and not kept.disabled:
                return kept.person.name
        raise UnknownPerson(collector)

    def _known_name(self, person_id: str) -> str:
        kept = self.store.person(person_id)
        if kept is None:  # not remembered: they may be added in a moment
            raise UnknownPerson(person_id)
        return kept.person.name

    def sign_in(self, name: str, password: str, address: str) -> str:
        """The key of a new session.

        Raises `SignInRefused`, with one answer for a wrong password, an unknown name and somebody who left; or
        `TryLater`, before the password is looked at.
        """
        person_id, at = name.strip().lower(), self.clock()
        keys = {kind: digest(f"{kind} {told}") for kind, told in _told(person_id, address).items()}
        if wait := self.store.count_try({keys[kind]: free for kind, free in FREE_TRIES.items()}, at):
            raise TryLater(wait)
        kept = self.store.person(_storable(person_id))
        with AT_ONCE:
            right = self.passwords.matches(kept.password_hash if kept else None, password)
        if not right or kept is None or not _may_sign_in(kept):
            raise SignInRefused
        self.store.forgive([keys["name and address"], keys["name"]], once=[keys["address"]])
        return self._begin(kept.person.person_id, "password", at)

    def sign_in_by_link(self, key: str) -> str:
        """The key of a new session; the link is spent. Raises `LinkSpent`."""
        at = self.clock()
        person_id = self.store.take_link(digest(key), at)
        kept = None if person_id is None else self.store.person(person_id)
        if kept is None or not _may_sign_in(kept):
            raise LinkSpent
        return self._begin(kept.person.person_id, BEGINS_WITH_LINK, at)

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
        session = self.store.session(kept)
        if session is None or at - session.seen_at > IDLE or at - session.created_at > LONGEST:
            return None
        if at - session.seen_at >= SEEN_EVERY:
            self.store.see_session(kept, at)
        return Visitor(session.person, key, session.via)

    def by_token(self, key: str) -> Visitor | None:
        """The service whose token it is; None for one that ended or never was."""
        person = self.store.by_token(digest(key), self.clock())
        return None if person is None else Visitor(person)

    def sign_out(self, key: str) -> None:
        """End a session; unknown ones are none."""
        self.store.end_session(digest(key))

    def change_password(self, visitor: Visitor, old: str, new: str, address: str) -> str:
        """Set a new password; every session of the person ends, and a new one begins, whose key is given.

        The old password is asked for, but after a one-time link: who has lost it comes by one.
        Raises `SignInRefused`, `TryLater`, `WeakPassword`.
        """
        kept = self.store.person(visitor.person.person_id)
        if kept is not None and kept.password_hash and visitor.via != BEGINS_WITH_LINK:
            self.sign_out(self.sign_in(visitor.person.person_id, old, address))
        with AT_ONCE:
            hashed = self.passwords.hashed(new)
        self.store.set_password(visitor.person.person_id, hashed)
        return self._begin(visitor.person.person_id, "password", self.clock())

    def _begin(self, person_id: str, via: str, at: datetime) -> str:
        self.store.forget_old(begun_before=at - LONGEST, seen_before=at - IDLE, now=at)
        key = new_key()
        self.store.begin_session(digest(key), person_id, via, at)
        return key


def _told(person_id: str, address: str) -> dict[str, str]:
    return {"name and address": f"{person_id} {address}", "name": person_id, "address": address}


def _may_sign_in(kept: Kept) -> bool:
    return not kept.disabled and not kept.person.is_service


def _storable(text: str) -> str:
    """What a database can be asked for: NUL and lone surrogates are in no name, and drivers refuse them."""
    return text.encode("utf-8", "replace").decode().replace("\0", "�")[:MOST_CHARACTERS]
