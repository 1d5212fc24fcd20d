"""Writes docs/star-schema.md: every table and column of `payrisk export`."""

from serving.star_schema.tables import TABLES, StarTable


def star_schema_markdown() -> str:
    """The whole page as Markdown."""
    lines = [
        "# Star schema",
        "",
        "Written by `payrisk docs` from `serving/star_schema/tables.py`. Do not edit.",
        "",
        "`payrisk export FOLDER [--as-of D] [--format parquet|csv]` writes one file for each table, and `export.json`,",
        "which says the evening, the reporting currency, the versions and the rows of each. How to use it:",
        "[power-bi.md](power-bi.md). Days are dates, amounts exact decimals with their currency beside them. In",
        "Parquet every text is as it is; in CSV what a spreadsheet could run has apostrophes, which `payrisk import`",
        "takes away.",
        "The files marked *imports* can be read by `payrisk import`, into an empty home too.",
        "",
    ]
    for table in TABLES:
        lines += _section(table)
    return "\n".join(lines)


def _section(table: StarTable) -> list[str]:
    imports = ", *imports*" if table.imports else ""
    return [
        f"## {table.name}",
        "",
        f"{table.shape.capitalize()}{imports}. One row: {table.row}.",
        "",
        f"Key: {', '.join(f'`{name}`' for name in table.key)}",
        "",
        "| column | kind | meaning | leads to |",
        "|---|---|---|---|",
        *(
            f"| `{one.name}` | {one.kind} | {one.meaning} | {_join(table.joins.get(one.name, ''))} |"
            for one in table.columns
        ),
        "",
    ]


def _join(to: str) -> str:
    return f"`{to}`" if to else ""
