"""A decision says nothing that cannot be, and is named by its run and account alone."""

import math
from dataclasses import replace
from datetime import date

import pytest

from serving.trials.decision import Decision
from serving.trials.errors import NotADecision

LISTED = Decision(
    run_id="R-1", as_of=date(2026, 3, 31), account_id="C-1", standing="listed", pi=1.0, design="core", eligible=True
)


def test_its_id_follows_from_its_run_and_account_alone():
    assert LISTED.decision_id == replace(LISTED, pi=0.5, collector="ada").decision_id
    ids = {one.decision_id for one in (LISTED, replace(LISTED, run_id="R-2"), replace(LISTED, account_id="C-2"))}
    assert len(ids) == 3
    assert (
        replace(LISTED, run_id="R", account_id="1C").decision_id
        != replace(LISTED, run_id="R1", account_id="C").decision_id
    )


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"pi": 1.1}, "pi"),
        ({"pi": math.nan}, "pi"),
        ({"pi": 0.0}, "pi"),  # nobody is listed without a chance
        ({"standing": "excluded", "eligible": False, "pi": 0.2}, "pi"),
        ({"score": math.inf}, "score"),
        ({"components": {"reach": math.nan}}, "components.reach"),
    ],
)
def test_what_cannot_be_is_refused_with_its_account_and_field(said, field):
    with pytest.raises(NotADecision, match=rf"account C-1 has {field} ") as refusal:
        replace(LISTED, **said)
    assert refusal.value.field == field
