"""What is the reader's own on Home: mentions, alerts that fire, deliveries to come, documents kept or changed."""

import datetime as dt
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from app.ui.comments import mention_rows
from app.ui.parts import Action, CardHeader, InboxRow, Tone, card, card_header, cards, inbox_list
from services.alerts.alerts import list_alerts
from services.alerts.spec import Alert
from services.deliveries.schedules import own_schedules
from services.deliveries.spec import Schedule
from services.notebook_comments import list_mentions
from services.notebooks import HOME, NotebookFacts, list_notebooks
from services.platform import Platform
from tenants.access import Permission, Principal

MOST = 5


def draw_mentions(platform: Platform, principal: Principal) -> None:
    """What colleagues ask the member, until they have opened it."""
    rows = mention_rows(list_mentions(platform, principal)) if principal.can(Permission.NOTEBOOK_READ) else []
    if rows:
        with card(key="home_mentions"):
            card_header(CardHeader(title="Mentions of you", is_ruled=True), key="home_mentions")
            inbox_list(rows, key="home_mentions")


def draw_yours(platform: Platform, principal: Principal) -> None:
    """Draw the cards that have something to say."""
    found = (
        ("Your documents", "Favourites first, then what changed last", document_rows(platform, principal)),
        ("Alerts and deliveries", "What fires now, and what reaches you next", watched_rows(platform, principal)),
    )
    shown = [one for one in found if one[2]]
    if not shown:
        return
    for place, (title, subtitle, rows) in zip(cards([1] * len(shown), key="home_yours"), shown, strict=True):
        key = f"home_{title.split()[-1]}"
        with place:
            card_header(CardHeader(title=title, subtitle=subtitle, is_ruled=True), key=key)
            inbox_list(rows, key=key)


def document_rows(platform: Platform, principal: Principal) -> list[InboxRow]:
    """The reader's favourites, and the documents that changed last."""
    zone = ZoneInfo(principal.tenant.zone)
    if not principal.can(Permission.NOTEBOOK_READ):
        return []
    every = [one for one in list_notebooks(platform, principal) if one.name != HOME and not one.problem]
    return [_document(one, zone) for one in first_documents(every)]


def first_documents(notebooks: Sequence[NotebookFacts]) -> list[NotebookFacts]:
    """Favourites by title, then the rest by when they were changed, the newest first; at most five."""
    rest = sorted((one for one in notebooks if not one.is_favourite), key=lambda one: one.created_at, reverse=True)
    return [*(one for one in notebooks if one.is_favourite), *rest][:MOST]


def _document(facts: NotebookFacts, zone: ZoneInfo) -> InboxRow:
    return InboxRow(
        title=facts.title,
        reason=f"Changed {_day(facts.created_at, zone)} by {facts.created_by}",
        icon="star" if facts.is_favourite else "article",
        action=Action(label="Open", href=f"/notebooks?id={facts.name}"),
    )


def watched_rows(platform: Platform, principal: Principal) -> list[InboxRow]:
    """The reader's alerts that fire, then the deliveries they made or receive, the next one first."""
    zone = ZoneInfo(principal.tenant.zone)
    rows: list[InboxRow] = []
    if principal.can(Permission.ALERT_MANAGE):
        rows += [_alert(one) for one in list_alerts(platform, principal) if one.open]
    if principal.can(Permission.SCHEDULE_MANAGE):
        rows += [_delivery(one, zone) for one in own_schedules(platform, principal)]
    return rows[:MOST]


def _alert(alert: Alert) -> InboxRow:
    return InboxRow(
        title=alert.plan.name,
        reason=alert.open[0].said,
        icon="notifications_active",
        tone=Tone.WARN,
        action=Action(label="Open", href="/alerts"),
    )


def _delivery(schedule: Schedule, zone: ZoneInfo) -> InboxRow:
    at = schedule.next_at.astimezone(zone)
    return InboxRow(
        title=schedule.plan.name,
        reason=f"{schedule.plan.notebook}, next on {at:%a %-d %b, %H:%M}",
        icon="forward_to_inbox",
        action=Action(label="Open", href="/deliveries"),
    )


def _day(moment: dt.datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%-d %b %Y}"
