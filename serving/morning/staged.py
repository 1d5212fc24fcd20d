"""A queue run on its way through the disk: the very JSON that will be published."""

from dataclasses import fields
from datetime import date

from serving.queue_run import Json, QueueRun


def staged_json(run: QueueRun) -> Json:
    """The run as plain JSON values; read back it is equal to the last bit."""
    return {field.name: getattr(run, field.name) for field in fields(run)} | {"as_of": run.as_of.isoformat()}


def staged_run(told: Json) -> QueueRun:
    """The run that `staged_json` told."""
    lists = {name: tuple(value) for name, value in told.items() if isinstance(value, list)}
    return QueueRun(**{**told, **lists, "as_of": date.fromisoformat(told["as_of"])})
