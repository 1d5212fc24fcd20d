"""Texts that an older payrisk kept in what was recorded stand apart afterwards, and the audit log stays provable."""

import hashlib
import json

import pytest
import sqlalchemy as sa

from ledger import desk_journal, personal
from ledger.database import open_engine, writing
from payrisk.migrations.run import migrate, upgrade
from serving.audit.audit_store import AuditLog, append, first_untrue
from serving.audit.chain import Change, first_fault

NOTE, WHY = "Ask for Mrs Öz", "court letter"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def empty_url(request, tmp_path):
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'ledger.db'}"
    return str(request.getfixturevalue("empty_postgres_url"))


def row(sequence, customer, kind, said, told=None):
    return {
        "sequence": sequence, "activity_id": f"a{sequence}", "customer_id": customer, "account_version": sequence,
        "kind": kind, "said": json.dumps(said), "refers_to": "", "actor": "maria", "role": "collector",
        "recorded_at": "2026-04-01T09:30:00+00:00", "known_on": "2026-04-01",
        "told_table": "told_holds" if told else "", "told_key": "H-1" if told else "", "told": json.dumps(told or {}),
    }  # fmt: skip


ROWS = [
    row(1, "C-1", "note", {"text": NOTE}),
    row(2, "C-1", "hold", {"why": "legal", "reason": WHY}, {"hold_id": "H-1", "reason": WHY}),
    row(3, "C-2", "contact", {"channel": "phone"}),
    row(4, "C-2", "note", {"text": NOTE}),
]


def digest_of_before(one):
    """As revision 0010 told it to the audit log."""
    names = [
        "sequence", "activity_id", "customer_id", "account_version", "kind", "refers_to", "actor", "role",
        "recorded_at", "known_on", "told_table", "told_key",
    ]  # fmt: skip
    values = [str(one[name]).replace("T09", " 09") for name in names]
    told = [values, json.loads(one["said"]), json.loads(one["told"])]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


@pytest.fixture
def migrated(empty_url):
    """A database of revision 0011 with four activities and their entries, brought up to date."""
    engine = open_engine(empty_url)
    with writing(engine) as connection:
        migrate(connection, to="0011")
        marks = ", ".join(f":{name}" for name in ROWS[0])
        connection.execute(sa.text(f"INSERT INTO activities ({', '.join(ROWS[0])}) VALUES ({marks})"), ROWS)
        for one in ROWS:
            append(connection, Change("maria", "collector", "", "x", f"activities/a{one['sequence']}", "",
                                      digest_of_before(one), ""))  # fmt: skip
    upgrade(empty_url)
    yield engine
    engine.dispose()


def fault(engine):
    log = AuditLog(engine.url.render_as_string(hide_password=False))
    entries, stored = log.state()
    log.close()
    found = first_fault(entries) or first_untrue(entries, stored)
    return None if found is None else found.seq


def execute(engine, statement, **values):
    with writing(engine) as connection:
        connection.execute(sa.text(statement), values)


def test_the_texts_stand_apart_and_are_read_as_they_were(migrated):
    with migrated.connect() as connection:
        stored = str(connection.execute(sa.text("SELECT said, told FROM activities")).all())
        read = [desk_journal.of_account(connection, who) for who in ("C-1", "C-2")]

    assert not any(word in stored for word in ("Mrs", "court"))
    assert [one.said for one in read[0]] == [{"why": "legal", "reason": WHY}, {"text": NOTE}]
    assert read[0][0].told == {"hold_id": "H-1", "reason": WHY}
    assert [one.said for one in read[1]] == [{"text": NOTE}, {"channel": "phone"}]


def test_the_audit_log_is_as_true_as_before_and_stays_so_when_a_person_is_erased(migrated):
    assert fault(migrated) is None

    with writing(migrated) as connection:
        who = {"customer_id": "C-1", "erased_at": "2026-05-01", "erased_by": "ada", "reason": "asked"}
        personal.remember_erased(connection, who)
        assert personal.empty_texts(connection, "C-1") == 2

    assert fault(migrated) is None


def test_once_a_person_is_erased_nobody_can_try_which_text_a_digest_was_of(migrated):
    def everything(connection):
        tables = sa.inspect(connection).get_table_names()
        return "".join(str(connection.execute(sa.text(f'SELECT * FROM "{one}"')).all()) for one in tables)

    with writing(migrated) as connection:
        salts = dict(tuple(one) for one in connection.execute(sa.text("SELECT customer_id, salt FROM person_salts")))
        digests = [personal.digest(salts[who], NOTE) for who in ("C-1", "C-2")]
        assert len({*digests, hashlib.sha256(NOTE.encode()).hexdigest()}) == 3
        assert all(one in everything(connection) for one in digests)
        personal.empty_texts(connection, "C-1")

        left = everything(connection)

    assert [salts[who] in left for who in ("C-1", "C-2")] == [False, True]


def test_a_text_that_is_another_or_gone_without_an_erasure_is_named(migrated):
    with migrated.connect() as connection:
        (text_id,) = connection.execute(sa.text("SELECT text_id FROM personal_texts WHERE customer_id = 'C-2'")).one()
    execute(migrated, "UPDATE personal_texts SET text = 'forged' WHERE text_id = :id", id=text_id)
    assert fault(migrated) == 4

    execute(migrated, "DELETE FROM personal_texts WHERE text_id = :id", id=text_id)
    assert fault(migrated) == 4


def test_the_journal_refuses_a_change_as_before(migrated):
    with pytest.raises(sa.exc.DBAPIError, match="append-only"):
        execute(migrated, "UPDATE activities SET kind = 'note' WHERE sequence = 3")
