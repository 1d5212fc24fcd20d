"""The secret of the draws."""

import pytest

from payrisk.salt import BadSalt, kept_salt, salt_of


def test_it_is_made_once_and_kept_for_its_owner_alone(tmp_path):
    assert kept_salt(tmp_path) is None

    made = salt_of(tmp_path)

    assert salt_of(tmp_path) == kept_salt(tmp_path) == made
    assert len(made) == 64
    assert (tmp_path / "draw.salt").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["draw.salt"]


@pytest.mark.parametrize("text", ["", "sält", "abc", "g" * 64, "a" * 65])
def test_what_is_no_secret_is_refused(tmp_path, text):
    (tmp_path / "draw.salt").write_text(text, encoding="utf-8")

    with pytest.raises(BadSalt, match=r"draw\.salt"):
        salt_of(tmp_path)


def test_a_folder_in_its_place_is_refused(tmp_path):
    (tmp_path / "draw.salt").mkdir()

    with pytest.raises(BadSalt):
        kept_salt(tmp_path)
