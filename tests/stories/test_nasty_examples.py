"""A corpus of nasty files that others wrote, judged by their own checker, where it is.

The checker starts its importer once for each case; here it gets ours in this process, for the sake of time.
"""

import os
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest
from builders import new_database

ROOT = Path(__file__).resolve().parents[2]
NASTY = Path(os.environ.get("PAYRISK_PUBLIC_DATA") or ROOT.parent / "shared" / "data").parent / "nasty"

sys.path.insert(0, str(ROOT / "benchmarks"))
import import_adapter  # noqa: E402


@pytest.fixture
def check(monkeypatch):
    """The checker of one case, with our importer behind it."""
    spec = spec_from_file_location("check_nasty", NASTY / "check_nasty.py")
    assert spec
    assert spec.loader
    checker = module_from_spec(spec)
    spec.loader.exec_module(checker)
    monkeypatch.setattr(
        import_adapter, "upgrade", lambda url: new_database(Path(url.removeprefix("sqlite:///")).parent)
    )
    monkeypatch.setattr(
        checker, "run",
        lambda adapter, task, work, timeout: (import_adapter.run_task(task, work / "db"), 0, 0.0, 0.0, ""),
    )  # fmt: skip
    return lambda case: checker.check(case, [], {}, 60, True)


@pytest.mark.skipif(
    not (NASTY / "check_nasty.py").exists(),
    reason="no folder nasty with check_nasty.py beside the one that PAYRISK_PUBLIC_DATA names",
)
def test_every_nasty_example_ends_as_its_authors_say_and_none_is_silently_wrong(check):
    cases = [check(path.parent) for path in sorted((NASTY / "examples").rglob("case.json"))]

    assert len(cases) >= 50
    assert [case["id"] for case in cases if case["silent"]] == []
    assert {case["id"]: case["notes"] for case in cases if case["level"] < 3} == {}
