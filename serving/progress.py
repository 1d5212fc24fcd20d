"""What long work says of itself: one line at each step, to whoever listens."""

from collections.abc import Callable

Progress = Callable[[str], None]


def silent(_: str) -> None:
    """Nobody listens."""
