"""A published queue stands as long as it would be made the same, and no longer."""

import pytest
from web_clients import client_of

from payrisk.gate import Gate


@pytest.fixture
def imported(payrisk, invoices):
    payrisk("import", invoices, "--as-of", "2026-03-31")


@pytest.fixture
def published(monkeypatch):
    """The evenings published, counted."""
    from serving.published.store import ServingStore

    made, publish = [], ServingStore.publish
    monkeypatch.setattr(ServingStore, "publish", lambda store, run: (made.append(run.as_of), publish(store, run))[1])
    return made


@pytest.fixture
def version(payrisk, imported, untracked):
    return payrisk("train", "--json").json["version"]


def test_a_queue_that_stands_is_not_made_again_with_a_model_or_by_rule(payrisk, imported, published, untracked):
    for count in (1, 1):
        payrisk("queue")
        assert len(published) == count

    payrisk("train")
    for _ in range(2):
        assert payrisk("queue", "--json").json["mode"] == "habit"
    assert len(published) == 2


def test_a_damaged_champion_gives_a_list_by_rule_once_and_the_old_one_when_it_is_mended(
    payrisk, version, home, published
):
    file = home / "models" / "versions" / version / "habit.json"
    content = file.read_bytes()
    file.write_bytes(content + b" ")

    bodies = [payrisk("queue", "--json") for _ in range(2)]

    assert [done.code for done in bodies] == [0, 0]
    assert {done.json["mode"] for done in bodies} == {"rule"}
    assert any("was refused" in notice for notice in bodies[0].json["notices"])
    assert len(published) == 1
    file.write_bytes(content)
    assert payrisk("queue", "--json").json["mode"] == "habit"


def test_a_damaged_pointer_gives_a_list_by_habit_with_the_way_out(payrisk, version, home):
    (home / "models" / "champion.json").write_text('{"versi')

    body = payrisk("queue", "--json").json

    assert (body["mode"], body["model_version"], body["approved"]) == ("habit", version, False)
    assert any("could not be used" in notice for notice in body["notices"])
    assert any("payrisk promote VERSION --by NAME" in notice for notice in body["notices"])
    assert payrisk("promote", version, "--by", "Maria").code == 0
    mended = payrisk("queue", "--json").json
    assert (mended["mode"], mended["approved"]) == ("habit", True)


def test_a_setting_given_and_taken_away_again_counts_each_time(payrisk, version, monkeypatch):
    def currency():
        return payrisk("queue", "--json").json["summary"]["overdue"]["currency"]

    assert currency() == "EUR"
    monkeypatch.setenv("PAYRISK_REPORTING_CURRENCY", "USD")
    assert currency() == "USD"
    monkeypatch.delenv("PAYRISK_REPORTING_CURRENCY")
    assert currency() == "EUR"


@pytest.mark.parametrize("setting", [("PAYRISK_CALLS_PER_DAY", "3"), ("PAYRISK_GRACE_DAYS", "9")])
def test_every_setting_that_decides_a_list_makes_it_again(payrisk, version, published, monkeypatch, setting):
    payrisk("queue")
    monkeypatch.setenv(*setting)
    payrisk("queue")

    assert len(published) == 2


def test_an_old_evening_learns_that_its_version_was_approved_later(payrisk, version, invoices):
    payrisk("queue", "--as-of", "2026-03-31")
    invoices.write_text(invoices.read_text().replace("INV-2,", "INV-7,"))
    payrisk("import", invoices, "--as-of", "2026-04-01")
    later = payrisk("train", "--json").json["version"]
    for name in (version, later):
        assert payrisk("promote", name, "--by", "Maria").code == 0

    body = payrisk("queue", "--as-of", "2026-03-31", "--json").json

    assert (body["model_version"], body["approved"]) == (version, True)
    assert not any("not yet approved" in notice for notice in body["notices"])
    assert any("older version" in notice for notice in body["notices"])


def test_an_evening_after_the_newest_export_is_queued_with_a_warning(payrisk, invoices):
    payrisk("import", invoices, "--as-of", "2026-03-20")

    done = payrisk("queue", "--as-of", "2026-03-31", "--json")

    assert any("2026-03-20" in notice for notice in done.json["notices"])


@pytest.mark.parametrize("made_by", ["queue", "daily"])
def test_any_past_evening_is_told_as_it_was_known_once_its_list_is_made_and_todays_stays(payrisk, imported, made_by):
    newest = payrisk("queue", "--json").json["run_id"]
    gate = Gate.open()
    client = client_of(gate.store)

    def account(day):
        return client.get(f"/api/v1/accounts/C-1?as_of={day}").json()

    assert account("2025-12-10")["remedy"] == "Make one: payrisk queue --as-of 2025-12-10"
    assert payrisk(made_by, "--as-of", "2025-12-10").code == 0

    # INV-2 was paid on the twentieth, INV-1 not yet issued.
    assert [(one["item_id"], one["dpd"]) for one in account("2025-12-10")["items"]] == [("INV-2", 5)]
    assert [one["item_id"] for one in account("today")["items"]] == ["INV-1"]
    assert client.get("/api/v1/queues/today").json()["run_id"] == newest
    gate.close()
