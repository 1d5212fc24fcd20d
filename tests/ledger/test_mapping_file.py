"""Files of mappings: what is written is what is read again, whatever the headers are called."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.mapping_file import mapping_content, mapping_toml, save_mapping, saved_mappings
from ledger.refusals import BadMapping

TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=20)
VALUE = TEXT | st.booleans() | st.integers(-(2**31), 2**31) | st.lists(TEXT, max_size=3)


@given(
    st.dictionaries(TEXT, VALUE | st.dictionaries(TEXT, VALUE | st.dictionaries(TEXT, VALUE, max_size=2), max_size=3))
)
def test_what_is_written_is_what_is_read_again(content):
    assert tomllib.loads(mapping_toml(content)) == content


def test_a_saved_mapping_goes_before_a_shipped_one_and_is_replaced_whole(tmp_path):
    shipped = set(saved_mappings(None))
    save_mapping("ibm_ar", {"columns": {"amount": "Betrag"}}, tmp_path / "mappings")
    path = save_mapping("ibm_ar", {"columns": {"amount": "Wert"}}, tmp_path / "mappings")

    assert set(saved_mappings(tmp_path / "mappings")) == shipped
    assert saved_mappings(tmp_path / "mappings")["ibm_ar"] == path
    assert mapping_content("ibm_ar", path) == {"columns": {"amount": "Wert"}}
    assert list(path.parent.iterdir()) == [path]


def test_a_file_that_is_no_toml_is_said_to_be_none(tmp_path):
    (tmp_path / "bad.toml").write_text("= nothing", encoding="utf-8")

    with pytest.raises(BadMapping, match="the file is not TOML"):
        mapping_content("bad", tmp_path / "bad.toml")
