"""Erasing a person from what was published: the name leaves the stored lists, accounts and reports, and nothing else
does. The head of each run then says how many persons were erased of it.
"""

from collections.abc import Collection, Iterable, Sequence

import sqlalchemy as sa

from ledger.personal import erased
from serving.activities.key_store import idempotency_keys
from serving.published.bodies import Json, json_text
from serving.published.store import accounts, lines, reports, runs


def erase_published(
    connection: sa.Connection, customer_id: str, names: Sequence[str], only: Collection[str] | None = None
) -> int:
    """Erase a person from every run that knows them (or `only` from these), in the caller's transaction.

    Args:
        names: that the person was told under, the longest first.

    Returns how many runs there were.
    """
    wanted = sa.select(accounts.c.run_id, accounts.c.body).where(accounts.c.customer_id == customer_id)
    found = [row for row in connection.execute(wanted) if only is None or row.run_id in only]
    names = sorted({*names, *(row.body["customer_name"] for row in found)} - {None, ""}, key=len, reverse=True)
    for row in found:
        of = sa.update(accounts).where(accounts.c.run_id == row.run_id, accounts.c.customer_id == customer_id)
        connection.execute(of.values(body=json_text({**row.body, "customer_name": None})))
        _erase_lines(connection, row.run_id, customer_id, names)
        _erase_reports(connection, row.run_id, customer_id)
    tell_erased(connection, [row.run_id for row in found])
    return len(found)


def tell_erased(connection: sa.Connection, run_ids: Iterable[str]) -> None:
    """Let the heads of runs say how many persons of theirs were erased."""
    gone = {customer_id for customer_id, one in erased(connection).items() if not one.readmitted}
    for run_id in run_ids:
        there = connection.execute(sa.select(accounts.c.customer_id).where(accounts.c.run_id == run_id)).scalars()
        head = connection.execute(sa.select(runs.c.head).where(runs.c.run_id == run_id)).scalar_one()
        told = {**head, "erased": len(gone.intersection(there))}
        connection.execute(sa.update(runs).where(runs.c.run_id == run_id).values(head=told))


def forget_answers(connection: sa.Connection, customer_id: str) -> None:
    """Forget what requests about a person were answered: the answers hold what was recorded."""
    for row in connection.execute(sa.select(idempotency_keys)).all():
        # One activity, those of a row of a call sheet, or the rows of a whole one.
        told = (row.answer, *row.answer.get("items", ()), *row.answer.get("rows", ()))
        if any(one.get("customer_id") == customer_id for one in told):
            keys = idempotency_keys.c
            same = (keys.person_id == row.person_id, keys.route == row.route, keys.key == row.key)
            connection.execute(sa.delete(idempotency_keys).where(*same))


def _erase_lines(connection: sa.Connection, run_id: str, customer_id: str, names: Sequence[str]) -> None:
    """The person's own line, and those of others whose sentences name the person."""
    for row in connection.execute(sa.select(lines.c.rank, lines.c.body).where(lines.c.run_id == run_id)).all():
        body = _line_without(row.body, customer_id, names)
        if body != row.body:
            of = sa.update(lines).where(lines.c.run_id == run_id, lines.c.rank == row.rank)
            connection.execute(of.values(body=json_text(body)))


def _line_without(line: Json, customer_id: str, names: Sequence[str]) -> Json:
    """The line as it would be made of somebody without a name: sentences name the id."""
    name = None if line["customer_id"] == customer_id else line["customer_name"]
    found = {**line, "customer_name": name}
    if why := line.get("rank_explanation"):
        ahead, out = why["ahead"], why["way_out"]
        found["rank_explanation"] = {
            **why,
            "sentence": _unnamed(why["sentence"], customer_id, names),
            "ahead": ahead and {**ahead, "text": _unnamed(ahead["text"], customer_id, names)},
            "way_out": out and {**out, "text": _unnamed(out["text"], customer_id, names)},
        }
    return found


def _unnamed(sentence: str, customer_id: str, names: Sequence[str]) -> str:
    for name in names:
        sentence = sentence.replace(name, customer_id)
    return sentence


def _erase_reports(connection: sa.Connection, run_id: str, customer_id: str) -> None:
    wanted = sa.select(reports.c.report, reports.c.body).where(reports.c.run_id == run_id)
    for row in connection.execute(wanted).all():
        body = _nameless(row.body, customer_id)
        if body != row.body:
            of = sa.update(reports).where(reports.c.run_id == run_id, reports.c.report == row.report)
            connection.execute(of.values(body=body))


def _nameless(told: object, customer_id: str) -> object:
    """A tree of JSON in which whatever is told of the customer has no name."""
    if isinstance(told, list):
        return [_nameless(one, customer_id) for one in told]
    if not isinstance(told, dict):
        return told
    found = {name: _nameless(value, customer_id) for name, value in told.items()}
    if found.get("customer_id") == customer_id and "customer_name" in found:
        found["customer_name"] = None
    return found
