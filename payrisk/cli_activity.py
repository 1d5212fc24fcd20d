"""The commands that record what people do about accounts, for those without the web: the same door as the API's."""

from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from payrisk.arguments import Json, answer, open_gate, parse_currency, parse_day

if TYPE_CHECKING:
    from serving.activities.said import Said

activity = typer.Typer(rich_markup_mode=None, help="Record what was done about an account, and take it back.")
activities = typer.Typer(rich_markup_mode=None)
activities.add_typer(activity, name="activity")

CONSOLE = "console"
"""The role of whoever records at the command line: the operating system let them in."""

Account = Annotated[str, typer.Argument(metavar="ACCOUNT", help="the account's id")]
By = Annotated[str, typer.Option("--by", metavar="NAME", help="who did it")]


def parse_amount(text: str) -> Decimal:
    """An amount given on the command line, with a decimal point."""
    try:
        return Decimal(text)
    except InvalidOperation:
        raise typer.BadParameter(f'"{text}" is no amount. Expected one such as 1200.50.') from None


Amount = Annotated[Decimal, typer.Argument(parser=parse_amount, metavar="AMOUNT")]
Currency = Annotated[str, typer.Argument(parser=parse_currency, metavar="CURRENCY")]
Day = Annotated[date, typer.Argument(parser=parse_day, metavar="YYYY-MM-DD")]
OtherDay = Annotated[date | None, typer.Option(parser=parse_day, metavar="YYYY-MM-DD")]


@activity.command()
def contact(
    account: Account,
    channel: Annotated[str, typer.Argument(help="phone, email, letter, visit or other")],
    outcome: Annotated[str, typer.Argument(help="no_answer, right_party, promise, … (docs/data-contract.md)")],
    by: By,
    minutes: Annotated[int | None, typer.Option(help="that it took")] = None,
    on: OtherDay = None,
    as_json: Json = False,
) -> None:
    """Record an attempt to reach a customer, and what came of it."""
    from serving.activities.said import Contact

    _record(account, Contact(channel, outcome, minutes, on), by, as_json)


@activity.command()
def promise(
    account: Account,
    amount: Amount,
    currency: Currency,
    day: Day,
    by: By,
    item: Annotated[list[str] | None, typer.Option(help="an item that it is for; without any: all of them")] = None,
    as_json: Json = False,
) -> None:
    """Record an amount promised by a day."""
    from serving.activities.said import Promise

    _record(account, Promise(amount, currency, day, tuple(item or ())), by, as_json)


@activity.command()
def dispute(
    account: Account,
    item: Annotated[str, typer.Argument(metavar="ITEM")],
    amount: Amount,
    currency: Currency,
    reason: Annotated[str, typer.Argument(metavar="REASON")],
    by: By,
    owner: Annotated[str, typer.Option(help="the department that it waits for")] = "",
    due: OtherDay = None,
    as_json: Json = False,
) -> None:
    """Record that a customer contests a part of an item."""
    from serving.activities.said import Dispute

    _record(account, Dispute(item, amount, currency, reason, owner, due), by, as_json)


@activity.command()
def resolve(
    account: Account,
    dispute: Annotated[str, typer.Argument(metavar="ACTIVITY", help="the activity that opened the dispute")],
    outcome: Annotated[str, typer.Argument(help="accepted, partly_accepted, rejected or withdrawn")],
    by: By,
    text: str = "",
    as_json: Json = False,
) -> None:
    """Record how a dispute ended."""
    from serving.activities.said import Resolution

    _record(account, Resolution(dispute, outcome, text), by, as_json)


@activity.command()
def callback(
    account: Account,
    day: Day,
    by: By,
    at: Annotated[str, typer.Option(metavar="HH:MM", help="where the customer is")] = "",
    as_json: Json = False,
) -> None:
    """Record an appointment to call."""
    from serving.activities.said import Callback

    _record(account, Callback(day, at), by, as_json)


@activity.command()
def hold(
    account: Account,
    why: Annotated[str, typer.Argument(help="insolvency, legal, agency, do_not_contact, …")],
    by: By,
    reason: str = "",
    until: OtherDay = None,
    as_json: Json = False,
) -> None:
    """Record a reason not to call."""
    from serving.activities.said import Hold

    _record(account, Hold(why, reason, until), by, as_json)


@activity.command()
def snooze(
    account: Account,
    until: Day,
    reason: Annotated[str, typer.Argument(metavar="REASON")],
    by: By,
    as_json: Json = False,
) -> None:
    """Put an account off until a day."""
    from serving.activities.said import Snooze

    _record(account, Snooze(until, reason), by, as_json)


@activity.command()
def note(
    account: Account,
    text: Annotated[str, typer.Argument(metavar="TEXT")],
    by: By,
    as_json: Json = False,
) -> None:
    """Record what the next one should know."""
    from serving.activities.said import Note

    _record(account, Note(text), by, as_json)


@activity.command()
def contest(
    account: Account,
    because: Annotated[str, typer.Argument(help="paid_already, pays_sooner, pays_later, wrong_data, …, other")],
    by: By,
    text: str = "",
    item: Annotated[str, typer.Option(metavar="ITEM", help="the item that it is about")] = "",
    as_json: Json = False,
) -> None:
    """Record that the list is wrong about an account."""
    from serving.activities.said import Contest

    _record(account, Contest(because, text, item), by, as_json)


@activity.command()
def escalate(
    account: Account,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="what a manager is to do")],
    by: By,
    as_json: Json = False,
) -> None:
    """Ask a manager to look at an account."""
    from serving.activities.said import Escalation

    _record(account, Escalation(text), by, as_json)


@activity.command()
def undo(
    account: Account,
    activity_id: Annotated[str, typer.Argument(metavar="ACTIVITY")],
    by: By,
    reason: str = "",
    as_json: Json = False,
) -> None:
    """Take an activity back; it stays in the list, marked."""
    from serving.activities.people import Actor
    from serving.activities.recording import Asked
    from serving.activities.said import Undo
    from serving.etags import etag

    recorder = open_gate().recorder
    asked = Asked(Actor(by, CONSOLE), etag(recorder.version(account)))
    done = recorder.undo(account, Undo(activity_id, reason), asked).body
    answer(done, as_json, lambda: print(f"Undone: {activity_id}. The account is at version {done['account_version']}."))


@activity.command("list")
def list_(account: Account, limit: int = 20, as_json: Json = False) -> None:
    """Show what was recorded about an account, newest first."""
    body = open_gate().recorder.activities(account, limit=limit)

    def show() -> None:
        for one in body["items"]:
            print(_line(one))
        if not body["items"]:
            print("Nothing was recorded yet.")

    answer(body, as_json, show)


@activity.command()
def sheet(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="a filled workbook of `payrisk queue --xlsx`")],
    by: By,
    as_json: Json = False,
) -> None:
    """Record what was filled into a call sheet, row by row.

    Each row once, however often the file comes back. Exit code 1 when a row was not recorded; each says why.
    """
    from payrisk.show_activity import show_sheet
    from serving.activities.people import Actor
    from serving.call_sheet.reading import read_sheet
    from serving.call_sheet.recording import record_sheet

    told = record_sheet(open_gate().recorder, read_sheet(file), Actor(by, CONSOLE)).to_json()
    answer(told, as_json, lambda: show_sheet(told))
    if told["refused"] or told["conflict"]:
        raise typer.Exit(1)


def _record(account: str, said: "Said", by: str, as_json: bool) -> None:
    from serving.activities.people import Actor
    from serving.activities.recording import Asked
    from serving.etags import etag

    recorder = open_gate().recorder
    # Nobody reads a page here before the change: it is made on whatever the account is at.
    asked = Asked(Actor(by, CONSOLE), etag(recorder.version(account)))
    done = recorder.record(account, said, asked).body
    answer(
        done, as_json,
        lambda: print(f"Recorded: {_line(done)}. The account is at version {done['account_version']}."),
    )  # fmt: skip


def _line(one: dict[str, Any]) -> str:
    said = ", ".join(f"{name} {value}" for name, value in one["said"].items())
    undone = f" [undone by {one['undone']['by']}]" if one["undone"] else ""
    return f"{one['known_on']} {one['activity_id']} {one['kind']}: {said} ({one['by']}){undone}"
