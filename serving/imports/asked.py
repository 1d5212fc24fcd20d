"""What a person may say about an import: the options of `payrisk import`, a mapping, or which header each column is."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from ledger.errors import PayriskError
from ledger.mapping_file import MAPPING_NAME
from ledger.money import EXPONENT
from ledger.words import shown

Json = dict[str, Any]

CHOICES: Mapping[str, tuple[str, ...]] = {
    "mode": ("snapshot", "append"),
    "layout": ("one_row_per_invoice", "one_row_per_payment", "three_tables"),
    "date_order": ("dmy", "mdy", "ymd"),
    "decimal": (".", ","),
    "net_eom": ("then_days", "then_eom"),
    "allow_shrink": ("yes", "no"),
    "allow_shift": ("yes", "no"),
}
"""Options that are one of a few words."""

TEXTS = ("encoding", "delimiter", "sheet", "currency", "as_of", "amount_scale", "max_bad")
OPTIONS = (*CHOICES, *TEXTS)
MOST_CHARACTERS = 200


class BadImportOption(PayriskError):
    """Something said about an import that cannot be used."""

    code = "bad_import_option"

    def __init__(self, option: str, said: str, expected: str) -> None:
        self.field = option
        super().__init__(f'{option}: "{shown(said)}" cannot be used. Expected {expected}.')


@dataclass(frozen=True)
class Asked:
    """What was said about one import so far.

    Attributes:
        mapping: a saved mapping by name; '' for none.
        options: option → word, as `checked_options` leaves them.
        columns: canonical column → header, where a person said so; with the mapping's other entries: a new one.
        save_as: the name that the new mapping gets.
        review: whether a person looks at how the files are read before anything is imported.
    """

    mapping: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)
    save_as: str = ""
    review: bool = False

    def with_said(self, options: Mapping[str, str], columns: Mapping[str, str] | None, save_as: str) -> "Asked":
        """With what an answer adds; an option that says '' is taken back, columns are said anew as a whole."""
        return replace(
            self,
            options={name: text for name, text in {**self.options, **options}.items() if text},
            columns=self.columns if columns is None else columns,
            save_as=save_as or self.save_as,
        )

    def to_json(self) -> Json:
        """As it is stored."""
        return asdict(self)


def checked_options(said: Mapping[str, str]) -> dict[str, str]:
    """The options as they are kept; '' where one says nothing. Raises `BadImportOption`."""
    return {name: _checked(name, text.strip()) for name, text in said.items()}


def checked_mapping_name(name: str) -> str:
    """A name that a mapping may be saved under. Raises `BadImportOption`."""
    if not (MAPPING_NAME.fullmatch(name) and len(name) <= 60):
        raise BadImportOption("save_as", name, "letters, digits, - and _, as in sap-open-items")
    return name


def _checked(name: str, text: str) -> str:
    if name not in OPTIONS:
        raise BadImportOption(name, text, f"one of the options {', '.join(OPTIONS)}")
    if not text:
        return text
    if name in CHOICES and text not in CHOICES[name]:
        raise BadImportOption(name, text, " or ".join(CHOICES[name]))
    if len(text) > MOST_CHARACTERS or "\0" in text:
        raise BadImportOption(name, text, f"at most {MOST_CHARACTERS} characters")
    if name == "as_of" and not _is_day(text):
        raise BadImportOption(name, text, "a day as YYYY-MM-DD")
    if name == "currency":
        text = text.upper()
        if text not in EXPONENT:
            raise BadImportOption(name, text, "an active ISO 4217 code such as EUR")
    if name == "amount_scale" and not Decimal(0) < _decimal(text) <= 10**9:
        raise BadImportOption(name, text, "a number above zero, such as 0.01 for cents")
    if name == "max_bad" and not 0 <= _decimal(text) <= 1:
        raise BadImportOption(name, text, "a share from 0 to 1")
    if name == "delimiter" and len(text) != 1:
        raise BadImportOption(name, text, "one character")
    return text


def _is_day(text: str) -> bool:
    try:
        return bool(re.fullmatch(r"\d{4}-\d{2}-\d{2}", text)) and date.fromisoformat(text).year >= 1990
    except ValueError:
        return False


def _decimal(text: str) -> Decimal:
    try:
        found = Decimal(text)
    except InvalidOperation:
        return Decimal(-1)
    return found if found.is_finite() else Decimal(-1)
