"""Deciding: what a placed evening decided about every account, for the decision log."""

import hashlib
from collections.abc import Iterable, Sequence
from math import ceil
from typing import Any

from serving.listing.choosing import Chance
from serving.listing.placing import PlacedEvening
from serving.listing.queue import PlacedAccount
from serving.published.bodies import MadeWhenRead, json_bytes
from serving.scoring.scored_evening import ScoredEvening
from serving.trials.decided import AT_ONCE, Decided

CALLABLE = ("listed", "below_the_cut")


def decided(evening: ScoredEvening, placed: PlacedEvening, run_id: str = "") -> Sequence[Decided]:
    """The decisions about all accounts with open items, by `customer_id`, some at a time, made when they are read.

    Args:
        run_id: of the run that they are of; '' where it is still to follow from what is decided.
    """
    everybody = sorted(placed.queue.everybody(), key=lambda one: one.account.customer_id)
    strategy = placed.rules.strategy
    shared = {
        "team": "",
        "policy_name": placed.priority.name,
        "policy_version": f"{strategy.version}+{strategy.digest[:12]}",
        "model_version": evening.model_version,
        "feature_snapshot_hash": evening.features_hash,
        "response_prior_version": evening.prior.version,
    }

    def some(at: int) -> Decided:
        columns = _columns(everybody[at * AT_ONCE : (at + 1) * AT_ONCE])
        return Decided(run_id, evening.as_of, shared, columns)

    return MadeWhenRead(ceil(len(everybody) / AT_ONCE), some)


def decided_digest(parts: Iterable[Decided]) -> str:
    """SHA-256 of all that is logged of a run, in the parts of `decided`: two runs with one id have one log."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(json_bytes(part.to_json()))
        digest.update(b"\n")
    return digest.hexdigest()


def _columns(placed: Sequence[PlacedAccount]) -> dict[str, list[Any]]:
    accounts, eligible = [one.account for one in placed], [one.standing in CALLABLE for one in placed]
    chances = [one.chance or Chance(0.0) for one in placed]
    return {
        "account_id": [account.customer_id for account in accounts],
        "item_ids": [account.item_ids for account in accounts],
        "callable_minor": [account.callable_minor if account.comparable else None for account in accounts],
        "currency": [account.currency for account in accounts],
        "score": [one.rank_value for one in placed],
        "rank": [one.place for one in placed],
        "gain_now": [one.expects.money_days if one.expects else None for one in placed],
        "gain_wait": [one.expects.money_days_if_waiting if one.expects else None for one in placed],
        "components": [{factor.name: factor.value for factor in one.factors} for one in placed],
        "rule": [one.rule for one in placed],
        "standing": [one.standing for one in placed],
        "eligible": eligible,
        "exclusion_reason": ["" if able else one.reason for one, able in zip(placed, eligible, strict=True)],
        "pi": [chance.pi for chance in chances],
        "design": [chance.design for chance in chances],
        "stratum": [chance.stratum for chance in chances],
        "seed_id": [chance.seed_id for chance in chances],
        "eps": [chance.eps for chance in chances],
        "k": [chance.k for chance in chances],
        "action_planned": [one.next_action.step for one in placed],
        "collector": [one.collector for one in placed],
    }
