"""A checked strategy and the difference between two, for people."""

from collections.abc import Sequence
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING, Any

from rich.markup import escape
from rich.table import Table

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


def show_tried(body: dict[str, Any]) -> None:
    """What each rule does under both strategies, and who comes and goes."""
    out = console()
    currency = body["currency"]
    out.print(
        f"The list of {day(date.fromisoformat(body['as_of']))} under strategy {escape(body['old'])} and under "
        f"{escape(body['new'])}; money in {currency}."
    )
    for warning in body["warnings"]:
        out.print(f"[yellow]{escape(warning)}[/yellow]")
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    table.add_column("Rule")
    for name in ("Accounts", "now", "Money", "now"):
        table.add_column(name, justify="right")
    for rule in (*body["rules"], {**body["listed"], "rule": "on the list"}):
        old, new = rule["old"], rule["new"]
        told = (f"{old['accounts']:,}", f"{new['accounts']:,}", f"{old['money']:,.0f}", f"{new['money']:,.0f}")
        table.add_row(escape(rule["rule"]), *told)
    out.print(table)
    for what, count in (("entering", body["entering_count"]), ("leaving", body["leaving_count"])):
        out.print(f"{what.capitalize()}: {count:,}")
        for one in body[what]:
            reason = one["new"]["reason"]
            out.print(f"  {escape(one['customer_id'])}  {one['overdue']:,.0f} {currency} overdue: {escape(reason)}")
