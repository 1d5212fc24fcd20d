"""Companies that the tests of this room look at: a small one, the demo's own size, and one that answers calls."""

from datetime import date

import pytest

from simulation.calls.ceiling import Lessons
from simulation.calls.course import Course
from simulation.calls.orders import legacy
from simulation.calls.policy import burn_in
from simulation.calls.world import make_world, world
from simulation.company import Company, generate


@pytest.fixture(scope="session")
def small() -> Company:
    return generate(seed=3, ends_on=date(2026, 3, 29), customers=60, invoices=1_500, years=2.0)


@pytest.fixture(scope="session")
def demo() -> Company:
    return generate(seed=7, ends_on=date(2026, 3, 30))


@pytest.fixture(scope="session")
def answering() -> tuple[Course, Lessons]:
    """The small company that answers calls, after its years under the old order, and what the oracle said then."""
    lessons = Lessons(legacy)
    return burn_in(make_world(world("small"), 1), lessons), lessons
