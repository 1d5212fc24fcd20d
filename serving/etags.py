"""Versions of what several people change: each names the one that a change of theirs was made on."""


def etag(version: int | str) -> str:
    """The ETag of what is at a version, such as an account.

    >>> etag(3)
    '"3"'
    """
    return f'"{version}"'


def named_in(if_match: str | None) -> list[str]:
    """The ETags that an If-Match header names; none where it is missing, or would take any (`*`).

    >>> named_in('"3", W/"4"'), named_in("*"), named_in(None)
    (['"3"', 'W/"4"'], [], [])
    """
    named = [tag.strip() for tag in (if_match or "").split(",") if tag.strip()]
    return [] if "*" in named else named
