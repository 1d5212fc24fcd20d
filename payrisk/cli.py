"""The commands. Each reads its settings, calls one room, and prints; heavy imports stand inside the commands.

Exit codes: 0 done, 1 refused with a reason, 2 wrong use. With `--json` exactly one JSON value goes to standard output;
progress and sentences for people go to standard error.
"""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from payrisk import evening_work
from payrisk.arguments import AsOf, Json, answer, open_gate
from payrisk.cli_activity import activities
from payrisk.cli_audit import auditing
from payrisk.cli_books import books
from payrisk.cli_contests import contesting
from payrisk.cli_daily import morning
from payrisk.cli_effect import measuring
from payrisk.cli_explain import explaining
from payrisk.cli_models import models, say_what_mlflow_lacks
from payrisk.cli_people import people
from payrisk.cli_privacy import privacy
from payrisk.cli_replay import replaying
from payrisk.cli_simulate import simulating
from payrisk.cli_strategy import strategy
from payrisk.program import program_version, this_program
from payrisk.progress import live_line

if TYPE_CHECKING:
    from payrisk.gate import Gate

app = typer.Typer(
    name="payrisk",
    help="Whom does the collections team call first, and why?",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(books)
app.add_typer(models)
app.add_typer(explaining)
app.add_typer(replaying)
app.add_typer(morning)
app.add_typer(measuring)
app.add_typer(contesting)
app.add_typer(simulating)
app.add_typer(strategy)
app.add_typer(activities)
app.add_typer(auditing)
app.add_typer(people)
app.add_typer(privacy)


def _show_version(asked: bool) -> None:
    if asked:
        print(f"payrisk {program_version()}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="show the version and exit")
    ] = False,
) -> None:
    """Whom does the collections team call first, and why?"""


@app.command()
def demo(
    serve: Annotated[bool, typer.Option("--serve/--no-serve", help="serve the desk afterwards")] = True,
) -> None:
    """Show today's queue of an invented company.

    From the files that its ERP exports to the ranked list, then served as a page. Done steps are not done again.
    """
    from payrisk.demo import run_demo
    from payrisk.show import show_queue

    gate = open_gate()
    show_queue(run_demo(gate), accounts=8)
    if serve:
        _serve(gate)
    else:
        print(f"\nServe it with: {this_program()} serve        Data: {gate.settings.home}")


@app.command()
def queue(
    as_of: AsOf = None,
    xlsx: Annotated[Path | None, typer.Option("--xlsx", help="write the queue as a workbook")] = None,
    accounts: Annotated[int, typer.Option(help="lines to print")] = 10,
    release: Annotated[
        str | None, typer.Option(metavar="NAME", help="who says that an export which looks wrong is right")
    ] = None,
    language: Annotated[str, typer.Option(help="tell the reasons in English (en) or German (de)")] = "en",
    as_json: Json = False,
) -> None:
    """Show whom to call first, and why.

    The published queue of an evening; made first where it is not there yet, or would be another one now. Of an export
    that looks wrong none is made until somebody releases it.
    """
    from features.languages import speech_of
    from payrisk.show import show_queue
    from serving.wording import told_in

    speech_of(language)  # refuses one that nobody wrote, before the work
    gate = open_gate()
    with live_line() as say:
        body = told_in(evening_work.queue(gate, as_of, say, release=release), language)
    if xlsx:
        evening_work.write_workbook(gate, body, xlsx)
    answer(body, as_json, lambda: show_queue(body, accounts=accounts))
    if xlsx:
        print(f"{len(body['items'])} accounts written: {xlsx}", file=sys.stderr)
    say_what_mlflow_lacks(gate)


@app.command()
def serve(
    host: Annotated[
        str | None, typer.Option(help="address to listen on; default: PAYRISK_HOST, else 127.0.0.1")
    ] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="0 picks a free one; default: PAYRISK_PORT, else 8321")
    ] = None,
) -> None:
    """Serve the API and the desk."""
    _serve(open_gate(), host, port)


@app.command()
def docs(check: Annotated[bool, typer.Option("--check", help="refuse when a page is out of date")] = False) -> None:
    """Write the generated pages of the documentation.

    docs/data-contract.md, docs/features.md and docs/reasons.md.
    """
    from payrisk.docs import write_docs

    for path in write_docs(check=check):
        print(path)


@app.command()
def doctor(as_json: Json = False) -> None:
    """Show what this installation has and lacks.

    Exit code 1 when something keeps it from working.
    """
    from payrisk.doctor import examine
    from payrisk.show import show_findings

    findings = examine(open_gate(prepare=False).settings)
    answer([finding.as_dict() for finding in findings], as_json, lambda: show_findings(findings))
    if not all(finding.ok for finding in findings):
        raise typer.Exit(1)


def main() -> None:
    """The console script: a refusal is a sentence on standard error, never a traceback."""
    from ledger.errors import PayriskError

    try:
        app()
    except PayriskError as error:
        if "--json" in sys.argv:
            print(json.dumps({"code": error.code, "detail": str(error), "remedy": error.remedy}))
        _complain(str(error), error.remedy)
        raise SystemExit(error.exit_code) from None
    except BrokenPipeError:  # `payrisk queue | head` closed the pipe
        sys.stderr.close()
        raise SystemExit(0) from None


def _serve(gate: "Gate", host: str | None = None, port: int | None = None) -> None:
    from payrisk.server import serve_desk

    serve_desk(gate, host or gate.settings.host, gate.settings.port if port is None else port)


def _complain(sentence: str, remedy: str | None) -> None:
    way_out = f"\n{remedy}" if remedy and remedy not in sentence else ""
    print(f"payrisk: {sentence}{way_out}", file=sys.stderr)


if __name__ == "__main__":
    main()
