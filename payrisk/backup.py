"""Backup and restore: everything that cannot be made again, in one file, proved by restoring it.

The database, the shelf of models, the own mappings and payrisk.toml. Not in it: MLflow's store (`mlflow/`), which is a
record of trainings that nothing here reads, and the files that were imported.

A restore checks the whole file before it touches anything, and never overwrites: only into an empty home and database.
"""

import os
import shutil
import tempfile
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ledger.disk import sync
from ledger.errors import EmptyLedger, PayriskError
from payrisk.archive import (
    Archive,
    ArchiveWriter,
    BackupDamaged,
    BackupNotWritten,
    written,
)
from payrisk.copies import (
    SQLITE_MEMBER,
    copy_database,
    database_file,
    engine_of,
    fill_database,
    require_empty_file,
    require_known,
    state_of_file,
    table_rows,
)
from payrisk.database_state import State
from payrisk.settings import Settings

MODELS, MAPPINGS, STRATEGIES, TOML = "models", "mappings", "strategies", "payrisk.toml"
_FOLDERS = (MODELS, MAPPINGS, STRATEGIES)
_FILES = (TOML, "demo.json", "releases.json", "team.toml", "owners.csv", "draw.salt", "audit.anchors")
_BESIDE = "payrisk.toml.from-backup"

LEFT_OUT = "MLflow's store (mlflow/) and the imported files are not in it"


class BackupUnproven(PayriskError):
    """A backup that could not be restored as what it was taken from."""

    code = "backup_unproven"

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(
            f"The backup {path} was written but could not be restored on trial, so it was removed: {why} "
            "Run the backup again; if it fails again, run `payrisk doctor` and look at the disk."
        )


class HomeHoldsData(PayriskError):
    """A restore would have overwritten what a home holds."""

    code = "home_holds_data"

    def __init__(self, home: Path, what: str) -> None:
        super().__init__(
            f"{home} already has {what}, and a restore never overwrites. Nothing was changed. "
            "Restore into a home of its own (PAYRISK_HOME=NEW payrisk restore FILE), or move this one away first."
        )


class OtherEngine(PayriskError):
    """A backup of one database engine for another."""

    code = "backup_of_other_engine"

    def __init__(self, of: str, here: str) -> None:
        way = "leave it unset, or name an SQLite file" if of == "sqlite" else "name an empty PostgreSQL database"
        super().__init__(
            f"The backup holds a {of} database, and PAYRISK_DATABASE_URL leads to {here}. Nothing was changed. "
            f"Set PAYRISK_DATABASE_URL accordingly: {way}."
        )


class RestoreNotWritten(PayriskError):
    """A restore that could not write: no space, no permission."""

    code = "restore_not_written"

    def __init__(self, home: Path, why: str) -> None:
        super().__init__(
            f"The backup could not be restored into {home} ({why}); nothing was left behind. "
            "Free some space, or set PAYRISK_HOME to a folder that you may write to."
        )


def back_up(settings: Settings, target: Path, *, now: datetime, program: str, verify: bool = True) -> dict[str, Any]:
    """Write a backup and, unless told otherwise, prove it: SQLite by restoring it, PostgreSQL by reading it again.

    Args:
        target: a file that is not there yet, or a folder, in which the backup is named by the instant.
        now: the instant, with its zone.
        program: the version of the program, for the manifest.

    Others may write meanwhile; what is taken is one committed state. The database is taken as it is, of an older
    revision too. Raises `BackupExists`, `BackupNotWritten`, `BackupUnproven`, and what the database says.
    """
    if not target.is_dir() and target.suffix != ".zip":
        raise BackupNotWritten(target, "there is no such folder, and the name of a backup ends in .zip")
    path = _free_name(target, now) if target.is_dir() else target.absolute()
    taken: dict[str, Any] = {}

    def check(file: Path) -> None:
        if verify:
            _prove(file, path, State.of_dict(taken["state"]))

    with written(path, check) as archive:
        champion = _add_files(settings, archive)
        state, to_fill = copy_database(settings.url, archive)
        taken = {
            "made_at": now.astimezone(UTC).isoformat(timespec="seconds"),
            "program": program,
            "state": state.as_dict(),
            "champion": champion,
            "left_out": LEFT_OUT,
            **to_fill,
        }
        archive.close(taken)
    return {
        "backup": str(path),
        "bytes": path.stat().st_size,
        "verified": verify,
        "members": len(archive.members),
        "engine": state.engine,
        "ledger_version": state.ledger_version,
        "newest_queue": state.newest_queue,
        "champion": champion,
        "left_out": LEFT_OUT,
    }


def restore(settings: Settings, path: Path) -> dict[str, Any]:
    """Restore a backup into an empty home and database, and bring it to the current revision.

    Returns what was restored. Raises `NotABackup`, `BackupDamaged`, `BackupNewer`, `OtherEngine`, `HomeHoldsData`,
    `DatabaseHoldsData`, `RestoreNotWritten`: in each case nothing was changed.
    """
    archive = Archive.open(path)
    state = _state_in(archive)
    require_known(state, archive)
    if state.engine != engine_of(settings.url):
        raise OtherEngine(state.engine, engine_of(settings.url))
    _require_empty_home(settings.home)
    if state.engine == "sqlite":
        require_empty_file(database_file(settings.url))
    try:
        with _staged(archive, settings) as staged, _in_place(staged, settings.home):
            _put_database(archive, state, settings)
    except OSError as error:
        raise RestoreNotWritten(settings.home, error.strerror or str(error)) from error
    from payrisk.migrations.run import upgrade

    upgrade(settings.url)
    return {
        "restored": str(path),
        "home": str(settings.home),
        "made_at": archive.told.get("made_at"),
        "ledger_version": state.ledger_version,
        "newest_day": _newest_day(settings.url),
        "newest_queue": state.newest_queue,
        "champion": _champion(settings.shelf_folder),
        "mappings": len(archive.below(MAPPINGS)),
        "set_beside": _BESIDE if (settings.home / _BESIDE).exists() else None,
    }


def _free_name(folder: Path, now: datetime) -> Path:
    stem = f"payrisk-{now.astimezone(UTC):%Y-%m-%dT%H%M%SZ}"
    names = [f"{stem}.zip", *(f"{stem}-{number}.zip" for number in range(2, 1000))]
    return next((folder / name for name in names if not (folder / name).exists()), folder / names[0]).absolute()


def _add_files(settings: Settings, archive: ArchiveWriter) -> str | None:
    """Models, settings, what people wrote; returns the champion. Unfinished files (led by a dot) are left out."""
    champion = _champion(settings.shelf_folder)
    for name in _FILES:
        if (settings.home / name).is_file():
            archive.add(name, settings.home / name)
    # The pointer first: what it names is there already, whatever is trained or approved meanwhile.
    pointer = settings.shelf_folder / "champion.json"
    if pointer.is_file():
        archive.add(f"{MODELS}/{pointer.name}", pointer)
    folders = settings.shelf_folder, settings.mapping_folder, settings.strategy_folder
    for name, folder in zip(_FOLDERS, folders, strict=True):
        for path in sorted(folder.rglob("*")):
            parts = path.relative_to(folder).parts
            if path.is_file() and path != pointer and not any(part.startswith(".") for part in parts):
                archive.add("/".join((name, *parts)), path)
    return champion


def _prove(file: Path, path: Path, state: State) -> None:
    """Restore on trial beside the backup (PostgreSQL: read it all again). Raises `BackupUnproven`."""
    try:
        if state.engine == "sqlite":
            trial = Settings(home=file.parent / "trial", database_url="")
            restore(trial, file)
            shutil.rmtree(trial.home, ignore_errors=True)
            return
        rows = table_rows(Archive.open(file))
        if rows != dict(state.rows):
            raise BackupUnproven(path, f"its tables hold {rows} rows instead of {dict(state.rows)}.")
    except BackupUnproven:
        raise
    except PayriskError as error:
        raise BackupUnproven(path, str(error)) from error


def _state_in(archive: Archive) -> State:
    try:
        return State.of_dict(archive.told["state"])
    except (KeyError, TypeError, ValueError, AttributeError):
        raise BackupDamaged(archive.path, "manifest.json", "does not say what was taken") from None


def _require_empty_home(home: Path) -> None:
    for name in _FOLDERS:
        if (home / name).is_dir() and any((home / name).iterdir()):
            raise HomeHoldsData(home, f"{name}/ with files")
    if (home / "demo.json").exists():
        raise HomeHoldsData(home, "the demo company")


@contextmanager
def _staged(archive: Archive, settings: Settings) -> Iterator[Path]:
    """The files of a backup, unpacked and synced in a folder beside their place; gone at the end."""
    settings.home.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=".payrisk-restore-", dir=settings.home))
    try:
        kept = [name for folder in _FOLDERS for name in archive.below(folder)]
        for name in [*kept, *(name for name in _FILES if name in archive.members)]:
            place = folder / (_toml_name(archive, settings) if name == TOML else name)
            place.parent.mkdir(parents=True, exist_ok=True)
            archive.unpack(name, place)
        for inner in (folder, *(path for path in folder.rglob("*") if path.is_dir())):
            sync(inner)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _toml_name(archive: Archive, settings: Settings) -> str:
    """Settings of the backup are not put to use where there are some, nor when they lead to another database."""
    with archive.reading(TOML) as file:
        try:
            told = tomllib.loads(file.read().decode())
        except (UnicodeDecodeError, tomllib.TOMLDecodeError):
            return _BESIDE
    elsewhere = told.get("database_url", settings.url) != settings.url or "home" in told
    return _BESIDE if elsewhere or (settings.home / TOML).exists() else TOML


@contextmanager
def _in_place(staged: Path, home: Path) -> Iterator[None]:
    """Move what was staged to its place; back again when the block fails."""
    moved: list[Path] = []
    try:
        for path in sorted(staged.iterdir()):
            if (home / path.name).is_dir():
                (home / path.name).rmdir()  # empty, as was seen
            os.replace(path, home / path.name)
            moved.append(home / path.name)
        sync(home)
        yield
    except BaseException:
        for place in moved:
            os.replace(place, staged / place.name)
        raise


def _put_database(archive: Archive, state: State, settings: Settings) -> None:
    """The database comes last: before it is there, the home is still an empty one to every command."""
    if state.engine != "sqlite":
        fill_database(settings.url, state, archive)
        return
    place = database_file(settings.url)
    place.parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=".payrisk-restore-", dir=place.parent))
    try:
        if SQLITE_MEMBER not in archive.members:
            raise BackupDamaged(archive.path, SQLITE_MEMBER, "is missing")
        staged = archive.unpack(SQLITE_MEMBER, folder / place.name)
        if differs := state.difference(state_of_file(staged)):
            raise BackupDamaged(archive.path, SQLITE_MEMBER, f"is not what was taken: {differs}")
        require_empty_file(place)
        os.replace(staged, place)
        sync(place.parent)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _champion(folder: Path) -> str | None:
    """The model in use, with its files as they should be; None without one, or when it cannot be told."""
    from models.errors import BundleRefused
    from models.shelf import Shelf

    try:
        entry = Shelf(folder).champion()
        return None if entry is None else Shelf(folder).bundle(entry.version).version
    except BundleRefused:
        return None


def _newest_day(url: str) -> str | None:
    from ledger.book import Ledger

    ledger = Ledger.open(url)
    try:
        return ledger.newest_day().isoformat()
    except EmptyLedger:
        return None
    finally:
        ledger.close()
