"""`payrisk replay`: its exit code says whether a past list can be made again."""

import pytest
import sqlalchemy as sa

from payrisk.gate import Gate
from serving.published.store import accounts


@pytest.fixture
def published(payrisk, invoices):
    payrisk("import", invoices, "--as-of", "2026-03-31")
    return payrisk("queue", "--json").json["run_id"]


def test_a_list_that_is_made_again_says_so(payrisk, published):
    done = payrisk("replay", "2026-03-31")

    assert (done.code, published in done.out) == (0, True)
    assert "to the last character" in done.out


def test_a_list_that_was_altered_since_is_another_one_names_who_differs_and_ends_with_1(payrisk, published):
    gate = Gate.open()
    with gate.store.engine.begin() as connection:
        changed = sa.func.replace(accounts.c.body, "1200.00", "1300.00")
        connection.execute(sa.update(accounts).where(accounts.c.run_id == published).values(body=changed))
    gate.close()

    done, body = payrisk("replay", "2026-03-31"), payrisk("replay", "2026-03-31", "--json").json

    assert (done.code, body["same"]) == (1, False)
    assert "C-1" in done.out


def test_a_day_without_a_list_is_said(payrisk, published):
    done = payrisk("replay", "2026-03-30")

    assert (done.code, done.out) == (1, "")
    assert "2026-03-30" in done.err
