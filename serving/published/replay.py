"""Replay: a past day's list made again from what is stored, and held against the one that was published.

The ledger as it stood then, the model version by its name, the rules and the team as they were kept with the list. An
equal run id proves every figure, for the id is a fingerprint of all that the list says but names; lines and accounts
are compared as they are stored. Who was erased since stands in both without a name, which is said and no difference.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ledger.errors import PayriskError
from serving.daily import queue_of
from serving.published.bodies import Json
from serving.published.inputs import ID_SCHEME, settings_of
from serving.published.queue_run import QueueRun
from serving.published.store import PublishedRun, ServingStore
from serving.reports.stored import ReportStore
from serving.scoring.scored_evening import ScoredEvening
from serving.scoring.scored_rows import scored_rows
from serving.value.response import prior

if TYPE_CHECKING:
    from ledger.book import Ledger
    from models.shelf import Shelf


class NotReplayable(PayriskError):
    """A list that cannot be made again, and why."""

    code = "not_replayable"

    def __init__(self, run_id: str, why: str) -> None:
        super().__init__(f"The list {run_id} cannot be made again: {why}")


@dataclass(frozen=True)
class Replay:
    """A list made again.

    Attributes:
        published, again: the run ids; `same` when they are equal.
        features_same: whether the rows of features that were scored are equal to the bit.
        reports_same: whether every figure of every report is the published one, however it is defined in words; None
            where none were kept. The run id does not cover them: a figure added to a report makes no other list.
        differing: accounts whose body or line is not what was published, by `customer_id`; at most 20 of them.
        differing_count: how many there are.
        erased: persons of the list who were erased since it was published.
        older_id: whether an older payrisk made the id of the list in another way: then the ids cannot be compared.
    """

    published: str
    again: str
    features_same: bool
    reports_same: bool | None
    differing: tuple[str, ...]
    differing_count: int
    erased: int = 0
    older_id: bool = False

    @property
    def same(self) -> bool:
        """Whether the list is the published one to the last character."""
        return (self.published == self.again or self.older_id) and not self.differing_count


def replayed(
    ledger: "Ledger", shelf: "Shelf", store: ServingStore, published: PublishedRun, salt: str | None
) -> Replay:
    """Make a published list again.

    Args:
        salt: the secret of the draws; None where it is lost. Only asked where the list explored.

    Raises:
        NotReplayable: it was published by a payrisk that kept no inputs, or the secret of its draws is lost.
        UnknownVersion, BundleRefused: its model is not on the shelf any more, or damaged.
    """
    told = store.inputs(published.run_id)
    if told is None:
        raise NotReplayable(published.run_id, "it was published by an older payrisk, which kept no inputs of it.")
    if salt is None and told["strategy"]["exploration"]["on"]:
        raise NotReplayable(
            published.run_id, "chance had a share in it, and the secret of the draws (draw.salt) is not in this home."
        )
    evening = _evening(ledger, shelf, published, told)
    settings = settings_of(told, store.listed_in(told["before"]), salt or "")
    again = queue_of(evening, settings, now=datetime.fromisoformat(published.head["published_at"]).astimezone(UTC))
    differing = _differing(again, store, published.run_id)
    kept = ReportStore(store).of_run(published.run_id)
    return Replay(
        published.run_id,
        again.run_id,
        evening.features_hash == told["features_hash"],
        _figures(again.reports) == _figures(kept) if kept else None,
        differing[:20],
        len(differing),
        published.head.get("erased", 0),
        told.get("id_scheme") != ID_SCHEME,
    )


def _evening(ledger: "Ledger", shelf: "Shelf", published: PublishedRun, told: Json) -> ScoredEvening:
    from features.portfolio import evening_rows  # compiled loops, which a published evening does without

    view = ledger.at(told["ledger_version"]).as_of(published.as_of)
    table, answer, version = evening_rows(view), prior(told["response_prior"]), told["model_version"]
    bundle = None if version is None else shelf.bundle(version)
    scored = scored_rows(table, view.day, bundle, told["mode"], answer)
    return ScoredEvening(
        view=view,
        bundle=bundle,
        **scored._asdict(),
        prior=answer,
        mode=told["mode"],
        model_version=version,
        approved=told["approved"],
        grace_days=told["grace_days"],
        notices=tuple(told["notices"]),
        features_hash=table.digest,
    )


def _figures(reports: Mapping[str, Json]) -> dict[str, Json]:
    """The reports without the words of their definitions, which a later payrisk may put better."""
    return {name: {**body, "definitions": None} for name, body in reports.items()}


def _differing(again: QueueRun, store: ServingStore, run_id: str) -> tuple[str, ...]:
    """The customers whose account or line is not what is stored."""
    differing: set[str] = set()
    for now, then in ((again.accounts, store.accounts(run_id)), (again.lines, store.lines(run_id))):
        mine, theirs = ({body["customer_id"]: body for body in bodies} for bodies in (now, then))
        differing |= {one for one in mine.keys() | theirs.keys() if mine.get(one) != theirs.get(one)}
    return tuple(sorted(differing))
