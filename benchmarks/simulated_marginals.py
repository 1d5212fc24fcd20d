"""How the company that answers calls looks beside public ledgers: terms, days late, roll rates.

`PAYRISK_PUBLIC_DATA` names the folder of the public ledgers (see `benchmarks.public_data`); those that are not there
are left out. The simulated company is looked at where its burn-in ends.

    python benchmarks/simulated_marginals.py [--seed 1] [--json]
"""

import argparse
import json
import math
import tempfile
from dataclasses import asdict
from pathlib import Path

import measure
import public_data

from ledger.book import Ledger
from simulation.calls.books import Books
from simulation.calls.marginals import BUCKETS, LATE_THAN, QUANTILES, TERM_CLASSES, Marginals, marginals
from simulation.calls.policy import burn_in
from simulation.calls.world import make_world, world

PUBLIC = ("ibm_ar", "vendor_invoices", "superlender")
"""The traffic fines have one term and no debtor: nothing to hold a company beside."""


def main() -> None:
    """Print one column a ledger."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--world", default="base", help="of the simulated company")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of the table")
    parser.add_argument("--small", action="store_true", help="the small world alone, no public ledger")
    options = parser.parse_args()
    name = "small" if options.small else options.world
    found = {"simulated": marginals(Books(burn_in(make_world(world(name), options.seed))).view())}
    with tempfile.TemporaryDirectory() as folder:
        for name in () if options.small else filter(public_data.is_here, PUBLIC):
            found[name] = _of_public(name, Path(folder) / name)
    if options.json:
        print(json.dumps({name: _plain(asdict(one)) for name, one in found.items()}))
    else:
        measure.show("Marginals", _rows(found), {}, as_json=False)


def _of_public(name: str, home: Path) -> Marginals:
    ledger = Ledger.open(public_data.ledger_home(name, home))
    try:
        return marginals(ledger.as_of(ledger.newest_day()))
    finally:
        ledger.close()


def _rows(found: dict[str, Marginals]) -> list[list[object]]:
    told: list[tuple[str, list[object]]] = [
        ("items", [one.items for one in found.values()]),
        ("of these paid", [one.settled for one in found.values()]),
    ]
    names = [f"terms, days: {name}" for name, _ in TERM_CLASSES]
    told += [(name, [one.terms[at] for one in found.values()]) for at, name in enumerate(names)]
    told += [
        (f"late by more than {than} d", [one.late[at] for one in found.values()]) for at, than in enumerate(LATE_THAN)
    ]
    told += [
        (f"days late at {share:.0%}", [one.days_late[at] for one in found.values()])
        for at, share in enumerate(QUANTILES)
    ]
    names = ["current", *(f"{last + 1}-{last + 30}" for last in BUCKETS[:-1])]
    told += [(f"rolls on from {name}", [one.rolls[at] for one in found.values()]) for at, name in enumerate(names)]
    return [["", *found], *([name, *values] for name, values in told)]


def _plain(told: dict[str, object]) -> dict[str, object]:
    """NaN as null."""
    return {
        key: [None if math.isnan(one) else one for one in value] if isinstance(value, tuple) else value
        for key, value in told.items()
    }


if __name__ == "__main__":
    main()
