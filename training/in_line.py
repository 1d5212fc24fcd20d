"""Whether MLflow's registry is in line with the shelf, asked without MLflow: a stamp beside its store.

The shelf is the truth. The stamp names the state of the shelf that the registry was last brought in line with; it is
taken away before anything is written to the store, so that a process that ends half way leaves none.
"""

from pathlib import Path

from models.shelf import Shelf

STAMP, DATABASE = "in-line-with-shelf", "mlflow.db"


def is_in_line(shelf: Shelf, folder: Path) -> bool:
    """Whether nothing is to be done: the stamp is the shelf's state, or there is neither a version nor a store.

    Args:
        folder: that of MLflow's store.
    """
    if not (folder / DATABASE).exists():
        return not shelf.damaged() and not shelf.sound_versions()
    stamp = folder / STAMP
    return stamp.is_file() and stamp.read_text(encoding="utf-8") == shelf.state()


def mark_in_line(folder: Path, state: str) -> None:
    """Remember the state of the shelf that the registry is in line with."""
    (folder / STAMP).write_text(state, encoding="utf-8")


def mark_out_of_line(folder: Path) -> None:
    """Forget it, before the store is written to."""
    (folder / STAMP).unlink(missing_ok=True)
