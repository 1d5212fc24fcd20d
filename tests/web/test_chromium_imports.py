"""The page of imports in a real Chromium: a file with an ambiguous date, from the upload to the rows to correct."""

import threading
import time

import pytest
import uvicorn
from chromium_pages import LOWEST_CONTRAST
from import_desk import AMBIGUOUS, desk_of

pytestmark = pytest.mark.chromium

CROWDED = """() => document.documentElement.scrollWidth - document.documentElement.clientWidth"""


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    return desk_of(tmp_path_factory.mktemp("imports"))


@pytest.fixture(scope="module")
def address(desk):
    server = uvicorn.Server(uvicorn.Config(desk.app, log_level="warning", port=0))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


def upload(page, name="<b>offen</b>.csv", content=AMBIGUOUS):
    page.set_input_files("#file", files=[{"name": name, "mimeType": "text/csv", "buffer": content.encode()}])
    page.get_by_role("button", name="Upload and look").click()
    page.wait_for_selector("#question")


def test_a_file_is_uploaded_asked_about_corrected_imported_and_its_bad_rows_downloaded(desk, address, open_page):
    page = open_page(f"{address}/imports", who="root")
    upload(page)

    assert page.inner_text("#question h3") == "Which column is the due date?"
    page.get_by_label("Nettofällig is read as").select_option("due date")  # it is read anew at once
    page.wait_for_selector("text=3 January (day first)")
    assert "not settled yet" in page.inner_text(".im-columns")
    page.get_by_role("button", name="3 January (day first)").click()
    page.wait_for_selector("text=Import 3 rows like this?")
    assert "3 January 2026" in page.inner_text(".im-columns")
    assert page.evaluate(LOWEST_CONTRAST) >= 4.5
    page.get_by_label("Save this reading as").fill("our-erp")
    page.get_by_role("button", name="Import 2 rows").click()
    page.wait_for_selector("text=Every row is accounted for")

    account = page.inner_text(".im-rows")
    assert "€1,290.50 ✓ ties" in account
    with page.expect_download() as downloaded:
        page.get_by_role("link", name="download, correct, import again").click()
    aside = downloaded.value.path().read_text("utf-8-sig").splitlines()
    assert (len(aside), aside[1].startswith("bad_amount,amount,4,")) == (2, True)
    assert "our-erp" in page.inner_text("#mappings")
    assert desk.gate.ledger.store.newest_version() == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_nothing_is_wider_than_the_page_and_all_of_it_can_be_read(address, open_page, scheme):
    page = open_page(f"{address}/imports#bring", who="root", width=390, scheme=scheme)
    if scheme == "light":
        upload(page, content=AMBIGUOUS.replace("Nettofällig", "Fälligkeit"))

    assert page.evaluate(CROWDED) <= 0
    assert page.evaluate(LOWEST_CONTRAST) >= 4.5


def test_without_script_a_form_uploads_and_the_page_asks(address, open_page):
    page = open_page(f"{address}/imports#bring", who="root", java_script_enabled=False)

    upload(page, content=AMBIGUOUS.replace("Nettofällig", "Fälligkeit"))

    page.get_by_role("button", name="Leave it, import nothing").click()
    page.wait_for_selector("text=Refused: nothing of it was kept")
