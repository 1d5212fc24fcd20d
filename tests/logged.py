"""Single decisions as the columns that a log is told."""

from collections.abc import Iterable
from itertools import groupby

from serving.trials.decided import Decided
from serving.trials.decision import Decision


def decided(decisions: Iterable[Decision]) -> list[Decided]:
    """These in their order, those of one run and evening that stand together as one; no field is shared."""
    return [_together(run_id, as_of, list(those)) for (run_id, as_of), those in groupby(decisions, _run)]


def _run(one: Decision):
    return one.run_id, one.as_of


def _together(run_id, as_of, decisions: list[Decision]) -> Decided:
    names = vars(decisions[0]).keys() - {"run_id", "as_of"}
    return Decided(run_id, as_of, {}, {name: [getattr(one, name) for one in decisions] for name in names})
