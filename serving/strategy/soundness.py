"""Soundness: what a strategy may not say although each word of it is understood, and what one should know of it."""

from collections.abc import Iterator
from itertools import pairwise
from string import Formatter

from serving.strategy.codes import HOLD_WORDS, PRE_DUE_STEPS
from serving.strategy.shape import did_you_mean
from serving.strategy.steps import PLACEHOLDERS, PRE_DUE, Stage, stages_of
from serving.strategy.strategy import Plan, Strategy

_LARGE_BALANCE = 10_000


def contradictions(strategy: Strategy) -> Iterator[str]:
    """Every sentence is a reason to refuse it."""
    yield from _shares(strategy)
    yield from _caps(strategy)
    if len(set(strategy.exclude.holds)) < len(strategy.exclude.holds):
        yield f"exclude.holds names one twice ({', '.join(strategy.exclude.holds)}). Name each once."
    if strategy.calls.from_hour >= strategy.calls.until_hour:
        first, last = strategy.calls.from_hour, strategy.calls.until_hour
        yield f"calls: from_hour {first} is not before until_hour {last}. Nobody could be called at any hour."
    if strategy.version.strip() != strategy.version or not strategy.version.isprintable():
        yield f"version: expected a name without blanks around it, came {strategy.version!r}."
    if not strategy.stages or any(first >= last for first, last in pairwise(strategy.stages)):
        yield f"stages: expected last days in ascending order, as in [10, 30, 60, 90], came {list(strategy.stages)}."
    else:
        yield from _plans(strategy)
    for step, words in strategy.steps.items():
        yield from _sentence(f"steps.{step}.sentence", words.sentence)
    yield from _unprintable(strategy)


def _unprintable(strategy: Strategy) -> Iterator[str]:
    """Texts that people read, with characters that steer a terminal or turn the direction of what follows."""
    texts = {"sentence": strategy.sentence}
    for step, words in strategy.steps.items():
        texts |= {f"steps.{step}.label": words.label, f"steps.{step}.sentence": words.sentence}
    for key, text in texts.items():
        if not text.isprintable():
            yield f"{key}: expected text that can be printed, on one line; came {ascii(text)[:80]}."


def remarks(strategy: Strategy) -> Iterator[str]:
    """What is allowed, and would surprise somebody who did not mean it."""
    for hold, words in HOLD_WORDS.items():
        if hold not in strategy.exclude.holds:
            yield f"exclude.holds leaves out {hold}: accounts on hold ({words}) are called like any other."
    for name, share in _quota_shares(strategy).items():
        if share == 0:
            yield f"{name} is 0: no account is called for that reason."
    if (least := strategy.route.minimum_balance) >= _LARGE_BALANCE:
        yield f"route.minimum_balance is {least:,.0f}: accounts that owe less are never called."


def _quota_shares(strategy: Strategy) -> dict[str, float]:
    quotas = strategy.quotas
    return {
        "quotas.broken_promises.share": quotas.broken_promises.share,
        "quotas.minimum_touch.share": quotas.minimum_touch.share,
        "quotas.new_exposure.share": quotas.new_exposure.share,
    }


def _shares(strategy: Strategy) -> Iterator[str]:
    shares = _quota_shares(strategy) | (
        {"exploration.share": strategy.exploration.share} if strategy.exploration.on else {}
    )
    if sum(shares.values()) > 1 + 1e-9:
        told = " + ".join(f"{name} {share:g}" for name, share in shares.items())
        yield f"the shares add up to {sum(shares.values()):g}: {told}. Expected 1 at most, all of the team's minutes."
    if strategy.exploration.on and not strategy.exploration.share:
        yield "exploration is on with a share of 0. Give it a share, as in 0.10, or say on = false."


def _caps(strategy: Strategy) -> Iterator[str]:
    company, person = strategy.caps.legal_person, strategy.caps.natural_person
    for name, cap in (("legal_person", company), ("natural_person", person)):
        if cap.conversations > cap.attempts:
            yield (
                f"caps.{name} allows {cap.conversations} conversations in {cap.attempts} attempts: each conversation "
                "is an attempt too. Allow as many attempts, or fewer conversations."
            )
    looser = person.attempts > company.attempts or person.conversations > company.conversations
    if looser or person.days < company.days:
        yield (
            "caps.natural_person is looser than caps.legal_person: expected at most as many contacts, within at least "
            "as many days. Who is not stated counts as a natural person."
        )


def _plans(strategy: Strategy) -> Iterator[str]:
    stages = {stage.name: stage for stage in stages_of(strategy.stages)}
    for segment, row in strategy.plans.items():
        for name in row:
            if name not in stages:
                yield f'plans.{segment}."{name}" is no stage. {did_you_mean(name, stages)}'
        for name, stage in stages.items():
            key = f'plans.{segment}."{name}"'
            if name not in row:
                yield f'{key} is missing. Each segment needs a plan for each stage: "{name}" = [{{ step = "wait" }}].'
            elif not row[name]:
                yield f'{key} has no step. Say what to do, if only [{{ step = "wait" }}].'
            else:
                yield from _plan(key, row[name], stage)


def _plan(key: str, plan: Plan, stage: Stage) -> Iterator[str]:
    if stage.name == PRE_DUE and (len(plan) > 1 or plan[0].step not in PRE_DUE_STEPS):
        yield f"{key}: expected one step before anything is due, {', '.join(PRE_DUE_STEPS)}; calls bring nothing then."
    if any(one.step in ("none", "cash_application") for one in plan) and stage.name != PRE_DUE:
        yield f'{key}: "none" and "cash_application" are no steps for overdue money. Expected "wait", or a deed.'
    if plan[-1].wait_days:
        yield f"{key} waits {plan[-1].wait_days} days after its last step, for nothing. Leave wait_days out there."
    if any(not one.wait_days for one in plan[:-1]):
        yield f"{key} has a step that leaves no day before the next one. Give each but the last its wait_days."
    waits = sum(one.wait_days for one in plan)
    if stage.days is not None and waits >= stage.days:
        yield f"{key}: its last step comes after {waits} days, and the stage has {stage.days}. Shorten the waits."


def _sentence(key: str, sentence: str) -> Iterator[str]:
    try:
        parts = list(Formatter().parse(sentence))
    except ValueError as error:
        yield f"{key} has a brace too many or too few ({error}). A brace itself is written twice: {{{{."
        return
    for _, name, form, conversion in parts:
        if name is not None and (name not in PLACEHOLDERS or form or conversion):
            yield f"{key} has an unknown {{{name}}}. Known: {', '.join(f'{{{known}}}' for known in PLACEHOLDERS)}."
