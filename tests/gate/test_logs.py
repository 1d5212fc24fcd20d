"""Nothing that is written to a log names a person: neither what people sent nor what the database holds."""

import logging
import sys

import pytest
import sqlalchemy as sa
from chromium_pages import served
from web_clients import app_of, cookies_of, form_headers

from ledger.database import open_engine, writing
from payrisk.gate import Gate
from payrisk.logs import LEFT_OUT, WithoutWords, log_config

NAME, NOTE, MAIL = "Quillfeather & Sons", "Wilhelmina answers", "zoe@featherington.example"
WORDS = ("Quillfeather", "Wilhelmina", "featherington")
INVOICES = (
    "invoice_id,customer_id,customer_name,issue_date,due_date,amount,currency,paid_date,paid_amount\n"
    + "".join(f"INV-{n},C-1,{NAME},2026-01-05,2026-02-04,1{n}0.00,EUR,,\n" for n in range(10, 40))
    + f"INV-2,C-1,{NAME},2026-01-05,31/02/2026x,{MAIL},EUR,,\n"
)


def ask(address, path, body=None, headers=None):
    from urllib.error import HTTPError
    from urllib.request import Request, urlopen

    try:
        return urlopen(Request(address + path, data=body, headers=headers or {}), timeout=20).status
    except HTTPError as answer:
        return answer.code


def test_the_main_flows_write_no_name_note_or_address_to_a_log(payrisk, tmp_path, home, capsys, caplog, monkeypatch):
    caplog.set_level(logging.DEBUG)
    (tmp_path / "book.csv").write_text(INVOICES)
    # What the importer tells the person at the terminal names the row that it refused; nothing of it is logged.
    assert payrisk("import", tmp_path / "book.csv", "--as-of", "2026-03-31").code == 0
    daily = payrisk("daily")
    assert daily.code == 0
    logged = daily.out + daily.err
    gate = Gate.open()
    app = app_of(gate.store, recorder=gate.recorder)
    cookie = {"cookie": "; ".join(f"{name}={value}" for name, value in cookies_of("maria").items())}
    headers = {**cookie, **form_headers("maria"), "content-type": "application/json", "if-match": '"0"'}
    at = "/api/v1/accounts/C-1/activities"
    note = b'{"kind": "note", "text": "%s of %s"}' % (NOTE.encode(), MAIL.encode())
    capsys.readouterr()
    with served(app, log_config=log_config(), access_log=False) as address:  # the logging of `payrisk serve`
        assert ask(address, "/sign-in", f"name={MAIL}&password={NOTE}".encode()) in (401, 403, 422)
        assert ask(address, at, note, headers) == 201
        assert ask(address, f"/accounts/{WORDS[0]}", headers=cookie) == 404
        token = {"authorization": f"Bearer payrisk_{WORDS[1]}"}
        assert ask(address, f"/api/v1/queues/today?collector={WORDS[0]}", headers=token) == 401
        assert ask(address, f"/sign-in/{WORDS[1]}") in (200, 404)
        assert ask(address, "/healthz", headers={"host": f"{WORDS[2]}.example"}) == 400
        with writing(gate.store.engine) as connection:
            connection.execute(sa.text("DROP TABLE audit_log"))
        monkeypatch.setattr("serving.activities.recording.append", lambda *_: fail(note.decode()))
        assert ask(address, at, note, {**headers, "if-match": '"1"'}) == 500
    gate.close()
    told = capsys.readouterr()
    logged += told.out + told.err + caplog.text

    assert "in fail" in logged  # the fault is told, by the lines of code that it came through
    assert LEFT_OUT in logged
    assert [word for word in WORDS if word.casefold() in logged.casefold()] == []


def fail(text):
    raise RuntimeError(f"could not write {text} of {NAME}")


def test_a_fault_of_the_database_is_told_without_the_values_that_were_sent(tmp_path):
    engine = open_engine(f"sqlite:///{tmp_path / 'one.db'}")
    with writing(engine) as connection:
        connection.execute(sa.text("CREATE TABLE notes (text TEXT NOT NULL UNIQUE)"))
        connection.execute(sa.text("INSERT INTO notes VALUES (:text)"), {"text": NOTE})
    with pytest.raises(sa.exc.IntegrityError) as fault, writing(engine) as connection:
        connection.execute(sa.text("INSERT INTO notes VALUES (:text)"), {"text": NOTE})
    engine.dispose()

    assert NOTE not in str(fault.value)


def test_a_fault_that_arose_from_another_tells_both_and_the_words_of_neither():
    try:
        try:
            fail(NOTE)
        except RuntimeError as first:
            raise ValueError(MAIL) from first
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, __file__, 1, "Exception", (), sys.exc_info())

    told = WithoutWords().format(record)
    assert told.index("builtins.RuntimeError") < told.index("builtins.ValueError")
    assert [word for word in WORDS if word in told] == []
