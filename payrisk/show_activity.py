"""What the commands of activities print for people."""

from typing import Any

from ledger.words import count_text, shown

_WORDS = {"recorded": "recorded", "already_recorded": "recorded before", "conflict": "conflict", "refused": "refused"}


def show_sheet(told: dict[str, Any]) -> None:
    """What became of a call sheet: every row that was filled in, then how many there were of each."""
    for row in told["rows"]:
        what = ", ".join(row["kinds"])
        print(f"row {row['line']}: {shown(row['customer_id'])}: {_WORDS[row['status']]}{f' ({what})' if what else ''}")
        if row["problem"]:
            print(f"    {row['problem']}\n    {row['remedy']}")
    counts = ", ".join(f"{told[status]} {words}" for status, words in _WORDS.items())
    print(f"{count_text(len(told['rows']), 'row')} filled in: {counts}. {count_text(told['blank'], 'row')} left blank.")
