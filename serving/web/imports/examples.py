"""One example of each body about imports, as the documentation shows it."""

from typing import Any

from serving.imports.errors import (
    ImportChanged,
    ImportVersionMissing,
    NoRoomForFiles,
    NotAsking,
    UploadBroken,
    UploadTooLarge,
    UploadTooSlow,
)
from serving.web.problems import of_error

Json = dict[str, Any]

FILE_SENT = (
    "Belegnummer;Debitor;Belegdatum;Fälligkeit;Betrag;Währung\nRE-1001;C-17;05/01/2026;04/02/2026;1.200,00;EUR\n"
)
ANSWER_SENT: Json = {"options": {"date_order": "dmy"}}

_FILE: Json = {
    "name": "open_items.csv",
    "bytes": 412_118,
    "sha256": "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef",
}

UPLOADED: Json = {
    "id": "9f3c1d2ab4e05c77",
    "state": "uploaded",
    "stage": "load",
    "by": "Dora Controller",
    "via": "api",
    "created_at": "2026-03-03T05:45:02+00:00",
    "started_at": None,
    "ended_at": None,
    "files": [_FILE],
    "mapping": None,
    "options": {},
    "progress": None,
    "waits_for": None,
    "question": None,
    "problem": None,
    "preview": None,
    "report": None,
    "ledger_version": None,
}

ANSWERED: Json = UPLOADED | {"options": {"date_order": "dmy"}}

DONE: Json = ANSWERED | {
    "state": "done",
    "started_at": "2026-03-03T05:45:03+00:00",
    "ended_at": "2026-03-03T05:45:07+00:00",
    "preview": [
        {
            "file": "open_items.csv",
            "sheet": "",
            "role": "invoices",
            "rows": 20_314,
            "columns": [
                {
                    "header": "Belegdatum",
                    "read_as": "issue_date",
                    "cells": [{"cell": "05/01/2026", "value": "2026-01-05", "problem": ""}],
                    "is_open": False,
                },
                {
                    "header": "Kostenstelle",
                    "read_as": "",
                    "cells": [{"cell": "4711", "value": None, "problem": ""}],
                    "is_open": False,
                },
            ],
        }
    ],
    "report": {
        "verdict": "accept_with_quarantine",
        "source": "canonical",
        "as_of": "2026-03-02",
        "as_of_derived": True,
        "is_export": True,
        "dry_run": False,
        "loaded": True,
        "nothing_new": False,
        "ledger_version": 7,
        "rows_read": 20_314,
        "rows_accepted": 19_541,
        "rows_quarantined": 224,
        "rows_ignored": 549,
        "learned": {"new_invoices": 612, "new_payments": 488, "same_invoices": 18_441},
        "reasons": {"bad_date": 224},
        "totals": {"EUR": {"invoices": 19_541, "amount": "48210331.20", "paid": "39158212.80"}},
        "warnings": [],
        "files": [
            {
                "name": "open_items.csv",
                "role": "invoices",
                "sha256": _FILE["sha256"],
                "rows_read": 20_314,
                "rows_accepted": 19_541,
                "rows_quarantined": 224,
                "rows_ignored": 549,
                "ignored": {"exact_duplicate": 512, "total": 37},
                "unread_columns": ["Kostenstelle"],
                "skipped_sheets": [],
            }
        ],
        "seconds": 4.1,
        "scorecard": {"day": "2026-03-02", "holds": False, "findings": [], "measures": {}},
        "open": [{"entity": "", "currency": "EUR", "open": "9052118.40", "difference": "0.00"}],
    },
    "ledger_version": 7,
}

ASKING: Json = UPLOADED | {
    "state": "asking",
    "started_at": "2026-03-03T05:45:03+00:00",
    "question": {
        "code": "ambiguous_date_order",
        "title": "Is 03/04/2026 the 3rd of April or March 4th?",
        "why": "“Mahndatum” has 1,204 dates that can be read both ways, and none settles it. We never guess a date.",
        "option": "date_order",
        "column": "due_date",
        "answers": [
            {"option": "date_order", "value": "dmy", "label": "3 April (day first)"},
            {"option": "date_order", "value": "mdy", "label": "4 March (month first)"},
        ],
        "may_leave_out": False,
    },
    "problem": {
        "code": "ambiguous_date_order",
        "detail": 'open_items.csv, line 2, due_date: "03/04/2026" could have the day or the month first.',
        "field": "due_date",
        "remedy": 'Import it with --date-order "dmy" or "mdy" (date_order in a mapping).',
    },
}

IMPORTS: Json = {"items": [ASKING, DONE | {"preview": None}], "next_cursor": None}

QUARANTINE: Json = {
    "items": [
        {
            "file": "open_items.csv",
            "row": 117,
            "line": 118,
            "invoice_id": "INV-29981",
            "column": "due_date",
            "value": "31/02/2026",
            "reason": "bad_date",
            "sentence": '"31/02/2026" is not a date. Expected YYYY-MM-DD, as in 2026-03-31.',
        }
    ],
    "next_cursor": None,
}

NOT_ASKING: Json = of_error(NotAsking("done"))
CHANGED: Json = of_error(ImportChanged())
NO_VERSION: Json = of_error(ImportVersionMissing())
BROKEN: Json = of_error(UploadBroken("the connection ended"))
TOO_SLOW: Json = of_error(UploadTooSlow())
TOO_LARGE: Json = of_error(UploadTooLarge(2**30))
NO_ROOM: Json = of_error(NoRoomForFiles("No space left on device"))
