"""Looking ids up: in order or not, in one table or run by run, the row is the first that has the id."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import lookup
from ledger.lookup import positions

ids = st.lists(st.text("aäb", max_size=2), max_size=12)


@given(asked=ids, among=ids, in_order=st.booleans(), at_once=st.integers(1, 4))
def test_each_id_has_its_first_row_or_none(asked, among, in_order, at_once):
    if in_order:
        asked, among = sorted(asked), sorted(among)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(lookup, "_AT_ONCE", at_once)
        found = positions(pd.Series(asked, dtype="str"), pd.Series(among, dtype="str"))

    assert found.tolist() == [among.index(one) if one in among else -1 for one in asked]
