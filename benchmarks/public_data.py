"""The public ledgers that the benchmark judges on: where each lies, how it is read, on which days its models are made.

The folder that `PAYRISK_PUBLIC_DATA` names holds them; nothing of it is kept here. A test that needs one asks
`is_here` first and then opens what `ledger_home` made:

    url = ledger_home("vendor_invoices", tmp_path)
    ledger = Ledger.open(url)
    days = cutoffs("vendor_invoices", ledger)
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pandas as pd
from public_judging import HORIZONS

from ledger.book import Ledger
from ledger.days import to_date
from ledger.importing import import_files
from ledger.options import ImportOptions, Layout
from payrisk.migrations.run import upgrade
from simulation.company import generate
from simulation.export import write_export

NOW = datetime(2026, 4, 1, tzinfo=UTC)
FOLDER = Path(os.environ.get("PAYRISK_PUBLIC_DATA") or Path(__file__).resolve().parents[2] / "shared" / "data")

FINE_DAYS = 60
"""Days within which a fine can be paid as it is; on the day it is made nobody knows when it will be served."""

SIMULATED = "simulated"
_SIMULATED_EVENING = date(2026, 3, 31)


@dataclass(frozen=True)
class PublicLedger:
    """One ledger.

    Attributes:
        pattern: its files, below the public folder.
        mapping: how they are read; None for canonical tables.
        made_on: the evening on which its one model is made; None: every month end, see `month_ends`.
        ends_on: day of the export; None: the newest day in the files.
        prepare: makes canonical tables of the files in a folder; None reads the files as they are.
        judged_share: share of the items that are judged, chosen by a hash of their ids.
    """

    pattern: str
    mapping: str | None
    made_on: date | None = None
    ends_on: date | None = None
    prepare: Callable[[list[Path], Path], list[Path]] | None = None
    judged_share: float = 1.0


def fine_tables(files: list[Path], folder: Path) -> list[Path]:
    """The event log of the fines as the three canonical tables, in `folder`.

    One fine is one invoice of a customer of its own (the log names no debtors), over the amount it was made with, due
    after `FINE_DAYS`. Postage and penalty are asked for later and cannot be in an invoice before; what is paid beyond
    the fine is theirs and left out. Handed over to collection, what is left is written off that day. `dismissal` may
    have been written back and is not read; a fine over nothing is none.
    """
    log = pd.concat([pd.read_csv(path, dtype={"case_id": str}, usecols=list(_LOG)) for path in files])
    log["day"] = pd.to_datetime(log["timestamp"])
    made = log[(log["activity"] == "Create Fine") & (log["amount"] > 0)].set_index("case_id").sort_index()
    due = made["day"] + pd.Timedelta(days=FINE_DAYS)
    invoices = pd.DataFrame(
        {
            "invoice_id": made.index,
            "customer_id": made.index,
            "issue_date": made["day"].dt.date,
            "due_date": due.dt.date,
            "amount": made["amount"].map("{:.2f}".format),
            "currency": "EUR",
            "known_date": made["day"].dt.date,
        }
    )
    customers = pd.DataFrame({"customer_id": made.index, "customer_name": "Fine " + made.index})
    tables = {"invoices": invoices, "customers": customers, "payments": _fine_payments(log, made)}
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        table.to_csv(folder / f"{name}.csv", index=False)
    return [folder / f"{name}.csv" for name in tables]


_LOG = ("case_id", "activity", "timestamp", "amount", "paymentAmount")


def _fine_payments(log: pd.DataFrame, made: pd.DataFrame) -> pd.DataFrame:
    """Payments up to the amount of their fine and up to its hand-over, and the hand-overs as write-offs of the rest."""
    owed = (made["amount"] * 100).round().astype("int64")
    handed = log[log["activity"] == "Send for Credit Collection"].groupby("case_id")["day"].min()
    paid = log[(log["activity"] == "Payment") & log["case_id"].isin(owed.index)]
    paid = paid.assign(cents=(paid["paymentAmount"] * 100).round().astype("int64"))
    paid = paid.groupby(["case_id", "day"], as_index=False)["cents"].sum().sort_values(["case_id", "day"])
    paid = paid[~(paid["day"] > paid["case_id"].map(handed))]
    so_far = paid.groupby("case_id")["cents"].cumsum()
    left = (paid["case_id"].map(owed) - (so_far - paid["cents"])).clip(lower=0)
    paid = paid.assign(cents=paid["cents"].clip(upper=left), kind="cash")
    rest = (owed - paid.groupby("case_id")["cents"].sum().reindex(owed.index, fill_value=0)).reindex(handed.index)
    gone = pd.DataFrame({"case_id": handed.index, "day": handed, "cents": rest, "kind": "write_off"})
    rows = pd.concat([paid, gone.dropna()], ignore_index=True)
    rows = rows[rows["cents"] > 0].sort_values(["case_id", "day", "kind"], ignore_index=True)
    return pd.DataFrame(
        {
            "payment_id": "P" + (rows.index + 1).astype(str),
            "invoice_id": rows["case_id"],
            "kind": rows["kind"],
            "amount": (rows["cents"] / 100).map("{:.2f}".format),
            "currency": "EUR",
            "paid_date": rows["day"].dt.date,
            "booked_date": rows["day"].dt.date,
        }
    )


LEDGERS = {
    "ibm_ar": PublicLedger("ibm_ar/*.csv", "ibm_ar"),
    "vendor_invoices": PublicLedger("vendor_invoices/*.csv", "vendor_invoices"),
    "superlender": PublicLedger("superlender/*.csv", "superlender"),
    "traffic_fines": PublicLedger(
        "traffic_fines/*.csv*", None, date(2007, 6, 30), date(2008, 12, 31), fine_tables, judged_share=0.1
    ),
}


def is_here(name: str) -> bool:
    """Whether the public folder has the files of a ledger; a simulated company is everywhere."""
    return name == SIMULATED or any(FOLDER.glob(LEDGERS[name].pattern))


def ledger_home(name: str, home: Path, invoices: int = 20_000) -> str:
    """The URL of the ledger with all that a public ledger says, in the folder `home`; imported when it is not there.

    Args:
        name: of `LEDGERS`, or `SIMULATED` for a company of our own.
        home: a folder, made when it is not there.
        invoices: of the simulated company.

    Raises FileNotFoundError where the public folder has no such files.
    """
    database, mark = home / "ledger.db", home / "imported"
    url = f"sqlite:///{database}"
    if mark.exists():
        return url
    home.mkdir(parents=True, exist_ok=True)
    database.unlink(missing_ok=True)
    files, mapping, options = _files(name, home / "files", invoices)
    upgrade(url)
    ledger = Ledger.open(url)
    import_files(ledger, files, mapping=mapping, options=options, today=NOW.date(), recorded_at=NOW)
    ledger.close()
    mark.touch()
    return url


def cutoffs(name: str, ledger: Ledger) -> tuple[date, ...]:
    """The evenings on which models are made, rising; each is judged until the next, the last to the end."""
    if name == SIMULATED:
        return (_SIMULATED_EVENING - timedelta(days=120),)
    made_on = LEDGERS[name].made_on
    return (made_on,) if made_on else month_ends(ledger)


def month_ends(ledger: Ledger) -> tuple[date, ...]:
    """The month ends on which a company would have trained, as the monthly job does.

    From the first by which a year of the ledger has passed and half of its invoices are known, to the last after which
    the longest of `HORIZONS` lies within the ledger.
    """
    view = ledger.as_of(ledger.newest_day())
    known = view.items.drop_duplicates("item_id", keep="first")["known_on"].sort_values()
    half = to_date(int(known.iloc[(len(known) - 1) // 2]))
    first = max(half, ledger.first_day() + timedelta(days=365))
    ends = pd.date_range(first, view.day - timedelta(days=max(HORIZONS)), freq="ME")
    return tuple(end.date() for end in ends)


def _files(name: str, folder: Path, invoices: int) -> tuple[list[Path], str | None, ImportOptions]:
    if name == SIMULATED:
        company = generate(7, _SIMULATED_EVENING, customers=max(40, invoices // 50), invoices=invoices)
        return write_export(company, folder), None, ImportOptions()
    public = LEDGERS[name]
    files = sorted(FOLDER.glob(public.pattern))
    if not files:
        raise FileNotFoundError(f"no {public.pattern} in {FOLDER}; name its folder with PAYRISK_PUBLIC_DATA")
    layout: Layout | None = None
    if public.prepare is not None:
        files, layout = public.prepare(files, folder), "three_tables"
    return files, public.mapping, ImportOptions(as_of=public.ends_on, layout=layout)
