"""The laws of evidence, on random companies: it is enough for the value, to the last bit, and holds nothing that was
learned later or is another customer's."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pandas as pd
from builders import FIRST_DAY, RANDOM_DAYS, law
from hypothesis import given
from hypothesis import strategies as st
from random_companies import random_company, view_of

from features.catalogue import CATALOGUE
from features.compute import feature_matrix, feature_rows
from features.evidence.behind import ItemEvidence
from features.evidence.row import EvidenceRow
from features.from_view import facts_of
from features.primitives import Combined, Expression
from features.questions import open_questions, questions_of
from features.spec import Feature
from ledger.days import to_day
from ledger.view import LedgerView

seeds = st.integers(min_value=0, max_value=2**32 - 1)
evenings = st.integers(min_value=40, max_value=RANDOM_DAYS + 60).map(lambda days: FIRST_DAY + timedelta(days=days))
APPLIED = ("cash", "credit", "discount", "write_off", "reversal")


@law(3)
@given(seed=seeds, day=evenings)
def test_evidence_is_enough_for_the_value_to_the_last_bit(seed, day):
    """Whoever has the rows, and the invoice asked about, has the value."""
    view = view_of(random_company(seed, customers=2, items=30), day)
    table, alone = feature_rows(view), {}
    for told in richest(view):
        published = table.values[table.keys["item_id"] == told.item_id].iloc[0]
        for feature in CATALOGUE:
            evidence = told.behind(feature)
            if evidence.rows not in alone:
                alone[evidence.rows] = with_nothing_but(view, evidence.rows, told.item_id)
            assert same(evidence.value, published[feature.name]), feature.name
            from_rows = own_values(alone[evidence.rows], told.item_id, feature)
            assert from_rows == own_values(view, told.item_id, feature), feature.name


@law(3)
@given(seed=seeds, day=evenings)
def test_evidence_is_known_by_the_evening_and_of_this_customer(seed, day):
    view = view_of(random_company(seed, customers=2, items=30), day)
    for told in richest(view):
        theirs = {told.customer_id, *ids_of(view, "promises", told), *ids_of(view, "contacts", told)}
        items = set(ids_of(view, "items", told))
        for feature in CATALOGUE:
            for row in told.behind(feature).rows:
                assert row.known_on <= day, (feature.name, row)
                assert row.item_id in items if row.item_id else row.document_id in theirs, (feature.name, row)


def richest(view: LedgerView) -> Iterator[ItemEvidence]:
    """The open item with most behind it, where any is open: of the customer with most kept promises and invoices."""
    opened = open_questions(view, [to_day(view.day)])["item_id"]
    if len(opened):
        values = feature_rows(view).values
        most = 1_000 * values["promises_kept_count_365d"] + values["invoice_count"]
        yield ItemEvidence(view, opened.iloc[int(most.argmax())])


def same(value: float | str | None, published: float | str) -> bool:
    """Whether a value is the cell of a feature row."""
    return published != published if value is None else value == published


def ids_of(view: LedgerView, name: str, told: ItemEvidence) -> list[str]:
    """The ids of what is, or ever was, of the customer."""
    frame = getattr(view, name)
    return frame.loc[frame["customer_id"] == told.customer_id, f"{name.removesuffix('s')}_id"].tolist()


def own_values(view: LedgerView, item_id: str, feature: Feature) -> list[bytes]:
    """The value to the bit; of a feature that is drawn towards everyone's, its part and its whole."""
    facts = facts_of(view)
    asked = pd.DataFrame({"item_id": pd.Series([item_id], dtype="str"), "day": [to_day(view.day)]})
    question = questions_of(view, asked)
    if feature.is_category:
        return [str(facts.currencies[facts.revisions.currency[question.revision[0]]]).encode()]
    parts = feature.value.parts if isinstance(feature.value, Combined) else ()
    wanted = [part for part in parts if is_own(part)] if not is_own(feature.value) else [feature.value]
    return [feature_matrix(facts, question, [part]).tobytes() for part in wanted]


def is_own(expression: Expression) -> bool:
    return not any(ask.everyone for ask in expression.asks())


def with_nothing_but(view: LedgerView, rows: Sequence[EvidenceRow], item_id: str) -> LedgerView:
    """The view of a ledger that holds the rows, and every statement of one item, and nothing else."""
    told = {
        kinds: {(row.item_id, row.document_id, to_day(row.known_on)) for row in rows if row.kind in kinds}
        for kinds in (("invoice",), APPLIED, ("dispute",), ("contact",), ("promise",), ("customer",))
    }
    statements = {(item, known) for item, _, known in told["invoice",]}
    applied = {document for _, document, _ in told[APPLIED]}
    contacts = {document for _, document, _ in told["contact",]}

    def by_statement(frame: pd.DataFrame, key: str, kind: str) -> pd.DataFrame:
        kept = {(document, known) for _, document, known in told[kind,]}
        return where(frame, [one in kept for one in zip(frame[key], frame["known_on"], strict=True)])

    items = zip(view.items["item_id"], view.items["known_on"], strict=True)
    return replace(
        view,
        items=where(view.items, [one in statements or one[0] == item_id for one in items]),
        applications=where(view.applications, [one in applied for one in view.applications["application_id"]]),
        disputes=by_statement(view.disputes, "dispute_id", "dispute"),
        contacts=where(view.contacts, [one in contacts for one in view.contacts["contact_id"]]),
        promises=by_statement(view.promises, "promise_id", "promise"),
        customers=by_statement(view.customers, "customer_id", "customer"),
    )


def where(frame: pd.DataFrame, kept: list[bool]) -> pd.DataFrame:
    return frame.loc[np.array(kept, dtype=np.bool_)].reset_index(drop=True)
