"""Uploads: bodies with files in them, written to the spool as they come.

Nobody may send for ever: a body that comes too slowly, is too large, breaks off or is not what it says is refused
within seconds, and nothing of it stays.
"""

import asyncio
import hashlib
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, NamedTuple, Protocol, TypeVar

from fastapi import Request
from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from serving.imports.errors import NoFiles, NoRoomForFiles, TooManyFiles, UploadBroken, UploadTooLarge, UploadTooSlow
from serving.published.bodies import Json

ANY_SIZE = 2**62
"""The limit of such a route as the framework takes it: ours is that of the settings, and tells it in our words."""

MOST_FILES, MOST_FIELDS, MOST_FIELD_BYTES = 40, 100, 8_192
SLACK_BYTES = 2**20
"""What fields and boundaries may add to the files of an upload."""

WINDOW_SECONDS, LEAST_BYTES = 4.0, 8_192
"""In so many seconds at least so many bytes come, or no more are waited for: 16 kbit/s."""

_WRITE_BYTES = 2**20

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

NewFile = Callable[[int, str], Path]
"""Number and name of a file → where it goes."""


class _Event(NamedTuple):
    """What came: a `field` with its value, the beginning of a `file`, `data` of it, or its `end`."""

    what: str
    name: str = ""
    data: bytes = b""


class Upload:
    """The multipart body of a request. What stands before its files may be asked for first: `field`.

    Args:
        most_bytes: of all files together.
    """

    def __init__(self, request: Request, most_bytes: int) -> None:
        self.fields: dict[str, str] = {}
        self._chunks = paced(request, most_bytes + SLACK_BYTES)
        self._events: deque[_Event] = deque()
        self._most = most_bytes
        kind, options = parse_options_header(request.headers.get("content-type", ""))
        boundary = options.get(b"boundary", b"")
        if kind != b"multipart/form-data" or not 1 <= len(boundary) <= 200:
            raise UploadBroken("expected multipart/form-data")
        self._part = _Part()
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin_part,
                "on_header_field": lambda data, start, end: self._header(0, data[start:end]),
                "on_header_value": lambda data, start, end: self._header(1, data[start:end]),
                "on_header_end": lambda: self._part.end_header(),
                "on_headers_finished": self._headers_finished,
                "on_part_data": lambda data, start, end: self._data(data[start:end]),
                "on_part_end": self._end_part,
                "on_end": self._end,
            },
        )
        self._complete = False

    async def field(self, name: str) -> str:
        """The value of a field, where it stands before the files; '' where it does not."""
        while name not in self.fields and not self._events and await self._more():
            pass
        return self.fields.get(name, "")

    async def receive(self, new_file: NewFile) -> list[Json]:
        """Write the files; name, bytes and sha256 of each. The fields are there afterwards.

        Raises `NoFiles`, `TooManyFiles`, `UploadTooLarge`, `UploadTooSlow`, `UploadBroken`, `NoRoomForFiles`.
        """
        return await self._files(lambda number, name: FileWriter(new_file(number, name), self._most))

    async def contents(self) -> list[tuple[str, bytes]]:
        """Name and content of the files, of which nothing touches the disk. Raises what `receive` raises."""
        return await self._files(lambda _, name: _InMemory(name, self._most))

    async def _files(self, writer_of: "Callable[[int, str], _Writer[T]]") -> list[T]:
        files: list[T] = []
        writer: _Writer[T] | None = None
        try:
            while self._events or await self._more():
                while self._events:
                    event = self._events.popleft()
                    if event.what == "file":
                        if len(files) == MOST_FILES:
                            raise TooManyFiles(MOST_FILES)
                        writer = writer_of(len(files), event.name)
                    elif writer is not None and event.what == "data":
                        await writer.write(event.data)
                    elif writer is not None:
                        files.append(await writer.close())
                        writer = None
        finally:
            if writer is not None:
                writer.file.close()
        if not self._complete:
            raise UploadBroken("it ended in the middle")
        if not files:
            raise NoFiles
        return files

    async def _more(self) -> bool:
        """Take in what comes next; whether anything came."""
        chunk = await anext(self._chunks, None)
        if chunk is None:
            return False
        try:
            self._parser.write(chunk)
        except MultipartParseError:
            raise UploadBroken("its parts are not marked off as it says") from None
        return True

    def _end(self) -> None:
        self._complete = True

    def _begin_part(self) -> None:
        self._part = _Part()

    def _header(self, at: int, data: bytes) -> None:
        self._part.take(at, data)

    def _headers_finished(self) -> None:
        self._part.finish()
        if self._part.is_file and self._part.file_name:
            self._events.append(_Event("file", self._part.file_name))

    def _data(self, data: bytes) -> None:
        if self._part.is_file:
            if self._part.file_name:
                self._events.append(_Event("data", data=data))
            return
        self._part.value += data
        if len(self._part.value) > MOST_FIELD_BYTES or len(self.fields) >= MOST_FIELDS:
            raise UploadBroken("a field of the form is too long")

    def _end_part(self) -> None:
        if not self._part.is_file:
            self.fields[self._part.name] = self._part.value.decode("utf-8", "replace")
        elif self._part.file_name:  # a browser sends a nameless empty part where no file was chosen
            self._events.append(_Event("end"))


class _Part:
    """One part of a body, as far as it came."""

    def __init__(self) -> None:
        self.name, self.file_name, self.is_file, self.value = "", "", False, b""
        self._headers: dict[bytes, bytes] = {}
        self._header = [b"", b""]

    def take(self, at: int, data: bytes) -> None:
        self._header[at] += data  # the parser ends heads that are too long

    def end_header(self) -> None:
        self._headers[self._header[0].lower()] = self._header[1]
        self._header = [b"", b""]

    def finish(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        self.name = options.get(b"name", b"").decode("utf-8", "replace")
        self.is_file = b"filename" in options
        self.file_name = options.get(b"filename", b"").decode("utf-8", "replace")


class _Writer(Protocol[T_co]):
    """What takes in one file of an upload, and tells of it once it is whole."""

    file: BinaryIO

    async def write(self, data: bytes) -> None: ...

    async def close(self) -> T_co: ...


class _InMemory:
    """One file of an upload, kept in memory. Raises `UploadTooLarge`."""

    def __init__(self, name: str, most_bytes: int) -> None:
        self.name, self.most, self._content = name, most_bytes, BytesIO()
        self.file: BinaryIO = self._content

    async def write(self, data: bytes) -> None:
        """Take in what came."""
        self._content.write(data)
        if self._content.tell() > self.most:
            raise UploadTooLarge(self.most)

    async def close(self) -> tuple[str, bytes]:
        """Name and content."""
        return self.name, self._content.getvalue()


class FileWriter:
    """One file of an upload, written in large pieces beside the event loop.

    Raises `NoRoomForFiles`, `UploadTooLarge`.
    """

    def __init__(self, path: Path, most_bytes: int) -> None:
        self.path, self.most = path, most_bytes
        self.bytes, self._waiting, self._digest = 0, bytearray(), hashlib.sha256()
        try:
            self.file: BinaryIO = path.open("xb")
        except OSError as error:
            raise NoRoomForFiles(error.strerror or str(error)) from error

    async def write(self, data: bytes) -> None:
        """Take in what came."""
        self.bytes += len(data)
        if self.bytes > self.most:
            raise UploadTooLarge(self.most)
        self._waiting += data
        if len(self._waiting) >= _WRITE_BYTES:
            await run_in_threadpool(self._flush)

    async def close(self) -> Json:
        """The file as it is told of."""
        await run_in_threadpool(self._flush)
        self.file.close()
        return {"name": self.path.name, "bytes": self.bytes, "sha256": self._digest.hexdigest()}

    def _flush(self) -> None:
        try:
            self.file.write(self._waiting)
            self.file.flush()
        except OSError as error:
            raise NoRoomForFiles(error.strerror or str(error)) from error
        self._digest.update(self._waiting)
        self._waiting = bytearray()


async def receive_whole(request: Request, most_bytes: int, path: Path) -> Json:
    """The body of a request as one file; name, bytes and sha256. Raises what `Upload.receive` raises."""
    writer = FileWriter(path, most_bytes)
    try:
        async for chunk in paced(request, most_bytes):
            await writer.write(chunk)
        told = await writer.close()
    finally:
        writer.file.close()
    if not told["bytes"]:
        raise NoFiles
    return told


async def paced(request: Request, most_bytes: int) -> AsyncIterator[bytes]:
    """The parts of a body as they come. Raises `UploadTooLarge`, at once where its length is told, `UploadTooSlow`,
    `UploadBroken`."""
    length = request.headers.get("content-length", "")
    if length.isdigit() and int(length) > most_bytes:
        raise UploadTooLarge(most_bytes)
    stream, since, came, total = request.stream(), time.monotonic(), 0, 0
    while True:
        try:
            chunk = await asyncio.wait_for(anext(stream), WINDOW_SECONDS)
        except StopAsyncIteration:
            return
        except TimeoutError:
            raise UploadTooSlow from None
        except ClientDisconnect:
            raise UploadBroken("the connection ended") from None
        came, total = came + len(chunk), total + len(chunk)
        if total > most_bytes:
            raise UploadTooLarge(most_bytes)
        now = time.monotonic()
        if now - since >= WINDOW_SECONDS:
            if came < LEAST_BYTES:
                raise UploadTooSlow
            since, came = now, 0
        yield chunk
