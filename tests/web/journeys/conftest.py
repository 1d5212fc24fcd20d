"""The desk of the journeys: everything that people do at it in one place, and a browser in either theme."""

from datetime import timedelta
from itertools import islice

import pytest
from builders import invoice, ledger_of, payment, together
from chromium_pages import browser, open_page, served  # noqa: F401 (fixtures)
from evenings import EVENING, NOW, made_run, score, why
from import_desk import at_once, gate_of
from web_clients import app_of
from web_evenings import HOSTILE_NAMES, with_reports
from web_models import ModelDesk

from payrisk.import_work import room_of
from serving.accounts.account import CustomerFacts
from serving.accounts.history import Contacted, History, Promised, Settled
from serving.activities.recording import Recorder
from serving.published.desk import Desk
from serving.team.team import Collector, Team

ACCOUNTS = 72
EXPLAINED = "C-0"
"""The account that has all there is to explain: a history, a ledger behind it, reasons both ways."""


class JourneyDesk:
    """Where the journeys are made. Each works on accounts of its own: `take(3)` are the next three that nobody worked.

    Attributes:
        address: where it answers.
        hostile: the ids of customers whose every text is hostile, in the order of `HOSTILE_NAMES`.
    """

    hostile = tuple(f"{name} id" for name in HOSTILE_NAMES)

    def __init__(self, folder):
        self.models, gate = ModelDesk(folder), gate_of(folder / "imports")
        self.store, self.ledger = self.models.store, ledger_of(_facts())
        run = _evening()
        run.head["ledger_version"] = self.ledger.version
        self.store.publish(with_reports(run))
        self.imported = gate.ledger
        room = room_of(gate)
        room._launch = lambda: at_once(gate)
        recorder = Recorder(Desk(self.store), today=NOW.date, now=lambda: NOW + timedelta(hours=4))
        team = Team((Collector("ada", "Ada", 240), Collector("bob", "Bob", 240)))
        self.app = app_of(
            self.store, recorder=recorder, imports=room, models=self.models.rooms, team=lambda: team,
            open_ledger=lambda: self.ledger,
        )  # fmt: skip
        self._untouched = iter([f"C-{n}" for n in range(1, ACCOUNTS)])
        self.address = ""

    def take(self, count):
        return list(islice(self._untouched, count))


def _facts():
    return together(
        invoice("INV-0", customer=EXPLAINED, due_on="2026-03-21", amount=9000),
        invoice("OLD-1", customer=EXPLAINED, due_on="2026-02-01", amount=300),
        payment("OLD-1", paid_on="2026-02-13", known_on="2026-02-14", amount=300),
    )


def _evening():
    late = why("habit", "paid 12 days late last", 0.26, "days_late_last", 12.0, None, "INV-0")
    old = why("newness", "customer for 8 years", -0.06)
    items = [score(f"INV-{n}", f"C-{n}", open=9000 - n, dpd=10, reasons=(late, old)) for n in range(ACCOUNTS)]
    for n, name in enumerate(HOSTILE_NAMES):
        items.append(score(f"{name} #{n}", f"{name} id", open=500 - n, reasons=[why("habit", name, 0.2)]))
    settled = tuple(
        Settled(f"OLD-{n}", due := EVENING - timedelta(300 - 55 * n), due + timedelta(days), days, 5_00, "EUR")
        for n, days in enumerate((26, 0, -3, 40, 12))
    )
    history = History(
        settled, len(settled), (Promised("P-1", EVENING - timedelta(20), 10_00, "EUR", "broken"),),
        (Contacted(EVENING - timedelta(9), "phone", "right_party", reached=True),),
    )  # fmt: skip
    ids = JourneyDesk.hostile
    customers = {one: CustomerFacts(name, name) for name, one in zip(HOSTILE_NAMES, ids, strict=True)}
    customers[EXPLAINED] = CustomerFacts("Crossmoor Ceramics Ltd", "GB", (), (26, 0, -3, 40, 12), history)
    return made_run(items, customers, capacity=len(items))


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    made = JourneyDesk(tmp_path_factory.mktemp("journeys"))
    with served(made.app) as made.address:
        yield made
    made.store.close()


@pytest.fixture(params=["light", "dark"])
def theme(request):
    return request.param


@pytest.fixture
def walk(desk, theme, open_page):  # noqa: F811
    """Opens a page of the desk in the theme of this journey. It ends badly where any page complained."""

    def opened(path, **options):
        return open_page(f"{desk.address}{path}", scheme=theme, **options)

    return opened
