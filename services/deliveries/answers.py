"""Schedules and deliveries as JSON, for the command line."""

from services.deliveries.spec import Delivery, Schedule


def schedule_as_json(schedule: Schedule) -> dict[str, object]:
    """A schedule with its next time in UTC; None while it is paused."""
    plan = schedule.plan
    return {
        "name": plan.name,
        "notebook": plan.notebook,
        "cron": plan.cron,
        "zone": plan.zone,
        "recipients": list(plan.recipients),
        "formats": list(plan.formats),
        "condition": plan.condition,
        "on_problem": plan.on_problem.value,
        "catch_up": plan.catch_up.value,
        "channel": plan.channel.get("kind"),
        "quiet": plan.rest.quiet,
        "holidays": plan.rest.holidays,
        "on_holiday": plan.rest.on_holiday.value,
        "is_active": plan.is_active,
        "next_at": schedule.next_at.isoformat() if plan.is_active else None,
    }


def delivery_as_json(delivery: Delivery) -> dict[str, object]:
    """A delivery with its proof: policy, rows, data version and the hash of each file."""
    return {
        "id": delivery.id,
        "schedule": delivery.schedule,
        "kind": delivery.kind.value,
        "period": delivery.period,
        "recipient": delivery.recipient,
        "state": delivery.state.value,
        "reason": delivery.reason,
        "attempts": delivery.attempts,
        "policies": list(delivery.policies),
        "policy": delivery.policy_sentence,
        "rows": dict(delivery.row_counts),
        "document_version": delivery.document_version,
        "watermark": delivery.watermark,
        "files": {file.name: file.sha256 for file in delivery.files},
        "message_id": delivery.message_id,
        "receipt": delivery.receipt,
        "sent_at": delivery.sent_at.isoformat() if delivery.sent_at else None,
    }
