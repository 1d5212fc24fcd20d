"""The documentation of the API: an example for every body, and each example true to its schema."""

import math
import re
from pathlib import Path

import pytest
from evenings import NOW
from pydantic import RootModel, TypeAdapter
from starlette.testclient import TestClient
from web_clients import client_of, cookies_of, form_headers
from web_models import rooms_of

from serving.activities.recording import Recorder
from serving.imports.room import ImportRoom
from serving.morning.asked_runs import AskedRuns
from serving.published.store import ServingStore
from serving.web.activities.schemas import ActivitiesOut, ActivityIn, ActivityOut, CallSheetOut, UndoIn
from serving.web.file_kinds import CSV, ENDINGS
from serving.web.imports.schemas import AnswerIn, ImportOut, ImportsOut, QuarantineOut
from serving.web.models.schemas import (
    ModelChangeOut,
    ModelOut,
    ModelsConflictOut,
    ModelsOut,
    PromotionIn,
    RollbackIn,
    ScoresIn,
    ScoresOut,
)
from serving.web.operations.schemas import (
    AuditOut,
    DailyRunOut,
    DailyRunsOut,
    HealthOut,
    ReadyOut,
    RunIn,
    RunStartedOut,
)
from serving.web.queues.schemas import (
    AccountHistoryOut,
    AccountItemsOut,
    AccountOut,
    EvidenceOut,
    QueueItemOut,
    QueueOut,
)
from serving.web.reports.schemas import ANSWERS
from serving.web.schemas import ConflictOut, ProblemOut
from serving.web.team.schemas import (
    AssignmentIn,
    CoverageOut,
    HoldsOut,
    PeopleOut,
    PortfolioIn,
    PortfolioOut,
    StrategyOut,
    TeamOut,
    WaitingOut,
    WorkloadOut,
)

MODELS = {
    "/api/v1/queues/{as_of}": QueueOut,
    "/api/v1/queues/{as_of}/items/{customer_id}": QueueItemOut,
    "/api/v1/accounts/{customer_id}": AccountOut,
    "/api/v1/accounts/{customer_id}/items": AccountItemsOut,
    "/api/v1/accounts/{customer_id}/history": AccountHistoryOut,
    "/api/v1/accounts/{customer_id}/evidence/{code}": EvidenceOut,
    "/api/v1/accounts/{customer_id}/activities": ActivitiesOut,
    **{f"/api/v1/reports/{name}": model for name, model in ANSWERS.items()},
    "/api/v1/imports": ImportsOut,
    "/api/v1/imports/{import_id}": ImportOut,
    "/api/v1/imports/{import_id}/quarantine": QuarantineOut,
    "/api/v1/runs": DailyRunsOut,
    "/api/v1/runs/{run_id}": DailyRunOut,
    "/api/v1/audit": AuditOut,
    "/api/v1/models": ModelsOut,
    "/api/v1/models/{version}": ModelOut,
    "/api/v1/team": TeamOut,
    "/api/v1/team/workload": WorkloadOut,
    "/api/v1/team/coverage": CoverageOut,
    "/api/v1/team/waiting": WaitingOut,
    "/api/v1/people": PeopleOut,
    "/api/v1/strategy": StrategyOut,
    "/api/v1/holds": HoldsOut,
    "/healthz": HealthOut,
    "/readyz": ReadyOut,
    "/metrics": RootModel[str],
}
WRITES = {
    "/api/v1/accounts/{customer_id}/activities": (TypeAdapter(ActivityIn), ActivityOut),
    "/api/v1/accounts/{customer_id}/activities/{activity_id}/undo": (TypeAdapter(UndoIn), ActivityOut),
    "/api/v1/accounts/{customer_id}/assignments": (TypeAdapter(AssignmentIn), ActivityOut),
    "/api/v1/team/assignments": (TypeAdapter(PortfolioIn), PortfolioOut),
    "/api/v1/call-sheets": (None, CallSheetOut),
    "/api/v1/runs": (TypeAdapter(RunIn), RunStartedOut),
    "/api/v1/models/{version}/promotions": (TypeAdapter(PromotionIn), ModelChangeOut),
    "/api/v1/models/rollbacks": (TypeAdapter(RollbackIn), ModelChangeOut),
    "/api/v1/scores": (TypeAdapter(ScoresIn), ScoresOut),
    "/api/v1/imports": (TypeAdapter(str), ImportOut),
    "/api/v1/imports/{import_id}/answers": (TypeAdapter(AnswerIn), ImportOut),
}
READ = {"/api/v1/scores"}
"""What is sent by POST and changes nothing answers 200."""


@pytest.fixture
def client(store: ServingStore, recorder: Recorder, imports: ImportRoom, tmp_path: Path) -> TestClient:
    """Of an application with all its rooms."""
    models = rooms_of(store, tmp_path)
    return client_of(
        store,
        recorder=recorder,
        imports=imports,
        models=models,
        asked_runs=AskedRuns(store, lambda *_: {}, lambda: NOW),
    )


@pytest.fixture
def described(client: TestClient) -> dict:
    return client.get("/api/v1/openapi.json").json()


def bodies(described):
    for path, methods in described["paths"].items():
        for route in methods.values():
            for status, answer in route["responses"].items():
                for media, content in answer["content"].items():
                    yield path, status, media, content


def examples_of(described):
    answered = (found for found in bodies(described) if found[1] == "200" and found[2] not in ENDINGS)
    return {path: content["example"] for path, _, _, content in answered}


def test_every_body_has_an_example_that_its_schema_accepts(described):
    found = list(bodies(described))

    assert {path for path, *_ in found} == {*MODELS, *WRITES}
    for path, status, media, content in found:
        if media in ENDINGS:  # a list as a file
            assert ("example" in content) == (media == CSV)
            continue
        written = WRITES.get(path, (None, None))[1]
        told = path in READ or path == "/api/v1/call-sheets"
        conflict = ConflictOut if "accounts" in path else ModelsConflictOut if "models" in path else None
        good = {"200": written if told else MODELS.get(path), "201": written, "202": written, "412": conflict}
        (good.get(status) or ProblemOut).model_validate(content["example"])
        fine = "text/plain" if path == "/metrics" else "application/json"
        assert media == (fine if status in ("200", "201", "202") else "application/problem+json")


ONE_ACCOUNT = {"/api/v1/accounts/{customer_id}", "/api/v1/queues/{as_of}/items/{customer_id}"}
"""Its items are a part of it, and have an address of their own."""


def test_every_list_is_given_as_a_file_of_every_kind(described):
    answers = {path: methods["get"]["responses"]["200"]["content"] for path, methods in described["paths"].items()
               if "get" in methods}  # fmt: skip
    schemas = described["components"]["schemas"]

    def is_list(content):
        model = content.get("application/json", {}).get("schema", {}).get("$ref", "").rpartition("/")[2]
        return schemas.get(model, {}).get("properties", {}).get("items", {}).get("type") == "array"

    lists = {path for path, content in answers.items() if is_list(content)} - ONE_ACCOUNT
    files = {path for path, content in answers.items() if set(ENDINGS) <= set(content)}
    assert "/api/v1/imports/{import_id}/quarantine" in lists
    assert len(lists) > 8
    assert lists <= files


def test_every_body_that_is_sent_has_an_example_that_is_taken(described):
    sent = {path: methods["post"]["requestBody"] for path, methods in described["paths"].items() if "post" in methods}

    assert set(sent) == set(WRITES)
    for path, body in sent.items():
        for media, content in body["content"].items():
            if media in ENDINGS:
                continue
            WRITES[path][0].validate_python(content["example"])


PLAN = """
GET  /api/v1/queues/{as_of} collector segment min_amount cursor limit
GET  /api/v1/queues/{as_of}/items/{customer_id}
GET  /api/v1/accounts/{customer_id} as_of
GET  /api/v1/accounts/{customer_id}/items as_of
GET  /api/v1/accounts/{customer_id}/history as_of
GET  /api/v1/accounts/{customer_id}/activities as_of cursor limit
POST /api/v1/accounts/{customer_id}/activities if-match idempotency-key
GET  /api/v1/reports/aging as_of
GET  /api/v1/reports/dso as_of
GET  /api/v1/reports/cash-forecast as_of
GET  /api/v1/reports/high-risk as_of
POST /api/v1/imports idempotency-key
GET  /api/v1/imports/{import_id}
GET  /api/v1/imports/{import_id}/quarantine cursor limit
POST /api/v1/scores
GET  /api/v1/models
GET  /api/v1/models/{version}
POST /api/v1/models/{version}/promotions if-match idempotency-key
POST /api/v1/models/rollbacks if-match idempotency-key
GET  /api/v1/runs cursor limit
GET  /api/v1/runs/{run_id}
POST /api/v1/runs idempotency-key
GET  /healthz
GET  /readyz
GET  /metrics
"""
"""What programs that use the API were promised, and may not lose: routes with their parameters."""


def test_every_route_that_was_promised_is_there_with_its_parameters(described):
    for line in PLAN.strip().splitlines():
        method, path, *promised = line.split()
        route = described["paths"].get(path, {}).get(method.lower())
        assert route is not None, line
        assert set(promised) <= {one["name"] for one in route.get("parameters", ())}, line
    pages = [one for methods in described["paths"].values() for one in methods.get("get", {}).get("parameters", ())]
    limits = [one["schema"]["anyOf"][0] for one in pages if one["name"] == "limit"]
    assert {(one["minimum"], one["maximum"]) for one in limits} == {(1, 500)}
    assert not {"offset", "page"} & {one["name"] for one in pages}


MONEY = {"amount", "open", "overdue", "expected_late", "promised", "disputed", "base_money", "money", "expected"}


def test_money_is_text_with_its_currency_beside_it(described):
    schemas = {name: one for name, one in described["components"]["schemas"].items() if name.endswith("Out")}
    money = schemas.pop("MoneyOut")
    assert (money["properties"]["amount"]["type"], set(money["required"])) == ("string", {"amount", "currency"})
    told = {f"{name}.{field}": str(one) for name, schema in schemas.items()
            for field, one in schema.get("properties", {}).items() if field in MONEY}  # fmt: skip
    assert len(told) > 20
    assert [name for name, one in told.items() if "Out'" not in one or "number" in one or "integer" in one] == []


def test_whatever_is_changed_by_post_may_be_sent_again_with_its_key(described):
    def headers(path):
        return {one["name"].lower() for one in described["paths"][path]["post"].get("parameters", ())}

    assert {path for path in WRITES if "idempotency-key" not in headers(path)} == READ


def test_whatever_is_changed_on_what_was_seen_names_it_and_can_be_told_that_it_was_not_named(described):
    for path, methods in described["paths"].items():
        post = methods.get("post", {"responses": {}})
        named = "if-match" in {one["name"].lower() for one in post.get("parameters", ())}
        assert named == ("428" in post["responses"]) == ("412" in post["responses"]), path


def test_what_may_be_sent_tells_that_it_may_be_refused_as_too_large_too_slow_or_of_another_site(client, described):
    """The door and the guard refuse before any route; of those who may send, one is asked."""
    large = {"content": b"x" * (6 * 2**20), "headers": {"content-type": "application/json"}}
    foreign = {"json": {}, "headers": {"sec-fetch-site": "cross-site"}}
    for path in WRITES:
        told = described["paths"][path]["post"]["responses"]
        assert {"401", "403", "404", "408", "413", "422", "429"} <= set(told), path
        for refused, status in ((large, 413), (foreign, 403)):
            answers = {sent_by(client, who, path, **refused) for who in ("maria", "root")}
            assert answers <= {status, 404}, (path, answers)
            assert status in answers, path


def sent_by(client, who, path, **sent):
    client.cookies.clear()
    client.cookies.update(cookies_of(who))
    return client.post(
        re.sub("{.*?}", "x", path), **sent | {"headers": form_headers(who) | sent["headers"]}
    ).status_code


def test_the_figures_of_the_examples_add_up(described):
    examples = examples_of(described)
    line = examples["/api/v1/queues/{as_of}"]["items"][0]

    assert line["base"] + sum(reason["points"] for reason in line["reasons"]) == pytest.approx(line["late_risk"])
    assert float(line["overdue"]["amount"]) * line["late_risk"] == pytest.approx(float(line["expected_late"]["amount"]))
    factors = {factor["name"]: factor["value"] for factor in line["factors"]}
    minutes = factors.pop("minutes")
    assert factors["callable_money"] == float(line["brought_forward"]["money"]["amount"])
    assert math.prod(factors.values()) / minutes == pytest.approx(line["rank_value"])
    brought = line["brought_forward"]
    assert brought["money_days"] == pytest.approx(float(brought["money"]["amount"]) * brought["days"])
    why = line["rank_explanation"]
    assert sum(factor["log"] for factor in why["factors"]) == pytest.approx(why["log_value"])
    account = examples["/api/v1/accounts/{customer_id}"]
    for one in [account, *account["items"]]:
        assert one["base"] + sum(reason["points"] for reason in one["reasons"]) == pytest.approx(one["late_risk"])
    opened = [float(item["open"]["amount"]) for item in account["items"]]
    overdue = [item for item in account["items"] if item["dpd"] > 0]
    assert (len(opened), sum(opened)) == (account["open_items"], float(account["open"]["amount"]))
    assert [item["late_risk"] for item in overdue] == [account["late_risk"]]
    assert [item["dpd"] for item in overdue] == [account["oldest_dpd"]]


def test_the_figures_of_the_examples_of_reports_add_up(described):
    found = examples_of(described)
    reports = {name: found[f"/api/v1/reports/{name}"] for name in ANSWERS}
    aging, dso, month = reports["aging"], reports["dso"]["month_ends"][0], reports["effectiveness"]["months"][0]
    overview = reports["overview"]

    def value(money):
        return float(money["amount"])

    for row in (aging["now"], aging["month_before"]):
        assert sum(map(value, row["buckets"])) == value(row["open"])
        assert value(row["open"]) + value(row["unapplied"]) == value(row["total"])
        assert sum(map(value, row["buckets"][1:])) == value(row["past_due"])
    proof = aging["proof"]["rows"][0]
    assert value(proof["billed"]) - value(proof["applied"]) == value(proof["open"]) == value(aging["now"]["total"])
    for point in reports["past-due"]["points"]:
        assert point["past_due_pct"] == round(value(point["past_due"]) / value(point["open"]) * 100, 2)
    assert dso["dso"] == round(value(dso["open"]) * 90 / value(dso["sales_three_months"]), 2)
    assert sum(dso["delinquent_dso"].values()) == pytest.approx(dso["add_portfolio"])
    assert dso["dso"] - dso["dso_best_possible"] == pytest.approx(dso["add_portfolio"])
    could = value(month["opening"]) + value(month["sales"])
    collected = could - value(month["closing"])
    assert month["cei_pct"] == round(collected / (could - value(month["closing_current"])) * 100, 2)
    assert month["promises_kept_pct"] == round(5 / 7 * 100, 2)
    assert overview["expected_late"]["money"] == reports["high-risk"]["money"]
    assert overview["over_90"]["money"] == reports["over-90"]["money"]
    assert overview["expected_30_days"] == reports["cash-forecast"]["next_30_days"]


def test_the_page_about_the_api_shows_every_route(client):
    page = client.get("/docs").text

    assert all(path in page for path in (*MODELS, *WRITES))
    assert "https://" not in page
