"""Renders what one group of readers gets: files, the mail's words, and the proof of what they were made from."""

import datetime as dt
import hashlib
import json
from dataclasses import dataclass, replace

from core.errors import InternalError
from core.result import Watermark
from exports import Text, render_report
from exports.mail import render_mail
from metrics.period import date_label
from notebooks import CellRun, ChartOutput, TableOutput, TextOutput, TileOutput
from services.answers import json_value
from services.deliveries.channels import Attachment
from services.deliveries.condition import Content
from services.deliveries.passwords import find_password
from services.deliveries.recipients import effective_key
from services.deliveries.spec import Plan, Schedule
from services.platform import Platform
from services.reports import BuiltReport, build_report, file_name, report_formats
from tenants.access import Principal
from tenants.documents import DocumentKind, document_versions

HTML, TEXT = "text/html", "text/plain"
_TRIES = 3
_LOCKED = "The report is in the attached PDF, which opens with the password you were given."


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """What a group gets. `html` and `text` have a mark where each recipient's address to unsubscribe is put."""

    subject: str
    html: str
    text: str
    files: tuple[Attachment, ...]
    content: Content
    key: str
    policies: tuple[str, ...]
    policy_sentence: str
    document_version: int
    watermark: Watermark
    problems: tuple[str, ...]


def render_group(platform: Platform, reader: Principal, schedule: Schedule) -> Rendered:
    """Run the notebook with the rights of one reader of the group. Raises UserError.

    The whole is of one version of notebook, policies and data: what changes meanwhile is rendered again.
    """
    plan, password = schedule.plan, find_password(platform, reader.tenant, schedule.id)
    for _ in range(_TRIES):
        before = _state(platform, reader, plan)
        built = build_report(platform, reader, plan.notebook, prepared_for="")
        is_of_one_version = all(run.watermark in {None, before[2]} for run in built.runs)
        if is_of_one_version and _state(platform, reader, plan) == before:
            today = reader.tenant.today(platform.clock)
            built = replace(built, report=replace(built.report, password=password))
            return _rendered(platform, built, plan, key=before[0], version=before[1], today=today)
    raise InternalError("the data or the notebook changed during every attempt to render it")


def _state(platform: Platform, reader: Principal, plan: Plan) -> tuple[str, int, Watermark]:
    with platform.session() as session:
        versions = dict(document_versions(session, reader.tenant.id, DocumentKind.NOTEBOOK))
    return (
        effective_key(platform, reader, plan.notebook),
        versions.get(plan.notebook, 0),
        platform.store(reader.tenant).watermark(),
    )


def _rendered(
    platform: Platform, built: BuiltReport, plan: Plan, *, key: str, version: int, today: dt.date
) -> Rendered:
    address = f"{platform.settings.address}/notebooks?id={plan.notebook}"
    report = built.report
    # What a file is locked for is not told around it.
    shown = replace(report, subtitle="", blocks=(Text(markdown=_LOCKED),)) if report.password else report
    body = render_mail(shown, address=address)
    files = tuple(
        Attachment(
            name=file_name(plan.notebook, name),
            media_type=report_formats()[name],
            content=render_report(report, name),
        )
        for name in plan.formats
    )
    return Rendered(
        subject=f"{built.report.title}, {date_label(today)}",
        html=body.html,
        text=body.text,
        files=files,
        content=_content(built.runs),
        key=key,
        policies=built.policies,
        policy_sentence=built.policy_sentence,
        document_version=version,
        watermark=built.watermark,
        problems=built.problems,
    )


def _content(runs: tuple[CellRun, ...]) -> Content:
    counts = {run.cell.name: _count(run) for run in runs if isinstance(run.output, TableOutput | ChartOutput)}
    tiles = {run.cell.name: run.output for run in runs if isinstance(run.output, TileOutput)}
    figures = {name: tile.value for name, tile in tiles.items()}
    changes = {name: tile.relative_change for name, tile in tiles.items()}
    said = json.dumps([[run.cell.name, _values(run)] for run in runs], ensure_ascii=False)
    return Content(
        row_counts=counts, figures=figures, changes=changes, values_hash=hashlib.sha256(said.encode()).hexdigest()
    )


def _count(run: CellRun) -> int:
    match run.output:
        case TableOutput():
            return run.output.total_rows
        case ChartOutput():
            return int(run.output.result.table.num_rows)
        case _:
            return 0


def _values(run: CellRun) -> object:
    """The values a cell shows, without when they were computed."""
    match run.output:
        case TileOutput():
            return [json_value(run.output.value), json_value(run.output.previous_value)]
        case TableOutput() | ChartOutput():
            return [[json_value(value) for value in row] for row in run.output.result.rows()]
        case TextOutput():
            return run.output.markdown
        case _:
            return "" if run.problem is None else run.problem.message
