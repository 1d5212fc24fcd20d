"""The pictures on a model card: words instead of names, and a card without shap that says so."""

import re
import sys

import pytest
from model_builders import random_curve, random_habit_curve, random_table

from features.catalogue import CATALOGUE
from models.payment_curve import INTERVAL_COLUMNS
from training import card_pictures
from training.card_pictures import LINE, NO_SHAP, pictures_of, title_of
from training.card_tonight import Tonight
from training.explained import Sample

TABLE = random_table(40, seed=6)


def test_every_column_has_words_of_its_own_and_none_is_a_name():
    titles = [title_of(name) for name in (*(feature.name for feature in CATALOGUE), *INTERVAL_COLUMNS)]

    assert len(set(titles)) == len(titles)
    assert not [title for title in titles if re.search(r"_|[{}]|None", title)]


def test_the_pictures_bear_those_words_in_short_lines(monkeypatch):
    asked = []
    monkeypatch.setattr(card_pictures, "plots", lambda *given: asked.append(given) or {"dependence_dpd.png": b"PNG"})
    curve, sample = random_curve(), Sample.of(TABLE, 5)

    drawn = pictures_of(curve, sample).drawn

    names = asked[0][3]
    assert set(names) == set(curve.columns_)
    assert {name: words.replace("\n", " ") for name, words in names.items()} == {
        name: title_of(name) for name in curve.columns_
    }
    assert max(len(line) for words in names.values() for line in words.split("\n")) <= LINE
    assert (drawn[0].file, drawn[0].title) == ("dependence_dpd.png", "this invoice is … days past due")
    assert drawn[0].address == "data:image/png;base64,UE5H"


def test_without_shap_there_is_no_picture_and_a_sentence_instead(monkeypatch):
    monkeypatch.setitem(sys.modules, "shap", None)

    found = Tonight.of(random_curve(), TABLE, 5)

    assert found is not None
    assert (found.pictures.drawn, found.pictures.missing) == ((), NO_SHAP)
    assert found.as_dict()["pictures_missing"] == NO_SHAP


@pytest.mark.parametrize("curve", [random_habit_curve(), None])
def test_where_nothing_is_to_be_drawn_nothing_is_missing(curve):
    found = Tonight.of(curve or random_curve(), TABLE, 5, draw=False)

    assert found is not None
    assert (found.pictures.drawn, found.pictures.missing) == ((), "")
