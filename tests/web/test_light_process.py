"""The serving process stays light."""

import subprocess
import sys

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
