"""The drift report as a page: one file with its own style and pictures, without a script, to be read or printed."""

from collections.abc import Iterable
from html import escape

from features.catalogue import CATALOGUE_BY_NAME
from ledger.words import count_text
from training.drift import DriftReport
from training.drift_verdict import ACT, BEYOND_USUAL, WATCH, Matured, Moved, Verdict

HEADLINES: dict[Verdict, str] = {
    "fine": "Fine: nothing moved beyond what is usual",
    "watch": "Watch: something moved that the scores hardly rest on, or lists were made without the model",
    "retrain": "Retrain: the version no longer fits what it sees",
    "stop": "Stop: its scores cannot be trusted",
}

WHAT_TO_DO: dict[Verdict, str] = {
    "fine": "Nothing is to be done.",
    "watch": "Look at what is named below; keep the version in use.",
    "retrain": "Check the newest exports, then train, compare and approve a new version.",
    "stop": "Order the list by each customer's own habit until the export is mended or a new version is approved.",
}

STYLE = """
:root { color-scheme: light dark; --ink: #1c2024; --quiet: #60646c; --line: #d9d9e0; --paper: #fff;
  --fine: #30795b; --watch: #8f6400; --retrain: #b34a00; --stop: #b4232c; }
@media (prefers-color-scheme: dark) { :root { --ink: #edeef0; --quiet: #b0b4ba; --line: #43484e; --paper: #18191b;
  --fine: #5bb98b; --watch: #e2b04a; --retrain: #ff9d5c; --stop: #ff8589; } }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 60rem;
  margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
.fine { color: var(--fine); } .watch { color: var(--watch); } .retrain, .act { color: var(--retrain); }
.stop, .broken { color: var(--stop); } .quiet { color: var(--quiet); }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: .25rem .5rem; border-bottom: 1px solid var(--line); }
th:first-child, td:first-child { text-align: left; } caption { text-align: left; color: var(--quiet); }
.wide { overflow-x: auto; } svg text { fill: currentColor; font: 12px system-ui, sans-serif; }
@media print { body { margin: 0; max-width: none; } tr, svg { break-inside: avoid; } }
"""


def drift_page(report: DriftReport) -> str:
    """The whole page as HTML."""
    title = f"Drift of version {report.version} on {report.as_of.isoformat()}"
    return "\n".join(
        (
            "<!doctype html>",
            f'<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<style>{STYLE}</style></head><body>",
            f'<h1 class="{report.verdict}">{HEADLINES[report.verdict]}</h1>',
            f"<p>{WHAT_TO_DO[report.verdict]}</p>",
            f'<p class="quiet">Version {escape(report.version)}, trained on {report.trained_as_of.isoformat()}, looked '
            f"at on {report.as_of.isoformat()}, {count_text(report.age_days, 'day')} later. Compared: "
            f"{count_text(report.rows, 'open item row')} of {count_text(report.customers, 'customer')} over the last "
            "four weekly evenings.</p>",
            *_findings(report),
            *_matured(report),
            *_features(report),
            *_use(report),
            "</body></html>",
            "",
        )
    )


def _findings(report: DriftReport) -> Iterable[str]:
    if report.findings:
        yield "<h2>What was found</h2><ul>"
        for one in report.findings:
            yield f'<li><strong class="{one.verdict}">{one.verdict}</strong>: {escape(one.text)}</li>'
        yield "</ul>"


def _matured(report: DriftReport) -> Iterable[str]:
    yield "<h2>Did what was said come true?</h2>"
    matured = report.matured
    if matured is None:
        yield (
            "<p>Not known yet: the first outcomes of this version, 30 days and the usual booking time after its "
            f"training, are there on {report.matured_from.isoformat()}, and those of at least twenty customers are "
            "needed.</p>"
        )
        return
    yield (
        f"<p>Of {count_text(matured.rows, 'item row')} of {count_text(matured.customers, 'customer')}, open between "
        f"{matured.first} and {matured.last}, {matured.said:.1%} were expected to be unpaid 30 days later; "
        f"{matured.happened:.1%} were. Difference {matured.difference * 100:+.1f} points, 95 % interval "
        f"{matured.low * 100:+.1f} to {matured.high * 100:+.1f}.</p>"
    )
    yield _said_and_happened(matured)


def _said_and_happened(matured: Matured) -> str:
    """A bar of what was said above one of what happened, for each fifth of the rows."""
    bars = []
    for place, (rows, said, happened) in enumerate(matured.fifths):
        top = 20 + place * 48
        bars += [
            f'<text x="0" y="{top + 19}">{("lowest", "second", "middle", "fourth", "highest")[place]}</text>',
            f'<rect x="70" y="{top}" width="{said * 380:.1f}" height="14" fill="currentColor" opacity=".35"/>',
            f'<text x="{76 + said * 380:.1f}" y="{top + 12}">said {said:.1%}</text>',
            f'<rect x="70" y="{top + 16}" width="{happened * 380:.1f}" height="14" fill="currentColor"/>',
            f'<text x="{76 + happened * 380:.1f}" y="{top + 28}">happened {happened:.1%} of {rows:,}</text>',
        ]
    height = 20 + 48 * len(matured.fifths)
    return (
        f'<svg role="img" aria-label="Said and happened by fifths of the chance" viewBox="0 0 640 {height}">'
        f'<text x="0" y="12">Share unpaid after 30 days, by fifths of the chance said</text>{"".join(bars)}</svg>'
    )


def _features(report: DriftReport) -> Iterable[str]:
    yield "<h2>Do the open items look as they did at training?</h2>"
    if report.score is None:
        yield "<p>Not looked at: this version keeps no picture of its training, or nothing is open.</p>"
        return
    yield (
        f"<p>The index (population stability index) is 0 where nothing moved. Usual reading: below {WATCH:.2f} fine, "
        f"above {ACT:.2f} act. Here a limit is never below {BEYOND_USUAL:.0f} times the largest index of any month in "
        "the year before training, so that chance, season and few customers raise no alarm. Features that all items of "
        "an evening share (the month) have no index; in a ledger's first half year there is no limit.</p>"
    )
    shown = [one for one in report.features if one.important or one.state != "fine"]
    yield '<div class="wide"><table><caption>The score, the ten features that move it most, and others that moved'
    yield "</caption><thead><tr><th>feature</th><th>index</th><th>usual up to</th><th>limit</th><th>index against limit"
    yield "</th><th>missing then</th><th>now</th><th>never seen</th><th></th></tr></thead><tbody>"
    for one in (report.score, *shown):
        yield _feature_row(one)
    left_out = len(report.features) - len(shown)
    yield f'</tbody></table></div><p class="quiet">{count_text(left_out, "other feature")} did not move.</p>'


def _feature_row(one: Moved) -> str:
    feature = CATALOGUE_BY_NAME.get(one.name)
    about = f'<br><span class="quiet">{escape(feature.concept.title)}</span>' if feature else ""
    index = "–" if one.psi is None else f"{one.psi:.2f}"
    usual, limit = ("–", "–") if one.usual is None or one.limit is None else (f"{one.usual:.2f}", f"{one.limit:.2f}")
    filled = 0.0 if one.psi is None or one.limit is None else min(1.0, one.psi / one.limit) * 100
    bar = (
        f'<svg width="102" height="10" aria-hidden="true"><rect x=".5" y=".5" width="101" height="9" fill="none" '
        f'stroke="currentColor" opacity=".4"/><rect x="1" y="1" width="{filled:.0f}" height="8" fill="currentColor"/>'
        "</svg>"
    )
    return (
        f"<tr><td>{escape(one.name)}{about}</td><td>{index}</td><td>{usual}</td><td>{limit}</td>"
        f'<td class="{one.state}">{bar}</td><td>{one.missing_then:.0%}</td><td>{one.missing_now:.0%}</td>'
        f'<td>{one.strange:.0%}</td><td class="{one.state}">{one.state}</td></tr>'
    )


def _use(report: DriftReport) -> Iterable[str]:
    yield "<h2>How it is used</h2><ul>"
    if report.fallback_share is None:
        yield "<li>No list has been published yet.</li>"
    else:
        yield (
            f"<li>{report.fallback_share:.0%} of the last {count_text(report.runs, 'published list')} were made "
            "without the model, or with a stale one.</li>"
        )
    yield "<li>How often collectors overrule the list: not recorded yet.</li></ul>"
