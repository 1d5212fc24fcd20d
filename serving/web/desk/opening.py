"""What a collector may say first, and what one payment would change: sentences from an account's own figures.

An opening is a template, chosen by what stands out; nothing is guessed and nobody is named. The page tells the
collector in the page's language; the customer's is theirs to speak.
"""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from serving.published.desk import BROKEN_DAYS
from serving.web.languages import counted, tr
from serving.web.words import day, money

Json = dict[str, Any]

CALLED = "listed"
"""The standing of an account that somebody calls; of others there is nothing to open."""


def opening(body: Json) -> str:
    """The first words of the call: about a broken promise, else about what is overdue; '' where nobody calls or
    nothing is overdue."""
    overdue = [item for item in body["items"] if item["dpd"] > 0 and Decimal(item["open"]["amount"]) > 0]
    if body["standing"] != CALLED or not overdue:
        return ""
    oldest = max(overdue, key=lambda item: (item["dpd"], Decimal(item["open"]["amount"])))
    late = counted(oldest["dpd"], "{count} day past due", "{count} days past due")
    if len(overdue) == 1:
        about = tr("Hello, this is about invoice {item} of {money}, {late}.", item=oldest["item_id"],
                   money=money(oldest["open"], exact=True), late=late)  # fmt: skip
    else:
        about = tr("Hello, this is about {money} of overdue invoices; the oldest, {item}, is {late}.",
                   money=money(body["overdue"]), item=oldest["item_id"], late=late)  # fmt: skip
    return f"{about} {_question(body)}"


def _question(body: Json) -> str:
    # Whether it came later is not told here, so the sentence says no more than that it did not come by then.
    standing = [promise for promise in body.get("promises", ()) if promise["state"] != "cancelled"]
    newest = max(standing, key=lambda promise: str(promise["promised_on"]), default=None)
    since = date.fromisoformat(body["run"]["as_of"]) - timedelta(BROKEN_DAYS)
    if newest is not None and newest["state"] == "broken" and newest["promised_on"] > since.isoformat():
        return tr("{money} was promised for {day} and had not come by then. What happened, and when will you pay?",
                  money=money(newest["amount"], exact=True), day=day(newest["promised_on"]))  # fmt: skip
    if body["disputed"] and Decimal(body["disputed"]["amount"]) > 0:
        return tr("{money} of it is disputed. What do you need from us to settle that, and when does the rest come?",
                  money=money(body["disputed"], exact=True))  # fmt: skip
    return tr("On which day will it be paid?")


def if_paid(item: Json, body: Json) -> str:
    """What would stay overdue and expected late if one overdue invoice were paid, the others' own estimates left as
    they are; '' of an invoice that is not overdue, in another currency than the account's figures, or not predicted."""
    if item["dpd"] <= 0 or item["late_risk"] is None or body["expected_late"] is None:
        return ""
    if item["open"]["currency"] != body["overdue"]["currency"]:
        return ""
    amount, currency = Decimal(item["open"]["amount"]), body["overdue"]["currency"]
    overdue = Decimal(body["overdue"]["amount"]) - amount
    late = Decimal(body["expected_late"]["amount"]) - amount * Decimal(item["late_risk"])
    if body["overdue_items"] == 1:
        return tr("If it were paid today, nothing would be overdue.")
    return tr(
        "If it were paid today, {overdue} overdue and {late} expected late would stay, the other invoices seen as now.",
        overdue=money(_money(overdue, currency)), late=money(_money(late, currency)),
    )  # fmt: skip


def _money(amount: Decimal, currency: str) -> Json:
    return {"amount": f"{max(Decimal(0), amount):f}", "currency": currency}
