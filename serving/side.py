"""The side process: work that needs heavy libraries, asked of a process of its own by the process that serves pages.

It is started when it is first needed, stays warm, and ends when it was idle for long or when we end. One question is
answered at a time; a few wait, and beyond those, or beyond its time, a question is answered "try again" (`Busy`).
Questions and answers are one line of JSON each.
"""

import json
import os
import select
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import IO, Any, Protocol

from ledger.errors import PayriskError

Json = dict[str, Any]

MOST_WAITING = 4
RETRY_SECONDS = 5


class Busy(PayriskError):
    """The work has no place now, or took longer than it may."""

    code = "busy"
    remedy = "Ask again after the seconds that Retry-After says."

    def __init__(self, why: str, seconds: int = RETRY_SECONDS) -> None:
        self.seconds = seconds
        super().__init__(f"That cannot be worked out right now: {why}. Nothing was changed.")


class Refused(PayriskError):
    """What the side process refused: the error it met, in its own words and with its own code."""

    def __init__(self, told: Json) -> None:
        self.code, self.field, self.remedy = told["code"], told.get("field"), told.get("remedy")
        super().__init__(told["detail"])


class Asks(Protocol):
    """Whoever answers questions: a side process, or in tests whoever works in this one."""

    def ask(self, what: str, body: Json, *, seconds: float) -> Json:
        """The answer. Raises `Refused` for an error of ours, and `Busy`."""

    def get_ready(self) -> None:
        """Be ready for a question that is likely to come soon."""


class Side:
    """A side process.

    Args:
        command: starts it.
        most_waiting: questions that may wait for their turn.
    """

    def __init__(self, command: Sequence[str], most_waiting: int = MOST_WAITING) -> None:
        self._command = list(command)
        self._process: subprocess.Popen[bytes] | None = None
        self._alone = threading.Lock()
        self._places = threading.BoundedSemaphore(1 + most_waiting)

    def ask(self, what: str, body: Json, *, seconds: float) -> Json:
        """The answer to a question within so many seconds, waiting included.

        A process that ended in between is started again once; what it had done of the question by then has to be such
        that it may be asked twice. Raises `Refused`, `Busy`.
        """
        until = time.monotonic() + seconds
        question = json.dumps({"what": what, **body}).encode() + b"\n"
        with self._turn(until):
            answer = self._asked(question, until) or self._asked(question, until)
        if answer is None:
            raise Busy("the process that works it out ended before it answered")
        if "error" in answer:
            raise Refused(answer["error"])
        return answer

    def get_ready(self) -> None:
        """Start the process now, if it is not at work, so that the first question need not wait for it."""
        if self._alone.acquire(blocking=False):
            try:
                self._running()
            finally:
                self._alone.release()

    def close(self) -> None:
        """End the process, if there is one."""
        ended, self._process = self._process, None
        if ended is not None:
            for pipe in (ended.stdin, ended.stdout):
                if pipe is not None:
                    pipe.close()
            ended.kill()
            ended.wait()

    @contextmanager
    def _turn(self, until: float) -> Iterator[None]:
        if not self._places.acquire(blocking=False):
            raise Busy("others are waiting for their turn already")
        try:
            if not self._alone.acquire(timeout=max(0.0, until - time.monotonic())):
                raise Busy("another question is still worked on")
            try:
                yield
            finally:
                self._alone.release()
        finally:
            self._places.release()

    def _asked(self, question: bytes, until: float) -> Json | None:
        """The answer; None where the process ended without one."""
        process = self._running()
        assert process.stdin is not None, "it is a pipe"
        assert process.stdout is not None, "it is a pipe"
        try:
            process.stdin.write(question)
            process.stdin.flush()
            line = _line(process.stdout, until)
        except OSError:
            line = b""
        except BaseException:
            self.close()  # or the next question would read this one's answer
            raise
        if not line.endswith(b"\n"):
            self.close()
            return None
        answer: Json = json.loads(line)
        return answer

    def _running(self) -> "subprocess.Popen[bytes]":
        if self._process is None or self._process.poll() is not None:
            self.close()
            self._process = subprocess.Popen(
                self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True, bufsize=0
            )
        return self._process


def _line(pipe: IO[bytes], until: float) -> bytes:
    """A line, or what came of one before the end. Raises `Busy` where it does not come in time."""
    found = b""
    while not found.endswith(b"\n"):
        ready, _, _ = select.select([pipe], [], [], max(0.0, until - time.monotonic()))
        if not ready:
            raise Busy("it took longer than it may")
        part = os.read(pipe.fileno(), 1 << 16)
        if not part:
            return found
        found += part
    return found


def once(command: Sequence[str], seconds: float) -> Json:
    """Start a process that goes on by itself, and return the first line it says, JSON.

    Raises `Refused` for an error that it says, and `Busy` where it says nothing in time; then it is ended.
    """
    process = subprocess.Popen(
        list(command), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, start_new_session=True, bufsize=0
    )
    assert process.stdout is not None, "it is a pipe"
    try:
        line = _line(process.stdout, time.monotonic() + seconds)
    except Busy:
        process.kill()
        raise
    finally:
        process.stdout.close()
        threading.Thread(target=process.wait, daemon=True).start()  # so that nothing is left of it when it ends
    if not line.endswith(b"\n"):
        raise Busy("the process that works it out ended before it answered")
    answer: Json = json.loads(line)
    if "error" in answer:
        raise Refused(answer["error"])
    return answer
