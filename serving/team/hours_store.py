"""The hours of collectors in SQL: every change is a row more, entered in the audit log in its own transaction."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa

from ledger.database import shown, told, writing
from serving.activities.people import Actor
from serving.audit.audit_store import append, take_turn
from serving.audit.chain import Change
from serving.team.hours import Hours, HoursChanged, Kept
from serving.team.team import Absence

hours_metadata = sa.MetaData()

team_hours = sa.Table(
    "team_hours",
    hours_metadata,
    sa.Column("collector_id", sa.Text, primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),  # 1, 2, … of a collector
    sa.Column("minutes_a_day", sa.Float, nullable=True),  # NULL: as the team file says
    sa.Column("absent", sa.Text, nullable=False),  # "2026-04-06/2026-04-10", separated by blanks
    sa.Column("known_on", sa.Text, nullable=False),
    sa.Column("recorded_at", sa.Text, nullable=False),
    sa.Column("recorded_by", sa.Text, nullable=False),
)


class HoursStore:
    """The hours in the database of an engine."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine, self.url = engine, shown(engine.url.render_as_string(hide_password=False))

    def newest(self, until: date | None = None) -> dict[str, Kept]:
        """Collector → what was recorded last of them, up to the evening of a day (None: by now)."""
        wanted = sa.select(team_hours).order_by(team_hours.c.version)
        if until is not None:
            wanted = wanted.where(team_hours.c.known_on <= until.isoformat())
        with told(self.url), self.engine.connect() as connection:
            return {row.collector_id: _kept(row) for row in connection.execute(wanted)}

    def hours(self, until: date | None = None) -> Mapping[str, Hours]:
        """Collector → the hours that count before the team file."""
        return {one: kept.hours for one, kept in self.newest(until).items() if kept.hours is not None}

    def keep(
        self, collector_id: str, hours: Hours | None, version: int, by: Actor, at: datetime, known_on: date,
        request_id: str = "",
    ) -> None:  # fmt: skip
        """Record a collector's hours, None for those of the team file, on top of a version (0: nothing recorded).

        Raises `HoursChanged` where that version is not the newest any more.
        """
        row = {
            "collector_id": collector_id, "version": version + 1, **_plain(hours),
            "known_on": known_on.isoformat(), "recorded_at": at.astimezone(UTC).isoformat(),
            "recorded_by": by.person_id,
        }  # fmt: skip
        with told(self.url), writing(self.engine) as connection:
            take_turn(connection)
            ours = sa.select(team_hours).where(team_hours.c.collector_id == collector_id)
            last = connection.execute(ours.order_by(team_hours.c.version.desc()).limit(1)).one_or_none()
            if (last.version if last else 0) != version:
                raise HoursChanged(None if last is None else _kept(last))
            connection.execute(sa.insert(team_hours).values(**row))
            append(connection, _change(collector_id, last, row, by, request_id))


def _plain(hours: Hours | None) -> dict[str, Any]:
    spans = () if hours is None else hours.absent
    told_spans = " ".join(f"{one.first.isoformat()}/{one.last.isoformat()}" for one in spans)
    return {"minutes_a_day": None if hours is None else hours.minutes_a_day, "absent": told_spans}


def _kept(row: Any) -> Kept:
    spans = (span.split("/") for span in row.absent.split())
    absent = tuple(Absence(date.fromisoformat(first), date.fromisoformat(last)) for first, last in spans)
    hours = None if row.minutes_a_day is None else Hours(row.minutes_a_day, absent)
    return Kept(row.version, hours, row.recorded_by, datetime.fromisoformat(row.recorded_at))


def _change(collector_id: str, last: Any, row: Mapping[str, Any], by: Actor, request_id: str) -> Change:
    before = "" if last is None else _digest(last.minutes_a_day, last.absent)
    return Change(
        actor=by.person_id, role=by.role, at=str(row["recorded_at"]), action="team.hours",
        object=f"team/{collector_id}/hours/{row['version']}", before=before,
        after=_digest(row["minutes_a_day"], str(row["absent"])), request_id=request_id,
    )  # fmt: skip


def _digest(minutes: float | None, absent: str) -> str:
    return hashlib.sha256(f"{minutes}/{absent}".encode()).hexdigest()
