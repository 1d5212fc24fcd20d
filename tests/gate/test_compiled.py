"""Where compiled loops are kept when the installation cannot be written to."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

import features
from payrisk.compiled import keep_compiled
from payrisk.errors import NoPlaceForCompiled


def test_beside_the_code_where_that_can_be_written(tmp_path):
    environment: dict[str, str] = {}
    keep_compiled(tmp_path / "home", [tmp_path], environment)
    assert environment == {}


def test_a_home_that_is_needed_for_one_of_the_packages_serves_all(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: path == tmp_path)
    environment: dict[str, str] = {}
    keep_compiled(tmp_path, [tmp_path, tmp_path / "elsewhere"], environment)
    assert "NUMBA_CACHE_DIR" in environment


def test_in_a_folder_of_the_home_for_its_owner_alone_where_it_cannot(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    environment: dict[str, str] = {}

    keep_compiled(tmp_path, [tmp_path / "kernels"], environment)

    folder = Path(environment["NUMBA_CACHE_DIR"])
    assert folder.parent == tmp_path / "compiled"
    assert [stat.S_IMODE(one.stat().st_mode) for one in (folder, folder.parent)] == [0o700, 0o700]


def test_what_was_compiled_from_other_sources_is_not_found_again(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    source, folders = tmp_path / "lanes.py", []
    for text in ("a = 1", "a = 2", "a = 1"):
        source.write_text(text)
        os.utime(source, (0, 0))
        environment: dict[str, str] = {}
        keep_compiled(tmp_path, [tmp_path], environment)
        folders.append(environment["NUMBA_CACHE_DIR"])

    assert folders[0] == folders[2] != folders[1]


def test_a_file_in_the_place_of_the_folder_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    (tmp_path / "compiled").write_text("")
    with pytest.raises(NoPlaceForCompiled, match=r"compiled cannot hold the compiled loops \(File exists\)"):
        keep_compiled(tmp_path, [tmp_path], {})


def test_a_place_named_by_hand_stays(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    environment = {"NUMBA_CACHE_DIR": "/elsewhere"}
    keep_compiled(tmp_path / "home", [tmp_path], environment)
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
