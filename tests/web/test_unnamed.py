"""What an analyst is answered: figures, chances and reasons, and no name, id, invoice number or note of anybody."""

import html
import re
from datetime import timedelta
from urllib.parse import quote

import pytest
from desk_recording import CONTACT, record
from evenings import EVENING, made_run, score, why
from web_clients import client_of
from web_evenings import owned, with_reports

from serving.accounts.account import CustomerFacts, Money
from serving.accounts.history import Contacted, History, Promised, Settled
from serving.activities.said import Contest, Note
from serving.people.access import ACCESS, FIGURES
from serving.privacy.pseudonyms import Pseudonyms, pseudonym
from serving.privacy.unnamed import Unnamed
from serving.web.queues.schemas import AccountOut, QueueItemOut, QueueOut

CUSTOMERS = [f"KNR/{n}77" for n in range(6)]
NAMES = [f"Quillfeather {n} & Søns" for n in range(6)]
NOTE = "Wilhelmina answers in the morning"
SECRETS = (
    *CUSTOMERS, *NAMES, "Quillfeather", "RE-2026", "ALT-2025", "ZUSAGE", "Wilhelmina", "adacollects",
)  # fmt: skip


def evening(day=EVENING):
    """A list of six accounts, each with a past, whose texts name invoices, as `features.wording.naming` writes them."""
    scores, facts = [], {}
    for n, (customer, name) in enumerate(zip(CUSTOMERS, NAMES, strict=True)):
        item = f"RE-2026-{n}"
        reasons = (
            why("age", f"{item} is 20 days past due", 0.15, "age", 20.0, None, item),
            why("habit", f"{name} pays late", 0.05),
        )
        scores.append(
            score(item, customer, open=5000 - 100 * n, dpd=20 + n, reasons=reasons, as_of=day)._replace(source_row=99)
        )
        past = History(
            (Settled(f"ALT-2025-{n}", day - timedelta(90), day - timedelta(80), 10, 5_00, "EUR"),), 1,
            (Promised(f"ZUSAGE-{n}", day - timedelta(20), 10_00, "EUR", "broken"),),
            (Contacted(day - timedelta(9), "phone", "right_party", reached=True),),
        )  # fmt: skip
        facts[customer] = CustomerFacts(name, "DE", (Money(40_00, "EUR"),), (3, 12), past)
    run = made_run(scores, facts, capacity=4, as_of=day)
    return with_reports(owned(run, dict.fromkeys(CUSTOMERS, "adacollects")))


@pytest.fixture
def ann(store, recorder):
    """An analyst's client of a desk where people recorded things."""
    store.publish(evening())
    record(recorder, CONTACT, CUSTOMERS[0])
    record(recorder, Note(NOTE), CUSTOMERS[0])
    record(recorder, Contest("other", NOTE), CUSTOMERS[1])
    return client_of(store, "ann", recorder=recorder)


def secrets_in(text):
    told = html.unescape(text)
    return [one for one in SECRETS if one in told or one in text or quote(one, safe="") in text]


def filled(template, customer_ids):
    """The addresses of a route, for every account under its pseudonym and everything else there is to name."""
    values = {
        "{as_of}": ["today", EVENING.isoformat()], "{customer_id:path}": customer_ids, "{name}": ["high-risk"],
        "{code}": ["dpd", "age"], "{run_id}": ["none"], "{link}": ["spent"],
    }  # fmt: skip
    found = [template]
    for name, told in values.items():
        found = [one.replace(name, value) for one in found for value in (told if name in one else [""])]
    return found


def test_no_answer_that_an_analyst_can_get_names_anybody(ann, store):
    queue = ann.get("/api/v1/queues/today").json()
    below = Pseudonyms(store)
    accounts = [below.account(customer) for customer in CUSTOMERS]
    assert [line["customer_id"] for line in queue["items"]] == accounts[:4]
    seen, todo, answered = set(), ["/"], 0
    for row in ACCESS:
        if row.method == "GET" and (row.analyst != "none" or row.public):
            todo += filled(row.path, [*accounts, *map(quote, CUSTOMERS)])
    todo += [f"/portfolio/{name}" for name in FIGURES]
    todo += [f"/queue?q={quote(NAMES[0])}", f"/queue?account={quote(CUSTOMERS[0], safe='')}", "/queue?tab=held",
             "/queue?tab=done", f"/queue?done=x&of={quote(CUSTOMERS[0], safe='')}", "/api/v1/queues/today?language=de",
             "/queue.xlsx", "/queue/panel?account=" + accounts[0]]  # fmt: skip
    while todo:
        path = todo.pop()
        if path in seen or not path.startswith("/"):
            continue
        seen.add(path)
        answer = ann.get(path, headers={"accept": "text/html, application/json"}, follow_redirects=False)
        answered += answer.status_code == 200
        asked = html.unescape(path)
        left = [one for one in secrets_in(answer.text) if one not in asked and quote(one, safe="") not in asked]
        assert left == [], path
        assert not any(one in str(answer.headers) for one in SECRETS if one not in asked and quote(one) not in asked)
        if "text/html" in answer.headers.get("content-type", ""):
            todo += [html.unescape(one) for one in re.findall(r'(?:href|action)="([^"#]+)"', answer.text)]

    assert answered > 30
    assert any(path.startswith(f"/accounts/{accounts[0]}") for path in seen)


def test_an_id_leads_an_analyst_nowhere_as_if_nobody_had_it(ann):
    for path in ("/api/v1/accounts/{}", "/api/v1/queues/today/items/{}", "/accounts/{}"):
        there, absent = (ann.get(path.format(quote(who, safe=""))) for who in (CUSTOMERS[0], "KNR/077x"))
        assert (there.status_code, absent.status_code) == (404, 404)
        assert there.text.replace(CUSTOMERS[0], "KNR/077x") == absent.text


def test_the_figures_are_those_that_a_manager_sees(ann, store, recorder):
    maria = client_of(store, recorder=recorder)
    named, unnamed = (one.get("/api/v1/queues/today").json() for one in (maria, ann))

    QueueOut.model_validate(unnamed)
    same = ("rank", "overdue", "open", "late_risk", "expected_late", "rank_value", "factors", "next_step", "segment")
    for mine, theirs in zip(named["items"], unnamed["items"], strict=True):
        assert {name: mine[name] for name in same} == {name: theirs[name] for name in same}
        assert [one["points"] for one in mine["reasons"]] == [one["points"] for one in theirs["reasons"]]
        assert theirs["rank_explanation"]["sentence"].startswith(f"#{theirs['rank']} {theirs['customer_id']}: ")
    who = unnamed["items"][1]["customer_id"]
    account, item = (ann.get(f"/api/v1/{path}/{who}").json() for path in ("accounts", "queues/today/items"))
    AccountOut.model_validate(account)
    QueueItemOut.model_validate(item)
    assert account["items"] == item["items"]
    assert account["items"][0]["reasons"][0]["text"] == "20 days past due"


def test_a_pseudonym_is_the_same_on_every_list_and_needs_the_secret(ann, store):
    first = ann.get("/api/v1/queues/today").json()["items"][0]["customer_id"]
    store.publish(evening(EVENING + timedelta(1)))

    assert ann.get("/api/v1/queues/today").json()["as_of"] == (EVENING + timedelta(1)).isoformat()
    assert ann.get("/api/v1/queues/today").json()["items"][0]["customer_id"] == first
    assert Pseudonyms(store).account(CUSTOMERS[0]) == first
    assert pseudonym(b"another secret", "A", CUSTOMERS[0]) != first
    assert len({pseudonym(b"s", kind, "X") for kind in "AIP"}) == 3


def test_pages_of_the_list_follow_each_other(ann):
    first = ann.get("/api/v1/queues/today?limit=3").json()
    rest = ann.get(f"/api/v1/queues/today?limit=3&cursor={first['next_cursor']}").json()

    assert [line["rank"] for line in first["items"] + rest["items"]] == [1, 2, 3, 4]
    assert first["next_cursor"] is not None


def test_an_analyst_records_nothing_and_a_collector_who_is_one_too_sees_their_own_by_name(ann, store, recorder):
    who = ann.get("/api/v1/queues/today").json()["items"][0]["customer_id"]
    assert ann.post(f"/api/v1/accounts/{who}/activities", json={"kind": "note", "text": "x"}).status_code in (403, 404)

    both = client_of(store, "all", recorder=recorder)
    assert both.get("/api/v1/queues/today").json()["items"] == []  # all six are of a colleague


def test_a_field_that_nobody_named_is_not_shown(store):
    unnamed, line = Unnamed(Pseudonyms(store)), evening().lines[0]
    told = unnamed.line({**line, "telephone": "0123", "reasons": [{**line["reasons"][0], "quoted": NOTE}]})

    assert secrets_in(str(told)) == []
    assert "0123" not in str(told)
    head = evening().head
    notices = unnamed.head({**head, "notices": [*head["notices"], f"maria says of {NAMES[0]}: right."]})["notices"]
    assert notices == head["notices"]
