"""Deciding: what a placed evening decided about every account, for the decision log."""

import hashlib
import json
from collections.abc import Iterable, Sequence

from serving.listing.placing import PlacedEvening
from serving.listing.queue import PlacedAccount
from serving.published.bodies import MadeWhenRead
from serving.scoring.scored_evening import ScoredEvening
from serving.trials.decision import Decision

CALLABLE = ("listed", "below_the_cut")


def decisions_of(evening: ScoredEvening, placed: PlacedEvening, run_id: str = "") -> Sequence[Decision]:
    """One decision for every account with open items, by `customer_id`, each made when it is read.

    Args:
        run_id: of the run that they are of; '' where it is still to follow from what is decided.
    """
    everybody = sorted(placed.queue.everybody(), key=lambda one: one.account.customer_id)
    return MadeWhenRead(len(everybody), lambda at: _decision(everybody[at], evening, placed, run_id))


def decided_digest(decisions: Iterable[Decision]) -> str:
    """SHA-256 of all that is logged of a run, as one list: two runs with one id have one log."""
    digest, between = hashlib.sha256(b"["), b""
    for decision in decisions:
        said = json.dumps(decision.to_json(), ensure_ascii=False, sort_keys=True)
        digest.update(between + said.encode("utf-8", "surrogatepass"))
        between = b", "
    digest.update(b"]")
    return digest.hexdigest()


def _decision(one: PlacedAccount, evening: ScoredEvening, placed: PlacedEvening, run_id: str) -> Decision:
    account, strategy, chance, expects = one.account, placed.rules.strategy, one.chance, one.expects
    eligible = one.standing in CALLABLE
    return Decision(
        run_id=run_id,
        as_of=evening.as_of,
        account_id=account.customer_id,
        standing=one.standing,
        pi=chance.pi if chance else 0.0,
        design=chance.design if chance else "core",
        eligible=eligible,
        item_ids=account.item_ids,
        callable_minor=account.callable_minor if account.comparable else None,
        currency=account.currency,
        policy_name=placed.priority.name,
        policy_version=f"{strategy.version}+{strategy.digest[:12]}",
        model_version=evening.model_version,
        feature_snapshot_hash=evening.features_hash,
        response_prior_version=evening.prior.version,
        score=one.rank_value,
        rank=one.place,
        gain_now=expects.money_days if expects else None,
        gain_wait=expects.money_days_if_waiting if expects else None,
        components={factor.name: factor.value for factor in one.factors},
        rule=one.rule,
        exclusion_reason="" if eligible else one.reason,
        stratum=chance.stratum if chance else "",
        seed_id=chance.seed_id if chance else "",
        eps=chance.eps if chance else 0.0,
        k=chance.k if chance else 0,
        action_planned=one.next_action.step,
        collector=one.collector,
    )
