"""What the commands print for people: tables of the objects that the API returns."""

import sys
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ledger.words import percent
from payrisk.program import this_program
from serving.wording import points, told_reasons

if TYPE_CHECKING:
    from payrisk.doctor import Finding


def console() -> Console:
    """Standard output; 120 columns where nobody is looking, so that a log reads as a terminal does."""
    return Console(width=None if sys.stdout.isatty() else 120, highlight=False)


def show_queue(body: dict[str, Any], *, accounts: int) -> None:
    """The top of the queue: rank, account, money and chance; below each its reasons and the next action."""
    out = console()
    shown = body["items"][:accounts]
    count = len(body["items"])
    out.print(
        f"\n[bold]Whom to call first[/bold]: {count} account{'s' * (count != 1)} on the list of {_long(body['as_of'])} "
        f"(mode {body['mode']})"
    )
    for notice in body["notices"]:
        out.print(f"[yellow]{escape(notice)}[/yellow]")
    out.print()
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    table.add_column("#", justify="right")
    table.add_column("Account", min_width=58)
    for name in ("Late risk", "Overdue", "Expected late", "Money-days"):
        table.add_column(name, justify="right", no_wrap=True)
    for line in shown:
        table.add_row(str(line["rank"]), _account(line), *_figures(line))
    out.print(table)
    if bases := sorted(line["base"] for line in shown if line["base"] is not None):
        typical = " to ".join(dict.fromkeys((percent(bases[0]), percent(bases[-1]))))
        out.print(
            f"[dim]Points of late risk: what the typical account has ({typical}) plus all of an account's points "
            "is its late risk.[/dim]"
        )
    if any(line["brought_forward"] for line in shown):
        out.print(
            "[dim]Money-days: money × days that a call is expected to bring it forward; assumed, not measured.[/dim]"
        )
    if count > len(shown):
        out.print(f"[dim]and {count - len(shown)} more: {escape(this_program())} queue --accounts {count}[/dim]")


def _figures(line: dict[str, Any]) -> tuple[str, str, str, str]:
    told = line["late_risk"] is not None
    return (
        percent(line["late_risk"]) if told else "",
        _money(line["overdue"]),
        _money(line["expected_late"]),
        f"{line['brought_forward']['money_days']:,}" if line["brought_forward"] else "",
    )


def _account(line: dict[str, Any], reasons: int = 3) -> str:
    name, number = line["customer_name"] or line["customer_id"], line["customer_id"]
    head = f"[bold]{escape(name)}[/bold]" + (f" [dim]{escape(number)}[/dim]" if number != name else "")
    told = [_reason(reason) for reason in told_reasons(line, reasons)]
    return "\n".join([head, *told, f"[dim]Next:[/dim] {escape(line['next_action'])}", ""])


def _reason(reason: dict[str, Any]) -> str:
    moved = f"[bold]{reason['arrow']}[/bold] {points(reason['whole'])}: " if reason["arrow"] else ""
    return f"  {moved}{escape(reason['text'])}"


def _money(money: dict[str, str] | None) -> str:
    """Whole units, for reading down a column; the exact amounts are on the page and in the JSON."""
    return f"{Decimal(money['amount']):,.0f} {money['currency']}" if money else ""


def _long(day: str) -> str:
    on = date.fromisoformat(day)
    return f"{on.day} {on:%B %Y}"


def show_training(result: dict[str, Any]) -> None:
    """What was fitted, how it was judged, and what became of it."""
    out = console()
    out.print(
        f"[bold]{escape(result['version'])}[/bold] ({result['kind']}), learned from what was known on {result['as_of']}"
    )
    for gate in result["gates"]:
        out.print(f"  {_verdict(gate):<8}  {escape(gate['name'].replace('_', ' '))}: {escape(gate['reason'])}")
    out.print(escape(result["outcome"]))


def show_scored(summary: dict[str, Any]) -> None:
    """How many rows of which evenings, by what, and where they are."""
    rows = f"{summary['items']:,} {'open item' if summary['evenings'] == 1 else 'row'}{'s' * (summary['items'] != 1)}"
    when = f"as of {summary['as_of']}"
    if summary["until"] != summary["as_of"]:
        when = f"on {summary['evenings']:,} evenings from {summary['as_of']} to {summary['until']}"
    by = f"by {summary['model_version']}, " if summary["model_version"] else ""
    print(f"{rows} scored {when} ({by}mode {summary['mode']}, grace {summary['grace_days']} days): {summary['out']}")


def show_shelf(body: dict[str, Any]) -> None:
    """One line per version, the newest first."""
    out = console()
    if not body["versions"] and not body["damaged"]:
        out.print(f"Nothing is on the shelf yet: {escape(this_program())} train")
        return
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for name in ("Version", "Kind", "Gates", "Trained by", "Approved by", ""):
        table.add_column(name, no_wrap=name == "Version")
    for entry in body["versions"]:
        gates = "passed" if entry["passed"] else "declined"
        told = (entry["version"], entry["kind"], gates, entry["trained_by"], entry["approved_by"] or "")
        table.add_row(*map(escape, told), _place(entry, body))
    for version in body["damaged"]:
        table.add_row(escape(version), "", "", "", "", "damaged: restore the models folder from a backup")
    out.print(table)


def _place(entry: dict[str, Any], body: dict[str, Any]) -> str:
    if entry["in_use"]:
        return "in use" + (f": {entry['note']}" if entry["note"] else "")
    return "challenger" if entry["version"] == body["challenger"] else ""


def show_rollback(done: dict[str, Any]) -> None:
    """What is in use now, what was passed over, and the way forward again."""
    for reason in done["skipped"]:
        print(f"Passed over: {reason}.")
    approved = f"approved by {done['approved_by']}" if done["approved_by"] else "approved by nobody yet"
    print(f"{done['version']} is in use again, {approved}, instead of {done['instead_of']}.")
    print(f"Forward again: {this_program()} promote {done['instead_of']} --by NAME")


def _verdict(gate: dict[str, Any]) -> str:
    if gate["passed"]:
        return "passed"
    if gate["name"] == "enough_history":
        return "not met"  # nothing was judged: there is too little to learn from
    return "refused" if gate["blocks"] else "to watch"


def show_findings(findings: "list[Finding]") -> None:
    """One line per finding, the way out below what is wrong."""
    out = console()
    for finding in findings:
        word, colour = _mark(finding)
        out.print(f"[{colour}]{word:<8}[/{colour}] {finding.name:<9} {escape(finding.found)}")
        if finding.remedy:
            out.print(f"{'':19}{escape(finding.remedy)}")


def _mark(finding: "Finding") -> tuple[str, str]:
    if not finding.ok:
        return "missing", "red"
    return ("optional", "yellow") if finding.optional else ("ok", "green")


def show_backup(made: dict[str, Any]) -> None:
    """What was taken, where it lies, and whether it was proved."""
    proved = "restored on trial and found equal" if made["engine"] == "sqlite" else "read again and found whole"
    print(f"{made['backup']}: {made['bytes']:,} bytes, {proved if made['verified'] else 'not verified'}.")
    print(_held(made))
    print(f"{made['left_out']}. Keep it as safe as the ledger itself.")


def show_restored(done: dict[str, Any]) -> None:
    """What is in place now."""
    print(f"Restored into {done['home']}, as it was at {done['made_at']}.")
    print(_held(done) + f" Newest day: {done['newest_day'] or 'none'}.")
    if done["set_beside"]:
        print(f"The settings of the backup were not put to use; they lie in {done['home']}/{done['set_beside']}.")


def _held(told: dict[str, Any]) -> str:
    queue, champion = told["newest_queue"] or "none", told["champion"] or "none"
    return f"Ledger version {told['ledger_version']}, newest queue {queue}, model in use {champion}."


def show_drift(body: dict[str, Any]) -> None:
    """The verdict on a version, and each finding under it."""
    print(f"{body['version']} on {body['as_of']}: {body['verdict']}")
    for finding in body["findings"]:
        print(f"  {finding['verdict']}: {finding['text']}")
    if any(one["verdict"] == "stop" and not one["nightly"] for one in body["findings"]):
        print("  No list is made with it from that evening on, until a newer report of it says otherwise.")
