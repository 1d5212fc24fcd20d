"""Who may use which route: every route x method x visitor x account, held against the one table and the drawn one."""

from itertools import product
from urllib.parse import quote

import pytest
import sqlalchemy as sa
from evenings import EVENING, NOW, made_run, score
from web_clients import app_of, client_of, cookies_of, session_of
from web_evenings import owned, with_reports
from web_models import rooms_of, shelf_of

from serving.morning.asked_runs import AskedRuns
from serving.morning.plan import Plan
from serving.morning.run_log import RunLog
from serving.people.access import ACCESS, BY_ROUTE, sight_of
from serving.people.keys import digest, form_key
from serving.people.people_store import Token
from serving.people.person import SCOPES
from serving.web.door import FORM_HEADER, RouteWithoutAccess, require_rows, routes_of

DRAWN = """
                                                     | collector | manager | analyst | admin | service
    GET  /                                           | all       | all     | all     | all   |
    GET  /queue                                      | own       | all     | unnamed |       |
    GET  /queue/panel                                | own       | all     |         |       |
    GET  /queue.xlsx                                 | own       | all     |         |       |
    GET  /call-sheets                                | own       | all     |         |       |
    POST /call-sheets                                | own       | all     |         |       |
    GET  /accounts/{}                                | own       | all     | unnamed |       |
    GET  /accounts/{}/evidence/{}                    | own       | all     |         |       |
    GET  /accounts/{}/news                           | own       | all     |         |       |
    POST /accounts/{}/record                         | own       | all     |         |       |
    POST /accounts/{}/undo                           | own       | all     |         |       |
    GET  /portfolio                                  |           | all     | all     |       |
    GET  /portfolio/reconciliation                   |           | all     | all     |       |
    GET  /portfolio.xlsx                             |           | all     |         |       |
    GET  /portfolio/{}                               |           | all     |         |       |
    GET  /models                                     | all       | all     | all     |       |
    GET  /models/{}                                  | all       | all     | all     |       |
    GET  /models/{}/{}                               | all       | all     | all     |       |
    GET  /models/{}/approval                         |           | all     |         |       |
    POST /models/{}/approval                         |           | all     |         |       |
    GET  /models/rollback                            |           | all     |         |       |
    POST /models/rollback                            |           | all     |         |       |
    GET  /imports                                    |           | all     | all     | all   |
    GET  /imports/{}                                 |           | all     | all     | all   |
    GET  /imports/{}/set-aside.csv                   |           | all     |         | all   |
    POST /imports                                    |           |         |         | all   |
    POST /imports/{}/answers                         |           |         |         | all   |
    GET  /team                                       |           | all     |         |       |
    POST /team/reassign                              |           | all     |         |       |
    GET  /settings                                   |           |         |         | all   |
    POST /settings/people                            |           |         |         | all   |
    POST /settings/team                              |           |         |         | all   |
    POST /settings/holds/release                     |           | all     |         |       |
    GET  /docs                                       | all       | all     | all     | all   |
    GET  /api/v1/openapi.json                        | all       | all     | all     | all   | read
    GET  /api/v1/queues/{}                           | own       | all     | unnamed |       | read
    GET  /api/v1/queues/{}/items/{}                  | own       | all     | unnamed |       | read
    GET  /api/v1/accounts/{}                         | own       | all     | unnamed |       | read
    GET  /api/v1/accounts/{}/items                   | own       | all     | unnamed |       | read
    GET  /api/v1/accounts/{}/history                 | own       | all     | unnamed |       | read
    GET  /api/v1/accounts/{}/evidence/{}             | own       | all     |         |       | read
    GET  /api/v1/accounts/{}/activities              | own       | all     |         |       | read
    POST /api/v1/accounts/{}/activities              | own       | all     |         |       |
    POST /api/v1/accounts/{}/activities/{}/undo      | own       | all     |         |       |
    POST /api/v1/call-sheets                         | own       | all     |         |       |
    GET  /api/v1/reports/overview                    |           | all     | all     |       |
    GET  /api/v1/reports/aging                       |           | all     | all     |       |
    GET  /api/v1/reports/past-due                    |           | all     | all     |       |
    GET  /api/v1/reports/dso                         |           | all     | all     |       |
    GET  /api/v1/reports/effectiveness               |           | all     | all     |       |
    GET  /api/v1/reports/cash-forecast               |           | all     | all     |       |
    GET  /api/v1/reports/high-risk                   |           | all     |         |       |
    GET  /api/v1/reports/over-90                     |           | all     |         |       |
    GET  /api/v1/reports/without-next-step           |           | all     |         |       |
    GET  /api/v1/runs                                |           | all     | all     | all   | read
    GET  /api/v1/runs/{}                             |           | all     | all     | all   | read
    POST /api/v1/runs                                |           |         |         | all   | ingest
    GET  /api/v1/audit                               | own       | own     |         | all   |
    GET  /api/v1/models                              | all       | all     | all     |       | score
    GET  /api/v1/models/{}                           | all       | all     | all     |       | score
    POST /api/v1/models/{}/promotions                |           | all     |         |       |
    POST /api/v1/models/rollbacks                    |           | all     |         | all   |
    POST /api/v1/scores                              | own       | all     |         |       | score
    POST /api/v1/imports                             |           |         |         | all   | ingest
    GET  /api/v1/imports                             |           | all     | all     | all   | ingest
    GET  /api/v1/imports/{}                          |           | all     | all     | all   | ingest
    GET  /api/v1/imports/{}/quarantine               |           | all     |         | all   | ingest
    POST /api/v1/imports/{}/answers                  |           |         |         | all   | ingest
    GET  /api/v1/team/workload                       |           | all     |         |       |
    GET  /api/v1/team/coverage                       |           | all     |         |       |
    GET  /api/v1/team/waiting                        |           | all     |         |       |
    POST /api/v1/team/assignments                    |           | all     |         |       |
    POST /api/v1/accounts/{}/assignments             |           | all     |         |       |
    GET  /api/v1/team                                |           | all     |         | all   |
    GET  /api/v1/holds                               |           | all     |         |       |
    GET  /api/v1/people                              |           |         |         | all   |
    GET  /api/v1/strategy                            |           |         |         | all   |
    GET  /sign-in                                    | everybody
    POST /sign-in                                    | everybody
    GET  /sign-in/company                            | everybody
    GET  /sign-in/company/back                       | everybody
    GET  /sign-in/company/out                        | everybody
    GET  /sign-in/{}                                 | everybody
    POST /sign-in/{}                                 | everybody
    POST /sign-out                                   | all       | all     | all     | all   |
    GET  /me                                         | all       | all     | all     | all   |
    POST /me/password                                | all       | all     | all     | all   |
    POST /me/language                                | all       | all     | all     | all   |
    POST /me/tour                                    | all       | all     | all     | all   |
    GET  /healthz                                    | everybody
    GET  /readyz                                     | everybody
    GET  /metrics                                    |           |         |         | all   | read
    GET  /static                                     | everybody
"""

OWNERS = {"own": "ada", "other": "bob", "nobodys": ""}
VISITORS = ("nobody", "ada", "maria", "ann", "root", "all", "read", "ingest", "score")
"""A collector, a manager, an analyst, an administrator, one with three roles, and three tokens of a machine."""

ALLOWED = {
    "evidence": 503, "POST /api/v1/call-sheets": 422, "POST /call-sheets": 422,
    "POST /sign-out": 303, "POST /me/password": 422, "POST /me/language": 303, "POST /me/tour": 303, "GET /": 307,
    "undo": 404, "POST /settings/team": 409,
    "POST /api/v1/accounts/{customer_id:path}/activities": 422, "POST /accounts/{customer_id:path}/record": 422,
    "promotions": 422, "rollbacks": 422, "POST /models/{version}/approval": 422, "POST /models/rollback": 422,
    "POST /api/v1/runs": 202, "POST /api/v1/scores": 422,
    "POST /imports": 422, "POST /api/v1/imports": 422, "POST /api/v1/imports/{import_id}/answers": 422,
    "{import_id}": 404, "news": 204, "reassign": 409, "POST /settings/people": 422, "release": 404,
    "assignments": 422,
}  # fmt: skip
"""What who may gets where it is not 200: there is no ledger beside this list, the new password is empty, and what is
recorded is not said; nothing is there to take back (who may: tests/web/test_activities_api.py); a change of the version
in use has no reason, no invoice is given to be scored. No import is there, and none is brought (who may:
tests/web/test_imports_api.py); no team has a name."""

PLANNED = Plan.of(EVENING, "made-of-this", 1, NOW)


def account_of(whose):
    return f"account/{whose}"


@pytest.fixture
def desk(store):
    """Its list has an account of ada, one of bob, and one of nobody; a daily run is planned."""
    run = made_run([score(f"INV-{whose}", account_of(whose)) for whose in OWNERS])
    store.publish(with_reports(owned(run, {account_of(whose): owner for whose, owner in OWNERS.items()})))
    RunLog(store).begin(PLANNED)
    return store


@pytest.fixture
def ask(desk, recorder, imports, tmp_path):
    """Asks as one of the visitors."""
    _, version, _ = shelf_of(tmp_path)
    started = {"state": "running", "id": PLANNED.key}
    rooms = {
        "imports": imports,
        "models": rooms_of(desk, tmp_path),
        "asked_runs": AskedRuns(desk, lambda *_: started, lambda: NOW),
    }
    app = app_of(desk, recorder=recorder, **rooms)
    client = client_of(desk, app=app)
    front = app.router.dependencies[0].dependency.front
    at = front.clock()
    for scope in SCOPES:
        front.store.add_token(digest(scope), Token(scope, "erp", (scope,), at, at.replace(year=2027)))

    def asked(visitor, method, path, **sent):
        client.cookies.clear()
        headers = {"accept": "text/html, application/json"}
        if visitor in SCOPES:
            headers["authorization"] = f"Bearer {visitor}"
        elif visitor != "nobody":
            if "/sign-out" in path:  # the session that the other questions need stays
                front.store.end_session(digest(session_of(visitor)))
            if front.store.session(digest(session_of(visitor))) is None:
                front.store.begin_session(digest(session_of(visitor)), visitor, "password", at)
            client.cookies.update(cookies_of(visitor))
            headers[FORM_HEADER] = form_key(session_of(visitor))
        path = path.replace("{version}", version).replace("{paper}", "card.html")
        return client.request(method, path, headers=headers, follow_redirects=False, **sent)

    asked.app, asked.front, asked.version = app, front, version
    return asked


def path_of(template, whose):
    values = {
        "customer_id:path": quote(account_of(whose), safe=""), "as_of": "today", "code": "dpd", "link": "spent",
        "name": "high-risk", "activity_id": "none", "run_id": PLANNED.key, "import_id": "none",
    }  # fmt: skip
    for name, value in values.items():
        template = template.replace(f"{{{name}}}", value)
    return template + (f"?account={quote(account_of(whose))}" if template == "/queue/panel" else "")


def person(front, visitor):
    if visitor == "nobody":
        return None
    if visitor in SCOPES:
        return front.by_token(visitor).person
    return front.store.person(visitor).person


def expected(row, who, whose, path):
    """The status that the table asks for."""
    sight, key = sight_of(who, row), f"{row.method} {row.path}"
    if sight.extent == "none":
        return (401 if path.startswith("/api/") else 303) if who is None else 404
    if "{customer_id:path}" in row.path and (whose == "absent" or not sight.sees(OWNERS[whose])):
        return 404
    return next((status for part, status in ALLOWED.items() if part in key.split("/") or part == key), 200)


def test_every_route_answers_every_visitor_as_the_table_says(ask):
    there = set(routes_of(ask.app))
    rows = [row for row in ACCESS if (row.method, row.path) in there and not row.public]
    people, wrong = {visitor: person(ask.front, visitor) for visitor in VISITORS}, []

    for row, visitor, whose in product(rows, VISITORS, (*OWNERS, "absent")):
        if whose != "own" and "{customer_id:path}" not in row.path:
            continue
        path = path_of(row.path, whose)
        found, wanted = ask(visitor, row.method, path).status_code, expected(row, people[visitor], whose, path)
        if found != wanted:
            wrong.append(f"{visitor}: {row.method} {path}: {found} instead of {wanted}")

    assert len(rows) > 12
    assert wrong == []


def test_the_table_is_the_drawn_one():
    drawn = {}
    for line in DRAWN.strip().splitlines()[1:]:
        route, *cells = (cell.strip() for cell in line.split("|"))
        drawn[tuple(route.split())] = cells

    def cells_of(row):
        if row.public:
            return ["everybody"]
        extents = [getattr(row, role) for role in ("collector", "manager", "analyst", "admin")]
        return [*("" if extent == "none" else extent for extent in extents), row.service or ""]

    def route_of(row):
        return row.method, "/".join("{}" if part.startswith("{") else part for part in row.path.split("/"))

    assert {route_of(row): cells_of(row) for row in ACCESS} == drawn


def test_an_application_with_a_route_outside_the_table_does_not_start_and_never_answers_it(ask):
    ask.app.add_api_route("/everything", lambda: {"secret": 1})

    with pytest.raises(RouteWithoutAccess, match="GET /everything has no row"):
        require_rows(ask.app)
    for visitor in VISITORS:
        answer = ask(visitor, "GET", "/everything")
        assert (answer.status_code, "secret" in answer.text) == (404, False)


def test_every_route_is_in_the_table_once():
    assert len(BY_ROUTE) == len(ACCESS)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
def test_a_method_outside_the_table_changes_and_shows_nothing(ask, method):
    for row in ACCESS:
        if (method, row.path) not in BY_ROUTE and row.path != "/static":
            answer = ask("maria", method, path_of(row.path, "own"))
            assert answer.status_code in (404, 405), row.path


def test_an_account_that_is_not_seen_answers_like_one_that_is_not_there(ask):
    rows = [row for row in ACCESS if "{customer_id:path}" in row.path and row.collector != "none"]
    assert len(rows) > 12
    for row in rows:
        other, absent = (ask("ada", row.method, path_of(row.path, whose), json={}) for whose in ("other", "absent"))
        told = other.text.replace("account/other", "account/absent").replace("account%2Fother", "account%2Fabsent")
        assert (other.status_code, told) == (404, absent.text), row
        assert other.headers.keys() == absent.headers.keys(), row


def test_nothing_is_scored_for_an_account_that_is_not_seen(ask):
    given = {"amount": "10.00", "currency": "EUR", "issued_on": "2026-03-01", "terms": "net 30"}
    path = "/api/v1/scores"

    def scores(who, whose):
        return ask(who, "POST", path, json={"customer_id": account_of(whose), "items": [given]})

    assert scores("ada", "other").text.replace("account/other", "account/absent") == scores("ada", "absent").text
    assert scores("ada", "absent").json()["code"] == "unknown_account"
    let_through = scores("ada", "own"), scores("maria", "other"), ask("score", "POST", path, json={"items": [given]})
    assert {answer.json()["code"] for answer in let_through} == {"database_not_migrated"}  # there is no ledger


def test_a_route_that_is_not_allowed_answers_like_one_that_is_not_there(ask):
    not_allowed, absent = (ask("root", "GET", f"/api/v1/{path}") for path in ("queues/today", "nothing"))

    assert not_allowed.text.replace("queues/today", "nothing") == absent.text


def listed(answer):
    return [line["customer_id"].partition("/")[2] for line in answer.json()["items"]]


def test_a_collector_sees_their_own_lines_and_those_of_nobody_with_their_ranks_and_figures(ask):
    whole, own = (ask(who, "GET", "/api/v1/queues/today") for who in ("maria", "ada"))

    assert listed(whole) == ["nobodys", "other", "own"]
    assert listed(own) == ["nobodys", "own"]
    assert [line["rank"] for line in own.json()["items"]] == [1, 3]
    summary = own.json()["summary"]
    assert summary["listed"] == 2
    assert (summary["overdue"]["amount"], summary["expected_late"]["amount"]) == ("2000.00", "1000.00")
    for page in ("/queue", "/queue?account=account/other"):
        assert "INV-other" not in ask("ada", "GET", page).text
    assert "account/other" in ask("maria", "GET", "/queue").text


def test_no_line_of_a_collector_tells_of_the_account_of_another(ask):
    whole, own = (ask(who, "GET", "/api/v1/queues/today") for who in ("maria", "ada"))
    ahead = {line["customer_id"]: line["rank_explanation"]["ahead"] for line in whole.json()["items"]}
    assert ahead["account/own"]["customer_id"] == "account/other"

    item = ask("ada", "GET", f"/api/v1/queues/today/items/{quote(account_of('own'), safe='')}")
    second = ask(
        "ada",
        "GET",
        f"/api/v1/queues/today?cursor={ask('ada', 'GET', '/api/v1/queues/today?limit=1').json()['next_cursor']}",
    )

    for answer in (own, item, second):
        assert answer.status_code == 200
        assert "account/other" not in answer.text


def test_the_pages_of_an_own_list_follow_each_other_with_the_figures_of_the_whole_own_list(ask):
    first = ask("ada", "GET", "/api/v1/queues/today?limit=1")
    rest = ask("ada", "GET", f"/api/v1/queues/today?cursor={first.json()['next_cursor']}")

    assert listed(first) + listed(rest) == ["nobodys", "own"]
    assert [answer.json()["summary"]["listed"] for answer in (first, rest)] == [2, 2]


def test_of_a_list_by_an_older_payrisk_a_collector_sees_no_line_whose_owner_was_not_kept(desk, ask):
    with desk.engine.begin() as connection:
        connection.execute(sa.text("UPDATE queue_lines SET collector = NULL"))

    assert listed(ask("ada", "GET", "/api/v1/queues/today")) == []
    assert len(listed(ask("maria", "GET", "/api/v1/queues/today"))) == 3


def test_the_pages_offer_nothing_that_leads_nowhere(ask):
    assert '<a class="tab" href="/queue"' in ask("ada", "GET", "/me").text
    assert '<a class="tab" href="/queue"' not in ask("root", "GET", "/me").text
    assert ask("root", "GET", "/").headers["location"] == "/me"
