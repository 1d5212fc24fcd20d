"""What a feature is: one fact about an invoice or its customer, complete in one declaration.

The expression trains and serves, the unit formats, the phrase becomes the reason, `why` becomes the documentation.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum

from features.errors import BadCatalogue
from features.primitives import Expression


class Unit(Enum):
    """What a value counts, and so how it is told."""

    DAYS = "days"
    DAYS_AFTER = "days after (negative: before)"
    DAYS_LATE = "days late (negative: early)"
    DAYS_LATE_HELD = "days late (negative: early), held within 30 early and 365 late"
    DAYS_PAST_DUE = "days past due (negative: not yet due)"
    DAYS_SHIFT = "days later (negative: earlier)"
    SHARE = "share, 0 to 1"
    RATIO = "share, above 1 where more than all of it"
    COUNT = "count"
    INVOICES = "invoices"
    TIMES = "ratio"
    MONEY_LOG10 = "decimal logarithm of an amount in currency units"
    MONEY_LOG10_PLUS_1 = "decimal logarithm of 1 + an amount in currency units"
    PROMISES = "promises"
    DISPUTES = "disputes"
    TRIES = "tries"
    WEEKDAY = "weekday, 0 Monday to 6 Sunday"
    MONTH = "month, 1 to 12"
    CATEGORY = "category"


class Direction(Enum):
    """What people in the trade expect of a larger value; the model may find otherwise."""

    MORE_IS_RISKIER = "more is riskier"
    LESS_IS_RISKIER = "less is riskier"
    OPEN = "no expectation"


class Theme(Enum):
    """Where a feature is declared: one file of this room each."""

    INVOICE = "invoice"
    PAYMENT_HISTORY = "payment history"
    EXPOSURE = "exposure"
    CONDUCT = "conduct"
    CALENDAR = "calendar"


@dataclass(frozen=True)
class Concept:
    """An idea that several features measure; reasons are told by concept, not by column."""

    key: str
    title: str


HABIT = Concept("habit", "How this customer usually pays")
DRIFT = Concept("drift", "How payment has changed lately")
AGE = Concept("age", "How far past due this invoice is")
AMOUNT = Concept("amount", "The size of this invoice")
EXPOSURE = Concept("exposure", "What this customer owes in all")
RECENCY = Concept("recency", "When money last came")
WORD = Concept("word", "What this customer promised, disputed or left unanswered")
CLIMATE = Concept("climate", "How customers pay at the moment")
TERMS = Concept("terms", "The agreed terms")
SEASON = Concept("season", "The time of the month and year")
NEWNESS = Concept("newness", "How well we know this customer")

CONCEPTS = (HABIT, DRIFT, AGE, AMOUNT, EXPOSURE, RECENCY, WORD, TERMS, SEASON, CLIMATE, NEWNESS)
CONCEPT_BY_KEY = {concept.key: concept for concept in CONCEPTS}


@dataclass(frozen=True)
class Window:
    """How far a feature looks back: facts learned on days with `as_of - days < day <= as_of`."""

    days: int

    @property
    def words(self) -> str:
        """As in "over the last 90 days"."""
        return f"{self.days} days"


@dataclass(frozen=True)
class Feature:
    """One fact, declared.

    Attributes:
        name: with its unit or window at the end, e.g. `days_late_mean_90d`; unique in the catalogue.
        theme: the file it is declared in.
        concept: the idea under which it is told.
        value: the expression; answered for any item on any evening.
        unit: of the value.
        direction: what the trade expects.
        phrase: the fact with a number, `{value}` and `{window}` filled in. It states; the arrow judges.
        phrase_when_missing: the fact when there is no number.
        why: the reason to believe in it, for the documentation.
        monotone: sign imposed on the hazard of payment: -1 more means slower, +1 more means faster, 0 free.
        window: how far it looks back, None for all that is known.
        phrase_when_zero: the fact when the number is 0, where `phrase` would read oddly.
        spoken_by: the name of the feature that is told instead, where the value itself is smoothed and not a fact.
    """

    name: str
    theme: Theme
    concept: Concept
    value: Expression
    unit: Unit
    direction: Direction
    phrase: str
    phrase_when_missing: str
    why: str
    monotone: int = 0
    window: Window | None = None
    phrase_when_zero: str = ""
    spoken_by: str = ""

    def __post_init__(self) -> None:
        if self.monotone not in (-1, 0, 1):
            raise BadCatalogue(f"{self.name}: monotone is {self.monotone}; expected -1, 0 or 1.")
        if not (self.phrase and self.phrase_when_missing and self.why):
            raise BadCatalogue(f"{self.name}: expected a phrase, a phrase when missing, and why we believe in it.")

    @property
    def is_category(self) -> bool:
        """Whether the column holds text instead of numbers."""
        return self.unit is Unit.CATEGORY

    def canonical(self) -> str:
        """All that decides the value and its place in a model, as text; wording may change without it."""
        return "|".join(
            (
                self.name,
                self.concept.key,
                self.value.canonical(),
                self.unit.name,
                str(self.monotone),
                str(self.is_category),
            )
        )


def windows(days: Sequence[int], *features: Feature) -> tuple[Feature, ...]:
    """One declaration for several windows: `days_late_mean` becomes `days_late_mean_90d`, `_180d`, …

    The window is put into every question of the expression that looks back over events; questions about a state
    ("overdue now") stay as they are.
    """
    return tuple(
        replace(
            feature,
            name=f"{feature.name}_{length}d",
            value=feature.value.within(length),
            window=Window(length),
            spoken_by=f"{feature.spoken_by}_{length}d" if feature.spoken_by else "",
        )
        for feature in features
        for length in days
    )
