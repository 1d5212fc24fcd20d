"""Who may call whom, and when; and a team file read strictly, with everything wrong told at once."""

from datetime import date
from itertools import product

import pytest

from serving.team.errors import BadTeam
from serving.team.reading import parse_team, read_team
from serving.team.team import Absence, Callee, Collector, Team

TUESDAY = date(2026, 3, 31)

WHOLE = """
[[collector]]
id = "bob"
minutes_a_day = 90.5
group = "north"

[[collector]]
id = "ada"
name = "Ada Brandt"
minutes_a_day = 240
works_on = ["monday", "tuesday"]
absent = [{ first = 2026-04-06, last = 2026-04-10 }]
languages = ["de", "en"]
countries = ["DE", "AT"]
skills = ["consumers"]
group = "north"
owns = ["C-1"]
conflicts = ["C-9"]

[languages_of]
DE = ["de"]

[skills_needed]
natural_person = "consumers"
"""

ADA = """
[[collector]]
id = "ada"
minutes_a_day = 240
"""


def test_a_whole_file_is_read_as_it_says_by_id():
    ada, bob = parse_team(WHOLE, owners="customer_id,collector_id\nC-2,bob\n").collectors

    assert ada == Collector(
        "ada", "Ada Brandt", 240.0, ("monday", "tuesday"), (Absence(date(2026, 4, 6), date(2026, 4, 10)),),
        frozenset({"de", "en"}), frozenset({"DE", "AT"}), frozenset({"consumers"}), "north", frozenset({"C-1"}),
        frozenset({"C-9"}),
    )  # fmt: skip
    assert (bob.name, bob.minutes_a_day, bob.owns) == ("bob", 90.5, frozenset({"C-2"}))


@pytest.mark.parametrize(
    ("day", "minutes"),
    [
        (date(2026, 3, 31), {"ada": 240.0, "bob": 90.5}),
        (date(2026, 4, 1), {"bob": 90.5}),  # a Wednesday
        (date(2026, 4, 6), {"bob": 90.5}),  # the first day of the absence, a Monday
        (date(2026, 4, 13), {"ada": 240.0, "bob": 90.5}),
    ],
)
def test_minutes_are_those_of_who_works_and_is_there(day, minutes):
    assert parse_team(WHOLE).minutes_on(day) == minutes


@pytest.mark.parametrize(
    ("callee", "fits"),
    [
        (Callee("C-1", "AT"), {"ada": 1.0, "bob": 0.9}),
        (Callee("C-2", "DE"), {"ada": 1.0}),  # bob speaks no German
        (Callee("C-2", "FR"), {"bob": 1.0}),  # not a country of ada's
        (Callee("C-2", "", frozenset({"natural_person", "new"})), {"ada": 1.0}),  # bob has not the skill
        (Callee("C-9", "AT"), {"bob": 1.0}),
        (Callee("C-9", "DE"), {}),
    ],
)
def test_who_may_call_an_account_and_how_well_that_fits(callee, fits):
    assert parse_team(WHOLE).fits(callee) == fits


def test_of_many_accounts_each_fits_as_it_does_alone():
    team, kinds = parse_team(WHOLE), (frozenset(), frozenset({"new"}), frozenset({"natural_person", "new"}))
    callees = [
        Callee(f"C-{number}", country, kind)
        for number, (country, kind) in enumerate([*product(("", "AT", "DE", "FR"), kinds)] * 2, start=1)
    ]

    assert team.fits_of(callees) == {callee.customer_id: team.fits(callee) for callee in callees}


def test_a_team_without_a_file_is_one_collector_with_time_for_its_calls():
    team = Team.of_capacity(40, 8.0)

    assert team.minutes_on(TUESDAY) == {"team": 320.0}
    assert team.fits(Callee("C-1", "DE", frozenset({"natural_person"}))) == {"team": 1.0}


def test_a_team_in_which_nobody_has_time_is_a_team():
    assert parse_team(ADA.replace("240", "0")).minutes_on(TUESDAY) == {}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("collector = ", "this is not TOML"),
        ("", r"collector: expected at least one \[\[collector\]\], came \[\]"),
        (ADA + "minuts = 3", "minuts is no key of it. Known: id, name"),
        (ADA + "[team]", "the file: team is no key of it"),
        (ADA + ADA, 'id = "ada" stands 2 times'),
        (ADA.replace("240", "1441"), 'collector "ada", minutes_a_day: expected minutes from 0 to 1440, came 1441'),
        (ADA.replace("240", "-1"), "came -1"),
        (ADA.replace("240", "true"), "came True"),
        (ADA.replace("240", "nan"), "came nan"),
        (ADA.replace("minutes_a_day = 240", ""), "minutes_a_day: expected minutes from 0 to 1440, came nothing"),
        (ADA.replace('"ada"', "7"), "collector 1, id: expected text in quotation marks, came 7"),
        (ADA + 'works_on = ["munday"]', r"expected days of the week \(monday, .* came munday"),
        (ADA + 'works_on = "monday"', "works_on: expected a list of texts, as in .*, came monday"),
        (ADA + "absent = [{ first = 2026-04-10, last = 2026-04-06 }]", "not before the first, came 2026-04-10 to"),
        (ADA + 'absent = [{ first = "2026-04-06", last = 2026-04-10 }]', "days without quotation marks"),
        (ADA + "absent = [{ first = 2026-04-06 }]", "days without quotation marks"),
        (ADA + "absent = [{ first = 2026-04-06T08:00:00, last = 2026-04-10 }]", "days without quotation marks"),
        (ADA + "[skills_needed]\nsomebody = 'x'", "skills_needed: somebody is no key of it. Known: legal_person"),
        (ADA + "[languages_of]\nDE = 'de'", "languages_of, DE: expected a list of texts"),
        (ADA + 'owns = ["C-1"]' + ADA.replace("ada", "bob") + 'owns = ["C-1"]', 'customer "C-1" has 2 owners'),
    ],
)
def test_a_file_that_is_wrong_is_refused_with_the_place_and_the_way_out(text, said):
    with pytest.raises(BadTeam, match=said) as refusal:
        parse_team(text)
    assert str(refusal.value).startswith("team.toml: ")


@pytest.mark.parametrize(
    ("owners", "said"),
    [
        ("customer,collector\nC-1,ada\n", "expected the columns customer_id and collector_id, came customer,collector"),
        ("customer_id,collector_id\nC-1,zoe\n", "owners.csv, line 2: expected a customer and .* came zoe"),
        ("customer_id,collector_id\nC-1\n", "owners.csv, line 2"),
    ],
)  # fmt: skip
def test_owners_that_are_wrong_are_refused_with_their_line(owners, said):
    with pytest.raises(BadTeam, match=said):
        parse_team(ADA, owners=owners)


def test_everything_wrong_is_told_at_once():
    with pytest.raises(BadTeam, match="3 problems") as refusal:
        parse_team(ADA.replace("240", "9999") + 'works_on = ["x", "y"]')
    assert len(refusal.value.problems) == 3


def test_a_file_is_read_with_the_owners_beside_it_and_refused_when_it_is_not_there(tmp_path):
    (tmp_path / "team.toml").write_bytes(("\ufeff" + ADA.replace("\n", "\r\n")).encode())
    (tmp_path / "owners.csv").write_text("customer_id,collector_id\r\nC-7,ada\r\n", encoding="utf-8")

    assert read_team(tmp_path / "team.toml").collectors[0].owns == {"C-7"}
    with pytest.raises(BadTeam, match="cannot be read"):
        read_team(tmp_path / "nobody.toml")
    (tmp_path / "latin.toml").write_bytes(b"# M\xfcller")
    with pytest.raises(BadTeam, match="not UTF-8"):
        read_team(tmp_path / "latin.toml")
