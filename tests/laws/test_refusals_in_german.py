"""Every refusal that a page can show has German: of an outcome, a call sheet, an hour, a file of the team or the rules;
and what is told of the rules that are in force."""

import ast
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from english_words import english_in
from said_sentences import ROOT, patterns_of, sentences_in, shape
from strategy_kit import changed, with_quota

import serving.strategy.difference as differing
from ledger.errors import BeforeFirstFact, EmptyLedger
from payrisk.errors import BeyondKnowledge
from serving.imports.asked import BadImportOption
from serving.sentences import told
from serving.strategy.difference import difference
from serving.strategy.errors import BadStrategy
from serving.strategy.reading import parse_strategy, shipped, shipped_text
from serving.strategy.soundness import remarks
from serving.team.errors import BadTeam
from serving.team.reading import parse_team

SAYING = [
    ROOT / path for path in (
        "serving/activities/errors.py", "serving/activities/facts.py", "serving/activities/recording.py",
        "serving/activities/said.py", "serving/call_sheet/reading.py", "serving/call_sheet/recording.py",
        "serving/call_sheet/saying.py", "serving/imports/errors.py", "serving/people/errors.py",
        "serving/people/register.py", "serving/strategy/errors.py", "serving/strategy/reading.py",
        "serving/strategy/shape.py", "serving/strategy/soundness.py", "serving/team/errors.py", "serving/team/hours.py",
        "serving/team/reading.py", "serving/web/guard.py", "serving/web/desk/outcome_forms.py",
        "serving/web/problems.py", "models/errors.py",
    )
]  # fmt: skip
"""Where something is said that a page may show."""

NOT_ON_A_PAGE = re.compile(
    r"Send the ETag|[Aa]n answer must say|change a key of its own|with the same key|This key came|with this key|"
    r"A key of \{\} characters|the account is at version|Open the address that|trained as of|The contributions miss|"
    r"to learn from|one sum of trees|The shape of|shelf of models cannot be written|is already in use|"
    r"strategy cannot be read|encoding\."
)
"""Headers of the API, hosts, and what a command alone runs into."""

COMPOSED = {
    "7 EUR. Expected at most what is open beside 3.00 EUR in dispute already, 2.00 EUR (3.00 EUR by a dispute recorded "
    "here on 2026-04-01, 1.00 EUR by dispute 7 of an import and 2 more).":
        "7 EUR. Erwartet ist höchstens, was neben schon strittigen 3,00 EUR offen ist, 2,00 EUR (3,00 EUR durch eine "
        "hier festgehaltene Reklamation vom 1. April 2026, 1,00 EUR durch Reklamation 7 eines Imports und 2 weitere).",
    "The hold is over already.": "Die Sperre ist schon vorbei.",
    "It is filled in, and the outcome promise has none. Clear it, or choose the outcome that it belongs to.":
        "Es ist ausgefüllt, und das Ergebnis promise hat so etwas nicht. Leeren Sie es, oder wählen Sie das Ergebnis, "
        "zu dem es gehört.",
    'It shows the account "C-1" and was written for "C-2". Some columns were sorted without the others.':
        "Sie zeigt das Konto „C-1“ und war für „C-2“ bestimmt. Einige Spalten wurden ohne die anderen sortiert.",
    "Write a new one with payrisk queue --xlsx FILE, and copy what was filled in next to the accounts.":
        "Machen Sie ein neues mit payrisk queue --xlsx FILE, und übertragen Sie, was neben den Konten ausgefüllt "
        "wurde.",
    "ada imports a.csv right now, and two at once are not done. Nothing was changed; run it again afterwards.":
        "ada liest gerade a.csv ein, und zwei zugleich gibt es nicht. Nichts wurde geändert; starten Sie danach "
        "erneut.",
    'plans.new has an unknown {who}. Known: {overdue}.': "plans.new hat ein unbekanntes {who}. Bekannt: {overdue}.",
    '"7" did not pass its gates and cannot be put into use. It failed: not measurable; 3 paid.':
        "„7“ hat seine Prüfungen nicht bestanden und kann nicht in Einsatz gehen. Nicht bestanden: nicht messbar; 3 "
        "bezahlt.",
}  # fmt: skip
"""What is made of several pieces, which stand in the source one by one."""

PIECES = re.compile(
    r"what is open\{\}|^The \{\} is over|It is filled in, and|Clear it, or|It shows the account|Some columns were|"
    r"Write a new one with|right now, and two|run it again afterwards|has an unknown|was trained by|approve|"
    r"\{\}, line \{\}: \{\}\.$|^(?:\{\} ?)+\.$"
)
"""Those pieces; what Python says of a broken CSV stays as it says it."""


def pieces_without_german(path: Path) -> list[str]:
    known = {shape(one) for one in patterns_of("de")}
    found = []
    for whole in sentences_in(path):
        if not re.search(r"[a-z}\"]\.$", whole) or len(whole.split()) < 3 or NOT_ON_A_PAGE.search(whole):
            continue
        pieces = [whole] if shape(whole) in known else re.split(r'(?<=[.!?]) (?=[A-Z0-9#"{`])', whole.strip())
        found += [one for one in pieces if shape(one) not in known and not PIECES.search(one)]
    return found


@pytest.mark.parametrize("path", SAYING, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_refusal_that_a_page_can_show_has_german(path):
    assert pieces_without_german(path) == []


@pytest.mark.parametrize("english", COMPOSED)
def test_what_is_made_of_pieces_is_told_in_german(english):
    assert told(english, "de") == COMPOSED[english]


MEANINGS = {*(one for both in differing._MORE_AND_LESS.values() for one in both)}


@pytest.mark.parametrize("meaning", sorted(MEANINGS))
def test_what_a_change_of_the_rules_means_is_told_in_german(meaning):
    assert english_in(told(meaning, "de")) == []


LOOSER = replace(shipped().caps.legal_person, attempts=9, statutory=True)
CHANGES = {
    "a switch": changed(route={"disputed": False, "credits": False}, calls={"on_their_days_off": True}),
    "holds and the lot": changed(exclude={"holds": ("legal", "agency")}, exploration={"on": True, "share": 0.1}),
    "numbers": changed(route={"minimum_balance": 20_000.0}, caps={"legal_person": LOOSER, "natural_person": LOOSER}),
    "a quota": with_quota("new_exposure", share=0.0),
}


@pytest.mark.parametrize("what", CHANGES)
def test_how_rules_differ_and_what_is_odd_about_them_is_told_in_german(what):
    rules = CHANGES[what]

    changes = [*difference(shipped(), rules), *difference(rules, shipped())]
    assert changes
    for change in changes:
        if change.meaning:
            assert english_in(told(change.meaning, "de")) == []
    for remark in remarks(rules):
        assert english_in(re.sub(r"[a-z_.]+_[a-z_.]+", "", told(remark, "de"))) == [], remark


BROKEN_TEAMS = (
    "collector = 3", "[[collector]]\nid = 7", "[[collector]", '[[collector]]\nid = "a"\nname = "A"\nminutes_a_day = -1',
    '[[collector]]\nid = "a"\nminutes_a_day = 1\nabsent = 3\nworks_on = ["someday"]\nlanguages = "de"\nfoo = 1',
    '[[collector]]\nid = "a"\nminutes_a_day = 1\nabsent = [{first = 2026-04-06, last = 2026-04-01}, {first = 1}]',
    '[[collector]]\nid = "a"\nminutes_a_day = 1\n[[collector]]\nid = "a"\nminutes_a_day = 1\n',
)  # fmt: skip


@pytest.mark.parametrize("text", BROKEN_TEAMS)
def test_each_line_of_a_team_file_that_is_refused_is_told_in_german(text):
    with pytest.raises(BadTeam) as refused:
        parse_team(text)

    lines = told(str(refused.value), "de").splitlines()
    assert len(lines) == len(str(refused.value).splitlines())
    for german, english in zip(lines, str(refused.value).splitlines(), strict=True):
        assert german != english
        assert "TOML" in german or english_in(re.sub(r"\{.*?\}", "", german)) == []


BROKEN_RULES = (
    ("stages = [10, 30, 60, 90]", "stages = [30, 10]"), ("version = \"1\"", "version = 1"),
    ("minimum_balance", "minimum_balanse"), ("natural_person", "natural_persons"), ('"snooze"', '"snoose"'),
)  # fmt: skip


@pytest.mark.parametrize(("right", "wrong"), BROKEN_RULES)
def test_each_line_of_a_strategy_that_is_refused_is_told_in_german(right, wrong):
    assert right in shipped_text()
    with pytest.raises(BadStrategy) as refused:
        parse_strategy(shipped_text().replace(right, wrong, 1), "rules/2.toml")

    for line in told(str(refused.value), "de").splitlines():
        assert english_in(re.sub(r"`[^`]*`|: [a-z_]+(, [a-z_]+)*", "", line)) == [], line


EXPECTED_OF_AN_IMPORT = [
    "".join(part.value if isinstance(part, ast.Constant) else "7" for part in getattr(one, "values", [one]))
    for call in ast.walk(ast.parse((ROOT / "serving/imports/asked.py").read_text()))
    if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "BadImportOption"
    for one in call.args[2:]
    if isinstance(one, ast.Constant | ast.JoinedStr)
]
"""What is expected of each option of an import, as it stands in the source."""


@pytest.mark.parametrize("expected", EXPECTED_OF_AN_IMPORT)
def test_what_is_expected_of_an_option_of_an_import_is_told_in_german(expected):
    said = told(str(BadImportOption("as_of", "x", expected)), "de")

    assert said.startswith("as_of: „x“ ist nicht zu verwenden. Erwartet ist ")
    assert told(expected, "de") != expected


REFUSED_ELSEWHERE = (
    EmptyLedger(), BeforeFirstFact(date(2026, 3, 1), date(2026, 3, 31)),
    BeyondKnowledge(date(2026, 4, 9), date(2026, 3, 31)),
)  # fmt: skip


@pytest.mark.parametrize("error", REFUSED_ELSEWHERE, ids=lambda error: error.code)
def test_what_a_ledger_does_not_know_is_told_in_german(error):
    assert english_in(re.sub(r"payrisk .*|--[a-z-]+", "", told(str(error), "de"))) == []
