"""The secret of the draws: made once, when exploration is first switched on, and kept in the home folder.

Who knows it can foretell whom chance will list; without it no past draw can be made again, so it belongs to a backup.
"""

import os
import secrets
from pathlib import Path

FILE = "draw.salt"


def salt_of(home: Path) -> str:
    """The secret of this home; made where there is none yet, readable by its owner only."""
    path = home / FILE
    if not path.is_file():
        unfinished = home / f".{FILE}.{os.getpid()}"
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(32))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(unfinished, path)  # of two at once the first one's stays
        except FileExistsError:
            pass
        finally:
            unfinished.unlink()
    return path.read_text(encoding="ascii")
