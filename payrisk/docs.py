"""The generated pages: written from the declarations, checked in CI, never edited by hand."""

from pathlib import Path

from ledger.errors import PayriskError


class PageOutOfDate(PayriskError):
    """A generated page differs from what the declarations say."""

    code = "page_out_of_date"

    def __init__(self, paths: list[Path]) -> None:
        super().__init__(f"{', '.join(map(str, paths))}: not what the declarations say. Write again: payrisk docs")


def pages() -> dict[Path, str]:
    """Path in the checkout → text."""
    from features.reason_reference import reasons_markdown
    from features.reference import features_markdown
    from ledger.schema import data_contract_markdown
    from serving.star_schema.reference import star_schema_markdown

    docs = Path(__file__).resolve().parent.parent / "docs"
    return {
        docs / "data-contract.md": data_contract_markdown(),
        docs / "features.md": features_markdown(),
        docs / "reasons.md": reasons_markdown(),
        docs / "star-schema.md": star_schema_markdown(),
    }


def write_docs(*, check: bool = False) -> list[Path]:
    """Write the pages that changed and tell which; with `check` raise `PageOutOfDate` instead."""
    stale = [p for p, text in pages().items() if not p.is_file() or p.read_text(encoding="utf-8") != text]
    if stale and check:
        raise PageOutOfDate(stale)
    for path in stale:
        path.write_text(pages()[path], encoding="utf-8")
    return stale
