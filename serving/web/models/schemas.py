"""The versions of the model, and scores of given invoices, as the API says and takes them."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    StringConstraints,
    Tag,
    ValidationInfo,
    field_validator,
    model_validator,
)

from models.score import Mode
from serving.published.schemas import Day, ItemOut, Out, Share
from serving.versions.version_shelf import State
from serving.web.schemas import ProblemOut

MOST_ITEMS = 500
"""Invoices that one request may ask to be scored."""

Version = Annotated[str, Field(max_length=80, description="of a version, as GET /api/v1/models tells it")]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=400)]


class In(BaseModel):
    """What is sent: nothing but what is named."""

    model_config = ConfigDict(extra="forbid")


class VersionOut(Out):
    """One version on the shelf; figures are those of its backtest, null where it had none."""

    version: str
    trained_as_of: Day = Field(description="the evening whose knowledge it was fitted on")
    kind: Literal["model", "habit"]
    state: State = Field(
        description="champion: in use; challenger: asks to replace it; retired: was in use; declined: a gate said no; "
        "waiting: passed and does not ask; damaged: not what was saved"
    )
    note: str
    trained_by: str
    approved_by: str | None = Field(description="who promoted it last; null while nobody did")
    approved_at: str | None
    approved_because: str
    declined_by: list[str] = Field(description="the gates that keep it from use, each with its reason")
    data_hash: str | None = Field(description="SHA-256 of the facts it learned from")
    auc_30: Share | None
    ece_30: Share | None = Field(description="mean difference between what was said and what happened")
    money_found20_30: Share | None = Field(description="share of the late money in the first fifth of each evening")


class ModelChangeOut(Out):
    """One change of the version in use."""

    what: Literal["install_first", "promote", "rollback"]
    version: str = Field(description="in use from then on")
    by: str | None = Field(description="who did it; null for the first version, which its training put to use")
    at: str = Field(description="UTC, ISO 8601")
    before: str | None = Field(description="in use until then")
    why: str


class ModelsOut(Out):
    """The shelf: every version, the newest first, and every change of the one in use, the newest first."""

    champion: str | None
    challenger: str | None
    versions: list[VersionOut]
    damaged: list[str]
    history: list[ModelChangeOut]


class ModelsConflictOut(ProblemOut):
    """Somebody else changed the versions first: how they stand now, and the ETag to go on from."""

    champion: str | None
    challenger: str | None
    newest_change: ModelChangeOut | None
    etag: str


class GateOut(Out):
    """One gate's answer."""

    name: str
    passed: bool
    reason: str
    blocks: Literal["model", "promotion", ""] = Field(description="what a no keeps from happening; empty: a warning")


class BoundedOut(Out):
    """A figure with its 95 % interval; null where it was not measured."""

    value: float | None
    low: float | None
    high: float | None


class SegmentOut(Out):
    """The version on one kind of rows, in 30 days, against the best simple order on them."""

    kind: str
    name: str
    rows: int
    customers: int
    too_small: bool
    unpaid_share: float | None
    auc: BoundedOut
    ece: float | None
    best: str
    best_auc: float | None
    gain: BoundedOut


class NeverSeenAtOut(Out):
    """Items of customers that were left out of learning, asked so many days ahead."""

    rows: int
    customers: int
    unpaid: int
    auc: BoundedOut = Field(description="of the curve that had learned nothing from these customers")
    seen: BoundedOut = Field(description="on the same rows, of the same curve learned from all customers")
    gain: BoundedOut = Field(description="auc less seen, paired")
    best: str = Field(description="the best simple order on these rows")
    best_auc: float | None


class NeverSeenOut(Out):
    """The version's curve learned again without a part of the customers, and judged on these."""

    cutoff: Day = Field(description="of the fold that it was learned on")
    share: Share = Field(description="of the customers that were left out, by a hash of their id")
    left_out: int
    learned_from: int
    horizons: dict[str, NeverSeenAtOut] = Field(description="by days ahead; without those with too few items to judge")


class ModelOut(VersionOut):
    """One version with its gates, figures, segments, what it learned from, and its newest drift report."""

    grace_days: int
    gates: list[GateOut]
    metrics: dict[str, float | None] = Field(description="of the backtest, by the stable names of docs/measures.md")
    segments: list[SegmentOut] | None = Field(description="null without a backtest")
    never_seen: NeverSeenOut | None = Field(description="null where it was not measured")
    learned_from: dict[str, Any]
    model_hash: str | None = Field(description="SHA-256 of what predicts, and of nothing else")
    warnings: list[str]
    papers: list[str] = Field(description="files to read: /models/{version}/{paper}")
    drift: dict[str, Any] | None = Field(
        description="as `payrisk drift --json` told it, with how often people overruled the list as `overrides`; null "
        "while none was made"
    )


class PromotionIn(In):
    """Why the version is approved; by whom is who is signed in."""

    reason: Reason


class RollbackIn(In):
    """Why the version in use gives way to the one before."""

    reason: Reason


class DescribedIn(In):
    """An invoice to suppose, due on a day or by its terms."""

    amount: Decimal = Field(gt=0, max_digits=20, description="in its currency, above zero")
    currency: str = Field(pattern="^[A-Z]{3}$")
    issued_on: date = Field(description="by the evening asked about")
    due_on: date | None = None
    terms: str = Field(
        "",
        max_length=400,
        validate_default=True,
        description="such as net 30; they tell the due day where due_on does not",
    )

    @field_validator("terms")
    @classmethod
    def _due(cls, terms: str, others: ValidationInfo) -> str:
        if others.data.get("due_on") is None and not terms.strip():
            raise ValueError("due_on or terms has to say when it is due")
        return terms


class OpenItemIn(In):
    """An invoice that the ledger has open."""

    item_id: str = Field(min_length=1, max_length=200)


def _which(item: Any) -> str | None:
    """Whether an item is one that the ledger has or one to suppose, so that a refusal names the field of that one."""
    if isinstance(item, dict):
        return "open" if "item_id" in item else "supposed"
    return None


ItemIn = Annotated[
    Annotated[OpenItemIn, Tag("open")] | Annotated[DescribedIn, Tag("supposed")],
    Discriminator(
        _which,
        custom_error_type="no_invoice",
        custom_error_message="Input should be an object: an open invoice by item_id, or one described by its fields",
    ),
]


class ScoresIn(In):
    """Invoices of one customer, to be scored side by side as of an evening."""

    as_of: date | None = Field(None, description="the evening whose knowledge is used; default: the ledger's newest")
    customer_id: str | None = Field(
        None, min_length=1, max_length=200, description="whose they are; null for a customer the ledger does not know"
    )
    country: str = Field("", pattern="^([A-Z]{2})?$", description="of a new customer, where it is known")
    items: list[ItemIn] = Field(min_length=1, max_length=MOST_ITEMS)

    @model_validator(mode="after")
    def _fits(self) -> "ScoresIn":
        named = [one.item_id for one in self.items if isinstance(one, OpenItemIn)]
        if len(set(named)) < len(named):
            raise ValueError("an invoice is named twice")
        if named and self.customer_id is None:
            raise ValueError("customer_id has to say whose open invoices they are")
        return self


class ScoredItemOut(ItemOut):
    """An invoice with its chances and reasons; a supposed one is called by its place: supposed/1."""

    supposed: bool


class ScoresOut(Out):
    """The scores, in the order they were asked in. Nothing of it is stored."""

    as_of: Day
    customer_id: str | None
    mode: Mode
    model_version: str | None
    approved: bool
    ledger_version: int
    grace_days: int = Field(description="days after due within which a payment is not late; p_late speaks of them")
    notices: list[str]
    stored: Literal[False]
    items: list[ScoredItemOut]
