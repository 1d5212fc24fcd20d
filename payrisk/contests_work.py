"""What `payrisk contests` does: what people contested, and the ledger that says who was right, as one JSON value."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ledger import desk_journal as journal
from ledger.days import NEVER, to_date
from ledger.frames import where
from ledger.lookup import whole
from ledger.money import to_minor
from ledger.returned_cash import standing_cash
from serving.activities.contests import Contested, Paid, by_code, verdict
from serving.activities.said import Contest

if TYPE_CHECKING:
    from ledger.desk_journal import Recorded
    from ledger.view import LedgerView
    from payrisk.gate import Gate
    from serving.published.store import ServingStore

Json = dict[str, Any]


def contests(gate: "Gate", as_of: date | None = None) -> Json:
    """The contests of every code, scored by what the evening knows (None: the newest of the ledger)."""
    day = gate.evening(as_of)
    view = gate.ledger.as_of(day)
    with gate.store.reading() as connection:
        rows = journal.of_kind(connection, Contest.kind)
    found = [contested_of(row, gate.store) for row in rows if row.known_on <= day]
    asked = [one for one in found if one is not None]
    paid = _paid(view, {item_id for one in asked for item_id in one.open_minor})
    codes = by_code([(one, verdict(one, _of(paid, one), day)) for one in asked])
    return {"known_by": day.isoformat(), "contests": len(asked), "by_code": [asdict(one) for one in codes]}


def contested_of(row: "Recorded", store: "ServingStore") -> Contested | None:
    """What a row of the journal contests, by the list that it was said of; None where that list is not there."""
    run, account = store.run(row.said["run_id"]), store.account(row.said["run_id"], row.customer_id)
    if run is None or account is None:
        return None
    item = next((one for one in account["items"] if one["item_id"] == row.said.get("item_id")), None)
    items = [item] if item else [one for one in account["items"] if one["dpd"] > 0] or account["items"]
    said: Json = item or account
    on = said["late_risk_on"]
    return Contested(
        because=row.said["because"],
        said_on=row.known_on,
        evening=run.as_of,
        late_risk=said["late_risk"],
        late_on=None if on is None else date.fromisoformat(on),
        open_minor=_open_of(items),
    )


def _open_of(items: Iterable[Json]) -> dict[str, int]:
    """Open minor units by item, of those in the currency of the first."""
    told = [(one["item_id"], one["open"]["amount"], one["open"]["currency"]) for one in items]
    return {
        item_id: minor
        for item_id, amount, currency in told
        if currency == told[0][2] and (minor := to_minor(Decimal(amount), currency)) > 0
    }


def _paid(view: "LedgerView", item_ids: set[str]) -> dict[str, list[Paid]]:
    cash = standing_cash(view.applications)
    stands = (whole(cash["taken_back_on"]) == NEVER) & cash["item_id"].isin(item_ids).to_numpy()
    found: dict[str, list[Paid]] = {}
    columns = ("item_id", "amount_minor", "happened_on", "known_on")
    kept = where(cash, stands)
    for item_id, minor, paid_on, known_on in zip(*(kept[name].tolist() for name in columns), strict=True):
        one = Paid(str(item_id), int(minor), to_date(int(paid_on)), to_date(int(known_on)))
        found.setdefault(one.item_id, []).append(one)
    return found


def _of(paid: dict[str, list[Paid]], contested: Contested) -> list[Paid]:
    return [one for item_id in contested.open_minor for one in paid.get(item_id, [])]
