"""The page of an account: everything for the call, without script, whatever the ledger says."""

import re
from datetime import date, timedelta
from decimal import Decimal
from urllib.parse import quote
from zoneinfo import ZoneInfo

import pytest
from evenings import EVENING, NOW, made_run, score, why
from heard_pages import Page, get
from web_clients import client_of
from web_evenings import HOSTILE_NAMES, evening_of, hostile_evening

from ledger.days import to_day
from serving.accounts.account import CustomerFacts, Money
from serving.accounts.dealings import Dealings
from serving.accounts.history import Contacted, History, Promised, Settled
from serving.activities.people import Actor
from serving.activities.recording import Asked, Recorder
from serving.activities.said import Dispute, Note
from serving.etags import etag
from serving.published.desk import Desk
from serving.strategy.considered import Callback
from serving.strategy.errors import NoSuchStrategy
from serving.web.desk.account_parts import ITEMS_ON_PAGE
from serving.web.desk.account_words import range_words

REASONS = (
    why("habit", "paid 26 days late on average", 0.26, code="days_late_mean_180d", item_id="INV-1"),
    why("newness", "customer for 8 years", -0.06),
)
HISTORY = History(
    settled=tuple(
        Settled(f"OLD-{n}", due := EVENING - timedelta(300 - 30 * n), due + timedelta(late), late, 5_00, "EUR")
        for n, late in enumerate([26, 0, -3, 40])
    ),
    settled_count=4,
    promises=(Promised("P-1", date(2026, 2, 17), 1_200_00, "EUR", "broken"),),
    contacts=(Contacted(date(2026, 2, 10), "phone", "right_party", reached=True),),
)
FACTS = CustomerFacts("Crossmoor Ceramics Ltd", "GB", (Money(40_00, "EUR"),), (26, 0, -3, 40), HISTORY)


def crossmoor(**also):
    items = [score("INV-1", reasons=REASONS, **also), score("INV-2", dpd=-4, open=800, reasons=REASONS, **also)]
    return made_run(items, {"C-1": FACTS})


def test_it_tells_why_what_was_and_what_is_open(client, store):
    store.publish(crossmoor())

    text = get(client, "/accounts/C-1").text

    for told in (
        "Crossmoor Ceramics Ltd",
        "number 1 on the list",
        "Of €1,000 overdue, 50% or €500 is expected to be still unpaid on 30 April 2026.",
        "What raises it most: paid 26 days late on average. In its favour: customer for 8 years.",
        "50% × €1,000 overdue = €500 expected late",
        "Of 4 invoices due since 4 June 2025 and settled, 2 came late, 1 on time, 1 early; median 13 days late, "
        "the latest 40 days late. Open: 1 past due (10 days), 1 not past due. 1 promise: 1 broken.",
        "€1,200.00 by 17 Feb 2026 Broken",
        "10 Feb 2026 Phone, right party",
        "Unused credit of €40.00, not netted",
        "INV-2 due in 4 days",
        "Reasons show what the model weighed, not proof of cause.",
    ):
        assert told in text, told


@pytest.mark.parametrize(
    ("more", "told"),
    [(0, ""), (1, "1 further open invoice, due later, is"), (1_100, "1,100 further open invoices, due later, are")],
)
def test_of_very_many_open_invoices_those_due_first_are_shown_and_the_others_counted(client, store, more, told):
    store.publish(made_run([score(f"INV-{n}", dpd=9_000 - n, reasons=REASONS) for n in range(ITEMS_ON_PAGE + more)]))

    answer = client.get("/accounts/C-1", headers={"accept": "text/html"})

    drawn = [attrs for tag, attrs in Page(answer.text).elements if attrs.get("class") == "item-top"]
    assert len(drawn) == ITEMS_ON_PAGE
    assert ("INV-99<" in answer.text, "INV-100<" in answer.text) == (True, False)
    assert f"{told} not shown here. All of them:" in answer.text if told else "not shown here" not in answer.text
    assert len(answer.text) < 1_000_000


def test_the_sentence_tells_facts_and_no_idea_without_one(client, store):
    reasons = (why("drift", "how payment has changed lately", -0.2, code="idea_drift"), *REASONS)
    store.publish(made_run([score(reasons=reasons, base=0.5, late_risk=0.5)]))

    text = get(client, "/accounts/C-1").text

    assert "In its favour: customer for 8 years." in text
    assert "How payment has changed lately −20" in text


def test_the_account_and_each_open_invoice_have_a_waterfall_that_adds_up(client, store):
    store.publish(crossmoor())

    text = get(client, "/accounts/C-1").text

    found = re.findall(r"Typical (\w+) (\d+)% .*?\+(\d+) .*?−(\d+) This \1 (\d+)%", text)
    assert [kind for kind, *_ in found] == ["account", "invoice", "invoice"]
    for _, base, up, down, risk in found:
        assert int(base) + int(up) - int(down) == int(risk) == 50


@pytest.mark.parametrize(("age", "told"), [(0.4, "Why 70%, besides its age:"), (0.1, "Why 40%:")])
def test_an_invoice_tells_its_largest_reason_beside_its_age_and_says_where_the_age_moves_more(client, store, age, told):
    reasons = sorted([why("age", "10 days past due", age, code="age"), *REASONS], key=lambda one: -abs(one.points))
    store.publish(made_run([score(reasons=reasons, base=0.1, late_risk=0.3 + age)]))

    assert f"{told} raises the risk: Paid 26 days late on average" in get(client, "/accounts/C-1").text


def test_when_an_invoice_is_expected_is_told_with_its_range_and_its_chances(client, store):
    days = {"expected_from": date(2026, 12, 9), "expected_until": date(2027, 2, 2)}
    ahead = score(dpd=45)._replace(**days, p_30_dpd=1.0, p_60_dpd=0.91, p_90_dpd=0.59)
    store.publish(made_run([ahead]))

    for path in ("/accounts/C-1", "/queue/panel?account=C-1"):
        text = get(client, path).text
        assert "80%: 9 Dec 2026 to 2 Feb 2027" in text
        assert "chance of days past due: 60+ 91%, 90+ 59%" in text


@pytest.mark.parametrize(
    ("begins", "ends", "words"),
    [
        ("2026-03-09", "2026-09-02", "80%: 9 Mar to 2 Sep 2026"),
        ("2026-03-09", None, "80%: from 9 Mar 2026, its end not in sight"),
        (None, None, ""),
    ],
)
def test_a_range_is_told_as_far_as_it_is_in_sight(begins, ends, words):
    assert range_words({"expected_from": begins, "expected_until": ends}) == words


def test_what_a_picture_shows_is_heard_once(client, store):
    store.publish(crossmoor())

    page = get(client, "/accounts/C-1")

    assert all(a.get("aria-hidden") == "true" for tag, a in page.elements if tag == "svg" and a.get("role") != "img")
    assert page.text.count("Payment history") == page.text.count("Of 4 invoices due since") == 1
    assert page.text.count("OLD-3") == 1  # in the table, not in the picture again
    assert all(a.get("scope") in ("col", "row") for tag, a in page.elements if tag == "th")


def test_a_reason_with_a_code_leads_to_its_evidence_of_that_evening(client, store):
    store.publish(crossmoor())

    for path in ("/accounts/C-1", "/queue?account=C-1"):
        facts = [a["href"] for tag, a in get(client, path).elements if tag == "a" and a.get("class") == "fact"]
        assert facts[0] == "/accounts/C-1/evidence/days_late_mean_180d?item=INV-1&as_of=2026-03-31"
        assert not any("newness" in href for href in facts)


def test_the_page_has_no_inline_style_or_script_and_no_other_host(client, store):
    store.publish(crossmoor())

    page = get(client, "/accounts/C-1")

    assert not [a for _, a in page.elements if "style" in a or any(name.startswith("on") for name in a)]
    assert not [tag for tag, _ in page.elements if tag == "style"]
    assert all("src" in a for tag, a in page.elements if tag == "script")
    addresses = [a.get("href") or a.get("src") for _, a in page.elements if "href" in a or "src" in a]
    assert all(address.startswith(("/", "#")) for address in addresses)


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_hostile_names_stay_text_and_their_pages_are_found(client, store, name):
    hostile = hostile_evening()
    store.publish(hostile)

    page = get(client, f"/accounts/{quote(f'{name} id', safe='')}")

    assert " ".join(name.split()) in page.text
    assert [tag for tag, _ in page.elements if tag in ("script", "img")] == ["script"]
    assert any(a.get("data-account") == f"{name} id" for _, a in page.elements)


def test_the_same_account_is_drawn_to_the_same_bytes(client, store):
    store.publish(crossmoor())

    once, again = (client.get("/accounts/C-1").content for _ in range(2))

    assert once == again


def test_without_a_model_the_page_predicts_nothing(client, store):
    store.publish(crossmoor(late_risk=None))

    text = get(client, "/accounts/C-1").text

    assert "What the order goes by" in text
    assert "not predicted" in text
    assert "%" not in text


def test_an_account_or_an_evening_that_is_not_there_is_said_as_a_page(client, store):
    store.publish(evening_of())

    for path in ("/accounts/C-99", "/accounts/C-0?as_of=2020-01-01"):
        answer = client.get(path, headers={"accept": "text/html"})
        assert (answer.status_code, "Go to the queue" in answer.text) == (404, True)


def test_a_listed_account_says_why_it_has_its_rank_and_another_does_not(client, store):
    store.publish(made_run([score("A", "C-1"), score("B", "C-2", open=500)], capacity=1))

    listed, other = (get(client, f"/accounts/{customer_id}").text for customer_id in ("C-1", "C-2"))

    line = client.get("/api/v1/queues/today/items/C-1").json()["rank_explanation"]
    assert f"Why it is number 1 {line['sentence']}" in listed
    assert "Why it is number" not in other
    assert "not on the list" in other


def test_an_earlier_evening_leads_back_to_its_own_list(client, store):
    store.publish(evening_of())
    store.publish(made_run([score(as_of=date(2026, 4, 1))], as_of=date(2026, 4, 1)))

    def back(path):
        return next(a["href"] for tag, a in get(client, path).elements if a.get("href", "").startswith("/queue?"))

    assert back("/accounts/C-0?as_of=2026-03-31") == "/queue?account=C-0&as_of=2026-03-31"
    assert back("/accounts/C-1") == "/queue?account=C-1"


def test_beside_the_list_stand_the_oldest_ten_open_invoices_and_the_way_to_all(client, store):
    store.publish(made_run([score(f"INV-{n:02d}", dpd=50 - n) for n in range(12)]))

    panel, page = get(client, "/queue/panel?account=C-1").text, get(client, "/accounts/C-1").text

    panel = panel.rpartition("Open invoices on")[2]
    assert ("INV-09" in panel, "INV-10" in panel, "All 12 open invoices" in panel) == (True, False, True)
    assert "INV-11" in page


def opening_of(client, **headers):
    page = client.get("/accounts/C-1", headers={"accept": "text/html"} | headers).text
    found = re.search(r'<blockquote class="opening"><bdi>(.*?)</bdi>', page)
    return found[1].replace("\u00a0", " ") if found else ""


def test_the_opening_names_the_oldest_invoice_and_the_promise_that_was_broken(client, store):
    store.publish(crossmoor())

    assert opening_of(client) == (
        "Hello, this is about invoice INV-1 of €1,000.00, 10 days past due. €1,200.00 was promised for "
        "17 February 2026 and had not come by then. What happened, and when will you pay?"
    )
    assert opening_of(client, **{"accept-language": "de"}) == (
        "Guten Tag, es geht um die Rechnung INV-1 über 1.000,00 €, 10 Tage überfällig. 1.200,00 € waren für den "
        "17. Februar 2026 zugesagt und bis dahin nicht gekommen. Was ist geschehen, und wann bezahlen Sie?"
    )


@pytest.mark.parametrize(("days_ago", "told"), [(89, True), (90, False)])
def test_the_opening_tells_of_a_broken_promise_as_long_as_its_tab_and_a_cancelled_one_hides_none(
    client, store, days_ago, told
):
    promises = (
        Promised("P-1", EVENING - timedelta(days_ago), 1_200_00, "EUR", "broken"),
        Promised("P-2", EVENING, 1_200_00, "EUR", "cancelled"),
    )
    facts = FACTS._replace(history=HISTORY._replace(promises=promises))
    store.publish(made_run([score("INV-1")], {"C-1": facts}))

    assert ("had not come by then" in opening_of(client)) is told
    assert ("C-1" in Desk(store).broken()) is told


def test_the_opening_of_several_invoices_asks_for_the_day_and_there_is_none_where_nobody_calls(client, store):
    store.publish(made_run([score("INV-1", dpd=40), score("INV-2", dpd=3), score("INV-9", "C-9", dpd=-9)]))

    assert opening_of(client) == (
        "Hello, this is about €2,000 of overdue invoices; the oldest, INV-1, is 40 days past due. On which day "
        "will it be paid?"
    )
    assert "Suggested opening" not in get(client, "/accounts/C-9").text


def test_each_overdue_invoice_says_what_its_payment_would_leave(client, store):
    store.publish(
        made_run([score("INV-1", open=1000, dpd=40, late_risk=0.5), score("INV-2", open=200, dpd=3, late_risk=0.25)])
    )

    text = get(client, "/accounts/C-1").text

    assert "If it were paid today, €200 overdue and €50 expected late would stay" in text  # 200 × 0.25
    assert "If it were paid today, €1,000 overdue and €500 expected late would stay" in text  # 1,000 × 0.5


def test_the_only_overdue_invoice_leaves_nothing_and_one_not_yet_due_says_nothing(client, store):
    store.publish(crossmoor())

    assert get(client, "/accounts/C-1").text.count("If it were paid today") == 1
    assert "If it were paid today, nothing would be overdue." in get(client, "/accounts/C-1").text


def test_the_time_at_the_customer_s_stands_beside_the_next_step(client, store):
    store.publish(crossmoor())

    local = NOW.astimezone(ZoneInfo("Europe/London"))
    assert f"{local:%H:%M} in GB now" in get(client, "/accounts/C-1").text


@pytest.mark.parametrize(
    ("hour", "told"),
    [
        (6, "Do not call at this hour: 07:00 in GB now, and calls are from 08:00 to 18:00 there."),
        (7, "08:00 in GB now"),
        (16, "17:00 in GB now"),
        (17, "Do not call at this hour: 18:00 in GB now, and calls are from 08:00 to 18:00 there."),
    ],
)
def test_outside_of_the_hours_at_the_customer_s_page_and_panel_say_not_to_call(hour, told, store):
    store.publish(crossmoor())
    then = NOW.replace(hour=hour, minute=0)
    recorder = Recorder(Desk(store), today=then.date, now=lambda: then)
    client = client_of(store, recorder=recorder)

    page, panel = get(client, "/accounts/C-1").text, get(client, "/queue/panel?account=C-1").text

    assert told in page
    assert ("Do not call at this hour" in page) == ("Do not call at this hour" in panel) == told.startswith("Do not")


def test_an_appointment_that_the_customer_asked_for_is_kept_at_any_hour(client, store):
    asked = FACTS._replace(dealings=Dealings(callback=Callback(to_day(EVENING))))
    store.publish(made_run([score("INV-1", reasons=REASONS)], {"C-1": asked}))

    page = get(client, "/accounts/C-1").text  # at 06:10 in GB

    assert "Asked to be called on 31 March 2026." in page
    assert "Do not call at this hour" not in page


def test_rules_that_cannot_be_read_leave_the_hours_of_the_shipped_ones(store, recorder):
    def broken():
        raise NoSuchStrategy("mine.toml", "it is gone")

    store.publish(crossmoor())
    client = client_of(store, recorder=recorder, strategy=broken)

    assert "calls are from 08:00 to 18:00 there" in get(client, "/accounts/C-1").text


def test_notes_and_disputes_of_before_stand_on_the_page_of_a_later_list(client, store, recorder):
    store.publish(crossmoor())
    for said in (Note("asks for the order number"), Dispute("INV-1", Decimal(10), "EUR", "wrong price")):
        recorder.record("C-1", said, Asked(Actor("ada", "collector"), etag(recorder.version("C-1"))))
    assert "Notes and disputes" not in get(client, "/accounts/C-1").text, "they are recorded since this list"

    store.publish(made_run([score("INV-1", reasons=REASONS)], {"C-1": FACTS}, as_of=NOW.date()))

    text = get(client, "/accounts/C-1").text
    said = text[text.index("Notes and disputes") :]
    assert "asks for the order number" in said
    assert "€10.00 of INV-1: wrong price" in said
