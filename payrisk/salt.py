"""The secret of the draws: made once, when exploration is first switched on, and kept in the home folder.

Who knows it can foretell whom chance will list; without it no past draw can be made again, so it belongs to a backup.
"""

import os
import re
import secrets
from pathlib import Path

from ledger.errors import PayriskError

FILE = "draw.salt"


class BadSalt(PayriskError):
    """A file in the place of the secret that holds none."""

    code = "bad_salt"

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(
            f"{path} is not the secret of the draws: {why}. Expected a file of 64 hexadecimal digits, as payrisk made "
            "it. Bring it back from a backup; or delete it, and a new one is made, with which no past draw can be made "
            "again."
        )


def kept_salt(home: Path) -> str | None:
    """The secret of this home; None where none was ever made, or it is lost. Raises `BadSalt`."""
    path = home / FILE
    if not path.exists():
        return None
    try:
        told = path.read_text(encoding="utf-8", errors="replace")[:200].strip()
    except OSError as error:
        raise BadSalt(path, f"it cannot be read ({error.strerror or error})") from None
    if not re.fullmatch("[0-9a-f]{64}", told):
        raise BadSalt(path, "it holds something else" if told else "it is empty")
    return told


def salt_of(home: Path) -> str:
    """The secret of this home; made where there is none yet, readable by its owner only. Raises `BadSalt`."""
    path = home / FILE
    if not path.exists():
        unfinished = home / f".{FILE}.{os.getpid()}"
        try:
            with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_hex(32))
                file.flush()
                os.fsync(file.fileno())
            os.link(unfinished, path)  # of two at once the first one's stays
        except FileExistsError:
            pass
        except OSError as error:
            raise BadSalt(path, f"it cannot be made ({error.strerror or error})") from None
        finally:
            unfinished.unlink(missing_ok=True)
    return kept_salt(home) or ""
