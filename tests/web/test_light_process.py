"""The serving process stays light."""

import subprocess
import sys

from web_models import shelf_of

HEAVY = (
    "mlflow",
    "shap",
    "optuna",
    "matplotlib",
    "numba",
    "scipy",
    "sklearn",
    "lightgbm",
    "pandas",
    "pyarrow",
    "xlsxwriter",
)


def test_the_web_application_imports_no_heavy_library():
    code = f"import sys, serving.web.app; print([name for name in {HEAVY!r} if name in sys.modules])"

    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)

    assert found.stdout.strip() == "[]"


def test_telling_of_the_models_imports_none_either(tmp_path):
    _, old, _ = shelf_of(tmp_path)
    code = (
        "import sys; from pathlib import Path; from models.shelf import Shelf\n"
        "from serving.people.person import Person; from serving.versions.version_shelf import VersionShelf\n"
        "from serving.web.models.pages import models_page, version_page\n"
        f"shelf = VersionShelf(Shelf(Path({str(tmp_path / 'models')!r})))\n"
        "maria = Person('maria', 'Maria', frozenset({'manager'}))\n"
        f"assert models_page(shelf, maria)['capture'] and version_page(shelf, {old!r}, maria)['gates']\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )

    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)

    assert found.stdout.strip() == "[]"
