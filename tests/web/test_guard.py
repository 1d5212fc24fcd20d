"""What every answer carries, whom the desk answers, and what it says when something breaks."""

import asyncio
import json

import pytest
from all_tables import make_tables
from evenings import made_run, score
from fastapi import FastAPI
from starlette.testclient import TestClient
from web_clients import client_of
from web_evenings import evening_of, with_reports

from payrisk.server import MOST_AT_ONCE
from serving.published.desk import Desk
from serving.published.store import ServingStore
from serving.web import problems
from serving.web.guard import MOST_AT_WORK, Guard
from serving.web.pages import Pages

PATHS = ["/queue", "/api/v1/queues/today", "/api/v1/accounts/none", "/healthz", "/static/desk.css", "/nowhere", "/docs"]


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_tells_the_browser_what_to_allow(client, store, path):
    store.publish(evening_of())

    headers = client.get(path).headers

    assert "default-src 'self'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "127.0.0.1:8321:80", "localhost."])
def test_a_name_that_is_not_ours_is_refused(client, host):
    answer = client.get("/healthz", headers={"host": host})

    assert (answer.status_code, answer.json()["code"]) == (400, "unknown_host")
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("host", ["127.0.0.1:8321", "localhost", "LOCALHOST:1", "[::1]:8321"])
def test_loopback_is_answered_under_its_names(client, host):
    assert client.get("/healthz", headers={"host": host}).json() == {"status": "ok"}


@pytest.mark.parametrize(
    ("trusted", "header"),
    [
        ("fd00::1", "[fd00::1]:8321"),
        ("FD00:0:0::1", "[fd00::1]"),
        ("[fd00::1]", "[fd00::1]"),
        ("Desk.example", "desk.EXAMPLE:80"),
    ],
)
def test_a_trusted_host_is_answered_as_browsers_write_it(store, trusted, header):
    client = client_of(store, trusted_hosts=[trusted])

    assert client.get("/healthz", headers={"host": header}).json() == {"status": "ok"}
    assert "PAYRISK_TRUSTED_HOSTS" in client.get("/healthz", headers={"host": "other"}).json()["remedy"]


def test_a_fault_of_ours_shows_nothing_of_its_insides(client, monkeypatch):
    def breaks(*_, **__):
        raise RuntimeError("secret at /home/maria/db")

    monkeypatch.setattr(Desk, "run", breaks)
    answer = client.get("/api/v1/queues/today")
    page = client.get("/queue", headers={"accept": "text/html"})

    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
    assert answer.headers["content-type"] == "application/problem+json"
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert (page.status_code, page.headers["content-type"]) == (500, "text/html; charset=utf-8")
    assert "secret" not in answer.text + page.text


def test_a_database_that_does_not_answer_is_told_without_its_address(client, store, tmp_path):
    store.close()
    (tmp_path / "queues.db").write_bytes(b"this is no database" * 100)

    answer = client.get("/api/v1/queues/today")

    assert answer.status_code == 503
    assert answer.json()["remedy"]
    assert int(answer.headers["retry-after"]) > 0
    assert "queues.db" not in answer.text


def test_beyond_what_can_be_worked_on_at_once_a_request_is_told_when_to_come_again_and_probes_are_answered():
    async def answered(path, guard):
        told = []

        async def collect(message):
            told.append(message)

        scope = {"type": "http", "method": "GET", "path": path, "headers": [(b"host", b"127.0.0.1")]}
        await guard(scope, asyncio.Event().wait, collect)
        return told

    async def work():
        enough = asyncio.Event()

        async def app(scope, receive, send):
            if scope["path"] == "/slow":
                await enough.wait()
            await send({"type": "http.response.start", "status": 200, "headers": []})

        guard = Guard(app, ["127.0.0.1"], most_at_work=2)
        slow = [asyncio.ensure_future(answered("/slow", guard)) for _ in range(2)]
        await asyncio.sleep(0)
        beyond, probe = await answered("/queue", guard), await answered("/healthz", guard)
        enough.set()
        later = [*await asyncio.gather(*slow), await answered("/queue", guard)]
        return beyond, probe, later

    (start, body), probe, later = asyncio.run(work())

    headers = dict(start["headers"])
    assert (start["status"], json.loads(body["body"])["code"]) == (503, "overloaded")
    assert (headers[b"content-type"], int(headers[b"retry-after"]) > 0) == (b"application/problem+json", True)
    assert [told[0]["status"] for told in (probe, *later)] == [200] * 4


@pytest.mark.parametrize(("language", "words"), [("en", "Too many requests"), ("de", "zu viele Anfragen")])
def test_a_person_beyond_them_gets_a_page_in_their_language(language, words):
    answer = problems.install(FastAPI(), Pages(demo=False, static_version="1").error)
    busy = TestClient(Guard(FastAPI(), ["testserver"], most_at_work=0, answer=answer))

    page = busy.get("/queue", headers={"accept": "text/html", "accept-language": language})
    told = busy.get("/api/v1/queues/today", headers={"accept": "text/html"})

    assert (page.status_code, page.headers["retry-after"], words in page.text) == (503, "2", True)
    assert "default-src 'self'" in page.headers["content-security-policy"]
    assert (told.status_code, told.json()["code"], told.headers["retry-after"]) == (503, "overloaded", "2")


def test_fewer_requests_are_worked_on_than_connections_are_held():
    assert MOST_AT_WORK < MOST_AT_ONCE


def test_an_error_is_a_page_for_people_and_json_for_programs(client, store):
    store.publish(evening_of())

    page = client.get("/nowhere", headers={"accept": "text/html,*/*"})

    assert (page.status_code, "Go to the queue" in page.text) == (404, True)
    assert client.get("/nowhere").json()["code"] == "no_such_page"
    assert client.get("/queue?as_of=x", headers={"accept": "text/html"}).status_code == 422


def test_two_applications_in_one_process_do_not_know_each_other(client, store, tmp_path):

    other = ServingStore(f"sqlite:///{tmp_path / 'other.db'}")
    make_tables(other)
    store.publish(evening_of())
    demo = client_of(other, demo=True, base_url="http://localhost")

    assert "Demo data" in demo.get("/queue").text
    assert "Demo data" not in client.get("/queue").text
    assert "No list was published yet" in demo.get("/queue").text
    other.close()


@pytest.mark.parametrize("path", [
    "/queue", "/queue?tab=held", "/accounts/C-1", "/accounts/none", "/portfolio", "/portfolio/high-risk",
    "/portfolio/reconciliation", "/call-sheets", "/me", "/docs", "/sign-in", "/sign-in/spent", "/nowhere",
])  # fmt: skip
def test_every_page_of_a_demo_says_that_its_company_is_invented(store, recorder, path):
    store.publish(with_reports(made_run([score("INV-1", "C-1")])))
    demo = client_of(store, recorder=recorder, demo=True)

    assert "Demo data</span>" in demo.get(path, headers={"accept": "text/html"}).text
