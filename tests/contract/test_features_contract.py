"""The rows of features are the same bytes from SQLite and from PostgreSQL."""

import hashlib
from datetime import timedelta

from builders import FIRST_DAY
from random_companies import LAST_DAY, bits, every_question, random_company, view_of

from features.compute import feature_rows
from features.questions import open_questions
from ledger.days import to_day


def test_the_rows_from_a_store_are_those_of_its_facts(ledger):
    """The facts in memory stand for every store: what equals them on both equals itself."""
    facts = random_company(9, customers=6, items=80)
    for kind in ("customers", "rates", "items", "applications", "disputes", "contacts", "promises"):
        ledger.load(type(facts).of(**{kind: facts.frames()[kind]}))

    stored, known = ledger.as_of(LAST_DAY), view_of(facts, LAST_DAY)

    for day in (LAST_DAY, FIRST_DAY + timedelta(days=120)):
        asked = open_questions(known, [to_day(day)])
        found = [hashlib.sha256(repr(bits(feature_rows(v, asked))).encode()).hexdigest() for v in (stored, known)]
        assert found[0] == found[1]
    assert bits(feature_rows(stored, every_question(stored))) == bits(feature_rows(known, every_question(known)))
