"""What evidence can be, and the parts that it plays for a value."""

from typing import Literal

Part = Literal["figure", "counted", "ends", "whole", "itself", "supports"]
"""What a fact does for a value: it is the one that the figure is read from; it is counted; it ended the row of those
counted; it is only in the whole of a share, or in what is compared with; it is the invoice asked about, or its
customer's own data; it stands behind one of the others (the money on a counted invoice, an earlier statement of it)."""

PARTS: tuple[Part, ...] = ("figure", "counted", "ends", "whole", "itself", "supports")
"""In the order of what is told where a fact plays several."""

EventKind = Literal["invoice", "payment", "credit", "dispute", "contact", "promise"]
"""What the events of a stream are."""

RowKind = Literal[
    "invoice", "cash", "credit", "discount", "write_off", "reversal", "dispute", "contact", "promise", "customer"
]
"""What the ledger holds: an invoice (one statement of it), what was applied to it, and what else it knows."""
