"""What if an invoice were paid today: the answer is that of a ledger that was told, and nothing is told."""

import hashlib
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from builders import customer, invoice, known_by, ledger_of, payment, promise, rate, together
from bundle_builders import bundle
from model_builders import COMPANY_EVENING, paying_company, random_curve, random_habit_curve
from random_companies import view_of

from features.compute import feature_rows
from ledger.days import to_day
from ledger.facts import Facts
from models.baseline import rule_scores
from models.bundle import Bundle
from serving.daily import score_items
from serving.errors import CannotSuppose
from serving.listing.placing import ListSettings, PlacedEvening, placed_evening
from serving.scoring.scored_evening import ScoredEvening
from serving.why.what_if import IfPaid, WhatIf, supposed_json

EVENING = COMPANY_EVENING - timedelta(days=60)


@cache
def curve_of(mode: str) -> Bundle | None:
    """What scores in this mode; drawn, and made once."""
    if mode == "rule":
        return None
    return bundle(random_curve() if mode == "model" else random_habit_curve(), trained_as_of=EVENING)


def evening_of(facts: Facts, mode: str, day: date = EVENING) -> tuple[ScoredEvening, PlacedEvening]:
    """The evening of these facts, scored by a drawn curve, and everybody's place on it."""
    by, view = curve_of(mode), view_of(facts, day)
    table = feature_rows(view)
    scores = tuple(rule_scores(table, day) if by is None else by.score(table, day, mode))
    evening = ScoredEvening(view, scores, mode, None, False, 5, (), by)
    return evening, placed_evening(evening, ListSettings(5))


@cache
def company() -> Facts:
    few = paying_company(seed=3, customers=9, invoices=450)
    return together(
        known_by(few, EVENING),
        promise("M-1", customer="C-03", made_on=EVENING - timedelta(days=2), promised_on=EVENING, amount=900),
        rate("USD", "0.9", rate_on="2024-01-01"),
    )


def told(facts: Facts, paid: dict[str, int]) -> Facts:
    """The facts of a ledger that was told on the evening of these payments."""
    rows = [
        {"application_id": f"P-{item_id}-told", "item_id": item_id, "kind": "cash", "amount_minor": minor,
         "happened_on": to_day(EVENING), "known_on": to_day(EVENING), "known_assumed": False}
        for item_id, minor in paid.items()
    ]  # fmt: skip
    both = pd.concat([facts.applications, pd.DataFrame(rows)], ignore_index=True)
    return Facts.of(**(facts.frames() | {"applications": both}))


def told_figures(account):
    reasons = {reason.concept: reason.points for reason in account.reasons}
    return account.late_risk, account.base, account.p_late, *reasons.values()


@pytest.mark.parametrize("mode", ["model", "habit", "rule"])
def test_the_answer_is_what_a_ledger_that_was_told_of_the_payments_says(mode):
    evening, placed = evening_of(company(), mode)
    asked = WhatIf(evening, placed)
    for customer_id in ("C-03", "C-07"):
        own = _items(evening, customer_id)
        paid = {own[0].item_id: own[0].open_minor, own[1].item_id: own[1].open_minor // 2}

        supposed = asked.paid([IfPaid(item_id, Decimal(minor) / 100) for item_id, minor in paid.items()])

        _, placed_truly = evening_of(told(company(), paid), mode)
        truly = {one.account.customer_id: one for one in placed_truly.queue.everybody()}[customer_id]
        after = supposed.after.account
        assert [item.score.item_id for item in after.items] == [item.score.item_id for item in truly.account.items]
        assert (after.open_minor, after.overdue_minor) == (truly.account.open_minor, truly.account.overdue_minor)
        assert after.expected_late_minor == truly.account.expected_late_minor
        assert supposed.after.segment == truly.segment
        assert after.facts.paid_days_late == truly.account.facts.paid_days_late
        if mode != "rule":
            assert told_figures(after) == pytest.approx(told_figures(truly.account), abs=1e-9)


def test_an_account_that_pays_what_is_overdue_leaves_the_list_and_one_that_pays_a_cent_stays():
    evening, placed = evening_of(company(), "model")
    first = placed.queue.lines[0].placed
    overdue = [item.score.item_id for item in first.account.items if item.score.dpd > 0]

    supposed = WhatIf(evening, placed).paid([IfPaid(item_id) for item_id in overdue])

    assert (supposed.before.place, supposed.before.standing) == (1, "listed")
    assert supposed.after is None or supposed.after.standing == "not_overdue"
    part = WhatIf(evening, placed).paid([IfPaid(overdue[0], Decimal("0.01"))])
    assert part.after.place == 1


def test_nothing_is_stored_and_the_view_is_left_as_it_was(tmp_path):
    ledger = ledger_of(company())
    evening = score_items(ledger, _empty_shelf(tmp_path), EVENING)
    placed = placed_evening(evening, ListSettings(5))
    database = Path(ledger.store.engine.url.database)
    before = _content(database), ledger.version, [len(evening.view.applications), len(evening.view.items)]

    body = supposed_json(WhatIf(evening, placed).paid([IfPaid(evening.scores[0].item_id)]))

    assert body["stored"] is False
    assert (_content(database), ledger.version) == before[:2]
    assert [len(evening.view.applications), len(evening.view.items)] == before[2]
    assert score_items(ledger, _empty_shelf(tmp_path), EVENING).scores == evening.scores


def test_the_body_tells_the_account_before_and_after_and_what_moved():
    evening, placed = evening_of(company(), "model")
    item = next(s for s in evening.scores if len(_items(evening, s.customer_id)) > 2)

    body = supposed_json(WhatIf(evening, placed).paid([IfPaid(item.item_id)]))

    assert [one["item_id"] for one in body["if_paid"]] == [item.item_id]
    assert body["before"]["open_items"] == body["after"]["open_items"] + 1
    for side in ("before", "after"):
        told_points = [one[side] or 0.0 for one in body["reasons"]]
        assert body[side]["base"] + sum(told_points) == pytest.approx(body[side]["late_risk"], abs=1e-9)


REFUSED = [
    ([IfPaid("INV-9999")], 'INV-9999" has no money to come'),
    ([IfPaid("A", Decimal("0"))], "0.00 EUR cannot be paid on A"),
    ([IfPaid("A", Decimal("100.01"))], "100.00 EUR is open of it"),
    ([IfPaid("A", Decimal("NaN"))], "NaN is no amount of money. Suppose a number, such as 250.00, in EUR"),
    ([IfPaid("A", Decimal("-Infinity"))], "-Infinity is no amount of money"),
    ([IfPaid("A"), IfPaid("A", Decimal(1))], "named twice"),
    ([IfPaid("A"), IfPaid("B")], "one customer is asked about at a time, here C-1, C-2"),
    ([], "one customer is asked about at a time, here none"),
]


@pytest.mark.parametrize(("asked", "why"), REFUSED)
def test_what_cannot_be_supposed_is_said_with_what_can(asked, why):
    facts = together(
        customer("C-1"),
        invoice("A", customer="C-1", due_on=EVENING, amount=100),
        invoice("B", customer="C-2", due_on=EVENING, amount=100),
        payment("B", paid_on=EVENING, amount=1),
    )

    with pytest.raises(CannotSuppose, match=why):
        WhatIf(*evening_of(facts, "rule")).paid(asked)


def _items(evening, customer_id):
    return [score for score in evening.scores if score.customer_id == customer_id]


def _empty_shelf(folder):
    from models.shelf import Shelf

    return Shelf(folder)


def _content(database: Path) -> str:
    files = sorted(database.parent.glob(f"{database.name}*"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in files if path.suffix != ".db-shm")).hexdigest()
