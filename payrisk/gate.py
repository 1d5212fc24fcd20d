"""`Gate`: the settings, the clock and the rooms behind one object, as the commands use it.

What a command does with them, without its printing, stands in the `*_work.py` beside it (`payrisk/__init__.py`).
"""

import os
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from payrisk.clock import instant, now, today
from payrisk.compiled import keep_compiled
from payrisk.errors import BeyondKnowledge, HomeNotWritable
from payrisk.settings import Settings, read_settings

if TYPE_CHECKING:
    from ledger.book import Ledger
    from models.shelf import Shelf
    from serving.activities.recording import Recorder
    from serving.daily import EveningSettings
    from serving.imports.room import ImportRoom
    from serving.people.people_store import PeopleStore
    from serving.people.register import Register
    from serving.published.store import ServingStore
    from serving.team.team import Team
    from training.tracking import Tracking

DEMO_MARK = "demo.json"


@dataclass(frozen=True)
class Gate:
    """One process's way in. Open it with `Gate.open()`; nothing is connected before it is needed."""

    settings: Settings

    @classmethod
    def open(cls, *, prepare: bool = True) -> "Gate":
        """Read the settings; with `prepare` make the home folder and bring the database to the current revision.

        Raises `BadSettings`, `HomeNotWritable`, or what the database says.
        """
        gate = cls(read_settings())
        if prepare:
            gate._prepare()
        return gate

    def _prepare(self) -> None:
        home = self.settings.home
        try:
            home.mkdir(parents=True, exist_ok=True)
            if not os.access(home, os.W_OK):
                raise PermissionError(13, "no permission to write")
        except OSError as error:
            raise HomeNotWritable(home, error.strerror or str(error)) from None
        root = Path(__file__).parent.parent
        keep_compiled(home, [root / floor / "kernels" for floor in ("features", "models")])
        from payrisk.migrations.run import upgrade

        upgrade(self.settings.url)

    @property
    def today(self) -> date:
        return today(self.settings)

    @property
    def now(self) -> datetime:
        return now(self.settings)

    @property
    def is_demo(self) -> bool:
        """Whether this home holds the invented company."""
        return (self.settings.home / DEMO_MARK).is_file()

    @cached_property
    def ledger(self) -> "Ledger":
        """The ledger, with all that was recorded at the desk by now."""
        from ledger.book import Ledger

        ledger = Ledger.open(self.settings.url, self.settings.cache_folder)
        ledger.hear_desk(self.now)
        return ledger

    @cached_property
    def shelf(self) -> "Shelf":
        from models.shelf import Shelf

        return Shelf(self.settings.shelf_folder)

    @cached_property
    def store(self) -> "ServingStore":
        from serving.published.store import ServingStore

        return ServingStore(self.settings.url)

    @cached_property
    def recorder(self) -> "Recorder":
        """Writes what people do about accounts."""
        from serving.activities.recording import Recorder
        from serving.published.desk import Desk

        return Recorder(Desk(self.store), today=lambda: self.today, now=lambda: self.now)

    @cached_property
    def import_room(self) -> "ImportRoom":
        """Takes files in over the desk."""
        from payrisk.import_work import room_of

        return room_of(self)

    @cached_property
    def people(self) -> "PeopleStore":
        from serving.people.people_store import PeopleStore

        return PeopleStore(self.settings.url)

    @property
    def register(self) -> "Register":
        """Who works here; what is changed at the command line stands in the audit log as the console's."""
        from serving.activities.people import Actor
        from serving.people.register import Register

        return Register(self.people, instant, Actor("console", "console"))

    def evening(self, as_of: date | None) -> date:
        """The evening meant: the newest the ledger knows unless given. Raises `BeyondKnowledge` for days to come."""
        newest = self.ledger.newest_day()
        if as_of is not None and as_of > max(newest, self.today):
            raise BeyondKnowledge(as_of, newest)
        return as_of or newest

    def evening_settings(self, day: date) -> "EveningSettings":
        """What is settled about an evening: settings, strategy, team, and the list published before.

        Raises `BadStrategy`, `TwoStrategies` or `BadTeam` for files that cannot be used.
        """
        from payrisk.salt import salt_of
        from serving.daily import EveningSettings
        from serving.strategy.reading import strategy_for

        strategy = strategy_for(self.settings.strategy_folder, day)
        return EveningSettings(
            capacity=self.settings.calls_per_day,
            strategy=strategy,
            team=self._experienced_team(day),
            salt=salt_of(self.settings.home) if strategy.exploration.on else "",
            before=self.store.listed_before(day),
            reporting_currency=self.settings.reporting_currency,
            grace_days=self.settings.grace_days,
            best_before_days=self.settings.model_best_before_days,
        )

    def team(self, day: date | None = None) -> "Team | None":
        """The team of the file, with what was recorded until an evening (None: by now) about who looks after whom, and
        about hours; None where no file names anybody. Raises `BadTeam`."""
        from serving.activities.said import Assignment
        from serving.team.hours import team_at_hours
        from serving.team.hours_store import HoursStore
        from serving.team.ownership import assigned_to, team_with
        from serving.team.reading import read_team

        file = self.settings.team_file
        if not file.exists():
            return None
        assigned = assigned_to(self.recorder.of_kinds([Assignment.kind], until=day))
        return team_at_hours(team_with(read_team(file), assigned), HoursStore(self.store.engine).hours(until=day))

    def _experienced_team(self, day: date) -> "Team | None":
        """The team that makes the list of an evening: what it recorded of its calls until then counts."""
        from serving.team.experience import LOOKED_BACK_DAYS, TELLING, experienced

        team = self.team(day)
        if team is None:
            return None
        since = max(day, date.min + timedelta(LOOKED_BACK_DAYS)) - timedelta(LOOKED_BACK_DAYS)
        collector_of = {kept.person.person_id: kept.person.collector for kept in self.people.people()}
        return experienced(team, self.recorder.of_kinds(TELLING, until=day, since=since), collector_of)

    def close(self) -> None:
        """Give the database connections back."""
        for name in ("ledger", "store", "people"):
            if name in self.__dict__:
                self.__dict__[name].close()

    def tracking(self) -> "Tracking | None":
        """MLflow's store; None where MLflow is not installed."""
        from importlib.util import find_spec

        if find_spec("mlflow") is None:
            return None
        from training.tracking import Tracking

        return Tracking(self.settings.tracking_folder)
