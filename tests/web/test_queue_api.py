"""GET /api/v1/queues/{as_of}: does it work, whom does it refuse, what does it say to bad input."""

import pytest
from evenings import EVENING, NOW, made_run, score
from web_clients import client_of
from web_evenings import evening_of, hostile_evening, owned

from ledger import personal
from serving.accounts.account import CustomerFacts
from serving.morning.plan import Plan
from serving.morning.run_log import RunLog
from serving.published.desk import queue_body
from serving.published.erased_lists import erase_published
from serving.web.queues.schemas import QueueOut

TODAY = "/api/v1/queues/today"


def test_today_is_the_newest_published_list_and_the_same_object_as_the_commands(client, store):
    run = evening_of()
    store.publish(run)

    answer = client.get("/api/v1/queues/today")

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == queue_body(store) == run.body()
    assert client.get("/api/v1/queues/2026-03-31").json() == answer.json()


def test_a_page_is_the_same_packed_or_not_and_asked_for_again(client, store):
    store.publish(hostile_evening())
    unpacked = {"accept-encoding": "identity"}

    first, again, plain = (client.get(TODAY, headers=headers) for headers in ({}, {}, unpacked))

    assert (first.headers["content-encoding"], first.headers["vary"]) == ("gzip", "Accept, Accept-Encoding")
    assert ("content-encoding" in plain.headers, plain.headers["vary"]) == (False, "Accept, Accept-Encoding")
    assert first.content == again.content == plain.content
    assert plain.json() == queue_body(store)


def test_lines_are_sent_to_the_letter_as_they_were_stored(client, store):
    run = hostile_evening()
    store.publish(run)

    text = client.get(TODAY).text

    assert f'"items":[{b",".join(run.lines.texts).decode()}],' in text


def test_a_page_that_was_asked_for_before_is_not_answered_for_another_list_or_another_state_of_it(client, store):
    store.publish(evening_of(3))
    before = client.get(TODAY).json()
    log = RunLog(store)
    plan = Plan.of(EVENING, "made-of-this", 1, NOW)

    log.fail(plan.key, log.begin(plan), "The data are held.")
    failed = client.get(TODAY).json()
    store.publish(evening_of(4))
    after = client.get(TODAY).json()

    assert [body["mode"] for body in (before, failed, after)] == ["model", "last_queue", "model"]
    assert failed["notices"][0].endswith("The data are held.")
    assert [len(body["items"]) for body in (before, failed, after)] == [3, 3, 4]


def test_a_page_that_was_kept_for_a_collector_is_not_answered_once_its_lines_are_somebody_elses(store):
    ada = client_of(store, "ada")
    store.publish(owned(evening_of(3), {"C-0": "ada", "C-1": "ada", "C-2": "bob"}))
    before = ada.get(TODAY).json()

    store.publish(owned(evening_of(3), {"C-0": "ada", "C-1": "bob", "C-2": "bob"}))
    after = ada.get(TODAY).json()

    assert before["run_id"] == after["run_id"], "the same run, published again within the second"
    assert [line["customer_id"] for line in before["items"]] == ["C-0", "C-1"]
    assert [line["customer_id"] for line in after["items"]] == ["C-0"]
    assert after["summary"]["listed"] == 1
    assert "C-1" not in ada.get("/api/v1/queues/today/items/C-0").text


def test_a_page_that_was_kept_names_nobody_who_was_erased_since_whoever_was_readmitted_between(client, store):
    names = {"C-0": CustomerFacts("Wilhelmina Roe"), "C-1": CustomerFacts("Ottilie Quast")}
    store.publish(made_run([score(f"INV-{n}", f"C-{n}", dpd=10 + n) for n in range(2)], names))

    def erase(customer_id, minute):
        with store.writing() as connection:
            at = f"2026-04-01T12:{minute}:00+00:00"
            who = {"customer_id": customer_id, "erased_at": at, "erased_by": "root", "reason": "asked"}
            personal.remember_erased(connection, who)
            erase_published(connection, customer_id, [])

    erase("C-0", 10)
    assert "Ottilie Quast" in client.get(TODAY).text
    with store.writing() as connection:
        personal.readmit(connection, "C-0", "2026-04-01T12:20:00+00:00")
    erase("C-1", 30)

    text = client.get(TODAY).text
    assert not any(name in text for name in ("Ottilie Quast", "Wilhelmina Roe"))


def test_the_body_is_what_the_schema_says(client, store):
    store.publish(evening_of())

    QueueOut.model_validate(client.get("/api/v1/queues/today").json())


def test_the_pages_of_a_list_follow_each_other(client, store):
    store.publish(evening_of(5))

    first = client.get("/api/v1/queues/today", params={"limit": 2}).json()
    rest = client.get("/api/v1/queues/today", params={"limit": 500, "cursor": first["next_cursor"]}).json()

    assert [line["rank"] for line in first["items"] + rest["items"]] == [1, 2, 3, 4, 5]
    assert rest["next_cursor"] is None


def test_fifty_lines_are_a_page_when_nothing_is_said_and_in_a_file_all_of_them(client, store):
    store.publish(made_run([score(f"INV-{n}", f"C-{n}", dpd=n + 1) for n in range(60)], capacity=60))

    page = client.get(TODAY).json()
    rest = client.get(TODAY, params={"cursor": page["next_cursor"]}).json()

    assert (len(page["items"]), len(rest["items"])) == (50, 10)
    assert len(client.get(TODAY, headers={"accept": "text/csv"}).text.splitlines()) == 1 + 60


def test_one_collectors_lines_and_those_of_a_segment_can_be_asked_for(client, store):
    store.publish(owned(evening_of(4), {"C-0": "ada", "C-1": "bob"}))
    every = client.get(TODAY).json()["items"]

    def ranks(**asked):
        return [line["rank"] for line in client.get(TODAY, params=asked).json()["items"]]

    for name in ("collector", "segment"):
        for value in {line[name] for line in every}:
            assert ranks(**{name: value}) == [line["rank"] for line in every if line[name] == value]
    assert ranks(collector="ada", segment="none") == ranks(collector="nobody knows\x00") == []
    assert client_of(store, "ada").get(TODAY, params={"collector": "bob"}).json()["items"] == []
    assert client_of(store, "ann").get(TODAY, params={"collector": "bob"}).json()["items"] == [], "nor who calls whom"


def test_small_money_can_be_left_out(client, store):
    store.publish(evening_of(3))

    lines = client.get("/api/v1/queues/today", params={"min_amount": "999"}).json()["items"]

    assert [line["customer_id"] for line in lines] == ["C-0", "C-1"]


@pytest.mark.parametrize(
    ("path", "status", "code", "field"),
    [
        ("/api/v1/queues/2020-01-01", 404, "nothing_published", "as_of"),
        ("/api/v1/queues/31.03.2026", 422, "bad_date", "as_of"),
        ("/api/v1/queues/2026-02-30", 422, "bad_date", "as_of"),
        ("/api/v1/queues/٢٠٢٦-٠٣-٣١", 422, "bad_date", "as_of"),
        ("/api/v1/queues/today?limit=0", 422, "bad_request", "limit"),
        ("/api/v1/queues/today?limit=501", 422, "bad_request", "limit"),
        ("/api/v1/queues/today?min_amount=much", 422, "bad_request", "min_amount"),
        ("/api/v1/queues/today?min_amount=nan", 422, "bad_request", "min_amount"),
        ("/api/v1/queues/today?cursor=x", 422, "bad_cursor", "cursor"),
        ("/api/v1/queues/today?cursor=WyJhXHUwMDAwIiwgMV0", 422, "bad_cursor", "cursor"),  # NUL in the run's id
        ("/api/v1/queues", 404, "no_such_page", None),
    ],
)
def test_bad_input_is_answered_with_what_came_and_the_way_out(client, store, path, status, code, field):
    store.publish(evening_of())

    answer = client.get(path)

    assert answer.status_code == status == answer.json()["status"]
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.json()["code"], answer.json()["field"]) == (code, field)
    assert answer.json()["detail"]


def test_reading_only_reads(client, store):
    store.publish(evening_of())

    assert client.post("/api/v1/queues/today").status_code == 405
    assert client.post("/api/v1/queues/today").json()["code"] == "method_not_allowed"


def test_before_the_first_evening_the_answer_says_how_to_make_one(client):
    answer = client.get("/api/v1/queues/today")

    assert (answer.status_code, answer.json()["remedy"]) == (404, "Make one: payrisk queue")
