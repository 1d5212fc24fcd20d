"""Bodies with one thing wrong in every place, and a run whose bodies have something in every place."""

import copy
import math

from evenings import EVENING, made_run, score
from pydantic import ValidationError

from serving.accounts.account import CustomerFacts
from serving.accounts.history import Contacted, History, Promised, Settled

WRONG = [None, "", "text", -1, 0.5, 7, math.nan, math.inf, True, [], {}, [None], {"more": 1}, "2026-13-99", "eur"]


def places(body, path=()):
    """Every place in a body, as a path of keys."""
    yield path
    inner = body.items() if isinstance(body, dict) else enumerate(body[:2]) if isinstance(body, list) else ()
    for key, value in inner:
        yield from places(value, (*path, key))


def broken_bodies(body):
    for path in places(body):
        if not path:
            continue
        for wrong in WRONG:
            yield path, _changed(body, path, lambda within, key, wrong=wrong: within.__setitem__(key, wrong))
        yield path, _changed(body, path, lambda within, key: within.pop(key))
        yield (
            path,
            _changed(
                body,
                path,
                lambda within, key: within.update(beside=1) if isinstance(within, dict) else within.append(9),
            ),
        )


def _changed(body, path, change):
    changed = copy.deepcopy(body)
    within = changed
    for key in path[:-1]:
        within = within[key]
    change(within, path[-1])
    return changed


def refused(check, body):
    try:
        check(body)
    except ValidationError:
        return True
    return False


def full_run():
    history = History(
        (Settled("S-1", EVENING, EVENING, 0, 100, "EUR"),), 1,
        (Promised("P-1", EVENING, 100, "EUR", "pending"),), (Contacted(EVENING, "phone", "promise", True),),
    )  # fmt: skip
    return made_run([score("I-1", "C-1"), score("I-2", "C-2")], {"C-1": CustomerFacts("Acme", history=history)})
