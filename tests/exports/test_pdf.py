"""The PDF as other programs see it: its words, fonts, outline, pages and bytes."""

import hashlib
import io
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import cast

import pypdf
import pytest
from pypdf.generic import Destination, DictionaryObject

from charts.fonts import text_width
from core.errors import InvalidError
from exports import ChartBlock, Heading, KpiRow, KpiTile, PageSize, Report, TableBlock, Text, render_report
from tests.exports.samples import BAR, BLOCKS, COLUMNS, ROWS, TABLE, TILE, make_report, read_pdf, text_of

ROOT = Path(__file__).resolve().parent.parent.parent


def fonts_of(page: pypdf.PageObject) -> list[DictionaryObject]:
    resources = cast(DictionaryObject, page["/Resources"])
    fonts = cast(DictionaryObject, resources["/Font"].get_object())
    return [cast(DictionaryObject, font.get_object()) for font in fonts.values()]


@pytest.fixture(scope="module")
def reader() -> pypdf.PdfReader:
    return read_pdf(make_report(*BLOCKS))


def test_the_first_page_says_whose_report_it_is_and_about_what(reader: pypdf.PdfReader) -> None:
    words = text_of(reader, 0)
    for part in ("Brightwater Software", "Prepared for Priya Raman", "Weekly sales review", "Q4 2026, day 52 of 92"):
        assert part in words


def test_every_footer_has_page_numbers_watermark_and_time(reader: pypdf.PdfReader) -> None:
    count = len(reader.pages)
    assert count >= 2
    for number in range(count):
        words = text_of(reader, number)
        assert f"Page {number + 1} of {count}" in words
        assert "Data as of 21 Nov 2026, 10:31 UTC" in words
        assert "Generated 21 Nov 2026, 19:40 UTC" in words


def test_key_figures_read_in_order(reader: pypdf.PdfReader) -> None:
    words = text_of(reader, 0)
    order = ["Bookings, quarter to date", "$4.32", "↑ 8.5%", "vs $3.98 M", "Expansion adds", "23.8", "↓ 4.1 pts"]
    places = [words.index(part) for part in order]
    assert places == sorted(places)


def test_charts_carry_their_numbers_as_text(reader: pypdf.PdfReader) -> None:
    words = text_of(reader)
    for part in ("Nov: 21 of 30 days", "$1.45 M Oct", "$1.50 M", "GTX Pro", "$3.51 M", "$499 k"):
        assert part in words


def test_tables_carry_their_numbers_in_full(reader: pypdf.PdfReader) -> None:
    words = text_of(reader)
    for part in ("$3,346,293", "\u2212$3,568,647", "63.02 %", "51.8", "31 Oct 2026", "Sales cycle, days"):
        assert part in words
    assert "3 of 12,340 rows" in words


def test_a_part_that_failed_says_why_in_its_place(reader: pypdf.PdfReader) -> None:
    words = text_of(reader)
    assert "Forecast is not shown The metric commit is not defined. Reference 7F3K-21Q9" in words


def test_footnotes_are_on_the_page_after_the_break(reader: pypdf.PdfReader) -> None:
    words = text_of(reader, len(reader.pages) - 1)
    for part in ("Win rate: won deals", "Deals closed since", "Version 412.", "All rows of EMEA."):
        assert part in words


def test_all_fonts_are_embedded(reader: pypdf.PdfReader) -> None:
    names = set()
    for page in reader.pages:
        for font in fonts_of(page):
            assert "/FontFile2" in cast(DictionaryObject, font["/FontDescriptor"].get_object())
            names.add(str(font["/BaseFont"]).partition("+")[2])
    assert {"InterTabular-Regular", "InterTabular-SemiBold"} <= names


def test_there_are_no_raster_pictures(reader: pypdf.PdfReader) -> None:
    assert not any(page.images for page in reader.pages)


def test_the_outline_follows_headings_charts_and_tables(reader: pypdf.PdfReader) -> None:
    def entries(outline: list[object], level: int) -> Iterator[tuple[int, str]]:
        for entry in outline:
            if isinstance(entry, list):
                yield from entries(entry, level + 1)
            elif isinstance(entry, Destination):
                yield level, str(entry.title)

    assert list(entries(list(reader.outline), 0)) == [
        (0, "Where revenue comes from"),
        (1, "Revenue won"),
        (1, "Details"),
        (2, "Revenue by product"),
        (2, "Regions"),
        (2, "Forecast"),
    ]


def test_metadata_name_title_author_subject_and_time(reader: pypdf.PdfReader) -> None:
    facts = reader.metadata
    assert facts is not None
    assert (facts.title, facts.author) == ("Weekly sales review", "Brightwater Software")
    assert (facts.subject, facts.creator) == ("EMEA is losing late.", "Plumbline")
    assert facts.creation_date is not None
    assert facts.creation_date.isoformat() == "2026-11-21T19:40:00+00:00"


def test_the_same_report_gives_the_same_bytes_in_any_process() -> None:
    code = (
        "import hashlib; from tests.exports.samples import *; "
        "print(hashlib.sha256(render_report(make_report(*BLOCKS), 'pdf')).hexdigest())"
    )
    environment = {"PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo", "PYTHONPATH": str(ROOT)}
    other = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    data = render_report(make_report(*BLOCKS), "pdf")
    assert data == render_report(make_report(*BLOCKS), "pdf")
    assert other.stdout.strip() == hashlib.sha256(data).hexdigest()


def test_both_papers_are_written() -> None:
    for size, width, height in ((PageSize.A4, 595, 842), (PageSize.LETTER, 612, 792)):
        page = read_pdf(replace(make_report(*BLOCKS), page_size=size)).pages[0]
        assert (round(page.mediabox.width), round(page.mediabox.height)) == (width, height)


def test_a_report_without_blocks_is_one_page() -> None:
    assert len(read_pdf(make_report()).pages) == 1


def test_a_page_reads_from_its_top_to_its_foot(reader: pypdf.PdfReader) -> None:
    words = text_of(reader, 1)
    assert words.startswith("Brightwater Software · Weekly sales review")
    assert words.endswith("19:40 UTC")


def test_markup_in_any_text_is_shown_as_it_is_typed() -> None:
    nasty = "<script>a</script> <b>b</b> & &amp; %s <para>"
    columns, tile = (replace(COLUMNS[0], label=nasty),), KpiTile(label=nasty, value=TILE.value, note=nasty)
    blocks = (Heading(text=nasty), Text(markdown=nasty), TableBlock(title=nasty, columns=columns, rows=((nasty,),)))
    report = replace(make_report(*blocks, KpiRow(tiles=(tile,)), title=nasty), tenant_name=nasty)
    words = text_of(read_pdf(report)).replace(" ", "")
    assert words.count("<script>a</script><b>b</b>&&amp;%s<para>") >= 7


def test_a_table_that_breaks_repeats_its_head_on_each_page() -> None:
    reader = read_pdf(make_report(TableBlock(title="Long", columns=COLUMNS, rows=ROWS * 60)))
    assert len(reader.pages) > 3
    assert all("Revenue won" in text_of(reader, number) for number in range(len(reader.pages)))


def test_numbers_of_a_column_are_flush_right() -> None:
    reader = read_pdf(make_report(TABLE))
    ends: list[float] = []

    def visit(text: str, _cm: list[float], matrix: list[float], _font: object, size: float) -> None:
        if "," in text and "$" in text:
            ends.append(matrix[4] + text_width(text.strip(), size))

    reader.pages[0].extract_text(visitor_text=visit)
    assert len(ends) == 3
    assert max(ends) - min(ends) < 0.05


def test_headings_stay_with_what_they_head() -> None:
    filler = Text(markdown="\n\n".join(["A line of text."] * 31))
    for block in BLOCKS[2:3]:
        reader = read_pdf(make_report(filler, Heading(text="Kept together"), block))
        page = next(page for page in reader.pages if "Kept together" in page.extract_text())
        assert "Nov: 21 of 30 days" in page.extract_text()


def test_reports_in_threads_do_not_mix() -> None:
    def write(number: int) -> bytes:
        return render_report(make_report(*BLOCKS, title=f"Report {number}"), "pdf")

    def fresh(report: Report) -> bytes:
        return render_report(report, "pdf")

    with ThreadPoolExecutor(4) as pool:
        written = list(pool.map(write, range(6)))
    assert written == [fresh(make_report(*BLOCKS, title=f"Report {number}")) for number in range(6)]


def test_totals_close_a_table_and_say_that_they_are_of_all_rows() -> None:
    totals = (None, 2_868_240, 0.6315, 51.9, None)
    words = text_of(read_pdf(make_report(replace(TABLE, totals=totals))))
    assert "Total $2,868,240 63.15 % 51.9 3 of 12,340 rows; the total is of all" in words.replace("\u202f", " ")


def test_columns_that_only_serve_a_formula_are_not_printed() -> None:
    words = text_of(read_pdf(make_report(replace(TABLE, helpers=frozenset({"cycle"})))))
    assert "Win rate" in words
    assert "Sales cycle" not in words


def test_shaded_cells_lie_on_grounds_from_faint_to_strong() -> None:
    def grounds(block: TableBlock) -> list[str]:
        content = read_pdf(make_report(block)).pages[0].get_contents()
        assert content is not None
        return re.findall(r"([\d.]+ [\d.]+ [\d.]+) rg", content.get_data().decode("latin-1"))

    # The accent is #3a5fd9: of white, 5 and 50 parts in a hundred of it are #f5f7fd and #9cafec.
    wanted = [
        " ".join(f"{int(one, 16) / 255:.6f}"[1:].rstrip("0") for one in pair)
        for pair in (("f5", "f7", "fd"), ("9c", "af", "ec"))
    ]
    shaded = grounds(replace(TABLE, heat=frozenset({"win_rate"})))
    assert [shaded.count(one) - grounds(TABLE).count(one) for one in wanted] == [1, 1]


def test_a_total_in_bold_stays_on_one_line() -> None:
    columns = (COLUMNS[0], replace(COLUMNS[1], label="Won"), replace(COLUMNS[2], decimals=1, label="Rate"))
    rows = tuple((f"Somebody {n}", 1_706_942, 0.26) for n in range(3))
    table = TableBlock(
        title="Won", columns=columns, rows=rows, totals=(None, 5_706_942, 0.26), subtitle="All", total_rows=3
    )
    lines = text_of(read_pdf(make_report(table)))
    assert "Total $5,706,942 26.0" in lines


def test_subtotals_are_bold() -> None:
    page = read_pdf(make_report(replace(TABLE, subtotals=frozenset({1})))).pages[0]
    fonts: dict[str, str] = {}

    def visit(text: str, _cm: object, _tm: object, font: dict[str, str] | None, _size: float) -> None:
        if font is not None:
            fonts[text.strip()] = font["/BaseFont"]

    page.extract_text(visitor_text=visit)
    assert "SemiBold" in fonts["East"]
    assert "SemiBold" not in fonts["Central"]


def test_the_tables_are_within_a_pdf_that_holds_its_data(tmp_path: Path) -> None:
    plain, holding = make_report(*BLOCKS), replace(make_report(*BLOCKS), has_data=True)
    assert dict(read_pdf(plain).attachments) == {}
    content = render_report(holding, "pdf")
    assert content == render_report(holding, "pdf")
    (tmp_path / "report.pdf").write_bytes(content)
    with zipfile.ZipFile(io.BytesIO(render_report(plain, "csv"))) as archive:
        expected = {name: archive.read(name) for name in archive.namelist() if name != "about.csv"}
    assert len(expected) >= 4
    # By a reader that is not ours.
    (tmp_path / "found").mkdir()
    subprocess.run(["pdfdetach", "-saveall", "../report.pdf"], cwd=tmp_path / "found", check=True, capture_output=True)
    assert {file.name: file.read_bytes() for file in (tmp_path / "found").iterdir()} == expected


def test_a_pdf_with_a_password_opens_with_it_alone_and_loses_nothing(tmp_path: Path) -> None:
    whole = replace(make_report(*BLOCKS), has_cover=True, has_data=True)
    locked, path = render_report(replace(whole, password="Grüße an alle"), "pdf"), tmp_path / "report.pdf"
    path.write_bytes(locked)
    assert b"Weekly sales review" not in locked

    def read(*options: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(["pdftotext", *options, path, "-"], capture_output=True, text=True, check=False)

    assert "Incorrect password" in read().stderr
    assert "Incorrect password" in read("-upw", "Grüße an Alle").stderr
    # By a reader that is not ours, and was not written by it.
    path.with_name("open.pdf").write_bytes(render_report(whole, "pdf"))
    opened = subprocess.run(["pdftotext", path.with_name("open.pdf"), "-"], capture_output=True, text=True, check=True)
    assert read("-upw", "Grüße an alle").stdout == opened.stdout != ""
    facts = subprocess.run(["pdfinfo", "-upw", "Grüße an alle", path], capture_output=True, text=True, check=True)
    assert "algorithm:AES-256" in facts.stdout
    reader = pypdf.PdfReader(io.BytesIO(locked), password="Grüße an alle")
    assert (len(reader.attachments), len(reader.outline)) == (
        len(read_pdf(whole).attachments),
        len(read_pdf(whole).outline),
    )


@pytest.mark.parametrize("name", ["xlsx", "pptx", "csv", "svg"])
def test_what_cannot_be_locked_is_not_written_unlocked(name: str) -> None:
    with pytest.raises(InvalidError, match=f"format {name} cannot be locked"):
        render_report(replace(make_report(*BLOCKS), password="correct horse"), name)


def test_every_script_is_set_in_embedded_subsets_and_read_back_as_typed(tmp_path: Path) -> None:
    names = (
        "株式会社日本製造（上位）",
        "삼성전자 주식회사",
        "חברת הדוגמה",
        "شركة النور للتجارة",
        "บริษัท ตัวอย่าง",
        "Žižkov Ελλάδα Москва",
    )
    table = TableBlock(title=names[0], columns=COLUMNS[:1], rows=tuple((name,) for name in names))
    words = Text(markdown="\n\n".join(("**" + names[2] + "** 12%", names[0] * 12, f"{names[3]} (2026)")))
    bars = replace(BAR, title=names[1], series=(replace(BAR.series[0], x=names, y=(6.0, 5.0, 4.0, 3.0, 2.0, 1.0)),))
    content = render_report(make_report(Heading(text=names[2]), words, ChartBlock(chart=bars), table), "pdf")
    assert content == render_report(make_report(Heading(text=names[2]), words, ChartBlock(chart=bars), table), "pdf")
    assert len(content) < 150_000
    (tmp_path / "report.pdf").write_bytes(content)
    # By a reader that is not ours; it marks the direction of what reads leftwards.
    told = subprocess.run(
        ["pdftotext", tmp_path / "report.pdf", "-"], capture_output=True, text=True, check=True
    ).stdout
    read = told.translate(dict.fromkeys(map(ord, "\u202a\u202b\u202c\u200e\u200f")))
    assert [name for name in names if read.count(name) < 2] == []
    assert "□" not in read
    listed = subprocess.run(["pdffonts", tmp_path / "report.pdf"], capture_output=True, text=True, check=True).stdout
    fonts = [line.split() for line in listed.splitlines()[2:]]
    assert {line[0].partition("+")[2].partition("-")[0] for line in fonts} >= {
        "DroidSansFallback",
        "NotoSansKR",
        "NotoSansHebrew",
    }
    assert all(line[-5:-2] == ["yes", "yes", "yes"] for line in fonts)
