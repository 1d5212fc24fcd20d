"""The commands about persons: what is kept of them is copied, held, erased."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from payrisk.arguments import Json, answer, open_gate, parse_day

if TYPE_CHECKING:
    from payrisk.privacy_work import Privacy

privacy = typer.Typer(
    name="privacy", help="Copy, keep or erase what is stored of a person.", no_args_is_help=True, rich_markup_mode=None
)

Customer = Annotated[str, typer.Argument(metavar="CUSTOMER", help="the id that the files name them by")]
By = Annotated[str, typer.Option("--by", metavar="NAME", help="which administrator does it")]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="why; it is kept, so name no person")]


@privacy.command()
def export(
    customer: Customer,
    by: By,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="write it there; default: print it")] = None,
) -> None:
    """Copy everything that is stored of a person, as JSON."""
    import json

    from serving.files import write_whole

    text = json.dumps(_privacy().export(customer, by), ensure_ascii=False, indent=1, default=str)
    if out is None:
        print(text)
        return
    write_whole(out, lambda path: path.write_text(text, encoding="utf-8", errors="surrogatepass"))
    print(f"Written: {out}")


@privacy.command()
def erase(customer: Customer, by: By, reason: Reason, as_json: Json = False) -> None:
    """Erase a person's name, and all that somebody wrote of them.

    The money stays as it is, under the id. Refused while something is open or disputed, or somebody holds the person.
    """
    body = _privacy().erase(customer, by, reason)
    answer(body, as_json, lambda: _show_erased(body))
    _require_swept(body)


@privacy.command()
def retention(
    older_than: Annotated[
        date,
        typer.Option("--older-than", parser=parse_day, metavar="YYYY-MM-DD", help="nothing happened since that day"),
    ],
    now: Annotated[bool, typer.Option("--erase", help="erase them; without it nothing is changed")] = False,
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="which administrator does it")] = "",
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="why; it is kept")] = "",
    as_json: Json = False,
) -> None:
    """Show the persons with whom nothing has happened since a day, and erase them when told to.

    Who has something open or disputed, or is held, is kept. Companies are none of them.
    """
    body = _privacy().retention(older_than, erase=now, by=by, reason=reason)
    answer(body, as_json, lambda: _show_old(body))
    _require_swept(body)


@privacy.command()
def hold(customer: Customer, by: By, reason: Reason, as_json: Json = False) -> None:
    """Keep a person from being erased, for a case."""
    body = _privacy().hold(customer, by, reason)
    answer(body, as_json, lambda: print(f"Held: {customer}. Nobody erases them until: payrisk privacy release"))


@privacy.command()
def release(customer: Customer, by: By, reason: Reason, as_json: Json = False) -> None:
    """Let a person who was held be erased again."""
    body = _privacy().release(customer, by, reason)
    answer(body, as_json, lambda: print(f"Released: {customer}."))


@privacy.command()
def readmit(customer: Customer, by: By, reason: Reason, as_json: Json = False) -> None:
    """Let imports tell the name of an erased person again: they are a customer once more."""
    body = _privacy().readmit(customer, by, reason)
    answer(body, as_json, lambda: print(f"Readmitted: {customer}. The next import that names them brings the name."))


def _privacy() -> "Privacy":
    from payrisk.privacy_work import Privacy

    return Privacy(open_gate())


def _show_erased(body: dict[str, Any]) -> None:
    for one in body["erased"]:
        print(f"Erased: {one['customer_id']}, in the ledger and in {one['lists']} published lists.")
    for path in body["found_in"]:
        print(f"Look at {path}: somebody put a file there that holds the name, or a part of it.")


def _show_old(body: dict[str, Any]) -> None:
    for one in body["kept"]:
        print(f"Kept: {one['customer_id']}, last on {one['last_on']}: {'; '.join(one['why'])}.")
    if not body["dry_run"]:
        _show_erased(body)
        return
    for one in body["goes"]:
        print(f"Would go: {one['customer_id']}, last on {one['last_on']}.")
    print(f"{len(body['goes'])} persons would go, {len(body['kept'])} are kept. Nothing was changed; to erase: --erase")


def _require_swept(body: dict[str, Any]) -> None:
    """Exit code 1 where words may be left in a file."""
    if not body.get("swept", True):
        import sys

        print(
            f"payrisk: Erased, but not swept yet: {body['why_not']}. Run the command again when that is over.",
            file=sys.stderr,
        )
        raise typer.Exit(1)
