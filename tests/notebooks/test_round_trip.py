"""Any notebook that can be built is written as text that reads back as the same notebook."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from metrics import Grain
from notebooks import (
    Cell,
    ChartCell,
    InputCell,
    InputType,
    MetricCell,
    Notebook,
    SqlCell,
    TableCell,
    TextCell,
    dump_notebook,
    parse_notebook,
)
from notebooks.kinds.chart.spec import KINDS_OVER_MEMBERS, KINDS_OVER_TIME, PILED
from notebooks.scope import CELL_PERIODS

_printable = st.characters(
    exclude_categories=("Cc", "Cs", "Cn", "Co"), exclude_characters="\ufeff\u2028\u2029\ufffe\uffff"
)
_awkward = st.sampled_from(
    [": ", " #", "- ", "'", '"', "null", "~", "yes", "12", "{", "[", "|", "&a", "*a", "!x", "%", "@", "`"]
)
_pieces = st.lists(st.text(_printable, max_size=12) | _awkward, max_size=6).map("".join)
line = _pieces.map(str.strip)
required_line = line.filter(bool)
prose = st.lists(_pieces, min_size=1, max_size=5).map("\n".join).map(lambda text: text.strip("\n")).filter(str.strip)
name = st.from_regex(r"[a-z_][a-z0-9_]{0,20}", fullmatch=True)
slug = st.from_regex(r"[a-z0-9]{1,8}(-[a-z0-9]{1,8}){0,3}", fullmatch=True)
names = st.lists(name, min_size=1, max_size=4, unique=True).map(tuple)
where = st.none() | required_line
periods = st.sampled_from(CELL_PERIODS)

text_cells = st.builds(TextCell, name=name, text=prose)
metric_cells = st.builds(
    MetricCell, name=name, metric=name, period=periods, title=line, explain=st.none() | name, where=where
)
time_charts = st.builds(
    ChartCell,
    name=name,
    chart=st.sampled_from(KINDS_OVER_TIME),
    metrics=names,
    title=line,
    grain=st.sampled_from([Grain.DAY, Grain.WEEK, Grain.MONTH, Grain.QUARTER, Grain.YEAR]),
    last=st.integers(1, 400),
    where=where,
).filter(lambda cell: cell.chart not in PILED or len(cell.metrics) > 1)
member_charts = st.builds(
    ChartCell,
    name=name,
    chart=st.sampled_from(KINDS_OVER_MEMBERS),
    metrics=names,
    title=line,
    by=name.map(lambda one: (one,)),
    period=periods,
    limit=st.integers(1, 50),
    where=where,
).filter(lambda cell: cell.chart not in PILED or len(cell.metrics) > 1)


@st.composite
def table_cells(draw: st.DrawFn) -> TableCell:
    """A table whose order names its own columns."""
    metrics = draw(names)
    order = draw(st.lists(st.sampled_from(metrics), unique=True, max_size=3))
    signs = draw(st.lists(st.sampled_from(["", "-"]), min_size=len(order), max_size=len(order)))
    return TableCell(
        name=draw(name),
        metrics=metrics,
        by=draw(st.just(()) | names),
        period=draw(periods),
        title=draw(line),
        order=tuple(sign + one for sign, one in zip(signs, order, strict=True)),
        limit=draw(st.integers(1, 1000)),
        where=draw(where),
    )


sql_cells = st.builds(SqlCell, name=name, sql=prose, title=line, limit=st.integers(1, 1000))
choices = st.builds(
    InputCell,
    name=name,
    type=st.just(InputType.CHOICE),
    title=line,
    options=st.lists(required_line, min_size=1, max_size=5, unique=True).map(tuple),
)
texts = st.builds(InputCell, name=name, type=st.just(InputType.TEXT), title=line, default=st.none() | required_line)
cells = st.one_of(text_cells, metric_cells, time_charts, member_charts, table_cells(), sql_cells, choices, texts)
notebooks = st.builds(
    Notebook,
    name=slug,
    title=required_line,
    description=st.just("") | prose,
    cells=st.lists(cells, max_size=6, unique_by=lambda cell: cell.name).map(lambda found: tuple[Cell, ...](found)),
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(notebooks)
def test_written_notebook_reads_back_the_same(notebook: Notebook) -> None:
    text = dump_notebook(notebook)
    assert parse_notebook(text) == notebook
    assert dump_notebook(parse_notebook(text)) == text
