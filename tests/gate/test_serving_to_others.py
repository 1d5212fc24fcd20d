"""`payrisk serve`: which names it answers to, and what it says where others can reach it."""

import gc
import re
import socket

import pytest
import uvicorn
from starlette.testclient import TestClient

from payrisk import desk_app
from payrisk.gate import Gate
from payrisk.settings import BadSettings, read_settings


@pytest.fixture
def serve(payrisk, monkeypatch):
    """Serve without waiting for requests."""
    monkeypatch.setattr(uvicorn.Server, "run", lambda *_, **__: None)
    return lambda *words: payrisk("serve", "--port", "0", *words)


def test_on_loopback_nobody_is_warned(serve):
    done = serve()

    assert "http://127.0.0.1:" in done.out
    assert "https" not in done.err


def test_where_others_reach_the_desk_it_says_that_they_need_https(serve):
    done = serve("--host", "0.0.0.0")

    assert "Nobody signs in at http://0.0.0.0:" in done.err
    assert "a proxy that speaks https" in done.err
    assert re.search(r"Sign in once as Administrator .*: http://127\.0\.0\.1:\d+/sign-in/", done.out)


def test_the_first_start_makes_an_administrator_once_and_the_link_leads_in(serve, home):
    first, second = serve(), serve()

    path = re.search(
        r"Sign in once as Administrator \(admin, manager\): http://127\.0\.0\.1:\d+(/sign-in/\S+)", first.out
    )[1]
    assert "Sign in once" not in second.out
    client = TestClient(desk_app.web_app(Gate.open(), "127.0.0.1"), base_url="http://127.0.0.1:8321")
    assert "No list was published yet" in client.post(path, headers={"accept": "text/html"}).text


def test_where_somebody_is_already_nobody_is_made(serve, payrisk):
    payrisk("people", "add", "maria", "admin")

    assert "Sign in once" not in serve().out
    assert [one["person_id"] for one in payrisk("people", "list", "--json").json] == ["maria"]


def test_no_search_for_garbage_goes_over_what_a_server_has_loaded(serve, monkeypatch):
    searched = []
    monkeypatch.setattr(uvicorn.Server, "run", lambda *_, **__: searched.append(len(gc.get_objects())))
    alive = len(gc.get_objects()) + gc.get_freeze_count()

    serve()

    assert searched[0] < alive / 20


@pytest.mark.parametrize("host", ["::1", "[::1]"])
def test_an_ipv6_address_is_printed_and_answered_in_brackets(serve, home, host):
    if not socket.has_ipv6:
        pytest.skip("this machine has no IPv6")

    done = serve("--host", host)

    assert "http://[::1]:" in done.out
    assert "https" not in done.err
    client = TestClient(desk_app.web_app(Gate.open(), "fd00::1"), base_url="http://[fd00::1]:8321")
    assert client.get("/healthz").status_code == 200


@pytest.mark.parametrize("told", ["desk.example, fd00::1", '["desk.example", "fd00::1"]'])
def test_further_names_come_from_a_setting(home, monkeypatch, told):
    monkeypatch.setenv("PAYRISK_TRUSTED_HOSTS", told)
    client = TestClient(desk_app.web_app(Gate.open(), "127.0.0.1"))

    hosts = ("desk.example", "[fd00::1]:8321", "127.0.0.1", "evil.example")
    assert [client.get("/healthz", headers={"host": host}).status_code for host in hosts] == [200, 200, 200, 400]


def test_further_names_may_stand_in_the_file_of_settings(home):
    home.mkdir()
    (home / "payrisk.toml").write_text('trusted_hosts = ["desk.example"]')

    assert read_settings().trusted_hosts == ("desk.example",)


@pytest.mark.parametrize("told", ["https://desk.example", "desk.example:8321", "*", "[", "a b"])
def test_what_is_no_name_alone_is_refused(home, monkeypatch, told):
    monkeypatch.setenv("PAYRISK_TRUSTED_HOSTS", told)

    with pytest.raises(BadSettings, match="PAYRISK_TRUSTED_HOSTS"):
        read_settings()
