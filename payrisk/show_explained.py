"""An explained score for people: each reason as a line of a sum, the money, the place, the supposition."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from features.catalogue import CATALOGUE_BY_NAME
from features.reason_catalogue import idea_text
from features.spec import CONCEPT_BY_KEY, Unit
from features.wording import format_value
from ledger.words import percent
from payrisk.show import console
from serving.web.words import day
from serving.wording import points, told_reasons

Json = dict[str, Any]

AGES = {"age": Unit.DAYS_PAST_DUE, "age_of_overdue": Unit.DAYS_PAST_DUE}
"""Codes of reasons that are no feature's, with the unit of their typical value."""

STANDINGS = {
    "listed": "on the list",
    "below_the_cut": "below the cut",
    "held": "held",
    "routed_to_dispute_owner": "for the dispute owner",
    "routed_to_email": "an e-mail does",
    "routed_to_cash_application": "unused credits cover it",
    "not_overdue": "nothing is overdue",
}


def show_explained(body: Json) -> None:
    """The item or account asked about, then its place, then what was supposed."""
    out = console()
    account, item = body["account"], body["item"]
    name = account["customer_name"] or account["customer_id"]
    version = f", {body['model_version']}" if body["model_version"] else ""
    out.print(f"\n[bold]{escape(name)}[/bold] {escape(account['customer_id'])} on the evening of "
              f"{day(body['as_of'])} (mode {body['mode']}{escape(version)})")  # fmt: skip
    if item is not None:
        out.print(f"Invoice [bold]{escape(item['item_id'])}[/bold], {_amount(item['open'])} open, "
                  f"due {day(item['due_on'])}")  # fmt: skip
    _sum(out, item or account)
    _money(out, account)
    _place(out, body)
    if body["what_if"] is not None:
        _what_if(out, body["what_if"])


def _sum(out: Console, scored: Json) -> None:
    """Typical plus points is the risk, line by line."""
    if scored["late_risk"] is None:
        for reason in scored["reasons"]:
            out.print(f"  {escape(reason['text'])}")
        return
    table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 2, 0, 2))
    for justify in ("left", "right", "left", "left"):
        table.add_column(justify=justify)
    table.add_row("", percent(scored["base"]), "a typical one", "")
    for reason in told_reasons(scored):
        table.add_row(reason["arrow"], points(reason["whole"]), escape(reason["text"]), _against(reason))
    table.add_row("=", f"[bold]{percent(scored['late_risk'])}[/bold]", _unpaid_by(scored), "")
    out.print(table)


def _against(reason: Json) -> str:
    """The typical item's value of the same fact; nothing where nobody knows it."""
    code, typical = reason["code"], reason["typical"]
    unit = CATALOGUE_BY_NAME[code].unit if code in CATALOGUE_BY_NAME else AGES.get(code)
    if typical is None or unit is None:
        return ""
    return f"[dim]typical: {escape(format_value(unit, typical))}[/dim]"


def _unpaid_by(scored: Json) -> str:
    return f"late risk: still unpaid on {day(scored['late_risk_on'])}"


def _money(out: Console, account: Json) -> None:
    overdue, expected = account["overdue"], account["expected_late"]
    if expected is None:
        out.print(f"Account: {_amount(overdue)} overdue of {_amount(account['open'])} open")
        return
    about = overdue if account["overdue_items"] else account["open"]
    word = "overdue" if account["overdue_items"] else "open"
    out.print(
        f"Account: {_amount(about)} {word} × {percent(account['late_risk'])} late risk = {_amount(expected)} "
        "expected late"
    )


def _place(out: Console, body: Json) -> None:
    why = body["rank_explanation"]
    if why is None:
        place = f", number {body['place']}" if body["place"] is not None else ""
        out.print(f"Place: {STANDINGS[body['account']['standing']]}{place}")
        return
    out.print(f"Place: {escape(why['sentence'])}")
    if why["ahead"] is not None:
        out.print(f"  Not higher: {escape(why['ahead']['text'])}")
    out.print(f"  {escape(why['way_out']['text'])}")


def _what_if(out: Console, supposed: Json) -> None:
    paid = " and ".join(f"{_amount(one)} on {one['item_id']}" for one in supposed["if_paid"])
    out.print(f"\n[bold]If {escape(paid)} were paid that evening[/bold] (supposed, not stored)")
    before, after = supposed["before"], supposed["after"]
    if after is None:
        out.print("  Nothing would be open any more.")
        return
    figures: dict[str, Callable[[Json], str]] = {
        "late risk": lambda account: percent(account["late_risk"]),
        "overdue": lambda account: _amount(account["overdue"]),
        "expected late": lambda account: _amount(account["expected_late"]) if account["expected_late"] else "–",
        "place": _place_text,
    }
    for label, tell in figures.items():
        out.print(f"  {label}: {tell(before)} → {tell(after)}")
    for moved in supposed["reasons"]:
        then, now = _points_text(moved["before"]), _points_text(moved["after"])
        if then != now:
            concept = CONCEPT_BY_KEY.get(moved["concept"])
            idea = idea_text(concept) if concept else moved["concept"]
            out.print(f"  points of {escape(idea)}: {then} → {now}")


def _amount(money: Json) -> str:
    """Every cent, with its thousands: `1,200.00 EUR`."""
    return f"{Decimal(money['amount']):,} {money['currency']}"


def _place_text(account: Json) -> str:
    place = f"#{account['place']}, " if account["place"] is not None else ""
    return f"{place}{STANDINGS[account['standing']]}"


def _points_text(share: float | None) -> str:
    return "none" if share is None else points(round(share * 100)) if round(share * 100) else "0"
