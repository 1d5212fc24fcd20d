"""GET /api/v1/accounts/{id}/evidence/{code}, and its page: the documents behind a reason."""

from urllib.parse import quote

import pytest
from all_tables import make_tables
from builders import contact, invoice, ledger_of, payment, promise, together
from evenings import made_run, score, why
from starlette.testclient import TestClient
from web_clients import client_of, cookies_of
from web_evenings import HOSTILE_NAMES

from features.catalogue import CATALOGUE_BY_NAME
from features.wording import tell
from serving.accounts.account import CustomerFacts
from serving.published.store import ServingStore
from serving.web.queues.schemas import EvidenceOut

HEADERS = {"accept": "text/html"}


def reason(code, value, item_id="INV-9", concept="habit"):
    return why(concept, f"told of {code}", 0.1, code, value, None, item_id)


class Evening:
    """A ledger, an evening published from it, and a client; how often the ledger was opened."""

    def __init__(self, store, facts, scores, names=None):
        self.ledger, self.opened, self.store = ledger_of(facts), 0, store
        made = made_run(scores, {customer: CustomerFacts(name) for customer, name in (names or {}).items()})
        made.head["ledger_version"] = self.ledger.version
        store.publish(made)
        self.client = self.new_client()

    def new_client(self):
        return client_of(self.store, open_ledger=self.open_ledger)

    def open_ledger(self):
        self.opened += 1
        return self.ledger

    def get(self, path, **also):
        return self.client.get(path, **also)


OPEN = invoice("INV-9", due_on="2026-03-21", amount=1000)
PAID = (
    invoice("INV-1", due_on="2026-02-01", amount=300),
    payment("INV-1", paid_on="2026-02-13", known_on="2026-02-14", amount=300),
    invoice("OTHERS", customer="C-2", due_on="2026-02-01", amount=300),
    payment("OTHERS", paid_on="2026-02-03", amount=300),
)


@pytest.fixture(scope="module")
def evening(tmp_path_factory):
    store = ServingStore(f"sqlite:///{tmp_path_factory.mktemp('evidence') / 'queues.db'}")
    make_tables(store)
    told = (reason("days_late_last", 12.0), reason("late_5_share_90d", 0.25))
    yield Evening(store, together(OPEN, *PAID), [score("INV-9", "C-1", reasons=told)], {"C-1": "Crossmoor Ceramics"})
    store.close()


def test_a_reason_leads_to_its_invoices_and_payments_and_its_value_is_worked_out_again(evening):
    body = evening.get("/api/v1/accounts/C-1/evidence/days_late_last?item=INV-9").json()

    EvidenceOut.model_validate(body)
    assert (body["value"], body["published_value"], body["agrees"]) == (12.0, 12.0, True)
    settled, paid = body["rows"]
    assert (settled["kind"], settled["document_id"], settled["part"]) == ("invoice", "INV-1", "figure")
    assert (settled["due_on"], settled["days_late"], settled["state"]) == ("2026-02-01", 12, "settled")
    assert (paid["kind"], paid["happened_on"], paid["known_on"]) == ("cash", "2026-02-13", "2026-02-14")
    assert paid["amount"] == {"amount": "300.00", "currency": "EUR"}
    assert "OTHERS" not in str(body)
    assert (body["text"], body["run"]["as_of"]) == ("told of days_late_last", "2026-03-31")


def test_a_published_value_that_the_documents_do_not_give_is_said(evening):
    body = evening.get("/api/v1/accounts/C-1/evidence/late_5_share_90d").json()

    # Late are INV-1 and INV-9 itself: all of the customer's two, not a quarter.
    assert (body["value"], body["published_value"], body["agrees"]) == (1.0, 0.25, False)
    page = evening.get("/accounts/C-1/evidence/late_5_share_90d", headers=HEADERS).text
    assert "another value now (100 %) than was published (25 %)" in page


def test_a_fact_that_was_not_told_is_shown_without_a_published_value(evening):
    body = evening.get("/api/v1/accounts/C-1/evidence/portfolio_late_share_90d").json()

    assert (body["agrees"], body["published_value"], body["rows"]) == (None, None, [])
    # Two settled and one overdue by more than five days; late are INV-1 and INV-9.
    assert body["everyone"] == {"invoices": 3, "figure": body["value"]}
    assert body["value"] == pytest.approx(2 / 3)


def test_the_fact_can_be_told_in_another_language(evening):
    body = evening.get("/api/v1/accounts/C-1/evidence/days_late_last?language=de").json()

    assert body["text"] == body["feature_text"] == tell(CATALOGUE_BY_NAME["days_late_last"], 12.0, "de")
    assert "12 Tage" in body["text"]


@pytest.mark.parametrize(
    ("code", "documents"),
    [
        ("age", ["INV-9"]),
        ("usual_payment_day", ["INV-1"]),
        ("overdue_amount", ["INV-9"]),
        ("terms_8_20_larger", ["INV-9"]),
    ],
)
def test_reasons_that_are_no_features_fact_have_documents_too(evening, code, documents):
    rows = evening.get(f"/api/v1/accounts/C-1/evidence/{code}").json()["rows"]

    assert [row["document_id"] for row in rows if row["kind"] == "invoice"] == documents


def test_what_was_booked_since_changes_nothing(store):
    told = (reason("days_late_last", 12.0),)
    evening = Evening(store, together(OPEN, *PAID), [score("INV-9", "C-1", reasons=told)])
    before = evening.get("/api/v1/accounts/C-1/evidence/days_late_last").json()
    evening.ledger.load(payment("INV-1", paid_on="2026-02-01", known_on="2026-02-02", amount=1))

    assert evening.new_client().get("/api/v1/accounts/C-1/evidence/days_late_last").json() == before


def test_the_ledger_is_opened_at_the_first_question_and_the_evening_kept(evening):
    client, before = evening.new_client(), evening.opened
    client.get("/api/v1/accounts/C-1")
    client.get("/api/v1/accounts/C-1/evidence/no_such_code")
    assert evening.opened == before

    for _ in range(3):
        client.get("/api/v1/accounts/C-1/evidence/age")

    assert evening.opened == before + 1


def test_of_many_documents_the_first_are_answered_and_the_others_counted(evening, monkeypatch):
    monkeypatch.setattr("serving.why.evidence.MOST_ROWS", 1)

    body = evening.get("/api/v1/accounts/C-1/evidence/days_late_last").json()

    assert ([row["document_id"] for row in body["rows"]], body["rows_left_out"]) == (["INV-1"], 1)
    page = evening.get("/accounts/C-1/evidence/days_late_last", headers=HEADERS).text
    assert "1 further document is not shown." in page


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("C-1/evidence/no_such_code", "no_evidence"),
        ("C-1/evidence/idea_habit", "no_evidence"),
        ("C-99/evidence/age", "unknown_account"),
        ("C-1/evidence/age?item=OTHERS", "unknown_item"),
        ("C-1/evidence/age?item=", "unknown_item"),
        ("C-1/evidence/age?as_of=2020-01-01", "nothing_published"),
    ],
)
def test_what_is_not_there_is_answered_404_with_its_reason(evening, path, code):
    answer = evening.get(f"/api/v1/accounts/{path}")

    assert (answer.status_code, answer.json()["code"]) == (404, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert evening.get(f"/accounts/{path}", headers=HEADERS).status_code == 404


def test_a_day_that_is_none_is_not_understood(evening):
    answer = evening.get("/api/v1/accounts/C-1/evidence/age?as_of=31.03.2026")

    assert (answer.status_code, answer.json()["code"]) == (422, "bad_date")


def test_without_the_ledger_of_the_list_it_is_said_and_nothing_shown(client, store):
    store.publish(made_run([score("INV-9", "C-1")]))
    behind = client_of(store, open_ledger=lambda: ledger_of(OPEN))

    for asked, code in ((client, "no_ledger"), (behind, "ledger_not_that_far")):
        answer = asked.get("/api/v1/accounts/C-1/evidence/age")
        assert (answer.status_code, answer.json()["code"]) == (503, code)
    assert "version 7 of the ledger; the ledger at hand is at version 1" in answer.json()["detail"]


@pytest.mark.parametrize("holds", [invoice("INV-9", customer="C-2", due_on="2026-03-21", amount=1000), PAID[0]])
def test_a_ledger_put_in_the_place_of_the_lists_own_shows_nobody_elses_documents(store, holds):
    made = made_run([score("INV-9", "C-1")])
    made.head["ledger_version"] = 1
    store.publish(made)
    beside = client_of(store, open_ledger=lambda: ledger_of(holds))

    answer = beside.get("/api/v1/accounts/C-1/evidence/age")

    assert (answer.status_code, answer.json()["code"]) == (503, "other_ledger")
    assert "not the one that the list of 2026-03-31 was made from" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("facts", "version", "code"),
    [
        ((), 1, "ledger_not_that_far"),
        ((invoice("INV-9", due_on="2026-05-21", known_on="2026-04-21", amount=1000),), 1, "other_ledger"),
        ((invoice("INV-9", due_on="2026-05-21", known_on="2026-04-21", amount=1000),), 2, "ledger_not_that_far"),
    ],
)
def test_a_ledger_that_knew_nothing_that_evening_is_told_as_such(store, facts, version, code):
    made = made_run([score("INV-9", "C-1")])
    made.head["ledger_version"] = version
    store.publish(made)
    beside = client_of(store, open_ledger=lambda: ledger_of(*facts))

    answer = beside.get("/api/v1/accounts/C-1/evidence/age")

    assert (answer.status_code, answer.json()["code"]) == (503, code)


def test_of_an_invoice_that_is_another_customers_now_nothing_is_shown_and_its_documents_counted(store):
    moved = (
        invoice("MOVED", due_on="2026-01-15", amount=500, known_on="2025-12-20"),
        invoice("MOVED", customer="C-2", due_on="2026-02-20", amount=777, known_on="2026-02-01",
                invoice_number="NUMBER-2"),
        payment("MOVED", paid_on="2026-03-01", amount=677, payment_id="PAYMENT-2"),
        promise("PR", made_on="2026-02-20", promised_on="2026-03-05", amount=700, items=("MOVED", "INV-1")),
    )  # fmt: skip
    evening = Evening(store, together(OPEN, *PAID, *moved), [score("INV-9", "C-1")])

    path = "accounts/C-1/evidence/promises_kept_count_365d"
    body, page = evening.get(f"/api/v1/{path}").json(), evening.get(f"/{path}", headers=HEADERS).text

    # Two statements and a payment.
    assert ([row["document_id"] for row in body["rows"]], body["rows_of_others"]) == (["PR"], 3)
    assert "3 further documents are not shown: the value rests on them" in page
    for theirs in ("MOVED", "NUMBER-2", "PAYMENT-2", "777", "677"):
        assert theirs not in str(body["rows"])
        assert theirs not in page


def test_an_id_that_holds_the_word_evidence_is_an_id(store):
    customer, code = "a/evidence/x", "age"
    evening = Evening(
        store, invoice("INV-9", customer=customer, due_on="2026-03-21", amount=1000), [score("INV-9", customer)]
    )
    for head, also in (("/api/v1", {}), ("", {"headers": HEADERS})):
        account = evening.get(f"{head}/accounts/a%2Fevidence%2Fx", **also)
        documents = evening.get(f"{head}/accounts/a%2Fevidence%2Fx/evidence/{code}", **also)

        assert (account.status_code, documents.status_code) == (200, 200)
        assert "Documents" not in account.text
    assert account.text.count("Open invoices") == 1
    assert "What the documents say" in documents.text


def test_a_server_that_does_not_tell_the_path_as_sent_finds_the_documents(evening):
    async def without_raw_path(scope, receive, send):
        await evening.client.app({key: told for key, told in scope.items() if key != "raw_path"}, receive, send)

    client = TestClient(without_raw_path, base_url="http://127.0.0.1:8321", cookies=cookies_of("maria"))

    assert client.get("/api/v1/accounts/C-1/evidence/age").json()["feature"] == "dpd"


@pytest.mark.parametrize("path", ["{}", "C-1/evidence/age?item={}"])
def test_a_long_id_is_not_told_back_whole(evening, path):
    answer = evening.get(f"/api/v1/accounts/{path.format('x' * 9_000)}")

    assert answer.status_code == 404
    assert len(answer.text) < 600


def test_the_page_says_in_words_what_the_api_says(evening):
    page = evening.get("/accounts/C-1/evidence/days_late_last?item=INV-9&as_of=2026-03-31", headers=HEADERS)

    text = " ".join(page.text.split())
    for told in (
        "Told of days_late_last", "the same value as was published", "paid 12 days late", "€300.00", "1 February 2026",
        "Paid 13 February 2026", "known 14 February 2026", "The figure is read from it", "evening of 31 March 2026",
    ):  # fmt: skip
        assert told in text, told
    assert page.status_code == 200
    assert 'scope="col"' in page.text
    assert "<caption>" in page.text
    assert "style=" not in page.text
    assert "<script" not in page.text


def test_hostile_names_stay_text_and_lead_to_their_documents(store):
    facts = [
        fact
        for name in HOSTILE_NAMES
        for fact in (
            invoice(name, customer=f"{name} id", due_on="2026-03-21", amount=10),
            contact(name, customer=f"{name} id", happened_on="2026-03-10", outcome="no_answer"),
        )
    ]
    names = {f"{name} id": name for name in HOSTILE_NAMES}
    evening = Evening(store, together(*facts), [score(name, f"{name} id") for name in HOSTILE_NAMES], names)
    for name in HOSTILE_NAMES:
        path = f"{quote(f'{name} id', safe='')}/evidence/contacts_unanswered?item={quote(name, safe='')}"

        body = evening.get(f"/api/v1/accounts/{path}").json()
        page = evening.get(f"/accounts/{path}", headers=HEADERS)

        assert [row["document_id"] for row in body["rows"]] == [name]
        assert page.status_code == 200
        assert "<script>" not in page.text
        assert "<img" not in page.text
