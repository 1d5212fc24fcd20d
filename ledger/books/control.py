"""What another book says is owed, to be held against ours."""

from dataclasses import dataclass, field

Group = tuple[str, str]
"""(entity, currency); the entity is '' where the file has no such column, or the cell is empty."""


@dataclass(frozen=True)
class Control:
    """What the other book says, in minor units.

    Attributes:
        by_entity: whether the file has entities; else every total is over all of ours.
        totals: the stated totals.
        items: the detail, by item id as the file writes it.
    """

    file: str
    by_entity: bool
    totals: dict[Group, int] = field(default_factory=dict)
    items: dict[Group, dict[str, int]] = field(default_factory=dict)

    def total(self, group: Group) -> int | None:
        """The stated total; without one the sum of the detail; None when the file does not name the group."""
        if group in self.totals:
            return self.totals[group]
        return sum(self.items[group].values()) if group in self.items else None

    def groups(self) -> list[Group]:
        """What the file names, in order."""
        return sorted(self.totals.keys() | self.items.keys())
