"""What the server writes to its log: when something failed, where in the code and how, and nobody's data.

The message of an exception may quote what somebody sent, or a row of the database. So a fault is told by its kind and
by the lines of code that it came through, and its message is left out.
"""

import logging
import traceback
from types import TracebackType
from typing import Any

_Told = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]

LEFT_OUT = "(its message is not written down: it may quote data)"


class WithoutWords(logging.Formatter):
    """Formats a record with its fault, if any, and without the fault's message."""

    def formatException(self, ei: _Told) -> str:
        """The kinds and the lines of code of a fault and of those that it arose from, the first one first."""
        told: list[str] = []
        error = ei[1]
        while error is not None and len(told) < 20:
            frames = "".join(traceback.format_tb(error.__traceback__)).rstrip()
            name = f"{type(error).__module__}.{type(error).__qualname__}"
            told.insert(0, f"{frames}\n{name} {LEFT_OUT}".lstrip())
            error = error.__cause__ or error.__context__
        return "\n".join(told)


def log_config() -> dict[str, Any]:
    """The server's logging: warnings and faults, to standard error."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"without_words": {"()": WithoutWords, "fmt": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "without_words"}},
        "loggers": {"uvicorn": {"handlers": ["stderr"], "level": "WARNING", "propagate": False}},
    }
