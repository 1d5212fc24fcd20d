"""Accounts and strategies for the tests of the rules: said in a line each, whole otherwise."""

from dataclasses import replace
from random import Random
from typing import Any, get_args

from hypothesis import strategies as st

from serving.strategy.codes import HOLD_WORDS, Segment
from serving.strategy.considered import Broken, Callback, Considered, DueSoon
from serving.strategy.reading import parse_strategy, shipped, shipped_text
from serving.strategy.strategy import Strategy

AS_OF = 20_000
"""A whole day; the list of that evening is worked on the next one."""
WORKS_ON = AS_OF + 1


def account(customer_id: str = "C-1", **told: Any) -> Considered:
    """A company that owes 1,000 in all, 500 of it overdue for 20 days; nobody ever spoke to it."""
    usual: dict[str, Any] = {
        "value": 1.0, "minutes": 8.0, "segment": "mixed", "oldest_dpd": 20, "open": 1000.0, "overdue": 500.0,
        "debtor_class": "legal_person", "overdue_since_days": 20,
    }  # fmt: skip
    return Considered(customer_id=customer_id, **(usual | told))


def changed(**sections: dict[str, Any]) -> Strategy:
    """The shipped strategy with other values in its sections: `changed(route={"credits": False})`."""
    strategy = shipped()
    parts: dict[str, Any] = {
        name: values if name == "plans" else replace(getattr(strategy, name), **values)
        for name, values in sections.items()
    }
    return replace(strategy, **parts)


def with_quota(name: str, **values: Any) -> Strategy:
    """The shipped strategy with other values in one quota."""
    strategy = shipped()
    return replace(
        strategy, quotas=replace(strategy.quotas, **{name: replace(getattr(strategy.quotas, name), **values)})
    )


def written(*changes: tuple[str, str]) -> Strategy:
    """The shipped file with some of its text replaced, read."""
    return parse_strategy(rewritten(*changes), "mine.toml")


def rewritten(*changes: tuple[str, str]) -> str:
    """The shipped file with some of its text replaced; each must be there."""
    text = shipped_text()
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


SEEDS = st.integers(0, 2**32 - 1)


def any_account(rng: Random, customer_id: str = "C-1") -> Considered:
    """Any account that an evening may have; half of them are on no hold."""
    overdue = rng.choice([0.0, 0.01, 40.0, 99.99, 100.0, 5000.0, 250_000.0])
    disputed = overdue * rng.choice([0.0, 0.0, 0.2, 0.5, 1.0])
    promised = (overdue - disputed) * rng.choice([0.0, 0.0, 0.5, 1.0])
    credits = rng.choice([0.0, 0.0, 60.0, 5000.0])
    tries = tuple(sorted(rng.randrange(91) for _ in range(rng.choice([0, 0, 1, 2, 5]))))
    return Considered(
        customer_id=customer_id,
        value=rng.choice([None, 0.0, 7.0, rng.uniform(0, 1e6)]),
        minutes=rng.choice([4.0, 8.0, 12.5]),
        segment=rng.choice(get_args(Segment)),
        oldest_dpd=rng.randint(1, 200) if overdue else 0,
        open=overdue + rng.choice([0.0, 50.0, 1e5]),
        overdue=overdue,
        debtor_class=rng.choice(["", "legal_person", "natural_person"]),
        promised=promised,
        disputed=disputed,
        credits=credits,
        credited=min(credits, overdue - disputed - promised),
        other_overdue=rng.random() < 0.1,
        credit_limit=rng.choice([None, 0.0, rng.uniform(0, 1e5)]),
        holds=tuple(sorted(rng.sample(sorted(HOLD_WORDS), rng.choice([0, 0, 1, 2])))),
        callback=Callback(WORKS_ON + rng.randint(-3, 3), rng.choice(["", "09:30"])) if rng.random() < 0.4 else None,
        tries=tries,
        talks=tuple(day for day in tries if rng.random() < 0.5),
        broken=tuple(Broken(rng.choice([5.0, 9e4]), rng.randrange(9)) for _ in range(rng.choice([0, 0, 1, 2]))),
        due_soon=tuple(_due_soon(rng) for _ in range(rng.choice([0, 1, 2]))),
        overdue_since_days=rng.randrange(200) if rng.random() < 0.5 else rng.randrange(5),
        country="DE",
        open_again=rng.choice([None, WORKS_ON, WORKS_ON, WORKS_ON + 3]),
    )


def any_evening(seed: int, most: int = 14) -> list[Considered]:
    """Up to so many accounts, each with its own id, in any order."""
    rng = Random(seed)
    found = [any_account(rng, f"C-{number:02}") for number in range(rng.randrange(most + 1))]
    return rng.sample(found, len(found))


def _due_soon(rng: Random) -> DueSoon:
    return DueSoon(rng.choice([9.0, 500.0, 9e4]), rng.randrange(15), rng.choice([None, 0.1, 0.9]), rng.random() < 0.2)
