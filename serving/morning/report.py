"""The report of a daily run: what was published, how much of it, and how long each step took."""

from collections.abc import Mapping

from serving.morning.plan import Plan
from serving.published.bodies import Json


def report_json(plan: Plan, head: Json, ingested: Json, seconds: Mapping[str, float]) -> Json:
    """The report as plain JSON values.

    Args:
        head: of the published run.
        ingested: what was read of the ledger (rows of each kind, open items).
        seconds: that each step took; steps that an earlier runner did, before it was interrupted, are not in it.
    """
    return {
        "key": plan.key,
        "as_of": plan.as_of.isoformat(),
        "run_id": head["run_id"],
        "mode": head["mode"],
        "model_version": head["model_version"],
        "ledger_version": head["ledger_version"],
        "published_at": head["published_at"],
        "counts": {
            "rows": ingested.get("rows"),
            "open_items": ingested.get("open_items"),
            **{name: value for name, value in head["summary"].items() if isinstance(value, int)},
        },
        "notices": list(head["notices"]),
        "seconds": {step: round(taken, 3) for step, taken in seconds.items()},
    }
