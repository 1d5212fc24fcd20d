"""The payment history: every invoice where it belongs, nothing beyond an axis, and words that say what is drawn."""

import re
from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pictured import EVENING, drawn, kept_as, past

from serving.web.desk.past import PROMISES
from serving.web.desk.timeline import timeline
from serving.web.desk.timeline_axes import PLOT, TOP, Days

DAYS_LATE = st.one_of(st.integers(-30, 60), st.sampled_from([0, 1, 400, -400, 5000]))
DAYS_AGO = st.one_of(st.integers(-120, 730), st.sampled_from([-2000, 731]))
SETTLED = st.lists(st.tuples(DAYS_AGO, DAYS_LATE), max_size=60)
OPENED = st.lists(st.one_of(st.integers(-100, 200), st.sampled_from([0, 1, 400, 4000, -4000])), max_size=12)
PROMISED = st.lists(st.tuples(DAYS_AGO, st.sampled_from(sorted(PROMISES))), max_size=6)
CONTACTED = st.lists(st.tuples(st.integers(0, 730), st.booleans()), max_size=8)
ANY_PAST = st.builds(past, SETTLED, OPENED, PROMISED, CONTACTED)


@given(ANY_PAST)
def test_nothing_overflows_its_axis(body):
    picture = timeline(body)
    if picture is None:
        return

    xs = [dot.x for dot in picture.dots] + [x for x, _ in picture.months] + [picture.today]
    xs += [mark.x for lane in picture.lanes for mark in lane.marks]
    assert all(0 <= x <= 100 for x in xs)
    ys = [dot.y for dot in picture.dots] + [y for y, _ in picture.levels]
    assert all(TOP <= y <= TOP + PLOT for y in ys)
    assert picture.today >= 60, "what is far ahead must not squeeze what was"
    assert all(picture.bottom < lane.y - 7 and lane.y + 7 < picture.height - 16 for lane in picture.lanes)
    for x, y in (point.split(",") for point in picture.median.split()):
        assert 0 <= float(x) <= 1000
        assert TOP <= float(y) <= TOP + PLOT


@given(ANY_PAST)
def test_the_words_say_what_the_picture_shows(body):
    picture = timeline(body)
    if picture is None:
        return
    kinds, words = Counter(dot.kind for dot in picture.dots), " ".join(picture.words)
    settled = sum(kinds[kind] for kind in ("late", "slight", "on_time", "early"))

    if settled > 1:
        counts = re.search(r"Of (\d+) .* settled, (\d+) came late, (\d+) on time, (\d+) early", words)
        assert [int(count) for count in counts.groups()] == [
            settled,
            kinds["late"] + kinds["slight"],
            kinds["on_time"],
            kinds["early"],
        ]
    else:
        assert ("1 invoice settled" in words, "is settled" in words) == (settled == 1, settled == 0)
    past_due, not_due = re.search(r"(\d+) past due", words), re.search(r"(\d+) not past due", words)
    assert int(past_due.group(1) if past_due else 0) == kinds["open_late"]
    assert int(not_due.group(1) if not_due else 0) == kinds["open"]
    hidden = re.search(r"(\d+) invoices? due long before or after", words)
    assert len(picture.dots) + int(hidden.group(1) if hidden else 0) == len(body["history"]) + len(body["items"])
    assert len(picture.rows) == len(picture.dots)
    marks = Counter(mark.kind for lane in picture.lanes for mark in lane.marks)
    for state, told in PROMISES.items():
        assert (f"{marks[state]} {told}" in words) == (marks[state] > 0)


def test_a_dot_stands_at_its_due_day_as_high_as_it_was_late():
    picture = timeline(past(settled=[(100, 20), (50, 0), (20, -10)], opened=[30, -5]))
    late, on_time, slight_open, early, not_due = sorted(picture.dots, key=lambda dot: dot.x)[:5]

    assert [dot.kind for dot in (late, on_time, slight_open, early, not_due)] == [
        "late", "on_time", "open_late", "early", "open",
    ]  # fmt: skip
    a_day = (picture.due_y - slight_open.y) / 30
    assert picture.due_y - late.y == pytest.approx(20 * a_day, abs=0.1)
    assert early.y - picture.due_y == pytest.approx(10 * a_day, abs=0.1)
    assert on_time.y == not_due.y == picture.due_y
    days = Days(EVENING - timedelta(400), EVENING + timedelta(100))
    assert days.at(EVENING) == 80
    assert not_due.x > picture.today > early.x


@pytest.mark.parametrize(
    ("settled", "words"),
    [
        ([], "No invoice due in the 24 months before 31 March 2026 is settled."),
        ([(400, 1)], "1 invoice settled, due 24 February 2025: 1 day late."),
        ([(30, 0)], "1 invoice settled, due 1 March 2026: on time."),
        ([(400, 400)], "1 invoice settled, due 24 February 2025: 400 days late."),
    ],
)
def test_one_invoice_or_none_is_told_and_drawn_to_scale(settled, words):
    picture = timeline(past(settled, opened=[7]))

    assert picture.words[0] == words
    assert not any(dot.cut for dot in picture.dots)
    assert picture.words[1] == "Open: 1 past due (7 days)."


def test_of_many_open_invoices_those_due_first_are_drawn_and_all_counted():
    picture = timeline(past(opened=list(range(1, 71))))

    assert (len(picture.dots), len(picture.rows)) == (60, 60)
    assert {dot.title.split(", ")[2] for dot in picture.dots} >= {"70 days past due", "11 days past due"}
    assert "10 days past due" not in str(picture.dots)
    assert picture.words[1:] == (
        "Open: 70 past due (the oldest 70 days).",
        "Of the open ones the 60 due first are drawn.",
    )


def test_one_invoice_far_beyond_the_others_does_not_flatten_them_and_says_its_days():
    picture = timeline(past([(300 - 10 * n, 20) for n in range(19)] + [(60, 400)]))

    assert picture.levels[-1][1] == "+180"
    assert [dot.beyond for dot in picture.dots if dot.cut] == ["+400"]
    assert "the latest 400 days late" in picture.words[0]


def test_an_account_without_a_past_has_no_picture():
    assert timeline(past()) is None


def test_an_account_published_before_there_were_histories_shows_its_open_invoices():
    body = {name: value for name, value in past(opened=[9]).items() if name in ("run", "items")}

    assert [dot.kind for dot in timeline(body).dots] == ["open_late"]


def test_a_history_that_was_cut_begins_where_it_begins_and_says_so():
    picture = timeline(past([(20, 1), (10, 2)], opened=[500], in_all=90))

    assert picture.words == (
        "Of the last 2 invoices due and settled, since 11 March 2026, 2 came late, 0 on time, 0 early; "
        "median 2 days late, the latest 2 days late.",
        "1 invoice due long before or after is not drawn.",
    )
    assert picture.months[0] == (0, "Mar ’26")


def test_the_median_follows_the_last_six():
    picture = timeline(past([(200 - 20 * n, late) for n, late in enumerate([9, 9, 9, 9, 9, 9, 30, 30, 30, 30])]))
    heights = [float(point.split(",")[1]) for point in picture.median.split()]

    assert len(heights) == 10 - 6 + 1
    assert heights[0] == heights[1] == heights[2]
    assert heights[3] == pytest.approx(TOP + PLOT * (30 - (9 + 30) / 2) / 30, abs=0.1)
    assert timeline(past([(100, 1)] * 7)).median == ""


def test_the_picture_is_the_kept_one():
    body = past(
        [(400, 12), (300, -3), (200, 0), (120, 44), (500, 400), (90, 9), (80, 9), (60, 20)],
        [121, -4],
        [(40, "broken"), (20, "kept"), (-3, "pending"), (60, "part_kept"), (90, "cancelled")],
        [(40, True), (15, False)],
    )
    body["items"][0]["item_id"] = "</svg><script>alert(1)</script>"

    assert kept_as("timeline.html", drawn("timeline", timeline(body)) + drawn("history_table", timeline(body)))
