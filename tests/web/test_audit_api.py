"""GET /api/v1/audit: who sees which entries, that its pages follow each other, and that its chain can be followed."""

import csv
import io

import pytest
from evenings import NOW
from web_clients import client_of, form_headers
from web_evenings import evening_of, owned

from serving.audit.audit_store import append
from serving.audit.chain import Change, Entry, first_fault
from serving.web.operations.schemas import AuditOut

AUDIT = "/api/v1/audit"


@pytest.fixture
def clients(store, recorder):
    """A collector and a manager who recorded a note each, and an administrator who added somebody."""
    store.publish(owned(evening_of(2), {"C-0": "ada", "C-1": "bob"}))
    clients = {who: client_of(store, who, recorder=recorder) for who in ("ada", "maria", "ann", "root")}
    for at, who in enumerate(("ada", "maria")):
        sent = clients[who].post(
            f"/api/v1/accounts/C-{at}/activities",
            json={"kind": "note", "text": "will pay"},
            headers=form_headers(who) | {"if-match": '"0"'},
        )
        assert sent.status_code == 201
    with store.writing() as connection:
        append(
            connection,
            Change("root", "admin", f"{NOW:%Y-%m-%dT%H:%M:%S+00:00}", "person.add", "people/zoe", "", "", ""),
        )
    return clients


def entries(client, **asked):
    return AuditOut.model_validate(client.get(AUDIT, params=asked).json())


def test_a_collector_reads_their_own_acts_a_manager_those_about_accounts_an_administrator_all(clients):
    seen = {who: [one.actor for one in entries(clients[who]).items] for who in ("ada", "maria", "root")}

    assert seen["ada"] == ["ada"]
    assert seen["maria"] == ["maria", "ada"]
    assert seen["root"] == ["root", "maria", "ada"]
    assert clients["ann"].get(AUDIT).status_code == 404


def test_whoever_has_all_entries_can_follow_the_chain(clients):
    items = entries(clients["root"]).items[::-1]
    names = Change.__dataclass_fields__
    chain = [Entry(one.seq, Change(**{name: getattr(one, name) for name in names}), one.prev_hash, one.hash)
             for one in items]  # fmt: skip

    assert first_fault(chain, []) is None
    assert first_fault(chain[1:], []) is not None


def test_pages_follow_each_other_and_a_file_holds_the_same(clients):
    whole = entries(clients["root"])
    first = entries(clients["root"], limit=2)
    rest = entries(clients["root"], cursor=first.next_cursor)

    assert [*first.items, *rest.items] == whole.items
    assert rest.next_cursor is None
    rows = list(csv.DictReader(io.StringIO(clients["root"].get(AUDIT, headers={"accept": "text/csv"}).text)))
    assert [(int(row["seq"]), row["hash"]) for row in rows] == [(one.seq, one.hash) for one in whole.items]


@pytest.mark.parametrize("asked", [{"cursor": "0"}, {"cursor": "x"}, {"limit": "0"}, {"limit": "501"}])
def test_bad_input_names_its_field(clients, asked):
    answer = clients["root"].get(AUDIT, params=asked)

    assert (answer.status_code, answer.json()["code"]) == (422, "bad_request")
    assert next(iter(asked)) in answer.json()["field"]
