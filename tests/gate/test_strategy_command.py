"""`payrisk strategy`: show the shipped rules, read one's own, say what they change."""

import pytest

from serving.strategy.reading import shipped, shipped_text


@pytest.fixture
def mine(tmp_path):
    """One's own rules: two sections changed."""
    path = tmp_path / "mine.toml"
    text = shipped_text().replace('version = "1"', 'version = "2"').replace("2000-01-01", "2026-05-01")
    path.write_text(text.replace("balance = 100.0", "balance = 250").replace('"snooze",', ""), encoding="utf-8")
    return path


def test_the_shipped_rules_are_shown_as_a_file_that_checks(payrisk, tmp_path):
    shown = payrisk("strategy", "show")
    (tmp_path / "copy.toml").write_text(shown.out, encoding="utf-8")

    body = payrisk("strategy", "check", tmp_path / "copy.toml", "--json").json

    assert shown.code == 0
    assert (body["version"], body["digest"], body["remarks"]) == ("1", shipped().digest, [])
    assert payrisk("strategy", "check", "shipped", "--json").json["digest"] == shipped().digest


def test_a_sound_file_is_told_with_what_would_surprise(payrisk, mine):
    done = payrisk("strategy", "check", mine)

    assert done.code == 0
    told = " ".join(done.out.split())
    assert "is sound: version 2, valid from 1 May 2026." in told
    assert "Note: exclude.holds leaves out snooze" in told


def test_a_wrong_file_is_refused_with_every_problem_for_people_and_machines(payrisk, mine):
    mine.write_text(mine.read_text().replace("attempts = 3", "atempts = 3"), encoding="utf-8")

    done, as_json = payrisk("strategy", "check", mine), payrisk("strategy", "check", mine, "--json")

    assert (done.code, done.out) == (1, "")
    assert "mine.toml: 4 problems" in done.err
    assert "caps.legal_person.atempts is no key of a strategy. Did you mean attempts?" in done.err
    assert "payrisk strategy show" in done.err
    assert "Traceback" not in done.err
    assert (as_json.code, as_json.json["code"]) == (1, "bad_strategy")


def test_the_difference_is_told_by_section_with_what_it_means(payrisk, mine):
    done = payrisk("strategy", "diff", "shipped", mine)
    body = payrisk("strategy", "diff", "shipped", mine, "--json").json

    assert done.code == 0
    assert "[route]\n  minimum_balance: 100 → 250 (more small accounts get an e-mail instead)" in done.out
    assert [(one["section"], one["key"]) for one in body["changes"]] == [
        ("", "version"), ("", "valid_from"), ("exclude", "holds"), ("route", "minimum_balance"),
    ]  # fmt: skip
    assert (body["old"]["version"], body["new"]["version"]) == ("1", "2")


def test_the_same_rules_say_the_same(payrisk):
    assert "Both say the same." in payrisk("strategy", "diff", "shipped", "shipped").out
    assert payrisk("strategy", "diff", "shipped", "shipped", "--json").json["changes"] == []


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["check", "absent.toml"], 2, "absent.toml: the strategy cannot be read"),
        (["check", "."], 2, "cannot be read"),
        (["check"], 2, "FILE"),
        (["diff", "shipped"], 2, "NEW"),
    ],
)
def test_what_cannot_be_read_is_said_with_the_way_out(payrisk, words, code, sentence):
    done = payrisk("strategy", *words)

    assert done.code == code
    assert sentence.lower() in " ".join(done.err.split()).lower()


def test_a_strategy_is_tried_on_an_evening_beside_the_one_that_rules_and_nothing_is_published(
    payrisk, invoices, tmp_path
):
    payrisk("import", invoices, "--as-of", "2026-03-31")
    stricter = tmp_path / "stricter.toml"
    text = shipped_text().replace('version = "1"', 'version = "2"').replace("balance = 100.0", "balance = 2000")
    stricter.write_text(text, encoding="utf-8")

    body = payrisk("strategy", "simulate", stricter, "--json").json
    same, shown = payrisk("strategy", "simulate", "shipped", "--json").json, payrisk("strategy", "simulate", stricter)

    assert (body["as_of"], body["old"], body["new"]) == ("2026-03-31", "1", "2")
    rules = {one["rule"]: (one["old"]["accounts"], one["new"]["accounts"]) for one in body["rules"]}
    assert rules["route.minimum_balance"] == (0, 1)
    assert (body["listed"]["old"]["accounts"], body["listed"]["new"]["accounts"]) == (1, 0)
    assert [one["customer_id"] for one in body["leaving"]] == ["C-1"]
    assert (same["entering_count"], same["leaving_count"]) == (0, 0)
    assert shown.code == 0
    assert "Leaving: 1" in shown.out
    assert payrisk("replay", "2026-03-31").code == 1, "no list was published"
