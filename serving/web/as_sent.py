"""Routes that read a path as it was sent: a slash inside an id, sent as `%2F`, is part of the id."""

from urllib.parse import unquote

from fastapi.routing import APIRoute
from starlette.routing import Match
from starlette.types import Scope


class RouteAsSent(APIRoute):
    """A route whose words behind an id (`/accounts/{customer_id:path}/evidence/{code}`) stand in the path as sent.

    A server decodes the path before it is matched, so that the id `a/evidence/x` would be taken for the id `a`.
    """

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """As any route; not where a word of the route came out of an id."""
        match, child = super().matches(scope)
        if match is not Match.NONE and not _ends_so(self.path, scope.get("raw_path")):
            return Match.NONE, {}
        return match, child


def _ends_so(path: str, sent: bytes | None) -> bool:
    """Whether what follows the id in a route's path ends the path as sent; of a server that does not tell it, yes."""
    wanted = path.rpartition(":path}")[2].split("/")[1:] if ":path}" in path else []
    if sent is None or not wanted:
        return True
    found = [unquote(part) for part in sent.decode("latin-1").split("/")[-len(wanted) :]]
    return len(found) == len(wanted) and all(
        word.startswith("{") or word == part for word, part in zip(wanted, found, strict=True)
    )
