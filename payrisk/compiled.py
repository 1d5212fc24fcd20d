"""Where the compiled loops of `features.kernels` are kept, so that only the first start of an installation compiles."""

import os
from collections.abc import MutableMapping
from pathlib import Path

FOLDER = "compiled"


def keep_compiled(home: Path, package: Path, environment: MutableMapping[str, str] = os.environ) -> None:
    """Point numba into the home folder where it cannot write beside the code; call it before numba is imported.

    numba's index is a pickle, so the folder is its owner's alone. A place named by hand (`NUMBA_CACHE_DIR`) stays.

    Args:
        home: the folder that holds all data.
        package: the folder of the compiled code.
    """
    if "NUMBA_CACHE_DIR" in environment or os.access(package, os.W_OK):
        return
    folder = home / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    environment["NUMBA_CACHE_DIR"] = str(folder)
