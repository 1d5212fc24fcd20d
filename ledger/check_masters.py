"""Customers, with their credit limits, and exchange rates that may be believed."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ledger.check_invoices import in_another_case
from ledger.checked import CUSTOMER_FACTS, RATE_FACTS, BadRow, Checked
from ledger.column_values import ReadMoney
from ledger.columns import Columns
from ledger.days import NEVER, to_date
from ledger.parsing.bad_cell import BadCell, missing
from ledger.refusals import FileRefused
from ledger.sieve import Sieve, checked
from ledger.words import shown

LEGAL_PERSON, NATURAL_PERSON = "legal_person", "natural_person"
_CLASSES = {
    LEGAL_PERSON: "legal person, legal entity, company, business, b2b, organisation, organization, juristische person, "
    "firma, unternehmen, gesellschaft, personne morale, société, entreprise, persona jurídica, empresa, sociedad, "
    "persona giuridica, società, azienda, rechtspersoon, bedrijf, onderneming, pessoa jurídica, sociedade",
    NATURAL_PERSON: "natural person, individual, consumer, private, private person, sole trader, sole proprietor, b2c, "
    "natürliche person, privatperson, verbraucher, einzelunternehmer, einzelkaufmann, personne physique, particulier, "
    "consommateur, entrepreneur individuel, persona física, consumidor, particular, autónomo, persona fisica, "
    "privato, consumatore, ditta individuale, natuurlijk persoon, natuurlijke persoon, consument, eenmanszaak, zzp, "
    "pessoa física, pessoa singular, empresário individual",
    "": "unknown, not stated, unbekannt, inconnu, desconocido, sconosciuto, onbekend, desconhecido",
}
_CLASS_OF = {word.strip(): name for name, words in _CLASSES.items() for word in words.split(",")}


def check_customers(columns: Columns) -> Checked:
    """The customers of a table; `debtor_class` is legal_person, natural_person, or '' when not stated.

    Raises `FileRefused` (`missing_columns`) where there are credit limits, and nothing says their currency.
    """
    sieve, texts = Sieve(columns), columns.texts
    sieve.text("customer_id", needed=True)
    sieve.text("customer_name")
    sieve.text("country")
    sieve.text("debtor_class")
    classes = texts["debtor_class"]
    said = [" ".join(text.lower().replace("_", " ").split()) for text in classes.values.to_pylist()]
    unknown = np.array([bool(text) and text not in _CLASS_OF for text in said], dtype=np.bool_)[classes.codes]
    sieve.refuse(
        unknown, "debtor_class",
        lambda at: BadCell(
            "malformed_row",
            f'"{shown(classes[at])}" is no class of debtors. Expected legal_person, natural_person or nothing.',
        ),
    )  # fmt: skip
    sieve.text("parent_id")
    limits = _credit_limits(sieve)
    says = ~limits.is_none
    rows = np.flatnonzero(sieve.good)
    names = pa.array([_CLASS_OF.get(text, "") for text in said], pa.large_string())
    facts = {
        "row": columns.table.rows[rows],
        **{name: texts[name].texts(rows) for name in ("customer_id", "customer_name", "country", "parent_id")},
        "debtor_class": names.take(pa.array(classes.codes[rows])),
        "credit_limit_minor": np.where(says, limits.minor, -1)[rows],
        "credit_limit_currency": pc.if_else(says[rows], texts["credit_limit_currency"].texts(rows), ""),
    }
    warned = {
        "ids_differ_only_in_case": in_another_case(texts["customer_id"]),
        "amounts_rounded": int((sieve.good & limits.rounded).sum()),
    }
    return checked(sieve, CUSTOMER_FACTS, facts, warned=warned)


def _credit_limits(sieve: Sieve) -> ReadMoney:
    """The credit limits, each 0 or more in a currency that is stated; `is_none` where a row states none."""
    columns = sieve.columns
    cells, currency = columns.amounts["credit_limit"], columns.texts["credit_limit_currency"]
    if not ("credit_limit_currency" in columns.has or currency.says.any()) and cells.says.any():
        raise FileRefused(
            "missing_columns", columns.table.file, "There are credit limits, and nothing says in which currency.",
            remedy="Add a column credit_limit_currency, or name the one that says it so; if all limits are in one "
            "currency, say --currency EUR.",
            field="credit_limit_currency",
        )  # fmt: skip
    sieve.text("credit_limit_currency")
    sieve.refuse(
        cells.says & ~currency.says, "credit_limit_currency",
        lambda at: missing("credit_limit_currency")._replace(reason="missing_currency"),
    )  # fmt: skip
    read = cells.read(currency)
    sieve.refuse(read.is_bad, "credit_limit", lambda at: read.bad[int(read.reading[at])])
    sieve.refuse(
        read.minor < 0, "credit_limit",
        lambda at: BadCell("amount_out_of_range", "A credit limit is 0 or more; without one the cell is empty."),
    )  # fmt: skip
    return replace(read, is_none=~cells.says)


def check_rates(columns: Columns, today: int) -> Checked:
    """The exchange rates of a table, up to those of `today` (whole days): nobody knows tomorrow's."""
    sieve, texts, rates = Sieve(columns), columns.texts, columns.rates
    days = columns.dates["rate_date"].days
    sieve.refuse(~rates.says, "rate", lambda at: rates.bad_at(at) or missing("rate"))
    sieve.day("rate_date", needed=True)
    sieve.refuse(
        (days > today) & (days != NEVER), "rate_date",
        lambda at: BadCell(
            "date_out_of_range",
            f"{to_date(int(days[at])).isoformat()} is after today, {to_date(today).isoformat()}.",
        ),
    )  # fmt: skip
    sieve.text("currency", needed=True)
    sieve.text("base_currency", needed=True)
    rows = np.flatnonzero(sieve.good)
    facts = {
        "row": columns.table.rows[rows],
        "currency": texts["currency"].texts(rows),
        "base": texts["base_currency"].texts(rows),
        "rate": rates.texts(rows),
        "rate_on": days[rows],
    }
    return checked(sieve, RATE_FACTS, facts)


def take_last_names(customers: Sequence[Checked]) -> None:
    """Of a customer that stands under several names the last one counts, and is remarked."""
    if not customers:
        return
    stated = pd.concat([table.facts for table in customers], ignore_index=True)
    named = stated[stated["customer_name"] != ""]
    last = named.drop_duplicates("customer_id", keep="last").set_index("customer_id")["customer_name"]
    for table in customers:
        facts = table.facts
        names = last.reindex(facts["customer_id"]).fillna("").astype("str").reset_index(drop=True)
        other = (facts["customer_name"] != names) & (facts["customer_name"] != "")
        table.warned["customer_name_conflict"] += int(other.sum())
        table.facts = facts.assign(customer_name=names)


def set_unknown_customers_aside(invoices: Checked, known: Iterable[str]) -> None:
    """Take out the invoices of customers that are not among the `known` ids: for three tables that belong together."""
    ids = invoices.facts["customer_id"]
    unknown = ~ids.isin(pd.Index(list(known), dtype="str")).to_numpy()
    invoices.set_aside(
        np.flatnonzero(unknown),
        lambda at: BadRow(
            "customer_id",
            BadCell("unknown_customer", f'The customers have none with the id "{shown(str(ids.iloc[at]))}".'),
        ),
    )  # fmt: skip
