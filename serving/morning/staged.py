"""A queue run on its way through the disk: the very JSON that will be published, a line for each body.

The first line has all else; then come the lines of the list, the accounts and the decisions, each as one line of JSON,
so that a large run is neither written nor read back as one piece.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from ledger.database import JsonText
from serving.published.bodies import Bodies, Json, MadeWhenRead
from serving.published.queue_run import QueueRun
from serving.trials.decision import Decision


def staged_lines(run: QueueRun) -> Iterator[bytes]:
    """The run as lines without their ends; read back it is equal to the last bit."""
    ids = {"lines": run.lines.customer_ids, "accounts": run.accounts.customer_ids}
    yield _line({**vars(run), **ids, "as_of": run.as_of.isoformat(), "decisions": len(run.decisions)})
    for bodies in (run.lines, run.accounts):
        for text in bodies.texts:
            yield text.encode()
    yield from (_line(decision.to_json()) for decision in run.decisions)


def staged_run(lines: Sequence[bytes]) -> QueueRun:
    """The run that `staged_lines` told; what it is made of is read when it is asked for."""
    told: Json = json.loads(lines[0])
    listed, everybody = tuple(told["lines"]), tuple(told["accounts"])
    accounts = 1 + len(listed)
    decisions = accounts + len(everybody)
    run = QueueRun(**{**told, "as_of": date.fromisoformat(told["as_of"])})
    return replace(
        run,
        lines=Bodies(listed, _texts(lines, 1, len(listed))),
        accounts=Bodies(everybody, _texts(lines, accounts, len(everybody))),
        decisions=MadeWhenRead(told["decisions"], lambda at: Decision.from_json(json.loads(lines[decisions + at]))),
    )


def _texts(lines: Sequence[bytes], first: int, count: int) -> Sequence[JsonText]:
    return MadeWhenRead(count, lambda at: JsonText(lines[first + at].decode()))


def _line(told: Json) -> bytes:
    return json.dumps(told, allow_nan=False).encode()
