"""Aging, reconciliation and roll-forward as tables for people, with every cent and its thousands."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from payrisk.program import this_program
from payrisk.show import console

_TEXTS = ("entity", "customer_id", "currency")


def show_aging(body: dict[str, Any]) -> None:
    """One table per aging, then the same in the reporting currency."""
    out = _wide()
    out.print(f"\n[bold]{escape(body['report'])}[/bold] {_evening(body)}")
    hidden = ("items",)
    columns = [name for name in (body["rows"][0] if body["rows"] else ()) if name not in hidden]
    columns = [name for name in columns if name not in ("vanished", "past_due_disputed") or _any(body["rows"], name)]
    out.print(_table(body["rows"], columns))
    if body["reporting_currency"]:
        out.print(f"\n[bold]In {body['reporting_currency']}[/bold], each item at the rate of {body['as_of']}")
        total = {"entity": "total", "customer_id": "total", "currency": ""} | body["total_told"]
        out.print(_table([*body["rows_told"], total], columns))
    _notices(out, body["notices"])
    out.print("[dim]Buckets are gross; unapplied credits stand beside them. total = buckets + unapplied.[/dim]")


def show_reconciliation(body: dict[str, Any]) -> None:
    """The proof of an evening, what does not tie, and the roll-forward."""
    out = _wide()
    rolled = body["roll_forward"]
    out.print(f"\n[bold]Reconciliation[/bold] {_evening(body)}")
    out.print(_table(body["rows"], list(body["rows"][0]) if body["rows"] else []))
    if body["control"] is not None:
        out.print("\n[bold]Against the control file[/bold]")
        out.print(_table(body["control"], ["entity", "currency", "ours", "control", "difference"]))
    for variance in body["variances"]:
        what = variance["item_id"] or " ".join(filter(None, (variance["entity"], variance["currency"])))
        out.print(
            f"[red]{escape(what)}[/red]: {escape(variance['sentence'])}; ours {_money(variance['ours'])}, "
            f"theirs {_money(variance['theirs'])}, difference {_money(variance['difference'])} "
            f"{variance['currency'] or ''}"
        )
    counted = "when it became known" if rolled["clock"] == "known" else "on the day it happened"
    out.print(f"\n[bold]Roll-forward[/bold] {rolled['from']} to {rolled['to']}, each entry counted {counted}")
    out.print(_table(rolled["rows"], _lines(rolled["rows"])))
    if rolled["reporting_currency"]:
        out.print(f"\n[bold]In {rolled['reporting_currency']}[/bold], fx apart")
        out.print(_table(rolled["rows_told"], _lines(rolled["rows_told"])))
    for item in rolled["unexplained"]:
        out.print(f"[red]{escape(item['item_id'])}[/red]: {_money(item['difference'])} {item['currency'] or ''} is in "
                  "no line")  # fmt: skip
    _notices(out, rolled["notices"])
    out.print("[green]Ties to the cent.[/green]" if body["ties"] else "[red]Does not tie.[/red]")


def _wide() -> Console:
    """As wide as the tables need where nobody is looking: a figure is never cut."""
    out = console()
    return out if out.is_terminal else Console(width=240, highlight=False)


def _evening(body: dict[str, Any]) -> str:
    later = f", with what was known on {body['known_by']}" if body["known_by"] > body["as_of"] else ""
    return f"as of {body['as_of']}{later}"


def _lines(rows: Sequence[dict[str, Any]]) -> list[str]:
    """The columns of a roll-forward; a line in which nothing moved is left out."""
    always = ("entity", "currency", "opening", "closing", "difference")
    return [name for name in (rows[0] if rows else ()) if name in always or _any(rows, name)]


def _any(rows: Sequence[dict[str, Any]], name: str) -> bool:
    return any(Decimal(row[name].split()[0]) for row in rows)


def _table(rows: Sequence[dict[str, Any]], columns: Sequence[str]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for name in columns:
        table.add_column(name.replace("_", " "), justify="left" if name in _TEXTS else "right", no_wrap=True)
    for row in rows:
        table.add_row(*(escape(row[name]) if name in _TEXTS else _money(row[name]) for name in columns))
    return table


def _money(value: str | int) -> str:
    if isinstance(value, int):
        return f"{value:,}"
    number, *unit = value.split()
    return " ".join([f"{Decimal(number):,}", *unit])


def _notices(out: Console, notices: Sequence[str]) -> None:
    for notice in notices:
        out.print(f"[yellow]{escape(notice)}[/yellow]")


def show_export(told: dict[str, Any]) -> None:
    """What `payrisk export` wrote."""
    for name, rows in told["rows"].items():
        print(f"{name:12} {rows:>12,} rows")
    print(f"Written: {told['folder']} (as of {told['as_of']}, told in {told['reporting_currency']})")
    if files := [f"{name}.{told['format']}" for name in told["imports"]]:
        print(f"Imports again: {this_program()} import {' '.join(files)} --as-of {told['as_of']}, in that folder")
