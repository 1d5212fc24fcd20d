"""Publishing: an evening's queue as the JSON that everybody reads, validated once.

The run's id is a fingerprint of what it says, so that the same evening made again from the same knowledge is the same
run, and a replay can be compared by one word. It is none of names, nor of the sentences that name accounts, which say
in words what the figures say: a person can be erased of a run, and the run stays the one that it was.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import chain

from features.reason_catalogue import reasons_version
from models.score import Mode
from serving.errors import NoSuchZone
from serving.listing.queue import Queue, QueueLine, QueueRules
from serving.published.bodies import Bodies, Json, json_bytes
from serving.published.checks import BodyCheck
from serving.published.queue_run import QueueRun
from serving.published.schemas import QueueHead, QueueLineOut
from serving.published.told_accounts import ToldAccounts
from serving.team.assignment import staffing_sentence
from serving.why.rank_explanation import RankExplanation, rank_explanations, rank_json
from serving.wording import money_json

_LINE = BodyCheck(QueueLineOut)


@dataclass(frozen=True)
class Provenance:
    """Where a run's numbers come from.

    Attributes:
        now: the instant of publishing, with its zone.
        made_of: a fingerprint of everything that decided the run, see `serving.daily.made_of`; '' for a run made alone.
        decided: a fingerprint of what is logged of the run beside what it says; '' for a run of which nothing is.
    """

    as_of: date
    mode: Mode
    model_version: str | None
    ledger_version: int
    approved: bool
    now: datetime
    notices: tuple[str, ...] = ()
    made_of: str = ""
    decided: str = ""


def queue_run(queue: Queue, rules: QueueRules, made: Provenance, told: ToldAccounts | None = None) -> QueueRun:
    """The run as JSON.

    Args:
        told: the accounts, where they were told before they had a place; what else they told is not asked for again.

    Raises pydantic's `ValidationError` when a number is not what the schema promises.
    """
    if made.now.tzinfo is None:
        raise NoSuchZone(made.now.isoformat())
    by_id = sorted(queue.everybody(), key=lambda one: one.account.customer_id)
    told = ToldAccounts.of(by_id) if told is None else told
    whys = rank_explanations(queue, rules)
    in_places = told.texts([line.placed for line in queue.lines])
    bodies = [_line(line, why, text) for line, why, text in zip(queue.lines, whys, in_places, strict=True)]
    lines = Bodies.of(bodies)
    accounts = Bodies(tuple(one.account.customer_id for one in by_id), told.texts(by_id))
    content = {
        "as_of": made.as_of.isoformat(),
        "mode": made.mode,
        "model_version": made.model_version,
        "ledger_version": made.ledger_version,
        "approved": made.approved,
        "notices": [*made.notices, *queue.notices],
        "summary": _summary(queue, rules),
    }
    # The first three: what a reader looks for first.
    head = {
        "as_of": content["as_of"],
        "mode": content["mode"],
        "run_id": f"{made.as_of.isoformat()}-{_fingerprint(content, bodies, told.fingerprints(by_id), made.decided)}",
        "model_version": content["model_version"],
        "ledger_version": content["ledger_version"],
        "approved": content["approved"],
        "made_of": made.made_of,
        "reasons_version": reasons_version(),
        "published_at": made.now.astimezone(UTC).isoformat(timespec="seconds"),
        "notices": content["notices"],
        "summary": content["summary"],
    }
    QueueHead.model_validate(head)
    return QueueRun(made.as_of, head, lines, accounts)


def _fingerprint(content: Json, lines: Sequence[Json], accounts: Iterable[bytes], decided: str) -> str:
    digest = hashlib.sha256()
    nameless = (json_bytes(without_names(line)) for line in lines)
    for text in chain((json_bytes(content),), nameless, (b"",), accounts, (b"", decided.encode())):
        digest.update(text)
        digest.update(b"\n")  # JSON on one line: nothing in it is the end of a line
    return digest.hexdigest()[:12]


def without_names(line: Json) -> Json:
    """A line of a list without its name and without the sentences that name accounts."""
    why = line["rank_explanation"]
    ahead, out = why["ahead"], why["way_out"]
    told = {
        **why, "sentence": "", "ahead": ahead and {**ahead, "text": ""}, "way_out": {**out, "text": ""},
    }  # fmt: skip
    return {**line, "customer_name": None, "rank_explanation": told}


def _line(line: QueueLine, why: RankExplanation, account: bytes) -> Json:
    placed = line.placed
    body = {
        **{name: value for name, value in json.loads(account).items() if name in QueueLineOut.model_fields},
        "rank": line.rank,
        "rank_value": placed.rank_value,
        "factors": [{"name": f.name, "value": f.value, "unit": f.unit, "role": f.role} for f in placed.factors],
        "rank_explanation": rank_json(why),
    }
    _LINE.require(body)
    return body


def _summary(queue: Queue, rules: QueueRules) -> Json:
    listed = [line.placed.account for line in queue.lines if line.placed.account.comparable]
    late = [account.expected_late_minor for account in listed if account.expected_late_minor is not None]
    return {
        "order": queue.order,
        "order_sentence": queue.order_sentence,
        "capacity": rules.capacity,
        "minutes": rules.minutes,
        "works_on": rules.works_on.isoformat(),
        "strategy": rules.strategy.version,
        "staffing": staffing_sentence(queue.assignment, queue.unit) if queue.assignment else "",
        "assigned_by": queue.assignment.method if queue.assignment else "",
        "listed": queue.count("listed"),
        "below_the_cut": queue.count("below_the_cut"),
        "held": queue.count("held"),
        "routed_to_dispute_owner": queue.count("routed_to_dispute_owner"),
        "routed_to_email": queue.count("routed_to_email"),
        "routed_to_cash_application": queue.count("routed_to_cash_application"),
        "not_overdue": queue.count("not_overdue"),
        "overdue": money_json(sum(account.overdue_minor for account in listed), rules.currency),
        "open": money_json(sum(account.open_minor for account in listed), rules.currency),
        "expected_late": money_json(sum(late), rules.currency) if late or not listed else None,
    }
