"""POST and GET /api/v1/accounts/{id}/activities and …/undo: recorded, refused, listed, taken back."""

from datetime import date
from urllib.parse import quote

import pytest
from web_clients import client_of, form_headers
from web_evenings import HOSTILE_NAMES, evening_of, hostile_evening, owned

from serving.audit.audit_store import AuditLog
from serving.audit.chain import first_fault
from serving.web.activities.schemas import ActivitiesOut, ActivityOut
from serving.web.schemas import ConflictOut, ProblemOut

AT = "/api/v1/accounts/C-0/activities"
MARIA = form_headers("maria")
CONTACT = {"kind": "contact", "channel": "phone", "outcome": "right_party", "minutes": 6}
PROMISE = {"kind": "promise", "amount": "500.00", "currency": "EUR", "promised_on": "2026-04-10"}
BODIES = [
    CONTACT,
    PROMISE,
    PROMISE | {"item_ids": ["INV-0"]},
    {"kind": "dispute", "item_id": "INV-0", "amount": "120.50", "currency": "EUR", "reason": "damaged",
     "owner": "quality", "due_on": "2026-04-20"},
    {"kind": "callback", "due_on": "2026-04-02", "at": "14:30"},
    {"kind": "hold", "why": "insolvency", "reason": "court letter"},
    {"kind": "snooze", "until_on": "2026-04-07", "reason": "their accountant is away"},
    {"kind": "note", "text": "Ask for Mrs Öz\n企業 <script>"},
    {"kind": "contest", "because": "pays_sooner", "item_id": "INV-0", "text": "transfer seen"},
]  # fmt: skip


@pytest.fixture
def published(store):
    store.publish(evening_of())


def post(client, body=CONTACT, version=0, **headers):
    return client.post(AT, json=body, headers=MARIA | {"if-match": f'"{version}"'} | headers)


def undo(client, activity_id, version, **headers):
    return client.post(f"{AT}/{activity_id}/undo", json={}, headers=MARIA | {"if-match": f'"{version}"'} | headers)


def entries(store):
    log = AuditLog(f"sqlite:///{store.engine.url.database}")
    found = list(log.entries())
    log.close()
    return found


@pytest.mark.parametrize("body", BODIES, ids=lambda body: body["kind"])
def test_what_is_recorded_is_answered_and_listed(client, published, body):
    answer = post(client, body)

    assert (answer.status_code, answer.headers["etag"]) == (201, '"1"')
    one = answer.json()
    ActivityOut.model_validate(one)
    assert {"kind": one["kind"]} | {name: one["said"][name] for name in body if name != "kind"} == body
    assert (one["by"], one["known_on"], one["undone"]) == ("maria", "2026-04-01", None)
    listed = client.get(AT)
    ActivitiesOut.model_validate(listed.json())
    assert (listed.json()["items"], listed.headers["etag"]) == ([one], '"1"')


def test_an_amount_is_told_in_plain_digits(client, published):
    assert post(client, PROMISE | {"amount": "5e2"}).json()["said"]["amount"] == "500"


def test_every_change_has_its_version_and_its_entry_in_a_sound_chain(client, store, published):
    for version, body in enumerate(BODIES):
        assert client.get("/api/v1/accounts/C-0").headers["etag"] == f'"{version}"'
        assert post(client, body, version).status_code == 201

    found = entries(store)
    assert [one.change.action for one in found] == [f"activity.{body['kind']}" for body in BODIES]
    assert {one.change.actor for one in found} == {"maria"}
    assert first_fault(found) is None


def test_nobody_may_record_and_nothing_is_left(client, store, published):
    client.cookies.clear()
    answer = client.post(AT, json=CONTACT, headers=MARIA | {"if-match": '"0"'})

    assert (answer.status_code, answer.json()["code"]) == (401, "sign_in_needed")
    client = client_of(store, app=client.app)
    assert client.get(AT).json()["items"] == []
    assert entries(store) == []


@pytest.mark.parametrize(
    ("if_match", "status", "code"),
    [(None, 428, "if_match_missing"), ("*", 428, "if_match_missing"), ('"7"', 412, "account_changed"),
     ('W/"0"', 412, "account_changed"), ("0", 412, "account_changed"), ('"0', 412, "account_changed")],
)  # fmt: skip
def test_a_change_must_name_the_version_that_the_account_is_at(client, store, published, if_match, status, code):
    headers = MARIA if if_match is None else MARIA | {"if-match": if_match}
    answer = client.post(AT, json=CONTACT, headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert entries(store) == []


def test_of_two_editors_one_is_told_who_came_first(client, store, published):
    assert post(client, PROMISE).status_code == 201
    late = client_of(store, "ada", app=client.app).post(
        AT, json=CONTACT, headers=form_headers("ada") | {"if-match": '"0"'}
    )

    assert late.status_code == 412
    ConflictOut.model_validate(late.json())
    told = late.json()
    assert (told["changed_by"], told["changed"], told["account_version"]) == ("maria", "promise", 1)
    assert post(client, CONTACT, version=1).status_code == 201


WRONG = [
    (CONTACT | {"channel": "pigeon"}, "bad_channel", "channel"),
    (CONTACT | {"outcome": ""}, "bad_outcome", "outcome"),
    (CONTACT | {"minutes": 481}, "bad_minutes", "minutes"),
    (CONTACT | {"happened_on": "2026-04-02"}, "bad_day", "happened_on"),
    (CONTACT | {"mood": "good"}, "bad_request", "mood"),
    (PROMISE | {"amount": "0"}, "bad_amount", "amount"),
    (PROMISE | {"amount": "1.005"}, "amount_precision", "amount"),
    (PROMISE | {"amount": "NaN"}, "bad_request", "amount"),
    (PROMISE | {"amount": "1e11"}, "more_than_open", "amount"),
    (PROMISE | {"currency": "XXX"}, "bad_currency", "currency"),
    (PROMISE | {"promised_on": "2026-03-31"}, "bad_day", "promised_on"),
    (PROMISE | {"item_ids": ["INV-1"]}, "item_not_open", "item_ids"),
    (BODIES[3] | {"amount": "1000.01"}, "more_than_open", "amount"),
    (BODIES[3] | {"currency": "USD"}, "bad_currency", "currency"),
    (BODIES[3] | {"reason": " "}, "missing_text", "reason"),
    (BODIES[3] | {"owner": "cantine"}, "bad_owner", "owner"),
    (BODIES[4] | {"at": "25:00"}, "bad_callback", "at"),
    (BODIES[5] | {"why": "snooze"}, "bad_why", "why"),
    (BODIES[6] | {"until_on": "2026-04-01"}, "bad_day", "until_on"),
    ({"kind": "note", "text": "a\u0000b"}, "bad_text", "text"),
    ({"kind": "note", "text": "x" * 2_001}, "bad_request", "text"),
    ({"kind": "contest", "because": "other"}, "missing_text", "text"),
    ({"kind": "resolution", "of": "nothing", "outcome": "accepted"}, "not_a_dispute", "of"),
    ({"kind": "hold", "why": "legal", "until_on": "4707-11-29"}, "bad_hold", "until_on"),
    (PROMISE | {"item_ids": ["INV-0", 5]}, "bad_request", "item_ids"),
    ({"kind": "gift"}, "bad_request", "kind"),
    ({"text": "of no kind"}, "bad_request", "kind"),
    ([], "bad_request", "body"),
]


def test_what_may_not_be_believed_is_refused_by_name_and_leaves_nothing(client, store, published):
    for wrong, code, field in WRONG:
        answer = post(client, wrong)

        assert (answer.json()["code"], answer.json()["field"]) == (code, field), (wrong, answer.json())
        assert "nothing was changed" in answer.json()["remedy"], (wrong, answer.json())
        assert answer.status_code == (409 if code == "not_a_dispute" else 422)
        ProblemOut.model_validate(answer.json())
    assert client.get(AT).json()["items"] == []
    assert entries(store) == []


def test_a_lone_half_of_a_letter_is_no_text(client, published):
    content = b'{"kind": "note", "text": "\\ud800"}'
    headers = MARIA | {"if-match": '"0"', "content-type": "application/json"}

    assert client.post(AT, content=content, headers=headers).status_code == 422


def test_an_undone_activity_stays_listed_and_says_by_whom(client, store, published):
    made = post(client, PROMISE).json()

    taken = undo(client, made["activity_id"], 1)

    assert (taken.status_code, taken.json()["kind"], taken.json()["of"]) == (201, "undo", made["activity_id"])
    undo_row, promise_row = client.get(AT).json()["items"]
    assert promise_row["undone"] == {"by": "maria", "at": undo_row["recorded_at"]}
    assert [one.change.action for one in entries(store)] == ["activity.promise", "activity.undo"]
    again = undo(client, made["activity_id"], 2)
    assert (again.status_code, again.json()["code"]) == (409, "already_undone")
    of_undo = undo(client, undo_row["activity_id"], 2)
    assert (of_undo.status_code, of_undo.json()["code"]) == (409, "cannot_undo")


def test_a_dispute_ends_with_its_resolution_once(client, published):
    opened = post(client, BODIES[3]).json()["activity_id"]
    ended = {"kind": "resolution", "of": opened, "outcome": "partly_accepted", "text": "credit note follows"}

    assert post(client, ended, 1).status_code == 201
    assert post(client, ended, 2).json()["code"] == "not_a_dispute"


def test_an_undo_of_nothing_or_of_another_accounts_activity_is_not_there(client, published):
    made = post(client).json()["activity_id"]
    elsewhere = client.post(
        f"/api/v1/accounts/C-1/activities/{made}/undo", json={}, headers=MARIA | {"if-match": '"0"'}
    )

    assert elsewhere.status_code == undo(client, "nothing", 1).status_code == 404
    assert elsewhere.json()["code"] == "unknown_activity"


def test_an_account_that_may_not_be_seen_is_as_one_that_is_not_there(client, store, published):
    store.publish(owned(evening_of(), {"C-0": "ada", "C-1": "bob"}))
    made = post(client).json()["activity_id"]
    bob, his = client_of(store, "bob", app=client.app), form_headers("bob") | {"if-match": '"1"'}

    absent = client.get(AT.replace("C-0", "C-99")).json()
    answers = [bob.get(AT), bob.post(AT, json=CONTACT, headers=his), bob.post(f"{AT}/{made}/undo", headers=his)]

    assert [(one.status_code, one.json()) for one in answers] == [
        (404, absent | {"detail": absent["detail"].replace("C-99", "C-0")})
    ] * 3
    assert len(entries(store)) == 1
    seen = bob.post(AT.replace("C-0", "C-1"), json=CONTACT, headers=his | {"if-match": '"0"'})
    assert seen.status_code == 201


@pytest.mark.parametrize("path", ["C-99", "%00", "%ED%A0%80"])
def test_an_unknown_account_is_not_there_for_reading_and_for_writing(client, published, path):
    at = f"/api/v1/accounts/{path}/activities"

    assert client.get(at).status_code == 404
    assert client.post(at, json=CONTACT, headers=MARIA | {"if-match": '"0"'}).status_code == 404
    assert client.post(f"{at}/x/undo", json={}, headers=MARIA | {"if-match": '"0"'}).status_code == 404


def test_an_account_of_any_name_can_be_written_about(client, store):
    store.publish(hostile_evening())
    for name in HOSTILE_NAMES:
        record_and_undo(client, name)


def record_and_undo(client, name):
    at = f"/api/v1/accounts/{quote(f'{name} id', safe='')}/activities"

    made = client.post(at, json={"kind": "note", "text": name}, headers=MARIA | {"if-match": '"0"'})

    assert (made.status_code, made.json()["customer_id"]) == (201, f"{name} id")
    taken = client.post(f"{at}/{made.json()['activity_id']}/undo", headers=MARIA | {"if-match": '"1"'})
    assert taken.status_code == 201, taken.json()
    page = client.get(at.removeprefix("/api/v1").removesuffix("/activities"))
    assert "<script>document" not in page.text
    assert page.text.count('class="undone"') == 1


def test_pages_of_activities_have_each_once(client, published):
    for version in range(7):
        post(client, {"kind": "note", "text": f"note {version}"}, version)

    seen, cursor = [], None
    while True:
        page = client.get(AT, params={"limit": 3} | ({"cursor": cursor} if cursor else {})).json()
        seen += [one["said"]["text"] for one in page["items"]]
        if (cursor := page["next_cursor"]) is None:
            break
    assert seen == [f"note {n}" for n in reversed(range(7))]


def test_activities_as_of_a_past_day_are_what_was_known_that_evening(client, recorder, published):
    note = post(client, {"kind": "note", "text": "first"}).json()
    recorder._today = lambda: date(2026, 4, 2)
    undo(client, note["activity_id"], 1)
    post(client, {"kind": "note", "text": "second"}, 2)

    def told(**asked):
        answer = client.get(AT, params=asked)
        ActivitiesOut.model_validate(answer.json())
        return answer

    before, then, now = told(as_of="2026-03-31"), told(as_of="2026-04-01"), told()
    assert (before.json()["account_version"], before.json()["items"]) == (0, [])
    assert [(one["said"]["text"], one["undone"]) for one in then.json()["items"]] == [("first", None)]
    assert (then.json()["account_version"], "etag" in then.headers) == (1, False)
    assert (now.json()["account_version"], len(now.json()["items"]), now.headers["etag"]) == (3, 3, '"3"')
    assert client.get(AT, params={"as_of": "31.03.2026"}).json()["field"] == "as_of"


def test_the_same_key_and_body_have_one_effect_and_one_answer(client, store, published):
    first = post(client, PROMISE, **{"idempotency-key": "k1"})
    again = post(client, PROMISE, **{"idempotency-key": "k1"})

    assert (again.status_code, again.json(), again.headers["etag"]) == (201, first.json(), '"1"')
    assert len(entries(store)) == 1
    other = post(client, CONTACT, 1, **{"idempotency-key": "k1"})
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    hers = form_headers("ada") | {"if-match": '"1"', "idempotency-key": "k1"}
    adas = client_of(store, "ada", app=client.app).post(AT, json=CONTACT, headers=hers)
    assert adas.status_code == 201


def test_a_key_that_is_none_is_refused(client, published):
    for key in ("", "x" * 201, "tab\there"):
        answer = post(client, **{"idempotency-key": key})

        assert (answer.status_code, answer.json()["code"]) == (422, "bad_idempotency_key")


def test_what_was_refused_is_corrected_and_sent_again_with_the_same_key(client, published):
    key = {"idempotency-key": "k-1"}

    refused = post(client, PROMISE | {"promised_on": "2026-02-30"}, **key)
    made = post(client, PROMISE, **key)

    assert (refused.status_code, refused.json()["field"]) == (422, "promised_on")
    assert refused.json()["remedy"]
    assert made.status_code == 201


def test_the_page_of_an_account_shows_what_was_recorded_since_its_list(client, published):
    assert "Recorded since" not in client.get("/accounts/C-0").text

    made = post(client, PROMISE).json()
    page = client.get("/accounts/C-0").text
    assert all(words in page for words in ("Recorded since", "€500.00 by 10 Apr 2026", "Maria"))
    undo(client, made["activity_id"], 1)
    assert "undone by Maria" in client.get("/accounts/C-0").text
