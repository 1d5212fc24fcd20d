"""`payrisk doctor`: what this installation has, lacks and uses, each with the way out."""

import importlib
import importlib.util
import os
import platform
import sys
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from payrisk.settings import Settings


@dataclass(frozen=True)
class Finding:
    """One thing looked at. `ok` False means that payrisk cannot work until it is mended; an optional one may lack."""

    name: str
    ok: bool
    found: str
    remedy: str = ""
    optional: bool = False

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def examine(settings: Settings) -> list[Finding]:
    """Look at everything a first run needs, changing nothing."""
    return [
        _python(),
        _home(settings.home),
        _database(settings),
        *_audit(settings),
        _lightgbm(),
        _reading(),
        _reasons(),
        _optional("mlflow", "training records its runs", "train"),
        _optional("psycopg", "PostgreSQL can be the store", "postgres"),
    ]


def _python() -> Finding:
    return Finding(
        "python",
        sys.version_info >= (3, 11),
        platform.python_version(),
        "" if sys.version_info >= (3, 11) else "payrisk needs Python 3.11 or newer.",
    )


def _home(home: Path) -> Finding:
    existing = next(folder for folder in (home, *home.parents) if folder.exists())
    writable = existing.is_dir() and os.access(existing, os.W_OK)
    return Finding(
        "home",
        writable,
        f"{home}" + ("" if home.exists() else " (made at the first import)"),
        "" if writable else f"{existing} is not a folder that you may write to. Set PAYRISK_HOME to one that is.",
    )


def _database(settings: Settings) -> Finding:
    """Reads only: a file that is not there yet is not made."""
    from ledger.database import address_of, shown
    from ledger.errors import PayriskError
    from ledger.store import LedgerStore

    told = "an address that cannot be read"
    try:
        address = address_of(settings.url)
        told = shown(settings.database_url) if settings.database_url else "SQLite in the home folder"
        if address.get_backend_name() == "sqlite" and not Path(address.database or "").is_file():
            return Finding("database", True, f"{told}, empty (made at the first import)")
        count = len(LedgerStore(settings.url).imports())
    except PayriskError as error:
        return Finding("database", False, told, str(error))
    return Finding("database", True, f"{told}, {count:,} {'import' if count == 1 else 'imports'} accepted")


def _audit(settings: Settings) -> list[Finding]:
    """What the audit log lacks, where there is one; nothing to say of one that is anchored, or not there yet."""
    from ledger.database import address_of
    from ledger.errors import PayriskError
    from payrisk.audit_work import ANCHORS, unanchored
    from serving.audit.anchors import AnchorsDamaged, read_anchors
    from serving.audit.audit_store import AuditLog

    try:
        address = address_of(settings.url)
        if address.get_backend_name() == "sqlite" and not Path(address.database or "").is_file():
            return []
        log = AuditLog(settings.url)
        try:
            warning = unanchored(log, read_anchors(settings.home / ANCHORS))
        finally:
            log.close()
    except AnchorsDamaged as damaged:
        return [Finding("audit", True, "its anchors are damaged", str(damaged), optional=True)]
    except PayriskError:  # no database that answers, or one of before there was a log: said above, or at the next start
        return []
    return [Finding("audit", True, "its end is not anchored", warning, optional=True)] if warning else []


def _lightgbm() -> Finding:
    """LightGBM needs the OpenMP runtime, which slim images lack."""
    try:
        importlib.import_module("models.payment_curve")
    except OSError as error:
        return Finding(
            "lightgbm", False, str(error), "Install the OpenMP runtime: apt-get install libgomp1 (Debian, Ubuntu)."
        )
    return Finding("lightgbm", True, version("lightgbm"))


def _reading() -> Finding:
    """Files are read by a process of their own; it is started here as an import starts it."""
    from ledger.reading.apart import isolation

    try:
        return Finding("reading", True, f"files are read in a process of their own, {isolation()}")
    except (OSError, EOFError) as error:
        return Finding(
            "reading", False, f"the process that reads files does not start: {error}",
            "Free some memory, and install payrisk again if that does not help.",
        )  # fmt: skip


def _reasons() -> Finding:
    """The catalogue of reasons, and what it has no words for in a language other than English."""
    from features.languages import ENGLISH, LANGUAGES
    from features.reason_catalogue import CODES, missing_translations, reasons_version

    missing = {one: missing_translations(one) for one in LANGUAGES if one != ENGLISH}
    lacks = [f"{len(words)} told in English for want of {one}" for one, words in missing.items() if words]
    first = [f"features/translations/{one}.toml lacks {words[0]}" for one, words in missing.items() if words]
    return Finding(
        "reasons",
        True,
        "; ".join([f"version {reasons_version()}, {len(CODES)} codes in {' and '.join(LANGUAGES)}", *lacks]),
        "; ".join(first),
    )


def _optional(module: str, what: str, extra: str) -> Finding:
    if importlib.util.find_spec(module) is not None:
        return Finding(module, True, what)
    return Finding(module, True, f"absent: {what} with it", f'.venv/bin/pip install -e ".[{extra}]"', optional=True)
