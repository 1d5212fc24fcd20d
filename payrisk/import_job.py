"""The process that imports what was brought over the desk: started by the web process, and not ended by its end.

`python -m payrisk.import_job` waits for its turn, imports whatever waits, and ends.
"""

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import payrisk
from serving.imports.spool import Spool

if TYPE_CHECKING:
    from payrisk.settings import Settings

_NICER = 5
"""People at the desk go before."""


def launch(settings: "Settings") -> "subprocess.Popen[bytes]":
    """Start the process, in a session of its own, for this very home and database.

    What it cannot say in an import (settings that cannot be read, a database that is away) stands in `Spool.faults`.
    Raises `OSError`.
    """
    root = str(Path(payrisk.__file__).parents[1])
    said = {"PAYRISK_HOME": str(settings.home), "PAYRISK_DATABASE_URL": settings.database_url}
    if settings.today:
        said["PAYRISK_TODAY"] = settings.today.isoformat()
    path = os.pathsep.join([root, *filter(None, [os.environ.get("PYTHONPATH")])])
    spool = Spool(settings.import_folder)
    spool.prepare()
    with spool.faults.open("wb") as faults:
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "payrisk.import_job"],
            env=os.environ | said | {"PYTHONPATH": path},
            start_new_session=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=faults,
        )  # fmt: skip


def main() -> None:
    """Read the settings of this process, and import what waits; what stops it is said where nobody's data can be."""
    from ledger.errors import PayriskError
    from payrisk.gate import Gate
    from payrisk.import_work import worker_of
    from payrisk.logs import WithoutWords

    with suppress(OSError):
        os.nice(_NICER)
    try:
        gate = Gate.open(prepare=False)
        try:
            worker_of(gate).run()
        finally:
            gate.close()
    except PayriskError as error:
        sys.exit(f"payrisk: the process that imports ended: {error}")
    except Exception:
        sys.exit(f"payrisk: the process that imports ended.\n{WithoutWords().formatException(sys.exc_info())}")


if __name__ == "__main__":
    main()
