"""What a nasty case is: files that come in steps, and the outcomes that may come of them.

A family is a module of functions; `@case(family, policy)` makes each of them a case of that name.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from nasty.clean import AS_OF, Invoice, Maker

Reasons = frozenset[str]


@dataclass(frozen=True)
class Outcome:
    """One way in which a step may end.

    Attributes:
        verdict: accept, accept_with_quarantine or reject.
        accepted: rows of the invoices.
        quarantined: row → the reasons that may be given; None where the rows need not be told apart.
        ignored: at least so many rows.
        codes: of a refusal, any of these; mentions: words that its sentence holds.
        warnings: codes that must be among the warnings.
        ledger: all invoices known afterwards; None: those known before.
        names: whether customers must be called so; where a contract leaves it open, only the rest counts.
    """

    verdict: str
    accepted: int = 0
    quarantined: Mapping[int, Reasons] | None = field(default_factory=dict)
    ignored: int = 0
    codes: Reasons = frozenset()
    mentions: tuple[str, ...] = ()
    warnings: Reasons = frozenset()
    ledger: tuple[Invoice, ...] | None = None
    names: bool = True

    def warning(self, *codes: str) -> "Outcome":
        """The same, with these warnings."""
        return replace(self, warnings=self.warnings | set(codes))

    def ignoring(self, rows: int) -> "Outcome":
        """The same, with so many rows ignored."""
        return replace(self, ignored=rows)

    def knowing(self, ledger: Sequence[Invoice]) -> "Outcome":
        """The same, with another ledger afterwards."""
        return replace(self, ledger=tuple(ledger))

    def whatever_names(self) -> "Outcome":
        """The same, but customers may be called otherwise."""
        return replace(self, names=False)


@dataclass(frozen=True)
class Step:
    """Files that come together: name → content. `roles` says what they are where that is not 'ledger'."""

    files: Mapping[str, bytes]
    outcomes: tuple[Outcome, ...]
    options: Mapping[str, Any] = field(default_factory=dict)
    roles: Mapping[str, str] = field(default_factory=dict)
    as_of: date = AS_OF


@dataclass(frozen=True)
class Case:
    """One case of one seed."""

    name: str
    family: str
    policy: str
    make: Callable[[Maker], Sequence[Step]]

    def steps(self, seed: int) -> list[Step]:
        """Its files and outcomes, as this seed makes them."""
        return list(self.make(Maker(seed)))


CASES: dict[str, Case] = {}


def case(family: str, policy: str) -> Callable[[Callable[[Maker], Sequence[Step]]], Callable[..., Sequence[Step]]]:
    """Make a function a case, by its name."""

    def register(make: Callable[[Maker], Sequence[Step]]) -> Callable[[Maker], Sequence[Step]]:
        name = f"{family}-{make.__name__}"
        # A module may be imported under two names; two cases of one name are a mistake.
        assert name not in CASES or CASES[name].make.__code__ == make.__code__, f"two cases are called {name}"
        CASES[name] = Case(name, family, policy, make)
        return make

    return register


def accepted(bills: Sequence[Invoice]) -> Outcome:
    """All of them, and nothing else."""
    return Outcome("accept", len(bills), ledger=tuple(bills))


def set_aside(bills: Sequence[Invoice], rows: Mapping[int, str]) -> Outcome:
    """These are good; the data rows named are quarantined, each for one of its reasons ('bad_date|bad_id')."""
    reasons = {row: frozenset(codes.split("|")) for row, codes in rows.items()}
    return Outcome("accept_with_quarantine", len(bills), reasons, ledger=tuple(bills))


def refused(codes: str, *mentions: str) -> Outcome:
    """Nothing changes; the code is one of these ('empty_file|no_header')."""
    return Outcome("reject", codes=frozenset(codes.split("|")), mentions=mentions)


def text_step(content: str | bytes, *outcomes: Outcome, as_of: date = AS_OF, **options: Any) -> Step:
    """One delimited file, in UTF-8 unless it is bytes already."""
    raw = content.encode() if isinstance(content, str) else content
    return Step({"ledger.csv": raw}, outcomes, options, as_of=as_of)
