"""What an Accept header asks for, of what is offered: RFC 9110, section 12.5.1, with its weights."""

import re
from collections.abc import Sequence
from typing import NamedTuple

_RANGE = re.compile(r'((?:[^,"]|"(?:[^"\\]|\\.)*")+)')
_PARAMETER = re.compile(r'\s*;\s*([^\s=;"]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^;"]*)')
_TYPE = re.compile(r"\s*([!#$%&'*+.^_`|~0-9A-Za-z-]+)/([!#$%&'*+.^_`|~0-9A-Za-z-]+)\s*(?=;|$)")
_WEIGHT = re.compile(r"(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)")


class _Range(NamedTuple):
    """A media range: `*/*`, `text/*` or `text/csv`; parameters but for the weight are not told apart."""

    media: str
    weight: float
    place: int

    @property
    def exactness(self) -> int:
        return 0 if self.media == "*/*" else 1 if self.media.endswith("/*") else 2

    def takes(self, offer: str) -> bool:
        return self.exactness == 0 or self.media in (offer, f"{offer.partition('/')[0]}/*")


def preferred(accept: str, offers: Sequence[str]) -> str | None:
    """The media type to answer with; None where nothing that is offered is wanted.

    The heaviest wins; of equally heavy ones the one that is named more exactly, then the one named first, then the
    first offer. What no range takes, or one of weight 0, is not wanted. A header that says nothing wants everything;
    a range that cannot be read says nothing.

    Args:
        accept: the header, '' for none; several are joined with commas.
        offers: media types without parameters, in lower case, the one to give by itself first.

    >>> offers = ["application/json", "text/csv"]
    >>> preferred("", offers), preferred("text/csv", offers), preferred("text/csv;q=0, */*", offers)
    ('application/json', 'text/csv', 'application/json')
    >>> preferred("text/csv;q=0.5, application/json;q=0.4", offers), preferred("image/png", offers)
    ('text/csv', None)
    """
    ranges = [found for place, text in enumerate(_RANGE.findall(accept)) if (found := _range(text, place))]
    if not ranges:
        return offers[0]
    best: tuple[float, int, int, int] | None = None
    chosen = None
    for at, offer in enumerate(offers):
        taking = [one for one in ranges if one.takes(offer)]
        if not taking:
            continue
        one = max(taking, key=lambda one: (one.exactness, -one.place))
        rank = (one.weight, one.exactness, -one.place, -at)
        if one.weight > 0 and (best is None or rank > best):
            best, chosen = rank, offer
    return chosen


def _range(text: str, place: int) -> _Range | None:
    named = _TYPE.match(text)
    if named is None or (named[1] == "*" and named[2] != "*"):
        return None
    rest = text[named.end() :]
    parameters = {name.lower(): value.strip() for name, value in _PARAMETER.findall(rest)}
    if _PARAMETER.sub("", rest).strip("; \t"):
        return None
    weight = parameters.get("q", "1")
    if not _WEIGHT.fullmatch(weight):
        return None
    return _Range(f"{named[1]}/{named[2]}".lower(), float(weight), place)
