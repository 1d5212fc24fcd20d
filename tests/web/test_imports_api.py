"""Imports over the API: brought, asked, answered, accounted for, and seen by whom they are for."""

import asyncio
import csv
import io
import json
from contextlib import suppress
from threading import Event

import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa
from import_desk import AMBIGUOUS, SOUND, desk_of, gate_of, rehoused
from python_calamine import CalamineWorkbook
from starlette.requests import Request
from web_clients import form_headers

from ledger.neutral import without_apostrophes
from ledger.options import ImportOptions
from payrisk import import_work
from serving.activities.people import Actor
from serving.imports.quarantine import write_quarantine
from serving.imports.room import Bringer
from serving.web.file_kinds import CSV, PARQUET, XLSX
from serving.web.imports.api import brought
from serving.web.imports.schemas import ImportOut, ImportsOut, QuarantineOut


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return desk_of(tmp_path_factory.mktemp("imports"))


@pytest.fixture
def desk(made, tmp_path):
    fresh = rehoused(made, tmp_path / "home")
    yield fresh
    fresh.gate.close()


def facts_of(gate):
    """Every told row, whatever import brought it."""
    frames = gate.ledger.told().frames()
    return {name: frame.drop(columns="version").to_dict("list") for name, frame in frames.items()}


def test_an_import_over_the_desk_is_exactly_that_of_the_command(desk, tmp_path):
    command = gate_of(tmp_path / "command")
    (tmp_path / "open.csv").write_text(SOUND, encoding="utf-8")
    report = import_work.import_files(command, [tmp_path / "open.csv"])
    aside = write_quarantine(report, tmp_path / "aside")[0].read_bytes()
    told = report.as_dict()
    rows = [row for file in told["files"] for row in file.pop("quarantine")]

    one = desk.imported(SOUND)

    assert one["state"] == "done"
    assert {name: one["report"][name] for name in told} == json.loads(json.dumps(told))
    assert facts_of(desk.gate) == facts_of(command)
    quarantine = f"/api/v1/imports/{one['id']}/quarantine"
    items = desk.client().get(quarantine).json()["items"]
    assert [{name: value for name, value in row.items() if name != "file"} for row in items] == rows
    assert desk.client().get(quarantine, params={"file": 0}).content == aside
    command.close()


def test_the_rows_set_aside_are_a_list_in_every_kind(desk):
    path = f"/api/v1/imports/{desk.imported(SOUND.replace('INV-4', '=INV-4'))['id']}/quarantine"
    text, book, parquet = (desk.client().get(path, headers={"accept": kind}) for kind in (CSV, XLSX, PARQUET))

    (row,) = desk.client().get(path).json()["items"]
    assert row["invoice_id"] == "=INV-4"
    head, *rows = csv.reader(io.StringIO(text.text, newline=""))
    assert [dict(zip(head, map(without_apostrophes, one), strict=True)) for one in rows] == [
        {name: str(value) for name, value in row.items()}
    ]
    assert "'=INV-4" in rows[0]
    assert pq.read_table(io.BytesIO(parquet.content)).to_pylist() == [row]
    assert CalamineWorkbook.from_filelike(io.BytesIO(book.content)).get_sheet_by_index(0).to_python()[1:] == [
        ["'=INV-4" if value == "=INV-4" else value for value in row.values()]
    ]


def test_every_row_is_accounted_for_and_the_ledger_ties(desk):
    one = desk.imported(SOUND)

    report = ImportOut.model_validate(one).report
    assert (report["rows_read"], report["rows_accepted"]) == (5, 3)
    assert (report["rows_quarantined"], report["rows_ignored"]) == (1, 1)
    assert report["open"] == [{"entity": "", "currency": "EUR", "open": "1290.50", "difference": "0.00"}]
    assert one["ledger_version"] == report["ledger_version"] == 1
    assert [column["read_as"] for column in one["preview"][0]["columns"]][:2] == ["invoice_id", "customer_id"]
    assert desk.left() == [one["id"]]
    assert not (desk.room.spool.folder / one["id"] / "files").exists()


def test_several_files_of_one_body_are_one_import(desk):
    customers = "customer_id,customer_name,country\n0017,Acme Ltd,GB\n0021,Bolt BV,NL\n"
    files = [("file", ("open.csv", SOUND)), ("file", ("../customers.csv", customers))]

    answer = desk.client().post("/api/v1/imports", files=files, data={"as_of": "2026-03-31"})

    one = desk.look(answer.json()["id"])
    assert answer.status_code == 202
    assert answer.headers["location"] == f"/api/v1/imports/{one['id']}"
    assert [file["name"] for file in one["files"]] == ["open.csv", "customers.csv"]
    assert (one["state"], one["report"]["as_of"]) == ("done", "2026-03-31")
    assert [file["role"] for file in one["report"]["files"]] == ["invoices", "customers"]


def test_what_only_a_person_can_settle_is_asked_and_the_import_waits(desk):
    dates = AMBIGUOUS.replace("Nettofällig", "Fälligkeit").replace(";viel;", ";70,00;")
    asking = desk.imported(dates)

    assert asking["state"] == "asking"
    assert asking["question"]["title"] == "Is 03/01/2026 the 3rd of January or March 1st?"
    assert "has 3 dates that can be read both ways" in asking["question"]["why"]
    labels = {choice["value"]: choice["label"] for choice in asking["question"]["answers"]}
    assert labels == {"dmy": "3 January (day first)", "mdy": "1 March (month first)"}
    assert desk.gate.ledger.version == 0

    assert desk.answer(asking["id"], options={"date_order": "sideways"}).status_code == 422
    assert desk.answer(asking["id"]).json()["code"] == "no_answer"
    assert desk.answer(asking["id"], options={"date_order": "dmy"}).status_code == 202
    done = desk.look(asking["id"])
    assert (done["state"], done["options"]) == ("done", {"date_order": "dmy"})
    assert desk.answer(asking["id"], go=True).json()["code"] == "not_asking"


def test_an_answer_counts_for_the_question_that_it_was_made_on_and_for_no_other(desk):
    asking = desk.imported(SOUND, review="yes")
    seen = desk.client().get(f"/api/v1/imports/{asking['id']}").headers["etag"]
    desk.answer(asking["id"], options={"as_of": "2026-03-30"})  # somebody else, meanwhile

    now = desk.client().get(f"/api/v1/imports/{asking['id']}").headers["etag"]

    for version in (seen, now.strip('"'), f"W/{now}"):
        late = desk.answer(asking["id"], version=version, go=True)
        assert (late.status_code, late.json()["code"]) == (412, "import_changed")
    for version in ("", "*"):
        nameless = desk.answer(asking["id"], version=version, go=True)
        assert (nameless.status_code, nameless.json()["code"]) == (428, "if_match_missing")
    assert (desk.look(asking["id"])["state"], desk.gate.ledger.version) == ("asking", 0)
    assert desk.answer(asking["id"], version=f"{seen}, {now}", go=True).status_code == 202


@pytest.mark.parametrize(
    ("content", "code", "answer"),
    [
        (SOUND.replace("1200.00", "1.200").replace("800.00", "800").replace("90.50", "90").replace("10.00", "10"),
         "ambiguous_number_format", {"decimal": "."}),
        (SOUND.replace(",currency,", ",x,").replace("EUR", "-"), "missing_columns", {"currency": "EUR"}),
    ],
)  # fmt: skip
def test_each_doubt_of_the_importer_is_a_question_with_its_option(desk, content, code, answer):
    asking = desk.imported(content, as_of="2026-03-31")
    option, value = next(iter(answer.items()))

    assert (asking["state"], asking["question"]["code"]) == ("asking", code)
    assert (option, value) in {(choice["option"], choice["value"]) for choice in asking["question"]["answers"]}
    desk.answer(asking["id"], options=answer)
    assert desk.look(asking["id"])["state"] == "done"


def test_a_snapshot_that_shrank_is_asked_about_and_answered_either_way(desk):
    many = SOUND.splitlines()[0] + "".join(
        f"\nX-{n},0017,Acme Ltd,2026-01-05,2026-02-04,{1000 + n}.00,EUR,," for n in range(20)
    )
    assert desk.imported(many + "\n", as_of="2026-03-30")["state"] == "done"
    few = "\n".join(many.splitlines()[:5]) + "\n"

    asking = desk.imported(few, as_of="2026-03-31")

    assert asking["question"]["title"] == "Did 16 invoices really vanish?"
    desk.answer(asking["id"], options={"mode": "append"})
    assert desk.look(asking["id"])["state"] == "done"


def test_columns_said_anew_are_saved_as_a_mapping_that_reads_the_next_file(desk):
    asking = desk.imported(AMBIGUOUS)
    columns = {
        "invoice_id": "Belegnummer", "customer_id": "Debitor", "customer_name": "Kundenname",
        "issue_date": "Belegdatum", "due_date": "Nettofällig", "amount": "Betrag", "currency": "Währung",
    }  # fmt: skip
    assert asking["question"]["column"] == "due_date"
    assert desk.answer(asking["id"], columns=columns, go=True).json()["code"] == "mapping_name_needed"
    said = {"columns": columns, "options": {"date_order": "dmy"}, "save_as": "ibm_ar"}
    assert desk.answer(asking["id"], **said).json()["code"] == "mapping_exists"
    desk.answer(asking["id"], **said | {"save_as": "our-erp"})

    done = desk.look(asking["id"])
    assert (done["state"], done["mapping"], done["report"]["source"]) == ("done", "our-erp", "our-erp")
    assert 'due_date = "Nettofällig"' in (desk.gate.settings.mapping_folder / "our-erp.toml").read_text("utf-8")
    again = desk.imported(AMBIGUOUS, mapping="our-erp")
    assert (again["state"], again["report"]["nothing_new"]) == ("done", True)
    assert desk.bring(AMBIGUOUS, mapping="none-such").json()["code"] == "bad_import_option"


def test_with_review_nothing_is_loaded_before_somebody_says_so(desk):
    looked_at = desk.imported(SOUND, review="yes")

    assert (looked_at["state"], looked_at["question"]["code"]) == ("asking", "confirm")
    assert looked_at["report"]["rows_accepted"] == 3
    assert desk.gate.ledger.version == 0
    desk.answer(looked_at["id"], go=True)
    assert desk.look(looked_at["id"])["ledger_version"] == 1


def test_a_refused_file_and_one_that_is_left_leave_nothing_behind(desk):
    refused = desk.imported(b"%PDF-1.7 nothing to read", "open.pdf")
    left = desk.imported(SOUND, review="yes")
    desk.answer(left["id"], withdraw=True)

    assert (refused["state"], refused["problem"]["code"]) == ("refused", "unsupported_format")
    assert desk.look(left["id"])["problem"]["code"] == "withdrawn"
    assert (desk.left(), desk.gate.ledger.version) == ([], 0)


def test_the_same_key_and_files_give_the_same_answer_and_one_import(desk):
    client = desk.client()
    first, again = (
        client.post("/api/v1/imports?name=a.csv", content=SOUND, headers={"idempotency-key": "night-1"})
        for _ in range(2)
    )
    other = client.post("/api/v1/imports?name=a.csv", content=AMBIGUOUS, headers={"idempotency-key": "night-1"})

    assert (first.status_code, first.json()) == (again.status_code, again.json())
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert len(client.get("/api/v1/imports").json()["items"]) == 1
    assert desk.left() == [first.json()["id"]]


def test_an_answer_that_is_sent_again_with_its_key_is_given_once(desk):
    asking = desk.imported(AMBIGUOUS.replace("Nettofällig", "Fälligkeit"))
    client, path = desk.client(), f"/api/v1/imports/{asking['id']}"
    headers = {"if-match": client.get(path).headers["etag"], "idempotency-key": "k-1"}

    first, again = (client.post(f"{path}/answers", json={"withdraw": True}, headers=headers) for _ in range(2))
    other = client.post(f"{path}/answers", json={"go": True}, headers=headers)
    without = client.post(f"{path}/answers", json={"withdraw": True}, headers={"if-match": headers["if-match"]})

    assert (first.status_code, first.json()["state"], first.json()["preview"]) == (202, "refused", None)
    assert (again.status_code, again.json(), again.headers["etag"]) == (202, first.json(), first.headers["etag"])
    assert (other.json()["code"], without.json()["code"]) == ("idempotency_key_reused", "not_asking")


@pytest.mark.parametrize("said", [{"options": {"date_order": "dmy", "decimal": ","}}, {"withdraw": True}])
def test_an_answer_that_was_cut_off_before_its_reply_is_answered_when_it_is_sent_again(desk, monkeypatch, said):
    asking = desk.imported(AMBIGUOUS.replace("Nettofällig", "Fälligkeit"))
    client, path = desk.client(), f"/api/v1/imports/{asking['id']}"
    headers = {"if-match": client.get(path).headers["etag"], "idempotency-key": "cut off"}

    def dies(*_):
        raise RuntimeError("the process ends here")

    with monkeypatch.context() as dying:  # each comes right after the answer was written
        dying.setattr(desk.room, "_launch", dies)
        dying.setattr(desk.room.spool, "drop", dies)
        assert client.post(f"{path}/answers", json=said, headers=headers).status_code == 500

    again = [client.post(f"{path}/answers", json=said, headers=headers) for _ in range(2)]

    assert [one.status_code for one in again] == [202, 202]
    assert again[0].json() == again[1].json()
    assert again[0].headers["etag"] == again[1].headers["etag"]
    with desk.gate.store.engine.connect() as connection:
        entered = connection.execute(sa.text("SELECT action FROM audit_log")).scalars().all()
    assert [one in ("import.answered", "import.refused") for one in entered] == [True]


def test_an_analyst_reads_the_report_and_sees_no_cell_of_a_file(desk):
    done, asking = desk.imported(SOUND), desk.imported(AMBIGUOUS.replace("Nettofällig", "Fälligkeit"))
    client = desk.client("ann")
    pages = [client.get(path).text for path in (
        "/api/v1/imports", f"/api/v1/imports/{done['id']}", f"/api/v1/imports/{asking['id']}", "/imports",
        f"/imports/{done['id']}",
    )]  # fmt: skip

    assert all(name not in page for page in pages for name in ("Acme", "0017", "INV-4", "RE-1", "2026-02-30", "03/01"))
    assert '"rows_accepted":3' in pages[1]
    for path in ("/api/v1/imports/{}/quarantine", "/imports/{}/set-aside.csv"):
        assert client.get(path.format(done["id"])).status_code == 404
        assert desk.client("maria").get(path.format(done["id"])).status_code == 200


def test_of_a_file_without_headers_an_analyst_sees_no_row_and_of_one_that_ended_nobody_does(desk):
    bare = desk.bring("RE-1;0017;Wilhelmina Roe;05.01.2026;1200,00;EUR\n" * 2, "bare.csv", review="yes").json()["id"]
    assert desk.look(bare)["state"] == "asking"
    ended = desk.imported(SOUND)

    shown = [desk.client("ann").get(path.format(bare)).text for path in ("/api/v1/imports/{}", "/imports/{}")]

    assert not any("Wilhelmina" in text for text in shown)
    assert "Wilhelmina" in desk.client("maria").get(f"/api/v1/imports/{bare}").text
    columns = ended["preview"][0]["columns"]
    assert [column["cells"] for column in columns] == [[]] * len(columns)
    assert [column["header"] for column in columns if column["read_as"]]


def test_whoever_answers_is_entered_as_who_answered(desk):
    asking = desk.imported(AMBIGUOUS.replace("Nettofällig", "Fälligkeit"))
    client, path = desk.client("all"), f"/api/v1/imports/{asking['id']}"
    tag = client.get(path).headers["etag"]

    assert client.post(f"{path}/answers", json={"withdraw": True}, headers={"if-match": tag}).status_code == 202

    with desk.gate.store.reading() as connection:
        entered = connection.execute(sa.text("SELECT actor, action FROM audit_log ORDER BY seq DESC LIMIT 1")).one()
    assert tuple(entered) == ("all", "import.refused")


def test_the_pages_of_imports_and_rows_follow_each_other(desk):
    ids = [desk.imported(SOUND)["id"], desk.imported(SOUND)["id"]]
    client = desk.client("ingest")

    first = ImportsOut.model_validate(client.get("/api/v1/imports?limit=1").json())
    rest = ImportsOut.model_validate(client.get(f"/api/v1/imports?cursor={first.next_cursor}").json())
    assert [one.id for one in (*first.items, *rest.items)] == ids[::-1]
    assert client.get("/api/v1/imports?cursor=none").json()["code"] == "bad_cursor"
    rows = QuarantineOut.model_validate(client.get(f"/api/v1/imports/{ids[0]}/quarantine?limit=1").json())
    assert (len(rows.items), rows.next_cursor) == (1, None)
    assert client.get("/api/v1/imports/none").json()["code"] == "unknown_import"


def test_a_form_that_is_not_of_our_page_brings_nothing(desk):
    client, files = desk.client(), [("file", ("open.csv", SOUND))]
    del client.headers["x-form-key"]
    key = form_headers("root")["x-form-key"]

    foreign = client.post("/imports", data={"form_key": "guessed"}, files=files, follow_redirects=False)
    keyless = client.post("/imports", files=files, follow_redirects=False)
    ours = client.post("/imports", data={"form_key": key}, files=files, follow_redirects=False)

    assert [answer.status_code for answer in (foreign, keyless, ours)] == [403, 403, 303]
    assert desk.left() == [ours.headers["location"].rpartition("/")[2]]


def test_in_the_home_of_the_demo_files_are_looked_at_and_never_loaded(desk):
    (desk.gate.settings.home / "demo.json").write_text("{}", encoding="utf-8")

    looked_at = desk.imported(SOUND, review="yes")
    desk.answer(looked_at["id"], go=True)

    assert looked_at["question"]["code"] == "confirm"
    assert desk.look(looked_at["id"])["problem"]["code"] == "demo_home"
    assert desk.gate.ledger.version == 0


def test_a_command_stands_in_the_same_history(desk, tmp_path):
    (tmp_path / "nightly.csv").write_text(SOUND, encoding="utf-8")
    import_work.import_files(desk.gate, [tmp_path / "nightly.csv"], options=ImportOptions(as_of=None))

    [one] = desk.client("maria").get("/api/v1/imports").json()["items"]

    assert (one["via"], one["state"], one["by"]) == ("command", "done", "service")
    assert one["report"]["rows_accepted"] == 3


def press(desk, one, **form):
    """What the page answers to a button of its form."""
    version = desk.client().get(f"/api/v1/imports/{one['id']}").headers["etag"].strip('"')
    return desk.client().post(
        f"/imports/{one['id']}/answers", data={"version": version, **form}, follow_redirects=False
    )


def test_of_two_columns_that_could_be_one_a_button_chooses_and_the_reading_gets_a_name(desk):
    two = AMBIGUOUS.replace("Nettofällig;Betrag", "Fälligkeit;Rechnungsbetrag;Betrag").replace("/", ".")
    two = two.replace(";1.200,50", ";7,00;1.200,50").replace(";90,00", ";8,00;90,00").replace(";viel", ";9,00;70,00")
    asking = desk.imported(two)

    assert asking["question"]["title"] == "Which of these columns is the amount?"
    assert [choice["label"] for choice in asking["question"]["answers"]] == ["Rechnungsbetrag", "Betrag"]
    assert press(desk, asking, answer="columns=Betrag", save_as="our-erp").status_code == 303
    done = desk.look(asking["id"])
    assert (done["state"], done["report"]["totals"]["EUR"]["amount"]) == ("done", "1360.50")


def test_a_column_that_no_row_needs_can_be_left_out_instead_of_settled(desk):
    dated = SOUND.replace("2025-12-20,800.00", "05/12/2025,800.00")
    asking = desk.imported(dated, review="yes")

    assert (asking["question"]["column"], asking["question"]["may_leave_out"]) == ("paid_date", True)
    assert press(desk, asking, answer="leave_out=paid_date").status_code == 303
    again = desk.look(asking["id"])
    assert [c["read_as"] for c in again["preview"][0]["columns"] if c["header"] == "paid_date"] == [""]
    nameless = press(desk, again, go="yes")
    assert (nameless.status_code, "needs a name to be saved under" in nameless.text) == (422, True)


def test_two_headers_cannot_be_one_column_and_the_page_says_which(desk):
    asking = desk.imported(SOUND, review="yes")

    answer = press(desk, asking, **{"read_as.0.3": "due_date", "read_as.0.4": "due_date"})

    assert answer.status_code == 422
    assert "&#34;issue_date&#34; and &#34;due_date&#34; cannot both be the due date" in answer.text


def test_files_of_an_import_stay_where_its_request_is_given_up_while_they_are_taken_in(desk, monkeypatch):
    """The thread that takes them in goes on."""
    submit, taken, left = desk.room.submit, Event(), Event()

    def slow(*told, **named):
        taken.set()
        left.wait(20)
        return submit(*told, **named)

    monkeypatch.setattr(desk.room, "submit", slow)

    async def given_up():
        request = Request({
            "type": "http", "method": "POST", "path": "/api/v1/imports", "query_string": b"",
            "headers": [(b"content-type", b"text/csv"), (b"content-length", str(len(SOUND.encode())).encode())],
        }, receive)  # fmt: skip
        asking = asyncio.ensure_future(
            brought(request, desk.room, Bringer(Actor("dora", "admin"), "Dora", "api"), {"name": "open.csv"})
        )
        await asyncio.to_thread(taken.wait, 20)
        asking.cancel()
        with suppress(asyncio.CancelledError):
            await asking
        left.set()
        for _ in range(400):
            if [one.state for one in desk.room.imports.newest(1)] == ["done"]:
                return
            await asyncio.sleep(0.05)

    async def receive():
        return {"type": "http.request", "body": SOUND.encode(), "more_body": False}

    asyncio.run(given_up())

    (one,) = desk.room.imports.newest(2)
    assert (one.state, one.report and one.report["rows_accepted"]) == ("done", 3)
