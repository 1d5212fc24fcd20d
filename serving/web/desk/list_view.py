"""What of the list is looked at: its tab, its filters and the search, all in the URL, so that a page can be sent on."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import Depends

from serving.web.languages import retold

Json = dict[str, Any]
Tab = Literal["todo", "callbacks", "broken", "large", "disputed", "held", "done"]

TABS: Mapping[Tab, str] = {
    "todo": "To do",
    "callbacks": "Callbacks due",
    "broken": "Broken promises",
    "large": "Large",
    "disputed": "Disputed",
    "held": "Held",
    "done": "Done today",
}
MOST_CHARACTERS = 100
"""Of a search."""


@dataclass(frozen=True)
class ListView:
    """A part of the list.

    Attributes:
        tab: what is still to do or a part of that, whom a rule holds, or what was worked since the list was made.
        q: a part of a name or of an id, in any case; step: the code of a next step; '' for all.
        as_of: the evening as the URL says it; None for the newest.
    """

    tab: Tab = "todo"
    q: str = ""
    step: str = ""
    as_of: str | None = None

    def fields(self) -> dict[str, str]:
        """What of it is not the default, as the fields of a URL or of a form.

        >>> ListView("done", q="a&b").fields()
        {'tab': 'done', 'q': 'a&b'}
        """
        told = {"tab": "" if self.tab == "todo" else self.tab, "q": self.q, "step": self.step, "as_of": self.as_of}
        return {name: value for name, value in told.items() if value}

    def href(self, path: str = "/queue", **first: str) -> str:
        """A URL that keeps the view, with other fields before it.

        >>> ListView("done").href(account="a/b"), ListView().href()
        ('/queue?account=a%2Fb&tab=done', '/queue')
        """
        query = _query({**first, **self.fields()})
        return f"{path}?{query}" if query else path

    @property
    def rest(self) -> str:
        """What keeps the view behind the first field of a URL: `&tab=done`; '' for nothing."""
        return "".join(f"&{field}" for field in _query(self.fields()).split("&") if field)

    def on(self, tab: Tab) -> "ListView":
        """The same of another tab."""
        return replace(self, tab=tab)

    @property
    def narrowed(self) -> bool:
        """Whether search or filter leave something out."""
        return bool(self.q or self.step)

    def cleared(self) -> "ListView":
        """The same without search and filter."""
        return replace(self, q="", step="")

    def shows(self, line: Json) -> bool:
        """Whether filters and search let a line through, in whichever tab."""
        if self.step and line["next_step"] != self.step:
            return False
        wanted = self.q.casefold()
        return wanted in line["customer_id"].casefold() or wanted in (line["customer_name"] or "").casefold()


def _query(fields: Mapping[str, str]) -> str:
    return "&".join(f"{name}={quote(value, safe='', errors='replace')}" for name, value in fields.items())


def list_view(tab: str = "todo", q: str = "", step: str = "", as_of: str | None = None) -> ListView:
    """The view that a URL or a form asks for; a tab that is none of ours is the first."""
    known: Tab = next((one for one in TABS if one == tab), "todo")
    return ListView(known, q.strip()[:MOST_CHARACTERS], step[:MOST_CHARACTERS], as_of)


Viewed = Annotated[ListView, Depends(list_view)]


def steps_of(lines: Iterable[Json]) -> dict[str, str]:
    """The next steps on a list with their labels in the language of the page, the first seen first."""
    return {
        step: retold(label) for step, label in {line["next_step"]: line["next_step_label"] for line in lines}.items()
    }


def neighbours(lines: Sequence[Json], customer_id: str, rank: int | None) -> tuple[str | None, str | None]:
    """The accounts before and after one among these lines; of one that is not among them those next to its rank, and
    without a rank none and the first."""
    order = [line["customer_id"] for line in lines]
    if customer_id in order:
        at = order.index(customer_id)
        return (order[at - 1] if at else None), (order[at + 1] if at + 1 < len(order) else None)
    if rank is None:
        return None, next(iter(order), None)
    before = [line["customer_id"] for line in lines if line["rank"] and line["rank"] < rank]
    after = (line["customer_id"] for line in lines if line["rank"] and line["rank"] > rank)
    return (before[-1] if before else None), next(after, None)
