"""Scores as a file: one row per open item, Parquet or CSV, with the columns of `SCORE_COLUMNS`.

`open_amount` is a 64-bit float in the document currency: the nearest double of the exact decimal, which any reader
turns back into the same minor units by rounding to the currency's decimals (amounts stay below 2^53 minor units).
Dates are dates, `reasons` is JSON text. Parquet is read by programs and holds every id as it is; in CSV a text that a
spreadsheet could take for a formula is neutralised.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from ledger.money import to_decimal
from models.score import Score
from serving.errors import UnknownFileKind
from serving.files import neutral, write_whole

SCORE_COLUMNS = pa.schema(
    [
        ("item_id", pa.string()),
        ("customer_id", pa.string()),
        ("as_of", pa.date32()),
        ("open_amount", pa.float64()),
        ("currency", pa.string()),
        ("dpd", pa.int32()),
        ("p_late", pa.float64()),
        ("late_risk", pa.float64()),
        ("p_unpaid_14", pa.float64()),
        ("p_unpaid_30", pa.float64()),
        ("p_unpaid_60", pa.float64()),
        ("expected_on", pa.date32()),
        ("model_version", pa.string()),
        ("mode", pa.string()),
        ("source_row", pa.int64()),
        ("reasons", pa.string()),
    ]
)
"""Names and types of a scores file; probabilities are null in mode `rule`, `expected_on` is null out of sight."""


def write_scores(scores: Sequence[Score], path: Path) -> None:
    """Write the scores; the name's ending, `.parquet` or `.csv`, says how.

    Raises:
        UnknownFileKind: for another ending.
        CannotWrite: when the file cannot be written; what was there before is untouched.
    """
    kind = path.suffix.lower()
    if kind == ".parquet":
        table = score_table(scores)
        write_whole(path, lambda unfinished: pq.write_table(table, unfinished, compression="zstd"))
    elif kind == ".csv":
        text = _neutralised(score_table(scores))
        write_whole(path, lambda unfinished: pa_csv.write_csv(text, unfinished))
    else:
        raise UnknownFileKind(str(path))


def score_table(scores: Sequence[Score]) -> pa.Table:
    """The scores as an Arrow table with exactly `SCORE_COLUMNS`, in the order given."""
    return pa.Table.from_pylist([_score_row(score) for score in scores], schema=SCORE_COLUMNS)


def _score_row(score: Score) -> dict[str, Any]:
    return {
        "item_id": score.item_id,
        "customer_id": score.customer_id,
        "as_of": score.as_of,
        "open_amount": float(to_decimal(score.open_minor, score.currency)),
        "currency": score.currency,
        "dpd": score.dpd,
        "p_late": score.p_late,
        "late_risk": score.late_risk,
        "p_unpaid_14": score.p_unpaid_14,
        "p_unpaid_30": score.p_unpaid_30,
        "p_unpaid_60": score.p_unpaid_60,
        "expected_on": score.expected_on,
        "model_version": score.model_version,
        "mode": score.mode,
        "source_row": score.source_row,
        "reasons": json.dumps(
            [{"concept": r.concept, "text": r.text, "points": r.points, "arrow": r.arrow} for r in score.reasons],
            ensure_ascii=False,
        ),
    }


def _neutralised(table: pa.Table) -> pa.Table:
    for name in ("item_id", "customer_id"):
        cells = pa.array([neutral(text) for text in table[name].to_pylist()], pa.string())
        table = table.set_column(table.schema.get_field_index(name), name, cells)
    return table
