"""The team: who calls, for how long on which day, and whom each may call.

A team without a file is one anonymous collector whose minutes are its calls a day, each of the usual length.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from serving.team.handling import NOTHING_NOTED, Handling

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

WEEK: tuple[Weekday, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

OWNER, SAME_GROUP, SOMEBODY = 1.0, 0.9, 0.8
"""How well a call fits its caller: the account's owner, or where nobody owns it who reached it last, or nobody did; one
of their group; anybody else."""

ANONYMOUS = "team"


@dataclass(frozen=True)
class Absence:
    """Days on which somebody is away, both included."""

    first: date
    last: date


@dataclass(frozen=True)
class Collector:
    """One who calls.

    Attributes:
        minutes_a_day: of calling, 0 to 1440.
        works_on: the weekdays; every day where the file says none.
        languages: spoken, as the team file writes them.
        countries: whose customers may be called (ISO 3166 alpha-2); empty for every country.
        skills: that some accounts ask for.
        group: colleagues who know each other's accounts, '' for none.
        owns: customer ids; conflicts: customers who must not be called by this one.
        reached: customers whom this one spoke to last.
    """

    collector_id: str
    name: str
    minutes_a_day: float
    works_on: tuple[Weekday, ...] = WEEK
    absent: tuple[Absence, ...] = ()
    languages: frozenset[str] = frozenset()
    countries: frozenset[str] = frozenset()
    skills: frozenset[str] = frozenset()
    group: str = ""
    owns: frozenset[str] = frozenset()
    conflicts: frozenset[str] = frozenset()
    reached: frozenset[str] = frozenset()

    @classmethod
    def from_plain(cls, told: Mapping[str, Any]) -> "Collector":
        """What `serving.published.plain` told of one; a field that was not there yet has its default."""
        away = tuple(
            Absence(date.fromisoformat(one["first"]), date.fromisoformat(one["last"])) for one in told["absent"]
        )
        values: dict[str, Any] = {**told, "absent": away, "works_on": tuple(told["works_on"])}
        values |= {name: frozenset(value) for name, value in values.items() if isinstance(value, list)}
        return cls(**values)

    def minutes_on(self, day: date) -> float:
        """Minutes of calling on a day; 0 on a free weekday and while absent."""
        away = any(absence.first <= day <= absence.last for absence in self.absent)
        return 0.0 if away or WEEK[day.weekday()] not in self.works_on else self.minutes_a_day


class Callee(NamedTuple):
    """What matters about an account for who may call it.

    Attributes:
        country: '' where the ledger does not tell it; then it asks for no territory and no language.
        kinds: words that `Team.skills_needed` may have a skill for: its segment, its class of debtor.
    """

    customer_id: str
    country: str = ""
    kinds: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Team:
    """Everybody who calls.

    Attributes:
        collectors: by `collector_id`, each once.
        languages_of: country → languages, of which a caller needs one; a country that is not told asks for none.
        skills_needed: kind of account → the skill that its caller needs.
        handling: how long their calls take.
    """

    collectors: tuple[Collector, ...]
    languages_of: Mapping[str, frozenset[str]] = field(default_factory=lambda: MappingProxyType({}))
    skills_needed: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    handling: Handling = NOTHING_NOTED

    @classmethod
    def of_capacity(cls, calls_per_day: int, minutes: float) -> "Team":
        """One anonymous collector with time for so many calls of so many minutes, on every day."""
        return cls((Collector(ANONYMOUS, "the team", calls_per_day * minutes),))

    @classmethod
    def from_plain(cls, told: Mapping[str, Any]) -> "Team":
        """The team that `serving.published.plain` told."""
        collectors = tuple(map(Collector.from_plain, told["collectors"]))
        languages = {country: frozenset(spoken) for country, spoken in told["languages_of"].items()}
        handling = Handling.from_plain(told["handling"]) if "handling" in told else NOTHING_NOTED
        return cls(collectors, languages, told["skills_needed"], handling)

    def minutes_on(self, day: date) -> dict[str, float]:
        """Minutes by collector on a day, of those who have any."""
        found = {one.collector_id: one.minutes_on(day) for one in self.collectors}
        return {collector_id: minutes for collector_id, minutes in found.items() if minutes > 0}

    @property
    def owned(self) -> frozenset[str]:
        """Customers whom somebody owns."""
        return frozenset().union(*(one.owns for one in self.collectors))

    def fits(self, callee: Callee) -> dict[str, float]:
        """Who may call an account, and how well that fits: 1 its owner, or of one that nobody owns who reached it last,
        or everybody where nobody did; 0.9 who is in a group with them, 0.8 others.

        >>> north = Collector("ada", "Ada", 240, group="north", owns=frozenset({"C-1"}))
        >>> team = Team((north, Collector("bob", "Bob", 240, group="north"), Collector("cem", "Cem", 240)))
        >>> team.fits(Callee("C-1")), team.fits(Callee("C-2"))
        ({'ada': 1.0, 'bob': 0.9, 'cem': 0.8}, {'ada': 1.0, 'bob': 1.0, 'cem': 1.0})
        """
        theirs = [one for one in self.collectors if callee.customer_id in one.owns]
        theirs = theirs or [one for one in self.collectors if callee.customer_id in one.reached]
        return {one.collector_id: _fit(one, theirs) for one in self.collectors if self._may_call(one, callee)}

    def fits_of(self, callees: Iterable[Callee]) -> dict[str, dict[str, float]]:
        """The same of many, by `customer_id`; those whom no collector knows share it, each with its like."""
        known = frozenset().union(*(one.owns | one.reached | one.conflicts for one in self.collectors))
        shared: dict[tuple[str | None, str, frozenset[str]], dict[str, float]] = {}
        found = {}
        for callee in callees:
            like = (callee.customer_id if callee.customer_id in known else None, callee.country, callee.kinds)
            if like not in shared:
                shared[like] = self.fits(callee)
            found[callee.customer_id] = shared[like]
        return found

    def _may_call(self, collector: Collector, callee: Callee) -> bool:
        if callee.customer_id in collector.conflicts:
            return False
        if callee.country and collector.countries and callee.country not in collector.countries:
            return False
        languages = self.languages_of.get(callee.country, frozenset())
        if languages and not languages & collector.languages:
            return False
        return all(self.skills_needed[kind] in collector.skills for kind in callee.kinds if kind in self.skills_needed)


def _fit(collector: Collector, theirs: list[Collector]) -> float:
    if not theirs or collector in theirs:
        return OWNER
    return SAME_GROUP if collector.group and any(one.group == collector.group for one in theirs) else SOMEBODY
