"""What managers, analysts and clerks come for, in a real Chromium: an explanation, files out and in, another model."""

import csv
import io
from datetime import date

import pytest
from import_desk import AMBIGUOUS
from python_calamine import CalamineWorkbook
from web_models import version_of

from serving.call_sheet.layout import KEY_HEADER

pytestmark = pytest.mark.chromium


def test_explain_to_a_manager(walk, desk):
    from playwright.sync_api import expect

    page = walk("/queue?account=C-0")
    page.get_by_role("link", name="Open the account").click()
    page.wait_for_url("**/accounts/C-0*")
    told = page.locator("main").inner_text()
    assert "Why the late risk is 50%" in told
    assert "Reasons show what the model weighed, not proof of cause." in told
    points = [one.inner_text() for one in page.locator("section[aria-labelledby=why] .waterfall tr").all()]
    assert [" ".join(line.split()) for line in points][:4] == [
        "Typical account 30%",
        "▲ raises the risk: Paid 12 days late last +26",
        "▼ lowers the risk: Customer for 8 years −6",
        "This account 50%",
    ]
    page.get_by_role("link", name="Paid 12 days late last").first.click()
    page.wait_for_url("**/evidence/days_late_last*")
    assert "Worked out again from them: the same value as was published." in page.locator("main").inner_text()
    assert "OLD-1" in page.locator("table.documents").inner_text()
    page.locator(".crumbs a").click()
    page.get_by_role("link", name="Portfolio").click()
    page.get_by_role("link", name="Reconciliation").click()
    expect(page.locator("h2")).to_have_text("✓ The aging ties to the ledger, to the cent")


def test_export_and_re_import(walk, desk):
    from playwright.sync_api import expect

    account, _ = desk.take(2)
    page = walk(f"/queue?q={account}")
    with page.expect_download() as downloaded:
        page.get_by_role("link", name="Excel").click()
    head, *rows = CalamineWorkbook.from_path(str(downloaded.value.path())).get_sheet_by_name("Queue").to_python()
    assert len(rows) == page.locator("#lines .line").count(), "what is shown, and no more"
    (key,) = (row[head.index(KEY_HEADER)] for row in rows if account in row)
    filled = f"{KEY_HEADER},Outcome,Note\n{key},no_answer,rang twice\n"
    page.get_by_role("link", name="Bring back").click()
    assert sent(page, filled) == "1 Recorded, 0 left blank"
    assert sent(page, filled) == "1 Recorded before, 0 left blank"

    page.get_by_role("link", name=account).click()
    expect(page.locator("section[aria-labelledby=recorded]")).to_contain_text("rang twice")
    page.goto(f"{desk.address}/queue?tab=done&q={account}")
    page.locator("#lines .line", has=page.get_by_role("link", name=account, exact=True)).get_by_role("link").click()
    expect(page.locator("#panel .recorded")).to_contain_text("no answer")
    expect(page.locator("#panel .recorded")).to_contain_text("rang twice")


def test_import_with_a_correction(walk, desk, theme):
    mapping = f"our-erp-{theme}"
    page = walk("/imports#bring", who="root")
    bring(page, AMBIGUOUS.replace("RE-", f"{theme}-"))
    page.wait_for_selector("#question")
    assert page.inner_text("#question h3") == "Which column is the due date?"
    page.get_by_label("Nettofällig is read as").select_option("due date")  # it is read anew at once
    page.wait_for_selector("text=3 January (day first)")
    assert "not settled yet" in page.inner_text(".im-columns")
    page.get_by_role("button", name="3 January (day first)").click()
    page.wait_for_selector("text=Import 3 rows like this?")
    assert "3 January 2026" in page.inner_text(".im-columns")
    page.get_by_label("Save this reading as").fill(mapping)
    page.get_by_role("button", name="Import 2 rows").click()
    page.wait_for_selector("text=Every row is accounted for")
    told = page.inner_text(".im-rows").split("\n")
    assert ("2 invoices in EUR\t€1,290.50" in told, "✓ ties" in " ".join(told)) == (True, True)
    before = desk.imported.store.newest_version()

    with page.expect_download() as downloaded:
        page.get_by_role("link", name="download, correct, import again").click()
    head, row = csv.reader(io.StringIO(downloaded.value.path().read_text("utf-8-sig")))
    assert (row[0], "viel" in row) == ("bad_amount", True)
    corrected = io.StringIO()
    csv.writer(corrected, delimiter=";").writerows([head, ["45,00" if cell == "viel" else cell for cell in row]])
    page.get_by_role("link", name="Import a file").click()
    page.get_by_label("Read by mapping").select_option(mapping)
    page.get_by_label("The files").select_option("append")
    bring(page, corrected.getvalue(), "corrected.csv")
    page.get_by_role("button", name="Import 1 row").click()
    page.wait_for_selector("text=Imported 1 April 2026")
    told = page.inner_text(".im-rows").split("\n")
    assert ("1 invoice in EUR\t€45.00" in told, "✓ ties" in " ".join(told)) == (True, True)
    assert desk.imported.store.newest_version() == before + 1


def test_promote_and_roll_back(walk, desk):
    from playwright.sync_api import expect

    shelf, old, new = desk.models.fresh()
    analyst = walk("/models", who="ann")
    expect(analyst.get_by_role("button", name=f"Approve version {new}")).to_be_disabled()
    expect(analyst.get_by_text("You trained it: another person has to approve it.")).to_be_visible()
    analyst.get_by_text("Every reason in full").click()
    expect(analyst.get_by_text("Calibration error in 30 days: 0.081").last).to_be_visible()
    analyst.get_by_role("link", name="Model card").click()
    expect(analyst.get_by_role("heading", name=f"Version {new}")).to_be_visible()

    manager = walk("/models", refused=(412,))
    manager.get_by_role("link", name=f"Approve version {new}").click()
    manager.get_by_label("Reason").fill("calmer in January")
    asking = shelf.put(version_of(date(2026, 3, 1), "Omar"))
    manager.get_by_role("button", name="Approve version").click()
    expect(manager.get_by_role("alert")).to_contain_text(f"In use now: {old}; asks to replace it: {asking}.")
    assert shelf.champion().version == old
    manager.get_by_role("button", name="Approve version").click()
    expect(manager.get_by_text("calmer in January").last).to_be_visible()
    assert shelf.champion().version == new
    manager.get_by_role("link", name="Roll back").click()
    expect(manager.get_by_label("Reason")).to_be_focused()
    manager.keyboard.type("a bad export")
    manager.keyboard.press("Tab")
    manager.keyboard.press("Enter")
    expect(manager.get_by_text("a bad export")).to_be_visible()
    assert shelf.champion().version == old


def bring(page, content, name="<b>offen</b>.csv"):
    """Upload a file; the page goes on to it."""
    page.set_input_files("#file", files=[{"name": name, "mimeType": "text/csv", "buffer": content.encode()}])
    page.get_by_role("button", name="Upload and look").click()
    page.wait_for_url("**/imports/*")


def sent(page, sheet):
    """What became of the rows of a filled sheet that is brought back."""
    page.get_by_label("Call sheets").set_input_files(
        {"name": "calls.csv", "mimeType": "text/csv", "buffer": sheet.encode()}
    )  # fmt: skip
    with page.expect_navigation():
        page.get_by_role("button", name="Record the sheet").click()
    return " ".join(page.inner_text("section:has(#sheet-1) .section-head .second").split())
