"""Every page in German, whoever looks: no word of it stays English, on a desk that has something to show everywhere."""

import re
from datetime import date
from decimal import Decimal

import pytest
from english_words import english_of
from import_desk import AMBIGUOUS, SOUND, desk_of
from tried_desks import CODE, ROLES, tried_desk
from web_models import keep_drift

from serving.activities.people import Actor
from serving.activities.recording import Asked
from serving.activities.said import Contact, Contest, Dispute, Escalation, Hold, Promise
from serving.web.door import routes_of

NO_PAGES = {
    "/", "/static", "/healthz", "/readyz", "/metrics", "/queue.xlsx", "/portfolio.xlsx", "/models/{version}/{paper}",
    "/imports/{import_id}/set-aside.csv", "/sign-in/company", "/sign-in/company/back", "/sign-in/company/out",
}  # fmt: skip
"""Files, ways on, and what is for programs."""

PATHS = {
    "/queue": ("/queue", "/queue?tab=held", "/queue?tab=done", "/queue?q=keiner", "/queue?as_of=2020-01-01"),
    "/queue/panel": ("/queue/panel?account=C-1", "/queue/panel?account=none"),
    "/accounts/{customer_id:path}": ("/accounts/C-1", "/accounts/none"),
    "/accounts/{customer_id:path}/news": ("/accounts/C-1/news?version=0",),
    "/accounts/{customer_id:path}/evidence/{code}": (f"/accounts/C-1/evidence/{CODE}", "/accounts/C-1/evidence/none"),
    "/portfolio": ("/portfolio", "/portfolio?by=currency", "/portfolio?by=entity", "/portfolio?as_of=2020-01-01"),
    "/portfolio/reconciliation": ("/portfolio/reconciliation",),
    "/portfolio/{name}": ("/portfolio/high-risk", "/portfolio/over-90", "/portfolio/without-next-step"),
    "/call-sheets": ("/call-sheets",),
    "/team": ("/team", "/team?period=month", "/team?given=2&to=ada"),
    "/models": ("/models",),
    "/models/{version}": ("/models/{version}", "/models/none"),
    "/models/{version}/approval": ("/models/{version}/approval",),
    "/models/rollback": ("/models/rollback",),
    "/imports": ("/imports",),
    "/imports/{import_id}": ("/imports/none",),
    "/settings": ("/settings",),
    "/docs": ("/docs",),
    "/sign-in": ("/sign-in", "/sign-in?left=company"),
    "/sign-in/{link}": ("/sign-in/spent",),
    "/me": ("/me",),
}
"""Of each page's route what is looked at."""

WRITTEN = re.compile(r"payrisk [a-z]+.*$|/[a-z/-]+|--[a-z-]+|somebody wrote this and left it open|the first")
"""What stays as it is: commands, addresses, what people write ("the first": why a version was approved)."""

WROTE = "somebody wrote this and left it open"


SAID = (
    ("C-1", Contact("phone", "right_party", 7)),
    ("C-1", Promise(Decimal(100), "EUR", date(2026, 4, 9))),
    ("C-1", Dispute("INV-1", Decimal(10), "EUR", WROTE)),
    ("C-1", Escalation(WROTE)),
    ("C-2", Contest("paid_already", WROTE)),
    ("C-2", Hold("legal", WROTE)),
)


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    with tried_desk(tmp_path_factory.mktemp("german")) as tried:
        for customer_id, said in SAID:
            tried.recorder.record(customer_id, said, Asked(Actor("ada", "collector"), tried.version(customer_id)))
        shelf = tried.models.shelf.shelf
        keep_drift(shelf, shelf.champion().version, findings=[])
        yield tried


def test_every_page_is_looked_at_in_german(desk):
    pages = {path for method, path in routes_of(desk.app) if method == "GET" and not path.startswith("/api/")}

    assert pages - NO_PAGES == PATHS.keys()


@pytest.mark.parametrize("who", ROLES)
@pytest.mark.parametrize("path", [path for paths in PATHS.values() for path in paths])
def test_no_word_of_a_page_stays_english(desk, who, path):
    path = path.replace("{version}", desk.challenger)
    answer = desk.ask(who, "GET", path, {"accept": "text/html", "accept-language": "de-DE,de;q=0.9,en;q=0.1"})

    if answer.status_code >= 300 and "location" in answer.headers:
        return
    assert answer.headers["content-type"].startswith("text/html"), answer.text
    assert '<html lang="de">' in answer.text or "<html" not in answer.text
    assert english_of(answer.text, WRITTEN) == []


MANY = SOUND.splitlines()[0] + "".join(
    f"\nX-{n},0017,Acme Ltd,2026-01-05,2026-02-04,{1000 + n}.00,EUR,," for n in range(20)
)
IMPORTS = {
    "done": (SOUND, "posten.csv", {}),
    "asked about a day": (AMBIGUOUS.replace("Nettofällig", "Fälligkeit"), "posten.csv", {}),
    "asked about a column": (AMBIGUOUS, "posten.csv", {}),
    "asked about the cents": (SOUND.replace("1200.00", "1.200").replace(".00", "").replace(".50", ""), "a.csv", {}),
    "asked about the currency": (SOUND.replace(",currency,", ",x,").replace("EUR", "-"), "posten.csv", {}),
    "looked at": (SOUND, "posten.csv", {"review": "yes"}),
    "refused": (b"%PDF-1.7 nothing to read", "posten.pdf", {}),
    "shrunk": ("\n".join(MANY.splitlines()[:5]) + "\n", "few.csv", {"as_of": "2026-03-31"}),
}
"""What came of an import, and the file that it came of."""


@pytest.fixture(scope="module")
def imports(tmp_path_factory):
    desk = desk_of(tmp_path_factory.mktemp("imports"))
    desk.imported(MANY + "\n", "many.csv", as_of="2026-03-30")
    return desk


@pytest.mark.parametrize("what", IMPORTS)
def test_an_import_tells_in_german_what_came_of_it(imports, what):
    content, name, said = IMPORTS[what]
    brought = imports.imported(content, name, **said)

    answer = imports.client().get(f"/imports/{brought['id']}", headers={"accept": "text/html", "accept-language": "de"})
    assert answer.status_code == 200
    assert english_of(answer.text, WRITTEN) == []


def test_an_address_that_nothing_is_at_says_so_in_german(desk):
    answer = desk.ask("maria", "GET", "/nowhere", {"accept": "text/html", "accept-language": "de"})

    assert answer.status_code == 404
    assert "Unter /nowhere ist nichts." in answer.text
    assert english_of(answer.text, WRITTEN) == []


def test_an_english_word_is_found():
    page = '<p title="nothing due">Fällig <code>payrisk queue</code> <i lang="en">the why</i></p><b>All accounts</b>'

    assert english_of(page, WRITTEN) == ["nothing due", "All accounts"]


BAD_ADDRESSES = (
    "/queue?as_of=x", "/team?period=x", "/portfolio?by=x", "/portfolio?as_of=2026-99-99", "/portfolio/none",
    "/accounts/C-1/news?version=x", "/team?given=x", "/models/none", "/imports/none/set-aside.csv",
)  # fmt: skip
REFUSED_FORMS = (
    {"kind": "promise", "amount": "x", "currency": "EUR", "promised_on": "2026-04-09"},
    {"kind": "promise", "amount": "5", "currency": "EUR", "promised_on": "x"},
    {"kind": "promise", "amount": "999999", "currency": "EUR", "promised_on": "2026-04-09"},
    {"kind": "promise", "amount": "5.001", "currency": "EUR", "promised_on": "2026-04-09"},
    {"kind": "promise", "amount": "5", "currency": "XXX", "promised_on": "2026-04-09"},
    {"kind": "promise", "amount": "9" * 17, "currency": "EUR", "promised_on": "2026-04-09"},
    {"kind": "dispute", "amount": "5", "currency": "EUR", "item_id": "none", "reason": "x"},
    {"kind": "dispute", "amount": "999999", "currency": "EUR", "item_id": "INV-1", "reason": "x"},
    {"kind": "contact", "channel": "phone", "outcome": "no_answer", "minutes": "x"},
    {"kind": "hold", "why": "none"}, {"kind": "snooze", "until_on": "2020-01-01", "reason": "x"},
    {"kind": "callback", "due_on": "2020-01-01", "at": "99"}, {"kind": "note", "text": ""}, {"kind": "none"},
    {"kind": "contest", "because": "none"},
)  # fmt: skip


@pytest.mark.parametrize("path", BAD_ADDRESSES)
def test_an_address_that_cannot_be_understood_says_why_in_german(desk, path):
    answer = desk.ask("root" if "imports" in path else "maria", "GET", path, GERMAN)

    assert answer.status_code in (404, 422)
    assert english_of(answer.text, re.compile(f"{WRITTEN.pattern}|^[a-z_]+:|'[a-z-]+'")) == []
    assert "Input should" not in answer.text


@pytest.mark.parametrize("form", REFUSED_FORMS, ids=str)
def test_a_form_that_is_refused_says_why_in_german(desk, form):
    sent = {"version": str(desk.recorder.version("C-1")), "from": "account", **form}
    answer = desk.ask("maria", "POST", "/accounts/C-1/record", GERMAN, data=sent)

    assert answer.status_code == 422, answer.text
    assert english_of(answer.text, re.compile(f"{WRITTEN.pattern}|{WROTE}|„[^“]*“")) == []


@pytest.mark.parametrize("of", ["none", "of another version"])
def test_what_cannot_be_undone_says_why_in_german(desk, of):
    activities = desk.recorder.recorded("C-2")["items"]
    wanted = activities[0]["activity_id"] if of != "none" else "none"
    sent = {"version": "0" if of != "none" else str(desk.recorder.version("C-2")), "from": "account", "of": wanted}
    answer = desk.ask("maria", "POST", "/accounts/C-2/undo", GERMAN, data=sent)

    assert answer.status_code in (404, 409, 412)
    assert english_of(answer.text, re.compile(f"{WRITTEN.pattern}|{WROTE}|„[^“]*“|GET /.*")) == []


GERMAN = {"accept": "text/html", "accept-language": "de"}
