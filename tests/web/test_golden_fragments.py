"""The fragments that people look at all day, as they are kept in tests/golden. To renew them: `make goldens`.

The waterfall, the timeline and the portfolio have theirs beside their own tests.
"""

from dataclasses import replace

import pytest
from evenings import made_run, score, why
from pictured import fragment, kept_as
from web_clients import form_headers
from web_evenings import evening_of, standing

from serving.accounts.account import CustomerFacts
from serving.published.bodies import Bodies

PAGE = {"accept": "text/html"}


@pytest.fixture
def listed(client, store):
    """A list of one account that has two reasons, an invoice past due and one that is not."""
    reasons = (
        why("habit", "paid 26 days late on average", 0.26),
        why("newness", "customer for 8 years", -0.06),
    )
    items = [score("INV-1", reasons=reasons), score("INV-2", open=500, dpd=-4, reasons=reasons)]
    store.publish(made_run(items, {"C-1": CustomerFacts("Crossmoor Ceramics Ltd", "GB", (), (20, 0, -4, 3, 33))}))
    return client


def shown(client, path, status=200):
    answer = client.get(path, headers=PAGE)
    assert answer.status_code == status
    return answer.text


def record(client, outcome="no_answer", version="0"):
    form = {"kind": "contact", "outcome": outcome, "version": version, "tab": "todo"}
    return client.post("/accounts/C-1/record", data=form, headers=PAGE | form_headers("maria")).text


def test_the_line_of_an_account(listed):
    assert kept_as("queue-line.html", fragment(shown(listed, "/queue"), "tr", 'class="line'))


def test_the_panel(listed):
    assert kept_as("panel.html", fragment(shown(listed, "/queue"), "aside", 'id="panel"'))


def test_the_line_of_a_held_account(client, store):
    run = standing(evening_of(2), {"C-1": "held"})
    said = {"rule_reason": "Held until 7 April 2026: contact is away", "next_step": "wait", "next_step_label": "Wait"}
    bodies = [{**body, **said} if body["standing"] == "held" else body for body in run.accounts]
    store.publish(replace(run, accounts=Bodies.of(bodies)))

    assert kept_as("held-line.html", fragment(shown(client, "/queue?tab=held"), "tr", 'class="line'))


def test_the_list_when_all_is_done(listed):
    record(listed)

    assert kept_as("empty-list.html", fragment(shown(listed, "/queue"), "div", 'class="empty"'))


def test_a_page_that_is_not_there(listed):
    assert kept_as("error-page.html", fragment(shown(listed, "/accounts/C-9", 404), "main", 'id="content"'))


def test_the_notice_that_somebody_was_first(listed):
    record(listed)

    assert kept_as("conflict.html", fragment(record(listed, "sent"), "p", 'role="alert"'))
