"""Counts in sentences, one row, two rows; and words of a file, shown without harm."""

import math
import re
import unicodedata

_SHOWN_CHARS = 60
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]")


def shown(text: str) -> str:
    """What a file says, as a sentence shows it: cut, and without characters that steer a terminal.

    >>> shown("\\x1b[31mred"), len(shown("9" * 9000))
    ('[31mred', 61)
    """
    plain = without_control(text)
    return plain if len(plain) <= _SHOWN_CHARS else plain[:_SHOWN_CHARS] + "…"


def without_control(text: str) -> str:
    """The text without control and direction characters; blanks stay."""
    return _CONTROL.sub("", text)


def is_blank(text: str) -> bool:
    """Whether nobody can see anything of a text: blanks, marks without width or of direction, letters that are drawn as
    nothing.

    >>> is_blank(" \u200b\u202e\u2800"), is_blank("\u200bа"), is_blank("👍🏽"), is_blank("")
    (True, False, False, True)
    """
    return all(_is_unseen(character) for character in text)


def _is_unseen(character: str) -> bool:
    return character in _DRAWN_AS_NOTHING or unicodedata.category(character) in _UNSEEN


_UNSEEN = frozenset({"Cc", "Cf", "Cn", "Cs", "Mn", "Me", "Zl", "Zp", "Zs"})
_DRAWN_AS_NOTHING = frozenset("\u115f\u1160\u2800\u3164\uffa0")  # fillers of Hangul, a Braille cell without dots


def count_text(count: int, one: str, many: str | None = None) -> str:
    """A count with its noun; `many` where the plural is not `one` with an s.

    >>> count_text(1, "invoice"), count_text(1200, "invoice"), count_text(0, "entity", "entities")
    ('1 invoice', '1,200 invoices', '0 entities')
    """
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def percent(share: float | None) -> str:
    """A share or chance as whole percent; what is neither nothing nor everything is never shown as 0 or 100.

    >>> percent(0.774), percent(0.001), percent(0.9999), percent(1.0), percent(None), percent(float("nan"))
    ('77%', '<1%', '>99%', '100%', '–', '–')
    """
    if share is None or math.isnan(share):
        return "–"
    whole = round(share * 100)
    if whole == 0 and share > 0:
        return "<1%"
    return ">99%" if whole == 100 and share < 1 else f"{whole}%"
