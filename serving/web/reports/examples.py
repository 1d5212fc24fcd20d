"""Examples of the reports for the API's description: an invented evening whose figures add up."""

from typing import Any

from serving.reports.definitions import definitions_json
from serving.web.queues.examples import REASONS, RUN

Json = dict[str, Any]

AS_OF = RUN["as_of"]
BUCKETS = ["current", "1-30", "31-60", "61-90", "91-120", ">120"]


def _money(amount: str, currency: str = "EUR") -> Json:
    return {"amount": amount, "currency": currency}


def _report(name: str, figures: tuple[str, ...], **body: Any) -> Json:
    head = {"report": name, "as_of": AS_OF, "currency": "EUR"}
    return {**head, **body, "definitions": definitions_json(*figures), "run": RUN}


def _aged(*buckets: str, open_: str, past_due: str, unapplied: str, total: str) -> Json:
    sums = {"open": open_, "past_due": past_due, "unapplied": unapplied, "total": total}
    return {"buckets": [_money(amount) for amount in buckets], **{name: _money(sum_) for name, sum_ in sums.items()}}


_NOW = _aged(
    "6420.00", "1180.00", "610.00", "340.00", "210.00", "290.00",
    open_="9050.00", past_due="2630.00", unapplied="-61.00", total="8989.00",
)  # fmt: skip
_BEFORE = _aged(
    "6100.00", "1310.00", "700.00", "330.00", "180.00", "310.00",
    open_="8930.00", past_due="2830.00", unapplied="0.00", total="8930.00",
)  # fmt: skip
_THIRTY = {"expected": _money("3850.00"), "low": _money("3620.00"), "high": _money("4070.00")}

_ACCOUNT: Json = {
    "customer_id": "C-11366",
    "customer_name": "Crossmoor Ceramics Ltd",
    "money": _money("1940.00"),
    "open": _money("2630.00"),
    "overdue": _money("2425.00"),
    "expected_late": _money("1940.00"),
    "late_risk": 0.8,
    "oldest_dpd": 132,
    "reason": {name: value for name, value in REASONS[0].items() if name != "money"},
    "standing": "listed",
    "next_step": "call",
    "next_step_label": "Call",
    "collector": "team",
}


def _accounts(name: str, figure: str, money: str, **also: Any) -> Json:
    row = {**_ACCOUNT, "money": _money(money), **also}
    return _report(name, (figure,), accounts=1, money=_money(money), without_rate=0, rows=[row])


REPORT_EXAMPLES: dict[str, Json] = {
    "overview": _report(
        "overview",
        ("open", "past_due", "expected_late", "over_90", "expected_30_days", "coverage"),
        open={"money": _money("9050.00"), "items": 42, "accounts": 9},
        past_due={"money": _money("2630.00"), "share_pct": 29.06},
        expected_late={"money": _money("1940.00"), "accounts": 1},
        over_90={"money": _money("500.00"), "share_pct": 5.52, "accounts": 1},
        expected_30_days=_THIRTY,
        coverage={"share_pct": 80.0, "past_due_accounts": 5, "without_next_step": 1},
    ),
    "aging": _report(
        "aging",
        ("open", "past_due"),
        basis="due",
        buckets=BUCKETS,
        now={**_NOW, "as_of": AS_OF, "disputed": _money("184.00"), "items": 43},
        month_before={**_BEFORE, "as_of": "2026-02-03"},
        month_ends=[{**_BEFORE, "as_of": "2026-02-28"}],
        by_currency=[{**_NOW, "currency": "EUR", "disputed": _money("184.00"), "items": 43}],
        by_entity=[{**_NOW, "entity": "", "currency": "EUR", "disputed": _money("184.00"), "items": 43}],
        proof={
            "ties": True,
            "rows": [
                {
                    "entity": "",
                    "currency": "EUR",
                    "open_items": 43,
                    "buckets": _money("9050.00"),
                    "unapplied": _money("-61.00"),
                    "open": _money("8989.00"),
                    "billed": _money("90125.00"),
                    "applied": _money("81136.00"),
                    "difference": _money("0.00"),
                }
            ],
            "variances": [],
            "variances_count": 0,
        },
        without_rate=[],
    ),
    "past-due": _report(
        "past-due",
        ("past_due_pct", "past_due", "open"),
        points=[
            {
                "as_of": "2026-02-28",
                "month_end": True,
                "open": _money("8930.00"),
                "past_due": _money("2830.00"),
                "past_due_pct": 31.69,
                "over_90_pct": 5.49,
            },
            {
                "as_of": AS_OF,
                "month_end": False,
                "open": _money("9050.00"),
                "past_due": _money("2630.00"),
                "past_due_pct": 29.06,
                "over_90_pct": 5.52,
            },
        ],
    ),
    "dso": _report(
        "dso",
        ("dso_countback", "dso", "dso_true", "dso_best_possible", "add_portfolio"),
        month_ends=[
            {
                "as_of": "2026-02-28",
                "open": _money("8930.00"),
                "sales": _money("5600.00"),
                "sales_three_months": _money("18000.00"),
                "dso_countback": 45.2,
                "more_than_days": None,
                "months_without_sales": 0,
                "dso": 44.65,
                "dso_true": 46.1,
                "dso_best_possible": 30.5,
                "add_portfolio": 14.15,
                "delinquent_dso": {"1-30": 6.55, "31-60": 3.5, "61-90": 1.65, "91-120": 0.9, ">120": 1.55},
            }
        ],
    ),
    "effectiveness": _report(
        "effectiveness",
        ("cei_pct", "past_due_pct", "promises_kept", "roll_rate"),
        buckets=BUCKETS,
        months=[
            {
                "opened_on": "2026-01-31",
                "closed_on": "2026-02-28",
                "opening": _money("9000.00"),
                "sales": _money("5600.00"),
                "closing": _money("8930.00"),
                "closing_current": _money("6100.00"),
                "cei_pct": 66.71,
                "past_due_pct": 31.69,
                "promises": {"kept": 5, "part_kept": 1, "broken": 1, "cancelled": 1},
                "promises_kept_pct": 71.43,
                "roll_rates_pct": [19.0, 41.0, 38.0, 55.0, 80.0],
            }
        ],
    ),
    "cash-forecast": _report(
        "cash-forecast",
        ("expected_cash", "expected_30_days"),
        past=[
            {
                "from": "2026-02-25",
                "until": AS_OF,
                "received": _money("1010.00"),
                "received_on_known": _money("1005.00"),
            }
        ],
        weeks=[
            {
                "from": "2026-03-04",
                "until": "2026-03-10",
                "expected": _money("1060.00"),
                "low": _money("960.00"),
                "high": _money("1150.00"),
            }
        ],
        all_weeks={"expected": _money("7740.00"), "low": _money("7310.00"), "high": _money("8120.00")},
        next_30_days=_THIRTY,
        open=_money("9050.00"),
        items_without_rate=0,
        band_share=0.8,
        band_wider=1.4,
        weeks_checked=26,
        weeks_inside=21,
    ),
    "high-risk": _accounts("high-risk", "expected_late", "1940.00"),
    "over-90": _accounts("over-90", "over_90", "500.00"),
    "without-next-step": _accounts("without-next-step", "coverage", "120.00", standing="below_the_cut", collector=""),
}
