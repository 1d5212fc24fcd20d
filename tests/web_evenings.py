"""Published evenings for the tests of the web."""

from evenings import made_run, score

from models.score import Reason
from serving.accounts import CustomerFacts, Money
from serving.publishing import QueueRun

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
    reasons = (Reason("habit", "paid 26 days late on average", 0.26), Reason("newness", "customer for 8 years", -0.06))
    scores = [
        score(f"INV-{n}", f"C-{n}", open=1000 - n, dpd=10 + n, reasons=reasons, late_risk=0.5) for n in range(accounts)
    ]
    first = CustomerFacts("Crossmoor Ceramics Ltd", "GB", (Money(40_00, "EUR"),), (20, 0, -4, 3, 33))
    return made_run([*scores, score("INV-X", "C-0", dpd=-4, expected_in=None)], {"C-0": first})


def hostile_evening() -> QueueRun:
    """An evening where every text that comes from a ledger is hostile."""
    scores = [
        score(name, f"{name} id", open=1000 - n, reasons=[Reason("habit", name, 0.2)])
        for n, name in enumerate(HOSTILE_NAMES)
    ]
    return made_run(scores, {f"{name} id": CustomerFacts(name, name) for name in HOSTILE_NAMES})
