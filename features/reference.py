"""Writes docs/features.md: every feature as it is declared, with its example, so that the page cannot disagree with the
code."""

from collections.abc import Iterator, Sequence
from math import log10

from features.catalogue import CATALOGUE, fingerprint
from features.drawn import Example, examples, showing
from features.languages import ENGLISH, LANGUAGES, speech_of
from features.primitives import ANY_AGE, GRACE_DAYS, STREAMS, Ask, Combined, Expression, OfItem
from features.spec import CONCEPTS, Feature, Unit
from features.wording import Value, tell

_TOLD: dict[Unit, Value] = {
    Unit.DAYS: 12.0, Unit.DAYS_AFTER: 12.0, Unit.DAYS_LATE: 12.0, Unit.DAYS_LATE_HELD: 12.0, Unit.RATIO: 0.7,
    Unit.DAYS_PAST_DUE: 17.0, Unit.DAYS_SHIFT: 6.0, Unit.SHARE: 0.7,
    Unit.COUNT: 3.0, Unit.INVOICES: 3.0, Unit.TIMES: 3.4, Unit.MONEY_LOG10: log10(4200),
    Unit.MONEY_LOG10_PLUS_1: log10(1 + 4200), Unit.PROMISES: 2.0, Unit.DISPUTES: 2.0, Unit.TRIES: 3.0,
    Unit.WEEKDAY: 4.0, Unit.MONTH: 3.0, Unit.CATEGORY: "EUR",
}  # fmt: skip
_SIGNS = {-1: "more means slower payment", 0: "free", 1: "more means faster payment"}


def features_markdown() -> str:
    """The whole page as Markdown."""
    drawn = examples()
    lines = [*_opening(), "", *_how_examples_are_drawn()]
    for concept in CONCEPTS:
        lines += ["", f"## {concept.title}", "", f"Concept `{concept.key}`."]
        for feature in CATALOGUE:
            if feature.concept is concept:
                lines += ["", *_section(feature, showing(feature, drawn))]
    return "\n".join(lines) + "\n"


def _opening() -> list[str]:
    return [
        "# Features",
        "",
        "Generated from the catalogue (`features/catalogue.py`) and the examples beside it (`features/examples/`);",
        "change those, not this page.",
        "",
        f"{len(CATALOGUE)} features, told under {len(CONCEPTS)} concepts. Fingerprint `{fingerprint()[:16]}…`.",
        "",
        "A value holds what was known on the evening of `as_of` and nothing learned later. A window of W days counts",
        "facts that became known on days with `as_of - W < day <= as_of`.",
        "Where nothing else is said an invoice is *late* when it was settled more than",
        f"{GRACE_DAYS} days after its due day (a fixed number, whatever grace the estimates use). *Settled* means",
        "within the clearing tolerance, and at least half by cash; *cleared*, in any way. Amounts are compared within",
        "the currency of the invoice. Contacts and promises are those that people recorded: without any, their",
        "features have no value, or 0.",
        "",
        "Events that are asked about:",
        "",
        *(f"- `{name}`: {meaning}" for name, meaning in STREAMS.items()),
    ]


def _how_examples_are_drawn() -> list[str]:
    return [
        "Each feature has an example, and the tests run every example of this page. It draws a ledger and says what is",
        "`expected` on one evening, by customer or by invoice; `-` is no value. `settled` are invoices paid in full,",
        "`open` the others, `payments` what else was applied to either. What a table leaves out is filled in plainly:",
        "amount 100, EUR, issued 30 days before the due day, known on the day it happened; a customer's own row is",
        "known on the evening. A customer without an open invoice is asked about through one issued that evening and",
        "due 30 days later.",
    ]


def _section(feature: Feature, drawn: Sequence[Example]) -> list[str]:
    over_events = any(ask.over for ask in feature.value.asks())
    window = f"the last {feature.window.words}" if feature.window else "all known" if over_events else "that evening"
    lines = [
        f"### `{feature.name}`",
        "",
        feature.why,
        "",
        f'- told as: "{tell(feature, _TOLD[feature.unit])}"',
        f'- with no value: "{tell(feature, None)}"',
        *(
            f'- {speech_of(language).name}: "{tell(feature, _TOLD[feature.unit], language)}"; '
            f'"{tell(feature, None, language)}"'
            for language in LANGUAGES
            if language != ENGLISH
        ),
        f"- theme: {feature.theme.value}; window: {window}",
        f"- unit: {feature.unit.value}; {feature.direction.value}; sign in the model: {_SIGNS[feature.monotone]}",
    ]
    if feature.spoken_by:
        lines.append(f"- told through `{feature.spoken_by}`, because this value is smoothed")
    lines.append(
        f"- declared in `features/{feature.theme.value.replace(' ', '_')}.py`, computed as: `{_told(feature.value)}`"
    )
    own = [example for example in drawn if _home(example) == feature.name]
    elsewhere = dict.fromkeys(_home(example) for example in drawn if example not in own)
    if elsewhere:
        links = ", ".join(f"[`{name}`](#{name})" for name in elsewhere)
        lines.append(f"- {'further ' if own else ''}example: at {links}")
    return [*lines, *_blocks(own)]


def _told(expression: Expression) -> str:
    """An expression as one would write it, without what is left at its default."""
    if isinstance(expression, OfItem):
        return expression.fact
    if isinstance(expression, Ask):
        window = f"{expression.window} days" if expression.window else ""
        number = "" if expression.number in (0, ANY_AGE) else str(expression.number)
        column = "" if expression.column == "one" else expression.column
        said = ", ".join(part for part in (column, expression.over, number, window) if part)
        return f"{'everyone ' if expression.everyone else ''}{expression.primitive}({said})"
    assert isinstance(expression, Combined)
    parts = [_told(part) for part in expression.parts] + [f"{number:.6g}" for number in expression.numbers]
    return f"{expression.how}({', '.join(parts)})"


def _home(example: Example) -> str:
    """The feature under which an example is printed."""
    return example.features[0]


def _blocks(drawn: Sequence[Example]) -> Iterator[str]:
    for example in drawn:
        yield ""
        yield example.text
