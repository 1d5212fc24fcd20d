"""GET /api/v1/reports/{name}: does it work, as JSON and as a file, and what does it say to bad input."""

import csv
import io

from evenings import EVENING
from web_evenings import HOSTILE_NAMES, evening_of, evening_with_reports

from ledger.neutral import without_apostrophes
from serving.web.reports.api import SUMMARIES
from serving.web.reports.schemas import ANSWERS

IN_CSV = {"accept": "text/csv"}


def test_a_report_is_answered_as_it_was_published_with_its_run(client, store):
    run = evening_with_reports()
    store.publish(run)

    for name, model in ANSWERS.items():
        answer = client.get(f"/api/v1/reports/{name}")
        assert answer.status_code == 200, name
        model.model_validate(answer.json())
        body = answer.json()
        assert body["run"]["run_id"] == run.run_id
        assert body["definitions"]
        assert all(one["text"] for one in body["definitions"].values())
        assert {key: body[key] for key in run.reports[name]} == run.reports[name]
        assert client.get(f"/api/v1/reports/{name}", params={"as_of": EVENING.isoformat()}).json() == body


def test_a_program_that_asks_for_csv_gets_the_same_rows_as_a_file(client, store):
    store.publish(evening_with_reports())

    for name in ANSWERS:
        answer = client.get(f"/api/v1/reports/{name}", headers=IN_CSV)
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        assert answer.headers["content-disposition"] == f'attachment; filename="{name}-2026-03-31.csv"'
        head, *rows = csv.reader(io.StringIO(answer.text, newline=""))
        assert rows, name
        assert all(len(row) == len(head) for row in rows)
        assert answer.text.endswith("\r\n")


def test_money_in_a_file_is_a_number_and_the_same_as_in_json(client, store):
    store.publish(evening_with_reports())
    body = client.get("/api/v1/reports/aging").json()

    rows = list(csv.DictReader(io.StringIO(client.get("/api/v1/reports/aging", headers=IN_CSV).text)))

    assert rows[0]["what"] == "evening"
    assert [rows[0][name] for name in body["buckets"]] == [money["amount"] for money in body["now"]["buckets"]]
    assert rows[0]["unapplied"] == "-61.00"


def test_no_name_in_a_file_can_run_as_a_formula(client, store):
    run = evening_with_reports()
    row = run.reports["high-risk"]["rows"][0]
    run.reports["high-risk"]["rows"] = [{**row, "customer_name": name} for name in HOSTILE_NAMES]
    store.publish(run)

    text = client.get("/api/v1/reports/high-risk", headers=IN_CSV).text
    rows = list(csv.DictReader(io.StringIO(text, newline="")))

    for row, name in zip(rows, HOSTILE_NAMES, strict=True):
        assert without_apostrophes(row["customer_name"]) == name
        assert not row["customer_name"].startswith("=")


def test_the_reasons_of_a_list_are_told_in_german_too(client, store):
    store.publish(evening_with_reports())

    rows = client.get("/api/v1/reports/high-risk", params={"language": "de"}).json()["rows"]

    assert "Tage" in rows[0]["reason"]["text"]


def test_an_evening_published_before_there_were_reports_says_how_to_get_them(client, store):
    store.publish(evening_of(2))

    answer = client.get("/api/v1/reports/dso")

    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "no_reports"
    assert answer.json()["remedy"] == "Publish the evening again: payrisk queue --as-of 2026-03-31"


REFUSED = {
    "/api/v1/reports/dso?as_of=2026-01-01": (404, "nothing_published"),
    "/api/v1/reports/dso?as_of=31/03/2026": (422, "bad_date"),
    "/api/v1/reports/ebitda": (404, "no_such_page"),
    "/api/v1/reports/dso?language=xx": (422, "bad_request"),
}


def test_what_cannot_be_answered_is_refused_with_a_code(client, store):
    store.publish(evening_with_reports())

    answers = {path: client.get(path) for path in REFUSED}

    assert {path: (answer.status_code, answer.json()["code"]) for path, answer in answers.items()} == REFUSED


def test_asking_leaves_nothing_behind(client, store):
    run = evening_with_reports()
    store.publish(run)
    for name in ANSWERS:
        client.get(f"/api/v1/reports/{name}")

    assert client.post("/api/v1/reports/dso").status_code == 405
    assert store.newest_run(EVENING).run_id == run.run_id


def test_every_report_has_a_summary():
    assert SUMMARIES.keys() == ANSWERS.keys()
