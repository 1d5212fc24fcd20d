"""A list, its lines and its accounts as an analyst sees them: figures, chances and reasons, and nobody in sight.

What is shown is named here, field by field: a field that is added to a line tomorrow is not shown until somebody says
so. Names, ids, invoice numbers, what people wrote, and who calls are not; an id gives way to a pseudonym.
"""

from collections.abc import Mapping
from typing import Any

from features.reason_catalogue import tell_reason
from serving.privacy.pseudonyms import Pseudonyms
from serving.published.bodies import Json
from serving.scoring.notices import (
    HABIT_NOT_APPROVED,
    LITTLE_HISTORY,
    MODE_NOTICES,
    NOT_APPROVED,
    OLDER_VERSION,
)

_ENGLISH = "en"

_FIGURES = (
    "country", "overdue", "open", "expected_late", "brought_forward", "promised", "disputed", "late_risk",
    "late_risk_on", "p_late", "expected_on", "base", "base_money", "next_action", "next_step", "next_step_label",
    "standing", "rule", "rule_reason", "rule_until", "segment", "open_items", "overdue_items", "oldest_dpd",
    "thin_history", "unapplied_credits", "other_money", "paid_days_late",
)  # fmt: skip
"""Of a line and of an account; the sentences among them are the program's own, and name nobody."""

_LINE = ("rank_value", "factors")

_RANK = ("callable_accounts", "admitted_by", "because", "log_value", "factors", "not_counted", "assumed")

_ITEM = (
    "due_on", "dpd", "open", "p_late", "known_late", "late_risk", "late_risk_on", "p_unpaid_14", "p_unpaid_30",
    "p_unpaid_60", "p_30_dpd", "p_60_dpd", "p_90_dpd", "expected_on", "expected_from", "expected_until", "base",
    "thin_history",
)  # fmt: skip

_REASON = ("concept", "points", "arrow", "code", "value", "typical", "further", "money")

_SETTLED = ("due_on", "settled_on", "days_late", "amount")
_PROMISE = ("promised_on", "amount", "state")
_CONTACT = ("happened_on", "channel", "outcome", "reached")

_RUN = (
    "as_of", "mode", "run_id", "model_version", "ledger_version", "approved", "made_of", "reasons_version",
    "published_at", "erased",
)  # fmt: skip

_KNOWN_NOTICES = frozenset(
    {*MODE_NOTICES.values(), NOT_APPROVED, HABIT_NOT_APPROVED, OLDER_VERSION, LITTLE_HISTORY + MODE_NOTICES["habit"]}
)
"""What a run says of its numbers; other notices may say what people wrote."""


class Unnamed:
    """Bodies without names, by the pseudonyms of one installation."""

    def __init__(self, pseudonyms: Pseudonyms) -> None:
        self.pseudonyms = pseudonyms

    def head(self, head: Json) -> Json:
        """A run, with the summary of its list where it has one; who gets more time is not told."""
        told = {**_kept(head, _RUN), "notices": [one for one in head["notices"] if one in _KNOWN_NOTICES]}
        return {**told, "summary": {**head["summary"], "staffing": ""}} if "summary" in head else told

    def line(self, line: Json) -> Json:
        """A line of the list."""
        told = {"rank": line["rank"], **self._figures(line), **_kept(line, _LINE)}
        return {**told, "rank_explanation": self._rank(line)} if line.get("rank_explanation") else told

    def account(self, body: Json) -> Json:
        """An account with its items and its past."""
        names = self.pseudonyms
        return {
            "rank": body["rank"],
            **self._figures(body),
            "items": [self.item(one) for one in body["items"]],
            "settled_invoices": body["settled_invoices"],
            "history": [{"item_id": names.item(one["item_id"]), **_kept(one, _SETTLED)} for one in body["history"]],
            "promises": [
                {"promise_id": names.promise(one["promise_id"]), **_kept(one, _PROMISE)} for one in body["promises"]
            ],
            "contacts": [_kept(one, _CONTACT) for one in body["contacts"]],
        }

    def item(self, item: Json) -> Json:
        """An open item; which row of a file told it is not."""
        return {
            "item_id": self.pseudonyms.item(item["item_id"]),
            **_kept(item, _ITEM),
            "reasons": [self._reason(one) for one in item["reasons"]],
            "source_row": 0,
        }

    def _figures(self, body: Json) -> Json:
        return {
            "customer_id": self.pseudonyms.account(body["customer_id"]),
            "customer_name": None,
            **_kept(body, _FIGURES),
            "reasons": [self._reason(one) for one in body["reasons"]],
            "collector": "",
        }

    def _reason(self, reason: Json) -> Json:
        """A reason told anew of its code: the stored text may name an invoice."""
        text = tell_reason(reason.get("code", ""), reason.get("value"), reason.get("further"), _ENGLISH)
        told = {"text": reason["concept"].replace("_", " ") if text is None else text, **_kept(reason, _REASON)}
        return {**told, "item_id": self.pseudonyms.item(reason["item_id"])} if "item_id" in reason else told

    def _rank(self, line: Json) -> Json:
        why, own = line["rank_explanation"], self.pseudonyms.account(line["customer_id"])
        ahead, out = why["ahead"], why["way_out"]
        return {
            **_kept(why, _RANK),
            "sentence": _sentence(why["sentence"], line, own),
            "ahead": ahead and self._ahead(ahead, line["rank"]),
            "way_out": out and {**out, "text": out["text"].partition(": then ")[0].rstrip(".") + "."},
        }

    def _ahead(self, ahead: Json, rank: int) -> Json:
        who = self.pseudonyms.account(ahead["customer_id"])
        told = {name: value for name, value in ahead.items() if name in ("times", "factors")}
        return {"customer_id": who, **told, "text": f"#{rank - 1} {who} comes before it."}


def _sentence(sentence: str, line: Json, own: str) -> str:
    """Why a line has its rank, said of the pseudonym: the sentence begins with the rank and the name."""
    begins = f"#{line['rank']} {line['customer_name'] or line['customer_id']}: "
    return f"#{line['rank']} {own}: {sentence.removeprefix(begins)}" if sentence.startswith(begins) else ""


def _kept(body: Mapping[str, Any], names: tuple[str, ...]) -> Json:
    return {name: body[name] for name in names if name in body}
