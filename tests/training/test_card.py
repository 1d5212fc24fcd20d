"""The model card: what a manager and an auditor read of a version."""

import json
import re
import shutil
from dataclasses import asdict, replace
from datetime import date
from functools import cache
from types import SimpleNamespace
from typing import Any, cast
from xml.etree import ElementTree

import numpy as np
import pytest
from judged_rows import random_judged
from model_builders import EVENING, random_curve, random_habit_curve, random_table

from features.catalogue import CATALOGUE_BY_NAME
from features.spec import CONCEPT_BY_KEY, HABIT
from features.table import FeatureTable
from models.bundle import Bundle
from models.explanation import explain
from models.habit_curve import HabitCurve
from models.payment_curve import PaymentCurve
from models.readings import horizon_days
from models.recalibration import Recalibration
from training.backtest import Backtest
from training.card import card, card_page
from training.card_figures import quality
from training.card_tonight import Tonight
from training.cutoffs import Fold
from training.fit import Recipe
from training.judgement import measure
from training.measured import Measured
from training.promotion import Gate
from training.reason_stability import Other

GATES = (
    Gate("enough_history", True, "1,846 settled items over 17.5 months (needed: 500 over 6)"),
    Gate("calibrated", False, "calibration error in 14 days: 0.081", blocks=""),
    Gate("no_segment_collapses", False, "currency SEK -0.080 (at most -0.055)", blocks="promotion"),
)
HOSTILE = "<img src=x onerror=alert(1)>"
SECTIONS = ("use", "origin", "quality", "worse", "gates", "moves", "stability", "limits", "kept")
TABLE = random_table(80, seed=5)
CURVE = random_curve(monotone={"late_5_share_365d": -1})


@pytest.fixture(scope="module")
def measured() -> Measured:
    return a_quarter()


@cache
def tonight() -> Tonight:
    """What the curve says of the table, beside an earlier curve and one of other customers; with pictures."""
    return seen(CURVE)


def seen(curve: PaymentCurve | HabitCurve, table: FeatureTable = TABLE, **also: Any) -> Tonight:
    others = [
        Other("newest_month", date(2026, 2, 10), random_curve(seed=2)),
        Other("redrawn", EVENING, random_curve(seed=3)),
    ]
    found = Tonight.of(curve, table, 5, **({"others": others} | also))
    assert found is not None
    return found


def a_quarter(sek: str = "SEK") -> Measured:
    rows = random_judged(2_400, months=3)
    rows["currency"] = rows["currency"].replace("SEK", sek)
    return measure(rows, ("model", "habit", "logistic"), ("amount", "bucket"), "EUR")


def a_bundle(measured: Measured | None = None, gates: tuple[Gate, ...] = GATES, **also: Any) -> Bundle:
    metrics = measured.metrics() if measured else {}
    told: dict[str, Any] = {
        "curve": CURVE,
        "trained_as_of": EVENING,
        "grace_days": 5,
        "fingerprint": TABLE.fingerprint,
        "passed": True,
        "metrics": {name: None if np.isnan(value) else value for name, value in metrics.items()},
        "gates": tuple(asdict(gate) for gate in gates),
        "trained_by": "Ada Byron",
        "learned_from": {
            "ledger_version": "v-17",
            "data_hash": "d" * 64,
            "first_known": "2024-09-02",
            "items": 1846,
            "customers": 93,
            "seed": 7,
            "skipped": ["fold 2 of 12 was not judged"],
            "snapshots": 12_345,
            "intervals": 67_890,
            "folds": ["2025-11-30", "2025-12-30"],
            "family": "hazard",
            "family_why": "the hazard: no other family was better",
        },
    }
    return Bundle(**(told | also))


def a_backtest(measured: Measured) -> Backtest:
    """The measured figures, of three monthly folds; the card reads nothing else of a walk."""
    walked = SimpleNamespace(folds=tuple(Fold(20_000 + 30 * number, ()) for number in range(3)))
    choice = SimpleNamespace(why="the hazard: no other family was better")
    return Backtest(cast(Any, walked), cast(Any, choice), measured, cast(Any, None), Recipe())


def tree(html: str) -> ElementTree.Element:
    body = re.sub(r"<br>", "<br/>", html[html.index("<body>") : html.index("</html>")])
    return ElementTree.fromstring(body)


def words(html: str) -> str:
    return " ".join(" ".join(tree(html).itertext()).split())


def rows_of(html: str) -> list[list[str]]:
    """Each table row as its cells' texts."""
    return [[" ".join(" ".join(cell.itertext()).split()) for cell in row] for row in tree(html).iter("tr")]


def test_the_card_has_every_section_and_is_one_file_without_script(measured):
    html = card(a_bundle(measured), measured, tonight())

    assert [one.get("id") for one in tree(html).iter("h2")] == list(SECTIONS)
    assert not re.search(r"<script|<link|@import|url\(|https?:|style=|\son\w+=", html)
    assert all(image.get("src", "").startswith("data:image/png;base64,") for image in tree(html).iter("img"))
    assert "prefers-color-scheme: dark" in html
    assert "@media print" in html


def test_it_says_what_it_is_for_and_what_not(measured):
    said = words(card(a_bundle(measured), measured, tonight()))

    for told in (
        "A person reads the score with its reasons and decides", "no credit limit", "Stopping supply",
        "Natural persons", "under the calls of the past", "payrisk rollback --by NAME",
        "Whoever trained a version cannot approve it",
    ):  # fmt: skip
        assert told in said


def test_it_says_who_trained_it_on_what(measured):
    bundle = a_bundle(measured)

    said = words(card(bundle, measured, tonight()))

    for told in (
        "Ada Byron", "1,846 items of 93 customers", "from 2 September 2024 to 31 March 2026",
        "12,345 snapshots of open items and 67,890 intervals", "30 November 2025; 30 December 2025", "d" * 64, "v-17",
        bundle.model_hash, bundle.fingerprint, "the hazard: no other family was better", "on 1 feature the sign",
        "Fold 2 of 12 was not judged.", f"{bundle.curve.trees_.leaves:,} leaves in 15 trees", "Not recalibrated",
    ):  # fmt: skip
        assert told in said


def test_what_is_not_known_of_the_data_is_left_out():
    said = words(card(a_bundle(learned_from={}), None, None))

    assert "Learned from" not in said
    assert "None" not in said
    assert "Nothing was left out to save time." in said


def test_a_recalibrated_curve_says_by_what():
    curve = random_curve().recalibrated(Recalibration(1.25, 0.9))

    assert "is 1.25 × the trees' own to the power of 0.9" in words(card(a_bundle(curve=curve), None, None))


def test_the_figures_on_the_card_are_those_of_the_version(measured):
    bundle = a_bundle(measured)
    rows = {row[0]: row[1:] for row in rows_of(card(bundle, measured, tonight())) if len(row) == 3}

    metrics = bundle.metrics
    for label, name, form in (
        ("AUC", "auc", "{:.3f}"), ("Log loss", "log_loss", "{:.3f}"), ("Calibration error (ECE)", "ece", "{:.3f}"),
        ("Late items in the first fifth of the list", "found20", "{:.0%}"),
        ("Rows judged (an open item on an evening)", "n", "{:,.0f}"),
    ):  # fmt: skip
        for at, horizon in enumerate((14, 30)):
            assert rows[label][at].split()[0] == form.format(metrics[f"{name}_{horizon}"])
    assert rows["AUC"][1].endswith(f"{metrics['auc_30_low']:.3f} to {metrics['auc_30_high']:.3f}")
    assert f"off by {metrics['date_error_days']:.1f} days on average" in words(card(bundle, measured, tonight()))


def test_every_rival_stands_with_what_the_model_gains_over_it(measured):
    rows = {row[0]: row[1:] for row in rows_of(card(a_bundle(measured), measured, tonight())) if len(row) == 5}

    metrics = measured.metrics()
    assert rows["largest amount first"][0] == f"{metrics['amount_auc_14']:.3f}"
    assert rows["logistic regression"][3].startswith(f"+{metrics['auc_gain_over_logistic_30']:.3f}")
    assert rows["the model"][2] == "–"


def test_changed_figures_change_the_card(measured):
    bundle = a_bundle(measured)
    changed = replace(bundle, metrics={**bundle.metrics, "auc_30": 0.123})

    assert "0.123" in card(changed, measured, tonight())
    assert "0.123" not in card(bundle, measured, tonight())


def test_an_unmeasured_figure_is_a_dash_and_an_untaken_measure_is_left_out(measured):
    metrics = {**a_bundle(measured).metrics, "slope_14": None, "brier_14": None, "brier_30": None}

    rows = {row.label: row.cells for row in quality(metrics)}

    assert rows["Calibration slope (1 is right)"][0].text == "–"
    assert "Brier score" not in rows


def test_it_says_for_whom_it_is_worse(measured):
    found = measured.horizons[30]
    parts = tuple(
        replace(part, too_small=False, auc=replace(part.auc, value=0.5, low=0.45, high=0.55),
                gain=replace(part.gain, value=-0.1, low=-0.15, high=-0.05), ece=0.2)
        if (part.kind, part.name) == ("currency", "SEK") else part
        for part in found.segments
    )  # fmt: skip
    worse = replace(measured, horizons={**measured.horizons, 30: replace(found, segments=parts)})

    said = words(card(a_bundle(worse), worse, tonight()))

    assert "A simple order is better for currency SEK:" in said
    assert "by 0.100 in AUC (95% −0.150 to −0.050)" in said
    assert "Its chances are less right for currency SEK: calibration error 0.200" in said
    assert "is better for currency EUR" not in said
    assert re.search(r"New customers \(fewer than 3 settled items\): AUC 0\.\d{3} \(95%", said)


def test_the_losing_months_are_counted(measured):
    bundle = a_bundle(measured)
    judged = bundle.metrics["judged_months_30"]

    said = words(card(replace(bundle, metrics={**bundle.metrics, "losing_months_30": 1.0}), None, None))

    assert f"In 30 days: 1 of {judged:.0f} months were lost to something simpler." in said


def test_every_gate_stands_with_its_answer_and_its_reason(measured):
    html = card(a_bundle(measured), measured, tonight())

    gates = [one for one in tree(html).iter("ul") if one.get("class") == "gates"]
    told = [" ".join("".join(item.itertext()).split()) for item in gates[0]]
    assert [one[0] for one in told] == ["✓", "!", "✗"]
    assert [item[0].get("aria-label") for item in gates[0]] == ["passed", "warning", "declined"]
    assert all(gate.reason in one for gate, one in zip(GATES, told, strict=True))
    assert "a no forbids promotion" in told[2]


def test_a_version_that_cannot_be_promoted_says_so(measured):
    sentence = "it cannot be put to use in the place of another version"

    assert sentence in words(card(a_bundle(measured, passed=False), measured, tonight()))
    assert sentence not in words(card(a_bundle(measured), measured, tonight()))


def test_what_moves_it_are_the_mean_absolute_points_of_the_explanations(measured):
    bundle = a_bundle(measured)
    horizons = horizon_days(TABLE.keys["due_on"].to_numpy() + 5 - TABLE.keys["day"].to_numpy())
    found = explain(bundle.curve, TABLE, horizons)
    by_hand = np.abs(found.points[:, found.columns.index("late_5_share_365d")]).mean() * 100

    html = card(bundle, measured, tonight())

    row = next(row for row in rows_of(html) if row and row[0] == "late_5_share_365d")
    assert row[1] == f"{by_hand:.2f}"
    assert row[2] == "more means paid later"
    assert "Reasons describe the model, not causes." in words(html)
    assert "path-dependent, not interventional" in words(html)
    assert f"over {len(TABLE)} of {len(TABLE)} open items" in words(html)


def test_the_card_tells_how_many_kept_their_first_reason_and_by_how_much_each_idea_moved(measured):
    earlier, chance = tonight().stability

    html = card(a_bundle(measured), measured, tonight())

    rows = {row[0]: row[1:] for row in rows_of(html)}
    assert [one.split()[0] for one in rows["Same first reason"]] == [
        f"{one.first_same.value:.0%}" for one in (earlier, chance)
    ]
    assert rows["The chance itself moved by, points"] == [f"{one.risk_moved:.2f}" for one in (earlier, chance)]
    strongest = earlier.ideas[0]  # its title stands in two tables, and this one comes last
    assert rows[CONCEPT_BY_KEY[strongest.key].title] == [
        f"{value:.2f}" for value in (strongest.points, strongest.moved, strongest.correlation)
    ]
    assert "which learned until 10 February 2026, and this one" in words(html)


def test_reasons_that_did_not_hold_are_a_warning_on_the_card_and_in_its_figures(measured):
    def papers(share: float) -> dict[str, bytes]:
        held = [replace(one, first_same=replace(one.first_same, value=share)) for one in tonight().stability[:1]]
        return card_page(a_bundle(measured), None, replace(tonight(), stability=tuple(held)))

    low, high = papers(0.69), papers(0.71)

    told = "fewer than 70 of 100 items kept their first reason"
    assert (told in words(low["card.html"].decode()), told in words(high["card.html"].decode())) == (True, False)
    warnings = [json.loads(one["card.json"])["warnings"] for one in (low, high)]
    assert [len(one) for one in warnings] == [1, 0]
    assert told in warnings[0][0]


def test_the_cards_figures_are_plain_json_with_what_moves_it_and_whether_its_reasons_hold(measured):
    told = json.loads(card_page(a_bundle(measured), None, tonight())["card.json"])

    assert told["trained_as_of"] == "2026-03-31"
    seen_tonight = told["tonight"]
    assert [one["against"] for one in seen_tonight["reason_stability"]] == ["newest_month", "redrawn"]
    assert seen_tonight["moves"]["items"] == len(TABLE)
    assert len(seen_tonight["pictures"]) == 5
    assert json.loads(card_page(a_bundle(measured), None, None)["card.json"])["tonight"] is None


def test_the_pictures_stand_on_the_card_with_words_for_those_who_cannot_see_them(measured):
    images = list(tree(card(a_bundle(measured), measured, tonight())).iter("img"))

    assert [one.get("src") for one in images] == [picture.address for picture in tonight().pictures.drawn]
    assert all(one.get("alt") for one in images)


def test_signs_cancel_within_an_idea_before_its_size_is_taken():
    curve = random_curve()
    horizons = horizon_days(TABLE.keys["due_on"].to_numpy() + 5 - TABLE.keys["day"].to_numpy())
    points = explain(curve, TABLE, horizons).points
    habit = [at for at, name in enumerate(curve.encoding_.columns) if CATALOGUE_BY_NAME[name].concept == HABIT]

    found = seen(curve, others=(), draw=False).moves

    idea = next(one for one in found.ideas if one.name == HABIT.title)
    assert idea.points == pytest.approx(np.abs(points[:, habit].sum(axis=1)).mean() * 100)
    assert idea.points < np.abs(points[:, habit]).sum(axis=1).mean() * 99
    assert [one.points for one in found.ideas] == sorted((one.points for one in found.ideas), reverse=True)


def test_at_most_three_hundred_items_are_explained_whatever_their_order():
    table = random_table(400, seed=8)
    curve = random_curve()

    found = seen(curve, table, others=(), draw=False)

    assert (found.moves.items, found.moves.open_items) == (300, 400)
    assert seen(curve, table.take(list(range(400))[::-1]), others=(), draw=False) == found


def test_without_an_open_item_the_card_says_that_nothing_was_explained(measured):
    said = words(card(a_bundle(measured), measured, Tonight.of(CURVE, TABLE.take([]), 5)))

    assert "Not looked at: no open item was explained" in said
    assert "Not measured: there was no open item, or no other curve, to hold its reasons against." in said


def test_what_comes_from_outside_cannot_become_markup():
    hostile = a_quarter(sek=HOSTILE)
    bundle = a_bundle(
        hostile, gates=(Gate("enough_history", False, HOSTILE),), trained_by=HOSTILE,
        learned_from={"ledger_version": HOSTILE, "family_why": HOSTILE, "skipped": [HOSTILE], "tuning": HOSTILE},
    )  # fmt: skip

    papers = card_page(bundle, a_backtest(hostile), tonight())

    for name in ("card.html", "backtest.html"):
        html = papers[name].decode()
        assert "<img src=x" not in html
        assert "currency &lt;img src=x" in html
        tree(html)


def test_the_same_version_has_the_same_papers_to_the_byte(measured, tmp_path):
    bundle, judged = a_bundle(measured), a_backtest(measured)

    papers = card_page(bundle, judged, tonight())

    assert sorted(papers) == ["backtest.html", "backtest.json", "card.html", "card.json"]
    assert card_page(a_bundle(measured), a_backtest(a_quarter()), seen(CURVE)) == papers
    bundle.with_papers(papers).save(tmp_path / "kept")
    restored = Bundle.load(tmp_path / "kept")
    assert restored.papers == papers
    assert card(restored, measured, tonight()).encode() == papers["card.html"]


def test_neither_instant_nor_customer_stands_on_the_card(measured):
    html = card(a_bundle(measured), measured, tonight())

    assert not re.search(r"\d\d:\d\d", words(html))
    assert not set(TABLE.keys["customer_id"]) & set(re.findall(r"[\w-]+", html))


def test_the_backtest_beside_it_tells_the_same_gates_and_figures(measured):
    papers = card_page(a_bundle(measured), a_backtest(measured), tonight())

    told = json.loads(papers["backtest.json"])
    assert told["months"] == 3
    assert told["as_of"] == "2026-03-31"
    assert [gate["name"] for gate in told["gates"]] == [gate.name for gate in GATES]
    assert told["measured"]["horizons"]["30"]["rows"] == measured.metrics()["n_30"]
    assert "trained by Ada Byron" in papers["backtest.html"].decode()


def test_the_habit_curve_that_took_a_declined_models_place_says_why(measured):
    declined = Gate("ranks_better_than_chance", False, "AUC of who is overdue and unpaid in 14 days: 0.510")
    bundle = a_bundle(measured, gates=(declined,), curve=random_habit_curve())

    html = card(bundle, measured, seen(bundle.curve))

    said = words(html)
    assert (
        "declined by the gate “ranks better than chance”: AUC of who is overdue and unpaid in 14 days: 0.510." in said
    )
    assert "there is no model in it" in said
    assert "steps, not SHAP values" in said
    rows = {row[0]: row[1:] for row in rows_of(html) if len(row) == 3}
    assert rows["AUC"][1].split()[0] == f"{bundle.metrics['habit_auc_30']:.3f}"
    assert not re.search(r'id="worse"|id="stability"|<img|The model.s gain', html)
    assert "the model" in {row[0] for row in rows_of(html)}
    own = replace(bundle, metrics={name: bundle.metrics[name] for name in measured.metrics_of_others()})
    assert "the model" not in {row[0] for row in rows_of(card(own, measured, None))}
    assert len(html) < len(card(a_bundle(measured), measured, tonight()))


def test_the_habit_curve_beside_a_model_says_that_it_waits():
    bundle = a_bundle(gates=GATES[:1], curve=random_habit_curve())

    papers = card_page(bundle, None, None)

    assert list(papers) == ["card.html", "card.json"]
    said = words(papers["card.html"].decode())
    assert "This one waits beside it" in said
    assert "there was no backtest of this version" in said


@pytest.mark.chromium
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_fits_a_phone_a_tablet_and_a_desk_and_asks_for_nothing(measured, tmp_path, theme):
    api = pytest.importorskip("playwright.sync_api")
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("There is no Chromium on this machine (Debian: apt-get install chromium).")
    file = tmp_path / "card.html"
    file.write_text(card(a_bundle(measured), measured, tonight()), encoding="utf-8")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        for width in (390, 768, 1280):
            tab = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=theme)
            asked: list[str] = []
            tab.on("request", lambda request, asked=asked: asked.append(request.url))
            tab.goto(file.as_uri())
            assert tab.evaluate("document.documentElement.scrollWidth") == width
            assert asked == [file.as_uri()]
            tab.close()
        browser.close()


def test_the_day_of_training_is_the_cards_own():
    assert "31 March 2026" in words(card(a_bundle(), None, None))
    assert "1 May 2026" in words(card(a_bundle(trained_as_of=date(2026, 5, 1)), None, None))
