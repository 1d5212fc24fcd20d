"""`TeamRoom`: what a manager sees of the team, read from the newest list and what was recorded since; and giving
accounts to somebody else."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from statistics import median
from typing import Any, Literal

from ledger.desk_journal import Recorded
from serving.activities.key_store import Answer, sent_of
from serving.activities.once import Once
from serving.activities.people import Actor
from serving.activities.recording import CREATED, Asked, Recorder
from serving.activities.said import Assignment
from serving.activities.worked import worked
from serving.etags import etag
from serving.people.person import Person
from serving.published.desk import Desk, run_body
from serving.published.store import PublishedRun
from serving.team.coverage import Coverage, coverage_of
from serving.team.coverage_store import Brief, past_due
from serving.team.errors import NobodyCalled, NoTeam
from serving.team.ownership import owners_of
from serving.team.team import ANONYMOUS, Collector, Team
from serving.team.waiting import ASKED, ASKED_WITHIN, KINDS, Waiting, waiting
from serving.team.workload import Load, Planned, loads_of, planned

Json = dict[str, Any]
Period = Literal["today", "week", "month"]

MOST_SHOWN = 50
"""Of accounts without a next step, and of what waits; their number is always told whole."""

MOST_AT_ONCE = 1_000
"""Of a portfolio that is given on."""

GIVING = "POST team assignments"
"""What the idempotency keys of giving a portfolio on belong to."""

_MOST_RUNS = 64


_ONE_MORE_HOUR = re.compile(r"(?<=One more hour of ).+?(?= would bring about )")


@dataclass(frozen=True)
class TeamDay:
    """The team as a manager sees it.

    Attributes:
        run: the newest list; currency: of its money.
        loads: of each collector, in the order of the team.
        promised_today: promises that fall due today, and their money in `currency`; broken: those that broke in the
            period.
        planned_minutes: of a call, as today's list takes it: the median; None for an empty list, and for
            an order that goes by no minutes.
    """

    run: Json
    today: date
    period: Period
    currency: str
    collectors: Sequence[Collector]
    loads: Sequence[Load]
    coverage: Coverage
    waiting: Sequence[Waiting]
    promised_today: Sequence[Json]
    broken: Sequence[Json]
    staffing: str
    names: Mapping[str, str]
    planned_minutes: float | None = None

    @property
    def call_minutes(self) -> Sequence[int]:
        """The minutes of each phone contact of the period of which they were noted."""
        return [minutes for load in self.loads for minutes in load.effort.calls]


class TeamRoom:
    """The team behind a desk.

    Args:
        team: gives the team as it is now, with what managers recorded; None where no file names anybody.
        people: gives everybody who signs in, for whose activities are whose.
    """

    def __init__(
        self, desk: Desk, recorder: Recorder, team: Callable[[], Team | None], people: Callable[[], Iterable[Person]]
    ) -> None:
        self.desk, self.recorder, self.team, self.people = desk, recorder, team, people
        self._once = Once(desk.store, recorder.instant)
        self._past_due: Callable[[str, str], list[Brief]] = lru_cache(2)(
            lambda run_id, _state: past_due(desk.store, run_id)
        )
        self._planned: Callable[[str], dict[str, Planned]] = lru_cache(_MOST_RUNS)(
            lambda run_id: planned(desk.store.lines(run_id))
        )

    def day(self, period: Period = "today") -> TeamDay:
        """The team now. Raises `NothingPublished`, and what the team file is refused for."""
        run, today = self.desk.run(), self.recorder.day()
        team = self.team()
        since = self.recorder.known_after(run.as_of)
        began = max(period_start(period, today), date.min + timedelta(1))
        rows = [row for row in self._known_from(min(began, run.as_of)) if row.known_on >= began]
        people = list(self.people())
        plans = self._planned(run.run_id)
        collectors = _collectors(team, plans)
        summary = run.head["summary"]
        currency = summary["overdue"]["currency"]
        names = {one.collector_id: one.name for one in collectors}
        promises = self.desk.store.promises(run.run_id, listed=False)
        briefs = self._past_due(run.run_id, run.state)
        return TeamDay(
            run=run_body(run),
            today=today,
            period=period,
            currency=currency,
            collectors=collectors,
            loads=loads_of(
                [one.collector_id for one in collectors],
                plans,
                worked(since),
                rows,
                self._plans_since(began, plans, run),
                {person.person_id: person.collector for person in people if person.collector},
                currency,
            ),
            coverage=coverage_of(briefs, since, owners_of(team) if team else None, today),
            waiting=self._waiting(people, today),
            promised_today=_promises(promises, "pending", today, today),
            broken=_promises(promises, "broken", min(began, run.as_of - timedelta(3)), today),
            staffing=with_name(summary.get("staffing", ""), {one: names[one] for one in names if one != ANONYMOUS}),
            names=names,
            planned_minutes=_median([plan.minutes for plan in plans.values() if plan.minutes > 0]),
        )

    def reassign(self, customer_id: str, to: str, reason: str, asked: Asked) -> Answer:
        """Give one account to a collector, from the next list on.

        Raises `NoTeam`, `NobodyCalled`, and what recording raises (`UnknownAccount`, `AccountChanged`, …).
        """
        self._require(to)
        return self.recorder.record(customer_id, Assignment(to, reason), asked)

    def give_on_once(self, whose: str, to: str, reason: str, by: Actor, key: str | None, request_id: str) -> Answer:
        """The same as `give_on` for a request that may be sent again. Raises `BadKey`, `KeyUsedOtherwise` too."""

        def work() -> Answer:
            given = self.give_on(whose, to, reason, by, request_id)
            return Answer(CREATED, 0, {"whose": whose, "to": to, "given": given, "more": given == MOST_AT_ONCE})

        return self._once.answer(sent_of(by.person_id, GIVING, key, [whose, to, reason]), work)

    def give_on(self, whose: str, to: str, reason: str, by: Actor, request_id: str = "") -> int:
        """Give everything of one collector to another, from the next list on; returns how many accounts.

        Theirs are the accounts that they own and those that they call today. Each is a change of its own, so that what
        came until an interruption stays, and the same again does the rest. Raises `NoTeam`, `NobodyCalled`.
        """
        team = self._require(to)
        self._require(whose)
        owners = owners_of(team)
        run = self.desk.run()
        calls = {customer for customer, plan in self._planned(run.run_id).items() if plan.collector == whose}
        theirs = {customer for customer, owner in owners.items() if owner == whose}
        theirs |= {customer for customer in calls if owners.get(customer, whose) == whose}
        open_ = {one for one in theirs if self.desk.store.stored_account(run.run_id, one) is not None}
        done = sorted(open_)[:MOST_AT_ONCE]
        for customer_id in done:
            asked = Asked(by, etag(self.recorder.version(customer_id)), request_id=request_id)
            self.recorder.record(customer_id, Assignment(to, reason), asked)
        return len(done)

    def _require(self, collector: str) -> Team:
        team = self.team()
        if team is None:
            raise NoTeam
        if collector not in (known := [one.collector_id for one in team.collectors]):
            raise NobodyCalled(collector, known)
        return team

    def _known_from(self, first: date) -> list[Recorded]:
        return self.recorder.known_after(first - timedelta(1))

    def _plans_since(self, began: date, newest: Mapping[str, Planned], run: PublishedRun) -> dict[str, Planned]:
        """The calls of every list that was worked in the period; of several the newest."""
        found: dict[str, Planned] = {}
        store = self.desk.store
        for evening in reversed([day for day in store.evenings(40) if began - timedelta(4) <= day < run.as_of]):
            if (earlier := store.newest_run(evening)) is not None:
                found |= self._planned(earlier.run_id)
        return {**found, **newest}

    def _waiting(self, people: Iterable[Person], today: date) -> list[Waiting]:
        rows = self.recorder.of_kinds(KINDS)
        managers = {person.person_id for person in people if "manager" in person.roles}
        asked = any(row.kind in ASKED for row in rows)
        answers = [row for row in self._known_from(today - ASKED_WITHIN) if row.actor in managers] if asked else []
        return waiting(rows, answers, today)


def period_start(period: Period, today: date) -> date:
    """The first day of a period: today, the Monday of its week, or the first of its month.

    >>> [f"{period_start(one, date(2026, 3, 5)):%d %b}" for one in ("today", "week", "month")]
    ['05 Mar', '02 Mar', '01 Mar']
    """
    if period == "week":
        return today - timedelta(today.weekday())
    return today.replace(day=1) if period == "month" else today


def _collectors(team: Team | None, plans: Mapping[str, Planned]) -> Sequence[Collector]:
    """Everybody of the team, and whoever calls on today's list without being in it (any more)."""
    there = list(team.collectors) if team else []
    known = {one.collector_id for one in there}
    others = sorted({plan.collector for plan in plans.values()} - known - {""})
    return [*there, *(Collector(one, "The team" if one == ANONYMOUS else one, 0.0) for one in others)]


def with_name(sentence: str, names: Mapping[str, str]) -> str:
    """A staffing sentence with the name of the collector whom it tells by id, for a list names nobody.

    >>> with_name("One more hour of ada would bring about 5 money-days more.", {"ada": "Ada Brandt"})
    'One more hour of Ada Brandt would bring about 5 money-days more.'
    """
    return _ONE_MORE_HOUR.sub(lambda found: names.get(found[0], found[0]), sentence)


def _median(minutes: Sequence[float]) -> float | None:
    return median(minutes) if minutes else None


def _promises(promises: Iterable[tuple[str, str, list[Json]]], state: str, first: date, last: date) -> list[Json]:
    """The promises in a state for a day of a span, both ends included."""
    span = first.isoformat(), last.isoformat()
    return [
        one for _, _, of_one in promises for one in of_one if one["state"] == state
        and span[0] <= one["promised_on"] <= span[1]
    ]  # fmt: skip
