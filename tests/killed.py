"""A process that is killed (SIGKILL) at the n-th of the moments that it watches; each is a fork of this one."""

import os
import signal
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa


class Fatal:
    """Kills its process at the n-th of the moments that it watches, or never; `passed` counts them."""

    def __init__(self, at: int | None) -> None:
        self.at, self.passed = at, 0

    def watch(self, owner: Any, name: str) -> None:
        """Each call of `owner.name` is a moment, just before it."""
        done = getattr(owner, name)

        def watched(*args: Any, **kwargs: Any) -> Any:
            self.pass_one()
            return done(*args, **kwargs)

        setattr(owner, name, watched)

    def watch_statements(self) -> None:
        """So is each statement, before it and after it, and each commit."""
        for name in ("before_cursor_execute", "after_cursor_execute", "commit", "rollback"):
            sa.event.listen(sa.Engine, name, self.pass_one)

    def pass_one(self, *_: Any) -> None:
        """One more moment has come."""
        if self.passed == self.at:
            os.kill(os.getpid(), signal.SIGKILL)
        self.passed += 1


def child(work: Callable[[], int]) -> int:
    """The process id of a copy of this process that does the work and leaves with its answer; 255 where it raised."""
    process = os.fork()
    if process == 0:
        code = 255
        try:
            code = work()
        except BaseException:
            import traceback

            traceback.print_exc()
        finally:
            os._exit(code)
    return process


def end_of(process: int) -> int:
    """Exit code, negative for the signal that killed it."""
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
