"""What of a German text is still English: the words that no German sentence has."""

import re

ENGLISH_WORDS = re.compile(
    r"\b(the|of|and|are|is|to|from|with|for|by|at|overdue|open|late|risk|accounts?|recorded|due|days|expected|what|who|"
    r"nothing|nobody|not|you|has|have|invoices?|customers?|call|paid|money|evening|list|each|every|first|can|this|that)\b",
    re.IGNORECASE,
)


def english_in(text: str) -> list[str]:
    """The English words of a text."""
    return ENGLISH_WORDS.findall(text)
