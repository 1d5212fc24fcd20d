"""The documentation of the API: an example for every body, and each example true to its schema."""

import math

import pytest
from starlette.testclient import TestClient

from serving.web.schemas import AccountOut, EvidenceOut, HealthOut, ProblemOut, QueueItemOut, QueueOut

MODELS = {
    "/api/v1/queues/{as_of}": QueueOut,
    "/api/v1/queues/{as_of}/items/{customer_id}": QueueItemOut,
    "/api/v1/accounts/{customer_id}": AccountOut,
    "/api/v1/accounts/{customer_id}/evidence/{code}": EvidenceOut,
    "/healthz": HealthOut,
}


@pytest.fixture
def described(client: TestClient) -> dict:
    return client.get("/api/v1/openapi.json").json()


def bodies(described):
    for path, methods in described["paths"].items():
        for route in methods.values():
            for status, answer in route["responses"].items():
                for media, content in answer["content"].items():
                    yield path, status, media, content


def test_every_body_has_an_example_that_its_schema_accepts(described):
    found = list(bodies(described))

    assert {path for path, *_ in found} == set(MODELS)
    for path, status, media, content in found:
        model = MODELS[path] if status == "200" else ProblemOut
        model.model_validate(content["example"])
        assert media == ("application/json" if status == "200" else "application/problem+json")


def test_the_figures_of_the_examples_add_up(described):
    examples = {path: content["example"] for path, status, _, content in bodies(described) if status == "200"}
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


def test_the_page_about_the_api_shows_every_route(client):
    page = client.get("/docs").text

    assert all(path in page for path in MODELS)
    assert "https://" not in page
