"""Bundles: kept to the last bit, refused when one bit differs."""

import dataclasses
import json
from copy import copy
from datetime import date, timedelta

import numpy as np
import pytest
from bundle_builders import TRAINED, bundle, with_extras
from curve_builders import FAMILIES, drawn_intervals, fitted, settings
from model_builders import EVENING, random_curve, random_habit_curve, random_table

from models.bundle import Bundle
from models.bundle_files import canonical, sha256
from models.errors import BundleRefused, TrainedLater, WrongCatalogue
from models.payment_curve import PaymentCurve
from models.recalibration import Recalibration
from models.rhythm import EVEN
from models.until_due_curve import PaymentCurveUntilDue


@pytest.fixture
def saved(tmp_path):
    bundle().save(tmp_path / "kept")
    return tmp_path / "kept"


@pytest.mark.parametrize("curve", [random_curve(), random_habit_curve()], ids=["model", "habit"])
def test_a_bundle_read_back_scores_the_same_to_the_last_bit(tmp_path, curve):
    made, table = bundle(curve), random_table(40)
    made.save(tmp_path / "kept")

    again = Bundle.load(tmp_path / "kept")

    assert again.version == made.version
    assert again.score(table, EVENING, "model") == made.score(table, EVENING, "model")
    assert (again.kind, again.grace_days, again.passed, dict(again.metrics)) == (made.kind, 5, True, dict(made.metrics))


def test_the_version_is_the_day_and_the_content():
    first, other = bundle(), bundle(random_curve(seed=2))

    assert first.version == bundle().version
    assert first.version.startswith("2026-03-11-")
    assert first.version != other.version


def test_scores_are_coherent_and_their_reasons_add_up():
    for score in bundle().score(random_table(60), EVENING, "model"):
        assert 1 >= score.p_unpaid_14 >= score.p_unpaid_30 >= score.p_unpaid_60 >= 0
        assert abs(score.base + sum(r.points for r in score.reasons) - score.late_risk) < 1e-9
        assert score.known_late == (score.dpd >= 5)
        assert score.late_risk_on == EVENING + timedelta(days=max(30, 5 - score.dpd))
        sizes = [abs(r.points) for r in score.reasons]
        assert sizes == sorted(sizes, reverse=True)
        assert len({r.concept for r in score.reasons}) == len(score.reasons)


def test_an_account_with_fewer_than_three_settled_items_has_a_thin_history():
    table = random_table(3)
    values = table.values.assign(settled_count=[2.0, 3.0, float("nan")])

    scores = bundle().score(dataclasses.replace(table, values=values), EVENING, "model")

    assert [score.thin_history for score in scores] == [True, False, True]


def test_an_evening_without_open_items_has_no_scores():
    assert bundle().score(random_table(0), EVENING, "model") == []


def test_rows_of_another_catalogue_are_refused():
    other = dataclasses.replace(random_table(3), fingerprint="0" * 64)

    with pytest.raises(WrongCatalogue, match="Train again"):
        bundle().score(other, EVENING, "model")


def test_a_bundle_that_has_seen_the_future_is_refused():
    with pytest.raises(TrainedLater, match="2026-03-11"):
        bundle().score(random_table(3), date(2026, 3, 10), "model")


@pytest.mark.parametrize("name", ["bundle.json", "trees.txt", "encoding.json", "manifest.json"])
@pytest.mark.parametrize("where", [0.0, 0.31, 0.62, 0.999])
def test_one_altered_byte_anywhere_is_refused(saved, name, where):
    content = bytearray((saved / name).read_bytes())
    content[int(where * len(content))] ^= 1
    (saved / name).write_bytes(bytes(content))

    with pytest.raises(BundleRefused, match="Nothing of it was used"):
        Bundle.load(saved)


def test_a_missing_file_is_refused(saved):
    (saved / "trees.txt").unlink()

    with pytest.raises(BundleRefused, match=r"missing or were added: trees\.txt"):
        Bundle.load(saved)


def test_a_file_more_is_refused(saved):
    (saved / "notes.txt").write_text("hello")

    with pytest.raises(BundleRefused, match=r"missing or were added: notes\.txt"):
        Bundle.load(saved)


def test_a_manifest_that_names_a_file_elsewhere_is_refused(saved):
    (saved.parent / "secret").write_text("outside")
    manifest = json.loads((saved / "manifest.json").read_bytes())
    manifest["files"]["../secret"] = sha256(b"outside")
    (saved / "manifest.json").write_bytes(canonical(manifest))

    with pytest.raises(BundleRefused, match="names files that no bundle has"):
        Bundle.load(saved)


def test_a_link_to_elsewhere_is_refused(saved):
    (saved / "trees.txt").rename(saved.parent / "trees.txt")
    (saved / "trees.txt").symlink_to(saved.parent / "trees.txt")

    with pytest.raises(BundleRefused, match="not a plain file"):
        Bundle.load(saved)


def test_another_format_is_refused_by_its_number(saved):
    manifest = json.loads((saved / "manifest.json").read_bytes()) | {"format": 3}
    (saved / "manifest.json").write_bytes(canonical(manifest))

    with pytest.raises(BundleRefused, match="format 3, this program reads format 2"):
        Bundle.load(saved)


@pytest.mark.parametrize("spelling", [b" ", b"\n"])
def test_a_manifest_spelled_otherwise_is_refused(saved, spelling):
    (saved / "manifest.json").write_bytes((saved / "manifest.json").read_bytes() + spelling)

    with pytest.raises(BundleRefused, match="was altered"):
        Bundle.load(saved)


def test_trees_over_other_columns_are_refused(saved):
    encoding = json.loads((saved / "encoding.json").read_bytes())
    encoding["columns"][:2] = reversed(encoding["columns"][:2])
    (saved / "encoding.json").write_bytes(canonical(encoding))
    manifest = json.loads((saved / "manifest.json").read_bytes())
    manifest["files"]["encoding.json"] = sha256((saved / "encoding.json").read_bytes())
    (saved / "manifest.json").write_bytes(canonical(manifest))

    with pytest.raises(BundleRefused, match="other columns"):
        Bundle.load(saved)


def test_a_folder_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(BundleRefused, match="no such folder"):
        Bundle.load(tmp_path / "nothing")


def test_a_save_that_fails_leaves_nothing_behind(tmp_path, monkeypatch):
    def full_disk(path, content):
        raise OSError("disk full")

    monkeypatch.setattr("models.bundle.write_durably", full_disk)

    with pytest.raises(OSError, match="disk full"):
        bundle().save(tmp_path / "kept")
    assert list(tmp_path.iterdir()) == []


def test_saving_again_mends_a_damaged_folder(tmp_path):
    made = bundle()
    made.save(tmp_path / "v")
    (tmp_path / "v" / "bundle.json").write_bytes(b"[]")

    made.save(tmp_path / "v")

    assert Bundle.load(tmp_path / "v").version == made.version


@pytest.mark.parametrize("content", [b"[]", b"{}", b'{"kind":"model"}', b"[" * 100_000])
def test_facts_that_describe_no_bundle_are_refused(saved, content):
    (saved / "bundle.json").write_bytes(content)
    manifest = json.loads((saved / "manifest.json").read_bytes())
    manifest["files"]["bundle.json"] = sha256(content)
    (saved / "manifest.json").write_bytes(canonical(manifest))

    with pytest.raises(BundleRefused):
        Bundle.load(saved)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_curve_of_any_family_comes_back_to_the_last_bit(tmp_path, family):
    made, table = with_extras(fitted(family)), random_table(40, seed=5)
    made.save(tmp_path / "kept")

    again = Bundle.load(tmp_path / "kept")

    assert again.score(table, EVENING, "model") == made.score(table, EVENING, "model")
    assert (again.version, again.model_hash) == (made.version, made.model_hash)
    assert type(again.curve) is type(made.curve)
    assert again.curve.get_params() == made.curve.get_params()
    days = np.arange(1, 41)
    assert (
        again.curve.survival(table).survival_at(days).tobytes()
        == made.curve.survival(table).survival_at(days).tobytes()
    )
    assert again.reference is not None
    assert again.reference.to_json() == made.reference.to_json()
    assert dict(again.papers) == dict(made.papers)


@pytest.mark.parametrize("family", ["hazard", "stacked", "blend"])
def test_a_curve_that_found_nothing_to_split_comes_back_too(tmp_path, family):
    curve = fitted(family)
    few = type(curve)(**settings(linear_share=curve.linear_share, min_rows_in_leaf=10**6)).fit(*drawn_intervals(60, 1))
    made = bundle(few)
    made.save(tmp_path / "kept")

    again = Bundle.load(tmp_path / "kept")

    assert again.model_hash == made.model_hash
    assert again.score(random_table(9), EVENING, "model") == made.score(random_table(9), EVENING, "model")


@pytest.mark.parametrize(
    ("family", "parts"),
    [
        ("hazard", {"trees.txt"}),
        ("logistic", {"linear.json"}),
        ("blend", {"trees.txt", "linear.json"}),
        ("stacked", {"trees.txt"}),
        ("until due", {"trees.txt", "stacked.txt"}),
        ("recalibrated", {"trees.txt"}),
    ],
)
def test_a_bundle_has_the_parts_that_its_curve_is_made_of(tmp_path, family, parts):
    bundle(fitted(family)).save(tmp_path / "kept")

    there = {path.name for path in (tmp_path / "kept").iterdir()}

    assert there == parts | {"manifest.json", "bundle.json", "encoding.json"}


def test_a_bundle_saved_from_one_read_back_is_the_same_bundle(tmp_path):
    with_extras(fitted("blend")).save(tmp_path / "first")
    read = Bundle.load(tmp_path / "first")

    dataclasses.replace(read).save(tmp_path / "second")

    for path in (tmp_path / "first").iterdir():
        assert (tmp_path / "second" / path.name).read_bytes() == path.read_bytes()


def test_two_fits_on_the_same_data_have_one_model_hash_with_any_number_of_threads():
    def model_hash(threads: int, seed: int = 7) -> str:
        curve = PaymentCurve(**settings(linear_share=0.5, seed=seed)).fit(*drawn_intervals(1_000, 2), threads=threads)
        return bundle(curve).model_hash

    assert len({model_hash(threads) for threads in (1, 1, 2, 4)}) == 1
    assert model_hash(1, seed=8) != model_hash(1)


def test_who_trained_it_what_was_measured_and_what_people_read_do_not_change_the_model_hash():
    plain, curve = bundle(fitted("blend")), fitted("blend")
    others = [
        bundle(curve, trained_by="somebody"),
        bundle(curve, passed=False, gates=({"name": "enough", "passed": False, "reason": "few"},)),
        bundle(curve, trained_as_of=TRAINED - timedelta(days=1)),
        bundle(curve, learned_from={"rows": 3}),
        dataclasses.replace(plain, metrics={"auc_30": 0.9}),
        plain.with_papers({"card.html": b"<h1>card</h1>"}),
        with_extras(curve),
    ]

    assert {other.model_hash for other in others} == {plain.model_hash}
    assert len({other.version for other in [plain, *others]}) == len(others) + 1


def test_whatever_moves_a_score_changes_the_model_hash():
    curve = fitted("blend")
    blends = [curve.blended(share) for share in (0.0, 0.4, 1.0)]
    evenly = copy(curve)
    evenly.rhythm_ = EVEN
    others = [*blends, evenly, curve.recalibrated(Recalibration(0.7, 0.8)), fitted("stacked")]

    assert len({bundle(other).model_hash for other in [curve, *others]}) == len(others) + 1


@pytest.mark.parametrize("part", ["trees_", "typical_"])
def test_whatever_of_a_stacked_classifier_moves_a_score_changes_the_model_hash(part):
    """Its trees, and the log-odds that they start from, each alone."""
    made, other = (PaymentCurveUntilDue.of(fitted("hazard"), fitted("stacked")) for _ in range(2))
    for curve in (made, other):
        curve.tell_against(random_table(9))
    setattr(other.stacked_, part, getattr(fitted("stacked", 2), part))

    assert bundle(other).model_hash != bundle(made).model_hash
