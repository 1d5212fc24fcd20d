"""Rows that are kept drawn: the same page as if each were drawn anew, whoever asks, whatever came of an account."""

import random

import pytest
from web_clients import client_of, form_headers
from web_evenings import evening_of, hostile_evening, owned

from serving.web.desk import pages as desk_pages
from serving.web.desk.list_view import TABS
from serving.web.desk.row_facts import row_facts

PEOPLE = ("maria", "ada", "bob")
LANGUAGES = ("en", "de")
SAID = (
    {"kind": "contact", "outcome": "no_answer"},
    {"kind": "contact", "outcome": "refusal", "minutes": "6"},
    {"kind": "promise", "amount": "500.00", "currency": "EUR", "promised_on": "2026-04-10"},
    {"kind": "callback", "due_on": "2026-04-01", "at": "14:30"},
    {"kind": "callback", "due_on": "2026-04-01"},
    {"kind": "callback", "due_on": "2026-04-02", "at": "09:00"},
    {"kind": "snooze", "until_on": "2026-04-07", "reason": "contact is away"},
    {"kind": "note", "text": "Ask for Mrs Öz"},
    {"kind": "hold", "why": "insolvency", "reason": "court letter", "until_on": ""},
)
HEADERS = {"accept": "text/html"}


def pages(clients, tabs=TABS):
    """What each of these people sees under every tab, in each language."""
    return {
        (who, language, tab): client.get(f"/queue?tab={tab}", headers=HEADERS | {"accept-language": language}).text
        for who, client in clients.items()
        for language in LANGUAGES
        for tab in tabs
    }


def drawn_anew(monkeypatch, clients, tabs=TABS):
    """The same without any row that was kept."""
    with monkeypatch.context() as patched:
        patched.setattr(desk_pages, "LONGEST_KEPT", 0)
        return pages(clients, tabs)


def record(client, who, account, form):
    version = len(client.get(f"/api/v1/accounts/{account}/activities").json()["items"])
    sent = {"version": str(version), "tab": "todo", **form}
    answer = client.post(
        f"/accounts/{account}/record", data=sent, headers=HEADERS | form_headers(who), follow_redirects=False
    )
    assert answer.status_code == 303, answer.text


def undo(client, who, account):
    items = client.get(f"/api/v1/accounts/{account}/activities").json()["items"]
    last = next(one for one in items if one["kind"] != "undo" and not one["undone"])
    sent = {"version": str(len(items)), "of": last["activity_id"]}
    answer = client.post(
        f"/accounts/{account}/undo", data=sent, headers=HEADERS | form_headers(who), follow_redirects=False
    )
    assert answer.status_code == 303, answer.text


@pytest.fixture
def clients(store, recorder):
    """One desk, and everybody who looks at it."""
    first = client_of(store, "maria", recorder=recorder)
    return {"maria": first} | {who: client_of(store, who, app=first.app) for who in PEOPLE[1:]}


def test_a_kept_row_is_the_row_as_it_would_be_drawn(clients, store, monkeypatch):
    chance = random.Random(7)
    store.publish(owned(evening_of(6), {"C-1": "ada", "C-2": "bob", "C-3": "ada"}))
    assert pages(clients) == drawn_anew(monkeypatch, clients)
    done: list[str] = []
    for form in (*SAID, None, *chance.sample(SAID, 4), None):
        if form is None:
            undo(clients["maria"], "maria", done.pop())
        else:
            done.append(f"C-{chance.randrange(6)}")
            record(clients["maria"], "maria", done[-1], form)
        assert pages(clients) == drawn_anew(monkeypatch, clients), form


def test_hostile_names_are_kept_as_they_are_drawn(clients, store, monkeypatch):
    store.publish(hostile_evening())

    first = pages(clients, ["todo"])

    assert pages(clients, ["todo"]) == first == drawn_anew(monkeypatch, clients, ["todo"])
    assert "<script>document" not in first["maria", "en", "todo"]


def test_a_row_is_drawn_once_and_again_when_something_came_of_it(clients, store, monkeypatch):
    drawn = []
    monkeypatch.setattr(
        desk_pages, "row_facts",
        lambda line, state, icons: drawn.append(line["customer_id"]) or row_facts(line, state, icons),
    )  # fmt: skip
    store.publish(evening_of(5))
    maria = clients["maria"]
    maria.get("/queue", headers=HEADERS)
    assert sorted(drawn) == ["C-0", "C-1", "C-2", "C-3", "C-4"]

    drawn.clear()
    maria.get("/queue?account=C-3", headers=HEADERS)
    assert drawn == [], "which account is chosen is no part of what is kept"

    record(maria, "maria", "C-2", SAID[0])
    maria.get("/queue?tab=done", headers=HEADERS)
    assert drawn == ["C-2"]
    undo(maria, "maria", "C-2")
    maria.get("/queue", headers=HEADERS)
    assert drawn == ["C-2"], "it is again what it was"


def test_no_form_of_one_person_is_shown_to_another(clients, store):
    store.publish(evening_of(3))
    record(clients["maria"], "maria", "C-0", SAID[0])

    keys = {name: form_headers(name)["x-form-key"] for name in PEOPLE}
    for (who, *_), told in pages(clients, ["done"]).items():
        assert {name for name, key in keys.items() if key in told} == {who}
