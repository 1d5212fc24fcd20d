"""Serving the desk: one process, loopback by default, a clear sentence when the port is taken."""

import socket
import sys
from ipaddress import ip_address
from typing import TYPE_CHECKING

from ledger.errors import PayriskError
from payrisk import desk_app
from payrisk.program import this_program

if TYPE_CHECKING:
    from payrisk.gate import Gate


MOST_AT_ONCE = 500
"""Connections beyond so many are told to come back (503): slow ones cannot take the process's memory. The desk itself
says so earlier, of the requests at work, and for how long (`serving.web.guard`)."""


class PortInUse(PayriskError):
    """Somebody else listens there."""

    code = "port_in_use"

    def __init__(self, host: str, port: int) -> None:
        super().__init__(
            f"Port {port} on {host} is in use by another program. "
            f"Take another: {this_program()} serve --port {port + 1 if port < 65535 else port - 1}"
        )


class NoSuchAddress(PayriskError):
    """An address this machine does not have, or may not listen on."""

    code = "bad_address"

    def __init__(self, host: str, port: int, why: str) -> None:
        super().__init__(
            f"Cannot listen on {host} port {port}: {why}. "
            "Expected an address of this machine, as in --host 127.0.0.1 --port 8321."
        )


def listen(host: str, port: int) -> socket.socket:
    """A bound socket. Raises `PortInUse` or `NoSuchAddress`; port 0 takes a free one."""
    try:
        family, kind, proto, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        bound = socket.socket(family, kind, proto)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    except OSError as error:
        raise NoSuchAddress(host, port, error.strerror or str(error)) from None
    try:
        bound.bind(address)
        bound.listen(128)
    except OSError as error:
        bound.close()
        if error.errno in (98, 48, 10048):  # EADDRINUSE on Linux, macOS, Windows
            raise PortInUse(host, port) from None
        raise NoSuchAddress(host, port, error.strerror or str(error)) from None
    return bound


def serve_desk(gate: "Gate", host: str, port: int) -> None:
    """Serve until interrupted; the address is printed first, and a warning where others can reach it."""
    import uvicorn

    from payrisk.logs import log_config
    from payrisk.people_work import first_links, link_address
    from serving.garbage import leave_what_stays
    from serving.web.guard import name_in_header

    host = host.strip("[]")
    bound = listen(host, port)
    listens_on, number = bound.getsockname()[:2]
    place = f"{name_in_header(host)}:{number}"
    print(f"\nQueue: http://{place}/queue\nAPI:   http://{place}/docs")
    # 0.0.0.0 is every address of this machine; a browser on it takes loopback, where a link may be opened without TLS.
    here = f"127.0.0.1:{number}" if ip_address(listens_on).is_unspecified else place
    for person, key in first_links(gate):
        print(f"Sign in once as {person.name} ({', '.join(sorted(person.roles))}): {link_address(gate, key, here)}")
    print("Stop with Ctrl+C.", flush=True)
    if not ip_address(listens_on).is_loopback:
        print(
            f"Nobody signs in at http://{place} from another machine, where passwords could be read on their way: put "
            "a proxy that speaks https in front of it, and name it in PAYRISK_TRUSTED_HOSTS.",
            file=sys.stderr,
            flush=True,
        )
    config = uvicorn.Config(
        desk_app.web_app(gate, host), log_level="warning", log_config=log_config(), access_log=False,
        server_header=False, limit_concurrency=MOST_AT_ONCE,
    )  # fmt: skip
    server = uvicorn.Server(config)
    leave_what_stays()
    with bound:
        server.run(sockets=[bound])
