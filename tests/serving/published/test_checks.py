"""Checks are the schemas' own rules: what one refuses the other refuses, whatever is wrong with a body."""

import pytest
from broken_bodies import broken_bodies, full_run, refused

from serving.published.checks import BodyCheck
from serving.published.schemas import AccountBody, QueueLineOut


@pytest.mark.parametrize(("schema", "bodies"), [(QueueLineOut, "lines"), (AccountBody, "accounts")])
def test_a_check_refuses_exactly_what_its_schema_refuses(schema, bodies):
    body, check = getattr(full_run(), bodies)[0], BodyCheck(schema)
    check.require(body)

    differing = [
        path
        for path, broken in broken_bodies(body)
        if refused(check.require, broken) != refused(schema.model_validate, broken)
    ]

    assert differing == []


def test_most_of_what_is_broken_is_refused():
    body, check = full_run().accounts[0], BodyCheck(AccountBody)
    found = [refused(check.require, broken) for _, broken in broken_bodies(body)]
    assert sum(found) > 0.8 * len(found) > 1_000
