"""Only the sentences that a kind of evidence permits."""

from dataclasses import replace
from datetime import date

import pytest

from serving.effect.answer import Estimate, NotEnough
from serving.effect.checks import Check
from serving.effect.evidence import SimulatorEvidence, SliceEvidence, Study
from serving.effect.sentences import NO_DIFFERENCE, NOT_MEASURED, permitted

STUDY = Study(date(2026, 1, 5), date(2026, 3, 30), 4_200, 300, "Listed against not listed.", ("Not in it: 12.",))


def estimate(value, reach=100.0):
    return Estimate(value, value - reach, value + reach, reach / 2, 4_200, 300)


SLICE = SliceEvidence(STUDY, "whole_list", estimate(400), "EUR", estimate(1_200), estimate(800), (), 0.6, 0.1)


def all_of(evidence):
    told = permitted(evidence)
    return " ".join((*told.findings, *told.beside))


def test_a_simulation_is_no_forecast():
    told = permitted(SimulatorEvidence(Estimate(0.81, 0.79, 0.83, 0.01, 10, 10), 10, "base"))

    assert told.findings == (
        "In a simulated ledger with assumed customer responses, this order captured 81% of the best possible gain "
        "(95 % interval 79% to 83%, 10 seeds of the world base). It is not a forecast for your firm.",
    )


def test_a_randomised_slice_says_what_a_call_brought_forward_against_a_random_account():
    first, second = permitted(SLICE).findings

    assert first == (
        "Calling an account from the top fifth of the list brought forward 1,200 EUR-days (95 % interval 1,100 to "
        "1,300) per call, against 400 EUR-days (95 % interval 300 to 500) for a random overdue account."
    )
    assert second.startswith("That is 800 EUR-days (95 % interval 700 to 900) more per call")


def test_what_delays_is_said_to():
    told = permitted(replace(SLICE, top=estimate(-300)))

    assert "put back 300 EUR-days (95 % interval 200 to 400)" in told.findings[0]


def test_nothing_found_is_a_finding_with_what_would_have_been_seen():
    for evidence in (replace(SLICE, top=estimate(20)), replace(SLICE, ahead=estimate(-30))):
        found = [finding for finding in permitted(evidence).findings if finding.startswith(NO_DIFFERENCE)]
        assert len(found) == 1
        assert "An effect of 140 EUR-days per call would have been seen in four of five such trials" in found[0]


def test_no_measured_effect_is_told_in_money():
    """Money-days alone: what a call is worth by the response prior is assumed, and no sentence is made of it."""
    assert " EUR " not in all_of(SLICE)


def test_a_slice_below_the_cut_says_nothing_of_the_top():
    (finding,) = permitted(replace(SLICE, reach="below_the_cut", top=None, ahead=None)).findings

    assert finding.startswith("Calling an overdue account from below the cut, drawn by lot, brought forward 400 EUR")
    assert "says nothing" in finding
    assert "top fifth" not in finding


def test_a_log_that_failed_its_checks_says_nothing_else():
    odd = replace(SLICE, checks=(Check("sample_ratio", False, "9 listed, 5 were to be."), Check("x", True, "Fine.")))

    told = permitted(odd)

    assert told.findings == ("Nothing may be said of the effect of calling: the log itself is odd.",)
    assert told.beside == ("9 listed, 5 were to be.",)


def test_too_little_is_said_with_its_reason():
    assert permitted(replace(SLICE, anyone=NotEnough("few"))).findings[0].endswith("yet: few.")


def test_a_top_that_is_too_small_leaves_what_can_be_said():
    first, second = permitted(replace(SLICE, top=NotEnough("few"), ahead=NotEnough("few"))).findings

    assert first == "Nothing can be said of the top fifth of the list yet: few."
    assert second.startswith("Calling a random overdue account brought forward 400 EUR-days")


@pytest.mark.parametrize("evidence", [SLICE, replace(SLICE, top=estimate(20))])
def test_a_measured_effect_always_has_its_size_period_arms_exclusions_and_limits(evidence):
    told = all_of(evidence)

    for always in ("95 % interval", "4,200 decisions", "300 accounts", "2026-01-05", "2026-03-30", STUDY.arms,
                   "Not in it: 12.", NOT_MEASURED):  # fmt: skip
        assert always in told


def test_what_is_no_evidence_has_no_sentence():
    with pytest.raises(TypeError):
        permitted(SLICE.study)  # type: ignore[arg-type]
