"""An export that looks wrong is not worked with until a person has looked."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest

from ledger.scorecard.card import Scorecard
from payrisk.hold import release

HEADER = "invoice_id,customer_id,customer_name,issue_date,due_date,amount,currency,paid_date,paid_amount\n"


def export(day, *, scale=1, numbers=range(60)):
    """Sixty invoices of ten customers; what fell due before the day was paid in time."""
    rows = []
    for number in numbers:
        issued = date(2026, 1, 5) + timedelta(days=number)
        due, amount = issued + timedelta(days=30), (100 + 7 * number) * scale
        paid = f"{due.isoformat()},{amount:.2f}" if due < day and number % 3 else ","
        rows.append(f"I-{number},C-{number % 10},Customer {number % 10},{issued},{due},{amount:.2f},EUR,{paid}\n")
    return HEADER + "".join(rows)


@pytest.fixture
def take(payrisk, tmp_path):
    def run(day, content, *words):
        path = tmp_path / f"{day}.csv"
        path.write_text(content)
        return payrisk("import", path, "--as-of", day.isoformat(), *words)

    return run


MARCH_30, MARCH_31 = date(2026, 3, 30), date(2026, 3, 31)


@pytest.fixture
def shifted(take):
    """A sound export, and the next one with every amount a hundred times too large, believed by force."""
    assert take(MARCH_30, export(MARCH_30)).code == 0
    return take(MARCH_31, export(MARCH_31, scale=100), "--allow-shift")


def test_a_unit_that_changed_is_refused_before_it_gets_anywhere(take):
    take(MARCH_30, export(MARCH_30))
    refused = take(MARCH_31, export(MARCH_31, scale=100))

    assert refused.code == 1
    assert "The amount of 60 of 60 known invoices changed (all to 100 times what they were" in refused.err
    assert "--allow-shift" in refused.err


def test_an_export_that_looks_wrong_is_said_so_when_it_comes(shifted):
    assert "look at this before anybody works with it" in shifted.out
    assert "(changed_amounts)" in shifted.out


def test_no_list_is_made_of_held_data_and_the_one_before_stays(payrisk, take):
    take(MARCH_30, export(MARCH_30))
    before = payrisk("queue", "--json").json
    take(MARCH_31, export(MARCH_31, scale=100), "--allow-shift")
    held = payrisk("queue", "--json")

    assert (held.code, held.json["code"]) == (1, "data_held")
    assert "payrisk queue --release NAME" in held.err
    again = payrisk("queue", "--json", "--as-of", "2026-03-30").json
    assert [line["customer_id"] for line in again["items"]] == [line["customer_id"] for line in before["items"]]


def test_a_person_who_has_looked_releases_it_by_name_and_the_list_says_so(payrisk, shifted):
    released = payrisk("queue", "--json", "--release", "Ines").json
    notices = [notice for notice in released["notices"] if "Ines" in notice]

    assert len(notices) == 1
    assert "Ines says that the export of 2026-03-31 is right." in notices[0]
    assert payrisk("queue", "--json").code == 0


def test_a_release_is_of_one_export(payrisk, take, shifted):
    payrisk("queue", "--release", "Ines")
    take(date(2026, 4, 1), export(date(2026, 4, 1), scale=1), "--allow-shift")

    assert payrisk("queue", "--json").json["code"] == "data_held"


def test_a_sound_export_is_not_held(payrisk, take):
    for day in (MARCH_30, MARCH_31):
        done = take(day, export(day, numbers=range(30 + day.day)))
        assert "look at this before" not in done.out
        assert payrisk("queue", "--json").code == 0


def test_of_many_who_release_at_once_none_is_lost(tmp_path):
    card = Scorecard(MARCH_31, ())
    names = [f"person-{number}" for number in range(24)]

    with ThreadPoolExecutor(8) as together:
        list(together.map(lambda name: release(tmp_path, name, datetime(2026, 4, 1, tzinfo=UTC), card), names))

    assert sorted(one["by"] for one in json.loads((tmp_path / "releases.json").read_text())) == sorted(names)
