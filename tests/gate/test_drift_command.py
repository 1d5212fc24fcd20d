"""`payrisk drift`: a verdict on the version in use, kept where the desk reads it."""

import json

import pytest

from models.papers import Papers
from payrisk.gate import Gate
from payrisk.show import show_drift


@pytest.fixture
def imported(payrisk, invoices, untracked):
    payrisk("import", invoices, "--as-of", "2026-03-31")
    return payrisk


def test_on_an_empty_shelf_it_says_how_to_fill_it(imported):
    done = imported("drift")

    assert (done.code, done.out) == (1, "")
    assert "payrisk train" in done.err


def test_the_verdict_is_told_written_and_kept_with_its_version(imported, tmp_path):
    version = imported("train", "--json").json["version"]

    done = imported("drift", "--json", "--out", tmp_path / "drift.html")

    assert done.code == 0
    assert (done.json["version"], done.json["as_of"]) == (version, "2026-03-31")
    assert done.json["verdict"] in ("fine", "watch", "retrain", "stop")
    assert done.json["verdict"] in (tmp_path / "drift.html").read_text(encoding="utf-8").lower()
    kept = Papers(Gate.open(prepare=False).shelf).drift(version)
    assert kept is not None
    assert json.loads(kept)["verdict"] == done.json["verdict"]
    assert f"{version} on 2026-03-31: {done.json['verdict']}" in imported("drift", "--version", version).out


def test_what_people_contested_and_put_off_is_counted_by_the_evening_of_the_report(imported):
    imported("train")
    assert imported("daily").code == 0
    imported("activity", "contest", "C-1", "pays_sooner", "--text", "transfer seen", "--by", "ada")

    before, after = (imported("drift", "--as-of", day, "--json").json for day in ("2026-03-31", "2026-04-01"))

    assert (before["overrides"], before["override_share"]) == ([], None)
    told = {"worked": 1, "contested": 1, "put_off": 0, "overruled": 1}
    assert after["overrides"] == [{"period": "last 30 days", **told}, {"period": "2026-04", **told}]
    assert after["override_share"] == 1.0


@pytest.mark.parametrize(("words", "said"), [(["--out", "drift.pdf"], ".html"), (["--version", "absent"], "absent")])
def test_what_cannot_be_told_is_refused_in_a_sentence(imported, words, said):
    imported("train")

    done = imported("drift", *words)

    assert done.code != 0
    assert said in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    ("verdict", "nightly", "says"), [("stop", False, True), ("stop", True, False), ("retrain", False, False)]
)
def test_a_stop_that_no_list_sees_by_itself_says_what_follows_for_the_lists(capsys, verdict, nightly, says):
    found = {"verdict": verdict, "text": "Far off.", "nightly": nightly}
    show_drift({"version": "V", "as_of": "2026-03-31", "verdict": verdict, "findings": [found]})

    told = capsys.readouterr().out.splitlines()
    assert told[1] == f"  {verdict}: Far off."
    assert ("No list is made with it from that evening on" in told[-1]) is says
