"""?language=de: reasons are told again from their codes and numbers; all else stays as it was published."""

import pytest
from evenings import made_run, score

from models.fact import fact_of
from models.score import Reason
from serving.web.queues.schemas import AccountOut, QueueOut

PATHS = ("/api/v1/queues/today", "/api/v1/queues/today/items/C-1", "/api/v1/accounts/C-1")


@pytest.fixture(autouse=True)
def published(store):
    facts = [
        Reason("habit", fact_of("days_late_mean_180d", 12.2, 3.0), 0.15),
        Reason("age", fact_of("age", 34.0), 0.05),
    ]
    store.publish(made_run([score(reasons=facts, dpd=34)]))


def texts_in(body):
    account = body["items"][0] if "next_cursor" in body else body
    return [reason["text"] for reason in account["reasons"]]


@pytest.mark.parametrize("path", PATHS)
def test_reasons_are_told_in_the_language_asked_and_in_english_unasked(client, path):
    assert texts_in(client.get(path, params={"language": "de"}).json()) == [
        "in den letzten 180 Tagen im Mittel 12 Tage verspätet gezahlt",
        "34 Tage überfällig",
    ]
    english = client.get(path).json()
    assert texts_in(english) == ["paid 12 days late on average over the last 180 days", "34 days past due"]
    assert client.get(path, params={"language": "en"}).json() == english


def test_the_items_of_an_account_are_told_too_and_the_bodies_keep_their_schema(client):
    body = client.get("/api/v1/accounts/C-1", params={"language": "de"}).json()

    AccountOut.model_validate(body)
    QueueOut.model_validate(client.get("/api/v1/queues/today", params={"language": "de"}).json())
    reason = body["items"][0]["reasons"][0]
    assert reason["text"].startswith("in den letzten 180 Tagen")
    assert (reason["code"], reason["value"], reason["typical"]) == ("days_late_mean_180d", 12.2, 3.0)


@pytest.mark.parametrize("path", PATHS)
def test_a_language_that_nobody_wrote_is_refused(client, path):
    answer = client.get(path, params={"language": "fr"})

    assert (answer.status_code, answer.json()["field"]) == (422, "language")
