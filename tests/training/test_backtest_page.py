"""What a manager reads of a backtest: the sentences, the page, and what both may not say.

The kept page is written anew by `PYTHONPATH=.:tests python tests/training/test_backtest_page.py`.
"""

import os
import re
import shutil
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from judged_rows import FIRST, judged_rows, random_judged

from training.backtest_page import page
from training.backtest_text import About, backtest_text, headline
from training.judgement import measure
from training.measured import Measured
from training.promotion import Gate

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "backtest.html"
ABOUT = About(date(2025, 4, 30), months=3, grace_days=5, currency="EUR", version="7", trained="by service")
GATES = (
    Gate("enough_history", True, "1,846 settled items over 17.5 months (needed: 500 over 6)"),
    Gate("calibrated", False, "calibration error in 14 days: 0.081", blocks=""),
    Gate("no_segment_collapses", False, "currency SEK −0.080 (at most −0.055)", blocks="promotion"),
)


def quarter(worked: bool = False) -> Measured:
    orders = ("amount", "bucket", *(["worked"] if worked else []))
    return measure(random_judged(700, months=3, worked=worked), ("model", "habit"), orders, "EUR")


@pytest.fixture(scope="module")
def measured() -> Measured:
    return quarter()


def as_xml(html: str) -> ElementTree.Element:
    body = html[html.index("<body>") : html.index("</html>")]
    return ElementTree.fromstring(re.sub(r"<br>", "<br/>", body))


def test_the_page_is_the_kept_one(measured):
    assert page(measured, ABOUT, GATES) == GOLDEN.read_text(encoding="utf-8")


def test_the_page_is_one_file_without_script_style_attributes_or_addresses(measured):
    html = page(measured, ABOUT, GATES)

    assert not re.search(r"<script|<link|<img|@import|url\(|https?:|style=|\son\w+=", html)
    as_xml(html)


def test_what_comes_from_outside_cannot_become_markup(measured):
    hostile = "<img src=x onerror=alert(1)>"
    about = About(date(2025, 4, 30), 3, 5, hostile, version=hostile, trained=hostile)

    html = page(measured, about, [Gate("enough_history", False, hostile)])

    assert "<img" not in html
    assert html.count("&lt;img src=x") >= 4


def test_the_first_sentence_is_the_one_that_a_backtest_permits(measured):
    first, *others = headline(measured, ABOUT)

    assert re.fullmatch(
        r"On your last 3 months the model ranked which open money would still be unpaid in 30 days "
        r"with AUC 0\.\d\d \(95% 0\.\d\d to 0\.\d\d; aging: 0\.\d\d\)\.",
        first,
    )
    assert others[-1] == "This does not measure the effect of calling."


def test_a_loss_and_no_difference_stand_where_a_win_would():
    rng = np.random.default_rng(2)
    unpaid = rng.random(400) < 0.5
    knows = unpaid + rng.normal(0, 1, 400)
    guess = rng.random(400)

    def second_sentence(model, amount) -> str:
        frame = judged_rows(model, unpaid, amount_30=amount, amount_14=amount)
        return headline(measure(frame, ("model",), ("amount",), "EUR"), ABOUT)[1]

    told = (np.argsort(np.argsort(knows)) + 0.5) / 400
    assert second_sentence(told, guess).startswith("It ranked better than the best simple order (largest amount first)")
    worse = second_sentence(guess, knows)
    assert re.fullmatch(r"It ranked worse than the best .*\) by 0\.\d{3} in AUC \(95% 0\.\d{3} to 0\.\d{3}\)\.", worse)
    nothing = second_sentence(guess, guess + rng.normal(0, 0.2, 400))
    assert nothing.startswith("No detectable difference to the best simple order")
    assert re.search(r"one of 0\.\d\d\d would have been found four times in five", nothing)


def test_the_teams_own_order_is_compared_where_it_is_known_and_else_its_absence_is_told(measured):
    known = headline(quarter(worked=True), ABOUT)

    assert any("your team's own order (AUC 0." in sentence for sentence in known)
    assert any("No activity of your team is known for this time" in sentence for sentence in headline(measured, ABOUT))


def test_a_lost_month_is_named_in_the_head_and_in_its_row():
    better = judged_rows([0.9, 0.1], [True, False], amount_30=[1.0, 2.0])
    worse = judged_rows([0.1, 0.9], [True, False], amount_30=[2.0, 1.0])
    frame = pd.concat([better, worse.assign(fold=1, day=FIRST + 30, due_on=FIRST)])
    found = measure(frame, ("model",), ("amount",), "EUR")

    html = page(found, ABOUT)

    assert "Losing months: February 2025 (to largest amount first)." in headline(found, ABOUT)
    rows = ["".join(row.itertext()) for row in as_xml(html).iter("tr")]
    assert any("February 2025" in row and "lost to largest amount first 1.000" in " ".join(row.split()) for row in rows)


def test_a_month_without_outcomes_says_so(measured):
    html = page(measured, ABOUT)

    assert "no outcomes yet" in html
    assert "1 month without outcomes." in headline(measured, ABOUT)[-2]


def test_every_gate_stands_with_its_mark_and_reason(measured):
    items = [" ".join("".join(item.itertext()).split()) for item in as_xml(page(measured, ABOUT, GATES)).iter("li")]

    assert [item[0] for item in items] == ["✓", "!", "✗"]
    assert "currency SEK −0.080 (at most −0.055)" in items[2]
    assert "<h2>Gates" not in page(measured, ABOUT)


def test_nothing_judged_makes_a_page_that_says_so():
    nothing = measure(judged_rows([], []), ("model",), ("amount",), "EUR")

    assert "Nothing can be said about your last 3 months: no open item has an outcome yet." in page(nothing, ABOUT)
    assert "No open item stood on a judged evening." in backtest_text(nothing, ABOUT)


def test_items_that_all_ended_the_same_way_make_a_page_without_a_ranking():
    same = measure(judged_rows([0.9, 0.8], [True, True]), ("model",), ("amount",), "EUR")

    assert "every item ended the same way" in page(same, ABOUT)


def test_the_terminal_tells_the_sentences_the_table_and_the_gates(measured):
    text = backtest_text(measured, ABOUT, GATES)

    assert text.startswith("On your last 3 months the model ranked")
    for line in ("Still unpaid in 30 days", "own habit", "✗ no segment collapses", "Payment date: off by"):
        assert line in text
    assert "nan" not in text
    assert max(len(line) for line in text.splitlines() if line.startswith("  ") and "✗" not in line) <= 110


def leave_out(why: str) -> None:
    if os.environ.get("PAYRISK_NO_GAPS") == "1":
        pytest.fail(why)
    pytest.skip(why)


@pytest.mark.chromium
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_fits_a_phone_a_tablet_and_a_desk_and_asks_for_nothing(measured, tmp_path, theme):
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    try:
        from playwright.sync_api import sync_playwright
    except ModuleNotFoundError:
        leave_out("playwright is not installed")
    if program is None:
        leave_out("There is no Chromium on this machine (Debian: apt-get install chromium).")
    file = tmp_path / "backtest.html"
    file.write_text(page(measured, ABOUT, GATES), encoding="utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        for width in (390, 768, 1280):
            tab = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=theme)
            asked, complaints = [], []
            tab.on("request", lambda request, asked=asked: asked.append(request.url))
            tab.on("console", lambda message, complaints=complaints: complaints.append(message.text))
            tab.goto(file.as_uri())
            assert tab.evaluate("document.documentElement.scrollWidth") == width
            assert (asked, complaints) == ([file.as_uri()], [])
            tab.close()
        browser.close()


if __name__ == "__main__":
    GOLDEN.write_text(page(quarter(), ABOUT, GATES), encoding="utf-8")
    print(GOLDEN)
