"""The languages of the pages: every word is in the catalogue and none for nothing; figures, days, and who chooses."""

import ast
import re
from pathlib import Path
from string import Formatter

import pytest
from evenings import made_run, score
from heard_pages import Page, get
from jinja2 import nodes
from web_clients import client_of, form_headers
from web_evenings import account_evening, evening_of

import serving.web
from ledger.activity_codes import CHANNELS, HOLDS, OUTCOMES
from serving.activities.said import CONTESTS, OWNERS, RESOLUTIONS
from serving.people.errors import SignInRefused, TryLater, WeakPassword
from serving.people.person import ROLES
from serving.web import (
    activity_words,
    call_sheet_pages,
    list_tabs,
    navigation,
    outcome_forms,
    pages,
    past,
    timeline,
    waterfall,
)
from serving.web.account_words import UNPAID
from serving.web.languages import LANGUAGE, LANGUAGES, catalogue, chosen
from serving.web.list_view import TABS
from serving.web.words import count, day, money, share, short_day, short_number

WEB = Path(serving.web.__file__).parent
SPEAKING = (
    "base", "sign_in", "sign_in_link", "me", "news", "icons", "nothing", "queue", "panel", "account", "pictures",
    "outcomes", "call_sheets",
)  # fmt: skip
PAGE = {"accept": "text/html"}
OTHERS = [one for one in LANGUAGES if one != "en"]


def literals(node):
    """The texts that an expression may come to: `a`, or both of `a if … else b`."""
    if isinstance(node, nodes.Const) and isinstance(node.value, str):
        return [node.value]
    return literals(node.expr1) + literals(node.expr2) if isinstance(node, nodes.CondExpr) else []


def of_templates():
    environment = pages.Pages(demo=False, static_version="").templates
    for name in SPEAKING:
        tree = environment.parse((WEB / "templates" / f"{name}.html").read_text())
        for call in tree.find_all(nodes.Call):
            if isinstance(call.node, nodes.Name) and call.node.name in ("_", "counted"):
                first = call.args[1:3] if call.node.name == "counted" else call.args[:1]
                yield from (text for arg in first for text in literals(arg))
            labels = LABELS.get(getattr(call.node, "name", getattr(call.node, "attr", "")), ())
            yield from (text for at in labels if at < len(call.args) for text in literals(call.args[at]))
        for each in tree.find_all(nodes.For):
            if name == "outcomes" and isinstance(each.iter, nodes.Tuple):
                yield from (pair.items[1].value for pair in each.iter.items)


LABELS = {"form": (2, 4), "step": (1, 3), "input": (3,), "day": (3,), "pick": (3, 5), "words": (3,)}
"""Of the macros of `outcomes.html` which arguments are words of the page."""


def of_code():
    for path in WEB.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("tr", "counted"):
                first = node.args[1:3] if node.func.id == "counted" else node.args[:1]
                yield from (text for arg in first for text in constants(arg))
            if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") in ("one", "many", "what"):
                yield from constants(node.value)


def constants(node):
    """The texts that an expression of Python may come to."""
    if isinstance(node, ast.IfExp):
        return constants(node.body) + constants(node.orelse)
    return [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) else []


def of_tables():
    """Words that stand in tables, and codes that are told as words."""
    tables = (
        TABS, pages.STANDINGS, past.PROMISES, past.SETTLED, timeline.LEGEND, timeline.LANE_LEGEND, UNPAID,
        outcome_forms.CONTESTS, outcome_forms.HOLD_NAMES, outcome_forms.MORE, outcome_forms.NOTES,
        outcome_forms.RESOLUTIONS, activity_words.CONTACTS, activity_words.FIRST, activity_words.SHORT,
        activity_words._WHAT, call_sheet_pages.STATUSES,
    )  # fmt: skip
    for table in tables:
        yield from table.values()
    yield from (text for pair in list_tabs.NOTHING_THERE.values() for text in pair)
    yield from (text for pair in waterfall.ENDS.values() for text in pair)
    yield from (words for _, _, words in navigation.LINKS)
    yield from (*ROLES, *CHANNELS, *OWNERS, *outcome_forms.DISPUTES, *outcome_forms.SNOOZES)
    yield from (code.replace("_", " ") for code in (*OUTCOMES, *HOLDS, *CONTESTS, *RESOLUTIONS))
    kinds = ("contact", "promise", "dispute", "callback", "hold", "snooze", "note")
    yield from (f"{{who}} recorded a {kind} on this account at {{time}} UTC." for kind in kinds)
    yield from (kind.capitalize() for kind in (*kinds, "escalation"))
    yield from (str(SignInRefused()), str(TryLater(1)), str(WeakPassword(12, 200)))
    yield from ("High", "Medium", "Low", "k", "M")
    yield from ("Promises", "Contacts")
    yield "Ordered by the money that a call is expected to bring forward, per minute (assumed, not measured)."
    yield "Ordered by overdue amount and age."


def words():
    return {text for text in (*of_templates(), *of_code(), *of_tables()) if text}


@pytest.mark.parametrize("language", OTHERS)
def test_every_word_of_a_page_is_in_the_catalogue_and_none_is_there_for_nothing(language):
    known = catalogue(language)

    assert sorted(words() - known.keys()) == []
    assert sorted(known.keys() - words()) == []
    assert [text for text, told in known.items() if fields(text) != fields(told)] == [], "the same values in both"


def fields(text):
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


@pytest.fixture
def german(store, recorder):
    """A manager's client whose browser asks for German."""
    client = client_of(store, recorder=recorder)
    client.headers["accept-language"] = "de-DE,de;q=0.9,en;q=0.5"
    return client


ENGLISH_WORDS = re.compile(r"\b(the|of|and|is|are|overdue|open|late|risk|account|recorded|due|days|by|expected)\b")


def test_queue_account_and_sign_in_speak_german_with_german_figures_and_days(german, store):
    store.publish(evening_of())

    queue, account = get(german, "/queue"), get(german, "/accounts/C-0")
    for told in ("Liste vom 31. März 2026", "Stand Dienstagabend", "1.000 €", "50 %", "Zu tun 5"):
        assert told in queue.text, told
    assert "Überfällig 1.000 € ältestes 10 Tage" in account.text
    assert "10 Tage überfällig" in account.text
    for page in (queue, account, get(german, "/sign-in"), get(german, "/me"), get(german, "/queue?tab=held")):
        assert page.all("html", lang="de")
    assert german.get("/portfolio", headers=PAGE).text.startswith('<!doctype html>\n<html lang="en">')


def test_of_the_words_of_a_page_none_stays_english(german, store):
    store.publish(account_evening())
    page = german.get("/accounts/C-1", headers=PAGE).text
    stored = german.get("/api/v1/accounts/C-1?language=de").json()
    line = german.get("/api/v1/queues/today?language=de").json()["items"][0]
    told = {
        stored["next_action"],
        line["rank_explanation"]["sentence"],
        stored["rule_reason"],
        *stored["run"]["notices"],
    }
    told |= {reason["text"] for one in (stored, *stored["items"]) for reason in one["reasons"]}
    told.add(line["rank_explanation"]["way_out"]["text"] if line["rank_explanation"]["way_out"] else "")
    text = Page(page).text
    for english in sorted(told, key=len, reverse=True):  # what was stored with the list speaks its own language
        text = text.replace(english, "").replace(english[:1].upper() + english[1:], "")

    assert ENGLISH_WORDS.findall(text) == []


def test_a_person_s_own_choice_is_remembered_and_counts_before_the_browser(german, store):
    store.publish(evening_of(1))
    english = german.post("/me/language", data={"language": "en"}, headers=PAGE | form_headers("maria"))
    assert english.url.path == "/me"
    assert get(german, "/queue").all("html", lang="en")
    german.post("/me/language", data={"language": "fr"}, headers=PAGE | form_headers("maria"))
    assert get(german, "/queue").all("html", lang="en"), "a language that is none of ours changes nothing"
    german.post("/me/language", data={"language": ""}, headers=PAGE | form_headers("maria"))
    assert get(german, "/queue").all("html", lang="de")


def test_figures_and_days_are_said_as_each_language_says_them():
    assert chosen("", "xx") == "en"
    token = LANGUAGE.set("de")
    try:
        assert money({"amount": "-1234.5", "currency": "CHF"}, exact=True) == "−1.234,50\u00a0CHF"
        assert (day("2026-03-03"), short_day("2026-03-03")) == ("3. März 2026", "03.03.2026")
        assert (count(12345), share(0.5), short_number(2_340_000)) == ("12.345", "50\u00a0%", "2,3 Mio.")
    finally:
        LANGUAGE.reset(token)


def test_an_outcome_is_recorded_in_german_too(german, store):
    store.publish(made_run([score("INV-0", "C-0"), score("INV-1", "C-1", open=900)]))
    page = get(german, "/queue")
    at = next(n for n, (tag, a) in enumerate(page.elements) if a.get("action") == "/accounts/C-0/record")
    hidden = {a["name"]: a["value"] for tag, a in page.elements[at + 1 : at + 12] if a.get("type") == "hidden"}
    sent = hidden | {"kind": "promise", "amount": "500.00", "currency": "EUR", "promised_on": "2026-04-10"}

    done = Page(german.post("/accounts/C-0/record", data=sent, headers=PAGE).text)
    assert "Festgehalten: Zusage von 500,00 € bis 10.04.2026" in done.text
