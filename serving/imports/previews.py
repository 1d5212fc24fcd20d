"""How a file is read, without what stands in it: for who may see no cell of it, and to keep of an import that ended."""

from typing import Any

Json = dict[str, Any]


def without_cells(preview: list[Json] | None) -> list[Json] | None:
    """Tables with the columns that were understood by their headers; of a file without headers these are its cells."""
    if preview is None:
        return None
    return [{**table, "columns": [_bare(column, table) for column in table["columns"]]} for table in preview]


def _bare(column: Json, table: Json) -> Json:
    known = column["read_as"] and table["role"]
    return {**column, "cells": [], "header": column["header"] if known else ""}
