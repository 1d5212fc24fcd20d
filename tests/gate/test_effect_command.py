"""`payrisk effect` as a manager runs it."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from logged import decided

from payrisk.gate import Gate
from serving.effect.conduct import Treated
from serving.published.store import runs
from serving.trials.decision import Decision
from serving.trials.decision_log import insert_decisions

EVENING = date(2026, 2, 10)


@pytest.fixture
def loaded(payrisk, invoices):
    payrisk("import", invoices, "--as-of", "2026-03-31")
    return payrisk


def write_down(*decisions):
    """Published runs, each with its decisions."""
    gate = Gate.open()
    with gate.store.engine.begin() as connection:
        for number, (run_id, as_of) in enumerate(sorted({(one.run_id, one.as_of) for one in decisions}), start=1):
            head = {"run_id": run_id, "as_of": as_of, "mode": "rule", "ledger_version": 1, "head": {}}
            connection.execute(sa.insert(runs).values(**head, published_at="2026-02-11T05:00:00Z", sequence=number))
        insert_decisions(connection, decided(decisions))
    gate.close()


def decision(account, *, pi, as_of=EVENING, listed=True, items=("INV-1",)):
    return Decision(
        run_id=f"R-{as_of}", as_of=as_of, account_id=account, standing="listed" if listed else "below_the_cut", pi=pi,
        design="explore", eligible=True, item_ids=items, callable_minor=120_000, currency="EUR", score=1.0, rank=1,
    )  # fmt: skip


def test_without_a_decision_nothing_is_said_and_the_way_out_is(loaded):
    done = loaded("effect")

    told = " ".join(done.out.split())
    assert done.code == 0
    assert "Nothing about the effect of calling can be said yet: no list was published" in told
    assert "under [exploration] set on = true" in told


def test_decisions_made_by_rule_say_nothing_of_calling(loaded):
    write_down(decision("C-1", pi=1.0), decision("C-2", pi=0.0, listed=False))

    body = loaded("effect", "--json").json

    assert body["said"]["findings"] == [
        "Nothing about the effect of calling can be said yet: each of the 2 decisions in the log was made by rule, "
        "none by lot."
    ]
    assert "exploration" in body["way_out"][0]
    assert (body["decisions"], body["by_lot"], body["judged"], body["figures"]) == (2, 0, 0, {})
    assert body["conduct"] == []  # of two accounts nobody can tell


def test_kinds_of_customers_that_are_treated_otherwise_at_equal_priority_are_to_be_looked_at(loaded, monkeypatch):
    told = [
        Treated("Country", name, "listed", 40, 900, 0.2 * ratio, 0.2, ratio) for name, ratio in (("DE", 1), ("FR", 0.5))
    ]
    monkeypatch.setattr("serving.effect.conduct.conduct_of", lambda *_: told)

    body, shown = loaded("effect", "--json").json, " ".join(loaded("effect").out.split())

    assert [one["alike"] for one in body["conduct"]] == [True, False]
    assert "by country: 1 of 2." in shown
    assert "LOOK Country FR: 40 accounts listed in 10% of 900 decisions" in shown
    assert "Country DE" not in shown


def test_decisions_by_lot_are_judged_45_days_later(loaded):
    late = EVENING + timedelta(days=30)
    write_down(decision("C-1", pi=0.5, as_of=late))

    (finding,) = loaded("effect", "--json").json["said"]["findings"]

    assert finding.endswith(f"the first on {(late + timedelta(days=45)).isoformat()}.")


def test_few_judged_decisions_are_said_to_be_too_few(loaded):
    write_down(decision("C-1", pi=0.5))

    body = loaded("effect", "--json").json

    assert body["said"]["findings"] == [
        "Nothing can be said of the effect of calling yet: a lot decided about 1 account; 30 are needed."
    ]
    assert body["judged"] == 1
    assert "evenings from 2026-02-10 to 2026-02-10" in " ".join(body["said"]["beside"])


def test_only_the_evenings_asked_for_count(loaded):
    write_down(decision("C-1", pi=0.5), decision("C-1", pi=0.5, as_of=EVENING + timedelta(days=1)))

    assert loaded("effect", "--until", EVENING.isoformat(), "--json").json["decisions"] == 1
    assert loaded("effect", "--from", "2026-02-11", "--json").json["decisions"] == 1


def test_an_end_before_the_beginning_is_refused(loaded):
    done = loaded("effect", "--from", "2026-03-01", "--until", "2026-02-01")

    assert done.code == 2
    assert "2026-02-01 is before" in done.err


def test_a_day_that_is_none_is_wrong_use(loaded):
    assert loaded("effect", "--from", "31.03.2026").code == 2
