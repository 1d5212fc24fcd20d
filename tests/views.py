"""Views over small facts, for tests that need no database."""

from datetime import date

from builders import together

from ledger.days import NEVER
from ledger.view import LedgerView


def view_of(*facts, day=date(2026, 3, 31), known_by=None, **frames):
    """The evening of `day` over small facts, whole frames of disputes or absences beside them; without a database."""
    all_facts = together(*facts)
    items = all_facts.items.assign(superseded_on=NEVER, source_row=0)
    customers = all_facts.customers.assign(superseded_on=NEVER)
    told = {name: getattr(all_facts, name).assign(superseded_on=NEVER) for name in ("promises", "holds", "callbacks")}
    frames = {"contacts": all_facts.contacts} | told | frames
    return LedgerView.of_facts(
        day, items, all_facts.applications, customers, all_facts.rates, known_by=known_by, **frames
    )
