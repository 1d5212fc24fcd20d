"""The tabs of the list, disputes that end, undo of each line, and news of an account: as text."""

from dataclasses import replace
from io import BytesIO

import pytest
from evenings import EVENING, made_run, score
from heard_pages import Page, get
from python_calamine import CalamineWorkbook
from web_clients import client_of
from web_evenings import standing

from serving.published.bodies import Bodies
from serving.strategy.rules import CALLBACK
from serving.web.desk.list_view import TABS

PAGE = {"accept": "text/html"}
CALLS = {"C-3": "Asked to be called on 1 April 2026 at 11:00.", "C-5": "Asked to be called on 1 April 2026 at 09:30."}
BROKEN = [{"promise_id": "P", "promised_on": "2026-03-20", "amount": {"amount": "5.00", "currency": "EUR"}}]


def told(run):
    """Two appointments, a dispute on the list and one off it, promises that broke, are kept or still to come."""
    states = {"C-1": "broken", "C-2": "kept", "C-6": "pending"}
    days = {"C-1": "2026-03-20", "C-2": "2026-03-20", "C-6": "2026-04-02"}

    def body(one):
        customer = one["customer_id"]
        if customer in CALLS:
            one = {**one, "rule": CALLBACK, "rule_reason": CALLS[customer]}
        if customer == "C-4":
            one = {**one, "disputed": {"amount": "10.00", "currency": "EUR"}}
        if "promises" in one and customer in states:
            one = {**one, "promises": [{**BROKEN[0], "state": states[customer], "promised_on": days[customer]}]}
        return one

    run = replace(
        run, lines=Bodies.of(body(dict(line)) for line in run.lines), accounts=Bodies.of(map(body, run.accounts))
    )
    moved = standing(run, {"C-7": "routed_to_dispute_owner"})
    summary = moved.head["summary"] | {"routed_to_dispute_owner": 1}
    return replace(moved, head=moved.head | {"summary": summary})


@pytest.fixture
def published(store):
    """Eight accounts: C-0 owes 90,000, the others less each."""
    items = [score(f"INV-{n}", f"C-{n}", open=90_000 if n == 0 else 9_000 - 1_000 * n) for n in range(8)]
    store.publish(told(made_run(items)))


def shown(client, tab, more=""):
    page = get(client, f"/queue?tab={tab}{more}")
    return [a["href"].partition("account=")[2].partition("&")[0] for a in page.all("a", **{"class": "go"})]


def post(client, account, form, *, tab="todo", action="record", follow=True):
    page = get(client, f"/queue?tab={tab}&account={account}")
    path = f"/accounts/{account}/{action}"
    at = next(n for n, (tag, a) in enumerate(page.elements) if tag == "form" and a.get("action") == path)
    after = page.elements[at + 1 :]
    end = next((n for n, (tag, _) in enumerate(after) if tag == "form"), len(after))
    hidden = {a["name"]: a["value"] for tag, a in after[:end] if tag == "input" and a.get("type") == "hidden"}
    return client.post(path, data=hidden | form, headers=PAGE, follow_redirects=follow)


def test_each_tab_shows_its_accounts_and_counts_them(client, published):
    expected = {
        "todo": ["C-0", "C-1", "C-2", "C-3", "C-4", "C-5", "C-6"],
        "callbacks": ["C-5", "C-3"],  # at their time
        "broken": ["C-1"],
        "large": ["C-0"],
        "disputed": ["C-4", "C-7"],
        "held": [],
        "done": [],
    }
    assert {tab: shown(client, tab) for tab in TABS} == expected
    text = get(client, "/queue").text
    for name, count in {
        "To do": 7, "Callbacks due": 2, "Broken promises": 1, "Over €50,000": 1, "Disputed": 2, "Held": 0,
        "Done today": 0,
    }.items():  # fmt: skip
        assert f"{name} {count}" in text, name
    assert "09:30" in get(client, "/queue?tab=callbacks").text
    assert shown(client, "disputed", "&q=C-7") == ["C-7"]


def test_under_each_tab_the_next_account_comes_at_once(client, published):
    answer = post(client, "C-5", {"kind": "contact", "outcome": "no_answer"}, tab="callbacks", follow=False)

    assert answer.headers["location"].startswith("/queue?account=C-3&done=")
    assert answer.headers["location"].endswith("&tab=callbacks")
    assert shown(client, "callbacks") == ["C-3"]
    assert shown(client, "done") == ["C-5"]
    last = post(client, "C-3", {"kind": "contact", "outcome": "no_answer"}, tab="callbacks")
    assert "No callback is due." in Page(last.text).text


def test_an_appointment_made_today_for_today_comes_back_at_its_time(client, published):
    post(client, "C-0", {"kind": "callback", "due_on": "2026-04-01", "at": "10:15"})
    post(client, "C-1", {"kind": "callback", "due_on": "2026-04-02", "at": "08:00"})

    assert shown(client, "callbacks") == ["C-5", "C-0", "C-3"]
    assert shown(client, "done") == ["C-1", "C-0"]
    assert "C-0" not in shown(client, "todo")


def test_a_dispute_is_ended_where_it_stands(client, published):
    post(client, "C-0", {"kind": "dispute", "item_id": "INV-0", "amount": "120.50", "reason": "price"})
    page = get(client, "/accounts/C-0")
    of = next(a["value"] for a in page.all("option") if len(a["value"]) == 20)
    assert "Dispute of €120.50 of INV-0" in page.text

    answer = post(client, "C-0", {"kind": "resolution", "of": of, "outcome": "rejected"})
    assert "Dispute ended, rejected recorded" in Page(answer.text).text
    assert "How it ended" not in get(client, "/accounts/C-0").text
    again = post(client, "C-0", {"kind": "resolution", "of": of, "outcome": "rejected"})
    assert again.status_code == 409


def test_each_line_that_was_done_is_taken_back_where_it_stands(client, published):
    post(client, "C-0", {"kind": "note", "text": "first"})
    post(client, "C-1", {"kind": "contact", "outcome": "no_answer"})

    answer = post(client, "C-0", {}, tab="done", action="undo")
    assert "Undone: Note" in Page(answer.text).text
    assert shown(client, "done") == ["C-1"]
    account = get(client, "/accounts/C-1")
    assert account.all("form", action="/accounts/C-1/undo")
    assert not get(client, "/accounts/C-0").all("form", action="/accounts/C-0/undo"), "an undo is not undone"


def test_news_of_an_account_name_who_came_first_and_nothing_else_is_sent(client, published, store, recorder):
    ada = client_of(store, "ada", recorder=recorder)
    assert ada.get("/accounts/C-0/news?version=0").status_code == 204
    post(client, "C-0", {"kind": "note", "text": "hers"})

    told = ada.get("/accounts/C-0/news?version=0")
    assert told.status_code == 200
    assert "Maria recorded a note on this account at 05:10 UTC. See it , then save yours." in Page(told.text).text
    assert len(told.content) < 400
    assert ada.get("/accounts/C-0/news?version=1").status_code == 204
    assert "You recorded a note" in client.get("/accounts/C-0/news?version=0").text


def test_the_head_tells_effort_and_the_empty_list_what_falls_due_tomorrow(client, published):
    assert "Spoken to" not in get(client, "/queue").text
    for n in range(7):
        promise = {"kind": "promise", "amount": "100", "currency": "EUR", "promised_on": "2026-04-02"}
        post(client, f"C-{n}", promise if n == 2 else {"kind": "contact", "outcome": "no_answer"})

    text = get(client, "/queue").text
    assert "Spoken to 1 of 7 tried" in text
    assert "Promised today €100" in text
    assert "No calls left today. 2 promises fall due tomorrow. All 7 accounts of this list were worked." in text


def test_the_workbook_holds_what_is_shown(client, published):
    link = next(a["href"] for a in get(client, "/queue?tab=disputed").all("a") if "xlsx" in a.get("href", ""))
    rows = CalamineWorkbook.from_filelike(BytesIO(client.get(link).content)).get_sheet_by_name("Queue").to_python()

    assert [row[1] for row in rows[1:]] == ["C-4", "C-7"]
    assert EVENING.isoformat() in client.get(link).headers["content-disposition"]
