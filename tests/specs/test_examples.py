"""The examples of docs/features.md, read from the page as it is generated: each is run, each feature has one."""

import re

import pytest

from features.catalogue import CATALOGUE, CATALOGUE_BY_NAME
from features.drawn import FOLDER, BadExample, examples, examples_in, value_of
from features.reference import features_markdown
from features.spec import Theme

PAGE = features_markdown()
EXAMPLES = examples_in(PAGE)

each_example = pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.says)

MADE_UP = """
#### A customer pays ten days late

```text
as of 2026-03-31

settled
invoice | customer | due_on     | paid_on
--------+----------+------------+-----------
INV-1   | C-1      | 2026-02-01 | 2026-02-11

expected
customer | days_late_last
---------+---------------
C-1      | 10
```
"""


def rows_of(example, asked):
    return asked(example.as_of, example.tables, [who for who, _ in example.expected])


@each_example
def test_an_example_of_the_page_holds(example, asked):
    rows = rows_of(example, asked)
    for (who, feature), value in example.expected.items():
        rows.holds(who, feature, value)


@each_example
def test_an_example_with_another_value_in_any_cell_fails(example, asked):
    rows = rows_of(example, asked)
    for (who, feature), value in example.expected.items():
        for other in [value + 0.01, None] if isinstance(value, float) else [0.0, "other"]:
            with pytest.raises(AssertionError, match=feature):
                rows.holds(who, feature, other)


def test_every_feature_of_the_catalogue_has_an_example_and_no_example_shows_another():
    shown = {name for example in EXAMPLES for name in example.features}
    assert shown == set(CATALOGUE_BY_NAME)


def test_every_feature_is_seen_with_a_value_and_without_one_unless_it_always_has_one():
    """Counts always have a value, and so has what every open invoice shows."""
    values = {feature.name: set() for feature in CATALOGUE}
    for example in EXAMPLES:
        for (_, name), value in example.expected.items():
            values[name].add(value)
    always = {name for name in values if name.startswith(("open_", "overdue_", "item_share", "oldest_open", "due_"))}
    always -= {"due_days_to_working_day"}
    always |= {
        "invoice_count", "settled_count", "customer_days", "promises_kept_count_365d", "promises_open_count",
        "dispute_count_365d", "disputed_share", "dpd", "amount_log10", "paid_share", "currency", "terms_days", "month",
        "days_to_month_end",
    }  # fmt: skip
    assert {name for name, seen in values.items() if seen == {None}} == set()
    assert {name for name, seen in values.items() if None not in seen} == always


def test_the_page_prints_every_example_of_the_folder_once_and_no_other():
    assert sorted(example.text for example in EXAMPLES) == sorted(example.text for example in examples())
    assert len({example.says for example in EXAMPLES}) == len(EXAMPLES)


@pytest.mark.parametrize("theme", Theme)
def test_an_example_stands_in_the_file_of_the_theme_that_declares_its_first_feature(theme):
    shown = examples_in((FOLDER / f"{theme.name.lower()}.md").read_text(encoding="utf-8"))
    assert shown
    assert {CATALOGUE_BY_NAME[example.features[0]].theme for example in shown} == {theme}


def test_every_feature_leads_to_its_example():
    sections = {part.split("`")[0]: part for part in PAGE.split("\n### `")[1:]}
    for name, section in sections.items():
        homes = re.findall(r"\]\(#(\w+)\)", section)
        shown = examples_in("".join([section, *(sections[home] for home in homes)]))
        assert any(name in example.features for example in shown), name


def test_an_example_with_a_wrong_number_fails_and_with_the_right_one_holds(asked):
    def run(text):
        (example,) = examples_in(text)
        rows = rows_of(example, asked)
        for (who, feature), value in example.expected.items():
            rows.holds(who, feature, value)

    run(MADE_UP)
    with pytest.raises(AssertionError, match=r"C-1: days_late_last is 10\.0, expected 11\.0"):
        run(MADE_UP.replace("C-1      | 10", "C-1      | 11"))


@pytest.mark.parametrize(
    ("written", "instead", "message"),
    [
        ("as of 2026-03-31", "as of Tuesday", "Expected its evening"),
        ("settled\n", "setled\n", 'draws a table "setled". Expected one of settled, open'),
        ("paid_on", "payed_on", "draws settled with payed_on. Expected columns among invoice"),
        ("| 2026-02-11", "| 2026-02-11 | 100", "has 5 cells under 4 columns"),
        ("C-1      | 10", "C-1      |", "expects nothing"),
        ("C-1      | 10", "C-1      | ten", '"ten" is no value'),
        ("```text", "```", "draws nothing"),
    ],
)
def test_an_example_that_cannot_be_read_is_refused(written, instead, message):
    with pytest.raises(BadExample, match=re.escape(message)):
        examples_in(MADE_UP.replace(written, instead, 1))


@pytest.mark.parametrize(
    "cell", ["", "C-1", "10 +", "__import__('os')", "(1).real", "log10(1, 2)", "True", "1 < 2", "'a' * 9"]
)
def test_a_cell_is_arithmetic_and_nothing_else(cell):
    with pytest.raises(BadExample, match="is no value"):
        value_of(cell)
