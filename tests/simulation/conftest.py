"""Two companies that the tests of this room look at: a small one, and the demo's own size."""

from datetime import date

import pytest

from simulation.company import Company, generate


@pytest.fixture(scope="session")
def small() -> Company:
    return generate(seed=3, ends_on=date(2026, 3, 29), customers=60, invoices=1_500, years=2.0)


@pytest.fixture(scope="session")
def demo() -> Company:
    return generate(seed=7, ends_on=date(2026, 3, 30))
