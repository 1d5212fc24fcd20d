"""What can be said about an account, each kind with its fields, and what may be believed of it on a day.

Plain values, checked here once for the API and the command line. Amounts are exact decimals with their currency;
what an activity may be about is what is open of the account on the newest published evening.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, ClassVar

from ledger.activity_codes import CHANNELS, HOLDS, OUTCOMES, TIME
from ledger.days import NEVER, to_day
from ledger.money import money_text, to_minor
from ledger.words import is_blank
from serving.activities.errors import BadActivity

MOST_CHARACTERS = 2_000
"""Of a text that somebody writes."""

MOST_MINUTES = 480
FARTHEST_DAYS = 366
"""How far ahead a day may lie that somebody agrees on; an open hold has none."""

OWNERS = ("sales", "logistics", "billing", "quality", "legal", "other")
"""The departments that a dispute may wait for."""

RESOLUTIONS = ("accepted", "partly_accepted", "rejected", "withdrawn")
"""How a dispute ended: the customer was right, in part, not, or gave it up."""

CONTESTS = ("paid_already", "pays_sooner", "pays_later", "wrong_data", "wrong_reason", "wrong_contact", "other")
"""Why the list is wrong about an account. The first three say what will be seen, and are held against it later."""


MOST_NAMED = 3
"""Of the disputes that leave no room for another one."""


@dataclass(frozen=True)
class Claim:
    """What one open dispute claims of an item, in minor units; `name` tells the dispute to a collector."""

    name: str
    minor: int


@dataclass(frozen=True)
class AccountNow:
    """What is open of an account on the newest published evening.

    Attributes:
        open_items: item id → (minor units, currency).
        disputed: item id → what open disputes claim of it already.
    """

    customer_id: str
    run_id: str
    late_risk: float | None
    open_items: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    disputed: Mapping[str, Sequence[Claim]] = field(default_factory=dict)

    def open_in(self, currency: str) -> int:
        """What it owes in a currency, in minor units; credits not netted."""
        return sum(minor for minor, of in self.open_items.values() if of == currency and minor > 0)

    def open_of(self, item_id: str, name: str = "item_id") -> tuple[int, str]:
        """Minor units and currency of one open item. Raises `BadActivity` for one that is not open."""
        if item_id not in self.open_items:
            raise BadActivity("item_not_open", name, f'"{item_id[:60]}" is no open item of this account.')
        return self.open_items[item_id]


@dataclass(frozen=True)
class Said:
    """One thing that somebody said; the fields of a kind are its own."""

    kind: ClassVar[str] = ""

    def check(self, account: AccountNow, today: date) -> None:
        """That it may be believed. Raises `BadActivity`, or what `ledger.money` says of an amount."""
        for one in fields(self):
            value = getattr(self, one.name)
            for text in value if isinstance(value, tuple) else (value,):
                if isinstance(text, str):
                    _require_text(text, one.name)

    def as_json(self) -> dict[str, Any]:
        """Its fields as the API says them: days ISO 8601, amounts as text; what is not stated is left out, and so is a
        text that nobody can see."""
        stated = ((one.name, getattr(self, one.name)) for one in fields(self))
        return {name: _plain(value) for name, value in stated if value not in (None, ()) and not _is_unsaid(value)}


@dataclass(frozen=True)
class Contact(Said):
    """One attempt to reach the customer, and what came of it; `minutes` that it took."""

    kind: ClassVar[str] = "contact"
    channel: str
    outcome: str
    minutes: int | None = None
    happened_on: date | None = None

    def check(self, account: AccountNow, today: date) -> None:
        super().check(account, today)
        _require_one_of("channel", self.channel, CHANNELS)
        _require_one_of("outcome", self.outcome, OUTCOMES)
        if self.minutes is not None and not 0 <= self.minutes <= MOST_MINUTES:
            raise BadActivity("bad_minutes", "minutes", f"{self.minutes} minutes. Expected 0 to {MOST_MINUTES}.")
        if self.happened_on is not None and not today - timedelta(FARTHEST_DAYS) <= self.happened_on <= today:
            sentence = f"{self.happened_on} is not a day of the last year. Expected {today} or before."
            raise BadActivity("bad_day", "happened_on", sentence)


@dataclass(frozen=True)
class Promise(Said):
    """An amount promised by a day, for some items or (without any) for all in its currency."""

    kind: ClassVar[str] = "promise"
    amount: Decimal
    currency: str
    promised_on: date
    item_ids: tuple[str, ...] = ()

    def check(self, account: AccountNow, today: date) -> None:
        super().check(account, today)
        _require_ahead("promised_on", self.promised_on, today)
        owed = account.open_in(self.currency)
        if self.item_ids:
            found = {item_id: account.open_of(item_id, "item_ids") for item_id in self.item_ids}
            strange = next((item for item, (minor, of) in found.items() if of != self.currency or minor <= 0), None)
            if strange is not None:
                raise BadActivity("item_not_open", "item_ids", f'Nothing is owed of "{strange}" in {self.currency}.')
            owed = sum(minor for minor, _ in found.values())
        _require_within(self.amount, self.currency, owed)


@dataclass(frozen=True)
class Dispute(Said):
    """A part of an item that the customer contests; `owner` the department that it waits for, until `due_on`."""

    kind: ClassVar[str] = "dispute"
    item_id: str
    amount: Decimal
    currency: str
    reason: str
    owner: str = ""
    due_on: date | None = None

    def check(self, account: AccountNow, today: date) -> None:
        super().check(account, today)
        _require_stated("reason", self.reason)
        if self.owner:
            _require_one_of("owner", self.owner, OWNERS)
        if self.due_on is not None:
            _require_ahead("due_on", self.due_on, today)
        minor, currency = account.open_of(self.item_id)
        if currency != self.currency:
            raise BadActivity("bad_currency", "currency", f"The item is in {currency}, not in {self.currency[:3]}.")
        _require_within(self.amount, currency, minor, account.disputed.get(self.item_id, ()))


@dataclass(frozen=True)
class Resolution(Said):
    """How a dispute ended; `of` is the activity that opened it."""

    kind: ClassVar[str] = "resolution"
    of: str
    outcome: str
    text: str = ""

    def check(self, account: AccountNow, today: date) -> None:
        super().check(account, today)
        _require_one_of("outcome", self.outcome, RESOLUTIONS)


@dataclass(frozen=True)
class Callback(Said):
    """An appointment to call, at a time of day where the customer is."""

    kind: ClassVar[str] = "callback"
    due_on: date
    at: str = ""

    def check(self, account: AccountNow, today: date) -> None:
        super().check(account, today)
        _require_ahead("due_on", self.due_on, today)
        if self.at and not TIME.fullmatch(self.at):
            raise BadActivity("bad_callback", "at", f'"{self.at}" is no time of day. Expected HH:MM, as in 14:30.')


@dataclass(frozen=True)
class Hold(Said):
    """A reason not to call; open without `until_on`, the first day on which it holds no more."""

    kind: ClassVar[str] = "hold"
    why: str
    reason: str = ""
    until_on: date | None = None

    def check(self, account: AccountNow, today: date) -> None:
        super().check(account, today)
        _require_one_of("why", self.why, tuple(kind for kind in HOLDS if kind != "snooze"))
        if self.until_on is not None and self.until_on <= today:
            raise BadActivity("bad_hold", "until_on", f"{self.until_on} is not after {today}: it would hold nobody.")
        if self.until_on is not None and to_day(self.until_on) >= NEVER:
            raise BadActivity("bad_hold", "until_on", f"{self.until_on} is too far ahead; without a day it stays open.")


@dataclass(frozen=True)
class Snooze(Said):
    """Put off by a collector until a day, on which it may be called again, with the reason."""

    kind: ClassVar[str] = "snooze"
    until_on: date
    reason: str

    def check(self, account: AccountNow, today: date) -> None:
        super().check(account, today)
        _require_stated("reason", self.reason)
        _require_ahead("until_on", self.until_on, today + timedelta(1))


@dataclass(frozen=True)
class Note(Said):
    """What the next one should know."""

    kind: ClassVar[str] = "note"
    text: str

    def check(self, account: AccountNow, today: date) -> None:
        super().check(account, today)
        _require_stated("text", self.text)


@dataclass(frozen=True)
class Contest(Said):
    """The list is wrong about the account, or about one item of it: a code says because of what, a text why."""

    kind: ClassVar[str] = "contest"
    because: str
    text: str = ""
    item_id: str = ""

    def check(self, account: AccountNow, today: date) -> None:
        super().check(account, today)
        _require_one_of("because", self.because, CONTESTS)
        if self.because == "other":
            _require_stated("text", self.text)
        if self.item_id:
            account.open_of(self.item_id)


@dataclass(frozen=True)
class Escalation(Said):
    """A manager is asked to look: the text says what is needed."""

    kind: ClassVar[str] = "escalation"
    text: str

    def check(self, account: AccountNow, today: date) -> None:
        super().check(account, today)
        _require_stated("text", self.text)


@dataclass(frozen=True)
class Assignment(Said):
    """From the next list on an account is this collector's, whatever the team file says; `collector` is their id in it.

    Recorded by managers alone (`serving.team.ownership`), who know that the id is one.
    """

    kind: ClassVar[str] = "assignment"
    collector: str
    reason: str = ""


@dataclass(frozen=True)
class Undo(Said):
    """An activity is taken back: `of` which, and why."""

    kind: ClassVar[str] = "undo"
    of: str
    reason: str = ""


def _plain(value: object) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    return list(value) if isinstance(value, tuple) else value


def _require_text(text: str, name: str) -> None:
    if len(text) > MOST_CHARACTERS:
        raise BadActivity("too_long", name, f"{len(text):,} characters. Expected {MOST_CHARACTERS:,} at most.")
    if any(not _is_text(character) for character in text):
        raise BadActivity("bad_text", name, "It holds a character that is no text. Expected letters, digits and signs.")


def _is_text(character: str) -> bool:
    return character in "\n\t" or unicodedata.category(character) not in ("Cc", "Cs", "Zl", "Zp")


def _is_unsaid(value: object) -> bool:
    return isinstance(value, str) and is_blank(value)


def _require_stated(name: str, text: str) -> None:
    if is_blank(text):
        raise BadActivity("missing_text", name, "It is empty. Expected a few words.")


def _require_one_of(name: str, said: str, known: tuple[str, ...]) -> None:
    if said not in known:
        raise BadActivity(f"bad_{name}", name, f'"{said[:60]}" is none of ours. Expected one of {", ".join(known)}.')


def _require_ahead(name: str, day: date, first: date) -> None:
    last = first + timedelta(FARTHEST_DAYS)
    if not first <= day <= last:
        raise BadActivity("bad_day", name, f"{day} is not a day from {first} to {last}.")


def _require_within(amount: Decimal, currency: str, most: int, disputed: Sequence[Claim] = ()) -> None:
    minor = to_minor(amount, currency)
    if minor <= 0:
        raise BadActivity("bad_amount", "amount", f"{amount} {currency}. Expected an amount above zero.")
    claimed = sum(claim.minor for claim in disputed)
    if minor > most - claimed:
        open_ = money_text(max(0, most - claimed), currency)
        beside = f" beside {money_text(claimed, currency)} in dispute already" if claimed else ""
        by = f" ({_named(disputed, currency)})" if claimed else ""
        sentence = f"{amount} {currency}. Expected at most what is open{beside}, {open_}{by}."
        raise BadActivity("more_than_open", "amount", sentence)


def _named(disputed: Sequence[Claim], currency: str) -> str:
    told = [f"{money_text(claim.minor, currency)} by {claim.name}" for claim in disputed[:MOST_NAMED]]
    return ", ".join(told) + (f" and {len(disputed) - MOST_NAMED} more" if len(disputed) > MOST_NAMED else "")
