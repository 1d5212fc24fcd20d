"""`CompanyStore`: accounts of the company that let people in, and sign-ins that are under way there; beside the people.

It judges nothing: `company_sign_in.py` does.
"""

from datetime import datetime, timedelta

import sqlalchemy as sa

from ledger.database import told, writing
from serving.people.people_store import Also, Kept, PeopleStore, alone, nothing_else, stamp
from serving.people.people_tables import identities, under_way
from serving.people.person import Person


class CompanyStore:
    """What is kept of the company's accounts, in the database of the people."""

    def __init__(self, people: PeopleStore) -> None:
        self.people = people

    def add(self, person: Person, issuer: str, subject: str, at: datetime, also: Also = nothing_else) -> bool:
        """Add a person who comes by an account, and whose roles follow its groups; False where the name is taken."""
        row = _identity(person.person_id, issuer, subject, follow=True, at=at)
        return self.people.add(person, at, also=lambda connection: (connection.execute(row), also(connection)))

    def identified(self, issuer: str, subject: str) -> tuple[Kept, bool] | None:
        """Whom an account lets in, disabled or not, and whether their roles follow its groups; None for nobody."""
        with told(self.people.url), self.people.engine.connect() as connection:
            found = connection.execute(sa.select(identities).where(_of(issuer, subject))).one_or_none()
        kept = self.people.person(found.person_id) if found else None
        return None if found is None or kept is None else (kept, bool(found.roles_follow))

    def identify(self, person_id: str, issuer: str, subject: str, at: datetime, also: Also = nothing_else) -> bool:
        """Let a person in by an account, with roles of their own; False where it lets somebody in already."""
        with told(self.people.url), writing(self.people.engine) as connection:
            alone(connection)
            if connection.execute(sa.select(identities.c.person_id).where(_of(issuer, subject))).first() is not None:
                return False
            connection.execute(_identity(person_id, issuer, subject, follow=False, at=at))
            also(connection)
        return True

    def begin(self, state: str, browser: str, goes_to: str, at: datetime, lasts: timedelta) -> None:
        """Keep that a sign-in began: digests of its state and of the browser's key. Those too old are forgotten."""
        row = {"digest": state, "browser": browser, "goes_to": goes_to, "expires_at": stamp(at + lasts)}
        with told(self.people.url), writing(self.people.engine) as connection:
            connection.execute(sa.delete(under_way).where(under_way.c.expires_at < stamp(at)))
            connection.execute(sa.insert(under_way).values(**row))

    def end(self, state: str, browser: str, at: datetime) -> str | None:
        """Spend a sign-in that began in this browser, and say where it goes; None for none, or one too old."""
        mine = sa.and_(
            under_way.c.digest == state, under_way.c.browser == browser, under_way.c.expires_at > stamp(at)
        )  # fmt: skip
        with told(self.people.url), writing(self.people.engine) as connection:
            spent = sa.delete(under_way).where(mine).returning(under_way.c.goes_to)
            return connection.execute(spent).scalar_one_or_none()


def stop_following(connection: sa.Connection, person_id: str) -> None:
    """Let the roles of a person be those given here, and no more those of the account's groups."""
    connection.execute(sa.update(identities).where(identities.c.person_id == person_id).values(roles_follow=False))


def _of(issuer: str, subject: str) -> "sa.ColumnElement[bool]":
    return sa.and_(identities.c.issuer == issuer, identities.c.subject == subject)


def _identity(person_id: str, issuer: str, subject: str, *, follow: bool, at: datetime) -> sa.Insert:
    row = {"issuer": issuer, "subject": subject, "person_id": person_id, "roles_follow": follow}
    return sa.insert(identities).values(**row, created_at=stamp(at))
