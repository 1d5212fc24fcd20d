"""The documents behind a reason in words: what the page says of each row, and of the two values."""

from typing import Any

from features.catalogue import CATALOGUE_BY_NAME
from features.spec import Unit
from features.wording import format_value, is_missing
from serving.web.languages import LANGUAGE, tr
from serving.web.words import count, due_words

Json = dict[str, Any]

KINDS = {
    "invoice": "Invoice",
    "cash": "Payment",
    "credit": "Credit",
    "discount": "Discount",
    "write_off": "Write-off",
    "reversal": "Payment returned",
    "dispute": "Dispute",
    "contact": "Contact",
    "promise": "Promise",
    "customer": "Customer's data",
}
HAPPENED = {
    "invoice": "issued", "cash": "paid", "reversal": "returned", "dispute": "raised", "contact": "tried",
    "promise": "said", "customer": "stated",
}  # fmt: skip
"""What happened on the first of a row's two days; of what is not here, that it was booked."""

PARTS = {
    "figure": "The figure is read from it",
    "counted": "Counts",
    "ends": "Ends the row",
    "whole": "Compared with",
    "itself": "Asked about",
    "supports": "Stands behind it",
}
IN_THE_WHOLE = "In the whole, not in the count"
STATEMENTS = {
    "moved": "Booked on another customer then",
    "corrected": "Earlier statement",
    "later": "Statement of later",
}
COUNTS = {
    "figure": ("{count} decides", "{count} decide"),
    "counted": ("{count} document counts", "{count} documents count"),
    "ends": ("{count} ends the row", "{count} end the row"),
    "whole": ("{count} stands beside", "{count} stand beside"),
}
"""Of one, and of many documents that play a part."""


def evidence_page(body: Json) -> Json:
    """What the page shows of the API's body."""
    unit = CATALOGUE_BY_NAME[body["feature"]].unit
    everyone = body["everyone"]
    return {
        "evidence": body,
        "rows": [_row(row, of_share=unit is Unit.SHARE) for row in body["rows"]],
        "counts": _counts(body["rows"]),
        "value": _value(unit, body["value"]),
        "published": _value(unit, body["published_value"]),
        "figure_of_all": "" if everyone is None else _value(unit, everyone["figure"]),
    }


def _value(unit: Unit, value: float | str | None) -> str:
    return tr("none|value") if is_missing(value) else format_value(unit, value, LANGUAGE.get())


def _row(row: Json, *, of_share: bool) -> Json:
    part = IN_THE_WHOLE if of_share and row["part"] == "whole" else PARTS[row["part"]]
    return {
        **row,
        "told_kind": tr(KINDS[row["kind"]]),
        "told_part": tr(STATEMENTS.get(row["state"], part) if row["part"] == "supports" else part),
        "happened": tr(HAPPENED.get(row["kind"], "booked")),
        "told_late": _late(row),
        "told_state": tr(row["state"].replace("_", " ")) if row["kind"] in ("dispute", "contact", "promise") else "",
    }


def _late(row: Json) -> str:
    """How late an invoice is, or was; nothing of what is no invoice that counts."""
    days = row["days_late"]
    if days is None:
        return ""
    if row["state"] != "settled":
        return due_words(days)
    return tr("paid {how}", how=format_value(Unit.DAYS_LATE, days, LANGUAGE.get()))


def _counts(rows: list[Json]) -> str:
    """How many documents play which part: `8 documents count, 3 stand beside`; nothing where none decides."""
    found = ((sum(row["part"] == part for row in rows), words) for part, words in COUNTS.items())
    return ", ".join(tr(words[number != 1], count=count(number)) for number, words in found if number)
