"""The side process: one question at a time, bounded in number and time, started again where it ended."""

import os
import sys
import threading
import time

import pytest

from serving.side import Busy, Refused, Side, once

WORKS = """
import json, os, sys, time
for line in sys.stdin:
    asked = json.loads(line)
    if asked["what"] == "wait":
        time.sleep(asked["seconds_of_work"])
    if asked["what"] == "end" or (asked["what"] == "end once" and not os.path.exists(asked["mark"])):
        open(asked["mark"], "w").close()
        os._exit(1)
    if asked["what"] == "refuse":
        answer = {"error": {"code": "same_person", "detail": "No.", "field": "by", "remedy": "Ask Omar."}}
    else:
        answer = {"pid": os.getpid(), "said": asked.get("say"), "large": "x" * asked.get("size", 0)}
    print(json.dumps(answer), flush=True)
"""


@pytest.fixture
def side():
    side = Side([sys.executable, "-c", WORKS], most_waiting=1)
    yield side
    side.close()


def test_a_process_is_started_when_it_is_needed_and_stays_warm(side):
    first, second = side.ask("say", {"say": "é"}, seconds=20), side.ask("say", {"size": 300_000}, seconds=20)

    assert (first["said"], len(second["large"])) == ("é", 300_000)
    assert first["pid"] == second["pid"] != os.getpid()


def test_being_ready_is_having_started(side):
    side.get_ready()

    assert side.ask("say", {}, seconds=20)["pid"] == side._process.pid


def test_a_refusal_keeps_its_code_field_and_way_out(side):
    with pytest.raises(Refused) as refused:
        side.ask("refuse", {}, seconds=20)

    told = refused.value
    assert (told.code, str(told), told.field, told.remedy) == ("same_person", "No.", "by", "Ask Omar.")


def test_a_process_that_ended_is_started_again_once(side, tmp_path):
    before = side.ask("say", {}, seconds=20)["pid"]

    assert side.ask("end once", {"mark": str(tmp_path / "mark")}, seconds=20)["pid"] != before
    with pytest.raises(Busy):
        side.ask("end", {"mark": str(tmp_path / "mark")}, seconds=20)
    assert side.ask("say", {"say": 1}, seconds=20)["said"] == 1


def test_a_question_that_takes_too_long_is_told_to_come_back_and_its_answer_is_nobody_elses(side):
    side.ask("say", {}, seconds=20)

    with pytest.raises(Busy) as busy:
        side.ask("wait", {"seconds_of_work": 5, "say": "late"}, seconds=0.2)

    assert busy.value.seconds > 0
    assert side.ask("say", {"say": "mine"}, seconds=20)["said"] == "mine"


def test_beyond_those_that_may_wait_a_question_is_told_to_come_back_at_once(side):
    side.ask("say", {}, seconds=20)
    busy = [threading.Thread(target=side.ask, args=("wait", {"seconds_of_work": 0.6}), kwargs={"seconds": 20})
            for _ in range(2)]  # fmt: skip
    for thread in busy:
        thread.start()
    time.sleep(0.2)

    began = time.monotonic()
    with pytest.raises(Busy, match="waiting"):
        side.ask("say", {}, seconds=20)
    assert time.monotonic() - began < 0.3
    for thread in busy:
        thread.join()
    assert side.ask("say", {"say": 2}, seconds=20)["said"] == 2


def test_a_process_that_goes_on_says_its_first_line_and_is_not_waited_for(tmp_path):
    mark = tmp_path / "done"
    goes_on = f"""
import os, time
os.write(1, b'{{"id": "one"}}\\n'); os.close(1)
time.sleep(0.4); open({str(mark)!r}, "w").close()
"""
    assert once([sys.executable, "-c", goes_on], 20) == {"id": "one"}
    assert not mark.exists()
    until = time.monotonic() + 10
    while not mark.exists() and time.monotonic() < until:
        time.sleep(0.02)
    assert mark.exists()


@pytest.mark.parametrize(("code", "seconds"), [("", 20), ("import time; time.sleep(9)", 0.3)])
def test_a_process_that_says_nothing_is_told_of(code, seconds):
    with pytest.raises(Busy):
        once([sys.executable, "-c", code], seconds)
