"""Writes docs/features.md: every feature as it is declared, so that the page cannot disagree with the code."""

from features.catalogue import CATALOGUE, fingerprint
from features.primitives import GRACE_DAYS, STREAMS
from features.spec import CONCEPTS, Feature, Unit
from features.wording import Value, tell

_EXAMPLES: dict[Unit, Value] = {
    Unit.DAYS: 12.0, Unit.DAYS_LATE: 12.0, Unit.DAYS_PAST_DUE: 17.0, Unit.DAYS_SHIFT: 6.0, Unit.SHARE: 0.7,
    Unit.COUNT: 3.0, Unit.INVOICES: 3.0, Unit.TIMES: 3.4, Unit.MONEY_LOG10: 3.62, Unit.WEEKDAY: 4.0, Unit.MONTH: 3.0,
    Unit.CATEGORY: "EUR",
}  # fmt: skip
_SIGNS = {-1: "more means slower payment", 0: "free", 1: "more means faster payment"}


def features_markdown() -> str:
    """The whole page as Markdown."""
    lines = [
        "# Features",
        "",
        "Generated from the catalogue (`features/catalogue.py`); change the declarations, not this page.",
        "",
        f"{len(CATALOGUE)} features, told under {len(CONCEPTS)} concepts. Fingerprint `{fingerprint()[:16]}…`.",
        "",
        "A value holds what was known on the evening of `as_of` and nothing learned later. A window of W days counts",
        "facts that became known on days with `as_of - W < day <= as_of`.",
        f"An invoice is *late*, in a habit, when it was settled more than {GRACE_DAYS} days after its due day.",
        '"Settled" means settled by cash. Amounts are compared within the currency of the invoice.',
        "",
        "Events that are asked about:",
        "",
        *(f"- `{name}`: {meaning}" for name, meaning in STREAMS.items()),
    ]
    for concept in CONCEPTS:
        lines += ["", f"## {concept.title}", "", f"Concept `{concept.key}`."]
        for feature in CATALOGUE:
            if feature.concept is concept:
                lines += ["", *_section(feature)]
    return "\n".join(lines) + "\n"


def _section(feature: Feature) -> list[str]:
    lines = [
        f"### `{feature.name}`",
        "",
        feature.why,
        "",
        f'- told as: "{tell(feature, _EXAMPLES[feature.unit])}"',
        f'- with no value: "{tell(feature, None)}"',
        f"- unit: {feature.unit.value}; {feature.direction.value}; sign in the model: {_SIGNS[feature.monotone]}",
    ]
    if feature.spoken_by:
        lines.append(f"- told through `{feature.spoken_by}`, because this value is smoothed")
    return [*lines, f"- computed as: `{feature.value.canonical()}`"]
