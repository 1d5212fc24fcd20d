"""A queue run on its way through the disk: the very JSON that will be published."""

from dataclasses import replace
from datetime import date

from ledger.database import JsonText
from serving.published.bodies import Bodies, Json
from serving.published.queue_run import QueueRun


def staged_json(run: QueueRun) -> Json:
    """The run as plain JSON values, its bodies as the texts that they are; read back it is equal to the last bit."""
    bodies = {name: {"customer_ids": one.customer_ids, "texts": list(one.texts)} for name, one in _bodies_of(run)}
    return {**vars(run), **bodies, "as_of": run.as_of.isoformat(), "decisions": list(run.decisions)}


def staged_run(told: Json) -> QueueRun:
    """The run that `staged_json` told."""
    run = QueueRun(**{**told, "as_of": date.fromisoformat(told["as_of"]), "decisions": tuple(told["decisions"])})
    return replace(run, lines=_bodies(told["lines"]), accounts=_bodies(told["accounts"]))


def _bodies_of(run: QueueRun) -> tuple[tuple[str, Bodies], ...]:
    return ("lines", run.lines), ("accounts", run.accounts)


def _bodies(told: Json) -> Bodies:
    return Bodies(tuple(told["customer_ids"]), tuple(map(JsonText, told["texts"])))
