"""Laws of the whole evening: what is learned later changes no score and no line of the queue of an evening."""

from datetime import UTC, datetime, timedelta

import pytest
from builders import known_by
from model_builders import OPENED, company_ledger, paying_company

from models.shelf import Shelf
from serving.daily import queue_of, score_items
from serving.listing.placing import ListSettings
from training.monthly import train

NOW = datetime(2026, 4, 1, 6, 0, tzinfo=UTC)


@pytest.fixture(scope="module", params=[60, 420], ids=["habit", "model"])
def evening_and_shelf(request, tmp_path_factory):
    """An evening, and a shelf that learned on it: too little for a model at first, enough later."""
    evening = OPENED + timedelta(days=request.param)
    shelf = Shelf(tmp_path_factory.mktemp("shelf"))
    train(company_ledger(known_by(paying_company(), evening)), evening, shelf, now=NOW)
    return evening, shelf


def test_facts_learned_later_change_no_score_and_no_line(evening_and_shelf):
    evening, shelf = evening_and_shelf
    then = score_items(company_ledger(known_by(paying_company(), evening)), shelf, evening)

    later = score_items(company_ledger(paying_company()), shelf, evening)

    assert len(then.scores) > 5
    assert later.scores == then.scores
    assert queue_of(later, ListSettings(9), now=NOW).lines == queue_of(then, ListSettings(9), now=NOW).lines


def test_facts_known_that_evening_do_change_scores(evening_and_shelf):
    evening, shelf = evening_and_shelf
    then = score_items(company_ledger(known_by(paying_company(), evening)), shelf, evening)

    a_month_earlier = score_items(
        company_ledger(known_by(paying_company(), evening - timedelta(days=30))), shelf, evening
    )

    assert a_month_earlier.scores != then.scores
