"""`ShelfEntry`: one version as the shelf tells of it, read from its facts without loading or verifying the rest."""

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from models.bundle_files import FACTS, Kind

FIRST_VERSION = "first version, not yet approved"


@dataclass(frozen=True)
class ShelfEntry:
    """One version.

    Attributes:
        version: day of training and content hash.
        trained_as_of: the evening whose knowledge it was fitted on.
        kind: `model` or `habit`.
        passed: whether its gates found it fit to serve.
        in_use: whether it is the champion.
        approved_by: who promoted it last; None while nobody did.
        note: `FIRST_VERSION` for a champion that nobody approved yet, else ''.
        trained_by: the person or service account that trained it; '' where that was not kept.
    """

    version: str
    trained_as_of: date
    kind: Kind
    passed: bool
    in_use: bool
    approved_by: str | None
    note: str
    trained_by: str = ""


@dataclass(frozen=True)
class EntryFacts:
    """What a version says of itself; see `ShelfEntry`."""

    trained_as_of: date
    kind: Kind
    passed: bool
    trained_by: str


def read_facts(folder: Path) -> EntryFacts | None:
    """What the version in a folder says of itself; None where that cannot be read."""
    try:
        found = json.loads((folder / FACTS).read_bytes())
        day, kind, passed = date.fromisoformat(found["trained_as_of"]), found["kind"], found["passed"]
        return EntryFacts(day, kind, passed, str(found.get("trained_by", "")))
    except (OSError, ValueError, KeyError, TypeError, RecursionError, AttributeError):
        return None


def rank(entry: ShelfEntry) -> tuple[date, bool, str]:
    """The order of versions: by training day; of one day a habit before a model, for that is its fallback."""
    return entry.trained_as_of, entry.kind == "model", entry.version
