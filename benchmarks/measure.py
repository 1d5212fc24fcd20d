"""What all benchmarks share: time a call, find the process's peak memory, print one table or one JSON object.

Ratios are named `ratio_vs_<peer>`; above 1 means that we are faster. Both sides run in the same process, one after the
other, and the better of several runs counts: other work on the machine can only make a run slower.
"""

import argparse
import gc
import json
import resource
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar, cast

T = TypeVar("T")


@dataclass(frozen=True)
class Timed(Generic[T]):
    """The result of a call, and the seconds it took: by the wall clock, and of processor time over all threads."""

    result: T
    wall_s: float
    cpu_s: float


def timed(call: Callable[[], T], repeat: int = 3) -> Timed[T]:
    """Run `call` several times; the run with the least processor time counts."""
    best: tuple[float, float] | None = None
    for _ in range(repeat):
        result = None  # of the run before: two at a time would count as memory that one run takes
        gc.collect()
        wall, cpu = time.perf_counter(), time.process_time()
        result = call()
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        best = min(best or (cpu, wall), (cpu, wall))
    assert best is not None
    return Timed(cast(T, result), wall_s=best[1], cpu_s=best[0])


def peak_mb() -> float:
    """The most memory this process has held so far, in megabytes (10^6 bytes)."""
    return megabytes(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


def megabytes(maxrss: int) -> float:
    """What the system counts in bytes or, mostly, in units of 1,024, in megabytes (10^6 bytes)."""
    return maxrss / 1e6 if sys.platform == "darwin" else maxrss * 1024 / 1e6


def arguments(description: str, scale: Sequence[str] | None = None, **sizes: int) -> argparse.Namespace:
    """The command line of a benchmark: `--json`, `--repeat`, `--small` (a tenth of each size, one run: does it work?),
    and one whole-number option per size. `scale`: the sizes that `--small` makes smaller; all of them by default."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--json", action="store_true", help="print one flat JSON object instead of the table")
    parser.add_argument("--repeat", type=int, default=3, help="runs of each side; the best counts")
    parser.add_argument("--small", action="store_true", help="a tenth of every size, one run")
    for name, default in sizes.items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=int, default=default)
    options = parser.parse_args()
    if options.small:
        options.repeat = 1
        for name in sizes if scale is None else scale:
            setattr(options, name, max(1, getattr(options, name) // 10))
    return options


def show(title: str, rows: Sequence[Sequence[object]], facts: Mapping[str, object], as_json: bool) -> None:
    """Print the rows (the first is the head) under the title, or the facts as one flat JSON object."""
    if as_json:
        print(json.dumps(dict(facts)))
        return
    cells = [[_cell(value) for value in row] for row in rows]
    widths = [max(len(row[column]) for row in cells) for column in range(len(cells[0]))]
    print(title)
    for number, row in enumerate(cells):
        padded = (
            text.ljust(width) if at == 0 else text.rjust(width)
            for at, (text, width) in enumerate(zip(row, widths, strict=True))
        )
        print("  " + "  ".join(padded).rstrip())
        if number == 0:
            print("  " + "  ".join("-" * width for width in widths))


def _cell(value: object) -> str:
    if isinstance(value, float):
        return f"{value:,.3f}" if abs(value) < 10 else f"{value:,.1f}"
    return f"{value:,}" if isinstance(value, int) else str(value)
