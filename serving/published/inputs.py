"""The inputs of a published list: everything it was made of, kept beside it so that it can be made again.

The facts themselves are not in it but the version of the ledger, the model not but its version on the shelf; strategy
and team are kept whole, for their files may change. The secret of the draws stays in the home folder.
`id_scheme` says how the list's id follows from what it says (`publishing.py`).
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from serving.listing.listed_before import ListedBefore
from serving.listing.placing import ListSettings
from serving.published.plain import plain
from serving.scoring.scored_evening import ScoredEvening
from serving.strategy.reading import strategy_of
from serving.strategy.strategy import AT_ANY_HOUR
from serving.team.team import Team

Json = dict[str, Any]

ID_SCHEME = 3
"""3: of a digest of each account, and its place. Lists of an older payrisk have none, and their ids are of the whole
texts of accounts, of the oldest with the names."""


def inputs_json(evening: ScoredEvening, settings: ListSettings) -> Json:
    """The inputs of the list that these make."""
    return {
        "id_scheme": ID_SCHEME,
        "ledger_version": evening.view.version,
        "model_version": evening.model_version,
        "mode": evening.mode,
        "approved": evening.approved,
        "grace_days": evening.grace_days,
        "response_prior": evening.prior.version,
        "features_hash": evening.features_hash,
        "notices": list(evening.notices),
        "capacity": settings.capacity,
        "reporting_currency": settings.reporting_currency,
        "strategy": settings.strategy.said(),
        "team": None if settings.team is None else plain(settings.team),
        "before": settings.before.run_id,
    }


def settings_of(told: Mapping[str, Any], before: ListedBefore, salt: str) -> ListSettings:
    """The settings that `inputs_json` told.

    Args:
        before: the list published before, as it was then; salt: the secret of this company's draws.
    """
    calls: Json = {"on_their_days_off": True, **AT_ANY_HOUR}  # as an older payrisk did
    rules: Json = {"scoring": {"left_to_rule": []}} | told["strategy"]
    rules["calls"] = calls | rules.get("calls", {})
    strategy = strategy_of({**rules, "valid_from": date.fromisoformat(rules["valid_from"])}, "the kept strategy")
    return ListSettings(
        capacity=told["capacity"],
        reporting_currency=told["reporting_currency"],
        strategy=strategy,
        team=None if told["team"] is None else Team.from_plain(told["team"]),
        salt=salt,
        before=before,
    )
