"""`Bundle`: all that was fitted, as one thing that can be kept, checked and asked for scores.

On disk it is a folder of text: LightGBM's own tree text and canonical JSON, with `manifest.json` naming every file and
its SHA-256. Nothing in it is code, nothing is ever unpickled, and a folder that differs by one byte is refused.
"""

import json
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from lightgbm.basic import LightGBMError

from features.table import FeatureTable
from ledger.disk import sync
from models.bundle_files import (
    ALLOWED,
    ENCODING,
    FACTS,
    FORMAT,
    HABIT,
    LINEAR,
    MANIFEST,
    NEEDED,
    PAPERS,
    REFERENCE,
    STACKED,
    TREES,
    Kind,
    canonical,
    is_whole,
    read_verified,
    sha256,
    write_durably,
)
from models.errors import BundleRefused, TrainedLater, TreesRefused, WrongCatalogue
from models.habit_curve import HabitCurve
from models.payment_curve import PaymentCurve
from models.readings import Curves
from models.reference import Reference
from models.restored_curve import read_json, restored_curve, restored_habit
from models.score import Mode, Score
from models.scoring import scores_of
from models.trees import Trees
from models.until_due_curve import PaymentCurveUntilDue

FACT_KINDS = {
    "trained_as_of": str, "grace_days": int, "fingerprint": str, "passed": bool, "metrics": dict, "gates": list,
    "trained_by": str, "learned_from": dict,
}  # fmt: skip

UNREADABLE = (
    LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError, LightGBMError, TreesRefused,
)  # fmt: skip
"""What reading files of another making can run into."""


@dataclass(frozen=True, eq=False)
class Bundle:
    """A fitted curve and everything needed to use it honestly.

    Attributes:
        curve: the payment curve, or the habit curve of the fallback.
        trained_as_of: the evening whose knowledge it was fitted on.
        grace_days: days after due within which a payment is not late.
        fingerprint: of the feature catalogue whose rows it reads.
        passed: whether its gates found it fit to serve.
        metrics: what the backtest measured, name -> number or None.
        gates: name, passed, reason of each gate, in order.
        trained_by: the person or service account that trained it; whoever approves it is somebody else.
        learned_from: what it was fitted on, as plain JSON values: data window, rows, ledger version, hash of the data.
        reference: what the open items looked like then, for drift; None when there were none.
        papers: file name -> content of what people read of it, see `PAPERS`.
    """

    curve: PaymentCurve | HabitCurve
    trained_as_of: date
    grace_days: int
    fingerprint: str
    passed: bool
    metrics: Mapping[str, float | None] = field(default_factory=dict)
    gates: tuple[Mapping[str, Any], ...] = ()
    trained_by: str = ""
    learned_from: Mapping[str, Any] = field(default_factory=dict)
    reference: Reference | None = None
    papers: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def kind(self) -> Kind:
        """`model` for a learned curve, `habit` for the fallback."""
        return "model" if isinstance(self.curve, PaymentCurve) else "habit"

    @property
    def version(self) -> str:
        """Day of training and the beginning of the content's hash: "2026-03-31-1a2b3c4d"."""
        return f"{self.trained_as_of.isoformat()}-{sha256(self._manifest)[:8]}"

    @property
    def model_hash(self) -> str:
        """SHA-256 of what predicts and nothing else: equal for two trainings on the same data with the same seed."""
        facts = json.loads(self._files[FACTS])
        told = {
            name: facts[name]
            for name in ("family", "parameters", "typical", "rhythm", "recalibration", "stacked")
            if name in facts
        }
        parts = [self._files[name] for name in (TREES, LINEAR, STACKED, ENCODING, HABIT) if name in self._files]
        return sha256(canonical(told) + b"".join(parts))

    def with_papers(self, papers: Mapping[str, bytes]) -> "Bundle":
        """The same version with what people read of it: another bundle, with another version name."""
        return replace(self, papers=papers)

    def survival(self, table: FeatureTable, as_of: date) -> Curves:
        """The payment curve of every row, in the table's order. Raises what `score` raises."""
        self._require(table, as_of)
        return self.curve.survival(table)

    def score(self, table: FeatureTable, as_of: date, mode: Mode, survival: Curves | None = None) -> list[Score]:
        """The score of every row, in the table's order.

        Args:
            table: the open items of the evening `as_of`, made by the same catalogue.
            as_of: not before the day of training.
            mode: what to call the numbers, see `models.shelf.mode_for`.
            survival: the curves of these rows, where they were asked for already.

        Raises:
            WrongCatalogue: rows of another catalogue.
            TrainedLater: the bundle has seen the days after `as_of`.
        """
        self._require(table, as_of)
        return scores_of(self.curve, table, as_of, self.grace_days, self.version, mode, survival)

    def _require(self, table: FeatureTable, as_of: date) -> None:
        if table.fingerprint != self.fingerprint:
            raise WrongCatalogue(self.fingerprint, table.fingerprint)
        if as_of < self.trained_as_of:
            raise TrainedLater(self.trained_as_of, as_of)

    def save(self, folder: Path) -> None:
        """Write the folder, whole or not at all.

        The same bundle saved before is left as it is; a damaged folder of that name is set aside.
        """
        folder.parent.mkdir(parents=True, exist_ok=True)
        if folder.exists():
            if is_whole(folder, self._manifest):
                return
            folder.rename(Path(tempfile.mkdtemp(prefix=".damaged-", dir=folder.parent)) / folder.name)
        unfinished = Path(tempfile.mkdtemp(prefix=".unfinished-", dir=folder.parent))
        try:
            for name, content in {**self._files, MANIFEST: self._manifest}.items():
                write_durably(unfinished / name, content)
            sync(unfinished)
            unfinished.rename(folder)
            sync(folder.parent)
        except BaseException:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise

    @classmethod
    def load(cls, folder: Path) -> "Bundle":
        """Read a saved bundle back, to the last bit.

        Raises:
            BundleRefused: a file missing, added, altered or of an unknown format.
        """
        manifest, files = read_verified(folder)
        try:
            return cls._restored(folder, manifest, files)
        except UNREADABLE as error:
            why = f" ({error})" if type(error) is ValueError else f" ({type(error).__name__})"
            raise BundleRefused(folder.name, f"its files do not describe a bundle{why}") from None

    @classmethod
    def _restored(cls, folder: Path, manifest: bytes, files: dict[str, bytes]) -> "Bundle":
        facts = read_json(files[FACTS])
        kind = facts["kind"]
        if kind not in NEEDED or not NEEDED[kind] <= files.keys() <= ALLOWED[kind]:
            raise BundleRefused(folder.name, f"its files are not those of kind {kind!r}")
        for name, sort in FACT_KINDS.items():
            if type(facts[name]) is not sort:
                raise ValueError(f"{name}: expected {sort.__name__}, came {type(facts[name]).__name__}")
        curve: PaymentCurve | HabitCurve
        if kind == "habit":
            curve = restored_habit(files[HABIT])
        else:
            curve = restored_curve(facts, files[ENCODING], files.get(TREES), files.get(LINEAR), files.get(STACKED))
        bundle = cls(
            curve=curve,
            trained_as_of=date.fromisoformat(facts["trained_as_of"]),
            grace_days=facts["grace_days"],
            fingerprint=facts["fingerprint"],
            passed=facts["passed"],
            metrics=facts["metrics"],
            gates=tuple(facts["gates"]),
            trained_by=facts["trained_by"],
            learned_from=facts["learned_from"],
            reference=Reference.from_json(read_json(files[REFERENCE])) if REFERENCE in files else None,
            papers={name: content for name, content in files.items() if name in PAPERS},
        )
        # What was read is what the version names; writing the trees anew might differ in a comment.
        bundle.__dict__.update(_files=files, _manifest=manifest)
        return bundle

    @cached_property
    def _files(self) -> dict[str, bytes]:
        facts: dict[str, Any] = {
            "kind": self.kind,
            "trained_as_of": self.trained_as_of.isoformat(),
            "grace_days": self.grace_days,
            "fingerprint": self.fingerprint,
            "passed": self.passed,
            "metrics": dict(self.metrics),
            "gates": [dict(gate) for gate in self.gates],
            "trained_by": self.trained_by,
            "learned_from": dict(self.learned_from),
        }
        files = dict(self.papers)
        if self.reference is not None:
            files[REFERENCE] = canonical(self.reference.to_json())
        if isinstance(self.curve, HabitCurve):
            return {FACTS: canonical(facts), HABIT: canonical(self.curve.to_json()), **files}
        curve = self.curve
        facts |= _described(curve)
        facts["rhythm"] = curve.rhythm_.to_json()
        facts["recalibration"] = [curve.recalibration_.alpha, curve.recalibration_.beta]
        if isinstance(curve, PaymentCurveUntilDue):
            facts["stacked"] = _described(curve.stacked_)
            files[STACKED] = _text_of(curve.stacked_.trees_)
        if curve.trees_ is not None and curve.linear_share < 1.0:
            files[TREES] = _text_of(curve.trees_)
        if curve.linear_ is not None and curve.linear_share > 0.0:
            files[LINEAR] = canonical(curve.linear_.to_json())
        return {FACTS: canonical(facts), ENCODING: canonical(curve.encoding_.to_json()), **files}

    @cached_property
    def _manifest(self) -> bytes:
        return canonical({"format": FORMAT, "files": {name: sha256(content) for name, content in self._files.items()}})


def _described(curve: PaymentCurve) -> dict[str, Any]:
    """What a curve is, beside its trees and lines, as plain JSON values."""
    parameters = curve.get_params()
    return {
        "family": curve.family,
        "parameters": {**parameters, "monotone": dict(parameters["monotone"] or {})},
        "typical": curve.typical_to_json(),
    }


def _text_of(trees: Trees | None) -> bytes:
    assert trees is not None
    return trees.to_text().encode()
