"""Uploads as nobody should send them, over a socket: refused within seconds, and nothing of them stays."""

import select
import socket
import time

import pytest
from chromium_pages import served
from import_desk import SOUND, Ended, desk_of

from serving.web import uploads

SECONDS = 5
"""The longest that a refusal may take."""

MOST_BYTES = 2**20


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    made = desk_of(tmp_path_factory.mktemp("uploads"), launch=lambda _: Ended(), max_file_mb=1)
    made.client("ingest")  # its token is there from now on
    return made


@pytest.fixture(scope="module")
def port(desk):
    with served(desk.app, log_level="critical") as address:
        yield int(address.rpartition(":")[2])


@pytest.fixture
def send(port):
    """Sends a request as bytes, the body in parts with a pause before each, until an answer comes; its status, and
    seconds. With `breaks_when` the line is cut once that is so."""

    def sent(headers, *parts, pause=0.0, breaks_when=None, token=True):
        began = time.monotonic()
        with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
            lines = ["POST /api/v1/imports?name=a.csv HTTP/1.1", f"Host: 127.0.0.1:{port}", *headers]
            lines += ["Authorization: Bearer ingest"] * token
            try:
                line.sendall("\r\n".join([*lines, "", ""]).encode())
                for part in parts:
                    if select.select([line], [], [], pause)[0]:
                        break
                    line.sendall(part)
                if breaks_when:
                    wait_until(breaks_when)
                    return None, 0.0
                answer = line.recv(4096).decode("latin-1")
            except (BrokenPipeError, ConnectionResetError):
                return None, time.monotonic() - began
        return int(answer.split()[1]), time.monotonic() - began

    return sent


def wait_until(is_so):
    deadline = time.monotonic() + SECONDS
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def chunked(*parts):
    return [f"{len(part):x}\r\n".encode() + part + b"\r\n" for part in parts]


MULTIPART = "Content-Type: multipart/form-data; boundary=x"


def part(_, content=b"a", name="a.csv"):
    head = f'--x\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    return head.encode() + content + b"\r\n"


def refused(desk, answer, *statuses):
    status, seconds = answer
    assert status in statuses
    assert seconds < SECONDS
    wait_until(lambda: desk.left() == [])  # what broke off is noticed in a moment
    assert desk.room.imports.newest(1) == []


def test_a_body_larger_than_it_may_be_is_refused_before_it_comes_and_while_it_comes(desk, send):
    refused(desk, send([f"Content-Length: {10 * MOST_BYTES}"]), 413)
    megabyte = b"x" * MOST_BYTES
    refused(desk, send(["Transfer-Encoding: chunked"], *chunked(megabyte, megabyte)), 413, None)
    refused(desk, send([MULTIPART, "Transfer-Encoding: chunked"], *chunked(part(0, megabyte + b"x"), b"--x--")), 413)


def test_a_body_that_comes_too_slowly_is_not_waited_for(desk, send, monkeypatch):
    assert SECONDS > uploads.WINDOW_SECONDS
    monkeypatch.setattr(uploads, "WINDOW_SECONDS", 1.0)

    refused(desk, send(["Content-Length: 1000"], b"a"), 408)
    refused(desk, send(["Content-Length: 1000"], *[b"a"] * 80, pause=0.1), 408)


def test_a_body_that_breaks_off_leaves_nothing(desk, send):
    refused(desk, send(["Content-Length: 1000"], b"a" * 999, breaks_when=desk.left), None)
    body = part(0, SOUND.encode())
    refused(desk, send([MULTIPART, f"Content-Length: {len(body) + 50}"], body, breaks_when=desk.left), None)


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ([], b"", 422),
        ([MULTIPART], b"no parts at all", 400),
        (["Content-Type: multipart/form-data"], b"--x--", 400),
        ([MULTIPART], part(0) + b"--", 400),
        ([MULTIPART], b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\n" + b"v" * 9000 + b"\r\n--x--", 400),
        ([MULTIPART], b"--x\r\nX: " + b"h" * 20_000 + b"\r\n\r\n\r\n--x--", 400),
        ([MULTIPART], b"".join(part(n) for n in range(100)) + b"--x--", 422),
    ],
    ids=["nothing", "no parts", "no boundary", "no end", "a long field", "a long head", "100 parts"],
)
def test_a_body_that_is_not_what_it_says_is_refused(desk, send, headers, body, status):
    refused(desk, send([*headers, f"Content-Length: {len(body)}"], body), status)


def test_whoever_may_not_bring_files_is_refused_before_any_of_them_is_read(desk, send):
    refused(desk, send(["Content-Length: 1000000"], token=False), 401)


def test_a_head_of_twenty_megabytes_is_refused(desk, send):
    refused(desk, send([f"X: {'h' * 20 * 2**20}"]), 400, 431, None)


def test_a_sound_upload_is_kept_for_its_owner_alone(desk):
    answer = desk.bring(SOUND, "../../etc/open.csv", client=desk.client("ingest"))

    import_id = answer.json()["id"]
    [path] = desk.room.spool.files(import_id)
    assert (answer.status_code, path.name, path.read_text("utf-8")) == (202, "open.csv", SOUND)
    assert desk.room.spool.folder.stat().st_mode & 0o777 == 0o700
    assert path.resolve().is_relative_to(desk.room.spool.folder)
