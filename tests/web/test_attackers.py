"""What is tried at the door by who knows it: bodies that break, other types, texts that nobody sees, guesses that keep
somebody else waiting, two claims on one invoice, and accounts that left the list."""

import pytest
from evenings import made_run, score
from fastapi import APIRouter
from starlette.testclient import TestClient
from web_clients import ADDRESS, PASSWORD, app_of, client_of, cookies_of, form_headers, front_of, url_of
from web_evenings import evening_of, owned

from serving.people.keys import digest
from serving.people.pace import Pace, neighbourhood
from serving.web.door import BodyBeforeDoor, require_rows

AT = "/api/v1/accounts/C-0/activities"
MARIA = form_headers("maria") | {"if-match": '"0"'}
NOTE = {"kind": "note", "text": "ask for Mrs Öz"}
PROMISE = {"kind": "promise", "amount": "500.00", "currency": "EUR", "promised_on": "2026-04-10"}
DISPUTE = {"kind": "dispute", "item_id": "INV-0", "amount": "600.00", "currency": "EUR", "reason": "price"}
PAGE = {"accept": "text/html"}

BROKEN = {"json": b"{", "bytes": b"\xff\xfe", "deep": b"[" * 20_000, "wrong": b'{"kind": "gift"}', "sound": None}


@pytest.fixture
def published(store):
    store.publish(evening_of())


def record(client, said, version=0, path=AT, who="maria"):
    return client.post(path, json=said, headers=form_headers(who) | {"if-match": f'"{version}"'})


# ---- bodies


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN)
def test_a_body_that_breaks_counts_like_a_sound_one(store, recorder, published, body):
    pace = Pace(per_second=1, at_once=3, seconds=lambda: 100.0)
    client = client_of(store, recorder=recorder, pace=pace)
    sent = {"json": NOTE} if body is None else {"content": body}
    headers = MARIA | {"content-type": "application/json"}

    answers = [client.post(AT, headers=headers, **sent).status_code for _ in range(4)]

    assert answers[3] == 429
    assert set(answers[:3]) <= {201, 400, 412, 422}


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN)
def test_who_may_not_write_learns_nothing_from_a_body(client, store, published, body):
    sent = {"json": NOTE} if body is None else {"content": body}
    headers = MARIA | {"content-type": "application/json"}
    client.cookies.clear()
    nobody = client.post(AT, headers=headers, **sent)
    analyst = client_of(store, "ann", app=client.app).post(AT, headers=headers | form_headers("ann"), **sent)

    assert (nobody.status_code, nobody.json()["code"]) == (401, "sign_in_needed")
    assert (analyst.status_code, analyst.json()["code"]) == (404, "no_such_page")


def test_an_application_that_would_read_a_body_before_its_door_does_not_start(store):
    app, careless = app_of(store), APIRouter()

    @careless.post("/sign-out")
    def out(body: dict) -> None: ...

    app.include_router(careless)
    with pytest.raises(BodyBeforeDoor, match="/sign-out takes a body"):
        require_rows(app)


# ---- types


OTHER_TYPES = [
    ({"kind": "contact", "channel": "phone", "outcome": "no_answer", "minutes": True}, "minutes", "a whole number"),
    ({"kind": "contact", "channel": "phone", "outcome": "no_answer", "minutes": "6"}, "minutes", "a whole number"),
    ({"kind": "contact", "channel": "phone", "outcome": "no_answer", "minutes": 6.0}, "minutes", "a whole number"),
    (PROMISE | {"amount": 500.0}, "amount", 'as text, as in "1200.50"'),
    (PROMISE | {"amount": 500}, "amount", 'as text, as in "1200.50"'),
    (PROMISE | {"amount": True}, "amount", "as text"),
    (PROMISE | {"amount": "５００"}, "amount", "as text"),
    (PROMISE | {"amount": " 500"}, "amount", "as text"),
    (PROMISE | {"promised_on": 1775779200}, "promised_on", 'as text, as in "2026-03-31"'),
    (PROMISE | {"promised_on": "1775779200"}, "promised_on", "as text"),
    (PROMISE | {"promised_on": "2026-04-10T00:00:00"}, "promised_on", "as text"),
    ({"kind": "note", "text": 7}, "text", "string"),
]


def test_a_value_of_another_type_is_refused_with_its_field_and_what_was_expected(client, published):
    for wrong, field, expected in OTHER_TYPES:
        answer = record(client, wrong)

        told = answer.json()
        assert (answer.status_code, told["field"]) == (422, field), (wrong, told)
        assert expected in told["detail"], told
    assert client.get(AT).json()["items"] == []


# ---- texts


@pytest.mark.parametrize(
    "unseen", ["\u200b\u200d", "\u202e\u2066", "\u2800", "\u3164\ufe0f", " \u00a0\u2003", "\u0301"]
)
def test_a_text_that_nobody_can_see_is_empty(client, published, unseen):
    for said in (NOTE | {"text": unseen}, DISPUTE | {"reason": unseen}):
        answer = record(client, said)
        assert (answer.status_code, answer.json()["code"]) == (422, "missing_text"), said
    held = record(client, {"kind": "hold", "why": "legal", "reason": unseen})
    assert (held.status_code, held.json()["said"]) == (201, {"why": "legal"})


@pytest.mark.parametrize("control", ["\u0085", "\u009b31m", "\u007f", "\u0007", "\u2028", "\u001b]0;x\u0007"])
def test_a_character_that_steers_is_no_text(client, published, control):
    answer = record(client, NOTE | {"text": f"call {control} again"})

    assert (answer.status_code, answer.json()["code"]) == (422, "bad_text")


def test_words_of_any_script_are_text(client, published):
    for version, text in enumerate(("נא להתקשר", "می‌خواهم", "企業", "👩🏽‍💻 ok", "a\n\tb", "\u202eevil\u202c Ltd")):
        assert record(client, NOTE | {"text": text}, version).json()["said"]["text"] == text


# ---- claims


def test_disputes_together_claim_no_more_than_is_open(client, published):
    first = record(client, DISPUTE)
    more = record(client, DISPUTE | {"amount": "400.01"}, 1)

    assert (more.status_code, more.json()["code"]) == (422, "more_than_open")
    assert "beside 600.00 EUR in dispute already, 400.00 EUR" in more.json()["detail"]
    assert record(client, DISPUTE | {"amount": "400.00"}, 1).status_code == 201
    assert record(client, DISPUTE | {"item_id": "INV-X", "amount": "0.01"}, 2).status_code == 201
    assert record(client, DISPUTE | {"amount": "0.01"}, 3).status_code == 422
    ended = {"kind": "resolution", "of": first.json()["activity_id"], "outcome": "rejected"}
    assert record(client, ended, 3).status_code == 201
    assert record(client, DISPUTE, 4).status_code == 201


def test_a_dispute_that_was_taken_back_claims_nothing(client, published):
    made = record(client, DISPUTE).json()["activity_id"]
    client.post(f"{AT}/{made}/undo", headers=form_headers("maria") | {"if-match": '"1"'})

    assert record(client, DISPUTE, 2).status_code == 201


# ---- accounts that left the list


@pytest.fixture
def gone(client, store):
    """C-0 of ada was written about, and paid everything since: the newest list does not know it."""
    store.publish(owned(evening_of(), {"C-0": "ada", "C-1": "bob"}))
    made = record(client, NOTE).json()["activity_id"]
    store.publish(owned(made_run([score("INV-1", "C-1")]), {"C-1": "bob"}))
    assert client.get("/api/v1/accounts/C-0").status_code == 404
    return made


def test_what_was_said_of_an_account_that_left_is_read_and_taken_back(client, store, gone):
    listed = client.get(AT)
    taken = client.post(f"{AT}/{gone}/undo", headers=form_headers("maria") | {"if-match": listed.headers["etag"]})

    assert [one["activity_id"] for one in listed.json()["items"]] == [gone]
    assert (taken.status_code, taken.json()["of"]) == (201, gone)
    assert record(client, NOTE, 2).json()["code"] == "unknown_account"


def test_it_is_read_and_taken_back_on_its_page_too(client, gone):
    page = client.get("/accounts/C-0", headers=PAGE)
    assert page.status_code == 200
    for words in ("nothing open any more", "ask for Mrs Öz", f'value="{gone}"'):
        assert words in page.text
    sent = {"version": "1", "of": gone, "from": "account"}

    done = client.post("/accounts/C-0/undo", data=sent, headers=PAGE | form_headers("maria"))

    assert (done.status_code, "undone by Maria" in done.text) == (200, True)
    assert f'value="{gone}"' not in done.text


def test_of_an_account_that_left_each_sees_what_they_saw_then(client, store, gone):
    ada, bob = (client_of(store, name, app=client.app) for name in ("ada", "bob"))

    assert ada.get(AT).status_code == 200
    assert ada.get("/accounts/C-0", headers=PAGE).status_code == 200
    for path in (AT, "/accounts/C-0"):
        absent = bob.get(path.replace("C-0", "C-9"))
        assert bob.get(path).json() == absent.json() | {"detail": absent.json()["detail"].replace("C-9", "C-0")}
    assert record(bob, NOTE, 1, who="bob").status_code == 404


# ---- guesses


def browser_of(app, address="192.0.2.1", cookies=None):
    return TestClient(app, base_url=ADDRESS, client=(address, 1), follow_redirects=False, cookies=cookies)


def sign_in(browser, password=PASSWORD, name="maria"):
    return browser.post("/sign-in", data={"name": name, "password": password}, headers=PAGE).status_code


def test_who_guesses_keeps_nobody_waiting_where_they_always_sign_in(store):
    app = app_of(store)
    known = browser_of(app)
    assert sign_in(known) == 303
    for n in range(40):
        sign_in(browser_of(app, f"203.0.113.{n}"), "guess")
    while sign_in(browser_of(app), "guess") != 429:
        pass

    assert sign_in(browser_of(app)) == 429
    assert sign_in(known) == 303


def test_a_known_browser_guesses_no_faster_and_for_its_own_people_alone(store):
    app = app_of(store)
    known = browser_of(app)
    sign_in(known)

    statuses = [sign_in(known, "guess") for _ in range(7)]
    assert statuses == [403] * 5 + [429] * 2
    for n in range(21):  # until nobody may try this name any more, but who is known with it
        sign_in(browser_of(app, f"203.0.113.{n}"), "guess", "ada")
    assert sign_in(known, "guess", "ada") == 429
    assert sign_in(browser_of(app, cookies={"payrisk-device": "invented"}), "guess") == 403


def test_two_people_at_one_machine_are_both_known_there_until_they_leave_or_change_their_password(store):
    front = front_of(url_of(store))
    first = front.sign_in("maria", PASSWORD, "x")
    second = front.sign_in("ada", PASSWORD, "x", first.device)

    assert [front.store.knows_device(digest(second.device), name) for name in ("maria", "ada")] == [True, True]
    assert not front.knows(first.device)
    front.store.set_password("ada", "hash")
    front.store.change("maria", disabled_at=front.clock())
    assert not front.knows(second.device)


def test_who_floods_an_address_keeps_no_known_browser_behind_it_from_the_form(store):
    app = app_of(store, pace=Pace(per_second=1, at_once=5, seconds=lambda: 100.0))
    known = browser_of(app)
    assert sign_in(known) == 303
    while browser_of(app).get("/sign-in").status_code != 429:
        pass

    assert known.get("/sign-in").status_code == 200
    assert browser_of(app, cookies={"payrisk-device": "invented"}).get("/sign-in").status_code == 429
    assert browser_of(app, cookies=cookies_of("ada")).get("/me").status_code == 200


def test_the_addresses_of_one_line_are_one_asker(store):
    app = app_of(store, pace=Pace(per_second=1, at_once=5, seconds=lambda: 100.0))

    answers = [browser_of(app, f"2001:db8:0:7:{n:x}::{n:x}").get("/sign-in").status_code for n in range(1, 8)]

    assert answers == [200] * 5 + [429] * 2
    assert browser_of(app, "2001:db8:0:8::1").get("/sign-in").status_code == 200
    assert neighbourhood("fe80::1%eth0") == neighbourhood("fe80::2")
