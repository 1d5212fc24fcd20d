"""The side process and what it is asked: scores that are those of the list and of the file, changes, a daily run."""

import threading
import time
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from builders import invoice, together
from evenings import EVENING
from morning_runs import NOW, company
from web_clients import client_of, form_headers
from web_models import Here, version_of

from payrisk import evening_work
from payrisk.daily import daily
from payrisk.gate import Gate
from payrisk.settings import Settings
from payrisk.side_process import Answers, command
from serving.morning.asked_runs import AskedRuns
from serving.morning.run_log import RunLog
from serving.published.desk import Desk
from serving.side import Refused, Side, once
from serving.versions.version_changes import VersionChanges
from serving.versions.version_shelf import VersionShelf
from serving.web.models.api import ModelRooms
from serving.web.models.schemas import ScoresOut

GIVEN = {"amount": "480.00", "currency": "EUR", "issued_on": "2026-03-31", "due_on": "2026-04-30"}


@dataclass(frozen=True)
class Office:
    """A home with a company, a version in use, and the list of an evening."""

    gate: Gate
    home: Path
    here: Here
    app: Any

    def scores(self, who: str = "maria", **asked: Any) -> Any:
        """`POST /api/v1/scores`."""
        client = client_of(self.gate.store, who, app=self.app)
        return client.post("/api/v1/scores", json=asked, headers=form_headers(who))


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    from web_clients import app_of

    from payrisk.migrations.run import upgrade

    home = tmp_path_factory.mktemp("office")
    gate = Gate(Settings(home=home, today=date(2026, 4, 1)))
    upgrade(gate.settings.url)
    gate.ledger.load(company(), as_of=EVENING)
    gate.shelf.promote(gate.shelf.put(version_of(date(2026, 2, 28))), "Mara", NOW)
    evening_work.queue(gate, EVENING)
    here = Here(gate)
    rooms = ModelRooms(VersionShelf(gate.shelf), VersionChanges(gate.store, gate.shelf, here, lambda: NOW), here)
    runs = AskedRuns(gate.store, lambda day, who: start(home, day, who), lambda: gate.now)
    yield Office(gate, home, here, app_of(gate.store, models=rooms, asked_runs=runs))
    gate.close()


def start(home: Path, day: date | None, who: str) -> dict[str, Any]:
    return once(["env", f"PAYRISK_HOME={home}", "PAYRISK_TODAY=2026-04-01",
                 *command("daily", who, *([day.isoformat()] if day else []))], 90)  # fmt: skip


def accounts(office):
    desk = Desk(office.gate.store)
    return [desk.account(line["customer_id"]) for line in desk.queue()["items"]]


def without(item):
    return {name: value for name, value in item.items() if name != "supposed"}


def test_an_open_item_has_the_figures_of_the_list_and_of_the_file_to_the_last_digit(office, tmp_path):
    evening_work.score(office.gate, EVENING, tmp_path / "scores.parquet")
    file = pd.read_parquet(tmp_path / "scores.parquet").set_index("item_id")

    for account in accounts(office):
        ids = [item["item_id"] for item in account["items"]]
        answer = office.scores(customer_id=account["customer_id"], items=[{"item_id": one} for one in reversed(ids)])

        body = answer.json()
        ScoresOut.model_validate(body)
        assert [without(item) for item in body["items"]] == list(reversed(account["items"]))
        assert (body["mode"], body["model_version"]) == (account["run"]["mode"], account["run"]["model_version"])
        for item in body["items"]:
            row = file.loc[item["item_id"]]
            for name in ("p_late", "late_risk", "p_30_dpd", "p_60_dpd", "p_90_dpd"):
                assert item[name] == row[name]
            assert item["expected_on"] == (None if pd.isna(row["expected_on"]) else str(row["expected_on"])[:10])


def test_a_given_invoice_has_the_score_of_a_ledger_that_was_told_of_it_and_nothing_is_stored(office, tmp_path):
    customer = accounts(office)[0]["customer_id"]
    version = office.gate.ledger.version

    given = office.scores(customer_id=customer, items=[GIVEN]).json()["items"][0]

    assert office.gate.ledger.version == version
    assert (given["item_id"], given["supposed"], given["dpd"]) == ("supposed/1", True, -30)
    told = Gate(Settings(home=tmp_path / "told", today=date(2026, 4, 1)))
    told._prepare()
    like = invoice("supposed/1", customer=customer, due_on="2026-04-30", issued_on="2026-03-31", amount=480)
    told.ledger.load(together(company(), like), as_of=EVENING)
    told.shelf.promote(told.shelf.put(office.gate.shelf.bundle(office.gate.shelf.champion().version)), "Mara", NOW)
    found = Answers(told).answer(
        {"what": "scores", "as_of": EVENING.isoformat(), "customer_id": customer, "country": "",
         "items": ["supposed/1"]}
    )  # fmt: skip
    told.close()
    same = {"supposed": True, "source_row": 0}
    assert {**found["items"][0], **same} == {**given, **same}


def test_terms_tell_the_due_day_and_a_new_customer_is_scored_and_flagged(office):
    by_terms = {**GIVEN, "due_on": None, "terms": "net 30"}

    body = office.scores(items=[by_terms, GIVEN], country="DE").json()

    assert [item["due_on"] for item in body["items"]] == ["2026-04-30", "2026-04-30"]
    assert all(item["thin_history"] and 0 < item["p_late"] < 1 and item["reasons"] for item in body["items"])
    assert (body["customer_id"], body["stored"]) == (None, False)


def test_a_past_evening_is_answered_with_what_it_knew(office):
    then = office.scores(as_of="2026-02-10", items=[GIVEN | {"issued_on": "2026-02-10", "due_on": "2026-03-10"}]).json()

    assert then["as_of"] == "2026-02-10"
    assert (then["mode"], then["items"][0]["p_late"]) == ("rule", None)  # no version was trained by then


@pytest.mark.parametrize(
    ("asked", "status", "code"),
    [
        ({"items": []}, 422, "bad_request"),
        ({"items": [GIVEN] * 501}, 422, "bad_request"),
        ({"items": [{**GIVEN, "amount": "0"}]}, 422, "bad_request"),
        ({"items": [{**GIVEN, "amount": "NaN"}]}, 422, "bad_request"),
        ({"items": [{**GIVEN, "amount": "1e30"}]}, 422, "bad_request"),
        ({"items": [{**GIVEN, "due_on": None}]}, 422, "bad_request"),
        ({"items": [{**GIVEN, "why": 1}]}, 422, "bad_request"),
        ({"items": [{"item_id": "INV-00-1"}]}, 422, "bad_request"),
        ({"customer_id": "C-00", "items": [{"item_id": "INV-00-1"}] * 2}, 422, "bad_request"),
        ({"items": [{**GIVEN, "currency": "XXQ"}]}, 422, "bad_currency"),
        ({"items": [{**GIVEN, "amount": "1.001"}]}, 422, "amount_precision"),
        ({"items": [{**GIVEN, "due_on": None, "terms": "soon"}]}, 422, "unparseable_terms"),
        ({"items": [{**GIVEN, "issued_on": "2026-04-01"}]}, 422, "cannot_score"),
        ({"items": [{**GIVEN, "due_on": "2026-03-30"}]}, 422, "cannot_score"),
        ({"as_of": "2031-01-01", "items": [GIVEN]}, 422, "as_of_beyond_knowledge"),
        ({"as_of": "2001-01-01", "items": [GIVEN]}, 409, "before_first_fact"),
        ({"customer_id": "nobody\x00", "items": [GIVEN]}, 404, "unknown_account"),
        ({"customer_id": "C-00", "items": [{"item_id": "INV-01-3"}]}, 404, "unknown_item"),
    ],
)
def test_what_cannot_be_scored_is_refused_with_its_code(office, asked, status, code):
    answer = office.scores(**asked)

    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text


def test_an_amount_is_read_exactly(office):
    minor = [office.scores(items=[{**GIVEN, "amount": amount}]).json()["items"][0]["open"]["amount"]
             for amount in ("0.1", "99999999.99")]  # fmt: skip

    assert [Decimal(one) for one in minor] == [Decimal("0.10"), Decimal("99999999.99")]


def test_a_real_side_process_answers_the_same_and_changes_the_version_in_use(office, monkeypatch):
    monkeypatch.setenv("PAYRISK_HOME", str(office.home))
    monkeypatch.setenv("PAYRISK_TODAY", "2026-04-01")
    shelf = office.gate.shelf
    old, new = shelf.champion().version, shelf.put(version_of(date(2026, 3, 1), "Ann"))
    question = {"as_of": None, "customer_id": None, "country": "", "items": [{**GIVEN, "terms": ""}]}
    approval = {"version": new, "by": "maria", "also_called": [], "why": "w", "request": "1", "on": ""}
    side = Side(command())
    try:
        assert side.ask("scores", question, seconds=90) == office.here.ask("scores", question, seconds=90)

        side.ask("promote", approval, seconds=60)
        assert shelf.champion().version == new
        with pytest.raises(Refused, match="was trained by Ann"):
            side.ask(
                "promote",
                {"version": new, "by": "x", "also_called": ["ann"], "why": "", "request": "", "on": ""},
                seconds=9,
            )
        # Back in use, and what it scores now is the version that is in use now.
        began = time.monotonic()
        side.ask("rollback", {"by": "maria", "why": "w", "request": "2", "on": ""}, seconds=60)
        assert time.monotonic() - began < 5
        assert shelf.champion().version == old
        assert side.ask("scores", question, seconds=60)["model_version"] == old
    finally:
        side.close()


def test_a_daily_run_is_started_with_an_address_once_and_the_same_inputs_are_the_same_run(office):
    client = client_of(office.gate.store, "root", app=office.app)
    office.gate.ledger.load(
        together(invoice("INV-new", customer="C-00", due_on="2026-03-20", amount=70)), as_of=EVENING
    )
    answers: list[Any] = []

    def asked() -> None:
        answers.append(client.post("/api/v1/runs", json={}, headers=form_headers("root")))

    threads = [threading.Thread(target=asked) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    # Of two at once one works; the other says so, or that the list stands where it came after.
    first = next(answer for answer in answers if answer.status_code == 202 and answer.json()["state"] == "running")
    other = next(answer for answer in answers if answer is not first)
    assert (other.status_code == 409 and other.json()["code"] == "run_under_way") or other.json()["state"] == "stands"
    run = RunLog(office.gate.store).newest(1)[0]
    assert (run.plan.key, run.attempt, run.plan.asked_by) == (first.json()["id"], 1, "root")
    assert first.headers["location"] == first.json()["run"] == f"/api/v1/runs/{run.plan.key}"
    until = time.monotonic() + 60
    while client.get(first.json()["run"]).json()["state"] == "running" and time.monotonic() < until:
        time.sleep(0.1)
    assert client.get(first.json()["run"]).json()["state"] == "done"
    again = daily(office.gate)
    assert (again["state"], again["key"]) == ("stands", run.plan.key)
