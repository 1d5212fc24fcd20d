"""What the commands print for people: tables of the objects that the API returns."""

import sys
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

if TYPE_CHECKING:
    from payrisk.doctor import Finding


def console() -> Console:
    """Standard output; 120 columns where nobody is looking, so that a log reads as a terminal does."""
    return Console(width=None if sys.stdout.isatty() else 120, highlight=False)


def show_queue(body: dict[str, Any], *, accounts: int) -> None:
    """The top of the queue: rank, account, money and chance, then its reasons in words."""
    out = console()
    out.print(f"\n[bold]Whom to call first[/bold], evening of {body['as_of']}, mode {body['mode']}: {len(body['items'])} accounts")
    for notice in body.get("notices", ()):
        out.print(f"[yellow]{escape(notice)}[/yellow]")
    table = Table(box=None, pad_edge=False, header_style="bold", show_edge=False, padding=(0, 2, 1, 0))
    table.add_column("#", justify="right")
    table.add_column("Account, and why it is here", ratio=1)
    table.add_column("Late risk", justify="right", no_wrap=True)
    table.add_column("Overdue", justify="right", no_wrap=True)
    table.add_column("Expected late", justify="right", no_wrap=True)
    table.add_column("Expected", no_wrap=True)
    for line in body["items"][:accounts]:
        table.add_row(
            str(line["rank"]),
            _account(line),
            "" if line["late_risk"] is None else f"{line['late_risk']:.0%}",
            _money(line.get("overdue")),
            _money(line.get("expected_late")),
            line.get("expected_on") or ("" if line["late_risk"] is None else "not in sight"),
        )
    out.print(table)


def _account(line: dict[str, Any], reasons: int = 3) -> str:
    told = [
        f"{escape(reason['text'])}" + (f" [bold]{reason['arrow']}[/bold] {_points(reason['points'])}" if reason["arrow"] else "")
        for reason in line["reasons"][:reasons]
    ]
    head = f"[bold]{escape(line['customer_name'] or line['customer_id'])}[/bold] [dim]{escape(line['customer_id'])}[/dim]"
    return "\n".join([head, *told, f"[dim]Next:[/dim] {escape(line['next_action'])}"])


def _points(share: float | None) -> str:
    return "" if share is None else f"{share * 100:+.0f} points"


def _money(money: dict[str, str] | None) -> str:
    if not money:
        return ""
    whole, _, decimals = money["amount"].partition(".")
    return f"{int(whole):,}" + (f".{decimals}" if decimals else "") + f" {money['currency']}"


def show_training(result: dict[str, Any]) -> None:
    """What was fitted, how it was judged, and what became of it."""
    out = console()
    out.print(f"[bold]{escape(result['version'])}[/bold] ({result['kind']}), learned from what was known on {result['as_of']}")
    for gate in result["gates"]:
        out.print(f"  {'passed ' if gate['passed'] else 'refused'}  {escape(gate['name'])}: {escape(gate['reason'])}")
    out.print(escape(result["outcome"]))


def show_findings(findings: "list[Finding]") -> None:
    """One line per finding, the way out below what is wrong."""
    out = console()
    for finding in findings:
        mark = "[green]ok[/green]     " if finding.ok else "[red]missing[/red]"
        out.print(f"{mark} {finding.name:<9} {escape(finding.found)}")
        if not finding.ok:
            out.print(f"          {escape(finding.remedy)}")
