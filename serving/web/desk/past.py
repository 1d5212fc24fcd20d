"""`Past`: what a payment history draws of an account's body, and the sentences that say it."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median
from typing import Any, Literal

from serving.web.desk.pictures import MUCH_LATE, days_words
from serving.web.languages import counted, tr
from serving.web.words import day

Json = dict[str, Any]

LOOK_BACK, LOOK_AHEAD = 730, 92
"""Days before and after the evening beyond which nothing is drawn."""

MOST_OPEN = 60
"""The most open invoices drawn, those due first: as many as settled ones are published."""

PROMISES = {
    "kept": "kept",
    "part_kept": "kept in part",
    "broken": "broken",
    "pending": "still to come",
    "cancelled": "cancelled",
}

SETTLED = {
    (
        False,
        True,
    ): "Of {count} invoices due since {day} and settled, {late} came late, {on_time} on time, {early} early; "
    "median {median}, the latest {latest}.",
    (
        False,
        False,
    ): "Of {count} invoices due since {day} and settled, {late} came late, {on_time} on time, {early} early; "
    "median {median}.",
    (True, True): "Of the last {count} invoices due and settled, since {day}, {late} came late, {on_time} on time, "
    "{early} early; median {median}, the latest {latest}.",
    (True, False): "Of the last {count} invoices due and settled, since {day}, {late} came late, {on_time} on time, "
    "{early} early; median {median}.",
}
"""Whether earlier invoices are cut off, and whether any came late → the sentence."""

InvoiceKind = Literal["late", "slight", "on_time", "early", "open_late", "open"]


@dataclass(frozen=True)
class Invoice:
    """One invoice; `days` late, or past due by now; `settled_on` is '' while it is open."""

    item_id: str
    due_on: date
    days: int
    amount: Json
    settled_on: str = ""

    @property
    def kind(self) -> InvoiceKind:
        """How it is drawn."""
        if not self.settled_on:
            return "open_late" if self.days > 0 else "open"
        if self.days > 0:
            return "late" if self.days > MUCH_LATE else "slight"
        return "early" if self.days < 0 else "on_time"

    @property
    def words(self) -> str:
        """How late it was; of an open one how it stands."""
        if self.settled_on:
            return days_words(self.days)
        if self.days == 0:
            return tr("open, due today")
        if self.days > 0:
            return counted(self.days, "open, {count} day past due", "open, {count} days past due")
        return tr("open, not due yet")


@dataclass(frozen=True)
class Past:
    """What is drawn; every list within the days shown.

    Attributes:
        settled, opened: by due day, oldest first; the first `MOST_OPEN` open ones are drawn.
        hidden: invoices due too long before or after the evening to be drawn.
        cut: whether the history holds the invoices due last alone, so that earlier ones are not in it.
    """

    as_of: date
    settled: tuple[Invoice, ...]
    opened: tuple[Invoice, ...]
    promises: tuple[Json, ...]
    contacts: tuple[Json, ...]
    hidden: int = 0
    cut: bool = False

    @classmethod
    def of(cls, body: Json) -> "Past":
        """The past in an account's body; one published before there were histories has its open invoices alone."""
        as_of = date.fromisoformat(body["run"]["as_of"])
        settled = [
            Invoice(one["item_id"], on(one["due_on"]), one["days_late"], one["amount"], one["settled_on"])
            for one in body.get("history", ())
        ]
        opened = [Invoice(one["item_id"], on(one["due_on"]), one["dpd"], one["open"]) for one in body["items"]]
        cut = body.get("settled_invoices", 0) > len(settled)
        since = min(one.due_on for one in settled) if cut and settled else as_of - timedelta(LOOK_BACK)
        until = as_of + timedelta(LOOK_AHEAD)

        def drawn(invoices: list[Invoice]) -> tuple[Invoice, ...]:
            within = [one for one in invoices if since <= one.due_on <= until]
            return tuple(sorted(within, key=lambda one: (one.due_on, one.item_id)))

        kept, still_open = drawn(settled), drawn(opened)
        return cls(
            as_of,
            kept,
            still_open,
            tuple(one for one in body.get("promises", ()) if since <= on(one["promised_on"]) <= until),
            tuple(one for one in body.get("contacts", ()) if since <= on(one["happened_on"]) <= as_of),
            len(settled) + len(opened) - len(kept) - len(still_open),
            cut,
        )

    def __bool__(self) -> bool:
        """Whether there is anything to draw."""
        return bool(self.settled or self.opened or self.promises or self.contacts)

    @property
    def invoices(self) -> list[Invoice]:
        """Those drawn by due day, oldest first."""
        return sorted([*self.settled, *self.opened[:MOST_OPEN]], key=lambda one: (one.due_on, one.item_id))

    @property
    def days(self) -> list[date]:
        """Every day on which something is drawn."""
        promised = [on(one["promised_on"]) for one in self.promises]
        contacted = [on(one["happened_on"]) for one in self.contacts]
        return [*(one.due_on for one in self.invoices), *promised, *contacted]

    def sentences(self) -> Iterator[str]:
        """What the picture shows."""
        yield _settled_words(self)
        if self.opened:
            yield _open_words(self.opened)
        if len(self.opened) > MOST_OPEN:
            yield tr("Of the open ones the {count} due first are drawn.", count=MOST_OPEN)
        if self.hidden:
            one = "{count} invoice due long before or after is not drawn."
            many = "{count} invoices due long before or after are not drawn."
            yield counted(self.hidden, one, many)
        if self.promises:
            states = Counter(one["state"] for one in self.promises)
            told = ", ".join(f"{states[state]} {tr(words)}" for state, words in PROMISES.items() if states[state])
            yield counted(len(self.promises), "{count} promise: {told}.", "{count} promises: {told}.", told=told)
        if self.contacts:
            reached = sum(one["reached"] for one in self.contacts)
            last = day(max(one["happened_on"] for one in self.contacts))
            one = "{count} contact, somebody reached in {reached}; the last on {day}."
            many = "{count} contacts, somebody reached in {reached}; the last on {day}."
            yield counted(len(self.contacts), one, many, reached=reached, day=last)


def on(text: str) -> date:
    """A day of the API."""
    return date.fromisoformat(text)


def _settled_words(past: Past) -> str:
    settled = past.settled
    if not settled:
        return tr("No invoice due in the 24 months before {day} is settled.", day=day(past.as_of))
    first = day(settled[0].due_on)
    if len(settled) == 1:
        return tr("1 invoice settled, due {day}: {how}.", day=first, how=settled[0].words)
    days = [one.days for one in settled]
    late, early = sum(one > 0 for one in days), sum(one < 0 for one in days)
    figures = {
        "count": len(settled), "day": first, "late": late, "on_time": len(days) - late - early, "early": early,
        "median": days_words(round(median(days))), "latest": days_words(max(days)),
    }  # fmt: skip
    return tr(SETTLED[past.cut, bool(late)], **figures)


def _open_words(opened: Sequence[Invoice]) -> str:
    past_due = [one.days for one in opened if one.days > 0]
    told = []
    if past_due:
        age = counted(max(past_due), "{count} day", "{count} days")
        what = "{count} past due (the oldest {age})" if len(past_due) > 1 else "{count} past due ({age})"
        told.append(tr(what, count=len(past_due), age=age))
    if rest := len(opened) - len(past_due):
        told.append(tr("{count} not past due", count=rest))
    return tr("Open: {told}.", told=", ".join(told))
