"""Saved mappings: how the columns of one system's export are read, as a TOML file with a name.

A mapping names headers, constants, date orders, derived columns and keys made of several columns. What it does not
name is not read: so outcome columns never become inputs.
"""

from collections.abc import Iterable
from collections.abc import Mapping as Dict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar, get_args

from ledger.mapping_file import mapping_content, saved_mappings
from ledger.money import EXPONENT
from ledger.options import Layout
from ledger.parsing.dates import ORDERS
from ledger.reading.encoding import is_text_encoding
from ledger.refusals import BadMapping, UnknownMapping
from ledger.schema import FILE_LAYOUTS

CANONICAL = "canonical"
"""The mapping that is built in: every column under its own name."""

FIELDS = frozenset(name for layout in FILE_LAYOUTS.values() for name in layout.names)
"""Every canonical column of every layout of a file."""

_Names = TypeVar("_Names", bound=Iterable[str])
_DATES = frozenset(c.name for layout in FILE_LAYOUTS.values() for c in layout.columns if c.type == "day")
_AMOUNTS = frozenset(c.name for layout in FILE_LAYOUTS.values() for c in layout.columns if c.type == "amount")
_IDS = frozenset(name for name in FIELDS if name.endswith("_id")) | {"entity"}
_TABLES = (
    "columns", "constants", "date_order", "decimal", "delimiter", "derived", "description", "encoding",
    "float_amounts", "float_ids", "keys", "layout", "round_amounts", "unused", "warnings",
)  # fmt: skip


@dataclass(frozen=True)
class DerivedDate:
    """A date that is another one plus the days in a column; empty days give no date.

    With `only_for`, in rows with one of these numbers of days alone; others keep the column that [columns] names.
    """

    start: str
    plus_days: str
    only_for: frozenset[int] | None = None

    def is_for(self, days: object) -> bool:
        """Whether the rule counts in a row with this cell of days, read as a whole number."""
        return isinstance(days, int) and (self.only_for is None or days in self.only_for)


@dataclass(frozen=True)
class JoinedKey:
    """An id made of several columns; `number_equals` adds a running number among rows with equal parts."""

    join: tuple[str, ...]
    number_equals: bool = False


@dataclass(frozen=True)
class ColumnMapping:
    """One saved mapping.

    Attributes:
        name: under which it is saved; the source of the exports that it reads.
        description: what the file is, for people.
        columns: canonical column → header in the file.
        constants: canonical column → value of every row.
        date_order: canonical column → 'dmy', 'mdy' or 'ymd'; '' for all that are not named.
        decimal, encoding, delimiter: how the files are written; None is detected.
        float_ids, float_amounts: canonical columns that were written as binary floats.
        round_amounts: round amounts to the minor unit, counted as a warning, instead of refusing the row.
        derived: canonical date column → how it is computed.
        keys: canonical id column → how it is made.
        unused: headers that are known and deliberately not read.
        warnings: code → sentence, said on every import with it.
        layout: 'one_row_per_payment' when the rows are payments that repeat their invoice; None is one per invoice.
        whole: it names every column that is read; otherwise the others are found under their canonical names.
    """

    name: str = CANONICAL
    description: str = "The canonical columns under their own names."
    columns: Dict[str, str] = field(default_factory=dict)
    constants: Dict[str, str] = field(default_factory=dict)
    date_order: Dict[str, str] = field(default_factory=dict)
    decimal: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    float_ids: frozenset[str] = frozenset()
    float_amounts: frozenset[str] = frozenset()
    round_amounts: bool = False
    derived: Dict[str, DerivedDate] = field(default_factory=dict)
    keys: Dict[str, JoinedKey] = field(default_factory=dict)
    unused: frozenset[str] = frozenset()
    warnings: Dict[str, str] = field(default_factory=dict)
    layout: Layout | None = None
    whole: bool = True

    @classmethod
    def of_columns(cls, columns: Dict[str, str], name: str = "columns") -> "ColumnMapping":
        """From canonical column → header alone, as one call may state it. Raises `BadMapping` for unknown columns.

        >>> ColumnMapping.of_columns({"invoice_id": "Belegnummer"}).columns
        {'invoice_id': 'Belegnummer'}
        """
        check = _Checks(name)
        named = check.fields("columns", check.texts("columns", columns), FIELDS)
        return cls(name=name, description="Columns named for one import.", columns=named, whole=False)

    @property
    def is_canonical(self) -> bool:
        """Whether headers are found under the canonical names themselves."""
        return not self.columns

    @classmethod
    def parse(cls, content: Dict[str, Any], name: str) -> "ColumnMapping":
        """From the tables of a TOML file. Raises `BadMapping` for everything that is not understood."""
        check = _Checks(name)
        check.only_known("the mapping", content, _TABLES)
        columns = check.fields("columns", check.texts("columns", content.get("columns", {})), FIELDS)
        constants = check.fields("constants", check.texts("constants", content.get("constants", {})), FIELDS)
        derived = {n: check.derived(n, v) for n, v in check.table("derived", content.get("derived", {})).items()}
        keys = {n: check.key(n, v) for n, v in check.table("keys", content.get("keys", {})).items()}
        check.fields("derived", derived, _DATES)
        check.fields("keys", keys, _IDS)
        for_some = {n for n, rule in derived.items() if rule.only_for is not None and n in columns}
        check.told_once({n: header for n, header in columns.items() if n not in for_some}, constants, derived, keys)
        if "currency" in constants and constants["currency"] not in EXPONENT:
            check.refuse(f'constants.currency is "{constants["currency"]}", not an ISO 4217 code such as EUR.')
        if len(str(content.get("delimiter", ","))) != 1:
            check.refuse('delimiter is one character, as in delimiter = ";".')
        for name_of, rule in derived.items():
            if rule.start not in columns:
                check.refuse(f'derived.{name_of} counts from "{rule.start}", which [columns] does not name.')
        return cls(
            name=name,
            description=check.text("description", content.get("description", "")),
            columns=columns,
            constants=constants,
            date_order=check.date_order(content.get("date_order", {})),
            decimal=check.one_of("decimal", content.get("decimal"), (".", ",")),
            encoding=check.encoding(content.get("encoding")),
            delimiter=check.optional_text("delimiter", content.get("delimiter")),
            float_ids=frozenset(check.fields("float_ids", check.names("float_ids", content), _IDS)),
            float_amounts=frozenset(check.fields("float_amounts", check.names("float_amounts", content), _AMOUNTS)),
            round_amounts=check.flag("round_amounts", content.get("round_amounts", False)),
            derived=derived,
            keys=keys,
            unused=frozenset(check.names("unused", content)),
            warnings=check.texts("warnings", content.get("warnings", {})),
            layout=check.layout(content.get("layout")),
        )


def load_mapping(name: str | None, folder: Path | None = None) -> ColumnMapping:
    """The mapping saved under `name`: one's own in `folder` first, then the shipped ones; None is the canonical one.

    Raises:
        UnknownMapping: there is none of that name; it lists those there are.
        BadMapping: the file is not TOML, or says what cannot be understood.
    """
    if name is None or name == CANONICAL:
        return ColumnMapping()
    known = saved_mappings(folder)
    if name not in known:
        raise UnknownMapping(name, {CANONICAL, *known})
    return ColumnMapping.parse(mapping_content(name, known[name]), name)


class _Checks:
    """The sentences of `BadMapping`, for one mapping."""

    def __init__(self, name: str) -> None:
        self.name = name

    def refuse(self, sentence: str) -> None:
        raise BadMapping(self.name, sentence)

    def only_known(self, where: str, found: Iterable[str], known: Iterable[str]) -> None:
        for key in found:
            if key not in known:
                self.refuse(f'{where} has an unknown entry "{key}". Known: {", ".join(sorted(known))}.')

    def table(self, where: str, value: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            self.refuse(f"{where} is a table, as in [{where}].")
        return dict(value)

    def text(self, where: str, value: Any) -> str:
        if not isinstance(value, str):
            self.refuse(f"{where} is text in quotation marks, not {value!r}.")
        return str(value)

    def optional_text(self, where: str, value: Any) -> str | None:
        return None if value is None else self.text(where, value)

    def encoding(self, value: Any) -> str | None:
        name = self.optional_text("encoding", value)
        if name is None:
            return None
        if not is_text_encoding(name):
            self.refuse(f'encoding is "{name}", not one of text files such as "utf-8", "utf-16" or "cp1252".')
        return name

    def flag(self, where: str, value: Any) -> bool:
        if not isinstance(value, bool):
            self.refuse(f"{where} is true or false, not {value!r}.")
        return bool(value)

    def one_of(self, where: str, value: Any, allowed: tuple[str, ...]) -> str | None:
        if value is not None and value not in allowed:
            self.refuse(f"{where} is {' or '.join(repr(choice) for choice in allowed)}, not {value!r}.")
        return None if value is None else str(value)

    def layout(self, value: Any) -> Layout | None:
        said = self.one_of("layout", value, get_args(Layout))
        return next((layout for layout in get_args(Layout) if layout == said), None)

    def texts(self, where: str, value: Any) -> dict[str, str]:
        return {key: self.text(f"{where}.{key}", text) for key, text in self.table(where, value).items()}

    def names(self, where: str, content: Dict[str, Any]) -> list[str]:
        value = content.get(where, [])
        if not isinstance(value, list):
            self.refuse(f'{where} is a list of names, as in {where} = ["amount"].')
        return [self.text(where, entry) for entry in value]

    def numbers(self, where: str, value: Any) -> frozenset[int]:
        if not isinstance(value, list) or not value or any(type(entry) is not int for entry in value):
            self.refuse(f"{where} is a list of whole numbers of days, as in only_for = [60, 90].")
        return frozenset(value)

    def fields(self, where: str, found: _Names, known: frozenset[str]) -> _Names:
        self.only_known(f"[{where}]", found, known)
        return found

    def told_once(self, *tables: Dict[str, Any]) -> None:
        seen: set[str] = set()
        for table in tables:
            for name in table:
                if name in seen:
                    self.refuse(f'"{name}" is told twice.')
                seen.add(name)

    def date_order(self, value: Any) -> dict[str, str]:
        orders = {"": value} if isinstance(value, str) else self.texts("date_order", value)
        self.only_known("[date_order]", [name for name in orders if name], _DATES)
        for order in orders.values():
            self.one_of("date_order", order, ORDERS)
        return orders

    def derived(self, name: str, value: Any) -> DerivedDate:
        said = self.table(f"derived.{name}", value)
        only_for = self.numbers(f"derived.{name}.only_for", said.pop("only_for")) if "only_for" in said else None
        parts = self.texts(f"derived.{name}", said)
        if set(parts) != {"from", "plus_days"}:
            self.refuse(f'derived.{name} needs both parts, as in {{ from = "issue_date", plus_days = "Days" }}.')
        return DerivedDate(parts["from"], parts["plus_days"], only_for)

    def key(self, name: str, value: Any) -> JoinedKey:
        parts = self.table(f"keys.{name}", value)
        self.only_known(f"keys.{name}", parts, ("join", "number_equals"))
        headers = self.names("join", parts)
        if not headers:
            self.refuse(f'keys.{name} joins no columns. Expected {{ join = ["Vendor", "Created"] }}.')
        return JoinedKey(tuple(headers), self.flag("number_equals", parts.get("number_equals", False)))
