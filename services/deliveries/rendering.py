"""Renders a group and keeps what it came to, so that a process that takes over sends the very same."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from services.alerts.notice import render_notice
from services.deliveries.archive import keep_file
from services.deliveries.condition import unmet_reason
from services.deliveries.render import HTML, TEXT, Rendered, render_group
from services.deliveries.runs import Run, require_lease
from services.deliveries.spec import NOTICES, DeliveryState, OnProblem, RunKind, Schedule
from services.platform import Platform
from tenants.access import Principal
from tenants.delivery_schema import DeliveryRow


def keep_rendered(
    platform: Platform, run: Run, schedule: Schedule, reader: Principal, rows: Sequence[DeliveryRow]
) -> None:
    """Render what the readers of `rows` get, with the rights of one of them, and keep it. Raises UserError."""
    rendered = _render(platform, run, schedule, reader)
    with platform.session() as session:
        require_lease(session, run, platform.clock())
        shared = _shared_values(platform, session, reader, rendered)
        for row in rows:
            state, reason = _judged(session, run, schedule, row, rendered)
            values = {**shared, "state": state.value, "reason": reason}
            session.execute(update(DeliveryRow).where(DeliveryRow.id == row.id).values(values))


def _render(platform: Platform, run: Run, schedule: Schedule, reader: Principal) -> Rendered:
    if run.kind not in NOTICES:
        return render_group(platform, reader, schedule)
    return render_notice(platform, reader, run)


def _shared_values(platform: Platform, session: Session, reader: Principal, rendered: Rendered) -> dict[str, object]:
    files = [
        {
            "name": name,
            "media_type": media_type,
            "sha256": keep_file(platform, session, reader.tenant, content),
            "size": len(content),
        }
        for name, media_type, content in (
            ("message.html", HTML, rendered.html.encode()),
            ("message.txt", TEXT, rendered.text.encode()),
            *((file.name, file.media_type, file.content) for file in rendered.files),
        )
    ]
    return {
        "group_key": rendered.key,
        "policies": list(rendered.policies),
        "policy_sentence": rendered.policy_sentence
        if reader.guest is None
        else f"As a guest of the role {reader.role}: {rendered.policy_sentence}",
        "row_counts": dict(rendered.content.row_counts),
        "document_version": rendered.document_version,
        "watermark": rendered.watermark.version,
        "loaded_at": rendered.watermark.loaded_at,
        "values_hash": rendered.content.values_hash,
        "subject": rendered.subject,
        "files": files,
    }


def _judged(
    session: Session, run: Run, schedule: Schedule, row: DeliveryRow, rendered: Rendered
) -> tuple[DeliveryState, str]:
    """Whether what was rendered is to be sent. Somebody who asked for it gets it, whatever the condition says."""
    if rendered.problems and schedule.plan.on_problem is OnProblem.HOLD:
        return DeliveryState.FAILED, f"Held back: {rendered.problems[0]}"
    if run.kind in NOTICES:
        is_theirs = any(rendered.content.row_counts.values())
        return (DeliveryState.RENDERED, "") if is_theirs else (DeliveryState.SKIPPED, "It holds in none of their rows.")
    if run.kind is not RunKind.SCHEDULED:
        return DeliveryState.RENDERED, ""
    content = replace(rendered.content, previous_hash=_previous_hash(session, schedule, row.recipient))
    unmet = unmet_reason(schedule.plan.condition, content)
    return (DeliveryState.SKIPPED, unmet) if unmet else (DeliveryState.RENDERED, "")


def _previous_hash(session: Session, schedule: Schedule, recipient: str) -> str | None:
    statement = (
        select(DeliveryRow.values_hash)
        .where(
            DeliveryRow.schedule_id == schedule.id,
            DeliveryRow.recipient == recipient,
            DeliveryRow.state == DeliveryState.SENT.value,
            ~DeliveryRow.period.startswith(RunKind.TEST.value),
        )
        .order_by(DeliveryRow.sent_at.desc())
        .limit(1)
    )
    return session.scalar(statement)
