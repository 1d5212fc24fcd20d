"""The evidence behind a reason: the invoices, payments, promises, disputes and contacts that its fact was made of.

It is looked up in the ledger as it stood, and on the evening on which, the published run was made; the value is worked
out again from it and held beside the published one. Nothing of it is imported, and no ledger opened, before the first
question.
"""

from collections.abc import Callable, Mapping
from datetime import date
from threading import Lock
from typing import TYPE_CHECKING, Any

from features.catalogue import CATALOGUE_BY_NAME
from features.languages import ENGLISH
from features.reason_catalogue import KIND_BY_CODE, SEGMENT_TERMS
from features.spec import Feature
from features.wording import is_missing, tell
from ledger.errors import BeforeFirstFact, EmptyLedger
from serving import sentences
from serving.errors import LedgerNotThatFar, NoEvidence, NoLedger, NotOfAccount, OtherLedger
from serving.people.access import EVERYTHING, Sight
from serving.published.desk import Desk
from serving.wording import money_json, told_in

if TYPE_CHECKING:
    from features.evidence.behind import Evidence
    from features.evidence.row import EvidenceRow
    from ledger.book import Ledger
    from ledger.view import LedgerView

Json = dict[str, Any]

MOST_ROWS = 500
"""The most rows that are answered; how many more there are is said."""

SAME_VALUE: Mapping[str, str] = {"age": "dpd"}
"""Codes that are no feature's name and tell the very value of one."""

BEHIND: Mapping[str, str] = {
    **SAME_VALUE,
    "age_of_overdue": "overdue_count",
    "oldest_overdue": "oldest_open_dpd",
    "nothing_overdue": "open_count",
    "overdue_amount": "paid_share",
    "overdue_amount_invoices": "overdue_count",
    "open_amount": "paid_share",
    "usual_payment_day": "days_late_usual",
    "no_payment_habit": "settled_count",
    "too_little_history": "settled_count",
    **{code: "terms_days" for code in KIND_BY_CODE if code.startswith(SEGMENT_TERMS)},
}
"""Of reasons that are no feature's fact, the feature that looks at the same documents."""


def feature_behind(code: str) -> Feature | None:
    """The feature whose evidence is shown for a code; None where there are no documents behind it."""
    return CATALOGUE_BY_NAME.get(BEHIND.get(code, code))


class EvidenceRoom:
    """Answers for one desk out of its ledger, which is opened at the first question.

    Args:
        desk: the published lists.
        open_ledger: gives the ledger they were made from; None where there is none beside them.
    """

    def __init__(self, desk: Desk, open_ledger: "Callable[[], Ledger] | None" = None) -> None:
        self.desk = desk
        self._open_ledger = open_ledger
        self._looking = Lock()
        self._view: LedgerView | None = None
        self._erased = 0

    def evidence(
        self,
        customer_id: str,
        code: str,
        item_id: str | None = None,
        as_of: date | None = None,
        language: str = ENGLISH,
        sight: Sight = EVERYTHING,
    ) -> Json:
        """The body of the API for a reason's code, of one item of a published account.

        Args:
            item_id: an open item of the account; None: the one whose fact the account's reason tells, else its oldest.
            as_of: the evening; None: the newest published.
            language: in which the fact is told.
            sight: whose accounts are seen.

        Raises:
            NothingPublished, UnknownAccount: as `Desk.account`.
            NotOfAccount: the account had no such open item on that evening.
            NoEvidence: a code without documents behind it, or none at all.
            NoLedger, LedgerNotThatFar, OtherLedger: the ledger of the run cannot be looked at.
        """
        account = self.desk.account(customer_id, as_of, sight)
        feature = feature_behind(code)
        if feature is None:
            raise NoEvidence(code, known=code in KIND_BY_CODE or code.startswith("idea_"))
        item = _item(account, code, item_id)
        published = _published(account, item, code)
        from features.evidence.behind import evidence_of

        run = account["run"]
        view = self._view_of(date.fromisoformat(run["as_of"]), run["ledger_version"], run.get("erased", 0))
        _require_of(view, item["item_id"], account["customer_id"])
        return _body(account, code, published, evidence_of(view, item["item_id"], feature), language)

    def _view_of(self, day: date, version: int, erased: int) -> "LedgerView":
        """The evening as the run saw it; the last one asked for is kept, until somebody is erased of the run."""
        with self._looking:
            held = self._view
            if held is None or (held.day, held.version, self._erased) != (day, version, erased):
                if self._open_ledger is None:
                    raise NoLedger
                held, self._erased = _evening(self._open_ledger(), day, version), erased
                self._view = held
            return held


def _evening(ledger: "Ledger", day: date, version: int) -> "LedgerView":
    """The evening in that version of the ledger. Raises `LedgerNotThatFar` and `OtherLedger`."""
    try:
        view = ledger.as_of(day, version=version)
    except (EmptyLedger, BeforeFirstFact):
        if ledger.version >= version:
            raise OtherLedger(day) from None
        raise LedgerNotThatFar(version, ledger.version) from None
    if view.version != version:
        raise LedgerNotThatFar(version, view.version)
    return view


def _item(account: Json, code: str, item_id: str | None) -> Json:
    """The item meant, among the account's open ones. Raises `NotOfAccount`."""
    if item_id is None:
        told = (reason.get("item_id") for reason in account["reasons"] if reason.get("code") == code)
        item_id = next((one for one in told if one), account["items"][0]["item_id"])
    found: Json | None = next((item for item in account["items"] if item["item_id"] == item_id), None)
    if found is None:
        raise NotOfAccount(item_id, account["customer_id"], date.fromisoformat(account["run"]["as_of"]))
    return found


def _require_of(view: "LedgerView", item_id: str, customer_id: str) -> None:
    """That the ledger at hand holds the item as this customer's, so that nobody else's documents are shown.

    Raises `OtherLedger`. A ledger that was put in another's place may be as far, and know the same ids.
    """
    held = view.items.loc[view.items["item_id"] == item_id, "customer_id"]
    if held.empty or held.iloc[-1] != customer_id:
        raise OtherLedger(view.day)


def _published(account: Json, item: Json, code: str) -> Json | None:
    """The published reason with this code: the item's own, else the account's that tells of it; None where none is."""
    own = [reason for reason in item["reasons"] if reason.get("code") == code]
    told = [one for one in account["reasons"] if one.get("code") == code and one.get("item_id") == item["item_id"]]
    return next(iter([*own, *told]), None)


def _body(account: Json, code: str, published: Json | None, found: "Evidence", language: str) -> Json:
    feature, everyone = found.feature, found.everyone
    rows = [row for row in found.rows if row.item_id not in found.of_others]
    told = tell(feature, found.value, language)
    comparable = published is not None and BEHIND.get(code, code) in (code, SAME_VALUE.get(code))
    said = published["value"] if published is not None and comparable else None
    return {
        "customer_id": account["customer_id"],
        "customer_name": account["customer_name"],
        "item_id": found.item_id,
        "code": code,
        "text": told if published is None else told_in(published, language)["text"],
        "feature": feature.name,
        "feature_text": told,
        "why": sentences.told(feature.why, language),
        "unit": feature.unit.value,
        "window_days": feature.window.days if feature.window else None,
        "value": found.value,
        "published_value": said,
        "agrees": _same(said, found.value) if comparable else None,
        "everyone": None if everyone is None else {"invoices": everyone.invoices, "figure": everyone.figure},
        "rows": [_row(row) for row in rows[:MOST_ROWS]],
        "rows_left_out": max(0, len(rows) - MOST_ROWS),
        "rows_of_others": len(found.rows) - len(rows),
        "run": account["run"],
    }


def _same(said: float | str | None, found: float | str | None) -> bool:
    return is_missing(found) if is_missing(said) else said == found


def _row(row: "EvidenceRow") -> Json:
    return {
        "kind": row.kind,
        "part": row.part,
        "item_id": row.item_id,
        "document_id": row.document_id,
        "happened_on": row.happened_on.isoformat(),
        "known_on": row.known_on.isoformat(),
        "due_on": row.due_on.isoformat() if row.due_on else None,
        "amount": None if row.amount_minor is None else money_json(row.amount_minor, row.currency),
        "days_late": row.days_late,
        "state": row.state,
    }
