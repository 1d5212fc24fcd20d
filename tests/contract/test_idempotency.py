"""A request that is sent again has one effect and one answer: twenty at once, after a crash, within 24 hours.

`make test` tries two cases of each kind on each database, `make test-all` fifty: five hundred in all.
"""

import os
import random
import signal
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from desk_recording import DeskClock, published_desk, recorder_of
from evenings import NOW
from killed import Fatal, child, end_of
from starlette.testclient import TestClient
from web_clients import ADDRESS, app_of, cookies_of, form_headers, front_of

from serving.activities.key_store import KEPT
from serving.activities.people import Actor
from serving.activities.recording import Asked
from serving.activities.said import Note
from serving.audit.audit_store import AuditLog
from serving.audit.chain import first_fault
from serving.published.desk import Desk
from serving.published.store import ServingStore

CASES = 50 if int(os.environ.get("PAYRISK_TEST_EXAMPLES", "1")) > 1 else 2
"""Of each kind, on each database."""

AT_ONCE = 20
CUSTOMERS = tuple(f"C-{n}" for n in range(1, 9))
LAST_MOMENT = timedelta(seconds=1)


class Sender:
    """A desk over a database, and what two people send to it."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url, self.clock, self.luck = url, DeskClock(NOW.date()), random.Random(len(url))
        self.desk = published_desk(url, CUSTOMERS)
        self.recorder = recorder_of(self.desk, self.clock)
        front = front_of(f"sqlite:///{folder / 'people.db'}")
        self.app = app_of(self.desk.store, front=front, recorder=self.recorder)
        self.clients = {
            who: TestClient(self.app, base_url=ADDRESS, cookies=cookies_of(who)) for who in ("maria", "ada")
        }

    def send(self, customer: str, body: dict[str, Any], key: str, version: int, who: str = "maria") -> Any:
        headers = form_headers(who) | {"if-match": f'"{version}"', "idempotency-key": key}
        return self.clients[who].post(f"/api/v1/accounts/{customer}/activities", json=body, headers=headers)

    def case(self) -> tuple[str, dict[str, Any], str, int]:
        """An account, something to say of it, a key, and the version that the account is at."""
        customer, text = self.luck.choice(CUSTOMERS), f"note {self.luck.random()}"
        later = self.clock.today() + timedelta(9)
        said = self.luck.choice(
            [{"kind": "note", "text": text}, {"kind": "contact", "channel": "phone", "outcome": "no_answer"},
             {"kind": "promise", "amount": "1.00", "currency": "EUR", "promised_on": later.isoformat()},
             {"kind": "contest", "because": "other", "text": text}]
        )  # fmt: skip
        return customer, said, f"key {self.luck.random()}", self.recorder.version(customer)

    def entries(self) -> int:
        log = AuditLog(self.url)
        found = list(log.entries())
        log.close()
        assert first_fault(found) is None
        return len(found)


@pytest.fixture
def sender(database_url: str, tmp_path: Path) -> Iterator[Sender]:
    sender = Sender(database_url, tmp_path)
    yield sender
    sender.desk.store.close()


def told(answer: Any) -> tuple[int, Any, str]:
    return answer.status_code, answer.json(), answer.headers.get("etag", "")


def test_the_same_key_and_body_are_one_effect_and_one_answer(sender):
    for number in range(CASES):
        case, often = sender.case(), sender.luck.randrange(2, 5)

        answers = [told(sender.send(*case)) for _ in range(often)]

        assert answers[0][0] == 201
        assert answers == answers[:1] * often
        assert sender.entries() == number + 1


def test_the_same_key_with_another_body_or_account_changes_nothing_and_of_another_person_it_is_another_key(sender):
    for number in range(CASES):
        customer, body, key, version = sender.case()
        first = sender.send(customer, body, key, version)
        other = {"kind": "note", "text": f"another {number}"}
        elsewhere = sender.luck.choice([one for one in CUSTOMERS if one != customer])

        wrong = [
            sender.send(customer, other, key, version + 1),
            sender.send(elsewhere, body, key, sender.recorder.version(elsewhere)),
        ]
        adas = sender.send(customer, other, key, version + 1, who="ada")

        assert {(one.status_code, one.json()["code"]) for one in wrong} == {(422, "idempotency_key_reused")}
        assert (first.status_code, adas.status_code) == (201, 201)
        assert sender.entries() == 2 * number + 2


def test_of_many_at_once_one_has_an_effect_and_the_others_its_answer_or_409(sender):
    with ThreadPoolExecutor(AT_ONCE) as together:
        for number in range(CASES):
            case = sender.case()

            answers = [told(one) for one in together.map(lambda _, case=case: sender.send(*case), range(AT_ONCE))]

            seen = Counter(status for status, _, _ in answers)
            assert set(seen) <= {201, 409}
            assert seen[201] >= 1
            bodies = [(body, etag) for status, body, etag in answers if status == 201]
            assert bodies == bodies[:1] * len(bodies)
            assert {body["code"] for status, body, _ in answers if status == 409} <= {"still_running"}
            assert told(sender.send(*case))[:2] == (201, bodies[0][0])
            assert sender.entries() == number + 1


def test_what_crashed_before_it_was_answered_is_answered_when_it_is_sent_again(sender):
    for number in range(CASES):
        customer, _, key, version = sender.case()
        text, before_commit = f"crashed {number}", sender.luck.random() < 0.3
        asked = Asked(Actor("maria", "manager"), f'"{version}"', key, "POST activities")

        def dies(customer=customer, text=text, asked=asked, before_commit=before_commit) -> int:
            fatal = Fatal(sender.luck.randrange(6) if before_commit else None)
            fatal.watch_statements()
            recorder_of(Desk(ServingStore(sender.url)), sender.clock).record(customer, Note(text), asked)
            os.kill(os.getpid(), signal.SIGKILL)
            return 0

        assert end_of(child(dies)) == -signal.SIGKILL
        settled = sender.entries()
        assert number <= settled <= number + 1

        again = [told(sender.send(customer, {"kind": "note", "text": text}, key, version)) for _ in range(2)]

        assert again[0] == again[1]
        assert (again[0][0], again[0][1]["said"]) == (201, {"text": text})
        assert sender.entries() == number + 1


def test_a_key_is_kept_for_24_hours_and_is_another_one_afterwards(sender):
    for number in range(CASES):
        customer, body, key, version = sender.case()
        first = told(sender.send(customer, body, key, version))
        sender.clock.at += KEPT - LAST_MOMENT
        assert told(sender.send(customer, body, key, version)) == first
        sender.clock.at += LAST_MOMENT

        late = sender.send(customer, {"kind": "note", "text": "of another day"}, key, version)
        anew = sender.send(customer, {"kind": "note", "text": "of another day"}, key, version + 1)

        assert (late.status_code, late.json()["code"]) == (412, "account_changed")
        assert (anew.status_code, anew.headers["etag"]) == (201, f'"{version + 2}"')
        assert sender.entries() == 2 * number + 2
