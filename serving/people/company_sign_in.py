"""`CompanySignIn`: signing in with the company's own account: begun here, proved by the provider, ended here.

Who comes for the first time becomes a person with the roles that their groups map to; from then on their roles follow
the groups at every sign-in. A name that somebody has here already is never taken over: an administrator says whose
account it is (`payrisk people identity`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from serving.activities.people import Actor
from serving.people.company_store import CompanyStore
from serving.people.errors import NameTaken, NoRole, NotProved, SignInAbandoned, SignInClosed, UnusableName
from serving.people.front_door import BEGINS_AT_COMPANY, Began, FrontDoor
from serving.people.keys import digest, new_key
from serving.people.people_store import Kept
from serving.people.person import Person, Role
from serving.people.provider import Provider, claim
from serving.people.register import PERSON_ID, entry

LASTS = timedelta(minutes=10)
"""From the button to the way back: a password, a second factor."""

MOST_SUBJECT = 255
"""Characters of who somebody is at the provider (OpenID Connect Core 1.0 §2)."""


@dataclass(frozen=True)
class UnderWay:
    """A sign-in that began: where the browser goes, and what it keeps to prove that it was the one."""

    address: str
    browser: str


COMPANY = Actor("company", "company")
"""Whose changes of people the audit log shows where the company's groups made them."""


class CompanySignIn:
    """Signing in at the provider, and out."""

    def __init__(self, front: FrontDoor, provider: Provider) -> None:
        self.front, self.store, self.provider = front, CompanyStore(front.store), provider
        self.settings = provider.settings

    def begin(self, goes_to: str, back: str) -> UnderWay:
        """Begin a sign-in. Raises `ProviderUnreachable`.

        Args:
            goes_to: the path of the desk that is wanted; back: the address that the provider sends the browser to.
        """
        state, browser = new_key(), new_key()
        nonce, verifier = _proofs(browser)
        address = self.provider.address(state=state, nonce=nonce, verifier=verifier, back=back)
        self.store.begin(digest(state), digest(browser), goes_to, self.front.clock(), LASTS)
        return UnderWay(address, browser)

    def finish(self, told: Mapping[str, str], browser: str, back: str, device: str = "") -> tuple[Began, str]:
        """The session of who came back, and the path that they wanted; what was begun is spent.

        Args:
            told: the query that the provider sent the browser back with; browser: what it kept.

        Raises `SignInAbandoned`, `ProviderUnreachable`, `NotProved`, `NoRole`, `NameTaken`, `SignInClosed`,
        `UnusableName`.
        """
        state = digest(told.get("state", ""))
        goes_to = self.store.end(state, digest(browser), self.front.clock()) if browser else None
        if goes_to is None:
            raise SignInAbandoned
        if told.get("iss", self.settings.issuer) != self.settings.issuer:  # RFC 9207
            raise NotProved("it came back from another issuer")
        if "error" in told or not told.get("code"):
            raise NotProved("it was given up there, or not allowed")
        nonce, verifier = _proofs(browser)
        claims = self.provider.claims(code=told["code"], nonce=nonce, verifier=verifier, back=back)
        return self.front.begin(self._person(claims).person_id, BEGINS_AT_COMPANY, device), goes_to

    def _person(self, claims: Mapping[str, Any]) -> Person:
        subject, name = str(claims["sub"]), _text(claim(claims, self.settings.name_claim)).strip().lower()
        if not 0 < len(subject) <= MOST_SUBJECT or not subject.isprintable():
            raise NotProved("it does not say who came")
        known = self.store.identified(self.settings.issuer, subject)
        if known is None:
            return self._new(subject, name, claims)
        kept, follow = known
        if kept.disabled or kept.person.is_service:
            raise SignInClosed(kept.person.person_id)
        return self._following(kept, claims) if follow else kept.person

    def _new(self, subject: str, name: str, claims: Mapping[str, Any]) -> Person:
        roles = self._roles(claims)
        if not roles:
            raise NoRole(name or subject, self.settings.roles_claim)
        if not PERSON_ID.fullmatch(name):
            raise UnusableName(name, self.settings.name_claim)
        called = _text(claims.get("name")).strip()[:100]
        person = Person(name, called if called.isprintable() and called else name, roles, self._collector(claims))
        at = self.front.clock()
        told = entry(COMPANY, at, "add", name, sorted(roles))
        if not self.store.add(person, self.settings.issuer, subject, at, told):
            raise NameTaken(name, subject)
        return person

    def _following(self, kept: Kept, claims: Mapping[str, Any]) -> Person:
        """The same person with the roles of today; who has none any more stays out, and keeps what was recorded."""
        person, roles, collector = kept.person, self._roles(claims), self._collector(claims)
        if not roles:
            raise NoRole(person.person_id, self.settings.roles_claim)
        if (roles, collector or person.collector) != (person.roles, person.collector):
            # The last administrator stays one, whatever the groups say: nobody could make another.
            told = entry(COMPANY, self.front.clock(), "roles", person.person_id, [sorted(roles), collector])
            self.front.store.change(person.person_id, new_roles=roles, collector=collector, also=told)
        return person

    def _roles(self, claims: Mapping[str, Any]) -> frozenset[Role]:
        told = claim(claims, self.settings.roles_claim)
        groups = {told} if isinstance(told, str) else {one for one in told or () if isinstance(one, str)}
        return frozenset(role for group, role in self.settings.roles if group in groups)

    def _collector(self, claims: Mapping[str, Any]) -> str | None:
        told = _text(claim(claims, self.settings.collector_claim)).strip() if self.settings.collector_claim else ""
        return told[:MOST_SUBJECT] if told and told.isprintable() else None


def _proofs(browser: str) -> tuple[str, str]:
    """Nonce and PKCE verifier of a sign-in: known to the browser that began it, and kept nowhere else."""
    return digest(f"nonce {browser}"), digest(f"verifier {browser}")


def _text(told: object) -> str:
    return told if isinstance(told, str) else ""
