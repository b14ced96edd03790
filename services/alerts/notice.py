"""The message that tells what an alert found: with each reader's own rights, only what holds in their rows too."""

import zoneinfo
from dataclasses import replace

from core.errors import ForbiddenError
from core.numbers import change as change_text
from core.numbers import compact
from core.result import Column, ColumnType
from exports import Block, Definition, Footnotes, KpiRow, KpiTile, Report, TableBlock
from exports.mail import render_mail
from services.alerts.checking import said_of
from services.alerts.rows import alert_of, told_firings
from services.alerts.rule import Reading
from services.alerts.spec import Alert
from services.alerts.subject import Found, read_subject
from services.deliveries.condition import Content
from services.deliveries.recipients import effective_key
from services.deliveries.render import Rendered
from services.deliveries.runs import Run
from services.deliveries.spec import RunKind
from services.platform import Platform
from services.policies import find_view
from services.reports import watermark_text
from tenants.access import Principal
from tenants.alert_schema import AlertRow


def render_notice(platform: Platform, reader: Principal, run: Run) -> Rendered:
    """What one group of readers is told by a run. Raises UserError."""
    with platform.session() as session:
        row = session.get(AlertRow, run.schedule_id)
        if row is None:
            raise ForbiddenError("The alert was removed.")
        alert = alert_of(row)
        members = {firing.member for firing in told_firings(session, row.id, run.period)}
    key = effective_key(platform, reader, alert.plan.notebook)
    found = read_subject(platform, reader, alert.plan, alert.rule)
    holding = tuple(one for one in found.readings if one.member in members and alert.rule.holds(one))
    found = replace(found, readings=holding)
    view = find_view(platform, reader)
    sentence = "All rows of the organisation." if view is None else view.sentence
    title = f"{found.label} {alert.rule.words(found.unit)}"
    report = Report(
        title=title,
        subtitle=_said(found, alert),
        tenant_name=reader.tenant.name,
        period=found.period,
        generated_at=platform.clock().astimezone(zoneinfo.ZoneInfo(reader.tenant.zone)),
        accent=reader.tenant.accent,
        blocks=(*_blocks(found, alert), _footnotes(found, sentence)),
    )
    body = render_mail(report, address=_address(platform, alert))
    lead = "Still open: " if run.kind is RunKind.ESCALATION else ""
    whom = f" ({_names(holding)})" if alert.plan.dimension else ""
    return Rendered(
        subject=f"{lead}{title}{whom}",
        html=body.html,
        text=body.text,
        files=(),
        content=Content(row_counts={"found": len(holding)}, figures={}, changes={}, values_hash=""),
        key=key,
        policies=() if view is None else view.policies,
        policy_sentence=sentence,
        document_version=0,
        watermark=found.watermark,
        problems=(),
    )


def _said(found: Found, alert: Alert) -> str:
    """The sentence of the only one; otherwise how many there are."""
    if len(found.readings) == 1:
        return said_of(found, found.readings[0], alert)
    return f"{len(found.readings)} of {alert.plan.dimension}: {_names(found.readings)}."


def _names(readings: tuple[Reading, ...]) -> str:
    names = ", ".join(one.member for one in readings[:5])
    return names + (f" and {len(readings) - 5} more" if len(readings) > 5 else "")


def _blocks(found: Found, alert: Alert) -> tuple[Block, ...]:
    if not alert.plan.dimension:
        return tuple(KpiRow(tiles=(_tile(found, one),)) for one in found.readings)
    names = (("member", alert.plan.dimension), ("value", found.label), ("previous", found.compared))
    columns = tuple(
        Column(
            name=name, label=label, type=ColumnType.TEXT if name == "member" else ColumnType.NUMBER,
            unit=None if name == "member" else found.unit, decimals=found.decimals, is_metric=name != "member",
        )
        for name, label in names
    )  # fmt: skip
    rows = tuple((one.member, one.value, one.previous) for one in found.readings)
    return (TableBlock(title=found.period, columns=columns, rows=rows),)


def _tile(found: Found, reading: Reading) -> KpiTile:
    change = reading.change
    return KpiTile(
        label=found.label,
        value=compact(reading.value, found.unit),
        number=reading.value,
        previous=reading.previous,
        unit=found.unit,
        change="" if change is None else change_text(float(change), is_relative=True),
        comparison=f"vs {found.compared}" if change is not None else "",
    )


def _footnotes(found: Found, policy: str) -> Footnotes:
    definitions = (Definition(label=found.label, text=found.description),) if found.description else ()
    return Footnotes(definitions=definitions, watermark=watermark_text(found.watermark), policy=policy)


def _address(platform: Platform, alert: Alert) -> str:
    """Where one looks on: the tile's notebook, or the page Alerts."""
    page = f"notebooks?id={alert.plan.notebook}" if alert.plan.notebook else "alerts"
    return f"{platform.settings.address}/{page}"
