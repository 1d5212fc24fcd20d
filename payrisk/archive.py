"""The file of a backup: a zip of named members, and a manifest with the size and SHA-256 of each.

Written under a name that nobody takes for a backup, synced, and renamed at the end. Read back it is checked whole
before anything of it is used; its names lead nowhere but below the folder it is unpacked into.
"""

import hashlib
import json
import os
import re
import shutil
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from ledger.disk import sync
from ledger.errors import PayriskError

FORMAT = 1
"""Of the manifest. A newer one is refused: what it means is not known here."""

MANIFEST = "manifest.json"
PRODUCT = "payrisk backup"

_CHUNK = 1 << 20
_LARGEST_MANIFEST = 1 << 26
_PART = re.compile(r"[^\x00-\x1f\x7f/\\:]{1,255}")


class NotABackup(PayriskError):
    """A file that is no backup of ours, or the beginning of one."""

    code = "not_a_backup"

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(
            f"{path} is no backup of payrisk, or not all of one: {why}. Nothing was changed. "
            "Expected a file that `payrisk backup` wrote; name another."
        )


class BackupDamaged(PayriskError):
    """A backup with a member that is not what its manifest says."""

    code = "backup_damaged"

    def __init__(self, path: Path, member: str, why: str) -> None:
        self.member = member
        super().__init__(
            f'The backup {path} is damaged: "{member}" {why}. Nothing was changed. Restore an older backup.'
        )


class BackupNewer(PayriskError):
    """A backup made by a newer payrisk."""

    code = "backup_newer"

    def __init__(self, path: Path, what: str) -> None:
        super().__init__(
            f"The backup {path} was made by a newer payrisk ({what} is unknown here). Nothing was changed. "
            "Update payrisk and restore it then."
        )


class BackupExists(PayriskError):
    """The name of a backup is taken."""

    code = "backup_exists"

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} is there already, and a backup never replaces one. Name another file, or a folder.")


class BackupNotWritten(PayriskError):
    """A backup that could not be written: no space, no permission, no such folder."""

    code = "backup_not_written"

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(
            f"The backup {path} could not be written ({why}); nothing was left behind. "
            "Free some space, or name a folder that exists and that you may write to."
        )


@dataclass(frozen=True)
class Member:
    """One file of a backup: its size in bytes and its SHA-256."""

    size: int
    sha256: str


@dataclass
class ArchiveWriter:
    """A backup being written: `add` members, then the manifest closes it."""

    folder: Path
    _zip: zipfile.ZipFile
    members: dict[str, Member] = field(default_factory=dict)

    @contextmanager
    def member(self, name: str) -> Iterator["HashingWriter"]:
        """A member to write into."""
        with self._zip.open(name, "w", force_zip64=True) as file:
            writer = HashingWriter(file)
            yield writer
        self.members[name] = Member(writer.size, writer.hash.hexdigest())

    def add(self, name: str, path: Path) -> None:
        """A member with the content of a file."""
        try:
            source = path.open("rb")
        except OSError as error:
            raise OSError(error.errno, f"{error.strerror}: {path}") from error
        with source, self.member(name) as file:
            while content := source.read(_CHUNK):
                file.write(content)

    def close(self, told: Mapping[str, Any]) -> None:
        """Write the manifest: what `told` says, and the members."""
        files = {name: {"size": one.size, "sha256": one.sha256} for name, one in self.members.items()}
        manifest = {"product": PRODUCT, "format": FORMAT, **told, "members": files}
        self._zip.writestr(MANIFEST, json.dumps(manifest, indent=1, ensure_ascii=False))


class HashingWriter:
    """Writes through, counting and hashing."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self.size, self.hash = file, 0, hashlib.sha256()

    def write(self, content: bytes | memoryview) -> int:
        self._file.write(content)
        self.hash.update(content)
        self.size += len(content)
        return len(content)


@contextmanager
def written(path: Path, check: Callable[[Path], None]) -> Iterator[ArchiveWriter]:
    """A backup that appears under `path` when the block has ended well, whole and on the disk; otherwise nothing.

    `check` is given the finished file before it gets its name, and raises when it must not get it. Raises
    `BackupExists`, `BackupNotWritten`.
    """
    if path.exists():
        raise BackupExists(path)
    with told_of_disk(path):
        folder = Path(tempfile.mkdtemp(prefix=".payrisk-backup-", dir=path.parent))
        try:
            unfinished = folder / "unfinished"
            with _new_file(unfinished) as file:
                with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
                    yield ArchiveWriter(folder, packed)
                file.flush()
                os.fsync(file.fileno())
            check(unfinished)
            if path.exists():
                raise BackupExists(path)
            os.replace(unfinished, path)
            sync(path.parent)
        finally:
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def told_of_disk(path: Path) -> Iterator[None]:
    """What the file system says, as our sentence."""
    try:
        yield
    except OSError as error:
        raise BackupNotWritten(path, error.strerror or str(error)) from error


@dataclass(frozen=True)
class Archive:
    """A backup that was read and found whole: what its manifest tells, and its members."""

    path: Path
    told: Mapping[str, Any]
    members: Mapping[str, Member]

    @classmethod
    def open(cls, path: Path) -> "Archive":
        """Read a backup and check every member. Raises `NotABackup`, `BackupNewer`, `BackupDamaged`."""
        try:
            with zipfile.ZipFile(path) as packed:
                archive = cls._described(path, packed)
                for name, member in archive.members.items():
                    _pour(packed, path, name, member, None)
                return archive
        except OSError as error:
            raise NotABackup(path, error.strerror or str(error)) from error
        except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
            raise NotABackup(path, str(error)) from error  # a broken directory; names that are no text among it

    @classmethod
    def _described(cls, path: Path, packed: zipfile.ZipFile) -> "Archive":
        told = _manifest(path, packed)
        if told.get("product") != PRODUCT or not isinstance(told.get("format"), int):
            raise NotABackup(path, f'its {MANIFEST} does not say "{PRODUCT}"')
        if told["format"] > FORMAT:
            raise BackupNewer(path, f"format {told['format']}")
        try:
            members = {name: Member(int(one["size"]), str(one["sha256"])) for name, one in told["members"].items()}
        except (KeyError, TypeError, ValueError, AttributeError):
            raise BackupDamaged(path, MANIFEST, "does not list the members") from None
        _check_names(path, packed, members)
        return cls(path, told, members)

    def unpack(self, name: str, to: Path) -> Path:
        """Write one member to a new file and see it onto the disk; checked once more on the way."""
        with (
            zipfile.ZipFile(self.path) as packed,
            open(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as f,
        ):
            _pour(packed, self.path, name, self.members[name], f)
            f.flush()
            os.fsync(f.fileno())
        return to

    @contextmanager
    def reading(self, name: str) -> Iterator[IO[bytes]]:
        """One member to read from."""
        with zipfile.ZipFile(self.path) as packed, packed.open(name) as file:
            yield file

    def below(self, folder: str) -> list[str]:
        """The members below a folder."""
        return [name for name in self.members if name.startswith(f"{folder}/")]


def _new_file(path: Path) -> IO[bytes]:
    """A new file that only this user may read: a ledger, and perhaps a password, will lie in it."""
    return open(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b")


def _manifest(path: Path, packed: zipfile.ZipFile) -> dict[str, Any]:
    try:
        if packed.getinfo(MANIFEST).file_size > _LARGEST_MANIFEST:
            raise NotABackup(path, f"its {MANIFEST} is larger than any of ours")
        found = json.loads(packed.read(MANIFEST))
    except KeyError:
        raise NotABackup(path, f"it has no {MANIFEST}") from None
    except (ValueError, RecursionError, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise BackupDamaged(path, MANIFEST, f"cannot be read ({error})") from error
    if not isinstance(found, dict):
        raise NotABackup(path, f"its {MANIFEST} is not ours")
    return found


def _check_names(path: Path, packed: zipfile.ZipFile, members: Mapping[str, Member]) -> None:
    """Every entry is in the manifest, once, a plain file with a name that leads downward; and the reverse."""
    seen: set[str] = set()
    for entry in packed.infolist():
        name = entry.orig_filename
        if not all(_PART.fullmatch(part) and not part.startswith(".") for part in name.split("/")):
            raise BackupDamaged(path, name, "has a name that no backup of ours has")
        if name in seen:
            raise BackupDamaged(path, name, "is there twice")
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise BackupDamaged(path, name, "is a link")
        seen.add(name)
    if strange := seen - {MANIFEST, *members}:
        raise BackupDamaged(path, min(strange), "is not in its manifest")
    if missing := members.keys() - seen:
        raise BackupDamaged(path, min(missing), "is missing")


def _pour(packed: zipfile.ZipFile, path: Path, name: str, member: Member, to: IO[bytes] | None) -> None:
    """Read a member through, checking its size and hash; never more bytes than its manifest says."""
    found, size = hashlib.sha256(), 0
    try:
        with packed.open(name) as file:
            while content := file.read(_CHUNK):
                size += len(content)
                if size > member.size:
                    break
                found.update(content)
                if to is not None:
                    to.write(content)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise BackupDamaged(path, name, f"cannot be read ({error})") from error
    if size != member.size or found.hexdigest() != member.sha256:
        raise BackupDamaged(path, name, "is not what its manifest says (size or SHA-256)")
