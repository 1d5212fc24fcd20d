"""The page of call sheets: a sheet is brought back, every row is accounted for, and the same again records nothing."""

import io
import re
import tempfile

import pytest
from english_words import english_of
from evenings import made_run, score
from heard_pages import get
from python_calamine import CalamineWorkbook
from web_clients import app_of, client_of, form_headers, session_of
from web_evenings import owned

from serving.call_sheet.layout import FILLED, KEY_HEADER
from serving.people.keys import form_key

PATH = "/call-sheets"
PAGE = {"accept": "text/html"}


@pytest.fixture
def keys(client, store):
    """The keys of the rows of C-1 (ada's), C-2 (bob's) and C-3 (nobody's)."""
    run = made_run([score(f"INV-{n}", f"C-{n}") for n in (1, 2, 3)])
    store.publish(owned(run, {"C-1": "ada", "C-2": "bob"}))
    book = CalamineWorkbook.from_filelike(io.BytesIO(client.get("/queue.xlsx").content))
    head, *rows = book.get_sheet_by_name("Queue").to_python()
    return {row[head.index(KEY_HEADER)].rpartition("/")[2]: row[head.index(KEY_HEADER)] for row in rows}


def sheet(keys, **outcomes):
    rows = [f"{keys[name.replace('_', '-')]},{outcome}" for name, outcome in outcomes.items()]
    return "\n".join([f"{KEY_HEADER},Outcome", *rows]).encode()


def bring(client, *contents, who="maria", form=None, names=("calls.csv", "more.csv"), **headers):
    files = [("sheet", (name, content, "text/csv")) for name, content in zip(names, contents, strict=False)]
    sent = {"form_key": form_key(session_of(who)) if form is None else form}
    return client.post(PATH, data=sent, files=files, headers=PAGE | headers)


def test_a_sheet_is_recorded_once_and_every_row_is_accounted_for(client, recorder, keys):
    content = sheet(keys, C_1="no_answer", C_2="=maybe", C_3="")
    first, again = bring(client, content), bring(client, content)

    assert (first.status_code, again.status_code) == (200, 200)
    assert "calls.csv" in first.text
    assert "1 Recorded, 1 Refused, 1 left blank" in " ".join(first.text.split()).replace("</span>", "")
    assert 'href="/accounts/C-1"' in first.text
    assert "=maybe" in first.text
    assert "1 Recorded before, 1 Refused" in " ".join(again.text.split())
    assert [recorder.version(one) for one in ("C-1", "C-2", "C-3")] == [1, 0, 0]


def test_a_row_that_somebody_was_faster_with_is_a_conflict_that_is_told(client, recorder, keys):
    bring(client, sheet(keys, C_1="no_answer"))
    other = bring(client, sheet(keys, C_1="wrong_party"))

    assert "1 Changed by somebody since" in " ".join(other.text.split())
    assert "Look at the account" in other.text


def test_several_sheets_are_several_accounts_and_a_bad_one_says_which(client, recorder, keys):
    both = bring(client, sheet(keys, C_1="no_answer"), sheet(keys, C_3="no_answer"))
    assert [both.text.count(name) for name in ("calls.csv", "more.csv")] == [1, 1]

    bad = bring(client, sheet(keys, C_2="no_answer"), b"PK\x03\x04")
    assert bad.status_code == 422
    assert 'role="alert"' in bad.text
    assert "more.csv:" in bad.text
    assert "1 Recorded" in bad.text, "what was recorded before is told"
    assert recorder.version("C-2") == 1


def test_a_collector_records_of_what_they_see(store, recorder, keys):
    client = client_of(store, "ada", app=app_of(store, recorder=recorder))
    page = bring(client, sheet(keys, C_1="no_answer", C_2="no_answer"), who="ada")

    assert "1 Recorded, 1 Refused" in " ".join(page.text.split())
    assert 'href="/accounts/C-2"' not in page.text
    assert recorder.version("C-2") == 0


def test_what_no_page_of_the_session_sent_records_nothing(client, recorder, keys):
    foreign = bring(client, sheet(keys, C_1="no_answer"), form="foreign")
    urlencoded = client.post(PATH, data={"form_key": form_key(session_of("maria"))}, headers=PAGE)

    assert (foreign.status_code, urlencoded.status_code) == (403, 403)
    assert recorder.versions() == {}


def test_without_a_file_and_with_too_large_a_one_it_is_said(client, recorder, keys):
    none, large = bring(client), bring(client, b"x" * (7 * 2**20))

    assert none.status_code in (403, 422)
    assert large.status_code == 413
    assert recorder.versions() == {}


def test_an_empty_choice_is_said_on_the_page(client, keys):
    chosen = bring(client, b"", names=("",), **form_headers("maria"))

    assert (chosen.status_code, "No file was chosen." in chosen.text) == (422, True)


def test_a_name_is_text_whatever_it_says(client, keys):
    page = bring(client, sheet(keys, C_1="no_answer"), names=("<b>x</b>.csv",))

    assert "<b>x</b>" not in page.text
    assert "&lt;b&gt;x&lt;/b&gt;.csv" in page.text


def test_the_list_leads_to_it_where_something_can_be_recorded(client, store, recorder, keys):
    assert f'href="{PATH}"' in client.get("/queue", headers=PAGE).text
    assert "Bring a sheet back" in get(client, PATH).text
    analyst = client_of(store, "ann", recorder=recorder)
    assert f'href="{PATH}"' not in analyst.get("/queue", headers=PAGE).text


def test_the_page_speaks_german(client, keys):
    spoken = client.post(
        PATH,
        data={"form_key": form_key(session_of("maria"))},
        files=[("sheet", ("calls.csv", sheet(keys, C_1="no_answer"), "text/csv"))],
        headers=PAGE | {"accept-language": "de"},
    ).text

    assert "Anrufliste zurückbringen" in spoken
    assert "1 Festgehalten" in spoken


def test_nothing_of_a_sheet_touches_the_disk_where_a_process_that_is_killed_would_leave_it(client, keys, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", "/nowhere/at/all")

    brought = bring(client, sheet(keys, C_1="no_answer"))

    assert brought.status_code == 200
    assert "1 Recorded" in brought.text


def test_why_a_row_is_refused_is_told_in_german(client, keys):
    rows = [
        f"{keys['C-1']},promise,1.250,2026-04-09,,,", f"{keys['C-1']},promise,,03/04/2026,,,",
        f"{keys['C-2']},no answer,,,many,,", f"{keys['C-3']},no answer,5,,,,", f"{keys['C-3']},maybe,,,,,",
        f"{keys['C-3']},promise,7,2020-01-01,,,", "changed,no answer,,,,,",
    ]  # fmt: skip
    content = "\n".join([",".join([KEY_HEADER, *(header for header, _ in FILLED.values())]), *rows]).encode()

    answer = bring(client, content, **{"accept-language": "de"})

    assert answer.status_code == 200
    assert "7 Abgelehnt" in answer.text
    assert english_of(answer.text, re.compile(r"“[^”]*”|„[^“]*“|payrisk [a-z]+.*$")) == []
