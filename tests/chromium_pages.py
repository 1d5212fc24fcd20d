"""A real Chromium for the tests of pages: started once for a file, and every page it opens is listened to."""

import os
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from web_clients import cookies_of

ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


AXE = (Path(__file__).parent / "vendor" / "axe-core" / "axe.min.js").read_text()
"""Of each page: what axe-core needs to be there, and asked by `VIOLATIONS` what it finds."""

VIOLATIONS = """async () => {
  const answer = await axe.run(document, {
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    resultTypes: ["violations"],
  });
  return Object.fromEntries(answer.violations.map((one) => [one.id, one.nodes.slice(0, 5).map((node) =>
    `${node.html.slice(0, 160)} ${node.failureSummary}`)]));
}"""


def leave_out(why: str) -> None:
    sentence = f"{why}. To run these tests: install Chromium (Debian: apt-get install chromium) and `make setup`."
    if os.environ.get("PAYRISK_NO_GAPS") == "1":
        pytest.fail(sentence)
    pytest.skip(sentence)


@pytest.fixture(scope="module")
def browser():
    try:
        from playwright.sync_api import sync_playwright
    except ModuleNotFoundError:
        leave_out("playwright is not installed")
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        leave_out("there is no Chromium on this machine")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield chromium
        chromium.close()


@contextmanager
def served(app: Any) -> Iterator[str]:
    """The address at which an application answers, in a thread of this process."""
    import uvicorn

    with socket.create_server(("127.0.0.1", 0)) as bound:
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield f"http://127.0.0.1:{bound.getsockname()[1]}"
        server.should_exit = True
        thread.join(5)


def session_at(address, who="maria"):
    """The cookies of somebody (else a manager) who is signed in there."""
    return [{"name": name, "value": value, "url": address} for name, value in cookies_of(who).items()]


@pytest.fixture
def open_page(browser):
    """Opens pages and, at the end, asserts that no page complained: console, faults, policy, or other hosts."""
    complaints, pages = [], []

    def opened(address, width=1280, height=800, scheme="light", who="maria", **options):
        page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme, **options)
        page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
        page.on("pageerror", lambda fault: complaints.append(str(fault)))
        page.on("dialog", lambda dialog: (complaints.append(f"dialog {dialog.message}"), dialog.dismiss()))
        page.on("request", lambda r: complaints.append(r.url) if not r.url.startswith("http://127.0.0.1:") else None)
        page.on("response", lambda r: complaints.append(f"{r.status} {r.url}") if r.status >= 400 else None)
        page.context.add_cookies(session_at(address, who))
        page.goto(address)
        pages.append(page)
        return page

    yield opened
    for page in pages:
        page.close()
    assert complaints == []


LOWEST_CONTRAST = """() => {
  const rgb = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((c) => c / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, at) => sum + c * [0.2126, 0.7152, 0.0722][at], 0);
  const ground = (node) => {
    for (let at = node; at; at = at.parentElement) {
      const colour = rgb(getComputedStyle(at).backgroundColor);
      if (colour.length === 3 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  let lowest = 21;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement;
    const unseen = node.closest("svg, .unseen, .skip, .dot") || !node.getClientRects().length;
    if (unseen || !walker.currentNode.data.trim()) continue;
    const [a, b] = [light(rgb(getComputedStyle(node).color)), light(ground(node))].sort((x, y) => y - x);
    lowest = Math.min(lowest, (a + 0.05) / (b + 0.05));
  }
  return lowest;
}"""
