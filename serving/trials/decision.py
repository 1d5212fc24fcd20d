"""A decision: what was decided about one account on one evening, and how likely it was to be listed.

One for every account considered, also for those nobody calls: without them no effect of a call can be estimated. What
was done and what came of it is not here: that is read from the ledger, over any horizon, on any later day.
"""

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from serving.trials.errors import NotADecision

Design = Literal["core", "explore", "quota"]
"""What gave an account its chance: its value; the lot; or a rule, for certain."""

_NUMBERS = ("score", "gain_now", "gain_wait", "pi", "eps")


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
        """Raises `NotADecision` for a chance outside [0, 1], a number that is none, and a listing that could not be."""
        for name in _NUMBERS:
            self._require_finite(name, getattr(self, name))
        for name, factor in self.components.items():
            self._require_finite(f"components.{name}", factor)
        if not 0.0 <= self.pi <= 1.0:
            raise NotADecision(self.account_id, "pi", self.pi, "a chance from 0 to 1")
        if self.listed and not self.pi > 0.0:
            raise NotADecision(self.account_id, "pi", self.pi, "a chance above 0, since it is listed")
        if self.pi > 0.0 and not self.eligible:
            raise NotADecision(self.account_id, "pi", self.pi, "0, since it could not be listed")

    def _require_finite(self, name: str, number: float | None) -> None:
        if number is not None and not math.isfinite(number):
            raise NotADecision(self.account_id, name, number, "a finite number")

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values."""
        return vars(self) | {
            "as_of": self.as_of.isoformat(), "item_ids": list(self.item_ids), "components": dict(self.components)
        }  # fmt: skip

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> "Decision":
        """What `to_json` told."""
        day, items = date.fromisoformat(told["as_of"]), tuple(told["item_ids"])
        return cls(**{**told, "as_of": day, "item_ids": items})

    @property
    def decision_id(self) -> str:
        """Follows from the run and the account alone: the same decision told twice is one."""
        named = f"{self.run_id}\0{self.account_id}".encode("utf-8", "surrogatepass")
        return hashlib.sha256(named).hexdigest()[:32]

    @property
    def listed(self) -> bool:
        """Whether it is on the list: the treatment that estimates compare by."""
        return self.standing == "listed"
