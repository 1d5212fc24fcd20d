"""The tour: shown to newcomers over an invented company until they know their way, over a real ledger on request."""

import pytest
from heard_pages import get
from web_clients import client_of, form_headers, front_of, url_of
from web_evenings import evening_with_reports

PAGE = {"accept": "text/html"}


@pytest.fixture
def client_as(store, recorder):
    """A client of somebody at a desk with a list, of an invented company unless said otherwise."""
    store.publish(evening_with_reports(3))
    front = front_of(url_of(store))
    return lambda who, demo=True: client_of(store, who, recorder=recorder, front=front, demo=demo)


def answer(client, who, do):
    return client.post("/me/tour", data={"do": do}, headers=PAGE | form_headers(who), follow_redirects=False)


def steps(page):
    return page.text.count("I know my way")


def test_a_newcomer_to_the_demo_is_shown_around_until_they_know_their_way(client_as):
    maria = client_as("maria")
    shown = get(maria, "/queue")
    for told in ("A short tour Demo data", "The order", "Why this account", "What came of the call", "Undo", "Team"):
        assert told in shown.text, told
    for other in ("/portfolio", "/call-sheets"):
        assert steps(get(maria, other)) == 0, "on the page where one starts, and no other"

    done = answer(maria, "maria", "done")
    assert (done.status_code, done.headers["location"]) == (303, "/")
    assert steps(get(maria, "/queue")) == 0
    assert steps(get(client_as("ada"), "/queue")) == 1, "each person for themselves"


def test_over_a_real_ledger_it_is_shown_when_it_is_asked_for(client_as):
    maria = client_as("maria", demo=False)
    assert steps(get(maria, "/queue")) == 0
    assert "Show the tour" in get(maria, "/me").text
    answer(maria, "maria", "show")
    assert steps(get(maria, "/queue")) == 1
    assert "A short tour Demo data" not in get(maria, "/queue").text
    answer(maria, "maria", "done")
    assert steps(get(maria, "/queue")) == 0


def test_each_role_is_shown_what_it_can_do_where_it_starts(client_as):
    analyst, admin = get(client_as("ann"), "/queue").text, get(client_as("root"), "/me").text

    assert ("The order" in analyst, "What came of the call" in analyst, "Team shows" in analyst) == (True, False, False)
    assert ("The order" in admin, "Where administrators work" in admin) == (False, True)


def test_it_speaks_german(client_as):
    ada = client_as("ada")
    ada.headers["accept-language"] = "de"

    assert "Ein kurzer Rundgang" in get(ada, "/queue").text
    assert "Ich kenne mich aus" in get(ada, "/queue").text
