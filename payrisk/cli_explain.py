"""The command that explains one item or account."""

import sys
from typing import Annotated

import typer

from payrisk.arguments import AsOf, Json, answer, open_gate
from payrisk.progress import live_line

explaining = typer.Typer(rich_markup_mode=None)


@explaining.command()
def explain(
    item_or_customer: Annotated[str, typer.Argument(help="an open invoice or a customer, by its id")],
    as_of: AsOf = None,
    if_paid: Annotated[
        list[str] | None,
        typer.Option(
            "--if-paid",
            metavar="ITEM[=AMOUNT]",
            help="suppose that this invoice were paid that evening, in full or in part; may be repeated",
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Explain one score and its place on the list.

    The reasons with their points, the money, why it has its rank and what would move it; and what would change if an
    invoice were paid. Nothing is stored.
    """
    from payrisk.explaining import explain as explained
    from payrisk.show_explained import show_explained

    gate = open_gate()
    with live_line() as say:
        body = explained(gate, item_or_customer, as_of, if_paid or [], say)
    answer(body, as_json, lambda: show_explained(body))
    for notice in body["notices"]:
        print(f"Note: {notice}", file=sys.stderr)
