"""The sentences that the program says, as they stand in its source, and those that have German."""

import ast
import re
import tomllib
from pathlib import Path

import serving.errors

ROOT = Path(serving.errors.__file__).parents[1]


def shape(text):
    """A sentence with its values left open: `{} is not a date.`"""
    return re.sub(r"\{.*?\}", "{}", text)


def sentences_in(path):
    """Each whole sentence that stands in a file in one piece, with its values left open; without those whose noun is
    counted, which stand in two forms."""
    tree = ast.parse(path.read_text())
    inside = {part for one in ast.walk(tree) if isinstance(one, ast.JoinedStr) for part in ast.walk(one)}
    inside |= {one.value for one in ast.walk(tree) if isinstance(one, ast.Expr)}  # what is said of the code itself
    for one in ast.walk(tree):
        if isinstance(one, ast.JoinedStr) and "count_text" not in ast.dump(one):
            yield "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in one.values)
        elif isinstance(one, ast.Constant) and isinstance(one.value, str) and one not in inside:
            yield one.value


def patterns_of(language):
    text = (ROOT / "serving" / "translations" / f"{language}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)["sentences"]
