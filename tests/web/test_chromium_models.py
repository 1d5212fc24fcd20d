"""The models in a real Chromium: both themes, two widths. To promote and to roll back: tests/web/journeys."""

import pytest
from chromium_pages import LOWEST_CONTRAST, served
from web_models import ModelDesk, keep_drift

pytestmark = pytest.mark.chromium


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    made = ModelDesk(tmp_path_factory.mktemp("models"))
    shelf, old, new = made.fresh()
    keep_drift(shelf, old)
    with served(made.app) as address:
        yield address, old, new


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_the_pages_fit_and_can_be_read_in_both_themes(desk, open_page, width, scheme):
    address, old, new = desk
    page = open_page(f"{address}/models", width=width, scheme=scheme)
    for path in ("/models", f"/models/{old}", f"/models/{new}/approval"):
        page.goto(address + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(LOWEST_CONTRAST) >= 4.5
