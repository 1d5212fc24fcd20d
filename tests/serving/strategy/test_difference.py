"""What one strategy changes of another, in words."""

import pytest
from strategy_kit import rewritten, written

from serving.published.plain import plain
from serving.strategy.difference import _MORE_AND_LESS, difference
from serving.strategy.reading import parse_strategy, shipped


def lines(*changes):
    return [f"[{one.section}] {one.line}" for one in difference(shipped(), written(*changes))]


CHANGES = [
    (("balance = 100.0", "balance = 250"), "minimum_balance: 100 → 250 (more small accounts get an e-mail instead)"),
    (("balance = 100.0", "balance = 50"), "[route] minimum_balance: 100 → 50 (more small accounts are called)"),
    (("attempts = 3", "attempts = 4"), "[caps.legal_person] attempts: 3 → 4 (customers may be tried more often)"),
    (("days = 4", "days = 2"), "[quotas.broken_promises] days: 4 → 2 (broken promises ask for fewer days)"),
    (
        ("[calls]\n", "[worth]\ncost_of_money = 0.08\ncost_of_contact = 0.0\n\n[calls]\n"),
        "[worth] cost_of_money: 0 → 0.08 (what comes sooner is worth more)",
    ),
    (
        ("[calls]\n", "[floor]\nemail_after_days = 14\n\n[calls]\n"),
        "[floor] email_after_days: nothing → 14 (accounts below the cut are written to when nobody is in touch)",
    ),
    (("share = 0.15", "share = 0.2"), "share: 0.15 → 0.2 (more of the team's minutes are set aside)"),
    (('"agency", ', ""), "(accounts on hold for agency are called)"),
    (("disputed = true", "disputed = false"), "overdue money is all disputed are called like any other)"),
    (("on = false", "on = true"), "[exploration] on: false → true (a part of the calls is drawn by lot)"),
    (('"slice"', '"smooth"'), "[exploration] design: slice → smooth"),
    (
        ('{ step = "call", wait_days = 14 }', '{ step = "email", wait_days = 1 }'),
        "[plans.reliable] 31-60: call, 14 days later controller → email, 1 day later controller",
    ),
    (('label = "Call"', 'label = "Ring"'), "[steps.call] label: Call → Ring"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "line"), CHANGES, ids=[line[:40] for _, line in CHANGES])
def test_each_change_is_told_with_what_it_means(change, line):
    (told,) = lines(change)

    assert told.endswith(line)


def test_a_stage_that_is_new_and_one_that_is_gone_are_told():
    text = rewritten(("[10, 30, 60, 90]", "[10, 30, 60]"))
    for row in ('"61-90" =', '">90" ='):
        text = text.replace(row, {'"61-90" =': '"XX" =', '">90" =': '">60" ='}[row])
    text = "\n".join(line for line in text.splitlines() if not line.startswith('"XX"'))

    told = [one.line for one in difference(shipped(), parse_strategy(text, "mine.toml"))]

    assert "61-90: controller → nothing" in told
    assert any(line.startswith(">60: nothing → controller") for line in told)


def test_the_same_rules_have_no_difference_and_both_ways_tell_the_same_keys():
    changed = written(*(change for change, _ in CHANGES[2:5]))

    assert difference(shipped(), shipped()) == ()
    there, back = difference(shipped(), changed), difference(changed, shipped())
    assert [(one.section, one.key, one.old, one.new) for one in there] == [
        (one.section, one.key, one.new, one.old) for one in back
    ]


def test_a_floor_that_is_moved_or_gone_is_told():
    days = [("[calls]\n", f"[floor]\nemail_after_days = {days}\n\n[calls]\n") for days in (7, 14)]
    sooner, later = (written(change) for change in days)

    assert [
        one.meaning for pair in ((sooner, later), (later, sooner), (later, shipped())) for one in difference(*pair)
    ] == [
        "accounts below the cut are written to later",
        "accounts below the cut are written to sooner",
        "accounts below the cut are no longer written to when nobody is in touch",
    ]


def test_every_meaning_is_of_a_key_that_there_is():
    def keys(told, so_far=""):
        for name, value in told.items():
            yield from keys(value, f"{so_far}{name}.") if isinstance(value, dict) else [f"{so_far}{name}"]

    known = list(keys(plain(shipped())))
    for name in _MORE_AND_LESS:
        begin, _, end = name.rpartition("*")
        assert any(key.startswith(begin) and key.endswith(end) for key in known), name
