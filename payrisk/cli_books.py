"""The commands of the books: import, aging, reconcile, backup, restore."""

import sys
from datetime import date
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from payrisk import book_work
from payrisk.arguments import AsOf, Base, Json, answer, open_gate, parse_currency, parse_day, parse_scale
from payrisk.program import program_version

books = typer.Typer(rich_markup_mode=None)


class Mode(Enum):
    """See `ImportOptions.mode`."""

    snapshot = "snapshot"
    append = "append"


class Layout(Enum):
    """See `ImportOptions.layout`."""

    invoices = "one_row_per_invoice"
    payments = "one_row_per_payment"
    tables = "three_tables"


class NetEom(Enum):
    """See `ImportOptions.net_eom`."""

    then_days = "then_days"
    then_eom = "then_eom"


@books.command("import")
def import_(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="CSV, Excel or Parquet; all of them or nothing")],
    mapping: Annotated[
        str | None, typer.Option(help="a saved mapping, by name; without it the columns are told by their headers")
    ] = None,
    as_of: Annotated[
        date | None,
        typer.Option(
            "--as-of",
            parser=parse_day,
            metavar="YYYY-MM-DD",
            help="the day of the export; default: the newest issue or payment date in the files, at most today",
        ),
    ] = None,
    mode: Annotated[
        Mode, typer.Option(help="snapshot: the files hold all that their system shows; append: they only add")
    ] = Mode.snapshot,
    layout: Annotated[Layout | None, typer.Option(help="what a row is; default: told by the headers")] = None,
    encoding: Annotated[str | None, typer.Option(help="of text files, such as utf-8 or cp1252")] = None,
    delimiter: Annotated[str | None, typer.Option(help="of text files, one character")] = None,
    decimal: Annotated[str | None, typer.Option(help="the decimal mark of amounts: . or ,")] = None,
    date_order: Annotated[str | None, typer.Option(help="of dates like 03/04/2026: dmy, mdy or ymd")] = None,
    sheet: Annotated[str | None, typer.Option(help="the worksheet to read, by name")] = None,
    currency: Annotated[
        str | None, typer.Option(parser=parse_currency, metavar="EUR", help="of rows that state none")
    ] = None,
    amount_scale: Annotated[
        Decimal | None, typer.Option(parser=parse_scale, metavar="NUMBER", help="0.01 for cents, 1000 for thousands")
    ] = None,
    net_eom: Annotated[
        NetEom | None, typer.Option(help='what "net 30 EOM" means: 30 days after the month, or its end after 30 days')
    ] = None,
    max_bad: Annotated[float, typer.Option(min=0, max=1, help="refuse a file with a larger share of bad rows")] = 0.5,
    allow_shrink: Annotated[
        bool, typer.Option("--allow-shrink", help="the snapshot is complete, though small")
    ] = False,
    allow_shift: Annotated[bool, typer.Option("--allow-shift", help="most invoices did change alike")] = False,
    quarantine: Annotated[
        Path | None, typer.Option(help="a folder for the rows that were set aside, to correct and import again")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="check everything, change nothing")] = False,
    as_json: Json = False,
) -> None:
    """Read an export into the ledger.

    Every row is accounted for; a refused file changes nothing. Files are read in a process of their own, with limits.
    """
    from ledger.options import ImportOptions
    from payrisk import import_work

    options = ImportOptions(
        as_of=as_of, default_currency=currency, mode=mode.value, layout=layout.value if layout else None,
        encoding=encoding, delimiter=delimiter, decimal=_one_of("--decimal", decimal, (".", ",")),
        date_order=_one_of("--date-order", date_order, ("dmy", "mdy", "ymd")), sheet=sheet, amount_scale=amount_scale,
        net_eom=net_eom.value if net_eom else None, max_quarantine_ratio=max_bad, allow_shrink=allow_shrink,
        allow_shift=allow_shift, dry_run=dry_run,
    )  # fmt: skip
    gate = open_gate()
    report = import_work.import_files(gate, files, mapping=mapping, options=options)
    card = book_work.scorecard(gate, report)
    told = report.as_dict() | {"scorecard": card.as_dict() if card else None}
    answer(told, as_json, lambda: print(report.text(), *([card.text()] if card else []), sep="\n"))
    if quarantine:
        from serving.imports.quarantine import write_quarantine

        for path in write_quarantine(report, quarantine):
            print(f"Set aside rows written: {path}", file=sys.stderr)


def _one_of(option: str, said: str | None, allowed: tuple[str, ...]) -> str | None:
    if said is not None and said not in allowed:
        raise typer.BadParameter(f'"{said}" is none of {", ".join(allowed)}.', param_hint=option)
    return said


@books.command()
def aging(
    as_of: AsOf = None,
    known_by: Annotated[
        date | None,
        typer.Option(
            "--known-by", parser=parse_day, metavar="YYYY-MM-DD", help="look with what was known later; labelled so"
        ),
    ] = None,
    by: Annotated[
        str, typer.Option("--by", help="rows by entity or by customer", metavar="entity|customer")
    ] = "entity",
    invoice_date: Annotated[
        bool, typer.Option("--invoice-date", help="age by the day of the invoice: another report, with its own name")
    ] = False,
    base: Base = None,
    out: Annotated[Path | None, typer.Option("--out", help="write the rows: a .csv or .xlsx file")] = None,
    as_json: Json = False,
) -> None:
    """Show how old the open money is, on any evening.

    Buckets are gross; unapplied credits and the disputed part stand beside them.
    """
    if by not in ("entity", "customer"):
        raise typer.BadParameter(f'"{by}" is no kind of row. Expected entity or customer.', param_hint="--by")
    from payrisk.show_books import show_aging

    body = book_work.aging(
        open_gate(),
        as_of,
        known_by=known_by,
        by_customer=by == "customer",
        base=base,
        invoice_date=invoice_date,
        out=out,
    )
    answer(body, as_json, lambda: show_aging(body))
    if out:
        print(f"{len(body['rows'])} rows written: {out}", file=sys.stderr)


@books.command()
def reconcile(
    as_of: AsOf = None,
    opening: Annotated[
        date | None,
        typer.Option(
            "--from",
            parser=parse_day,
            metavar="YYYY-MM-DD",
            help="the evening the roll-forward opens with; default: the last one of the month before",
        ),
    ] = None,
    control: Annotated[
        Path | None, typer.Option("--control", help="what another book says: entity, currency, amount (and item_id)")
    ] = None,
    base: Base = None,
    as_json: Json = False,
) -> None:
    """Prove that an evening ties to the cent.

    Buckets + unapplied = open = billed - applied = the control file, and opening + lines = closing. Exit code 1 when
    something does not, with the items that make it.
    """
    from payrisk.show_books import show_reconciliation

    body = book_work.reconcile(open_gate(), as_of, opening=opening, control=control, base=base)
    answer(body, as_json, lambda: show_reconciliation(body))
    if not body["ties"]:
        raise typer.Exit(1)


class Format(Enum):
    """See `serving.star_schema.writing`."""

    parquet = "parquet"
    csv = "csv"


@books.command()
def export(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="a folder that is not there yet")],
    as_of: AsOf = None,
    kind: Annotated[
        Format, typer.Option("--format", help="Parquet is exact; CSV is for spreadsheets too")
    ] = Format.parquet,
    base: Base = None,
    as_json: Json = False,
) -> None:
    """Write an evening as a star schema.

    For Power BI and other tools: one file for each table of docs/star-schema.md. The ledger's own tables can be
    imported again.
    """
    from payrisk import export_work
    from payrisk.show_books import show_export

    told = export_work.export(open_gate(), folder, as_of, kind.value, base)
    answer(told, as_json, lambda: show_export(told))


@books.command()
def backup(
    target: Annotated[Path, typer.Argument(metavar="FILE|FOLDER", help="a new file; in a folder it is named by time")],
    verify: Annotated[
        bool, typer.Option("--verify/--no-verify", help="restore it on trial (PostgreSQL: read it all again)")
    ] = True,
    as_json: Json = False,
) -> None:
    """Write everything that matters to one file.

    Database, models, own mappings and payrisk.toml, while others work; not MLflow's store.
    """
    from payrisk.backup import back_up
    from payrisk.show import show_backup

    gate = open_gate(prepare=False)
    made = back_up(gate.settings, target, now=gate.now, program=program_version(), verify=verify)
    answer(made, as_json, lambda: show_backup(made))


@books.command()
def restore(
    backup: Annotated[Path, typer.Argument(metavar="FILE", help="what `payrisk backup` wrote")],
    as_json: Json = False,
) -> None:
    """Restore a backup into an empty home.

    Checked whole before anything is touched; nothing is ever overwritten.
    """
    from payrisk.backup import restore as restored
    from payrisk.show import show_restored

    done = restored(open_gate(prepare=False).settings, backup)
    answer(done, as_json, lambda: show_restored(done))
