"""`KeptPages`: what is kept stays within its bytes, the keys counted too."""

from serving.published.kept_pages import KeptPages, size_of


def test_a_page_whose_key_is_larger_than_all_room_is_made_and_not_kept():
    pages = KeptPages(most_bytes=1_000)
    key = ("run", frozenset(f"C-{number}" for number in range(100)))

    assert pages.get(key, lambda: b"page") == b"page"
    assert pages.known(key) is None


def test_pages_of_large_keys_give_way_to_those_asked_for_last():
    keys = [("run", frozenset({f"{name}-{number}" for number in range(50)})) for name in "abc"]
    pages = KeptPages(most_bytes=2 * (max(map(size_of, keys)) + 1))
    for key in keys:
        pages.get(key, lambda: b"1")

    assert [pages.known(key) for key in keys] == [None, b"1", b"1"]


def test_a_page_that_is_made_twice_counts_once():
    pages = KeptPages(most_bytes=size_of("key") + 10)
    pages._kept("key", b"123456")
    pages._kept("key", b"1234567890")

    assert pages.known("key") == b"1234567890"
