"""The list, an account and the documents behind a reason, as the API answers them."""

from pydantic import Field

from features.evidence.kinds import Part, RowKind
from serving.published.schemas import (
    AccountBody,
    ContactOut,
    Day,
    ItemOut,
    MoneyOut,
    Out,
    PromiseOut,
    QueueHead,
    QueueLineOut,
    RunOut,
    SettledOut,
)


class QueueOut(QueueHead):
    """A page of one evening's list."""

    items: list[QueueLineOut]
    next_cursor: str | None = Field(description="give it as cursor for the next page; null on the last one")


class QueueItemOut(QueueLineOut):
    """One line of an evening's list with its open items, oldest due day first, and the run that made it."""

    items: list[ItemOut]
    run: RunOut


class AccountOut(AccountBody):
    """An account on one evening, with the run that scored it."""

    run: RunOut


class AccountItemsOut(Out):
    """The open items of an account on one evening, oldest due day first."""

    customer_id: str
    items: list[ItemOut]
    run: RunOut


class AccountHistoryOut(Out):
    """What an account did in the last 24 months, as known on one evening: invoices settled, promises and contacts."""

    customer_id: str
    settled_invoices: int = Field(ge=0, description="that stand settled; of more than 60, `items` has those due last")
    items: list[SettledOut] = Field(description="these invoices by due day, oldest first", max_length=60)
    promises: list[PromiseOut] = Field(max_length=24)
    contacts: list[ContactOut] = Field(max_length=40)
    run: RunOut


class EvidenceRowOut(Out):
    """One document behind a reason, as known on the evening; money in the document's currency."""

    kind: RowKind
    part: Part = Field(
        description="figure: the value is read from it; counted; ends: it ended the row of those counted; whole: only "
        "in the whole of a share, or in what is compared with; itself: the invoice asked about, or its customer's own "
        "data; supports: behind one of the others (money on an invoice, an earlier statement of it)"
    )
    item_id: str = Field(description="the item it is about; empty for contacts, promises and the customer's own data")
    document_id: str
    happened_on: Day
    known_on: Day = Field(description="when the ledger learned it; never after the evening")
    due_on: Day | None = Field(description="an invoice's due day; the day a promise is for")
    amount: MoneyOut | None
    days_late: int | None = Field(
        description="of a settled invoice from its due day to the money, of another its days past due; negative: early"
    )
    state: str = Field(description="settled, open, corrected, later, moved; a promise's state; a contact's outcome")


class EveryonesOut(Out):
    """What all customers together contribute; whose invoices they are is not told."""

    invoices: int = Field(ge=0)
    figure: float | None = Field(description="what they come to, in the unit of the value")


class EvidenceOut(Out):
    """The documents behind one reason of one item, and its value worked out again from them."""

    customer_id: str
    customer_name: str | None
    item_id: str
    code: str
    text: str = Field(description="the reason as it was published; of a fact that was not told, as it would be")
    feature: str = Field(description="the feature that looks at these documents")
    feature_text: str = Field(description="that feature told with the value worked out again")
    why: str = Field(description="why it is believed in")
    unit: str
    window_days: int | None = Field(description="how far it looks back; null for all that is known")
    value: float | str | None = Field(description="worked out again from the ledger")
    published_value: float | str | None = Field(description="what the published reason says; null where none says it")
    agrees: bool | None = Field(description="whether both are equal; null where no published reason says the value")
    everyone: EveryonesOut | None
    rows: list[EvidenceRowOut] = Field(max_length=500)
    rows_left_out: int = Field(ge=0)
    rows_of_others: int = Field(
        ge=0, description="documents of invoices that are another customer's that evening: behind the value, not shown"
    )
    run: RunOut
