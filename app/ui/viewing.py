"""The banner above every page while an administrator looks as a member does."""

import zoneinfo

from app.ui.action import Action
from app.ui.context import current_platform, own_cookie
from app.ui.notice import Alert, alert_box
from app.ui.tone import Tone
from services.view_as import end_view_as
from tenants.access import Principal, Viewer


def draw_viewing(principal: Principal, viewer: Viewer) -> None:
    """Draw the banner; its action ends it."""
    until = viewer.until.astimezone(zoneinfo.ZoneInfo(principal.tenant.zone))
    alert = Alert(
        title=f"You look as {principal.name} ({principal.email})",
        text=f"Read only, and on record as {viewer.email}. It ends by itself at {until:%H:%M}.",
        tone=Tone.WARN,
        icon_name="visibility",
        actions=(Action(label="End", act="end", is_primary=True),),
    )

    def end(_act: str) -> None:
        end_view_as(current_platform(), principal, own_cookie())

    alert_box(alert, key="viewing", on_act=end)
