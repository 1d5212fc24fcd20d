"""What may be said of calling, for people: the findings first, all in one size, then what belongs to them."""

from typing import Any

from rich.markup import escape

from payrisk.show import console

Json = dict[str, Any]


def show_effect(body: Json) -> None:
    """The findings, then sizes, arms and exclusions, then the checks of the log and the way out."""
    out = console()
    for finding in body["said"]["findings"]:
        out.print(f"[bold]{escape(finding)}[/bold]")
    for line in (*body["said"]["beside"], *body["way_out"]):
        out.print(escape(line))
    if body["conduct"]:
        unlike = [one for one in body["conduct"] if not one["alike"]]
        kinds = sorted({one["of"].lower() for one in body["conduct"]})
        out.print(
            f"Treated at equal priority as others are (0.8 to 1.25 times), by {', '.join(kinds)}: "
            f"{len(body['conduct']) - len(unlike)} of {len(body['conduct'])}."
        )
        for one in unlike:
            out.print(f"  LOOK    {escape(one['text'])}")
    if body["checks"]:
        out.print("Checks of the log:")
    for check in body["checks"]:
        out.print(f"  {'passed' if check['passed'] else 'FAILED'}  {escape(check['text'])}")
