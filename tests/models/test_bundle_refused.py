"""Bundles of another making: refused in words, whatever stands in them."""

import json
import re
import shutil
from itertools import pairwise

import pytest
from bundle_builders import bundle, resaved, with_extras
from curve_builders import fitted
from model_builders import random_habit_curve

from models.bundle import Bundle
from models.bundle_files import canonical
from models.errors import BundleRefused
from models.readings import EDGES


@pytest.fixture
def saved(tmp_path):
    bundle().save(tmp_path / "kept")
    return tmp_path / "kept"


@pytest.mark.parametrize("name", ["linear.json", "trees.txt", "reference.json", "card.html", "backtest.json"])
def test_a_part_that_was_altered_or_taken_away_is_refused(tmp_path, name):
    with_extras(fitted("blend")).save(tmp_path / "kept")
    path = tmp_path / "kept" / name
    content = bytearray(path.read_bytes())
    content[-2] ^= 1
    path.write_bytes(bytes(content))

    with pytest.raises(BundleRefused, match=f"{name} is not what was saved"):
        Bundle.load(tmp_path / "kept")
    path.unlink()
    with pytest.raises(BundleRefused, match=f"missing or were added: {name}"):
        Bundle.load(tmp_path / "kept")


@pytest.mark.parametrize(
    ("family", "gone"),
    [("hazard", "trees.txt"), ("blend", "trees.txt"), ("blend", "linear.json"), ("until due", "stacked.txt")],
)
def test_a_bundle_saved_without_a_part_of_its_curve_is_refused(tmp_path, family, gone):
    folder = tmp_path / "kept"
    bundle(fitted(family)).save(folder)
    manifest = json.loads((folder / "manifest.json").read_bytes())
    del manifest["files"][gone]
    (folder / gone).unlink()
    (folder / "manifest.json").write_bytes(canonical(manifest))

    with pytest.raises(BundleRefused, match="none where it has"):
        Bundle.load(folder)


def test_a_part_that_the_curve_does_not_use_is_refused(tmp_path):
    bundle(fitted("hazard")).save(tmp_path / "kept")
    resaved(tmp_path / "kept", "linear.json", canonical(fitted("blend").linear_.to_json()))

    with pytest.raises(BundleRefused, match="a logistic regression where the curve has none"):
        Bundle.load(tmp_path / "kept")


def test_a_stacked_classifier_beside_a_curve_that_uses_none_is_refused(tmp_path):
    bundle(fitted("hazard")).save(tmp_path / "kept")
    resaved(tmp_path / "kept", "stacked.txt", fitted("stacked").trees_.to_text().encode())

    with pytest.raises(BundleRefused, match="a stacked classifier where the curve has none"):
        Bundle.load(tmp_path / "kept")


@pytest.mark.parametrize(
    "beside",
    [
        None,
        {},
        {"family": "hazard"},
        {"family": "until_due"},
        {"parameters": None},
        {"parameters": {"edges": [0, 7]}},
        {"parameters": {"edges": [*EDGES[:-1], 181]}},
        {"typical": {"log_odds": [0.0], "contributions": [[0.0]], "values": {}}},
    ],
)
def test_what_stands_beside_the_hazard_must_be_a_stacked_classifier_of_its_edges(tmp_path, beside):
    bundle(fitted("until due")).save(tmp_path / "kept")
    facts = json.loads((tmp_path / "kept" / "bundle.json").read_bytes())
    Bundle.load(tmp_path / "kept")
    other = facts["stacked"] | beside if beside else beside
    resaved(tmp_path / "kept", "bundle.json", json.dumps(facts | {"stacked": other}).encode())

    with pytest.raises(BundleRefused, match="Nothing of it was used"):
        Bundle.load(tmp_path / "kept")


def test_a_model_with_a_habit_beside_it_is_refused(saved):
    resaved(saved, "habit.json", canonical(random_habit_curve().to_json()))

    with pytest.raises(BundleRefused, match="not those of kind 'model'"):
        Bundle.load(saved)


HOSTILE_FACTS = {
    "rhythm": [
        [],
        [1.0] * 600,
        [1.0] * 602,
        [0.0] * 601,
        [-1.0] * 601,
        ["NaN"] * 601,
        [1e308] * 601,
        None,
        {"a": 1},
        3,
    ],
    "recalibration": [[], [1], [1, 1, 1], [0, 1], [-1, 1], [1, 0], [1, -2], ["x", 1], [None, 1], None, [10**400, 1]],
    "family": ["", "forest", None, 3, ["hazard"]],
    "kind": ["", "rule", None, [], {}],
    "typical": [None, [], {}, {"log_odds": [0.0], "contributions": [[0.0]], "values": {}}],
    "parameters": [None, [], {}, {"edges": [0, 7]}, {"unknown": 1}, {"edges": None}],
    "trained_as_of": ["yesterday", "2026-02-30", 20260331, None],
    "grace_days": ["5", None, 5.5, True],
    "passed": ["yes", 1, None],
    "metrics": [None, [1]],
    "gates": [None, "none", {"a": 1}],
    "fingerprint": [None, 7],
    "trained_by": [None, 7],
    "learned_from": [None, "all"],
}

HOSTILE_PARAMETERS = {
    "edges": [
        [],
        [0],
        [0, 7],
        None,
        3,
        [1, *EDGES[1:]],
        [0, 14, 7, *EDGES[3:]],
        [0, 7, 7, *EDGES[3:]],
        [0, 7.5, *EDGES[2:]],
        [str(edge) for edge in EDGES],
    ],
    "linear_share": [-0.1, 1.5, "half", None, 1.0, 0.0],
    "depth": [3],
}


def hostile():
    for name, values in HOSTILE_FACTS.items():
        for value in values:
            yield pytest.param(lambda facts, n=name, v=value: facts | {n: v}, id=f"{name}={str(value)[:30]}")
    for name, values in HOSTILE_PARAMETERS.items():
        for value in values:
            yield pytest.param(
                lambda facts, n=name, v=value: facts | {"parameters": facts["parameters"] | {n: v}},
                id=f"{name}={str(value)[:30]}",
            )
    for name, value in (("dpd", "late"), ("currency", 3.0), ("currency", ["EUR"])):
        yield pytest.param(lambda facts, n=name, v=value: with_typical(facts, n, v), id=f"typical {name}={value}")
    for name in HOSTILE_FACTS:
        yield pytest.param(lambda facts, n=name: {k: v for k, v in facts.items() if k != n}, id=f"no {name}")


def with_typical(facts, name, value):
    typical = facts["typical"]
    return facts | {"typical": typical | {"values": typical["values"] | {name: value}}}


@pytest.fixture(scope="module")
def blend_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bundles") / "blend"
    with_extras(fitted("blend")).save(folder)
    return folder


@pytest.fixture
def blend(blend_folder, tmp_path):
    return shutil.copytree(blend_folder, tmp_path / "blend")


@pytest.mark.parametrize("alter", list(hostile()))
def test_facts_of_another_making_are_refused_in_words(blend, alter):
    facts = json.loads((blend / "bundle.json").read_bytes())
    resaved(blend, "bundle.json", json.dumps(alter(facts)).encode())

    with pytest.raises(BundleRefused, match="Nothing of it was used"):
        Bundle.load(blend)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
@pytest.mark.parametrize("name", ["bundle.json", "linear.json", "reference.json"])
def test_what_is_no_number_is_refused_wherever_a_number_stands(blend, name, number):
    content = (blend / name).read_text()
    first = re.search(r"-?\d+\.\d+", content)
    assert first is not None
    resaved(blend, name, (content[: first.start()] + number + content[first.end() :]).encode())

    with pytest.raises(BundleRefused, match="is no number"):
        Bundle.load(blend)


@pytest.mark.parametrize("name", ["linear.json", "encoding.json", "reference.json", "trees.txt", "bundle.json"])
@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"[]", b"{}", b"null", b"3", b'{"columns":[],"categories":[]}'])
def test_a_part_of_another_making_is_refused(blend, name, content):
    resaved(blend, name, content)

    with pytest.raises(BundleRefused, match="Nothing of it was used"):
        Bundle.load(blend)


def with_its_sizes(text: str) -> str:
    """LightGBM's text with the lengths of its trees as they are: it looks there for where each begins."""
    at = [found.start() for found in re.finditer("^Tree=", text, re.MULTILINE)] + [text.index("end of trees")]
    sizes = [end - start for start, end in pairwise(at)]
    head, tail = text[: at[0]], text[at[0] :]
    fitting = re.sub("tree_sizes=.*", "tree_sizes=" + " ".join(map(str, sizes)), head)
    return fitting + tail


def test_trees_whose_sizes_were_written_anew_are_read(blend):
    """So that what the next test refuses is refused for what it changes."""
    text = (blend / "trees.txt").read_text()
    assert with_its_sizes(text) == text
    resaved(blend, "trees.txt", with_its_sizes(re.sub(r"leaf_value=\S+", "leaf_value=0.5", text, count=1)).encode())

    Bundle.load(blend)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (r"split_feature=\d+", "split_feature=100000"),
        (r"split_feature=\d+", "split_feature=-1"),
        (r"left_child=-?\d+", "left_child=0"),
        (r"right_child=-?\d+", "right_child=500"),
        (r"leaf_value=\S+", "leaf_value=nan"),
        (r"leaf_value=\S+", "leaf_value=1e999"),
        (r"threshold=\S+", "threshold=nan"),
        (r"decision_type=\d+", "decision_type=1"),
        (r"decision_type=\d+ ", "decision_type="),
        (r"internal_value=\S+ ", "internal_value="),
        (r"num_leaves=\d", "num_leaves=9"),
        (r"num_cat=0", "num_cat=1"),
        (r"is_linear=0", "is_linear=1"),
        (r"leaf_count=\d+", "leaf_count=?"),
        (r"max_feature_idx=\d+", "max_feature_idx=3"),
        (r"tree_sizes=\d+", "tree_sizes=1"),
    ],
)
def test_trees_that_lead_nowhere_are_refused(blend, old, new):
    text, changed = re.subn(old, new, (blend / "trees.txt").read_text(), count=1)
    assert changed == 1
    resaved(blend, "trees.txt", (text if "tree_sizes" in old else with_its_sizes(text)).encode())

    with pytest.raises(BundleRefused, match="Nothing of it was used"):
        Bundle.load(blend)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("edges", [7, 14]),
        ("portfolio", [0.1]),
        ("portfolio", [0.0] * 601),
        ("portfolio", [1.5] * 601),
        ("tail", 0.0),
        ("tail", "x"),
        ("segments", {"a": [0.1]}),
        ("customers", [1]),
    ],
)
def test_a_habit_of_another_making_is_refused(tmp_path, name, value):
    bundle(random_habit_curve()).save(tmp_path / "kept")
    habit = json.loads((tmp_path / "kept" / "habit.json").read_bytes())
    resaved(tmp_path / "kept", "habit.json", canonical(habit | {name: value}))

    with pytest.raises(BundleRefused, match="Nothing of it was used"):
        Bundle.load(tmp_path / "kept")
