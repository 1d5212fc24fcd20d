"""The command that makes a past list again."""

from datetime import datetime
from typing import Annotated, Any

import typer

from ledger.words import count_text
from payrisk import evening_work
from payrisk.arguments import Json, answer, open_gate

replaying = typer.Typer(rich_markup_mode=None)


@replaying.command()
def replay(
    day: Annotated[datetime, typer.Argument(formats=["%Y-%m-%d"], help="the evening of the list (YYYY-MM-DD)")],
    as_json: Json = False,
) -> None:
    """Make a past list again and compare it.

    From the ledger, the model, the rules and the team as they were on its day. Exit code 1 when it, or one of its
    reports, is not the same.
    """
    body = evening_work.replay(open_gate(), day.date())
    answer(body, as_json, lambda: print(_sentence(body)))
    if not body["same"] or body["reports_same"] is False:
        raise typer.Exit(1)


def _sentence(body: dict[str, Any]) -> str:
    erased = (
        f" {count_text(body['erased'], 'person of it was', 'persons of it were')} erased since."
        if body["erased"]
        else ""
    )
    if body["same"]:
        reports = "" if body["reports_same"] is not False else " Its reports are not the same."
        return (
            f"The list of {body['as_of']} made again is the published one, to the last character: {body['again']}."
            f"{reports}{erased}"
        )
    told = ", ".join(body["differing"])
    features = "the same" if body["features_same"] else "not the same"
    return (
        f"The list of {body['as_of']} made again is another one: {body['again']} instead of {body['published']}. "
        f"{body['differing_count']} accounts differ ({told or 'only the order or the notices'}); "
        f"the features that were scored are {features}.{erased}"
    )
