"""The files of a saved bundle: their names, their hashes, and reading them back verified. Light: no curve is restored.

On disk a bundle is a folder of text: LightGBM's own tree text and canonical JSON, with `manifest.json` naming every
file and its SHA-256. Nothing in it is code, and a folder that differs by one byte is refused.
"""

import hashlib
import json
import os
from pathlib import Path
from typing import Any, Literal

from models.errors import BundleRefused

FORMAT = 2
"""Of the folder's layout; a bundle of another number is refused."""

MANIFEST = "manifest.json"
FACTS, TREES, LINEAR, ENCODING, HABIT = "bundle.json", "trees.txt", "linear.json", "encoding.json", "habit.json"
STACKED = "stacked.txt"
"""The trees of the stacked classifier beside a hazard."""

REFERENCE = "reference.json"
PAPERS = frozenset({"card.html", "card.json", "backtest.html", "backtest.json"})
"""What people read of a version; kept and hashed with it. The desk shows them; no score rests on them."""

NEEDED = {"model": frozenset({FACTS, ENCODING}), "habit": frozenset({FACTS, HABIT})}
ALLOWED = {
    "model": NEEDED["model"] | {TREES, LINEAR, STACKED, REFERENCE} | PAPERS,
    "habit": NEEDED["habit"] | {REFERENCE} | PAPERS,
}
"""The files of each kind of bundle, besides the manifest: those it must have, and those it may have."""

Kind = Literal["model", "habit"]


def canonical(value: Any) -> bytes:
    """JSON with one possible spelling: keys sorted, no spaces, no NaN."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def sha256(content: bytes) -> str:
    """The SHA-256 of some bytes, as hex."""
    return hashlib.sha256(content).hexdigest()


def write_durably(path: Path, content: bytes) -> None:
    """Write a new file and wait until the disk has it."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def read_verified(folder: Path) -> tuple[bytes, dict[str, bytes]]:
    """The manifest and the files it names, each with the hash it states; raises `BundleRefused`."""
    manifest, hashes = _manifest_of(folder)
    present = {path.name for path in folder.iterdir()}
    if present != {MANIFEST, *hashes}:
        odd = sorted(present ^ {MANIFEST, *hashes})
        raise BundleRefused(folder.name, f"files are missing or were added: {', '.join(odd)}")
    return manifest, {name: _verified(folder, name, expected) for name, expected in hashes.items()}


def read_one(folder: Path, name: str) -> bytes | None:
    """One file of a bundle, with the hash that its manifest states; None where the bundle has none of that name.

    The other files are not looked at. Raises `BundleRefused`.
    """
    manifest, hashes = _manifest_of(folder)
    if not folder.name.endswith(sha256(manifest)[:8]):
        raise BundleRefused(folder.name, "its content is not the one its name was made from")
    return _verified(folder, name, hashes[name]) if name in hashes else None


def _manifest_of(folder: Path) -> tuple[bytes, dict[str, str]]:
    """The manifest, and the hash of each file it names."""
    if not folder.is_dir():
        raise BundleRefused(folder.name, "there is no such folder")
    try:
        manifest = (folder / MANIFEST).read_bytes()
        stated = json.loads(manifest)
        hashes: dict[str, str] = stated["files"]
        version = stated["format"]
        respelled = canonical(stated)
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise BundleRefused(folder.name, f"{MANIFEST} cannot be read ({type(error).__name__})") from None
    if version != FORMAT:
        raise BundleRefused(folder.name, f"it has format {version!r}, this program reads format {FORMAT}")
    if manifest != respelled or stated.keys() != {"files", "format"}:
        raise BundleRefused(folder.name, f"{MANIFEST} was altered")
    # Only names from our own list are ever opened, so no path in a manifest leads anywhere else.
    if not isinstance(hashes, dict) or not hashes.keys() <= ALLOWED["model"] | ALLOWED["habit"]:
        raise BundleRefused(folder.name, f"{MANIFEST} names files that no bundle has")
    return manifest, hashes


def _verified(folder: Path, name: str, expected: str) -> bytes:
    path = folder / name
    if path.is_symlink() or not path.is_file():
        raise BundleRefused(folder.name, f"{name} is not a plain file")
    content = path.read_bytes()
    if sha256(content) != expected:
        raise BundleRefused(folder.name, f"{name} is not what was saved")
    return content


def is_whole(folder: Path, manifest: bytes) -> bool:
    """Whether a folder holds just what this manifest names."""
    try:
        return read_verified(folder)[0] == manifest
    except BundleRefused:
        return False
