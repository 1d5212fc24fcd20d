"""The stop of a drift report: a version whose newest report says that its scores cannot be trusted is not used.

`payrisk drift` looks at what a list cannot see: scores of weeks ago against what came, values of a kind that training
never saw. Its report is kept with its version, one at a time; it holds for the evenings from its own on, until a newer
one of that version says otherwise. What the ladder looks for every evening by itself (features without values) is left
to it: once the export is mended, the version is used again.
"""

import json
from datetime import date

from models.papers import Papers
from models.shelf import Shelf


def stopped(shelf: Shelf, version: str, as_of: date) -> str:
    """Why a version is not used on an evening, by its newest drift report, in sentences; '' where it may be.

    A report of a later evening says nothing of an earlier one. Nor does one that cannot be read: there is a list every
    morning, whatever lies beside a version.
    """
    kept = Papers(shelf).drift(version)
    if kept is None:
        return ""
    try:
        report = json.loads(kept)
        if report["verdict"] != "stop" or date.fromisoformat(report["as_of"]) > as_of:
            return ""
        why = [one["text"] for one in report["findings"] if one["verdict"] == "stop" and not one.get("nightly", False)]
    except (ValueError, LookupError, TypeError):
        return ""
    return f"The drift report of {report['as_of']} says stop. {' '.join(why)}" if why else ""
