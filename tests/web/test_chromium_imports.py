"""The page of imports in a real Chromium: on a phone and without script. An import with a correction:
tests/web/journeys."""

import pytest
from chromium_pages import LOWEST_CONTRAST, served
from import_desk import AMBIGUOUS, desk_of

pytestmark = pytest.mark.chromium

CROWDED = """() => document.documentElement.scrollWidth - document.documentElement.clientWidth"""


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    with served(desk_of(tmp_path_factory.mktemp("imports")).app) as address:
        yield address


def upload(page, name="<b>offen</b>.csv", content=AMBIGUOUS):
    page.set_input_files("#file", files=[{"name": name, "mimeType": "text/csv", "buffer": content.encode()}])
    page.get_by_role("button", name="Upload and look").click()
    page.wait_for_selector("#question")


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
