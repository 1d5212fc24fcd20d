"""Terms of payment: from what an invoice says to the day it is due.

Only terms with one reading are believed, English or German. `net 30 EOM` has two (month end plus 30 days, or the end
of the month in which the 30 days end), so it is refused unless the caller says which. What terms mean once they are
read is in `due_rules.py`.
"""

import re
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import get_args

from ledger.due_rules import (
    Discount,
    DueRule,
    NetEom,
    PrepaidTerms,
    ReceiptDateNeeded,
    SeveralDueDates,
    SharesNotWhole,
    Terms,
    TwoReadings,
    UnknownReading,
    UnparseableTerms,
)

__all__ = ["NetEom", "Terms", "UnparseableTerms", "due_on", "parse_terms"]

_LONGEST_TEXT = 400
"""Characters; what is longer is a paragraph, not terms."""


def due_on(terms: str, issued_on: date, *, net_eom: NetEom | None = None) -> date:
    """The last day on which payment is on time, by calendar days from the issue day.

    Args:
        net_eom: which reading of "net 30 EOM" the ledger's owner states; None refuses such terms.

    Raises:
        UnparseableTerms: empty, unknown, with two readings or several due dates; its subclasses say which.

    >>> str(due_on("2/10 net 30", date(2026, 1, 31))), str(due_on("EOM", date(2026, 1, 31)))
    ('2026-03-02', '2026-01-31')
    """
    meaning = parse_terms(terms, net_eom=net_eom)
    if len(meaning.parts) > 1:
        raise SeveralDueDates(terms)
    return meaning.due_on(issued_on)


def parse_terms(text: str, *, net_eom: NetEom | None = None) -> Terms:
    """What the text means; `parse_terms(str(terms)) == terms`.

    Case, runs of blanks and a final full stop do not matter. Days are calendar days of at most three digits.

    Args:
        net_eom: `then_days` or `then_eom`, see `NetEom`; None refuses "net 30 EOM".

    Raises:
        UnparseableTerms: `TwoReadings`, `ReceiptDateNeeded`, `PrepaidTerms`, `SharesNotWhole`, or itself.
        UnknownReading: `net_eom` is neither.

    >>> str(parse_terms("10 Tage 2 % Skonto, 30 Tage netto")), str(parse_terms("net 30 EOM", net_eom="then_eom"))
    ('2/10 net 30', '30 days then EOM')
    """
    if net_eom is not None and net_eom not in get_args(NetEom):
        raise UnknownReading(net_eom)
    return _parsed(text, net_eom)


# a file of a million invoices has a dozen different terms
@lru_cache(maxsize=256)
def _parsed(text: str, net_eom: NetEom | None) -> Terms:
    words = " ".join(text.upper().split()).removesuffix(".")
    if len(words) > _LONGEST_TEXT:
        raise UnparseableTerms(text)
    parts = [_SHARE.fullmatch(part) for part in _BETWEEN_PARTS.split(words)]
    shares = [(Decimal(part["share"].replace(",", ".")), part["rule"]) for part in parts if part]
    if len(shares) == len(parts) > 1:
        if any(share <= 0 for share, _ in shares) or sum(share for share, _ in shares) != 100:
            raise SharesNotWhole(text)
        return Terms(tuple((share, _rule(rule, text, net_eom)) for share, rule in shares))
    if early := _DISCOUNT.match(words):
        return _discounted(early, words[early.end() :], text)
    return Terms.of(_rule(words, text, net_eom))


def _discounted(early: re.Match[str], rest: str, text: str) -> Terms:
    """Terms with a discount; only plain days may follow it."""
    net = _NET.fullmatch(rest)
    says = {name.rstrip("0123"): value for name, value in early.groupdict().items() if value}
    rate, days = Decimal(says["rate"].replace(",", ".")), int(says["days"])
    if not net or rate >= 100 or days > _days(net):
        raise ReceiptDateNeeded(text) if _RECEIPT.search(rest) else UnparseableTerms(text)
    return Terms.of(DueRule("net", _days(net)), Discount(rate, days) if rate else None)


def _rule(words: str, text: str, net_eom: NetEom | None) -> DueRule:
    """The one rule that `words` state; `text` is what an error shows."""
    bare = re.sub(r"[\s.\-]+", "", words)
    if _AT_ONCE.fullmatch(bare):
        return DueRule("net", 0)
    if _IN_ADVANCE.fullmatch(bare):
        raise PrepaidTerms(text)
    if _EOM.fullmatch(words):
        return DueRule("eom")
    if found := _NET.fullmatch(words):
        return DueRule("net", _days(found))
    if found := _THEN_DAYS.fullmatch(words):
        return DueRule("then_days", _days(found))
    if found := _THEN_EOM.fullmatch(words):
        return DueRule("then_eom", _days(found))
    if found := _NET_EOM.fullmatch(words):
        if net_eom is None:
            raise TwoReadings(text)
        return DueRule(net_eom, _days(found))
    if found := _FOLLOWING_MONTH.fullmatch(words):
        day, cutoff = _days(found), int(found["cutoff"]) if found["cutoff"] else None
        if 1 <= day <= 31 and (cutoff is None or 1 <= cutoff <= 31):
            return DueRule("following_month", day, cutoff)
    raise ReceiptDateNeeded(text) if _RECEIPT.search(words) else UnparseableTerms(text)


def _days(found: re.Match[str]) -> int:
    return int(next(value for name, value in found.groupdict().items() if name.startswith("days") and value))


def _pattern(text: str) -> re.Pattern[str]:
    """A pattern of upper-case words; {names} stand for the parts below."""
    for name, part in _PARTS.items():
        text = text.replace(f"{{{name}}}", part)
    return re.compile(text, re.ASCII | re.VERBOSE)


_PARTS = {
    "eom": r"(?:(?:NET(?:TO)?\s)?(?:EOM|END\sOF\s(?:THE\s)?MONTH|(?:ZUM\s)?MONATSENDE|ENDE\s(?:DES\s)?MONATS))",
    "unit": r"(?:DAYS?|TAG(?:EN?)?)",
    "within": r"""(?:(?:PAYABLE|DUE|ZAHLBAR|FÄLLIG|ZAHLUNGSZIEL:?)\s)?
                  (?:(?:WITHIN|IN|INNERHALB(?:\sVON)?|BINNEN)\s)?""",
    "net": r"(?:NET(?:TO)?|N)",
    "ordinal": r"(?:ST|ND|RD|TH|\.)",
    "skonto": r"(?:\s?(?:SKONTO|(?:CASH\s)?DISCOUNT))?",
    "next_month": r"""(?:OF\s(?:THE\s)?(?:(?:FOLLOWING|NEXT)\sMONTH|MONTH\sFOLLOWING\s(?:THE\s)?INVOICE)
                        | (?:DES\s)?(?:FOLGEMONATS|NÄCHSTEN\sMONATS))""",
    "rate": r"\d{1,3}(?:[.,]\d{1,4})?",
}
_EOM = _pattern(r"(?:DUE\s|ZAHLBAR\s)?{eom}")
_NET = _pattern(
    r"""{within}
    (?: {net}(?:\s?/\s?|-|\s)?(?:(?:DUE\s)?(?:WITHIN|IN)\s)?(?P<days1>\d{1,3})(?:\s?{unit})?
      | (?P<days2>\d{1,3})\s?{unit}(?:,?\s?(?:DUE\s|REIN\s)?{net}|\sOHNE\sABZUG)?
      | (?P<days3>\d{1,3})\sNET(?:TO)? )
    (?:\s(?:FROM|AFTER|AB|NACH)\s(?:(?:THE\s)?(?:DATE\sOF\s(?:THE\s)?)?INVOICE(?:\sDATE)?|RECHNUNGSDATUM))?"""
)
_NET_EOM = _pattern(
    r"(?:{net}\s?/?\s?(?P<days1>\d{1,3})(?:\s?{unit})?|(?P<days2>\d{1,3})\s?{unit}(?:\s{net})?)\s?,?\s?{eom}"
)
_THEN_DAYS = _pattern(
    r"""{eom}\s?(?:\+|PLUS\s|THEN\s)\s?(?P<days1>\d{1,3})(?:\s?{unit})?
    | {within}(?:{net}\s?)?(?P<days2>\d{1,3})\s?{unit}\s(?:FROM|AFTER|NACH|AB)\s(?:THE\s)?{eom}"""
)
_THEN_EOM = _pattern(r"(?:{net}\s?)?(?P<days>\d{1,3})\s?{unit}\sTHEN\s{eom}")
_FOLLOWING_MONTH = _pattern(
    r"""(?:DUE\s|NET\s(?=\d+(?:ST|ND|RD|TH)))?(?:ZUM\s|AM\s)?
    (?: (?P<days1>\d{1,2}){ordinal}?\s?(?:PROX(?:IMO)?\.?|MFI)
      | PROX(?:IMO)?\.?\s(?P<days2>\d{1,2}){ordinal}?
      | (?P<days3>\d{1,2}){ordinal}\s?(?:DAY\s)?
        {next_month} )
    (?:\s?,?\s?CUT-?\s?OFF\s(?P<cutoff>\d{1,2}){ordinal}?)?"""
)
_DISCOUNT = _pattern(
    r"""(?: (?P<rate1>{rate})\s?(?:%?\s?/|%)\s?(?P<days1>\d{1,3})(?:\s?{unit})?(?=.*\bN)
      | (?P<rate2>{rate})\s?%{skonto}\s{within}(?P<days2>\d{1,3})\s?{unit}
      | {within}(?P<days3>\d{1,3})\s?{unit}\s(?P<rate3>{rate})\s?%{skonto} )
    (?:\s?[,;/]\s?|\s)"""
)
_RECEIPT = _pattern(
    r"\bROG\b|\b(?:AFTER|FROM|UPON|ON|OF)\s(?:THE\s)?RECEIPT\b|RECEIPT\sOF|\b(?:NACH|AB|BEI)\s\w*(?:ERHALT|EINGANG)\b"
)
_SHARE = _pattern(r"(?P<share>{rate})\s?%\s(?P<rule>.+)")
# a comma between two digits is a decimal one
_BETWEEN_PARTS = _pattern(r"\s?(?:(?<!\d),|,(?!\d)|;|\s/\s|\sAND\s|\sUND\s)\s?")

_AT_ONCE = re.compile(
    "COD|CASHONDELIVERY|(?:DUE|PAYABLE)?(?:UP)?ONRECEIPT|(?:DUE|PAYABLE)?IMMEDIATE(?:LY)?|"
    "(?:ZAHLBAR)?SOFORT(?:FÄLLIG|ZAHLBAR|NETTO|OHNEABZUG)?|NACHNAHME"
)
_IN_ADVANCE = re.compile(
    "PREPAID|PREPAYMENT|CIA|CWO|CBD|PIA|(?:(?:CASH|PAYMENT|PAID)?INADVANCE)|CASHWITHORDER|CASHBEFOREDELIVERY|"
    "VORKASSE|VORAUSKASSE|VORAUSZAHLUNG"
)
