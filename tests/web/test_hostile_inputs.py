"""Strings that lead out of a folder or try to be run, in everything that the desk takes: paths, queries, headers,
bodies, forms. The answer is a refusal or plain data; nothing was run, no file outside of the home was read, and no
fault of ours shows.

`make test` tries a few strings on each input, `make test-all` each of them.
"""

import os
import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import sqlalchemy as sa
from hostile_answers import SECRET, THOROUGH, strings, wrong_with
from hostile_strings import INJECTIONS, OUTSIDE, PLANTED, TRAVERSALS
from tried_desks import TriedDesk, tried_desk

from serving.audit.audit_store import AuditLog
from serving.audit.chain import first_fault
from serving.people.access import ACCESS

SAID = {
    "contact": {"channel": "phone", "outcome": "no_answer", "happened_on": "2026-04-01"},
    "promise": {"amount": "1.00", "currency": "EUR", "promised_on": "2026-04-10"},
    "dispute": {"item_id": "INV-@", "amount": "0.01", "currency": "EUR", "reason": "price", "owner": "sales"},
    "resolution": {"of": "x", "outcome": "accepted", "text": "ok"},
    "callback": {"due_on": "2026-04-02", "at": "14:30"},
    "hold": {"why": "legal", "reason": "letter", "until_on": "2026-04-09"},
    "snooze": {"until_on": "2026-04-07", "reason": "away"},
    "note": {"text": "ask"},
    "contest": {"because": "other", "text": "wrong", "item_id": "INV-@"},
}
QUERIES = {
    "/queue": ("account", "as_of", "tab", "q", "step", "done", "of"), "/queue/panel": ("account", "as_of", "q"),
    "/queue.xlsx": ("as_of",), "/accounts/C-2": ("as_of", "tab", "q", "done", "of"), "/portfolio": ("as_of", "by"),
    "/portfolio.xlsx": ("as_of",), "/portfolio/high-risk": ("as_of",), "/sign-in": ("next", "left"),
    "/accounts/C-1/evidence/days_late_last": ("item", "as_of"),
    "/api/v1/queues/today": ("min_amount", "cursor", "limit", "language"),
    "/api/v1/accounts/C-2": ("as_of", "language"),
    "/api/v1/accounts/C-1/evidence/days_late_last": ("item", "as_of", "language"), "/api/v1/runs": ("cursor", "limit"),
    "/api/v1/accounts/C-2/activities": ("cursor", "limit", "as_of"), "/api/v1/team/workload": ("period",),
    "/api/v1/team/coverage": ("cursor", "limit"), "/api/v1/team/waiting": ("cursor", "limit"),
    "/api/v1/holds": ("cursor", "limit"), "/api/v1/reports/aging": ("as_of",),
    "/api/v1/reports/cash-forecast": ("as_of", "by"),
}  # fmt: skip
HEADERS = ("if-match", "idempotency-key", "x-request-id", "x-form-key", "authorization", "cookie", "accept",
           "accept-encoding", "accept-language", "origin", "referer", "host", "content-type")  # fmt: skip
AT = "/api/v1/accounts/C-2/activities"
ACCOUNTS = 40 if THOROUGH else 4
"""Who is written about in turn: a page with all that was recorded of one would take long to draw."""

TURN = count()
PAGE = {"accept": "text/html"}
KNOWN = {
    "customer_id:path": "C-2",
    "code": "days_late_last",
    "activity_id": "none",
    "as_of": "today",
    "version": "v1",
    "paper": "card.html",
}


@dataclass(frozen=True)
class Input:
    """One place that takes a string: its name, and what is asked with a string there."""

    name: str
    ask: Callable[[TriedDesk, str], Any] = field(repr=False)


def paths() -> Iterator[Input]:
    for row in ACCESS:
        names = [part.partition("}")[0] for part in row.path.split("{")[1:]]
        for name in names:
            template = row.path
            for other in set(names) - {name}:
                template = template.replace(f"{{{other}}}", KNOWN[other])

            def ask(desk: TriedDesk, told: str, *, method=row.method, template=template, name=name) -> Any:
                path = template.replace(f"{{{name}}}", quote(told, safe="", errors="replace"))
                return desk.ask("maria", method, path, PAGE if "/api/" not in path else {})

            yield Input(f"{row.method} {template} {name}", ask)
    for prefix, safe in (("/static/", ""), ("/static/", "/"), ("/", "/")):

        def of(desk: TriedDesk, told: str, *, prefix=prefix, safe=safe) -> Any:
            return desk.ask("maria", "GET", f"{prefix}{quote(told, safe=safe, errors='replace')}", PAGE)

        yield Input(f"GET {prefix}, {safe or 'no slash'} as it is", of)


def queries() -> Iterator[Input]:
    for path, names in QUERIES.items():
        for name in names:

            def ask(desk: TriedDesk, told: str, *, path=path, name=name) -> Any:
                other = {"account": "C-2"} if path.endswith("/panel") else {}
                query = "&".join(f"{k}={quote(v, safe='', errors='replace')}" for k, v in {**other, name: told}.items())
                return desk.ask("maria", "GET", f"{path}?{query}", PAGE if "/api/" not in path else {})

            yield Input(f"GET {path} ?{name}", ask)


def headers() -> Iterator[Input]:
    for name in HEADERS:

        def ask(desk: TriedDesk, told: str, *, name=name) -> Any:
            told = told.replace("\r", "").replace("\n", "").replace("\0", "")  # no client can send those
            account = written_about()
            sent = {"if-match": desk.version(account), name: told}
            return desk.ask("maria", "POST", at(account), sent, json={"kind": "note", "text": "ask"})

        yield Input(f"POST activities, {name}", ask)


def bodies() -> Iterator[Input]:
    for kind, fields in SAID.items():
        for name in ("kind", *fields):

            def ask(desk: TriedDesk, told: str, *, kind=kind, fields=fields, name=name) -> Any:
                account = written_about()
                body = {"kind": kind, **of_account(fields, account), name: told}
                return desk.ask("maria", "POST", at(account), {"if-match": desk.version(account)}, json=body)

            yield Input(f"POST activities, {kind}.{name}", ask)
    undo = f"{AT}/none/undo"
    yield Input("POST undo, reason", lambda desk, told: desk.ask("maria", "POST", undo, json={"reason": told}))
    for name in ("whose", "to", "reason"):

        def given(desk: TriedDesk, told: str, *, name=name) -> Any:
            sent = {"whose": "bob", "to": "bob", "reason": "", name: told}
            return desk.ask("maria", "POST", "/api/v1/team/assignments", json=sent)

        def one_given(desk: TriedDesk, told: str, *, name=name) -> Any:
            account, sent = written_about(), {"to": "bob", "reason": "", name: told}
            version = {"if-match": desk.version(account)}
            return desk.ask("maria", "POST", f"/api/v1/accounts/{account}/assignments", version, json=sent)

        yield Input(f"POST team assignments, {name}", given)
        yield Input(f"POST assignments, {name}", one_given)


def forms() -> Iterator[Input]:
    for kind, fields in SAID.items():
        for name in ("kind", "version", "from", "tab", "q", *fields):

            def ask(desk: TriedDesk, told: str, *, kind=kind, fields=fields, name=name) -> Any:
                account = written_about()
                version = desk.version(account).strip('"')
                sent = {"kind": kind, "version": version, "from": "account", **of_account(fields, account), name: told}
                return desk.ask("maria", "POST", f"/accounts/{account}/record", PAGE, data=storable(sent))

            yield Input(f"record, {kind}.{name}", ask)
    for path, names in {"/accounts/C-2/undo": ("of", "version"), "/sign-in": ("name", "password", "next"),
                        "/me/password": ("old_password", "new_password")}.items():  # fmt: skip
        for name in names:

            def ask(desk: TriedDesk, told: str, *, path=path, name=name) -> Any:
                first = (
                    {"name": f"n{random.random()}", "password": "x"} if path == "/sign-in" else {"new_password": "x"}
                )
                who = "nobody" if path == "/sign-in" else "maria"
                return desk.ask(who, "POST", path, PAGE, data=storable({**first, name: told}))

            yield Input(f"{path}, {name}", ask)


def written_about() -> str:
    """The next account in turn, but for the first two."""
    return f"C-{3 + next(TURN) % (ACCOUNTS - 2)}"


def at(account: str) -> str:
    return f"/api/v1/accounts/{account}/activities"


def of_account(fields: dict[str, str], account: str) -> dict[str, str]:
    """The fields with the item of the account."""
    return {name: value.replace("INV-@", f"INV-{account[2:]}") for name, value in fields.items()}


def storable(sent: dict[str, str]) -> dict[str, str]:
    return {name: value.encode("utf-8", "replace").decode() for name, value in sent.items()}


INPUTS = {one.name: one for source in (paths, queries, headers, bodies, forms) for one in source()}
PARTS = 8 if THOROUGH else 1
"""On how many desks, one after the other: each answers more slowly the more was recorded on it."""


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[TriedDesk]:
    """The desk, in a home six folders deep, each of which has the file that no answer may show."""
    top = tmp_path
    home = top / "a/b/c/d/e/home"
    home.mkdir(parents=True)
    for folder in home.parents[:6]:
        (folder / OUTSIDE).write_text(SECRET)
    before = Path.cwd()
    os.chdir(home)
    with tried_desk(home, accounts=ACCOUNTS) as desk:
        yield desk
    os.chdir(before)


def test_the_lists_are_as_long_as_they_say():
    assert (len(set(TRAVERSALS)), len(set(INJECTIONS))) == (60, 200)


@pytest.mark.parametrize("part", range(PARTS))
def test_no_string_on_any_input_is_run_or_leads_anywhere(desk, part):
    luck, answers, wrong = random.Random(8), Counter(), []
    people = counted(desk.app.state.door.front.store.engine, "people_roles")
    inputs = list(INPUTS.values())[part::PARTS]
    for one in inputs:
        for told in strings(luck):
            answer = one.ask(desk, told)
            answers[answer.status_code] += 1
            if words := wrong_with(answer, told):
                wrong.append(f"{one.name}: {told[:60]!r}: {words}")

    print(f"{len(inputs)} inputs, {sum(answers.values())} requests, by status: {dict(sorted(answers.items()))}")
    assert wrong == []
    assert {200, 303, 404, 422} | ({201, 412} if PARTS == 1 else set()) <= set(answers), answers
    assert not [found for found in Path.cwd().rglob("*") if PLANTED in found.name]
    assert counted(desk.app.state.door.front.store.engine, "people_roles") == people
    assert_only_what_was_answered_is_kept(desk, answers)


def counted(engine: sa.Engine, table: str) -> list[tuple]:
    with engine.connect() as connection:
        return sorted(tuple(row) for row in connection.execute(sa.text(f"SELECT * FROM {table}")))


def assert_only_what_was_answered_is_kept(desk: TriedDesk, answers: Counter) -> None:
    """As many entries as were acknowledged (over the API by 201, of forms by 303), each as it was written."""
    log = AuditLog(f"sqlite:///{desk.store.engine.url.database}")
    entries = list(log.entries())
    log.close()
    assert first_fault(entries) is None
    assert answers[201] <= len(entries) <= answers[201] + answers[303]
    assert {entry.change.actor for entry in entries} == {"maria"}


def test_what_was_kept_of_them_is_data_wherever_it_is_shown(desk):
    """Of second order: what the database says of them reaches pages, the API and the workbook as text."""
    kept = [one["said"]["text"] for one in record_notes(desk)]

    for path in ("/accounts/C-2", "/queue?account=C-2", "/queue?tab=done", AT, "/queue.xlsx"):
        answer = desk.ask("maria", "GET", path, PAGE if "/api/" not in path else {})
        assert answer.status_code == 200
        assert wrong_with(answer, "") == ""
    listed = desk.ask("maria", "GET", f"{AT}?limit=500").json()["items"]
    assert [one["said"]["text"] for one in listed[: len(kept)]] == kept[::-1]


def record_notes(desk: TriedDesk) -> list[dict]:
    made = []
    for told in INJECTIONS if THOROUGH else INJECTIONS[::8]:
        answer = desk.ask("maria", "POST", AT, {"if-match": desk.version("C-2")}, json={"kind": "note", "text": told})
        if answer.status_code == 201:
            made.append(answer.json())
    assert len(made) > 10
    return made
