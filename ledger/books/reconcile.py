"""Whether an evening ties to the cent: buckets + unapplied = open = billed - applied = what another book says.

What does not tie is named by item, never by a difference alone; only a control total without detail stays a total.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from ledger.books.aging_report import Aging, aging
from ledger.books.control import Control, Group
from ledger.days import NEVER
from ledger.item_ids import item_id_of
from ledger.lookup import grouped, positions, summed_at, whole
from ledger.money import Rates
from ledger.ordering import Ints
from ledger.view import LedgerView

SENTENCES = {
    "payments_on_unknown_item": "payments are applied to an item that the ledger does not know",
    "payments_on_withdrawn_item": "payments are applied to an item that was withdrawn",
    "open_differs": "what is open is not what was billed less what was applied",
    "aging_differs": "the buckets and unapplied credits do not add up to what is open",
    "missing_here": "open in the control file, not open here",
    "missing_there": "open here, not in the control file",
    "different": "open here and in the control file with another amount",
    "control_detail": "the items of the control file do not add up to its total",
    "control_total": "the totals differ; a control file with item_id rows would name the items",
}
"""Every kind of variance, and what it says."""


@dataclass(frozen=True)
class Variance:
    """One thing that does not tie. Amounts in minor units; `item_id` is '' where only totals are known.

    `currency` is '' for payments on an item that nobody knows: then the currency is not known either.
    """

    code: str
    entity: str
    currency: str
    item_id: str
    ours_minor: int
    theirs_minor: int
    note: str = ""

    @property
    def difference_minor(self) -> int:
        """Ours less theirs."""
        return self.ours_minor - self.theirs_minor

    @property
    def sentence(self) -> str:
        """What it is."""
        return SENTENCES[self.code] + (f" ({self.note})" if self.note else "")


@dataclass(frozen=True, eq=False)
class Reconciliation:
    """The proof of one evening.

    Attributes:
        rows: one per (`entity`, `currency`), ordered: `open_items` (how many), `buckets`, `unapplied`, `open`,
            `billed`, `applied`, `difference` = buckets + unapplied - (billed - applied); minor units.
        against: with a control file, one row per (`entity`, `currency`): `ours`, `control`, `difference`; `entity` is
            '' for all when the file has no entities. What only one side names counts as 0 on the other.
        variances: what makes the differences.
        aging: the aging that was proven.
    """

    as_of: date
    known_by: date
    rows: pd.DataFrame
    against: pd.DataFrame | None
    variances: tuple[Variance, ...]
    aging: Aging

    @property
    def ties(self) -> bool:
        """Whether nothing is left to explain."""
        return not self.variances

    def by_currency(self) -> pd.DataFrame:
        """The rows added up per currency: `currency`, `open_items`, `open_minor`, `billed_minor`, `applied_minor`,
        `difference_minor`."""
        names = ["open_items", "open", "billed", "applied", "difference"]
        sums = self.rows.groupby("currency", sort=True)[names].sum().reset_index()
        return sums.rename(columns={name: f"{name}_minor" for name in names[1:]})


def reconcile(view: LedgerView, control: Control | None = None, *, rates: Rates | None = None) -> Reconciliation:
    """Prove the evening of a view.

    Args:
        view: an evening. With later knowledge a payment made before its invoice was issued counts from that day.
        control: what another book says of the same evening, as `control_file.py` reads it.
        rates: also tell the aging that is proven in `rates.base`.
    """
    aged = aging(view, rates=rates)
    items, applied = view.billed(), view.applied()
    row_of = positions(applied["item_id"], items["item_id"])
    applied_minor = summed_at(row_of, whole(applied["amount_minor"]), len(items))
    open_items = view.open_items()
    stray = _stray(view, applied.loc[row_of < 0])
    rows = _rows(items, applied_minor, stray, aged, open_items)
    variances = [*_by_item(items, applied_minor, open_items), *stray, *_aging_differs(rows)]
    against = None
    if control is not None:
        ours = _ours(open_items, control)
        against = _against(ours, control)
        variances += _against_items(ours, control, view.vanished)
        variances += _against_totals(against, ours, control, view.vanished)
    return Reconciliation(view.day, view.known_by, rows, against, tuple(variances), aged)


def _rows(
    items: pd.DataFrame, applied: Ints, stray: list[Variance], aged: Aging, open_items: pd.DataFrame
) -> pd.DataFrame:
    """What each entity and currency has on both sides of the equation."""
    by = ("entity", "currency")
    unbilled = pd.DataFrame([(v.entity, v.currency) for v in stray], columns=list(by), dtype="str")
    each = [grouped(frame, by) for frame in (items, unbilled, aged.rows, open_items)]
    number, table = grouped(pd.concat([keys for _, keys in each], ignore_index=True), by)
    numbers = np.split(number, np.cumsum([len(keys) for _, keys in each])[:-1])
    billed_at, stray_at, aged_at, open_at = (of[group] for of, (group, _) in zip(numbers, each, strict=True))
    of_stray = np.array([-v.theirs_minor for v in stray], dtype=np.int64)
    buckets = aged.rows[list(aged.buckets.names)].sum(axis=1)

    def summed(rows: Ints, amounts: Ints) -> Ints:
        return summed_at(rows, amounts, len(table))

    table = table.assign(
        open_items=summed(aged_at, whole(aged.rows["items"])),
        buckets=summed(aged_at, whole(buckets)),
        unapplied=summed(aged_at, whole(aged.rows["unapplied"])),
        open=summed(open_at, whole(open_items["open_minor"])),
        billed=summed(billed_at, whole(items["amount_minor"])),
        applied=summed(billed_at, applied) + summed(stray_at, of_stray),
    )
    table["difference"] = table["buckets"] + table["unapplied"] - (table["billed"] - table["applied"])
    return table


def _stray(view: LedgerView, applied: pd.DataFrame) -> list[Variance]:
    """Payments on items that are not billed, item by item: nothing is open of them, yet money was applied."""
    found = []
    sums = applied.groupby("item_id", sort=True)["amount_minor"].sum()
    for item_id, minor in zip(sums.index.tolist(), sums.tolist(), strict=True):
        known = view.items[view.items["item_id"] == item_id]
        if minor == 0 or (known["superseded_on"] == NEVER).any():
            continue  # nothing was applied; or, with later knowledge, paid by then and billed after it
        if len(known):
            last = known.iloc[-1]
            group = (str(last["entity"]), str(last["currency"]))
            found.append(Variance("payments_on_withdrawn_item", *group, str(item_id), 0, -int(minor)))
        else:
            found.append(Variance("payments_on_unknown_item", "", "", str(item_id), 0, -int(minor)))
    return found


def _by_item(items: pd.DataFrame, applied: Ints, open_items: pd.DataFrame) -> list[Variance]:
    """The items of which more or less is open than was billed and not applied."""
    at = positions(items["item_id"], open_items["item_id"])
    is_open = summed_at(np.flatnonzero(at >= 0), whole(open_items["open_minor"])[at[at >= 0]], len(items))
    should = whole(items["amount_minor"]) - applied
    wrong = np.flatnonzero(is_open != should)
    keys = zip(*(items[name].iloc[wrong].tolist() for name in ("entity", "currency", "item_id")), strict=True)
    return [
        Variance("open_differs", entity, currency, item_id, int(is_open[row]), int(should[row]))
        for (entity, currency, item_id), row in zip(keys, wrong, strict=True)
    ]


def _aging_differs(rows: pd.DataFrame) -> list[Variance]:
    aged = (rows["buckets"] + rows["unapplied"]).tolist()
    told = zip(rows["entity"].tolist(), rows["currency"].tolist(), aged, rows["open"].tolist(), strict=True)
    return [
        Variance("aging_differs", entity, currency, "", ours, theirs)
        for entity, currency, ours, theirs in told
        if ours != theirs
    ]


def _ours(open_items: pd.DataFrame, control: Control) -> pd.DataFrame:
    """Our open items with the entity as the control file tells it: '' for all when it has none."""
    return open_items if control.by_entity else open_items.assign(entity=pd.Series("", open_items.index, dtype="str"))


def _against(ours: pd.DataFrame, control: Control) -> pd.DataFrame:
    """Our totals beside theirs."""
    sums = _totals(ours)
    groups = sorted(sums.keys() | set(control.groups()))
    table = pd.DataFrame(
        {
            "entity": pd.Series([entity for entity, _ in groups], dtype="str"),
            "currency": pd.Series([currency for _, currency in groups], dtype="str"),
            "ours": np.array([sums.get(group, 0) for group in groups], dtype=np.int64),
            "control": np.array([control.total(group) or 0 for group in groups], dtype=np.int64),
        }
    )
    return table.assign(difference=table["ours"] - table["control"])


def _totals(ours: pd.DataFrame) -> dict[Group, int]:
    group, keys = grouped(ours, ("entity", "currency"))
    sums = summed_at(group, whole(ours["open_minor"]), len(keys)).tolist()
    return dict(zip(zip(keys["entity"].tolist(), keys["currency"].tolist(), strict=True), sums, strict=True))


def _against_items(ours: pd.DataFrame, control: Control, vanished: frozenset[str]) -> Iterator[Variance]:
    """Where the control file has detail: each item that only one side has, or both with another amount."""
    if not control.items:
        return
    unnamed = _totals(ours).keys() - set(control.groups())
    for group in sorted(control.items.keys() | unnamed):
        theirs = control.items.get(group, {})
        mine = _of_group(ours, group)
        here = dict(zip(mine["item_id"].tolist(), mine["open_minor"].tolist(), strict=True))
        there = {_our_id(item_id, group[0], here, theirs): minor for item_id, minor in theirs.items()}
        for item_id in sorted(here.keys() | there.keys()):
            if here.get(item_id, 0) != there.get(item_id, 0):
                code = "missing_there" if item_id not in there else "different" if item_id in here else "missing_here"
                note = "missing from its source too" if item_id in vanished else ""
                yield Variance(code, *group, item_id, here.get(item_id, 0), there.get(item_id, 0), note)
        if control.totals.get(group, sum(theirs.values())) != sum(theirs.values()):
            yield Variance("control_detail", *group, "", sum(theirs.values()), control.totals[group])


def _of_group(ours: pd.DataFrame, group: Group) -> pd.DataFrame:
    return ours[(ours["entity"] == group[0]) & (ours["currency"] == group[1])]


def _our_id(item_id: str, entity: str, here: dict[str, int], theirs: dict[str, int]) -> str:
    """The item's id here: as the file writes it, or led by its entity where only that is known."""
    led = item_id_of(entity, item_id)
    return led if item_id not in here and led in here and led not in theirs else item_id


def _against_totals(
    against: pd.DataFrame, ours: pd.DataFrame, control: Control, vanished: frozenset[str]
) -> Iterator[Variance]:
    """Totals that differ where the control file has no detail."""
    gone = ours[ours["item_id"].isin(vanished)]
    told = zip(*(against[name].tolist() for name in ("entity", "currency", "ours", "control")), strict=True)
    for entity, currency, mine, theirs in told:
        group: Group = (entity, currency)
        if mine == theirs or group in control.items or (control.items and control.total(group) is None):
            continue
        suspects = _of_group(gone, group)["item_id"].tolist()
        note = f"first look at what its source no longer lists: {', '.join(suspects[:5])}" if suspects else ""
        yield Variance("control_total", entity, currency, "", mine, theirs, note)
