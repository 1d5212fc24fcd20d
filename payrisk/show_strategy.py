"""A checked strategy and the difference between two, for people."""

from collections.abc import Sequence
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING, Any

from rich.markup import escape

from payrisk.show import console
from serving.web.words import day

if TYPE_CHECKING:
    from serving.strategy.difference import Change


def show_checked(body: dict[str, Any]) -> None:
    """That a strategy is sound, from when it rules, and what would surprise."""
    out = console()
    out.print(f"[bold]{escape(body['file'])}[/bold] is sound: version {escape(body['version'])}, "
              f"valid from {day(date.fromisoformat(body['valid_from']))}.")  # fmt: skip
    out.print(escape(body["sentence"]))
    for remark in body["remarks"]:
        out.print(f"Note: {escape(remark)}")
    out.print(f"[dim]digest {body['digest']}[/dim]")


def show_changes(changes: Sequence["Change"], version: str) -> None:
    """Each changed key under its section; or that there is none."""
    out = console()
    if not changes:
        out.print("Both say the same.")
    for section, of_section in groupby(changes, key=lambda one: one.section):
        out.print(f"[bold]{escape(f'[{section}]') if section else f'version {escape(version)}'}[/bold]")
        for change in of_section:
            out.print(f"  {escape(change.line)}")
