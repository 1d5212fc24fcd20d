"""Files of saved mappings: which there are, what they say as plain data, and how a new one is written.

Nothing here understands a mapping (`ledger.mapping` does), so that a list of them costs no more than their files.
"""

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ledger.refusals import BadMapping

SHIPPED = Path(__file__).parent / "mappings"

MAPPING_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
"""What a mapping may be called: it is the name of its file too."""


def saved_mappings(folder: Path | None) -> dict[str, Path]:
    """Every mapping by its name: the shipped ones, and one's own, which go before."""
    folders = [SHIPPED, *([folder] if folder is not None and folder.is_dir() else [])]
    found = (path for where in folders for path in sorted(where.glob("*.toml")))
    return {path.stem: path for path in found if MAPPING_NAME.fullmatch(path.stem)}


def mapping_content(name: str, path: Path) -> dict[str, Any]:
    """The tables of a mapping's file. Raises `BadMapping` where it is no TOML, or cannot be read."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise BadMapping(name, f"the file is not TOML: {error}.") from None
    except OSError as error:
        raise BadMapping(name, f"the file cannot be read ({error.strerror}).") from None


def save_mapping(name: str, content: Mapping[str, Any], folder: Path) -> Path:
    """Write a mapping under a name, whole or not at all; returns its path. One of the same name is replaced."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.toml"
    unfinished = folder / f".{name}.{os.getpid()}.unfinished"
    with unfinished.open("w", encoding="utf-8") as file:
        file.write(mapping_toml(content))
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
    return path


def mapping_toml(content: Mapping[str, Any]) -> str:
    """The content as TOML: texts, flags, whole numbers, lists of these, and tables.

    >>> print(mapping_toml({"decimal": ",", "columns": {"amount": "Betrag"}}), end="")
    decimal = ","
    <BLANKLINE>
    [columns]
    amount = "Betrag"
    """
    plain = [f"{_key(name)} = {_value(value)}\n" for name, value in content.items() if not isinstance(value, Mapping)]
    tables = [
        f"\n[{_key(name)}]\n" + "".join(f"{_key(key)} = {_value(one)}\n" for key, one in value.items())
        for name, value in content.items()
        if isinstance(value, Mapping)
    ]
    return "".join(plain + tables)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(key)} = {_value(one)}" for key, one in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_value, value)) + "]"
    return _text(str(value))


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else _text(name)


def _text(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + re.sub(r"[\x00-\x1f\x7f]", lambda found: f"\\u{ord(found[0]):04x}", escaped) + '"'
