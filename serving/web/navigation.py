"""Where a visitor can go: the links in the header of every page, those that lead somewhere for them; where they start,
and whether they are shown around there; the address of an account."""

from collections.abc import Collection
from urllib.parse import quote

from serving.people.access import BY_ROUTE, sight_of
from serving.web.forms import visitor_now

LINKS: tuple[tuple[str, str, str], ...] = (
    ("queue", "/queue", "Queue"),
    ("portfolio", "/portfolio", "Portfolio"),
    ("team", "/team", "Team"),
    ("models", "/models", "Models"),
    ("imports", "/imports", "Imports"),
    ("settings", "/settings", "Settings"),
    ("docs", "/docs", "API"),
)
"""The name that a page's template gives itself (`page`), the route, and the word."""


def may(path: str, method: str = "GET") -> bool:
    """In a template: whether the visitor sees anything of this route."""
    visitor = visitor_now()
    return visitor is not None and sight_of(visitor.person, BY_ROUTE[method, path]).extent != "none"


def navigation(absent: Collection[str] = ()) -> list[tuple[str, str, str]]:
    """In a template: the links that the visitor may follow, but for those of rooms that are absent."""
    return [link for link in LINKS if link[0] not in absent and may(link[1])]


def home() -> str:
    """In a template: the page that the visitor starts at, as `LINKS` names it, else their own (`me`)."""
    return "queue" if may("/queue") else "me"


def shows_tour(demo: bool) -> bool:
    """In a template: whether the visitor is still to be shown around; `demo`: by an invented company's figures."""
    visitor = visitor_now()
    return visitor is not None and visitor.person.sees_tour(demo=demo)


def account_href(customer_id: str) -> str:
    """The page of an account; an id may hold any character."""
    return f"/accounts/{quote(customer_id, safe='', errors='replace')}"
