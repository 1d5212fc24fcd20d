"""A strategy file: read as it says, or refused with every reason; and which one rules on an evening."""

import hashlib
import json
import tomllib
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from strategy_kit import rewritten, written

from serving.published.plain import plain
from serving.strategy.errors import BadStrategy, NoSuchStrategy, TwoStrategies
from serving.strategy.reading import (
    SHIPPED,
    in_force,
    named,
    parse_strategy,
    read_strategy,
    shipped,
    shipped_text,
    strategy_for,
    strategy_of,
)
from serving.strategy.soundness import remarks
from serving.strategy.strategy import Floor, Worth

TOLD = tomllib.loads(shipped_text())


def paths(told: Any, so_far: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path to every key of a file, sections and the entries of plans too."""
    entries = told.items() if isinstance(told, dict) else enumerate(told) if isinstance(told, list) else ()
    for key, value in entries:
        yield (*so_far, key)
        yield from paths(value, (*so_far, key))


PATHS = list(paths(TOLD))
KEYS = [path for path in PATHS if isinstance(path[-1], str)]


def at(told: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        told = told[key]
    return told


def problems(told: dict[str, Any]) -> str:
    with pytest.raises(BadStrategy) as refusal:
        strategy_of(told, "mine.toml")
    assert str(refusal.value).startswith("mine.toml: ")
    return "\n".join(refusal.value.problems)


def refused(*changes: tuple[str, str]) -> str:
    with pytest.raises(BadStrategy) as refusal:
        parse_strategy(rewritten(*changes), "mine.toml")
    return "\n".join(refusal.value.problems)


def test_the_shipped_strategy_is_sound_and_remarkable_in_nothing():
    assert list(remarks(shipped())) == []
    assert shipped().valid_from < date(2001, 1, 1)


def test_a_strategy_that_is_written_out_reads_as_itself():
    for rules in (shipped(), replace(shipped(), floor=Floor(14))):
        again = strategy_of(rules.said() | {"valid_from": shipped().valid_from}, "again")

        assert again == rules
        assert again.digest == rules.digest


@pytest.mark.parametrize("path", KEYS, ids=[".".join(map(str, path)) for path in KEYS])
def test_no_key_may_be_misspelt_or_left_out(path):
    misspelt, without = deepcopy(TOLD), deepcopy(TOLD)
    section, last = at(misspelt, path[:-1]), path[-1]
    section[last + "x"] = section.pop(last)
    del at(without, path[:-1])[last]

    assert f"{last}x" in problems(misspelt)
    if last != "wait_days":
        assert f'{last}" is missing' in problems(without) or f"{last} is missing" in problems(without)
    else:
        assert "leaves no day before the next one" in problems(without)


WRONG = [[], {}, "x" * 500, -1, 10**30, 1.5, float("nan"), True, date(2026, 1, 1)]


@pytest.mark.parametrize("wrong", WRONG, ids=[str(wrong)[:9] for wrong in WRONG])
def test_a_value_is_refused_or_stands_as_it_was_said(wrong):
    told = deepcopy(TOLD)
    for path in PATHS:
        section, right = at(told, path[:-1]), at(TOLD, path)
        section[path[-1]] = wrong
        try:
            found = strategy_of(told, "mine.toml")
        except BadStrategy:
            continue
        finally:
            section[path[-1]] = deepcopy(right)
        said = at(plain(found), path)
        assert said == (wrong.isoformat() if isinstance(wrong, date) else wrong)
        assert isinstance(said, bool) == isinstance(wrong, bool)


REFUSALS = [
    ([("attempts = 3", "attempts = 0")], "caps.legal_person.attempts: expected a whole number from 1 to 100, came 0."),
    ([("attempts = 3", "atempts = 3")], "caps.legal_person.atempts is no key of a strategy. Did you mean attempts?"),
    ([("share = 0.15", "share = 1.01")], "quotas.broken_promises.share: expected a number from 0 to 1, came 1.01."),
    ([("share = 0.15", "share = 0.81")], "the shares add up to 1.01:"),
    ([("on = false", "on = true"), ("share = 0.15", "share = 0.71")], "exploration.share 0.1. Expected 1 at most"),
    ([("on = false\nshare = 0.10", "on = true\nshare = 0")], "exploration is on with a share of 0"),
    ([('"legal", ', '"legall", ')], 'exclude.holds[2]: expected one of our words, came "legall". Did you mean legal?'),
    ([('"legal", ', '"legal", "legal", ')], "exclude.holds names one twice"),
    ([("conversations = 1", "conversations = 4")], "allows 4 conversations in 3 attempts"),
    ([("attempts = 3", "attempts = 2")], "caps.natural_person is looser than caps.legal_person"),
    ([("from_hour = 8", "from_hour = 18")], "calls: from_hour 18 is not before until_hour 18."),
    ([("[calls]", "[floor]\nemail_after_days = 0\n[calls]")], "a whole number from 1 to 90, came 0."),
    ([("[calls]", "[floor]\n[calls]")], "floor.email_after_days is missing"),
    ([("until_hour = 18", "until_hour = 25")], "calls.until_hour: expected a whole number from 1 to 24, came 25."),
    ([("[10, 30, 60, 90]", "[10, 30, 30, 90]")], "stages: expected last days in ascending order"),
    ([("[10, 30, 60, 90]", "[10, 30, 60]")], 'plans.new.">60" is missing'),
    ([('pre_due = [{ step = "email" }', 'pre_due = [{ step = "e-mail" }')], 'came "e-mail". Did you mean email?'),
    ([("[plans.drifter]", "[plans.drifters]")], "plans.drifter is missing"),
    ([('"wait", wait_days = 5', '"wait", wait_days = 10')], "its last step comes after 10 days, and the stage has 10"),
    ([("wait_days = 14 }, ", "wait_days = 0 }, ")], "leaves no day before the next one"),
    ([('"11-30" = [{ step = "call" }]', '"11-30" = [{ step = "call", wait_days = 3 }]')], "waits 3 days"),
    ([('"11-30" = [{ step = "call" }]', '"11-30" = []')], "has no step"),
    ([('"11-30" = [{ step = "call" }]', '"11-30" = [{ step = "none" }]')], "are no steps for overdue money"),
    ([('pre_due = [{ step = "none" }]', 'pre_due = [{ step = "call" }]')], "calls bring nothing then"),
    ([("promise on {overdue}", "promise on {money}")], "steps.call.sentence has an unknown {money}. Known: {overdue}"),
    ([("promise on {overdue}", "promise on {overdue.__class__}")], "unknown {overdue.__class__}"),
    ([("promise on {overdue}", "promise on {overdue!r:>99}")], "steps.call.sentence has an unknown {overdue}"),
    ([("promise on {overdue}", "promise on {overdue")], "has a brace too many or too few"),
    ([("valid_from = 2000-01-01", "valid_from = 2000-01-01T00:00:00")], "expected a day without quotation marks"),
    ([('version = "1"', 'version = " 1"')], "version: expected a name without blanks around it"),
    ([('version = "1"', 'version = "1"\nversion = "2"')], "this is not TOML"),
    ([("days = 7", "days = 0x" + "f" * 5000)], "came a number far too long"),
    ([("[exclude]", '[exclude]\n"\\u001b[31m" = 1')], "is no key of a strategy"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "sentence"), REFUSALS, ids=[sentence[:40] for _, sentence in REFUSALS])
def test_what_contradicts_itself_is_refused_with_the_way_out(changes, sentence):
    told = refused(*changes)

    assert sentence in told
    assert "\x1b" not in told


def test_all_problems_are_told_at_once():
    with pytest.raises(BadStrategy) as refusal:
        parse_strategy(rewritten(("attempts = 3", "attempts = 0"), ("on = false", "on = 0")), "mine.toml")

    assert len(refusal.value.problems) == 2
    assert str(refusal.value).startswith("mine.toml: 2 problems\n  caps.legal_person.attempts: ")
    assert "strategy show" in str(refusal.value.remedy)


def test_what_might_surprise_is_remarked_upon():
    surprising = written(('"snooze",', ""), ("share = 0.05", "share = 0"), ("balance = 100.0", "balance = 25_000"))

    assert list(remarks(surprising)) == [
        "exclude.holds leaves out snooze: accounts on hold (put off by a colleague) are called like any other.",
        "quotas.new_exposure.share is 0: no account is called for that reason.",
        "route.minimum_balance is 25,000: accounts that owe less are never called.",
    ]


def test_the_digest_is_of_what_is_said_and_not_of_how():
    said_otherwise = written(
        ("minimum_balance = 100.0", "minimum_balance = 100 # a round sum"),
        ("[promises]\ngrace_bank_days = 2\n", ""),
        ("[segments]", "[promises]\ngrace_bank_days = 2\n\n[segments]"),
        ('"61-90" = [{ step = "credit_hold" }]\n', ""),
        ("[plans.habitual]\n", '[plans.habitual]\n"61-90" = [{ step = "credit_hold" }]\n'),
    )

    assert said_otherwise.digest == shipped().digest
    assert written(("grace_bank_days = 2", "grace_bank_days = 3")).digest != shipped().digest


def test_rules_that_do_not_say_what_a_call_is_worth_have_the_digest_that_they_had_before_there_was_such_a_thing():
    told = {name: value for name, value in plain(shipped()).items() if name not in ("worth", "floor")}

    assert shipped().digest == hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
    assert replace(shipped(), worth=Worth(0.0, 0.0)).digest == shipped().digest
    assert replace(shipped(), worth=Worth(0.01, 0.0)).digest != shipped().digest


def test_rules_without_a_floor_are_kept_and_named_as_before_there_was_one():
    assert set(plain(shipped())) - set(shipped().said()) == {"floor"}
    floored = [written(("[calls]\n", f"[floor]\nemail_after_days = {days}\n\n[calls]\n")) for days in (7, 14)]
    assert [one.floor for one in floored] == [Floor(7), Floor(14)]
    assert len({shipped().digest, *(one.digest for one in floored)}) == 3


@pytest.fixture
def folder(tmp_path):
    """A folder of one's own strategies, empty."""
    (tmp_path / "strategies").mkdir()
    return tmp_path / "strategies"


def save(folder, name, version, valid_from):
    text = rewritten(('version = "1"', f'version = "{version}"'), ("2000-01-01", valid_from))
    (folder / f"{name}.toml").write_text(text, encoding="utf-8")


def test_the_newest_strategy_that_is_valid_rules(folder, tmp_path):
    save(folder, "b", "2", "2026-05-01")
    save(folder, "a", "3", "2026-07-01")

    def rules_on(day):
        return strategy_for(folder, date.fromisoformat(day)).version

    assert [rules_on(day) for day in ("1999-12-31", "2026-04-30", "2026-05-01", "2026-06-30", "2026-07-01")] == [
        "1", "1", "2", "2", "3",
    ]  # fmt: skip
    assert strategy_for(None, date(2026, 8, 1)) is strategy_for(tmp_path / "absent", date(2026, 8, 1)) is shipped()


@pytest.mark.parametrize(
    ("second", "key"),
    [(("2", "2026-06-01"), "version"), (("3", "2026-05-01"), "valid_from"), (("1", "2026-06-01"), "version")],
)  # fmt: skip
def test_two_that_claim_one_version_or_one_day_are_refused(folder, second, key):
    save(folder, "first", "2", "2026-05-01")
    save(folder, "second", *second)

    with pytest.raises(TwoStrategies, match=f"both say {key} = ") as refusal:
        strategy_for(folder, date(2026, 4, 1))
    assert "second.toml" in str(refusal.value)


def test_a_strategy_that_is_wrong_is_refused_before_its_day(folder):
    save(folder, "next", "2", "2099-01-01")
    path = folder / "next.toml"
    path.write_text(path.read_text().replace("attempts", "tries"), encoding="utf-8")

    with pytest.raises(BadStrategy, match=r"next\.toml"):
        strategy_for(folder, date(2026, 4, 1))


def test_the_order_of_the_files_decides_nothing():
    two, three = (written(('"1"', f'"{n}"'), ("2000-01-01", f"2026-0{n}-01")) for n in (2, 3))

    for order in ({"a": two, "b": three, SHIPPED: shipped()}, {SHIPPED: shipped(), "b": three, "a": two}):
        assert in_force(order, date(2026, 2, 15)) is two


def test_a_file_is_read_from_windows_too_and_refused_when_it_is_no_text(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_bytes(b"\xef\xbb\xbf" + shipped_text().replace("\n", "\r\n").encode())
    assert read_strategy(path).digest == named("shipped").digest

    for content, sentence in (
        (b"\xff\xfe", "not UTF-8"),
        (b"#" * 300_000, "more than 200,000 bytes"),
        (b"[" * 9000, "TOML"),
    ):
        path.write_bytes(content)
        with pytest.raises(BadStrategy, match=sentence):
            read_strategy(path)


@pytest.mark.parametrize("name", ["absent.toml", "."])
def test_a_path_without_a_file_is_told(name, tmp_path):
    with pytest.raises(NoSuchStrategy, match="cannot be read"):
        read_strategy(tmp_path / name)
