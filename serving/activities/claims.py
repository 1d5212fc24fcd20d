"""What open disputes claim of an item already, whoever told them: together they claim no more than is open of it."""

from datetime import date

from ledger import desk_journal as journal
from ledger.days import to_date, to_day
from ledger.desk_journal import Connection
from ledger.told_disputes import disputes_told_of
from serving.activities.said import Claim


def disputed(connection: Connection, customer_id: str, item_id: str, today: date) -> list[Claim]:
    """What open disputes claim of an item: those that exports told, then those of the desk."""
    own = [told for told in journal.standing_of(connection, customer_id, "told_disputes") if told["item_id"] == item_id]
    ours = {told["dispute_id"] for told in own}
    theirs = [told for told in disputes_told_of(connection, item_id) if told["dispute_id"] not in ours]
    named = [(f"dispute {told['dispute_id'][:60]} of an import", told) for told in theirs]
    named += [(f"a dispute recorded here on {to_date(told['opened_on'])}", told) for told in own]
    return [Claim(name, told["amount_minor"]) for name, told in named if told["resolved_on"] > to_day(today)]
