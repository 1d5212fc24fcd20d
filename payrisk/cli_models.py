"""The commands of models: train, score, models, promote, rollback."""

import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from payrisk import evening_work, model_work, shelf_work
from payrisk.arguments import AsOf, Json, answer, open_gate, parse_day
from payrisk.progress import live_line

if TYPE_CHECKING:
    from payrisk.gate import Gate

models = typer.Typer(rich_markup_mode=None)


def parse_name(text: str) -> str:
    """The name of a person or service account: not blank."""
    if not text.strip():
        raise typer.BadParameter("A name is needed, as in --by Maria.")
    return text.strip()


@models.command()
def train(
    as_of: AsOf = None,
    by: Annotated[
        str | None,
        typer.Option(
            parser=parse_name,
            metavar="NAME",
            help="who trains, and so cannot approve; default: PAYRISK_SERVICE_ACCOUNT, else service",
        ),
    ] = None,
    trials: Annotated[
        int | None, typer.Option(min=0, help="sizes of trees to try; 0 tunes nothing; default: 12")
    ] = None,
    budget: Annotated[
        float | None,
        typer.Option(min=1, metavar="MINUTES", help="what does not fit in is left out, and said; default: 60"),
    ] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="of everything that draws; default: 7")] = None,
    threads: Annotated[
        int | None, typer.Option(min=1, max=64, help="of LightGBM; the version is the same with any number; default: 1")
    ] = None,
    as_json: Json = False,
) -> None:
    """Fit a model and put it on the shelf.

    It learns from what was known on that evening, and is judged on evenings it has not seen. Nothing in use changes,
    but for the first version on an empty shelf.
    """
    from payrisk.show import show_training

    gate = open_gate()
    with live_line() as say:
        result = model_work.train(gate, as_of, by, say, trials=trials, minutes=budget, seed=seed, threads=threads)
    answer(result, as_json, lambda: show_training(result))
    say_what_mlflow_lacks(gate)


@models.command()
def backtest(
    as_of: AsOf = None,
    months: Annotated[int, typer.Option(min=1, max=36, help="how many months to walk forward over")] = 12,
    out: Annotated[
        Path | None, typer.Option("--out", help="write the report: an .html file to read, a .json file for machines")
    ] = None,
    as_json: Json = False,
) -> None:
    """Tell how well the estimates would have been on past months.

    Of each month: learned from what was known before it, and judged by what came after. Beside the simple orders, month
    by month, lost months included. Nothing in use changes.
    """
    gate = open_gate()
    with live_line() as say:
        body = model_work.backtest(gate, as_of, months, out, say)
    answer(body, as_json, lambda: print(body["text"]))
    if out:
        print(f"Report written: {out}", file=sys.stderr)


@models.command()
def drift(
    as_of: AsOf = None,
    version: Annotated[
        str | None, typer.Option(metavar="VERSION", help="a version on the shelf; default: the one in use")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="write the report: an .html file to read, a .json file for machines")
    ] = None,
    as_json: Json = False,
) -> None:
    """Tell whether the version in use still fits what it sees.

    Fine, watch, retrain or stop, with the features that have moved and what became of its estimates.
    """
    from payrisk.show import show_drift

    gate = open_gate()
    with live_line() as say:
        body = model_work.drift(gate, as_of, version, out, say)
    answer(body, as_json, lambda: show_drift(body))
    if out:
        print(f"Report written: {out}", file=sys.stderr)


@models.command()
def score(
    out: Annotated[Path, typer.Option("--out", help="a .parquet or .csv file, one row per open item and evening")],
    as_of: AsOf = None,
    until: Annotated[
        date | None,
        typer.Option("--until", parser=parse_day, metavar="YYYY-MM-DD", help="the last evening; --as-of is the first"),
    ] = None,
    every: Annotated[int, typer.Option(min=1, metavar="DAYS", help="from one evening to the next, with --until")] = 7,
    at_issue: Annotated[
        bool, typer.Option("--at-issue", help="each item once, on the evening it became known, up to --until")
    ] = False,
    grace: Annotated[
        int | None,
        typer.Option(min=0, max=365, metavar="DAYS", help="restate p_late with this grace; default: the version's own"),
    ] = None,
    model: Annotated[
        str | None, typer.Option(metavar="VERSION", help="a version on the shelf; default: what the queue would use")
    ] = None,
    allow_later_model: Annotated[
        bool,
        typer.Option(
            "--allow-later-model", help="score also with a version that has seen what followed; its rows are marked"
        ),
    ] = False,
    reasons: Annotated[
        bool, typer.Option("--reasons/--no-reasons", help="without them it is many times faster")
    ] = True,
    as_json: Json = False,
) -> None:
    """Write a file of scored open items.

    One row per item with money still to come, with its reasons. With --until the open items of many past evenings, as
    each evening alone would have scored them, all with one version.
    """
    gate = open_gate()
    with live_line() as say:
        summary = evening_work.score(gate,
            as_of, out, say, until=until, every=every, at_issue=at_issue, grace_days=grace, version=model,
            allow_later=allow_later_model, with_reasons=reasons,
        )  # fmt: skip
    from payrisk.show import show_scored

    answer(summary, as_json, lambda: show_scored(summary))
    for notice in summary["notices"]:
        print(f"Note: {notice}", file=sys.stderr)
    say_what_mlflow_lacks(gate)


@models.command("models")
def models_(as_json: Json = False) -> None:
    """Show every version on the shelf.

    Which one is in use, who trained and who approved it, and which one asks to replace it.
    """
    from payrisk.show import show_shelf

    gate = open_gate(prepare=False)
    body = shelf_work.shelf_body(gate.shelf)
    answer(body, as_json, lambda: show_shelf(body))
    say_what_mlflow_lacks(gate)


Why = Annotated[str, typer.Option("--why", metavar="TEXT", help="the reason, for the history")]


@models.command()
def promote(
    version: Annotated[str, typer.Argument(help="a version on the shelf, as `payrisk train` printed it")],
    by: Annotated[
        str, typer.Option("--by", parser=parse_name, metavar="NAME", help="who approves it: not who trained it")
    ],
    why: Why = "",
    as_json: Json = False,
) -> None:
    """Approve a version.

    It scores from now on, in the name of the person who approved it.
    """
    gate = open_gate()
    entry = shelf_work.promote(gate, version, by, why=why)
    answer(entry, as_json, lambda: print(f"{version} is the champion, approved by {entry['approved_by']}."))
    say_what_the_audit_lacks(gate)
    say_what_mlflow_lacks(gate)


@models.command()
def rollback(
    by: Annotated[
        str | None, typer.Option("--by", parser=parse_name, metavar="NAME", help="who does it, for the history")
    ] = None,
    why: Why = "",
    as_json: Json = False,
) -> None:
    """Go back to the version before.

    The one that was in use before the present one; asked again, further back. MLflow follows with the next command.
    """
    from payrisk.show import show_rollback

    gate = open_gate(prepare=False)
    done = shelf_work.rollback(gate, by, why=why)  # it needs no database, and it is in a hurry
    answer(done, as_json, lambda: show_rollback(done))
    say_what_the_audit_lacks(gate)


def say_what_the_audit_lacks(gate: "Gate") -> None:
    """Enter the change in the audit log, once it is done; where that cannot be, a note, for the shelf remembers it."""
    if notice := shelf_work.audit_shelf(gate):
        print(f"Note: {notice}", file=sys.stderr)


def say_what_mlflow_lacks(gate: "Gate") -> None:
    """Bring MLflow's registry in line, last of all; where that cannot be, a note, for nothing depends on it."""
    for notice in shelf_work.align_registry(gate):
        print(f"Note: {notice}", file=sys.stderr)
