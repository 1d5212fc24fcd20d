"""GET /api/v1/accounts/{id}: an account with its open items."""

from datetime import date, timedelta
from urllib.parse import quote

import pytest
from evenings import EVENING, made_run, score
from web_evenings import HOSTILE_NAMES, evening_of, hostile_evening

from serving.accounts.account import CustomerFacts
from serving.accounts.history import History, Settled
from serving.web.file_kinds import CSV, ENDINGS
from serving.web.queues.schemas import AccountOut


def test_an_account_has_its_open_items_each_with_its_own_chances_and_reasons(client, store):
    store.publish(evening_of())

    body = client.get("/api/v1/accounts/C-0").json()

    AccountOut.model_validate(body)
    assert (body["rank"], body["run"]["as_of"]) == (1, "2026-03-31")
    assert [(item["item_id"], item["dpd"], item["known_late"]) for item in body["items"]] == [
        ("INV-0", 10, True),
        ("INV-X", -4, False),
    ]
    assert all(item["reasons"] and item["late_risk"] == 0.5 for item in body["items"])


def test_its_items_and_what_it_settled_can_be_asked_for_apart_and_as_files(client, store):
    settled = Settled("INV-9", date(2026, 1, 1), date(2026, 1, 6), 5, 12_00, "EUR")
    history = History(settled_count=1, settled=(settled,))
    store.publish(made_run([score("INV-0", "C-0", dpd=10)], {"C-0": CustomerFacts("Acme", "GB", history=history)}))
    whole = client.get("/api/v1/accounts/C-0").json()

    items, past = (client.get(f"/api/v1/accounts/C-0/{name}").json() for name in ("items", "history"))

    assert (items["items"], past["items"]) == (whole["items"], whole["history"])
    assert (past["settled_invoices"], items["run"], past["run"]) == (1, whole["run"], whole["run"])
    files = {kind: client.get("/api/v1/accounts/C-0/history", headers={"accept": kind}) for kind in ENDINGS}
    assert {kind: file.headers["content-type"].partition(";")[0] for kind, file in files.items()} == {
        kind: kind for kind in ENDINGS
    }
    told = files[CSV].text.splitlines()
    assert told[1:] == ["INV-9,C-0,2026-01-01,2026-01-06,5,12.00,EUR"]
    assert client.get("/api/v1/accounts/C-9/items").status_code == 404


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_an_id_may_hold_any_character(client, store, name):
    store.publish(hostile_evening())

    answer = client.get(f"/api/v1/accounts/{quote(f'{name} id', safe='')}")

    assert answer.json()["customer_id"] == f"{name} id"


def test_an_account_and_its_line_are_those_of_the_evening_asked_for_whatever_was_published_since(client, store):
    settled = Settled("INV-9", date(2026, 1, 1), date(2026, 1, 6), 5, 12_00, "EUR")
    before = EVENING - timedelta(1)
    past = {"C-0": CustomerFacts("Acme", "GB", history=History(settled_count=1, settled=(settled,)))}
    store.publish(made_run([score("INV-0", "C-0", open=100, dpd=9, as_of=before)], past, as_of=before))
    store.publish(made_run([score("INV-1", "C-0", open=700, dpd=3)]))

    for path in ("accounts/C-0", "accounts/C-0/items", "accounts/C-0/history", "queues/{day}/items/C-0"):
        then, now = (
            client.get(f"/api/v1/{path.format(day=day)}", params={} if "{day}" in path else {"as_of": day}).json()
            for day in (before.isoformat(), "today")
        )
        assert [one["run"]["as_of"] for one in (then, now)] == [before.isoformat(), EVENING.isoformat()], path
        history = path.endswith("history")
        assert [[item["item_id"] for item in one["items"]] for one in (then, now)] == (
            [["INV-9"], []] if history else [["INV-0"], ["INV-1"]]
        ), path
    lists = [client.get(f"/api/v1/queues/{day}").json() for day in (before.isoformat(), "today")]
    assert [(one["as_of"], one["items"][0]["overdue"]["amount"]) for one in lists] == [
        (before.isoformat(), "100.00"),
        (EVENING.isoformat(), "700.00"),
    ]


def test_an_unknown_account_and_an_evening_without_list_are_not_there(client, store):
    store.publish(evening_of())

    for path in ("/api/v1/accounts/C-99", "/api/v1/accounts/C-0?as_of=2020-01-01", "/api/v1/accounts/%00"):
        assert client.get(path).status_code == 404
    assert client.get("/api/v1/accounts/C-0?as_of=yesterday").json()["code"] == "bad_date"
