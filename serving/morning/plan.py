"""The plan of a daily run: everything that is settled before its first step, so that no later hour changes it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from serving.errors import NoSuchZone
from serving.published.bodies import Json

STEPS = ("planned", "ingested", "validated", "staged", "published", "reported")
"""Of a daily run, in order (`serving.morning.runner`). The plan lies in the log, the list in the store; of the others
each leaves a file."""


@dataclass(frozen=True)
class Plan:
    """What is to be made.

    Attributes:
        as_of: the evening.
        made_of: a fingerprint of everything that decides the list (`serving.daily.made_of`).
        ledger_version: the ledger is read as it stood after so many imports, whatever is imported meanwhile.
        now: the instant of publishing, UTC to the second. A run that was interrupted keeps it, for its list says it.
        asked_by: who asked for it; '' of runs from before that was kept.
    """

    as_of: date
    made_of: str
    ledger_version: int
    now: datetime
    asked_by: str = ""

    @classmethod
    def of(cls, as_of: date, made_of: str, ledger_version: int, now: datetime, asked_by: str = "") -> "Plan":
        """The plan made at an instant. Raises `NoSuchZone` for one without its zone."""
        if now.tzinfo is None:
            raise NoSuchZone(now.isoformat())
        return cls(as_of, made_of, ledger_version, now.astimezone(UTC).replace(microsecond=0), asked_by)

    @property
    def key(self) -> str:
        """The run's own: equal for the same evening made of the same."""
        return f"{self.as_of.isoformat()}-{self.made_of}"

    def to_json(self) -> Json:
        """As plain JSON values."""
        return {
            "as_of": self.as_of.isoformat(),
            "made_of": self.made_of,
            "ledger_version": self.ledger_version,
            "now": self.now.isoformat(),
            "asked_by": self.asked_by,
        }

    @classmethod
    def from_json(cls, told: Json) -> "Plan":
        """What `to_json` told."""
        return cls(
            date.fromisoformat(told["as_of"]),
            told["made_of"],
            told["ledger_version"],
            datetime.fromisoformat(told["now"]),
            told.get("asked_by", ""),
        )
