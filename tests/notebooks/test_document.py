"""Reading and writing the document: what is right comes back the same, what is wrong is named with its line."""

import pytest

from charts import ChartKind
from metrics import Grain
from metrics.period import PeriodKind
from notebooks import (
    ChartCell,
    MetricCell,
    Notebook,
    NotebookError,
    TableCell,
    TextCell,
    dump_notebook,
    parse_notebook,
)

WEEKLY = """\
notebook: weekly-sales-review
title: Weekly sales review
description: What moved, and why.
cells:
  - {name: intro, kind: text, text: "Markdown **subset**"}
  - {name: bookings, kind: metric, metric: bookings, period: quarter}
  - {name: trend, kind: chart, chart: line, metrics: [bookings], grain: month, last: 12, title: Bookings by month}
  - {name: by_region, kind: chart, chart: bar, metrics: [win_rate], by: [region], period: quarter}
  - {name: deals, kind: table, metrics: [bookings, won_deals], by: [owner], period: month, order: [-bookings],
     limit: 10, where: "region = 'EMEA'"}
"""


def problems(cells: str, head: str = "notebook: a\ntitle: A\n") -> list[str]:
    with pytest.raises(NotebookError) as caught:
        parse_notebook(f"{head}cells:\n{cells}", file="a.yaml")
    return [str(problem) for problem in caught.value.problems]


def test_each_kind_of_cell_is_read() -> None:
    assert parse_notebook(WEEKLY) == Notebook(
        name="weekly-sales-review",
        title="Weekly sales review",
        description="What moved, and why.",
        cells=(
            TextCell(name="intro", text="Markdown **subset**"),
            MetricCell(name="bookings", metric="bookings", period=PeriodKind.QUARTER),
            ChartCell(
                name="trend",
                chart=ChartKind.LINE,
                metrics=("bookings",),
                grain=Grain.MONTH,
                last=12,
                title="Bookings by month",
            ),
            ChartCell(
                name="by_region",
                chart=ChartKind.BAR,
                metrics=("win_rate",),
                by=("region",),
                period=PeriodKind.QUARTER,
            ),
            TableCell(
                name="deals",
                metrics=("bookings", "won_deals"),
                by=("owner",),
                period=PeriodKind.MONTH,
                order=("-bookings",),
                limit=10,
                where="region = 'EMEA'",
            ),
        ),
    )


def test_notebook_without_cells_is_one() -> None:
    assert parse_notebook("notebook: a\ntitle: A\n").cells == ()


def test_all_problems_are_reported_at_once_with_line_and_cell() -> None:
    text = """\
notebook: Weekly Review
titel: Weekly
cells:
  - {name: a, kind: metrik, metric: bookings}
  - {name: b, kind: metric, metric: bookings, perod: quarter}
  - name: b
    kind: metric
    metric: bookings
    period: quater
"""
    with pytest.raises(NotebookError) as caught:
        parse_notebook(text, file="weekly.yaml")
    assert [str(problem) for problem in caught.value.problems] == [
        "weekly.yaml:1: 'Weekly Review' is not a notebook name: lower-case letters, digits and single hyphens. "
        "Try weekly-review.",
        "weekly.yaml:1: title is missing",
        "weekly.yaml:2: unknown key 'titel'. Did you mean title?",
        "weekly.yaml:4: cell a: unknown kind 'metrik'. Did you mean metric?",
        "weekly.yaml:5: cell b: unknown key 'perod'. Did you mean period?",
        "weekly.yaml:6: cell b: the name 'b' is taken by the cell on line 5",
        "weekly.yaml:9: cell b: unknown period 'quater'. Did you mean quarter?",
    ]
    assert caught.value.message.startswith("The notebook has 7 problems:\nweekly.yaml:1:")


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ("{kind: text, text: x}", "cell 1: name is missing"),
        ("{name: By Region, kind: text, text: x}", "Try by_region."),
        ("{name: 2nd, kind: text, text: x}", "Try _2nd."),
        ("{name: a, text: x}", "cell a: kind is missing"),
        ("{name: a, kind: text}", "cell a: text is missing"),
        ("{name: a, kind: text, text: [x]}", "text is text, not a list or a mapping"),
        ("{name: a, kind: metric, metric: 'win rate'}", "'win rate' is not a name for metric"),
        ("{name: a, kind: metric, metric: m, explain: [r]}", "explain is text"),
        ('{name: a, kind: metric, metric: m, title: "x\\ny"}', "title is one line of text; this has 2"),
        ("{name: a, kind: metric, metric: m, period: day}", "unknown period 'day'. Known: last_12_months, month"),
        ("{name: a, kind: table, metrics: []}", "metrics is an empty list"),
        ("{name: a, kind: table}", "metrics is missing"),
        ("{name: a, kind: table, metrics: [m, m]}", "metrics has 'm' more than once"),
        ("{name: a, kind: table, metrics: [m], limit: 0}", "limit is a whole number from 1 to 1000, not 0"),
        ("{name: a, kind: table, metrics: [m], limit: '5'}", "limit is a whole number"),
        ("{name: a, kind: table, metrics: [bookings], order: [-boking]}", "Did you mean bookings?"),
        ("{name: a, kind: table, metrics: [{m: 1}]}", "a list or mapping inside it is not one"),
        ("{name: a, kind: chart, chart: pie, metrics: [m]}", "unknown chart 'pie'. Known: area, bar,"),
        ("{name: a, kind: chart, chart: sparkline, metrics: [m]}", "unknown chart 'sparkline'"),
        ("{name: a, kind: chart, chart: line, metrics: [m], by: [r]}", "a line chart runs over time: give it a grain"),
        ("{name: a, kind: chart, chart: bar, metrics: [m]}", "a bar chart needs `by: [dimension]`"),
        ("{name: a, kind: chart, chart: bar, metrics: [m], by: [r, s]}", "by one dimension, not by r, s"),
        ("{name: a, kind: chart, chart: bar, metrics: [m], grain: month}", "a bar chart does not run over time"),
        ("{name: a, kind: chart, chart: bar, metrics: [m], by: [r], last: 3}", "last counts periods"),
        ("{name: a, kind: chart, chart: line, metrics: [m], grain: month, period: year}", "leave out the period"),
        ("{name: a, kind: chart, chart: line, metrics: [m, n], by: [r], grain: month}", "make one chart for each"),
        ("just text", "cell 1: a cell is a mapping"),
    ],
)
def test_what_is_wrong_in_a_cell_is_said(cell: str, message: str) -> None:
    found = problems(f"  - {cell}\n")
    assert any(message in problem for problem in found), found
    assert all(problem.startswith("a.yaml:4: ") for problem in found), found


def test_a_wrong_value_does_not_make_right_keys_unknown() -> None:
    found = problems("  - {name: a, kind: chart, chart: pie, metrics: [m], grain: month, period: year, last: 3}\n")
    assert found == [
        "a.yaml:4: cell a: unknown chart 'pie'. Known: area, bar, box, calendar, column, gauge, histogram, line, map, "
        "sankey, scatter, share and 3 more.",
    ]


def test_a_key_with_nothing_behind_it_counts_as_absent() -> None:
    text = "notebook: a\ntitle: A\ncells:\n  - {name: b, kind: metric, metric: m, period: ~, explain: , where: null}\n"
    assert parse_notebook(text).cells == (MetricCell(name="b", metric="m", period=PeriodKind.QUARTER),)


def test_one_name_may_stand_without_brackets() -> None:
    text = "notebook: a\ntitle: A\ncells:\n  - {name: b, kind: table, metrics: m, by: teams.region}\n"
    assert parse_notebook(text).cells == (
        TableCell(name="b", metrics=("m",), by=("teams.region",), period=PeriodKind.QUARTER),
    )


def test_words_that_yaml_takes_for_other_types_stay_text() -> None:
    notebook = parse_notebook("notebook: a\ntitle: 2026-01-01\ndescription: yes\n")
    assert (notebook.title, notebook.description) == ("2026-01-01", "yes")


def test_duplicate_key_is_named_with_both_lines() -> None:
    found = problems("  - name: a\n    kind: text\n    text: x\n    text: y\n")
    assert found == ["a.yaml:7: cell a: the key 'text' is here twice; the first is on line 6"]


def test_two_cells_of_one_name_cannot_be_built() -> None:
    with pytest.raises(ValueError, match="same name: a"):
        Notebook(name="n", title="N", cells=(TextCell(name="a", text="x"), TextCell(name="a", text="y")))


def test_canonical_text_is_one_key_a_line_with_defaults_left_out() -> None:
    assert (
        dump_notebook(parse_notebook(WEEKLY))
        == """\
notebook: weekly-sales-review
title: Weekly sales review
description: What moved, and why.
cells:
  - name: intro
    kind: text
    text: Markdown **subset**
  - name: bookings
    kind: metric
    metric: bookings
    period: quarter
  - name: trend
    kind: chart
    chart: line
    metrics: [bookings]
    title: Bookings by month
    grain: month
    last: 12
  - name: by_region
    kind: chart
    chart: bar
    metrics: [win_rate]
    by: [region]
    period: quarter
  - name: deals
    kind: table
    metrics: [bookings, won_deals]
    by: [owner]
    period: month
    order: [-bookings]
    limit: 10
    where: region = 'EMEA'
"""
    )


def test_text_of_several_lines_is_written_as_a_block() -> None:
    notebook = Notebook(name="n", title="N", cells=(TextCell(name="a", text="# Head\n\nBody"),))
    assert "    text: |-\n      # Head\n\n      Body\n" in dump_notebook(notebook)
