"""The notebooks run from top to bottom, as notebooks, and stop where something they claim is not so."""

import ast
from pathlib import Path

import jupytext
import pytest
from nbclient import NotebookClient

FOLDER = Path(__file__).resolve().parents[1] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.py"))


def by_name(path: Path) -> str:
    return path.stem


def assertions(code: str) -> int:
    """How many things a cell claims."""
    return sum(isinstance(node, ast.Assert) for node in ast.walk(ast.parse(code)))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=by_name)
def test_the_notebook_runs_and_what_it_claims_is_so(path, monkeypatch, tmp_path):
    monkeypatch.setenv("TMPDIR", str(tmp_path))  # what a notebook writes goes where pytest tidies up
    notebook = jupytext.read(path)
    kernel = {"metadata": {"path": path.parent}}

    NotebookClient(notebook, timeout=300, kernel_name="python3", resources=kernel).execute()

    printed = [out.get("text", "") for cell in notebook.cells for out in cell.get("outputs", [])]
    assert any("add up" in text for text in printed)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=by_name)
def test_the_last_cell_asserts_what_the_notebook_claims(path):
    code = [cell.source for cell in jupytext.read(path).cells if cell.cell_type == "code"]

    assert assertions(code[-1]) > 0
