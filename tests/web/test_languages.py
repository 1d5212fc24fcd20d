"""The languages of the pages: every word is in the catalogue and none for nothing; figures, days, and who chooses."""

import ast
import re
from collections import defaultdict
from html.parser import HTMLParser
from pathlib import Path
from string import Formatter
from typing import get_args

import pytest
from english_words import english_of
from evenings import made_run, score
from heard_pages import Page, get
from jinja2 import Environment, nodes
from web_clients import client_of, form_headers
from web_evenings import account_evening, evening_of

import serving.web
from features.catalogue import CATALOGUE
from features.languages import speech_of
from ledger.activity_codes import CHANNELS, HOLDS, OUTCOMES
from ledger.file_layouts import FILE_LAYOUTS
from models.contender_names import NAMES, SEGMENTS, SHORT
from serving.activities.said import CONTESTS, OWNERS, RESOLUTIONS
from serving.people.person import ROLES
from serving.team.coverage import PLACES
from serving.web import navigation
from serving.web.activities import words as activity_words
from serving.web.call_sheets import pages as call_sheet_pages
from serving.web.desk import account_parts, evidence_words, list_tabs, outcome_forms, past, timeline, waterfall
from serving.web.desk.account_words import UNPAID
from serving.web.desk.list_view import TABS
from serving.web.imports import words as imports_words
from serving.web.languages import LANGUAGE, LANGUAGES, catalogue, chosen
from serving.web.models import pages as models_pages
from serving.web.models import words as model_words
from serving.web.portfolio import pages as portfolio
from serving.web.portfolio import words as portfolio_words
from serving.web.settings import pages as settings_pages
from serving.web.team import words as team_words
from serving.web.words import count, day, money, share, short_day, short_number
from training.drift_verdict import State as DriftState
from training.drift_verdict import Verdict

WEB = Path(serving.web.__file__).parent
TEMPLATES = sorted((WEB / "templates").glob("*.html"))
PAGE = {"accept": "text/html"}
OTHERS = [one for one in LANGUAGES if one != "en"]


def literals(node):
    """The texts that an expression may come to: `a`, or both of `a if … else b`."""
    if isinstance(node, nodes.Const) and isinstance(node.value, str):
        return [node.value]
    return literals(node.expr1) + literals(node.expr2) if isinstance(node, nodes.CondExpr) else []


def of_templates():
    environment = Environment(trim_blocks=True)
    environment.filters = defaultdict(lambda: str)
    for path in TEMPLATES:
        tree = environment.parse(path.read_text())
        for call in tree.find_all(nodes.Call):
            if isinstance(call.node, nodes.Name) and call.node.name in ("_", "counted"):
                first = call.args[1:3] if call.node.name == "counted" else call.args[:1]
                yield from (text for arg in first for text in literals(arg))
            labels = LABELS.get(getattr(call.node, "name", getattr(call.node, "attr", "")), ())
            yield from (text for at in labels if at < len(call.args) for text in literals(call.args[at]))
        for each in tree.find_all(nodes.For):
            if path.stem == "outcomes" and isinstance(each.iter, nodes.Tuple):
                yield from (pair.items[1].value for pair in each.iter.items)


EVIDENCE_STATES = (*past.PROMISES, *OUTCOMES, "standing", "resolved", "corrected")
"""Of disputes, contacts and promises among the documents behind a reason."""


def reasons_not_to_approve():
    """Whatever `models_pages._why_not` may answer."""
    tree = ast.parse(Path(models_pages.__file__).read_text())
    answers = next(one for one in tree.body if getattr(one, "name", "") == "_why_not")
    return [one.value.value for one in ast.walk(answers) if isinstance(one, ast.Return) and one.value.value]


LABELS = {"form": (2, 4), "step": (1, 3), "input": (3,), "day": (3,), "pick": (3, 5), "words": (3,)}
"""Of the macros of `outcomes.html` which arguments are words of the page."""


def of_code():
    for path in WEB.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("tr", "_word", "counted"):
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
        TABS, account_parts.STANDINGS, past.PROMISES, past.SETTLED, timeline.LEGEND, timeline.LANE_LEGEND, UNPAID,
        outcome_forms.CONTESTS, outcome_forms.HOLD_NAMES, outcome_forms.MORE, outcome_forms.NOTES,
        outcome_forms.RESOLUTIONS, activity_words.CONTACTS, activity_words.FIRST, activity_words.SHORT,
        activity_words._WHAT, call_sheet_pages.STATUSES,
        portfolio.MONEY_LABELS, portfolio.STANDING_WORDS, portfolio_words.BUCKET_WORDS,
        team_words.PERIODS, team_words._IN, team_words._PROMISED, team_words.WAITS, PLACES, settings_pages.ROLE_WORDS,
        settings_pages.DID, model_words.VERDICTS, model_words.CHANGES, model_words.PAPERS, model_words.MARKS,
        model_words.RULES, NAMES, SHORT, SEGMENTS, evidence_words.KINDS, evidence_words.HAPPENED, evidence_words.PARTS,
        evidence_words.STATEMENTS, imports_words.ROLE_NAMES, imports_words.STATE_NAMES, imports_words.STEP_WORDS,
        imports_words.TODO,
    )  # fmt: skip
    for table in tables:
        yield from table.values()
    pairs = (imports_words.IGNORED_NAMES, imports_words.LEARNED_NAMES, evidence_words.COUNTS, portfolio.TITLES)
    yield from (text for table in pairs for pair in table.values() for text in pair)
    yield from (label for label, _, _ in model_words.GATES.values())
    yield from (name for name, _ in model_words.STATES.values())
    yield from (model_words.NO_EFFECT, models_pages.SHORT_REASON, *reasons_not_to_approve())
    yield from (evidence_words.IN_THE_WHOLE, *(state.replace("_", " ") for state in EVIDENCE_STATES))
    yield from (model_words.plain_words(model_words.stem_of(feature.name)[0]) for feature in CATALOGUE)
    layouts = (name for layout in FILE_LAYOUTS.values() for name in layout.names)
    yield from (imports_words.COLUMN_NAMES.get(name, name.replace("_", " ")) for name in layouts)
    yield from (name[:3] for name in speech_of("en").weekdays)
    yield from (*get_args(DriftState), *get_args(Verdict), "command", "api", "m|scale", "k|scale", "no rule")
    yield from ("not settled yet", "Correct the row.", "booked", "Rows", "Waits for an answer")
    yield from (text for pair in list_tabs.NOTHING_THERE.values() for text in pair)
    yield from (text for pair in waterfall.ENDS.values() for text in pair)
    yield from (words for _, _, words in navigation.LINKS)
    yield from (*ROLES, *CHANNELS, *OWNERS, *outcome_forms.DISPUTES, *outcome_forms.SNOOZES)
    yield from (code.replace("_", " ") for code in (*OUTCOMES, *HOLDS, *CONTESTS, *RESOLUTIONS))
    kinds = ("contact", "promise", "dispute", "callback", "hold", "snooze", "note")
    yield from (f"{{who}} recorded a {kind} on this account at {{time}} UTC." for kind in kinds)
    yield from (kind.capitalize() for kind in (*kinds, "escalation"))
    yield from ("High", "Medium", "Low", "k", "M")
    yield from ("Promises", "Contacts")


def words():
    return {text for text in (*of_templates(), *of_code(), *of_tables()) if text}


@pytest.mark.parametrize("language", OTHERS)
def test_every_word_of_a_page_is_in_the_catalogue_and_none_is_there_for_nothing(language):
    known = catalogue(language)

    assert sorted(words() - known.keys()) == []
    assert sorted(known.keys() - words()) == []
    assert [text for text, told in known.items() if fields(text) != fields(told)] == [], "the same values in both"


class Told(HTMLParser):
    """What people read of a template: texts between tags, and attributes that are said; in place of each expression its
    number between two marks. What stands in `code`, `pre` and `kbd` is typed, not told."""

    SAID = ("aria-label", "title", "placeholder", "alt")

    def __init__(self, source):
        super().__init__(convert_charrefs=True)
        source = re.sub(r"\{% (block body|macro state\(.*?\)) %\}.*?\{% end\w+ %\}", "", source)  # inside of a tag
        self.expressions, self.texts, self.typed = [], [], 0
        self.feed(re.sub(r"\{\{(.*?)\}\}|\{%.*?%\}|\{#.*?#\}", self._kept, source, flags=re.DOTALL))

    def _kept(self, found):
        self.expressions.append(found[1] or "''")
        return f"\u2402{len(self.expressions) - 1}\u2403"

    def handle_starttag(self, tag, attrs):
        self.typed += tag in ("code", "pre", "kbd")
        self.texts += [value for name, value in attrs if name in self.SAID and value]

    def handle_endtag(self, tag):
        self.typed -= tag in ("code", "pre", "kbd")

    def handle_data(self, data):
        if not self.typed:
            self.texts.append(data)


NAMES_OF_THINGS = {
    "AUC",
    "ECE",
    "Excel",
    "API",
    "Collections",
    "openapi.json",
    "EUR",
    "maria.lopez",
    "Maria",
    "López",
    "UTC",
}
"""What is called the same in every language."""
PROGRAMMERS = {"docs"}
"""Pages for programmers, in the language of programs: they say that they are English."""


def untold(path):
    """The words of a template that no catalogue has: written as they are, or as a string of an expression."""
    told, environment = Told(path.read_text()), Environment()
    environment.filters = defaultdict(lambda: str)
    for text in told.texts:
        plain = re.sub("\u2402[0-9]+\u2403", " ", text)
        yield from (word for word in re.findall(r"[^\W\d_][\w.]+", plain) if word not in NAMES_OF_THINGS)
        for at in re.findall("\u2402([0-9]+)\u2403", text):
            tree = environment.parse("{{" + told.expressions[int(at)] + "}}")
            yield from (one for output in tree.find_all(nodes.Output) for one in printed(output.nodes[0]))


def printed(node):
    """The words that an expression prints itself."""
    if isinstance(node, nodes.Const):
        return [node.value] if isinstance(node.value, str) and re.search(r"[A-Za-z]{2}", node.value) else []
    if isinstance(node, nodes.CondExpr):
        return printed(node.expr1) + (printed(node.expr2) if node.expr2 else [])
    if isinstance(node, (nodes.Or, nodes.And)):
        return printed(node.left) + printed(node.right)
    if isinstance(node, nodes.Concat):
        return [one for part in node.nodes for one in printed(part)]
    return printed(node.node) if isinstance(node, nodes.Filter) and node.node is not None else []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_no_page_says_a_word_that_is_not_in_the_catalogue(path):
    if path.stem in PROGRAMMERS:
        assert 'lang="en"' in path.read_text()
        return
    assert list(untold(path)) == []


def test_a_word_outside_of_the_catalogue_is_found(tmp_path):
    path = tmp_path / "page.html"
    path.write_text("<p title=\"Two words\">{{ 'some' if x else _('known') }} {{ n }} items <code>typed</code></p>")

    assert sorted(untold(path)) == ["Two", "items", "some", "words"]


def fields(text):
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


@pytest.fixture
def german(store, recorder):
    """A manager's client whose browser asks for German."""
    client = client_of(store, recorder=recorder)
    client.headers["accept-language"] = "de-DE,de;q=0.9,en;q=0.5"
    return client


def test_queue_account_and_sign_in_speak_german_with_german_figures_and_days(german, store):
    store.publish(evening_of())

    queue, account = get(german, "/queue"), get(german, "/accounts/C-0")
    for told in ("Liste vom 31. März 2026", "Stand Dienstagabend", "1.000 €", "50 %", "Zu tun 5"):
        assert told in queue.text, told
    assert "Überfällig 1.000 € ältestes 10 Tage" in account.text
    assert "10 Tage überfällig" in account.text
    for page in (queue, account, get(german, "/sign-in"), get(german, "/me"), get(german, "/queue?tab=held")):
        assert page.all("html", lang="de")


def test_of_the_words_of_a_page_none_stays_english(german, store):
    store.publish(account_evening())
    stored = german.get("/api/v1/accounts/C-1?language=de").json()
    reasons = {reason["text"] for one in (stored, *stored["items"]) for reason in one["reasons"]}  # of before the codes

    found = english_of(german.get("/accounts/C-1", headers=PAGE).text)
    assert [text for text in found if not any(reason.lower() in text.lower() for reason in reasons)] == []


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
