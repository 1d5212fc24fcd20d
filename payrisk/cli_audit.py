"""The command of the audit log."""

import sys
from typing import Annotated, Any

import typer

from payrisk.arguments import Json, answer, open_gate

auditing = typer.Typer(rich_markup_mode=None)


@auditing.command("verify-audit")
def verify_audit(
    anchor: Annotated[
        bool, typer.Option("--anchor", help="when it is sound, keep its end in audit.anchors, as the daily run does")
    ] = False,
    as_json: Json = False,
) -> None:
    """Prove that nobody rewrote the audit log.

    Every entry holds the hash of the one before; audit.anchors in the home folder holds its end, day by day. Exit code
    1 with the first bad entry, when there is one.
    """
    from payrisk.audit_work import anchor_audit
    from payrisk.audit_work import verify_audit as verify

    gate = open_gate()
    found = verify(gate.settings)
    if found["sound"] and anchor:
        anchor_audit(gate.settings, gate.today)
    answer(found, as_json, lambda: print(_sentence(found)))
    if found["warning"] and not (anchor and found["sound"]):
        print(found["warning"], file=sys.stderr)
    if not found["sound"]:
        raise typer.Exit(1)


def _sentence(found: dict[str, Any]) -> str:
    if found["sound"]:
        anchored = f"anchored until entry {found['anchored_until']}" if found["anchors"] else "no anchor yet"
        return f"{found['entries']} entries, each as it was written; {anchored}."
    earlier = f" Entries from {found['since']} on may be bad." if found["since"] < found["first_bad"] else ""
    return f"NOT as it was written. First bad entry: {found['first_bad']}. {found['fault']}{earlier}"
