"""A small report for tests, with one block of each kind, and help to read PDF files back."""

import datetime as dt
import io
import re
from dataclasses import replace

import pypdf

from charts import Chart, ChartKind, Series
from core.numbers import Figure
from core.result import Column, ColumnType
from exports import (
    Block,
    ChartBlock,
    Definition,
    Footnotes,
    Heading,
    KpiRow,
    KpiTile,
    PageBreak,
    Problem,
    Report,
    TableBlock,
    Text,
    render_report,
)

GENERATED = dt.datetime(2026, 11, 21, 19, 40, tzinfo=dt.UTC)
MONTHS = tuple(dt.date(2026, month, 1) for month in range(1, 12))

COLUMNS = (
    Column(name="region", label="Region", type=ColumnType.TEXT),
    Column(name="won", label="Revenue won", type=ColumnType.NUMBER, unit="USD", is_metric=True),
    Column(name="win_rate", label="Win rate", type=ColumnType.NUMBER, unit="ratio", decimals=2, is_metric=True),
    Column(name="cycle", label="Sales cycle", type=ColumnType.NUMBER, unit="days", decimals=1, is_metric=True),
    Column(name="last", label="Last deal", type=ColumnType.DATE),
)
ROWS: tuple[tuple[object, ...], ...] = (
    ("Central", 3_346_293, 0.6256, 51.84, dt.date(2026, 10, 31)),
    ("East", 3_090_594, 0.6302, None, dt.date(2026, 11, 2)),
    ("West", -3_568_647, 0.6394, 52.0, None),
)

LINE = Chart(
    kind=ChartKind.LINE,
    title="Revenue won",
    subtitle="By month",
    description="Revenue won by month.",
    unit="USD",
    series=(Series(name="Revenue", x=MONTHS, y=tuple(1e6 + 5e4 * month for month in range(11))),),
    incomplete_from=MONTHS[-1],
    incomplete_note="Nov: 21 of 30 days",
)
BAR = Chart(
    kind=ChartKind.BAR,
    title="Revenue by product",
    description="Revenue by product.",
    unit="USD",
    series=(Series(name="Revenue", x=("GTX Pro", "GTX Basic"), y=(3_510_578, 499_263)),),
)
TILE = KpiTile(
    label="Bookings, quarter to date",
    value=Figure("$4.32", "M"),
    change="+8.5%",
    is_better=True,
    comparison="vs $3.98 M on day 52 of Q3",
    note="Expansion adds $0.41 M.",
    trend=replace(LINE, kind=ChartKind.SPARKLINE),
)
TABLE = TableBlock(title="Regions", columns=COLUMNS, rows=ROWS, total_rows=12_340)

BLOCKS: tuple[Block, ...] = (
    KpiRow(tiles=(TILE, replace(TILE, label="Win rate", value=Figure("23.8", "%"), change="\u22124.1 pts"))),
    Heading(text="Where revenue comes from"),
    ChartBlock(chart=LINE),
    Text(markdown="EMEA lost **3.0** points.\n\n- first\n- second"),
    Heading(text="Details", level=2),
    ChartBlock(chart=BAR),
    TABLE,
    Problem(title="Forecast", reason="The metric commit is not defined.", reference="7F3K-21Q9"),
    PageBreak(),
    Footnotes(
        definitions=(Definition(label="Win rate", text="won deals over closed deals."),),
        filters="Deals closed since 1 Oct 2026.",
        watermark="Version 412.",
        policy="All rows of EMEA.",
    ),
)


def make_report(*blocks: Block, title: str = "Weekly sales review") -> Report:
    """A report with these blocks."""
    return Report(
        title=title,
        subtitle="EMEA is losing late.",
        tenant_name="Brightwater Software",
        prepared_for="Priya Raman",
        period="Q4 2026, day 52 of 92",
        watermark="Data as of 21 Nov 2026, 10:31 UTC",
        generated_at=GENERATED,
        blocks=blocks,
    )


def read_pdf(report: Report) -> pypdf.PdfReader:
    """The report as PDF, opened by a reader that is not ours."""
    return pypdf.PdfReader(io.BytesIO(render_report(report, "pdf")))


def text_of(reader: pypdf.PdfReader, page: int | None = None) -> str:
    """The words of one page or all, any white space as one space."""
    pages = reader.pages if page is None else [reader.pages[page]]
    return re.sub(r"\s+", " ", " ".join(one.extract_text() for one in pages)).strip()
