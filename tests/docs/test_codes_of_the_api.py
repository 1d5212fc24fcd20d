"""The codes of the API: programs decide by them, so that none may change, come or go unsaid."""

import re
from pathlib import Path

from serving.side import Busy
from serving.web.guard import OVERLOADED, UNKNOWN_HOST
from serving.web.problem_examples import TOO_LARGE, TOO_SLOW
from serving.web.problems import INTERNAL, STATUS

PAGE = Path(__file__).resolve().parents[2] / "docs/api.md"
WITHOUT_ERROR = {"bad_request": 422, "method_not_allowed": 405, Busy.code: 503}
"""Codes that `serving.web.problems` gives by itself; that they are answered: tests/web."""


def test_the_page_has_every_code_under_its_status_and_no_other():
    rows = re.findall(r"^\| (\d{3}) \| (.*) \|$", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    written = [(code, int(status)) for status, codes in rows for code in re.findall(r"`(\w+)`", codes)]

    bodies = (UNKNOWN_HOST, OVERLOADED, INTERNAL, TOO_LARGE, TOO_SLOW)
    assert len(written) == len(dict(written)) > 100
    assert dict(written) == {**STATUS, **WITHOUT_ERROR, **{one["code"]: one["status"] for one in bodies}}
