"""Where compiled loops are kept when the installation cannot be written to."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import features
from payrisk.compiled import keep_compiled


def test_beside_the_code_where_that_can_be_written(tmp_path):
    environment: dict[str, str] = {}
    keep_compiled(tmp_path / "home", tmp_path, environment)
    assert environment == {}


def test_in_a_folder_of_the_home_for_its_owner_alone_where_it_cannot(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    environment: dict[str, str] = {}

    keep_compiled(tmp_path / "home", tmp_path, environment)

    folder = Path(environment["NUMBA_CACHE_DIR"])
    assert folder == tmp_path / "home" / "compiled"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_place_named_by_hand_stays(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    environment = {"NUMBA_CACHE_DIR": "/elsewhere"}
    keep_compiled(tmp_path / "home", tmp_path, environment)
    assert environment == {"NUMBA_CACHE_DIR": "/elsewhere"}


def test_what_was_compiled_once_is_found_by_the_next_process(tmp_path):
    code = (
        "import numpy as np; from features.kernels.arranging import arranged, _arranged;"
        "arranged(np.array([1, 0]), np.array([5, 6]), 2); print(sum(_arranged.stats.cache_hits.values()))"
    )
    root = str(Path(features.__file__).parent.parent)
    environment = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path), "PYTHONPATH": root}
    found = [
        subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True).stdout
        for _ in range(2)
    ]
    assert [line.strip() for line in found] == ["0", "1"]
