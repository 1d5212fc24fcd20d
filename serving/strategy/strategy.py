"""Strategy: the rules of the list as values, exactly as a strategy file says them; `reading.py` makes it of one.

Each class is a section of the file and each attribute a key of it; the types say what may stand there. Money is in
reporting currency units, shares are 0 to 1, and days are calendar days unless they are called bank days.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from types import MappingProxyType
from typing import Annotated, Any, Literal

from serving.published.plain import plain
from serving.strategy.codes import Hold, Segment, Step


@dataclass(frozen=True)
class Within:
    """The least and the most that a number may be, or that a text may be long; both included."""

    least: float
    most: float


Share = Annotated[float, Within(0, 1)]
Days = Annotated[int, Within(0, 90)]
"""What is known of contacts and broken promises goes back 90 days."""
SomeDays = Annotated[int, Within(1, 90)]
Count = Annotated[int, Within(1, 100)]
Money = Annotated[float, Within(0, 1e12)]
Sentence = Annotated[str, Within(1, 400)]


@dataclass(frozen=True)
class Exclude:
    """Hard exclusions: the kinds of holds that keep an account off the list."""

    holds: tuple[Hold, ...]


@dataclass(frozen=True)
class Route:
    """What goes to somebody else than a caller.

    Attributes:
        disputed: whether an account whose overdue money is all in open dispute goes to the dispute owner.
        credits: whether one whose unused credits cover its overdue money goes to cash application.
        minimum_balance: open money below which an account gets an e-mail instead of a call.
    """

    disputed: bool
    credits: bool
    minimum_balance: Money


@dataclass(frozen=True)
class Cap:
    """How often one customer may be contacted within `days` days.

    Attributes:
        conversations: contacts that reached a person.
        attempts: contacts in all, whatever came of them.
        statutory: whether a law says so: then not even an appointment that the customer asked for lifts it.
    """

    days: SomeDays
    conversations: Count
    attempts: Count
    statutory: bool


@dataclass(frozen=True)
class Caps:
    """The caps by class of debtor; who is not stated counts as a natural person."""

    legal_person: Cap
    natural_person: Cap


@dataclass(frozen=True)
class Calls:
    """When customers may be called. An appointment that the customer asked for is kept either way.

    Attributes:
        on_their_days_off: whether also on the weekends and public holidays of their own country.
        from_hour, until_hour: the full hours between which, by the customer's clock (`serving.strategy.clocks`).
    """

    on_their_days_off: bool
    from_hour: Annotated[int, Within(0, 23)]
    until_hour: Annotated[int, Within(1, 24)]


AT_ANY_HOUR: Mapping[str, int] = MappingProxyType({"from_hour": 0, "until_hour": 24})
"""When customers were called by the rules of an older payrisk, which had no hours."""


@dataclass(frozen=True)
class Worth:
    """What turns the money-days of a call into money: what it brings forward earns, and a contact costs.

    Attributes:
        cost_of_money: of the firm, a year, as a share.
        cost_of_contact: in reporting currency units.
    """

    cost_of_money: Share
    cost_of_contact: Money


NOT_SAID = Worth(0.0, 0.0)
"""Of rules that do not say it, and of all those of an older payrisk: calls are told in money-days alone."""


@dataclass(frozen=True)
class Floor:
    """What accounts below the cut get at least.

    Attributes:
        email_after_days: without a contact, of those in which something has been overdue; then an e-mail.
    """

    email_after_days: SomeDays


NO_FLOOR = Floor(0)
"""Of rules that do not say it, and of all those of an older payrisk: nobody is written to for being below the cut."""


@dataclass(frozen=True)
class Promises:
    """For how many bank days after its day a promise is waited for."""

    grace_bank_days: Annotated[int, Within(0, 30)]


@dataclass(frozen=True)
class BrokenPromises:
    """Broken promises, by money: the share of the team's minutes, and how many days after breaking they count."""

    share: Share
    days: Days


@dataclass(frozen=True)
class MinimumTouch:
    """Large and forgotten accounts.

    Attributes:
        share: of the team's minutes.
        top_share: of the callable accounts, those with the most overdue money, who are to be reached at all.
        days_without_talk: since anybody of them was spoken to.
        starving_overdue_days, starving_days: any account overdue for longer than the one and without a contact for
            the other asks too, however small.
    """

    share: Share
    top_share: Share
    days_without_talk: SomeDays
    starving_overdue_days: Annotated[int, Within(0, 3650)]
    starving_days: SomeDays


@dataclass(frozen=True)
class NewExposure:
    """Large money that became overdue just now.

    Attributes:
        share: of the team's minutes.
        first_days: for how many days an account may have been overdue without a break.
        of_book: more than this share of all overdue money makes it large,
        of_credit_limit: and so does more than this share of its credit limit.
    """

    share: Share
    first_days: SomeDays
    of_book: Share
    of_credit_limit: Annotated[float, Within(0, 10)]


@dataclass(frozen=True)
class Quotas:
    """Which accounts are called whatever their value, each kind within its share of the team's minutes."""

    broken_promises: BrokenPromises
    minimum_touch: MinimumTouch
    new_exposure: NewExposure


@dataclass(frozen=True)
class PreDue:
    """Which items are written about before they are due.

    Attributes:
        within_days: until they are due, at most.
        p_late: chance from which an item counts as likely late.
        top_share: of the items due so soon, those with the most money.
        first_invoice: whether the first invoice of a new customer is written about in any case.
    """

    within_days: Annotated[int, Within(0, 14)]
    p_late: Share
    top_share: Share
    first_invoice: bool


@dataclass(frozen=True)
class Exploration:
    """Calls drawn by lot, so that what a call changes can be measured.

    Attributes:
        share: of the team's minutes.
        design: `slice` draws below the cut alone, `smooth` gives every account a chance.
        exposure_ceiling: overdue money from which an account is never left to the lot.
    """

    on: bool
    share: Annotated[float, Within(0, 0.9)]
    design: Literal["slice", "smooth"]
    exposure_ceiling: Money


@dataclass(frozen=True)
class Segments:
    """Where the segments begin; `serving.strategy.segments` says how."""

    new_below_paid: Annotated[int, Within(0, 12)]
    reliable_late_share: Share
    own_slow_day: Share
    drifter_days: Days
    habitual_mean_days: Days
    habitual_spread_days: Days
    deteriorating_days: SomeDays
    disputer_share: Share


@dataclass(frozen=True)
class Scoring:
    """Whose place on the list a model may decide.

    Attributes:
        left_to_rule: the classes of debtors whom no score places: they stand by the rule order
            (`serving.value.rule_order`). `unknown` are those of whom no class is stated.
    """

    left_to_rule: tuple[Literal["natural_person", "unknown"], ...]


@dataclass(frozen=True)
class PlannedStep:
    """One step of a plan, and how many days after its beginning the next one begins; 0 of the last."""

    step: Step
    wait_days: Annotated[int, Within(0, 365)] = 0


Plan = tuple[PlannedStep, ...]


@dataclass(frozen=True)
class StepWords:
    """What a step is called in a word or two, and what the collector reads; see `serving.strategy.steps`."""

    label: Annotated[str, Within(1, 30)]
    sentence: Sentence


@dataclass(frozen=True)
class Strategy:
    """One version of the rules.

    Attributes:
        valid_from: the first evening that it rules, until another one with a later day.
        sentence: what it is for.
        stages: the last days past due of all stages but the oldest, ascending.
        plans: segment → stage → plan.
    """

    version: Annotated[str, Within(1, 40)]
    valid_from: date
    sentence: Sentence
    exclude: Exclude
    route: Route
    caps: Caps
    calls: Calls
    promises: Promises
    quotas: Quotas
    pre_due: PreDue
    exploration: Exploration
    scoring: Scoring
    segments: Segments
    stages: tuple[Annotated[int, Within(1, 3650)], ...]
    plans: Mapping[Segment, Mapping[str, Plan]]
    steps: Mapping[Step, StepWords]
    worth: Worth = NOT_SAID
    floor: Floor = NO_FLOOR

    def said(self) -> dict[str, Any]:
        """What it says, as JSON has it, to be kept and read again; without a floor where it says none."""
        told: dict[str, Any] = plain(self)
        if self.floor == NO_FLOOR:
            del told["floor"]
        return told

    @cached_property
    def digest(self) -> str:
        """SHA-256 of what it says, in hexadecimal; comments, order and layout of a file do not count. Calls at any hour
        and the worth of none are as good as unsaid, so that rules that were kept without them have the digest that
        their lists name."""
        told = self.said()
        if self.worth == NOT_SAID:
            del told["worth"]
        if told["calls"].items() >= AT_ANY_HOUR.items():
            told["calls"] = {name: value for name, value in told["calls"].items() if name not in AT_ANY_HOUR}
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
