"""Wherever the money that a call brings forward is told, it is said to be assumed and not measured."""

import re
from dataclasses import replace
from io import BytesIO

import pytest
from evenings import EVENING, NOW, rates, rules_of, score
from python_calamine import CalamineWorkbook

from payrisk.show import show_queue
from serving.accounts.adding_up import accounts_of
from serving.listing.queue import build_queue
from serving.published.publishing import Provenance, queue_run
from serving.strategy.reading import shipped
from serving.strategy.strategy import Worth
from serving.value.call_value import CallValue
from serving.value.item_call import ItemCall
from serving.value.priority import Gain
from serving.value.response import prior


@pytest.fixture
def run():
    """An evening with two lines; the first call brings 40,000 forward by 20 days."""
    return run_by(shipped())


def run_by(strategy):
    scores = [score("INV-1", open=40_000), score("INV-2", "C-2", open=900)]
    calls = {item.item_id: ItemCall(Gain(20.0, 4.0)) for item in scores}
    rules = replace(rules_of(40, rates()), strategy=strategy)
    queue = build_queue(accounts_of(scores, {}, rates(), calls), CallValue(prior()), rules)
    return queue_run(queue, rules, Provenance(EVENING, "model", "2026-02-28-1a2b3c4d", 7, True, NOW))


def words(text):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


@pytest.mark.parametrize(
    ("path", "told", "assumed"),
    [
        ("/queue", "800k", "money-days, assumed"),
        ("/queue", "Brought forward", "how customers answer is assumed, not measured"),
        ("/queue/panel?account=C-1", "about 800,000 money-days", "Assumed response (version 1), not measured."),
        ("/accounts/C-1", "Why", "How customers answer a call is assumed, not measured (version 1)."),
    ],
)
def test_a_page_that_tells_what_a_call_brings_says_that_it_is_assumed(path, told, assumed, client, store, run):
    store.publish(run)

    page = words(client.get(path, headers={"accept": "text/html"}).text)

    assert told in page
    assert assumed in page


def test_who_says_what_money_and_a_contact_cost_is_told_what_a_call_is_worth(client, store):
    costly = replace(shipped(), worth=Worth(0.0365, 30.0))
    run, without = run_by(costly), run_by(shipped())
    store.publish(run)
    first, second = client.get(f"/api/v1/queues/{EVENING}").json()["items"]
    page = words(client.get("/queue/panel?account=C-1", headers={"accept": "text/html"}).text)
    panel = words(client.get("/queue/panel?account=C-2", headers={"accept": "text/html", "accept-language": "de"}).text)

    # 800,000 money-days at 3.65 % a year are 80.00, of 900 EUR 1.80, and a contact costs 30
    assert first["brought_forward"]["worth"] == {"amount": "50.00", "currency": "EUR"}
    assert second["brought_forward"]["worth"] == {"amount": "-28.20", "currency": "EUR"}
    assert "At your cost of money that is worth €50, the contact paid." in page
    assert "Assumed response (version 1), not measured." in page
    assert "kostet der Kontakt mehr, als das wert ist (−28 €)" in panel
    assert "worth" not in without.lines[0]["brought_forward"]
    store.publish(run_by(replace(shipped(), worth=Worth(0.0365, 2.2))))
    assert "costs more than that is worth (−€0.40)" in words(
        client.get("/queue/panel?account=C-2", headers={"accept": "text/html"}).text
    )
    assert [line["customer_id"] for line in run.lines] == [line["customer_id"] for line in without.lines]


def test_the_api_says_that_it_is_not_measured_and_by_which_assumption(client, store, run):
    store.publish(run)

    body = client.get(f"/api/v1/queues/{EVENING}").json()

    assert [line["brought_forward"]["measured"] for line in body["items"]] == [False, False]
    assert {line["brought_forward"]["prior"] for line in body["items"]} == {prior().version}
    assert "(assumed, not measured)" in body["summary"]["order_sentence"]


def test_the_workbook_and_the_console_say_so_beside_their_figures(client, store, run, capsys):
    store.publish(run)
    body = client.get(f"/api/v1/queues/{EVENING}").json()

    book = CalamineWorkbook.from_filelike(BytesIO(client.get("/queue.xlsx").content))
    head, first, *_ = book.get_sheet_by_name("Queue").to_python()
    show_queue(body, accounts=5)

    assert dict(zip(head, first, strict=True))["Money-days brought forward (assumed)"] == 800_000
    printed = words(capsys.readouterr().out)
    assert "800,000" in printed
    assert "assumed, not measured" in printed
