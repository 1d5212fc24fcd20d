"""Laws of models and training: the future does not matter, labels carry the skill, reasons add up, bytes are kept."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from builders import known_by, law, together
from hypothesis import given
from hypothesis import strategies as st
from model_builders import COMPANY_EVENING, OPENED, company_ledger, paying_company, random_curve, random_table

from features.compute import feature_rows
from features.questions import open_questions
from ledger.days import to_day
from ledger.facts import Facts
from models.bundle import Bundle
from models.errors import BundleRefused
from models.explanation import explain
from models.payment_curve import PaymentCurve
from models.shelf import Shelf
from training.cutoffs import walk_forward
from training.fit import Recipe, TrainingSet, fit_payment_curve, training_sets
from training.labels import outcomes, unpaid_after
from training.leak_checks import shuffled
from training.metrics import auc
from training.monthly import Plan, train

NOW = datetime(2026, 4, 1, 6, 0, tzinfo=UTC)
CUTOFF = OPENED + timedelta(days=420)


def shuffled_after(facts: Facts, day: date, seed: int) -> Facts:
    """The same facts up to the evening, and another future: payments dealt to other items, days and amounts.

    Some are dated far back, as when a forgotten bank statement is booked.
    """
    rng = np.random.default_rng(seed)
    later = facts.applications[facts.applications["known_on"] > to_day(day)].reset_index(drop=True)
    later = later.assign(
        happened_on=rng.permutation(later["happened_on"]) - rng.choice([0, 0, 90], len(later)),
        amount_minor=rng.permutation(later["amount_minor"]),
        item_id=rng.permutation(later["item_id"]),
    )
    items = facts.items[facts.items["known_on"] > to_day(day)]
    items = items.assign(amount_minor=items["amount_minor"] * 3, due_on=items["due_on"] + 11)
    kept = known_by(facts, day)
    applications = later.assign(application_id="X-" + later["application_id"])
    return together(kept, Facts.of(items=items, applications=applications.sample(frac=0.6, random_state=seed)))


def stored(facts: Facts, as_of: date, folder) -> dict[str, bytes]:
    """Every byte of the version that training puts on an empty shelf."""
    shelf = Shelf(folder)
    version = train(company_ledger(facts), as_of, shelf, now=NOW, plan=Plan(folds=2, trials=0)).version
    return {path.name: path.read_bytes() for path in shelf.folder_of(version).iterdir()}


def test_what_is_learned_after_an_evening_cannot_change_a_byte_of_its_model(tmp_path):
    facts = paying_company()
    told = stored(facts, CUTOFF, tmp_path / "as-it-came")

    assert stored(shuffled_after(facts, CUTOFF, seed=1), CUTOFF, tmp_path / "another-future") == told
    assert "trees.txt" in told


def test_what_was_known_does_change_the_model(tmp_path):
    facts = paying_company()
    earlier = shuffled_after(facts, CUTOFF - timedelta(days=120), seed=1)

    assert stored(earlier, CUTOFF, tmp_path / "other") != stored(facts, CUTOFF, tmp_path / "as-it-came")


def s2_auc(curve: PaymentCurve, horizon: int = 14) -> float:
    """AUC of the items due by then that are unpaid, on the evenings after the cutoff of `learned()`."""
    ledger, view = company_ledger(paying_company()), company_ledger(paying_company()).as_of(COMPANY_EVENING)
    (split,) = walk_forward(to_day(OPENED), to_day(COMPANY_EVENING) - 3, folds=1)
    table = feature_rows(view, open_questions(view, split.evenings))
    unpaid, known = unpaid_after(table.keys, outcomes(ledger, view, split.cutoff), horizon)
    asked = known & (table.keys["due_on"] <= table.keys["day"] + horizon).to_numpy()
    return auc(curve.survival(table).survival_at(horizon)[asked], unpaid[asked])


def learned() -> TrainingSet:
    ledger = company_ledger(paying_company())
    (split,) = walk_forward(to_day(OPENED), to_day(COMPANY_EVENING) - 3, folds=1)
    return training_sets(ledger, [ledger.as_of(date(1970, 1, 1) + timedelta(days=split.cutoff))])[0]


def test_labels_dealt_out_anew_leave_no_skill_and_the_true_ones_do():
    true = learned()
    skill = []
    for seed in range(6):
        # Without the catalogue's signs: what is learned by chance may then point either way.
        dealt = shuffled(true, seed)
        curve = Recipe().curve(len(dealt.intervals)).set_params(monotone=None)
        skill.append(s2_auc(curve.fit(dealt.table, dealt.intervals, dealt.rhythm)))

    assert s2_auc(fit_payment_curve(true)) > 0.65
    assert abs(np.mean(skill) - 0.5) < 3 * np.std(skill, ddof=1) / np.sqrt(len(skill)) + 0.03


@law(12)
@given(seed=st.integers(0, 2**20), leaves=st.integers(2, 12), rate=st.sampled_from([0.05, 0.5, 3.0]))
def test_reasons_add_up_to_the_score_for_any_model(seed, leaves, rate):
    curve = random_curve(seed=seed, rows=150, rounds=8, leaves=leaves, learning_rate=rate, lambda_l2=0.0)
    table = random_table(25, seed=seed + 1)
    horizons = np.random.default_rng(seed).integers(1, 1_000, len(table))

    found = explain(curve, table, horizons)

    said = curve.survival(table).survival_at(horizons)
    assert np.abs(found.base + found.points.sum(axis=1) - said).max() < 1e-9


@law(12)
@given(seed=st.integers(0, 2**20), rate=st.sampled_from([0.05, 3.0]))
def test_who_has_not_paid_in_30_days_has_not_paid_in_14(seed, rate):
    curves = random_curve(seed=seed, rows=150, rounds=8, learning_rate=rate).survival(random_table(25, seed=seed + 1))

    s = np.stack([curves.survival_at(u) for u in (0, 14, 30, 60, 400)], axis=1)

    assert (s[:, 0] == 1).all()
    assert (np.diff(s, axis=1) <= 0).all()
    assert ((s >= 0) & (s <= 1)).all()


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """A small version on disk, and its folder."""
    table = random_table(1)
    bundle = Bundle(random_curve(rounds=2, leaves=3), date(2026, 3, 1), 5, table.fingerprint, passed=True)
    folder = tmp_path_factory.mktemp("kept") / "version"
    bundle.save(folder)
    return bundle, folder


def test_a_version_read_back_scores_the_same_to_the_last_bit(kept):
    bundle, folder = kept
    table = random_table(60, seed=4)
    evening = date(2026, 3, 31)

    assert Bundle.load(folder).score(table, evening, "model") == bundle.score(table, evening, "model")


@law(60)
@given(data=st.data())
def test_any_one_byte_altered_in_any_file_is_refused(kept, data):
    _, folder = kept
    path = data.draw(st.sampled_from(sorted(folder.iterdir())))
    content = path.read_bytes()
    place = data.draw(st.integers(0, len(content) - 1))
    other = data.draw(st.integers(0, 255).filter(lambda byte: byte != content[place]))
    try:
        path.write_bytes(content[:place] + bytes([other]) + content[place + 1 :])
        with pytest.raises(BundleRefused):
            Bundle.load(folder)
    finally:
        path.write_bytes(content)


def test_the_order_in_which_facts_came_in_changes_nothing(tmp_path):
    facts = paying_company()
    frames = {name: frame.sample(frac=1.0, random_state=3) for name, frame in facts.frames().items()}

    assert stored(Facts.of(**frames), CUTOFF, tmp_path / "b") == stored(facts, CUTOFF, tmp_path / "a")
