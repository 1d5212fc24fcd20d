"""The pictures of the documentation, taken from the desk of a demo home: `make screenshots`.

    PAYRISK_HOME=FOLDER python docs/screenshots.py      # into docs/images/, a picture per page and theme

Needs Chromium and the environment for tests. A page joins by one line of `PICTURES`.
"""

import shutil
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import uvicorn
from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from payrisk import desk_app, evening_work
from payrisk.demo import TEAM
from payrisk.gate import Gate
from payrisk.people_work import first_links
from serving.activities.errors import BadActivity
from serving.activities.people import Actor
from serving.activities.recording import Asked
from serving.activities.said import Callback, Contact, Contest, Escalation, Promise, Said
from serving.etags import etag
from serving.web.navigation import account_href
from serving.wording import told_reasons

IMAGES = Path(__file__).parent / "images"
THEMES = ("light", "dark")

COLOURS = 256
"""Of a picture: a page has few, and the smooth edges of letters take most of them."""


class Picture(NamedTuple):
    """A page as one of the demo's people sees it; `{account}` in a path is the first account of the list, `{code}` what
    raises its risk most, `{version}` the version in use.

    Attributes:
        who: their name to sign in with; '' for nobody.
        whole: down to the end of the page, not only what a window of this size shows.
    """

    name: str
    path: str
    who: str = "marc"
    width: int = 1440
    height: int = 900
    whole: bool = False


PICTURES = (
    Picture("queue", "/queue"),
    Picture("queue-mobile", "/queue", "carla", width=390, height=844),
    Picture("account", "{account}", whole=True),
    Picture("evidence", "{account}/evidence/{code}"),
    Picture("call-sheets", "/call-sheets", height=560),
    Picture("portfolio", "/portfolio", whole=True),
    Picture("high-risk", "/portfolio/high-risk"),
    Picture("reconciliation", "/portfolio/reconciliation", whole=True),
    Picture("team", "/team?period=week", whole=True),
    Picture("models", "/models", whole=True),
    Picture("model", "/models/{version}"),
    Picture("approval", "/models/{version}/approval", height=560),
    Picture("imports", "/imports", "adam", whole=True),
    Picture("settings", "/settings", "adam", whole=True),
    Picture("me", "/me", "carla", height=700),
    Picture("sign-in", "/sign-in", "", height=560),
    Picture("docs", "/docs"),
)


def main() -> int:
    """Take every picture; 2 where there is no demo to take them from."""
    gate = Gate.open()
    if not gate.is_demo:
        print("This home is no demo's. Make one: PAYRISK_HOME=FOLDER payrisk demo --no-serve", file=sys.stderr)
        return 2
    IMAGES.mkdir(exist_ok=True)
    first_links(gate)  # the demo's people are there afterwards
    a_morning(gate)
    for kept in gate.register.everybody():
        gate.people.set_tour(kept.person.person_id, "done")
    first = evening_work.queue(gate)["items"][0]
    in_use = gate.shelf.champion()
    shown = {
        "account": account_href(first["customer_id"]),
        "code": told_reasons(first)[0]["code"],
        "version": in_use.version if in_use else "",
    }
    with served(gate) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for picture in PICTURES:
            for theme in THEMES:
                print(take(gate, browser, address, picture, theme, shown))
        browser.close()
    gate.close()
    return 0


def a_morning(gate: Gate) -> None:
    """What the team recorded of today's list by noon, the same every time; nothing where anything was recorded."""
    recorder, lines = gate.recorder, evening_work.queue(gate)["items"]
    if recorder.known_after(gate.evening(None)):
        return
    today, known = recorder.day(), {kept.person.person_id for kept in gate.register.everybody()}
    for person_id, name, _ in TEAM:
        if person_id not in known:
            gate.register.add(person_id, ["collector"], name=name, collector=person_id)
    for at, line in enumerate(lines[3:], start=3):
        owed, currency = Decimal(line["overdue"]["amount"]), line["overdue"]["currency"]
        said: list[Said] = []
        if at % 5 == 0:
            said = [Contact("phone", "no_answer", 2)]
        elif at % 5 == 2:
            amount = (owed * Decimal("0.8")).quantize(Decimal(1))
            said = [Contact("phone", "right_party", 7), Promise(amount, currency, today + timedelta(3 + at % 4))]
        elif at in (6, 13, 19):
            said = [Callback(today, f"{9 + at // 6:02}:30")]
        elif at in (8, 16):
            said = [Contest("paid_already", "by card on Friday, not in the ledger yet")]
        elif at == 11:
            said = [Escalation("no reply to four contacts; sales meets them on Thursday")]
        for one in said:
            with suppress(BadActivity):  # an account whose items are in other currencies than its figures
                version = etag(recorder.version(line["customer_id"]))
                recorder.record(line["customer_id"], one, Asked(Actor(line["collector"], "collector"), version))


def take(gate: Gate, browser: Browser, address: str, picture: Picture, theme: str, shown: dict[str, str]) -> Path:
    """One picture; returns its file."""
    file = IMAGES / f"{picture.name}-{theme}.png"
    context = browser.new_context(
        viewport={"width": picture.width, "height": picture.height},
        color_scheme=theme,  # type: ignore[arg-type]
    )
    page = context.new_page()
    if picture.who:
        page.goto(f"{address}/sign-in/{gate.register.link(picture.who)}")
        page.locator("main button").click()
    page.goto(address + picture.path.format(**shown), wait_until="networkidle")
    page.screenshot(path=file, full_page=picture.whole)
    context.close()
    Image.open(file).convert("RGB").quantize(COLOURS, Image.Quantize.MAXCOVERAGE).save(file, optimize=True)
    return file


@contextmanager
def served(gate: Gate) -> Iterator[str]:
    """The address of the desk, in a thread of this process."""
    with socket.create_server(("127.0.0.1", 0)) as bound:
        server = uvicorn.Server(uvicorn.Config(desk_app.web_app(gate, "127.0.0.1"), log_level="warning"))
        serving = threading.Thread(target=server.run, kwargs={"sockets": [bound]}, daemon=True)
        serving.start()
        while not server.started:
            time.sleep(0.01)
        yield f"http://127.0.0.1:{bound.getsockname()[1]}"
        server.should_exit = True
        serving.join()


if __name__ == "__main__":
    sys.exit(main())
