"""The catalogue: every feature, in the order of the columns, with the fingerprint that bundles are tied to."""

import hashlib
from collections.abc import Iterable

from features import calendar, conduct, exposure, invoice, payment_history
from features.errors import BadCatalogue
from features.spec import Feature


def checked(features: Iterable[Feature]) -> tuple[Feature, ...]:
    """The features as a tuple; refuses two of one name, and a speaker that does not exist."""
    catalogue = tuple(features)
    names = [feature.name for feature in catalogue]
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled:
        raise BadCatalogue(f"Feature names must be unique; declared more than once: {', '.join(doubled)}.")
    unknown = sorted({feature.spoken_by for feature in catalogue if feature.spoken_by} - set(names))
    if unknown:
        raise BadCatalogue(f"spoken_by names no feature of the catalogue: {', '.join(unknown)}.")
    return catalogue


CATALOGUE: tuple[Feature, ...] = checked(
    (
        *payment_history.FEATURES,
        *conduct.FEATURES,
        *exposure.FEATURES,
        *invoice.FEATURES,
        *calendar.FEATURES,
    )
)

CATALOGUE_BY_NAME: dict[str, Feature] = {feature.name: feature for feature in CATALOGUE}


def fingerprint(catalogue: Iterable[Feature] = CATALOGUE) -> str:
    """SHA-256, in hex, over all that decides the columns: names, order, expressions with the version of each question,
    units, signs, concepts. Phrases may be improved without a new model."""
    text = "\n".join(feature.canonical() for feature in catalogue)
    return hashlib.sha256(text.encode()).hexdigest()
