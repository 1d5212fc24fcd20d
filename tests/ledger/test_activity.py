"""Contacts and promises booked directly: what is believed, and when it was known."""

from datetime import date

import pandas as pd
import pytest
from builders import contact, invoice, ledger_of, promise, together
from views import view_of

from ledger.activity import (
    CHANNELS,
    LIVE_OUTCOMES,
    OUTCOMES,
    RIGHT_PARTY_OUTCOMES,
    BadPromise,
    ChangedContact,
    UnknownCode,
)
from ledger.book import Ledger
from ledger.days import NEVER, to_day
from ledger.errors import AmountTooLarge, DuplicateFact, IncompleteFacts, UnknownCurrency
from ledger.facts import Facts
from ledger.schema import CONTACTS
from ledger.view import CONTACT_COLUMNS, PROMISE_COLUMNS, LedgerView

MARCH = date(2026, 3, 31)
INV = invoice("INV-1", due_on="2026-03-14", amount=100)


def promised(**values: object) -> dict[str, object]:
    row = {"promise_id": "M-1", "customer_id": "C-1", "currency": "EUR", "amount_minor": 1, "made_on": 20_000,
           "promised_on": 20_000, "known_on": 20_000}  # fmt: skip
    return row | values


def test_every_code_of_a_contact_is_told_in_the_data_contract():
    said = {column.name: column.meaning for column in CONTACTS.columns}

    assert all(code in said["channel"] for code in CHANNELS)
    assert all(code in said["outcome"] for code in OUTCOMES)
    assert set(RIGHT_PARTY_OUTCOMES) < set(LIVE_OUTCOMES) < set(OUTCOMES)
    assert "no_answer" not in LIVE_OUTCOMES


@pytest.mark.parametrize(("field", "said"), [("channel", "fax"), ("outcome", "Promise")])
def test_a_contact_with_an_unknown_code_is_refused_with_those_there_are(field, said):
    with pytest.raises(UnknownCode, match=rf'"{said}" is no {field} of a contact. Expected one of') as refused:
        contact("K-1", happened_on=MARCH, **{field: said})

    assert (refused.value.code, refused.value.field) == (f"bad_{field}", field)


@pytest.mark.parametrize(
    ("values", "error", "sentence"),
    [
        ({"amount_minor": 0}, BadPromise, r'Promise "M-1": the amount is 0.00 EUR. Expected one above zero.'),
        ({"amount_minor": -5}, BadPromise, "-0.05 EUR"),
        ({"amount_minor": 10**15 + 1}, AmountTooLarge, "beyond any"),
        ({"currency": "DEM"}, UnknownCurrency, "DEM"),
        ({"promised_on": 19_999}, BadPromise, "it is for 2024-10-03, and was made on 2024-10-04"),
    ],
)
def test_a_promise_that_cannot_be_believed_is_refused(values, error, sentence):
    with pytest.raises(error, match=sentence):
        Facts.of(promises=[promised(**values)])


def test_a_promise_says_by_itself_that_it_covers_all_and_was_not_withdrawn():
    (row,) = Facts.of(promises=[promised()]).promises.to_dict("records")

    assert (row["item_ids"], row["cancelled_on"]) == ("", NEVER)


def test_an_id_is_said_once_at_a_time():
    with pytest.raises(DuplicateFact, match="contacts"):
        together(contact("K-1", happened_on="2026-03-01"), contact("K-1", happened_on="2026-03-02"))
    with pytest.raises(DuplicateFact, match="promises"):
        Facts.of(promises=[promised(), promised(amount_minor=2)])
    Facts.of(promises=[promised(), promised(known_on=20_001)])
    with pytest.raises(IncompleteFacts, match="outcome"):
        Facts.of(contacts=[{"contact_id": "K-1", "customer_id": "C-1", "channel": "phone"}])


def test_contacts_and_promises_show_from_the_evening_on_which_they_became_known(ledger):
    ledger.load(INV)
    ledger.load(contact("K-1", happened_on="2026-03-01", known_on="2026-03-03", channel="visit", outcome="promise"))
    ledger.load(promise("M-1", made_on="2026-03-01", promised_on="2026-03-09", amount=50, known_on="2026-03-03"))

    before, after = (ledger.as_of(date(2026, 3, day)) for day in (2, 3))

    assert (len(before.contacts), len(before.promises), len(before.promise_spans)) == (0, 0, 0)
    assert after.contacts[["contact_id", "customer_id", "channel", "outcome"]].values.tolist() == [
        ["K-1", "C-1", "visit", "promise"]
    ]
    assert after.promises[["promise_id", "amount_minor", "item_ids"]].values.tolist() == [["M-1", 50_00, ""]]
    assert after.promise_spans["state"].tolist() == ["pending"]


def test_a_contact_that_is_told_again_is_the_same_and_known_since_the_earliest(ledger):
    ledger.load(INV)
    ledger.load(contact("K-1", happened_on="2026-03-01", known_on="2026-03-05"))
    ledger.load(contact("K-1", happened_on="2026-03-01", known_on="2026-03-03"))
    ledger.load(contact("K-1", happened_on="2026-03-01", known_on="2026-03-09"))

    assert ledger.as_of(MARCH).contacts["known_on"].tolist() == [to_day(date(2026, 3, 3))]


def test_a_contact_never_changes(ledger):
    ledger.load(contact("K-1", happened_on="2026-03-01", outcome="refusal"))

    with pytest.raises(ChangedContact, match='Contact "K-1" is in the ledger with other values'):
        ledger.load(contact("K-1", happened_on="2026-03-01", outcome="promise", known_on="2026-03-09"))

    assert ledger.version == 1


def test_a_promise_is_corrected_and_the_correction_of_the_same_evening_replaces_it(ledger: Ledger):
    told = {"made_on": "2026-03-01", "promised_on": "2026-03-09"}
    ledger.load(INV)
    ledger.load(promise("M-1", amount=50, **told))
    ledger.load(promise("M-1", amount=60, known_on="2026-03-04", cancelled_on="2026-03-04", **told))
    ledger.load(promise("M-1", amount=70, known_on="2026-03-04", **told))
    day = to_day(date(2026, 3, 4))

    promises = ledger.as_of(MARCH).promises

    assert promises["amount_minor"].tolist() == [50_00, 70_00]
    assert promises["superseded_on"].tolist() == [day, NEVER]
    assert ledger.as_of(date(2026, 3, 3)).promises["superseded_on"].tolist() == [NEVER]


def test_the_order_of_loading_does_not_matter():
    told = {"made_on": "2026-03-01", "promised_on": "2026-03-09"}
    facts = [
        INV,
        promise("M-1", amount=50, **told),
        promise("M-1", amount=60, known_on="2026-03-04", **told),
        contact("K-1", happened_on="2026-03-01"),
        contact("K-0", happened_on="2026-03-02", customer="C-0"),
    ]
    one, other = ledger_of(*facts).as_of(MARCH), ledger_of(*reversed(facts)).as_of(MARCH)

    for name in ("contacts", "promises"):
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name))
    assert one.contacts["contact_id"].tolist() == ["K-0", "K-1"]


def test_what_collectors_tell_makes_the_book_no_newer(ledger):
    ledger.load(INV)
    newest = ledger.newest_day()
    ledger.load(contact("K-1", happened_on="2026-06-01"))
    ledger.load(promise("M-1", made_on="2026-06-01", promised_on="2026-06-09", amount=1))

    assert ledger.newest_day() == newest
    assert [record.roles for record in ledger.imports()][1:] == [("contacts",), ("promises",)]


def test_an_end_that_lies_ahead_is_not_shown_before_its_day():
    ahead = promise("M-1", made_on="2026-03-01", promised_on="2026-03-20", amount=1, cancelled_on="2026-03-10")

    ends = [view_of(INV, ahead, day=date(2026, 3, day)).promises["cancelled_on"].item() for day in (9, 10)]

    assert ends == [NEVER, to_day(date(2026, 3, 10))]


def test_a_view_without_them_has_empty_frames_with_types():
    view = view_of(INV)
    bare = LedgerView.of_facts(MARCH, view.items, view.applications)
    plain = LedgerView(MARCH, MARCH, 0, view.items, view.applications, view.customers, view.rates)

    for each in (view, bare, plain):
        assert tuple(each.contacts.columns) == CONTACT_COLUMNS
        assert tuple(each.promises.columns) == PROMISE_COLUMNS
        assert each.promises["amount_minor"].dtype == each.contacts["happened_on"].dtype == "int64"
        assert each.promise_spans.empty
