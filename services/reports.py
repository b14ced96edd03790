"""A notebook as a report: run with the rights of one principal, rendered in a format."""

import io
import zoneinfo
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import singledispatch

from core.errors import InvalidError
from core.result import Watermark
from exports import (
    Block,
    ChartBlock,
    Definition,
    Footnotes,
    KpiRow,
    KpiTile,
    PageBreak,
    PageSize,
    Problem,
    Report,
    TableBlock,
    Text,
    render_report,
    takes_password,
)
from exports import formats as export_formats
from exports.blocks import LONGEST_PASSWORD
from metrics.period import PeriodKind, date_label
from notebooks import (
    CellRun,
    ChartOutput,
    InputOutput,
    Notebook,
    Output,
    TableOutput,
    TextOutput,
    TileOutput,
    literal,
    run_notebook,
)
from notebooks.report_design import PageLook, Place, design_of
from services.definitions import find_catalog
from services.notebook_asking import PrincipalAsk, data_key, memory
from services.notebooks import require_notebook, require_version, scope_of
from services.permitted import permitted
from services.platform import Platform
from services.policies import find_view
from services.report_filters import filter_sentences
from services.tenant_settings import find_logo
from tenants.access import Permission, Principal
from tenants.audit import AuditAction, record_event
from tenants.usage import UsageItem

SHORTEST_PASSWORD = 8
PREVIEW_PAGES = 12
PREVIEW_SCALE = 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltReport:
    """A report before it is a file: its blocks, the runs they come from, and whose rows these are."""

    report: Report
    runs: tuple[CellRun, ...]
    watermark: Watermark
    policies: tuple[str, ...]
    policy_sentence: str

    @property
    def problems(self) -> tuple[str, ...]:
        """The reasons of cells that could not be shown."""
        return tuple(run.problem.message for run in self.runs if run.problem is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedReport:
    """A report as a file. `problems` are the reasons of cells that could not be shown, which the file tells too."""

    file_name: str
    content: bytes
    cells: int
    problems: tuple[str, ...]
    watermark: Watermark


def export_report(
    platform: Platform,
    principal: Principal,
    name: str,
    format_name: str,
    *,
    paper: PageSize | None = None,
    has_cover: bool = False,
    has_data: bool = False,
    password: str = "",
) -> ExportedReport:
    """Run a notebook as the principal and render it. Raises ForbiddenError, InvalidError with the nearest name.

    Paper and cover are those of the notebook's own design where nothing else is asked for. With a `password` the file
    opens with it alone; only a PDF can be locked.
    """
    check_password(password, (format_name,))
    built = build_report(platform, principal, name, prepared_for=principal.name)
    report = replace(
        built.report,
        page_size=paper or built.report.page_size,
        has_cover=has_cover or built.report.has_cover,
        has_data=has_data,
        password=password,
    )
    content = render_report(report, format_name)
    with platform.session() as session:
        record_event(
            session,
            AuditAction.REPORT_EXPORTED,
            subject=name,
            principal=principal,
            data={
                "format": format_name,
                "bytes": len(content),
                "watermark": built.watermark.version,
                "policies": list(built.policies),
                "is_locked": bool(password),
            },
            usage={UsageItem.REPORTS: 1},
        )
    return ExportedReport(
        file_name=file_name(name, format_name),
        content=content,
        cells=len(built.runs),
        problems=built.problems,
        watermark=built.watermark,
    )


@permitted(Permission.REPORT_EXPORT)
def build_report(platform: Platform, principal: Principal, name: str, *, prepared_for: str) -> BuiltReport:
    """Run a notebook as the principal. Raises ForbiddenError, RefusedError, InvalidError with the nearest name."""
    return _build(platform, principal, require_notebook(platform, principal, name), prepared_for=prepared_for)


@permitted(Permission.REPORT_EXPORT)
def preview_report(platform: Platform, principal: Principal, name: str) -> tuple[bytes, ...]:
    """The first pages of a notebook as the PDF shows them, as PNG; of its newest version for who may change it.

    Raises ForbiddenError, RefusedError.
    """
    from exports.pictures import page_pictures

    notebook, _ = require_version(platform, principal, name, is_draft=principal.can(Permission.NOTEBOOK_WRITE))
    built = _build(platform, principal, notebook, prepared_for=principal.name)
    pages: list[bytes] = []
    for image in page_pictures(render_report(built.report, "pdf"), scale=PREVIEW_SCALE, most=PREVIEW_PAGES):
        target = io.BytesIO()
        image.save(target, "PNG")
        pages.append(target.getvalue())
    return tuple(pages)


def _build(platform: Platform, principal: Principal, notebook: Notebook, *, prepared_for: str) -> BuiltReport:
    scope = scope_of(platform, principal)
    runs = run_notebook(
        notebook, PrincipalAsk(platform, principal), scope, memory=memory, data=data_key(platform, principal)
    )
    watermark = platform.store(principal.tenant).watermark()
    view = find_view(platform, principal)
    sentence = "All rows of the organisation." if view is None else view.sentence
    catalog = find_catalog(platform, principal)
    design = design_of(notebook)
    by_name = {run.cell.name: run for run in runs}
    shown = [(by_name[one.cell], one.place) for one in design.blocks if one.place is not Place.HIDDEN]
    quarter = scope.period_for(PeriodKind.QUARTER)
    report = Report(
        title=notebook.title,
        subtitle=notebook.description,
        tenant_name=principal.tenant.name,
        prepared_for=prepared_for,
        period=f"{date_label(scope.today)}, day {quarter.day_number} of {quarter.days_total} of {quarter.label}",
        generated_at=platform.clock().astimezone(zoneinfo.ZoneInfo(principal.tenant.zone)),
        watermark=watermark_text(watermark),
        accent=principal.tenant.accent,
        logo=find_logo(platform, principal.tenant),
        page_size=PageSize.LETTER if PageLook.LETTER in design.pages else PageSize.A4,
        is_landscape=PageLook.LANDSCAPE in design.pages,
        has_cover=PageLook.COVER in design.pages,
        blocks=_blocks(
            shown, filters=filter_sentences([run for run, _ in shown], catalog), watermark=watermark, policy=sentence
        ),
    )
    return BuiltReport(
        report=report,
        runs=runs,
        watermark=watermark,
        policies=() if view is None else view.policies,
        policy_sentence=sentence,
    )


def check_password(password: str, formats: Sequence[str]) -> None:
    """Raises InvalidError for a password that is too short or long, or beside files that cannot be locked."""
    if not password:
        return
    if len(password) < SHORTEST_PASSWORD or len(password.encode()) > LONGEST_PASSWORD:
        raise InvalidError(
            f"A password has {SHORTEST_PASSWORD} characters or more, and at most {LONGEST_PASSWORD} bytes."
        )
    open_ones = [name for name in formats if not takes_password(name)]
    if open_ones or not formats:
        raise InvalidError(f"A password locks a PDF; {', '.join(open_ones) or 'no file'} cannot be locked.")


def file_name(name: str, format_name: str) -> str:
    """The name of a report's file."""
    return f"{name}.{export_formats()[format_name].EXTENSION.removeprefix('.')}"


def report_formats() -> dict[str, str]:
    """Every format a report can be written in, with its media type."""
    return {name: one.MEDIA_TYPE for name, one in export_formats().items()}


def _blocks(
    shown: Sequence[tuple[CellRun, Place]], *, filters: str, watermark: Watermark, policy: str
) -> tuple[Block, ...]:
    """A block for each cell; neighbouring figures stand in one row."""
    blocks: list[Block] = []
    tiles: list[KpiTile] = []
    for run, place in shown:
        if tiles and (place is Place.PAGE or not isinstance(run.output, TileOutput)):
            blocks.append(KpiRow(tiles=tuple(tiles)))
            tiles = []
        if place is Place.PAGE and blocks:
            blocks.append(PageBreak())
        if isinstance(run.output, TileOutput):
            tiles.append(_tile(run.output))
        else:
            blocks.append(_block(run))
    if tiles:
        blocks.append(KpiRow(tiles=tuple(tiles)))
    notes = Footnotes(
        definitions=_definitions([run for run, _ in shown]),
        filters=filters,
        watermark=watermark_text(watermark),
        policy=policy,
    )
    return (*blocks, notes)


def _block(run: CellRun) -> Block:
    if run.problem is not None:
        return Problem(title=run.cell.name, reason=run.problem.message, reference=run.problem.reference)
    return _output_block(run.output)


@singledispatch
def _output_block(output: Output | None) -> Block:
    raise TypeError(f"a report has no block for {type(output).__name__}")


@_output_block.register
def _text(output: TextOutput) -> Block:
    return Text(markdown=output.markdown)


@_output_block.register
def _input(output: InputOutput) -> Block:
    return Text(markdown=f"**{literal(output.label)}:** {literal(output.text)}")


@_output_block.register
def _chart(output: ChartOutput) -> Block:
    # Bars of few members read well at half the width, two beside each other.
    is_half = output.chart.kind.is_in_rows
    return ChartBlock(chart=output.chart, is_half=is_half, is_additive=output.is_additive)


@_output_block.register
def _table(output: TableOutput) -> Block:
    columns = (*output.result.columns, *output.parts.columns)
    rows = zip(output.result.rows(), output.parts.rows() or [()] * output.result.table.num_rows, strict=True)
    known = {} if output.totals is None else output.totals.row(0)
    return TableBlock(
        title=output.title,
        subtitle=output.subtitle,
        columns=columns,
        rows=tuple((*shown, *parts) for shown, parts in rows),
        total_rows=output.total_rows,
        is_total_exact=output.is_total_exact,
        totals=tuple(known.get(column.name) for column in columns) if known else (),
        additive=output.additive,
        quotients=output.quotients,
        helpers=frozenset(column.name for column in output.parts.columns),
        heat=output.heat,
        subtotals=output.subtotals,
    )


def _tile(output: TileOutput) -> KpiTile:
    return KpiTile(
        label=output.heading,
        value=output.figure,
        number=output.value,
        previous=output.previous_value,
        unit=output.unit,
        decimals=output.decimals,
        change="" if output.change is None else output.change_text,
        is_better=output.is_better,
        comparison=output.compared,
        note=output.sentence,
        trend=output.spark,
    )


def _definitions(runs: Sequence[CellRun]) -> tuple[Definition, ...]:
    found = {
        Definition(label=output.label, text=output.description): None
        for run in runs
        if isinstance(output := run.output, TileOutput) and output.description
    }
    return tuple(found)


def watermark_text(watermark: Watermark) -> str:
    """The version of the data as words."""
    if watermark.loaded_at is None:
        return "No data loaded"
    return f"Data version {watermark.version}, loaded {watermark.loaded_at:%d %b %Y, %H:%M} UTC"
