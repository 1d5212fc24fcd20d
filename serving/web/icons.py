"""The icons of all pages, each kept as it was drawn before: a list has hundreds of them."""

from functools import lru_cache
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from features.languages import Language
from serving.web.languages import LANGUAGE


class Icons:
    """The macros of `icons.html`, each drawn once for the same arguments in the same language.

    In a template, where many are drawn: `icons.arrow("▲")`.
    """

    def __init__(self, templates: Environment) -> None:
        self._templates = templates
        self._drawn = lru_cache(2_000)(self._draw)

    def _draw(self, name: str, arguments: tuple[Any, ...], _: Language) -> Markup:
        drawn: Markup = getattr(self._templates.get_template("icons.html").module, name)(*arguments)
        return Markup(drawn.strip())

    def arrow(self, direction: str) -> Markup:
        """Which way a reason moves the risk."""
        return self._drawn("arrow", (direction,), LANGUAGE.get())

    def risk_bar(self, share: float) -> Markup:
        """A share of one as a bar."""
        return self._drawn("risk_bar", (round(share, 3),), LANGUAGE.get())

    def step(self, kind: str) -> Markup:
        """The icon of a next step."""
        return self._drawn("step", (kind,), LANGUAGE.get())

    def clock(self) -> Markup:
        """The icon of a time."""
        return self._drawn("clock", (), LANGUAGE.get())

    def download(self) -> Markup:
        """The icon of a file."""
        return self._drawn("download", (), LANGUAGE.get())
