"""What the store of people promises on every database: one taker of a link, no lost count, an administrator at last."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from ledger.database import open_engine, writing
from payrisk.migrations.run import migrate, upgrade
from serving.activities.people import Actor
from serving.audit.audit_store import AuditLog
from serving.audit.chain import first_fault
from serving.people.company_store import CompanyStore
from serving.people.delays import Failures
from serving.people.errors import (
    BadPersonId,
    BadRoles,
    BadScopes,
    LastAdministrator,
    NotForService,
    PersonExists,
    UnknownPerson,
    UnknownToken,
)
from serving.people.people_store import PeopleStore
from serving.people.person import Person
from serving.people.register import Register

NOW = datetime(2026, 4, 1, 8, tzinfo=UTC)


@pytest.fixture
def store(database_url):
    fresh = PeopleStore(database_url)
    yield fresh
    fresh.close()


@pytest.fixture
def register(store):
    return Register(store, lambda: NOW)


def at_once(count, work):
    """The answers of so many threads that begin together."""
    begin = threading.Barrier(count)

    def one(number):
        begin.wait()
        return work(number)

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(one, range(count)))


def test_a_person_is_read_back_with_every_role(store, register):
    register.add("maria.lopez", ["manager", "collector"], name="María =cmd|'<b>", collector="ml")
    register.add("erp", ["service"])

    maria, erp = store.person("maria.lopez"), store.person("erp")

    assert (maria.person.name, maria.person.collector) == ("María =cmd|'<b>", "ml")
    assert maria.person.roles == {"manager", "collector"}
    assert (erp.person.is_service, erp.password_hash, erp.disabled) == (True, None, False)
    assert [kept.person.person_id for kept in store.people()] == ["erp", "maria.lopez"]
    assert store.person("nobody") is None


def test_of_many_who_take_a_link_at_once_one_gets_it(store, register):
    register.add("maria", ["manager"])
    store.add_link("digest", "maria", NOW, timedelta(hours=1))

    taken = at_once(6, lambda _: store.take_link("digest", NOW))

    assert sorted(taken, key=str) == [*[None] * 5, "maria"]


def test_of_many_first_starts_one_makes_the_administrator(register):
    made = at_once(4, lambda _: register.first_administrator())

    assert sum(person is not None for person in made) == 1
    assert len(register.everybody()) == 1


def test_many_guesses_at_once_are_all_counted(store):
    waits = at_once(8, lambda _: store.count_try({"one": 5}, NOW))

    assert sorted(wait == 0 for wait in waits) == [False, False, False, *[True] * 5]


def test_two_administrators_cannot_take_each_others_role_away_at_once(register):
    for name in ("ann", "bob"):
        register.add(name, ["admin"])

    def demote(number):
        try:
            register.set_roles(("ann", "bob")[number], ["manager"])
        except LastAdministrator as refused:
            return refused
        return None

    refused = [one for one in at_once(2, demote) if one is not None]

    assert len(refused) == 1
    assert sum("admin" in kept.person.roles for kept in register.everybody()) == 1


def test_the_last_administrator_stays_one(register):
    register.add("ann", ["admin", "manager"])
    register.add("bob", ["manager"])

    with pytest.raises(LastAdministrator, match="ann is the last administrator"):
        register.disable("ann")
    with pytest.raises(LastAdministrator):
        register.set_roles("ann", ["manager"])
    assert register.set_roles("ann", ["admin"]).roles == {"admin"}
    register.set_roles("bob", ["admin"])
    register.disable("ann")
    with pytest.raises(LastAdministrator):
        register.disable("bob")


def test_who_is_let_go_loses_sessions_links_and_tokens_and_keeps_the_name(store, register):
    register.add("root", ["admin"])
    register.add("bob", ["collector"])
    register.add("erp", ["service"])
    store.begin_session("session", "bob", "password", NOW)
    register.link("bob")
    register.token("erp", ["read", "score"])

    for name in ("bob", "erp"):
        register.disable(name)

    assert store.session("session") is None
    assert register.tokens_of("erp") == []
    with pytest.raises(PersonExists):
        register.add("bob", ["collector"])
    with pytest.raises(UnknownPerson):
        register.link("bob")


def test_old_sessions_links_and_failures_are_forgotten(store, register):
    register.add("bob", ["collector"])
    for digest, at in (("old", NOW - timedelta(hours=13)), ("idle", NOW - timedelta(hours=3)), ("fresh", NOW)):
        store.begin_session(digest, "bob", "password", at)
    store.add_link("spent", "bob", NOW - timedelta(days=2), timedelta(days=1))
    store.count_try({"once": 1}, NOW - timedelta(hours=1))

    for digest, at in (("known", NOW - timedelta(days=9)), ("forgotten", NOW - timedelta(days=11))):
        store.know_device(digest, "bob", at, instead_of="none")

    store.forget_old(
        begun_before=NOW - timedelta(hours=12), seen_before=NOW - timedelta(hours=2),
        known_before=NOW - timedelta(days=10), now=NOW,
    )  # fmt: skip

    with store.engine.connect() as connection:
        tables = ("people_sessions", "people_links", "people_failed_sign_ins", "people_devices")
        left = {name: connection.execute(sa.text(f"SELECT count(*) FROM {name}")).scalar_one() for name in tables}
    assert left == dict(zip(tables, (1, 0, 0, 1), strict=True))
    assert store.session("fresh").person.person_id == "bob"


def test_what_no_person_and_no_token_can_be_is_refused_in_words(register):
    register.add("maria", ["manager"])
    register.add("erp", ["service"])

    for refusal, work in (
        (BadPersonId, lambda: register.add("Maria", ["manager"])),
        (BadPersonId, lambda: register.add("a" * 65, ["manager"])),
        (BadPersonId, lambda: register.add("-x", ["manager"])),
        (BadRoles, lambda: register.add("x", [])),
        (BadRoles, lambda: register.add("x", ["king"])),
        (BadRoles, lambda: register.add("x", ["service", "admin"])),
        (NotForService, lambda: register.set_roles("erp", ["admin"])),
        (NotForService, lambda: register.set_roles("maria", ["service"])),
        (NotForService, lambda: register.link("erp")),
        (NotForService, lambda: register.set_password("erp", "a long password")),
        (NotForService, lambda: register.token("maria", ["read"])),
        (BadScopes, lambda: register.token("erp", [])),
        (BadScopes, lambda: register.token("erp", ["all"])),
        (UnknownToken, lambda: register.end_token("erp", "none")),
        (UnknownPerson, lambda: register.disable("nobody")),
    ):
        with pytest.raises(refusal, match=r"\w+"):
            work()


@pytest.mark.parametrize("engine", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_the_lines_of_lists_published_before_learn_whose_they_are(engine, request, tmp_path):
    url = f"sqlite:///{tmp_path / 'old.db'}"
    if engine == "postgresql":
        url = request.getfixturevalue("empty_postgres_url")
    old = open_engine(url)
    bodies = ['{"collector": "ada"}', '{"collector": ""}', "{}"]
    with writing(old) as connection:
        migrate(connection, "0008")
        connection.execute(
            sa.text(
                "INSERT INTO queue_runs (run_id, as_of, mode, ledger_version, published_at, sequence, head)"
                " VALUES ('r', '2026-03-31', 'rule', 1, 'x', 1, '{}')"
            )
        )
        for rank, body in enumerate(bodies, 1):
            connection.execute(
                sa.text("INSERT INTO queue_lines (run_id, rank, customer_id, body) VALUES ('r', :rank, 'C', :body)"),
                {"rank": rank, "body": body},
            )
    old.dispose()

    upgrade(url)

    new = open_engine(url)
    with new.connect() as connection:
        found = connection.execute(sa.text("SELECT collector FROM queue_lines ORDER BY rank")).scalars().all()
    new.dispose()
    assert found == ["ada", "", ""]


def test_waiting_grows_to_a_minute_and_is_forgotten_after_a_quarter_of_an_hour():
    failures = Failures(30, NOW)

    assert failures.seconds_to_wait(NOW, 5) == 60
    assert failures.seconds_to_wait(NOW + timedelta(seconds=59), 5) == 1
    assert failures.seconds_to_wait(NOW + timedelta(seconds=60), 5) == 0
    assert failures.counted_by(NOW + timedelta(minutes=15)) == 30
    assert failures.counted_by(NOW + timedelta(minutes=15, seconds=1)) == 0


def test_a_new_password_ends_the_links_that_were_printed_before_it(store, register):
    register.add("bob", ["collector"])
    store.add_link("printed", "bob", NOW, timedelta(hours=1))
    store.set_password("bob", "hash")

    assert store.take_link("printed", NOW) is None


def test_a_browser_is_known_for_whom_it_was_under_its_newest_key(store, register):
    for name in ("bob", "eve"):
        register.add(name, ["collector"])
    store.know_device("one", "bob", NOW, instead_of="none")
    store.know_device("two", "eve", NOW, instead_of="one")
    store.know_device("three", "eve", NOW, instead_of="two")

    assert [store.knows_device("three", name) for name in ("bob", "eve", "all")] == [True, True, False]
    assert [store.knows_device(digest) for digest in ("one", "two", "three")] == [False, False, True]


def test_an_account_of_the_company_lets_one_person_in(store, register):
    register.add("bob", ["collector"])
    nora = Person("nora", "Nora", frozenset({"manager"}))

    company = CompanyStore(store)

    assert company.add(nora, "https://login", "u-1", NOW)
    assert not company.add(Person("bob", "Bob", frozenset({"admin"})), "https://login", "u-2", NOW)
    assert [company.identify("bob", issuer, "u-1", NOW) for issuer in ("https://login", "https://other")] == [
        False,
        True,
    ]

    found = [company.identified(issuer, "u-1") for issuer in ("https://login", "https://other")]
    assert [(kept.person.person_id, follow) for kept, follow in found] == [("nora", True), ("bob", False)]
    assert company.identified("https://login", "u-2") is None


def test_a_sign_in_under_way_is_spent_once_by_its_browser_in_time(store):
    company = CompanyStore(store)
    company.begin("state", "browser", "/queue", NOW, timedelta(minutes=10))
    company.begin("late", "browser", "/", NOW, timedelta(minutes=1))
    later = NOW + timedelta(minutes=5)

    asked = [("state", "another"), ("none", "browser"), ("late", "browser"), ("state", "browser"), ("state", "browser")]
    assert [company.end(*one, later) for one in asked] == [None, None, None, "/queue", None]
    company.begin("new", "browser", "/", later, timedelta(minutes=10))
    with store.engine.connect() as connection:
        assert connection.execute(sa.text("SELECT digest FROM people_sign_ins_under_way")).scalars().all() == ["new"]


def test_a_change_and_its_audit_entry_are_one_whoever_else_writes(store, database_url):
    audited = Register(store, lambda: NOW, Actor("root", "admin"))
    made = at_once(4, lambda number: audited.add(f"person-{number}", ["manager"]))
    with pytest.raises(PersonExists):
        audited.add("person-0", ["admin"])

    log = AuditLog(database_url)
    entries = list(log.entries())
    log.close()
    assert len(made) == len(entries) == 4
    assert first_fault(entries) is None
    assert {entry.change.object for entry in entries} == {f"people/person-{number}" for number in range(4)}
