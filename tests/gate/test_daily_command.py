"""`payrisk daily`: for a timer, so its exit code and its sentence are what counts."""

from datetime import date, timedelta

import pytest

from serving.morning.alone import alone


@pytest.fixture
def imported(payrisk, invoices):
    payrisk("import", invoices, "--as-of", "2026-03-31")


def test_the_first_start_publishes_and_the_next_ones_find_that_it_stands(payrisk, imported, home):
    first, again = payrisk("daily", "--json"), payrisk("daily")

    assert (first.code, first.json["state"]) == (0, "published")
    assert first.json["run_id"] == payrisk("queue", "--json").json["run_id"]
    assert (home / "runs" / first.json["key"] / "report.json").is_file()
    assert again.code == 0
    assert again.out.startswith(f"The list {first.json['run_id']} stands")


def test_the_sentence_says_what_was_published(payrisk, imported):
    done = payrisk("daily")

    assert done.code == 0
    assert "1 accounts to call on the evening of 2026-03-31, mode rule" in done.out
    assert "Note: No current model" in done.err


def test_a_list_that_was_published_by_hand_stands(payrisk, imported):
    payrisk("queue")

    assert payrisk("daily", "--json").json["state"] == "stands"


def test_while_another_works_it_leaves_without_a_failure(payrisk, imported, home):
    with alone(home / "runs" / ".alone"):
        done = payrisk("daily")

    assert (done.code, done.out) == (0, "Another daily run is at work; nothing was done here.\n")


def test_an_empty_ledger_is_refused_in_a_sentence(payrisk):
    done = payrisk("daily")

    assert done.code == 1
    assert "Traceback" not in done.err
    assert done.err


def export(day, scale):
    """Sixty invoices of ten customers; what fell due before the day was paid in time."""
    rows = ["invoice_id,customer_id,customer_name,issue_date,due_date,amount,currency,paid_date,paid_amount"]
    for number in range(60):
        issued = date(2026, 1, 5) + timedelta(days=number)
        due, amount = issued + timedelta(days=30), f"{(100 + 7 * number) * scale}.00"
        paid = f"{due},{amount}" if due < day and number % 3 else ","
        rows.append(f"I-{number},C-{number % 10},Customer {number % 10},{issued},{due},{amount},EUR,{paid}")
    return "\n".join(rows) + "\n"


def test_held_data_end_with_a_reason_and_a_release_lets_the_next_start_publish(payrisk, tmp_path):
    for day, scale in ((date(2026, 3, 30), 1), (date(2026, 3, 31), 100)):
        path = tmp_path / f"{day}.csv"
        path.write_text(export(day, scale))
        assert payrisk("import", path, "--as-of", day, "--allow-shift").code == 0
        if scale == 1:
            assert payrisk("daily").code == 0

    held = payrisk("daily")

    assert held.code == 1
    assert "The export of 2026-03-31 looks wrong" in held.err
    assert payrisk("daily").code == 1
    assert payrisk("queue", "--release", "Maria", "--json").code == 0
    assert payrisk("daily", "--json").json["state"] == "stands"


@pytest.mark.parametrize(("file", "text"), [("team.toml", "broken"), ("strategies/mine.toml", "version = 1")])
def test_a_file_that_cannot_be_used_fails_the_run_and_readers_are_told(payrisk, imported, home, file, text):
    payrisk("daily")
    (home / file).parent.mkdir(exist_ok=True)
    (home / file).write_text(text, encoding="utf-8")

    done = payrisk("daily")

    assert done.code != 0
    assert "Traceback" not in done.err
    from serving.published.desk import Desk
    from serving.published.store import ServingStore

    store = ServingStore(f"sqlite:///{home / 'payrisk.db'}")
    shown = Desk(store).queue()
    store.close()
    assert shown["mode"] == "last_queue"
    assert any(file.split("/")[-1] in notice for notice in shown["notices"])
    (home / file).unlink()
    assert payrisk("daily", "--json").code == 0


def test_a_strategy_folder_or_team_of_the_wrong_kind_is_refused(payrisk, imported, home):
    (home / "strategies").write_text("", encoding="utf-8")
    assert payrisk("daily").code != 0
    (home / "strategies").unlink()
    (home / "team.toml").mkdir()
    assert payrisk("daily").code != 0
