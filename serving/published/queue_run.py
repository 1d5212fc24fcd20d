"""`QueueRun`: one evening's list as the JSON that everybody reads; made in `publishing.py`, kept in the store."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from serving.published.bodies import Bodies, Json
from serving.trials.decided import Decided


@dataclass(frozen=True)
class QueueRun:
    """One evening, ready to be read.

    Attributes:
        head: the API's queue without its lines (`QueueHead`), with `run_id` and `published_at`.
        lines: the list (`QueueLineOut`), in order of rank.
        accounts: every account with open items (`AccountBody`), by `customer_id`.
        decided: what was decided about each of them, by `customer_id`, for the decision log.
        inputs: what it was made of (`serving.published.inputs`), so that it can be made again.
        reports: what a manager asks of the evening (`serving.reports`), by name; the run's id does not cover them.
    """

    as_of: date
    head: Json
    lines: Bodies
    accounts: Bodies
    decided: Sequence[Decided] = ()
    inputs: Json | None = None
    reports: dict[str, Json] = field(default_factory=dict)

    @property
    def run_id(self) -> str:
        """A fingerprint of the run's content."""
        return str(self.head["run_id"])

    def body(self) -> Json:
        """The whole list as the API says it."""
        return {**self.head, "items": list(self.lines), "next_cursor": None}
