"""Effort: how many accounts were tried since an evening, how many were spoken to, and what they promised. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from ledger.activity_codes import RIGHT_PARTY_OUTCOMES
from ledger.desk_journal import Recorded
from serving.activities.said import Assignment, Contact

SPEAKING = frozenset({"promise", "dispute", "callback"})
"""What nobody records without having spoken to somebody."""


@dataclass(frozen=True)
class Effort:
    """What some rows of the journal come to; what was taken back does not count.

    Attributes:
        worked: accounts about which anything was recorded.
        tried: accounts that somebody tried to speak to; spoken: those of them where the right party answered.
        promised: currency → what was promised; promises: how many promises.
        minutes: of contacts whose minutes were noted, all together; calls: of each phone contact among them.
    """

    worked: int = 0
    tried: int = 0
    spoken: int = 0
    promised: Mapping[str, Decimal] = field(default_factory=dict)
    promises: int = 0
    minutes: int = 0
    calls: tuple[int, ...] = ()


def standing(rows: Iterable[Recorded]) -> list[Recorded]:
    """The rows that nobody took back; an undo is none of them."""
    found = list(rows)
    taken_back = {row.refers_to for row in found if row.kind == "undo"}
    return [row for row in found if row.kind != "undo" and row.activity_id not in taken_back]


def work(rows: Iterable[Recorded]) -> list[Recorded]:
    """The standing rows that are work on an account; who looks after it is a matter between colleagues."""
    return [row for row in standing(rows) if row.kind != Assignment.kind]


def effort_of(rows: Sequence[Recorded]) -> Effort:
    """The effort that some rows tell of; an undo counts only where it is among them."""
    stand = work(rows)
    promised: dict[str, Decimal] = {}
    for row in stand:
        if row.kind == "promise":
            currency = row.said["currency"]
            promised[currency] = promised.get(currency, Decimal(0)) + Decimal(row.said["amount"])
    timed = [row.said for row in stand if row.kind == Contact.kind and row.said.get("minutes") is not None]
    return Effort(
        worked=len({row.customer_id for row in stand}),
        tried=len(tried(stand)),
        spoken=len({row.customer_id for row in stand if is_spoken(row)}),
        promised=promised,
        promises=sum(row.kind == "promise" for row in stand),
        minutes=sum(said["minutes"] for said in timed),
        calls=tuple(said["minutes"] for said in timed if said["channel"] == "phone"),
    )


def tried(rows: Iterable[Recorded]) -> set[str]:
    """The accounts that somebody tried to speak to, by rows that stand."""
    return {row.customer_id for row in rows if _is_try(row)}


def _is_try(row: Recorded) -> bool:
    return row.kind in SPEAKING or (row.kind == "contact" and row.said["outcome"] != "sent")


def is_spoken(row: Recorded) -> bool:
    """Whether a row that stands tells that the right party was spoken to."""
    return row.kind in SPEAKING or (row.kind == "contact" and row.said["outcome"] in RIGHT_PARTY_OUTCOMES)
