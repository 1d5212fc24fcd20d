"""GET /api/v1/queues/{as_of}/items/{id}: one line, all its reasons, and why it has its rank."""

from urllib.parse import quote

import pytest
from evenings import made_run, score
from web_evenings import HOSTILE_NAMES, evening_of, hostile_evening

from serving.web.queues.schemas import QueueItemOut


def test_a_line_comes_with_its_items_its_run_and_why_it_has_its_rank(client, store):
    run = evening_of(3)
    store.publish(run)

    body = client.get("/api/v1/queues/today/items/C-1").json()

    QueueItemOut.model_validate(body)
    line = {name: value for name, value in body.items() if name not in ("items", "run")}
    assert line == run.lines[1]
    assert [item["item_id"] for item in body["items"]] == ["INV-1"]
    assert body["run"]["run_id"] == run.run_id
    assert body["rank_explanation"]["ahead"]["customer_id"] == "C-0"
    assert client.get("/api/v1/queues/2026-03-31/items/C-1").json() == body


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_an_id_may_hold_any_character(client, store, name):
    store.publish(hostile_evening())

    answer = client.get(f"/api/v1/queues/today/items/{quote(f'{name} id', safe='')}")

    assert answer.json()["customer_id"] == f"{name} id"


def test_an_account_below_the_cut_is_not_there_and_the_answer_says_where_it_stands(client, store):
    store.publish(made_run([score(f"INV-{n}", f"C-{n}", open=1000 - n) for n in range(3)], capacity=1))

    answer = client.get("/api/v1/queues/today/items/C-2")

    assert (answer.status_code, answer.json()["code"]) == (404, "not_listed")
    assert "it stands: below the cut" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/api/v1/queues/today/items/C-99", 404, "unknown_account"),
        ("/api/v1/queues/today/items/%00", 404, "unknown_account"),
        ("/api/v1/queues/2020-01-01/items/C-0", 404, "nothing_published"),
        ("/api/v1/queues/yesterday/items/C-0", 422, "bad_date"),
    ],
)
def test_what_is_not_there_or_not_understood_is_said(client, store, path, status, code):
    store.publish(evening_of())

    answer = client.get(path)

    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_asking_changes_nothing(client, store):
    run = evening_of(2)
    store.publish(run)

    client.get("/api/v1/queues/today/items/C-0")

    assert store.lines(run.run_id) == list(run.lines)
