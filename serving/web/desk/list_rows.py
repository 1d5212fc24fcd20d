"""The rows of the list: what each says is drawn once, and kept beside the list that it was read from.

A row says its line in a language, and what came of the account since. What depends on who looks, and at which part of
the list (its link, whether it is chosen, the form that takes an outcome back), the page draws around it each time.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import quote

from markupsafe import Markup

from serving.web.desk.work import Done

Json = dict[str, Any]

STATES_KEPT = 2
"""How many states of each account are kept drawn: as it is, and as it was or will be a moment ago."""


class State(NamedTuple):
    """What came of an account since its list was made.

    Attributes:
        done: what was recorded last; None for nothing.
        call_at: the time of its appointment, '' for none; has_callback: whether that is today.
    """

    done: Done | None
    call_at: str
    has_callback: bool


class Row(NamedTuple):
    """A line with its state, and the markup of what they say, which is anybody's who sees the line.

    Attributes:
        start: up to the account in the address of the row's link; what keeps the view comes next, then a quote.
        facts: all that follows, up to where the last cell may take a form.
    """

    line: Json
    state: State
    start: Markup
    facts: Markup


Draw = Callable[[Json, State], Markup]

START = Markup(
    '<td role="cell" class="c-rank">{rank}</td>\n'
    '<td role="cell" class="c-account"><a class="go" href="/queue?account={account}'
)


class ReadList:
    """A list read in one language, to be read and never changed, with those of its rows that were drawn.

    Args:
        draw: draws the facts of a line in a state, in that language.
    """

    def __init__(self, body: Json, draw: Draw) -> None:
        lines = {line["customer_id"]: line for line in body["items"]}
        self.body = body
        self._draw = draw
        self._kept = lru_cache(STATES_KEPT * len(lines))(
            lambda customer_id, state: self._drawn(lines[customer_id], state)
        )

    def row(self, line: Json, done: Done | None) -> Row:
        """The row of a line under a tab (`list_tabs`). Who is on no list is drawn anew: nothing tells when that
        account changed."""
        state = State(done, line["call_at"], line["has_callback"])
        return self._drawn(line, state) if line["rank"] is None else self._kept(line["customer_id"], state)

    def _drawn(self, line: Json, state: State) -> Row:
        account = quote(line["customer_id"], safe="", errors="replace")
        return Row(line, state, START.format(rank=line["rank"] or "–", account=account), self._draw(line, state))
