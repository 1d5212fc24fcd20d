"""The papers of a version and of a month, model card, backtest and drift: one look, from templates beside this room.

Each is one file with its own style and pictures and without a script, to be read, printed or sent.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from ledger.words import count_text, percent
from training.figures import between, day, decimal, segment, signed, signed_between


def paper(name: str, **filters: Callable[..., Any]) -> Template:
    """The template of this name, with the filters that every paper has and its own."""
    environment = _environment().overlay()
    environment.filters = {**_environment().filters, **filters}
    return environment.get_template(name)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("training"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for one in (between, count_text, day, decimal, percent, segment, signed, signed_between):
        environment.filters[one.__name__] = one
    return environment
