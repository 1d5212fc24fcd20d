"""Writes docs/reasons.md: every code that a reason can have beside the features' own, as it is told."""

from features.languages import LANGUAGES, speech_of
from features.reason_catalogue import AMOUNT, CODES, IDEAS, KIND_BY_CODE, KINDS, VERSION, tell_reason

_TOLD = 3.0


def reasons_markdown() -> str:
    """The whole page as Markdown. It tells no fingerprint, which moves with every word of every feature."""
    names = [speech_of(language).name for language in LANGUAGES]
    header = ["code", *names]
    lines = [
        "# Reasons",
        "",
        "Generated from the catalogue of reasons (`features/reason_catalogue.py`) and its words",
        "(`features/translations/`); change those, not this page.",
        "",
        f"{len(CODES)} codes, version {VERSION}, in {' and '.join(names)}.",
        "The code of a feature's fact is the feature's name, and its words stand in [features.md](features.md).",
        "The others stand here, told with 3 where they tell a number.",
        "",
        "A reason is published with its code and numbers (`code`, `value`, `typical`, and `further` where its words",
        "tell more; an account's also with the item whose fact it is, `item_id`), so that it can be told in another",
        "language without scoring: `?language=de` on the API's queues and accounts, `payrisk queue --language de`.",
        "What a language has no words for is told in English and counted by `payrisk doctor`. A queue keeps the",
        "version that told it (`reasons_version`: the number, and the beginning of a fingerprint of codes and words).",
        "",
        "`idea_…` is told where an idea moved a risk and none of its facts points that way. `too_little_history` moves",
        "nothing: it says that the estimate stands on similar customers.",
        "",
        f"| {' | '.join(header)} |",
        f"|{'---|' * len(header)}",
    ]
    for code in (*IDEAS, *KIND_BY_CODE):
        lines.append(f"| `{code}` | {' | '.join(_told(code, language) for language in LANGUAGES)} |")
    return "\n".join(lines) + "\n"


def _told(code: str, language: str) -> str:
    kind = KIND_BY_CODE.get(code)
    value = "41200.00 EUR" if kind and kind.form == AMOUNT else _TOLD
    further = dict.fromkeys((name for one in KINDS for name in one.further), _TOLD)
    return tell_reason(code, value, further, language) or ""
