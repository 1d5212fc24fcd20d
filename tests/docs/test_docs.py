"""The documents are true: links lead somewhere, generated pages are current, each law names a test that exists."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(p for p in ROOT.rglob("*.md") if not {".venv", "data", ".pytest_cache"} & set(p.relative_to(ROOT).parts))


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_relative_link_leads_to_a_file(page):
    targets = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    missing = [t for t in targets if "://" not in t and not t.startswith("mailto:") and not (page.parent / t).exists()]
    assert missing == []


def test_the_generated_pages_are_what_the_declarations_say():
    from payrisk.docs import pages

    assert [p.name for p, text in pages().items() if not p.is_file() or p.read_text(encoding="utf-8") != text] == []


def test_every_law_in_must_hold_names_a_test_that_exists():
    named = re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", (ROOT / "docs/must-hold.md").read_text(encoding="utf-8"))
    assert len(named) >= 12
    missing = [
        f"{path}::{test}"
        for path, test in named
        if not (ROOT / path).is_file() or f"def {test}(" not in (ROOT / path).read_text(encoding="utf-8")
    ]
    assert missing == []


def test_the_readme_names_only_commands_that_exist():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    used = set(re.findall(r"^\s*(?:\S+=\S+ )*payrisk (\w+)", readme, flags=re.MULTILINE))
    shown = subprocess.run(
        [sys.executable, "-m", "payrisk.cli", "--help"], capture_output=True, text=True, check=True, cwd=ROOT
    ).stdout
    assert used
    assert {command for command in used if not re.search(rf"^\W*{command}\b", shown, flags=re.MULTILINE)} == set()


def test_no_committed_lock_carries_an_address():
    locks = sorted((ROOT / "requirements").glob("*.txt"))
    assert locks
    assert [lock.name for lock in locks if re.search(r"(https?|file)://|--(index|find-links)", lock.read_text())] == []
