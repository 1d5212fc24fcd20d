"""Sentences in another language: what a list, a rule or an error says in English has German, with the same values."""

import ast
import inspect
import re
import time
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime
from http import HTTPStatus
from pathlib import Path
from random import Random
from string import Formatter

import numpy as np
import pytest
from builders import law
from english_words import english_in
from evenings import EVENING, made_run, rates, rules_of, score
from hypothesis import given
from hypothesis import strategies as st
from said_sentences import patterns_of, sentences_in, shape
from strategy_kit import AS_OF, SEEDS, WORKS_ON, account, any_account, any_evening, changed

import serving.activities.errors
import serving.errors
import serving.imports.errors
import serving.people.errors
import serving.reports.errors
from features.catalogue import CATALOGUE
from ledger.days import to_day
from ledger.errors import PayriskError
from serving.accounts.account import CustomerFacts, Money
from serving.accounts.adding_up import accounts_of
from serving.accounts.dealings import Dealings
from serving.listing.queue import build_queue
from serving.reports.definitions import DEFINITIONS
from serving.scoring import notices
from serving.sentences import catalogue, told
from serving.strategy.quotas import BROKEN, CALLBACK, NEW, STARVING, TOUCH, asked_because
from serving.strategy.reading import shipped
from serving.strategy.rules import rule_on
from serving.strategy.steps import next_action
from serving.strategy.strategy import Floor
from serving.team.assignment import staffing_sentence
from serving.value.priority import Factor
from serving.web.problems import INTERNAL, STATUS, WAYS_OUT, of_error
from serving.why.rank_explanation import LABELS, factor_text
from serving.wording import told_in
from simulation.calls.rivals import OverdueTimesRisk

ROOT = Path(serving.errors.__file__).parents[1]
TYPED = re.compile(r"payrisk [a-z]+.*$|GET /\S+|/\S+|[A-Z]+_[A-Z_]+|[A-Za-z]+/[A-Za-z.]+|https?://\S+|“[^”]*”|„[^“]*“")
"""What stays as it is: commands, addresses, settings, what somebody wrote."""


def german(sentence):
    """The sentence in German; fails where any of it is still English."""
    said = told(sentence, "de")
    assert said != sentence, sentence
    assert english_in(TYPED.sub("", said)) == [], said
    return said


def numbers(text):
    """Every number of a text as its digits, in any language and order; those of a date count by day and year."""
    return sorted(re.sub(r"[.,]", "", one) for one in re.findall(r"\d[\d.,]*", text))


@law(300)
@given(SEEDS, st.booleans())
def test_every_ruling_is_told_in_german_with_its_figures(seed, credits):
    one = any_account(Random(seed))

    reason = rule_on(one, changed(route={"credits": credits}), as_of=AS_OF, works_on=WORKS_ON).reason

    assert numbers(german(reason)) == numbers(reason)


def test_a_day_off_of_the_customer_s_country_is_told_in_german():
    away = account(country="FR", open_again=WORKS_ON + 3)

    reason = rule_on(away, shipped(), as_of=AS_OF, works_on=WORKS_ON).reason

    assert german(reason).startswith("In FR wird am ")
    assert numbers(german(reason)) == numbers(reason)


@law(60)
@given(SEEDS)
def test_whatever_a_rule_asks_for_is_told_in_german(seed):
    for one in any_evening(seed):
        rules = [TOUCH, STARVING, NEW, *([BROKEN] if one.broken else []), *([CALLBACK] if one.callback else [])]
        for rule in rules:
            reason = asked_because(rule, one)
            assert numbers(german(reason)) == numbers(reason)


@pytest.mark.parametrize("days", [1, 21, 90])
def test_why_an_account_below_the_cut_is_written_to_is_told_in_german_and_that_some_are(days):
    since = to_day(EVENING) - days + 1
    silent = CustomerFacts(dealings=Dealings("legal_person", overdue_since=since))
    for below in (1, 2):
        scores = [score(f"I-{at}", f"C-{at}", open=900, dpd=min(days, 20)) for at in range(below)]
        rules = rules_of(0, rates())
        floored = replace(rules, strategy=replace(rules.strategy, floor=Floor(days)))
        customers = {f"C-{at}": silent for at in range(below)}
        queue = build_queue(accounts_of(scores, customers, rates()), OverdueTimesRisk(), floored)

        (notice,) = queue.notices
        for sentence in (notice, queue.others[0].reason):
            assert numbers(german(sentence)) == numbers(sentence)
        assert str(days) in queue.others[0].reason


def test_a_risk_beyond_the_last_percent_is_told_too():
    said = german("#1 C-0 has >99% late risk against 56%, 8,630.13 EUR to call about against 8,142.51 EUR.")

    assert said.startswith("Nr. 1 C-0 hat >99\xa0% Verzugsrisiko gegenüber 56\xa0%, 8.630,13 EUR anzumahnen")


@law(25)
@given(st.integers(0, 2**32 - 1))
def test_every_sentence_of_a_list_is_told_in_german(seed):
    rng = np.random.default_rng(seed)
    scores = [
        score(f"I-{n}", f"C-{n}", open=f"{rng.integers(2_000, 900_000) / 100:.2f}", dpd=int(rng.integers(1, 120)),
              late_risk=float(rng.choice([0.3, 0.5, rng.random()])), currency="CAD" if rng.random() < 0.2 else "EUR")
        for n in range(7)
    ]  # fmt: skip
    customers = {"C-1": CustomerFacts(credits=(Money(int(rng.integers(1, 900_000)), "EUR"),))}
    run = made_run(scores, capacity=int(rng.integers(1, 6)), customers=customers)

    for sentence in run.head["notices"]:
        german(sentence)
    for stored, line in zip(run.lines, told_in(list(run.lines), "de"), strict=True):
        english, why = stored["rank_explanation"], line["rank_explanation"]
        pairs = [(english["sentence"], why["sentence"]), (stored["next_action"], line["next_action"])]
        pairs += [(stored["rule_reason"], line["rule_reason"])] if stored["rule_reason"] else []
        pairs += [(english[name]["text"], why[name]["text"]) for name in ("ahead", "way_out") if english[name]]
        for before, after in pairs:
            assert after == german(before)
            assert numbers(after) == numbers(before)


@pytest.mark.parametrize("name", LABELS)
@pytest.mark.parametrize("unit", ["money", "share", "times", "days"])
def test_every_factor_of_a_rank_is_told_in_german(name, unit):
    german(factor_text(Factor(name, 0.4, unit), "EUR"))


def test_every_step_of_the_shipped_strategy_is_told_in_german():
    strategy = shipped()
    german(strategy.sentence)
    for step, words in strategy.steps.items():
        said = {"overdue": "1,234.50 EUR", "oldest": "45 days past due", "credits": "7.00 EUR"}
        sentence = next_action(step, **said, strategy=strategy).text
        assert numbers(german(sentence)) == numbers(sentence)
        assert told(words.label, "de") != words.label


def test_words_of_a_company_s_own_strategy_stay_as_they_were_written():
    own = "Ring them, 45 days is enough."

    assert told(own, "de") == own
    assert told(f"Nothing is overdue. {own}", "de") == f"Nichts ist überfällig. {own}"
    assert told("Nothing is overdue.", "en") == "Nothing is overdue."


def test_what_every_list_must_say_and_every_figure_means_is_told_in_german():
    for mode in notices.MODE_NOTICES:
        little = mode == "habit"
        for sentence in notices.mode_notices(mode, unapproved=True, older=True, little_history=little):
            german(sentence)
    for sentence in notices.beyond_notices(date(2026, 4, 2), date(2026, 3, 31)):
        assert "31. März 2026" in german(sentence)
    for one in DEFINITIONS.values():
        for text in (one.label, one.short, one.text):
            assert told(text, "de") != text, text
            assert "DSO" in one.label or english_in(told(text, "de")) == []


ERRORS = (
    serving.errors, serving.people.errors, serving.activities.errors, serving.imports.errors, serving.reports.errors,
)  # fmt: skip
SAMPLES = {
    "str": "C-17", "int": 7, "float": 1.5, "bool": True, "date": date(2026, 3, 31), "date | None": date(2026, 3, 31),
    "Iterable[str]": ["a", "b"], "Sequence[str]": ["a", "b"], "tuple[str, ...]": ("a", "b"), "str | None": "C-17",
    "datetime": datetime(2026, 3, 31, tzinfo=UTC), "Path": Path("x"), "Recorded | None": None, "Any": "C-17",
}  # fmt: skip
FOR_PROGRAMS = {
    "if_match_missing", "idempotency_key_reused", "still_running", "bad_idempotency_key", "file_not_written",
    "not_acceptable", "cannot_score", "bad_supposition",
}  # fmt: skip
"""What no page can run into: headers of the API, questions of it, and files of commands."""


def errors_of_pages():
    for module in ERRORS:
        for kind in vars(module).values():
            ours = inspect.isclass(kind) and issubclass(kind, PayriskError) and kind.__module__ == module.__name__
            if ours and STATUS.get(kind.code, 503) < 500 and kind.code not in FOR_PROGRAMS:
                yield kind


@pytest.mark.parametrize("kind", list(errors_of_pages()), ids=lambda kind: kind.__name__)
def test_every_error_that_a_page_may_show_is_told_in_german(kind):
    asked = list(inspect.signature(kind).parameters.values())
    error = kind(*(SAMPLES[_name_of(one.annotation)] for one in asked if one.default is one.empty))

    if str(error) != "C-17":  # says what it is given
        german(str(error))
    if error.remedy and error.remedy != TYPED.sub("", error.remedy).strip():
        told(error.remedy, "de")
    elif error.remedy and error.remedy != "C-17":
        german(error.remedy)


def _name_of(annotation):
    return annotation.__name__ if inspect.isclass(annotation) else str(annotation).rpartition(".")[2]


def test_every_title_of_an_error_is_told_in_german():
    for status in {*STATUS.values(), 400, 404, 405, 413, 500, 503}:
        assert told(HTTPStatus(status).phrase, "de") != HTTPStatus(status).phrase, status
    german(INTERNAL["detail"])


def test_every_refusal_says_how_to_go_on():
    of_their_own = Counter()
    for kind in errors_of_pages():
        asked = list(inspect.signature(kind).parameters.values())
        error = kind(*(SAMPLES[_name_of(one.annotation)] for one in asked if one.default is one.empty))
        body = of_error(error)
        assert body["remedy"], kind
        of_their_own[body["remedy"] == error.remedy] += 1

    assert min(of_their_own.values()) > 10


def test_every_way_out_is_told_in_german():
    for remedy in WAYS_OUT.values():
        german(remedy)


def test_why_each_feature_is_believed_in_is_told_in_german():
    for feature in CATALOGUE:
        german(feature.why)


def test_the_staffing_of_a_day_is_told_in_german():
    from serving.team.assignment import Assignment

    whole = Assignment({"A": "m"}, ("B",), ("B",), 1.0, 2.0, 0.5, {"maria": 1234.5}, {"maria": 1.0}, "milp")
    for assignment, unit in ((whole, "money-days"), (whole, "money-days (assumed, net of waiting a week)")):
        german(staffing_sentence(assignment, unit).replace("maria", "Maria"))


def sources():
    """Every string of the program, and the shipped strategy."""
    for room in ("serving", "features", "models", "training", "ledger", "payrisk", "simulation"):
        for path in (ROOT / room).rglob("*.py"):
            if "/web/" not in str(path):
                tree = ast.parse(path.read_text())
                yield from (
                    one.value for one in ast.walk(tree) if isinstance(one, ast.Constant) and isinstance(one.value, str)
                )
    for path in [*ROOT.glob("serving/strategy/strategies/*.toml"), *ROOT.glob("ledger/mappings/*.toml")]:
        yield path.read_text()
    yield from (path.read_text() for path in (ROOT / "serving/web").rglob("*.py"))
    yield from (path.read_text() for path in (ROOT / "serving/web/templates").glob("*.html"))
    yield from (status.phrase for status in HTTPStatus)
    yield from ("Request Entity Too Large", "Unprocessable Entity")  # of older Pythons


def test_no_sentence_is_in_the_catalogue_for_nothing_and_each_has_the_same_values():
    said = set(re.findall(r"[a-z’']+", " ".join(sources()).lower()))
    exact, patterns = catalogue("de")

    for sentence in exact:
        assert set(re.findall(r"[a-z’']+", sentence.lower())) <= said, sentence
    for one in patterns:
        assert {name for _, name, _, _ in Formatter().parse(one.other) if name} == set(one.kinds), one.other


ROWS = [*(ROOT / "ledger").glob("check_*.py"), *(ROOT / "ledger/parsing").glob("*.py"), ROOT / "ledger/remarks.py"]
"""Where it is said why a row is set aside, why a cell cannot be read, and what is remarked of a file."""


@pytest.mark.parametrize("path", ROWS, ids=lambda path: path.stem)
def test_why_a_row_is_set_aside_is_told_in_german(path):
    known = {shape(one) for one in patterns_of("de")}

    said = [one for one in sentences_in(path) if re.fullmatch(r'["A-Z{].* .*\.', one)]
    assert [one for one in said if shape(one) not in known and one not in WITH_A_WAY_OUT] == []


WITH_A_WAY_OUT = {
    "Add a column credit_limit_currency, or name the one that says it so; if all limits are in one currency, say "
    "--currency EUR.",
    "Due on {}.",
}
"""What stands beside a refusal of a whole file, and a sentence that is made of two pieces."""


@pytest.mark.parametrize("day", ["31 February 2026", "0 March 2026", "1 January 0000"])
def test_what_only_looks_like_a_day_stays_as_somebody_wrote_it(day):
    assert told(f"Nothing is overdue. Asked to be called on {day}. Y.", "de") == (
        f"Nichts ist überfällig. Wünscht einen Anruf am {day}. Y."
    )


def test_a_day_of_digits_that_is_none_stays_too():
    assert told("No queue was published for the evening of 2026-99-99.", "de") == (
        "Für den Abend des 2026-99-99 wurde keine Liste veröffentlicht."
    )


def test_thousands_of_sentences_that_nobody_knows_are_told_in_a_moment():
    foreign = " ".join(f"A{at}." for at in range(3_000))
    began = time.process_time()

    assert told(f"{foreign} Nothing is overdue.", "de") == f"{foreign} Nichts ist überfällig."

    assert time.process_time() - began < 20


def test_a_name_that_almost_fits_a_pattern_in_many_ways_is_told_in_a_moment():
    name = ": before , now " * 700
    began = time.process_time()

    assert told(name, "de") == name

    assert time.process_time() - began < 10


@pytest.mark.parametrize("name", ["Bau: Nord", "Open: 12,000 USD / 3", "A: B: C"])
def test_a_colon_in_a_name_leaves_no_amount_in_english_and_changes_nothing_of_the_name(name):
    assert told(f"#1 {name}: 5,000 EUR × 40%, before 3 of 5 others.", "de") == (
        f"Nr. 1 {name}: 5.000 EUR × 40%; vor 3 von 5 anderen."
    )


OURS = [
    "Nothing is overdue.", "A has 2 minutes", "the only account to call.", "late risk", "before all 5 others.", "#1 A:",
    "5.00 EUR to call about", ": ", " × ", ", who waits below the cut, comes first.", "Leaves the list when ",
    " comes first by a rule. ", "31 March 2026", "Call", " has ",
]  # fmt: skip
"""Of what sentences of ours are made: names are made of it here."""


@law(300)
@given(st.lists(st.sampled_from(OURS), min_size=1, max_size=5).map(" ".join).map(str.strip))
def test_a_name_made_of_our_own_sentences_is_never_translated(name):
    by = "5,000.00 EUR to call about × 40% late risk"
    below = "1.00 EUR of its 2.00 EUR overdue is paid, promised or disputed"

    assert told(f"#1 {name}: {by}, before all 3 others. Nothing is overdue.", "de") == (
        f"Nr. 1 {name}: 5.000,00 EUR anzumahnen × 40\u00a0% Verzugsrisiko; vor allen 3 anderen. Nichts ist überfällig."
    )
    assert told(f"#2 {name} has 40% late risk against 30%.", "de") == (
        f"Nr. 2 {name} hat 40\u00a0% Verzugsrisiko gegenüber 30\u00a0%."
    )
    assert told(f"#2 {name} comes first by a rule. Nothing is overdue.", "de") == (
        f"Nr. 2 {name} steht durch eine Regel davor. Nichts ist überfällig."
    )
    assert f"Dann kommt {name} zuerst" in told(
        f"Leaves the list when {below}: then {name}, who waits below the cut, comes first.", "de"
    )


@pytest.mark.parametrize("name", ["A. " * 60 + "Nothing is overdue.", "x" * 501, "Nothing is overdue. " * 3_000])
def test_where_a_name_is_longer_than_any_all_of_its_sentence_stays_in_english(name):
    text = f"#1 {name}: 5,000.00 EUR to call about, the only account to call."
    began = time.process_time()

    assert told(text, "de") == text

    assert time.process_time() - began < 10


@pytest.mark.parametrize("nested", ["a: ", "Line 1: ", "open.csv: ", "On the list by a rule: "])
def test_a_text_nested_deeper_than_any_of_ours_stays_as_it_was_written(nested):
    """Somebody may write it as the reason of a hold, and all who read German have the list that tells it."""
    reason = nested * (20_000 // len(nested))

    assert told(reason, "de") == reason
    assert told(f"On hold: {reason}.\nNothing is overdue.", "de") == f"On hold: {reason}.\nNichts ist überfällig."
