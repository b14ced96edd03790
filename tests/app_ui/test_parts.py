"""Lists, tables, heads and notices."""

import re

import pytest

from app.ui.parts import (
    Action,
    Alert,
    Contribution,
    DataTable,
    InsightRow,
    PageHead,
    ShareCell,
    Span,
    TableColumn,
    Tone,
    plain,
    render_alert,
    render_error,
    render_inbox,
    render_insights,
    render_page_head,
    render_sources,
    render_table,
)
from tests.app_ui import samples


def test_answer_is_the_h1() -> None:
    html = render_page_head(PageHead(answer=("Up ", Span("4%", Tone.GOOD), "."), cause="EMEA."))
    assert '<h1 class="pl-answer">Up <b class="pl-strong pl-keep pl-ink-good">4%</b>. <span class="pl-cause">' in html


def test_plain_gives_the_words_alone() -> None:
    assert plain(("Up ", Span("4%", Tone.GOOD), ".")) == "Up 4%."


@pytest.mark.parametrize(
    ("values", "bars"),
    [
        ((-3.0, -1.0), [(0.0, 100.0), (66.67, 33.33)]),
        ((3.0, -1.0), [(25.0, 75.0), (0.0, 25.0)]),
        ((0.0,), [(0.0, 0.0)]),
    ],
)
def test_contribution_bars_share_one_axis(values: tuple[float, ...], bars: list[tuple[float, float]]) -> None:
    parts = tuple(Contribution(label="x", text="", value=value) for value in values)
    row = InsightRow(title="t", sentence="s", contributions=parts)
    assert [(round(left, 2), round(width, 2)) for _, left, width in row.bars] == bars


def test_insight_row_names_both_values() -> None:
    html = render_insights(samples.INSIGHTS)
    assert '27.9% <span class="pl-icon' in html
    assert "23.8%</span>" in html


def test_inbox_verb_sends_its_act() -> None:
    assert 'data-act="source:salesforce">Reconnect</button>' in render_inbox(samples.INBOX)


def test_action_needs_an_act_or_an_address() -> None:
    with pytest.raises(ValueError, match="either an act or a href"):
        Action(label="Nothing")


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", " javascript:alert(1)"])
def test_action_opens_no_script(address: str) -> None:
    with pytest.raises(ValueError, match="may not open"):
        Action(label="Bad", href=address)


def test_table_says_how_much_of_the_whole_it_shows() -> None:
    assert "3 of 12,340 rows" in render_table(samples.TABLE)


def test_whole_table_says_so() -> None:
    table = DataTable(caption="c", columns=(TableColumn(label="a"),), rows=(("1",),), total_rows=1)
    assert table.rows_shown == "1 row"


def test_table_numbers_stand_to_the_right_and_first_cells_are_headers() -> None:
    html = render_table(samples.TABLE)
    assert re.search(r'<th scope="row" class="" ?>Inbound demo</th>', html)
    assert re.search(r'<td class="pl-number" ?>3,120</td>', html)


def test_table_refuses_a_ragged_row() -> None:
    with pytest.raises(ValueError, match="row 1 has 2 cells, the table has 1 columns"):
        DataTable(caption="c", columns=(TableColumn(label="a"),), rows=(("1", ShareCell(text="", share=0)),))


def test_bad_alert_is_announced_at_once() -> None:
    assert 'role="alert"' in render_alert(Alert(title="Stopped", tone=Tone.BAD))
    assert 'role="status"' in render_alert(Alert(title="Slow", tone=Tone.WARN))


def test_error_says_what_why_and_what_to_do() -> None:
    html = render_error(samples.ERROR)
    for text in ("could not be calculated", "more than 2 GB", "Group by month, or ask", "Reference 7F3K-21Q9"):
        assert text in html


def test_source_row_speaks_its_history() -> None:
    html = render_sources(samples.SOURCES)
    assert 'aria-label="the last two of 14 syncs failed"' in html
    assert html.count('role="row"') == 1 + len(samples.SOURCES)


def test_totals_stand_in_the_foot_of_a_table() -> None:
    columns = (TableColumn(label="Region"), TableColumn(label="Won", is_number=True))
    html = render_table(DataTable(caption="c", columns=columns, rows=(("EMEA", "1"),), foot=("Total", "<b>")))
    assert '<tfoot><tr><th scope="row" class="">Total</th><td class="pl-number">&lt;b&gt;</td></tr></tfoot>' in html
    with pytest.raises(ValueError, match="totals have 1 cells"):
        DataTable(caption="c", columns=columns, rows=(), foot=("Total",))


def test_each_bar_of_a_bridge_begins_where_the_last_one_ended() -> None:
    edges = [(round(left), round(left + width)) for _, left, width in samples.BRIDGE.bars]
    # Of the highest place, 160: 100, then up to 160, then back to 120, which is where the total stands.
    assert edges == [(0, 62), (62, 100), (75, 100), (0, 75)]


def test_a_table_needs_an_act_for_every_row() -> None:
    with pytest.raises(ValueError, match="1 acts for 2 rows"):
        DataTable(caption="", columns=(TableColumn(label="a"),), rows=(("x",), ("y",)), row_acts=("open",))
    table = DataTable(caption="", columns=(TableColumn(label="a"),), rows=(("x",), ("y",)), row_acts=("open", ""))
    assert render_table(table).count("data-act") == 1


def test_a_subtotal_is_bold_and_other_rows_are_not() -> None:
    columns = (TableColumn(label="a"), TableColumn(label="b", is_number=True))
    rows = (("EMEA", "1"), ("Total", "<2>"))
    html = str(render_table(DataTable(caption="", columns=columns, rows=rows, subtotals=frozenset({1}))))
    assert re.findall(r'<span class="pl-strong">(.*?)</span>', html) == ["Total", "&lt;2&gt;"]
