"""The imports, the rows they set aside, and the versions of the model as tables. The API's own bodies go in."""

from collections.abc import Mapping
from typing import Any

from serving.tabular.table import Cell, Column, Table

Json = dict[str, Any]

_ROWS = ("rows_read", "rows_accepted", "rows_quarantined", "rows_ignored")

IMPORTS = (
    Column("id", "text", "the import"),
    Column("state", "text", "uploaded, asking, running, done, refused or failed"),
    Column("stage", "text", "check or load: what is done at its next turn"),
    Column("by", "text", "who brought it"),
    Column("via", "text", "page, api or command"),
    Column("created_at", "instant", "when it was brought, UTC"),
    Column("started_at", "instant", "when its last turn began, UTC"),
    Column("ended_at", "instant", "when it ended, UTC"),
    Column("files", "text", "their names"),
    Column("bytes", "whole", "of all its files"),
    Column("mapping", "text", "that they are read with"),
    *(Column(name, "whole", "of all its files; empty without a report") for name in _ROWS),
    Column("problem", "text", "code of what ended it"),
    Column("ledger_version", "whole", "of the ledger that it made"),
)

SET_ASIDE = (
    Column("file", "text", "the file that it stands in"),
    Column("row", "whole", "of its data, from 1"),
    Column("line", "whole", "of the file, from 1"),
    Column("invoice_id", "text", "the invoice that the row is about, where it could be read"),
    Column("column", "text", "the column that cannot be believed"),
    Column("value", "text", "what stands there"),
    Column("reason", "text", "code of why (docs/importing.md)"),
    Column("sentence", "text", "why, and what was expected"),
)

VERSIONS = (
    Column("version", "text", "of the model"),
    Column("trained_as_of", "day", "the evening whose knowledge it was fitted on"),
    Column("kind", "text", "model or habit"),
    Column("state", "text", "champion, challenger, retired, declined, waiting or damaged"),
    Column("note", "text", "as its training wrote it"),
    Column("trained_by", "text", "who trained it"),
    Column("approved_by", "text", "who promoted it last"),
    Column("approved_at", "instant", "when, UTC"),
    Column("approved_because", "text", "why"),
    Column("declined_by", "text", "the gates that keep it from use"),
    Column("data_hash", "text", "SHA-256 of the facts it learned from"),
    Column("auc_30", "number", "of its backtest, in 30 days"),
    Column("ece_30", "number", "mean difference between what was said and what happened"),
    Column("money_found20_30", "number", "share of the late money in the first fifth of each evening"),
)


def imports_table(body: Json) -> Table:
    """The imports, those that came last first."""
    return Table.of(IMPORTS, map(_import, body["items"]))


def set_aside_table(body: Json) -> Table:
    """The rows that an import set aside, in the order of its files."""
    return Table.of(SET_ASIDE, body["items"])


def models_table(body: Json) -> Table:
    """The versions on the shelf, the newest first."""
    return Table.of(VERSIONS, ({**one, "declined_by": "\n".join(one["declined_by"])} for one in body["versions"]))


def _import(one: Json) -> Mapping[str, Cell]:
    report, problem = one["report"] or {}, one["problem"] or {}
    return {
        **one,
        "files": ", ".join(file["name"] for file in one["files"]),
        "bytes": sum(file["bytes"] for file in one["files"]),
        **{name: report.get(name) for name in _ROWS},
        "problem": problem.get("code"),
    }
