"""The models in a real Chromium: an analyst reads, a manager approves and goes back, both themes, two widths."""

import socket
import threading
import time

import pytest
from chromium_pages import LOWEST_CONTRAST
from web_clients import cookies_of
from web_models import ModelDesk, keep_drift

pytestmark = pytest.mark.chromium


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    import uvicorn

    made = ModelDesk(tmp_path_factory.mktemp("models"))
    shelf, old, new = made.fresh()
    keep_drift(shelf, old)
    with socket.create_server(("127.0.0.1", 0)) as bound:
        server = uvicorn.Server(uvicorn.Config(made.app, log_level="warning"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield f"http://127.0.0.1:{bound.getsockname()[1]}", shelf, old, new
        server.should_exit = True
        thread.join(5)


def sign_in(page, address, who):
    page.context.clear_cookies()
    page.context.add_cookies(
        [{"name": name, "value": value, "url": address} for name, value in cookies_of(who).items()]
    )


def test_an_analyst_reads_and_a_manager_approves_and_goes_back(desk, open_page):
    from playwright.sync_api import expect

    address, shelf, old, new = desk
    page = open_page(f"{address}/me")
    sign_in(page, address, "ann")
    page.goto(f"{address}/me")
    page.get_by_role("link", name="Models").click()
    expect(page.get_by_role("button", name=f"Approve version {new}")).to_be_disabled()
    expect(page.get_by_text("You trained it: another person has to approve it.")).to_be_visible()
    page.get_by_text("Every reason in full").click()
    expect(page.get_by_text("Calibration error in 30 days: 0.081").last).to_be_visible()
    page.get_by_role("link", name="Model card").click()
    expect(page.get_by_role("heading", name=f"Version {new}")).to_be_visible()

    sign_in(page, address, "maria")
    page.goto(f"{address}/models")
    page.get_by_role("link", name=f"Approve version {new}").click()
    page.get_by_label("Reason").fill("calmer in January")
    page.get_by_role("button", name="Approve version").click()
    expect(page.get_by_text("calmer in January").last).to_be_visible()
    assert shelf.champion().version == new
    page.get_by_role("link", name="Roll back").click()
    expect(page.get_by_label("Reason")).to_be_focused()
    page.keyboard.type("a bad export")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("a bad export")).to_be_visible()
    assert shelf.champion().version == old


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_the_pages_fit_and_can_be_read_in_both_themes(desk, open_page, width, scheme):
    address, _, old, new = desk
    page = open_page(f"{address}/models", width=width, scheme=scheme)
    for path in ("/models", f"/models/{old}", f"/models/{new}/approval"):
        page.goto(address + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(LOWEST_CONTRAST) >= 4.5
