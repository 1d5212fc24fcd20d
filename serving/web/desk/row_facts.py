"""What a row of the list says behind the address of its link: its line, in the language of the page, and its state.

Drawn by plain code, as a list has hundreds of rows; `list_rows.py` keeps them, so nothing else may stand here.
"""

from typing import Any

from markupsafe import Markup, escape

from serving.web.desk.list_rows import State
from serving.web.desk.pictures import strip_drawn
from serving.web.icons import Icons
from serving.web.languages import LANGUAGE, retold, tr
from serving.web.words import capital, money, risk_word, share, short_number, tenths
from serving.wording import points, told_in, told_reasons

Json = dict[str, Any]

REASONS_IN_LIST = 2

DIRECTIONS = {"▲": " up", "▼": " down"}


def row_facts(line: Json, state: State, icons: Icons) -> Markup:
    """The rest of the row: the account's name and its other cells; the last is open, a form may follow in it."""
    cells = (_why(line, icons), _paid(line), _risk(line, icons), _overdue(line), _late(line), _forward(line))
    return Markup(f"{_account(line)}{''.join(cells)}{_next(line, state, icons)}")


def _account(line: Json) -> str:
    name = escape(line["customer_name"] or line["customer_id"])
    country = f" · {escape(line['country'])}" if line["country"] else ""
    oldest = f" · {_word('oldest {days} d', days=line['oldest_dpd'])}" if line["oldest_dpd"] > 0 else ""
    ids = f'<span class="second ids"><bdi>{escape(line["customer_id"])}</bdi><span>{country}{oldest}</span></span>'
    return f'title="{name}"><bdi>{name}</bdi></a>\n{ids}</td>'


def _why(line: Json, icons: Icons) -> str:
    """Why nobody calls, of whom a rule holds; and the reasons of the risk, as many as there is room for."""
    held = [] if line["rank"] or not line["rule_reason"] else [_told(retold(line["rule_reason"]), "first")]
    reasons = told_in(told_reasons(line, REASONS_IN_LIST - len(held)), LANGUAGE.get())
    told = held + [_reason(one, "second" if at or held else "first", icons) for at, one in enumerate(reasons)]
    return f'\n<td role="cell" class="c-why"><div class="why">{"".join(told)}</div></td>'


def _reason(one: Json, place: str, icons: Icons) -> str:
    arrow = icons.arrow(one["arrow"]) if one["arrow"] else ""
    if one["whole"] is None:
        return _told(capital(one["text"]), place, arrow)
    unit = f'<span class="unseen"> {_word("points")}</span>'
    moved = f' <span class="points{DIRECTIONS.get(one["arrow"], "")}">{escape(points(one["whole"]))}{unit}</span>'
    return _told(capital(one["text"]), place, arrow, moved)


def _told(text: str, place: str, before: str = "", after: str = "") -> str:
    text = escape(text)
    return f'<span class="told {place}" title="{text}">{before}<bdi>{text}</bdi>{after}</span>'


def _paid(line: Json) -> str:
    picture = strip_drawn(line["paid_days_late"]) or _second(_word("none paid yet"))
    return f'\n<td role="cell" class="c-paid">{picture}</td>'


def _risk(line: Json, icons: Icons) -> str:
    """The risk with its word, and the money behind it: in a narrow window that has no column of its own."""
    risk = line["late_risk"]
    if risk is None:
        return f'\n<td role="cell" class="c-risk">{_second(_word("not predicted"))}</td>'
    about = _word("Too little history: estimated from similar customers.")
    thin = f' · <abbr title="{about}">{_word("thin")}</abbr>' if line["thin_history"] else ""
    late = f'{_money(line["expected_late"])} <span class="narrow">{_word("expected")} </span>{_word("late|money")}'
    unit = f'<span class="narrow"> {_word("late risk")}</span>'
    first = f'<span class="first"><b>{escape(share(risk))}</b>{unit} {icons.risk_bar(risk)}</span>'
    second = f'<span class="word">{escape(risk_word(risk))}{thin}</span><span class="late">{late}</span>'
    return f'\n<td role="cell" class="c-risk">{first}{_second(second)}</td>'


def _overdue(line: Json) -> str:
    more = line["open"] != line["overdue"]
    of_open = f'{_word("of {money}", money=money(line["open"]))}<span class="unit"> {_word("open")}</span>'
    opened = _second(of_open) if more else ""
    unit = f'<span class="narrow"> {_word("overdue")}</span>'
    first = f'<span class="first">{_money(line["overdue"])}{unit}</span>'
    return f'\n<td role="cell" class="c-money c-overdue">{first}{opened}</td>'


def _late(line: Json) -> str:
    late = "" if line["late_risk"] is None else f'<span class="first">{_money(line["expected_late"])}</span>'
    return f'\n<td role="cell" class="c-money c-late">{late}</td>'


def _forward(line: Json) -> str:
    forward = line["brought_forward"]
    if not forward:
        return '\n<td role="cell" class="c-money c-forward"></td>'
    sooner = f'<span class="second sooner">{_word("{days} d sooner", days=tenths(forward["days"]))}</span>'
    unit = f'<span class="second narrow">{_word("money-days, assumed")}</span>'
    first = f'<span class="first"><b>{escape(short_number(forward["money_days"]))}</b></span>'
    return f'\n<td role="cell" class="c-money c-forward">{first}{sooner}{unit}</td>'


def _next(line: Json, state: State, icons: Icons) -> str:
    """The appointment that is today, else what was done, else the next step."""
    step, done = escape(retold(line["next_step_label"])), state.done
    if state.has_callback:
        unseen = f'<span class="unseen"> {_word("Callback")}</span>' if state.call_at else ""
        at = f"{icons.clock()}{escape(state.call_at) or _word('Callback')}{unseen}"
        told = f'<span class="at" title="{escape(retold(line["rule_reason"]))}">{at}</span>{_second(step)}'
    elif done:
        by = escape(f"{done.by}, {done.at} UTC")
        short = f'{icons.step("done")}<span class="unseen">{_word("Worked:")} </span>{escape(done.short)}'
        told = f'<span class="done" title="{escape(done.what)}, {by}">{short}</span>{_second(by)}'
    else:
        told = f"<span>{icons.step(line['next_step'])}{step}</span>"
    return f'\n<td role="cell" class="c-next">{told}'


def _second(told: str) -> str:
    return f'<span class="second">{told}</span>'


def _word(text: str, **values: object) -> Markup:
    """A text of the page in its language."""
    return escape(tr(text, **values))


def _money(amount: Json) -> Markup:
    return escape(money(amount))
