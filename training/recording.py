"""Recording a training run: what MLflow is told of a version that is on the shelf."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.bundle import Bundle
from models.payment_curve import PaymentCurve
from training.card_pictures import Picture

if TYPE_CHECKING:  # mlflow is heavy, and not there without the training extra
    from training.tracking import Tracking


def recorded(
    tracking: "Tracking", folder: Path, bundle: Bundle, installed: bool, now: datetime, pictures: Sequence[Picture]
) -> str:
    """Record the run in MLflow; where its store is damaged the version is safe all the same. What to say of it.

    Args:
        folder: of the version on the shelf.
        installed: whether this run put it to use.
        pictures: of the model card; not recorded of a habit curve.
    """
    from training.tracking import NotRecorded

    parameters: dict[str, Any] = {
        "kind": bundle.kind,
        "trained_as_of": bundle.trained_as_of,
        "grace_days": bundle.grace_days,
    }
    parameters |= {"trained_by": bundle.trained_by, "data_hash": bundle.learned_from["data_hash"]}
    artifacts = {f"papers/{name}": content for name, content in bundle.papers.items()}
    if isinstance(bundle.curve, PaymentCurve):
        parameters |= {name: value for name, value in bundle.curve.get_params().items() if name != "monotone"}
        artifacts |= {f"plots/{picture.file}": picture.png for picture in pictures}
    try:
        tracking.record(
            bundle.version,
            folder,
            parameters=parameters,
            metrics=bundle.metrics,
            # What a gate of promotion declined does not ask to be put to use.
            alias="champion" if installed else "challenger" if bundle.passed else "",
            at=now,
            artifacts=artifacts,
            tags={"model_hash": bundle.model_hash},
        )
    except NotRecorded as error:
        return str(error)
    return "recorded the run"
