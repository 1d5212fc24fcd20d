"""`Person`: who asks, in which roles. A machine is a person too, in the role `service`, and comes with a token."""

from dataclasses import dataclass
from typing import Literal, get_args

Role = Literal["collector", "manager", "analyst", "admin", "service"]
ROLES: tuple[Role, ...] = get_args(Role)

Scope = Literal["read", "ingest", "score"]
SCOPES: tuple[Scope, ...] = get_args(Scope)
"""What a token may be for: reading the list and its accounts, bringing in files, asking for scores."""


Tour = Literal["", "asked", "done"]


@dataclass(frozen=True)
class Person:
    """One who may sign in, or whose token may ask.

    Attributes:
        person_id: the name to sign in with, in lower case; the actor of what is recorded.
        name: as colleagues read it.
        roles: at least one; `service` alone or not at all.
        collector: their id in the team file, whose accounts are their own; None for who does not call.
        language: that they read pages in; '' for what their browser asks for.
        tour: whether the tour of the pages is over for them (`done`), wanted (`asked`), or neither ('').
        scopes: of the token that a service came with; empty for people.
    """

    person_id: str
    name: str
    roles: frozenset[Role]
    collector: str | None = None
    scopes: frozenset[Scope] = frozenset()
    language: str = ""
    tour: Tour = ""

    def sees_tour(self, *, demo: bool) -> bool:
        """Whether the tour is shown: over an invented company until it is over, over a real one where it is asked for.

        >>> [Person("ada", "Ada", frozenset(), tour=tour).sees_tour(demo=demo)
        ...  for demo in (True, False) for tour in ("", "asked", "done")]
        [True, True, False, False, True, False]
        """
        return self.tour == "asked" or (demo and self.tour == "")

    @property
    def is_service(self) -> bool:
        """Whether this is a machine: it never signs in to pages."""
        return "service" in self.roles
