"""POST /api/v1/call-sheets: does it work, whom does it refuse, what does it say to bad input, what is left behind."""

import io

import pytest
import sqlalchemy as sa
from evenings import made_run, score
from python_calamine import CalamineWorkbook
from web_clients import client_of, form_headers
from web_evenings import owned

from serving.activities.key_store import idempotency_keys
from serving.call_sheet.layout import KEY_HEADER
from serving.call_sheet.recording import ROUTE
from serving.published.erased_lists import forget_answers
from serving.web.activities.schemas import CallSheetOut
from serving.web.file_kinds import CSV

PATH = "/api/v1/call-sheets"


@pytest.fixture
def filled(client, store):
    """What came back of the list of two accounts, one of ada and one of bob: nobody answered."""
    run = made_run([score("INV-1", "C-1"), score("INV-2", "C-2")])
    store.publish(owned(run, {"C-1": "ada", "C-2": "bob"}))
    book = CalamineWorkbook.from_filelike(io.BytesIO(client.get("/queue.xlsx").content))
    head, *rows = book.get_sheet_by_name("Queue").to_python()
    keys = [row[head.index(KEY_HEADER)] for row in rows]
    return "\n".join([f"{KEY_HEADER},Outcome", *(f"{key},no_answer" for key in keys)]).encode()


def send(client, who, content, **headers):
    return client.post(PATH, content=content, headers={"content-type": CSV, **form_headers(who), **headers})


def test_what_was_filled_in_is_recorded_once(client, filled):
    first, again = (send(client, "maria", filled) for _ in range(2))

    assert first.status_code == again.status_code == 200
    CallSheetOut.model_validate(first.json())
    assert (first.json()["recorded"], again.json()["already_recorded"]) == (2, 2)
    (activity,) = client.get("/api/v1/accounts/C-1/activities").json()["items"]
    assert (activity["by"], activity["said"]["outcome"]) == ("maria", "no_answer")


def test_a_sheet_that_is_sent_again_with_its_key_is_answered_the_same(client, filled):
    key = {"idempotency-key": "k-1"}
    first, again = (send(client, "maria", filled, **key) for _ in range(2))
    other = send(client, "maria", filled + b"\n", **key)

    assert first.json()["recorded"] == 2
    assert (again.status_code, again.json()) == (200, first.json())
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


def test_an_erasure_forgets_what_a_whole_sheet_was_answered(client, store, filled):
    send(client, "maria", filled, **{"idempotency-key": "k-1"})

    with store.writing() as connection:
        forget_answers(connection, "C-2")
        kept = list(connection.execute(sa.select(idempotency_keys.c.route)).scalars())

    assert kept == [ROUTE], "that of the row of C-1"


def test_a_collector_records_of_what_they_see(store, recorder, filled):
    answer = send(client_of(store, "ada", recorder=recorder), "ada", filled).json()

    assert {row["customer_id"]: (row["status"], row["code"]) for row in answer["rows"]} == {
        "C-1": ("recorded", None), "C-2": ("refused", "unknown_account"),
    }  # fmt: skip
    assert recorder.version("C-2") == 0


def test_what_is_no_call_sheet_is_refused_with_the_way_out_and_leaves_nothing(client, recorder, filled):
    for content in (b"", b"a,b\n1,2\n", b"PK\x03\x04"):
        answer = send(client, "maria", content)
        assert (answer.status_code, answer.json()["code"]) == (422, "no_call_sheet"), answer.text
        assert answer.json()["remedy"]
    assert send(client, "maria", b"x" * (5 * 2**20 + 1)).status_code == 413
    assert send(client, "maria", filled, **{"x-form-key": "foreign"}).status_code == 403
    assert recorder.versions() == {}
