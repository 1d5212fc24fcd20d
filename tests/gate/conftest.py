"""A gate of one's own: an empty home, the clock stopped, and the commands run as a user runs them."""

import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest


@dataclass(frozen=True)
class Done:
    """What a command left: exit code, standard output, standard error."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@pytest.fixture
def home(tmp_path, monkeypatch) -> Path:
    """An empty home on 1 April 2026, with no other setting of this machine in sight."""
    for name in list(os.environ):
        if name.startswith("PAYRISK_") and not name.startswith(("PAYRISK_TEST", "PAYRISK_PUBLIC", "PAYRISK_NO_GAPS")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("PAYRISK_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PAYRISK_TODAY", "2026-04-01")
    return tmp_path / "home"


@pytest.fixture
def untracked(monkeypatch) -> None:
    """Training without MLflow, whose first import and store cost more than the training of a small ledger."""
    from payrisk.gate import Gate

    monkeypatch.setattr(Gate, "tracking", lambda _: None)


@pytest.fixture
def payrisk(home, monkeypatch, capsys) -> Callable[..., Done]:
    """Run a command in this process: `payrisk("queue", "--json")`."""
    from payrisk.cli import main

    def run(*words: object) -> Done:
        monkeypatch.setattr(sys, "argv", ["payrisk", *map(str, words)])
        capsys.readouterr()
        try:
            main()
            code = 0
        except SystemExit as stop:
            code = int(stop.code or 0)
        told = capsys.readouterr()
        return Done(code, told.out, told.err)

    return run


@pytest.fixture
def invoices(tmp_path) -> Path:
    """A canonical file: two customers, one invoice overdue, one paid late, one due tomorrow, one credit memo."""
    path = tmp_path / "invoices.csv"
    path.write_text(
        "invoice_id,customer_id,customer_name,issue_date,due_date,amount,currency,paid_date,paid_amount\n"
        "INV-1,C-1,Acme Ltd,2026-01-05,2026-02-04,1200.00,EUR,,\n"
        "INV-2,C-1,Acme Ltd,2025-11-05,2025-12-05,800.00,EUR,2025-12-20,800.00\n"
        "INV-3,C-2,Bolt BV,2026-03-02,2026-04-01,90.50,EUR,,\n"
        "CRN-1,C-2,Bolt BV,2026-03-10,2026-03-10,-10.00,EUR,,\n",
        encoding="utf-8",
    )
    return path
