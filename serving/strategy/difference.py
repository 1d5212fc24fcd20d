"""Difference: what changes from one strategy to another, key by key, and in words what that means for the list."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from serving.strategy.strategy import Strategy

_MORE_AND_LESS: Mapping[str, tuple[str, str]] = {
    "route.minimum_balance": ("more small accounts get an e-mail instead", "more small accounts are called"),
    ".conversations": ("customers may be spoken to more often", "customers are spoken to less often"),
    ".attempts": ("customers may be tried more often", "customers are tried less often"),
    "caps.*.days": ("the caps reach further back: fewer calls", "the caps reach less far back: more calls"),
    "calls.from_hour": ("customers are called later in their day", "customers are called earlier in their day"),
    "calls.until_hour": ("customers are called until later in their day", "calls end earlier in the customers' day"),
    "worth.cost_of_money": ("what comes sooner is worth more", "what comes sooner is worth less"),
    "worth.cost_of_contact": ("a call is worth less", "a call is worth more"),
    "floor.email_after_days": (
        "accounts below the cut are written to later",
        "accounts below the cut are written to sooner",
    ),
    "promises.grace_bank_days": ("promises are waited for longer", "promises count as broken sooner"),
    ".share": ("more of the team's minutes are set aside", "more of the team's minutes go by value"),
    "quotas.broken_promises.days": ("broken promises ask for longer", "broken promises ask for fewer days"),
    ".top_share": ("more accounts count as large", "fewer accounts count as large"),
    ".days_without_talk": ("large accounts may stay silent longer", "large accounts are called again sooner"),
    ".starving_overdue_days": ("fewer accounts count as forgotten", "more accounts count as forgotten"),
    ".starving_days": ("accounts may wait longer without a contact", "forgotten accounts are called sooner"),
    ".first_days": ("new large money asks for longer", "new large money asks for fewer days"),
    ".of_book": ("fewer accounts count as large new money", "more accounts count as large new money"),
    ".of_credit_limit": ("fewer accounts count as large new money", "more accounts count as large new money"),
    "pre_due.within_days": ("e-mails go out earlier", "e-mails go out later"),
    "pre_due.p_late": ("fewer e-mails before anything is due", "more e-mails before anything is due"),
    "exploration.exposure_ceiling": ("larger accounts take part in the lot", "only smaller accounts take part"),
    "segments.new_below_paid": ("customers stay new for longer", "customers are judged by their past sooner"),
    "segments.reliable_late_share": ("more customers count as reliable", "fewer customers count as reliable"),
    "segments.drifter_days": ("reliable customers drift later", "reliable customers drift sooner"),
    "segments.disputer_share": ("fewer customers count as disputers", "more customers count as disputers"),
}
"""Key, or its end, → what more of it means and what less does. The whole key goes before its end."""

_OFF_AND_ON: Mapping[str, str] = {
    "route.disputed": "accounts whose overdue money is all disputed",
    "route.credits": "accounts that their credits cover",
}


@dataclass(frozen=True)
class Change:
    """One key that says something else; None where it is not said. `meaning` is '' where the values say it all."""

    section: str
    key: str
    old: Any
    new: Any
    meaning: str = ""

    @property
    def line(self) -> str:
        """As people read it.

        >>> Change("route", "minimum_balance", 100.0, 50.0, "more small accounts are called").line
        'minimum_balance: 100 → 50 (more small accounts are called)'
        """
        meaning = f" ({self.meaning})" if self.meaning else ""
        return f"{self.key}: {self.before} → {self.after}{meaning}"

    @property
    def before(self) -> str:
        """What the key said, as a file writes it."""
        return in_words(self.old)

    @property
    def after(self) -> str:
        """What it says now."""
        return in_words(self.new)


def difference(old: Strategy, new: Strategy) -> tuple[Change, ...]:
    """Every key of which two strategies say something else, in the order of the file."""
    before, after = _flat(old.said()), _flat(new.said())
    keys = [key for key in {**before, **after} if before.get(key) != after.get(key)]
    return tuple(_change(key, before.get(key), after.get(key)) for key in keys)


def in_words(value: Any) -> str:
    """A value as a file writes it, a plan as its steps with their waits.

    >>> in_words([{"step": "email", "wait_days": 7}, {"step": "call", "wait_days": 0}]), in_words(None), in_words(True)
    ('email, 7 days later call', 'nothing', 'true')
    """
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return _listed(value)
    return f"{value:,g}" if isinstance(value, float) else str(value)


def _listed(values: list[Any]) -> str:
    if not values or not isinstance(values[0], dict):
        return ", ".join(map(str, values)) or "none"
    told = values[0]["step"]
    for earlier, one in pairwise(values):
        days = earlier["wait_days"]
        told += f", {days} {'day' if days == 1 else 'days'} later {one['step']}"
    return str(told)


def _flat(told: Mapping[str, Any], section: tuple[str, ...] = ()) -> dict[tuple[str, ...], Any]:
    found: dict[tuple[str, ...], Any] = {}
    for key, value in told.items():
        found |= _flat(value, (*section, key)) if isinstance(value, dict) else {(*section, key): value}
    return found


def _change(key: tuple[str, ...], old: Any, new: Any) -> Change:
    return Change(".".join(key[:-1]), key[-1], old, new, _meaning(key, old, new))


def _meaning(key: tuple[str, ...], old: Any, new: Any) -> str:
    whole = ".".join(key)
    if whole in _OFF_AND_ON:
        return f"{_OFF_AND_ON[whole]} {'go to their owner' if new else 'are called like any other'}"
    if whole == "exclude.holds":
        return _holds(old, new)
    if whole == "scoring.left_to_rule":
        return _left_to_rule(old, new)
    if whole == "calls.on_their_days_off":
        return f"customers are {'called' if new else 'left alone'} on their country's days off"
    if whole.endswith(".statutory"):
        return f"an appointment {'no longer lifts' if new else 'lifts'} the cap on conversations"
    if whole == "floor.email_after_days" and None in (old, new):
        return f"accounts below the cut are {'no longer ' if new is None else ''}written to when nobody is in touch"
    if whole == "exploration.on":
        return f"a part of the calls {'is drawn by lot' if new else 'is no longer drawn by lot'}"
    if isinstance(old, int | float) and isinstance(new, int | float):
        more, less = _more_and_less(key)
        return more if new > old else less
    return ""


def _more_and_less(key: tuple[str, ...]) -> tuple[str, str]:
    asked = (".".join(key), ".".join((key[0], "*", key[-1])), f".{key[-1]}")
    return next((_MORE_AND_LESS[name] for name in asked if name in _MORE_AND_LESS), ("", ""))


def _holds(old: list[str], new: list[str]) -> str:
    called, held = ([hold for hold in one if hold not in other] for one, other in ((old, new), (new, old)))
    told = [f"accounts on hold for {', '.join(called)} are called"] if called else []
    return "; ".join([*told, *([f"accounts on hold for {', '.join(held)} are no longer called"] if held else [])])


def _left_to_rule(old: list[str], new: list[str]) -> str:
    scored, left = ([kind for kind in one if kind not in other] for one, other in ((old, new), (new, old)))
    told = [f"a score may place debtors of the class {', '.join(scored)} again"] if scored else []
    return "; ".join([*told, *([f"no score places debtors of the class {', '.join(left)} any more"] if left else [])])
