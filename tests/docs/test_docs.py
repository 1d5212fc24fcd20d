"""The documents are true: links lead somewhere, generated pages are current, each law names a test that exists."""

import ast
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


def test_the_readme_counts_the_features():
    from features.catalogue import CATALOGUE

    assert f" {len(CATALOGUE)} features" in (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", ["must-hold.md", "desk.md", "api.md", "ranking.md", "curve.md"])
def test_every_law_and_promise_names_a_test_and_a_picture_that_exists(page):
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    named = re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", text)
    assert len(named) >= 12
    missing = [
        f"{path}::{test}"
        for path, test in named
        if not (ROOT / path).is_file() or f"def {test}(" not in (ROOT / path).read_text(encoding="utf-8")
    ]
    assert missing == []
    assert [one for one in re.findall(r"`(docs/images/\S+)`", text) if not (ROOT / one).is_file()] == []


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


CODES_STAND_AT = {
    "BadCell": 0, "FileRefused": 0, "TooLarge": 0, "SuspiciousChange": 0, "Warned": 0, "_mixed": 0, "_open": 0,
    "day_not_after": 2, "QuarantinedRow": 5,
}  # fmt: skip
"""Where the code stands among the arguments of what sets aside, warns or refuses."""
ONLY_BY_CALL = {"ledger_moved", "import_swept"}


def codes_of_the_ledger():
    """Every code with which `ledger/` sets a row aside, warns or refuses a file or a call."""
    codes = set(ONLY_BY_CALL)
    for path in sorted((ROOT / "ledger").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                at = 0 if name == "__init__" and path.name == "refusals.py" else CODES_STAND_AT.get(name, 99)
                codes |= set(constants(node.args[at : at + 1]))
                codes |= set(constants(word.value for word in node.keywords if word.arg == "reason"))
            if isinstance(node, ast.ClassDef) and path.name in ("refusals.py", "due_rules.py"):
                stated = [b for b in node.body if isinstance(b, ast.Assign) and b.targets[0].id == "code"]
                codes |= set(constants(statement.value for statement in stated))
            if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "_WARNINGS":
                codes |= set(constants(node.value.keys))
    return codes - {"unknown_net_eom"}


def constants(nodes):
    return [n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str) and n.value.islower()]


def codes_in(text):
    return set(re.findall(r"`([a-z]+(?:_[a-z]+)*)`", text))


def test_the_page_of_imports_has_every_code_of_the_ledger_and_no_other():
    page = (ROOT / "docs/importing.md").read_text(encoding="utf-8")
    in_tables = {code for line in page.splitlines() if line.startswith("| `") for code in codes_in(line.split("|")[1])}
    codes = codes_of_the_ledger()

    assert len(codes) > 70
    assert codes - codes_in(page) == set()
    assert in_tables - codes == set()
    assert {"blank", "exact_duplicate", "repeated_header", "total"} <= codes_in(page)


def test_the_page_of_operations_has_every_finding_of_the_scorecard_with_its_limits():
    from ledger.scorecard.findings import LIMITS

    page = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    written = {row.split("`")[1]: row for row in page.splitlines() if row.count("|") == 6 and row.startswith("| `")}

    def shown(limit):
        return "" if limit is None else f"{limit:g}"

    assert written == {
        code: f"| `{code}` | {shown(limit.warn)} | {shown(limit.hold)} | {limit.least} | {limit.reason} |"
        for code, limit in LIMITS.items()
    }
