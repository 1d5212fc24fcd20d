"""Scores as a file: one row per open item and evening, Parquet or CSV, with the columns of `SCORE_COLUMNS`.

`open_amount` is a 64-bit float in the document currency: the nearest double of the exact decimal, which any reader
turns back into the same minor units by rounding to the currency's decimals (amounts stay below 2^53 minor units).
Dates are dates, `reasons` is JSON text. Parquet is read by programs and holds every id as it is; in CSV a text that a
spreadsheet could take for a formula is neutralised, also within the JSON (`ledger.neutral.without_apostrophes` is the
way back). Rows are written part by part, so that a file may be larger than memory.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from ledger.money import EXPONENT
from ledger.neutral import neutral_in_csv
from models.readings import Readings
from models.score import Reason
from serving.errors import UnknownFileKind
from serving.files import write_whole

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
        ("p_30_dpd", pa.float64()),
        ("p_60_dpd", pa.float64()),
        ("p_90_dpd", pa.float64()),
        ("expected_on", pa.date32()),
        ("expected_from", pa.date32()),
        ("expected_until", pa.date32()),
        ("model_version", pa.string()),
        ("mode", pa.string()),
        ("source_row", pa.int64()),
        ("reasons", pa.string()),
        ("grace_days", pa.int32()),
        ("hindsight", pa.bool_()),
    ]
)
"""Names and types of a scores file; probabilities are null in mode `rule`, days of payment out of sight.

`grace_days` is the grace that `p_late` and the horizon of `late_risk` speak of; `hindsight` says that the model was
trained later than `as_of`, so that it has seen what it would predict."""


@dataclass(frozen=True, eq=False)
class ScoredRows:
    """Rows to write, aligned by position.

    Attributes:
        keys: a frame of `features.table.KEY_COLUMNS`.
        read: the readings of each row; None in mode `rule`.
        reasons: those of each row; None where they were not asked for, which is written as an empty list.
        model_version: the one version that scored them; None in mode `rule`.
        mode: of each row, text, shape (n,).
        grace_days: days.
        hindsight: of each row, shape (n,).
    """

    keys: pd.DataFrame
    read: Readings | None
    reasons: Sequence[tuple[Reason, ...]] | None
    model_version: str | None
    mode: npt.NDArray[np.object_]
    grace_days: int
    hindsight: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.keys)


def require_file_kind(path: Path) -> None:
    """That the name ends in `.parquet` or `.csv`. Raises `UnknownFileKind`."""
    if path.suffix.lower() not in (".parquet", ".csv"):
        raise UnknownFileKind(str(path))


def write_scores(parts: Iterable[ScoredRows], path: Path) -> None:
    """Write the rows part by part; the name's ending, `.parquet` or `.csv`, says how.

    Raises:
        UnknownFileKind: for another ending.
        CannotWrite: when the file cannot be written; what was there before is untouched.
    """
    require_file_kind(path)
    if path.suffix.lower() == ".parquet":
        write_whole(path, lambda unfinished: _write_parquet(parts, unfinished))
    else:
        write_whole(path, lambda unfinished: _write_csv(parts, unfinished))


def score_table(rows: ScoredRows) -> pa.Table:
    """The rows as an Arrow table with exactly `SCORE_COLUMNS`, in the order given."""
    keys, count, read = rows.keys, len(rows), rows.read
    columns = {
        "item_id": _texts(keys["item_id"]),
        "customer_id": _texts(keys["customer_id"]),
        "as_of": _dates(keys["day"].to_numpy(dtype=np.int64)),
        "open_amount": _amounts(keys),
        "currency": _texts(keys["currency"]),
        "dpd": keys["dpd"].to_numpy(dtype=np.int32),
        "model_version": pa.array([rows.model_version] * count, pa.string()),
        "mode": pa.array(rows.mode, pa.string()),
        "source_row": keys["source_row"].to_numpy(dtype=np.int64),
        "reasons": pa.array(_told(rows.reasons, count), pa.string()),
        "grace_days": np.full(count, rows.grace_days, dtype=np.int32),
        "hindsight": rows.hindsight,
    }
    if read is not None:
        day = keys["day"].to_numpy(dtype=np.float64)
        columns |= {
            "p_late": read.p_late,
            "late_risk": read.late_risk,
            "p_unpaid_14": read.p_unpaid_14,
            "p_unpaid_30": read.p_unpaid_30,
            "p_unpaid_60": read.p_unpaid_60,
            "p_30_dpd": read.p_30_dpd,
            "p_60_dpd": read.p_60_dpd,
            "p_90_dpd": read.p_90_dpd,
            "expected_on": _dates(day + read.expected_days),
            "expected_from": _dates(day + read.from_days),
            "expected_until": _dates(day + read.until_days),
        }
    arrays = [pa.array(columns[field.name], field.type) if field.name in columns else pa.nulls(count, field.type)
              for field in SCORE_COLUMNS]  # fmt: skip
    return pa.Table.from_arrays(arrays, schema=SCORE_COLUMNS)


def _texts(column: "pd.Series[Any]") -> pa.Array:
    return pa.array(column.astype(object).to_numpy(), pa.string())


def _dates(days: npt.NDArray[Any]) -> pa.Array:
    """Whole days as dates; NaN as null."""
    unknown = np.isnan(days)
    whole = np.where(unknown, 0, days).astype(np.int32)
    return pa.array(whole, pa.int32(), mask=unknown).cast(pa.date32())


def _amounts(keys: pd.DataFrame) -> npt.NDArray[np.float64]:
    """Minor units over a power of ten: one rounding, so the nearest double of the decimal."""
    codes, currencies = pd.factorize(keys["currency"])
    unit = np.array([10.0 ** EXPONENT[str(currency)] for currency in currencies], dtype=np.float64)
    amounts: npt.NDArray[np.float64] = keys["open_minor"].to_numpy(dtype=np.float64) / unit[codes]
    return amounts


def _told(reasons: Sequence[tuple[Reason, ...]] | None, count: int) -> list[str]:
    if reasons is None:
        return ["[]"] * count
    return [json.dumps([reason.to_json() for reason in row], ensure_ascii=False) for row in reasons]


def _write_parquet(parts: Iterable[ScoredRows], path: Path) -> None:
    with pq.ParquetWriter(path, SCORE_COLUMNS, compression="zstd") as file:
        for part in parts:
            file.write_table(score_table(part))


def _write_csv(parts: Iterable[ScoredRows], path: Path) -> None:
    with pa_csv.CSVWriter(path, SCORE_COLUMNS) as file:
        for part in parts:
            file.write_table(_neutralised(score_table(part)))


def _neutralised(table: pa.Table) -> pa.Table:
    """The table with every text, the JSON of the reasons too, such that no program runs it; numbers stay numbers."""
    for at, field in enumerate(table.schema):
        if field.type == pa.string():
            texts = table.column(at).to_pylist()
            cells = [None if text is None else neutral_in_csv(text) for text in texts]
            table = table.set_column(at, field, pa.array(cells, pa.string()))
    return table
