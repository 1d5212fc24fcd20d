"""The command that says who was right, the list or those who contested it."""

from typing import Any

import typer

from payrisk.arguments import AsOf, Json, answer, open_gate

contesting = typer.Typer(rich_markup_mode=None)


@contesting.command()
def contests(as_of: AsOf = None, as_json: Json = False) -> None:
    """Say how often those who contested the list were right.

    By code, and nobody by name, from what the ledger knows by an evening. Beside it: how often they would have been
    right if the list's chances were exact.
    """
    from payrisk.contests_work import contests as scored

    body = scored(open_gate(), as_of)
    answer(body, as_json, lambda: _show(body))


def _show(body: dict[str, Any]) -> None:
    if not body["contests"]:
        print(f"Nobody contested a list by {body['known_by']}.")
    for one in body["by_code"]:
        print(_line(one))


def _line(one: dict[str, Any]) -> str:
    head = f"{one['because'].replace('_', ' ')}: {one['contests']} contested"
    if not one["judged"]:
        return f"{head}, {one['waiting']} not decided yet, {one['not_scored']} that no outcome decides."
    by_chance = "" if one["expected_right"] is None else f" ({one['expected_right']:.1f} if the list's chances hold)"
    return (
        f"{head}, {one['judged']} decided: people were right in {one['person_right']}{by_chance}; "
        f"{one['waiting']} not decided yet."
    )
