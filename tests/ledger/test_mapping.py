"""Saved mappings are read whole, or refused with what is wrong in them."""

import pytest

from ledger.mapping import ColumnMapping, DerivedDate, JoinedKey, load_mapping
from ledger.mapping_file import SHIPPED
from ledger.refusals import BadMapping, UnknownMapping


def test_the_shipped_mappings_can_be_read_and_say_what_they_are_for():
    names = {path.stem for path in SHIPPED.glob("*.toml")}
    assert names == {"ibm_ar", "vendor_invoices", "superlender", "highradius_open_items"}
    for name in {"canonical", *names}:
        assert len(load_mapping(name).description) > 20


def test_an_unknown_mapping_names_those_there_are(tmp_path):
    known = "canonical, highradius_open_items, ibm_ar, superlender, vendor_invoices"
    with pytest.raises(UnknownMapping, match=known) as refused:
        load_mapping("sap", tmp_path)
    assert refused.value.exit_code == 2


def test_a_name_cannot_leave_the_folder_of_mappings(tmp_path):
    (tmp_path / "secret.toml").write_text("description = 'x'")
    with pytest.raises(UnknownMapping):
        load_mapping("../secret", tmp_path / "mappings")


def test_an_own_mapping_goes_before_a_shipped_one(tmp_path):
    (tmp_path / "ibm_ar.toml").write_text('description = "ours"')
    assert load_mapping("ibm_ar", tmp_path).description == "ours"


def test_a_mapping_says_columns_constants_orders_keys_and_derived_dates():
    mapping = ColumnMapping.parse(
        {
            "columns": {"issue_date": "Datum", "amount": "Betrag"},
            "constants": {"currency": "EUR"},
            "date_order": "dmy",
            "keys": {"invoice_id": {"join": ["A", "B"], "number_equals": True}},
            "derived": {"paid_date": {"from": "issue_date", "plus_days": "Tage"}},
        },
        "ours",
    )
    assert mapping.date_order == {"": "dmy"}
    assert mapping.keys == {"invoice_id": JoinedKey(("A", "B"), number_equals=True)}
    assert mapping.derived == {"paid_date": DerivedDate("issue_date", "Tage")}


def test_a_derived_date_for_some_terms_alone_leaves_the_others_their_column():
    mapping = ColumnMapping.parse(
        {
            "columns": {"issue_date": "Approved", "due_date": "First due"},
            "derived": {"due_date": {"from": "issue_date", "plus_days": "Term", "only_for": [60, 90]}},
        },
        "ours",
    )
    assert mapping.columns["due_date"] == "First due"
    assert mapping.derived == {"due_date": DerivedDate("issue_date", "Term", frozenset({60, 90}))}


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("columns = ", "is not TOML"),
        ("colums = {}", 'unknown entry "colums"'),
        ('[columns]\nbetrag = "Betrag"', 'unknown entry "betrag"'),
        ("[columns]\namount = 3", "is text in quotation marks, not 3"),
        ('columns = ["amount"]', "is a table"),
        ('date_order = "ydm"', "'dmy' or 'mdy' or 'ymd', not 'ydm'"),
        ('[date_order]\namount = "dmy"', 'unknown entry "amount"'),
        ('decimal = ";"', "decimal is '.' or ','"),
        ('delimiter = ";;"', "one character"),
        ('[constants]\ncurrency = "Euro"', "not an ISO 4217 code"),
        ('[columns]\ncurrency = "C"\n[constants]\ncurrency = "EUR"', '"currency" is told twice'),
        ('[derived]\npaid_date = { from = "issue_date", plus_days = "Days" }', "which \\[columns\\] does not name"),
        ('[derived]\npaid_date = { from = "issue_date" }', "needs both parts"),
        (
            '[columns]\nissue_date = "D"\ndue_date = "F"\n'
            '[derived]\ndue_date = { from = "issue_date", plus_days = "Days" }',
            '"due_date" is told twice',
        ),
        (
            '[columns]\nissue_date = "D"\n'
            '[derived]\ndue_date = { from = "issue_date", plus_days = "Days", only_for = ["60"] }',
            "is a list of whole numbers of days",
        ),
        ("[keys]\ninvoice_id = { join = [] }", "joins no columns"),
        ("float_ids = true", "is a list of names"),
        ('round_amounts = "yes"', "is true or false"),
    ],
)
def test_a_mapping_that_is_not_understood_is_refused_with_the_reason(tmp_path, content, says):
    (tmp_path / "ours.toml").write_text(content)
    with pytest.raises(BadMapping, match=says) as refused:
        load_mapping("ours", tmp_path)
    assert '"ours"' in str(refused.value)
