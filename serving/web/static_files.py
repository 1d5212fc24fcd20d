"""Static files: a browser keeps what it asked for by version; the version changes when a file does."""

import hashlib
import mimetypes
from os import PathLike, stat_result
from pathlib import Path
from typing import Final

from starlette.datastructures import QueryParams
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

STATIC = Path(__file__).parent / "static"

FONT: Final = "/static/vendor/inter/inter-latin.woff2?v=5.3.0"
"""The letters of most pages, asked for with the page; `desk.css` names the same address."""

FOR_A_YEAR: Final = "public, max-age=31536000, immutable"

mimetypes.add_type("font/woff2", ".woff2")


class Versioned(StaticFiles):
    """The files of a folder; those that are asked for with `?v=` are kept by the browser, so that no page waits for
    them twice."""

    def file_response(
        self, full_path: str | PathLike[str], stat_result: stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        """One file, with how long it may be kept."""
        answer = super().file_response(full_path, stat_result, scope, status_code)
        if "v" in QueryParams(scope["query_string"]):
            answer.headers["cache-control"] = FOR_A_YEAR
        return answer


def static_version() -> str:
    """Changes when a static file does."""
    content = b"".join(path.read_bytes() for path in sorted(STATIC.rglob("*")) if path.is_file())
    return hashlib.sha256(content).hexdigest()[:12]
