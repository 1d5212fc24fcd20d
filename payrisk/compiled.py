"""Where the compiled loops of `features.kernels` and `models.kernels` are kept, so that only the first start of an
installation compiles."""

import hashlib
import os
from collections.abc import MutableMapping, Sequence
from pathlib import Path

from payrisk.errors import NoPlaceForCompiled

FOLDER = "compiled"


def keep_compiled(home: Path, packages: Sequence[Path], environment: MutableMapping[str, str] = os.environ) -> None:
    """Point numba into the home folder where it cannot write beside the code; call it before numba is imported.

    numba's index is a pickle, so the folder is its owner's alone. A place named by hand (`NUMBA_CACHE_DIR`) stays.

    Args:
        home: the folder that holds all data.
        packages: the folders of the compiled code.

    Raises:
        NoPlaceForCompiled: where the folder cannot be made, or is somebody else's.
    """
    if "NUMBA_CACHE_DIR" in environment or all(os.access(package, os.W_OK) for package in packages):
        return
    kept = home / FOLDER
    folder = kept / _fingerprint(packages)
    try:
        for one in (kept, folder):
            one.mkdir(mode=0o700, exist_ok=True)
            one.chmod(0o700)
    except OSError as error:
        raise NoPlaceForCompiled(kept, error.strerror or str(error)) from None
    environment["NUMBA_CACHE_DIR"] = str(folder)


def _fingerprint(packages: Sequence[Path]) -> str:
    """Changes with any source of the packages.

    numba looks at the date and size of a loop's own file. An upgrade may change what is compiled into it from another,
    and installers may date all files alike.
    """
    sources = hashlib.sha256()
    for path in sorted(path for package in packages for path in package.glob("*.py")):
        sources.update(hashlib.sha256(path.read_bytes()).digest())
    return sources.hexdigest()[:16]
