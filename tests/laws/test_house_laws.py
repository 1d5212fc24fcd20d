"""The laws of the house that a reader of the source can check: floors, clock, pickles, signboards, a light server."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("ledger", "features", "models", "training", "serving", "simulation", "payrisk")

FORBIDDEN_IMPORTS = {"pickle", "cPickle", "cloudpickle", "dill", "joblib", "shelve", "marshal"}
FORBIDDEN_CALLS = {"eval", "exec", "load_model", "read_pickle", "yaml.load", "np.load", "numpy.load", "joblib.load"}
CLOCK_CALLS = {"time.time", "time.time_ns", "time.localtime", "time.gmtime", "time.ctime", "time.strftime"}


def sources(*rooms: str) -> Iterator[tuple[Path, ast.Module]]:
    for room in rooms:
        for path in sorted((ROOT / room).rglob("*.py")):
            yield path.relative_to(ROOT), ast.parse(path.read_text(encoding="utf-8"))


def called_names(tree: ast.AST) -> Iterator[tuple[int, str, str]]:
    """(line, dotted name, last name) of every call whose name can be read off the source."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            dotted = ast.unparse(node.func)
            yield node.lineno, dotted, dotted.rsplit(".", 1)[-1]


def imported_modules(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, name.name) for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.lineno, node.module


def pickles_in(tree: ast.AST) -> list[str]:
    found = [
        f"{line}: import {name}" for line, name in imported_modules(tree) if name.split(".")[0] in FORBIDDEN_IMPORTS
    ]
    found += [
        f"{line}: {dotted}()"
        for line, dotted, last in called_names(tree)
        if dotted in FORBIDDEN_CALLS or (last in {"load_model", "read_pickle", "to_pickle"})
    ]
    return found


def clocks_in(tree: ast.AST) -> list[str]:
    return [
        f"{line}: {dotted}()"
        for line, dotted, last in called_names(tree)
        if last in {"today", "now", "utcnow"} or dotted in CLOCK_CALLS
    ]


def test_nothing_is_ever_unpickled():
    assert {str(path): found for path, tree in sources(*ROOMS) if (found := pickles_in(tree))} == {}


def test_the_clock_is_read_only_at_the_gate():
    below_the_gate = [room for room in ROOMS if room != "payrisk"]
    assert {str(path): found for path, tree in sources(*below_the_gate) if (found := clocks_in(tree))} == {}


def test_within_the_gate_only_the_clock_file_reads_the_clock():
    readers = {
        str(path)
        for path, tree in sources("payrisk")
        for _, dotted, _ in called_names(tree)
        # the gate's own `today(settings)` and `gate.now` are no clocks; the standard library's are
        if dotted in CLOCK_CALLS or re.fullmatch(r"(.*\.)?(date|datetime)\.(today|now|utcnow)", dotted)
    }
    assert readers == {"payrisk/clock.py"}


@pytest.mark.parametrize(
    ("source", "finder"),
    [
        ("import pickle", pickles_in),
        ("from joblib import load", pickles_in),
        ("x = mlflow.pyfunc.load_model('m')", pickles_in),
        ("x = eval('1')", pickles_in),
        ("x = date.today()", clocks_in),
        ("x = datetime.now(UTC)", clocks_in),
        ("x = time.time()", clocks_in),
    ],
)
def test_the_search_for_forbidden_calls_finds_them(source, finder):
    assert finder(ast.parse(source))


def test_a_rooms_init_is_only_its_signboard():
    signboards = [(path, tree) for path, tree in sources(*ROOMS) if path.name == "__init__.py"]
    assert len(signboards) >= len(ROOMS)
    for path, tree in signboards:
        assert ast.get_docstring(tree), f"{path} has no signboard"
        assert len(tree.body) == 1, f"{path} holds more than its docstring"


def test_the_signboards_of_the_ledger_name_every_file_and_room():
    for board in sorted((ROOT / "ledger").rglob("__init__.py")):
        named = set(re.findall(r"`(\w+)(?:\.py|/)`", board.read_text(encoding="utf-8")))
        rooms = {path.parent.name for path in board.parent.glob("*/__init__.py")}
        files = {path.stem for path in board.parent.glob("*.py") if not path.stem.startswith("__")}
        assert named == files | rooms, board.relative_to(ROOT)


def test_the_import_contracts_hold():
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command; lint_imports_command()",
            "--no-cache",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
