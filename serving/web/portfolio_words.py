"""The portfolio in words: money at a glance, measures with their change, sentences under the pictures."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from ledger.words import count_text
from serving.web.words import SYMBOLS, money, short_day
from serving.wording import MINUS

Json = dict[str, Any]


@dataclass(frozen=True)
class Scale:
    """How large amounts are told: divided by `unit`, with so many decimals and this letter."""

    unit: int
    decimals: int
    letter: str

    @classmethod
    def of(cls, largest: Decimal) -> "Scale":
        """The scale of figures that stand beside each other, by the largest of them.

        >>> Scale.of(Decimal(5_112_154)).letter, Scale.of(Decimal(48_000)).letter, Scale.of(Decimal(870)).letter
        ('m', 'k', '')
        """
        if largest >= 1_000_000:
            return cls(1_000_000, 2, "m")
        return cls(1_000, 1, "k") if largest >= 10_000 else cls(1, 0, "")

    def number(self, amount: Json) -> str:
        """The amount without its currency: `3.62`."""
        value = Decimal(amount["amount"]) / self.unit
        return f"{MINUS if value < 0 else ''}{abs(value):,.{self.decimals}f}"

    def money(self, amount: Json) -> str:
        """The amount at a glance: `€5.11m`, `CHF 48.0k`, `€870`."""
        told, symbol = self.number(amount), SYMBOLS.get(amount["currency"])
        sign, plain = (MINUS, told[len(MINUS) :]) if told.startswith(MINUS) else ("", told)
        return f"{sign}{symbol}{plain}{self.letter}" if symbol else f"{amount['currency']} {told}{self.letter}"


def scale_of(*amounts: Json | None) -> Scale:
    """The scale of these amounts together."""
    return Scale.of(max((abs(Decimal(one["amount"])) for one in amounts if one), default=Decimal(0)))


BUCKET_WORDS = {"current": "Not due"}


def bucket_words(name: str) -> str:
    """A bucket as the head of its column: `Not due`, `1–30`, `Over 120`.

    >>> bucket_words("current"), bucket_words("31-60"), bucket_words(">120")
    ('Not due', '31–60', 'Over 120')
    """
    return BUCKET_WORDS.get(name, name.replace(">", "Over ").replace("-", "–"))


def share_words(part: Json, whole: Json) -> str:
    """A part of an amount in whole percent; nothing where there is no whole."""
    total = Decimal(whole["amount"])
    return f"{Decimal(part['amount']) / total * 100:.0f} %" if total else ""


@dataclass(frozen=True)
class MeasureRow:
    """One line of how we collect.

    Attributes:
        name: of its definition.
        change: against the month before, with its sign; '' where there is none.
        better: whether the change is certainly good.
        note: what stands in the place of the short definition.
    """

    name: str
    value: str
    change: str = ""
    better: bool = False
    note: str = ""


def measure_rows(dso: Json, effectiveness: Json) -> list[MeasureRow]:
    """How we collect, at the newest month end and against the one before."""
    now, before = _last_two(dso["month_ends"])
    month, month_before = _last_two(effectiveness["months"])
    definitions = {**dso["definitions"], **effectiveness["definitions"]}

    def row(name: str, newer: float | None, older: float | None, note: str = "") -> MeasureRow:
        return _row(definitions[name], name, newer, older, note)

    days = ("dso_countback", "dso", "dso_best_possible", "add_portfolio", "dso_true")
    countback, *others = (row(name, now.get(name), before.get(name)) for name in days)
    kept = "promises_kept_pct"
    return [
        replace(countback, value=_more_than(now) or countback.value),
        *others,
        row("cei_pct", month.get("cei_pct"), month_before.get("cei_pct")),
        row("promises_kept", month.get(kept), month_before.get(kept), _promises(month)),
        row("roll_rate", _rate(month), _rate(month_before), _rolls(month, effectiveness["buckets"])),
    ]


def _row(one: Json, name: str, newer: float | None, older: float | None, note: str) -> MeasureRow:
    unit, step = ("d", "d") if one["unit"] == "days" else ("%", "pt")
    value = "–" if newer is None else f"{newer:.1f} {unit}"
    if newer is None or older is None:
        return MeasureRow(name, value, note=note)
    moved = round(round(newer, 1) - round(older, 1), 1)
    sign = "+" if moved > 0 else MINUS if moved < 0 else "±"
    better = {"lower": moved < 0, "higher": moved > 0}.get(one["better"], False)
    return MeasureRow(name, value, f"{sign}{abs(moved):.1f} {step}", better, note)


ROLLED = 2
"""The bucket whose roll rate stands among the measures: 31-60 into 61-90."""


def _last_two(months: list[Json]) -> tuple[Json, Json]:
    padded: list[Json] = [{}, {}, *months]
    return padded[-1], padded[-2]


def _more_than(now: Json) -> str:
    return f"> {now['more_than_days']} d" if now.get("more_than_days") is not None else ""


def _promises(month: Json) -> str:
    if not month:
        return ""
    ended = sum(month["promises"][state] for state in ("kept", "part_kept", "broken"))
    if not ended:
        return "no promise came to its end in the month"
    return f"paid by the date + 2 bank days; of {count_text(ended, 'promise')}"


def _rate(month: Json) -> float | None:
    rates = month.get("roll_rates_pct")
    found: float | None = rates[ROLLED] if rates else None
    return found


def _rolls(month: Json, buckets: list[str]) -> str:
    if not month:
        return ""
    months = f"{_month(month['opened_on'])} to {_month(month['closed_on'])}"
    return f"{bucket_words(buckets[ROLLED])} → {bucket_words(buckets[ROLLED + 1])} days, money, {months}"


def _month(day: str) -> str:
    return f"{date.fromisoformat(day):%B}"


def week_words(week: Json) -> str:
    """A week of the forecast in words."""
    when = f"{short_day(week['from'])} to {short_day(week['until'])}"
    if "received" in week:
        return f"{when}: {money(week['received'])} came in"
    return f"{when}: {money(week['expected'])} expected, band {money(week['low'])} to {money(week['high'])}"


def cash_sentences(forecast: Json, scale: Scale) -> list[str]:
    """What is to be known of the forecast."""
    each = f"{_unit(scale, forecast['currency'])} a week"
    if not forecast["weeks"]:
        none = "No forecast: the evening was ordered by rule, without probabilities."
        return [
            f"{each} that came in.",
            none if Decimal(forecast["open"]["amount"]) else "Nothing open, nothing expected.",
        ]
    every = forecast["all_weeks"]
    told = [
        f"{each}: grey came in, blue is expected from the invoices open on the evening alone; those still to be issued "
        "are not in it.",
        f"Band: 80 of 100 weeks should fall inside; {_checked(forecast)}.",
        f"{len(forecast['weeks'])}-week sum {scale.money(every['expected'])} "
        f"({scale.number(every['low'])} – {scale.number(every['high'])}).",
    ]
    if lacking := forecast["items_without_rate"]:
        told.append(f"{count_text(lacking, 'invoice')} without an exchange rate are not in it.")
    return told


def _checked(forecast: Json) -> str:
    checked, inside = forecast["weeks_checked"], forecast["weeks_inside"]
    if not checked:
        return "no past week has a forecast from the evening before it yet"
    return f"of the {count_text(checked, 'past week')} with a forecast {inside} did"


def _unit(scale: Scale, currency: str) -> str:
    return f"{SYMBOLS.get(currency) or currency}{scale.letter}"


def currencies_words(rows: list[Json]) -> str:
    """The currencies of a proof in a sentence: `EUR, GBP and SEK`."""
    codes = sorted({row["currency"] for row in rows if row["currency"]})
    return codes[0] if len(codes) == 1 else f"{', '.join(codes[:-1])} and {codes[-1]}" if codes else ""
