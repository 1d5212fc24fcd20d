"""The demo: from files to a queue, reused when asked again, never mixed with a real ledger."""

import json
from datetime import date

import pytest

from payrisk import import_work, model_work
from payrisk.demo import NotADemoHome, run_demo
from payrisk.errors import DemoHome
from payrisk.gate import Gate


@pytest.fixture
def small_demo(home, untracked):
    def run():
        return run_demo(Gate.open(), customers=40, invoices=1_500)

    return run


def test_the_demo_ends_yesterday_and_gives_an_explained_queue(small_demo):
    body = small_demo()

    assert body["as_of"] == "2026-03-31"
    assert body["items"][0]["rank"] == 1
    assert all(line["reasons"] for line in body["items"])


def test_run_again_it_reuses_what_is_there(small_demo, home, capsys):
    first = small_demo()
    database = (home / "payrisk.db").stat().st_mtime_ns
    files = {path.name: path.stat().st_mtime_ns for path in (home / "company").iterdir()}
    capsys.readouterr()

    again = small_demo()

    assert again == first
    assert {path.name: path.stat().st_mtime_ns for path in (home / "company").iterdir()} == files
    assert (home / "payrisk.db").stat().st_mtime_ns == database
    assert capsys.readouterr().err.count("as it was") == 3


def test_on_a_later_day_the_company_is_made_anew(small_demo, monkeypatch):
    small_demo()
    monkeypatch.setenv("PAYRISK_TODAY", "2026-04-02")

    assert small_demo()["as_of"] == "2026-04-01"


def test_the_demo_never_touches_a_real_ledger(small_demo, payrisk, invoices, home):
    payrisk("import", invoices)
    before = payrisk("queue", "--json").json

    with pytest.raises(NotADemoHome):
        small_demo()

    assert not (home / "company").exists()
    assert payrisk("queue", "--json").json == before


def test_real_files_are_not_imported_into_the_demo(small_demo, invoices):
    small_demo()

    with pytest.raises(DemoHome):
        import_work.import_files(Gate.open(), [invoices])


def test_an_interrupted_demo_goes_on_where_it_stopped(small_demo, home, monkeypatch):
    def stop(*_args, **_kwargs):
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(model_work, "train", stop)
        with pytest.raises(KeyboardInterrupt):
            small_demo()

    assert small_demo()["as_of"] == "2026-03-31"
    assert json.loads((home / "demo.json").read_text())["ends_on"] == date(2026, 3, 31).isoformat()
