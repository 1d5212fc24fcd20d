"""The fingerprint of the catalogue moves whenever a value does: the rows kept in `tests/golden/features.npz` are made
again.

Where values move on purpose, raise the version in `features.primitives.VERSIONS` of the question that answers
otherwise, and write the file anew: `python tests/laws/test_fingerprint_law.py`.
"""

from pathlib import Path

import numpy as np
from feature_sql_company import evenings_of, random_company

from features.catalogue import CATALOGUE, fingerprint
from features.compute import feature_rows
from features.questions import open_questions

KEPT = Path(__file__).resolve().parents[1] / "golden" / "features.npz"
SEEDS, STEP = (3, 7, 11, 18), 4
NAMES = [feature.name for feature in CATALOGUE if not feature.is_category]


def rows() -> np.ndarray:
    """The numbers of a few companies, shape (n_rows, n_features)."""
    made = []
    for seed in SEEDS:
        view = random_company(seed)
        made.append(feature_rows(view, open_questions(view, evenings_of(seed)[::STEP])).values[NAMES].to_numpy())
    return np.concatenate(made)


def test_values_move_only_with_the_fingerprint():
    kept = np.load(KEPT, allow_pickle=False)
    assert str(kept["fingerprint"]) == fingerprint(), "the catalogue changed: write tests/golden/features.npz anew"
    assert kept["names"].tolist() == NAMES
    np.testing.assert_allclose(rows(), kept["rows"], rtol=2e-6, atol=1e-6, equal_nan=True)


if __name__ == "__main__":
    np.savez_compressed(KEPT, rows=rows(), names=np.array(NAMES), fingerprint=np.array(fingerprint()))
    print(KEPT)
