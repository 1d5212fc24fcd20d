"""Who acts."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Actor:
    """A person, or a program with a name of its own, and the role it acts in."""

    person_id: str
    role: str
