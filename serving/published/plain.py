"""Plain: settings that people wrote, as JSON has them, to be kept and to be fingerprinted."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any


def plain(value: Any) -> Any:
    """A value made of dataclasses, mappings, tuples, sets of texts and days as JSON has it; sets in order."""
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(entry) for key, entry in value.items()}
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, tuple):
        return [plain(entry) for entry in value]
    return value.isoformat() if isinstance(value, date) else value
