"""`PeopleStore`: people, their roles, and digests of sessions, links and tokens; SQLite and PostgreSQL.

It judges nothing: what may be done with what is found is decided in `front_door.py` and `register.py`.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import sqlalchemy as sa

from ledger.database import Written, open_engine, shown, told, writing, written
from ledger.errors import DatabaseLocked
from serving.people.delays import FORGOTTEN_AFTER, Failures
from serving.people.people_tables import (
    devices,
    failed,
    links,
    people,
    roles,
    sessions,
    tokens,
)
from serving.people.person import Person, Role, Scope, Tour

Also = Callable[[sa.Connection], object]
"""What is to be written in the transaction of a change: the entry of the audit log that tells of it."""


def nothing_else(_: sa.Connection) -> None:
    """No more than the change itself."""


@dataclass(frozen=True)
class Kept:
    """A person with what is kept about signing in."""

    person: Person
    password_hash: str | None
    disabled: bool


@dataclass(frozen=True)
class Session:
    """A session as it stands; `via` is what it began with: `password`, `link` or `company`."""

    person: Person
    via: str
    created_at: datetime
    seen_at: datetime


@dataclass(frozen=True)
class Token:
    """A machine's token, without its secret."""

    token_id: str
    person_id: str
    scopes: tuple[Scope, ...]
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True)
class Holder:
    """The service that a token is of, and when the token ends."""

    person: Person
    expires_at: datetime


class PeopleStore:
    """People behind a database URL."""

    def __init__(self, url: str) -> None:
        self.engine = open_engine(url)
        self.url = shown(url)

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()

    def written(self) -> Written | None:
        """How far the database is written, without asking it; see `ledger.database.written`."""
        return written(self.engine)

    # ---- people

    def people(self) -> list[Kept]:
        """Everybody, by `person_id`."""
        found = self._rows(_PEOPLE)
        by_person: dict[str, list[Any]] = {}
        for row in found:
            by_person.setdefault(row.person_id, []).append(row)
        return [_kept(of_one) for _, of_one in sorted(by_person.items())]

    def person(self, person_id: str) -> Kept | None:
        """One by their name to sign in with; disabled people too."""
        found = self._rows(_PEOPLE.where(people.c.person_id == person_id))
        return _kept(found) if found else None

    def add(self, person: Person, at: datetime, *, only_first: bool = False, also: Also = nothing_else) -> bool:
        """Add a person; False where the name is taken, or with `only_first` where anybody is there already.

        Args:
            also: what is to be written in the same transaction.
        """
        taken = sa.select(people.c.person_id)
        if not only_first:
            taken = taken.where(people.c.person_id == person.person_id)
        with told(self.url), writing(self.engine) as connection:
            alone(connection)
            if connection.execute(taken.limit(1)).first() is not None:
                return False
            values = {"person_id": person.person_id, "name": person.name, "collector": person.collector}
            connection.execute(sa.insert(people).values(**values, created_at=stamp(at)))
            _give(connection, person.person_id, person.roles)
            also(connection)
        return True

    def change(
        self,
        person_id: str,
        *,
        new_roles: Collection[Role] | None = None,
        collector: str | None = None,
        disabled_at: datetime | None = None,
        also: Also = nothing_else,
    ) -> bool:
        """Give other roles, another id in the team, or end an account; False, and nothing changed, where nobody who
        could make such a change would be left."""
        with told(self.url), writing(self.engine) as connection:
            alone(connection)
            had_one = connection.execute(_ADMINISTRATORS).first() is not None
            if new_roles is not None:
                connection.execute(sa.delete(roles).where(roles.c.person_id == person_id))
                _give(connection, person_id, new_roles)
            values: dict[str, Any] = {} if collector is None else {"collector": collector or None}
            values |= {} if disabled_at is None else {"disabled_at": stamp(disabled_at)}
            if values:
                connection.execute(sa.update(people).where(people.c.person_id == person_id).values(**values))
            if disabled_at is not None:
                for table in (sessions, links, tokens, devices):
                    connection.execute(sa.delete(table).where(table.c.person_id == person_id))
            if had_one and connection.execute(_ADMINISTRATORS).first() is None:
                connection.rollback()
                return False
            also(connection)
        return True

    def set_password(self, person_id: str, hashed: str, also: Also = nothing_else) -> None:
        """Keep a new password's hash, and end every session and every one-time link of the person; no browser is known
        as theirs any more."""
        with told(self.url), writing(self.engine) as connection:
            connection.execute(sa.update(people).where(people.c.person_id == person_id).values(password_hash=hashed))
            for table in (sessions, links, devices):
                connection.execute(sa.delete(table).where(table.c.person_id == person_id))
            also(connection)

    def set_language(self, person_id: str, language: str) -> None:
        """Keep the language that a person reads pages in."""
        self._write(sa.update(people).where(people.c.person_id == person_id).values(language=language))

    def set_tour(self, person_id: str, tour: Tour) -> None:
        """Keep that a person wants to see the tour of the pages, or knows it."""
        self._write(sa.update(people).where(people.c.person_id == person_id).values(tour=tour))

    # ---- sessions

    def begin_session(self, digest: str, person_id: str, via: str, at: datetime) -> None:
        """Keep a new session."""
        row = {"digest": digest, "person_id": person_id, "via": via, "created_at": stamp(at), "seen_at": stamp(at)}
        self._write(sa.insert(sessions).values(**row))

    def session(self, digest: str) -> Session | None:
        """A session of somebody who may still sign in; how old it may be is not judged here."""
        found = self._rows(_SESSION, digest=digest)
        if not found:
            return None
        first = found[0]
        return Session(_person(found), first.via, _instant(first.since), _instant(first.seen_at))

    def see_session(self, digest: str, at: datetime) -> None:
        """Keep when a session was used last; while somebody else writes it is left to the next page, which waits for
        nobody."""
        with suppress(DatabaseLocked), told(self.url), writing(self.engine, wait_seconds=0) as connection:
            seen = sa.update(sessions).where(sessions.c.digest == digest).values(seen_at=stamp(at))
            connection.execute(seen)

    def end_session(self, digest: str) -> None:
        """Forget a session: its cookie opens nothing any more."""
        self._write(sa.delete(sessions).where(sessions.c.digest == digest))

    def forget_old(
        self, *, begun_before: datetime, seen_before: datetime, known_before: datetime, now: datetime
    ) -> None:
        """Forget sessions, links, browsers and failures that count no more."""
        old = sa.or_(sessions.c.created_at < stamp(begun_before), sessions.c.seen_at < stamp(seen_before))
        self._write(
            sa.delete(sessions).where(old),
            sa.delete(links).where(links.c.expires_at < stamp(now)),
            sa.delete(devices).where(devices.c.seen_at < stamp(known_before)),
            sa.delete(failed).where(failed.c.last_at < stamp(now - FORGOTTEN_AFTER)),
        )

    # ---- browsers that somebody signed in with

    def knows_device(self, digest: str, person_id: str | None = None) -> bool:
        """Whether somebody (or this person) signed in with the browser's key."""
        wanted = sa.select(devices.c.digest).where(devices.c.digest == digest)
        if person_id is not None:
            wanted = wanted.where(devices.c.person_id == person_id)
        return bool(self._rows(wanted.limit(1)))

    def know_device(self, digest: str, person_id: str, at: datetime, *, instead_of: str) -> None:
        """Keep that a person signed in with this browser, whose key was another before: whom it was known for, it stays
        known for."""
        ours = sa.and_(devices.c.digest == instead_of, devices.c.person_id == person_id)
        self._write(
            sa.delete(devices).where(ours),
            sa.update(devices).where(devices.c.digest == instead_of).values(digest=digest),
            sa.insert(devices).values(digest=digest, person_id=person_id, seen_at=stamp(at)),
        )

    # ---- one-time links

    def add_link(self, digest: str, person_id: str, at: datetime, lasts: timedelta, also: Also = nothing_else) -> None:
        """Keep a link that signs a person in once."""
        row = {"digest": digest, "person_id": person_id, "created_at": stamp(at), "expires_at": stamp(at + lasts)}
        self._write(sa.insert(links).values(**row), also=also)

    def link_of(self, digest: str, at: datetime) -> str | None:
        """Whose link it is; None for one that is spent."""
        found = self._rows(sa.select(links.c.person_id).where(_unspent(digest, at)))
        return found[0].person_id if found else None

    def take_link(self, digest: str, at: datetime) -> str | None:
        """Whose link it was; it is spent now. Of two at once one takes it."""
        with told(self.url), writing(self.engine) as connection:
            taken = sa.delete(links).where(_unspent(digest, at)).returning(links.c.person_id)
            return connection.execute(taken).scalar_one_or_none()

    # ---- tokens

    def add_token(self, digest: str, token: Token, also: Also = nothing_else) -> None:
        """Keep a token."""
        row = {
            "digest": digest, "token_id": token.token_id, "person_id": token.person_id,
            "scopes": " ".join(token.scopes), "created_at": stamp(token.created_at),
            "expires_at": stamp(token.expires_at),
        }  # fmt: skip
        self._write(sa.insert(tokens).values(**row), also=also)

    def token_holder(self, digest: str) -> Holder | None:
        """The service whose token it is, with the token's scopes; whether it has ended is not judged here."""
        found = self._rows(_TOKEN, digest=digest)
        return Holder(_person(found, found[0].scopes.split()), _instant(found[0].expires_at)) if found else None

    def tokens_of(self, person_id: str) -> list[Token]:
        """The tokens of a service, the newest last."""
        wanted = sa.select(tokens).where(tokens.c.person_id == person_id).order_by(tokens.c.created_at)
        return [
            Token(row.token_id, row.person_id, tuple(row.scopes.split()), _instant(row.created_at),
                  _instant(row.expires_at))
            for row in self._rows(wanted)
        ]  # fmt: skip

    def end_token(self, person_id: str, token_id: str, also: Also = nothing_else) -> bool:
        """Forget a token; whether there was one."""
        with told(self.url), writing(self.engine) as connection:
            ended = sa.delete(tokens).where(tokens.c.person_id == person_id, tokens.c.token_id == token_id)
            found = connection.execute(ended.returning(tokens.c.token_id)).first() is not None
            if found:
                also(connection)
            return found

    # ---- guessing

    def count_try(self, free: Mapping[str, int], at: datetime) -> int:
        """Count a try against each key before it is judged, so that many at once are counted too.

        Args:
            free: how many failures of each key cost nothing.

        Returns:
            Seconds to wait, and nothing was counted; 0 when the try may be judged.
        """
        with told(self.url), writing(self.engine) as connection:
            alone(connection)
            rows = connection.execute(sa.select(failed).where(failed.c.key.in_(free))).all()
            known = {row.key: Failures(row.tries, _instant(row.last_at)) for row in rows}
            if wait := max((one.seconds_to_wait(at, free[key]) for key, one in known.items()), default=0):
                return wait
            connection.execute(sa.delete(failed).where(failed.c.key.in_(free)))
            counts = {key: known[key].counted_by(at) if key in known else 0 for key in free}
            again = [{"key": key, "tries": count + 1, "last_at": stamp(at)} for key, count in counts.items()]
            connection.execute(sa.insert(failed), again)
        return 0

    def forgive(self, keys: Iterable[str], *, once: Iterable[str] = ()) -> None:
        """Forget the failures of some keys, and of others one try: it was none."""
        self._write(
            sa.delete(failed).where(failed.c.key.in_(list(keys))),
            sa.update(failed).where(failed.c.key.in_(list(once))).values(tries=failed.c.tries - 1),
        )

    def _rows(self, wanted: "sa.Select[Any]", **values: str) -> Sequence[Any]:
        with told(self.url), self.engine.connect() as connection:
            return connection.execute(wanted, values).all()

    def _write(self, *statements: "sa.Executable", also: Also = nothing_else) -> None:
        with told(self.url), writing(self.engine) as connection:
            for statement in statements:
                connection.execute(statement)
            also(connection)


_PERSON = (people.c.person_id, people.c.name, people.c.collector, people.c.language, people.c.tour, roles.c.role)
_PEOPLE = sa.select(*_PERSON, people.c.password_hash, people.c.disabled_at).select_from(people.outerjoin(roles))
_ACTIVE = people.c.disabled_at.is_(None)

# Made once: they are asked for every page, and making them takes as long as asking.
_SESSION = (
    sa.select(*_PERSON, sessions.c.via, sessions.c.created_at.label("since"), sessions.c.seen_at)
    .select_from(sessions.join(people).outerjoin(roles, roles.c.person_id == people.c.person_id))
    .where(sessions.c.digest == sa.bindparam("digest"), _ACTIVE)
)
_TOKEN = (
    sa.select(*_PERSON, tokens.c.scopes, tokens.c.expires_at)
    .select_from(tokens.join(people).outerjoin(roles, roles.c.person_id == people.c.person_id))
    .where(tokens.c.digest == sa.bindparam("digest"), _ACTIVE)
)
_ADMINISTRATORS = (
    sa.select(people.c.person_id).select_from(people.join(roles))
    .where(roles.c.role == "admin", _ACTIVE).limit(1)
)  # fmt: skip


def alone(connection: sa.Connection) -> None:
    """One at a time from here to the end of the transaction; on SQLite a writer is alone anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("LOCK TABLE people, people_failed_sign_ins IN SHARE ROW EXCLUSIVE MODE"))


def _give(connection: sa.Connection, person_id: str, given: Collection[Role]) -> None:
    connection.execute(sa.insert(roles), [{"person_id": person_id, "role": role} for role in sorted(given)])


def _unspent(digest: str, at: datetime) -> "sa.ColumnElement[bool]":
    return sa.and_(links.c.digest == digest, links.c.expires_at > stamp(at))


def _person(rows: Sequence[Any], scopes: Iterable[str] = ()) -> Person:
    first = rows[0]
    held = frozenset(cast(Role, row.role) for row in rows if row.role is not None)
    given = frozenset(cast(Scope, one) for one in scopes)
    return Person(first.person_id, first.name, held, first.collector, given, first.language, cast(Tour, first.tour))


def _kept(rows: Sequence[Any]) -> Kept:
    return Kept(_person(rows), rows[0].password_hash, rows[0].disabled_at is not None)


def stamp(at: datetime) -> str:
    """An instant as it is stored."""
    return at.astimezone(UTC).isoformat(timespec="seconds")


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
