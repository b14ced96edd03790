"""A report of 10 pages with 20 charts as PDF, against Chromium printing the same pages.

The peer is a browser that runs already and has its scripts on disk: it opens a page of the same words, tables and
charts, which Plotly draws as still pictures, and prints it. How long the printing alone takes is told too. Both files
are read back by pdftotext before times are compared: every title, and every figure of the tables.
"""

import datetime as dt
import re
import subprocess
import tempfile
import time
from html import escape
from importlib.resources import files
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, sync_playwright

from benchmarks.outcome import Bar, Outcome
from charts import Chart, ChartKind, Series, render_plotly
from core.result import Column, ColumnType
from exports import Block, ChartBlock, Heading, PageBreak, Report, TableBlock, Text, render_report

KIND = "pdf"
_ROUNDS, _PAGES, _MONTHS, _ROWS = 5, 10, 24, 5
_KINDS = (ChartKind.LINE, ChartKind.COLUMN, ChartKind.AREA, ChartKind.LINE)
_PROSE = "Bookings of the month against the plan; what moved is explained below the charts."
_COLUMNS = (
    Column(name="region", label="Region", type=ColumnType.TEXT),
    *(Column(name=f"m{place}", label=f"Measure {place}", type=ColumnType.INTEGER) for place in range(4)),
)
_STYLE = """
@page { size: A4; margin: 48pt } body { font: 10pt sans-serif; margin: 0 } section { break-after: page }
section:last-of-type { break-after: auto } .chart { width: 480px; height: 200px } table { border-collapse: collapse }
td { text-align: right; padding: 2pt 12pt; border-bottom: 1px solid #ddd }
"""
_DRAW = """
Promise.all(figures.map((figure, place) => {
  Object.assign(figure.layout, {width: 640, height: 200});
  return Plotly.newPlot(`chart${place}`, figure.data, figure.layout, {staticPlot: true});
})).then(() => { window.isDrawn = true });
"""


def run() -> Outcome:
    """The two in turn, A B A B."""
    samples: dict[str, list[float]] = {"plumbline": [], "chromium": [], "chromium, printing alone": []}
    report = _report()
    first = render_report(report, "pdf")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        address = _write_page(report, Path(folder))
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )
        _print(browser, address)
        for _ in range(_ROUNDS):
            began = time.perf_counter()
            ours = render_report(report, "pdf")
            samples["plumbline"].append(time.perf_counter() - began)
            theirs, whole, alone = _print(browser, address)
            samples["chromium"].append(whole)
            samples["chromium, printing alone"].append(alone)
            if ours != first:
                raise RuntimeError("the same report did not give the same bytes")
        browser.close()
        _check_equal(report, ours, theirs, Path(folder))
    ratio = median(samples["plumbline"]) / median(samples["chromium"])
    return Outcome(samples=samples, bars=(Bar(name="pdf", ratio=ratio, most=1 / 5),))


def _print(browser: Browser, address: str) -> tuple[bytes, float, float]:
    """The printed file, the seconds from opening the page to it, and those of printing."""
    page = browser.new_page()
    try:
        began = time.perf_counter()
        page.goto(address)
        page.wait_for_function("window.isDrawn")
        drawn = time.perf_counter()
        content = page.pdf(prefer_css_page_size=True)
        ended = time.perf_counter()
    finally:
        page.close()
    return content, ended - began, ended - drawn


def _report() -> Report:
    blocks: list[Block] = []
    for page in range(_PAGES):
        charts = [ChartBlock(chart=_chart(2 * page + place)) for place in range(2)]
        table = TableBlock(title=f"Regions of part {page}", columns=_COLUMNS, rows=tuple(_rows(page)))
        blocks += [PageBreak()] if page else []
        blocks += [Heading(text=f"Part {page}"), Text(markdown=_PROSE), *charts, table]
    moment = dt.datetime(2026, 11, 21, tzinfo=dt.UTC)
    return Report(title="Monthly report", tenant_name="Acme", generated_at=moment, blocks=tuple(blocks))


def _chart(number: int) -> Chart:
    months = tuple(dt.date(2025 + month // 12, month % 12 + 1, 1) for month in range(_MONTHS))
    series = tuple(
        Series(
            name=f"Series {one}",
            x=months,
            y=tuple(1e5 * (one + 1) + 977.0 * month * number for month in range(_MONTHS)),
        )
        for one in range(2)
    )
    return Chart(kind=_KINDS[number % 4], title=f"Chart {number} of twenty", description="", series=series, unit="USD")


def _rows(page: int) -> list[tuple[object, ...]]:
    return [
        (f"Region {row}", *(10_000 + 1_000 * page + 37 * row + place for place in range(4))) for row in range(_ROWS)
    ]


def _write_page(report: Report, folder: Path) -> str:
    """The report as a page for the browser; returns its address."""
    (folder / "plotly.js").write_bytes((files("plotly") / "package_data" / "plotly.min.js").read_bytes())
    figures: list[str] = []
    parts = ["<section>"]
    for block in report.blocks:
        match block:
            case PageBreak():
                parts.append("</section><section>")
            case Heading():
                parts.append(f"<h1>{escape(block.text)}</h1>")
            case Text():
                parts.append(f"<p>{escape(block.markdown)}</p>")
            case ChartBlock():
                parts.append(f"<h3>{escape(block.chart.title)}</h3><div class=chart id=chart{len(figures)}></div>")
                figures.append(render_plotly(block.chart).to_json())
            case TableBlock():
                parts.append(f"<h3>{escape(block.title)}</h3>{_table(block)}")
    html = f"<!doctype html><meta charset=utf-8><title>{report.title}</title><style>{_STYLE}</style>{''.join(parts)}"
    script = f"const figures = [{','.join(figures)}];{_DRAW}"
    page = folder / "report.html"
    page.write_text(f"{html}</section><script src=plotly.js></script><script>{script}</script>")
    return page.as_uri()


def _table(block: TableBlock) -> str:
    rows = [[column.label for column in block.columns]]
    rows += [[f"{value:,}" if isinstance(value, int) else str(value) for value in row] for row in block.rows]
    lines = ["".join(f"<td>{cell}" for cell in row) for row in rows]
    return f"<table>{''.join(f'<tr>{line}' for line in lines)}</table>"


def _check_equal(report: Report, ours: bytes, theirs: bytes, folder: Path) -> None:
    """Both say the same on as many pages. Raises RuntimeError."""
    told = [_words(content, folder) for content in (ours, theirs)]
    wanted = [block.chart.title for block in report.blocks if isinstance(block, ChartBlock)]
    for block in report.blocks:
        if isinstance(block, TableBlock):
            wanted += [f"{value:,}" for row in block.rows for value in row if isinstance(value, int)]
    for pages, words in told:
        missing = [one for one in wanted if one not in words]
        if missing or pages != _PAGES:
            raise RuntimeError(
                f"a file has {pages} pages, and {len(missing)} of {len(wanted)} are missing: {missing[:3]}"
            )


def _words(content: bytes, folder: Path) -> tuple[int, str]:
    file = folder / "printed.pdf"
    file.write_bytes(content)
    text = subprocess.run(["/usr/bin/pdftotext", str(file), "-"], check=True, capture_output=True, text=True).stdout
    return text.count("\f"), re.sub(r"\s+", " ", text)
