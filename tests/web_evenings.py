"""Published evenings for the tests of the web."""

import copy
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from evenings import EVENING, made_run, score, why

from ledger.measures.promises import PromiseState
from serving.accounts.account import CustomerFacts, Money
from serving.accounts.history import Contacted, History, Promised, Settled
from serving.published.bodies import Bodies
from serving.published.queue_run import QueueRun
from serving.web.reports.examples import REPORT_EXAMPLES

HOSTILE_NAMES = (
    "<script>document.title='pwned'</script>",
    '"><img src=x onerror=alert(1)>',
    "'; DROP TABLE queue_runs; --",
    "{{ 7 * 7 }} {% raw %}",
    "\u202eevil\u202c Ltd",
    '=HYPERLINK("http://x")',
    "A very long name " * 20,
    "企業 ﷽ 𝒳 e\u0301",
    "a/b?c=d&e=f#g 5 % +",
)


def evening_of(accounts: int = 5) -> QueueRun:
    """A run with this many listed accounts; C-0 has two items, a credit, and paid five invoices."""
    reasons = (
        why("habit", "paid 26 days late on average", 0.26),
        why("newness", "customer for 8 years", -0.06),
    )
    scores = [
        score(f"INV-{n}", f"C-{n}", open=1000 - n, dpd=10 + n, reasons=reasons, late_risk=0.5) for n in range(accounts)
    ]
    first = CustomerFacts("Crossmoor Ceramics Ltd", "GB", (Money(40, "EUR"),), (20, 0, -4, 3, 33))
    return made_run([*scores, score("INV-X", "C-0", dpd=-4, expected_in=None)], {"C-0": first})


def evening_with_reports(accounts: int = 5) -> QueueRun:
    """The same with the reports of the API's examples, told of its evening; the newest week behind ends on it."""
    return with_reports(evening_of(accounts))


def with_reports(run: QueueRun) -> QueueRun:
    """A run with these reports."""
    answered = ("run", "weeks_checked", "weeks_inside")
    reports = {
        name: {key: value for key, value in copy.deepcopy(body).items() if key not in answered}
        | {"as_of": run.as_of.isoformat()}
        for name, body in REPORT_EXAMPLES.items()
    }
    last = reports["cash-forecast"]["past"][-1]
    last["from"], last["until"] = (run.as_of - timedelta(6)).isoformat(), run.as_of.isoformat()
    return replace(run, reports=reports)


def account_evening() -> QueueRun:
    """A run with one account, C-1, that has all that a page shows: reasons both ways, a long history, promises,
    contacts."""
    reasons = (
        why("habit", "paid 26 days late on average", 0.26),
        why("newness", "customer for 8 years", -0.06),
    )
    items = [score(f"INV-{n}", dpd=dpd, reasons=reasons) for n, dpd in enumerate((400, 121, 20, 0, -30))]
    late = (26, 0, -3, 40, 400, 9, 9, 12, 60, -20, 1, 15)
    settled = tuple(
        Settled(f"OLD-{n}", due := EVENING - timedelta(700 - 55 * n), due + timedelta(days), days, 5_00, "EUR")
        for n, days in enumerate(late)
    )
    states: tuple[PromiseState, ...] = ("kept", "broken", "part_kept", "cancelled", "pending")
    promises = tuple(
        Promised(f"P-{n}", EVENING - timedelta(80 - 21 * n), 10_00, "EUR", state) for n, state in enumerate(states)
    )
    contacts = tuple(
        Contacted(EVENING - timedelta(9 * n), "phone", "right_party" if n % 2 else "no_answer", reached=n % 2 == 1)
        for n in reversed(range(12))
    )
    history = History(settled, len(settled), promises, contacts)
    return made_run(items, {"C-1": CustomerFacts("Crossmoor Ceramics Ltd", "GB", (), late, history)})


def owned(run: QueueRun, owners: Mapping[str, str]) -> QueueRun:
    """The run with a collector for each of these accounts."""

    def told(bodies: Bodies) -> Bodies:
        return Bodies.of({**body, "collector": owners.get(body["customer_id"], body["collector"])} for body in bodies)

    return replace(run, lines=told(run.lines), accounts=told(run.accounts))


def standing(run: QueueRun, where: Mapping[str, str]) -> QueueRun:
    """The run with these accounts standing elsewhere, and so on no list."""
    accounts = [
        {**body, "standing": where[body["customer_id"]], "rank": None} if body["customer_id"] in where else body
        for body in run.accounts
    ]
    lines = [line for line in run.lines if line["customer_id"] not in where]
    held = sum(one == "held" for one in where.values())
    summary = {**run.head["summary"], "held": held, "listed": len(lines)}
    return replace(run, lines=Bodies.of(lines), accounts=Bodies.of(accounts), head={**run.head, "summary": summary})


def hostile_evening() -> QueueRun:
    """An evening where every text that comes from a ledger is hostile."""
    scores = [
        score(name, f"{name} id", open=1000 - n, reasons=[why("habit", name, 0.2)])
        for n, name in enumerate(HOSTILE_NAMES)
    ]
    return made_run(scores, {f"{name} id": CustomerFacts(name, name) for name in HOSTILE_NAMES})
