"""A call sheet is brought back in a real Chromium, without script; what is shown then is held against WCAG 2.2 AA."""

import pytest
from all_tables import make_tables
from chromium_pages import AXE, VIOLATIONS, served, session_at
from evenings import NOW, made_run, score
from web_clients import app_of

from serving.activities.recording import Recorder
from serving.call_sheet.layout import KEY_HEADER, RowKey
from serving.published.desk import Desk
from serving.published.store import ServingStore

pytestmark = pytest.mark.chromium

PHONE = {"width": 390, "height": 844}


@pytest.fixture
def desk(tmp_path):
    """A desk with two accounts to call, and a recorder of it."""
    store = ServingStore(f"sqlite:///{tmp_path / 'queues.db'}")
    make_tables(store)
    store.publish(made_run([score("INV-1", "C-1"), score("INV-2", "C-2")]))
    recorder = Recorder(Desk(store), today=NOW.date, now=lambda: NOW)
    with served(app_of(store, recorder=recorder)) as address:
        yield address, recorder
    store.close()


@pytest.mark.parametrize(("scheme", "script"), [("light", False), ("dark", True)])
def test_a_sheet_is_brought_back_and_every_row_is_accounted_for(desk, browser, tmp_path, scheme, script):
    address, recorder = desk
    evening = NOW.date().replace(month=3, day=31)
    rows = [f"{RowKey(evening, 0, 'C-1')},no_answer", f"{RowKey(evening, 0, 'C-2')},maybe"]
    (tmp_path / "calls.csv").write_text("\n".join([f"{KEY_HEADER},Outcome", *rows]))
    context = browser.new_context(viewport=PHONE, color_scheme=scheme, java_script_enabled=script)
    context.add_cookies(session_at(address))
    page = context.new_page()

    page.goto(f"{address}/queue")
    page.get_by_role("link", name="Bring back").click()
    page.get_by_label("Call sheets").set_input_files(tmp_path / "calls.csv")
    page.get_by_role("button", name="Record the sheet").click()

    assert "1 Recorded, 1 Refused, 0 left blank" in " ".join(page.inner_text("main").split())
    assert page.get_by_role("link", name="C-1").get_attribute("href") == "/accounts/C-1"
    assert (recorder.version("C-1"), recorder.version("C-2")) == (1, 0)
    if script:
        page.evaluate(AXE)
        assert page.evaluate(VIOLATIONS) == {}
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    context.close()
