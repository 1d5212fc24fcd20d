"""What of an open item is promised or disputed, so that nobody is called about it."""

from datetime import date

import pandas as pd
import pytest
from builders import invoice, payment, promise, together

from ledger.days import NEVER, to_day
from ledger.facts import Facts
from ledger.view import LedgerView
from serving.accounts.covered import covered_of
from serving.value.item_call import Covered

EVENING = date(2026, 3, 31)
OLD, NEW = invoice("OLD", due_on="2026-02-01", amount=100), invoice("NEW", due_on="2026-03-01", amount=100)


def dispute(item_id: str, minor: int, *, opened_on: str, resolved_on: str | None = None) -> pd.DataFrame:
    opened = to_day(date.fromisoformat(opened_on))
    resolved = NEVER if resolved_on is None else to_day(date.fromisoformat(resolved_on))
    return pd.DataFrame(
        [
            {
                "dispute_id": f"D-{item_id}", "item_id": item_id, "amount_minor": minor, "reason": "price",
                "opened_on": opened, "resolved_on": resolved, "known_on": opened, "superseded_on": NEVER,
            }
        ]
    )  # fmt: skip


def covered(*facts: Facts, disputes: pd.DataFrame | None = None, grace: int = 2) -> dict[str, Covered]:
    from builders import ledger_of

    view = ledger_of(together(*facts)).as_of(EVENING)
    if disputes is not None:
        view = LedgerView.of_facts(
            EVENING, view.items, view.applications, view.customers, view.rates, disputes=disputes,
            promises=view.promises,
        )  # fmt: skip
    return covered_of(view, grace)


def promised(**minor: int) -> dict[str, Covered]:
    return {item_id: Covered(0, of) for item_id, of in minor.items()}


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ((), {}),
        ((promise("R", made_on="2026-03-30", promised_on="2026-04-03", amount=150),), promised(OLD=100_00, NEW=50_00)),
        ((promise("R", made_on="2026-03-30", promised_on="2026-04-03", amount=500),), promised(OLD=100_00, NEW=100_00)),
        ((promise("R", made_on="2026-03-30", promised_on="2026-04-03", amount=500, items=["NEW"]),),
         promised(NEW=100_00)),
        # Broken: its two bank days of grace are over, and somebody is called about the money again.
        ((promise("R", made_on="2026-03-20", promised_on="2026-03-26", amount=150),), {}),
        ((promise("R", made_on="2026-03-20", promised_on="2026-03-27", amount=150),), promised(OLD=100_00, NEW=50_00)),
        ((promise("R", made_on="2026-03-30", promised_on="2026-04-03", amount=150, cancelled_on="2026-03-31"),), {}),
        ((promise("R", made_on="2026-03-30", promised_on="2026-04-03", amount=150, customer="C-2"),), {}),
        ((promise("R", made_on="2026-03-30", promised_on="2026-04-03", amount=150, currency="USD"),), {}),
        # 60 of it came: the promise covers what is still to come of it, not as much again.
        ((promise("R", made_on="2026-03-20", promised_on="2026-04-03", amount=150),
          payment("OLD", paid_on="2026-03-25", amount=60)), promised(OLD=40_00, NEW=50_00)),
        ((promise("R", made_on="2026-03-20", promised_on="2026-04-03", amount=80),
          promise("S", made_on="2026-03-21", promised_on="2026-04-02", amount=80)), promised(OLD=100_00, NEW=60_00)),
    ],
)  # fmt: skip
def test_an_open_promise_covers_what_is_still_to_come_of_it_due_first(told, expected):
    assert covered(OLD, NEW, *told) == expected


def test_a_dispute_covers_its_part_and_a_promise_the_rest():
    told = promise("R", made_on="2026-03-30", promised_on="2026-04-03", amount=90)

    found = covered(OLD, NEW, told, disputes=dispute("OLD", 70_00, opened_on="2026-03-10"))
    assert found == {"OLD": Covered(70_00, 30_00), "NEW": Covered(0, 60_00)}
    more_than_open = covered(OLD, NEW, disputes=dispute("OLD", 900_00, opened_on="2026-03-10"))
    assert more_than_open == {"OLD": Covered(100_00, 0)}
    over = covered(OLD, NEW, disputes=dispute("OLD", 70_00, opened_on="2026-03-10", resolved_on="2026-03-30"))
    assert over == {}


@pytest.mark.parametrize(("grace", "expected"), [(0, {}), (2, promised(OLD=80_00)), (9, promised(OLD=80_00))])
def test_the_strategy_says_for_how_long_a_promise_is_waited_for(grace, expected):
    told = promise("R", made_on="2026-03-20", promised_on="2026-03-27", amount=80)  # a Friday; the evening is a Tuesday

    assert covered(OLD, NEW, told, grace=grace) == expected


def test_a_broken_promise_is_still_waited_for_where_the_strategy_is_more_patient():
    told = promise("R", made_on="2026-03-10", promised_on="2026-03-25", amount=80)

    assert covered(OLD, NEW, told, grace=2) == {}
    assert covered(OLD, NEW, told, grace=4) == promised(OLD=80_00)
