"""What of a German text or page is still English: the words that no German sentence has."""

import re
from html.parser import HTMLParser

ENGLISH_WORDS = re.compile(
    r"\b(the|of|and|are|is|to|from|with|for|by|at|overdue|open|late|risk|accounts?|recorded|due|days|expected|what|who|"
    r"nothing|nobody|not|you|has|have|invoices?|customers?|call|paid|money|evening|list|each|every|first|can|this|that)\b",
    re.IGNORECASE,
)


def english_in(text: str) -> list[str]:
    """The English words of a text."""
    return ENGLISH_WORDS.findall(text)


def english_of(page: str, written: re.Pattern[str] = re.compile("$^")) -> list[str]:
    """The texts of a page with an English word, but for what is `written` as it is."""
    return [text.strip() for text in Heard(page).texts if english_in(written.sub("", text))]


class Heard(HTMLParser):
    """The texts of a page and what is said of its parts, but for those that say that they are English, and what is
    typed."""

    SAID = ("aria-label", "title", "placeholder", "alt")
    TYPED = ("code", "pre", "kbd", "script", "style")
    VOID = ("input", "meta", "link", "br", "img")

    def __init__(self, page: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.open: list[bool] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag not in self.VOID:
            self.open.append(told.get("lang") == "en" or tag in self.TYPED)
        if not any(self.open):
            self.texts += [said for name in self.SAID if (said := told.get(name))]

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if not any(self.open):
            self.texts.append(data)
