"""The desk is served at the printed address to who comes by the printed link, and stops when asked."""

import json
import re
import signal
import subprocess
import sys
import urllib.request

INVOICES = (
    "invoice_id,customer_id,customer_name,issue_date,due_date,amount,currency,paid_date,paid_amount\n"
    "INV-1,C-1,Acme Ltd,2026-01-05,2026-02-04,1200.00,EUR,,\n"
)


def test_the_printed_link_leads_to_the_queue_until_it_is_interrupted(tmp_path):
    home = {"PAYRISK_HOME": str(tmp_path / "home"), "PATH": "/usr/bin:/bin"}
    (tmp_path / "invoices.csv").write_text(INVOICES, encoding="utf-8")
    for words in (["import", str(tmp_path / "invoices.csv"), "--as-of", "2026-03-31"], ["queue"]):
        subprocess.run([sys.executable, "-m", "payrisk.cli", *words], env=home, check=True, capture_output=True)

    server = subprocess.Popen(
        [sys.executable, "-m", "payrisk.cli", "serve", "--port", "0"], env=home, stdout=subprocess.PIPE, text=True
    )
    try:
        assert server.stdout is not None
        link = next(found[0] for line in server.stdout if (found := re.findall(r"http://127\S+/sign-in/\S+", line)))
        address = link.partition("/sign-in/")[0]
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        assert "Acme Ltd" in read(browser, link, sent=b"")
        assert json.loads(read(browser, f"{address}/api/v1/queues/today"))["items"][0]["customer_id"] == "C-1"
        assert json.loads(read(browser, f"{address}/healthz")) == {"status": "ok"}
    finally:
        server.send_signal(signal.SIGINT)
        assert server.wait(timeout=20) in (0, 130, -signal.SIGINT)


def read(browser: urllib.request.OpenerDirector, address: str, sent: bytes | None = None) -> str:
    with browser.open(address, sent, timeout=20) as answer:
        return answer.read().decode()
