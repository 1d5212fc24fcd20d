"""Each import contract is seen to fail: a copy of the house with one wrong import is refused, by the contract meant."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("ledger", "features", "models", "training", "serving", "simulation", "payrisk")

WRONG_IMPORTS = [
    ("floors", "ledger/aging.py", "import models.score"),
    ("floors", "serving/listing/queue.py", "import training.metrics"),
    ("one-door-forward", "models/readings.py", "import ledger.outcomes"),
    ("features-see-a-view", "features/spec.py", "import ledger.book"),
    ("features-by-name", "features/from_view.py", "import ledger.derivation"),
    ("door-reads-no-file", "ledger/books/reconcile.py", "import ledger.books.control_file"),
    ("mlflow", "training/fit.py", "import mlflow"),
    ("optuna", "training/fit.py", "import optuna"),
    ("fastapi", "serving/listing/queue.py", "import fastapi"),
    ("lightgbm", "training/fit.py", "import lightgbm"),
    ("compiled", "features/streams.py", "import numba"),
    ("compiled", "models/curve_scoring.py", "import numba"),
    ("compiled", "features/evaluate.py", "import holidays"),
    ("sql", "serving/listing/queue.py", "import sqlalchemy"),
    ("readers", "ledger/importing.py", "import python_calamine"),
    ("readers", "payrisk/books.py", "import xml.etree.ElementTree"),
    ("rooms", "serving/web/pages.py", "import serving.web.desk.pictures"),
    ("pure-arithmetic", "training/metrics.py", "import pandas"),
    ("pure-arithmetic", "ledger/measures/ratios.py", "import numpy.typing, pandas"),
    ("pure-arithmetic", "ledger/due_rules.py", "import pathlib"),
]


@pytest.fixture(scope="module")
def copy_of_the_house(tmp_path_factory):
    house = tmp_path_factory.mktemp("house")
    shutil.copy(ROOT / "pyproject.toml", house)
    for room in ROOMS:
        shutil.copytree(ROOT / room, house / room, ignore=shutil.ignore_patterns("__pycache__"))
    return house


@pytest.mark.parametrize(("contract", "file", "line"), WRONG_IMPORTS, ids=[f"{c}-{f}" for c, f, _ in WRONG_IMPORTS])
def test_a_wrong_import_breaks_its_contract(copy_of_the_house, contract, file, line):
    path = copy_of_the_house / file
    right = path.read_text(encoding="utf-8")
    path.write_text(f"{right}\n{line}\n", encoding="utf-8")
    try:
        done = subprocess.run(
            [
                sys.executable,
                "-c",
                "from importlinter.cli import lint_imports_command; lint_imports_command()",
                "--no-cache",
                "--contract",
                contract,
            ],
            cwd=copy_of_the_house,
            capture_output=True,
            text=True,
        )
    finally:
        path.write_text(right, encoding="utf-8")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "BROKEN" in done.stdout
