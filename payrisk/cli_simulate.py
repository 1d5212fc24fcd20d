"""The command that lets every order of calling work in a simulated company."""

from typing import Annotated

import typer

from payrisk.arguments import Json, answer
from payrisk.progress import live_line

simulating = typer.Typer(rich_markup_mode=None)


@simulating.command()
def simulate(
    world: Annotated[
        str, typer.Option("--world", help="base, placebo, half_effect, …; any other word lists all")
    ] = "base",
    seeds: Annotated[int, typer.Option("--seeds", min=1, max=10, help="the first so many of the fixed seeds")] = 1,
    order: Annotated[list[str] | None, typer.Option("--order", help="only these orders; may be repeated")] = None,
    jobs: Annotated[int, typer.Option("--jobs", min=1, help="seeds worked on side by side")] = 1,
    as_json: Json = False,
) -> None:
    """Let orders of calling work in a simulated company.

    Told is how much of what perfect knowledge would gain each of them gains. A company with planted truth answers the
    calls; the engine's own features, curve and priorities rank its ledger. It is no forecast for any firm.
    """
    from payrisk.show_simulated import show_simulated
    from simulation.calls.decision_value import ORDERS, SEEDS, decision_value

    with live_line() as say:
        value = decision_value(world, SEEDS[:seeds], order or ORDERS, jobs, say)
    answer(value.to_json(), as_json, lambda: show_simulated(value))
