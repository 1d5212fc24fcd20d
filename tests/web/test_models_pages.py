"""The pages of the models: what they tell, whom they let change what, and what they say where a paper is missing."""

import json
import re
import shutil
from datetime import date

import pytest
from web_clients import client_of, form_headers
from web_models import NOW, ModelDesk, backtest, keep_drift, version_of

from serving.versions.version_shelf import VersionShelf
from serving.web.models.never_seen import never_seen_told
from serving.web.models.overruled import overruled_told
from serving.web.models.pictures import share_at


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    return ModelDesk(tmp_path_factory.mktemp("models"))


@pytest.fixture
def shelf(desk):
    return desk.fresh()


@pytest.fixture
def visit(desk):
    def visited(path, who="maria", form=None, language="en"):
        headers = {"accept": "text/html", "accept-language": language}
        if form is None:
            return desk.client(who).get(path, headers=headers)
        headers |= form_headers(who)
        form = {"state": desk.rooms.shelf.shelf.state(), **form}
        return desk.client(who).post(path, data=form, headers=headers, follow_redirects=False)

    visited.rooms = desk.rooms
    return visited


def fields_of(page):
    """What the form of a change carries unseen."""
    return dict(re.findall(r'name="(once|state)" value="(\w+)"', page.text))


def words(page):
    return " ".join(re.sub(r"<[^>]*>", " ", page.text).split())


def test_the_page_says_what_the_evidence_permits_and_no_more(visit, shelf):
    told = words(visit("/models"))

    assert re.search(
        r"On your last 2 months this version ranked which open money would still be unpaid in 30 days", told
    )
    assert re.search(r"AUC 0\.\d\d \(95 %: 0\.\d\d to 0\.\d\d; aging 0\.\d\d\)", told)
    assert re.search(r"found \d+ % of the money that stayed unpaid \(95 %: \d+ % to \d+ %\)", told)
    assert "This does not measure the effect of calling." in told
    assert re.search(r"Judged on \d+ rows .* of \d+ customers on \d+ evenings from", told)


def test_the_pictures_show_the_figures_of_the_backtest_and_name_the_losing_months(visit, shelf):
    page = visit("/models")
    found = visit.rooms.shelf.backtest(shelf[2])["measured"]["horizons"]["30"]
    curve = next(one["found"] for one in found["captures"] if one["name"] == "model")

    assert page.text.count('class="md-line') == 4 + 1  # challenger, champion by its own backtest, two rules; diagonal
    assert f"{share_at(curve, 0.2):.0%}".replace("%", "\u00a0%") in page.text
    assert "what the team can work" in page.text
    assert page.text.count('class="md-bin"') == len(found["calibration"]["bins"])
    assert "Losing months: " in words(page)
    assert "The champion’s line is that of its own backtest" in words(page)


def test_gates_are_told_as_passed_to_watch_and_waiting_with_the_champions_figures(visit, shelf):
    told = words(visit("/models"))

    assert f"Gates of version {shelf[2]} 2 of 4 passed" in told
    assert "to watch: Calibration error Calibration error in 30 days: 0.081" in told
    assert "AUC of who stays unpaid, 30 days 0.800 (champion 0.800)" in told
    assert "waiting: Approval by another person Trained by Ann; nobody approved it yet." in told


def test_drift_is_told_with_its_verdict_the_grave_first_and_what_came_true(visit, shelf):
    assert "Nobody has compared them yet. Weekly is often enough: payrisk drift" in words(visit("/models"))
    keep_drift(shelf[0], shelf[1])

    told = words(visit("/models"))

    assert "Retrain: the version no longer fits what it sees." in told
    assert re.search(r"the score itself 0\.02 fine days past due 0\.31 act days late mean, 180 days 0\.04 fine", told)
    assert "said 31 %, happened 36 % of 300 item rows of 30 customers (−5.0 points, 95 % −9.0 to −1.0)" in told


@pytest.mark.parametrize("path", ["/models", "/models/{new}"])
def test_what_it_is_worth_for_customers_never_seen_stands_with_its_intervals(visit, shelf, path):
    told = words(visit(path.format(new=shelf[2])))

    assert "Asked who stays unpaid 30 days: no detectable difference whether it had learned from a customer" in told
    assert "Days ahead 30 14" in told
    assert "AUC, customers never seen 0.712 95 %: 0.660 to 0.760" in told
    assert "AUC, the same learned from 0.731 95 %: 0.690 to 0.770" in told
    assert "Difference −0.019 95 %: −0.040 to +0.002" in told
    assert "AUC, best simple order 0.655 oldest first" in told
    assert "Rows 1,412 of 17 customers 980 of 17 customers" in told
    assert "19 customers were left out of learning at the cutoff of 27 January 2026, and 74 customers" in told


def seen_as(at_30=None, **also):
    """A backtest whose customers left out showed something else."""
    measured = json.loads(backtest())["measured"]
    if at_30 is not None:
        measured["never_seen"]["horizons"]["30"] |= at_30
    return {"measured": measured | also}


@pytest.mark.parametrize(
    ("gain", "verdict"),
    [
        ((-0.04, -0.01), "customers never seen are ranked less well"),
        ((0.01, 0.02), "customers never seen are ranked better"),
        ((-0.04, 0.0), "no detectable difference"),
        ((None, None), "too few customers to tell whether it matters"),
    ],
)
def test_the_verdict_says_no_more_than_the_interval_of_the_difference_permits(gain, verdict):
    at = {"gain": {"value": -0.019, "low": gain[0], "high": gain[1]}}

    assert never_seen_told(seen_as(at)).verdict.startswith(f"Asked who stays unpaid 30 days: {verdict}")


def test_where_customers_never_seen_were_not_measured_the_page_says_why():
    older = seen_as()
    del older["measured"]["never_seen"]
    nobody = seen_as()["measured"]["never_seen"] | {"horizons": {}}

    for found, why in (
        (None, "no backtest judged this version"),
        (older, "an earlier payrisk made the backtest"),
        (seen_as(never_seen=None), "there was no time for it, or too little to learn from or to judge"),
        (seen_as(never_seen=nobody), "too few of their items were paid, or too few stayed unpaid"),
    ):
        told = never_seen_told(found)
        assert told.verdict.startswith(f"Not measured: {why}")
        assert told.rows == ()


@pytest.mark.parametrize("path", ["/models", "/models/{new}"])
def test_how_often_people_overruled_the_list_is_told_as_the_drift_report_counted_it(visit, shelf, path):
    path = path.format(new=shelf[2])
    assert "Nobody has counted it yet: the drift report does. payrisk drift" in words(visit(path))
    keep_drift(shelf[0], shelf[1])

    told = words(visit(path))

    assert "In the 30 days up to 31 March 2026: 200 accounts worked on, the list overruled on 7 % of them" in told
    assert "of them (12 contested, 3 put off by hand)." in told
    assert "Month Worked on Contested Put off Overruled February 2026 90 3 4 7 % March 2026 1,210 13 3 1 %" in told


@pytest.mark.parametrize(
    ("overrides", "says"),
    [
        ([], "Nobody recorded work on an account by the evening of 31 March 2026."),
        (
            [{"period": "last 30 days", "worked": 0, "contested": 0, "put_off": 0, "overruled": 0}],
            "In the 30 days up to 31 March 2026 nobody recorded work on an account.",
        ),
    ],
)
def test_where_nobody_worked_the_page_says_so_and_tells_no_share(visit, shelf, overrides, says):
    keep_drift(shelf[0], shelf[1], overrides=overrides)

    told = words(visit("/models"))

    assert says in told
    assert "the list overruled on" not in told


def test_of_two_drift_reports_the_newest_tells_what_people_did(shelf):
    kept, first = shelf[0], shelf[1]
    keep_drift(kept, first, as_of="2026-03-03")
    keep_drift(kept, kept.sound_versions()[-1].version)

    assert VersionShelf(kept).newest_drift()["as_of"] == "2026-03-31"
    assert overruled_told({"as_of": "2026-03-03"}).recent.startswith(
        "The drift report of 3 March 2026 did not count it"
    )


def test_a_version_put_to_use_a_moment_ago_does_not_hide_what_people_did_before(visit, shelf):
    keep_drift(*shelf[:2])

    newest = shelf[0].sound_versions()[-1].version
    assert newest != shelf[1]
    assert "the list overruled on" in words(visit(f"/models/{newest}"))


def test_a_version_without_papers_says_what_is_missing_and_how_to_get_it(visit, shelf):
    shutil.rmtree(shelf[0].folder)
    assert "Nothing was trained yet. Train a first version with: payrisk train" in words(visit("/models"))
    shelf[0].keep(version_of(date(2026, 3, 1), judged=False), NOW)

    told = words(visit("/models"))

    assert "Nothing was measured of version 2026-03-01-" in told
    assert "No backtest: nothing was judged." in told
    assert "first version, not yet approved" in told


@pytest.mark.parametrize(("who", "why"), [("ann", "You trained it: another person has to approve it."),
                                          ("ada", "A manager approves versions.")])  # fmt: skip
def test_who_may_not_approve_sees_the_button_disabled_with_the_reason(visit, shelf, who, why):
    page = visit("/models", who)

    assert re.search(r'<button class="button primary" type="button" disabled aria-describedby="why-not">', page.text)
    assert why in words(page)
    assert "/approval" not in page.text
    assert visit(f"/models/{shelf[2]}/approval", who).status_code == 404


def test_a_manager_who_trained_it_is_told_so_and_gets_no_form(visit, shelf):
    own = shelf[0].put(version_of(date(2026, 3, 1), "MARIA"))

    page = visit(f"/models/{own}/approval")

    assert "You trained it" in words(page)
    assert "<textarea" not in page.text
    refused = visit(f"/models/{own}/approval", form={"reason": "because I can"})
    assert (refused.status_code, "was trained by MARIA" in refused.text) == (409, True)


def test_a_manager_approves_and_goes_back_with_a_reason_each_confirmed(visit, shelf):
    kept, old, new = shelf
    form = visit(f"/models/{new}/approval")
    once = re.search(r'name="once" value="(\w+)"', form.text)[1]
    assert "It scores every list from now on, instead of " + old in words(form)

    empty = visit(f"/models/{new}/approval", form={"reason": " ", "once": once})
    assert (empty.status_code, "Say why" in empty.text, len(kept.history())) == (422, True, 1)
    for _ in range(2):  # a second press of the button
        done = visit(f"/models/{new}/approval", form={"reason": "calmer <b>", "once": once})
        assert (done.status_code, done.headers["location"]) == (303, "/models")
    assert (kept.champion().version, len(kept.history())) == (new, 2)

    page = visit("/models")
    assert "calmer &lt;b&gt;" in page.text
    assert '<a class="button" href="/models/rollback">Roll back</a>' in page.text
    assert f"Version {old} is put to use again, instead of {new}." in words(visit("/models/rollback"))
    assert visit("/models/rollback", form={"reason": "a bad export"}).status_code == 303
    assert kept.champion().version == old
    again = visit("/models/rollback", form={"reason": "a bad export"})
    assert (again.status_code, "stays in use" in again.text) == (409, True)
    assert visit.rooms.scores.ready > 0  # whoever opens a form is likely to send it


@pytest.mark.parametrize(
    ("language", "told"),
    [("en", "In use now: {new}; asks to replace it: –."), ("de", "Jetzt im Einsatz: {new}; zur Ablösung bereit: –.")],
)
def test_who_comes_second_is_told_how_the_versions_stand_and_decides_anew(visit, shelf, language, told):
    kept, old, new = shelf
    seen = fields_of(visit(f"/models/{new}/approval"))
    kept.promote(new, "vera", NOW)

    for path, state in ((f"/models/{old}/approval", seen["state"]), ("/models/rollback", seen["state"]),
                        ("/models/rollback", "")):  # fmt: skip
        late = visit(path, form={**seen, "state": state, "reason": "calmer"}, language=language)
        assert (late.status_code, told.format(new=new) in words(late)) == (412, True), path
    assert (kept.champion().version, len(kept.history())) == (new, 2)
    now = fields_of(late)
    assert ">calmer</textarea>" in late.text
    assert now["once"] != seen["once"]
    assert visit("/models/rollback", form={**now, "reason": "calmer"}).status_code == 303
    assert kept.champion().version == old


def test_the_card_of_a_version_is_a_click_away_and_its_papers_are_files(visit, shelf):
    _, old, new = shelf
    assert f'<a class="button" href="/models/{new}">Model card</a>' in visit("/models").text

    card = visit(f"/models/{old}")
    assert "Currency EUR" in words(card)
    assert "Währung EUR" in words(visit(f"/models/{old}", language="de"))
    assert "120 of 12 customers" in words(card)
    paper = visit(f"/models/{old}/card.html")
    assert (paper.content, "attachment" in paper.headers["content-disposition"]) == (b"<h1>card</h1>", True)
    for missing in (
        f"/models/{old}/backtest.html",
        f"/models/{old}/habit.json",
        "/models/none",
        "/models/none/card.html",
    ):
        assert visit(missing).status_code == 404


def test_the_link_in_the_head_is_for_who_may_see_it(visit, store):
    assert '<a class="tab" href="/models"' in visit("/me", "ada").text
    assert '<a class="tab" href="/models"' not in visit("/me", "root").text
    assert '<a class="tab" href="/models"' not in client_of(store).get("/me").text  # a desk without a shelf
