"""What a model card tells of tonight's open items: what moves their scores, whether the reasons hold, and pictures."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from features.table import FeatureTable
from models.habit_curve import HabitCurve
from models.payment_curve import PaymentCurve
from training.card_moves import Moves, moves
from training.card_pictures import NOT_DRAWN, Pictures, pictures_of
from training.explained import Explained, Sample
from training.reason_stability import Other, Stability, stability_of


@dataclass(frozen=True)
class Tonight:
    """What a version tells of a sample of the open items.

    Attributes:
        moves: what moves their scores.
        stability: its reasons against those of other curves; empty where nothing was compared.
        pictures: beeswarm, importance, dependence.
    """

    moves: Moves
    stability: tuple[Stability, ...] = ()
    pictures: Pictures = NOT_DRAWN

    @classmethod
    def of(
        cls,
        curve: PaymentCurve | HabitCurve,
        table: FeatureTable,
        grace_days: int,
        others: Sequence[Other] = (),
        draw: bool = True,
    ) -> "Tonight | None":
        """Look at the open items of `table`; None without one.

        Args:
            others: curves whose reasons are held against those of `curve`.
            draw: whether to draw pictures; of a habit curve there are none.
        """
        sample = Sample.of(table, grace_days)
        if len(sample) == 0:
            return None
        told = Explained.of(curve, sample)
        drawn = pictures_of(curve, sample) if draw and isinstance(curve, PaymentCurve) else NOT_DRAWN
        return cls(moves(curve, sample, told), stability_of(sample, told, others), drawn)

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values; the pictures by their titles."""
        return {
            "moves": asdict(self.moves),
            "reason_stability": [one.as_dict() for one in self.stability],
            "pictures": [picture.title for picture in self.pictures.drawn],
            "pictures_missing": self.pictures.missing,
        }
