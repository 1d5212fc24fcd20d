"""A queue run on its way through the disk: the very JSON that will be published, a line for each body.

The first line has all else; then come the lines of the list and the accounts, each as one line of JSON, and the
decisions, some in each, so that a large run is neither written nor read back as one piece.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from serving.published.bodies import Bodies, Json, MadeWhenRead
from serving.published.queue_run import QueueRun
from serving.trials.decided import Decided

FORM = 2
"""Of such a file; a list that an older program staged in another form is made again."""


def staged_lines(run: QueueRun) -> Iterator[bytes]:
    """The run as lines without their ends; read back it is equal to the last bit."""
    ids = {"lines": run.lines.customer_ids, "accounts": run.accounts.customer_ids}
    yield _line({"form": FORM, **vars(run), **ids, "as_of": run.as_of.isoformat(), "decided": len(run.decided)})
    for bodies in (run.lines, run.accounts):
        yield from bodies.texts
    yield from (_line(part.to_json()) for part in run.decided)


def is_staged_so(lines: Sequence[bytes]) -> bool:
    """Whether these lines are of the form that is staged now."""
    return bool(json.loads(lines[0]).get("form") == FORM)


def staged_run(lines: Sequence[bytes]) -> QueueRun:
    """The run that `staged_lines` told; what it is made of is read when it is asked for."""
    told: Json = json.loads(lines[0])
    del told["form"]
    listed, everybody = tuple(told["lines"]), tuple(told["accounts"])
    accounts = 1 + len(listed)
    decided = accounts + len(everybody)
    run = QueueRun(**{**told, "as_of": date.fromisoformat(told["as_of"])})
    return replace(
        run,
        lines=Bodies(listed, _texts(lines, 1, len(listed))),
        accounts=Bodies(everybody, _texts(lines, accounts, len(everybody))),
        decided=MadeWhenRead(told["decided"], lambda at: Decided.from_json(json.loads(lines[decided + at]))),
    )


def _texts(lines: Sequence[bytes], first: int, count: int) -> Sequence[bytes]:
    return MadeWhenRead(count, lambda at: lines[first + at])


def _line(told: Json) -> bytes:
    return json.dumps(told, allow_nan=False).encode()
