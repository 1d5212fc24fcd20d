"""Reading: a team file as a `Team`, or every reason why not.

    [[collector]]
    id = "ada"
    name = "Ada Brandt"
    minutes_a_day = 240
    works_on = ["monday", "tuesday", "thursday"]
    absent = [{ first = 2026-04-06, last = 2026-04-10 }]
    languages = ["de", "en"]
    countries = ["DE", "AT"]
    owns = ["C-1", "C-7"]

    [languages_of]
    DE = ["de"]

    [skills_needed]
    natural_person = "consumers"

Who owns whom may also stand in `owners.csv` beside it, with the columns customer_id and collector_id.
"""

import csv
import io
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, get_args

from ledger.words import shown
from serving.strategy.codes import Segment
from serving.team.errors import BadTeam
from serving.team.team import WEEK, Absence, Collector, Team, Weekday

OWNERS_FILE = "owners.csv"
KINDS = ("legal_person", "natural_person", *get_args(Segment))
"""Kinds of accounts that a skill can be needed for."""

_LARGEST_BYTES = 5_000_000
_KEYS = (
    "id", "name", "minutes_a_day", "works_on", "absent", "languages", "countries", "skills", "group", "owns",
    "conflicts",
)  # fmt: skip


def read_team(path: Path) -> Team:
    """The team of a file, with the owners of `owners.csv` beside it where there is one.

    A team in which nobody has any minutes is a team; whoever makes a list of it says so. Raises `BadTeam` with all
    that is wrong.
    """
    owners = path.with_name(OWNERS_FILE)
    return parse_team(_text(path), str(path), _text(owners) if owners.exists() else "")


def parse_team(text: str, file: str = "team.toml", owners: str = "") -> Team:
    """The team that a text and a CSV of owners say. Raises `BadTeam` with all that is wrong; `file` is named in it."""
    try:
        told = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadTeam(file, [f"this is not TOML: {error}. Expected [[collector]] and key = value lines."]) from None
    found = _Reading()
    team = found.team(told)
    collectors = found.owned(team.collectors, owners)
    if found.problems:
        raise BadTeam(file, found.problems)
    return replace(team, collectors=tuple(sorted(collectors, key=lambda one: one.collector_id)))


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            told = file.read(_LARGEST_BYTES + 1)
        if len(told) > _LARGEST_BYTES:
            raise BadTeam(str(path), [f"the file has more than {_LARGEST_BYTES:,} bytes; no team is so large."])
        return told.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise BadTeam(str(path), ["the file is not UTF-8. Save it as UTF-8 text."]) from None
    except OSError as error:
        raise BadTeam(str(path), [f"the file cannot be read ({error.strerror or error})."]) from None


class _Reading:
    """One team file being read; `problems` are all that is wrong so far."""

    def __init__(self) -> None:
        self.problems: list[str] = []

    def team(self, told: Mapping[str, Any]) -> Team:
        self._only(told, ("collector", "languages_of", "skills_needed"), "the file")
        entries = told.get("collector", [])
        if not isinstance(entries, list) or not entries:
            self._wrong("collector", "at least one [[collector]]", entries)
            entries = []
        collectors = [self._collector(one, f"collector {at}") for at, one in enumerate(entries, start=1)]
        for doubled, count in Counter(one.collector_id for one in collectors).items():
            if count > 1 and doubled:
                self.problems.append(
                    f'id = "{shown(doubled)}" stands {count} times. Give each collector an id of its own.'
                )
        languages = self._table(told, "languages_of")
        skills = self._table(told, "skills_needed")
        self._only(skills, KINDS, "skills_needed")
        return Team(
            tuple(collectors),
            {country: self._texts({country: spoken}, country, "languages_of") for country, spoken in languages.items()},
            {kind: self._word(skills, kind, "skills_needed") for kind in skills},
        )

    def owned(self, collectors: Iterable[Collector], owners: str) -> list[Collector]:
        """The collectors with what they own by the CSV, too; each customer has one owner."""
        by_id = {one.collector_id: set(one.owns) for one in collectors}
        rows = csv.DictReader(io.StringIO(owners), strict=True)
        try:
            if owners and not {"customer_id", "collector_id"} <= set(rows.fieldnames or ()):
                self._wrong(OWNERS_FILE, "the columns customer_id and collector_id", ",".join(rows.fieldnames or ()))
                rows = csv.DictReader(io.StringIO(""))
            for row in rows:
                owner, customer = row["collector_id"] or "", row["customer_id"] or ""
                if owner in by_id and customer:
                    by_id[owner].add(customer)
                else:
                    self._wrong(f"{OWNERS_FILE}, line {rows.line_num}", "a customer and the id of a collector", owner)
        except csv.Error as error:
            self.problems.append(f"{OWNERS_FILE}, line {rows.line_num}: {error}. Expected two columns, comma between.")
        for customer, count in sorted(Counter(one for owned in by_id.values() for one in owned).items()):
            if count > 1:
                self.problems.append(f'customer "{shown(customer)}" has {count} owners. Leave one of them.')
        return [replace(one, owns=frozenset(by_id[one.collector_id])) for one in collectors]

    def _collector(self, told: Any, where: str) -> Collector:
        if not isinstance(told, dict):
            self._wrong(where, "a table", told)
            told = {}
        self._only(told, _KEYS, where)
        collector_id = self._word(told, "id", where)
        where = f'collector "{shown(collector_id)}"' if collector_id else where
        return Collector(
            collector_id=collector_id,
            name=self._word(told, "name", where) if "name" in told else collector_id,
            minutes_a_day=self._minutes(told, where),
            works_on=self._weekdays(told, where),
            absent=self._absences(told, where),
            languages=self._texts(told, "languages", where),
            countries=self._texts(told, "countries", where),
            skills=self._texts(told, "skills", where),
            group=self._word(told, "group", where) if "group" in told else "",
            owns=self._texts(told, "owns", where),
            conflicts=self._texts(told, "conflicts", where),
        )

    def _minutes(self, told: Mapping[str, Any], where: str) -> float:
        minutes = told.get("minutes_a_day")
        if isinstance(minutes, int | float) and not isinstance(minutes, bool) and 0 <= minutes <= 1440:
            return float(minutes)
        self._wrong(f"{where}, minutes_a_day", "minutes from 0 to 1440", minutes)
        return 0.0

    def _weekdays(self, told: Mapping[str, Any], where: str) -> tuple[Weekday, ...]:
        if "works_on" not in told:
            return WEEK
        days = self._texts(told, "works_on", where)
        for day in sorted(days - set(WEEK)):
            self._wrong(f"{where}, works_on", f"days of the week ({', '.join(WEEK)})", day)
        return tuple(day for day in WEEK if day in days)

    def _absences(self, told: Mapping[str, Any], where: str) -> tuple[Absence, ...]:
        spans = told.get("absent", [])
        if not isinstance(spans, list):
            self._wrong(f"{where}, absent", "a list, as in [{ first = 2026-04-06, last = 2026-04-10 }]", spans)
            return ()
        return tuple(found for span in spans if (found := self._absence(span, f"{where}, absent")) is not None)

    def _absence(self, span: Any, where: str) -> Absence | None:
        said = span if isinstance(span, dict) and set(span) == {"first", "last"} else {}
        days = [day for day in said.values() if isinstance(day, date) and not isinstance(day, datetime)]
        if len(days) != 2:
            self._wrong(where, "{ first = 2026-04-06, last = 2026-04-10 }, days without quotation marks", span)
            return None
        first, last = said["first"], said["last"]
        if last < first:
            self._wrong(where, "a last day that is not before the first", f"{first} to {last}")
            return None
        return Absence(first, last)

    def _table(self, told: Mapping[str, Any], key: str) -> Mapping[str, Any]:
        value = told.get(key, {})
        if not isinstance(value, dict):
            self._wrong(key, f"a table, as in [{key}]", value)
            return {}
        return value

    def _texts(self, told: Mapping[str, Any], key: str, where: str) -> frozenset[str]:
        value = told.get(key, [])
        if isinstance(value, list) and all(isinstance(one, str) and one.strip() for one in value):
            return frozenset(value)
        self._wrong(f"{where}, {key}", 'a list of texts, as in ["de", "en"]', value)
        return frozenset()

    def _word(self, told: Mapping[str, Any], key: str, where: str) -> str:
        value = told.get(key)
        if isinstance(value, str) and value.strip():
            return value
        self._wrong(f"{where}, {key}", "text in quotation marks", value)
        return ""

    def _only(self, told: Mapping[str, Any], known: Iterable[str], where: str) -> None:
        for key in told:
            if key not in known:
                self.problems.append(f"{where}: {shown(key)} is no key of it. Known: {', '.join(known)}.")

    def _wrong(self, where: str, expected: str, came: object) -> None:
        try:
            told = shown(str(came)) if came is not None else "nothing"
        except ValueError:  # Python writes no whole number of more than 4,300 digits
            told = "a number of more than 4,300 digits"
        self.problems.append(f"{where}: expected {expected}, came {told}.")
