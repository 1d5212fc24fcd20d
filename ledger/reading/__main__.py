"""Start of the process that reads files for another; its one argument is the number of the channel (`apart.py`)."""

import socket
import sys
from typing import Any

from ledger.reading.network import leave_network


class _WithoutPandas:
    """Arrow would load pandas at its first use, in every child for 0.3 s; no reader needs it."""

    @staticmethod
    def find_spec(name: str, path: Any, target: Any = None) -> None:
        if name == "pandas":
            raise ModuleNotFoundError(name)


if __name__ == "__main__":
    network = leave_network()
    sys.meta_path.insert(0, _WithoutPandas)
    from ledger.reading.zygote import serve

    serve(socket.socket(fileno=int(sys.argv[1])), network)
