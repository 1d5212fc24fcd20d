"""Whether the newest export's data may be worked with: the scorecard's holds, and who released them.

A queue of held data is not made; the one published before stays on the desk. A person who has looked releases the
export by name, and every list made of it says so.
"""

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ledger.errors import PayriskError
from ledger.scorecard.card import Scorecard, scorecard
from serving.morning.alone import alone

if TYPE_CHECKING:
    from ledger.book import Ledger
    from ledger.report import ImportReport

_FILE = "releases.json"


class DataHeld(PayriskError):
    """The newest export looks wrong, and nobody has released it."""

    code = "data_held"

    def __init__(self, card: Scorecard) -> None:
        self.card = card
        found = " ".join(_held(card))
        super().__init__(
            f"The export of {card.day.isoformat()} looks wrong, so no list was made of it; the list published before "
            f"stays. {found} Import a right export of that day, or, when it is right, release it: "
            f"payrisk queue --release NAME"
        )


@dataclass(frozen=True)
class Release:
    """Who said that the export of a day may be worked with, and what the scorecard held against it."""

    day: str
    by: str
    at: str
    findings: tuple[str, ...]


def examine(ledger: "Ledger", day: date, report: "ImportReport | None" = None) -> Scorecard:
    """The scorecard of the newest export by the evening of `day`, beside the one before it."""
    days = sorted({record.as_of for record in ledger.imports() if record.is_book and record.as_of <= day})
    newest = days[-1] if days else day
    before = ledger.as_of(days[-2]) if len(days) > 1 and days[-2] >= ledger.first_day() else None
    return scorecard(ledger.as_of(newest), before, report)


def release(home: Path, by: str, at: datetime, card: Scorecard) -> None:
    """Remember that a person has looked."""
    with alone(home / f".{_FILE}.alone", wait=True):  # of two who release at once neither is lost
        releases = [*_releases(home), Release(card.day.isoformat(), by, at.isoformat(), _held(card))]
        unfinished = home / f".{_FILE}.unfinished"
        with unfinished.open("w", encoding="utf-8") as file:
            json.dump([asdict(entry) for entry in releases], file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(home / _FILE)


def release_notice(home: Path, card: Scorecard) -> str:
    """What every list made of a released export says. Raises `DataHeld` when nobody released all that is held."""
    day, held = card.day.isoformat(), _held(card)
    released = [entry for entry in _releases(home) if entry.day == day and set(held) <= set(entry.findings)]
    if not released:
        raise DataHeld(card)
    return f"{released[-1].by} says that the export of {day} is right. {' '.join(held)}"


def released(home: Path, ledger: "Ledger", day: date) -> tuple[str, ...]:
    """What to say of data that look wrong and were released; nothing of others. Raises `DataHeld`."""
    card = examine(ledger, day)
    return (release_notice(home, card),) if card.holds else ()


def _held(card: Scorecard) -> tuple[str, ...]:
    return tuple(finding.sentence for finding in card.findings if finding.severity == "hold")


def _releases(home: Path) -> Sequence[Release]:
    """What was released; a file that cannot be read releases nothing."""
    try:
        entries = json.loads((home / _FILE).read_text(encoding="utf-8"))
        return [Release(entry["day"], entry["by"], entry["at"], tuple(entry["findings"])) for entry in entries]
    except (OSError, ValueError, KeyError, TypeError):
        return ()
