"""The portfolio in words: money at a glance, measures with their change, sentences under the pictures."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from features.languages import ENGLISH
from serving.web.languages import LANGUAGE, counted, tr
from serving.web.words import NARROW, SYMBOLS, decimals, money, month_name, short_day, tenths, whole_share, with_unit
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
        return f"{MINUS if value < 0 else ''}{decimals(abs(value), self.decimals)}"

    @property
    def unit_word(self) -> str:
        """What stands behind an amount of this scale: `m`, or in another language its word."""
        return tr(f"{self.letter}|scale") if self.letter else ""

    def money(self, amount: Json) -> str:
        """The amount at a glance: `€5.11m`, `CHF 48.0k`, `€870`."""
        told, symbol = self.number(amount), SYMBOLS.get(amount["currency"])
        sign, plain = (MINUS, told[len(MINUS) :]) if told.startswith(MINUS) else ("", told)
        if LANGUAGE.get() != ENGLISH:
            return f"{told}{self.unit_word}{NARROW}{symbol or amount['currency']}"
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
    if name in BUCKET_WORDS:
        return tr(BUCKET_WORDS[name])
    return tr("Over {days}", days=name[1:]) if name.startswith(">") else name.replace("-", "–")


def share_words(part: Json, whole: Json) -> str:
    """A part of an amount in whole percent; nothing where there is no whole."""
    total = Decimal(whole["amount"])
    return whole_share(float(part["amount"]), float(total)) if total else ""


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
    unit, step = (tr("d"), tr("d")) if one["unit"] == "days" else ("%", tr("pt"))
    value = "–" if newer is None else with_unit(tenths(newer), unit)
    if newer is None or older is None:
        return MeasureRow(name, value, note=note)
    moved = round(round(newer, 1) - round(older, 1), 1)
    sign = "+" if moved > 0 else MINUS if moved < 0 else "±"
    better = {"lower": moved < 0, "higher": moved > 0}.get(one["better"], False)
    return MeasureRow(name, value, sign + with_unit(tenths(abs(moved)), step), better, note)


ROLLED = 2
"""The bucket whose roll rate stands among the measures: 31-60 into 61-90."""


def _last_two(months: list[Json]) -> tuple[Json, Json]:
    padded: list[Json] = [{}, {}, *months]
    return padded[-1], padded[-2]


def _more_than(now: Json) -> str:
    return f"> {with_unit(now['more_than_days'], tr('d'))}" if now.get("more_than_days") is not None else ""


def _promises(month: Json) -> str:
    if not month:
        return ""
    ended = sum(month["promises"][state] for state in ("kept", "part_kept", "broken"))
    if not ended:
        return tr("no promise came to its end in the month")
    one = "paid by the date + 2 bank days; of {count} promise"
    many = "paid by the date + 2 bank days; of {count} promises"
    return counted(ended, one, many)


def _rate(month: Json) -> float | None:
    rates = month.get("roll_rates_pct")
    found: float | None = rates[ROLLED] if rates else None
    return found


def _rolls(month: Json, buckets: list[str]) -> str:
    if not month:
        return ""
    opened, closed = (month_name(date.fromisoformat(month[name])) for name in ("opened_on", "closed_on"))
    first, then = bucket_words(buckets[ROLLED]), bucket_words(buckets[ROLLED + 1])
    return tr(
        "{bucket} → {next} days, money, {opened} to {closed}", bucket=first, next=then, opened=opened, closed=closed
    )


def week_words(week: Json) -> str:
    """A week of the forecast in words."""
    when = tr("{first} to {last}", first=short_day(week["from"]), last=short_day(week["until"]))
    if "received" in week:
        return tr("{when}: {money} came in", when=when, money=money(week["received"]))
    said = {name: money(week[name]) for name in ("expected", "low", "high")}
    return tr("{when}: {expected} expected, band {low} to {high}", when=when, **said)


def cash_sentences(forecast: Json, scale: Scale) -> list[str]:
    """What is to be known of the forecast."""
    unit = _unit(scale, forecast["currency"])
    if not forecast["weeks"]:
        none = tr("No forecast: the evening was ordered by rule, without probabilities.")
        return [
            tr("{unit} a week that came in.", unit=unit),
            none if Decimal(forecast["open"]["amount"]) else tr("Nothing open, nothing expected."),
        ]
    every = forecast["all_weeks"]
    told = [
        tr(
            "{unit} a week: grey came in, blue is expected from the invoices open on the evening alone; those still to "
            "be issued are not in it.",
            unit=unit,
        ),
        tr("Band: 80 of 100 weeks should fall inside; {checked}.", checked=_checked(forecast)),
        tr(
            "{weeks}-week sum {money} ({low} – {high}).",
            weeks=len(forecast["weeks"]), money=scale.money(every["expected"]), low=scale.number(every["low"]),
            high=scale.number(every["high"]),
        ),
    ]  # fmt: skip
    if lacking := forecast["items_without_rate"]:
        one = "{count} invoice without an exchange rate is not in it."
        many = "{count} invoices without an exchange rate are not in it."
        told.append(counted(lacking, one, many))
    return told


def _checked(forecast: Json) -> str:
    checked, inside = forecast["weeks_checked"], forecast["weeks_inside"]
    if not checked:
        return tr("no past week has a forecast from the evening before it yet")
    one = "of the {count} past week with a forecast {inside} did"
    many = "of the {count} past weeks with a forecast {inside} did"
    return counted(checked, one, many, inside=inside)


def _unit(scale: Scale, currency: str) -> str:
    told = SYMBOLS.get(currency) or currency
    return f"{told}{scale.letter}" if LANGUAGE.get() == ENGLISH else f"{scale.unit_word}{NARROW}{told}".strip()


def currencies_words(rows: list[Json]) -> str:
    """The currencies of a proof in a sentence: `EUR, GBP and SEK`."""
    codes = sorted({row["currency"] for row in rows if row["currency"]})
    return codes[0] if len(codes) == 1 else f"{', '.join(codes[:-1])} {tr('and')} {codes[-1]}" if codes else ""
