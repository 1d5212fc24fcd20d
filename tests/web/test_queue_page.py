"""The queue page as text: true figures, escaped names, links that work without script."""

import html
import re
from html.parser import HTMLParser
from io import BytesIO
from urllib.parse import quote

import pytest
from evenings import made_run, score, why
from python_calamine import CalamineWorkbook
from web_evenings import HOSTILE_NAMES, evening_of, hostile_evening

from serving.web.desk import account_parts
from serving.web.desk.waterfall import waterfall


class Page(HTMLParser):
    """The elements of a page, with their attributes, and its text."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.words = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.words.append(data)

    @property
    def text(self):
        return re.sub(r"\s+", " ", " ".join(self.words))

    def all(self, tag, **wanted):
        return [a for name, a in self.elements if name == tag and all(a.get(k) == v for k, v in wanted.items())]


def get(client, path="/queue"):
    answer = client.get(path, headers={"accept": "text/html"})
    assert answer.status_code == 200
    return Page(answer.text)


def test_the_page_shows_who_comes_first_and_why(client, store):
    store.publish(evening_of())

    page = get(client)

    for told in (
        "Queue of 31 March 2026",
        "As known on Tuesday evening",
        "scored 1 April 2026, 05:10 UTC",
        "Crossmoor Ceramics Ltd",
        "Paid 26 days late on average",
        "€2,000",
        "Ordered by overdue money × late risk.",
        "Unused credit of €0.40, not taken off the sums above; nobody is called about what it covers",
        "Reasons show what the model weighed, not proof of cause.",
    ):
        assert told in page.text, told


def test_the_first_account_is_shown_until_another_is_chosen(client, store):
    store.publish(evening_of())

    assert get(client).all("a", **{"aria-current": "true"})[0]["href"] == "/queue?account=C-0"
    chosen = get(client, "/queue?account=C-3")
    assert chosen.all("div", **{"data-account": "C-3"})
    assert chosen.all("a", **{"aria-current": "true"})[0]["href"] == "/queue?account=C-3"


def test_every_line_is_a_link_that_shows_its_account_without_script(client, store):
    store.publish(hostile_evening())

    links = [a["href"] for a in get(client).all("a", **{"class": "go"})]

    assert len(links) == len(HOSTILE_NAMES)
    for name, link in zip(HOSTILE_NAMES, links, strict=True):
        assert get(client, html.unescape(link)).all("div", **{"data-account": f"{name} id"})


def test_hostile_names_stay_text(client, store):
    store.publish(hostile_evening())

    for path in ("/queue", *(f"/queue?account={quote(f'{name} id', safe='')}" for name in HOSTILE_NAMES)):
        page = get(client, path)
        assert [a.get("src") for a in page.all("script")] == [page.all("script")[0]["src"]]
        assert page.all("img") == []
        assert "{{ 7 * 7 }}" in page.text or "account=" in path
        assert not [a for _, a in page.elements if any(name.startswith("on") for name in a)]


def test_no_page_has_inline_style_or_script_or_another_host(client, store):
    store.publish(evening_of())

    for path in ("/queue", "/queue?account=C-2", "/docs", "/queue/panel?account=C-1"):
        page = get(client, path)
        assert not [a for _, a in page.elements if "style" in a]
        assert page.all("style") == []
        assert all("src" in a for a in page.all("script"))
        addresses = [a.get("href") or a.get("src") for _, a in page.elements if "href" in a or "src" in a]
        assert all(address.startswith(("/", "#")) for address in addresses)


def test_the_points_shown_add_up_to_the_risk_shown(client, store):
    store.publish(evening_of())

    text = get(client, "/queue/panel?account=C-0").text

    assert "Typical account 31%" not in text
    shown = re.search(r"Typical account (\d+)%.*?\+(\d+).*?−(\d+) This account (\d+)%", text)
    base, up, down, risk = map(int, shown.groups())
    assert base + up - down == risk == 50


def test_the_panel_leads_from_the_risk_to_the_money(client, store):
    store.publish(evening_of())

    text = get(client, "/queue/panel?account=C-0").text

    assert "Why the late risk is 50%" in text
    assert "× €1,000 overdue = €500 expected late" in text
    assert "of €2,000 open" in text


def test_the_panel_of_an_account_with_many_invoices_draws_one_picture(client, store, monkeypatch):
    store.publish(made_run([score(f"INV-{n:03}", dpd=n) for n in range(200)]))
    drawn = []
    monkeypatch.setattr(account_parts, "waterfall", lambda body, **asked: drawn.append(asked) or waterfall(body))

    text = get(client, "/queue/panel?account=C-1").text

    assert len(drawn) == 1
    assert "All 200 open invoices" in text


def test_the_page_and_the_api_say_of_which_money_the_risk_speaks(client, store):
    store.publish(evening_of())
    schema = client.get("/api/v1/openapi.json").json()["components"]["schemas"]["QueueLineOut"]["properties"]

    assert "Late risk: share of the overdue money expected to be still unpaid" in get(client).text
    assert "share of the overdue (else of the open) money" in schema["late_risk"]["description"]


def test_the_open_money_stands_under_the_overdue_money_where_it_is_more(client, store):
    store.publish(evening_of(2))

    text = get(client).text

    assert "C-0 · GB · oldest 10 d" in text
    assert "€1,000 overdue of €2,000 open" in text
    assert "€999 overdue €500" in text, "nothing more is open"


def test_what_raises_the_risk_most_is_told_first_on_the_list(client, store):
    reasons = [
        why("amount", "small sum", -0.2),
        why("habit", "often late", 0.1),
        why("terms", "zero days", 0.05),
    ]
    store.publish(made_run([score(reasons=reasons, base=0.5, late_risk=0.45)]))

    text = get(client).text

    assert text.index("Often late") < text.index("Small sum") < text.index("Typical account")
    assert text.index("Typical account") < text.index("Zero days")


def test_a_list_without_a_model_says_so_and_predicts_nothing(client, store):
    store.publish(made_run([score(late_risk=None)]))

    page = get(client)

    assert "No current model: ordered by overdue amount and age." in page.text
    assert "not predicted" in page.text
    assert "1,000.00 EUR overdue on 1 invoice" in page.text
    assert "%" not in page.text.replace("100%", "")


def test_a_first_version_says_on_the_page_that_nobody_approved_it(client, store):
    store.publish(made_run([score()], approved=False))

    assert "First version of the model, not yet approved by a person." in get(client).text


def test_too_little_history_is_said(client, store):
    store.publish(made_run([score(thin_history=True)]))

    assert "Too little history: estimated from similar customers." in get(client).text


def test_an_evening_without_calls_says_so_kindly_and_truly(client, store):
    store.publish(made_run([score(dpd=-3)]))

    text = get(client).text

    assert "No calls left on this list." in text
    assert "1 account has open money that is not past due yet." in text


def test_before_the_first_list_the_page_says_how_to_make_one(client, store):
    assert "payrisk import FILE" in get(client).text
    store.publish(evening_of())
    text = get(client, "/queue?as_of=2020-01-01").text
    assert "No list for 1 January 2020." in text
    assert "31 March 2026" in text


def test_an_account_that_is_not_there_leaves_the_list_in_place(client, store):
    store.publish(evening_of())

    page = get(client, "/queue?account=C-99")

    assert 'No account "C-99" has open items' in page.text
    assert len(page.all("a", **{"class": "go"})) == 5


def test_an_account_off_the_list_says_where_it_stands(client, store):
    store.publish(made_run([score("A", "C-1"), score("B", "C-2", open=500)], capacity=1))

    assert "Overdue, and below what the team can work today." in get(client, "/queue?account=C-2").text


def test_every_table_has_its_headers_and_every_picture_its_words(client, store):
    store.publish(evening_of())

    page = get(client)

    assert all(a.get("scope") in ("col", "row") for a in page.all("th"))
    assert "4 of the last" not in page.text
    assert "3 of the last 5 invoices paid late. Oldest first: 20 days late, on time, 4 days early" in page.text
    assert all(a.get("role") == "img" or a.get("aria-hidden") == "true" for a in page.all("svg"))
    assert page.all("html", lang="en")


def test_the_list_can_be_taken_along_as_a_workbook(client, store):
    store.publish(evening_of(3))

    answer = client.get("/queue.xlsx")

    rows = CalamineWorkbook.from_filelike(BytesIO(answer.content)).get_sheet_by_name("Queue").to_python()
    assert answer.headers["content-disposition"] == 'attachment; filename="queue-2026-03-31.xlsx"'
    assert [row[1] for row in rows[1:]] == ["C-0", "C-1", "C-2"]


@pytest.mark.parametrize("accounts", [200])
def test_two_hundred_lines_are_light_on_the_wire(client, store, accounts):
    from evenings import made_run as run_of

    scores = [score(f"INV-{n}", f"C-{n}", open=1000 + n * 7) for n in range(accounts)]
    store.publish(run_of(scores, capacity=accounts))

    answer = client.get("/queue", headers={"accept": "text/html", "accept-encoding": "gzip"})

    assert answer.headers["content-encoding"] == "gzip"
    assert answer.num_bytes_downloaded < 100_000


def test_the_start_leads_to_the_queue(client):
    assert client.get("/", follow_redirects=False).headers["location"] == "/queue"
