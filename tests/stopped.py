"""A process that ends like one that is killed, at the n-th of its steps: no `finally`, no handler, no flush.

Each is a fork of this process, so that what it needs is imported once.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

KILLED = 9


class Steps:
    """Counts the calls of the functions it was given, and ends the process before the n-th, or never for n = 0."""

    def __init__(self, stop_before: int) -> None:
        self.stop_before, self.made = stop_before, 0

    def watch(self, owner: Any, name: str) -> None:
        """Count the calls of `owner.name` from now on."""
        done = getattr(owner, name)

        def counted(*args: Any, **kwargs: Any) -> Any:
            self._step()
            return done(*args, **kwargs)

        setattr(owner, name, counted)

    def watch_writing(self) -> None:
        """Count what is written to the files that `Path.open` opens: before it, a file opened anew is empty."""
        opened = Path.open

        def watched(path: Path, *args: Any, **kwargs: Any) -> Any:
            file = opened(path, *args, **kwargs)
            written = file.write
            file.write = lambda content: (self._step(), written(content))[1]
            return file

        setattr(Path, "open", watched)  # noqa: B010 - a method is exchanged on purpose

    def _step(self) -> None:
        self.made += 1
        if self.made == self.stop_before:
            os._exit(KILLED)


def apart(work: Callable[[], int]) -> int:
    """The exit code of work done in a process of its own; what it raises is printed and is 1."""
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            code = work()
        except BaseException:
            import traceback

            traceback.print_exc()
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
