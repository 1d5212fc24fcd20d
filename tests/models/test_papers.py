"""What is read of a version without its curve, and the drift report that lies beside it."""

import json

import pytest
from web_models import DATA_HASH, keep_drift, shelf_of

from models.errors import BundleRefused, UnknownVersion
from models.papers import Papers


@pytest.fixture
def kept(tmp_path):
    shelf, old, _ = shelf_of(tmp_path)
    return shelf, Papers(shelf), old


def test_facts_and_papers_are_those_that_were_saved(kept):
    shelf, papers, old = kept
    bundle = shelf.bundle(old)

    assert papers.facts(old)["learned_from"]["data_hash"] == DATA_HASH
    assert papers.facts(old)["metrics"] == dict(bundle.metrics)
    assert papers.paper(old, "card.html") == bundle.papers["card.html"]
    assert papers.paper(old, "backtest.html") is None
    assert papers.paper(old, "habit.json") is None  # no paper
    assert papers.paper(old, "../../champion.json") is None


@pytest.mark.parametrize("name", ["bundle.json", "card.json", "manifest.json"])
def test_what_was_altered_is_refused(kept, name):
    shelf, papers, old = kept
    path = shelf.folder_of(old) / name
    path.write_bytes(path.read_bytes().replace(b"5", b"6", 1) if name != "card.json" else b"{}")

    with pytest.raises(BundleRefused):
        papers.paper(old, "card.json") if name != "bundle.json" else papers.facts(old)


def test_a_manifest_and_a_paper_that_were_both_written_anew_are_not_the_version_that_is_named(kept):
    shelf, papers, old = kept
    from bundle_builders import resaved

    resaved(shelf.folder_of(old), "card.json", b'{"model_hash":"mine"}')

    with pytest.raises(BundleRefused, match="its name was made from"):
        papers.paper(old, "card.json")


@pytest.mark.parametrize("version", ["2026-01-28-00000000", "", "..", "a/b", ".lock"])
def test_a_version_that_is_not_there_has_no_papers(kept, version):
    with pytest.raises(UnknownVersion):
        kept[1].facts(version)


def test_the_newest_drift_report_of_a_version_is_kept_and_noticed(kept):
    shelf, papers, old = kept
    assert papers.drift(old) is None
    before = papers.state()

    keep_drift(shelf, old, verdict="watch")
    keep_drift(shelf, old, verdict="stop")

    assert json.loads(papers.drift(old))["verdict"] == "stop"
    assert papers.state() != before
    assert [path.name for path in (shelf.folder / "drift").iterdir()] == [f"{old}.json"]


def test_what_is_still_being_written_does_not_count(kept):
    """It is gone at any moment, under a name with a dot before it."""
    shelf, papers, _ = kept
    before = papers.state()
    (shelf.folder / "drift").mkdir(exist_ok=True)
    (shelf.folder / "drift" / ".2026-01-01-0123abcd.json").write_text("{}")
    unfinished = shelf.folder / "versions" / ".unfinished-1"
    unfinished.mkdir()
    (unfinished / "bundle.json").write_text("{}")

    assert papers.state() == before
