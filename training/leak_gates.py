"""The gates of the leak checks: may a run believe its own figures? Pure.

Those on leaks proper are gates of trust. Two compare ways of splitting rows; where one of these says no, a person
reviews the version before it is approved.
"""

import math
from collections.abc import Iterable

from training.promotion import Gate
from training.split_checks import Splits
from training.within_customers import WithinCustomers

BACKWARD_GAIN = 0.02
"""How much better a split turned round in time may look, beyond chance."""

RANDOM_GAIN = 0.10
"""How much better a random split may look than one by time."""

NO_TIME = "not asked: no time was left for it"


def knows_no_future(suspects: Iterable[tuple[str, str]] | None) -> Gate:
    """No feature changed when later facts were added, and none tells late payers apart nearly perfectly by itself.

    Reads what `training.leak_guard` found: name and reason of each suspect; None where nobody could look.
    """
    if suspects is None:
        return Gate("knows_no_future", False, "not looked at: there is no past evening to judge on")
    told = [f"{name} {why}" for name, why in suspects]
    reason = "; ".join(told) if told else "no feature changed when later facts were added, none is implausibly strong"
    return Gate("knows_no_future", not told, reason)


def catches_a_planted_leak(caught: bool | None) -> Gate:
    """A column that holds the answer with noise was put among the features: the guard must name it.

    None where too few items were judged for the guard to see anything; then there is no trust either.
    """
    said = {True: "was named", False: "was not named", None: "could not be looked for: too few judged items"}
    return Gate("catches_a_planted_leak", caught is True, f"a column made of the answer {said[caught]}")


def learns_nothing_from_shuffled(auc: float, error: float) -> Gate:
    """Fitted on outcomes dealt out anew among the snapshots, the curve must rank like chance: .5 within 3 errors.

    Args:
        auc: what it reached on the newest fold.
        error: its standard error over customers; NaN where it could not be measured, which passes as nothing was found.
    """
    unknown = math.isnan(auc) or math.isnan(error)
    passed = unknown or abs(auc - 0.5) <= 3.0 * error
    figures = "not measurable" if unknown else f"{auc:.3f} (chance: 0.500 within {3.0 * error:.3f})"
    return Gate("learns_nothing_from_shuffled", passed, f"AUC of a curve fitted on shuffled outcomes: {figures}")


def forgets_within_customers(found: WithinCustomers) -> Gate:
    """Outcomes dealt out anew within customers teach nothing about the items of one: .5 within 3 errors.

    NaN, where no customer has items of both outcomes on one evening, passes: nothing was found.
    """
    unknown = math.isnan(found.dealt) or math.isnan(found.error)
    passed = unknown or abs(found.dealt - 0.5) <= 3.0 * found.error
    figures = (
        "not measurable"
        if unknown
        else f"{found.dealt:.3f} (chance: 0.500 within {3.0 * found.error:.3f}; by the true ones {found.true:.3f})"
    )
    told = f"AUC among the items of one customer by outcomes dealt out anew among them: {figures}"
    return Gate("forgets_within_customers", passed, told)


def no_better_backwards(found: Splits | None) -> Gate:
    """Learned from later and judged on earlier evenings, it is not better by more than .02 beyond chance.

    A no is a warning. None where there was no time to ask; NaN passes, as nothing was found.
    """
    if found is None or math.isnan(found.backward_gain.low):
        return Gate("no_better_backwards", True, NO_TIME if found is None else _few("a year cut in two"), "")
    gain = found.backward_gain
    passed = gain.low <= BACKWARD_GAIN
    told = (
        f"AUC of small trees judged on later evenings {found.forward:.3f}, turned round in time {found.backward:.3f}, "
        f"which is {gain.value:+.3f} (at least {gain.low:+.3f}; a review above {BACKWARD_GAIN:.2f})"
    )
    return Gate("no_better_backwards", passed, told, "")


def random_split_flatters_little(found: Splits | None) -> Gate:
    """Judged on a random half of the rows it is not better by more than .10 than judged on what came later.

    A no is a warning. None where there was no time to ask; NaN passes, as nothing was found.
    """
    if found is None or math.isnan(found.random_gain.value):
        return Gate("random_split_flatters_little", True, NO_TIME if found is None else _few("a random half"), "")
    gain = found.random_gain.value
    told = (
        f"AUC of small trees on the same rows, learned from earlier ones {found.ahead:.3f}, from a random half "
        f"{found.random:.3f}, which is {gain:+.3f} (a review above {RANDOM_GAIN:.2f})"
    )
    return Gate("random_split_flatters_little", gain <= RANDOM_GAIN, told, "")


def _few(what: str) -> str:
    return f"not measurable: too few rows for {what}"
