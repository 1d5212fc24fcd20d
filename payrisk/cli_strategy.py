"""The commands about the rules of the list: read a strategy as the daily run will, and say what changes."""

from typing import Annotated

import typer

from payrisk.arguments import AsOf, Json, answer, open_gate
from payrisk.progress import live_line

strategy = typer.Typer(
    name="strategy", help="Show, check and compare the rules of the list.", no_args_is_help=True, rich_markup_mode=None
)

_FILE = "a strategy file (.toml), or the word shipped for the rules that payrisk ships"


@strategy.command()
def show() -> None:
    """Print the strategy that payrisk ships, to make your own from."""
    from serving.strategy.reading import shipped_text

    print(shipped_text(), end="")


@strategy.command()
def check(file: Annotated[str, typer.Argument(help=_FILE)], as_json: Json = False) -> None:
    """Read a strategy as the daily run will.

    Says everything that is wrong with it, and of a sound one what would surprise you. Nothing is stored.
    """
    from payrisk.show_strategy import show_checked
    from serving.strategy.reading import named
    from serving.strategy.soundness import remarks

    read = named(file)
    body = {
        "file": file,
        "version": read.version,
        "valid_from": read.valid_from.isoformat(),
        "sentence": read.sentence,
        "digest": read.digest,
        "remarks": list(remarks(read)),
    }
    answer(body, as_json, lambda: show_checked(body))


@strategy.command()
def diff(
    old: Annotated[str, typer.Argument(help=_FILE)],
    new: Annotated[str, typer.Argument(help=_FILE)],
    as_json: Json = False,
) -> None:
    """Say what changes from one strategy to another.

    Key by key under its section, with what that means for the list. Nothing is stored.
    """
    from payrisk.show_strategy import show_changes
    from serving.strategy.difference import difference
    from serving.strategy.reading import named

    before, after = named(old), named(new)
    changes = difference(before, after)
    body = {
        "old": {"version": before.version, "digest": before.digest},
        "new": {"version": after.version, "digest": after.digest},
        "changes": [
            {"section": one.section, "key": one.key, "old": one.old, "new": one.new, "meaning": one.meaning}
            for one in changes
        ],
    }
    answer(body, as_json, lambda: show_changes(changes, after.version))


@strategy.command()
def simulate(
    file: Annotated[str, typer.Argument(help=_FILE)],
    as_of: AsOf = None,
    as_json: Json = False,
) -> None:
    """Try a strategy on an evening, beside the one that rules.

    How many accounts each rule would admit, hold and route, and who would come onto the list or leave it. Nothing is
    published.
    """
    from payrisk.show_strategy import show_tried
    from payrisk.strategy_work import simulate as tried

    with live_line() as say:
        body = tried(open_gate(), file, as_of, say)
    answer(body, as_json, lambda: show_tried(body))
