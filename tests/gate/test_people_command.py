"""`payrisk people`: who may sign in, and the links and tokens that let them in."""

import pytest
import uvicorn
from starlette.testclient import TestClient

from payrisk import desk_app
from payrisk.gate import DEMO_MARK, Gate


@pytest.fixture
def desk(home):
    """A client of the desk of this home."""
    return lambda: TestClient(desk_app.web_app(Gate.open(), "127.0.0.1"), base_url="http://127.0.0.1:8321")


def test_a_person_is_added_shown_changed_and_let_go(payrisk):
    added = payrisk("people", "add", "maria", "collector", "manager", "--called", "Maria López", "--collector", "ml")
    payrisk("people", "roles", "maria", "manager", "--collector", "")
    shown = payrisk("people", "list", "--json").json
    gone = payrisk("people", "disable", "maria")

    assert "maria (Maria López): collector, manager, in the team as ml" in added.out
    assert added.out.rstrip().endswith("people link maria")
    assert [(one["person_id"], one["roles"], one["collector"]) for one in shown] == [("maria", ["manager"], None)]
    assert gone.out == "maria cannot sign in any more.\n"
    assert "gone" in payrisk("people", "list").out


def test_before_anybody_is_there_the_list_says_how_somebody_comes(payrisk):
    assert "serve` makes an administrator" in payrisk("people", "list").out


def test_a_printed_link_signs_in_and_a_password_set_here_too(payrisk, desk):
    payrisk("people", "add", "maria", "manager")
    link = payrisk("people", "link", "maria", "--json").json
    client = desk()

    assert link["address"] == f"http://127.0.0.1:8321{link['path']}"
    assert "No list was published yet" in client.post(link["path"], headers={"accept": "text/html"}).text

    done = payrisk("people", "password", "maria", "--password", "four small grey doors")
    assert done.out == "maria has a new password, and is signed out everywhere.\n"
    assert client.get("/queue").status_code == 401
    sent = {"name": "maria", "password": "four small grey doors"}
    assert desk().post("/sign-in", data=sent, follow_redirects=False).status_code == 303


def test_where_others_reach_the_desk_by_a_name_its_links_lead_there_by_https(payrisk, monkeypatch):
    payrisk("people", "add", "maria", "manager")
    monkeypatch.setenv("PAYRISK_TRUSTED_HOSTS", "desk.example")

    assert payrisk("people", "link", "maria").out.startswith("https://desk.example/sign-in/")


def test_an_id_that_is_not_in_the_team_is_refused_where_there_is_a_team(payrisk, home):
    home.mkdir()
    (home / "team.toml").write_text('[[collector]]\nid = "ada"\nname = "Ada"\nminutes_a_day = 240\n')

    refused = payrisk("people", "add", "bob", "collector", "--collector", "adda")

    assert (refused.code, 'Nobody in the team has the id "adda". There are: ada' in refused.err) == (1, True)
    assert payrisk("people", "add", "bob", "collector", "--collector", "ada").code == 0
    assert payrisk("people", "roles", "bob", "collector", "--collector", "bob").code == 1


def test_a_token_is_shown_once_reads_and_ends(payrisk, desk):
    payrisk("people", "add", "erp", "service")
    made = payrisk("people", "token", "erp", "--scope", "read", "--days", "30", "--json").json
    bearer = {"authorization": f"Bearer {made['token']}"}

    assert desk().get("/api/v1/openapi.json", headers=bearer).status_code == 200
    assert made["token"] not in payrisk("people", "list").out + payrisk("people", "list", "--json").out
    assert f"token {made['token_id']}" in payrisk("people", "list").out

    assert payrisk("people", "token", "erp", "--end", made["token_id"]).code == 0
    assert desk().get("/api/v1/openapi.json", headers=bearer).status_code == 401
    again = payrisk("people", "token", "erp", "--scope", "ingest")
    assert again.out.splitlines()[0].startswith("payrisk_")
    assert "Shown once. For ingest, until" in again.out


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("add", "Maria", "manager"), 2, "no name to sign in with"),
        (("add", "maria", "king"), 2, "king cannot be given"),
        (("link", "nobody"), 1, 'Nobody is called "nobody"'),
        (("token", "erp"), 2, "No scope cannot be given"),
        (("password", "erp", "--password", "four small grey doors"), 1, "a service comes by token"),
    ],
)
def test_a_refusal_is_a_sentence_with_the_way_out(payrisk, words, code, told):
    payrisk("people", "add", "erp", "service")

    done = payrisk("people", *words)

    assert (done.code, told in done.err) == (code, True)


def test_the_demo_lets_one_of_each_role_in(payrisk, home, desk, monkeypatch):
    monkeypatch.setattr(uvicorn.Server, "run", lambda *_, **__: None)
    home.mkdir()
    (home / DEMO_MARK).write_text("{}")

    links = [line.rsplit(" ", 1)[1] for line in payrisk("serve", "--port", "0").out.splitlines() if "/sign-in/" in line]

    pages = [desk().post(f"/sign-in/{link.rpartition('/')[2]}", headers={"accept": "text/html"}).text for link in links]
    assert [name in page for name, page in zip(("Carla", "Marc", "Anna", "Adam"), pages, strict=True)] == [True] * 4
    assert ["No list was published yet" in page for page in pages] == [True, True, True, False]
    assert payrisk("serve", "--port", "0").out.count("/sign-in/") == 4
