"""The settings of a connection: changed for a while, and given back."""

import pytest

from ledger.database import open_engine, pages_at_hand, writing


def test_the_memory_for_pages_is_given_back_whatever_happens(tmp_path):
    engine, seen = open_engine(f"sqlite:///{tmp_path}/some.db"), []

    def pages():
        seen.append(connection.exec_driver_sql("PRAGMA cache_size").scalar_one())

    def refused():
        with pages_at_hand(connection, 16_000):
            pages()
            raise KeyboardInterrupt

    with writing(engine) as connection:
        pages()
        with pytest.raises(KeyboardInterrupt):
            refused()
        pages()
    engine.dispose()

    assert seen == [seen[0], -16_000, seen[0]]
