"""The side process of a desk: `python -m payrisk.side_process` answers the questions of `serving.side`.

A question is a line of JSON on standard input, its answer a line on standard output. With the word `daily`, who asks
for it and maybe an evening it is another one: it makes the daily run, says its address as soon as it is planned, and
goes on.
"""

import json
import os
import select
import sys
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ledger.errors import PayriskError
from payrisk import shelf_work

if TYPE_CHECKING:
    from payrisk.gate import Gate
    from serving.scoring.given_scores import GivenScores

Json = dict[str, Any]

IDLE_SECONDS = 900
"""After so long without a question it ends, and gives its memory back."""


class Answers:
    """What a desk may ask for, over one gate; each method takes the question and returns the answer."""

    def __init__(self, gate: "Gate") -> None:
        self.gate = gate

    def answer(self, question: Json) -> Json:
        """The answer, or an error of ours as `{"error": …}`."""
        answers: dict[str, Callable[[Json], Json]] = {
            "promote": self.promote, "rollback": self.rollback, "scores": self.scores,
        }  # fmt: skip
        try:
            return answers[question["what"]](question)
        except PayriskError as refusal:
            return {"error": told(refusal)}

    def promote(self, question: Json) -> Json:
        """As the command `payrisk promote`; a request asked again changes nothing more."""
        asked = {name: question[name] for name in ("also_called", "why", "request", "on")}
        return shelf_work.promote(self.gate, question["version"], question["by"], **asked)

    def rollback(self, question: Json) -> Json:
        """As the command `payrisk rollback`."""
        asked = {name: question[name] for name in ("why", "request", "on")}
        return shelf_work.rollback(self.gate, question["by"], **asked)

    def scores(self, question: Json) -> Json:
        """See `serving.scoring.given_scores`."""
        from serving.scoring.given_scores import Described

        self.gate.ledger.hear_desk(self.gate.now)
        as_of = self.gate.evening(_day(question["as_of"]))
        items: list[str | Described] = [
            one if isinstance(one, str) else Described(
                Decimal(one["amount"]), one["currency"], date.fromisoformat(one["issued_on"]), _day(one["due_on"]),
                one["terms"],
            )
            for one in question["items"]
        ]  # fmt: skip
        return self._given_scores.score(as_of, question["customer_id"], items, question["country"])

    @cached_property
    def _given_scores(self) -> "GivenScores":
        from serving.scoring.given_scores import GivenScores

        settings = self.gate.settings
        return GivenScores(
            self.gate.ledger, self.gate.shelf, grace_days=settings.grace_days,
            best_before_days=settings.model_best_before_days,
        )  # fmt: skip


def told(refusal: PayriskError) -> Json:
    """An error of ours as one JSON value."""
    return {"code": refusal.code, "detail": str(refusal), "field": refusal.field, "remedy": refusal.remedy}


def command(*words: str) -> list[str]:
    """What starts a side process of this program."""
    return [sys.executable, "-P", "-m", "payrisk.side_process", *words]


def main(words: list[str]) -> None:
    """Answer until standard input ends, or make one daily run."""
    from payrisk.gate import Gate

    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)  # what a library prints is no answer
    if words and words[0] == "daily":
        _daily(words[1:], answers.write)
        return
    desk = Answers(Gate.open(prepare=False))
    import models.bundle  # noqa: F401  # every question needs it: load it while nobody waits

    while line := _question():
        answers.write(json.dumps(desk.answer(json.loads(line))).encode() + b"\n")


def _daily(words: list[str], write: Callable[[bytes], object]) -> None:
    from payrisk.daily import daily_and_anchor
    from payrisk.gate import Gate

    said = False

    def say(first: Json) -> None:
        nonlocal said
        if not said:
            said = True
            write(json.dumps(first).encode() + b"\n")

    try:
        done = daily_and_anchor(
            Gate.open(prepare=False), date.fromisoformat(words[1]) if words[1:] else None, asked_by=words[0],
            planned=lambda key: say({"state": "running", "id": key}),
        )  # fmt: skip
        say({"state": done["state"], "id": done["key"]})
    except PayriskError as refusal:
        say({"error": told(refusal)})


def _question() -> bytes:
    """The next line; nothing at the end of input, or after long idleness."""
    ready, _, _ = select.select([sys.stdin], [], [], IDLE_SECONDS)
    return sys.stdin.buffer.readline() if ready else b""


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


if __name__ == "__main__":
    main(sys.argv[1:])
