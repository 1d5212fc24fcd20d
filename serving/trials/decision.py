"""A decision: what was decided about one account on one evening, and how likely it was to be listed.

One for every account considered, also for those nobody calls: without them no effect of a call can be estimated. What
was done and what came of it is not here: that is read from the ledger, over any horizon, on any later day.
"""

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from serving.trials.errors import NotADecision

Design = Literal["core", "explore", "quota"]
"""What gave an account its chance: its value; the lot; or a rule, for certain."""

LISTED = "listed"
"""Of the standings that of a decision on the list."""

_NUMBERS = ("score", "gain_now", "gain_wait", "pi", "eps")

CHECKED = ("account_id", "standing", "eligible", "components", *_NUMBERS)
"""The fields that `require_decisions` looks at."""


@dataclass(frozen=True)
class Decision:
    """What was decided about one account.

    Attributes:
        run_id: the published run it belongs to.
        team: whose list it is, '' where there is one.
        item_ids: the open items considered, sorted.
        callable_minor: overdue money to call about, in whole minor units of `currency`; None where no
            exchange rate is known.
        policy_name: what the list is ranked by; policy_version: of the strategy, with its digest.
        model_version: None where no model had a say.
        feature_snapshot_hash: of the rows of features that were scored.
        response_prior_version: the assumption about answers to a call.
        score, rank: what it ranks by, and its place among all that could be called, from 1; None where it has none.
        gain_now, gain_wait: what a call gains today, and a week later, in money-days; None where nobody worked it out.
        components: the factors of the score, by name.
        rule: the rule that admitted or excluded it, by its name in the strategy.
        standing: where it stands in the run; "listed" is on the list.
        eligible: whether it could be listed at all; `exclusion_reason` says why not, else ''.
        pi: its chance to be listed before anything was drawn, in [0, 1]; `design` is what gave it.
        stratum: within which it was drawn, '' where nothing was.
        seed_id: names the draw (`serving.trials.draw.Seed`) without telling its secret, '' where nothing was drawn.
        eps: share of the time that is given to chance; `k`: accounts listed in its stratum in all.
        action_planned: the step that was advised; `collector`: who was to take it, '' for nobody.
    """

    run_id: str
    as_of: date
    account_id: str
    standing: str
    pi: float
    design: Design
    eligible: bool
    team: str = ""
    item_ids: tuple[str, ...] = ()
    callable_minor: int | None = None
    currency: str = ""
    policy_name: str = ""
    policy_version: str = ""
    model_version: str | None = None
    feature_snapshot_hash: str = ""
    response_prior_version: str = ""
    score: float | None = None
    rank: int | None = None
    gain_now: float | None = None
    gain_wait: float | None = None
    components: Mapping[str, float] = field(default_factory=dict)
    rule: str = ""
    exclusion_reason: str = ""
    stratum: str = ""
    seed_id: str = ""
    eps: float = 0.0
    k: int = 0
    action_planned: str = ""
    collector: str = ""

    def __post_init__(self) -> None:
        """Raises `NotADecision`, see `require_decisions`."""
        require_decisions({name: (getattr(self, name),) for name in CHECKED})

    @property
    def decision_id(self) -> str:
        """See `decision_id`."""
        return decision_id(self.run_id, self.account_id)

    @property
    def listed(self) -> bool:
        """Whether it is on the list: the treatment that estimates compare by."""
        return self.standing == LISTED


def decision_id(run_id: str, account_id: str) -> str:
    """Follows from the run and the account alone: the same decision told twice is one."""
    return hashlib.sha256(f"{run_id}\0{account_id}".encode("utf-8", "surrogatepass")).hexdigest()[:32]


def require_decisions(columns: Mapping[str, Sequence[Any]]) -> None:
    """That these are decisions.

    Args:
        columns: the fields `CHECKED` of any number of them.

    Raises:
        NotADecision: for a chance outside [0, 1], a number that is none, and a listing that could not be.
    """
    accounts, chances = columns["account_id"], columns["pi"]
    for name in _NUMBERS:
        sound = [number is None or math.isfinite(number) for number in columns[name]]
        _require(sound, accounts, name, columns[name], "a finite number")
    for account, components in zip(accounts, columns["components"], strict=True):
        for name, factor in components.items():
            if not math.isfinite(factor):
                raise NotADecision(account, f"components.{name}", factor, "a finite number")
    whole = [0.0 <= chance <= 1.0 for chance in chances]
    _require(whole, accounts, "pi", chances, "a chance from 0 to 1")
    drawn = [chance > 0.0 or one != LISTED for chance, one in zip(chances, columns["standing"], strict=True)]
    _require(drawn, accounts, "pi", chances, "a chance above 0, since it is listed")
    could = [eligible or chance == 0.0 for chance, eligible in zip(chances, columns["eligible"], strict=True)]
    _require(could, accounts, "pi", chances, "0, since it could not be listed")


def _require(sound: Sequence[bool], accounts: Sequence[str], name: str, found: Sequence[Any], expected: str) -> None:
    if not all(sound):
        at = sound.index(False)
        raise NotADecision(accounts[at], name, found[at], expected)
