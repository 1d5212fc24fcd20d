"""The list as it is worked, as text: outcomes by form, what they leave, refusals, conflicts, undo, tabs and search."""

import re
from html import unescape
from urllib.parse import quote

import pytest
from evenings import made_run, score
from heard_pages import Page
from web_clients import client_of
from web_evenings import HOSTILE_NAMES, evening_of, hostile_evening, owned, standing

from serving.audit.audit_store import AuditLog

PAGE = {"accept": "text/html"}
NO_ANSWER = {"kind": "contact", "outcome": "no_answer"}
PROMISE = {"kind": "promise", "amount": "500.00", "currency": "EUR", "promised_on": "2026-04-10"}
FORMS = [
    (NO_ANSWER, "No answer recorded"),
    ({"kind": "contact", "outcome": "message_left"}, "Left a message recorded"),
    ({"kind": "contact", "outcome": "paid_already"}, "Says paid recorded"),
    ({"kind": "contact", "outcome": "sent"}, "E-mail sent recorded"),
    ({"kind": "contact", "outcome": "refusal", "minutes": "6"}, "They refuse to pay recorded"),
    (PROMISE, "Promise of €500.00 by 10 Apr 2026 recorded"),
    ({"kind": "callback", "due_on": "2026-04-02", "at": "14:30"}, "Callback on 2 Apr 2026 at 14:30 recorded"),
    (
        {"kind": "dispute", "item_id": "INV-0", "amount": "120.50", "reason": "price", "text": "says 5 % off"},
        "Dispute of €120.50 of INV-0 recorded",
    ),
    ({"kind": "snooze", "until_on": "2026-04-07", "reason": "contact is away"}, "Snooze until 7 Apr 2026 recorded"),
    ({"kind": "hold", "why": "insolvency", "reason": "court letter", "until_on": ""}, "Hold, insolvency recorded"),
    ({"kind": "note", "text": "Ask for Mrs Öz\r\nat noon"}, "Note recorded"),
    ({"kind": "note", "text": "no reply to four contacts", "to": "manager"}, "Escalation recorded"),
    ({"kind": "contest", "because": "pays_sooner", "text": ""}, "The list is wrong, pays sooner recorded"),
]


@pytest.fixture
def published(store):
    store.publish(evening_of())


@pytest.fixture
def ada(store, recorder):
    """A collector's client of the same desk."""
    return client_of(store, "ada", recorder=recorder)


def get(client, path="/queue"):
    answer = client.get(path, headers=PAGE)
    assert answer.status_code == 200
    return Page(answer.text)


def hidden(page, action):
    """What the first form with this action sends beside its own fields."""
    at = next(i for i, (tag, a) in enumerate(page.elements) if tag == "form" and a.get("action") == action)
    following = page.elements[at + 1 :]
    end = next((i for i, (tag, _) in enumerate(following) if tag == "form"), len(following))
    return {a["name"]: a["value"] for tag, a in following[:end] if tag == "input" and a.get("type") == "hidden"}


def post(client, form, *, account="C-0", page=None, path="/queue", follow=True):
    """Send a form of the account's page, as a browser without script does."""
    action = f"/accounts/{quote(account, safe='')}/record"
    page = page or get(client, f"{path}?account={quote(account, safe='')}" if path == "/queue" else path)
    return client.post(action, data=hidden(page, action) | form, headers=PAGE, follow_redirects=follow)


def undo(client, answer):
    page = Page(answer.text)
    action = next(a["action"] for a in page.all("form") if a.get("action", "").endswith("/undo"))
    return client.post(action, data=hidden(page, action), headers=PAGE)


def recorded(client, account="C-0"):
    return client.get(f"/api/v1/accounts/{account}/activities").json()["items"]


@pytest.mark.parametrize(("form", "told"), FORMS, ids=lambda one: one["kind"] if isinstance(one, dict) else "")
def test_an_outcome_is_recorded_and_the_next_account_comes(client, published, form, told):
    answer = post(client, form, follow=False)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/queue?account=C-1&done=")

    page = get(client, answer.headers["location"])
    assert f"{told}. Crossmoor Ceramics Ltd" in page.text
    assert page.all("div", **{"data-account": "C-1"})
    assert [(one["kind"], one["by"]) for one in recorded(client)] == [
        ("escalation" if form.get("to") else form["kind"], "maria")
    ]
    assert "Worked 1 of 5" in page.text
    assert next(a["href"] for a in page.all("a", **{"class": "go"})) == "/queue?account=C-1"


def test_what_was_recorded_can_be_undone_and_stands_marked(client, published):
    answer = undo(client, post(client, PROMISE))

    page = Page(answer.text)
    assert "Undone: Promise of €500.00 by 10 Apr 2026. Crossmoor Ceramics Ltd" in page.text
    assert answer.url.path == "/queue"
    assert page.all("div", **{"data-account": "C-0"})
    assert "Worked 0 of 5" in page.text
    assert [one["kind"] for one in recorded(client)] == ["undo", "promise"]
    assert "undone by Maria" in page.text


def test_of_two_people_the_second_is_told_who_came_first_and_keeps_what_was_typed(client, ada, published):
    mine = get(ada, "/queue?account=C-0")
    post(client, PROMISE)
    late = post(ada, {"kind": "note", "text": "Call <b>Öz</b>"}, page=mine)

    page = Page(late.text)
    assert late.status_code == 412
    assert "Maria recorded a promise on this account at 05:10 UTC. See it , then save yours." in page.text
    assert "Call <b>Öz</b>" in page.text
    assert [a for a in page.all("details") if "open" in a] == [
        {"class": "outcome", "name": "outcomes", "data-key": "t", "open": None}
    ]
    again = post(ada, {"kind": "note", "text": "Call <b>Öz</b>"}, page=page, follow=False)
    assert again.status_code == 303
    assert [one["kind"] for one in recorded(client)] == ["note", "promise"]


REFUSED = [
    (PROMISE | {"amount": "1,200"}, "amount", '"1,200" is not an amount. Expected digits with a decimal dot'),
    (PROMISE | {"amount": "99999999"}, "amount", "Expected at most what is open, 2,000.00 EUR."),
    (PROMISE | {"promised_on": "2026-03-31"}, "promised_on", "is not a day from 2026-04-01 to"),
    (PROMISE | {"promised_on": "10/04/2026"}, "promised_on", '"10/04/2026" is not a day. Expected YYYY-MM-DD'),
    ({"kind": "note", "text": "  "}, "text", "It is empty. Expected a few words."),
    ({"kind": "callback", "due_on": "2026-04-02", "at": "25:00"}, "at", "is no time of day"),
    ({"kind": "contest", "because": "other", "text": ""}, "text", "It is empty."),
    ({"kind": "dispute", "item_id": "INV-0", "amount": "", "reason": "price"}, "amount", "It is empty."),
]


@pytest.mark.parametrize("path", ["/queue", "/accounts/C-0"])
def test_a_refusal_is_said_beside_its_field_and_what_was_typed_is_kept(client, published, path):
    for form, field, told in REFUSED:
        answer = post(client, form, path=path)

        page = Page(answer.text)
        wrong = [a for _, a in page.elements if a.get("aria-invalid") == "true"]
        assert answer.status_code == 422
        assert [(a["name"], a["aria-describedby"]) for a in wrong] == [(field, "refused")]
        assert page.all("span", id="refused")
        assert told in page.text, (told, page.text)
        assert field == "text" or form[field] in [a["value"] for a in page.all("input", name=field)]
    assert recorded(client) == []


def test_a_form_that_is_none_of_ours_records_nothing(client, published):
    for wrong in ({"kind": "gift"}, {"kind": "contact", "outcome": "joy"}, {"kind": "dispute", "item_id": "X"}):
        assert post(client, wrong).status_code == 422
    ours = {"form_key": hidden(get(client), "/accounts/C-0/record")["form_key"]}
    for path, sent, status in (
        ("/accounts/C-0/record", NO_ANSWER, 428),
        ("/accounts/C-0/undo", {"of": "x", "version": "0"}, 404),
        ("/accounts/C-99/record", NO_ANSWER, 404),
    ):
        assert client.post(path, data=ours | sent, headers=PAGE).status_code == status
    assert recorded(client) == []


def test_a_form_sent_twice_is_recorded_once(client, published):
    page = get(client)
    first, second = (post(client, NO_ANSWER, page=page, follow=False) for _ in range(2))

    assert first.headers["location"] == second.headers["location"]
    assert len(recorded(client)) == 1


def test_a_form_of_another_site_records_nothing(client, published, store):
    form = hidden(get(client), "/accounts/C-0/record") | NO_ANSWER | {"form_key": ""}
    answer = client.post("/accounts/C-0/record", data=form, headers=PAGE)

    assert answer.status_code == 403
    assert recorded(client) == []
    log = AuditLog(f"sqlite:///{store.engine.url.database}")
    assert list(log.entries()) == []
    log.close()


def test_a_collector_records_about_own_accounts_alone(store, recorder, ada, client):
    run = made_run([score("A", "C-1"), score("B", "C-2", open=900)])
    store.publish(owned(run, {"C-1": "bob", "C-2": "ada"}))

    form = hidden(get(client, "/queue?account=C-1"), "/accounts/C-1/record")
    mine = hidden(get(ada), "/accounts/C-2/record")
    answer = ada.post("/accounts/C-1/record", data=form | NO_ANSWER | {"form_key": mine["form_key"]}, headers=PAGE)
    assert answer.status_code == 404
    assert "No calls left today" in post(ada, NO_ANSWER, account="C-2").text
    assert recorded(client, "C-1") == []


def test_the_promise_is_filled_with_what_is_called_about(client, published):
    page = get(client)

    assert page.all("input", id="o-promise-amount")[0]["value"] == "999.60"  # less the credit of 0.40
    assert page.all("input", id="o-promise-promised_on")[0]["value"] == "2026-04-08"
    assert page.all("input", name="currency")[0]["value"] == "EUR"


def test_an_account_in_two_currencies_asks_which_one(client, store):
    store.publish(made_run([score("A", open=100), score("B", open=70, currency="USD", dpd=-3)]))

    page = get(client)
    assert page.all("select", name="currency")
    wanted = {"kind": "dispute", "item_id": "B", "amount": "70", "reason": "price"}
    assert "Dispute of $70.00 of B recorded" in Page(post(client, wanted, account="C-1").text).text


def test_the_last_account_leads_to_a_page_that_says_that_all_is_done(client, store):
    store.publish(evening_of(2))
    post(client, NO_ANSWER, account="C-1")
    answer = post(client, NO_ANSWER, account="C-0")

    text = Page(answer.text).text
    assert "No calls left today. All 2 accounts of this list were worked." in text
    assert "Worked 2 of 2" in text


def test_after_the_last_line_the_first_that_was_left_out_comes(client, published):
    answer = post(client, NO_ANSWER, account="C-4")

    assert Page(answer.text).all("div", **{"data-account": "C-0"})


def tabs(page):
    found = dict(re.findall(r"(To do|Held|Done today) (\d+)", page.text)[:3])
    return [(name, found[name]) for name in ("To do", "Done today", "Held")]


def test_the_tabs_count_what_they_show_and_the_search_narrows_each(client, published):
    post(client, NO_ANSWER, account="C-1")
    post(client, PROMISE, account="C-0")

    assert tabs(get(client)) == [("To do", "3"), ("Done today", "2"), ("Held", "0")]
    done = get(client, "/queue?tab=done")
    assert [a["href"] for a in done.all("a", **{"class": "go"})] == [
        "/queue?account=C-0&tab=done",
        "/queue?account=C-1&tab=done",
    ]
    assert "Worked: Promise Maria, 05:10 UTC" in done.text
    found = get(client, "/queue?q=crossmoor&tab=done")
    assert tabs(found) == [("To do", "0"), ("Done today", "1"), ("Held", "0")]
    assert [a["href"] for a in found.all("a", **{"class": "go"})] == ["/queue?account=C-0&tab=done&q=crossmoor"]
    assert "No account here fits." in get(client, "/queue?q=nobody").text
    assert "No account is held." in get(client, "/queue?tab=held").text


def test_whom_a_rule_holds_has_a_tab_and_forms_and_no_rank(client, store):
    store.publish(standing(evening_of(), {"C-0": "held", "C-4": "held"}))

    assert tabs(get(client)) == [("To do", "3"), ("Done today", "0"), ("Held", "2")]
    page = get(client, "/queue?tab=held&q=crossmoor")
    assert tabs(page) == [("To do", "0"), ("Done today", "0"), ("Held", "1")]
    assert "Held: nobody calls." in page.text
    answer = post(client, {"kind": "note", "text": "court date moved"}, page=page, follow=False)
    assert answer.headers["location"].startswith("/queue?account=C-0&done=")
    assert answer.headers["location"].endswith("&tab=held&q=crossmoor")


def test_a_collector_sees_no_held_account_of_somebody_else(store, ada):
    store.publish(owned(standing(evening_of(), {"C-0": "held", "C-4": "held"}), {"C-0": "bob", "C-4": "ada"}))

    page = get(ada, "/queue?tab=held")
    assert [a["href"] for a in page.all("a", **{"class": "go"})] == ["/queue?account=C-4&tab=held"]


def test_filters_stay_with_every_link_and_form(client, published):
    step = next(a["value"] for a in get(client).all("option") if a["value"] not in ("", "EUR"))
    page = get(client, f"/queue?step={step}&q=C-")

    shown = [a["href"] for a in page.all("a", **{"class": "go"})]
    assert shown == [f"/queue?account=C-{n}&q=C-&step={step}" for n in range(5)]
    answer = post(client, NO_ANSWER, page=page, follow=False)
    assert answer.headers["location"].endswith(f"&q=C-&step={step}")
    assert get(client, "/queue?step=visit").all("a", **{"class": "go"}) == []


def test_an_account_on_no_list_is_found_by_its_id(client, store):
    store.publish(made_run([score("A", "C-1"), score("B", "C-2", open=500)], capacity=1))

    page = get(client, "/queue?q=C-2")
    assert "C-2 is not on this list. Overdue, and below what the team can work today." in page.text
    assert page.all("a", href="/accounts/C-2")
    assert "is not on this list" not in get(client, "/queue?q=C-3").text


def test_an_open_invoice_is_found_by_its_number_on_the_list_or_off_it(client, store):
    store.publish(made_run([score("INV-7", "C-1"), score("5%_off", "C-2", open=500)], capacity=1))

    listed = get(client, "/queue?q=inv-7")
    assert "Invoice inv-7 is open: C-1" in listed.text
    assert "is not on this list" not in listed.text
    assert listed.all("a", href="/accounts/C-1")
    assert "Invoice 5%_off is open: C-2 is not on this list." in get(client, "/queue?q=5%25_off").text
    for nobodys in ("INV-", "INV-77", "5%25%25off", "%25", "INV_7", '"', "\\"):
        assert "is open:" not in get(client, f"/queue?q={nobodys}").text


def test_an_invoice_of_a_colleague_s_account_is_not_found(ada, store):
    store.publish(owned(evening_of(), {"C-0": "bob", "C-4": "ada"}))

    assert "is open: C-4" in get(ada, "/queue?q=INV-4").text
    assert "is open:" not in get(ada, "/queue?q=INV-0").text


def test_hostile_names_are_searched_recorded_and_undone_as_text(client, store):
    store.publish(hostile_evening())
    for name in HOSTILE_NAMES:
        found = get(client, f"/queue?q={quote(name.strip()[:100], safe='')}")
        links = [unescape(a["href"]) for a in found.all("a", **{"class": "go"})]
        assert any(link.startswith(f"/queue?account={quote(f'{name} id', safe='')}&") for link in links)
        answer = post(client, {"kind": "note", "text": name}, account=f"{name} id")
        page = Page(answer.text)
        assert answer.status_code == 200
        assert page.all("img") == []
        assert "Undone: Note" in Page(undo(client, answer).text).text


def test_an_earlier_evening_has_no_forms(client, store):
    from datetime import timedelta

    from evenings import EVENING

    store.publish(made_run([score(as_of=EVENING - timedelta(1))], as_of=EVENING - timedelta(1)))
    store.publish(evening_of())

    page = get(client, "/queue?as_of=2026-03-30")
    assert not [a for a in page.all("form") if a.get("method") == "post"]
    assert "Worked" not in page.text


def test_two_hundred_lines_with_their_outcomes_are_light_on_the_wire(client, store):
    scores = [score(f"INV-{n}", f"C-{n}", open=1000 + n * 7) for n in range(200)]
    store.publish(made_run(scores, capacity=200))

    answer = client.get("/queue", headers=PAGE | {"accept-encoding": "gzip"})

    assert answer.num_bytes_downloaded < 100_000
