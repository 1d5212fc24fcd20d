"""The command of the daily run."""

import sys
from typing import Any

import typer

from payrisk.arguments import AsOf, Json, answer, open_gate
from payrisk.progress import live_line

morning = typer.Typer(rich_markup_mode=None)


@morning.command()
def daily(as_of: AsOf = None, as_json: Json = False) -> None:
    """Make and publish the list of the newest evening, once.

    For a timer: started again it goes on where it was interrupted, does nothing when the list stands, and leaves when
    another one is at work. When it fails, the list published before stays, and says so. At its end it keeps where the
    audit log ends (audit.anchors).
    """
    from payrisk.daily import daily_and_anchor

    gate = open_gate()
    with live_line() as say:
        body = daily_and_anchor(gate, as_of, say)
    notes = body.pop("notes")
    answer(body, as_json, lambda: print(_sentence(body)))
    for notice in (*notes, *(body["report"] or {}).get("notices", ())):
        print(f"Note: {notice}", file=sys.stderr)


def _sentence(body: dict[str, Any]) -> str:
    if body["state"] == "under_way":
        return "Another daily run is at work; nothing was done here."
    if body["state"] == "stands":
        return f"The list {body['run_id']} stands: it would be made the same. Nothing was done."
    report = body["report"]
    return (
        f"Published {report['run_id']}: {report['counts']['listed']} accounts to call on the evening of "
        f"{report['as_of']}, mode {report['mode']}, in {sum(report['seconds'].values()):.1f} seconds."
    )
