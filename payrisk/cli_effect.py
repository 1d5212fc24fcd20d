"""The command that says what calling changed, as far as anybody can know."""

from datetime import date
from typing import Annotated

import typer

from payrisk.arguments import Json, answer, open_gate, parse_day
from payrisk.progress import live_line

measuring = typer.Typer(rich_markup_mode=None)


@measuring.command()
def effect(
    first: Annotated[
        date | None,
        typer.Option("--from", parser=parse_day, metavar="YYYY-MM-DD", help="first evening; default: the first logged"),
    ] = None,
    until: Annotated[
        date | None,
        typer.Option("--until", parser=parse_day, metavar="YYYY-MM-DD", help="last evening; default: the newest"),
    ] = None,
    as_json: Json = False,
) -> None:
    """Say what calling changed, as far as the log permits.

    Only decisions that a lot made are compared, 45 days later, by the ledger. A log that says nothing says so.
    """
    from payrisk.effect_work import effect as measured
    from payrisk.show_effect import show_effect

    gate = open_gate()
    with live_line() as say:
        body = measured(gate, first, until, say)
    answer(body, as_json, lambda: show_effect(body))
