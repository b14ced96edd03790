"""Alerts as JSON, for the command line."""

import datetime as dt

from services.alerts.spec import Alert


def alert_as_json(alert: Alert) -> dict[str, object]:
    """An alert with its next look in UTC and what it found that has not ended."""
    plan = alert.plan
    return {
        "name": plan.name,
        "owner": alert.owner,
        "watches": plan.metric or f"{plan.notebook}/{plan.cell}",
        "rule": plan.rule,
        "by": plan.dimension,
        "period": plan.period.value,
        "where": plan.where,
        "recipients": list(plan.recipients),
        "channel": plan.channel.get("kind"),
        "is_active": alert.is_active,
        "next_at": _text(alert.due_at) if alert.is_active else None,
        "snoozed_until": _text(alert.snoozed_until),
        "checked_at": _text(alert.checked_at),
        "problem": alert.problem,
        "found": [
            {
                "member": one.member,
                "since": _text(one.began_at),
                "said": one.said,
                "is_told": one.is_told,
                "acknowledged_by": one.acknowledged_by,
            }
            for one in alert.open
        ],
    }


def _text(moment: dt.datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
