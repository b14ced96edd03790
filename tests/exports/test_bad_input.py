"""What must not break a report: too wide, too long, undefined, unprintable."""

import math
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charts import ChartKind
from core.numbers import Figure
from core.result import Column, ColumnType
from exports import ChartBlock, Footnotes, Heading, KpiRow, KpiTile, Problem, TableBlock, Text
from tests.charts.samples import awkward_charts
from tests.charts.shaped import suited_charts
from tests.exports.samples import TILE, make_report, read_pdf, text_of


def columns(count: int, kind: ColumnType = ColumnType.NUMBER) -> tuple[Column, ...]:
    return tuple(Column(name=f"c{index}", label=f"Column {index}", type=kind) for index in range(count))


def test_a_wide_table_is_set_in_groups_that_repeat_the_first_column() -> None:
    heads = (Column(name="account", label="Account", type=ColumnType.TEXT), *columns(30))
    rows = tuple((f"Account {row}", *(row * 1000 + index for index in range(30))) for row in range(4))
    words = text_of(read_pdf(make_report(TableBlock(title="Wide", columns=heads, rows=rows))))
    # Once for each group of columns, on pages turned on their side.
    assert words.count("Account 3") == 2
    assert "of 31" in words
    for index in range(30):
        assert f"{3000 + index:,}" in words


def test_a_table_of_three_thousand_columns_says_what_it_leaves_out() -> None:
    block = TableBlock(title="Huge", columns=columns(3000), rows=(tuple(range(3000)),) * 5)
    assert "40 of 3,000 columns" in text_of(read_pdf(make_report(block)))


def test_a_table_of_many_rows_says_what_it_leaves_out() -> None:
    block = TableBlock(title="Long", columns=columns(40), rows=(tuple(range(40)),) * 350)
    assert "300 of 350 rows" in text_of(read_pdf(make_report(block)))


def test_a_total_that_was_not_counted_to_the_end_says_more_than() -> None:
    block = TableBlock(title="", columns=columns(1), rows=((1,),), total_rows=10_000, is_total_exact=False)
    assert "1 of more than 10,000 rows" in text_of(read_pdf(make_report(block)))


def test_a_table_without_rows_says_so() -> None:
    assert "No rows" in text_of(read_pdf(make_report(TableBlock(title="None", columns=columns(3), rows=()))))


def test_a_table_without_columns_is_survived() -> None:
    assert "Nothing" in text_of(read_pdf(make_report(TableBlock(title="Nothing", columns=(), rows=()))))


@pytest.mark.parametrize("text", ["word " * 20_000, "x" * 100_000, "\n".join(["line"] * 20_000)])
def test_a_hundred_kilobytes_in_a_cell_are_cut(text: str) -> None:
    block = TableBlock(title="T", columns=columns(2, ColumnType.TEXT), rows=((text, "after"),))
    reader = read_pdf(make_report(block))
    assert len(reader.pages) == 1
    assert "…" in text_of(reader)
    assert "after" in text_of(reader)


def test_a_hundred_kilobytes_of_prose_flow_over_pages() -> None:
    reader = read_pdf(make_report(Text(markdown="word " * 19_999 + "end.")))
    assert len(reader.pages) > 15
    assert text_of(reader).count("word") == 19_999


def test_a_hundred_kilobytes_without_a_space_flow_over_pages() -> None:
    reader = read_pdf(make_report(Text(markdown="x" * 100_000)))
    assert sum(page.extract_text().count("x") for page in reader.pages) >= 100_000


def test_long_texts_everywhere_else_are_cut() -> None:
    long = "long text " * 10_000
    tile = KpiTile(label=long, value=Figure("1" * 300, "M"), change="+" + "9" * 50, comparison=long, note=long)
    chart = replace(awkward_charts(ChartKind.LINE)["one point"], title=long, subtitle=long)
    blocks = (KpiRow(tiles=(tile, tile)), Heading(text=long), ChartBlock(chart=chart), Problem(title=long, reason=long))
    assert len(read_pdf(make_report(*blocks, Footnotes(filters=long), title=long)).pages) <= 4


def test_undefined_numbers_are_dashes() -> None:
    values = (math.nan, math.inf, -math.inf, Decimal("NaN"), None)
    rows = tuple((value,) for value in values)
    words = text_of(read_pdf(make_report(TableBlock(title="T", columns=columns(1), rows=rows))))
    assert words.count("—") == len(values)
    assert "nan" not in words.lower()


def test_numbers_beyond_reading_are_powers_of_ten() -> None:
    rows = ((1.5e300,), (-(10**40),), (Decimal("1e-30"),))
    words = text_of(read_pdf(make_report(TableBlock(title="T", columns=columns(1), rows=rows))))
    assert "1.5×10^300" in words
    assert "\u22121×10^40" in words


def test_signs_the_font_lacks_become_boxes() -> None:
    text = "\U0001f600 caf\u00e9 \u6f22\u5b57 \u05e9\u05dc \ud800 \x00 end"
    blocks = (Heading(text=text), Text(markdown=text), KpiRow(tiles=(replace(TILE, label=text),)))
    words = text_of(read_pdf(make_report(*blocks, title=text)))
    assert words.count("café") >= 4
    assert "□" in words


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 6, 7, 9, 13])
def test_any_number_of_tiles_is_set(count: int) -> None:
    tiles = tuple(replace(TILE, label=f"Tile {index}") for index in range(count))
    words = text_of(read_pdf(make_report(KpiRow(tiles=tiles))))
    assert all(f"Tile {index}" in words for index in range(count))


def test_no_tiles_and_no_footnotes_are_nothing() -> None:
    assert len(read_pdf(make_report(KpiRow(tiles=()), Footnotes())).pages) == 1


@pytest.mark.parametrize("kind", list(ChartKind))
def test_every_awkward_chart_fits_a_page(kind: ChartKind) -> None:
    charts = [chart for name, chart in suited_charts(kind).items() if not name.startswith("many")]
    blocks = [ChartBlock(chart=chart, is_half=index % 3 > 0) for index, chart in enumerate(charts)]
    assert len(read_pdf(make_report(*blocks)).pages) > 1


cells = st.one_of(st.none(), st.text(max_size=80), st.floats(), st.integers(), st.booleans(), st.decimals(), st.dates())


@settings(max_examples=20, deadline=None)
@given(
    rows=st.lists(st.tuples(cells, cells, cells), max_size=6),
    text=st.text(max_size=200),
    kinds=st.tuples(*[st.sampled_from(ColumnType)] * 3),
)
def test_anything_typed_or_computed_becomes_a_pdf(
    rows: list[tuple[object, ...]], text: str, kinds: tuple[ColumnType, ...]
) -> None:
    heads = tuple(Column(name=str(index), label=text, type=kind) for index, kind in enumerate(kinds))
    table = TableBlock(title=text, columns=heads, rows=tuple(rows))
    report = make_report(Heading(text=text), Text(markdown=text), Problem(title=text, reason=text), table)
    assert len(read_pdf(report).pages) >= 1
