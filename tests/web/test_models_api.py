"""The versions of the model over the API: does it work, whom does it refuse, what does it say to bad input, and what
does it leave on the shelf.
"""

import json
from datetime import date

import pytest
from web_clients import form_headers
from web_models import DATA_HASH, DECLINED, NOW, ModelDesk, keep_drift, version_of

from models.papers import Papers
from serving.side import Busy
from serving.web.models.schemas import ModelChangeOut, ModelOut, ModelsConflictOut, ModelsOut

MODELS = "/api/v1/models"
WHY = {"reason": "calmer in January"}


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    return ModelDesk(tmp_path_factory.mktemp("models"))


@pytest.fixture
def shelf(desk):
    return desk.fresh()


@pytest.fixture
def rooms(desk):
    return desk.rooms


@pytest.fixture
def ask(desk):
    """Asks as a person; a change is made on the versions as they are now, where nothing else is said."""

    def asked(who, method, path, **sent):
        now = {"if-match": desk.rooms.shelf.etag()} if method == "POST" else {}
        headers = {**form_headers(who), **now, **sent.pop("headers", {})}
        headers = {name: value for name, value in headers.items() if value is not None}
        return desk.client(who).request(method, path, headers=headers, **sent)

    return asked


def test_the_shelf_is_told_with_states_people_and_the_datas_hash(ask, shelf):
    _, old, new = shelf

    body = ask("ada", "GET", MODELS).json()

    ModelsOut.model_validate(body)
    assert (body["champion"], body["challenger"]) == (old, new)
    assert [(one["version"], one["state"], one["trained_by"], one["approved_by"]) for one in body["versions"]] == [
        (new, "challenger", "Ann", None),
        (old, "champion", "service", "omar"),
    ]
    assert body["versions"][1]["approved_because"] == "the first"
    assert {one["data_hash"] for one in body["versions"]} == {DATA_HASH}
    assert [(one["what"], one["version"], one["by"], one["why"]) for one in body["history"]] == [
        ("promote", old, "omar", "the first")
    ]


def test_a_version_is_told_with_its_gates_figures_segments_and_drift(ask, shelf):
    kept, old, new = shelf
    first = ask("ann", "GET", f"{MODELS}/{old}").json()
    keep_drift(kept, old)

    body, other = ask("ann", "GET", f"{MODELS}/{old}").json(), ask("ann", "GET", f"{MODELS}/{new}").json()

    ModelOut.model_validate(body)
    assert [(gate["name"], gate["passed"]) for gate in body["gates"]] == [
        ("ranks_better_than_chance", True), ("calibrated", False), ("light_enough", True),
    ]  # fmt: skip
    assert body["metrics"]["auc_30"] == 0.8
    assert {one["kind"] for one in body["segments"]} == {"history", "size", "currency"}
    assert body["model_hash"] == kept.bundle(old).model_hash
    assert body["papers"] == ["card.html"]
    assert (first["drift"], body["drift"]["verdict"], other["drift"]) == (None, "retrain", None)


def test_a_version_tells_of_customers_never_seen_what_its_backtest_says(ask, shelf):
    kept, _, new = shelf
    measured = json.loads(Papers(kept).paper(new, "backtest.json"))["measured"]

    told = ask("ann", "GET", f"{MODELS}/{new}").json()["never_seen"]

    assert told == measured["never_seen"]
    assert told["horizons"]["30"]["gain"] == {"value": -0.019, "low": -0.04, "high": 0.002}


def test_a_version_that_was_judged_by_nothing_says_so(ask, shelf):
    version = shelf[0].put(version_of(date(2026, 3, 1), judged=False))

    told = ask("ann", "GET", f"{MODELS}/{version}").json()
    assert (told["segments"], told["never_seen"]) == (None, None)


def test_a_damaged_version_is_named_and_the_others_are_told(ask, shelf):
    kept, old, new = shelf
    (kept.folder_of(new) / "bundle.json").write_text("{")
    ask("maria", "GET", MODELS)
    third = kept.put(version_of(date(2026, 3, 1)))
    path = kept.folder_of(third) / "bundle.json"
    path.write_bytes(path.read_bytes().replace(b"0.8", b"0.9"))

    body = ask("maria", "GET", MODELS).json()

    assert (body["champion"], body["damaged"]) == (old, [new])
    assert [(one["version"], one["state"]) for one in body["versions"]] == [(third, "damaged"), (old, "champion")]
    assert ask("maria", "GET", f"{MODELS}/{third}").json()["code"] == "bundle_refused"


def test_a_manager_puts_a_version_to_use_and_goes_back_in_their_own_name(ask, shelf):
    kept, old, new = shelf

    promoted = ask("maria", "POST", f"{MODELS}/{new}/promotions", json=WHY, headers={"idempotency-key": "api"})
    again = ask("maria", "POST", f"{MODELS}/{new}/promotions", json=WHY, headers={"idempotency-key": "api"})

    ModelChangeOut.model_validate(promoted.json())
    assert (promoted.status_code, again.status_code) == (201, 201)
    assert promoted.json() == again.json()
    assert (kept.champion().version, kept.champion().approved_by) == (new, "maria")
    assert kept.history()[-1].why == WHY["reason"]
    back = ask("root", "POST", f"{MODELS}/rollbacks", json={"reason": "a bad export"})
    assert (back.status_code, back.json()["version"], back.json()["by"]) == (201, old, "root")
    assert kept.champion().version == old
    assert len(kept.history()) == 3


@pytest.mark.parametrize(
    ("if_match", "status", "code"),
    [(None, 428, "if_match_missing"), ("*", 428, "if_match_missing"), ('"7"', 412, "models_changed"),
     ("W/{now}", 412, "models_changed"), ("{now", 412, "models_changed"), ('"é"', 412, "models_changed"),
     ('"7", {now}', 201, None)],
)  # fmt: skip
@pytest.mark.parametrize("path", ["{new}/promotions", "rollbacks"])
def test_a_change_must_name_the_state_that_the_versions_are_in(ask, shelf, path, if_match, status, code):
    kept, _, new = shelf
    if path == "rollbacks":
        kept.promote(new, "vera", NOW)
    tag = ask("maria", "GET", MODELS).headers["etag"]
    assert ask("maria", "GET", f"{MODELS}/{new}").headers["etag"] == tag
    before = kept.state()
    sent = if_match and if_match.replace("{now}", tag).replace("{now", tag[:-1]).encode()

    answer = ask("maria", "POST", f"{MODELS}/{path.format(new=new)}", json=WHY, headers={"if-match": sent})

    assert (answer.status_code, answer.json().get("code")) == (status, code)
    assert (kept.state() == before) == (status != 201)
    if status == 428:
        assert answer.json()["remedy"] == "Send the ETag of GET /api/v1/models as If-Match."


def test_of_two_who_change_the_version_in_use_one_is_told_who_came_first(ask, shelf):
    kept, old, new = shelf
    seen = {"if-match": ask("maria", "GET", MODELS, headers={"accept": "text/csv"}).headers["etag"]}
    assert ask("maria", "POST", f"{MODELS}/{new}/promotions", json=WHY, headers=seen).status_code == 201

    late = ask("root", "POST", f"{MODELS}/rollbacks", json={"reason": "a bad export"}, headers=seen)

    assert (late.status_code, late.headers["content-type"]) == (412, "application/problem+json")
    told = late.json()
    ModelsConflictOut.model_validate(told)
    assert (told["champion"], told["challenger"], told["newest_change"]["by"]) == (new, None, "maria")
    assert told["detail"].endswith(f"In use now: {new}; asks to replace it: –.")
    assert kept.champion().version == new
    back = ask("root", "POST", f"{MODELS}/rollbacks", json={"reason": "b.e."}, headers={"if-match": told["etag"]})
    assert (back.status_code, kept.champion().version) == (201, old)


def test_a_change_is_refused_where_another_version_asks_since(ask, shelf):
    kept, _, new = shelf
    seen = {"if-match": ask("maria", "GET", MODELS).headers["etag"]}
    newer = kept.put(version_of(date(2026, 3, 1)))

    late = ask("maria", "POST", f"{MODELS}/{new}/promotions", json=WHY, headers=seen)

    assert (late.status_code, late.json()["challenger"]) == (412, newer)


def test_the_same_key_has_the_same_answer_whatever_state_it_names(ask, shelf):
    path, key = f"{MODELS}/{shelf[2]}/promotions", {"idempotency-key": "k"}
    first = ask("maria", "POST", path, json=WHY, headers=key)

    for tag in (None, '"7"'):
        again = ask("maria", "POST", path, json=WHY, headers={**key, "if-match": tag})
        assert (again.status_code, again.json()) == (201, first.json())
    assert len(shelf[0].history()) == 2


def test_nobody_approves_what_they_trained(ask, shelf):
    kept, _, _ = shelf
    own = kept.put(version_of(date(2026, 3, 1), "Maria"))

    refused = ask("maria", "POST", f"{MODELS}/{own}/promotions", json=WHY)

    assert (refused.status_code, refused.json()["code"]) == (409, "same_person")
    assert "trained by Maria" in refused.json()["detail"]
    assert len(kept.history()) == 1


def test_a_version_that_a_gate_declined_is_refused_with_which(ask, shelf):
    kept, _, _ = shelf
    declined = kept.put(version_of(date(2026, 3, 1), passed=False))

    refused = ask("maria", "POST", f"{MODELS}/{declined}/promotions", json=WHY)

    assert (refused.status_code, refused.json()["code"]) == (409, "declined_version")
    assert f"no segment collapses ({DECLINED.reason})" in refused.json()["detail"]
    told = ask("maria", "GET", MODELS).json()["versions"][0]
    assert (told["state"], len(told["declined_by"])) == ("declined", 1)


@pytest.mark.parametrize(
    ("who", "path", "sent", "status", "code"),
    [
        ("maria", "none/promotions", WHY, 404, "unknown_version"),
        ("maria", "%2e%2e/promotions", WHY, 404, "unknown_version"),
        ("maria", "{new}/promotions", {}, 422, "bad_request"),
        ("maria", "{new}/promotions", {"reason": "  "}, 422, "bad_request"),
        ("maria", "{new}/promotions", {**WHY, "by": "omar"}, 422, "bad_request"),
        ("maria", "rollbacks", {"reason": "x" * 401}, 422, "bad_request"),
        ("maria", "rollbacks", WHY, 409, "nothing_before"),
        ("ann", "{new}/promotions", WHY, 404, "no_such_page"),
        ("ada", "rollbacks", WHY, 404, "no_such_page"),
        ("root", "{new}/promotions", WHY, 404, "no_such_page"),
    ],
)
def test_bad_input_and_people_who_may_not_change_nothing(ask, shelf, who, path, sent, status, code):
    kept, _, new = shelf
    before = kept.state()

    answer = ask(who, "POST", f"{MODELS}/{path.format(new=new)}", json=sent)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert kept.state() == before


GIVEN = {"amount": "10.00", "currency": "EUR", "issued_on": "2026-03-01", "terms": "net 30"}


@pytest.mark.parametrize(
    ("item", "field"),
    [
        ({**GIVEN, "amount": "0"}, "amount"),
        ({**GIVEN, "currency": "euro"}, "currency"),
        ({**GIVEN, "terms": " "}, "terms"),
        ({**GIVEN, "issued_on": "31.03.2026"}, "issued_on"),
        ({"amount": "10.00", "currency": "EUR", "terms": "net 30"}, "issued_on"),
        ({**GIVEN, "mood": "good"}, "mood"),
        ({**GIVEN, "item_id": "INV-1"}, "amount"),  # an open invoice has its own amount
        ({"item_id": 5}, "item_id"),
        (5, "items"),
    ],
)
def test_of_an_invoice_that_cannot_be_scored_the_field_that_is_wrong_is_named(ask, item, field):
    answer = ask("maria", "POST", "/api/v1/scores", json={"customer_id": "C-1", "items": [item]})

    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (422, "bad_request", field)
    assert "nothing was changed" in answer.json()["remedy"]
    assert "_which" not in answer.text


def test_which_version_is_in_use_is_not_guessed_where_the_pointer_is_damaged(ask, shelf):
    kept, _, new = shelf
    (kept.folder / "champion.json").write_text("{")

    assert (ask("ann", "GET", MODELS).status_code, ask("ann", "GET", MODELS).json()["code"]) == (409, "no_champion")
    page = ask("ann", "GET", "/models", headers={"accept": "text/html"})
    assert (page.status_code, "cannot be told" in page.text) == (409, True)
    told = ask("maria", "POST", f"{MODELS}/{new}/promotions", json=WHY, headers={"if-match": '"?"'}).json()
    assert (told["code"], told["champion"], told["challenger"]) == ("models_changed", None, None)
    now = {"if-match": told["etag"]}
    assert ask("maria", "POST", f"{MODELS}/{new}/promotions", json=WHY, headers=now).status_code == 201
    assert kept.champion().version == new


def test_who_comes_while_there_is_no_place_is_told_when_to_come_again(ask, rooms, shelf, monkeypatch):
    def busy(*_, **__):
        raise Busy("others are waiting")

    monkeypatch.setattr(rooms.scores, "ask", busy)

    answer = ask("maria", "POST", f"{MODELS}/{shelf[2]}/promotions", json=WHY)

    assert (answer.status_code, answer.json()["code"], answer.headers["retry-after"]) == (503, "busy", "5")
    assert len(shelf[0].history()) == 1
