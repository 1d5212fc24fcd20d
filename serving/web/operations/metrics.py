"""Metrics in the text format of Prometheus: traffic of this process, the newest list, the newest daily run.

Nothing here names a person, an account or an amount.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import accumulate

from ledger.errors import PayriskError
from serving.errors import NothingPublished
from serving.published.desk import Desk
from serving.web.traffic import BOUNDS, Counts, Traffic

Sample = tuple[str, Mapping[str, str], float]

TEXT = "text/plain; version=0.0.4; charset=utf-8"


def metrics_text(traffic: Traffic, desk: Desk, now: datetime) -> str:
    """Everything that is measured; without a database what the process knows, and that it has none."""
    return "".join(line + "\n" for line in (*_traffic(traffic), *_published(desk, now)))


def metric(name: str, kind: str, what: str, samples: Iterable[Sample]) -> Iterator[str]:
    """One metric; a sample is the end of its name, its labels and its value.

    >>> print(*metric("lines", "gauge", "On the list.", [("", {"mode": "x"}, 40.0)]), sep="\\n")
    # HELP payrisk_lines On the list.
    # TYPE payrisk_lines gauge
    payrisk_lines{mode="x"} 40
    """
    yield f"# HELP payrisk_{name} {what}"
    yield f"# TYPE payrisk_{name} {kind}"
    for end, labels, value in samples:
        told = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels.items())
        yield f"payrisk_{name}{end}{{{told}}} {value:.12g}" if told else f"payrisk_{name}{end} {value:.12g}"


def _traffic(traffic: Traffic) -> Iterator[str]:
    counted = traffic.by_now()
    yield from metric(
        "requests_total", "counter", "Requests answered, by route.",
        [("", {"method": method, "route": route, "status": str(status)}, count)
         for (method, route, status), count in sorted(counted.answers.items())],
    )  # fmt: skip
    yield from metric("request_seconds", "histogram", "Time to the end of the answer, by route.", _seconds(counted))


def _seconds(counted: Counts) -> Iterator[Sample]:
    for (method, route), counts in sorted(counted.within.items()):
        labels = {"method": method, "route": route}
        for bound, count in zip([*map(str, BOUNDS), "+Inf"], accumulate(counts), strict=True):
            yield "_bucket", {**labels, "le": bound}, count
        yield "_sum", labels, counted.seconds[method, route]
        yield "_count", labels, sum(counts)


def _published(desk: Desk, now: datetime) -> Iterator[str]:
    try:
        head = desk.run().head
    except NothingPublished:
        head = None
    except PayriskError:
        yield from _gauge("database_up", "Whether the database answers.", 0)
        return
    yield from _gauge("database_up", "Whether the database answers.", 1)
    if head is not None:
        published = datetime.fromisoformat(head["published_at"])
        yield from _gauge("list_age_seconds", "Since the newest list was published.", _since(published, now))
        yield from _gauge("list_lines", "Accounts on the newest list.", head["summary"]["listed"])
        yield from _gauge("list_mode", "Where the newest list comes from.", 1, mode=head["mode"])
    for run in desk.daily_runs.newest(1):
        yield from _gauge("daily_run_age_seconds", "Since the newest daily run was planned.", _since(run.plan.now, now))
        yield from _gauge("daily_run_state", "How the newest daily run stands.", 1, state=run.state)


def _gauge(name: str, what: str, value: float, **labels: str) -> Iterator[str]:
    return metric(name, "gauge", what, [("", labels, value)])


def _since(then: datetime, now: datetime) -> float:
    return (now - then).total_seconds()


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
